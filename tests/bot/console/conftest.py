"""What the browser tests may ask for: the demo chain's database, the product running on a copy of it, and screens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.bot.console.panes import PATIENCE_MS, Screen
from tests.bot.console.served import Served, serving
from tests.chromium import find

DESKTOP = {"width": 1440, "height": 900}
IN_THE_SHOP = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": DESKTOP}
NewScreen = Callable[..., Screen]


@pytest.fixture
def chain(opened: Path, tmp_path: Path) -> Path:
    """A fresh copy of the demo chain's database file."""
    return Path(shutil.copy(opened, tmp_path / "chain.db"))


@pytest.fixture
def served(chain: Path) -> Iterator[Served]:
    """The product, running on a fresh demo chain."""
    with serving(chain) as product:
        yield product


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for the package. It ends with it: its event loop may not run beside those of other tests."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find())
        yield chromium
        chromium.close()


@pytest.fixture
def new_screen(browser: Browser) -> Iterator[NewScreen]:
    """Makes a screen at an address in a browser context of its own; on none of them may the page make an error."""
    screens: list[Screen] = []

    def make(address: str, **wishes: Any) -> Screen:
        screens.append(Screen(browser.new_context(**(IN_THE_SHOP | wishes)), address))
        return screens[-1]

    yield make
    for screen in screens:
        screen.page.context.close()
    assert [trouble for screen in screens for trouble in screen.troubles] == []


@pytest.fixture
def screen(new_screen: NewScreen, served: Served) -> Screen:
    """One screen, as in the shop: Chinese, Shanghai time, a desktop's width."""
    return new_screen(served.address)
