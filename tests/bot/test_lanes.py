"""Lanes end when they are told to, however busy they are, and one that fails is looked at again."""

from __future__ import annotations

import asyncio

import pytest

import bot.lanes
from bot.lanes import Lanes
from tests.bot.edge import until


async def nothing(chat_id: int) -> None:
    """Serves a chat without work."""


@pytest.mark.parametrize("steps", range(5))
async def test_a_cancellation_that_comes_with_a_wake_up_is_not_lost(steps: int) -> None:
    looked = 0

    async def nobody() -> list[int]:
        nonlocal looked
        looked += 1
        return []

    lanes = Lanes("test", nobody, nothing)
    running = asyncio.create_task(lanes.run())
    await until(lambda: looked == 1)
    lanes.wake()
    for _ in range(steps):
        await asyncio.sleep(0)  # a step of the loop: the wake-up gets a little further each time
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=3)
    assert done


async def test_a_lane_that_fails_waits_a_little_and_is_served_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.lanes, "LOOK_AGAIN_SECONDS", 0.01)
    tries: list[int] = []

    async def one() -> list[int]:
        return [] if len(tries) > 1 else [7]

    async def fails(chat_id: int) -> None:
        tries.append(chat_id)
        raise ValueError("broken")

    running = asyncio.create_task(Lanes("test", one, fails).run())
    await until(lambda: tries == [7, 7])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_who_is_found_while_being_served_is_served_once_more() -> None:
    served, looked, gate = 0, asyncio.Event(), asyncio.Event()

    async def one() -> list[int]:
        looked.set()
        return [7] if served < 2 else []

    async def serve(chat_id: int) -> None:
        nonlocal served
        served += 1
        await gate.wait()

    lanes = Lanes("test", one, serve)
    running = asyncio.create_task(lanes.run())
    await until(lambda: served == 1)
    looked.clear()
    lanes.wake()  # what came after the first look at the chat
    await looked.wait()
    gate.set()
    await until(lambda: served == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_there_is_room_for_so_many_and_the_others_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.lanes, "MOST_AT_ONCE", 2)
    gate, served = asyncio.Event(), set()

    async def left() -> list[int]:
        return [chat for chat in range(5) if chat not in served]

    async def serve(chat_id: int) -> None:
        await gate.wait()
        served.add(chat_id)

    lanes = Lanes("test", left, serve)
    assert not lanes.start(0)  # nothing runs yet
    running = asyncio.create_task(lanes.run())
    await until(lambda: not lanes.has_room)
    assert not lanes.start(4)
    gate.set()
    await until(lambda: served == set(range(5)))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
