"""Frames: for each intent the slots that it takes, those it needs, and the groups of phrases it shares with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from types import MappingProxyType

from handlers.understand.pieces import Kind
from handlers.understand.reading import READS, WRITES, Intent


class Goods(Enum):
    """What an intent does with products and amounts."""

    NONE = auto()
    LINES = auto()  # products with quantities
    PRODUCTS = auto()  # products alone: how many is what is asked
    SHARES = auto()  # what became of a document's goods: good, damaged, short, ...


class Places(Enum):
    """What an intent does with places."""

    NONE = auto()
    SIDES = auto()  # one gives, one takes
    OWN = auto()  # the one said, or the writer's own, or it is asked
    OWN_IF_ANY = auto()  # the one said, or the writer's own, or none
    SAID = auto()  # only the one that was said; may be all of them
    SOURCE = auto()  # where a document's goods come from


@dataclass(frozen=True)
class Frame:
    """The shape of an intent. `takes` are further slots that may be said, `needs` fields that are asked otherwise.

    `papers` are the kinds of documents it is about; `zero` says that there may be none of a product.
    """

    intent: Intent
    goods: Goods = Goods.NONE
    places: Places = Places.NONE
    takes: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    zero: bool = False

    @cached_property
    def avoids(self) -> frozenset[Kind]:
        """Kinds of pieces that are never what a number or a name means here."""
        kinds = {Kind.DOCUMENT} if not self.papers else set()
        for kind in (Kind.PRICE, Kind.SUPPLIER):
            if kind not in self.takes:
                kinds.add(kind)
        return frozenset(kinds)

    @cached_property
    def named_by(self) -> tuple[str, ...]:
        """Groups whose phrases name the intent too: goods with two places are a transfer without any verb."""
        return ("sides",) if self.intent is Intent.TRANSFER_CREATE else ()

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """All whose phrases name the intent."""
        return (self.intent.value, *self.named_by)

    @cached_property
    def tells(self) -> bool:
        """Whether it says what has happened, so that "already" belongs in it."""
        return self.intent in _FACTS

    @cached_property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.intent in WRITES

    @cached_property
    def reads(self) -> bool:
        """Whether it only asks."""
        return self.intent in READS


_FACTS = frozenset(
    {
        Intent.TRANSFER_RECEIVE, Intent.TRANSFER_DISPATCH, Intent.TRANSFER_TAKE_BACK, Intent.SALE_RECORD,
        Intent.SALE_RETURN, Intent.PURCHASE_RECEIVE, Intent.WRITE_OFF_RECORD, Intent.COUNT_RECORD,
    }
)  # fmt: skip
_SIDES, _AT, _CAN, _MARKS, _NOT = "sides", "at", "can", "marks", "not_that"


def _frame(
    intent: Intent,
    goods: Goods = Goods.NONE,
    places: Places = Places.NONE,
    takes: str = "",
    needs: str = "",
    papers: str = "",
    groups: tuple[str, ...] = (),
    *,
    zero: bool = False,
) -> tuple[Intent, Frame]:
    taken = frozenset(takes.split())
    return intent, Frame(intent, goods, places, taken, tuple(needs.split()), tuple(papers.split()), groups, zero)


_ANY_PAPER = "TR PO GR CT WO SO AD OP CH"
_DECIDED = "TR PO GR CT WO AD OP CH"
FRAMES: Mapping[Intent, Frame] = MappingProxyType(
    dict(
        [
            _frame(Intent.TRANSFER_CREATE, Goods.LINES, Places.SIDES, "reason returns", groups=(_SIDES, _CAN)),
            _frame(
                Intent.TRANSFER_RECEIVE,
                Goods.SHARES,
                Places.SOURCE,
                "document reason rest all",
                papers="TR",
                groups=(_MARKS, _SIDES, _CAN),
            ),
            _frame(
                Intent.TRANSFER_DISPATCH,
                Goods.SHARES,
                Places.SOURCE,
                "document reason rest all",
                "document",
                "TR",
                (_MARKS,),
            ),
            _frame(Intent.TRANSFER_TAKE_BACK, Goods.SHARES, Places.SOURCE, "document all", "document", "TR", (_MARKS,)),
            _frame(Intent.TRANSFER_WRITE_OFF, takes="document bearer", needs="document", papers="TR"),
            _frame(Intent.TRANSFER_HOLD, takes="document", needs="document", papers="TR"),
            _frame(
                Intent.TRANSFER_CANCEL,
                takes="document",
                needs="document",
                papers="TR SO GR OP",
                groups=(_SIDES, _CAN),
            ),
            _frame(
                Intent.TRANSFER_STATUS, Goods.PRODUCTS, Places.SIDES, "document period", papers="TR", groups=(_SIDES,)
            ),
            _frame(Intent.TRANSFER_APPROVE, Goods.SHARES, takes="document all", needs="document", papers=_DECIDED),
            _frame(Intent.TRANSFER_REJECT, takes="document", needs="document", papers=_DECIDED),
            _frame(Intent.SALE_RECORD, Goods.LINES, Places.OWN, "price", groups=(_AT, _CAN)),
            _frame(Intent.SALE_RETURN, Goods.LINES, Places.OWN, "document reason", papers="SO", groups=(_AT, _CAN)),
            _frame(
                Intent.PURCHASE_ORDER, Goods.LINES, Places.OWN_IF_ANY, "supplier price", "supplier", "", (_AT, _CAN)
            ),
            _frame(
                Intent.PURCHASE_RECEIVE,
                Goods.LINES,
                Places.OWN,
                "document supplier price",
                papers="PO",
                groups=(_AT, _CAN),
            ),
            _frame(Intent.WRITE_OFF_RECORD, Goods.LINES, Places.OWN, "reason", "reason", groups=(_AT, _CAN)),
            _frame(Intent.COUNT_RECORD, Goods.LINES, Places.OWN, groups=(_AT, _CAN), zero=True),
            _frame(Intent.COUNT_START, Goods.NONE, Places.OWN, groups=(_AT, _CAN)),
            _frame(Intent.ADJUST_REQUEST, Goods.LINES, Places.OWN, "mode", "mode", groups=(_AT, _CAN), zero=True),
            _frame(Intent.BARCODE_BIND, Goods.PRODUCTS, takes="barcode", needs="barcode", groups=(_CAN,)),
            _frame(Intent.PRICE_SET, Goods.PRODUCTS, Places.SAID, "price", "price", groups=(_AT, _CAN)),
            _frame(Intent.SHIFT_CHANGE, places=Places.SAID, groups=(_AT, _CAN)),
            _frame(Intent.STOCK_QUERY, Goods.PRODUCTS, Places.SAID, groups=(_AT, _CAN, _NOT)),
            _frame(Intent.PRODUCT_FIND, Goods.PRODUCTS, Places.NONE, "barcode", groups=(_CAN, _NOT)),
            _frame(
                Intent.HISTORY_QUERY,
                Goods.PRODUCTS,
                Places.SAID,
                "period document",
                papers=_ANY_PAPER,
                groups=(_AT, _CAN, _NOT),
            ),
            _frame(Intent.REPORT_SUMMARY, places=Places.SAID, takes="period", groups=(_AT, _CAN)),
            _frame(Intent.REPORT_SLOW_MOVERS, places=Places.SAID, takes="period", groups=(_AT, _CAN)),
            _frame(Intent.REPORT_TURNOVER, Goods.PRODUCTS, Places.SAID, "period", groups=(_AT, _CAN, _NOT)),
            _frame(Intent.FORECAST_QUERY, Goods.PRODUCTS, Places.SAID, "period", groups=(_AT, _CAN, _NOT)),
            _frame(Intent.REPLENISH_SUGGEST, Goods.PRODUCTS, Places.SAID, groups=(_AT, _CAN, _NOT)),
            _frame(Intent.ALERT_LIST, places=Places.SAID, takes="kind", groups=(_AT, _CAN)),
            _frame(Intent.APPROVAL_LIST, groups=(_CAN,)),
            _frame(Intent.LANGUAGE_SET, takes="language", needs="language", groups=(_CAN,)),
            _frame(Intent.UNDO, groups=(_CAN,)),
            _frame(Intent.HELP, groups=(_CAN,)),
            _frame(Intent.REVIEW_LIST, groups=(_CAN,)),
            _frame(Intent.SMALLTALK),
        ]
    )
)
"""Every intent that a message can have by itself, the likelier first where two explain it alike."""
