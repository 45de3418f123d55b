"""What single words and numbers of a message put into slots: a reason, a mode, a period, a price, a barcode."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from handlers.understand.asking import Asking
from handlers.understand.barcodes import valid_barcode
from handlers.understand.clauses import sentences
from handlers.understand.frames import Frame
from handlers.understand.pieces import Kind, Piece

CARRIED = ("reason", "rest", "bearer", "mode", "kind", "language")
"""The slots whose value a word carries."""
_UP_TO = frozenset({"to", "到", "成", "为", "改成", "改为", "调到", "调成", "="})
_EACH = (" each", " apiece", " ea")


def values_in_words(tags: Set[str], pieces: Sequence[Piece], asking: Asking) -> dict[str, Any]:
    """Values that words carry: reason=expired. Two that differ are asked."""
    slots: dict[str, Any] = {}
    values = [tag.partition("=") for tag in tags if "=" in tag]
    for slot in CARRIED if values else ():
        said = {value for name, _, value in values if name == slot}
        if slot == "mode" and len(said) == 2 and not any(piece.text in _UP_TO for piece in pieces):
            said.discard("set")  # adjust stock: add 6
        if len(said) == 1:
            slots[slot] = said.pop()
        elif said:
            asking.ask(slot, candidates=tuple(sorted(said)))
    if "all=yes" in tags:
        slots["all_arrived"] = True
    if "returns=yes" in tags:
        slots["returns"] = True
    return slots


def values_named(pieces: Sequence[Piece], frame: Frame, asking: Asking) -> dict[str, Any]:
    """Periods, prices, suppliers and barcodes, each where the frame takes one."""
    slots: dict[str, Any] = {}
    for kind in (Kind.PERIOD, Kind.PRICE, Kind.BARCODE):
        said = _said(kind, pieces, frame) if kind in frame.takes else set()
        if len(said) == 1:
            slots[kind.value] = said.pop()
        elif said:
            asking.ask(kind.value, candidates=tuple(sorted(said)))
    if slots.get("barcode") and not valid_barcode(slots["barcode"]):
        asking.ask("barcode", "bad_barcode", heard=slots.pop("barcode"))
    if "supplier" not in frame.takes:
        return slots
    suppliers = [piece for piece in pieces if piece.kind is Kind.SUPPLIER]
    codes = tuple(dict.fromkeys(code for piece in suppliers for code in piece.codes))
    if len(codes) == 1 and not any(piece.is_strange for piece in suppliers):
        slots["supplier"] = codes[0]
    elif codes:
        asking.ask("supplier", candidates=codes)
    return slots


def _said(kind: Kind, pieces: Sequence[Piece], frame: Frame) -> set[str]:
    """The values of a kind. Of two periods of a question the one beside what is asked: 这两天好卖,下周能卖多少."""
    found = {piece.value for piece in pieces if piece.kind is kind}
    if kind is not Kind.PERIOD or len(found) < 2 or not frame.reads:
        return found
    asking = [said for said in sentences(pieces) if any(".phrases" in piece.phrase for piece in said)]
    beside = {piece.value for said in asking for piece in said if piece.kind is kind}
    return beside if len(beside) == 1 else found


def price_of_each(pieces: Sequence[Piece]) -> Piece | None:
    """The number "each" that is no amount, as every product before it has its own: 2 Snickers, 6.5 each."""
    counted = [piece for piece in pieces if piece.amount and not piece.has("size")]
    products = sum(piece.kind is Kind.PRODUCT for piece in pieces)
    if not products or len(counted) != products + 1 or not counted[-1].text.endswith(_EACH):
        return None
    behind = [piece for piece in pieces if piece.start > counted[-1].start]
    return None if any(piece.kind is Kind.PRODUCT for piece in behind) else counted[-1]
