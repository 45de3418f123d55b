"""Reads a table pasted from a spreadsheet: a row of column names, then rows of cells, made into ordinary lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handlers.understand.normalise import Text

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "from": (
        "调出|调出方|调出店|调出仓|调出门店|调出仓库|发货方|发货店|发货仓|发货仓库|出库仓|来源",
        "from|source|from store|sender",
    ),
    "to": (
        "调入|调入方|调入店|调入仓|调入门店|收货方|收货店|收货门店|目的地|目标店|要货店|要货门店",
        "to|destination|dest|to store|receiver",
    ),
    "code": (
        "编码|商品编码|货号|sku|sku号|sku编码|商品编号|编号|条码|条形码",
        "code|item code|item no|product code|barcode",
    ),
    "name": (
        "商品|商品名|商品名称|品名|名称|货品|产品|产品名称|货名",
        "item|product|name|description|product name|item name|goods",
    ),
    "size": ("规格|型号|规格型号", "spec|size"),
    "quantity": (
        "数量|数|实盘|实盘数|实数|盘点数|实收|实收数|订货量|订货数|要货数|要货量|调拨数|调拨数量|销量|销售数量|报损数",
        "qty|quantity|count|counted|amount|pcs ordered|ordered|sold|received",
    ),
    "unit": ("单位|计量单位", "unit|uom|units"),
    "price": ("单价|进价|价格", "price|unit price|cost"),
    "number": ("序号|行|行号", "no|no.|#|s/n"),
}
_MEANS = {word: column for column, lists in _COLUMNS.items() for words in lists for word in words.split("|")}
_EDGE, _BETWEEN = " \t|", re.compile(r"[\t,|;]")
_UNIT = re.compile(r"[ ,;|(/]*单位 ?[:是为] ?([\u4e00-\u9fff]{1,2}|[a-z]{2,8})\)?(?![\u4e00-\u9fffa-z])")
_QUANTITY = re.compile(r"(?:数量|箱数|件数|qty|quantity) ?[:是为] ?(\d+(?:\.\d+)?)(?![\d\u4e00-\u9fffa-z])")
_LAST_NUMBER = re.compile(r"(?<![\da-z.])\d+(?:\.\d+)?(?= ?(?:\n|$))")
_RULE = re.compile(r"[\s|:+-]*")


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    end: int


def tabled(text: Text) -> Text:
    """The text with each table in it written as lines ("从X 到Y 商品 6袋"); any other text as it was."""
    text = _with_units(text)
    chars = text.chars
    if "\n" not in chars:
        return text
    rows = list(_rows(chars))
    for at, row in enumerate(rows[:-1]):
        columns = [_MEANS.get(_said(chars, cell)) for cell in row] if len(row) > 1 else []
        if all(columns) and {"quantity", "name", "code"}.intersection(columns):
            kept = [row for row in rows[at + 1 :] if not _is_rule(chars, row)]
            if kept and all(len(row) == len(columns) for row in kept):
                return _written(text, row[0].start, [str(column) for column in columns], kept)
    return text


def _with_units(text: Text) -> Text:
    """The text with units that are said apart (单位:箱) at their numbers: of its line, or of all lines."""
    units = list(_UNIT.finditer(text.chars)) if "单位" in text.chars else []
    if not units:
        return text
    inserts: dict[int, str] = {}
    for at, unit in enumerate(units):
        first = units[at - 1].end() if at else 0
        last = units[at + 1].start() if at + 1 < len(units) else len(text.chars)
        numbers = [found for found in _QUANTITY.finditer(text.chars) if first <= found.start() < last]
        if len(units) == 1 and not numbers:
            inserts |= {
                found.end(): unit[1] for found in _LAST_NUMBER.finditer(text.chars) if found.start() > unit.end()
            }
        elif numbers:
            nearest = min(numbers, key=lambda found: abs(found.end() - unit.start()))
            inserts[nearest.end(1)] = unit[1]
    if len(inserts) < len(units):
        return text
    gone = {place for unit in units for place in range(unit.start(), unit.end())}
    chars, origin = "", []
    for place in range(len(text.chars) + 1):
        if place in inserts:
            chars += inserts[place]
            origin += [text.origin[min(place, len(text.origin) - 1)]] * len(inserts[place])
        if place < len(text.chars) and place not in gone:
            chars += text.chars[place]
            origin.append(text.origin[place])
    return Text(chars, tuple(origin), text.raw)


def _rows(chars: str) -> Iterator[list[_Cell]]:
    start = 0
    for line in chars.split("\n"):
        left = start + len(line) - len(line.lstrip(_EDGE))
        right = max(left, start + len(line.rstrip(_EDGE)))
        ends = [*(match.start() for match in _BETWEEN.finditer(chars, left, right)), right]
        yield [_Cell(first, end) for first, end in zip([left, *(end + 1 for end in ends)], ends, strict=False)]
        start += len(line) + 1


def _said(chars: str, cell: _Cell) -> str:
    return chars[cell.start : cell.end].strip(" :")


def _is_rule(chars: str, row: Sequence[_Cell]) -> bool:
    """Whether a row only draws a line, or is empty."""
    return all(_RULE.fullmatch(chars, cell.start, cell.end) for cell in row)


def _written(text: Text, start: int, columns: Sequence[str], rows: Sequence[Sequence[_Cell]]) -> Text:
    chars, origin = text.chars[:start], list(text.origin[:start])
    for row in rows:
        by_column = dict(zip(columns, row, strict=True))
        if "code" in by_column and _said(text.chars, by_column["code"]):
            by_column.pop("name", None)
            by_column.pop("size", None)
        for column in ("from", "to", "code", "name", "size", "quantity", "unit", "price"):
            cell = by_column.get(column)
            if cell is None or cell.start == cell.end:
                continue
            before = {"from": "从", "to": "到", "price": "单价"}.get(column, "")
            blank = "" if column == "unit" else " "
            said = text.chars[cell.start : cell.end].strip()
            first = text.chars.index(said, cell.start) if said else cell.start
            chars += blank + before + said
            origin += [text.origin[first]] * len(blank + before) + list(text.origin[first : first + len(said)])
        chars += "\n"
        origin.append(origin[-1])
    return Text(chars, tuple(origin), text.raw)
