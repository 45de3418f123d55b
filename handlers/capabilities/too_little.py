"""The card of a request that its source cannot fill: what is there, and the nearest place that has what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.goods.catalogue import PlaceEntry
from core.ground.errors import NotAllowed
from core.ground.permissions import View, sees
from core.ground.work import Work
from core.people.directory import site
from core.stock.carry import Balance, Key
from core.stock.ledger import balance_of, balances_of
from core.stock.transfer_commands import Asked, SubmitTransfer
from core.stock.transfer_requests import permit_submit
from handlers.capabilities.transfer_state import verb_label
from handlers.messages import BUTTON_WIDTH, Button, Reply, Style, Tone, width_of
from handlers.reader import Reader

MOST_LINES = 4


def too_little(work: Work, reader: Reader, wish: SubmitTransfer, freed: Mapping[int, int]) -> Reply | None:
    """Why the source cannot fill this request and what can be tapped instead; None where it has enough of everything.

    `freed` is what a withdrawal by the same tap frees there. The buttons are the amount that is there (for one
    product), and the nearest place that has all that is wanted, where this person may ask for its goods.
    """
    balances = [balance_of(work, Key(line.sku_id, wish.source_id)) for line in wish.lines]
    there = [balance.available + freed.get(line.sku_id, 0) for line, balance in zip(wish.lines, balances, strict=True)]
    short = [(line, count) for line, count in zip(wish.lines, there, strict=True) if count < line.count]
    if not short:
        return None
    everywhere = balances_of(work, [line.sku_id for line in wish.lines])
    able = _able(work, reader, wish, everywhere)
    allowed = next((place for place in able if _may_ask(work, wish, place)), None)
    nearest = allowed or next(iter(able), None)
    texts = [reader.say("transfers.confirm.too_little"), *_what_is_there(reader, wish, short)]
    texts.append(_who_has_it(reader, wish, everywhere, nearest, may_ask=allowed is not None))
    buttons = [*_what_is_there_button(reader, wish, short)]
    if allowed:
        buttons.append(
            Button(_from_label(reader, allowed), "source", Style.PLAIN if buttons else Style.PRIMARY, str(allowed.id))
        )
    return Reply(tuple(texts), (*buttons, Button(reader.say("common.cancel"), "drop")), Tone.STOPPED)


def _from_label(reader: Reader, place: PlaceEntry) -> str:
    label = reader.say("questions.take_from", place=reader.place(place))
    return label if width_of(label) <= BUTTON_WIDTH else reader.say("questions.take_from_there")


def _there(balances: dict[Key, Balance], line: Asked, place_id: int) -> int:
    return balances.get(Key(line.sku_id, place_id), Balance()).available


def _able(work: Work, reader: Reader, wish: SubmitTransfer, balances: dict[Key, Balance]) -> list[PlaceEntry]:
    """Places that have all that is wanted: those in the destination's region first, then those with the most."""
    target = reader.catalogue.place_by_id[wish.target_id]
    able = [
        place
        for place in reader.catalogue.places
        if place.id not in (wish.source_id, wish.target_id)
        and sees(work.who, View.STOCK, site(work, place.id))
        and all(_there(balances, line, place.id) >= line.count for line in wish.lines)
    ]
    most = {place.id: sum(_there(balances, line, place.id) for line in wish.lines) for place in able}
    return sorted(able, key=lambda place: (place.region != target.region, -most[place.id]))


def _may_ask(work: Work, wish: SubmitTransfer, place: PlaceEntry) -> bool:
    try:
        permit_submit(work, replace(wish, source_id=place.id))
    except NotAllowed:
        return False
    return True


def _what_is_there(reader: Reader, wish: SubmitTransfer, short: list[tuple[Asked, int]]) -> list[str]:
    """One product in one sentence; of several, each that is short on a line of its own."""
    source = reader.place(wish.source_id)
    facts = [
        {
            "sku": reader.sku(line.sku_id),
            "wanted": reader.amount(line.sku_id, line.count, line.unit),
            "there": reader.amount(line.sku_id, max(there, 0)),
        }
        for line, there in short
    ]
    if len(wish.lines) == 1:
        return [reader.say("errors.not_enough_stock", place=source, **facts[0])]
    lines = [reader.say("questions.short.head", place=source)]
    lines += [reader.say("questions.short.line", **one) for one in facts[:MOST_LINES]]
    rest = len(facts) - MOST_LINES
    return [*lines, reader.say("questions.short.more", rest=rest)] if rest > 0 else lines


def _who_has_it(
    reader: Reader, wish: SubmitTransfer, balances: dict[Key, Balance], nearest: PlaceEntry | None, *, may_ask: bool
) -> str:
    if nearest is None:
        return reader.say("questions.nearest.nowhere")
    ends = {"place": reader.place(nearest), "target": reader.place(wish.target_id)}
    whose = "yours" if may_ask else "theirs"
    if len(wish.lines) > 1:
        return reader.say(f"questions.nearest.several_{whose}", **ends)
    line = wish.lines[0]
    there = reader.amount(line.sku_id, _there(balances, line, nearest.id), line.unit)
    return reader.say(f"questions.nearest.{whose}", there=there, **ends)


def _what_is_there_button(reader: Reader, wish: SubmitTransfer, short: list[tuple[Asked, int]]) -> list[Button]:
    line, there = short[0]
    if len(wish.lines) > 1 or there < 1:
        return []
    take = verb_label(reader, "submit", [Asked(line.sku_id, there, line.unit)])
    return [Button(take, "amount", Style.PRIMARY, str(there))]
