"""Wakes other processes on the same PostgreSQL: a topic told by one is heard by all, if they listen at that moment.

A notice may be lost (a broken connection, a restart), so whoever listens also looks by itself from time to time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import psycopg
from psycopg import sql
from sqlalchemy import URL

CHANNEL = "stocktalk"


async def listen(url: URL) -> AsyncIterator[str]:
    """The topics that processes tell, this one's own among them, until the connection breaks.

    Raises psycopg.Error when it does. It needs a connection of its own to the server itself, not to a pool before it.
    """
    connection = await psycopg.AsyncConnection.connect(_address(url), autocommit=True)
    async with connection:
        await connection.execute(sql.SQL("listen {}").format(sql.Identifier(CHANNEL)))
        async for notice in connection.notifies():
            yield notice.payload


class Teller:
    """Tells topics over a connection of its own, which it opens when there is something to tell."""

    def __init__(self, url: URL) -> None:
        """Opens nothing yet."""
        self._address = _address(url)
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    async def tell(self, topics: Iterable[str]) -> None:
        """Tell every process. Raises psycopg.Error where the server is not reached; the next call connects anew."""
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        for topic in topics:
            await self._connection.execute("select pg_notify(%s, %s)", (CHANNEL, topic))

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            await self._connection.close()


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
