"""Reads a tap: whose card it is, how it stands, and what its button means now. A button proves nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from core.ground.documents import header
from core.ground.work import Work
from core.people.directory import person
from data.kinds import CardFace, PendingState
from handlers.capabilities import CAPABILITIES, CHANGES, PAPERS, people, review, rules
from handlers.capabilities.questions import CLOSED, choices, ended, line_asked, with_chosen
from handlers.cards import Card, Tap, card, cards_of_pending, tapped
from handlers.messages import Reply
from handlers.pending import Pending, pending
from handlers.picks import picks_of
from handlers.plan import Asker, Changed, Plan, Wish, context_of
from handlers.review import Entry, entry
from handlers.understand.changes import without_lines
from handlers.understand.quantities import MAX_QUANTITY, factors_of
from handlers.understand.reading import Intent, Reading
from handlers.understand.still import still_meant
from handlers.understand.understand import understand

LOOKED_AT_AGAIN = (Intent.UNDO, Intent.TRANSFER_CANCEL)
"""Cards that can be worked out anew, where goods moved on meanwhile."""


def read_tap(work: Work, asker: Asker) -> Plan:
    """What a tap comes to. Anything but an open button of this person's own card here changes nothing and says why."""
    tap = tapped(asker.incoming.text)
    found = card(work, tap.card_id) if tap else None
    if tap is None or found is None or found.chat_id != asker.incoming.chat_id:
        return Plan(toast=asker.reader.say("taps.not_here"))
    if found.reader_id != asker.person.id:
        whose = person(work, found.reader_id).name if found.reader_id else ""
        return Plan(toast=asker.reader.say("taps.not_yours", who=whose))
    if found.face is CardFace.DOCUMENT and found.document_id is not None:
        return _document_tap(work, asker, found, tap, found.document_id)
    if found.face is CardFace.REVIEW and found.review_id is not None:
        return _review_tap(work, asker, found, tap, entry(work, found.review_id))
    if found.face is CardFace.PERSON:
        return _person_tap(work, asker, found, tap)
    if found.face is CardFace.RULES:
        return _rules_tap(work, asker, found, tap)
    return _pending_tap(work, asker, found, tap, pending(work, found.pending_id or 0))


def typed_confirmation(work: Work, asker: Asker, shown: Pending) -> Plan:
    """A typed "yes" is a tap on the open card's verb, with the same key, so that both together are one effect."""
    cards, reading = cards_of_pending(work, shown.id), shown.understood()
    if not reading.complete or not cards:
        return Plan(said=Reply((asker.reader.say("pending.still_asking"),)))
    return _pending_tap(work, asker, cards[-1], Tap(CHANGES[reading.intent].verb, cards[-1].id, shown.version), shown)


def _document_tap(work: Work, asker: Asker, found: Card, tap: Tap, document_id: int) -> Plan:
    document = header(work, document_id)
    paper = PAPERS[document.kind]
    does = paper.tap(work, asker, document, tap)
    if does is None or document.version != tap.version:
        return Plan(toast=paper.outcome(work, asker.reader, document), redraw=found.id)
    if isinstance(does, Plan):
        return does
    return Plan(wish=Wish(does, f"{_key(tap)}.{tap.choice}" if tap.choice else _key(tap), found.id))


def _review_tap(work: Work, asker: Asker, found: Card, tap: Tap, kept: Entry) -> Plan:
    does = None if found.folded or kept.version != tap.version else review.tapped_on(work, asker, kept, tap)
    if does is None:
        return Plan(toast=asker.reader.say("taps.changed"), redraw=found.id)
    if isinstance(does, Plan):
        return replace(does, redraw=found.id)
    return Plan(wish=Wish(does, f"{_key(tap)}.{tap.choice}", found.id))


def _person_tap(work: Work, asker: Asker, found: Card, tap: Tap) -> Plan:
    same = people.version_of(work, found.about_id) == tap.version
    does = people.tapped_on(work, asker, found, tap) if same else None
    if does is None:
        return Plan(toast=asker.reader.say("taps.changed"), redraw=found.id)
    return does if isinstance(does, Plan) else Plan(wish=Wish(does, f"{_key(tap)}.{tap.choice}", found.id))


def _rules_tap(work: Work, asker: Asker, found: Card, tap: Tap) -> Plan:
    does = rules.tapped_on(work, asker, found, tap)
    if does is None:
        return Plan(toast=rules.state(work, asker.reader, found), redraw=found.id)
    return does if isinstance(does, Plan) else Plan(wish=Wish(does, f"{_key(tap)}.{tap.choice}", found.id))


def _pending_tap(work: Work, asker: Asker, found: Card, tap: Tap, shown: Pending) -> Plan:
    reader = asker.reader
    if shown.state is not PendingState.OPEN or shown.expires_at <= work.now:
        state = PendingState.EXPIRED if shown.state is PendingState.OPEN else shown.state
        return Plan(toast=ended(reader, shown.understood(), state), redraw=found.id)
    if shown.version != tap.version or found.folded:
        return Plan(toast=reader.say("taps.changed"), redraw=found.id)
    if tap.verb == "drop":
        return Plan(ends=PendingState.DROPPED, toast=reader.say("pending.nothing_changed"))
    reading = shown.understood()
    amount = tap.verb == "amount" and _has_one_amount(reading)
    without = tap.verb == "without" and line_asked(reading, shown.asked) is not None
    again = tap.verb == "again" and reading.intent in LOOKED_AT_AGAIN
    if again or tap.verb == "choose" or amount or without or (tap.verb == "source" and _is_whole_request(reading)):
        return _answered(work, asker, found, tap, shown)
    change = CHANGES.get(reading.intent)
    if change and reading.complete and tap.verb == change.verb:
        return Plan(wish=_wish(work, asker, found, _key(tap), shown))
    return Plan(toast=reader.say("taps.changed"), redraw=found.id)


def _is_whole_request(reading: Reading) -> bool:
    """Whether nothing of a request is missing, which is when its card may offer another source."""
    return reading.complete and reading.intent is Intent.TRANSFER_CREATE


def _has_one_amount(reading: Reading) -> bool:
    """Whether it is a request for one known product, which is what the button for another amount stands under."""
    return _is_whole_request(reading) and len(reading.slots.lines) == 1


def _answered(work: Work, asker: Asker, found: Card, tap: Tap, shown: Pending) -> Plan:
    """A choice is taken as if its code had been typed; an amount is a count in smallest units, a source is its id."""
    reading = shown.understood()
    changed: Reading | None
    if tap.verb == "again":
        changed = reading
    elif tap.verb == "amount":
        changed = _with_count(asker, reading, tap.choice)
    elif tap.verb == "source":
        changed = _with_source(asker, reading, tap.choice)
    elif tap.verb == "without":
        changed = _without(asker, reading, shown.asked)
    else:
        changed = with_choice(work, asker, tap.choice, shown)
    if changed is None or not (
        changed.intent is reading.intent or changed in reading.either
    ):  # no button of ours says this
        return Plan(toast=asker.reader.say("taps.changed"), redraw=found.id)
    plan = CAPABILITIES[changed.intent](work, asker, changed)
    if plan.ask is None:
        answered = plan.answered or (plan.show_document and changed in reading.either)
        ends, picks = PendingState.DONE if answered else plan.closes, picks_of(reading, changed)
        return replace(plan, ends=ends, picks=picks, toast=plan.toast or asker.reader.say("taps.answered"))
    if plan.ask.complete and CHANGES[plan.ask.intent].at_once:
        key = f"{_key(tap)}.{tap.choice}"
        return Plan(wish=_wish(work, asker, found, key, replace(shown, reading=plan.ask.to_json())))
    changes = Changed(shown, plan.ask, found.id)
    return Plan(change=changes, picks=picks_of(reading, plan.ask), toast=asker.reader.say("taps.taken"))


def _wish(work: Work, asker: Asker, found: Card, key: str, shown: Pending) -> Wish:
    """What the tap that confirms a change runs."""
    change = CHANGES[shown.understood().intent]
    first, command = change.first(work, asker.reader, shown), change.command(work, asker.reader, shown)
    return Wish(command, key, found.id, shown, first)


def with_choice(work: Work, asker: Asker, choice: str, shown: Pending) -> Reading | None:
    """The reading with the choice of this number; None for a number that is not offered."""
    codes, at = choices(work, asker.reader, shown.understood(), shown.asked or ""), _number(choice)
    if at is None or at >= len(codes):
        return None
    if shown.asked == "intent":
        return shown.understood().either[at]
    if shown.asked in CLOSED:
        return with_chosen(shown.understood(), shown.asked, codes[at])
    return understand(codes[at], context_of(replace(asker, open=shown)), asker.lexicon)


def _without(asker: Asker, reading: Reading, asked: str | None) -> Reading:
    """The reading without the line that is asked about."""
    left = without_lines(reading, {line_asked(reading, asked) or 0})
    return replace(left, read_as=still_meant(left, asker.lexicon))


def _with_source(asker: Asker, reading: Reading, choice: str) -> Reading | None:
    """The same request from another place; None for a place that is not there or is where the goods go."""
    place = asker.reader.catalogue.place_by_id.get(_number(choice) or 0)
    if place is None or place.code == reading.slots.target:
        return None
    elsewhere = replace(reading, slots=replace(reading.slots, source=place.code))
    return replace(elsewhere, read_as=still_meant(elsewhere, asker.lexicon))


def _number(choice: str) -> int | None:
    return int(choice) if choice.isascii() and choice.isdigit() else None


def _with_count(asker: Asker, reading: Reading, choice: str) -> Reading | None:
    """The reading with another amount of its only product; without one, the amount is asked.

    None for an amount that no line may have.
    """
    first = reading.slots.lines[0]
    sku = asker.reader.catalogue.sku_by_code[first.sku or ""]
    count = _number(choice)
    if choice and (not count or count > MAX_QUANTITY * sku.base_factor):
        return None
    if count:
        factor = factors_of(sku).get(first.unit or sku.base_unit, sku.base_factor)
        line = replace(first, count=count, number=Fraction(count, factor))
        return replace(reading, slots=replace(reading.slots, lines=(line,)))
    line = replace(first, count=None, number=None)
    slots = replace(reading.slots, lines=(line,))
    return replace(reading, slots=slots, missing=("lines.0.quantity",))


def _key(tap: Tap) -> str:
    return f"{tap.verb}.{tap.card_id}.{tap.version}"
