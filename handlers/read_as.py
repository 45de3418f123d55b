"""Says which words were read as a name that they are not quite: "“雪壁”当作雪碧"."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.messages import LINE_WIDTH, cut, width_of
from handlers.reader import Reader
from handlers.say import drawable
from handlers.understand.normalise import plain
from handlers.understand.reading import LINE_SLOTS, Reading

LONGEST_WORD = 20


def read_as(reader: Reader, reading: Reading) -> tuple[str, ...]:
    """One line for all the words that had a typo or a homophone; nothing where there were none."""
    names = list(_names(reader, reading))
    pairs = list(dict.fromkeys((cut(said, LONGEST_WORD), _spelled(meant, names)) for said, meant in reading.read_as))
    if not pairs:
        return ()
    parts: list[str] = []
    for number, (words, name) in enumerate(pairs):
        part = reader.say("questions.read_as", words=words, name=name)
        line, rest = _line(reader, [*parts, part]), len(pairs) - number
        if parts and width_of(line) > LINE_WIDTH[reader.language]:
            more = reader.say("questions.read_as_more", rest=rest)
            return (_line(reader, [*parts, more]),)
        parts.append(part)
    return (_line(reader, parts),)


def _line(reader: Reader, parts: list[str]) -> str:
    return reader.say("common.comma").join(parts)


def _names(reader: Reader, reading: Reading) -> Iterator[tuple[str, str]]:
    """Every name of what the reading speaks of, and how it is shown: a place by its own name."""
    slots, catalogue = reading.slots, reader.catalogue
    codes = [line.sku for part in LINE_SLOTS for line in getattr(slots, part)]
    codes += [
        slots.source,
        slots.target,
        slots.place,
        *(code for found in reading.candidates.values() for code in found),
    ]
    for code in dict.fromkeys(code for code in codes if code):
        if place := catalogue.place_by_code.get(code):
            yield from ((name, reader.place(place)) for name in (place.name_zh, place.name_en, *place.aliases))
        elif sku := catalogue.sku_by_code.get(code):
            yield from ((drawable(name), drawable(name)) for name in (sku.name_zh, sku.name_en, *sku.aliases))


def _spelled(meant: str, names: list[tuple[str, str]]) -> str:
    """The name as the catalogue writes it: what was read is in lower case, and may be a part of it."""
    whole = next((shown for name, shown in names if plain(name) == meant), None)
    if whole or not meant.isascii():
        return whole or meant
    found = ((name, plain(name).find(meant)) for name, _ in names if name.isascii())
    return next((name[at : at + len(meant)] for name, at in found if at >= 0), meant)
