"""What happens in the demo chain, as plain values: one class for one kind of thing that somebody does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from data.kinds import Bearer, LoadReason, ReturnReason


@dataclass(frozen=True, slots=True)
class Goods:
    """So many smallest units of a product; `unit` is the one they are said in."""

    sku: str
    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class TillRoll:
    """What a store sold in a day."""

    place: str
    goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a supplier brought, each line with what was paid for it in fen."""

    supplier: str
    place: str
    goods: tuple[tuple[Goods, int], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A transfer that is asked for. Its later steps know it by `name`; its lines are numbered from 1 in this order."""

    name: str
    source: str
    target: str
    goods: tuple[Goods, ...]
    return_reason: ReturnReason | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What whoever is asked says to it: yes, or no and why not."""

    name: str
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """It leaves, with all of it or (a line's number and its count) less of some lines, for a reason."""

    name: str
    less: tuple[tuple[int, int], ...] = ()
    reason: LoadReason | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one line where it arrived, or where it came back."""

    line: int
    good: int = 0
    damaged: int = 0
    missing: int = 0
    refused: int = 0
    for_supplier: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """It is counted in at its target."""

    name: str
    lines: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Some of it is at its source again."""

    name: str
    lines: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What is missing of it is given up, and somebody bears it."""

    name: str
    bearer: Bearer


What: TypeAlias = TillRoll | Delivery | Request | Word | Load | Arrival | ComeBack | WriteOff


@dataclass(frozen=True, slots=True)
class Happening:
    """Somebody does something at a moment.

    `who` is a person's code; None is whoever is asked. `key` is different for each. What is `news` is told to those
    whom it concerns, the rest was told long ago.
    """

    at: datetime
    who: str | None
    key: str
    what: What
    news: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """What happens in a day, in the order in which it does; `ends_at` is a moment behind all of it."""

    date: date
    happenings: tuple[Happening, ...]
    ends_at: datetime
