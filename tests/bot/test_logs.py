"""Log lines: one form whoever logs, the key of their message on them, and never a secret."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot.logs import HIDDEN, Unfailing, following, redactor, set_up_logs
from bot.main import secrets
from bot.settings import Settings
from bot.telegram.webhook import path_of, secret_of

TOKEN = "123456:STRICT-TEST-TOKEN"
STRANGE_TOKEN = "7012345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-_"
PASSWORD = 'p"a/ß密'
LIBRARIES = ("aiohttp.server", "apscheduler.executors.default", "asyncio", "sqlalchemy.pool", "telegram.Bot", "httpx")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the lines go; everything about logging is put back afterwards."""
    stream, root = io.StringIO(), logging.getLogger()
    before = (root.handlers[:], root.level)
    yield stream
    root.handlers[:], root.level = before
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    """The lines so far, read as JSON."""
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_has_its_level_its_moment_its_event_and_what_is_bound(out: io.StringIO) -> None:
    set_up_logs("INFO", "json", stream=out)
    structlog.get_logger("inbox").info("kept", chat_id=7, text="可乐")
    (line,) = lines(out)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line.pop("ts"))
    assert line == {"level": "info", "event": "kept", "chat_id": 7, "text": "可乐"}
    assert "可乐" in out.getvalue()


def test_text_is_for_people(out: io.StringIO) -> None:
    set_up_logs("INFO", "text", stream=out)
    with following("m7"):
        structlog.get_logger("inbox").info("kept", chat_id=7)
    assert re.search(r"Z \[info     \] kept +chat_id=7 trace=m7\n$", out.getvalue())


@pytest.mark.parametrize(("terminal", "level", "form"), [(True, "WARNING", "text"), (False, "INFO", "json")])
def test_what_is_not_said_suits_the_reader(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch, terminal: bool, level: str, form: str
) -> None:
    monkeypatch.setattr(out, "isatty", lambda: terminal)
    set_up_logs(stream=out)
    log = structlog.get_logger("inbox")
    log.debug("no")
    log.info("perhaps")
    log.warning("yes")
    said = out.getvalue()
    assert ("perhaps" in said, "yes" in said, "no " in said) == (level == "INFO", True, False)
    assert said.startswith("{") is (form == "json")


@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_go_the_same_way_from_warning_up(out: io.StringIO, name: str) -> None:
    set_up_logs("DEBUG", "json", [TOKEN], out)
    with following("m7"):
        logging.getLogger(name).info("GET /bot%s/getMe", TOKEN)
        logging.getLogger(name).warning("POST /bot%s/getMe", TOKEN)
    (line,) = lines(out)
    assert line.pop("ts")
    assert line == {"level": "warning", "event": f"POST /bot{HIDDEN}/getMe", "trace": "m7", "logger": name}


def test_warnings_go_the_same_way(out: io.StringIO) -> None:
    set_up_logs("INFO", "json", [TOKEN], out)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"about {TOKEN}", stacklevel=1)
        logging.captureWarnings(False)
    (line,) = lines(out)
    assert HIDDEN in line["event"]


def fail(depth: int = 3) -> None:
    """Fail with the token in the error's text, in that of its cause and in a variable."""
    held = {"token": TOKEN, "url": f"https://api.telegram.org/bot{STRANGE_TOKEN}/getMe"}
    if depth:
        return fail(depth - 1)
    try:
        raise ValueError(f"no {held['url']}")
    except ValueError as error:
        raise RuntimeError(f"{TOKEN!r} was refused for {PASSWORD}") from error


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_in_any_line_whoever_logs_it(out: io.StringIO, form: str) -> None:
    set_up_logs("DEBUG", form, [TOKEN, PASSWORD], out)
    log = structlog.get_logger("delivery")
    try:
        fail()
    except RuntimeError:
        log.exception("it failed", token=TOKEN, url=f"https://x/bot{TOKEN.replace(':', '%3A')}", by={"of": [PASSWORD]})
        logging.getLogger("asyncio").exception("it failed %s", {"context": TOKEN}, extra={"more": PASSWORD})
    log.warning(f"bound {PASSWORD}", answer=PASSWORD.encode())
    said = out.getvalue()
    assert said.count("RuntimeError: ") == 2
    assert "Traceback" in said
    for secret in (TOKEN, "STRICT-TEST", STRANGE_TOKEN, "AAHdq", PASSWORD, json.dumps(PASSWORD)[1:-1], "p%22a"):
        assert secret not in said, secret


@pytest.mark.parametrize("text", ["no secret", "12:30 and 12345:short", "2026-03-18T10:00:00Z", ""])
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert redactor([])(text) == text
    assert redactor(["", TOKEN])(text) == text


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    hide = redactor(["to"])
    assert hide("to stocktalk by postgresql://a:to@b") == f"{HIDDEN} stocktalk by postgresql://a:{HIDDEN}@b"


def test_a_secret_within_another_hides_the_whole_of_it() -> None:
    assert redactor(["a-long-secret", "a-long-secret-and-more"])("a-long-secret-and-more") == HIDDEN


def test_everything_that_is_set_and_secret_is_known() -> None:
    settings = Settings(telegram_token=SecretStr(TOKEN), database="postgresql://me:p%40ssword@server/x")
    hide, token = redactor(secrets(settings)), SecretStr(TOKEN)
    for secret in (TOKEN, TOKEN.partition(":")[2], "p@ssword", "p%40ssword", path_of(token), secret_of(token)):
        assert secret not in hide(f"it was '{secret}', and ({secret})"), secret
    assert TOKEN not in repr(settings)
    assert secrets(Settings(telegram_token=None, database="no address")) == []


async def test_tasks_side_by_side_keep_their_own_key(out: io.StringIO) -> None:
    set_up_logs("INFO", "json", stream=out)
    log = structlog.get_logger("inbox")

    async def speak(trace: str | None, pause: float) -> None:
        with following(trace):
            await asyncio.sleep(pause)
            log.info("spoken", by=trace)

    with following("outer"):
        await asyncio.gather(speak("m1", 0.02), speak("m2", 0.01), speak(None, 0.0))
    log.info("after")
    assert [(line.get("by"), line.get("trace")) for line in lines(out)] == [
        (None, "outer"),
        ("m2", "m2"),
        ("m1", "m1"),
        (None, None),
    ]


def test_a_log_that_cannot_be_written_stops_nobody(monkeypatch: pytest.MonkeyPatch, out: io.StringIO) -> None:
    def full(text: str) -> int:
        raise OSError(28, "No space left on device")

    set_up_logs("INFO", "json", stream=out)
    monkeypatch.setattr(out, "write", full)
    structlog.get_logger("delivery").info("sent")
    logging.getLogger("aiohttp").warning("it was hard")
    out.close()
    Unfailing(out).flush()


def test_nothing_logs_on_a_thread_of_the_database() -> None:
    """A job runs on another thread and perhaps twice. Only that the disk is full is said there, of no message."""
    found = [
        str(path.relative_to(ROOT))
        for floor in ("core", "handlers", "data")
        for path in sorted((ROOT / floor).rglob("*.py"))
        if "structlog" in path.read_text(encoding="utf-8") or "import logging" in path.read_text(encoding="utf-8")
    ]
    assert found == ["data/disk.py"]
