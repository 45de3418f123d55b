"""Goods received from a supplier, at the price that was paid for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.errors import NotAllowed, NotASupplier
from core.ground.permissions import Verb, allowed
from core.ground.work import Work
from core.people.directory import site
from core.stock.arrivals import Valued, post_arrivals
from core.stock.carry import Spot
from data.kinds import Cause, DocumentKind, PlaceKind


@dataclass(frozen=True)
class ReceiveGoods(Command):
    """Goods have come from a supplier: what, how many, and what they cost."""

    place_id: int
    supplier_id: int
    lines: tuple[Valued, ...]
    occurred_at: datetime | None = None


def permit_receive(work: Work, command: ReceiveGoods) -> None:
    """Raises NotAllowed unless who acts may receive goods there."""
    if not allowed(work.who, Verb.POST, DocumentKind.GOODS_RECEIPT, site(work, command.place_id)):
        raise NotAllowed(verb=Verb.POST.value, place_id=command.place_id)


def receive_goods(work: Work, command: ReceiveGoods) -> Answer:
    """Post the lines from the supplier onto the place's available shelf."""
    if site(work, command.supplier_id).kind is not PlaceKind.SUPPLIER:
        raise NotASupplier(place_id=command.supplier_id)
    source = Spot(command.supplier_id)
    kind, cause = DocumentKind.GOODS_RECEIPT, Cause.PURCHASE_RECEIPT
    return post_arrivals(work, kind, cause, source, command.place_id, command.lines, command.occurred_at)


RULES: Mapping[type[Command], AnyRule] = MappingProxyType({ReceiveGoods: Rule(permit_receive, receive_goods)})
