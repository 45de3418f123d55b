"""What understanding answers: a Reading, and the Context that it was made in.

The interface stays when the inside of this package is replaced. A reading is complete only when nothing is left to
ask. Its fields are named "from", "to", "place", "document", "intent", "lines" and "lines.0.sku", "lines.0.quantity",
"lines.0.unit" (also with "damaged" or "shortage" for "lines").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any

from data.kinds import PlaceKind

EVERYWHERE = "*"
LAST_DOCUMENT = "@last"


class Intent(StrEnum):
    """What the writer wants."""

    STOCK_QUERY = "stock.query"
    TRANSFER_CREATE = "transfer.create"
    TRANSFER_APPROVE = "approval.approve"
    TRANSFER_DISPATCH = "transfer.dispatch"
    TRANSFER_RECEIVE = "transfer.receive"
    TRANSFER_TAKE_BACK = "transfer.take_back"
    TRANSFER_WRITE_OFF = "transfer.write_off"
    TRANSFER_HOLD = "transfer.hold"
    TRANSFER_STATUS = "transfer.status"
    HELP = "help"
    LANGUAGE_SET = "language.set"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One product and how much of it. `count` is in smallest units, None while it is not known or not acceptable.

    `number` and `unit` are as said; unit None is the base unit. In an arrival `sku` None means the document's only
    product, and then the count is not known yet: `quantities.settle` finds it once the product is.
    """

    sku: str | None = None
    number: Fraction | None = None
    unit: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """What was said, by its role. Places are codes, documents canonical numbers ("TR-1042", or "@last").

    `rest` is what becomes of goods that were not spoken of ("next" truck or "short" at an arrival, "later" or "free"
    when less was loaded); `reason` and `bearer` are values of their enums; `returns` says that it goes back (退仓).
    `version` is the document's, when its goods were last looked at: a card that is older confirms nothing.
    """

    lines: tuple[SaidLine, ...] = ()
    damaged: tuple[SaidLine, ...] = ()
    shortage: tuple[SaidLine, ...] = ()
    refused: tuple[SaidLine, ...] = ()
    for_supplier: tuple[SaidLine, ...] = ()
    over: tuple[SaidLine, ...] = ()
    source: str | None = None
    target: str | None = None
    place: str | None = None
    document: str | None = None
    version: int | None = None
    language: str | None = None
    all_arrived: bool = False
    rest: str | None = None
    reason: str | None = None
    bearer: str | None = None
    returns: bool = False


LINE_SLOTS = ("lines", "damaged", "shortage", "refused", "for_supplier", "over")
"""The slots that hold products with amounts."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the raw text and what it was taken for, to explain a reading in the writer's own words."""

    start: int
    end: int
    role: str


@dataclass(frozen=True)
class Reading:
    """What a message means, and what has to be asked before anything may be done with it.

    `missing` are the fields to ask, in the order to ask. A field in `candidates` (codes, the likeliest first) or in
    `problems` (why what was said cannot be taken) is in `missing` too; `heard` are the words that were said for it.
    `unread` are the words left over.
    """

    intent: Intent
    slots: Slots = Slots()
    missing: tuple[str, ...] = ()
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    heard: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing has to be asked."""
        return not self.missing

    def to_json(self) -> str:
        """The reading as text, from which `from_json` makes an equal one: a pending question is stored so."""
        return json.dumps(_plain(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> Reading:
        """The reading that `to_json` wrote."""
        plain = json.loads(text)
        return Reading(
            intent=Intent(plain["intent"]),
            slots=_slots(plain["slots"]),
            missing=tuple(plain["missing"]),
            candidates={name: tuple(codes) for name, codes in plain["candidates"].items()},
            problems=plain["problems"],
            unread=tuple(plain["unread"]),
            spans=tuple(Span(*span) for span in plain["spans"]),
            heard=plain.get("heard", {}),
        )


@dataclass(frozen=True, slots=True)
class Context:
    """Who writes: the home place, the language, and the question that is open in this chat, if there is one."""

    home: str | None
    home_kind: PlaceKind | None
    language: str
    frame: Reading | None = None
    asked: str | None = None


def _plain(reading: Reading) -> dict[str, Any]:
    slots = reading.slots
    return {
        "intent": reading.intent.value,
        "slots": {
            field.name: _plain_lines(slots, field.name) if field.name in LINE_SLOTS else getattr(slots, field.name)
            for field in fields(slots)
        },
        "missing": list(reading.missing),
        "candidates": {name: list(codes) for name, codes in reading.candidates.items()},
        "problems": dict(reading.problems),
        "unread": list(reading.unread),
        "spans": [[span.start, span.end, span.role] for span in reading.spans],
        "heard": dict(reading.heard),
    }


def _plain_lines(slots: Slots, name: str) -> list[list[Any]]:
    said: tuple[SaidLine, ...] = getattr(slots, name)
    return [[line.sku, None if line.number is None else str(line.number), line.unit, line.count] for line in said]


def _line(plain: list[Any]) -> SaidLine:
    sku, number, unit, count = plain
    return SaidLine(sku, None if number is None else Fraction(number), unit, count)


def _slots(plain: dict[str, Any]) -> Slots:
    # A question that an older version kept has fewer slots.
    lines = {name: tuple(_line(line) for line in plain.get(name, ())) for name in LINE_SLOTS}
    return Slots(**{**plain, **lines})
