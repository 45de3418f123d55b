"""The review list (审核列表): what was not understood, and one tap to teach what it stands for, or to take it back."""

from __future__ import annotations

from core.goods.learning import (
    LearnAlias,
    LearnedRow,
    LearnPhrase,
    RevokeAlias,
    RevokePhrase,
    learned,
    learned_by,
)
from core.goods.surfaces import folded, why_not
from core.ground.commands import Command
from core.ground.permissions import may_teach
from core.ground.work import Work
from core.people.directory import person
from data.kinds import ChatKind, LearnedKind, ReviewState
from handlers.cards import Tap, card, want_redraw
from handlers.messages import BUTTON_WIDTH, Button, Reply, Style, Tone, cut
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.review import Entry, close, entry, group_of, lately_learned, offers, open_groups, reopen
from handlers.say import known
from handlers.understand.reading import Intent, Reading

MOST_SHOWN, MOST_OFFERS = 5, 3
SAID_WIDTH, WORDS_WIDTH = 40, 16
USUAL_INTENTS = (Intent.TRANSFER_CREATE.value, Intent.STOCK_QUERY.value)
"""What words without a meaning are mostly said for."""


def answer_list(work: Work, asker: Asker, reading: Reading) -> Plan:
    """The newest of what is open, each in a card of its own; for those who may teach, and in private.

    Where nothing is open, what was taught last: it can be taken back there.
    """
    reader = asker.reader
    if not may_teach(asker.person):
        return Plan(said=Reply((reader.say("errors.may_not_teach"),)))
    if asker.incoming.chat_kind is ChatKind.GROUP:
        return Plan(said=Reply((reader.say("review.privately"),)))
    groups = open_groups(work)
    if not groups:
        taught = tuple(one.id for one in lately_learned(work, MOST_SHOWN))
        return Plan(
            said=Reply((reader.say("review.none_but_taught" if taught else "review.none"),)), show_reviews=taught
        )
    shown = groups[:MOST_SHOWN]
    head = reader.say("review.head", count=len(groups), shown=len(shown))
    return Plan(said=Reply((head,)), show_reviews=tuple(group[0].id for group in shown))


def review_card(work: Work, reader: Reader, found: Entry, *, folded: bool = False) -> Reply:
    """Something to learn from: what was said, and a button for each thing that it could stand for."""
    if folded:
        return Reply((reader.say("common.folded"),), (), Tone.STOPPED)
    if found.state is ReviewState.DONE and found.learned_id is not None:
        return _learned_card(work, reader, found, learned(work, found.learned_id))
    group = group_of(work, found)
    if found.state is ReviewState.DISMISSED:
        return Reply((reader.say("review.state.dismissed"), _said(reader, found)), (), Tone.STOPPED)
    facts = {"who": person(work, found.person_id).name, "at": reader.moment(found.said_at, work.now)}
    state = reader.say(f"review.state.{found.cause.value}", count=len(group), **facts)
    lines = [state, _said(reader, found)]
    if what := _read_as(reader, found.understood()):
        lines.append(reader.say("review.read_as", what=cut(what, SAID_WIDTH - 4)))
    codes = _offered(work, reader, found, group)
    lines += _question(reader, found, codes)
    buttons = [
        Button(cut(f"{number}. {_what(reader, found.kind, code)}", BUTTON_WIDTH), "learn", choice=_choice(reader, code))
        for number, code in enumerate(codes, start=1)
    ]
    return Reply(tuple(lines), (*buttons, Button(reader.say("review.dismiss"), "dismiss")), Tone.WAITING)


def tapped_on(work: Work, asker: Asker, found: Entry, tap: Tap) -> Command | Plan | None:
    """What a button comes to: a command, a plan, or None for one that this card does not have."""
    if tap.verb == "dismiss" and found.state is ReviewState.OPEN:
        if not may_teach(asker.person):
            return Plan(toast=asker.reader.say("errors.may_not_teach"))
        return Plan(dismiss=found.id, toast=asker.reader.say("review.state.dismissed"))
    if tap.verb == "unlearn" and found.learned_id is not None:
        phrase = learned(work, found.learned_id).kind is LearnedKind.PHRASE
        return RevokePhrase(found.learned_id) if phrase else RevokeAlias(found.learned_id)
    if tap.verb != "learn" or found.state is not ReviewState.OPEN:
        return None
    codes = _offered(work, asker.reader, found, group_of(work, found))
    code = next((code for code in codes if _choice(asker.reader, code) == tap.choice), None)
    return _teaching(asker.reader, found, code) if code else None


def settled(work: Work, reader: Reader, card_id: int, command: Command) -> str:
    """What was taught or taken back shows on the cards that it came of; how it stands now, in a line."""
    shown = card(work, card_id)
    match command:
        case LearnAlias(surface=surface) | LearnPhrase(surface=surface):
            row = learned_by(work, surface)
            found = entry(work, shown.review_id) if shown and shown.review_id else None
            if row and found and found.state is ReviewState.OPEN:
                close(work, found, ReviewState.DONE, row.id)
            return reader.say("review.state.done", meaning=_meaning(reader, row)) if row else ""
        case RevokeAlias(learned_id=learned_id) | RevokePhrase(learned_id=learned_id):
            reopen(work, learned_id)
            row = learned(work, learned_id)
            return reader.say("review.taken_back", words=row.surface, what=_what_of(reader, row))
    want_redraw(work, card_id)
    return reader.say("taps.changed")


def dismiss(work: Work, review_id: int) -> None:
    """Put an entry away, and all that are the same, if it is still open."""
    found = entry(work, review_id)
    if found.state is ReviewState.OPEN:
        close(work, found, ReviewState.DISMISSED)


def _learned_card(work: Work, reader: Reader, found: Entry, row: LearnedRow) -> Reply:
    lines = (
        reader.say("review.state.done", meaning=_meaning(reader, row)),
        reader.say("review.taught_by", **_by_whom(work, reader, found)),
        _said(reader, found),
    )
    return Reply(lines, (Button(reader.say("review.unlearn"), "unlearn", Style.DANGER),), Tone.DONE)


def _by_whom(work: Work, reader: Reader, found: Entry) -> dict[str, object]:
    who = person(work, found.closed_by_id or 0).name
    return {"who": who, "at": reader.moment(found.closed_at or work.now, work.now)}


def _said(reader: Reader, found: Entry) -> str:
    return reader.say("review.said", said=cut(found.said, SAID_WIDTH))


def _question(reader: Reader, found: Entry, codes: tuple[str, ...]) -> list[str]:
    """What the words are, with the offers in full; or why there are none. Nothing where only people can tell."""
    if found.kind is None:
        return []
    if why := _why_not(reader, found):
        return [reader.say("review.cannot_learn", why=reader.say(f"words.why.{why}"))]
    words = cut(found.words, WORDS_WIDTH)
    lines = [reader.say(f"review.ask.{found.kind.value}", words=words)]
    meanings = (reader.say("review.meaning", words=words, what=_what(reader, found.kind, code)) for code in codes)
    lines += [reader.say("review.offer", number=number, meaning=one) for number, one in enumerate(meanings, start=1)]
    return lines if codes else [*lines, reader.say("review.nothing_near")]


def _offered(work: Work, reader: Reader, found: Entry, group: list[Entry]) -> tuple[str, ...]:
    """The codes on the buttons, as far as they are still there; none for words that cannot be learned."""
    if found.kind is None or _why_not(reader, found):
        return ()
    codes = offers(work, group)
    if found.kind is LearnedKind.PHRASE:
        codes = tuple(dict.fromkeys((*codes, *USUAL_INTENTS)))
    return tuple(code for code in codes if _is_known(reader, found.kind, code))[:MOST_OFFERS]


def _why_not(reader: Reader, found: Entry) -> str | None:
    units = reader.catalogue.units
    known_units = {*units, *(name for names in units.values() for name in names)}
    return why_not(folded(found.words), known_units, phrase=found.kind is LearnedKind.PHRASE)


def _is_known(reader: Reader, kind: LearnedKind, code: str) -> bool:
    match kind:
        case LearnedKind.ALIAS_PRODUCT:
            return code in reader.catalogue.sku_by_code
        case LearnedKind.ALIAS_PLACE:
            return code in reader.catalogue.place_by_code
        case LearnedKind.PHRASE:
            return known(_intent_key(code))


def _teaching(reader: Reader, found: Entry, code: str) -> Command:
    if found.kind is LearnedKind.ALIAS_PRODUCT:
        return LearnAlias(found.words, sku_id=reader.catalogue.sku_by_code[code].id)
    if found.kind is LearnedKind.ALIAS_PLACE:
        return LearnAlias(found.words, place_id=reader.catalogue.place_by_code[code].id)
    return LearnPhrase(found.words, code)


def _choice(reader: Reader, code: str) -> str:
    """How a button says a code: by its id, since a code may be longer than a button's bytes; an intent by itself."""
    if code in reader.catalogue.sku_by_code:
        return f"s{reader.catalogue.sku_by_code[code].id}"
    if code in reader.catalogue.place_by_code:
        return f"p{reader.catalogue.place_by_code[code].id}"
    return code


def _meaning(reader: Reader, row: LearnedRow) -> str:
    return reader.say("review.meaning", words=cut(row.surface, WORDS_WIDTH), what=_what_of(reader, row))


def _what_of(reader: Reader, row: LearnedRow) -> str:
    if row.sku_id is not None:
        return reader.sku(row.sku_id)
    return reader.place(row.place_id) if row.place_id is not None else _what(reader, row.kind, row.intent or "")


def _what(reader: Reader, kind: LearnedKind | None, code: str) -> str:
    """What a code is called."""
    if kind is LearnedKind.PHRASE:
        return reader.say(_intent_key(code)) if known(_intent_key(code)) else code
    return reader.sku(code) if kind is LearnedKind.ALIAS_PRODUCT else reader.place(code)


def _intent_key(intent: str) -> str:
    return f"review.intent.{intent.replace('.', '_')}"


def _read_as(reader: Reader, reading: Reading) -> str:
    """What was understood, in a few words: goods and where they were to go."""
    places, skus = reader.catalogue.place_by_code, reader.catalogue.sku_by_code
    ends = [reader.place(code) for code in (reading.slots.source, reading.slots.target) if code and code in places]
    lines = [(line.sku, line.count) for line in reading.slots.lines if line.sku]
    goods = [
        f"{reader.sku(code)} {reader.amount(code, count) if count is not None else ''}".strip()
        for code, count in lines
        if code in skus
    ]
    return " ".join([" → ".join(ends), *goods]).strip()
