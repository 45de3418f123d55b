"""What is run for each message, event and card is compiled when the modules are imported, and nothing on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, event

from bot.inbox import Update, keep_update
from core.ground.events import are_there_new_events, take_events
from core.ground.work import Work
from core.people.directory import person
from data.engine import Database
from data.kinds import InboxKind
from handlers import notices, respond
from handlers.cards import card
from handlers.chats import chat
from handlers.faces import draw
from handlers.plan import Incoming, Plan
from handlers.understand.names.lexicon import Lexicon
from tests.scenarios.chain import Chain
from tests.scenarios.twice import BOTH

Result = TypeVar("Result")
FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Watched:
    """Takes what people say and tap through both hops, its events and its cards; notes what was built on the way."""

    def __init__(self, chain: Chain) -> None:
        """Nothing was built yet, and nothing shown."""
        self.chain, self.database, self.built = chain, chain.database, list[str]()
        self._buttons: dict[int, dict[str, str]] = {}
        self._came = 0

    async def says(self, who: str, text: str, kind: InboxKind = InboxKind.MESSAGE) -> None:
        """Somebody writes in their chat."""
        self._came += 1
        chat_id, person_id = self.chain.chat_of(who), self.chain.people[who].id
        update = Update("console", f"watched:{self._came}", chat_id, person_id, kind, text)
        inbox_id = await self.database.write(lambda c: keep_update(Work(c, self.chain.now), update))

        def read(work: Work) -> tuple[Incoming, Plan]:
            where, actor = chat(work, chat_id), person(work, person_id)
            facts = (where.kind, where.language, actor, kind, text, work.now)
            incoming = Incoming(inbox_id, "console", chat_id, *facts)
            return incoming, respond.read(work, incoming, self.chain.lexicon)

        incoming, plan = await self._reads(read)
        await self._writes(lambda work: respond.act(work, incoming, plan, self.chain.catalogue))
        await self._tells()
        for card_id in await self.database.write(_lagging):
            await self._reads(lambda work, card_id=card_id: self._draws(work, card_id))

    async def taps(self, who: str, label: str) -> None:
        """Somebody taps a button of the newest card that has one with this label."""
        await self.says(who, self._buttons[self.chain.chat_of(who)][label], InboxKind.TAP)

    async def states(self) -> list[str]:
        """How the transfers stand, the oldest first."""
        query = "select state from document where kind = 'transfer' order by id"
        return await self.database.read(lambda c: [row[0] for row in c.exec_driver_sql(query)])

    async def _tells(self) -> None:
        while await self._reads(are_there_new_events):
            for one in await self._writes(take_events):
                worded = await self._reads(lambda work, one=one: notices.word(work, one, self.chain.catalogue))
                await self._writes(lambda work, one=one, worded=worded: notices.put(work, one, worded))

    def _draws(self, work: Work, card_id: int) -> None:
        found = card(work, card_id)
        assert found is not None
        drawn = draw(work, found, self.chain.catalogue)
        self._buttons.setdefault(found.chat_id, {}).update({one.label: one.data for one in drawn.buttons})

    async def _reads(self, job: Callable[[Work], Result]) -> Result:
        return await self.database.read(lambda connection: self._watched(connection, job))

    async def _writes(self, job: Callable[[Work], Result]) -> Result:
        return await self.database.write(lambda connection: self._watched(connection, job))

    def _watched(self, connection: Connection, job: Callable[[Work], Result]) -> Result:
        event.listen(connection, "before_cursor_execute", self._note)
        try:
            return job(Work(connection, self.chain.now))
        finally:
            event.remove(connection, "before_cursor_execute", self._note)

    def _note(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(FRAME):
            self.built.append(statement)


def _lagging(connection: Connection) -> list[int]:
    """The cards that show an older version of themselves; they are taken as drawn from now on."""
    late = "shown_version < wanted_version"
    found = [int(row[0]) for row in connection.exec_driver_sql(f"select id from card where {late} order by id")]
    connection.exec_driver_sql(f"update card set shown_version = wanted_version where {late}")
    return found


@pytest.fixture(params=BOTH)
def watched(request: pytest.FixtureRequest, lexicon: Lexicon) -> Watched:
    """The demo chain, on SQLite and then on PostgreSQL."""
    database: Database = request.getfixturevalue("demo" if request.param == "sqlite" else "demo_postgresql")
    return Watched(Chain(database, lexicon))


async def test_nothing_is_built_while_people_ask(watched: Watched) -> None:
    for said in ("西湖店可乐还有多少", "哪里有可乐", "帮助", "中文", "嗯嗯", "TR-1001", "调可乐", "取消", "让小王批"):
        await watched.says("王小丫", said)
    await watched.says("王小丫", "从中央仓调9999箱可口可乐500ml到西湖店")
    await watched.taps("王小丫", "取消")
    assert watched.built == []


async def test_nothing_is_built_while_a_transfer_goes_its_way(watched: Watched) -> None:
    await watched.says("王小丫", "从中央仓调2箱可口可乐500ml到西湖店")
    await watched.taps("王小丫", "调2箱")
    await watched.taps("秦师傅", "批2箱")
    await watched.taps("秦师傅", "发2箱")
    await watched.says("王小丫", "收到TR-1015 少3瓶")
    await watched.taps("王小丫", "收45瓶")
    await watched.taps("秦师傅", "发货方找到了")
    await watched.says("秦师傅", "1瓶")
    await watched.says("秦师傅", "好")
    await watched.taps("李姐", "记损2瓶")
    await watched.taps("李姐", "收货方承担")
    await watched.taps("李姐", "记损2瓶")
    assert (await watched.states(), watched.built) == (["received"], [])


async def test_nothing_is_built_while_one_is_refused_and_one_withdrawn(watched: Watched) -> None:
    for number, (who, label) in enumerate((("秦师傅", "驳回"), ("王小丫", "撤回"))):
        await watched.says("王小丫", f"从中央仓调{number + 1}箱可口可乐500ml到西湖店")
        await watched.taps("王小丫", f"调{number + 1}箱")
        await watched.taps(who, label)
        if label == "驳回":
            await watched.taps(who, "太多了")
    assert (await watched.states(), watched.built) == (["rejected", "cancelled"], [])
