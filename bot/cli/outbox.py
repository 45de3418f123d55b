"""`stocktalk outbox`: what waits to be delivered and what was given up; sends it again, or drops it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.terminal import configured, opened, printable, screen, stop
from bot.outbox import BY_HAND, Fate, Letter, ago, dead, drop, resend, resend_all, waiting
from bot.wiring import present
from core.ground.documents import header
from core.ground.work import Work
from data.kinds import OutboxKind
from handlers.cards import card
from handlers.messages import Reply, cut

MOST_ROWS, WIDEST = 50, 40
Result = TypeVar("Result")
SAID = {
    Fate.AGAIN: "Message {id} goes out now.",
    Fate.AGAIN_A_COPY: "Message {id} goes out now. It may have been seen before, so it is marked as a copy.",
    Fate.AGAIN_WHEN_BACK: "Message {id} waits: its chat takes nothing at the moment. It goes out when that is back.",
    Fate.DROPPED: f"Message {{id}} is given up ({BY_HAND}). What stood behind it in its chat goes on.",
    Fate.UNKNOWN: "There is no message {id}.",
    Fate.NOT_DEAD: "Message {id} was not given up, so nothing was changed.",
    Fate.A_TOAST: "Message {id} is the short answer to a tap that is over: it is not sent again.",
    Fate.UNDER_WAY: "Message {id} is being sent at this moment, so it stays as it is. Look again in a minute.",
    Fate.NOT_WAITING: "Message {id} does not wait: it was sent or given up before. Nothing was changed.",
}
DONE = frozenset({Fate.AGAIN, Fate.AGAIN_A_COPY, Fate.AGAIN_WHEN_BACK, Fate.DROPPED})
outbox = typer.Typer(help="What waits to be delivered, and what was given up.", no_args_is_help=True)


@outbox.command("list")
def show(
    only_dead: Annotated[bool, typer.Option("--dead", help="Only what was given up.")] = False,
    chat: Annotated[str, typer.Option(help="Only chats that are called something like this.")] = "",
) -> None:
    """List what waits, since when and why; and what was given up, with the reason."""
    of = f" for chats like “{chat}”" if chat else ""
    if not only_dead:
        rows, count = _run(lambda work: _rows(work, waiting(work, chat)))
        _print(rows, count, f"Waiting{of}", f"Nothing waits to be delivered{of}.")
    unknown = "nobody wrote down why"
    rows, count = _run(lambda work: _rows(work, [(letter, letter.error or unknown) for letter in dead(work, chat)]))
    _print(rows, count, f"Given up{of}", f"Nothing was given up{of}.")
    if count:
        screen.print("`stocktalk outbox resend NUMBER` sends one again, `--dead` all of them.", style="dim")


@outbox.command("resend")
def send_again(
    numbers: Annotated[list[int] | None, typer.Argument(help="The numbers of messages that were given up.")] = None,
    all_dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
) -> None:
    """Send again what was given up. A running server takes it up within a second or two."""
    if bool(numbers) == all_dead:
        stop("Say the numbers of the messages, or --dead for all that were given up. Nothing was changed.")
    _tell(_run(lambda work: resend_all(work) if all_dead else resend(work, numbers or [])))


@outbox.command("drop")
def give_up(
    number: Annotated[int, typer.Argument(help="The number of a message that waits.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give up a message that waits, so that those behind it in its chat go on."""
    if not yes and not typer.confirm(f"Give up message {number}? Nobody will see it."):
        stop("Nothing was changed.")
    _tell(_run(lambda work: [(number, drop(work, number))]))


def _run(job: Callable[[Work], Result]) -> Result:
    database = opened(configured())
    try:
        return database.writing(lambda connection: job(Work(connection, present()))).result()
    finally:
        database.close_now()


def _tell(fates: Sequence[tuple[int, Fate]]) -> None:
    """Say what came of each. Ends with 1 where one was not done."""
    for outbox_id, fate in fates:
        screen.print(SAID[fate].format(id=outbox_id), style=None if fate in DONE else "yellow", highlight=False)
    if not fates:
        screen.print("Nothing was given up, so there is nothing to send again.")
    if any(fate not in DONE for _, fate in fates):
        raise SystemExit(1)


def _rows(work: Work, letters: Sequence[tuple[Letter, str]]) -> tuple[Sequence[tuple[str, ...]], int]:
    """What a table shows of the first of them, and how many there are."""
    rows = []
    for letter, why in letters[:MOST_ROWS]:
        tried = f"{letter.attempts}, perhaps seen" if letter.repeated else str(letter.attempts)
        rows.append(
            (str(letter.id), letter.title_en, _what(work, letter), ago(work.now - letter.created_at), tried, why)
        )
    return rows, len(letters)


def _what(work: Work, letter: Letter) -> str:
    if letter.card_id:
        found = card(work, letter.card_id)
        return (
            f"card of {header(work, found.document_id).number}" if found and found.document_id else "card, a question"
        )
    lines = Reply.from_json(letter.reply).lines if letter.reply else ()
    return cut(lines[0] if lines else "", WIDEST) + (" (toast)" if letter.kind is OutboxKind.TOAST else "")


def _print(rows: Sequence[tuple[str, ...]], count: int, title: str, empty: str) -> None:
    if not count:
        screen.print(empty, markup=False, highlight=False)
        return
    table = Table(title=Text(f"{title}: {count}"), title_justify="left")
    for name in ("number", "chat", "what", "since", "tried", "why"):
        table.add_column(name, overflow="fold", justify="right" if name == "number" else "left")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    screen.print(table)
    if count > len(rows):
        screen.print(f"{count - len(rows)} more are not shown; --chat NAME picks some.", style="dim")
