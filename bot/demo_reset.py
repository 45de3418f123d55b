"""Begins the demo chain anew: the old books are put aside or dropped, and what they held is counted before that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col

from bot.alone import file_of
from bot.demo import begin
from core.ground.work import Clock, Work
from data.demo.chain import load
from data.engine import Database
from data.kinds import Cause, DocumentKind, InviteState, PlaceKind, Role
from data.migrations.apply import migrate
from data.sqlite import fold_log
from data.tables.all import metadata
from data.tables.base import table_of
from data.tables.conversation import Inbox, Outbox
from data.tables.goods import Place, Sku
from data.tables.people import Invite, Person
from data.tables.stock import Document, Posting

LONGEST_WAIT = "5s"
SOMETHING_DEPENDS = "2BP01"


class InUse(Exception):
    """Somebody else has the books open, so that they cannot be put aside; says who."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a database holds, counted. `days` are those on which something was sold; `joined` came in by an invite."""

    places: int
    products: int
    people: int
    joined: int
    documents: dict[DocumentKind, int]
    postings: int
    days: int
    messages: int


def holdings(connection: Connection) -> Holdings:
    """Count what there is."""

    def count(model: type[SQLModel], *where: ColumnElement[bool]) -> int:
        return int(connection.execute(select(func.count()).select_from(table_of(model)).where(*where)).scalar_one())

    kinds = connection.execute(select(col(Document.kind), func.count()).group_by(col(Document.kind)))
    sold = select(func.count(func.distinct(col(Posting.business_date)))).where(col(Posting.cause) == Cause.SALE)
    return Holdings(
        places=count(Place, col(Place.kind).in_((PlaceKind.STORE, PlaceKind.WAREHOUSE))),
        products=count(Sku),
        people=count(Person, col(Person.role) != Role.SYSTEM),
        joined=count(Invite, col(Invite.state) == InviteState.USED),
        documents={row[0]: row[1] for row in kinds},
        postings=count(Posting),
        days=int(connection.execute(sold).scalar_one()),
        messages=count(Inbox) + count(Outbox),
    )


def put_aside(path: Path, now: datetime) -> Path:
    """Rename the file of a database that this process holds alone; its new name, with date and time.

    Raises InUse where somebody has it open: they would go on in the log of the new one.
    """
    fold_log(path)
    if path.with_name(f"{path.name}-wal").exists():
        raise InUse("another process reads it")
    stamp = f"{path.stem}-{now.astimezone():%Y%m%d-%H%M%S}"
    kept, number = path.with_name(stamp + path.suffix), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{stamp}-{number}{path.suffix}")
    path.rename(kept)
    return kept


def drop_and_begin(database: Database, clock: Clock, days: int) -> None:
    """Drop the tables of a database on a server and make them and the chain anew, all or nothing.

    Raises InUse where somebody else is connected to it, or something else in it builds on these tables.
    """
    if file_of(database.url.render_as_string()):
        raise ValueError("a file is put aside, not dropped")

    def anew(connection: Connection) -> None:
        work = Work(connection, clock())
        refuse_company(connection)
        work.hold("migrations")  # whoever begins now waits for it
        connection.execute(text(f"set local lock_timeout = '{LONGEST_WAIT}'"))
        names = ", ".join(f'"{name}"' for name in [*metadata.tables, "alembic_version"])
        connection.execute(text(f"drop table if exists {names}"))
        for name in metadata.tables:
            connection.execute(text(f'drop function if exists "{name}_is_insert_only"()'))
        migrate(connection)
        begin(work, load(), lambda part: None, days)

    try:
        database.writing(anew).result()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == SOMETHING_DEPENDS:
            raise InUse("something that is not ours depends on their tables") from error
        raise


def refuse_company(connection: Connection) -> None:
    """Raises InUse where others are connected to this database on a server."""
    others = connection.execute(
        text(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
            " and coalesce(backend_type, 'client backend') = 'client backend'"  # another role's is hidden from us
        )
    ).scalar_one()
    if others:
        raise InUse(f"{others} other connection{'s are' if others > 1 else ' is'} open on it")
