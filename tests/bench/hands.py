"""The people of the bench of cards: they ask, tap and wait for nobody, and what each act came to is timed.

An act begins when the stand-in has the update, and ends with the last call that shows a card of its transfer as it
stands then. Nobody touches a transfer before all of its cards show the step before: so each call belongs to one act.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.telegram.addresses import MessageId
from data.engine import Database
from tests.bench.load import Lost
from tests.bench.open_papers import Chain
from tests.bot.telegram.strictgram import StrictServer

SAY, SUBMIT, APPROVE, DISPATCH, RECEIVE = "say", "submit", "approve", "dispatch", "receive_all"
NEXT = {SAY: SUBMIT, SUBMIT: APPROVE, APPROVE: DISPATCH, DISPATCH: RECEIVE, RECEIVE: SAY}
"""The course of a transfer: what is said or tapped, and what comes after. Then somebody asks for another one."""
DRAIN_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 0.05
SHOWS = {"sendMessage": "message", "editMessageText": "edit"}
LEFT = (
    "select 1 from inbox where state = 'new' union all select 1 from event where state = 'new'"
    " union all select 1 from outbox where state in ('pending', 'sending')"
    " union all select 1 from card where shown_version < wanted_version and message_id is not null"
)
MOVES = (
    "select 1 from event where state = 'new' and document_id = {0}"
    " union all select 1 from card where document_id = {0} and shown_version < wanted_version"
)
"""Whether a card of a transfer does not show how it stands, or is not there yet; a card not sent yet lags, too."""


@dataclass(slots=True)
class Act:
    """Something somebody did, when, and the transfer it is about; a request is known by the card that answers it."""

    at: float
    does: str
    document_id: int = 0
    card_id: int = 0


@dataclass(slots=True)
class Paper:
    """One transfer after the other: the one that is open now, what it waits for, and who asked."""

    does: str
    document_id: int = 0
    by: str = ""
    last: Act | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A card that was shown: when, how, in which chat."""

    at: float
    how: str
    chat: int


@dataclass(slots=True)
class Effect:
    """What an act came to: the calls that showed it, and how much of the time to the last one limits took."""

    act: Act
    calls: list[Call] = field(default_factory=list)
    waited_s: float = 0.0

    @property
    def took_ms(self) -> float:
        """From the update to the last card."""
        return (self.calls[-1].at - self.act.at) * 1000


class Hands:
    """Everybody in the chain."""

    def __init__(
        self, server: StrictServer, database: Database, chain: Chain, documents: Sequence[int], chance: Random
    ) -> None:
        """These transfers are approved, and their cards on the screens."""
        self.server, self.database, self.chain, self.chance = server, database, chain, chance
        self.papers = [Paper(DISPATCH, document_id) for document_id in documents]
        self.acts: list[Act] = []

    async def at_a_rate(self, per_second: float, seconds: float, pause_s: float) -> None:
        """Act at moments drawn beforehand, whether cards are redrawn or not; each kind of act as often as another.

        A transfer is left alone for a while after each step, unless it only has to be confirmed.
        """
        due = time.monotonic()
        ends = due + seconds
        while due < ends:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._one(pause_s)
            due += self.chance.expovariate(per_second)

    async def all_at_once(self) -> None:
        """Somebody taps on every transfer that is open, all in the same moment."""
        ready = [paper for paper in self.papers if paper.does not in (SAY, SUBMIT)]
        found = [await self._button(paper) for paper in ready]
        for paper, button in zip(ready, found, strict=True):
            if button is None:
                raise Lost(f"nobody can {paper.does} {paper.document_id}")
            self._tap(paper, *button)

    async def drained(self) -> None:
        """Wait until nothing is left to be done. Raises Lost where that does not end, or an act had no effect."""
        ends = time.monotonic() + DRAIN_SECONDS
        while self.server.queue or await self._rows(LEFT):
            if time.monotonic() > ends:
                raise Lost(f"there is work left after {DRAIN_SECONDS:.0f} s")
            await asyncio.sleep(LOOK_AGAIN_SECONDS * 4)
        for paper in self.papers:
            if not await self._settled(paper):
                raise Lost(f"{paper.last} had no effect")

    async def effects(self, rests: Iterable[tuple[float, int, float]]) -> list[Effect]:
        """What each act came to. `rests`: when a chat (by its row) was left alone, and until when.

        Raises Lost for an act of which no card says anything.
        """
        cards = await self._rows("select id, document_id, message_id from card where message_id is not null")
        about = {message_id: (card_id, document_id or 0) for card_id, document_id, message_id in cards}
        effects = [Effect(act) for act in self.acts]
        by_document, by_card = defaultdict[int, list[Effect]](list), dict[int, Effect]()
        for effect in effects:
            if effect.act.does == SAY:
                by_card[effect.act.card_id] = effect
            else:
                by_document[effect.act.document_id].append(effect)
        for message_id, call in self._calls():
            card_id, document_id = about.get(message_id, (0, 0))
            mine = [one for one in by_document[document_id] if one.act.at <= call.at]
            if mine:
                mine[-1].calls.append(call)
            elif card_id in by_card:
                by_card[card_id].calls.append(call)
        if missing := [effect.act for effect in effects if not effect.calls]:
            raise Lost(f"{len(missing)} acts changed no card, the first {missing[0]}")
        rows = await self._rows("select id, address from chat where channel = 'telegram'")
        address, closed = (
            {row_id: int(where) for row_id, where in rows},
            defaultdict[int, list[tuple[float, float]]](list),
        )
        for at, chat_id, until in rests:
            closed[address[chat_id]].append((at, until))
        for effect in effects:
            last = effect.calls[-1]
            effect.waited_s = overlap(closed[last.chat], effect.act.at, last.at)
        return effects

    def lines_ms(self) -> list[float]:
        """How long after its last step the groups heard of each transfer that arrived."""
        done = {act.document_id: act.at for act in self.acts if act.does == RECEIVE}
        heard = [
            (event["t"], int(number))
            for event in self.server.events
            if event["kind"] == "bot" and event["method"] == "sendMessage" and event["chat"] < 0
            for number in re.findall(r"TR-(\d+)", event["view"]["text"])
        ]
        return sorted((at - done[number]) * 1000 for at, number in heard if number in done)

    def _calls(self) -> list[tuple[str, Call]]:
        return [
            (f"{event['chat']}:{event['message_id']}", Call(event["t"], SHOWS[event["method"]], event["chat"]))
            for event in self.server.events
            if event["kind"] == "bot" and event["method"] in SHOWS
        ]

    async def _one(self, pause_s: float) -> None:
        """Somebody does what a transfer waits for, one whose cards all show that it does."""
        now, ready = time.time(), defaultdict[str, list[Paper]](list)
        for paper in self.papers:
            if paper.last is None or paper.does in (SAY, SUBMIT) or now - paper.last.at >= pause_s:
                ready[paper.does].append(paper)
        for papers in self.chance.sample(sorted(ready.values(), key=len), len(ready)):
            for paper in self.chance.sample(papers, min(len(papers), 8)):
                if await self._settled(paper) and await self._acts(paper):
                    return
        raise Lost("nobody has anything to do: every transfer that was looked at waits for its cards")

    async def _acts(self, paper: Paper) -> bool:
        if paper.does == SAY:
            busy = {one.by for one in self.papers if one.does == SUBMIT}
            wanted = self.chain.wanted(self.chance)
            if wanted.by in busy:
                return False
            paper.by, paper.document_id = wanted.by, 0
            self._begin(paper)
            self.server.say(wanted.by, wanted.text)
            return True
        button = await self._button(paper)
        if button:
            self._tap(paper, *button)
        return button is not None

    def _tap(self, paper: Paper, code: str, number: int, label: str) -> None:
        self._begin(paper)
        self.server.tap(code, number, label)

    def _begin(self, paper: Paper) -> None:
        confirms = paper.last.card_id if paper.last and paper.does == SUBMIT else 0
        paper.last = Act(time.time(), paper.does, paper.document_id, confirms)
        paper.does = NEXT[paper.does]
        self.acts.append(paper.last)

    async def _settled(self, paper: Paper) -> bool:
        """Whether the last act has been carried out, and every card of the transfer shows it."""
        act = paper.last
        if act is None:
            return True
        if act.does == SAY:
            return bool(act.card_id) or self._answered(paper, act)
        if act.does == SUBMIT and not act.document_id:
            found = await self._rows(f"select document_id from card where id = {act.card_id}")
            if not found or found[0][0] is None:
                return False
            act.document_id = paper.document_id = int(found[0][0])
        if await self._rows(MOVES.format(act.document_id)):
            return False
        wanted = {APPROVE: "approved", DISPATCH: "in_transit", RECEIVE: "received", SUBMIT: "submitted"}[act.does]
        return await self._rows(f"select state from document where id = {act.document_id}") == [(wanted,)]

    def _answered(self, paper: Paper, act: Act) -> bool:
        """Whether the card to confirm is there; from then on the act is known by it."""
        for message in reversed(self.server.chats[self.server.user(paper.by)].messages.values()):
            if button := _button_of(message, SUBMIT):
                act.card_id = int(button["callback_data"].split(".")[1])
                return True
        return False

    async def _button(self, paper: Paper) -> tuple[str, int, str] | None:
        """Somebody whose card lets them take the next step: who, the message, and the button's label."""
        asked = paper.last.card_id if paper.last and paper.does == SUBMIT else None
        which = f"document_id = {paper.document_id} and folded = 0" if asked is None else f"id = {asked}"
        found = []
        for (message_id,) in await self._rows(f"select message_id from card where message_id is not null and {which}"):
            place = MessageId.of(message_id)
            chat = self.server.chats[place.chat_id]
            if button := _button_of(chat.messages[place.number], paper.does):
                found.append((chat.user["first_name"], place.number, button["text"]))
        return self.chance.choice(found) if found else None

    async def _rows(self, query: str) -> list[tuple[Any, ...]]:
        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        return await self.database.read(ask)


def overlap(closed: Iterable[tuple[float, float]], begins: float, ends: float) -> float:
    """How much of the time between two moments lies within these spans, which may overlap each other."""
    found, until = 0.0, begins
    for span_begins, span_ends in sorted(closed):
        first, last = max(span_begins, until), min(span_ends, ends)
        if last > first:
            found, until = found + last - first, last
    return found


def rests_in(path: Path) -> list[tuple[float, int, float]]:
    """When each chat was left alone, and until when: the lines that the product's process has written."""
    return [tuple(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _button_of(message: Mapping[str, Any], verb: str) -> dict[str, str] | None:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return next((one for row in rows for one in row if one["callback_data"].startswith(f"{verb}.")), None)
