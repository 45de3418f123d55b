"""Polling and the webhook: nothing is confirmed before it is kept, nobody else is heard, and nothing ends the loop."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from telegram.error import Conflict, NetworkError, TimedOut

from bot.telegram.polling import CONFLICT_PAUSE_SECONDS, Poller
from bot.telegram.receive import NotReady
from bot.telegram.request import AnswerLost, Paused
from bot.telegram.webhook import HEADER, MOST_BYTES, path_of, secret_of
from bot.telegram.wire import Line
from data.disk import DiskFull
from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.bot.telegram.played import TOKEN, Played, a_free_port, played, post

SECRET = SecretStr(TOKEN)


class Ended(BaseException):
    """The process was stopped."""


class Server:
    """What the poller talks to: says what was planned and remembers what it was asked."""

    def __init__(self, *answers: list[dict[str, Any]] | BaseException) -> None:
        self.answers, self.asked = list(answers), list[dict[str, Any]]()

    async def call(self, method: str, parameters: dict[str, Any], read_seconds: float | None = None) -> Any:
        """Answer a question, or fail as planned."""
        self.asked.append(parameters)
        answer = self.answers.pop(0) if self.answers else Ended()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def offsets(self) -> list[int | None]:
        """What each question confirmed."""
        return [asked.get("offset") for asked in self.asked]


class Keeper:
    """Keeps updates, but for those that were planned to fail."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults, self.kept = list(faults), list[int]()

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Keep them all or none."""
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            raise fault
        self.kept += [update["update_id"] for update in updates]


def updates(*numbers: int) -> list[dict[str, Any]]:
    """What the server has."""
    return [{"update_id": number} for number in numbers]


async def polled_to_the_end(server: Server, keeper: Keeper) -> list[float]:
    """Poll until everything planned has happened; the pauses between."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(Ended):
        await Poller(server, keeper, pause=pause).run()  # type: ignore[arg-type]
    return pauses


async def test_only_what_was_kept_is_confirmed_and_an_empty_answer_starts_afresh() -> None:
    server, keeper = Server(updates(5, 6), updates(7), [], updates(3)), Keeper()
    assert await polled_to_the_end(server, keeper) == []
    assert server.offsets == [None, 7, 8, None, 4]
    assert keeper.kept == [5, 6, 7, 3]
    assert all(asked["allowed_updates"] == ("message", "callback_query", "my_chat_member") for asked in server.asked)
    assert all(asked["timeout"] == 50 for asked in server.asked)


@pytest.mark.parametrize("fault", [DiskFull("no room"), OperationalError("", None, Exception()), NotReady("who")])
async def test_what_was_not_kept_is_asked_for_again(fault: Exception) -> None:
    server, keeper = Server(updates(4), updates(5), updates(5)), Keeper(None, fault)
    assert len(await polled_to_the_end(server, keeper)) == 1
    assert server.offsets == [None, 5, 5, 6]
    assert keeper.kept == [4, 5]


async def test_whatever_goes_wrong_it_asks_again_ever_later() -> None:
    troubles = [TimedOut(), NetworkError("502"), AnswerLost("reset"), Conflict("other"), Paused(17), ValueError("bug")]
    server, keeper = Server(updates(4), *troubles, *[TimedOut() for _ in range(4)], updates(5)), Keeper()
    pauses = await polled_to_the_end(server, keeper)
    least = [1, 2, 4, CONFLICT_PAUSE_SECONDS, 17, 32, 60, 60, 60, 60]
    assert all(low <= pause <= low * 1.25 for low, pause in zip(least, pauses, strict=True))
    assert server.offsets == [None, *[5] * 11, 6]


async def test_faults_of_the_real_loop_lose_nothing(polled: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("drop", "500", "409"):
        polled.server.fault("getUpdates", kind)
    monkeypatch.setattr("bot.telegram.polling.CONFLICT_PAUSE_SECONDS", 0.1)
    polled.server.say("wang", "帮助")
    await polled.start()
    await polled.server.wait("wang", "直接说就行")
    await polled.rests()
    assert polled.server.problems() == []


async def test_a_process_that_died_before_it_confirmed_keeps_each_update_once(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon) as first:
        first.server.say("wang", "帮助")
        await first.start()
        await first.server.wait("wang", "直接说就行")
        await first.stop()
        kept = first.rows("select update_id from inbox")
        assert kept == [("123456:100001",)]
        first.server.queue.appendleft(first.server.history[100001])  # the confirmation never arrived
        again = Played(first.server, demo, lexicon, first.wire.line)
        await again.start()
        again.server.say("wang", "帮助")
        await again.rests()
        await again.stop()
        assert again.rows("select update_id from inbox order by id") == [*kept, ("123456:100002",)]
        assert len(again.server.screen("wang")) == 4


@pytest.fixture
async def called(demo: Database, lexicon: Lexicon) -> Any:
    """The product that is called, running."""
    async with played(demo, lexicon, "webhook") as one:
        await one.start()
        await one.hears()
        yield one


def url(one: Played) -> str:
    """Where the webhook listens."""
    return f"http://127.0.0.1:{one.wire.line.port}{path_of(SECRET)}"


def body(one: Played, number: int = 5, **more: Any) -> bytes:
    """An update with a message of the clerk."""
    user_id = one.server.user("wang")
    message = {"message_id": 9, "date": 0, "chat": {"id": user_id, "type": "private"}, "text": "帮助"}
    return json.dumps({"update_id": number, "message": {**message, "from": one.server.users["wang"]}, **more}).encode()


RIGHT = {HEADER: secret_of(SECRET)}


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: "é"}, {HEADER: TOKEN}])
async def test_without_the_secret_nothing_is_kept(called: Played, headers: dict[str, str]) -> None:
    assert await post(url(called), body(called), headers) == 403
    assert called.rows("select count(*) from inbox") == [(0,)]


async def test_the_secret_and_the_path_do_not_show_the_token() -> None:
    secret = TOKEN.partition(":")[2]
    assert secret not in secret_of(SECRET) + path_of(SECRET)
    assert secret_of(SECRET)[:32] != path_of(SECRET).removeprefix("/telegram/")
    assert secret_of(SECRET) != secret_of(SecretStr(TOKEN + "x"))


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'{"update_id": "5"}', b'{"update_id": true}', b"[" * 100_000])
async def test_what_is_no_update_is_refused(called: Played, sent: bytes) -> None:
    assert await post(url(called), sent, RIGHT) == 400


async def test_too_much_is_refused(called: Played) -> None:
    assert await post(url(called), b" " * (MOST_BYTES + 1), RIGHT) == 413


async def test_other_paths_are_not_there(called: Played) -> None:
    for path in ("/", "/telegram/", "/page/app.js"):
        assert await post(f"http://127.0.0.1:{called.wire.line.port}{path}", body(called), RIGHT) == 404


async def test_200_means_that_the_row_is_there(called: Played) -> None:
    for _ in range(2):
        assert await post(url(called), body(called), RIGHT) == 200
        assert called.rows("select update_id from inbox") == [("123456:5",)]


@pytest.mark.parametrize("fault", [DiskFull("no room"), OperationalError("", None, Exception())])
async def test_503_while_it_cannot_be_kept(called: Played, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    async def fails(job: Callable[..., Any]) -> None:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(called.wire.receiver.database, "write", fails)  # type: ignore[union-attr]
        assert await post(url(called), body(called), RIGHT) == 503
    assert await post(url(called), body(called), RIGHT) == 200


async def test_before_the_platform_was_reached_updates_have_to_come_again(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon, "webhook") as one:
        one.server.fault("getMe", "500")
        await one.start()
        assert await post(url(one), body(one), RIGHT) == 503
        await one.hears()
        assert await post(url(one), body(one), RIGHT) == 200


async def test_what_the_webhook_could_not_bring_polling_fetches(demo: Database, lexicon: Lexicon) -> None:
    async with played(demo, lexicon, "webhook") as one:
        await one.start()
        await one.hears()
        await one.rests()
        await one.stop()
        one.server.say("wang", "帮助")  # nobody takes it
        assert await post_to_a_second_process(one) == 200  # while a later one comes in
        line = Line(SECRET, one.server.url, wait_seconds=2)
        other = Played(one.server, demo, lexicon, line)
        await other.start()
        await other.until(lambda: len(other.rows("select 1 from inbox")) == 2)
        await other.rests()
        await other.stop()
        assert one.server.problems() == []


async def post_to_a_second_process(one: Played) -> int:
    """Bring an update with a higher number to a process that is up."""
    port = a_free_port()
    line = Line(SECRET, one.server.url, public=f"http://127.0.0.1:{port}", port=port)
    second = Played(one.server, one.database, one.lexicon, line)
    second.wire._say_where = nothing  # type: ignore[method-assign, assignment]
    await second.start()
    await second.until(lambda: second.wire.receiver and second.wire.receiver.me)
    status = await post(f"http://127.0.0.1:{port}{path_of(SECRET)}", body(one, 200_000), RIGHT)
    await second.stop()
    return status


async def nothing(*anything: object) -> None:
    """Leave the server as it is."""
