"""The card of a transfer as it moves on: its state first, what it is about, and the steps open to its reader."""

from __future__ import annotations

from core.ground.documents import Header
from core.ground.work import Work
from core.people.approvals import StepRow, steps_of
from core.people.directory import person
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfers import may, steps_from
from data.kinds import Decision, State, Step
from handlers.capabilities.transfer_state import (
    asked,
    effect_lines,
    goods_lines,
    goods_of,
    route_line,
    state_line,
    total,
    verb_label,
)
from handlers.messages import Button, Reply, Style, Tone
from handlers.reader import Reader

MOST_LINES = 4
TONES = {
    State.SUBMITTED: Tone.WAITING,
    State.APPROVED: Tone.GOING,
    State.IN_TRANSIT: Tone.GOING,
    State.DISPUTED: Tone.ATTENTION,
    State.RECEIVED: Tone.DONE,
    State.REJECTED: Tone.STOPPED,
    State.CANCELLED: Tone.STOPPED,
}
STYLES = {Step.REJECT: Style.DANGER, Step.CANCEL: Style.PLAIN, Step.RECEIVE_SHORT: Style.PLAIN}


def document_card(work: Work, reader: Reader, document: Header, folded: bool) -> Reply:
    """The face of a transfer; folded, it only says its state and that a newer card is further down."""
    lines, steps = lines_of(work, document.id), steps_of(work, document.id)
    state = state_line(work, reader, document, lines, steps)
    if folded:
        return Reply((state, f"{route_line(reader, document)} · {reader.say('common.folded')}"))
    goods = goods_lines(reader, goods_of(lines)[:MOST_LINES])
    if len(lines) > MOST_LINES:
        goods.append(reader.say("transfers.more_goods", rest=len(lines) - MOST_LINES))
    texts = (state, *goods, route_line(reader, document), *_body(work, reader, document, lines, steps))
    return Reply(texts, _buttons(work, reader, document, lines), TONES[document.state])


def _body(work: Work, reader: Reader, document: Header, lines: list[Line], steps: list[StepRow]) -> list[str]:
    """What the state means for the goods."""
    facts = {"who": person(work, document.requester_id).name, "at": reader.moment(document.posted_at, work.now)}
    requested = reader.say("transfers.body.requested", **facts)
    if document.state is State.SUBMITTED:
        frozen = {line.sku_id: line.frozen for line in lines}
        ends = (document.place_id, document.other_place_id)
        effect = effect_lines(work, reader, ends, goods_of(lines), frozen)
        why = _why_asked(reader, document, steps) if asked(work, reader, document) else []
        return [requested, *effect, *why, _lapse(work, reader, document)]
    if document.state is State.APPROVED:
        return [requested, _lapse(work, reader, document)]
    if document.state is State.IN_TRANSIT and document.dispatched_by_id:
        who, at = person(work, document.dispatched_by_id).name, reader.moment(document.moved_at, work.now)
        sent = reader.say("transfers.body.dispatched", who=who, at=at)
        return [sent, reader.say("transfers.body.on_the_road", place=reader.place(document.place_id))]
    if document.state in (State.DISPUTED, State.RECEIVED):
        return _arrived(work, reader, document, lines)
    return [reader.say("transfers.body.nothing_moved")]


def _arrived(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    good, target = total(reader, lines, "received"), reader.place(document.other_place_id)
    texts = [reader.say("transfers.body.booked", amount=good, place=target)]
    if any(line.damaged for line in lines):
        texts.append(reader.say("transfers.body.damaged", amount=total(reader, lines, "damaged")))
    if any(line.missing for line in lines):
        missing, source = total(reader, lines, "missing"), reader.place(document.place_id)
        texts.append(reader.say("transfers.body.missing", amount=missing, place=source))
    if document.received_by_id:
        who = person(work, document.received_by_id).name
        texts.append(reader.say("transfers.body.received", who=who, at=reader.moment(document.moved_at, work.now)))
    return texts


def _buttons(work: Work, reader: Reader, document: Header, lines: list[Line]) -> tuple[Button, ...]:
    actor = reader.actor
    if actor is None:
        return ()
    open_steps = [step for step in steps_from(document.state) if may(work, actor, step, document)]
    if Step.REJECT in open_steps and Step.CANCEL in open_steps:
        open_steps.remove(Step.CANCEL)  # whoever can say no needs no second way to say it
    return tuple(
        Button(verb_label(reader, step.value, goods_of(lines)), step.value, STYLES.get(step, Style.PRIMARY))
        for step in sorted(open_steps, key=lambda step: step is Step.CANCEL)
    )


def _why_asked(reader: Reader, document: Header, steps: list[StepRow]) -> list[str]:
    return [
        reader.say(f"transfers.why.{step.rule}", limit=step.rule_limit, place=reader.place(document.place_id))
        for step in steps
        if step.decision is Decision.WAITING
    ]


def _lapse(work: Work, reader: Reader, document: Header) -> str:
    if document.lapses_at is None:
        return reader.say("transfers.body.lapsed")
    return reader.say("transfers.body.lapses", at=reader.moment(document.lapses_at, work.now))
