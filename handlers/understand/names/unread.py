"""What of a text no exact name explains: where a name may hide that was not written as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers.understand.names.everyday import EVERYDAY_WORDS, FUNCTION_CHARS
from handlers.understand.names.forms import Form
from handlers.understand.names.name import Name, NameKind
from handlers.understand.names.sounds import blurred, heard, is_sound
from handlers.understand.numbers import ENGLISH_NUMBER_WORDS

_REACH = 9  # characters: so far before an odd one a name may begin
_FAMILIAR = EVERYDAY_WORDS | ENGLISH_NUMBER_WORDS


@dataclass(frozen=True, slots=True)
class LatinRun:
    """Latin words side by side: where each begins and ends in the form.

    `known` are words of names, `closed` are everyday words, in which no name hides, `open` those that nothing explains.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    known: tuple[bool, ...]
    closed: tuple[bool, ...]
    open: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A text with its sounds. `odd` are the Chinese characters that neither a name nor the grammar explains.

    `starts` are the characters from which a name may reach an odd one: for each of them where the first odd one is,
    and where the Chinese characters end that stand together.
    """

    form: Form
    sounds: str
    blurry: str
    odd: frozenset[int]
    starts: dict[int, tuple[int, int]]
    latin: Sequence[LatinRun]


def unread_in(form: Form, exact: Sequence[Name], units: Collection[str], words: Collection[str]) -> Unread | None:
    """What of a text is unread; None when nothing is. `words` are the Latin words of all names."""
    known = _known(exact, form.at[-1] + 1 if form.at else 0)
    chars = form.chars
    broken = _broken_off(exact)
    odd = [
        at
        for at, (char, place) in enumerate(zip(chars, form.at, strict=True))
        if char > "\u3000"
        and not known[place]
        and ((char not in FUNCTION_CHARS and char not in units) or place in broken)
    ]
    latin = _latin_runs(form, known, words)
    if not odd and not latin:
        return None
    sounds = heard(chars) if odd else chars
    return Unread(form, sounds, blurred(sounds) if odd else chars, frozenset(odd), _starts(sounds, odd), latin)


def _known(exact: Sequence[Name], size: int) -> list[bool]:
    """For each character of a text whether an exact name, other than that of a unit, covers it."""
    known = [False] * size
    for name in exact:
        if name.kind is not NameKind.UNIT:
            known[name.start : name.end] = [True] * (name.end - name.start)
    return known


def _broken_off(exact: Sequence[Name]) -> frozenset[int]:
    """Where in the text the longest part of a name ends that is no name: 老干 in 老干吗."""
    parts = {name.start: name for name in exact if name.kind is NameKind.PRODUCT}
    return frozenset(name.end for name in parts.values() if not name.whole)


def _starts(sounds: str, odd: Collection[int]) -> dict[int, tuple[int, int]]:
    starts: dict[int, tuple[int, int]] = {}
    first, stop = -1, 0  # the first odd character behind the one looked at, and where what stands together ends
    after = False  # whether a sound is right behind
    for at in range(len(sounds) - 1 if odd else -1, -1, -1):
        before, after = after, is_sound(sounds[at])
        if not after:
            first = -1
            continue
        if first < 0 and not before:
            stop = at + 1
        if at in odd:
            first = at
        if 0 <= first - at < _REACH and stop - at > 1:
            starts[at] = (first, stop)
    return starts


def _latin_runs(form: Form, known: Sequence[bool], words: Collection[str]) -> list[LatinRun]:
    """The runs of Latin words that stand side by side, where something in them is open."""
    runs: list[list[tuple[int, int]]] = []
    chars, behind = form.chars, -1
    for start, end in zip(form.starts, form.ends, strict=True):
        if "a" <= chars[start] <= "z":
            if start != behind:
                runs.append([])
            runs[-1].append((start, end))
            behind = end
    return [found for run in runs if (found := _latin_run(form, run, known, words))]


def _latin_run(
    form: Form, spans: list[tuple[int, int]], known: Sequence[bool], words: Collection[str]
) -> LatinRun | None:
    said = [form.chars[start : end - 1] for start, end in spans]
    opened = [word not in _FAMILIAR and not known[form.at[start]] for word, (start, _) in zip(said, spans, strict=True)]
    if not any(opened):
        return None
    named = tuple([word in words for word in said])
    closed = tuple([word in _FAMILIAR and not name for word, name in zip(said, named, strict=True)])
    return LatinRun(words=tuple(said), spans=tuple(spans), known=named, closed=closed, open=tuple(opened))
