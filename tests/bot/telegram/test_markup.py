"""How a reply looks: escaped, within the platform's limits, its buttons in rows that a phone can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.markup import LONGEST_TEXT, MARKS, OPEN_LINES, drawn, keyboard, plain, shortened
from handlers.messages import Button, Reply, Style, Tone
from tests.bot.telegram.strictgram import markup as strict


def labels(*buttons: str) -> list[list[str]]:
    """How these labels are laid out."""
    shown = keyboard([Button(label, "do", data=f"do.{at}.1") for at, label in enumerate(buttons)])
    return [[button.text for button in row] for row in shown.inline_keyboard] if shown else []


def test_a_card_begins_with_its_mark_and_its_state_in_bold() -> None:
    shown = drawn(Reply(("待批 · TR-1", "a < b & c"), tone=Tone.WAITING))
    assert shown.text == "<b>🟡 待批 · TR-1</b>\na &lt; b &amp; c"
    assert plain(Reply(("待批 · TR-1", "a < b & c"), tone=Tone.WAITING)).text == "🟡 待批 · TR-1\na < b & c"


def test_every_tone_has_a_mark_of_its_own() -> None:
    assert MARKS.keys() == set(Tone)
    assert len(set(MARKS.values())) == len(Tone)


def test_one_plain_line_is_not_bold() -> None:
    assert drawn(Reply(("好",))).text == "好"


def test_a_long_reply_is_folded() -> None:
    shown = drawn(Reply(tuple(f"第{at}行" for at in range(30))))
    text, entities = strict.parse(shown.text, "HTML")
    assert text.split("\n") == [f"第{at}行" for at in range(30)]
    assert [one["type"] for one in entities] == ["bold", "expandable_blockquote"]
    assert len(shown.text.split("<blockquote")[0].strip().split("\n")) == OPEN_LINES


@given(
    lines=st.lists(st.text(alphabet=st.sampled_from("<>&\"'ab \n鱼🟡😀\u0301;#x"), max_size=40), max_size=30),
    note=st.sampled_from(["", "(repeated)"]),
)
def test_whatever_is_said_the_server_shows_it_as_it_was_said(lines: list[str], note: str) -> None:
    reply = Reply(tuple(lines))
    text, _ = strict.parse(drawn(reply, note).text, "HTML")
    assert text == plain(reply, note).text.rstrip()
    assert text.strip()


@pytest.mark.parametrize("character", ["x", "鱼", "😀", "<"])
def test_the_longest_text_is_counted_as_the_platform_counts(character: str) -> None:
    fits = drawn(Reply((character * LONGEST_TEXT,)))
    assert strict.parse(fits.text, "HTML")[0] == character * LONGEST_TEXT
    cut, _ = strict.parse(drawn(Reply((character * (LONGEST_TEXT + 1),))).text, "HTML")
    assert len(cut) == LONGEST_TEXT
    assert cut.endswith(f"{character}…")


def test_nothing_to_show_is_shown_as_something() -> None:
    assert drawn(Reply(())).text == drawn(Reply(("  ", ""))).text == "…"


def test_a_toast_is_cut() -> None:
    assert shortened("鱼" * 200, 200) == "鱼" * 200
    assert shortened("鱼" * 201, 200) == "鱼" * 199 + "…"


def test_rows_are_as_wide_as_their_labels_let_them() -> None:
    assert labels("批20箱", "批少些", "驳回", "转给") == [["批20箱", "批少些", "驳回"], ["转给"]]
    assert labels("下一车来", "拍照", "不是我的货物") == [["下一车来", "拍照"], ["不是我的货物"]]
    assert labels("从未来科技城店调过来", "取消") == [["从未来科技城店调过来"], ["取消"]]
    assert labels("x" * 60) == [["x" * 35 + "…"]]
    assert labels() == []


def test_a_button_that_cannot_be_sent_is_left_out() -> None:
    good = Button("好", "do", data="x" * 64)
    bad = [Button("坏", "do", data="鱼" * 22), Button("空", "do"), Button("  ", "do", data="x")]
    shown = keyboard([*bad, good])
    assert shown is not None
    assert [[button.text for button in row] for row in shown.inline_keyboard] == [["好"]]
    assert keyboard(bad) is None
    many = keyboard([Button("好", "do", data=f"do.{at}.1") for at in range(150)])
    assert many is not None
    assert sum(len(row) for row in many.inline_keyboard) == 100


def test_the_weight_of_a_button_is_shown() -> None:
    shown = keyboard([Button(style.value, "do", style, data="x") for style in Style])
    assert shown is not None
    assert [button.style for row in shown.inline_keyboard for button in row] == [None, "primary", "danger"]
