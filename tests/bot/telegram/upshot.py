"""What a run must come to, whatever happened on the way: nothing lost, nothing twice, everything in its order.

Read from the books and from what the server carried out; of the product only the drawing of a card is asked.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Any

from sqlalchemy import Connection

from bot.telegram.markup import plain
from data.columns import to_micros
from handlers.cards import card
from handlers.faces import draw
from tests.bot.telegram.played import Played
from tests.properties.replay import check_books
from tests.scenarios.chain import MORNING

MARKS = ("(可能重复)\n", "(repeated, perhaps)\n")
TONES = "🟡🔵🟢⚪🔴 "
MESSAGES = (
    "select o.id, o.chat_id, o.priority, o.state, o.message_id, o.error, o.repeated, o.reply, o.card_id, o.dedupe_key"
    " from outbox o join chat c on c.id = o.chat_id where c.channel = 'telegram' and o.kind = 'message' order by o.id"
)
ELSEWHERE = (
    "select o.dedupe_key, o.state from outbox o join chat c on c.id = o.chat_id where c.channel <> 'telegram'"
    " and o.kind = 'message' and o.state <> 'sent'"
)
CARDS = (
    "select k.id from card k join chat c on c.id = k.chat_id where c.channel = 'telegram' and k.message_id is not null"
    " and c.gone_at is null"
)
DONE = f"select command from audit where outcome = 'done' and ran_at >= {to_micros(MORNING)} order by id"
KEYS = ("id", "chat_id", "priority", "state", "message_id", "error", "repeated", "reply", "card_id", "key")


@dataclass(frozen=True)
class Sight:
    """One message as it came up in a chat, and whether we heard that it did."""

    at: int
    chat: int
    number: int
    text: str
    data: tuple[str, ...]
    lost: bool

    @property
    def name(self) -> str:
        """As a row of ours calls it."""
        return f"{self.chat}:{self.number}"

    @property
    def is_marked(self) -> bool:
        """Whether it says that it may have been seen before."""
        return self.text.startswith(MARKS)

    @property
    def words(self) -> str:
        """What it says beside its mark and its colour."""
        return bare(self.text)


@dataclass
class Message:
    """An outbox row of this channel, and the times it was seen."""

    id: int
    chat_id: int
    priority: int
    state: str
    message_id: str | None
    error: str | None
    repeated: int
    reply: str | None
    card_id: int | None
    key: str
    sights: list[Sight] = field(default_factory=list)


def bare(text: str) -> str:
    """A text without its mark, its colour and the word for the day, which nobody keeps up to date."""
    for mark in MARKS:
        text = text.removeprefix(mark)
    return text.lstrip(TONES).replace("昨天", "")


def sights(one: Played) -> list[Sight]:
    """Every new message that the server carried out, in order."""
    events, found = one.server.events, []
    for event, following in zip_longest(events, events[1:], fillvalue={"kind": ""}):
        if event["kind"] == "bot" and event["method"] == "sendMessage":
            lost = following["kind"] == "fault" and following["fault"].endswith("_after")
            keyboard = (event["params"].get("reply_markup") or {}).get("inline_keyboard", [])
            data = tuple(button["callback_data"] for row in keyboard for button in row)
            text = event["view"]["text"]
            found.append(Sight(event["n"], event["chat"], event["message_id"], text, data, lost))
    return found


def messages(one: Played) -> list[Message]:
    """Every message row of this channel with its sights, in the order of the rows."""
    rows = [Message(**dict(zip(KEYS, row, strict=True))) for row in one.rows(MESSAGES)]
    named = {row.message_id: row for row in rows if row.message_id}
    unnamed = []
    for sight in sights(one):
        if row := named.get(sight.name):
            row.sights.append(sight)
        else:
            unnamed.append(sight)
    for sight in unnamed:  # its answer was lost, so that no row has its number
        row = next((row for row in rows if may_show(row, sight)), None)
        assert row, f"nobody said {sight}"
        row.sights.append(sight)
    for row in rows:
        row.sights.sort(key=lambda sight: sight.at)
    return rows


def may_show(row: Message, sight: Sight) -> bool:
    """Whether a sight that no row has the number of is one of this row, which nobody could know was seen."""
    if len(row.sights) > row.repeated or not (row.repeated or row.state == "dead"):
        return False
    if row.reply is not None:
        return sight.words == "\n".join(json.loads(row.reply)["lines"])
    return all(data.split(".")[1] == str(row.card_id) for data in sight.data)


def check(
    one: Played,
    *done: str,
    dead: Sequence[str] = (),
    problems: Mapping[str, int] | None = None,
    unseen: frozenset[str] = frozenset(),
    killed: bool = False,
) -> list[Message]:
    """Check everything; the messages with their sights.

    `done`: the commands that were to be done, in their order. `dead`: the reasons of the messages that could not be
    brought, in the order of their rows. `problems`: what the server may find fault with, where it was made to fail
    itself. `unseen`: the queries of taps that the platform forgot. `killed`: an answer may be lost by a process's end.
    """
    same([command for (command,) in one.rows(DONE)], list(done))
    one.database.reading(check_books).result()
    check_kept(one, unseen)
    rows = messages(one)
    same([row.error for row in rows if row.state == "dead"], list(dead))
    for row in rows:
        check_message(one, row, killed=killed)
    check_order(rows)
    check_cards(one)
    same(one.rows(ELSEWHERE), [])
    found = one.server.problems()
    assert Counter(problem["code"] for problem in found) == Counter(problems or {}), found
    return rows


def same(found: object, wanted: object, where: str = "") -> None:
    """Fail and say what was found, where it is not what was wanted."""
    assert found == wanted, f"{where}: found {found}, not {wanted}"


def check_kept(one: Played, unseen: frozenset[str]) -> None:
    """Every update that is one of a conversation has its row, and is handled."""
    kept = Counter(
        int(key.split(":")[1]) for (key,) in one.rows("select update_id from inbox where channel = 'telegram'")
    )
    wanted = [number for number, update in one.server.history.items() if is_said(update, unseen)]
    same(sorted(kept.elements()), sorted(wanted))
    same(one.rows("select id, state, error from inbox where state <> 'done'"), [])
    same(one.rows("select id, kind, state from event where state <> 'done'"), [])


def is_said(update: Mapping[str, Any], unseen: frozenset[str]) -> bool:
    """Whether an update is something that one of our people said or tapped, and the platform has kept."""
    if query := update.get("callback_query"):
        return query["id"] not in unseen
    return "text" in update.get("message", {})


def check_message(one: Played, row: Message, *, killed: bool) -> None:
    """Seen once, or dead; a copy only where nobody could know, marked, and never a third."""
    assert row.state in ("sent", "dead"), row
    assert len(row.sights) <= 2, row
    if row.state == "sent":
        assert row.message_id in {sight.name for sight in row.sights}, f"nobody saw {row}"
    if row.reply is not None:
        said = "\n".join(json.loads(row.reply)["lines"])
        assert all(sight.words == said.lstrip(TONES) for sight in row.sights), row
    for first, copy in pairwise(row.sights):
        assert copy.is_marked, row
        assert first.lost or killed, row
    # A mark without an earlier sight: the line broke before the call was carried out, and nobody could know.
    assert row.repeated or not any(sight.is_marked for sight in row.sights), row


def check_order(rows: Sequence[Message]) -> None:
    """In each chat what is alike urgent came up in the order in which it was said."""
    lanes: dict[tuple[int, int], list[Message]] = defaultdict(list)
    for row in rows:
        if row.sights:
            lanes[row.chat_id, row.priority].append(row)
    for lane in lanes.values():
        for one, other in pairwise(lane):
            assert one.sights[0].at < other.sights[0].at, f"{other} came up before {one}"


def check_cards(one: Played) -> None:
    """Every card that is on a screen shows how its matter stands now."""

    def faces(connection: Connection) -> list[tuple[str, str, int, int]]:
        work, found = one.work(connection), []
        for (card_id,) in connection.exec_driver_sql(CARDS).all():
            row = card(work, card_id)
            assert row is not None
            reply = draw(work, row, one.lexicon.catalogue)
            found.append((row.message_id or "", plain(reply).text, row.shown_version, row.wanted_version))
        return found

    for name, text, shown, wanted in one.database.reading(faces).result():
        assert shown == wanted, name
        chat, _, number = name.partition(":")
        message = one.server.chats[int(chat)].messages[int(number)]
        same(*(without_others(bare(one)) for one in (message["text"], text)), name)


def without_others(text: str) -> str:
    """A card without what other documents hold of its goods: that is as it was when the card's own document moved.

    With it the lines of who asked and of the freeze are one.
    """
    state, *rest = text.split("\n")
    own = [line.partition("提出")[0] for line in rest if not re.search("已扣|^冻结到|^现在没冻结", line)]
    return "\n".join([state, *own])
