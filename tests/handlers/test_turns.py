"""What a turn leaves open for the next one: a table of what was open, what was said, and what is open then."""

from __future__ import annotations

import pytest

from data.kinds import PlaceKind
from handlers.understand.reading import Context, Intent, Reading
from handlers.understand.turns import following

CHANGE = Reading(Intent.TRANSFER_CREATE)
ASKING = Reading(Intent.TRANSFER_CREATE, missing=("lines.0.sku", "to"))
ANSWERED, UNSURE = Reading(Intent.STOCK_QUERY), Reading(Intent.STOCK_QUERY, missing=("lines.0.sku",))
CLEAR = Context("XH", PlaceKind.STORE, "zh")
OPEN = Context("XH", PlaceKind.STORE, "zh", frame=ASKING, asked="lines.0.sku")
ASKED = Context("XH", PlaceKind.STORE, "zh", before=ANSWERED)


@pytest.mark.parametrize("context", [CLEAR, OPEN, ASKED])
@pytest.mark.parametrize(("reading", "asked"), [(CHANGE, None), (ASKING, "lines.0.sku"), (UNSURE, "lines.0.sku")])
def test_a_change_or_what_lacks_something_is_open(context: Context, reading: Reading, asked: str | None) -> None:
    after = following(context, reading)
    assert (after.frame, after.asked, after.before) == (reading, asked, None)


@pytest.mark.parametrize("context", [CLEAR, OPEN, ASKED])
def test_an_answered_question_ends_what_was_open(context: Context) -> None:
    after = following(context, ANSWERED)
    assert (after.frame, after.asked, after.before) == (None, None, ANSWERED)


@pytest.mark.parametrize("intent", [Intent.CONFIRM, Intent.CANCEL])
def test_yes_and_no_end_what_was_open(intent: Intent) -> None:
    assert following(OPEN, Reading(intent)) == CLEAR
    assert following(ASKED, Reading(intent)) == ASKED


@pytest.mark.parametrize("intent", [Intent.SMALLTALK, Intent.UNKNOWN])
@pytest.mark.parametrize("missing", [(), ("intent",)])
def test_talk_leaves_all_as_it_is(intent: Intent, missing: tuple[str, ...]) -> None:
    for context in (CLEAR, OPEN, ASKED):
        assert following(context, Reading(intent, missing=missing)) == context
