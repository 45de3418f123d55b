"""Finds the numbers of documents: TR-1042, tr1042, 1042号调拨单, and look-alike characters in them (tr-l042)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

KINDS: Mapping[str, str] = {
    "TR": "transfer", "PO": "purchase", "GR": "receipt", "CT": "count", "WO": "writeoff", "SO": "sale",
    "AD": "adjustment", "OP": "opening", "CH": "change",
}  # fmt: skip
"""The letters that a document's number begins with, and its kind."""
_WORDS = {
    "调拨单": "TR", "调拨": "TR", "调货单": "TR", "采购单": "PO", "采购订单": "PO", "订单": "PO", "进货单": "PO",
    "报损单": "WO", "盘点单": "CT", "销售单": "SO", "小票": "SO", "调整单": "AD",
    "transfer": "TR", "transfer order": "TR", "purchase order": "PO", "order": "PO",
    "write-off": "WO", "writeoff": "WO", "adjustment": "AD", "stocktake": "CT",
    "count": "CT", "sale": "SO", "receipt": "SO",
}  # fmt: skip
_LOOKS_LIKE = str.maketrans("oliz|", "01121")
_CANONICAL = re.compile(rf"(?<![a-z0-9])({'|'.join(KINDS).lower()})[- #:号]{{0,2}}([0-9olizs|]{{3,9}})(?![a-z0-9])")
_READ_OUT = re.compile(r"[一二三四五六七八九幺][零一二三四五六七八九幺]{3,5}")
_SPOKEN = str.maketrans("零一二三四五六七八九幺", "01234567891")
_NAMES = "|".join(sorted(_WORDS, key=len, reverse=True))
_BEHIND = re.compile(rf"(?<![0-9a-z.])(\d{{3,9}}) ?(?:号|这张|那张|这个|那个|这单|那单|那)?的? ?({_NAMES})(?![a-z])")
_BEFORE = re.compile(rf"(?<![a-z])({_NAMES}) ?(?:no\.?|number|号|单号|#|:)? ?#?(\d{{3,9}})(?![0-9a-z])")
_DIGITS = re.compile(r"[\dolizs|]{3}")
"""What every number of a document has."""
_SHORTEST = 4  # digits of a document's number that nobody knows, right behind a word that may be a verb
_PLAIN = re.compile(r"[^\d#:号.]+\d+")
_BARE = re.compile(
    r"(?<![0-9a-z.-])(?<!\d,)(?:no\.? ?|#|单号:? ?|编号:? ?)?(\d{3,9})"
    r"(?:号单子|号那单|号这单|号单|号|那单|这单|那张|这张)?(?![0-9a-z%]|[.,]\d)"
)


def papers_in(chars: str, known: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Every stretch that names a document, with its canonical number; a bare number only where it is a known one.

    A number may be read out digit by digit: 一零四二号单.
    """
    chars = _READ_OUT.sub(lambda match: match[0].translate(_SPOKEN), chars)
    if not _DIGITS.search(chars):
        return
    for match in _CANONICAL.finditer(chars):
        digits = match[2].translate(_LOOKS_LIKE).replace("s", "5")
        if any(char.isdigit() for char in match[2]) and digits.isdigit():
            yield match.start(), match.end(), f"{match[1].upper()}-{int(digits)}"
    for match in _BEHIND.finditer(chars):
        number = known.get(match[1]) or f"{_WORDS[match[2]]}-{int(match[1])}"
        yield match.start(), match.end(), number
        if match[1] in known:
            yield match.start(1), match.end(1), known[match[1]]
    for match in _BEFORE.finditer(chars):
        if known and match[2] not in known and len(match[2]) < _SHORTEST and _PLAIN.fullmatch(match[0]):
            continue  # transfer 100 D-404
        yield match.start(), match.end(), known.get(match[2]) or f"{_WORDS[match[1]]}-{int(match[2])}"
    for match in _BARE.finditer(chars):
        if match[1] in known:
            yield match.start(), match.end(), known[match[1]]
