"""Makes one text of the many ways to write the same, and keeps where each character came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from handlers.understand.remembered import Remembered
from handlers.understand.telltales import Telltales

# Two rows of the same length: traditional characters, and the simplified one of each (from the tables of zhconv).
_TRADITIONAL = str.maketrans(*(Path(__file__).parent / "traditional.txt").read_text(encoding="utf-8").split())
_MORE_SIMPLIFIED = str.maketrans(
    "妳祢喺嚟畀俺恁侬佢咗攞冇嗰啲睇攰揾俾哋喇鑵", "你你在来给我你你他了拿没那些看累找给们啦罐"
)
_ARROWS = dict.fromkeys("→⇒➡⟶👉➔➜⮕▶►", "→") | dict.fromkeys("←⇐⬅⟵👈", "←")
_NO = frozenset("❌🚫✖⛔")  # pictures that say no
_YES = frozenset("👍👌✅✔🆗💯")
_ARROWS_TYPED = {"<--": "  ←", "<-": " ←", "-->": "  →", "==>": "  →", "->": " →", "=>": " →", ">>": " →", " > ": " → "}
_OTHER_LENGTH = "\0"
"""Stands for a character whose form is not one character; no form has it."""
_REMEMBERED = 8_000  # characters
_DIALECT = {
    "莫得": "没有", "冒得": "没有", "而家": "现在", "听日": "明天", "琴日": "昨天", "寻日": "昨天",
    "边度": "哪里", "几多": "多少", "唔该": "麻烦", "唔好": "不要", "唔使": "不用", "唔要": "不要",
    "唔系": "不是", "唔得": "不行", "啱啱": "刚刚", "点解": "为啥", "帮手": "帮忙", "今朝": "今早", "没晒": "没有",
    "么事": "什么",
    "啥子": "什么", "撒子": "什么", "咋个": "怎么", "阿拉": "我们", "仲有": "还有", "睇下": "看下",
}  # fmt: skip
"""Words of dialects and the standard ones, of the same length."""
_DIALECT_WORDS = Telltales(_DIALECT)
_BULLET = re.compile(r"^ ?(?:[-*•·]+ +|[•·]+)(?=\S)", re.MULTILINE)
_NUMBERED = re.compile(r"^ ?[(]?\d{1,2}[.、):](?!\d) ?", re.MULTILINE)
_LOOSE_BLANK = re.compile(r"(?:^|[ \n\t]) ")
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and pictures that are drawn as nothing
_SAME = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "～": "~"}


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised text; character i of `chars` came from character `origin[i]` of the raw text."""

    chars: str
    origin: tuple[int, ...]
    raw: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where chars[start:end] stands in the raw text."""
        return self.origin[start], self.origin[end - 1] + 1


class _Forms(Remembered[int, str]):
    """The forms of characters by their code points, each found when it is first met."""

    def __missing__(self, code: int) -> str:
        form = _form(chr(code))
        self[code] = found = form if len(form) == 1 else _OTHER_LENGTH
        return found


_FORMS = _Forms(_REMEMBERED)


def normalise(raw: str) -> Text:
    """Full width to half, lower case, traditional to simplified, invisible characters out, arrows alike.

    Runs of blanks become one, line ends and tabs stay. Offsets into the raw text are kept.
    """
    said, origin = raw.translate(_FORMS), tuple(range(len(raw)))
    if _OTHER_LENGTH in said:
        said, origin = _closed_up([_form(char) for char in raw])
    elif _LOOSE_BLANK.search(said):
        said, origin = _closed_up(said)
    if ">" in said or "<" in said:
        for arrow, one in _ARROWS_TYPED.items():
            said = said.replace(arrow, one)
    if _DIALECT_WORDS.are_in(said):
        for dialect, plain_words in _DIALECT.items():
            said = said.replace(dialect, plain_words)
    said = _BULLET.sub(_blank, said)
    if "\n" in said and len(_NUMBERED.findall(said)) > 1:
        said = _NUMBERED.sub(_blank, said)
    return Text(said, origin, raw)


def _closed_up(forms: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The forms of all characters without blanks that stand loose, and which form each character is of."""
    chars: list[str] = []
    origin: list[int] = []
    for at, form in enumerate(forms):
        for one in form:
            if one == " " and (not chars or chars[-1] in " \n\t"):
                continue
            chars.append(one)
            origin.append(at)
    return "".join(chars), tuple(origin)


def _blank(match: re.Match[str]) -> str:
    """As many blanks: what numbers the lines of a list says nothing of them."""
    return " " * len(match[0])


def is_nod(raw: str) -> bool:
    """Whether a message is nothing but pictures, and they say yes."""
    said = {char for char in raw if unicodedata.category(char) in ("So", "Po", "Sm")}
    return bool(said) and said <= _YES


def without_tabs(text: Text) -> Text:
    """The text with its tabs as blanks, of which none stands beside another."""
    if "\t" not in text.chars:
        return text
    chars, kept = _closed_up(text.chars.replace("\t", " "))
    return Text(chars, tuple(text.origin[at] for at in kept), text.raw)


def storable(text: str) -> str:
    """What a text column of either database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def legible(raw: str) -> str:
    """Words of a message as they may be shown to somebody: in one line, nothing unseen, nothing that turns the line."""
    if raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    kept = (" " if char.isspace() or char in _UNSEEN else char for char in raw if not _is_dropped(char))
    return " ".join("".join(char for char in kept if char.isprintable()).split())


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A name of the catalogue, normalised like a message."""
    return without_tabs(normalise(name)).chars.strip()


@lru_cache(maxsize=4096)
def _form(char: str) -> str:
    """What a character is written as, in simplified Chinese; nothing for one that is dropped."""
    if char in _ARROWS:
        return _ARROWS[char]
    if char in _NO:
        return "不"
    if char == "\t":
        return char
    if _is_picture(char):
        return " "
    if char in "\n\r\u2028" or "\u2460" <= char <= "\u24ff" or "\u2776" <= char <= "\u2793":  # ① begins a row
        return "\n"
    if _is_dropped(char):
        return ""
    form = unicodedata.normalize("NFKC", char).lower()
    form = _SAME.get(form, form)
    return " " if form.isspace() or form in _UNSEEN else form.translate(_TRADITIONAL).translate(_MORE_SIMPLIFIED)


def _is_picture(char: str) -> bool:
    """Whether a character decorates: an emoji, a tick, a star. One that says no is kept as a word."""
    return unicodedata.category(char) in ("So", "Sk") and char not in "`^´¨°"


def _is_dropped(char: str) -> bool:
    """Whether a character only changes how others are drawn, or is none at all: a bidi mark, NUL, a surrogate."""
    kind = unicodedata.category(char)
    return kind in ("Cf", "Cs", "Mn", "Me") or (kind == "Cc" and not char.isspace())
