"""Learning: an administrator teaches what words stand for, which then holds in every message, and may revoke it.

What was taught stands in rows of its own, so nothing here can take away a name that came with the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, func, literal, select
from sqlmodel import col

from core.goods.holdings import check_holds_goods, pack_factors
from core.goods.surfaces import folded, is_part_of, squeezed, why_not
from core.ground.commands import Answer, AnyRule, Command, Rule
from core.ground.errors import AlreadyNames, MayNotTeach, NotAName, NotLearned
from core.ground.events import Happened
from core.ground.permissions import may_teach
from core.ground.work import Work, picked
from data.kinds import LearnedKind
from data.tables.goods import Barcode, Learned, Pack, Place, PlaceAlias, Sku, SkuAlias, UnitName
from data.tables.people import Person

LEARNED, REVOKED = "names.learned", "names.revoked"
EVENTS = frozenset({LEARNED, REVOKED})
"""What is told when words stand for something else from now on: whoever keeps names reads them anew."""
_INTENT = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
_SKU_NAMES = ("code", "name_zh", "name_en", "brand")


@dataclass(frozen=True)
class LearnAlias(Command):
    """From now on these words name this SKU or this place. Raises ValueError for both or neither."""

    surface: str
    sku_id: int | None = None
    place_id: int | None = None

    def __post_init__(self) -> None:
        if (self.sku_id is None) == (self.place_id is None):
            raise ValueError("an alias names a SKU or a place")


@dataclass(frozen=True)
class RevokeAlias(Command):
    """These words name nothing any longer."""

    learned_id: int


@dataclass(frozen=True)
class LearnPhrase(Command):
    """From now on these words say this intent. Raises ValueError for what is no word for an intent."""

    surface: str
    intent: str

    def __post_init__(self) -> None:
        if not _INTENT.fullmatch(self.intent):
            raise ValueError(f"no intent is called {self.intent!r}")


@dataclass(frozen=True)
class RevokePhrase(Command):
    """These words say nothing any longer."""

    learned_id: int


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """What was taught, as it stands."""

    id: int
    kind: LearnedKind
    surface: str
    sku_id: int | None
    place_id: int | None
    intent: str | None
    made_by_id: int
    revoked_by_id: int | None

    @property
    def holds(self) -> bool:
        """Whether it was not revoked."""
        return self.revoked_by_id is None


_ROW, _HOLDS = picked(Learned, LearnedRow), col(Learned.revoked_at).is_(None)


def learned(work: Work, learned_id: int) -> LearnedRow:
    """What was taught under this id. Raises LookupError when there is none."""
    row = work.record(LearnedRow, _ROW.where(col(Learned.id) == learned_id))
    if row is None:
        raise LookupError(f"nothing was learned as {learned_id}")
    return row


def learned_by(work: Work, surface: str) -> LearnedRow | None:
    """What these words were taught to stand for, if that still holds."""
    return work.record(LearnedRow, _ROW.where(col(Learned.surface) == folded(surface), _HOLDS))


def permit(work: Work, command: Command) -> None:
    """Raises MayNotTeach for everybody but headquarters and administrators."""
    if not may_teach(work.who):
        raise MayNotTeach


def learn_alias(work: Work, command: LearnAlias) -> Answer:
    """Keep the name. Raises NotAName for words that cannot be one, AlreadyNames for what names something else.

    Raises NotAPlaceForGoods for an edge of the world, LookupError for a SKU or a place that is not there.
    """
    surface = _checked(work, command.surface)
    for name, kind, owner_id in _names_with(work, surface):
        mine = owner_id == (command.sku_id if kind is LearnedKind.ALIAS_PRODUCT else command.place_id)
        if not mine or squeezed(folded(name)) == squeezed(surface):
            raise AlreadyNames(surface=surface, name=name)
    if command.sku_id is not None:
        pack_factors(work, [command.sku_id])
        return _learn(work, surface, LearnedKind.ALIAS_PRODUCT, sku_id=command.sku_id)
    check_holds_goods(work, command.place_id or 0)
    return _learn(work, surface, LearnedKind.ALIAS_PLACE, place_id=command.place_id)


def learn_phrase(work: Work, command: LearnPhrase) -> Answer:
    """Keep the phrase. Raises NotAName for words that cannot be one, AlreadyNames for a name or a part of one."""
    surface = _checked(work, command.surface, phrase=True)
    for name, _, _ in _names_with(work, surface):
        raise AlreadyNames(surface=surface, name=name)
    return _learn(work, surface, LearnedKind.PHRASE, intent=command.intent)


def revoke_alias(work: Work, command: RevokeAlias) -> Answer:
    """End a name that was taught. Raises NotLearned when there is none, or it was ended before."""
    return _revoke(work, command.learned_id, col(Learned.kind) != LearnedKind.PHRASE)


def revoke_phrase(work: Work, command: RevokePhrase) -> Answer:
    """End a phrase that was taught. Raises NotLearned when there is none, or it was ended before."""
    return _revoke(work, command.learned_id, col(Learned.kind) == LearnedKind.PHRASE)


def _checked(work: Work, surface: str, *, phrase: bool = False) -> str:
    """The words as they are kept. Raises NotAName, and AlreadyNames for what was taught to stand for something."""
    work.hold("what is taught")  # the same words from two people at once: the second finds them taken
    surface = folded(surface)
    columns = (UnitName.unit, UnitName.name, Pack.unit, Sku.base_unit)
    units = {folded(row[0]) for column in columns for row in work.all(select(col(column)).distinct())}
    if why := why_not(surface, units, phrase=phrase):
        raise NotAName(surface=surface, why=why)
    if work.first(select(col(Person.id)).where(_squeezed(col(Person.name)) == squeezed(surface))):
        raise NotAName(surface=surface, why="person")
    for (name,) in work.all(select(col(Place.name_zh))):
        if squeezed(folded(name)) in squeezed(surface) and squeezed(folded(name)) != squeezed(surface):
            raise NotAName(surface=surface, why="place")
    if before := learned_by(work, surface):
        raise AlreadyNames(surface=surface, name=before.surface)
    return surface


def _names_with(work: Work, surface: str) -> Iterator[tuple[str, LearnedKind, int]]:
    """Every name that these words are, or are a part of, and whose it is."""
    product, place = LearnedKind.ALIAS_PRODUCT, LearnedKind.ALIAS_PLACE
    sized = [col(Sku.name_zh) + col(Sku.size), col(Sku.name_en) + " " + col(Sku.size)]
    columns: list[tuple[LearnedKind, SQLColumnExpression[Any], SQLColumnExpression[str]]] = [
        *((product, col(Sku.id), col(getattr(Sku, name))) for name in _SKU_NAMES),
        *((product, col(Sku.id), name) for name in sized),
        (product, col(SkuAlias.sku_id), col(SkuAlias.name)),
        (product, col(Barcode.sku_id), col(Barcode.code)),
        *((place, col(Place.id), col(getattr(Place, name))) for name in ("code", "name_zh", "name_en")),
        (place, col(PlaceAlias.place_id), col(PlaceAlias.name)),
    ]
    for kind, owner, name in columns:
        # The database narrows it down; blanks, dashes and borders of words are looked at here.
        found = select(owner, name).where(_squeezed(name).contains(squeezed(surface), autoescape=True)).order_by(owner)
        for owner_id, said in work.all(found):
            if is_part_of(surface, said):
                yield said, kind, int(owner_id or 0)
    rows = work.records(LearnedRow, _ROW.where(_HOLDS).order_by(col(Learned.id)))
    for row in rows:
        if is_part_of(surface, row.surface):
            yield row.surface, row.kind, row.sku_id or row.place_id or 0


def _squeezed(name: SQLColumnExpression[str]) -> ColumnElement[str]:
    blank, dash, nothing = literal(" "), literal("-"), literal("")
    return func.replace(func.replace(func.lower(name), blank, nothing), dash, nothing, type_=Text)


def _learn(work: Work, surface: str, kind: LearnedKind, **stands_for: object) -> Answer:
    row = {"kind": kind, "surface": surface, "made_by_id": work.who.id, "made_at": work.now, **stands_for}
    learned_id = work.add(Learned, **row)
    work.changes.note("learned", learned_id, None, row)
    told = {"learned_id": learned_id, "kind": kind.value, "surface": surface, **stands_for}
    return Answer(None, 1, "learned", events=(Happened(LEARNED, None, told),))


def _revoke(work: Work, learned_id: int, of_the_kind: ColumnElement[bool]) -> Answer:
    where = (col(Learned.id) == learned_id, _HOLDS, of_the_kind)
    if not work.change(Learned, *where, revoked_by_id=work.who.id, revoked_at=work.now):
        raise NotLearned
    row = learned(work, learned_id)
    work.changes.note("learned", learned_id, {"revoked_at": None}, {"revoked_at": work.now})
    told = {"learned_id": learned_id, "kind": row.kind.value, "surface": row.surface}
    before = {"state": "learned", "version": 1, "surface": row.surface}
    return Answer(None, 2, "revoked", before, (Happened(REVOKED, None, told),))


RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        LearnAlias: Rule(permit, learn_alias),
        RevokeAlias: Rule(permit, revoke_alias),
        LearnPhrase: Rule(permit, learn_phrase),
        RevokePhrase: Rule(permit, revoke_phrase),
    }
)
