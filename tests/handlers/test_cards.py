"""A button's bytes: whatever comes in is read or refused, and what was written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cards import MOST_BYTES, MOST_DIGITS, Tap, tapped, with_data
from handlers.messages import Button, Reply, Style, Tone

VERBS = st.sampled_from(["submit", "approve", "receive_short", "choose", "amount", "drop"])
NUMBERS = st.integers(0, 10**8)
CHOICES = st.one_of(st.just(""), st.integers(0, 10**6).map(str))
DIGITS = st.text("0123456789-+_ ²٣", max_size=24)


@given(st.text(st.characters(), max_size=60))
def test_no_text_makes_reading_fail(data: str) -> None:
    found = tapped(data)
    assert found is None or found.card_id >= 0


@given(VERBS, DIGITS, DIGITS, st.text(max_size=20))
def test_no_almost_right_bytes_make_reading_fail(verb: str, card: str, version: str, choice: str) -> None:
    data = f"{verb}.{card}.{version}.{choice}"
    if found := tapped(data):
        assert len(data.encode("utf-8", "replace")) <= MOST_BYTES
        assert max(found.card_id, found.version) < 10**MOST_DIGITS  # fits into a column
        assert (found.verb, str(found.card_id)) == (verb, card.lstrip("0") or "0")


@given(VERBS, NUMBERS, NUMBERS, CHOICES)
def test_what_a_drawn_button_sends_is_read_back(verb: str, card_id: int, version: int, choice: str) -> None:
    drawn = with_data(Reply(("待你确认",), (Button("调20箱", verb, choice=choice),)), card_id, version)
    data = drawn.buttons[0].data
    if len(data.encode()) <= MOST_BYTES:
        assert tapped(data) == Tap(verb, card_id, version, choice)


@pytest.mark.parametrize(
    ("data", "tap"),
    [
        ("approve.2.1", Tap("approve", 2, 1)),
        ("choose.2.1.0", Tap("choose", 2, 1, "0")),
        ("choose.2.1.a.b", Tap("choose", 2, 1, "a.b")),
        ("approve.2", None),
        ("approve.2.x", None),
        ("approve.-2.1", None),
        ("approve.²..1", None),
        ("批准.2.1", None),
        (f"approve.{'1' * 19}.1", None),
        (f"approve.{'1' * 18}.1", Tap("approve", int("1" * 18), 1)),
        ("approve.2.1." + "x" * 29, None),
        ("choose.2.1." + "箱" * 10, None),
        ("\ud800.1.1", None),
    ],
)
def test_bytes_are_read_by_their_form(data: str, tap: Tap | None) -> None:
    assert tapped(data) == tap


def test_a_reply_is_kept_as_it_was() -> None:
    button = Button("调20箱", "submit", Style.PRIMARY, "3", "submit.1.1.3")
    reply = Reply(("待你确认 · 库存还没动", "二行"), (button,), Tone.WAITING)
    assert Reply.from_json(reply.to_json()) == reply
