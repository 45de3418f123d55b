"""The line between browser and server: what was said is kept until it is safe, and done once, whatever breaks."""

from __future__ import annotations

import http.client
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bot.console.conftest import NewScreen
from tests.bot.console.killed import AFTER_THE_COMMIT, BEFORE_THE_COMMIT, BETWEEN_THE_HOPS
from tests.bot.console.panes import PATIENCE_MS, Screen, Wire
from tests.bot.console.served import STARTS_WITHIN_SECONDS, Served, books, free_port, process

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ASKS = "西湖店SKU123还有多少"
WISH = "从中央仓调20箱可口可乐500ml到西湖店"
SAID = "select count(*) from inbox where kind = 'message'"
TRANSFERS = "select count(*) from document where kind = 'transfer'"
FROZEN = "select count(*), sum(quantity) from posting where cause = 'freeze'"
PATHS = ("/", "/console/world", "/page/app.js", "/console/socket?person=u01&chat=me")
FOREIGN = (
    {"Host": "shop.example"},
    {"Host": "127.0.0.1.shop.example"},
    {"Origin": "http://shop.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "null"},
)
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
OTHER_MOMENTS = (BEFORE_THE_COMMIT, AFTER_THE_COMMIT)
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('stocktalk.kept')).length"


def test_what_is_said_without_a_server_waits_and_is_sent_once(screen: Screen, served: Served) -> None:
    wire = Wire(screen)
    (clerk,) = screen.opens("u01")
    served.stop()
    clerk.is_online(False)
    clerk.says(ASKS)
    clerk.shows(f"> {ASKS} (sending)")

    wire.cut()
    served.start()
    screen.page.reload()
    clerk.shows(f"> {ASKS} (sending)")
    assert screen.page.evaluate(KEPT) == 1
    assert served.books(SAID) == [(0,)]

    wire.mend()
    expect(clerk.at.locator('[data-from="bot"]')).to_have_count(1)
    expect(clerk.at.locator('[data-from="me"]')).to_have_count(1)
    screen.page.wait_for_function(f"{KEPT} === 0")
    assert served.books(SAID) == [(1,)]


def test_a_message_whose_confirmation_was_lost_is_sent_again_and_known_again(screen: Screen, served: Served) -> None:
    wire = Wire(screen)
    (clerk,) = screen.opens("u01")
    wire.deaf = True
    clerk.says(ASKS)
    until(screen.page, lambda: served.books(SAID) == [(1,)])
    wire.cut()
    clerk.shows(f"> {ASKS} (sending)")

    wire.mend()
    expect(clerk.at.locator('[data-from="bot"]')).to_have_count(1)
    expect(clerk.at.locator('[data-from="me"]')).to_have_count(1)
    screen.page.wait_for_function(f"{KEPT} === 0")
    assert served.books(SAID) == [(1,)]


def test_after_a_drop_a_pane_shows_what_a_fresh_one_shows(new_screen: NewScreen, served: Served) -> None:
    screen, other = new_screen(served.address), new_screen(served.address)
    wire = Wire(screen)
    (keeper,), (clerk,) = screen.opens("u17"), other.opens("u01")
    clerk.says(WISH)
    clerk.taps("调20箱")
    keeper.button("批20箱").wait_for()

    wire.cut()
    keeper.is_online(False)
    clerk.taps("撤回")
    clerk.toasts("已撤回 · TR-1015 · 10:01")
    clerk.says("从中央仓调3箱可口可乐500ml到西湖店")
    clerk.taps("调3箱")
    clerk.toasts("待批 · TR-1016 · 等秦师傅")
    wire.mend()

    keeper.button("批3箱").wait_for()
    expect(keeper.at.locator(".card-state")).to_have_text(["已撤回 · TR-1015 · 10:01", "待你批 · TR-1016 · 已冻结"])
    (fresh,) = new_screen(served.address).opens("u17")
    fresh.shows(keeper.reads())


@pytest.mark.parametrize(
    "moment", [BETWEEN_THE_HOPS, *(pytest.param(moment, marks=pytest.mark.long) for moment in OTHER_MOMENTS)]
)
def test_the_process_is_killed_in_the_middle_of_a_tap(chain: Path, new_screen: NewScreen, moment: str) -> None:
    port = free_port()
    with process(chain, port, "tests.bot.console.killed", moment) as (running, address):
        screen = new_screen(address)
        clerk, keeper = screen.opens("u01", "u17")
        clerk.says(WISH)
        clerk.taps("调20箱")
        assert running.wait(STARTS_WITHIN_SECONDS) == -signal.SIGKILL
        clerk.is_online(False)

    with process(chain, port):
        keeper.button("批20箱").wait_for()
        expect(clerk.at.locator(".card-state")).to_have_text(["待批 · TR-1015 · 等秦师傅"])
        expect(keeper.at.locator(".card-state")).to_have_text(["待你批 · TR-1015 · 已冻结"])
        for pane, session in ((clerk, "u01"), (keeper, "u17")):
            second = new_screen(address)
            (fresh,) = second.opens(session)
            fresh.shows(pane.reads())
        assert screen.page.evaluate(KEPT) == 0
        assert books(chain, TRANSFERS) == [(1,)]
        assert books(chain, FROZEN) == [(1, 480)]


def test_two_browsers_of_one_person_say_and_tap_as_one(new_screen: NewScreen, served: Served) -> None:
    here, there = new_screen(served.address), new_screen(served.address)
    (one,), (two,) = here.opens("u01"), there.opens("u01")
    one.says(WISH)
    for pane in (one, two):
        pane.button("调20箱").wait_for()
    two.shows(one.reads())
    for pane in (one, two):
        pane.at.locator(".card-button.primary").evaluate("button => button.click()")
    for pane in (one, two):
        pane.toasts("待批 · TR-1015 · 等秦师傅")
        expect(pane.at.locator(".card-state")).to_have_text(["待批 · TR-1015 · 等秦师傅"])
    two.shows(one.reads())
    assert served.books(TRANSFERS) == [(1,)]
    assert served.books(FROZEN) == [(1, 480)]


def test_a_tap_on_a_card_that_has_moved_on_says_how_it_stands(new_screen: NewScreen, served: Served) -> None:
    here, there = new_screen(served.address), new_screen(served.address)
    wire = Wire(there)
    (clerk, keeper), (stale,) = here.opens("u01", "u17"), there.opens("u17")
    clerk.says(WISH)
    clerk.taps("调20箱")
    stale.button("批20箱").wait_for()
    wire.blind = True
    keeper.taps("驳回")
    keeper.taps("不说原因")
    keeper.toasts("已驳回 · TR-1015 · 秦师傅 10:01")

    stale.taps("批20箱")
    stale.toasts("已驳回 · TR-1015 · 秦师傅 10:01")
    expect(stale.at.locator(".card-state")).to_have_text(["待你批 · TR-1015 · 已冻结"])
    wire.cut()
    wire.mend()
    expect(stale.at.locator(".card-state")).to_have_text(["已驳回 · TR-1015 · 秦师傅 10:01"] * 2)
    expect(stale.at.locator(".card-button")).to_have_count(0)
    assert served.books("select state from document where kind = 'transfer'") == [("rejected",)]


def test_no_other_name_and_no_other_page_gets_in(served: Served) -> None:
    asked = [(path, headers) for path in PATHS for headers in FOREIGN]
    let_in = [(path, headers) for path, headers in asked if status(served, path, headers) != 403]
    assert let_in == []


def test_the_own_name_gets_in(served: Served) -> None:
    assert status(served, "/", {}) == 200
    assert status(served, "/console/world", {"Origin": served.address.rstrip("/")}) == 200
    assert status(served, "/", {"Host": f"localhost:{served.port}"}) == 200


def status(served: Served, path: str, headers: dict[str, str]) -> int:
    """The status of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_MS / 1000)
    try:
        socket = {**UPGRADE, "Sec-WebSocket-Key": "c3RvY2t0YWxrIHN0b2NrdA=="} if "socket" in path else {}
        connection.request("GET", path, headers=headers | socket)
        return connection.getresponse().status
    finally:
        connection.close()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Look again and again until it holds, while the page goes on."""
    for _ in range(PATIENCE_MS // 20):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never held")
