"""The card of a request before anything is written: its whole effect, and the verb on the button."""

from __future__ import annotations

from dataclasses import replace

from core.ground.errors import StockError
from core.ground.work import Work
from core.people.needed import Needed
from core.stock.carry import Key
from core.stock.ledger import balance_of
from core.stock.routes import route
from core.stock.transfer_commands import SubmitTransfer
from core.stock.transfer_requests import (
    check_request,
    freezable,
    lines_asked,
    permit_submit,
)
from core.stock.transfer_rules import is_pull, needed_steps
from data.kinds import DocumentKind
from handlers.capabilities.approvals import who_must_approve
from handlers.capabilities.refusals import refusal
from handlers.capabilities.too_little import too_little
from handlers.capabilities.transfer_state import (
    before_after,
    drop_button,
    effect_lines,
    goods_lines,
    total,
    verb_label,
)
from handlers.capabilities.transfers import submit_command
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
        needed = needed_steps(work, wish)
    except StockError as refused:
        return _refused(reader, refusal(work, reader, refused))
    if card := too_little(work, reader, wish):
        return card
    ends = {"source": reader.place(wish.source_id), "target": reader.place(wish.target_id)}
    route_text = reader.say("transfers.route", **ends)
    if wish.return_reason:
        reason = reader.say(f"words.reason.{wish.return_reason.value}")
        route_text += " · " + reader.say("transfers.returns", reason=reason)
    lines = [
        reader.say("transfers.confirm.state"),
        *_goods_and_effect(work, reader, wish, route_text),
        *who_must_approve(work, reader, DocumentKind.TRANSFER, wish.source_id, needed),
        _freeze_promise(work, reader, wish, needed),
    ]
    buttons = [Button(verb_label(reader, "submit", list(wish.lines)), "submit", Style.PRIMARY)]
    if len(wish.lines) == 1:
        buttons.append(Button(reader.say("transfers.do.amount"), "amount"))
    return Reply(tuple(lines), (*buttons, drop_button(reader)), Tone.WAITING)


def _refused(reader: Reader, sentence: str) -> Reply:
    """A card that says why it cannot be done; it has nothing to tap but to put it away."""
    return Reply((reader.say("transfers.confirm.refused"), sentence), (drop_button(reader),), Tone.STOPPED)


def _goods_and_effect(work: Work, reader: Reader, wish: SubmitTransfer, route_text: str) -> list[str]:
    """One product in full with both places; several each on a line of its own, with the source before and after."""
    goods = list(wish.lines)
    if len(goods) == 1:
        effect = effect_lines(work, reader, (wish.source_id, wish.target_id), goods, {})
        return [*goods_lines(reader, goods), route_text, *effect]
    there = [balance_of(work, Key(one.sku_id, wish.source_id)).available for one in goods]
    effects = [
        before_after(reader, "transfers.effect.several", wish.source_id, one, before - one.count, before)
        for one, before in zip(goods, there, strict=True)
    ]
    return [route_text, reader.say("transfers.effect.head", place=reader.place(wish.source_id)), *effects]


def _freeze_promise(work: Work, reader: Reader, wish: SubmitTransfer, needed: list[Needed]) -> str:
    """What is frozen when it is confirmed, and for how long; of another place's goods it may be a part only."""
    ends = (wish.source_id, wish.target_id)
    rules, lines, pull = route(work, *ends), lines_asked(wish), is_pull(work, wish.source_id)
    there = {line.sku_id: balance_of(work, Key(line.sku_id, wish.source_id)).available for line in lines}
    counts = freezable(work, ends, lines, there, pull=pull)
    lines = [replace(line, frozen=counts[line.line]) for line in lines]
    hours = rules.approve_within_hours if needed else rules.dispatch_within_hours
    if not any(counts.values()):
        return reader.say("transfers.freeze.nothing", place=reader.place(wish.source_id))
    if sum(counts.values()) < sum(line.approved for line in lines):
        return reader.say("transfers.freeze.partly", amount=total(reader, lines, "frozen"), hours=hours)
    return reader.say(f"transfers.freeze.until_{'approved' if needed else 'dispatched'}", hours=hours)
