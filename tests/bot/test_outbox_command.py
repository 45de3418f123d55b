"""`stocktalk outbox` on books beside a running server, as a shell has it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.app import app
from bot.wiring import present
from core.ground.work import Work
from data.engine import Database
from data.kinds import OutboxState
from data.tables.conversation import Outbox
from handlers.messages import Reply
from handlers.outgoing import send, send_card
from tests.bot.console.served import books, free_port, process

WANG, PATIENCE_SECONDS = 1, 20
RUDE = "[red]一\x1b[2J\n二"


def letters(path: Path, *texts: str, state: OutboxState = OutboxState.DEAD) -> None:
    """Messages to 王小丫 that were given up, or wait for an hour."""

    def put(work: Work) -> None:
        for number, text in enumerate(texts):
            send(work, WANG, Reply((text,)), key=f"letter.{number}")
        error = "message is too long" if state is OutboxState.DEAD else None
        work.change(Outbox, state=state, error=error, next_at=work.now.replace(year=work.now.year + 1))

    database = Database(f"sqlite:///{path}")
    database.writing(lambda connection: put(Work(connection, present()))).result()
    database.close_now()


def outbox(*words: str, answer: str = "") -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["outbox", *words], input=answer)


def states(path: Path) -> list[tuple[object, ...]]:
    """How far each message got."""
    return books(path, "select state from outbox order by id")


def test_an_empty_outbox_says_so(path: Path) -> None:
    done = outbox("list")
    assert (done.exit_code, done.output) == (0, "Nothing waits to be delivered.\nNothing was given up.\n")
    assert outbox("list", "--dead").output == "Nothing was given up.\n"
    assert outbox("list", "--dead", "--chat", "[b]").output == "Nothing was given up for chats like “[b]”.\n"
    assert outbox("resend", "--dead").output == "Nothing was given up, so there is nothing to send again.\n"


def test_the_list_says_what_waits_and_what_was_given_up_and_why(path: Path) -> None:
    letters(path, "一", RUDE)
    done = outbox("list")
    assert "Nothing waits to be delivered." in done.output
    assert "Given up: 2" in done.output
    assert "message is too long" in done.output
    assert "[red]一" in done.output
    assert "\x1b" not in done.output
    assert "王小丫" in done.output
    assert "Given up" not in outbox("list", "--chat", "李姐").output


@pytest.mark.long
def test_a_running_server_takes_up_what_is_sent_again(path: Path) -> None:
    letters(path, "一", "二")
    with process(path, free_port()):
        done = outbox("resend", "1")
        assert (done.exit_code, done.output) == (0, "Message 1 goes out now.\n")
        wait_for(path, [("sent",), ("dead",)])
        assert outbox("resend", "--dead").output == "Message 2 goes out now.\n"
        wait_for(path, [("sent",), ("sent",)])


def test_what_cannot_be_done_is_said_and_ends_with_1(path: Path) -> None:
    letters(path, "一", state=OutboxState.PENDING)
    done = outbox("resend", "1", "7")
    assert done.exit_code == 1
    assert done.output == "Message 1 was not given up, so nothing was changed.\nThere is no message 7.\n"
    for words in ((), ("1", "--dead")):
        assert outbox("resend", *words).exit_code == 1
    assert states(path) == [("pending",)]


def test_dropping_asks_first(path: Path) -> None:
    letters(path, "一", "二", state=OutboxState.PENDING)
    done = outbox("drop", "1", answer="n\n")
    assert done.exit_code == 1
    assert done.output.endswith("Nothing was changed.\n")
    assert states(path) == [("pending",)] * 2
    assert outbox("drop", "1", answer="y\n").exit_code == 0
    done = outbox("drop", "2", "--yes")
    assert done.output == "Message 2 is given up (dropped by hand). What stood behind it in its chat goes on.\n"
    assert states(path) == [("dead",)] * 2


def test_a_card_is_called_by_its_document(path: Path) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "insert into card (id, chat_id, face, document_id, folded, wanted_version, shown_version, redraw_attempts)"
            " select 1, 1, 'document', min(id), 0, 1, 0, 0 from document"
        )
    connection.close()
    database = Database(f"sqlite:///{path}")
    database.writing(lambda connection: send_card(Work(connection, present()), WANG, 1)).result()
    database.close_now()
    assert "card of OP-" in outbox("list").output


def test_where_there_is_no_database_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCKTALK_DATABASE", f"sqlite:///{tmp_path / 'none.db'}")
    done = outbox("list")
    assert done.exit_code == 1
    assert "stocktalk run" in done.output
    assert list(tmp_path.iterdir()) == []


def wait_for(path: Path, wanted: list[tuple[object, ...]]) -> None:
    """Until the messages are so far."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while states(path) != wanted:
        assert time.monotonic() < ends, states(path)
        time.sleep(0.05)
