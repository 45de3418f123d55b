"""Finds names that sound like what was written: 雪壁 for 雪碧, and the same from pinyin letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.understand.names.everyday import FUNCTION_CHARS
from handlers.understand.names.runs import Runs, runs_of
from handlers.understand.names.sounds import blurred, heard, is_sound
from handlers.understand.names.unread import Unread

_LOOKED_AT = 16
_SHORT = 2  # characters: of so short a name every sound has to be right


@dataclass(frozen=True, slots=True)
class Heard:
    """A name, or a part of one, that sounds like size characters of a text: its form, and whether it is a whole one."""

    size: int
    meant: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """The names by their sounds. `spelt` is the text of `runs` as it is written."""

    runs: Runs
    spelt: str

    def from_start(self, unread: Unread, start: int, odd: int, stop: int, least: int | None) -> Iterator[Heard]:
        """The names that sound like what is written from `start` over the odd character up to `stop` at most.

        Every complete one, and the longest part of `least` characters; no part at all where that is None.
        """
        said = unread.form.chars
        walk = self.runs.walk(unread.blurry, start, range(start + 2, stop + 1))
        return self._heard(unread.sounds, said, start, [one for one in walk if one[0] > odd], least)

    def spelt_out(self, sounds: str, ends: Sequence[int], opened: int, least: int | None) -> Iterator[Heard]:
        """The names that are spelt in pinyin: in all `sounds` up to one of `ends`, from `opened` on."""
        blurry = blurred(sounds)
        if not self.begins(blurry[:_SHORT]):
            return iter(())
        walk = [one for one in self.runs.walk(blurry, 0, ends) if one[0] >= opened]
        return self._heard(sounds, None, 0, walk, least)

    def begins(self, blurry: str) -> bool:
        """Whether a name, or a word of one, begins with these two sounds: mostly none does."""
        return blurry in self.runs.heads

    def _heard(
        self, sounds: str, said: str | None, start: int, spans: Sequence[tuple[int, int, int]], least: int | None
    ) -> Iterator[Heard]:
        for end, low, high in spans:
            if self.runs.whole(low, end - start) is not None:
                for piece in self._right(sounds, said, start, end, low, high, complete=True):
                    yield Heard(end - start, piece, complete=True)
        for end, low, high in reversed(spans):
            if least is None or end - start < least:
                return
            for piece in self._right(sounds, said, start, end, low, high, complete=False):
                yield Heard(end - start, piece, complete=False)
                return

    def _right(
        self, sounds: str, said: str | None, start: int, end: int, low: int, high: int, *, complete: bool
    ) -> Iterator[str]:
        """How the runs of a range are spelt that are near enough to what was said."""
        written = said[start:end] if said is not None else None
        size = end - start
        met = set()
        for at in self.runs.places[low : min(high, low + _LOOKED_AT)]:
            if complete and not (self.spelt[at - 1] == "\n" == self.spelt[at + size]):
                return
            piece = self.spelt[at : at + size]
            if piece in met or piece == written:
                continue
            met.add(piece)
            if _sounds_right(sounds[start:end], written, piece) and not (
                written is not None and self._only_at_an_end(written, piece)
            ):
                yield piece

    def _only_at_an_end(self, written: str, piece: str) -> bool:
        """Whether the one wrong character stands beside a name that is complete without it: 打 in 两打百威."""
        wrong = [at for at, (one, other) in enumerate(zip(written, piece, strict=True)) if one != other]
        rest = {0: written[1:], len(piece) - 1: written[:-1]}.get(wrong[0]) if len(wrong) == 1 else None
        return bool(rest) and self._is_complete(str(rest))

    def _is_complete(self, name: str) -> bool:
        found = self.runs.find(blurred(heard(name)))
        return found is not None and any(
            self.spelt.startswith(f"\n{name}\n", at - 1) for at in self.runs.places[found[0] : found[0] + _LOOKED_AT]
        )


def alike_of(forms: Sequence[str]) -> Alike:
    """The sounds of those names that have two Chinese characters and more."""
    spelt = [form for form in forms if sum(map(is_sound, heard(form))) >= _SHORT]
    text = "\n".join(spelt)
    return Alike(runs_of(blurred(heard(text)).split("\n") if spelt else []), f"\n{text}\n")


def _sounds_right(sounds: str, written: str | None, piece: str) -> bool:
    """Whether a name that sounds much the same is near enough to be meant."""
    right = heard(piece)
    wrong = 0 if sounds == right else sum([one != other for one, other in zip(sounds, right, strict=True)])
    if written is None:
        return wrong == 0 or (len(piece) > _SHORT and wrong == 1)
    kept = sum([one == other for one, other in zip(written, piece, strict=True)])
    strange = [char for char in written if char not in FUNCTION_CHARS]
    if not strange:
        return False
    if len(piece) <= _SHORT:
        return (wrong == 0 and (kept > 0 or len(strange) == len(written))) or (wrong == 1 and kept == 1)
    return wrong <= (1 if len(piece) < 5 else 2)
