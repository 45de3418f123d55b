"""The card of a request before anything is written: its whole effect, and the verb on the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.ground.documents import Header, header
from core.ground.errors import StockError
from core.ground.work import Work
from core.people.needed import Needed
from core.stock.carry import Key
from core.stock.ledger import balance_of
from core.stock.routes import route
from core.stock.transfer_commands import SubmitTransfer
from core.stock.transfer_lines import Line, lines_of
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
    frozen_goods,
    goods_lines,
    goods_of,
    outcome,
    total,
    verb_label,
)
from handlers.capabilities.transfers import submit_command, withdrawn_first
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.reader import Reader

MOST_PRODUCTS = 20
"""More products than anybody checks on one card: the request is to be split."""


def confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card shown before anything is written: the whole effect, and the verb on the button."""
    wish, first = submit_command(work, reader, pending), _corrects(work, reader, pending)
    freed = first.freed_at(wish.source_id) if first else {}
    if len(wish.lines) > MOST_PRODUCTS:
        return _refused(reader, reader.say("transfers.confirm.too_many", count=len(wish.lines), most=MOST_PRODUCTS))
    try:
        permit_submit(work, wish)
        check_request(work, wish)
        needed = needed_steps(work, wish)
    except StockError as refused:
        return _refused(reader, refusal(work, reader, refused))
    if first and (late := first.late(work, reader)):
        return _refused(reader, late)
    if card := too_little(work, reader, wish, freed):
        return card
    ends = {"source": reader.place(wish.source_id), "target": reader.place(wish.target_id)}
    route_text = reader.say("transfers.route", **ends)
    if wish.return_reason:
        reason = reader.say(f"words.reason.{wish.return_reason.value}")
        route_text += " · " + reader.say("transfers.returns", reason=reason)
    lines = [
        reader.say("transfers.confirm.corrects", number=first.number)
        if first
        else reader.say("transfers.confirm.state"),
        *_goods_and_effect(work, reader, wish, route_text, freed),
        *who_must_approve(work, reader, DocumentKind.TRANSFER, wish.source_id, needed),
        _freeze_promise(work, reader, wish, needed, freed),
    ]
    if first:
        lines[:1] = [reader.say("transfers.confirm.corrects", number=first.number), first.was(reader)]
    buttons = [Button(verb_label(reader, "submit", list(wish.lines)), "submit", Style.PRIMARY)]
    if len(wish.lines) == 1:
        buttons.append(Button(reader.say("transfers.do.amount"), "amount"))
    return Reply(tuple(lines), (*buttons, drop_button(reader)), Tone.WAITING)


@dataclass(frozen=True, slots=True)
class _First:
    """The request that a new one corrects, which is withdrawn with the same tap."""

    document: Header
    seen: int
    lines: list[Line]

    @property
    def number(self) -> str:
        return self.document.number

    def freed_at(self, place_id: int) -> dict[int, int]:
        """What its withdrawal frees there."""
        return dict(frozen_goods(self.lines)) if place_id == self.document.place_id else {}

    def late(self, work: Work, reader: Reader) -> str | None:
        """How it stands, where it moved on since it was corrected."""
        if self.document.version == self.seen:
            return None
        return reader.say("undo.too_late_to_correct", state=outcome(work, reader, self.document))

    def was(self, reader: Reader) -> str:
        """What is withdrawn."""
        goods = goods_of(self.lines)
        facts = {"count": len(goods), "number": self.number}
        if len(goods) > 1:
            return reader.say("transfers.confirm.was_several", **facts)
        one = goods[0]
        amount = reader.amount(one.sku_id, one.count, one.unit)
        return reader.say("transfers.confirm.was", sku=reader.sku(one.sku_id), amount=amount, **facts)


def _corrects(work: Work, reader: Reader, pending: Pending) -> _First | None:
    first = withdrawn_first(work, reader, pending)
    if first is None:
        return None
    return _First(header(work, first.document_id), first.version, lines_of(work, first.document_id))


def _refused(reader: Reader, sentence: str) -> Reply:
    """A card that says why it cannot be done; it has nothing to tap but to put it away."""
    return Reply((reader.say("transfers.confirm.refused"), sentence), (drop_button(reader),), Tone.STOPPED)


def _goods_and_effect(
    work: Work, reader: Reader, wish: SubmitTransfer, route_text: str, freed: Mapping[int, int]
) -> list[str]:
    """One product in full with both places; several each on a line of its own, with the source before and after."""
    goods = list(wish.lines)
    if len(goods) == 1:
        effect = effect_lines(work, reader, (wish.source_id, wish.target_id), goods, freed)
        return [*goods_lines(reader, goods), route_text, *effect]
    balances = [balance_of(work, Key(one.sku_id, wish.source_id)) for one in goods]
    there = [balance.available + freed.get(one.sku_id, 0) for one, balance in zip(goods, balances, strict=True)]
    effects = [
        before_after(reader, "transfers.effect.several", wish.source_id, one, before - one.count, before)
        for one, before in zip(goods, there, strict=True)
    ]
    return [route_text, reader.say("transfers.effect.head", place=reader.place(wish.source_id)), *effects]


def _freeze_promise(
    work: Work, reader: Reader, wish: SubmitTransfer, needed: list[Needed], freed: Mapping[int, int]
) -> str:
    """What is frozen when it is confirmed, and for how long; of another place's goods it may be a part only."""
    ends = (wish.source_id, wish.target_id)
    rules, lines, pull = route(work, *ends), lines_asked(wish), is_pull(work, wish.source_id)
    there = {
        line.sku_id: balance_of(work, Key(line.sku_id, wish.source_id)).available + freed.get(line.sku_id, 0)
        for line in lines
    }
    counts = freezable(work, ends, lines, there, pull=pull)
    lines = [replace(line, frozen=counts[line.line]) for line in lines]
    hours = rules.approve_within_hours if needed else rules.dispatch_within_hours
    if not any(counts.values()):
        return reader.say("transfers.freeze.nothing", place=reader.place(wish.source_id))
    if sum(counts.values()) < sum(line.approved for line in lines):
        return reader.say("transfers.freeze.partly", amount=total(reader, lines, "frozen"), hours=hours)
    return reader.say(f"transfers.freeze.until_{'approved' if needed else 'dispatched'}", hours=hours)
