"""The story with four people, by typed text and taps, and what everybody's pane shows after every step."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.bot.console.panes import Pane, Screen
from tests.bot.console.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHELVES = """
    select available, reserved, in_transit, blocked from balance
    join sku on sku.id = sku_id join place on place.id = place_id where sku.code = 'SKU123' and place.code = ?
"""
CONFIRM = """
    > 从中央仓调20箱可口可乐500ml到西湖店
    = 待你确认 · 库存还没动
      可口可乐500ml 20箱(480瓶)
      中央仓 → 西湖店
      中央仓 可用 62箱 → 42箱
      西湖店 3箱6瓶,收货后23箱6瓶
      要秦师傅批:动的是中央仓的货
      确认后冻结,4小时没批自动放开
      [调20箱] [改数量] [取消]
"""
COUNT_IN = """
    = 到货点收 · TR-1015 · 中央仓来
      可口可乐500ml 20箱(480瓶)
      中央仓 → 西湖店
      收货前,账在中央仓
      秦师傅 10:01装车
      [全收] [有差异] [不是我的货] [叫回]
"""
FOLDED_COUNT_IN = """
    > 从中央仓调20箱可口可乐500ml到西湖店
    = 到货点收 · TR-1015 · 中央仓来
      中央仓 → 西湖店 · 新的卡在下面
"""
REJECTED = """
    = 已驳回 · TR-1015 · 秦师傅 10:01
      可口可乐500ml 20箱(480瓶)
      中央仓 → 西湖店
      冻结的已放开,库存和原来一样
"""
FOLDED_REJECTED = """
    = 已驳回 · TR-1015 · 秦师傅 10:01
      中央仓 → 西湖店 · 新的卡在下面
"""


class Four:
    """A clerk, the warehouse's keeper, the clerk's manager, and headquarters' group, side by side."""

    def __init__(self, screen: Screen) -> None:
        """Their panes are empty."""
        names = ("clerk", "keeper", "manager", "hq")
        self.panes = dict(zip(names, screen.opens("u01", "u17", "u02", "group:hq@u20"), strict=True))
        self.last = dict.fromkeys(names, "")
        self.show()

    def __getitem__(self, name: str) -> Pane:
        return self.panes[name]

    def show(self, **texts: str) -> None:
        """Wait until these panes show exactly this, and see that the others show what they did."""
        self.last |= {name: "\n".join(dedent(part).strip() for part in text.split("+")) for name, text in texts.items()}
        for name in sorted(self.panes, key=lambda name: name not in texts):
            self.panes[name].shows(self.last[name])


@pytest.fixture
def four(screen: Screen) -> Four:
    """Four people at their panes."""
    return Four(screen)


def test_a_transfer_from_the_first_word_to_the_last_box(four: Four, served: Served) -> None:
    four["clerk"].says("从中央仓调20箱可口可乐500ml到西湖店")
    four.show(clerk=CONFIRM)
    assert served.books(SHELVES, "W1") == [(1488, 0, 0, 0)]

    submit(four)
    assert served.books(SHELVES, "W1") == [(1008, 480, 0, 0)]

    approve(four)
    dispatch(four)
    assert served.books(SHELVES, "W1") == [(1008, 0, 480, 0)]

    four["manager"].taps("全收")
    four["manager"].toasts("收齐 · TR-1015 · 10:01")
    received = """
        = 收齐 · TR-1015 · 10:01
          可口可乐500ml 20箱(480瓶)
          中央仓 → 西湖店
          480瓶已入西湖店,可以卖
          李姐 10:01点收
    """
    folded = """
        > 从中央仓调20箱可口可乐500ml到西湖店
        = 收齐 · TR-1015 · 10:01
          中央仓 → 西湖店 · 新的卡在下面
    """
    group = "- 收齐 · TR-1015 · 10:01 · 中央仓 → 西湖店"
    undone = f"{received.rstrip()}\n          [撤销]\n"  # only who manages the lake may: the keeper had approved it
    four.show(clerk=f"{folded}+{received}", keeper=received, manager=undone, hq=group)
    assert served.books(SHELVES, "W1") == [(1008, 0, 0, 0)]
    assert served.books(SHELVES, "XH") == [(558, 0, 0, 0)]


def test_three_are_missing_and_two_are_broken(four: Four, served: Served) -> None:
    four["clerk"].says("从中央仓调20箱可口可乐500ml到西湖店")
    four.show(clerk=CONFIRM)
    submit(four)
    approve(four)
    dispatch(four)

    four["clerk"].taps("有差异")
    four["clerk"].toasts("请说好的、坏的、少的各多少")
    question = """
        = 要你补一句 · 库存没动
          听到:TR-1015
          好的、坏的、少的各多少?比如“好的17 坏2 少1”
          [取消]
    """
    four.show(clerk=f"{FOLDED_COUNT_IN}+{COUNT_IN}+{question}")

    four["clerk"].says("好的475瓶 坏2瓶 少3瓶")
    answer = """
        > 好的475瓶 坏2瓶 少3瓶
        = 待你确认 · TR-1015 · 还没入账
          可口可乐500ml 发480瓶 好475瓶 坏2瓶 少3瓶
          好的进西湖店可用
          坏的放不良区,别卖别扔
          少的留在中央仓账上,等那边说明
          [收475瓶] [取消]
    """
    moved = "= 改到下面的卡了"
    four.show(clerk=f"{FOLDED_COUNT_IN}+{COUNT_IN}+{moved}+{answer}")
    assert served.books(SHELVES, "XH") == [(78, 0, 0, 0)]

    four["clerk"].taps("收475瓶")
    four["clerk"].toasts("少3瓶坏2瓶 · TR-1015 · 等中央仓说明")
    short = """
        = 少3瓶坏2瓶 · TR-1015 · 等中央仓说明
          可口可乐500ml 20箱(480瓶)
          中央仓 → 西湖店
          475瓶已入西湖店,可以卖
          坏的2瓶放不良区,别卖别扔
          少的3瓶还在中央仓账上
          秦师傅 明天10:01前答复
          王小丫 10:01点收
          {buttons}
    """
    folded = """
        = 少3瓶坏2瓶 · TR-1015 · 等中央仓说明
          中央仓 → 西湖店 · 新的卡在下面
    """
    said, told = "> 从中央仓调20箱可口可乐500ml到西湖店", "> 好的475瓶 坏2瓶 少3瓶"
    four.show(
        clerk="+".join((said, folded, folded, moved, told, short.format(buttons="[找到了]"))),
        keeper=f"{folded}+{short.format(buttons='[发货方找到了]')}",
        manager=short.format(buttons="[找到了] [记损3瓶]"),
        hq="- 少3瓶坏2瓶 · TR-1015 · 等中央仓说明 · 中央仓 → 西湖店",
    )
    assert served.books(SHELVES, "XH") == [(553, 0, 0, 2)]
    assert served.books(SHELVES, "W1") == [(1008, 0, 3, 0)]


def test_the_keeper_refuses(four: Four, served: Served) -> None:
    four["clerk"].says("从中央仓调20箱可口可乐500ml到西湖店")
    four.show(clerk=CONFIRM)
    submit(four)

    four["keeper"].taps("驳回")
    four["keeper"].taps("不说原因")
    four["keeper"].toasts("已驳回 · TR-1015 · 秦师傅 10:01")
    said, line = "> 从中央仓调20箱可口可乐500ml到西湖店", "- 已驳回 · TR-1015 · 秦师傅 10:01 · 中央仓 → 西湖店"
    four.show(clerk=f"{said}+{REJECTED}+{line}", keeper=f"{FOLDED_REJECTED}+{REJECTED}", hq=line)
    assert served.books(SHELVES, "W1") == [(1488, 0, 0, 0)]


def test_twenty_bottles_to_store_b(four: Four, served: Served) -> None:
    four["clerk"].says("transfer 20 SKU123 to store B")
    four.show(
        clerk="""
            > transfer 20 SKU123 to store B
            = 待你确认 · 库存还没动
              可口可乐500ml 20瓶
              西湖店 → 二七店
              西湖店 可用 3箱6瓶 → 2箱10瓶
              二七店 2箱,收货后2箱20瓶
              不用人批,点了就等发货
              确认后冻结,24小时没发自动放开
              [调20瓶] [改数量] [取消]
        """
    )
    four["clerk"].taps("调20瓶")
    four["clerk"].toasts("已定 · TR-1015 · 等发货")
    ready = """
        = 已定 · TR-1015 · 等发货
          可口可乐500ml 20瓶
          西湖店 → 二七店
          王小丫 10:01提出
          冻结到明天10:01,过了自动放开
          [发20瓶] [没装全] [撤回]
    """
    four.show(clerk=f"> transfer 20 SKU123 to store B+{ready}", manager=ready)
    assert served.books(SHELVES, "XH") == [(58, 20, 0, 0)]

    four["clerk"].taps("发20瓶")
    four["clerk"].toasts("在途 · TR-1015 · 等二七店收")
    road = """
        = 在途 · TR-1015 · 等二七店收
          可口可乐500ml 20瓶
          西湖店 → 二七店
          收货前,账在西湖店
          王小丫 10:01装车
          [叫回]
    """
    four.show(clerk=f"> transfer 20 SKU123 to store B+{road}", manager=road)
    assert served.books(SHELVES, "XH") == [(58, 0, 20, 0)]


def submit(four: Four) -> None:
    """The clerk confirms; the goods are frozen, the keeper is asked."""
    four["clerk"].taps("调20箱")
    four["clerk"].toasts("待批 · TR-1015 · 等秦师傅")
    four.show(
        clerk="""
            > 从中央仓调20箱可口可乐500ml到西湖店
            = 待批 · TR-1015 · 等秦师傅
              可口可乐500ml 20箱(480瓶)
              中央仓 → 西湖店
              王小丫 10:01提出
              中央仓 可用 62箱 → 42箱
              西湖店 3箱6瓶,收货后23箱6瓶
              冻结到14:01,过了自动放开
              [催一下] [撤回]
        """,
        keeper="""
            = 待你批 · TR-1015 · 已冻结
              可口可乐500ml 20箱(480瓶)
              中央仓 → 西湖店
              王小丫 10:01提出
              中央仓 可用 62箱 → 42箱
              西湖店 3箱6瓶,收货后23箱6瓶
              为什么找你们:动的是中央仓的货
              冻结到14:01,过了自动放开
              [批20箱] [批少些] [驳回]
        """,
    )


def approve(four: Four) -> None:
    """The keeper approves; the card under the finger goes on to the next step."""
    four["keeper"].taps("批20箱")
    four["keeper"].toasts("已批 · TR-1015 · 秦师傅 10:01 · 等发货")
    approved = """
        = 已批 · TR-1015 · 秦师傅 10:01 · 等发货
          可口可乐500ml 20箱(480瓶)
          中央仓 → 西湖店
          王小丫 10:01提出
          冻结到明天10:01,过了自动放开
          [催一下] [撤回]
    """
    keeper = approved.replace("[催一下] [撤回]", "[发20箱] [没装全] [撤回]")
    four.show(clerk=f"> 从中央仓调20箱可口可乐500ml到西湖店+{approved}", keeper=keeper)


def dispatch(four: Four) -> None:
    """The keeper dispatches; everybody in the store gets a card to count the goods in."""
    four["keeper"].taps("发20箱")
    four["keeper"].toasts("在途 · TR-1015 · 等西湖店收")
    road = """
        = 在途 · TR-1015 · 等西湖店收
          可口可乐500ml 20箱(480瓶)
          中央仓 → 西湖店
          收货前,账在中央仓
          秦师傅 10:01装车
          [叫回]
    """
    four.show(clerk=f"{FOLDED_COUNT_IN}+{COUNT_IN}", keeper=road, manager=COUNT_IN)
