"""What was said of a document's goods, product by product: its counts in smallest units, spread over the lines.

An arrival, a loading, a taking back and a smaller approval are all told so: "好的17瓶, 碎了2瓶, 少1瓶".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.stock.transfer_lines import Line
from handlers.reader import Reader
from handlers.understand.quantities import settle
from handlers.understand.reading import LINE_SLOTS, Reading, SaidLine, Slots

Told = Mapping[int, Mapping[str, int]]
"""By SKU id and slot: how many were said. A slot of which nothing was said is missing."""


def counted(reader: Reader, reading: Reading, lines: Sequence[Line]) -> tuple[Slots, str | None]:
    """The slots with their counts in smallest units, and the problem where something cannot be taken.

    That is a product that is not on the document, one of several that was not named, a unit that it does not have or
    that could be two of its units, or no exact number: nothing that was said is passed over. A name that fits many
    products means the one of them that is on the document.
    """
    slots = reading.slots
    codes = list(dict.fromkeys(reader.catalogue.sku_by_id[line.sku_id].code for line in lines))
    problem: str | None = None
    lines_told: dict[str, Any] = {}
    for name in LINE_SLOTS:
        settled = [_settled(reader, reading, one, f"{name}.{at}", codes) for at, one in enumerate(getattr(slots, name))]
        lines_told[name] = tuple(line for line, _ in settled)
        problem = next((wrong for _, wrong in settled if wrong), problem)
    return replace(slots, **lines_told), problem


def told(reader: Reader, slots: Slots) -> dict[int, dict[str, int]]:
    """What was said of each product, from slots that are counted."""
    found: dict[int, dict[str, int]] = {}
    for name in LINE_SLOTS:
        for one in getattr(slots, name):
            if one.sku is not None and one.count is not None:
                parts = found.setdefault(reader.catalogue.sku_by_code[one.sku].id, {})
                parts[name] = parts.get(name, 0) + one.count
    return found


def said_anything(slots: Slots) -> bool:
    """Whether any goods were spoken of."""
    return slots.all_arrived or any(getattr(slots, name) for name in LINE_SLOTS)


def of_product(lines: Iterable[Line], sku_id: int) -> list[Line]:
    """The lines of one product: goods that were loaded above the request stand on a line of their own."""
    return [line for line in lines if line.sku_id == sku_id]


def spread(count: int, room: Sequence[int]) -> list[int]:
    """A count over several lines, in their order, to each as much as it has room for; what is left on the last."""
    parts = []
    for most in room:
        parts.append(min(count, most))
        count -= parts[-1]
    parts[-1] += count
    return parts


def with_missing(reading: Reading, field: str, choices: tuple[str, ...] = (), problem: str = "") -> Reading:
    """The reading with one field left to ask, from these choices."""
    candidates = {**reading.candidates, **({field: choices} if choices else {})}
    return replace(reading, missing=(field,), candidates=candidates, problems={field: problem} if problem else {})


def _meant(reading: Reading, field: str, codes: list[str]) -> list[str]:
    """Which of the document's products a line can be about: those that what was said could mean."""
    could = reading.candidates.get(field)
    return [code for code in codes if code in could] if could else codes


def _settled(
    reader: Reader, reading: Reading, said: SaidLine, name: str, codes: list[str]
) -> tuple[SaidLine, str | None]:
    """One line with its count, or what is wrong with it. `name` is where the reading keeps what is open about it."""
    codes = _meant(reading, f"{name}.sku", codes)
    code = said.sku or (codes[0] if len(codes) == 1 else None)
    if code is None or code not in codes:
        return said, "which_product" if code is None else "not_on_document"
    if said.number is None:
        return said, "not_exact"
    if said.number == 0:
        return replace(said, sku=code, count=0), None
    units = reading.candidates.get(f"{name}.unit", (said.unit,) if said.unit else ())
    settled = settle(reader.catalogue.sku_by_code[code], said.number, units)
    problem = settled.problem or ("which_unit" if settled.count is None else None)
    return replace(said, sku=code, count=settled.count), problem
