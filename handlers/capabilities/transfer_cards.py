"""The card of a transfer as it moves on: its state first, what it is about, and the steps open to its reader."""

from __future__ import annotations

from core.ground.documents import Header
from core.ground.work import Work
from core.people.approvals import StepRow, steps_of
from core.people.directory import person
from core.people.ladder import deciders
from core.stock.transfer_disputes import bearers_of
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_standing import dispute_of
from core.stock.undoing import reversed_by
from data.kinds import State
from handlers.capabilities.approvals import how_far, names, why_you
from handlers.capabilities.transfer_buttons import buttons_of
from handlers.capabilities.transfer_digest import digest
from handlers.capabilities.transfer_impact import impact_lines, value_said
from handlers.capabilities.transfer_state import (
    effect_lines,
    goods_lines,
    goods_of,
    reject_reason,
    route_line,
    split_line,
    state_line,
    total,
)
from handlers.messages import Reply, Tone
from handlers.reader import Reader

MOST_LINES = 8
MOST_GOODS = 4
MOST_IMPACT = 4
"""Lines of what it does; with so many, who asked and until when it is frozen share one."""
TONES = {
    State.SUBMITTED: Tone.WAITING,
    State.APPROVED: Tone.GOING,
    State.IN_TRANSIT: Tone.GOING,
    State.RETURNING: Tone.GOING,
    State.DISPUTED: Tone.ATTENTION,
    State.RECEIVED: Tone.DONE,
    State.RETURNED: Tone.STOPPED,
    State.REJECTED: Tone.STOPPED,
    State.CANCELLED: Tone.STOPPED,
}
PARTS = {
    "sent": "dispatched",
    "good": "received",
    "damaged": "damaged",
    "for_supplier": "for_supplier",
    "refused": "refused",
    "missing": "missing",
    "over": "over",
    "returned": "returned",
    "lost": "lost",
}
LEFT = frozenset({State.IN_TRANSIT, State.RETURNING, State.DISPUTED, State.RECEIVED, State.RETURNED})


def document_card(work: Work, reader: Reader, document: Header, folded: bool) -> Reply:
    """The face of a transfer; folded, it only says its state and that a newer card is further down."""
    lines, steps = lines_of(work, document.id), steps_of(work, document.id)
    state = state_line(work, reader, document, lines, steps)
    if folded:
        return Reply((state, f"{route_line(reader, document)} · {reader.say('common.folded')}"))
    goods = _goods(reader, document, lines)
    body = _body(work, reader, document, lines, steps)
    if len(goods) + len(body) > MOST_LINES - 2 and document.state in LEFT:
        body = digest(reader, document, lines, _bearers(work, reader, document), _deadline(work, reader, document))
        body += _hands(work, reader, document, lines)[: max(MOST_LINES - 2 - len(goods) - len(body), 0)]
    goods = _as_many_as_fit(reader, goods, min(MOST_GOODS, MOST_LINES - 2 - len(body)))
    texts = (state, *goods, _route(work, reader, document, lines), *body)
    tone = Tone.ATTENTION if document.held_at_id is not None else TONES[document.state]
    return Reply(texts, buttons_of(work, reader, document, lines), tone)


def _as_many_as_fit(reader: Reader, goods: list[str], room: int) -> list[str]:
    """The first goods, and in the last line how many more there are; in a single line only how many there are."""
    if len(goods) <= room:
        return goods
    if room < 2:
        return [reader.say("transfers.several", count=len(goods))]
    return [*goods[: room - 1], reader.say("transfers.more_goods", rest=len(goods) - room + 1)]


def _goods(reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """A line for each product: what is asked or sent; of several that left, what became of each."""
    goods = goods_of(lines)
    spoken_of = any(line.road < line.dispatched or line.awaited < line.road or line.over for line in lines)
    if len(goods) < 2 or document.state not in LEFT or not spoken_of:
        return goods_lines(reader, goods)
    texts = []
    for one in goods:
        ours = [line for line in lines if line.sku_id == one.sku_id]
        counts = {name: sum(getattr(line, column) for line in ours) for name, column in PARTS.items()}
        texts.append(split_line(reader, one.sku_id, counts, always=("sent",)))
    return texts


def _route(work: Work, reader: Reader, document: Header, lines: list[Line]) -> str:
    """From where to where; what it is worth; for a return to the warehouse, why; for a rest, of which transfer."""
    parts = [route_line(reader, document), *value_said(work, reader, document, lines)]
    if document.return_reason is not None:
        parts.append(reader.say("transfers.returns", reason=reader.say(f"words.reason.{document.return_reason.value}")))
    if document.reverses_id is not None:
        parts.append(reader.say("transfers.takes_back", number=f"{document.kind.letters}-{document.reverses_id}"))
    if document.names_id is not None:
        parts.append(reader.say("transfers.rest_of", number=f"{document.kind.letters}-{document.names_id}"))
    return " · ".join(parts)


def _body(work: Work, reader: Reader, document: Header, lines: list[Line], steps: list[StepRow]) -> list[str]:
    """What the state means for the goods."""
    facts = {"who": person(work, document.requester_id).name, "at": reader.moment(document.posted_at, work.now)}
    requested = reader.say("transfers.body.requested", **facts)
    if document.state is State.SUBMITTED:
        if why := why_you(work, reader, document, steps):
            impact = [*impact_lines(work, reader, document, lines), *why]
            if len(impact) < MOST_IMPACT:
                return [requested, *impact, _lapse(work, reader, document)]
            key = "transfers.body.requested_not_frozen"
            if document.lapses_at is not None:
                key, facts["until"] = "transfers.body.requested_until", reader.moment(document.lapses_at, work.now)
            return [reader.say(key, **facts), *impact]
        frozen = {line.sku_id: line.frozen for line in lines}
        ends = (document.place_id, document.other_place_id)
        effect = effect_lines(work, reader, ends, goods_of(lines), frozen)
        return [requested, *effect, *how_far(work, reader, document, steps), _lapse(work, reader, document)]
    if document.state is State.APPROVED:
        return [requested, *_less_approved(reader, lines), _lapse(work, reader, document)]
    if document.state in LEFT:
        where = [*_goods_now(work, reader, document, lines), *_hands(work, reader, document, lines)]
        return [*_undone(work, reader, document), *where]
    why = (
        [reader.say("transfers.body.rejected", reason=reject_reason(reader, document.reason))]
        if document.reason
        else []
    )
    return [*why, reader.say("transfers.body.nothing_moved")]


def _undone(work: Work, reader: Reader, document: Header) -> list[str]:
    """Which transfer takes the goods back."""
    by = reversed_by(work, document.id) if document.state is State.RECEIVED else None
    return [reader.say("transfers.body.undone", number=by.number)] if by else []


def _less_approved(reader: Reader, lines: list[Line]) -> list[str]:
    if all(line.approved == line.asked for line in lines):
        return []
    if len({line.sku_id for line in lines}) > 1:
        return [reader.say("transfers.body.less", count=sum(line.approved < line.asked for line in lines))]
    return [reader.say("transfers.body.asked", amount=total(reader, lines, "asked"))]


def _goods_now(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """Where the goods that left are now: a line for each kind of place that has some."""
    source, target = reader.place(document.place_id), reader.place(document.other_place_id)
    places = {"received": target, "missing": source, "over": source, "refused": source}
    columns = ("received", "damaged", "for_supplier", "refused", "missing", "over", "returned")
    texts = [
        reader.say(f"transfers.body.{column}", amount=total(reader, lines, column), place=places.get(column, source))
        for column in columns
        if any(getattr(line, column) for line in lines)
    ]
    if any(line.lost for line in lines):
        who = _bearers(work, reader, document)
        texts.append(reader.say("transfers.body.lost", amount=total(reader, lines, "lost"), who=who))
    if any(line.missing or line.over for line in lines):
        texts += _deadline(work, reader, document)
    if any(line.awaited for line in lines):
        spoken = texts or document.turned_back_at
        key = "awaited" if spoken else "on_the_road"
        texts.append(reader.say(f"transfers.body.{key}", amount=total(reader, lines, "awaited"), place=source))
    if document.held_at_id is not None:
        texts.append(reader.say("transfers.body.held", place=reader.place(document.held_at_id)))
    return texts


def _not_loaded(reader: Reader, lines: list[Line]) -> str:
    """How much less was loaded than approved; for several products, how many of them it concerns."""
    short = [(line.sku_id, line.approved - line.dispatched) for line in lines if line.approved > line.dispatched]
    if len({line.sku_id for line in lines}) > 1:
        return reader.say("transfers.several", count=len(short))
    return reader.pieces(lines[0].sku_id, sum(count for _, count in short))


def _bearers(work: Work, reader: Reader, document: Header) -> str:
    """Who bears what was written off of it; nothing where nothing was."""
    found = [reader.say(f"words.bearer.{one.value}") for one in bearers_of(work, document.id)]
    return reader.say("common.comma").join(found)


def _deadline(work: Work, reader: Reader, document: Header) -> list[str]:
    """Who has to answer, and until when."""
    dispute = dispute_of(work, document.id)
    if dispute is None or dispute.closed_at is not None:
        return []
    who = names(reader, [one.name for one in deciders(work, document.kind, dispute.role, document.place_id, but=0)])
    return [reader.say("transfers.body.answers", who=who, at=reader.moment(dispute.due_at, work.now))]


def _hands(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """Who had the goods in hand last, and when; why less was loaded than approved."""
    texts = []
    if document.load_reason is not None and document.received_by_id is None:
        reason = reader.say(f"words.reason.{document.load_reason.value}")
        texts.append(reader.say("transfers.body.loaded_less", amount=_not_loaded(reader, lines), reason=reason))
    key, hand, when = "received_by", document.received_by_id, document.received_at
    if hand is None:
        key, hand, when = "dispatched", document.dispatched_by_id, document.dispatched_at
    if hand is not None and when is not None:
        at = reader.moment(when, work.now)
        texts.append(reader.say(f"transfers.body.{key}", who=person(work, hand).name, at=at))
    return texts


def _lapse(work: Work, reader: Reader, document: Header) -> str:
    if document.lapses_at is None:
        return reader.say("transfers.body.lapsed")
    return reader.say("transfers.body.lapses", at=reader.moment(document.lapses_at, work.now))
