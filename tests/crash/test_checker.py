"""The checker finds what is wrong: a short true story passes, and each doctored record of it does not."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.crash.checker import figures, findings
from tests.crash.evidence import Books, Call, Evidence, Record
from tests.crash.sights import MARK
from tests.crash.storm import Scene, Weather, scene
from tests.crash.world import data_of

PATIENCE_SECONDS = 60
Doctor = Callable[[Evidence], Evidence]


@pytest.fixture(scope="module")
def told(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What a transfer from the first word to the last tap leaves, with a question before and a tap made twice."""
    folder = tmp_path_factory.mktemp("told")
    shutil.copy(opened, folder / "chain.db")
    return asyncio.run(_story(f"sqlite:///{folder / 'chain.db'}", folder))


async def _story(database: str, folder: Path) -> Evidence:
    async with scene(Weather(seed=0, kills=0), database, folder) as played:
        played.world.spoils = False
        played.world.say("u01", "二七店SKU123还有多少")
        played.world.say("u01", "从二七店调3个SKU123到西湖店")
        for name, verb, taps in (("u01", "submit", 2), ("u04", "approve", 1), ("u03", "dispatch", 1)):
            await _tap(played, name, verb, taps)
        await _tap(played, "u01", "receive_all", 1)
        await played.settled()
        await played.processes.stop()
        return played.evidence()


async def _tap(played: Scene, name: str, verb: str, taps: int) -> None:
    chat = played.world.chats[played.world.users[name]["id"]]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            for message in chat.messages.values():
                for data in data_of(message):
                    if data.startswith(f"{verb}."):
                        for _ in range(taps):
                            played.world.press(name, message, data)
                        return
            await asyncio.sleep(0.02)


def changed(evidence: Evidence, table: str, where: Callable[[Record], bool], **values: Any) -> Evidence:
    """The evidence with other values in the rows of a table that fit."""
    rows = tuple({**row, **values} if where(row) else row for row in evidence.books[table])
    return with_rows(evidence, table, rows)


def without(evidence: Evidence, table: str, where: Callable[[Record], bool]) -> Evidence:
    """The evidence without some rows of a table."""
    return with_rows(evidence, table, tuple(row for row in evidence.books[table] if not where(row)))


def with_rows(evidence: Evidence, table: str, rows: tuple[Record, ...]) -> Evidence:
    """The evidence with other rows in a table."""
    return replace(evidence, books=Books({**evidence.books.tables, table: rows}))


def with_call(evidence: Evidence, call: Call, **values: Any) -> Evidence:
    """The evidence with one more call, after all others."""
    number = len(evidence.calls) + 1
    return replace(evidence, calls=(*evidence.calls, replace(call, number=number, **values)))


def with_calls(evidence: Evidence, change: Callable[[Call], Call | None]) -> Evidence:
    """The evidence with its calls changed, or left out where nothing comes back."""
    return replace(evidence, calls=tuple(found for call in evidence.calls if (found := change(call))))


def the(evidence: Evidence, table: str, **values: Any) -> Record:
    """The first row of a table with these values."""
    return next(row for row in evidence.books[table] if all(row[name] == value for name, value in values.items()))


def answer(evidence: Evidence) -> Call:
    """The call that showed the answer to the question."""
    return next(call for call in evidence.calls if "可用" in call.text and not call.data)


def transfer(evidence: Evidence) -> Record:
    """The document."""
    return the(evidence, "document", kind="transfer")


def step(command: str) -> Callable[[Record], bool]:
    """Whether an audit row is of this command."""
    return lambda row: row["command"] == command


def key(verb: str) -> Callable[[Record], bool]:
    """Whether a done-record is of this verb."""
    return lambda row: row["key"].startswith(f"{verb}.")


def of(row: Record) -> Callable[[Record], bool]:
    """Whether it is this very row."""
    return lambda other: other is row or other == row


def test_a_true_story_has_nothing_wrong(told: Evidence) -> None:
    assert findings(told) == []
    counted = figures(told)
    assert (counted["updates"], counted["transfers"], counted["steps"], counted["toasts"]) == (7, 1, 3, 5)


def _twice(evidence: Evidence) -> Evidence:
    once = the(evidence, "audit", command="SubmitTransfer")
    return with_rows(evidence, "audit", (*evidence.books["audit"], {**once, "id": 10_000}))


def _step_twice(evidence: Evidence) -> Evidence:
    once = the(evidence, "audit", command="DispatchTransfer")
    return with_rows(evidence, "audit", (*evidence.books["audit"], {**once, "id": 10_000, "trace": None}))


def _second_document(evidence: Evidence) -> Evidence:
    second = {**transfer(evidence), "id": 9999, "version": 1}
    return with_rows(evidence, "document", (*evidence.books["document"], second))


def _tap_without_effect(evidence: Evidence) -> Evidence:
    return without(without(evidence, "audit", step("ReceiveTransfer")), "done", key("receive_all"))


def _confirmation_without_effect(evidence: Evidence) -> Evidence:
    return without(without(evidence, "audit", step("SubmitTransfer")), "done", key("submit"))


def _swapped(evidence: Evidence) -> Evidence:
    """The first two messages of the clerk in each other's place."""
    clerk = evidence.updates[0].user_id
    one, other = [call for call in evidence.calls if call.method == "sendMessage" and call.chat_id == clerk][:2]
    places = {one.number: other.number, other.number: one.number}
    swapped = [replace(call, number=places.get(call.number, call.number)) for call in evidence.calls]
    return replace(evidence, calls=tuple(sorted(swapped, key=lambda call: call.number)))


def _swapped_priorities(evidence: Evidence) -> Evidence:
    """As `_swapped`, and as if the second one had been less urgent: the answers are still out of order."""
    first = the(evidence, "outbox", dedupe_key="answer.1")
    return changed(_swapped(evidence), "outbox", of(first), priority=3)


def _swapped_rows(evidence: Evidence) -> Evidence:
    numbers = {1: 2, 2: 1}
    rows = tuple({**row, "id": numbers.get(row["id"], row["id"])} for row in evidence.books["inbox"])
    return with_rows(evidence, "inbox", rows)


def _copies(evidence: Evidence, *texts: str, lost: bool = True) -> Evidence:
    """The answer with more sights, the first of which the product may have heard nothing of."""
    first = answer(evidence)
    after = with_calls(evidence, lambda call: replace(call, lost=lost) if call is first else call)
    for number, text in enumerate(texts):
        after = with_call(after, first, message_id=1000 + number, text=text + first.text, lost=False)
    return after


def _screen(evidence: Evidence, **values: Any) -> Evidence:
    """The keeper's card looks otherwise at the end."""
    card = next(row for row in evidence.books["card"] if row["document_id"] and row["pending_id"] is None)
    chat_id, number = map(int, card["message_id"].split(":"))
    shown = replace(evidence.screens[chat_id, number], **values)
    return replace(evidence, screens={**evidence.screens, (chat_id, number): shown})


DOCTORED: dict[str, tuple[Doctor, str]] = {
    "an update is lost": (lambda e: without(e, "inbox", lambda row: row["id"] == 1), "was confirmed and is nowhere"),
    "an update is still with the platform": (
        lambda e: replace(e, updates=(replace(e.updates[0], confirmed=False), *e.updates[1:])),
        "was never confirmed",
    ),
    "an update is kept in other words": (
        lambda e: changed(e, "inbox", lambda row: row["id"] == 1, text="?"),
        "kept as",
    ),
    "somebody else said it": (lambda e: changed(e, "inbox", lambda row: row["id"] == 1, person_id=9), "was kept as"),
    "an update that nobody sent": (
        lambda e: replace(e, updates=tuple(one for one in e.updates if one.id != e.updates[0].id)),
        "was said by nobody",
    ),
    "updates are kept out of order": (_swapped_rows, "stands before one that was said earlier"),
    "an update is not handled": (lambda e: changed(e, "inbox", lambda row: row["id"] == 2, state="new"), "is new at"),
    "an update is given up": (lambda e: changed(e, "inbox", lambda row: row["id"] == 2, state="dead"), "is dead at"),
    "an event is not told": (lambda e: changed(e, "event", lambda row: row["id"] == 1, state="new"), "event 1 is new"),
    "a message still waits": (
        lambda e: changed(e, "outbox", lambda row: row["id"] == 1, state="sending"),
        "is sending",
    ),
    "one tap has two effects": (_twice, "was done 2 times"),
    "one step is taken twice": (_step_twice, "was moved 2 times from version 2"),
    "an effect is not recorded": (lambda e: without(e, "done", key("approve")), "was done and not recorded"),
    "what is recorded has no effect": (lambda e: without(e, "audit", step("ApproveTransfer")), "was not done and rec"),
    "another step is taken than was tapped": (
        lambda e: changed(e, "audit", step("ApproveTransfer"), command="RejectTransfer"),
        "was taken for RejectTransfer",
    ),
    "the answer names another document": (
        lambda e: changed(e, "done", key("approve"), answer=json.dumps({"document_id": 1001})),
        "was answered with another document",
    ),
    "a confirmation is lost": (_confirmation_without_effect, "was tapped and nothing came of it"),
    "a step is lost": (_tap_without_effect, "was tapped and nothing came of it"),
    "a transfer that nobody confirmed": (_second_document, "document 9999 was confirmed by 0 cards"),
    "a step that nobody tapped": (
        lambda e: without(e, "inbox", lambda row: row["text"].startswith("dispatch")),
        "nobody",
    ),
    "a transfer that is not there": (lambda e: without(e, "document", of(transfer(e))), "is not there"),
    "a document is behind its steps": (lambda e: changed(e, "document", of(transfer(e)), version=3), "has version 3"),
    "another amount than was said": (
        lambda e: changed(e, "transfer_line", lambda row: True, asked=4),
        "not what was said",
    ),
    "another place than was said": (lambda e: changed(e, "document", of(transfer(e)), place_id=9), "not what was said"),
    "a balance that no posting made": (
        lambda e: changed(e, "balance", lambda row: row == e.books["balance"][0], available=77_777),
        "77777 available, the postings say",
    ),
    "a balance is gone": (lambda e: without(e, "balance", of(e.books["balance"][0])), "has no balance"),
    "a posting twice": (
        lambda e: with_rows(e, "posting", (*e.books["posting"], the(e, "posting", cause="dispatch"))),
        "dispatched 3, the postings say 6",
    ),
    "less was received than is said": (
        lambda e: changed(e, "transfer_line", lambda row: True, received=2),
        "received 2",
    ),
    "something stays frozen": (lambda e: changed(e, "transfer_line", lambda row: True, frozen=1), "has frozen 1"),
    "a message was never seen": (
        lambda e: with_calls(e, lambda call: None if call is answer(e) else call),
        "never seen",
    ),
    "a message says something else": (
        lambda e: with_calls(e, lambda call: replace(call, text="?") if call is answer(e) else call),
        "was shown as '?'",
    ),
    "a message that nobody said": (lambda e: with_call(e, answer(e), message_id=99, text="?"), "what nobody said"),
    "a copy without its mark": (lambda e: _copies(e, ""), "was repeated without its mark"),
    "a copy without need": (lambda e: _copies(e, MARK, lost=False), "was repeated though its answer had come"),
    "a third time": (lambda e: _copies(e, MARK, MARK), "was seen 3 times"),
    "a mark without need": (
        lambda e: with_calls(e, lambda call: replace(call, text=MARK + call.text) if call is answer(e) else call),
        "was marked though it had not been sent before",
    ),
    "a message is given up": (
        lambda e: changed(e, "outbox", lambda row: row["dedupe_key"] == "answer.1", state="dead", error="12 tries"),
        "is dead: 12 tries",
    ),
    "messages are out of order": (_swapped, "was seen before"),
    "answers are out of order": (_swapped_priorities, "was seen before"),
    "a tap without an answer": (lambda e: without(e, "outbox", lambda row: row["kind"] == "toast"), "has no answer"),
    "a tap whose answer never came": (
        lambda e: with_calls(e, lambda call: None if call.query_id else call),
        "was not answered",
    ),
    "a tap is answered otherwise": (
        lambda e: with_calls(e, lambda call: replace(call, text="?") if call.query_id else call),
        "was answered with '?'",
    ),
    "a card is not drawn anew": (
        lambda e: changed(e, "card", lambda row: row["id"] == 1, shown_version=0),
        "card 1 shows 0 of",
    ),
    "a card is on no screen": (
        lambda e: changed(e, "card", lambda row: row["id"] == 1, message_id=None),
        "on no screen",
    ),
    "a card shows an earlier state": (lambda e: _screen(e, text="🔵 在途 · TR-1015 · 等西湖店收"), "which is received"),
    "a card shows another document": (lambda e: _screen(e, text="🟢 收齐 · TR-1 · 10:41"), "which is received"),
    "nobody is told of a request": (
        lambda e: without(e, "card", lambda row: row["pending_id"] is None),
        "is on no card of its source",
    ),
    "a card has an old button": (
        lambda e: _screen(e, data=("approve.2.1",)),
        "has the button approve.2.1 at version 4",
    ),
}


@pytest.mark.parametrize("wrong", DOCTORED)
def test_what_is_wrong_is_found(told: Evidence, wrong: str) -> None:
    doctor, says = DOCTORED[wrong]
    found = findings(doctor(told))
    assert any(says in finding for finding in found), found


def test_a_marked_copy_is_allowed_where_nobody_could_know(told: Evidence) -> None:
    copied = _copies(told, MARK)
    assert findings(copied) == []
    assert figures(copied)["copies, marked"] == 1


def test_a_kill_explains_a_copy_only_while_its_call_was_under_way(told: Evidence) -> None:
    first = answer(told)
    copied = _copies(told, MARK, lost=False)
    for seconds, wrongs in ((0.5, 0), (5.0, 1)):
        lives = tuple(replace(life, killed_at=first.at + seconds) for life in copied.lives)
        assert len(findings(replace(copied, lives=lives))) == wrongs


def test_a_message_given_up_after_two_lost_answers_is_counted_apart(told: Evidence) -> None:
    given_up = changed(
        _copies(told, MARK),
        "outbox",
        lambda row: row["dedupe_key"] == "answer.1",
        state="dead",
        repeated=1,
        message_id=None,
    )
    lost = with_calls(given_up, lambda call: replace(call, lost=True) if "可用" in call.text else call)
    assert findings(lost) == []
    assert figures(lost)["given up after two lost answers"] == 1
    assert any("is dead" in finding for finding in findings(given_up))
