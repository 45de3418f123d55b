"""The form in which names are compared: no blanks, dashes or apostrophes, every Latin word and digit run closed.

"Coca-Cola can" and "coca cola can" have one form; "sku12" is no beginning of the form of "sku123".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from string import ascii_letters

from handlers.understand.normalise import plain

END = "\x1f"
"""Closes a Latin word or a run of digits, so that a form only ends where a word ends."""
_TOKEN = re.compile(r"([a-z]+(?:'[a-z]+)*)|([0-9]+)|((?:[^\sa-z0-9'\-]|(?<= )-(?= )|\n)+)")
_WORD, _NUMBER, _OTHER = 1, 2, 3  # its groups
_NUMBERED = re.compile(r"(\d)号([\u4e00-\u9fff]{2,4})")
_LETTERS = frozenset(ascii_letters)
_ACCENTS = str.maketrans("éèêëáàâäãóòôöõíìîïúùûüñç", "eeeeaaaaaoooooiiiiuuuunc")


@dataclass(frozen=True, slots=True)
class Form:
    """A text in its form; character i of `chars` stands for character `at[i]` of the text.

    Word k is chars[starts[k] : ends[k]]; what begins there may reach to ends[last[k] - 1], where its line ends.
    """

    chars: str
    at: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    last: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where chars[start:end] of the form stands in the text."""
        return self.at[start], self.at[end - 1] + 1


def form_of(chars: str) -> Form:
    """The form of a normalised text.

    A blank between letters and the digits behind them is kept: "vitamin c 100" has an amount, C100 is a drink.
    """
    form: list[str] = []
    at: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    last = -1  # where the word of letters before ended
    for match in _TOKEN.finditer(chars if chars.isascii() else chars.translate(_ACCENTS)):
        first, piece, kind = match.start(), match[0], match.lastindex
        if kind == _OTHER:
            size = len(form)
            starts.extend(range(size, size + len(piece)))
            ends.extend(range(size + 1, size + len(piece) + 1))
            form.extend(piece)
            at.extend(range(first, first + len(piece)))
            continue
        if kind == _NUMBER and 0 <= last < first:
            form.append(" ")
            at.append(last - 1)
        starts.append(len(form))
        if "'" in piece:
            at.extend([first + index for index, char in enumerate(piece) if char != "'"])
            piece = piece.replace("'", "")
        else:
            at.extend(range(first, first + len(piece)))
        form.extend(piece)
        form.append(END)
        at.append(match.end() - 1)
        ends.append(len(form))
        last = match.end() if kind == _WORD else -1
    return Form("".join(form), tuple(at), tuple(starts), tuple(ends), _lasts(form, starts))


def _lasts(form: list[str], starts: list[int]) -> tuple[int, ...]:
    """For each word the number of the word behind the last of its line."""
    last = len(starts)
    if "\n" not in form:
        return (last,) * last
    lasts: list[int] = []
    for index in range(len(starts) - 1, -1, -1):
        if form[starts[index]] == "\n":
            last = index
        lasts.append(last)
    return tuple(reversed(lasts))


def forms_of(name: str) -> tuple[str, ...]:
    """The forms of a name of the catalogue: its own, one without the blank before digits, one with "and" for "&".

    5号电池 is 五号电池 and 电池5号 too.
    """
    said = quick_plain(name)
    if numbered := _NUMBERED.fullmatch(said):
        number, kind = numbered[1], numbered[2]
        spoken = "零一二三四五六七八九"[int(number)]
        others = (f"{kind}{number}号", f"{spoken}号{kind}", f"{kind}{spoken}号")
        return tuple(form_of(one).chars for one in (said, *others))
    form = form_of(said).chars
    if not form or (" " not in form and "&" not in form):
        return (form,) if form else ()
    return tuple(dict.fromkeys((form, form.replace(" ", ""), form.replace("&", f"and{END}"))))


def shown(form: str) -> str:
    """A form as it can be shown to people."""
    return re.sub(rf"{END} ?(?=[a-z0-9])", " ", form).replace(END, "")


def quick_plain(name: str) -> str:
    """`plain`, in a tenth of the time for the usual name, of which every character stays what it is."""
    low = name.lower()
    if "  " in low or "->" in low or not all(map(_stays, low)):
        return plain(name)
    return low.strip()


def stands_alone(chars: str, start: int, end: int) -> bool:
    """Whether no Latin word and no digit run goes on over an edge: SKU12 is not in SKU123, can is not in canned."""
    return begins_alone(chars, start) and ends_alone(chars, end)


def begins_alone(chars: str, start: int) -> bool:
    """Whether a name can begin at `start`."""
    before, first = chars[start - 1 : start], chars[start]
    if before in _LETTERS:
        return not (first in _LETTERS or first.isdigit())
    return not (before.isdigit() and first.isdigit())


def ends_alone(chars: str, end: int) -> bool:
    """Whether a name can end before `end`."""
    last, after = chars[end - 1], chars[end : end + 1]
    return not ((after in _LETTERS or after.isdigit()) and (last in _LETTERS or last.isdigit()))


@cache
def _stays(char: str) -> bool:
    return plain(f"x{char}x") == f"x{char}x"
