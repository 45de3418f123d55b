"""What was understood so far, on the card of a question: in one line, or a pasted list line by line."""

from __future__ import annotations

from fractions import Fraction

from handlers.messages import cut
from handlers.reader import Reader
from handlers.understand.reading import LINE_SLOTS, Reading, SaidLine

IN_ONE_LINE = 2
"""So many products are told in one line; more stand each on a line of their own."""
MOST_LINES = 20
LONGEST_WORD = 24


def so_far(reader: Reader, reading: Reading) -> list[str]:
    """What is kept of what was said; a product that is not known yet is told in the writer's own words."""
    goods = _all_goods(reader, reading)
    if len(goods) > IN_ONE_LINE:
        words = " · ".join([reader.say("questions.products", count=len(goods)), *_about(reader, reading)])
        rest = [reader.say("questions.more_lines", rest=len(goods) - MOST_LINES)] if len(goods) > MOST_LINES else []
        return [reader.say("questions.so_far_list", words=words), *goods[:MOST_LINES], *rest]
    one = goods and not _about(reader, reading) and not any(line.number or line.sku for line in reading.slots.lines)
    words = "" if one else in_short(reader, reading)  # a lone name that nothing has is told with the question
    return [reader.say("questions.so_far", words=words)] if words else []


def in_short(reader: Reader, reading: Reading) -> str:
    """What was said, in one line: its products, however many there are, the ends, the document."""
    return " · ".join([*_all_goods(reader, reading), *_about(reader, reading)])


def _all_goods(reader: Reader, reading: Reading) -> list[str]:
    slots = reading.slots
    return [_goods(reader, reading, part, at) for part in LINE_SLOTS for at in range(len(getattr(slots, part)))]


def _about(reader: Reader, reading: Reading) -> list[str]:
    slots = reading.slots
    ends = [
        reader.say(f"questions.{end}", place=reader.place(code))
        for end, code in (("from", slots.source), ("to", slots.target))
        if code
    ]
    return [*ends, *([slots.document] if slots.document else [])]


def _goods(reader: Reader, reading: Reading, part: str, at: int) -> str:
    line: SaidLine = getattr(reading.slots, part)[at]
    if line.sku:
        return f"{reader.sku(line.sku)} {_number(reader, line, part)}".strip()
    words = cut(reading.heard.get(f"{part}.{at}.sku", ""), LONGEST_WORD)
    name = reader.say("questions.not_sure", words=words) if words else reader.say("questions.some_product")
    return f"{name} {_as_said(reader, line)}".strip()


def _as_said(reader: Reader, line: SaidLine) -> str:
    """An amount of a product that is not known yet, as it was said."""
    return "" if line.number is None else reader.unit_of(_decimal(line.number), line.unit or "").strip()


def _decimal(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


def _number(reader: Reader, line: SaidLine, part: str) -> str:
    """How many were said, with the word for what is no ordinary part."""
    if not line.sku or line.count is None:
        return ""
    amount = reader.amount(line.sku, line.count)
    name = "missing" if part == "shortage" else part
    return amount if part == "lines" else reader.say(f"transfers.arrival.part.{name}", amount=amount)
