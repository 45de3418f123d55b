"""An answer that says in what one of the offered products differs from the others: 4粒的, 酸奶味的, the can one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.goods.catalogue import SkuEntry
from handlers.understand.answers import with_choice
from handlers.understand.board import Board
from handlers.understand.normalise import plain
from handlers.understand.reading import Reading

_BEFORE = re.compile(r"^(?:我?要|就要?|那个?|是)+")
_BEHIND = re.compile(r"(?:口味|味道|味|那种|那个|那款|款|装|的|吧|呀|哈|呢)+$")
_SAYS_NOTHING = frozenset({"the", "one", "ones", "please", "pls", "thanks", "thx", "a", "an", "that", "it's"})
_MOST_WORDS = 4


def narrowed_down(board: Board) -> Reading | None:
    """The open reading with the one candidate in whose name, size or unit every word of the message stands."""
    frame, asked = board.context.frame, board.context.asked
    if frame is None or board.turns:
        return None
    names = [name for name in frame.missing if name.endswith(".sku") and len(frame.candidates.get(name, ())) > 1]
    name = asked if asked in names else names[0] if len(names) == 1 else None
    words = _words(board.chars)
    if name is None or not 0 < len(words) <= _MOST_WORDS:
        return None
    lexicon = board.lexicon
    fitting = [code for code in frame.candidates[name] if _has_all(lexicon.skus[code], words, lexicon.units)]
    return with_choice(frame, name, fitting[0], lexicon) if len(fitting) == 1 else None


def _words(chars: str) -> list[str]:
    said = (_BEHIND.sub("", _BEFORE.sub("", word)) for word in re.split(r"[\s,.!。、]+", chars))
    return [word for word in said if word and word not in _SAYS_NOTHING]


def _has_all(sku: SkuEntry, words: Sequence[str], units: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether every word is the base unit of a product, or stands in its names. One character alone is only a unit."""
    names = " ".join(plain(name) for name in (sku.name_zh, sku.name_en, sku.size, *sku.aliases))
    return all(sku.base_unit in units.get(word, ()) or _stands_in(names, word) for word in words)


def _stands_in(names: str, word: str) -> bool:
    if len(word) < 2:
        return False
    begins = r"(?<![a-z0-9])" if word[0].isascii() else ""
    ends = r"(?![a-z])" if word[-1].isascii() else ""
    return re.search(begins + re.escape(word) + ends, names) is not None
