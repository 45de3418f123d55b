"""Three dialogues on the page: a correction, an ambiguity, a pasted list; on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.bot.console.conftest import NewScreen
from tests.bot.console.panes import Pane, Screen
from tests.bot.console.served import Served
from tests.bot.console.test_looks import PICTURES, as_seen, looks_right

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LIST = """从中央仓调到西湖店:
可口可乐500ml 2箱
雪碧500ml 3箱
红牛 1箱
农夫山泉550ml 5箱
肥宅水 4箱
统一冰红茶500ml 2箱
康师傅绿茶500ml 1箱
旺仔牛奶 2箱"""
LINES = "select count(*) from transfer_line"
FROZEN = "select sum(quantity) from posting where cause = 'freeze'"


@pytest.fixture(params=["desk", "phone"])
def seen(request: pytest.FixtureRequest, new_screen: NewScreen, served: Served) -> tuple[Screen, str]:
    """A screen of each size."""
    return new_screen(served.address, **as_seen(request.param, "light")), request.param


def pictured(screen: Screen, size: str, name: str) -> None:
    """Keep a picture of the page, which has to look right."""
    looks_right(screen)
    PICTURES.mkdir(exist_ok=True)
    screen.page.evaluate("document.fonts.ready")
    screen.page.screenshot(path=PICTURES / f"understanding-{name}-{size}.png")


def test_a_correction(seen: tuple[Screen, str], served: Served) -> None:
    screen, size = seen
    (clerk,) = screen.opens("u01")
    clerk.says("从中央仓调20箱可口可乐500ml到西湖店")
    clerk.button("调20箱").wait_for()
    clerk.says("改成30")
    clerk.shows("""
        > 从中央仓调20箱可口可乐500ml到西湖店
        = 改到下面的卡了
        > 改成30
        = 待你确认 · 库存还没动
          可口可乐500ml 30箱(720瓶)
          中央仓 → 西湖店
          中央仓 可用 62箱 → 32箱
          西湖店 3箱6瓶,收货后33箱6瓶
          要秦师傅批:动的是中央仓的货
          确认后冻结,4小时没批自动放开
          [调30箱] [改数量] [取消]
    """)
    pictured(screen, size, "correction")
    clerk.taps("调30箱")
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    assert served.books(FROZEN) == [(720,)]


def test_an_ambiguity(seen: tuple[Screen, str], served: Served) -> None:
    screen, size = seen
    (clerk,) = screen.opens("u01")
    clerk.says("从中央仓调5箱可乐到西湖店")
    clerk.button("2. 可口可乐500ml").wait_for()
    pictured(screen, size, "question")
    clerk.says("500ml")
    clerk.button("3. 零度可口可乐500ml").wait_for()
    clerk.says("可口可乐")
    clerk.button("调5箱").wait_for()
    clerk.says("从中央仓调5箱可乐到西湖店")
    clerk.button("1. 可口可乐500ml").wait_for()
    clerk.shows("""
        > 从中央仓调5箱可乐到西湖店
        = 改到下面的卡了
        > 500ml
        = 改到下面的卡了
        > 可口可乐
        = 放下了 · 库存没动
          中央仓 → 西湖店 可口可乐500ml
        > 从中央仓调5箱可乐到西湖店
        = 要你补一句 · 库存没动
          听到:“可乐”? 5箱 · 从中央仓 · 到西湖店
          哪一种?
          1. 可口可乐500ml 中央仓有62箱 上次选的
          2. 可口可乐330ml 尾号4340 中央仓有30箱
          3. 可口可乐2L 尾号7867 中央仓有85箱
          4. 百事可乐330ml 尾号9308 中央仓有35箱
          5. 百事可乐500ml 尾号1836 中央仓有14箱
          [1. 可口可乐500ml] [2. 可口可乐330ml] [3. 可口可乐2L] [4. 百事可乐330ml] [5. 百事可乐500ml] [取消]
    """)
    pictured(screen, size, "ambiguity")
    clerk.taps("1. 可口可乐500ml")
    clerk.button("调5箱").click()
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    assert served.books(FROZEN) == [(120,)]


def asks_for_the_eighth(clerk: Pane) -> None:
    """Paste the list: seven products are kept, one is asked about."""
    clerk.says(LIST)
    clerk.button("不要这种").wait_for()
    card = clerk.at.locator(".card").last
    expect(card.locator(".card-state, .line")).to_have_text(
        [
            "要你补一句 · 库存没动",
            "听到8种 · 从中央仓 · 到西湖店",
            "可口可乐500ml 2箱",
            "雪碧500ml 3箱",
            "红牛维生素饮料250ml 1箱",
            "农夫山泉550ml 5箱",
            "“肥宅水”? 4箱",
            "统一冰红茶500ml 2箱",
            "康师傅绿茶500ml 1箱",
            "旺仔牛奶245ml 2箱",
            "没有叫“肥宅水”的货。说名字、编码或条码。",
        ]
    )


def test_a_pasted_list_with_an_unknown_product(seen: tuple[Screen, str], served: Served) -> None:
    screen, size = seen
    (clerk,) = screen.opens("u01")
    asks_for_the_eighth(clerk)
    pictured(screen, size, "list")
    clerk.says("可口可乐330ml")
    clerk.button("调8种").wait_for()
    expect(clerk.at.locator(".card").last).to_contain_text("可口可乐330ml 30箱 → 26箱")
    pictured(screen, size, "list-whole")
    clerk.taps("调8种")
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    assert served.books(LINES) == [(8,)]


@pytest.mark.parametrize("said", ["肥宅水不要了", None])
def test_the_unknown_product_of_a_list_is_left_out(screen: Screen, served: Served, said: str | None) -> None:
    (clerk,) = screen.opens("u01")
    asks_for_the_eighth(clerk)
    if said:
        clerk.says(said)
    else:
        clerk.taps("不要这种")
    clerk.taps("调7种")
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    assert served.books(LINES) == [(7,)]
