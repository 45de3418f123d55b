"""How Chinese characters sound, without tones, and which sounds are often taken for one another.

`syllables.txt` has a row for each syllable with the characters that are read so (from the tables of pypinyin; where a
character has several readings, the one it has in names of goods). A sound is kept as one character, so a text and its
sounds have the same length: `heard` for the exact ones, `blurred` for those with the usual confusions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

_FIRST = 0xE000  # sounds are characters of the private area, which no text has
_MOST_SPLITS = 6
_LONGEST = 6  # letters: zhuang
_LONGEST_WORD = 40
_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_FINALS = {"ang": "an", "eng": "en", "ing": "in"}
_ALIKE = {
    "liang": "lan", "lang": "lan", "fu": "hu", "fei": "hui", "fa": "hua", "fan": "huan", "fang": "huan", "fen": "hun",
    "feng": "hon", "hong": "hon", "huang": "huan", "fo": "huo",
}  # fmt: skip


def _rows() -> Iterator[tuple[str, str]]:
    for row in (Path(__file__).parent / "syllables.txt").read_text(encoding="utf-8").splitlines():
        syllable, chars = row.split()
        yield syllable, chars


def _blurred(syllable: str) -> str:
    """The one syllable that stands for all that are taken for one another."""
    for final, short in _FINALS.items():
        if syllable.endswith(final) and syllable not in _ALIKE:
            syllable = syllable.removesuffix(final) + short
    syllable = _ALIKE.get(syllable, syllable)
    for initial, short in _INITIALS.items():
        if syllable.startswith(initial):
            return short + syllable.removeprefix(initial)
    return syllable


SYLLABLES: Mapping[str, str] = MappingProxyType(dict(_rows()))
"""Every syllable with the characters that sound so."""
_HEARD = {syllable: chr(_FIRST + number) for number, syllable in enumerate(SYLLABLES)}
_SPELLINGS = {sound: syllable for syllable, sound in _HEARD.items()}
_CLASSES = {blurred: number for number, blurred in enumerate(dict.fromkeys(map(_blurred, SYLLABLES)))}
_BLURRED = {_HEARD[syllable]: chr(_FIRST + _CLASSES[_blurred(syllable)]) for syllable in SYLLABLES}
_HEARD_TABLE = str.maketrans({char: _HEARD[syllable] for syllable, chars in SYLLABLES.items() for char in chars})
_BLURRED_TABLE = str.maketrans(_BLURRED)


def heard(chars: str) -> str:
    """The text with its Chinese characters replaced by their sounds."""
    return chars.translate(_HEARD_TABLE)


def blurred(sounds: str) -> str:
    """Sounds with those made alike that are often taken for one another."""
    return sounds.translate(_BLURRED_TABLE)


def spelling(sound: str) -> str:
    """The syllable of a sound."""
    return _SPELLINGS[sound]


def is_sound(char: str) -> bool:
    """Whether a character of a heard text is a sound."""
    return "\ue000" <= char <= "\uf8ff"


@lru_cache(5_000)
def splits(letters: str) -> tuple[str, ...]:
    """The ways to read Latin letters as pinyin, each as sounds, those of the fewest syllables first; often none."""
    size = len(letters)
    if size > _LONGEST_WORD:
        return ()
    # For each letter the sounds that begin there and from where the rest can be read too, with their ends.
    steps: list[list[tuple[str, int]]] = [[] for _ in range(size)]
    for at in range(size - 1, -1, -1):
        for end in range(min(at + _LONGEST, size), at, -1):
            sound = _HEARD.get(letters[at:end])
            if sound is not None and (end == size or steps[end]):
                steps[at].append((sound, end))
    return tuple(sorted(islice(_ways(steps, 0), _MOST_SPLITS), key=len)) if letters else ()


def _ways(steps: Sequence[Sequence[tuple[str, int]]], at: int) -> Iterator[str]:
    if at == len(steps):
        yield ""
        return
    for sound, end in steps[at]:
        yield from (sound + rest for rest in _ways(steps, end))
