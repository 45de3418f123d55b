"""Sales: goods that customers took, as the till tells them. A fact, so it may take a book below zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from core.goods.holdings import check_counts, check_holds_goods
from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.documents import open_document
from core.ground.errors import NotAllowed
from core.ground.permissions import Verb, allowed
from core.ground.work import Work
from core.people.directory import site
from core.stock.carry import Move, Spot
from core.stock.ledger import edge, post
from data.kinds import Cause, DocumentKind, PlaceKind, Shelf, State


@dataclass(frozen=True, slots=True)
class Sold:
    """One line of a sale: a SKU and a count in smallest units."""

    sku_id: int
    count: int


@dataclass(frozen=True)
class RecordSale(Command):
    """Customers took these goods. `occurred_at` is when, where it was not just now."""

    place_id: int
    lines: tuple[Sold, ...]
    occurred_at: datetime | None = None


def permit_sale(work: Work, command: RecordSale) -> None:
    """Raises NotAllowed unless who acts may record sales there."""
    if not allowed(work.who, Verb.POST, DocumentKind.SALE, site(work, command.place_id)):
        raise NotAllowed(verb=Verb.POST.value, place_id=command.place_id)


def record_sale(work: Work, command: RecordSale) -> Answer:
    """Post the lines from the available shelf to the customer.

    Raises NotEnoughStock where the place may not go below zero; NothingAsked or TooMuch for a count that is none.
    """
    check_holds_goods(work, command.place_id)
    check_counts(command.lines)
    shelf, customer = Spot(command.place_id, Shelf.AVAILABLE), edge(work, PlaceKind.CUSTOMER)
    when = command.occurred_at or work.now
    places = (command.place_id, customer.place_id)
    document = open_document(work, DocumentKind.SALE, State.POSTED, *places, occurred_at=when)
    moves = [
        Move(line.sku_id, line.count, shelf, customer, Cause.SALE, line=number)
        for number, line in enumerate(command.lines, start=1)
    ]
    post(work, document, moves, when)
    return Answer(document.id, document.version, document.state.value)


RULES: Mapping[type[Command], AnyRule] = MappingProxyType({RecordSale: Rule(permit_sale, record_sale)})
