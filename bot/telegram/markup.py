"""Draws a reply as Telegram shows it: HTML, escaped in one place, and rows of buttons. Counts as Telegram counts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.messages import Button, Reply, Style, Tone, cut, width_of

LONGEST_TEXT = 4096
"""In code points, after the marks are taken out."""
LONGEST_TOAST = 200
MOST_DATA_BYTES = 64
MOST_BUTTONS = 100
OPEN_LINES = 10
"""A longer reply shows so many lines, and the others when it is unfolded."""
WIDEST = MappingProxyType({3: 10, 2: 16, 1: 36})
"""How wide a label may be, in half-width characters, where so many buttons share a row of a phone."""
NOTHING = "…"
MARKS = MappingProxyType(
    {
        Tone.PLAIN: "",
        Tone.WAITING: "🟡 ",
        Tone.GOING: "🔵 ",
        Tone.DONE: "🟢 ",
        Tone.STOPPED: "⚪ ",
        Tone.ATTENTION: "🔴 ",
    }
)
STYLES = MappingProxyType({Style.PLAIN: None, Style.PRIMARY: "primary", Style.DANGER: "danger"})
log = structlog.get_logger("telegram")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message ready to be sent. `parse_mode` None is plain text, which no server can find fault with."""

    text: str
    keyboard: InlineKeyboardMarkup | None
    parse_mode: str | None = "HTML"


def drawn(reply: Reply, note: str = "") -> Drawn:
    """A reply with its marks; `note` stands in front of everything."""
    first, *others = fitting(reply, note)
    shown = [f"<b>{_escaped(first)}</b>" if others or reply.buttons else _escaped(first)]
    shown += [_escaped(line) for line in others[: OPEN_LINES - 1]]
    if folded := others[OPEN_LINES - 1 :]:
        shown.append(f"<blockquote expandable>{_escaped(chr(10).join(folded))}</blockquote>")
    return Drawn("\n".join(shown), keyboard(reply.buttons))


def plain(reply: Reply, note: str = "", *, buttons: bool = True) -> Drawn:
    """The same without any marks, and without buttons where these were refused."""
    return Drawn("\n".join(fitting(reply, note)), keyboard(reply.buttons) if buttons else None, parse_mode=None)


def fitting(reply: Reply, note: str = "") -> list[str]:
    """The lines that a message can hold, the last of them cut. There is always one that shows something."""
    lines = [f"{MARKS[reply.tone]}{line}" if at == 0 else line for at, line in enumerate(reply.lines)]
    text = "\n".join(([note] if note else []) + lines).strip()
    return shortened(text or NOTHING, LONGEST_TEXT).split("\n")


def shortened(text: str, longest: int) -> str:
    """The text, or as much of its beginning as these code points hold, with an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """The buttons in rows of at most three, as wide as their labels let them. One that cannot be sent is left out."""
    known = [button for button in buttons[:MOST_BUTTONS] if _can_be_sent(button)]
    rows = []
    while known:
        count = next(count for count in WIDEST if _fit(known[:count], count))
        rows.append([_button(button, WIDEST[count]) for button in known[:count]])
        known = known[count:]
    return InlineKeyboardMarkup(rows) if rows else None


def _fit(row: Sequence[Button], count: int) -> bool:
    return count == 1 or (len(row) == count and all(width_of(button.label) <= WIDEST[count] for button in row))


def _can_be_sent(button: Button) -> bool:
    size = len(button.data.encode("utf-8", "replace"))
    if 0 < size <= MOST_DATA_BYTES and button.label.strip():
        return True
    log.error("a button was left out", verb=button.verb, data_bytes=size)
    return False


def _button(button: Button, widest: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(cut(button.label, widest), callback_data=button.data, style=STYLES[button.style])


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
