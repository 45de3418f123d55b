"""What a transfer would do, for who decides on it: both places before and after, for how long, and who else waits."""

from __future__ import annotations

from core.ground.documents import Header
from core.ground.work import Work
from core.stock.carry import Key
from core.stock.impact import daily_sales, days_of_cover, held_for_others
from core.stock.ledger import balance_of
from core.stock.transfer_commands import Asked
from core.stock.transfer_lines import Line
from handlers.capabilities.transfer_state import before_after, goods_of
from handlers.messages import LINE_WIDTH, width_of
from handlers.reader import Reader


def impact_lines(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """Both places before and after, for how many days that lasts, and what others have set aside; for one product."""
    goods = goods_of(lines)
    if len(goods) != 1:
        return []
    one, source_id, target_id = goods[0], document.place_id, document.other_place_id
    frozen = sum(line.frozen for line in lines)
    source = balance_of(work, Key(one.sku_id, source_id)).available + frozen
    target = balance_of(work, Key(one.sku_id, target_id)).on_hand
    return [
        _lasting(work, reader, "transfers.effect.source", source_id, one, (source, source - one.count)),
        _lasting(work, reader, "transfers.effect.target", target_id, one, (target, target + one.count)),
        *_held(work, reader, document, one),
    ]


def value_said(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """What the goods are worth, for who may know; before they leave, at the source's rate of the moment."""
    if not reader.sees_cost:
        return []
    fen = sum(line.value_fen for line in lines)
    if not any(line.dispatched for line in lines):
        fen = sum(balance_of(work, Key(line.sku_id, document.place_id)).leaving_value(line.approved) for line in lines)
    return [reader.say("transfers.effect.value", money=reader.money(fen))] if fen > 0 else []


def _lasting(work: Work, reader: Reader, key: str, place_id: int, one: Asked, counts: tuple[int, int]) -> str:
    """A place before and after, and for how many days each lasts there, as far as a line has room for it."""
    before, after = counts
    effect = before_after(reader, key, place_id, one, after, before)
    daily = daily_sales(work, place_id, one.sku_id)
    if not daily:
        return effect
    first, then = (reader.days(days_of_cover(daily, count)) for count in counts)
    # What grows says only where it ends, and so does what stays as it is.
    ways = ("lasts", "lasts_then") if after < before and first != then else ("lasts_then",)
    said = [reader.say(f"transfers.effect.{way}", effect=effect, before=first, after=then) for way in ways]
    return next((line for line in said if width_of(line) <= LINE_WIDTH[reader.language]), effect)


def _held(work: Work, reader: Reader, document: Header, one: Asked) -> list[str]:
    """What other transfers have set aside of the goods at the source: it is not in the figures above any more."""
    held = held_for_others(work, document.place_id, one.sku_id, but=document.id)
    if not held:
        return []
    facts = {"place": reader.place(document.place_id), "amount": reader.amount(one.sku_id, sum(h.count for h in held))}
    if len(held) > 1:
        return [reader.say("transfers.effect.held_several", **facts, count=len(held))]
    number = f"{document.kind.letters}-{held[0].document_id}"
    return [reader.say("transfers.effect.held", **facts, who=reader.place(held[0].target_id), number=number)]
