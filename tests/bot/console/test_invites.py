"""Inviting from the console: offered to who may, a link and a picture that open once, and how the dialog looks."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from bot.invites import qr_as_path
from tests.bot.console.conftest import NewScreen
from tests.bot.console.panes import Pane, Screen
from tests.bot.console.served import Served, serving
from tests.bot.console.stand_in import Platform, platform
from tests.bot.console.test_looks import PICTURES, SIZES, as_seen, looks_right

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINK = re.compile(r"https://t\.me/strict_bot\?start(?:group)?=([\w-]{24})")
MAY = ("u02", "u17", "u29", "u20", "u34")
MAY_NOT = ("u01", "u19", "u32", "u33")


@pytest.fixture
def telegram() -> Iterator[Platform]:
    """The platform, with nobody on it."""
    with platform() as one:
        yield one


@pytest.fixture
def connected(chain: Path, telegram: Platform) -> Iterator[Served]:
    """The product with a bot, which the platform knows."""
    with serving(chain, **telegram.settings) as product:
        telegram.settles()
        yield product


def dialog(pane: Pane) -> Locator:
    """The dialog, opened."""
    pane.at.locator(".invite-colleague").click()
    found = pane.page.locator("dialog.invite")
    expect(found.locator(".invite-open h3")).to_be_visible()
    return found


def choices(shown: Locator) -> dict[str, list[str]]:
    """What can be chosen, by its group."""
    groups = shown.locator("select").first.locator("optgroup").all()
    return {one.get_attribute("label") or "": one.locator("option").all_inner_texts() for one in groups}


def asks(served: Served, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """What the server answers to a question that no page asks."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    try:
        method = "GET" if body is None else "POST"
        sent = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path, body=sent, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def test_a_manager_invites_a_clerk_who_comes_in_once(
    connected: Served, telegram: Platform, new_screen: NewScreen
) -> None:
    screen = new_screen(connected.address)
    (manager,) = screen.opens("u02")
    shown = dialog(manager)
    assert choices(shown) == {
        "新同事": ["店员"],
        "这里的人,换到 Telegram 上用": ["王小丫 · 西湖店的店员", "李姐 · 西湖店的店长"],
    }
    expect(shown.locator(".invite-open")).to_contain_text("没有")
    shown.get_by_role("button", name="发邀请").click()
    link = shown.locator(".invite-link").inner_text()
    found = LINK.fullmatch(link)
    assert found
    size, path = qr_as_path(link)
    assert shown.locator(".qr path").get_attribute("d") == path
    assert shown.locator(".qr").get_attribute("viewBox") == f"-4 -4 {size + 8} {size + 8}"
    expect(shown.locator(".invite-list li")).to_have_text(
        [re.compile("新同事:西湖店的店员李姐发的 · 明天 10:01前有效撤回")]
    )
    shown.get_by_role("button", name="关上").click()
    expect(screen.page.locator("dialog")).to_have_count(0)

    telegram.does(lambda server: server.user("zhou", "zh"))
    telegram.does(lambda server: server.open_link("zhou", found[1]))
    assert "你现在是西湖店的店员" in telegram.shows("zhou", "你好")
    joined = manager.at.locator(".is-card", has_text="zhou进来了:西湖店的店员,李姐邀请的")
    expect(joined.get_by_role("button", name="请出去")).to_be_visible()
    expect(dialog(manager).locator(".invite-open")).to_contain_text("没有")
    telegram.does(lambda server: server.open_link("eve", found[1]))
    telegram.shows("eve", "This invite cannot be used")
    assert connected.books("select count(*) from account where channel = 'telegram'") == [(1,)]
    assert telegram.does(lambda server: server.problems()) == []
    (manager,) = screen.opens("u02")  # whoever has no chat here is nobody whom one could be here
    assert "zhou" not in manager.at.locator("select").first.inner_text()


def test_an_open_invite_is_withdrawn(connected: Served, telegram: Platform, new_screen: NewScreen) -> None:
    (area,) = new_screen(connected.address).opens("u29")
    shown = dialog(area)
    shown.locator("select").first.select_option(label="店长")
    shown.locator("select").last.select_option(label="龙井店")
    shown.get_by_role("button", name="发邀请").click()
    code = LINK.fullmatch(shown.locator(".invite-link").inner_text())
    assert code
    expect(shown.locator(".invite-list li")).to_contain_text(["新同事:龙井店的店长"])
    shown.get_by_role("button", name="撤回: 新同事:龙井店的店长").click()
    expect(shown.locator(".invite-list li")).to_have_count(0)
    telegram.does(lambda server: server.open_link("zhou", code[1]))
    telegram.shows("zhou", "This invite cannot be used")


def test_it_is_offered_to_who_may_invite_and_to_nobody_else(screen: Screen) -> None:
    panes = screen.opens(*MAY, *MAY_NOT[:3])
    for pane, may in zip(panes, [True] * len(MAY) + [False] * 3, strict=True):
        expect(pane.at.locator(".invite-colleague")).to_be_visible(visible=may)
    (auditor, group) = screen.opens("u33", "group:hq@u20")
    for pane in (auditor, group):
        expect(pane.at.locator(".invite-colleague")).to_be_hidden()


def test_without_a_bot_it_says_what_is_missing(screen: Screen, served: Served) -> None:
    (manager,) = screen.opens("u02")
    shown = dialog(manager)
    expect(shown.locator(".invite-note")).to_contain_text("STOCKTALK_TELEGRAM_TOKEN")
    expect(shown.get_by_role("button", name="发邀请")).to_have_count(0)
    status, answer = asks(served, "/console/invites", {"person": "u34", "lets_in": {"kind": "group"}})
    assert (status, "Set STOCKTALK_TELEGRAM_TOKEN" in answer["refused"]["en"]) == (409, True)
    assert served.books("select count(*) from invite") == [(0,)]


WEST_LAKE_CLERK = {"kind": "newcomer", "role": "clerk", "home_id": 6, "region": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"person": "u01", "lets_in": WEST_LAKE_CLERK}, 409),
        ({"person": "u02", "lets_in": {"kind": "newcomer", "role": "hq"}}, 409),
        ({"person": "u02", "lets_in": {"kind": "group", "region": None}}, 409),
        ({"person": "u02", "lets_in": {"kind": "account", "person_id": 1}}, 409),
        ({"person": "nobody", "lets_in": WEST_LAKE_CLERK}, 400),
        ({"person": "u34", "lets_in": {"kind": "newcomer", "role": "chief"}}, 400),
        ({"person": "u34", "lets_in": {"kind": "newcomer", "role": "clerk", "home_id": "6"}}, 400),
        ({"person": "u34", "lets_in": {"kind": "newcomer", "role": "clerk", "home_id": 10**30}}, 400),
        ({"person": "u34", "lets_in": {"kind": "newcomer", "role": "clerk", "home_id": 999}}, 400),
        ({"person": "u34", "lets_in": {"kind": "account", "person_id": 999}}, 400),
        ({"person": "u34", "lets_in": {"kind": "group", "region": ["west"]}}, 400),
        ({"person": "u34"}, 400),
        ({"person": "u34\0", "lets_in": 5}, 400),
        ("[" * 100_000, 400),
        ("not json", 400),
        ("[]", 400),
    ],
)
def test_what_no_page_would_ask_makes_no_invite(playing: Served, body: Any, status: int) -> None:
    answered, answer = asks(playing, "/console/invites", body)
    assert answered == status, answer
    assert set(answer["refused"]) == {"zh", "en"}
    assert playing.books("select count(*) from invite") == [(0,)]


def test_another_page_makes_no_invite(playing: Served) -> None:
    body = {"person": "u34", "lets_in": {"kind": "group", "region": None}}
    for headers in ({"Origin": "http://shop.example"}, {"Host": "shop.example"}):
        assert asks(playing, "/console/invites", body, **headers)[0] == 403
        assert asks(playing, "/console/invites/withdraw", {"person": "u34", "id": 1}, **headers)[0] == 403
        assert asks(playing, "/console/invites?person=u34", **headers)[0] == 403
    assert playing.books("select count(*) from invite") == [(0,)]


@pytest.fixture(scope="module")
def playing(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with a bot, for what changes nothing."""
    path = tmp_path_factory.mktemp("invites") / "chain.db"
    path.write_bytes(opened.read_bytes())
    with platform() as telegram, serving(path, **telegram.settings) as product:
        telegram.settles()
        yield product


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh"), ("dark", "en")])
def test_the_dialog_looks_right(browser: Browser, connected: Served, size: str, scheme: str, language: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    context = browser.new_context(**as_seen(size, scheme))
    screen = Screen(context, connected.address)
    (hq, *_) = screen.opens("u20", "u01")
    if language == "en":
        screen.page.locator(".switch-language").click()
    shown = dialog(hq)
    picture = PICTURES / f"console-invite-{size}-{language}"
    screen.page.evaluate("document.fonts.ready")
    screen.page.screenshot(path=f"{picture}-choice.png")
    looks_right(screen)
    fits(shown)
    for _ in range(3):
        shown.locator(".invite-form .primary").click()
        expect(shown.locator(".qr")).to_be_visible()
        looks_right(screen)
        fits(shown)
        screen.page.screenshot(path=f"{picture}.png")
        shown.get_by_role("button", name="再发一个" if language == "zh" else "Make another").click()
    context.close()
    assert screen.troubles == []


def fits(shown: Locator) -> None:
    """Nothing of the dialog is off the screen or scrolls sideways."""
    assert shown.evaluate("one => one.scrollWidth <= one.clientWidth")
    left, right, top, bottom, width, height = shown.evaluate(
        "one => { const box = one.getBoundingClientRect();"
        " return [box.left, box.right, box.top, box.bottom, innerWidth, innerHeight]; }"
    )
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
