"""What understanding answers: a Reading, and the Context that it was made in.

The interface stays when the inside of this package is replaced. A reading is complete only when nothing is left to
ask. Its fields are named "from", "to", "place", "document", "intent", "lines" and "lines.0.sku", "lines.0.quantity",
"lines.0.unit" (also with "damaged" or "shortage" for "lines").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from data.kinds import PlaceKind

EVERYWHERE = "*"
EVERY_DOCUMENT = "*"
LAST_DOCUMENT = "@last"


class Intent(StrEnum):
    """What the writer wants."""

    STOCK_QUERY = "stock.query"
    PRODUCT_FIND = "product.find"
    HISTORY_QUERY = "history.query"
    REPORT_SUMMARY = "report.summary"
    REPORT_SLOW_MOVERS = "report.slow_movers"
    REPORT_TURNOVER = "report.turnover"
    FORECAST_QUERY = "forecast.query"
    REPLENISH_SUGGEST = "replenish.suggest"
    ALERT_LIST = "alert.list"
    APPROVAL_LIST = "approval.list"
    TRANSFER_CREATE = "transfer.create"
    TRANSFER_APPROVE = "approval.approve"
    TRANSFER_REJECT = "approval.reject"
    TRANSFER_CANCEL = "transfer.cancel"
    TRANSFER_DISPATCH = "transfer.dispatch"
    TRANSFER_RECEIVE = "transfer.receive"
    TRANSFER_TAKE_BACK = "transfer.take_back"
    TRANSFER_WRITE_OFF = "transfer.write_off"
    TRANSFER_HOLD = "transfer.hold"
    TRANSFER_STATUS = "transfer.status"
    SALE_RECORD = "sale.record"
    SALE_RETURN = "sale.return"
    PURCHASE_ORDER = "purchase.order"
    PURCHASE_RECEIVE = "purchase.receive"
    WRITE_OFF_RECORD = "writeoff.record"
    COUNT_START = "count.start"
    COUNT_RECORD = "count.record"
    ADJUST_REQUEST = "adjust.request"
    BARCODE_BIND = "barcode.bind"
    PRICE_SET = "price.set"
    SHIFT_CHANGE = "shift.change"
    UNDO = "undo"
    HELP = "help"
    LANGUAGE_SET = "language.set"
    REVIEW_LIST = "review.list"
    SMALLTALK = "smalltalk"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    UNKNOWN = "unknown"


READS = frozenset(
    {
        Intent.STOCK_QUERY, Intent.PRODUCT_FIND, Intent.HISTORY_QUERY, Intent.REPORT_SUMMARY,
        Intent.REPORT_SLOW_MOVERS, Intent.REPORT_TURNOVER, Intent.FORECAST_QUERY, Intent.REPLENISH_SUGGEST,
        Intent.ALERT_LIST, Intent.APPROVAL_LIST, Intent.TRANSFER_STATUS, Intent.HELP, Intent.LANGUAGE_SET,
        Intent.REVIEW_LIST,
    }
)  # fmt: skip
"""Intents that change no goods, money, masters or approvals."""
TALK = frozenset({Intent.SMALLTALK, Intent.UNKNOWN, Intent.CONFIRM, Intent.CANCEL})
"""What is said about the conversation itself."""
WRITES = frozenset(Intent) - READS - TALK
"""Intents that change something: complete only when every word was explained and nothing has to be asked."""


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
    `supplier` is a code; `period` two ISO dates, both inside ("2026-03-09/2026-03-15"); `price` a plain number, of one
    said unit; `mode` of an adjustment is "set", "add" or "sub"; `kind` of alerts "low", "over", "negative", "anomaly"
    or "expiring".
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
    supplier: str | None = None
    period: str | None = None
    price: str | None = None
    barcode: str | None = None
    mode: str | None = None
    kind: str | None = None


LINE_SLOTS = ("lines", "damaged", "shortage", "refused", "for_supplier", "over")
"""The slots that hold products with amounts."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the raw text and what it was taken for, to explain a reading in the writer's own words.

    `phrase` is the id of the phrase that it is a part of; it only explains, so nothing keeps it.
    """

    start: int
    end: int
    role: str
    phrase: str = field(default="", compare=False)


@dataclass(frozen=True)
class Reading:
    """What a message means, and what has to be asked before anything may be done with it.

    `missing` are the fields to ask, in the order to ask. A field in `candidates` (codes, the likeliest first) or in
    `problems` (why what was said cannot be taken) is in `missing` too; `heard` are the words that were said for it.
    `unread` are the words left over; `read_as` are words with a typo or a homophone, and the name each was read as.
    `either` are the whole readings to choose from, where the message says two things or can mean two.
    `continues` says that it goes on with what was open; it only tells how the reading came about, so nothing keeps it.
    """

    intent: Intent
    slots: Slots = Slots()
    missing: tuple[str, ...] = ()
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    heard: Mapping[str, str] = field(default_factory=dict)
    read_as: tuple[tuple[str, str], ...] = ()
    either: tuple[Reading, ...] = ()
    continues: bool = field(default=False, compare=False)

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
        return _reading(json.loads(text))


@dataclass(frozen=True, slots=True)
class Context:
    """Who writes, when, and what was said before.

    `frame` is the question or unconfirmed change that is open in this chat, `asked` the field that it asks for now;
    `before` is the last question that was answered there ("那二七店呢" asks it again of another store). `today` is the
    business date of the writer's place. `documents` are the numbers people may say bare ("1042") with the whole ones.
    """

    home: str | None
    home_kind: PlaceKind | None
    language: str
    frame: Reading | None = None
    asked: str | None = None
    before: Reading | None = None
    today: date = date(2026, 1, 1)
    documents: Mapping[str, str] = field(default_factory=dict)


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
        "read_as": [list(pair) for pair in reading.read_as],
        "either": [_plain(one) for one in reading.either],
    }


def _reading(plain: dict[str, Any]) -> Reading:
    return Reading(
        intent=Intent(plain["intent"]),
        slots=_slots(plain["slots"]),
        missing=tuple(plain["missing"]),
        candidates={name: tuple(codes) for name, codes in plain["candidates"].items()},
        problems=plain["problems"],
        unread=tuple(plain["unread"]),
        spans=tuple(Span(*span) for span in plain["spans"]),
        heard=plain.get("heard", {}),
        read_as=tuple((said, meant) for said, meant in plain.get("read_as", ())),
        either=tuple(_reading(one) for one in plain.get("either", ())),
    )


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
