"""What hands do to the page: double clicks, half-written words, keys, examples, switches, scrolling."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.bot.console.conftest import NewScreen
from tests.bot.console.panes import Pane, Screen
from tests.bot.console.served import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WISH = "从中央仓调20箱可口可乐500ml到西湖店"
TRANSFERS = "select count(*) from document where kind = 'transfer'"
FROZEN = "select count(*), sum(quantity) from posting where cause = 'freeze'"
SAID = "select text from inbox where kind = 'message' order by id"
TAPS = "select count(*) from inbox where kind = 'tap' and state = 'new'"
FITS = """([card, log]) => {
    const [inner, outer] = [card.getBoundingClientRect(), log.getBoundingClientRect()];
    return inner.bottom <= outer.bottom && inner.top >= outer.top;
}"""


def test_the_page_says_its_name_once(screen: Screen) -> None:
    screen.opens("u01")
    expect(screen.page).to_have_title("Stocktalk")
    expect(screen.page.locator(".brand")).to_have_text("Stocktalk")


def test_a_double_click_is_one_intention(screen: Screen, served: Served) -> None:
    (clerk,) = screen.opens("u01")
    clerk.says(WISH)
    clerk.button("调20箱").dblclick()
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    expect(clerk.at.locator(".card-state")).to_have_text(["待批 · TR-1015 · 等秦师傅"])
    assert served.books(TRANSFERS) == [(1,)]
    assert served.books(FROZEN) == [(1, 480)]
    assert served.books(TAPS) == [(0,)]


def test_enter_while_a_word_is_composed_does_not_send(screen: Screen, served: Served) -> None:
    (clerk,) = screen.opens("u01")
    clerk.field.focus()
    keys = screen.page.context.new_cdp_session(screen.page)
    keys.send("Input.imeSetComposition", {"text": "bangzhu", "selectionStart": 7, "selectionEnd": 7})
    expect(clerk.field).to_have_value("bangzhu")
    composing = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **composing})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **composing})
    clerk.field.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(clerk.field).to_have_value("bangzhu")
    keys.send("Input.insertText", {"text": "帮助"})
    expect(clerk.field).to_have_value("帮助")
    screen.page.keyboard.press("Shift+Enter")
    expect(clerk.field).to_have_value("帮助\n")
    assert served.books(SAID) == []

    screen.page.keyboard.press("Enter")
    expect(clerk.at.locator('[data-from="bot"]')).to_have_count(1)
    assert served.books(SAID) == [("帮助",)]


def test_every_example_of_every_pane_works(screen: Screen, served: Served) -> None:
    screen.page.goto(served.address)
    for number in range(6):
        pane = screen.page.locator(f'[data-pane="{number}"]')
        expect(pane.locator(".empty .example")).to_have_count(3)
        texts = pane.locator(".empty .example").all_inner_texts()
        pane.locator(".empty .example").first.click()
        for count in (2, 3):
            expect(pane.locator('[data-from="bot"]')).to_have_count(count - 1)
            pane.locator(".composer-ideas").click()
            pane.locator(".ideas-panel .example").nth(count - 1).click()
        expect(pane.locator('[data-from="bot"]')).to_have_count(3)
        assert pane.locator('[data-from="me"] .line').all_inner_texts() == texts
        works(pane.locator('[data-from="bot"]').all_inner_texts())


def works(answers: list[str]) -> None:
    """A question is answered, a wish has its card, help has its sentences; none was refused or not understood."""
    for answer in answers:
        for trouble in ("没看懂", "要你补一句", "办不了", "不够", "你不能"):
            assert trouble not in answer
    assert "可用" in answers[0]
    assert answers[2].startswith("直接说就行") or "直接说就行" in answers[2]


def test_a_pane_becomes_somebody_else(screen: Screen) -> None:
    (clerk,) = screen.opens("u01")
    clerk.says("帮助")
    expect(clerk.at.locator('[data-from="bot"]')).to_have_count(1)
    clerk.at.locator(".switcher select").select_option("u17")
    keeper = screen.pane("u17")
    keeper.is_online()
    expect(keeper.at.locator(".welcome-who")).to_have_text("你是秦师傅 · 仓管 · 中央仓")
    expect(screen.page.locator(".pane")).to_have_count(1)
    assert screen.page.url.endswith("?panes=u17")

    keeper.at.locator(".switcher select").select_option("group:south@u17")
    group = screen.pane("group:south@u17")
    group.is_online()
    group.says("有人在吗")
    group.says("@stocktalk 帮助")
    expect(group.at.locator('[data-from="bot"]')).to_have_count(1)


def test_the_language_follows_the_person_and_the_switch(screen: Screen, served: Served) -> None:
    clerk, admin = screen.opens("u01", "u34")
    expect(clerk.field).to_have_attribute("placeholder", "问库存、调货、收货")
    expect(admin.field).to_have_attribute("placeholder", "Ask for stock, transfer, receive")
    screen.page.locator(".switch-language").click()
    expect(clerk.field).to_have_attribute("placeholder", "Ask for stock, transfer, receive")
    screen.page.locator(".switch-language").click()
    expect(clerk.field).to_have_attribute("placeholder", "问库存、调货、收货")

    clerk.says("英文")
    expect(clerk.field).to_have_attribute("placeholder", "Ask for stock, transfer, receive")
    clerk.says("transfer 20 SKU123 to store B")
    expect(clerk.at.locator(".card-state")).to_have_text("Confirm this · nothing moved yet")
    expect(clerk.button("Cancel")).to_be_visible()


def test_the_first_two_steps_with_the_keyboard_alone(screen: Screen, served: Served) -> None:
    clerk, _ = screen.opens("u01", "u17")
    press = screen.page.keyboard.press
    press("Alt+1")
    expect(clerk.field).to_be_focused()
    screen.page.keyboard.type(WISH)
    press("Enter")
    submit = clerk.button("调20箱")
    submit.wait_for()
    tab_to(screen, clerk, "调20箱", "Shift+Tab")
    expect(submit).to_be_focused()
    assert submit.evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
    press("Enter")
    clerk.toasts("待批 · TR-1015 · 等秦师傅")

    press("Alt+2")
    keeper = screen.pane("u17")
    expect(keeper.field).to_be_focused()
    keeper.button("批20箱").wait_for()
    tab_to(screen, keeper, "批20箱", "Shift+Tab")
    press("Space")
    keeper.toasts("已批 · TR-1015 · 秦师傅 10:01 · 等发货")
    expect(keeper.at.locator(".card-button:focus")).to_have_count(1)


def tab_to(screen: Screen, pane: Pane, label: str, key: str) -> None:
    """Press the key until the button has the focus, as often as the pane has things to reach."""
    for _ in range(pane.at.locator("button, select, textarea, [tabindex='0']").count()):
        if pane.button(label).evaluate("button => button === document.activeElement"):
            return
        screen.page.keyboard.press(key)
    raise AssertionError(f"{label} cannot be reached")


def test_times_are_in_the_zone_of_the_reader(new_screen: NewScreen, served: Served) -> None:
    (shop,) = new_screen(served.address).opens("u01")
    shop.says("帮助")
    expect(shop.at.locator('[data-from="bot"] time')).to_have_text("10:01")
    (abroad,) = new_screen(served.address, timezone_id="America/New_York").opens("u01")
    expect(abroad.at.locator('[data-from="bot"] time')).to_have_text("22:01")
    for pane in (shop, abroad):
        expect(pane.at.locator(".day")).to_have_text("今天")


def test_a_product_named_like_markup_is_shown_as_text(chain: Path, new_screen: NewScreen) -> None:
    connection = sqlite3.connect(chain)
    connection.execute("update sku set name_zh = '<b>可乐</b><img src=x onerror=alert(1)>' where code = 'SKU123'")
    connection.execute("update person set name = '<i>王</i>' where code = 'u01'")
    connection.commit()
    connection.close()
    with serving(chain) as served:
        (clerk,) = new_screen(served.address).opens("u01")
        expect(clerk.at.locator(".welcome-who")).to_contain_text("<i>王</i>")
        clerk.says("从中央仓调20箱SKU123到西湖店")
        clerk.button("调20箱").wait_for()
        clerk.says("<script>alert(1)</script>")
        expect(clerk.at.locator('[data-from="me"]').last).to_contain_text("<script>alert(1)</script>")
        expect(clerk.at.locator(".card-facts").first).to_contain_text("<b>可乐</b><img src=x onerror=alert(1)>")
        expect(clerk.at.locator("b, i:not(.dot):not(.typing i), img, script")).to_have_count(0)


@pytest.mark.long  # on a machine that is busy with others the browser at times scrolls too late
def test_the_pane_follows_to_the_answer_of_a_message_and_of_a_tap(screen: Screen) -> None:
    clerk, keeper = screen.opens("u01", "u17")
    for arrivals, packs in enumerate((2, 3), start=1):
        clerk.says(f"从中央仓调{packs}箱可口可乐500ml到西湖店")
        clerk.taps(f"调{packs}箱")
        keeper.taps(f"批{packs}箱")
        keeper.taps(f"发{packs}箱")
        expect(clerk.at.get_by_role("button", name="全收")).to_have_count(arrivals)

    scrolls_up(clerk)
    clerk.says("从中央仓调4箱可口可乐500ml到西湖店")
    is_in_view(clerk, "待你确认 · 库存还没动")
    clerk.taps("取消")
    scrolls_up(clerk)
    clerk.at.get_by_role("button", name="有差异").first.click()
    is_in_view(clerk, "要你补一句 · 库存没动")
    clerk.says("收到1015 好的40瓶 坏2瓶 少6瓶")
    is_in_view(clerk, "待你确认 · TR-1015 · 还没入账")


def test_a_reader_further_up_is_not_torn_away_by_news(screen: Screen) -> None:
    clerk, keeper = screen.opens("u01", "u17")
    for packs in (2, 3, 4):
        clerk.says(f"从中央仓调{packs}箱可口可乐500ml到西湖店")
        clerk.taps(f"调{packs}箱")
        keeper.button(f"批{packs}箱").wait_for()
    scrolls_up(keeper)
    clerk.says("从中央仓调5箱可口可乐500ml到西湖店")
    clerk.taps("调5箱")
    expect(keeper.at.locator(".newer")).to_be_visible()
    assert keeper.log.evaluate("log => log.scrollTop") == 0
    keeper.at.locator(".newer").click()
    expect(keeper.button("批5箱")).to_be_in_viewport(ratio=1)


def scrolls_up(pane: Pane) -> None:
    """Scroll to the very beginning."""
    pane.log.hover()
    pane.page.mouse.wheel(0, -100_000)
    pane.page.wait_for_function("log => log.scrollTop === 0", arg=pane.log.element_handle())


def is_in_view(pane: Pane, state: str) -> None:
    """Wait until the newest card begins like this and stands in the pane from its state to its buttons."""
    expect(pane.at.locator(".card-state").last).to_have_text(state)
    card = pane.at.locator(".card").last.element_handle()
    pane.page.wait_for_function(FITS, arg=[card, pane.log.element_handle()])
