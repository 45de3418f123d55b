"""How an amount of a product may be said, and the number and unit that are right for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

Row = Mapping[str, Any]

_ENGLISH = {
    "瓶": "bottle", "罐": "can", "箱": "case", "盒": "pack", "袋": "bag", "包": "packet", "个": "piece", "桶": "tub",
    "支": "tube", "根": "stick", "排": "strip", "板": "tray", "卷": "roll", "块": "cake", "杯": "cup", "卡": "card",
}  # fmt: skip
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Said:
    """An amount as written, and as it is right: a plain number and a unit, None for the smallest one."""

    text: str
    quantity: str
    unit: str | None


def chinese_amount(product: Row, rng: Random) -> Said:
    """20箱, 二十箱, 3箱5瓶."""
    unit = rng.choice(_units(product))
    most = _most(product, unit)
    if unit != product["base_unit"] and not product["decimals"] and rng.random() < 0.06:
        packs, loose = rng.randint(1, min(9, most)), rng.randint(1, max(1, min(9, product["pack_factor"] - 1)))
        total = packs * product["pack_factor"] + loose
        return Said(f"{packs}{unit}{loose}{product['base_unit']}", str(total), None)
    number = min(_number(rng), most)
    figure = chinese_numeral(number) if rng.random() < 0.3 else str(number)
    blank = " " if rng.random() < 0.1 else ""
    return Said(f"{figure}{blank}{unit}", str(number), unit)


def english_amount(product: Row, rng: Random) -> Said:
    """20 cases, 1 bottle, and 20 where the product has no unit with an English word."""
    units = [unit for unit in _units(product) if unit in _ENGLISH or unit == "kg"]
    if product["base_unit"] == "条":
        units = []  # "case" may be a carton of cigarettes, or a whole case
    if not units:
        number = _number(rng)
        return Said(str(number), str(number), None)
    unit = rng.choice(units)
    number = min(_number(rng), _most(product, unit))
    if unit == "kg":
        return Said(f"{number} kg", str(number), unit)
    return Said(f"{number} {_ENGLISH[unit]}{'s' if number > 1 else ''}", str(number), unit)


def chinese_numeral(number: int) -> str:
    """A number under a thousand as it is written before a unit."""
    if number == 2:
        return "两"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _units(product: Row) -> list[str]:
    return [unit for unit in (product["base_unit"], product["pack_unit"]) if unit]


def _most(product: Row, unit: str) -> int:
    """So many may be said at most, by the limit of the world."""
    factor = product["pack_factor"] if unit == product["pack_unit"] else 1
    return int(100_000 // (factor * 10 ** product["decimals"]) if product["decimals"] else 100_000 // factor)


def _number(rng: Random) -> int:
    return rng.choice((rng.randint(1, 12), rng.randint(1, 60), rng.choice((20, 24, 30, 36, 48, 50, 100, 105, 120))))
