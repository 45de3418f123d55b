"""`/healthz` and `/readyz`: right, fast, never hanging, and telling nobody what is not theirs to know."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

import bot.health
from bot.health import Health
from bot.settings import Settings
from bot.telegram.webhook import Webhook
from bot.wiring import Stocktalk
from core.ground.work import Work
from data.engine import Database
from data.tables.conversation import Chat, Outbox
from data.tables.ground import Lease
from handlers.messages import Reply
from handlers.outgoing import send
from handlers.understand.names.lexicon import Lexicon
from tests.bot.edge import Edge
from tests.conftest import BOTH
from tests.full_disk import no_room
from tests.scenarios.chain import MORNING

ALL_FINE = {"database": "ok", "schema": "ok", "disk": "ok", "inbox": "ok", "outbox": "ok"}


@pytest.fixture(params=BOTH)
def edge(request: pytest.FixtureRequest, lexicon: Lexicon) -> Edge:
    """The demo chain, on SQLite and then on PostgreSQL."""
    name = "demo" if request.param == "sqlite" else "demo_postgresql"
    database: Database = request.getfixturevalue(name)
    return Edge(database, lexicon)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is asked anew, but where a test says otherwise."""
    monkeypatch.setattr(bot.health, "KEPT_SECONDS", 0.0)


def health(edge: Edge, **changed: Any) -> Health:
    """The checks on this chain."""
    settings = Settings(database=edge.database.url.render_as_string(hide_password=False), **changed)
    return Health(settings, edge.database, edge.clock)


async def wrong(edge: Edge, **changed: Any) -> dict[str, str]:
    """The checks that do not say "ok"."""
    return {name: said for name, said in (await health(edge, **changed).look()).items() if said != "ok"}


async def test_a_sound_server_is_ready(edge: Edge) -> None:
    assert await health(edge).look() == ALL_FINE
    assert await health(edge).look() == ALL_FINE  # the row of the probe is there by now


async def test_what_waits_too_long_is_said(edge: Edge) -> None:
    await edge.keeps("u01", "帮助")
    await edge.says("u01", "一")
    edge.later(minutes=4, seconds=59)
    assert await wrong(edge) == {}
    edge.later(seconds=1)
    late = "the oldest of 1 has waited for 5 min"
    assert await wrong(edge) == {"inbox": late, "outbox": late}


async def test_what_is_for_later_or_for_a_chat_that_is_gone_is_not_late(edge: Edge) -> None:
    await edge.says("u01", "一")
    await edge.write(lambda work: work.change(Outbox, next_at=work.now + timedelta(hours=1)))
    edge.later(minutes=30)
    assert await wrong(edge) == {}
    await edge.write(lambda work: work.change(Outbox, attempts=1))  # it was tried: so it waits since it was written
    assert await wrong(edge) == {"outbox": "the oldest of 1 has waited for 30 min"}
    await edge.write(lambda work: work.change(Chat, gone_at=work.now))
    assert await wrong(edge) == {}


async def test_a_schema_of_another_version_is_said(edge: Edge) -> None:
    await edge.write(lambda work: work.connection.exec_driver_sql("update alembic_version set version_num = '0001'"))
    assert (await wrong(edge))["schema"].startswith("has schema 0001, and this program knows ")


async def test_little_room_is_said_for_a_file(demo: Database, lexicon: Lexicon) -> None:
    found = await wrong(Edge(demo, lexicon), disk_room_mb=10**9)
    assert found["disk"].endswith(" MB are free, less than 1000000000")


async def test_a_full_disk_is_said(demo: Database, lexicon: Lexicon) -> None:
    edge = Edge(demo, lexicon)
    with capture_logs(), no_room(demo):
        assert await wrong(edge) == {"database": "the disk is full"}
    assert await wrong(edge) == {}


async def test_a_writer_that_hangs_holds_up_nothing_and_is_asked_once(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.health, "LONGEST_CHECK_SECONDS", 0.1)
    checks, gate, writes = health(edge), threading.Event(), 0
    write = edge.database.write

    async def hangs(job: Any) -> Any:
        nonlocal writes
        writes += 1
        await asyncio.to_thread(gate.wait)
        return await write(job)

    monkeypatch.setattr(edge.database, "write", hangs)
    began = monotonic()
    try:
        for _ in range(3):
            assert (await checks.look()) == ALL_FINE | {"database": "does not answer"}
    finally:
        gate.set()
    assert monotonic() - began < 5
    assert writes == 1
    await asyncio.sleep(0.3)
    monkeypatch.setattr(bot.health, "LONGEST_CHECK_SECONDS", 2.0)
    assert await checks.look() == ALL_FINE


async def test_a_check_that_fails_says_no_more_than_its_kind(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(job: Any) -> Any:
        raise ValueError("postgresql://somebody:secret@server")

    monkeypatch.setattr(edge.database, "write", fails)
    with capture_logs() as logged:
        assert await wrong(edge) == {"database": "failed with ValueError"}
    assert [line["event"] for line in logged] == ["a check failed"]


async def test_asking_often_costs_nothing(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.health, "KEPT_SECONDS", 60.0)
    checks = health(edge)
    await asyncio.gather(*(checks.look() for _ in range(5)))
    edge.later(hours=1)
    await checks.look()
    assert edge.rows(f"select ends_at from lease where name = '{bot.health.PROBE}'") == [(micros(edge),)]


def micros(edge: Edge) -> int:
    """The morning as a column holds it."""
    return int(MORNING.timestamp()) * 1_000_000


@pytest.fixture
async def address(demo: Database) -> AsyncIterator[str]:
    """The product, listening."""
    product = Stocktalk(Settings(port=0, open_to="shop.example"), demo, lambda: MORNING)
    started = await product.start()
    yield f"http://127.0.0.1:{started.rstrip('/').rpartition(':')[2]}"
    await product.stop()


async def asked(url: str, host: str = "localhost") -> tuple[int, str]:
    """The status and the body of an answer."""
    async with ClientSession() as session, session.get(url, headers={"Host": host}) as answer:
        return answer.status, await answer.text()


async def test_over_http(address: str) -> None:
    assert await asked(f"{address}/healthz") == (200, "alive\n")
    status, body = await asked(f"{address}/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "checks": ALL_FINE | {"process": "ok"}})


async def test_not_ready_is_503_and_still_alive(demo: Database, address: str) -> None:
    def put(work: Work) -> None:
        send(work, 1, Reply(("一",)), key="late")
        work.change(Outbox, attempts=1, created_at=work.now - timedelta(hours=1), next_at=work.now + timedelta(hours=1))

    await demo.write(lambda connection: put(Work(connection, MORNING)))
    status, body = await asked(f"{address}/readyz")
    assert status == 503
    assert json.loads(body)["ready"] is False
    assert json.loads(body)["checks"]["outbox"] == "the oldest of 1 has waited for 1 h"
    assert (await asked(f"{address}/healthz"))[0] == 200


@pytest.mark.parametrize(("host", "status"), [("shop.example", 404), ("elsewhere.example", 403), ("[::1]:8420", 200)])
async def test_under_other_names_it_is_not_told(address: str, host: str, status: int) -> None:
    for page in ("healthz", "readyz"):
        assert (await asked(f"{address}/{page}", host))[0] == status


async def test_a_part_that_ended_is_noticed(demo: Database) -> None:
    product = Stocktalk(Settings(port=0), demo, lambda: MORNING)
    started = await product.start()
    product._running[1].cancel()
    await asyncio.sleep(0)
    status, body = await asked(f"{started}readyz")
    assert (status, json.loads(body)["checks"]["process"]) == (503, "a part of it ended")
    await product.stop()


async def test_the_public_port_says_that_it_is_alive_and_nothing_else() -> None:
    webhook = Webhook(receiver=None, token=SecretStr("123456:TOKEN"))  # type: ignore[arg-type]
    async with TestClient(TestServer(webhook.application())) as client:
        assert (await (await client.get("/healthz")).text()) == "alive\n"
        assert (await client.get("/readyz")).status == 404


async def test_a_poller_that_nobody_is_makes_it_not_ready(edge: Edge) -> None:
    known = False
    check = bot.health.heard(edge.database, edge.clock, lambda: known, "telegram poller")
    assert await check() == "the platform has not answered yet"
    known = True
    assert await check() == "nobody fetches what people write"
    lease = {"owner": "somebody", "ends_at": MORNING + timedelta(seconds=15)}
    await edge.write(lambda work: work.add(Lease, name="telegram poller", **lease))
    assert await check() == "ok"
    edge.later(seconds=15)
    assert await check() == "nobody fetches what people write"
    assert await bot.health.heard(edge.database, edge.clock, lambda: True, None)() == "ok"
