"""Told to stop under load, the process ends within seconds and nothing is lost, doubled or marked as a copy."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.bot.console.served import ROOT, books, free_port
from tests.bot.telegram.strictgram import StrictServer

TOKEN = "123456:STRICT-TEST-TOKEN"
ASKS = "西湖店可口可乐500ml还有多少"
PEOPLE, EACH = 12, 4
PATIENCE_SECONDS = 30
ENDS_WITHIN_SECONDS = 15


@pytest.fixture
def path(opened: Path, tmp_path: Path) -> Path:
    """The demo chain, in which a dozen people have written to the bot before."""
    shutil.copy(opened, tmp_path / "chain.db")
    connection = sqlite3.connect(tmp_path / "chain.db")
    with connection:
        for number in range(PEOPLE):
            row = ("telegram", str(1001 + number), "private", str(number), str(number), "zh")
            chat_id = connection.execute(
                "insert into chat (channel, address, kind, title_zh, title_en, language) values (?, ?, ?, ?, ?, ?)", row
            ).lastrowid
            connection.execute(
                "insert into account (channel, address, person_id, chat_id) values (?, ?, ?, ?)",
                ("telegram", str(1001 + number), number + 1, chat_id),
            )
    connection.close()
    return tmp_path / "chain.db"


@asynccontextmanager
async def running(path: Path, server: StrictServer, by: str, port: int) -> AsyncIterator[Process]:
    """`stocktalk run` with a bot, killed at the end where it still runs."""
    known = {
        "DATABASE": f"sqlite:///{path}",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API": server.url,
        "LOG_FORMAT": "json",
        **({"TELEGRAM_PUBLIC": f"http://127.0.0.1:{port}", "TELEGRAM_PORT": str(port)} if by == "webhook" else {}),
    }
    environment = os.environ | {f"STOCKTALK_{name}": value for name, value in known.items()}
    line = (sys.executable, "-m", "bot.cli.app", "run", "--port", str(free_port()))
    one = await asyncio.create_subprocess_exec(*line, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        assert one.stdout
        async with asyncio.timeout(PATIENCE_SECONDS):
            while b"http://" not in await one.stdout.readline():
                pass
        yield one
    finally:
        if one.returncode is None:
            one.kill()
            await one.wait()


def answers(server: StrictServer) -> int:
    """How many answers people see."""
    texts = [shown["text"] for name in server.users for shown in server.screen(name)]
    assert not any("可能重复" in text for text in texts)
    return sum("可用" in text for text in texts)


async def until(server: StrictServer, count: int) -> None:
    """Let everything run until so many answers are seen."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while answers(server) < count:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)


async def under_way(path: Path) -> None:
    """Let everything run until a message is being sent."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while books(path, "select count(*) from outbox where state = 'sending'") != [(1,)]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("by", ["polling", pytest.param("webhook", marks=pytest.mark.long)])
async def test_sigterm_under_load_loses_nothing(path: Path, by: str) -> None:
    port = free_port()
    async with StrictServer(TOKEN, limits=False) as server:
        names = [f"person{number}" for number in range(PEOPLE)]
        for name in names:
            server.chats[server.user(name, "zh")].open = True
        async with running(path, server, by, port) as first:
            for _ in range(EACH):
                for name in names:
                    server.say(name, ASKS)
            await until(server, 3)
            began = monotonic()
            first.send_signal(signal.SIGTERM)
            said, logged = await asyncio.wait_for(first.communicate(), PATIENCE_SECONDS)
            assert first.returncode == 0, logged.decode()
            assert monotonic() - began < ENDS_WITHIN_SECONDS
        assert not path.with_name("chain.db-wal").exists(), "the file alone is a whole copy"
        seen = answers(server)
        assert seen < PEOPLE * EACH, "it was to be stopped in the middle"
        assert "Traceback" not in logged.decode()
        assert TOKEN not in (said + logged).decode()
        assert books(path, "select count(*) from outbox where state = 'sending'") == [(0,)]
        assert books(path, "select count(*) from lease where name = 'telegram poller'") == [(0,)]
        assert books(path, "select count(*) from outbox where state = 'sent'") == [(seen,)]
        async with running(path, server, by, port):
            await until(server, PEOPLE * EACH)
            await server.settle(quiet=0.2)
        assert answers(server) == PEOPLE * EACH
        # The stand-in does not see that the first process has hung up, and takes its last question for one of two.
        assert [one for one in server.problems() if one["code"] != "conflict"] == []
    assert books(path, "select count(*), min(repeated), max(repeated) from outbox") == [(PEOPLE * EACH, 0, 0)]


async def test_a_second_signal_ends_at_once(path: Path) -> None:
    async with StrictServer(TOKEN, limits=False) as server:
        server.chats[server.user("person0", "zh")].open = True
        server.fault("sendMessage", "timeout", value=20)
        async with running(path, server, "polling", free_port()) as one:
            server.say("person0", ASKS)
            await under_way(path)
            began = monotonic()
            one.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert one.returncode is None, "a send is under way: it is waited for"
            one.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(one.wait(), 5) == 128 + signal.SIGTERM
            assert monotonic() - began < 5


@pytest.mark.long
async def test_a_send_that_hangs_is_left_in_doubt_and_the_process_ends_in_time(path: Path) -> None:
    async with StrictServer(TOKEN, limits=False) as server:
        server.chats[server.user("person0", "zh")].open = True
        server.fault("sendMessage", "timeout", value=40)
        async with running(path, server, "polling", free_port()) as one:
            server.say("person0", ASKS)
            await under_way(path)
            began = monotonic()
            one.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(one.wait(), PATIENCE_SECONDS) == 0
            assert monotonic() - began < 20
    assert books(path, "select state, attempts from outbox") == [("sending", 1)]
