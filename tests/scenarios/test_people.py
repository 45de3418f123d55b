"""People are listed, moved, suspended, restored and removed in the chat; whoever is out is out at once."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from core.execute import execute
from core.ground.commands import Answer
from core.ground.work import Work
from core.people.directory import person
from core.people.invites import LetsIn, MakeInvite, Newcomer
from data.kinds import InboxKind, Role
from handlers.joining import Visitor, hash_of, join
from tests.scenarios.chain import SILENCE, Chain
from tests.scenarios.form import breaches
from tests.scenarios.twice import Twice

STOPPED = "你的账号停用了,什么都没动。要恢复请找店长或总部。"
NOT_YOURS = "这个人不归你管,什么都没改。请找区域经理或总部。"
CHANGED = "卡已经变了,看最新的"
ASKS = "从中央仓调20箱可口可乐500ml到西湖店"
_codes = count(1)


async def query(chain: Chain, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a plain SQL query."""
    return await chain.database.read(lambda c: [tuple(row) for row in c.exec_driver_sql(sql)])


async def stands(chain: Chain, name: str) -> list[tuple[Any, ...]]:
    """How everybody of this name stands: standing, role, the code of their home."""
    return await query(
        chain,
        "select person.standing, role, place.code from person left join place on place.id = home_id"
        f" where person.name = '{name}' order by person.id",
    )


async def requested(chain: Chain, who: str = "王小丫") -> str:
    """A request that waits for 秦师傅; its number."""
    await chain.says(who, ASKS)
    return (await chain.taps(who, "调20箱")).split(" · ")[1]


async def does(chain: Chain, who: str, said: str, label: str) -> str:
    """Say what is to be done with somebody, and tap its verb; the toast."""
    await chain.says(who, said)
    return await chain.taps(who, label)


async def comes(chain: Chain, inviter: str, lets_in: LetsIn, name: str, address: str = "tg1") -> str | None:
    """Somebody opens an invite of this person's; what they are told on the side."""
    code = f"code {next(_codes)}"

    def invited(connection: Any) -> None:
        work = Work(connection, chain.now).by(chain.people[inviter], "test")
        assert isinstance(execute(work, MakeInvite(hash_of(code), lets_in), key=code), Answer)

    await chain.database.write(invited)
    visitor = Visitor("telegram", address, name, "zh")
    said = await chain.database.write(lambda c: join(Work(c, chain.now), visitor, code, chain.catalogue, key=code))
    await chain.later(rings=False)
    sql = "select person_id, chat_id from account where channel = 'telegram'"
    for person_id, chat_id in await query(chain, sql):
        one = await chain.database.read(lambda c, found=person_id: person(Work(c, chain.now), found))
        chain.people[one.name], chain.chats[one.name] = one, chat_id
    await chain.says(inviter, "谢谢")  # what happened is told
    return said


# Whom one manages.


async def test_a_manager_sees_whom_they_manage(twice: Twice) -> None:
    shown = await twice.says("李姐", "人员")
    assert (shown.lines, shown.labels) == (["你管的人 · 1人", "1. 王小丫 · 西湖店的店员"], ["1. 王小丫"])
    assert await twice.taps("李姐", "1. 王小丫") == "看卡上"
    shown = await twice.card("李姐")
    assert (shown.lines, shown.labels) == (["在岗 · 王小丫 · 西湖店的店员"], ["停用", "移除", "名单"])


async def test_a_long_list_has_pages_and_begins_again(chain: Chain) -> None:
    first = await chain.says("陶然", "人员名单")
    assert first.state == "你管的人 · 8人"
    assert first.labels == ["1. 王小丫", "2. 李姐", "3. 卫国", "4. 韩梅", "更多"]
    await chain.taps("陶然", "更多")
    assert (await chain.card("陶然")).labels == ["1. 杨洋", "2. 张玲", "3. 严平", "4. 华英", "更多"]
    await chain.taps("陶然", "更多")
    assert await chain.card("陶然") == first


MANAGED = {
    "王小丫": 0, "李姐": 1, "秦师傅": 0, "陶然": 8, "许采购": 0, "谢芳": 0, "邹明": 0, "何总": 32, "Alex": 33,
}  # fmt: skip


@pytest.mark.parametrize(("who", "many"), MANAGED.items())
async def test_nobody_sees_or_names_others_than_those(chain: Chain, who: str, many: int) -> None:
    shown = await chain.says(who, "人员")
    none = "There is nobody whom you manage." if who == "Alex" else "没有归你管的人。"
    assert shown.state.endswith(f"{many}人") or shown.state.endswith(f"· {many}") or (not many and shown.state == none)
    named = [one for one in list(chain.people) if (await chain.says(who, f"移除{one}")).buttons]
    assert len(named) == many
    assert who not in named
    assert {one for one, _ in await query(chain, "select standing, count(*) from person group by 1")} == {"active"}


async def test_what_names_nobody_is_read_as_ever(chain: Chain) -> None:
    for said in ("可口可乐500ml调到二七店", "移除可乐", "恢复供应了吗", "停用", "move 20 SKU123 to store B"):
        shown = await chain.says("李姐", said)
        assert shown.lines[0] not in (NOT_YOURS, "你管的人 · 1人"), said
    assert (await chain.says("何总@总部群", "@stocktalk 移除王小丫")).lines == ["人员只在私聊里管。"]
    assert await chain.says("何总@总部群", "移除王小丫") == SILENCE


@pytest.mark.parametrize("said", ["移除王小丫", "把王小丫移除", "王小丫移除", "开除王小丫。", "remove 王小丫"])
async def test_ways_to_say_it(chain: Chain, said: str) -> None:
    assert (await chain.says("李姐", said)).state == "待你确认 · 移除王小丫"


# Suspended and restored.


async def test_who_is_suspended_does_nothing_and_gets_nothing_until_restored(twice: Twice) -> None:
    await requested(twice)
    card = await twice.says("李姐", "停用王小丫")
    assert card.lines == [
        "待你确认 · 停用王小丫",
        "西湖店的店员",
        "马上不能说话、点按钮,也收不到卡",
        "要的货照旧:TR-1015",
    ]
    assert card.labels == ["停用", "返回"]
    assert await twice.taps("李姐", "停用") == "已停用 · 王小丫 · 李姐 10:41"
    assert await stands(twice, "王小丫") == [("suspended", "clerk", "XH")]
    assert (await twice.says("李姐", "人员")).lines[1] == "1. 王小丫 · 西湖店的店员 · 停用"

    assert (await twice.says("王小丫", "西湖店可口可乐500ml还有多少")).lines == [STOPPED]
    assert (await twice.card("王小丫")).lines == ["账号已停用 · 这张卡不能再用"]
    said = len(await twice.lines("王小丫"))
    cards = len(await twice.cards("王小丫"))
    await twice.taps("秦师傅", "驳回")
    await twice.taps("秦师傅", "不说原因")  # of which whoever asked hears, as ever
    assert (len(await twice.lines("王小丫")), len(await twice.cards("王小丫"))) == (said, cards)

    assert await does(twice, "李姐", "恢复王小丫", "恢复") == "在岗 · 王小丫 · 西湖店的店员"
    assert (await twice.lines("王小丫"))[-1] == "李姐恢复了你的账号,可以接着办了。"
    assert (await twice.says("王小丫", ASKS)).state == "待你确认 · 库存还没动"


async def test_an_old_button_of_who_is_suspended_does_nothing(chain: Chain) -> None:
    shown, before = await chain.says("王小丫", ASKS), await chain.count("document")
    await does(chain, "李姐", "停用王小丫", "停用")
    assert await chain.taps_bytes("王小丫", shown.buttons["调20箱"]) == STOPPED
    assert await chain.count("document") == before


async def test_what_was_read_before_is_not_done_after(twice: Twice) -> None:
    shown = await Chain.says(twice, "王小丫", ASKS)
    heard = await twice.hears("王小丫", shown.buttons["调20箱"], InboxKind.TAP)
    await does(twice, "李姐", "移除王小丫", "移除")
    before = await twice.count("document")
    assert await twice.acts(heard) == STOPPED
    assert await twice.count("document") == before
    rows = await query(twice, "select command, outcome, code from audit order by id desc limit 1")
    assert rows == [("SubmitTransfer", "refused", "not_active")]


async def test_nobody_is_asked_who_is_suspended(twice: Twice) -> None:
    await does(twice, "何总", "停用秦师傅", "停用")
    await twice.says("王小丫", ASKS)
    assert await twice.taps("王小丫", "调20箱") == "待批 · TR-1015 · 等姜海"
    assert (await twice.card("姜海")).state.startswith("待你批 · TR-1015")
    assert not [one for one in await twice.cards("秦师傅") if one.labels]


# Removed.


async def test_a_request_is_handed_on_and_the_name_stays(twice: Twice) -> None:
    number = await requested(twice)
    card = await twice.says("陶然", "移除王小丫")
    assert card.lines == [
        "待你确认 · 移除王小丫",
        "西湖店的店员",
        "马上进不来,卡和按钮全停,邀请作废",
        f"要的货 {number} → 李姐",
        "账上的名字不变;再来要新邀请",
    ]
    assert card.labels == ["移除", "换人接", "返回"]
    await twice.taps("陶然", "换人接")
    assert (await twice.card("陶然")).lines[:3] == [
        "待你选 · 谁接王小丫的单",
        "1. 李姐 · 西湖店的店长",
        "2. 陶然 · 区域经理,管西湖店、城西店等4处",
    ]
    await twice.taps("陶然", "3. 卫国")
    assert (await twice.card("陶然")).lines[3] == f"要的货 {number} → 卫国"
    assert await twice.taps("陶然", "移除") == "已移除 · 王小丫 · 陶然 10:41"
    assert (await twice.card("陶然")).labels == []

    assert await twice.lines("卫国") == [f"王小丫不在这里了,要的货归你跟:{number}。"]
    assert "撤回" in (await twice.card("卫国")).labels
    assert any("王小丫" in line for line in (await twice.card("秦师傅")).lines)  # the books name who asked
    assert (await twice.says("王小丫", "帮助")).lines == [STOPPED]
    await twice.taps("秦师傅", "驳回")
    await twice.taps("秦师傅", "不说原因")
    assert len(await twice.lines("卫国")) == 2
    assert await twice.lines("王小丫") == [STOPPED] * len(await twice.lines("王小丫"))


async def test_who_goes_on_may_withdraw_it(twice: Twice) -> None:
    number = await requested(twice)
    await twice.says("陶然", "移除王小丫")
    await twice.taps("陶然", "换人接")
    await twice.taps("陶然", "3. 卫国")
    await twice.taps("陶然", "移除")
    assert await twice.taps("卫国", "撤回") == f"已撤回 · {number} · 10:41"


async def test_what_waited_for_them_alone_climbs(twice: Twice) -> None:
    number = await requested(twice)
    card = await twice.says("何总", "移除秦师傅")
    assert f"独自待批 {number} → 上一级" in card.lines
    assert await twice.taps("何总", "移除") == "已移除 · 秦师傅 · 何总 10:41"
    assert (await twice.card("姜海")).state.startswith(f"待你批 · {number}")
    assert (await twice.card("王小丫")).state == f"待批 · {number} · 等姜海"
    assert (await twice.taps("姜海", "批20箱")).startswith(f"已批 · {number} · 姜海")


async def test_nobody_goes_without_whom_the_goods_cannot_leave(twice: Twice) -> None:
    await requested(twice)
    await twice.taps("秦师傅", "批20箱")
    refused = "这样中央仓就没人能发货了,什么都没改。先安排一个人过去。"
    assert await does(twice, "何总", "移除秦师傅", "移除") == refused
    assert await stands(twice, "秦师傅") == [("active", "keeper", "W1")]
    assert await does(twice, "何总", "周婷调到中央仓", "调过去") == "在岗 · 周婷 · 中央仓的店员"
    assert await does(twice, "何总", "移除秦师傅", "移除") == "已移除 · 秦师傅 · 何总 10:41"


# Moved.


async def test_who_is_moved_acts_there_and_no_longer_here(twice: Twice) -> None:
    card = await twice.says("陶然", "王小丫调到城西店")
    assert card.lines == ["待你确认 · 王小丫调动", "西湖店的店员 → 城西店的店员", "马上只能办那边的事,账上的不变"]
    assert await twice.taps("陶然", "调过去") == "在岗 · 王小丫 · 城西店的店员"
    assert await stands(twice, "王小丫") == [("active", "clerk", "CX")]
    assert (await twice.lines("王小丫"))[-1] == "陶然把你调动了:现在是城西店的店员。"
    assert (await twice.lines("张玲"))[-1] == "王小丫调来了:城西店的店员,陶然安排的。"
    await twice.says("王小丫", ASKS)
    assert (await twice.card("王小丫")).labels == ["取消"]  # for a place that is theirs no more
    assert (await twice.says("李姐", "人员")).lines == ["没有归你管的人。"]
    assert (await twice.says("张玲", "人员")).lines[1:] == ["1. 王小丫 · 城西店的店员", "2. 卫国 · 城西店的店员"]


async def test_a_place_that_is_not_theirs_to_give_is_asked_for(chain: Chain) -> None:
    for said in ("王小丫调到二七店", "王小丫调到火星店", "王小丫调到西湖店"):
        shown = await chain.says("陶然", said)
        assert shown.state == "待你选 · 王小丫调到哪里"
        assert shown.labels[:2] == ["1. 城西店", "2. 千岛湖店"]
    await chain.taps("陶然", "2. 千岛湖店")
    assert await chain.taps("陶然", "调过去") == "在岗 · 王小丫 · 千岛湖店的店员"


async def test_a_role_is_changed_by_buttons(chain: Chain) -> None:
    await chain.says("何总", "停用李姐")
    await chain.taps("何总", "返回")
    await chain.taps("何总", "换岗")
    assert (await chain.card("何总")).lines == ["待你选 · 李姐换什么岗", "1. 店员", "2. 仓管", "3. 区域经理", "4. 采购"]
    await chain.taps("何总", "3. 区域经理")
    assert (await chain.card("何总")).state == "待你选 · 李姐调到哪里"
    await chain.taps("何总", "1. 二七店、武林店等…")
    assert await chain.taps("何总", "调过去") == "在岗 · 李姐 · 区域经理,管二七店、武林店等6处"


async def test_of_two_with_one_name_the_card_says_which(chain: Chain) -> None:
    await chain.database.write(
        lambda c: c.exec_driver_sql("update person set name = 'li' where code in ('u01', 'u11')")
    )
    await chain.database.write(lambda c: c.exec_driver_sql("update person set name = 'LI' where code = 'u14'"))
    shown = await chain.says("陶然", "移除Li")
    assert shown.lines == [
        "你管的人 · 3人", "1. li · 西湖店的店员", "2. li · 城西店的店员", "3. LI · 千岛湖店的店员",
    ]  # fmt: skip
    await chain.taps("陶然", "3. LI")
    assert (await chain.card("陶然")).state == "在岗 · LI · 千岛湖店的店员"


# Buttons of others, twice, late.


async def test_a_card_of_somebody_else_does_nothing(chain: Chain) -> None:
    card = await chain.says("李姐", "移除王小丫")
    for who in ("王小丫", "何总", "孙强"):
        assert await chain.taps_bytes(who, card.buttons["移除"]) == "这个按钮不在这里,没有生效"
    verb_card_version = card.buttons["移除"].rpartition(".")[0]
    for data in (f"{verb_card_version}.99", f"{verb_card_version}", card.buttons["移除"].replace("remove", "restore")):
        assert await chain.taps_bytes("李姐", data) == CHANGED
    assert await stands(chain, "王小丫") == [("active", "clerk", "XH")]


async def test_of_two_who_act_the_second_sees_what_is_so(twice: Twice) -> None:
    await twice.says("陶然", "停用王小丫")
    await twice.says("李姐", "移除王小丫")
    assert await twice.taps("陶然", "停用") == "已停用 · 王小丫 · 陶然 10:41"
    assert (await twice.card("李姐")).labels == ["移除", "返回"]  # drawn anew, and still theirs to do
    assert await twice.taps("李姐", "移除") == "已移除 · 王小丫 · 李姐 10:41"
    assert await query(twice, "select version from person where name = '王小丫'") == [(3,)]


async def test_who_manages_somebody_no_longer_is_refused(chain: Chain) -> None:
    card = await chain.says("李姐", "移除王小丫")
    heard = await chain.hears("李姐", card.buttons["移除"], InboxKind.TAP)
    await does(chain, "陶然", "王小丫调到城西店", "调过去")
    assert await chain.acts(heard) == NOT_YOURS
    assert (await chain.card("李姐")).lines == ["在岗 · 王小丫 · 城西店的店员"]
    assert (await chain.card("李姐")).labels == []


# Who comes in by an invite.


async def test_the_inviter_sees_who_joined_and_puts_them_out(twice: Twice) -> None:
    await comes(twice, "李姐", Newcomer(Role.CLERK, twice.place_id("西湖店")), "小周")
    card = next(one for one in await twice.cards("李姐") if one.labels == ["请出去"])
    assert card.lines == ["小周进来了:西湖店的店员,李姐邀请的。", "不认识的话,马上请出去:点下面的按钮"]
    assert (await twice.says("小周", ASKS)).state == "待你确认 · 库存还没动"
    await twice.taps("小周", "调20箱")
    assert await twice.taps("李姐", "请出去") == "已移除 · 小周 · 李姐 10:41"
    assert (await twice.says("小周", "帮助")).lines == [STOPPED]
    assert "撤回" in (await twice.card("李姐")).labels  # what they asked for is now the inviter's to follow


async def test_who_left_comes_back_as_somebody_new(twice: Twice) -> None:
    place = twice.place_id("西湖店")
    await comes(twice, "李姐", Newcomer(Role.CLERK, place), "小周")
    await twice.taps("李姐", "请出去")
    assert await comes(twice, "李姐", Newcomer(Role.CLERK, place), "小周") is None
    assert await stands(twice, "小周") == [("removed", "clerk", "XH"), ("active", "clerk", "XH")]
    assert (await twice.says("小周", ASKS)).state == "待你确认 · 库存还没动"
    assert await query(twice, "select count(*) from account where channel = 'telegram'") == [(1,)]


async def test_who_is_suspended_does_not_come_back_by_an_invite(chain: Chain) -> None:
    place = chain.place_id("西湖店")
    await comes(chain, "李姐", Newcomer(Role.CLERK, place), "小周")
    await does(chain, "李姐", "停用小周", "停用")
    await comes(chain, "李姐", Newcomer(Role.CLERK, place), "小周")
    assert (await chain.lines("小周"))[-1] == STOPPED
    assert await stands(chain, "小周") == [("suspended", "clerk", "XH")]


# How it looks.


async def test_every_card_keeps_the_form_in_both_languages(chain: Chain) -> None:
    await requested(chain)
    await chain.database.write(
        lambda c: c.exec_driver_sql("update person set name = '一个名字特别特别长的新同事王小丫' where name = '王小丫'")
    )
    for language in ("zh", "en"):
        await chain.all_speak(language)
        for one in ("一个名字特别特别长的新同事王小丫", "秦师傅", "魏东", "谢芳"):
            for said in ("人员", f"移除{one}", f"停用{one}", f"{one}调到火星店"):
                shown = await chain.says("何总", said)
                assert breaches(shown, [*chain.people, "一个名字特别[^ ]*"]) == []
                for data in list(shown.buttons.values()):
                    if data.startswith(("see", "pick", "list")):
                        await chain.taps_bytes("何总", data)
                        assert breaches(await chain.card("何总"), [*chain.people, "一个名字特别[^ ]*"]) == []
