"""The console listens on this machine alone, unless somebody says the name it is to be opened under."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.settings import LOOPBACK, Settings, check


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set where the tests run does not count."""
    for name in ("DATABASE", "HOST", "PORT", "OPEN_TO", "LOG_LEVEL", "LOG_FORMAT", "DISK_ROOM_MB", "DEMO_DAYS"):
        monkeypatch.delenv(f"STOCKTALK_{name}", raising=False)


def test_what_is_not_said_is_safe() -> None:
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.names == LOOPBACK
    assert settings.demo_days == 60
    assert check(settings) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.20", "stocktalk.example"])
def test_another_address_is_refused_unless_it_is_opened_by_name(host: str) -> None:
    sentence = check(Settings(host=host))
    assert sentence is not None
    assert "Nothing was started" in sentence
    assert check(Settings(host=host, open_to="")) == sentence  # an empty name is no name
    assert check(Settings(host=host, open_to="shop.example")) is None


@pytest.mark.parametrize("host", sorted(LOOPBACK))
def test_loopback_needs_no_name(host: str) -> None:
    assert check(Settings(host=host)) is None


def test_it_answers_to_the_name_it_was_opened_under_in_any_case() -> None:
    assert Settings(open_to="Shop.Example").names == LOOPBACK | {"shop.example"}
    assert Settings(open_to="").names == LOOPBACK


def test_the_environment_sets_what_the_command_line_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCKTALK_PORT", "9000")
    monkeypatch.setenv("STOCKTALK_OPEN_TO", "shop.example")
    assert (Settings().port, Settings().open_to) == (9000, "shop.example")
    assert Settings(port=9001).port == 9001


def test_a_level_may_be_said_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().log_level is None
    monkeypatch.setenv("STOCKTALK_LOG_LEVEL", "info")
    assert Settings().log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "value"), [("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"), ("DISK_ROOM_MB", "much"), ("DEMO_DAYS", "367")]
)
def test_what_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"STOCKTALK_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
