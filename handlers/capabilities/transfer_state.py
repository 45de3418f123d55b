"""How a transfer stands, in one line with two facts, and the amounts that its cards share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.ground.documents import Header
from core.ground.work import Work
from core.people.approvals import StepRow, may_decide, steps_of
from core.stock.carry import Key
from core.stock.ledger import balance_of
from core.stock.transfer_commands import Asked
from core.stock.transfer_lines import Line, as_sent, lines_of
from core.stock.transfer_steps import may, standpoint
from data.kinds import RejectReason, State, Step
from handlers.capabilities.approvals import asked_people, decider, last_decided
from handlers.messages import BUTTON_WIDTH, Button, width_of
from handlers.reader import Reader


def outcome(work: Work, reader: Reader, document: Header) -> str:
    """The state with its number, and who or what comes next: a card's first line, a toast, a line in a group."""
    return state_line(work, reader, document, lines_of(work, document.id), steps_of(work, document.id))


def state_line(work: Work, reader: Reader, document: Header, lines: list[Line], steps: list[StepRow]) -> str:
    """As `outcome`, with lines and steps that are known already."""
    facts: dict[str, object] = {"number": document.number, "at": reader.moment(document.moved_at, work.now)}
    facts["source"], facts["target"] = reader.place(document.place_id), reader.place(document.other_place_id)
    for column in ("missing", "damaged", "refused", "over", "lost", "awaited"):
        facts[column] = total(reader, lines, column)
    key = f"transfers.state.{document.state.value}"
    if document.state is State.SUBMITTED:
        facts["frozen"] = _frozen(reader, lines)
        key += ".mine" if asked(work, reader, document) else ".other"
        facts["who"] = asked_people(work, reader, document, steps)
    elif document.state in (State.REJECTED, State.APPROVED):
        key += _decided(work, reader, steps, facts)
    elif document.state in (State.IN_TRANSIT, State.DISPUTED, State.RECEIVED):
        key += _on_the_way(work, reader, document, lines, facts)
    return reader.say(key, **facts)


def _on_the_way(work: Work, reader: Reader, document: Header, lines: list[Line], facts: dict[str, object]) -> str:
    """Which sentence says where goods stand that left: what is most in the way comes first."""

    def some(column: str) -> bool:
        return any(getattr(line, column) for line in lines)

    if document.state is State.DISPUTED:
        if not some("missing"):
            return ".over"
        return ".short_and_damaged" if some("damaged") else ".short"
    if document.state is State.RECEIVED:
        return ".lost" if some("lost") else ".damaged" if some("damaged") else ".all"
    if document.held_at_id is not None:
        facts["holder"] = reader.place(document.held_at_id)
        return ".held"
    if some("refused") and not some("awaited"):
        return ".refused"
    if some("arrived"):
        return ".part"
    mine = reader.actor is not None and may(work, reader.actor, Step.RECEIVE, standpoint(work, document, lines))
    return ".mine" if mine else ".other"


def _frozen(reader: Reader, lines: list[Line]) -> str:
    """Whether the goods of a request are frozen, or as much as there was to be had for it."""
    frozen = sum(line.frozen for line in lines)
    if not frozen:
        return reader.say("transfers.not_frozen")
    if frozen == sum(line.approved for line in lines):
        return reader.say("transfers.frozen")
    return reader.say("transfers.partly_frozen", amount=total(reader, lines, "frozen"))


def asked(work: Work, reader: Reader, document: Header) -> bool:
    """Whether the reader is one whose word the transfer waits for."""
    return reader.actor is not None and may_decide(work, document, reader.actor)


def route_line(reader: Reader, document: Header) -> str:
    """From where to where."""
    ends = {"source": reader.place(document.place_id), "target": reader.place(document.other_place_id)}
    return reader.say("transfers.route", **ends)


def goods_lines(reader: Reader, goods: list[Asked]) -> list[str]:
    """A line for each product, in packs and pieces."""
    return [
        reader.say(
            "transfers.goods", sku=reader.sku(one.sku_id), amount=reader.amount_in_full(one.sku_id, one.count, one.unit)
        )
        for one in goods
    ]


def goods_of(lines: list[Line]) -> list[Asked]:
    """What a transfer asks for; once it was approved or loaded, what that comes to."""
    counts = [line.dispatched for line in as_sent(lines)]
    if not any(counts):
        counts = [line.asked for line in lines]
    return _by_product(lines, counts)


def left_goods(lines: list[Line]) -> list[Asked]:
    """What of a transfer is still on the road."""
    return _by_product(lines, [line.road for line in lines])


def _by_product(lines: list[Line], counts: list[int]) -> list[Asked]:
    """One entry a product, in the order of the lines: what was loaded above the request has a line of its own."""
    merged: dict[int, Asked] = {}
    for line, count in zip(lines, counts, strict=True):
        before = merged.get(line.sku_id)
        merged[line.sku_id] = Asked(line.sku_id, count + (before.count if before else 0), line.unit)
    return [one for one in merged.values() if one.count]


def split_line(reader: Reader, sku_id: int, counts: Mapping[str, int], always: Sequence[str]) -> str:
    """One line of goods in pieces, as they were counted; what is none is left out, but for `always`."""
    parts = [
        reader.say(f"transfers.arrival.part.{name}", amount=reader.pieces(sku_id, count))
        for name, count in counts.items()
        if count or name in always
    ]
    return f"{reader.sku(sku_id)} {reader.say('transfers.arrival.join').join(parts)}"


def drop_button(reader: Reader) -> Button:
    """The button that puts a card away."""
    return Button(reader.say("common.cancel"), "drop")


def effect_lines(
    work: Work, reader: Reader, ends: tuple[int, int], goods: list[Asked], frozen: Mapping[int, int]
) -> list[str]:
    """What it does to both places, for one product. `frozen` is what the source has already set aside for it."""
    if len(goods) != 1:
        return []
    one, (source_id, target_id) = goods[0], ends
    source = balance_of(work, Key(one.sku_id, source_id)).available + frozen.get(one.sku_id, 0)
    target = balance_of(work, Key(one.sku_id, target_id)).on_hand
    return [
        before_after(reader, "transfers.effect.source", source_id, one, source - one.count, source),
        before_after(reader, "transfers.effect.target", target_id, one, target + one.count, target),
    ]


def available_effect(work: Work, reader: Reader, place_id: int, changes: list[tuple[int, int]]) -> list[str]:
    """What a place has available before and after, for one product that comes to its shelf or (below 0) leaves it."""
    if len(changes) != 1:
        return []
    (sku_id, change), before = changes[0], balance_of(work, Key(changes[0][0], place_id)).available
    return [before_after(reader, "transfers.effect.source", place_id, Asked(sku_id, 0, ""), before + change, before)]


def frozen_goods(lines: list[Line]) -> list[tuple[int, int]]:
    """What is frozen for a transfer, by product."""
    found: dict[int, int] = {}
    for line in lines:
        found[line.sku_id] = found.get(line.sku_id, 0) + line.frozen
    return [(sku_id, count) for sku_id, count in found.items() if count]


def reject_reason(reader: Reader, reason: str) -> str:
    """Why a request was refused: one of the known reasons in the reader's language, or what was typed."""
    known = reason in tuple(RejectReason)
    return reader.say(f"words.reason.{reason}") if known else reader.say("transfers.in_words", words=reason)


def before_after(reader: Reader, key: str, place_id: int, one: Asked, after: int, before: int) -> str:
    """One place's stock of a product before and after."""
    amounts = {"before": reader.amount(one.sku_id, before), "after": reader.amount(one.sku_id, after)}
    return reader.say(key, place=reader.place(place_id), sku=reader.sku(one.sku_id), **amounts)


def total(reader: Reader, lines: list[Line], column: str) -> str:
    """What arrived of one column, in pieces; for several products, how many of them it concerns."""
    if len({line.sku_id for line in lines}) == 1:
        return reader.pieces(lines[0].sku_id, sum(getattr(line, column) for line in lines))
    return reader.say("transfers.several", count=sum(1 for line in lines if getattr(line, column)))


def verb_label(reader: Reader, verb: str, goods: list[Asked]) -> str:
    """A button's label: the verb with the amount, as long as that fits; else in pieces; else the verb alone.

    Where there are none of the goods that the verb is about, there is still something to book: it says so.
    """
    goods = [one for one in goods if one.count]
    if not goods:
        return reader.say("transfers.do.as_counted")
    if len(goods) != 1:
        amounts = [reader.say("transfers.several", count=len(goods))]
    else:
        amounts = [reader.amount(*_said(goods[0])), reader.pieces(goods[0].sku_id, goods[0].count), ""]
    labels = [reader.say(f"transfers.do.{verb}", amount=amount).strip() for amount in amounts]
    return next((label for label in labels if width_of(label) <= BUTTON_WIDTH), labels[-1])


def _said(one: Asked) -> tuple[int, int, str]:
    return one.sku_id, one.count, one.unit


def _decided(work: Work, reader: Reader, steps: list[StepRow], facts: dict[str, object]) -> str:
    """Who decided last and when, into the facts; which sentence says it."""
    decided = last_decided(steps)
    if decided is None or decided.decided_at is None:
        return ".by_no_rule"
    facts["who"] = decider(work, reader, decided)
    facts["at"] = reader.moment(decided.decided_at, work.now)
    return ".decided"
