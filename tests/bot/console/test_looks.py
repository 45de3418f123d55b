"""How the page looks, on a phone and on a desk, light and dark, with a card in every state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, WebSocket, expect

from tests.bot.console.conftest import IN_THE_SHOP
from tests.bot.console.panes import MEASURES, Pane, Screen
from tests.bot.console.served import ROOT, Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PICTURES = ROOT / "test-results"
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
LOOKS = [(size, scheme) for size in SIZES for scheme in ("light", "dark")]
ONE_OF_EACH = [("desk", "light"), ("phone", "dark")]
# The pane of each state, and how the first line of its last card begins.
STATES = {
    "u01": "少3瓶坏2瓶 · TR-",
    "u17": "待你批 · TR-",
    "u06": "收货坏2瓶 · TR-",
    "u12": "到货点收 · TR-",
    "u04": "收齐 · TR-",
    "u09": "已驳回 · TR-",
    "u03": "要你补一句 · 库存没动",
    "u05": "待你确认 · 库存还没动",
}
EMPTY, GROUP = "u33", "group:hq@u20"
STORY = ("u01", "u17", "u02", "u04", "u20", GROUP)


@dataclass
class Sent:
    """What the server sent to one screen: each item in its newest form."""

    items: dict[str, dict[str, object]] = field(default_factory=dict)

    def listen(self, socket: WebSocket) -> None:
        """Note every item that comes over a socket."""
        socket.on("framereceived", self._take)

    def _take(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "item":
            self.items[message["item"]["id"]] = message["item"]


@pytest.fixture(scope="module")
def tableau(browser: Browser, opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with a card in every state: played once, then only looked at."""
    with serving(Path(copy(opened, tmp_path_factory.mktemp("tableau") / "chain.db"))) as served:
        context = browser.new_context(**IN_THE_SHOP)
        play(Screen(context, served.address))
        context.close()
        yield served


def play(screen: Screen) -> None:
    """Bring each pane into its state."""
    panes = dict(zip(STATES, screen.opens(*STATES), strict=True))
    transfer(panes["u01"], panes["u17"], "西湖店", "19")
    answer(panes["u01"], "收到1015 好的451瓶 坏2瓶 少3瓶", "收451瓶")
    transfer(panes["u06"], panes["u17"], "武林店", "9")
    answer(panes["u06"], "收到1016 好的214瓶 坏2瓶", "收214瓶")
    transfer(panes["u04"], panes["u17"], "二七店", "8")
    panes["u04"].taps("全收")
    panes["u04"].toasts("收齐 · TR-1017 · 10:01")
    transfer(panes["u12"], panes["u17"], "东站店", "7")
    ask(panes["u09"], "滨江二店", "6")
    panes["u17"].taps("驳回")
    panes["u17"].taps("太多了")
    expect(panes["u09"].at.locator(".card-state").last).to_contain_text("已驳回")
    panes["u03"].says("从中央仓调5箱可乐到二七店")
    ask(panes["u05"], "武林店", "5")
    panes["u05"].says("从中央仓调4箱可口可乐500ml到武林店")
    for code, begin in STATES.items():
        expect(panes[code].at.locator(".card-state").last).to_contain_text(begin)


def ask(who: Pane, target: str, packs: str) -> None:
    """Ask the warehouse for so many cases."""
    who.says(f"从中央仓调{packs}箱可口可乐500ml到{target}")
    who.taps(f"调{packs}箱")


def transfer(who: Pane, keeper: Pane, target: str, packs: str) -> None:
    """Have goods on their way."""
    ask(who, target, packs)
    keeper.taps(f"批{packs}箱")
    keeper.taps(f"发{packs}箱")
    expect(who.button("全收")).to_be_visible()


def answer(who: Pane, text: str, label: str) -> None:
    """Say what arrived, and confirm it."""
    who.says(text)
    who.taps(label)
    expect(who.button(label)).to_have_count(0)


@dataclass
class Look:
    """One size and colour scheme: the screen, its panes, and what the server sent there."""

    screen: Screen
    panes: list[Pane]
    sent: Sent
    size: str

    def turns_to(self, number: int) -> Pane:
        """A pane in view: on a phone by its tab."""
        if self.size == "phone":
            self.screen.page.locator(f'[data-tab="{number}"]').click()
        expect(self.panes[number].at).to_be_visible()
        return self.panes[number]

    def each(self) -> Iterator[Pane]:
        """Every pane, on a phone one after the other by its tab."""
        return map(self.turns_to, range(len(self.panes)))


@pytest.fixture(scope="module", params=LOOKS, ids=["-".join(look) for look in LOOKS])
def look(browser: Browser, tableau: Served, request: pytest.FixtureRequest) -> Iterator[Look]:
    """All states on a screen of one size and scheme; the page may make no error there."""
    size, scheme = request.param
    context = browser.new_context(**as_seen(size, scheme))
    screen, sent = Screen(context, tableau.address), Sent()
    screen.page.on("websocket", sent.listen)
    yield Look(screen, screen.opens(EMPTY, *STATES), sent, size)
    context.close()
    assert screen.troubles == []


def test_everything_can_be_read_and_tapped(look: Look) -> None:
    for pane in look.each():
        looks_right(look.screen)
        if look.size == "phone":
            expect(pane.field).to_be_in_viewport(ratio=1)


def test_the_first_line_of_each_card_is_its_state(look: Look) -> None:
    for pane in look.each():
        for card in pane.at.locator(".item.is-card").all():
            item = look.sent.items[card.get_attribute("data-item") or ""]
            states = card.locator(".card-state")
            expect(states).to_have_count(1)
            assert states.inner_text() == item["lines"][0]  # type: ignore[index]
            assert card.evaluate("card => card.querySelector('.card').innerText").startswith(states.inner_text())
            top, first = card.locator(".card").bounding_box(), states.bounding_box()
            assert top
            assert first
            assert abs(first["y"] - top["y"]) <= 2


def test_what_opens_and_what_is_long_looks_right_too(look: Look) -> None:
    pane = look.turns_to(1)
    pane.at.locator(".composer-ideas").click()
    expect(pane.at.locator(".ideas-panel .example")).to_have_count(3)
    looks_right(look.screen)
    pane.at.locator(".ideas-panel").press("Escape")
    pane.field.fill("可乐还有多少" * 300)
    looks_right(look.screen)
    pane.field.fill("x" * 2000)
    looks_right(look.screen)
    pane.field.fill("")


@pytest.mark.parametrize(("size", "scheme"), ONE_OF_EACH)
def test_a_refusal_a_toast_and_news_look_right(browser: Browser, tableau: Served, size: str, scheme: str) -> None:
    context = browser.new_context(**as_seen(size, scheme))
    screen = Screen(context, tableau.address)
    screen.page.goto(f"{tableau.address}?panes=nobody")
    expect(screen.page.locator(".banner p")).to_be_visible()
    looks_right(screen)
    (buyer,) = screen.opens("u19")
    buyer.says("x" * 4000)
    buyer.says("从中央仓调2箱可口可乐500ml到武林店")
    buyer.taps("取消")
    expect(buyer.at.locator(".toast").last).to_be_visible()
    looks_right(screen)
    context.close()
    assert screen.troubles == []


def test_the_font_of_the_page_is_its_own(look: Look) -> None:
    fonts = look.screen.page.evaluate(
        """async () => {
            await document.fonts.ready;
            const loaded = [...document.fonts].filter((font) => font.status === "loaded");
            return {
                loaded: loaded.map((font) => `${font.family.replaceAll('"', "")} ${font.weight}`).sort(),
                used: [400, 700].map((weight) => document.fonts.check(`${weight} 15px "Noto Sans SC Shop"`, "收货")),
                asked: [...document.querySelectorAll("button, select, textarea, .line, .card-state")]
                    .map((element) => getComputedStyle(element).fontFamily.split(",")[0].replaceAll('"', "")),
            };
        }"""
    )
    assert fonts["loaded"] == ["Noto Sans SC Shop 400", "Noto Sans SC Shop 700"]
    assert fonts["used"] == [True, True]
    assert set(fonts["asked"]) == {"Noto Sans SC Shop"}


def test_the_pictures_of_the_story(browser: Browser, tableau: Served) -> None:
    PICTURES.mkdir(exist_ok=True)
    for size, scheme in ONE_OF_EACH:
        context = browser.new_context(**as_seen(size, scheme))
        screen = Screen(context, tableau.address)
        screen.opens(*STORY)
        screen.page.evaluate("document.fonts.ready")
        screen.page.screenshot(path=PICTURES / f"console-{size}-{scheme}.png")
        context.close()
        assert (PICTURES / f"console-{size}-{scheme}.png").stat().st_size > 0


def as_seen(size: str, scheme: str) -> dict[str, object]:
    """What a browser context needs to be a screen of that size and scheme."""
    return IN_THE_SHOP | {"viewport": SIZES[size], "color_scheme": scheme, "has_touch": size == "phone"}


def looks_right(screen: Screen) -> None:
    """Nothing scrolls sideways, everything to tap is big enough, every text stands out from what is behind it."""
    found = screen.page.evaluate(MEASURES)
    assert min(found.pop("looked").values()) > 0
    assert found == {"sideways": [], "small": [], "faint": []}
