"""Posts what a crowd says at a given rate, waits for no reply before the next, and measures until each has come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

import aiohttp

from tests.bench.child import Child
from tests.bench.crowd import Crowd, Post
from tests.bench.measures import percentile
from tests.bench.wire import Server

CONNECTIONS = 40
"""So many the platform opens at most, unless it is asked for more."""
HOPELESS_SECONDS = 1.0
"""Once a message has waited so long, the rate is not held, whatever comes."""
LATE_MS = 50.0
"""A load that itself comes later than this shows nothing about the bot."""
SLOWER, SLOWER_MS, FEWEST = 1.5, 20.0, 20
QUIET_SECONDS = 0.15
DRAIN_SECONDS = 30.0
WAIT_MS = 250.0


class Lost(RuntimeError):
    """Messages without a reply, or replies without a message: the figures are worth nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one rate, in milliseconds; times are sorted.

    `given_up`: the bot fell so far behind that the rest was not said. `slows`: replies took ever longer, so that a
    longer step would have come to that.
    """

    rate: float
    messages: int
    replies_ms: Sequence[float]
    redraws_ms: Sequence[float]
    slows: bool
    late_ms: float
    cpu_ms: float
    calls: float
    given_up: bool

    @property
    def p50(self) -> float:
        """Half of the replies came within this."""
        return percentile(self.replies_ms, 50)

    @property
    def p99(self) -> float:
        """All but one of a hundred replies came within this."""
        return percentile(self.replies_ms, 99)

    @property
    def redraw_p99(self) -> float:
        """All but one of a hundred taps had their card drawn anew within this."""
        return percentile(self.redraws_ms, 99)

    @property
    def held(self) -> bool:
        """Whether the bot keeps up with the rate."""
        return not self.given_up and not self.slows and self.p99 < WAIT_MS

    @property
    def made(self) -> bool:
        """Whether the load itself was on time."""
        return self.late_ms < LATE_MS


class Bot:
    """One bot under load: its process, the server it talks to, and the crowd that talks to it."""

    def __init__(self, child: Child, server: Server, crowd: Crowd) -> None:
        """The bot has said where its updates are to be brought."""
        self.child, self.server, self.crowd = child, server, crowd
        server.heard = crowd.heard
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        headers = {"X-Telegram-Bot-Api-Secret-Token": server.secret, "Content-Type": "application/json"}
        self._session = aiohttp.ClientSession(connector=connector, headers=headers)
        self._random = Random(crowd.random.random())

    async def step(self, rate: float, seconds: float, patience: float = HOPELESS_SECONDS) -> Step:
        """Post at this rate for so long, and wait for every reply. Raises Lost where one does not come.

        It posts no more once a message has waited for longer than `patience`, in seconds.
        """
        self.crowd.begin()
        cpu, calls = await self.child.cpu_seconds(), self.server.calls
        messages, late_ms, given_up = await self._post_all(rate, seconds, patience)
        await self._drained()
        cpu_ms = (await self.child.cpu_seconds() - cpu) * 1000 / messages
        if self.crowd.unasked:
            raise Lost(f"{self.crowd.unasked} replies answered nothing")
        return Step(
            rate,
            messages,
            sorted(self.crowd.replies_ms.values()),
            sorted(self.crowd.redraws_ms),
            slows([ms for _, ms in sorted(self.crowd.replies_ms.items())]),
            percentile(sorted(late_ms), 99),
            cpu_ms,
            (self.server.calls - calls) / messages,
            given_up,
        )

    async def close(self) -> None:
        """End the bot and let go of its connections."""
        await self.child.stop()
        await self._session.close()

    async def _post_all(self, rate: float, seconds: float, patience: float) -> tuple[int, list[float], bool]:
        """Post at once and then at moments drawn beforehand; how many, how late each was, whether it gave up."""
        began, posts, late_ms = perf_counter(), [], list[float]()
        due = began
        given_up = False
        while due < began + seconds and not given_up:
            if (wait := due - perf_counter()) > 0:
                await asyncio.sleep(wait)
            late_ms.append((perf_counter() - due) * 1000)
            posts.append(asyncio.create_task(self._post(self.crowd.next())))
            due += self._random.expovariate(rate)
            given_up = len(posts) % 16 == 0 and self.crowd.oldest(perf_counter()) > patience
        await asyncio.gather(*posts)
        return len(posts), late_ms, given_up

    async def _post(self, post: Post) -> None:
        body = json.dumps(post.update).encode()
        self.crowd.posted(post)
        try:
            async with self._session.post(self.server.where, data=body) as answer:
                status = answer.status
        except aiohttp.ClientError as error:
            raise Lost(f"an update was not taken: {error}") from error
        if status != 200:
            raise Lost(f"an update was answered with {status}")

    async def _drained(self) -> None:
        """Wait for every reply, and for what else the bot has to say."""
        began = perf_counter()
        while self.crowd.open:
            if perf_counter() - began > DRAIN_SECONDS:
                raise Lost(f"did not come within {DRAIN_SECONDS:.0f} s: {self.crowd.left()}. {self.child.complaints()}")
            await asyncio.sleep(0.02)
        while (quiet := perf_counter() - self.server.last_call_at) < QUIET_SECONDS:  # noqa: ASYNC110 - silence has no event
            await asyncio.sleep(QUIET_SECONDS - quiet)


def slows(times_ms: Sequence[float]) -> bool:
    """Whether times, in the order of their messages, grow as they do where more comes in than goes out.

    There they grow along a line, so that the last fifth takes 1.8 times what the middle one takes.
    """
    fifth = len(times_ms) // 5
    if fifth < FEWEST:
        return False
    middle, last = times_ms[2 * fifth : 3 * fifth], times_ms[-fifth:]
    return median(last) > median(middle) * SLOWER + SLOWER_MS
