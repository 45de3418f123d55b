"""A full disk as people see it: said where they tapped, nothing lost, and done once by itself when there is room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from structlog.testing import capture_logs

from handlers.say import say
from tests.bot.console.conftest import NewScreen
from tests.bot.console.served import Served
from tests.full_disk import no_room

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WISH = "从中央仓调20箱可口可乐500ml到西湖店"
ASKS = "西湖店SKU123还有多少"
FULL = say("zh", "errors.disk_full")


@pytest.fixture
def filling(chain: Path) -> Iterator[Served]:
    """The product, on whose log one error may be."""
    product = Served(chain)
    with capture_logs() as logged:
        try:
            product.start()
            yield product
        finally:
            product.stop()
    troubles = [entry for entry in logged if entry["log_level"] != "info"]
    assert [(entry["event"][:16], entry["log_level"]) for entry in troubles] == [
        ("the disk is full", "error"),
        ("the disk takes w", "warning"),
    ]


def test_a_tap_and_a_message_on_a_full_disk(filling: Served, new_screen: NewScreen) -> None:
    (clerk,) = new_screen(filling.address).opens("u01")
    clerk.says(WISH)
    clerk.button("调20箱").wait_for()
    with no_room(filling.path):
        clerk.taps("调20箱")
        clerk.toasts(FULL)
        expect(clerk.button("调20箱")).not_to_have_attribute("aria-busy", "true")
        clerk.says(ASKS)
        expect(clerk.at.locator(".toast.alert")).to_have_count(2)
        expect(clerk.at.locator("[data-sending]")).to_have_count(1)
        clerk.is_online()
        (other,) = new_screen(filling.address).opens("u01")
        other.button("调20箱").wait_for()
    clerk.toasts("待批 · TR-1015 · 等秦师傅")
    expect(clerk.at.locator('[data-from="me"]')).to_have_count(2)
    expect(clerk.at.locator("[data-sending]")).to_have_count(0)
    assert filling.books("select count(*) from inbox") == [(3,)]
    assert filling.books("select count(*) from document where kind = 'transfer'") == [(1,)]
