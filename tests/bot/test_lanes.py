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

    async def nobody(busy: frozenset[int]) -> list[int]:
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

    async def one(busy: frozenset[int]) -> list[int]:
        return [] if busy or len(tries) > 1 else [7]

    async def fails(chat_id: int) -> None:
        tries.append(chat_id)
        raise ValueError("broken")

    running = asyncio.create_task(Lanes("test", one, fails).run())
    await until(lambda: tries == [7, 7])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
