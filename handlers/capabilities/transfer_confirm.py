"""The cards before anything is written: a request with its whole effect, an arrival with what will be booked."""

from __future__ import annotations

from collections.abc import Sequence

from core.ground.documents import header, said_number
from core.ground.errors import StepNotAllowed, StockError
from core.ground.work import Work
from core.people.approvals import Needed, deciders
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from core.stock.routes import route
from core.stock.transfer_commands import Asked, SubmitTransfer
from core.stock.transfer_lines import Arrived, Line, lines_of
from core.stock.transfers import check_request, needed_approval, permit_submit
from data.kinds import DocumentKind, State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_state import before_after, effect_lines, goods_lines, names, verb_label
from handlers.capabilities.transfers import arrived, submit_command
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.reader import Reader

MOST_PRODUCTS = 20
"""More products than anybody checks on one card: the request is to be split."""


def confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card shown before anything is written: the whole effect, and the verb on the button."""
    wish = submit_command(work, reader, pending)
    if len(wish.lines) > MOST_PRODUCTS:
        return _refused(reader, reader.say("transfers.confirm.too_many", count=len(wish.lines), most=MOST_PRODUCTS))
    try:
        permit_submit(work, wish)
        check_request(work, wish)
        needed = needed_approval(work, wish)
    except StockError as refused:
        return _refused(reader, refusal(work, reader, refused))
    if short := _shortage(work, wish):
        return _too_little(reader, wish, *short)
    ends = {"source": reader.place(wish.source_id), "target": reader.place(wish.target_id)}
    lines = [
        reader.say("transfers.confirm.state"),
        *_goods_and_effect(work, reader, wish, reader.say("transfers.route", **ends)),
        _who_approves(work, reader, wish, needed),
        _freeze_promise(work, reader, wish, needed),
    ]
    buttons = [Button(verb_label(reader, "submit", list(wish.lines)), "submit", Style.PRIMARY)]
    if len(wish.lines) == 1:
        buttons.append(Button(reader.say("transfers.do.amount"), "amount"))
    return Reply(tuple(lines), (*buttons, _drop(reader)), Tone.WAITING)


def arrival_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before an arrival is booked: what goes where, and what stays on the source's books."""
    slots = pending.understood().slots
    document = header(work, said_number(slots.document or "") or 0, DocumentKind.TRANSFER)
    if document.state is not State.IN_TRANSIT:  # somebody else was quicker
        moved_on = StepNotAllowed(state=document.state.value, step=Step.RECEIVE_ALL.value)
        return _refused(reader, refusal(work, reader, moved_on))
    lines = lines_of(work, document.id)
    split = arrived(reader, slots, lines)
    texts = [
        reader.say("transfers.arrival.state", number=document.number),
        *(_split_line(reader, line, one) for line, one in zip(lines, split, strict=True)),
        reader.say("transfers.arrival.good", place=reader.place(document.other_place_id)),
    ]
    if any(one.damaged for one in split):
        texts.append(reader.say("transfers.arrival.damaged"))
    if any(one.missing for one in split):
        texts.append(reader.say("transfers.arrival.missing", place=reader.place(document.place_id)))
    units = reader.catalogue.sku_by_id
    good = [Asked(line.sku_id, one.good, units[line.sku_id].base_unit) for line, one in zip(lines, split, strict=True)]
    receive = Button(verb_label(reader, "receive", good), "receive", Style.PRIMARY)
    return Reply(tuple(texts), (receive, _drop(reader)), Tone.WAITING)


def _refused(reader: Reader, sentence: str) -> Reply:
    """A card that says why it cannot be done; it has nothing to tap but to put it away."""
    return Reply((reader.say("transfers.confirm.refused"), sentence), (_drop(reader),), Tone.STOPPED)


def _drop(reader: Reader) -> Button:
    return Button(reader.say("common.cancel"), "drop")


def _goods_and_effect(work: Work, reader: Reader, wish: SubmitTransfer, route_text: str) -> list[str]:
    """One product in full with both places; several each on a line of its own, with the source before and after."""
    goods = list(wish.lines)
    if len(goods) == 1:
        effect = effect_lines(work, reader, (wish.source_id, wish.target_id), goods, {})
        return [*goods_lines(reader, goods), route_text, *effect]
    balances = balances_of(work, sku_ids=[one.sku_id for one in goods])
    there = [balances.get(Key(one.sku_id, wish.source_id), Balance()).available for one in goods]
    effects = [
        before_after(reader, "transfers.effect.several", wish.source_id, one, before - one.count, before)
        for one, before in zip(goods, there, strict=True)
    ]
    return [route_text, reader.say("transfers.effect.head", place=reader.place(wish.source_id)), *effects]


def _shortage(work: Work, wish: SubmitTransfer) -> tuple[Asked, int] | None:
    """The first product of which the source has less than is wanted, and what there is."""
    balances = balances_of(work, sku_ids=[line.sku_id for line in wish.lines])
    for line in wish.lines:
        there = balances.get(Key(line.sku_id, wish.source_id), Balance()).available
        if line.count > there:
            return line, max(there, 0)
    return None


def _too_little(reader: Reader, wish: SubmitTransfer, line: Asked, there: int) -> Reply:
    amounts = {"wanted": reader.amount(line.sku_id, line.count, line.unit), "there": reader.amount(line.sku_id, there)}
    facts = {"place": reader.place(wish.source_id), "sku": reader.sku(line.sku_id), **amounts}
    texts = (reader.say("transfers.confirm.too_little"), reader.say("errors.not_enough_stock", **facts))
    if not there or len(wish.lines) > 1:
        return Reply(texts, (_drop(reader),), Tone.STOPPED)
    take = verb_label(reader, "submit", [Asked(line.sku_id, there, line.unit)])
    return Reply(texts, (Button(take, "amount", Style.PRIMARY, str(there)), _drop(reader)), Tone.STOPPED)


def _who_approves(work: Work, reader: Reader, wish: SubmitTransfer, needed: Needed | None) -> str:
    if needed is None:
        return reader.say("transfers.approval.none")
    asked = deciders(work, DocumentKind.TRANSFER, needed.role, needed.place_id, but=work.who.id)
    facts = {"who": names(reader, [one.name for one in asked]), "place": reader.place(wish.source_id)}
    return reader.say(f"transfers.approval.{needed.rule}", limit=needed.rule_limit, **facts)


def _freeze_promise(work: Work, reader: Reader, wish: SubmitTransfer, needed: Needed | None) -> str:
    rules = route(work, wish.source_id, wish.target_id)
    if needed:
        return reader.say("transfers.freeze.until_approved", hours=rules.approve_within_hours)
    return reader.say("transfers.freeze.until_dispatched", hours=rules.dispatch_within_hours)


def _split_line(reader: Reader, line: Line, one: Arrived) -> str:
    """One line of an arrival in pieces, as it was counted; what is none is left out."""
    counts = {"sent": line.dispatched, "good": one.good, "damaged": one.damaged, "missing": one.missing}
    parts: Sequence[str] = [
        reader.say(f"transfers.arrival.part.{name}", amount=reader.pieces(line.sku_id, count))
        for name, count in counts.items()
        if count or name in ("sent", "good")
    ]
    return " ".join([reader.sku(line.sku_id), *parts])
