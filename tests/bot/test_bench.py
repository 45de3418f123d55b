"""The bench of the conversation measures what it says, finds what is planted, and lets no reply be lost unseen."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.cli.bench import ROOT, Options, benches
from tests.bench import chat, load
from tests.bench.child import Child
from tests.bench.crowd import Clerk, Crowd, Goods
from tests.bench.load import Bot, Lost, Step, slows
from tests.bench.measures import Spread, percentile
from tests.bench.search import Search
from tests.bench.wire import Server

SMALL = chat.Plan(rates=(10.0,), rounds=1, step_seconds=1.5, echo_seconds=0.5, ends_after=0.0, clerks=20)
SLEEP_MS = 400
FIGURES = {
    *("p50_ms", "p99_ms", "echo_p50_ms", "echo_p99_ms", "at_per_s", "highest_per_s", "echo_highest_per_s", "ratio"),
    *("cpu_ms", "echo_cpu_ms", "messages", "lost"),
}
GOODS = [Goods("SKU123", "瓶", "中央仓", "Central")]


def test_both_bots_answer_everything_and_every_figure_is_there() -> None:
    result = chat.run(Options(), SMALL)
    found = json.loads(json.dumps(result.figures))["chat"]
    assert found.keys() == {"sqlite", "load_average"}
    assert found["sqlite"].keys() == FIGURES
    assert found["sqlite"]["messages"] >= 5
    assert found["sqlite"]["lost"] == 0
    assert 0 < found["sqlite"]["p50_ms"] <= found["sqlite"]["p99_ms"]
    assert 0 < found["sqlite"]["echo_cpu_ms"] < found["sqlite"]["cpu_ms"]
    assert result.red is not None  # so few messages a second cannot be enough


@pytest.mark.long
def test_a_slow_bot_is_seen_to_be_slow() -> None:
    few = replace(SMALL, rates=(4.0,))
    found: Any = chat.run(Options(), few, BENCH_SLEEP_MS=str(SLEEP_MS)).figures["chat"]
    assert found["sqlite"]["p50_ms"] >= SLEEP_MS
    assert found["sqlite"]["highest_per_s"] == 0


@pytest.mark.long
def test_a_profile_tells_of_each_job(tmp_path: Path) -> None:
    plan = chat.Plan(rates=(10.0,), step_seconds=1.0, clerks=20)
    result = chat.run(Options(profile=tmp_path / "chat.pstats"), plan)
    found: Any = result.figures["chat"]
    jobs = found["profile"]["jobs"]
    assert {name.partition(" ")[0] for name in jobs} == {"read", "write"}
    assert all(ran["times"] and ran["cpu_s"] and ran["waited_s"] < ran["whole_s"] for ran in jobs.values())
    assert jobs["read Inbox._respond.read_it"]["statements"] >= found["profile"]["messages"]
    assert (tmp_path / "chat.pstats").stat().st_size


class NoChild(Child):
    """Stands for a process where the bot is played here."""

    def __init__(self) -> None:
        """Nothing is started."""

    async def cpu_seconds(self) -> float:
        """Nothing is counted."""
        return 0.0

    def complaints(self) -> str:
        """Nothing is logged."""
        return ""

    async def stop(self) -> None:
        """Nothing ends."""


async def played(answer: Callable[[Server, dict[str, Any]], Coroutine[Any, Any, None]], seconds: float = 0.5) -> Step:
    """A step of 40 messages a second to a bot that answers like this."""

    tasks: set[asyncio.Task[None]] = set()

    async def take(request: web.BaseRequest) -> web.Response:
        task = asyncio.create_task(answer(server, json.loads(await request.read())))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return web.Response()

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Server() as server:
        server.where = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        bot = Bot(NoChild(), server, Crowd([Clerk(number, "西湖店", "West Lake") for number in range(1, 6)], GOODS))
        try:
            return await bot.step(40.0, seconds)
        finally:
            await bot.close()
            await asyncio.gather(*tasks)
            await runner.cleanup()


async def says(server: Server, chat_id: int, card: str = "") -> None:
    """Send a message to a chat, with a button on it."""
    markup = {"inline_keyboard": [[{"text": "-", "callback_data": card}]]} if card else None
    await calls(server, "sendMessage", {"chat_id": chat_id, "text": "-", "reply_markup": markup})


async def calls(server: Server, method: str, said: dict[str, Any]) -> None:
    """Call the platform."""
    async with aiohttp.ClientSession() as session, session.post(f"{server.api}/bot0:x/{method}", json=said) as answer:
        assert answer.status == 200


async def test_replies_are_timed_from_their_messages_on() -> None:
    async def slowly(server: Server, update: dict[str, Any]) -> None:
        await asyncio.sleep(0.1)
        await says(server, update["message"]["chat"]["id"])

    step = await played(slowly)
    assert step.messages == len(step.replies_ms)
    assert 100 <= step.replies_ms[0] <= step.p50 < 250
    assert step.calls == 1


async def test_a_tap_is_answered_by_its_toast_and_its_card() -> None:
    tapped: list[dict[str, Any]] = []

    async def at_once(server: Server, update: dict[str, Any]) -> None:
        if "message" in update:
            await says(server, update["message"]["chat"]["id"], "submit.7.1")
            return
        query = update["callback_query"]
        tapped.append(query)
        await calls(server, "answerCallbackQuery", {"callback_query_id": query["id"]})
        where = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
        await calls(server, "editMessageText", where)

    step = await played(at_once, 1.0)
    assert {query["data"] for query in tapped} == {"submit.7.1"}
    assert len(step.redraws_ms) == len(tapped)
    assert len(step.replies_ms) == step.messages


async def test_a_reply_that_never_comes_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN_SECONDS", 0.2)

    async def mostly(server: Server, update: dict[str, Any]) -> None:
        if update["update_id"] != 3:
            await says(server, update["message"]["chat"]["id"])

    with pytest.raises(Lost, match="did not come within 0 s: 1 x "):
        await played(mostly)


async def test_a_reply_that_comes_twice_is_no_figure() -> None:
    async def twice(server: Server, update: dict[str, Any]) -> None:
        for _ in range(1 + (update["update_id"] == 3)):
            await says(server, update["message"]["chat"]["id"])

    with pytest.raises(Lost, match="answered nothing"):
        await played(twice)


def step_at(rate: float, *, holds: float, p99_ms: float = 10.0) -> Step:
    """A step as a bot comes through it that holds so many messages a second."""
    return Step(rate, 100, (p99_ms,), (), False, 1.0, 1.0, 1.0, given_up=rate > holds)


@pytest.mark.parametrize("holds", [7.0, 99.0, 140.0, 1000.0])
@pytest.mark.parametrize("known", [0.0, 90.0])
def test_the_highest_rate_is_found(holds: float, known: float) -> None:
    search, tries = Search(min(known, holds), least=25.0), 0
    while not search.done:
        search.note(step_at(search.rate, holds=holds))
        tries += 1
    assert holds / 1.08 <= search.held <= holds
    assert tries < 20


def test_one_bad_moment_ends_no_search() -> None:
    search = Search(100.0, least=25.0)
    search.note(step_at(150.0, holds=0))
    assert search.rate == 150.0
    search.note(step_at(150.0, holds=200))
    assert search.held == 150.0


def test_a_step_is_held_only_by_a_bot_that_keeps_up() -> None:
    assert step_at(10, holds=10).held
    assert not step_at(10, holds=10, p99_ms=250.0).held
    assert not Step(10, 100, (10.0,), (), True, 1.0, 1.0, 1.0, given_up=False).held


def test_times_that_grow_are_told_from_times_that_scatter() -> None:
    assert slows([float(ms) for ms in range(150)])
    assert not slows([50.0, 90.0, 10.0] * 50)
    assert not slows([float(ms) for ms in range(50)])  # too few to tell


def test_percentiles_and_spread() -> None:
    ordered = [float(number) for number in range(1, 201)]
    assert [percentile(ordered, percent) for percent in (50, 99, 100)] == [100.0, 198.0, 200.0]
    assert percentile([], 99) == 0.0
    assert str(Spread.of([30.0, 10.0, 20.4])) == "20 (10-30)"


def test_the_benches_of_a_checkout_are_found(tmp_path: Path) -> None:
    assert "chat" in benches(ROOT)
    assert "crowd" not in benches(ROOT)
    assert benches(tmp_path) == []


def test_a_bench_that_is_not_there_is_told_of_in_a_sentence() -> None:
    command = (sys.executable, "-m", "bot.cli.app", "bench", "weather")
    done = subprocess.run(command, env={"COLUMNS": "300", "PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no bench weather. There are: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
