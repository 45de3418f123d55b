"""Fills the slots of a template: a message with everything that is right about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from tests.understanding.amounts_said import Said, chinese_amount, english_amount
from tests.understanding.names import Row, chain, is_chinese, names, products
from tests.understanding.phrase_list import NEVER, Template
from tests.understanding.pieces import Draft, Piece, Role

_WAREHOUSES = frozenset({"W1", "W2"})
_PAST = {
    "zh": {"昨天": "2026-03-17/2026-03-17", "上周": "2026-03-09/2026-03-15", "上个月": "2026-02-01/2026-02-28",
           "这个月": "2026-03-01/2026-03-31", "最近7天": "2026-03-12/2026-03-18"},
    "en": {"yesterday": "2026-03-17/2026-03-17", "last week": "2026-03-09/2026-03-15",
           "this month": "2026-03-01/2026-03-31", "last 7 days": "2026-03-12/2026-03-18"},
}  # fmt: skip
_NEXT = {"未来7天": "2026-03-19/2026-03-25", "明天": "2026-03-19/2026-03-19", "下周": "2026-03-23/2026-03-29"}
_SIDES = {"from": "from", "to": "to", "store": "store"}


def drawn(template: Template, rng: Random) -> Draft:
    """A message of this template. The same number drawn twice is the same message."""
    return _Drawing(template, rng, *_writer(template, rng)).draft()


@dataclass
class _Drawing:
    template: Template
    rng: Random
    user: str
    home: str | None
    pieces: list[Piece] = field(default_factory=list)
    expect: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    drawn: dict[str, str] = field(default_factory=dict)
    goods: Row | None = None
    name_first: bool = False

    def draft(self) -> Draft:
        """The message."""
        self.taken.add(self.home or "")
        self.name_first = self.rng.random() < (0.15 if self._language() == "en" else 0.4)
        facts = {name: value for name, value in self.template.facts.items() if name not in ("who", "asks")}
        parts = self.template.parts
        for at, part in enumerate(parts):
            self._part(part, following=parts[at + 1] if at + 1 < len(parts) else "")
        self.expect |= {name: self.home if value == "home" else value for name, value in facts.items()}
        if asks := self.template.facts.get("asks"):
            self.expect["missing"] = asks.split(",")
        if self.lines:
            self.expect["lines"] = self.lines
        self.expect["intent"] = self.template.intent
        if self.template.intent == NEVER:
            self.expect = {"intent": "unknown"}
        origin, never = f"phrases.txt:{self.template.number}", self.template.intent == NEVER
        tags = frozenset({NEVER} if never else ())
        language = self.template.language
        return Draft(tuple(_apart(self.pieces)), self.user, self.expect, origin, language, tags=tags)

    def _part(self, part: str, following: str) -> None:
        if part == "|":
            self.pieces.append(Piece("", Role.BORDER))
        elif not part.startswith("{"):
            self.pieces.append(Piece(part))
        else:
            self._slot(part[1:-1], following)

    def _slot(self, slot: str, following: str) -> None:
        if slot in _SIDES:
            self._place(slot, close=following.startswith("{"))
        elif slot in ("line", "lines", "table"):
            {"line": self._line, "lines": self._several, "table": self._table}[slot]()
        elif slot in ("product", "amount", "count"):
            self._apart_said(slot)
        elif slot in ("tr", "po", "doc"):
            self._document(slot)
        elif slot == "short":
            self._short()
        elif slot == "supplier":
            self._named(Role.SUPPLIER, self.rng.choice(chain()["suppliers"])["code"], "supplier")
        elif slot == "barcode":
            self._value("barcode", _barcode(self.rng))
        else:
            said, period = self.rng.choice(list((_NEXT if slot == "next" else _PAST[self._language()]).items()))
            self.pieces.append(Piece(said))
            self.expect["period"] = period

    def _place(self, slot: str, close: bool) -> None:
        if slot not in self.drawn:
            stores = [one["code"] for one in chain()["stores"] if one["code"] not in self.taken]
            if slot == "to" and self.rng.random() < 0.9:
                stores = [code for code in stores if code not in _WAREHOUSES]
            self.drawn[slot] = self.rng.choice(stores)
            self.taken.add(self.drawn[slot])
        code = self.drawn[slot]
        self.pieces.append(Piece(self._name(Role.PLACE, code, whole=close), Role.PLACE, code))
        self.expect[slot] = code

    def _named(self, role: Role, code: str, slot: str) -> None:
        self.pieces.append(Piece(self._name(role, code), role, code))
        self.expect[slot] = code

    def _line(self) -> None:
        product = self._product()
        amount = self._amount(product)
        name = Piece(self._name(Role.PRODUCT, product["sku"]), Role.PRODUCT, product["sku"])
        said = Piece(amount.text, Role.AMOUNT)
        english = self._language() == "en"
        if self.name_first:
            self.pieces += [name, Piece(" x " if english else self.rng.choice(("", " "))), said]
        else:
            unit = english and amount.unit is not None
            self.pieces += [said, Piece(self.rng.choice((" of ", " ")) if unit else " " if english else ""), name]
        self._add(product, amount)

    def _several(self) -> None:
        between = ", " if self._language() == "en" else self.rng.choice(("、", "，", " "))
        for number in range(self.rng.randint(2, 3)):
            self.pieces += [Piece(between)] if number else []
            self._line()

    def _table(self) -> None:
        english = self._language() == "en"
        columns = self.rng.choice(("{}\t{}", "{}, {}", "{} x {}", "{}  {}", "- {} {}", "{n}. {} {}", "{}: {}"))
        if columns == "{}\t{}" and self.rng.random() < 0.3:
            self.pieces.append(Piece("product\tquantity\n" if english else "商品\t数量\n"))
        for number in range(1, self.rng.randint(3, 6)):
            product = self._product()
            amount = self._amount(product)
            name = self._name(Role.PRODUCT, product["sku"])
            self.pieces += [Piece("\n")] if number > 1 else []
            self.pieces.append(Piece(columns.format(name, amount.text, n=number), Role.ROW))
            self._add(product, amount)

    def _apart_said(self, slot: str) -> None:
        """A product without an amount, or the amount of the product said before."""
        if slot == "product":
            self.goods = self._product()
            code = self.goods["sku"]
            self.pieces.append(Piece(self._name(Role.PRODUCT, code), Role.PRODUCT, code))
            self.lines.append({"sku": code, "quantity": None, "unit": None})
            return
        # "{amount} of {product}": the amount comes first, and the product belongs to it.
        waiting = self.goods or self._product()
        count = str(self.rng.randint(1, 200))
        amount = Said(count, count, None) if slot == "count" else self._amount(waiting)
        self.pieces.append(Piece(amount.text, Role.AMOUNT))
        if self.lines:
            self.lines[-1] |= {"quantity": amount.quantity, "unit": amount.unit}

    def _document(self, slot: str) -> None:
        if slot not in self.drawn:
            self.drawn[slot] = self.rng.choice(_documents(slot, self.template.intent))
        number = self.drawn[slot]
        said = self.rng.choice((number, number, number.lower(), number.replace("-", "")))
        self.pieces.append(Piece(said, Role.DOCUMENT, number))
        self.expect["document"] = number

    def _short(self) -> None:
        document = next(one for one in chain()["documents"] if one["no"] == self.drawn["tr"])
        product = products()[self.rng.choice(document["lines"])["sku"]]
        amount = self._amount(product)
        self.pieces.append(Piece(f"{amount.text} " if self._language() == "en" else amount.text, Role.AMOUNT))
        self.pieces.append(Piece(self._name(Role.PRODUCT, product["sku"]), Role.PRODUCT, product["sku"]))
        short = {"sku": product["sku"], "quantity": amount.quantity, "unit": amount.unit}
        self.expect["shortage"] = [short]

    def _value(self, slot: str, value: str) -> None:
        self.pieces.append(Piece(value, Role.DOCUMENT))
        self.expect[slot] = value

    def _product(self) -> Row:
        every = list(products())
        code = self.rng.choice(every)
        while code in self.taken or not self._sayings(Role.PRODUCT, code):
            code = self.rng.choice(every)
        self.taken.add(code)
        return products()[code]

    def _amount(self, product: Row) -> Said:
        return (english_amount if self._language() == "en" else chinese_amount)(product, self.rng)

    def _add(self, product: Row, amount: Said) -> None:
        self.lines.append({"sku": product["sku"], "quantity": amount.quantity, "unit": amount.unit})

    def _name(self, role: Role, code: str, whole: bool = False) -> str:
        said = self._sayings(role, code)
        if whole:  # "西湖" before "龙井" would be another product
            said = [name for name in said if name[-1] in "店仓库" or name.isascii()] or said
        return self.rng.choice(said)

    def _sayings(self, role: Role, code: str) -> list[str]:
        every = _unique(role, code)
        if self.template.language == "mixed":
            return list(every)
        wanted = [name for name in every if is_chinese(name) == (self.template.language == "zh")]
        codes = [name for name in every if name == code]
        return wanted + codes if role is Role.PRODUCT else wanted or codes

    def _language(self) -> str:
        return "en" if self.template.language == "en" else "zh"


@cache
def _unique(role: Role, code: str) -> tuple[str, ...]:
    """Names that mean one thing and do not begin with a digit: "5包555" could be read in two ways."""
    return tuple(name for name in names().unique(role, code) if role is not Role.PRODUCT or not name[0].isdigit())


def _apart(pieces: list[Piece]) -> list[Piece]:
    """The pieces with a blank between digits and Latin letters, or between numerals, of two of them."""
    found: list[Piece] = []
    for piece in pieces:
        meet = next((one.text[-1] for one in reversed(found) if one.text), " ") + piece.text[:1]
        if re.match(r"[a-z0-9]{2}|[一二三四五六七八九十两百]{2}", meet, re.I):
            found.append(Piece(" "))
        found.append(piece)
    return found


def _writer(template: Template, rng: Random) -> tuple[str, str | None]:
    who = template.facts.get("who", "anybody")
    homes = {"store": lambda home: home and home not in _WAREHOUSES, "warehouse": lambda home: home in _WAREHOUSES,
             "office": lambda home: home is None, "anybody": lambda home: True}  # fmt: skip
    person = rng.choice([one for one in chain()["staff"] if homes[who](one["home"])])
    return person["id"], person["home"]


def _documents(slot: str, intent: str) -> list[str]:
    every = chain()["documents"]
    if slot == "tr":
        running = intent in ("transfer.receive", NEVER)
        return [
            one["no"] for one in every if one["kind"] == "transfer" and (one["status"] == "in_transit" or not running)
        ]
    if slot == "po":
        return [one["no"] for one in every if one["kind"] == "purchase"]
    return [one["no"] for one in every if one["status"] == "pending_approval"]


def _barcode(rng: Random) -> str:
    """A new barcode with its check digit."""
    twelve = "69" + "".join(str(rng.randint(0, 9)) for _ in range(10))
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(twelve))
    return twelve + str(-total % 10)
