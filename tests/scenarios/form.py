"""How a card has to look: state first, few and short lines, at most six buttons with short labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from handlers.messages import BUTTON_WIDTH, LINE_WIDTH, width_of
from handlers.say import sentences
from tests.scenarios.chain import Shown

MOST_LINES, MOST_BUTTONS = 8, 6
WIDEST = {"zh": 54, "en": 124}
WIDER = ("errors.", "questions.so_far", "transfers.arrival.part.sent")
"""Sentences that may be wider: refusals, what was heard, and a product with all that became of it."""
FIRST_LINES = (
    *("transfers.state.", "transfers.confirm.", "questions.state", "pending.", "review.state.", "people.state."),
    *("rules.state.", "undo.state", "undo.posted."),
)
CONFIRMED = ("arrival", "loading", "approving", "rejecting", "back", "loss", "held")
LONGER = ("transfers.effect.head", "questions.so_far_list")
"""Lines of cards about many products: the whole effect, or everything that was heard, however long it is."""
QUOTED = re.compile("“[^”]*”")
"""Words of a writer, in whatever language they are."""


def pattern(sentence: str) -> re.Pattern[str]:
    """What a sentence looks like once its facts are filled in."""
    return re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", sentence)))


@cache
def states(language: str) -> tuple[re.Pattern[str], ...]:
    """Every line that a card may begin with."""
    starts = (*FIRST_LINES, *(f"transfers.{one}.state" for one in CONFIRMED))
    return tuple(pattern(both[language]) for key, both in sentences().items() if key.startswith(starts))


@cache
def wider(language: str) -> tuple[re.Pattern[str], ...]:
    """Every sentence that may be wider."""
    return tuple(pattern(both[language]) for key, both in sentences().items() if key.startswith(WIDER))


def breaches(card: Shown, people: Iterable[str]) -> list[str]:
    """What is wrong with how a card looks. What is not Chinese is English, but for names and quoted words."""
    names = re.compile("|".join(people))
    languages = [one for one in ("zh", "en") if any(state.fullmatch(card.state) for state in states(one))]
    if not languages:
        return [f"begins with no state: {card.state}"]
    language = languages[0]
    wrong = [f"too wide: {line}" for line in card.lines if not _fits(line, language)]
    heads = [pattern(sentences()[key][language]) for key in LONGER]
    longer = any(head.fullmatch(line) for head in heads for line in card.lines)
    if len(card.lines) > MOST_LINES and not longer:
        wrong.append(f"{len(card.lines)} lines")
    if len(card.labels) > MOST_BUTTONS:
        wrong.append(f"{len(card.labels)} buttons")
    wrong += [f"no line: {line!r}" for line in card.lines if not line or "{" in line or line != line.strip()]
    wrong += [f"label too wide: {label}" for label in card.labels if width_of(label) > BUTTON_WIDTH]
    if language == "en" and re.search(
        "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", names.sub("", QUOTED.sub("", _text(card)))
    ):
        wrong.append(f"not in English: {_text(card)}")
    return wrong


def _fits(line: str, language: str) -> bool:
    wide = any(sentence.search(line) for sentence in wider(language))
    return width_of(line) <= (WIDEST if wide else LINE_WIDTH)[language]


def _text(card: Shown) -> str:
    return " ".join((*card.lines, *card.labels))
