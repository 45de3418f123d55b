"""Finds somebody whom a message wants to name for a step (交给王五批). No message can: the rules decide who acts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.understand.normalise import Text, legible
from handlers.understand.pieces import Kind, Piece

_HANDS_OVER = re.compile(
    r"(?:交给|转给|转交给?|指定|让|叫|请|由|找)([\u4e00-\u9fff]{2,4}?)(?:来|去)?(?:审批|审核|批准?|审|签字?|发货|点?收货|处理)"
    r"|给([\u4e00-\u9fff]{2,4}?)(?:来|去)?(?:审批|审核|批准?|审|签字?)"
    r"|\b(?:ask|let|have|tell|assign it to|hand it to) ([a-z]+(?: [a-z]+)??|[\u4e00-\u9fff]{2,4}) (?:to )?"
    r"(?:approve|sign|receive|dispatch|send|ship)\b"
)
_NO_NAME = re.compile(r"[我你您他她它们帮忙货谁]|\b(?:me|us|them|him|her|you|it|the)\b")


def person_named(text: Text, pieces: Sequence[Piece]) -> str | None:
    """The words, as they were written, that name a person who is to approve, dispatch or receive; None without any.

    Only words that nothing else explains can be a name: a place or a product is no person.
    """
    for match in _HANDS_OVER.finditer(text.chars):
        at = next(number for number in (1, 2, 3) if match[number])
        inside = [piece for piece in pieces if piece.start < match.end(at) and piece.end > match.start(at)]
        strange = any(piece.kind is Kind.UNREAD for piece in inside)
        known = any(piece.kind is Kind.PLACE or (piece.name and piece.name.whole) for piece in inside)
        if strange and not known and not _NO_NAME.search(match[at]):
            return legible(text.raw[slice(*text.span(match.start(at), match.end(at)))])
    return None
