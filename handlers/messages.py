"""What any channel can show: a Reply of lines and buttons. How it looks is the channel's business."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from types import MappingProxyType
from unicodedata import east_asian_width

BUTTON_WIDTH = 20
"""How wide a button's label may be, in half-width characters: a Chinese one counts twice."""
LINE_WIDTH: Mapping[str, int] = MappingProxyType({"zh": 44, "en": 104})
"""How wide a line of a card is, by the language of its words."""


def cut(text: str, width: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis, in half-width characters."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def width_of(text: str) -> int:
    """How wide a text is drawn, in half-width characters."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


class Tone(StrEnum):
    """What a card's state means to its reader, for a channel that has colours."""

    PLAIN = "plain"
    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    STOPPED = "stopped"
    ATTENTION = "attention"


class Style(StrEnum):
    """How much weight a button has."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A verb that a reader may tap. `choice` is the number of one answer among several.

    What a channel sends back is `verb.card.version[.choice]`: the card adds its number and version when it is drawn.
    """

    label: str
    verb: str
    style: Style = Style.PLAIN
    choice: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message: its lines, the first of which is a card's state, and its buttons."""

    lines: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN

    def to_json(self) -> str:
        """The reply as it is kept until it is sent."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> Reply:
        """The reply that `to_json` wrote."""
        kept = json.loads(text)
        buttons = tuple(Button(**{**button, "style": Style(button["style"])}) for button in kept["buttons"])
        return Reply(tuple(kept["lines"]), buttons, Tone(kept["tone"]))
