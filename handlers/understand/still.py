"""Which words that were read as a name still count, once a reading was changed."""

from __future__ import annotations

from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import plain
from handlers.understand.reading import LINE_SLOTS, Reading


def still_meant(reading: Reading, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """The pairs of `read_as` whose name is of something that the reading still speaks of."""
    if not reading.read_as:
        return ()
    spoken = _codes(reading)
    return tuple(pair for pair in reading.read_as if spoken & _named(pair[1], lexicon))


def _codes(reading: Reading) -> set[str]:
    slots = reading.slots
    codes = {line.sku for part in LINE_SLOTS for line in getattr(slots, part)}
    codes |= {slots.source, slots.target, slots.place, slots.supplier}
    return {code for found in (codes, *reading.candidates.values()) for code in found if code}


def _named(meant: str, lexicon: Lexicon) -> set[str]:
    """The codes that a name can be of."""
    chars = plain(meant)
    whole = (name for name in lexicon.names_in(chars) if name.end - name.start == len(chars))
    return {code for name in whole for code in (*name.whole, *name.part)}
