"""The faces of a transfer: the card to confirm, the question that is left, and the document as it moves on."""

from __future__ import annotations

from core.ground.documents import Header, header, said_number
from core.ground.errors import StockError
from core.ground.work import Work
from core.people.approvals import Needed, StepRow, deciders, may_decide, steps_of
from core.people.directory import person
from core.stock.carry import Balance, Key
from core.stock.ledger import balances_of
from core.stock.routes import route
from core.stock.transfer_lines import Arrived, Line, lines_of
from core.stock.transfers import (
    Asked,
    SubmitTransfer,
    check_request,
    may,
    needed_approval,
    permit_submit,
    steps_from,
)
from data.kinds import Decision, DocumentKind, State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfers import arrived, submit_command
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
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


def confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card shown before anything is written: the whole effect, and the verb on the button."""
    wish = submit_command(reader, pending)
    try:
        permit_submit(work, wish)
        check_request(work, wish)
        needed = needed_approval(work, wish)
    except StockError as refused:
        return refused_card(reader, refusal(work, reader, refused))
    if short := _shortage(work, wish):
        return _too_little(reader, wish, *short)
    ends = {"source": reader.place(wish.source_id), "target": reader.place(wish.target_id)}
    lines = [
        reader.say("transfers.confirm.state"),
        *_goods(reader, [(line.sku_id, line.count, line.unit) for line in wish.lines]),
        reader.say("transfers.route", **ends),
        *_effect(work, reader, wish),
        _who_approves(work, reader, wish, needed),
        _freeze_promise(work, reader, wish, needed),
    ]
    amount = _button_amount(reader, [(line.sku_id, line.count, line.unit) for line in wish.lines])
    buttons = [Button(reader.say("transfers.do.submit", amount=amount), "submit", Style.PRIMARY)]
    if len(wish.lines) == 1:
        buttons.append(Button(reader.say("transfers.do.amount"), "amount"))
    return Reply(tuple(lines), (*buttons, Button(reader.say("common.cancel"), "drop")), Tone.WAITING)


def arrival_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before an arrival is booked: what goes where, and what stays on the source's books."""
    slots = pending.understood().slots
    document = header(work, said_number(slots.document or "") or 0, DocumentKind.TRANSFER)
    lines = lines_of(work, document.id)
    split = arrived(reader, slots, lines)
    said = [_split_line(reader, line, one) for line, one in zip(lines, split, strict=True)]
    texts = [
        reader.say("transfers.arrival.state", number=document.number),
        *said,
        reader.say("transfers.arrival.good", place=reader.place(document.other_place_id)),
    ]
    if any(one.damaged for one in split):
        texts.append(reader.say("transfers.arrival.damaged"))
    if any(one.missing for one in split):
        texts.append(reader.say("transfers.arrival.missing", place=reader.place(document.place_id)))
    good = [
        (line.sku_id, one.good, reader.catalogue.sku_by_id[line.sku_id].base_unit)
        for line, one in zip(lines, split, strict=True)
    ]
    amount = _button_amount(reader, good)
    receive = Button(reader.say("transfers.do.receive", amount=amount), "receive", Style.PRIMARY)
    return Reply(tuple(texts), (receive, Button(reader.say("common.cancel"), "drop")), Tone.WAITING)


def document_card(work: Work, reader: Reader, document: Header, *, folded: bool) -> Reply:
    """The face of a transfer: its state first, and a button for each step open to this reader."""
    lines, steps = lines_of(work, document.id), steps_of(work, document.id)
    route_line = reader.say(
        "transfers.route", source=reader.place(document.place_id), target=reader.place(document.other_place_id)
    )
    if folded:
        state = _state_line(work, reader, document, lines, steps)
        return Reply((state, f"{route_line} · {reader.say('common.folded')}"), (), TONES[document.state])
    texts = [
        _state_line(work, reader, document, lines, steps),
        *_goods(reader, [(line.sku_id, line.asked, line.unit) for line in lines]),
        route_line,
        *_body(work, reader, document, lines, steps),
    ]
    return Reply(tuple(texts), _buttons(work, reader, document, lines), TONES[document.state])


def outcome(work: Work, reader: Reader, document: Header) -> str:
    """One line with two facts: the state with its number, and who or what comes next. For groups and toasts."""
    return _state_line(work, reader, document, lines_of(work, document.id), steps_of(work, document.id))


def refused_card(reader: Reader, sentence: str) -> Reply:
    """A card that says why it cannot be done; it has nothing to tap but to put it away."""
    return Reply(
        (reader.say("transfers.confirm.refused"), sentence),
        (Button(reader.say("common.cancel"), "drop"),),
        Tone.STOPPED,
    )


def _state_line(work: Work, reader: Reader, document: Header, lines: list[Line], steps: list[StepRow]) -> str:
    facts: dict[str, object] = {"number": document.number, "at": reader.clock(document.moved_at)}
    facts["frozen"] = reader.say("transfers.frozen" if any(line.frozen for line in lines) else "transfers.not_frozen")
    facts["source"], facts["target"] = reader.place(document.place_id), reader.place(document.other_place_id)
    key = f"transfers.state.{document.state.value}"
    if document.state is State.SUBMITTED:
        mine = reader.actor is not None and may_decide(work, document, reader.actor)
        key += ".mine" if mine else ".other"
        facts["who"] = _names(reader, _asked_people(work, document, steps))
    elif document.state in (State.REJECTED, State.APPROVED):
        decided = next((step for step in steps if step.decided_by_id), None)
        facts["who"] = person(work, decided.decided_by_id).name if decided and decided.decided_by_id else ""
        key += ".decided" if decided else ".by_no_rule"
    elif document.state is State.IN_TRANSIT:
        mine = reader.actor is not None and may(work, reader.actor, Step.RECEIVE_ALL, document)
        key += ".mine" if mine else ".other"
    elif document.state in (State.DISPUTED, State.RECEIVED):
        damaged, missing = sum(line.damaged for line in lines), sum(line.missing for line in lines)
        facts["missing"], facts["damaged"] = _total(reader, lines, "missing"), _total(reader, lines, "damaged")
        key += (".short_and_damaged" if damaged else ".short") if missing else (".damaged" if damaged else ".all")
    return reader.say(key, **facts)


def _body(work: Work, reader: Reader, document: Header, lines: list[Line], steps: list[StepRow]) -> list[str]:
    requester = person(work, document.requester_id)
    facts: dict[str, object] = {"who": requester.name, "at": reader.moment(document.posted_at, work.now)}
    if document.state is State.SUBMITTED:
        asked = reader.say("transfers.body.requested", **facts)
        return [
            asked,
            *_impact(work, reader, document, lines),
            *_why_asked(reader, document, steps),
            *_lapse(work, reader, document),
        ]
    if document.state is State.APPROVED:
        return [reader.say("transfers.body.requested", **facts), *_lapse(work, reader, document)]
    if document.state is State.IN_TRANSIT and document.dispatched_by_id:
        who = person(work, document.dispatched_by_id).name
        sent = reader.say("transfers.body.dispatched", who=who, at=reader.moment(document.moved_at, work.now))
        return [sent, reader.say("transfers.body.on_the_road", place=reader.place(document.place_id))]
    if document.state in (State.DISPUTED, State.RECEIVED):
        return _arrived(reader, document, lines)
    return [reader.say("transfers.body.nothing_moved")]


def _arrived(reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    good, target = _total(reader, lines, "received"), reader.place(document.other_place_id)
    texts = [reader.say("transfers.body.booked", amount=good, place=target)]
    if any(line.damaged for line in lines):
        texts.append(reader.say("transfers.body.damaged", amount=_total(reader, lines, "damaged")))
    if any(line.missing for line in lines):
        missing, source = _total(reader, lines, "missing"), reader.place(document.place_id)
        texts.append(reader.say("transfers.body.missing", amount=missing, place=source))
    return texts


def _buttons(work: Work, reader: Reader, document: Header, lines: list[Line]) -> tuple[Button, ...]:
    actor = reader.actor
    if actor is None:
        return ()
    amount = _button_amount(reader, [(line.sku_id, line.asked, line.unit) for line in lines])
    styles = {Step.REJECT: Style.DANGER, Step.CANCEL: Style.PLAIN, Step.RECEIVE_SHORT: Style.PLAIN}
    return tuple(
        Button(reader.say(f"transfers.do.{step.value}", amount=amount), step.value, styles.get(step, Style.PRIMARY))
        for step in steps_from(document.state)
        if may(work, actor, step, document)
    )


def _goods(reader: Reader, goods: list[tuple[int, int, str]]) -> list[str]:
    lines = [
        reader.say("transfers.goods", sku=reader.sku(sku_id), amount=reader.amount_in_full(sku_id, count, unit))
        for sku_id, count, unit in goods[:MOST_LINES]
    ]
    rest = len(goods) - MOST_LINES
    return [*lines, reader.say("transfers.more_goods", rest=rest)] if rest > 0 else lines


def _effect(work: Work, reader: Reader, wish: SubmitTransfer) -> list[str]:
    """Both places before and after, for a single product; for several, each source before and after."""
    balances = balances_of(work, sku_ids=[line.sku_id for line in wish.lines])
    texts = []
    for line in wish.lines[:MOST_LINES]:
        source = balances.get(Key(line.sku_id, wish.source_id), Balance())
        before, after = source.available, source.available - line.count
        texts.append(_before_after(reader, "transfers.effect.source", wish.source_id, line, before, after))
        if len(wish.lines) == 1:
            target = balances.get(Key(line.sku_id, wish.target_id), Balance())
            before, after = target.on_hand, target.on_hand + line.count
            texts.append(_before_after(reader, "transfers.effect.target", wish.target_id, line, before, after))
    return texts


def _impact(work: Work, reader: Reader, document: Header, lines: list[Line]) -> list[str]:
    """What a decision does to both stores. The source's goods are frozen already, so before is with them."""
    balances = balances_of(work, sku_ids=[line.sku_id for line in lines])
    if len(lines) != 1:
        return []
    line = lines[0]
    source = balances.get(Key(line.sku_id, document.place_id), Balance())
    target = balances.get(Key(line.sku_id, document.other_place_id), Balance())
    asked = Asked(line.sku_id, line.asked, line.unit)
    before = source.available + line.frozen
    return [
        _before_after(reader, "transfers.effect.source", document.place_id, asked, before, before - line.asked),
        _before_after(
            reader,
            "transfers.effect.target",
            document.other_place_id,
            asked,
            target.on_hand,
            target.on_hand + line.asked,
        ),
    ]


def _before_after(reader: Reader, key: str, place_id: int, line: Asked, before: int, after: int) -> str:
    amounts = {"before": reader.amount(line.sku_id, before), "after": reader.amount(line.sku_id, after)}
    return reader.say(key, place=reader.place(place_id), **amounts)


def _shortage(work: Work, wish: SubmitTransfer) -> tuple[Asked, int] | None:
    """The first product of which the source has less than all lines want together, and what there is."""
    balances = balances_of(work, sku_ids=[line.sku_id for line in wish.lines])
    for line in wish.lines:
        there = balances.get(Key(line.sku_id, wish.source_id), Balance()).available
        if sum(other.count for other in wish.lines if other.sku_id == line.sku_id) > there:
            return line, max(there, 0)
    return None


def _too_little(reader: Reader, wish: SubmitTransfer, line: Asked, there: int) -> Reply:
    amounts = {"wanted": reader.amount(line.sku_id, line.count, line.unit), "there": reader.amount(line.sku_id, there)}
    facts = {"place": reader.place(wish.source_id), "sku": reader.sku(line.sku_id), **amounts}
    texts = (reader.say("transfers.confirm.too_little"), reader.say("errors.not_enough_stock", **facts))
    drop = Button(reader.say("common.cancel"), "drop")
    if not there or len(wish.lines) > 1:
        return Reply(texts, (drop,), Tone.STOPPED)
    take = reader.say("transfers.do.submit", amount=amounts["there"])
    return Reply(texts, (Button(take, "amount", Style.PRIMARY, str(there)), drop), Tone.STOPPED)


def _who_approves(work: Work, reader: Reader, wish: SubmitTransfer, needed: Needed | None) -> str:
    if needed is None:
        return reader.say("transfers.approval.none")
    people = deciders(work, DocumentKind.TRANSFER, needed.role, needed.place_id, but=work.who.id)
    facts = {"who": _names(reader, [one.name for one in people]), "place": reader.place(wish.source_id)}
    return reader.say(f"transfers.approval.{needed.rule}", limit=needed.rule_limit, **facts)


def _freeze_promise(work: Work, reader: Reader, wish: SubmitTransfer, needed: Needed | None) -> str:
    rules = route(work, wish.source_id, wish.target_id)
    if needed:
        return reader.say("transfers.freeze.until_approved", hours=rules.approve_within_hours)
    return reader.say("transfers.freeze.until_dispatched", hours=rules.dispatch_within_hours)


def _why_asked(reader: Reader, document: Header, steps: list[StepRow]) -> list[str]:
    return [
        reader.say(f"transfers.why.{step.rule}", limit=step.rule_limit, place=reader.place(document.place_id))
        for step in steps
        if step.decision is Decision.WAITING
    ]


def _lapse(work: Work, reader: Reader, document: Header) -> list[str]:
    if document.lapses_at is None:
        return [reader.say("transfers.body.lapsed")]
    return [reader.say("transfers.body.lapses", at=reader.moment(document.lapses_at, work.now))]


def _asked_people(work: Work, document: Header, steps: list[StepRow]) -> list[str]:
    waiting = [step for step in steps if step.decision is Decision.WAITING]
    return [
        one.name
        for step in waiting
        for one in deciders(work, document.kind, step.role, step.place_id, but=document.requester_id)
    ]


def _names(reader: Reader, names: list[str]) -> str:
    joined = reader.say("common.or").join(names[:2])
    return reader.say("common.and_more", names=joined, count=len(names)) if len(names) > 2 else joined


def _split_line(reader: Reader, line: Line, one: Arrived) -> str:
    """One line of an arrival in pieces, as it was counted; what is none is left out."""
    counts = {"sent": line.dispatched, "good": one.good, "damaged": one.damaged, "missing": one.missing}
    parts = [
        reader.say(f"transfers.arrival.part.{name}", amount=reader.pieces(line.sku_id, count))
        for name, count in counts.items()
        if count or name in ("sent", "good")
    ]
    return " ".join([reader.sku(line.sku_id), *parts])


def _total(reader: Reader, lines: list[Line], column: str) -> str:
    """What arrived of one column, in pieces; for several products, how many of them it concerns."""
    if len({line.sku_id for line in lines}) == 1:
        return reader.pieces(lines[0].sku_id, sum(getattr(line, column) for line in lines))
    return reader.say("transfers.several", count=sum(1 for line in lines if getattr(line, column)))


def _button_amount(reader: Reader, goods: list[tuple[int, int, str]]) -> str:
    if len(goods) == 1:
        sku_id, count, unit = goods[0]
        return reader.amount(sku_id, count, unit)
    return reader.say("transfers.several", count=len(goods))
