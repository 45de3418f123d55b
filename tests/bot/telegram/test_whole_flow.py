"""A day of the people who decide on Telegram, in private and in a group that becomes a supergroup in its middle.

A rule that headquarters says asks the keeper and then the area manager; somebody stands in for the one who is away;
a request is refused with a reason, one is withdrawn, one is answered by nobody and climbs; goods travel, and go back.
The limits of both sides are on: people take their time, and the clock is moved for it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.timetable import Timetable
from core.execute import execute
from core.ground.commands import Answer
from core.ground.work import Work
from core.people.delegations import Delegate
from core.people.directory import person_by_code
from data.engine import Database
from handlers.understand.names.lexicon import Lexicon
from tests.bot.telegram.played import NAMES, Moment, Played, played
from tests.bot.telegram.tale import PULL, UNDER_WAY, People, buttons, in_a_group, number, row_of, said
from tests.bot.telegram.upshot import bare, check

EVERYBODY = ("wang", "li", "qin", "tao", "jiang", "he")
RULE = "跨区调拨超过5件先仓管批再区域经理批,2小时没批就转总部"
DONE = [
    *("SaveRule", "Delegate"),
    *("SubmitTransfer", "ApproveTransfer", "ApproveTransfer"),  # the first, up to the word of who stands in
    *("SubmitTransfer", "RejectTransfer"),
    *("SubmitTransfer", "ApproveTransfer"),  # the one in the group, before its second step
    *("SubmitTransfer", "CancelTransfer"),
    *("RemindTransfer", "EscalateStep", "ApproveTransfer"),
    *("DispatchTransfer", "DispatchTransfer", "ReceiveTransfer", "ReceiveTransfer"),
    *("ReturnTransfer", "ApproveTransfer", "DispatchTransfer", "ReceiveTransfer"),
]
WORDS = (
    "select document_id, decision, by.code, for_whom.code from approval_step"
    " left join person by on by.id = decided_by_id left join person for_whom on for_whom.id = decided_for_id"
    " order by approval_step.id"
)
SHELVES = (
    "select place.code, available, reserved, in_transit from balance join place on place.id = place_id"
    " join sku on sku.id = sku_id where sku.code = 'SKU123' and place.code in ('W1', 'XH') order by place.code"
)


@dataclass
class CalmPeople(People):
    """People who look at their cards for a while before they go on, so that nobody is flooded."""

    async def say(self, who: str, text: str, shows: str) -> None:
        """Say it a little later."""
        self.one.later(seconds=15)
        await super().say(who, text, shows)

    async def tap(self, who: str, label: str) -> None:
        """Tap a little later."""
        self.one.later(seconds=15)
        await super().tap(who, label)

    async def asks(self, packs: int) -> int:
        """The clerk asks the warehouse for so many cases and confirms; the number of the request."""
        await self.say("wang", PULL.replace("20", str(packs)), "待你确认")
        await self.tap("wang", f"调{packs}箱")
        return number(self.one)

    def shown(self, who: str, named: str) -> str:
        """The newest message in somebody's chat that names this."""
        return next(m["text"] for m in reversed(self.one.server.screen(self.place(who))) if named in m["text"])


@pytest.mark.parametrize(("by", "heard"), [("webhook", "from the platform"), ("polling", "by an answer")])
async def test_people_decide_while_their_group_moves(demo: Database, lexicon: Lexicon, by: str, heard: str) -> None:
    async with played(demo, lexicon, by, clock=Moment(), limits=True) as one:
        old = await everybody_is_there(one)
        people = CalmPeople(one)
        await a_rule_and_somebody_away(people)
        first = await approved_by_who_stands_in(people)
        refused = await refused_with_a_reason(people)
        people.room = old
        asked = await asked_in_the_group(people)
        withdrawn, new = await withdrawn_while_the_group_moves(people, heard)
        await nobody_answers(people, asked)
        await sent_and_received(people, first, asked)
        back = await taken_back(people, first)
        await news_comes_again(people)

        word = dict.fromkeys((first, asked, back), "收齐") | {refused: "已驳回", withdrawn: "已撤回"}
        check_screens(one, word, new)
        assert outcomes(one, old) == Counter({f"已驳回 · TR-{refused}": 1})
        lines = [f"{word[document]} · TR-{document}" for document in (withdrawn, first, asked, back)]
        assert outcomes(one, new) == Counter(lines)
        check_words(one, first, refused, asked, withdrawn, back)
        assert one.rows(SHELVES) == [("W1", 1488 - 144, 0, 0), ("XH", 78 + 144, 0, 0)]
        rows = check(one, *DONE, problems={"rejected": 1} if heard == "by an answer" else {})
        assert [row for row in rows if len(row.sights) != 1] == []
        # Who is told by nobody hears of the move by the one call that is refused for it.
        moved = "sendMessage: Bad Request: group chat was upgraded to a supergroup chat"
        told = [{"code": "rejected", "text": moved, "chat": old}] if heard == "by an answer" else []
        assert one.server.problems() == told


# The day, in its order.


async def everybody_is_there(one: Played) -> int:
    """The product runs, everybody has written to it before, and there is a group of the old kind; its id."""
    await one.link(*(name for name in EVERYBODY if name not in ("wang", "qin")))
    for name in EVERYBODY:
        one.server.chats[one.server.user(name)].open = True
    await one.start()
    await one.hears()
    return await in_a_group(one, "wang", "qin", "li", "tao", supergroup=False)


async def a_rule_and_somebody_away(people: CalmPeople) -> None:
    """Headquarters says a rule in a private chat; the area manager of the south is away for two days."""
    await people.say("he", RULE, "待你确认")
    await people.tap("he", "生效")

    def away(work: Work) -> object:
        absent, other = (person_by_code(work, NAMES[name]) for name in ("jiang", "tao"))
        days = Delegate(absent.id, other.id, work.now, work.now + timedelta(days=2))
        return execute(work.by(absent, "rest"), days, key="away")

    assert isinstance(await people.one.write(away), Answer)


async def approved_by_who_stands_in(people: CalmPeople) -> int:
    """Twenty cases, asked for in a private chat: the keeper, then who stands in for the area manager."""
    first = await people.asks(20)
    assert people.found("tao", "批20箱") is None  # not yet
    await people.tap("qin", "批20箱")
    assert "你代姜海" in people.shown("tao", f"TR-{first}")
    await people.tap("tao", "批20箱")
    assert f"已批 · TR-{first} · 陶然代姜海" in people.shown("wang", f"TR-{first}")
    return first


async def refused_with_a_reason(people: CalmPeople) -> int:
    """Eight cases more are too many: the keeper says so with a second tap."""
    refused = await people.asks(8)
    await people.tap("qin", "驳回")
    assert f"待批 · TR-{refused}" in people.shown("wang", f"TR-{refused}")  # nothing is refused before the reason
    await people.tap("qin", "太多了")
    assert "太多了" in people.shown("wang", f"TR-{refused}")
    return refused


async def asked_in_the_group(people: CalmPeople) -> int:
    """Six cases, asked for in the group; the keeper agrees, so that the card there stays open for the second word."""
    asked = await people.asks(6)
    await people.tap("qin", "批6箱")
    assert f"待批 · TR-{asked} · 等陶然代姜海" in people.shown("wang", f"TR-{asked}")
    return asked


async def withdrawn_while_the_group_moves(people: CalmPeople, heard: str) -> tuple[int, int]:
    """Seven cases, asked for in a private chat, are withdrawn; the group that is told is another one by then.

    The number of the request, and the new id of the group.
    """
    one, old = people.one, people.room
    people.room = None
    withdrawn = await people.asks(7)
    if heard == "by an answer":
        one.server.hold()
    new: int = one.server.migrate(old)
    if heard == "from the platform":
        await one.until(lambda: row_of(one, new))
        await people.rest()
    await people.tap("wang", "撤回")
    if heard == "by an answer":
        one.server.release([2])  # the tap: the two messages about the move come last of all
    await people.rest()
    assert row_of(one, new)
    people.room = new
    assert len([card for card in one.server.screen(new) if "撤回" in buttons(card)]) == 1  # the open card is there
    return withdrawn, new


async def nobody_answers(people: CalmPeople, asked: int) -> None:
    """Two hours later headquarters is asked; a word of who was asked before counts no more, and tells how it stands."""
    one = people.one
    before = people.found("tao", "批6箱")
    assert before is not None
    one.later(hours=2, minutes=1)
    await Timetable(one.database, one.clock, one.wake).ring()
    await people.rest()
    assert f"待批 · TR-{asked} · 等何总" in people.shown("wang", f"TR-{asked}")
    assert f"到时没人批 · TR-{asked} · 改问何总 · 中央仓 → 西湖店" in said(one, "wang")
    query = one.server.tap("tao", before["message_id"], "批6箱", stale=True)  # a phone that was in a pocket
    await people.rest()
    assert one.server.toast(query)["text"].startswith(f"待批 · TR-{asked} · 等何总")
    await people.tap("he", "批6箱")
    assert f"已批 · TR-{asked} · 何总" in people.shown("wang", f"TR-{asked}")


async def sent_and_received(people: CalmPeople, first: int, asked: int) -> None:
    """Both travel, and the manager counts them in on her cards, the newest first."""
    await people.tap("qin", "发6箱")
    await people.tap("qin", "发20箱")
    assert f"TR-{first}" in (await people.with_button("li", "全收"))["text"]
    await people.tap("li", "全收")
    await people.tap("li", "全收")


async def taken_back(people: CalmPeople, first: int) -> int:
    """The manager takes the first one back: a transfer of its own, with a word of the area manager, to the last step.

    Its number.
    """
    await people.say("li", f"撤销TR-{first}", "待你确认")
    await people.tap("li", "退回20箱")
    await people.tap("tao", "批20箱")
    await people.tap("li", "发20箱")
    await people.tap("qin", "全收")
    return number(people.one)


async def news_comes_again(people: CalmPeople) -> None:
    """The platform brings the news of the move once more: nothing comes of it."""
    one = people.one
    one.later(minutes=1)
    before = {chat: one.server.screen(chat) for chat in one.server.chats}
    for update_id, update in list(one.server.history.items()):
        if update.get("message", {}).keys() & {"migrate_to_chat_id", "migrate_from_chat_id"}:
            one.server.redeliver(update_id)
    await one.rests(UNDER_WAY)
    assert {chat: one.server.screen(chat) for chat in one.server.chats} == before


# What it has come to.


def check_screens(one: Played, word: dict[int, str], group: int) -> None:
    """Every message that is about a request, wherever it is, says how that ended; what can be tapped takes it back."""
    seen = Counter[int]()
    for chat in (*EVERYBODY, group):
        for message in one.server.screen(chat):
            state = bare(message["text"]).split("\n")[0]
            found = re.match(r"\S+ · TR-(\d+)", state)
            if found and message["from"] == one.server.me["first_name"] and not state.startswith("到时没人批"):
                document = int(found[1])
                seen[document] += 1
                assert state.startswith(f"{word[document]} · TR-{document}"), (chat, message)
                assert set(buttons(message)) <= {"撤销"}, (chat, message)
    assert seen.keys() == word.keys()


def outcomes(one: Played, group: int) -> Counter[str]:
    """The lines about outcomes that a group was told, each by its state and number."""
    lines = [line for line in said(one, group) if "中央仓" in line and " → " in line]
    return Counter(" · ".join(line.split(" · ")[:2]) for line in lines)


def check_words(one: Played, first: int, refused: int, asked: int, withdrawn: int, back: int) -> None:
    """Who decided what, once, and for whom."""
    keeper, area, absent, hq = (NAMES[name] for name in ("qin", "tao", "jiang", "he"))
    assert one.rows(WORDS) == [
        (first, "approved", keeper, None),
        (first, "approved", area, absent),
        (refused, "rejected", keeper, None),
        (refused, "dropped", None, None),
        (asked, "approved", keeper, None),
        (asked, "approved", hq, None),
        (withdrawn, "dropped", None, None),
        (withdrawn, "dropped", None, None),
        (back, "approved", area, None),
    ]
