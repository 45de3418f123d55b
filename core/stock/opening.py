"""Opening stock: what a place already held when the chain began to use the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.errors import NotAllowed
from core.ground.permissions import Verb, allowed
from core.ground.work import Work
from core.people.directory import site
from core.stock.arrivals import Valued, post_arrivals
from core.stock.ledger import edge
from data.kinds import Cause, DocumentKind, PlaceKind


@dataclass(frozen=True)
class OpenStock(Command):
    """Enter what a place holds at the beginning."""

    place_id: int
    lines: tuple[Valued, ...]
    occurred_at: datetime | None = None


def permit_open(work: Work, command: OpenStock) -> None:
    """Raises NotAllowed unless who acts may enter opening stock there."""
    if not allowed(work.who, Verb.POST, DocumentKind.OPENING, site(work, command.place_id)):
        raise NotAllowed(verb=Verb.POST.value, place_id=command.place_id)


def open_stock(work: Work, command: OpenStock) -> Answer:
    """Post the lines from the opening edge onto the place's available shelf."""
    source = edge(work, PlaceKind.OPENING)
    kind, cause = DocumentKind.OPENING, Cause.OPENING
    return post_arrivals(work, kind, cause, source, command.place_id, command.lines, command.occurred_at)


RULES: Mapping[type[Command], AnyRule] = MappingProxyType({OpenStock: Rule(permit_open, open_stock)})
