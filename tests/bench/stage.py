"""What a bench of the conversation stands on: a folder, a chain in a fresh database, a bot with its own platform."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

from bot.main import open_database
from bot.settings import Settings
from data.engine import Database
from tests.bench.child import ROOT, Child
from tests.bench.crowd import Clerk, Crowd, Goods, furnish
from tests.bench.load import Bot
from tests.bench.wire import TOKEN, Server
from tests.postgres import served

People = tuple[list[Clerk], list[Goods]]


@contextmanager
def folder() -> Iterator[Path]:
    """A folder on the disk where the product keeps its books: the temporary one may be in memory."""
    within = ROOT / "var"
    within.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=within) as made:
        yield Path(made)


@contextmanager
def fresh(kind: str, within: Path) -> Iterator[tuple[str, Database]]:
    """A fresh database with the demo chain, open, and its address."""
    with served() if kind == "postgresql" else nullcontext() as databases:
        empty = databases.template(lambda connection: None) if databases else ""
        url = databases.url(empty) if databases else f"sqlite:///{within}/chain.db"
        database = open_database(Settings(database=url, demo_days=0), lambda part: None)
        try:
            yield url, database
        finally:
            database.close_now()


@contextmanager
def chain(kind: str, within: Path, clerks: int) -> Iterator[tuple[str, People]]:
    """The address of a fresh database with the demo chain and its clerks, and these."""
    with fresh(kind, within) as (url, database):
        people = database.writing(lambda connection: furnish(connection, clerks)).result()
        database.close_now()
        yield url, people


@asynccontextmanager
async def bot(module: str, within: Path, people: People, settings: dict[str, str]) -> AsyncIterator[Bot]:
    """One of the bots, ready, with a server and a crowd of its own."""
    async with Server() as server:
        port = _free_port()
        line = {"TOKEN": TOKEN, "API": server.api, "PUBLIC": f"http://127.0.0.1:{port}", "PORT": str(port)}
        line = {f"STOCKTALK_TELEGRAM_{name}": value for name, value in line.items()}
        log = within / f"{module}.log"
        child = await Child.started(f"tests.bench.{module}", {"STOCKTALK_PORT": "0", **line, **settings}, log)
        await server.hooked()
        clerks, goods = people
        loaded = Bot(child, server, Crowd([Clerk(one.id, one.place_zh, one.place_en) for one in clerks], goods))
        try:
            yield loaded
        finally:
            await loaded.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
