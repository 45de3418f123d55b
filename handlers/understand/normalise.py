"""Makes one text of the many ways to write the same, and keeps where each character came from."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# The traditional forms of the characters in the closed word lists. Any other one stays unread, so it is asked about.
_TRADITIONAL = str.maketrans(
    "調撥發貨請幫從給個貳還庫確認謝謝嗎們這條雙兩萬點幾裡裏總倉轉運東進麻煩現剩餘開關語換說壞損爛全單號達單邊過來為農龍鐵觀綠紅藍蕭維檸飲",
    "调拨发货请帮从给个贰还库确认谢谢吗们这条双两万点几里里总仓转运东进麻烦现剩余开关语换说坏损烂全单号达单边过来为农龙铁观绿红蓝萧维柠饮",
)
# Pictures that decorate and never change what is meant. Any other one stays unread.
_HARMLESS = frozenset("📦🙏👍😊🚚👌🥤")
_ARROWS = {"→": "→", "⇒": "→", "➡": "→", "⟶": "→", "👉": "→"}
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


def normalise(raw: str) -> Text:
    """Full width to half, lower case, traditional to simplified, invisible characters out, arrows alike.

    Runs of blanks become one, line ends stay "\\n". Offsets into the raw text are kept.
    """
    chars: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(raw):
        for one in _forms(char):
            if one == " " and (not chars or chars[-1] in " \n"):
                continue
            chars.append(one)
            origin.append(at)
    return Text("".join(chars).replace("->", " →").translate(_TRADITIONAL), tuple(origin), raw)


def storable(text: str) -> str:
    """What a text column of either database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def legible(raw: str) -> str:
    """Words of a message as they may be shown to somebody: in one line, nothing unseen, nothing that turns the line."""
    kept = (" " if char.isspace() or char in _UNSEEN else char for char in raw if not _is_dropped(char))
    return " ".join("".join(char for char in kept if char.isprintable()).split())


def plain(name: str) -> str:
    """A name of the catalogue, normalised like a message."""
    return normalise(name).chars.strip()


def _forms(char: str) -> str:
    if char in _ARROWS:
        return _ARROWS[char]
    if char in _HARMLESS or char == "\t":
        return " "
    if char in "\n\r\u2028":
        return "\n"
    if _is_dropped(char):
        return ""
    form = unicodedata.normalize("NFKC", char).lower()
    form = _SAME.get(form, form)
    return " " if form.isspace() or form in _UNSEEN else form


def _is_dropped(char: str) -> bool:
    """Whether a character only changes how others are drawn, or is none at all: a bidi mark, NUL, a surrogate."""
    kind = unicodedata.category(char)
    return kind in ("Cf", "Cs", "Mn", "Me") or (kind == "Cc" and not char.isspace())
