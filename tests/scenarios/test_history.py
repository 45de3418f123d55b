"""What happened to a document, or to a product at a place, is told a line a step, to whom it concerns."""

from __future__ import annotations

import re

import pytest

from core.commands import COMMANDS
from data.kinds import Cause
from handlers.capabilities.history import MOST_STEPS
from handlers.say import known, say
from tests.scenarios.chain import Chain

COLA = "可口可乐500ml"


async def travelled(chain: Chain, number: int = 1015) -> None:
    """Two cases go from the warehouse to the lake, and arrive with some broken and some missing."""
    await chain.says("王小丫", f"从中央仓调2箱{COLA}到西湖店")
    await chain.taps("王小丫", "调2箱")
    await chain.later(minutes=5)
    await chain.taps("秦师傅", "批2箱")
    await chain.later(minutes=30)
    await chain.taps("秦师傅", "发2箱")
    await chain.later(hours=1)
    await chain.says("王小丫", f"收到{number} {COLA} 好的40瓶 坏了2瓶 少6瓶")
    await chain.presses("王小丫", "receive")


async def test_a_transfer_tells_its_story(chain: Chain) -> None:
    await travelled(chain)
    told = await chain.says("王小丫", "TR-1015 怎么回事")
    assert told.lines[1:] == [
        "中央仓 → 西湖店",
        f"10:41 王小丫 申请 · 要{COLA} 2箱、冻结2箱",
        "10:46 秦师傅 批准",
        "11:16 秦师傅 发货 · 发2箱",
        "12:16 王小丫 收货 · 好1箱16瓶、坏2瓶、少6瓶",
    ]
    assert told.state == "少6瓶坏2瓶 · TR-1015 · 等中央仓说明"
    assert told.labels == []
    await chain.all_speak("en")
    english = await chain.says("秦师傅", "what happened to TR-1015")
    assert english.lines[2:] == [
        "10:41 王小丫 asked · 2 cases of Coca-Cola bottle 500ml asked for, 2 cases frozen",
        "10:46 秦师傅 approved",
        "11:16 秦师傅 dispatched · 2 cases loaded",
        "12:16 王小丫 received · 1 case 16 bottles good, 2 bottles damaged, 6 bottles missing",
    ]


async def test_a_product_at_a_place_tells_its_story(chain: Chain) -> None:
    before = (await chain.shelves("西湖店", "SKU123"))["available"]
    await chain.sells("西湖店", "SKU123", 3)
    await travelled(chain, 1016)
    here = await chain.says("王小丫", f"{COLA}流水")
    assert here.lines[0] == f"西湖店 {COLA} 的经过"
    *_, opened, sold, good, bad = here.lines
    amounts = [re.search(r"可用(.+)$", line) for line in (opened, sold, good)]
    assert [bool(one) for one in amounts] == [True, True, True]
    assert f"卖出-3瓶 SO-1015 · 可用{_packs(before - 3)}" in sold
    assert f"12:16 王小丫 收货+1箱16瓶 TR-1016 · 可用{_packs(before + 37)}" == good
    assert bad == "12:16 王小丫 收到坏的+2瓶 TR-1016"
    there = await chain.says("秦师傅", "history of SKU123")
    assert [line.split(" ")[2] for line in there.lines[-4:]] == [
        "冻结2箱",
        "装车2箱",
        "对方收到-1箱16瓶",
        "对方收到坏的-2瓶",
    ]


def _packs(count: int) -> str:
    packs, rest = divmod(count, 24)
    return f"{packs}箱{rest}瓶" if rest else f"{packs}箱"


async def test_a_store_says_its_own_story_to_its_own_people(chain: Chain) -> None:
    await travelled(chain)
    said = await chain.says("王小丫", "history of SKU123 at store B")
    assert said.lines == [say("zh", "history.not_yours", what="二七店")]
    stranger = await someone_elsewhere(chain, "西湖店", "中央仓")
    assert (await chain.says(stranger, "TR-1015怎么回事")).lines == [say("zh", "history.not_yours", what="TR-1015")]
    for who in ("何总", "秦师傅"):
        assert len((await chain.says(who, "TR-1015怎么回事")).lines) == 6
    assert (await chain.says("何总", "history of SKU123 at store B")).lines[0] == f"二七店 {COLA} 的经过"


async def someone_elsewhere(chain: Chain, *places: str) -> str:
    """A clerk of another place."""
    known_places = {chain.place_id(place) for place in places}
    return next(
        one.name
        for one in chain.people.values()
        if one.role.value == "clerk" and one.home_id not in known_places and one.name in chain.chats
    )


async def test_no_story_is_told_in_a_group(chain: Chain) -> None:
    await travelled(chain)
    group = await chain.says("何总@总部群", "@小店 TR-1015怎么回事")
    assert group.lines == [say("zh", "history.in_private", what="TR-1015")]
    group = await chain.says("何总@总部群", f"@小店 西湖店{COLA}流水")
    assert group.lines == [say("zh", "history.in_private", what=COLA)]


async def test_no_value_is_ever_told(chain: Chain) -> None:
    """Not even to those who may see it: it is not what the story is about."""
    await chain.buys("西湖店", "SKU123", 48)
    await travelled(chain, 1016)
    for text in ("TR-1016怎么回事", f"西湖店{COLA}流水", "GR-1015怎么回事"):
        lines = (await chain.says("何总", text)).lines
        assert len(lines) >= 2
        assert not re.search(r"元|¥|fen|4800", " ".join(lines))


async def test_one_sided_documents_tell_theirs(chain: Chain) -> None:
    await chain.sells("西湖店", "SKU123", 3)
    said = await chain.says("王小丫", "SO-1015怎么回事")
    assert said.lines == ["SO-1015 · 西湖店", f"10:41 系统 卖出 · {COLA} 3瓶"]


async def test_a_reason_and_what_was_released_are_told(chain: Chain) -> None:
    await chain.says("王小丫", f"从中央仓调2箱{COLA}到西湖店")
    await chain.taps("王小丫", "调2箱")
    await chain.later(hours=5)
    lines = (await chain.says("王小丫", "history of TR-1015")).lines
    assert lines[-1] == "15:41 系统 到期放开 · 放开2箱"


async def test_of_a_long_story_the_newest_dozen_is_told(chain: Chain) -> None:
    for _ in range(MOST_STEPS + 3):
        await chain.sells("西湖店", "SKU123", 1)
    lines = (await chain.says("王小丫", f"{COLA}流水")).lines
    assert len(lines) == MOST_STEPS + 2
    assert lines[1] == say("zh", "history.before", count=4)  # three sales and the opening stock
    assert lines[-1].endswith(f"SO-{1014 + MOST_STEPS + 3} · 可用{lines[-1].rpartition('可用')[2]}")


async def test_a_period_is_kept_to(chain: Chain) -> None:
    await chain.sells("西湖店", "SKU123", 2)
    await chain.later(days=1)
    await chain.sells("西湖店", "SKU123", 5)
    lines = (await chain.says("王小丫", f"{COLA}昨天的流水")).lines
    assert len(lines) == 2 + ("期初" in lines[1])
    assert "卖出-2瓶" in lines[-1]
    nothing = await chain.says("王小丫", f"{COLA}上个月的流水")
    assert nothing.lines == [say("zh", "history.nothing", place="西湖店", sku=COLA)]


async def test_what_could_be_several_products_is_asked(chain: Chain) -> None:
    await chain.sells("西湖店", "SKU123", 2)
    card = await chain.says("王小丫", "西湖店可乐流水")
    assert len(card.labels) > 2
    await chain.says("王小丫", "1")
    lines = await chain.lines("王小丫")
    assert "的经过" in lines[-1] or "没动过" in lines[-1]


@pytest.mark.parametrize(
    ("text", "key", "facts"),
    [
        ("流水", "history.which", {}),
        ("西湖店流水", "history.which", {}),
        ("TR-9999怎么回事", "history.no_such_document", {"number": "TR-9999"}),
        ("PO-1001怎么回事", "history.no_such_document", {"number": "PO-1001"}),
    ],
)
async def test_what_is_not_said_or_not_there_is_said(chain: Chain, text: str, key: str, facts: dict[str, str]) -> None:
    assert (await chain.says("王小丫", text)).lines == [say("zh", key, **facts)]


async def test_without_a_place_of_ones_own_a_place_has_to_be_said(chain: Chain) -> None:
    assert (await chain.says("何总", f"{COLA}流水")).lines == [say("zh", "history.which_place", sku=COLA)]


def test_every_step_of_a_document_has_its_words() -> None:
    about_documents = {kind.__name__ for kind in COMMANDS if kind.__module__.split(".")[1] in ("stock", "trade")}
    assert {name for name in about_documents if not known(f"history.did.{name}")} == set()
    causes = {cause for cause in Cause if cause is not Cause.TRUE_UP}  # which moves value alone
    assert {
        one for one in causes if not any(known(f"history.moved.{one.value}.{way}") for way in ("in", "out", "inside"))
    } == set()
