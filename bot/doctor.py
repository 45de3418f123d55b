"""Looks at everything that the product needs and says what is configured, reachable and stuck. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.alone import file_of, holder
from bot.findings import Finding, attention, good, note, wrong
from bot.health import free_of
from bot.outbox import ago
from bot.queues import LATE, Queue, given_up, gone, held, last_ring, undelivered, unhandled, unhandled_for_good, untold
from bot.settings import Settings, check
from bot.telegram.checkup import checkup
from bot.telegram.wire import API, POLLER
from core.ground.work import Clock, Work
from data.disk import Unavailable
from data.engine import Database
from data.migrations.apply import newest, version

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{10,}")
PATIENCE_SECONDS = 5
RINGS_WITHIN = timedelta(minutes=2)
MOST_NAMES = 5
START = "Start it with `stocktalk run`."
LOOK_AT_LOG = "Look at the server's log; `stocktalk outbox list` says what waits for whom."


async def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """Everything there is to say, most of it in a few seconds."""
    found = [*_settings(settings)]
    database, opened = await _opened(settings)
    found += opened
    running = False
    if database:
        try:
            running, known = await _books(settings, database, clock())
            found += known
        except (Unavailable, DBAPIError) as error:
            found.append(_damaged(_first_line(error)))
        finally:
            await database.close()
    found += await _server(settings, running=running)
    if settings.telegram_token:
        found += await checkup(settings, settings.telegram_token, clock(), running=running)
    return found


def _settings(settings: Settings) -> Iterable[Finding]:
    if sentence := check(settings):
        yield wrong(sentence, "")
    else:
        names = f", opened to others as {settings.open_to}" if settings.open_to else ", for this machine alone"
        yield good(f"The console is set to listen on {settings.host}:{settings.port}{names}.")
    token, public = settings.telegram_token, settings.telegram_public
    if token is None:
        yield note("Telegram is not set up.", "Put a bot's token into STOCKTALK_TELEGRAM_TOKEN to use it.")
    elif not TOKEN.fullmatch(token.get_secret_value()):
        yield wrong("STOCKTALK_TELEGRAM_TOKEN does not look like a token.", "It has digits, a colon, and then letters.")
    elif public and not public.startswith("https://" if settings.telegram_api == API else ("https://", "http://")):
        yield wrong("STOCKTALK_TELEGRAM_PUBLIC does not begin with https://.", "Telegram calls no other address.")
    else:
        where = f"calls {public}, which leads to {settings.telegram_host}:{settings.telegram_port}"
        yield good(f"Telegram is set up: it {where}." if public else "Telegram is set up: we ask it for what is new.")


async def _opened(settings: Settings) -> tuple[Database | None, list[Finding]]:
    """The database, where it can be reached and is of this version."""
    look = "Look at STOCKTALK_DATABASE."
    try:
        url = make_url(settings.database)
        path = file_of(settings.database)
        if path and not path.exists():
            return None, [
                note(f"There is no database at {path} yet.", "`stocktalk run` makes it, with the demo chain.")
            ]
        database = Database(_impatient(url))
    except (ArgumentError, ValueError) as error:
        said = "its address cannot be read" if isinstance(error, ArgumentError) else str(error)
        return None, [wrong(f"The database cannot be opened: {said}.", look)]
    try:
        found = await database.read(version)
    except (Unavailable, DBAPIError) as error:
        await database.close()
        return None, [wrong(f"The database cannot be opened: {_first_line(error)}.", look)]
    where = f"SQLite, in {path}" if path else f"PostgreSQL, at {url.host or 'this machine'}, in {url.database}"
    if found == newest():
        return database, [good(f"The books are in {where}, with schema {found}.")]
    await database.close()
    said = f"The books are in {where}, with schema {found or 'none'}, and this program knows {newest()}."
    return None, [
        wrong(said, "An older one is brought up to date by `stocktalk run`; a newer one needs its own program.")
    ]


def _first_line(error: Exception) -> str:
    """What the driver said."""
    cause = error.__cause__ or error
    return str(getattr(cause, "orig", None) or cause).strip().partition("\n")[0]


def _impatient(url: URL) -> str:
    """The address with a short wait for a server that does not answer."""
    if url.get_backend_name() == "postgresql" and "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(PATIENCE_SECONDS)})
    return url.render_as_string(hide_password=False)


async def _books(settings: Settings, database: Database, now: datetime) -> tuple[bool, list[Finding]]:
    """Whether a server runs on these books, and what they say."""

    def look(connection: Connection) -> tuple[bool, list[Finding]]:
        work = Work(connection, now)
        rang = last_ring(work)
        recent = rang is not None and now - rang < RINGS_WITHIN
        running = bool(holder(settings.database)) if path else recent
        found = [*_ring(rang, now, running=running), *_poller(settings, work, running=running)]
        return running, [*found, *_queues(work, running=running), *_left(work)]

    path = file_of(settings.database)
    sound = await database.read(_sound) if path else []
    running, found = await database.read(look)
    return running, [*sound, *(_room(path, settings) if path else []), *found]


def _sound(connection: Connection) -> list[Finding]:
    said = [row[0] for row in connection.exec_driver_sql("pragma quick_check(3)")]
    return [good("The file is whole.")] if said == ["ok"] else [_damaged(said[0])]


def _damaged(said: str) -> Finding:
    to_do = "Stop the server, keep a copy of the file, and put a backup in its place."
    return wrong(f"The books cannot be read as they should: {said.strip()}.", to_do)


def _room(path: Path, settings: Settings) -> list[Finding]:
    free_mb = free_of(path)
    if free_mb >= settings.disk_room_mb:
        return [good(f"There is room on its disk: {free_mb} MB.")]
    return [wrong(f"Only {free_mb} MB are free on its disk.", f"Make room: {settings.disk_room_mb} MB should be free.")]


def _ring(rang: datetime | None, now: datetime, *, running: bool) -> Iterable[Finding]:
    last = f"The clock rang last {ago(now - rang)} ago" if rang else "The clock never rang"
    if running and (rang is None or now - rang >= RINGS_WITHIN):
        yield attention(f"{last}, though a server runs.", "If it runs for some minutes already, look at its log.")
    else:
        yield good(f"{last}.") if running else note(f"{last}.")


def _poller(settings: Settings, work: Work, *, running: bool) -> Iterable[Finding]:
    if settings.telegram_token is None or settings.telegram_public:
        return
    if fetcher := held(work, POLLER):
        yield good(f"What people write on Telegram is fetched by {fetcher[0]}.")
        return
    nobody = "Nobody fetches what people write on Telegram."
    yield attention(nobody, "Is Telegram reached? Look at the server's log.") if running else note(nobody)


def _queues(work: Work, *, running: bool) -> Iterable[Finding]:
    queues: dict[str, Queue] = {
        "to be answered": unhandled(work),
        "to be told": untold(work),
        "to be delivered": undelivered(work),
    }
    for what, queue in queues.items():
        waits = f"{queue.count} wait {what}, the oldest for {ago(queue.waits(work.now))}."
        if not queue.count:
            yield good(f"Nothing waits {what}.")
        elif queue.waits(work.now) < LATE:
            yield good(waits)
        else:
            yield wrong(waits, LOOK_AT_LOG if running else START)


def _left(work: Work) -> Iterable[Finding]:
    """What was given up, and who is not reached."""
    if count := given_up(work):
        yield attention(f"{count} messages were given up.", "`stocktalk outbox list --dead` says which and why.")
    if count := unhandled_for_good(work):
        yield attention(f"{count} messages of people could not be handled.", "They were told so; the log says why.")
    if names := gone(work):
        some = ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if names[MOST_NAMES:] else "")
        yield attention(
            f"{len(names)} chats take nothing any more: {some}.", "They blocked the bot, or put it out of the group."
        )


async def _server(settings: Settings, *, running: bool) -> list[Finding]:
    """What the server says of itself, where it listens as it is set."""
    held_by = holder(settings.database) if file_of(settings.database) else None
    where = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    url = f"http://{f'[{where}]' if ':' in where else where}:{settings.port}/readyz"
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            said = await answer.json()
            checks = {name: text for name, text in said["checks"].items() if text != "ok"}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, AttributeError):
        if running:
            process = f" (process {held_by.process})" if held_by and held_by.process else ""
            to_do = f"It may listen elsewhere; `/readyz` is not answered at {settings.host}:{settings.port}."
            return [note(f"A server runs{process}.", to_do)]
        return [note("No server runs.", START)]
    if not checks:
        return [good("The server runs, and says that it is ready.")]
    told = "; ".join(f"{name} {text}" for name, text in checks.items())
    return [wrong(f"The server runs, and says that it is not ready: {told}.", "Look at its log.")]
