"""`stocktalk doctor`: every finding with its mark and what to do, whether or not anything can be reached."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.alone import alone
from bot.doctor import examine
from bot.findings import Finding, Mark
from bot.settings import Settings
from bot.telegram.checkup import checkup
from bot.telegram.webhook import path_of
from bot.telegram.wire import POLLER
from bot.timetable import claim_slot
from core.ground.work import Work
from data.engine import Database
from data.kinds import InboxState, OutboxState
from data.tables.conversation import Chat, Inbox, Outbox
from data.tables.ground import Lease
from handlers.understand.names.lexicon import Lexicon
from tests.bot.console.served import free_port, process
from tests.bot.edge import Edge
from tests.bot.telegram.strictgram import StrictServer
from tests.conftest import BOTH
from tests.scenarios.chain import MORNING

TOKEN = "123456:STRICT-TEST-TOKEN"
NOBODY_LISTENS = "postgresql://nobody:hunter2hunter2@127.0.0.1:1/stocktalk"


@pytest.fixture(params=BOTH)
def edge(request: pytest.FixtureRequest, lexicon: Lexicon) -> Edge:
    """The demo chain, on SQLite and then on PostgreSQL."""
    name = "demo" if request.param == "sqlite" else "demo_postgresql"
    database: Database = request.getfixturevalue(name)
    return Edge(database, lexicon)


def settings(database: Database | str, **changed: Any) -> Settings:
    """Settings under which nothing listens but what a test starts."""
    url = database if isinstance(database, str) else database.url.render_as_string(hide_password=False)
    return Settings(database=url.replace("+psycopg", ""), **{"port": free_port(), **changed})


async def found(edge: Edge, **changed: Any) -> list[Finding]:
    """What the doctor finds on this chain."""
    return await examine(settings(edge.database, **changed), edge.clock)


def said(findings: Sequence[Finding], *marks: Mark) -> list[str]:
    """The sentences of these marks."""
    return [one.said for one in findings if one.mark in marks]


async def test_a_chain_at_rest_is_well_and_starting_is_what_to_do(edge: Edge) -> None:
    findings = await found(edge)
    assert said(findings, Mark.WRONG, Mark.ATTENTION) == []
    assert {"Nothing waits to be answered.", "Nothing waits to be told.", "Nothing waits to be delivered."} < set(
        said(findings, Mark.GOOD)
    )
    assert said(findings, Mark.NOTE) == ["Telegram is not set up.", "The clock never rang.", "No server runs."]
    assert findings[-1].to_do == "Start it with `stocktalk run`."


async def test_what_is_stuck_is_wrong(edge: Edge) -> None:
    await edge.keeps("u01", "帮助")
    await edge.says("u01", "一")
    await edge.says("u01", "二")
    edge.later(minutes=4)
    assert said(await found(edge), Mark.WRONG) == []
    edge.later(minutes=2)
    assert said(await found(edge), Mark.WRONG) == [
        "1 wait to be answered, the oldest for 6 min.",
        "2 wait to be delivered, the oldest for 6 min.",
    ]


async def test_what_was_given_up_and_who_is_gone_is_worth_a_look(edge: Edge) -> None:
    await edge.keeps("u01", "帮助")
    await edge.says("u01", "一")

    def leave(work: Work) -> None:
        work.change(Outbox, state=OutboxState.DEAD)
        work.change(Inbox, state=InboxState.DEAD)
        work.change(Chat, Chat.title_en == "李姐", gone_at=work.now)  # type: ignore[arg-type]

    await edge.write(leave)
    assert said(await found(edge), Mark.WRONG) == []
    assert said(await found(edge), Mark.ATTENTION) == [
        "1 messages were given up.",
        "1 messages of people could not be handled.",
        "1 chats take nothing any more: 李姐.",
    ]


async def test_a_running_server_has_a_clock_that_rings(edge: Edge) -> None:
    await edge.write(lambda work: claim_slot(work, "ring", 1))
    edge.later(seconds=30)
    with alone(settings(edge.database).database):
        assert "The clock rang last 30 s ago." in said(await found(edge), Mark.GOOD)
        assert said(await found(edge), Mark.NOTE)[-1].startswith("A server runs")
        edge.later(hours=1)
        expected = ["The clock rang last 1 h ago, though a server runs."] if not edge.database.is_shared else []
        assert said(await found(edge), Mark.ATTENTION) == expected


async def test_books_of_another_version_are_said_and_left_alone(edge: Edge) -> None:
    await edge.write(lambda work: work.connection.exec_driver_sql("update alembic_version set version_num = '0001'"))
    (sentence,) = said(await found(edge), Mark.WRONG)
    assert "with schema 0001, and this program knows " in sentence
    assert edge.rows("select version_num from alembic_version") == [("0001",)]


async def test_a_damaged_file_is_said(demo: Database, tmp_path: Path) -> None:
    demo.close_now()
    path = tmp_path / "chain.db"
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 8192 * 4096, len(content), 4096):  # the schema stands before that
        content[place : place + 60] = b"?" * 60
    path.write_bytes(content)
    findings = await examine(settings(f"sqlite:///{path}"), lambda: MORNING)
    assert any(sentence.startswith("The books cannot be read") for sentence in said(findings, Mark.WRONG))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (NOBODY_LISTENS, "The database cannot be opened: "),
        ("mysql://somewhere/x", "The database cannot be opened: stocktalk keeps its books in SQLite or PostgreSQL"),
        ("no address", "The database cannot be opened: its address cannot be read."),
    ],
)
async def test_books_that_cannot_be_opened_are_said(url: str, sentence: str) -> None:
    findings = await examine(settings(url), lambda: MORNING)
    assert [one.startswith(sentence) for one in said(findings, Mark.WRONG)] == [True]
    assert "hunter2" not in str(findings)


def test_where_there_is_no_file_none_is_made(tmp_path: Path) -> None:
    findings = asyncio.run(examine(settings(f"sqlite:///{tmp_path / 'none.db'}"), lambda: MORNING))
    assert said(findings, Mark.WRONG) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"host": "0.0.0.0"}, "The console lets anybody act as anybody"),
        ({"telegram_token": SecretStr("hunter2")}, "STOCKTALK_TELEGRAM_TOKEN does not look like a token."),
        ({"telegram_public": "shop.example"}, "STOCKTALK_TELEGRAM_PUBLIC does not begin with https://."),
        ({"telegram_public": "http://shop.example"}, "STOCKTALK_TELEGRAM_PUBLIC does not begin with https://."),
    ],
)
async def test_settings_that_cannot_work_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setattr("bot.doctor.checkup", nobody_asked)
    known = {"telegram_token": SecretStr(TOKEN), **changed}
    findings = await examine(settings(f"sqlite:///{tmp_path / 'none.db'}", **known), lambda: MORNING)
    assert said(findings, Mark.WRONG)[0].startswith(sentence)
    assert "hunter2" not in str(findings)


async def nobody_asked(*known: Any, **also: Any) -> list[Finding]:
    """Telegram is not asked: this is not about it."""
    return []


async def asked(server: StrictServer, *, running: bool = True, token: str = TOKEN, public: str | None = None) -> Any:
    """What Telegram says, as (mark, sentence) pairs."""
    known = Settings(telegram_api=server.url, telegram_public=public)
    findings = await checkup(known, SecretStr(token), datetime.now(UTC), running=running)
    assert token not in str(findings)
    assert path_of(SecretStr(token)) not in str(findings)
    return [(one.mark, one.said) for one in findings]


PRIVACY = "Privacy mode is on: in groups the bot hears commands, mentions and replies to it, and nothing else."


async def test_telegram_that_waits_to_be_asked() -> None:
    async with StrictServer(TOKEN) as server:
        assert await asked(server) == [
            (Mark.GOOD, "Telegram is reached, and the bot is @strict_bot."),
            (Mark.NOTE, PRIVACY),
            (Mark.GOOD, "Telegram waits to be asked, as it is set."),
        ]
        server.say("wang", "/start")
        assert (Mark.NOTE, "1 updates wait at Telegram, which keeps them for a day.") in await asked(server)
        for _ in range(60):
            server.say("wang", "hello")
        assert (Mark.WRONG, "61 updates wait at Telegram.") in await asked(server)


async def test_a_webhook_that_is_not_ours_or_that_fails() -> None:
    async with StrictServer(TOKEN, privacy=False) as server:
        public = "https://shop.example"
        called = (Mark.WRONG, "Telegram calls nobody, though a webhook is set.")
        assert called in await asked(server, public=public)
        server.webhook = {"url": f"{public}{path_of(SecretStr(TOKEN))}", "error": None}
        assert (Mark.GOOD, "Telegram calls shop.example, as it is set.") in await asked(server, public=f"{public}/")
        assert (Mark.WRONG, "Telegram calls another place, at shop.example.") in await asked(
            server, public="https://elsewhere.example"
        )
        assert (Mark.WRONG, "Telegram calls shop.example, though nothing is set but to ask.") in await asked(server)
        assert (Mark.ATTENTION, "Telegram calls shop.example, though nothing is set but to ask.") in await asked(
            server, running=False
        )
        assert "Privacy mode is off" in str(await asked(server))
        server.webhook["error"] = "Wrong response from the webhook: 502 Bad Gateway"
        failed = "Telegram could not deliver 0 s ago: Wrong response from the webhook: 502 Bad Gateway."
        assert (Mark.WRONG, failed) in await asked(server, public=public)


async def test_telegram_that_is_not_reached_or_does_not_know_us() -> None:
    async with StrictServer(TOKEN) as server:
        url = server.url
        assert await asked(server, token="123456:SOMEBODY-ELSES") == [
            (Mark.WRONG, "Telegram does not know the bot's token.")
        ]
    known = Settings(telegram_api=url)
    (finding,) = await checkup(known, SecretStr(TOKEN), datetime.now(UTC), running=True)
    assert finding.said.startswith(f"Telegram is not reached at {url} (")


async def test_who_fetches_is_said(edge: Edge) -> None:
    async with StrictServer(TOKEN) as server:
        known = {"telegram_token": SecretStr(TOKEN), "telegram_api": server.url}
        assert "Nobody fetches what people write on Telegram." in said(await found(edge, **known), Mark.NOTE)
        lease = {"owner": "host:17", "ends_at": MORNING + timedelta(seconds=15)}
        await edge.write(lambda work: work.add(Lease, name=POLLER, **lease))
        assert "What people write on Telegram is fetched by host:17." in said(await found(edge, **known), Mark.GOOD)


def shell(path: Path, **known: str) -> tuple[int, str]:
    """`stocktalk doctor` as a shell has it: how it ended, and everything it said."""
    line = (sys.executable, "-m", "bot.cli.app", "doctor")
    names = {f"STOCKTALK_{name}": value for name, value in known.items()}
    surroundings = os.environ | names | {"STOCKTALK_DATABASE": f"sqlite:///{path}", "COLUMNS": "200"}
    done = subprocess.run(line, env=surroundings, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.long
def test_as_a_shell_has_it(opened: Path, tmp_path: Path) -> None:
    path, port = tmp_path / "chain.db", free_port()
    shutil.copy(opened, path)
    with process(path, port):
        code, output = shell(path, PORT=str(port))
        assert code == 0, output
        assert "✓ The server runs, and says that it is ready.\n" in output
        assert output.endswith("Nothing is wrong.\n")
    api = f"http://127.0.0.1:{port}/{TOKEN}"
    code, output = shell(path, PORT=str(port), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API=api)
    assert code == 1
    assert "✗ Telegram is not reached at" in output
    assert "Not well: 1 of " in output
    assert TOKEN not in output
