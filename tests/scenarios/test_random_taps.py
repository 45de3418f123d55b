"""Anybody taps anything: their own buttons, old ones, ones that were forwarded to them, and ones that never were.

What came of it is read from the audit, and who might do that from a table written down by hand.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.ground.permissions import Actor
from data.kinds import Outcome, Role
from data.tables.ground import AuditEntry
from data.tables.stock import Document
from tests.scenarios.chain import Chain

STEPS = 130
PLACES = ("中央仓", "西湖店", "二七店", "武林店")
GOODS = ("可口可乐500ml", "红牛", "雪碧330ml")
LIKELY = {"submit": 30, "approve": 20, "dispatch": 20, "receive_all": 20, "take_back_all": 10, "freeze": 5, "reject": 4}
LIKELY |= {"turn_back": 2, "cancel": 1, "choose": 8, "ask_undo": 1, "undo": 8}
"""Verbs that are a command, or a step to one, and how often an open one is tapped beside the others."""
STAFF = frozenset({Role.CLERK, Role.STORE_MANAGER, Role.KEEPER})
SPEAK = frozenset({Role.STORE_MANAGER, Role.KEEPER, Role.AREA_MANAGER, Role.HQ})
DECISIONS = frozenset({"ApproveTransfer", "RejectTransfer"})


@dataclass(frozen=True, slots=True)
class Done:
    """A command that took effect, as the audit tells it."""

    id: int
    actor_id: int
    command: str
    document_id: int | None


@dataclass
class Crowd:
    """The people of a chain who tap at random, and every button that anybody ever saw."""

    chain: Chain
    lot: random.Random
    shown: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[tuple[str, str], None] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)
    worked: Counter[str] = field(default_factory=Counter)

    async def look(self) -> None:
        """Remember the buttons that are open now."""
        self.shown = {}
        for who, cards in (await self.chain.all_cards()).items():
            buttons = [data for card in cards for data in card.buttons.values()]
            self.shown[who] = [data for data in buttons if data.partition(".")[0] in LIKELY]
            self.seen |= {(who, data): None for data in buttons}

    def tap(self) -> tuple[str, str, str]:
        """Which kind of tap, by whom (with the chat), and its bytes."""
        kind = self.lot.choices(("own", "old", "forwarded", "forged"), (66, 9, 9, 16))[0]
        is_open = [(who, data) for who, buttons in self.shown.items() for data in buttons]
        if kind == "own" and is_open:
            weights = [LIKELY[data.partition(".")[0]] for _, data in is_open]
            return kind, *self.lot.choices(is_open, weights)[0]
        who, data = self.lot.choice(list(self.seen))
        if kind == "forwarded":
            who = self.lot.choice([name for name in self.chain.people if name in self.chain.chats])
        if kind == "forged":
            who, data = self.lot.choice(is_open or [(who, data)])
            _, _, rest = data.partition(".")
            data = f"{self.lot.choice(list(LIKELY))}.{rest}"
        return kind, who, data


def requests(lot: random.Random) -> Iterator[str]:
    """What is asked for, again and again."""
    while True:
        source, target = lot.sample(PLACES, 2)
        yield f"从{source}调{lot.randint(1, 14)}箱{lot.choice(GOODS)}到{target}"


async def done_since(chain: Chain, last: int) -> list[Done]:
    """What took effect after this audit row."""
    columns = (col(AuditEntry.id), col(AuditEntry.actor_id), col(AuditEntry.command), col(AuditEntry.document_id))
    query = select(*columns).where(col(AuditEntry.id) > last, col(AuditEntry.outcome) == Outcome.DONE)
    rows = await chain.database.read(lambda c: c.execute(query.order_by(col(AuditEntry.id))).all())
    return [Done(int(row[0] or 0), *row[1:]) for row in rows]


async def last_entry(chain: Chain) -> int:
    """The newest audit row."""
    rows = await chain.database.read(lambda c: c.exec_driver_sql("select max(id) from audit").scalar())
    return int(rows or 0)


def acts_at(chain: Chain, who: Actor, place_id: int) -> bool:
    """Whether a place lies where this person may act."""
    if who.role is Role.HQ:
        return True
    if who.role is Role.AREA_MANAGER:
        return chain.catalogue.place_by_id[place_id].region == who.region
    return who.home_id == place_id


async def check(chain: Chain, done: Done, who: Actor) -> None:
    """That this person might do this to this transfer, by the table of the house rules."""
    columns = [getattr(Document, name) for name in ("place_id", "other_place_id", "requester_id", "dispatched_by_id")]
    query = select(*map(col, columns)).where(col(Document.id) == done.document_id)
    row = await chain.database.read(lambda c: c.execute(query).one())
    source, target, requester, dispatcher = row
    at_source, at_target = acts_at(chain, who, source), acts_at(chain, who, target)
    own = who.id == requester
    may = {
        "SubmitTransfer": who.role in STAFF | SPEAK and (at_source or at_target) and own,
        "ApproveTransfer": who.role in SPEAK and at_source and not own,
        "RejectTransfer": who.role in SPEAK and at_source and not own,
        "CancelTransfer": own or (who.role in SPEAK and (at_source or at_target)),
        "TurnBack": own or (who.role in SPEAK and (at_source or at_target)),
        "FreezeTransfer": own or (who.role in STAFF | SPEAK and (at_source or at_target)),
        "DispatchTransfer": who.role in STAFF and who.home_id == source,
        "ReceiveTransfer": (who.role in STAFF | {Role.AREA_MANAGER}) and at_target and who.id != dispatcher,
        "ReturnTransfer": who.role in STAFF | SPEAK and at_source and own,  # a transfer of its own, the other way
        "TakeBack": (who.role in STAFF | {Role.AREA_MANAGER}) and at_source,
    }
    assert may[done.command], (done, who)


async def story(chain: Chain, seed: int) -> Crowd:
    """People ask, and everybody taps; each effect is checked as it comes."""
    lot = random.Random(seed)
    crowd, wanted = Crowd(chain, lot), requests(lot)
    askers = [name for name in ("王小丫", "李姐", "秦师傅", "赵敏", "周婷", "姜海", "何总") if name in chain.people]
    decided: Counter[int] = Counter()
    for step in range(STEPS):
        if step % 5 == 0 or not any(crowd.shown.values()):
            await chain.says(lot.choice(askers), next(wanted))
        if step % 40 == 39:
            await chain.later(hours=5)  # what waited too long lapses
        await crowd.look()
        kind, where, data = crowd.tap()
        who, before = chain.people[where.partition("@")[0]], await last_entry(chain)
        await chain.taps_bytes(where, data)
        done = await done_since(chain, before)
        crowd.tried[kind] += 1
        crowd.worked[kind] += bool(done)
        for one in done:
            assert one.actor_id == who.id
            await check(chain, one, who)
            if one.command in DECISIONS:
                decided[one.document_id or 0] += 1
    assert max(decided.values(), default=0) == 1
    assert len(decided) >= 3
    return crowd


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_done_by_one_who_may_not_and_nothing_is_decided_twice(chain: Chain, seed: int) -> None:
    crowd = await story(chain, seed)
    assert sum(crowd.worked.values()) * 3 >= sum(crowd.tried.values()), (crowd.worked, crowd.tried)
    assert crowd.worked["forwarded"] <= crowd.tried["forwarded"] // 4  # only where it was forwarded to its own reader
    assert set(crowd.tried) == {"own", "old", "forwarded", "forged"}
