"""`stocktalk verify`: proves that the books are right, beside a running server. It only reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic
from typing import Annotated, TypeVar

import typer
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from bot.cli.terminal import configured, opened, printable, screen, stop
from bot.verification import CHECKS, Teller, moment
from bot.wiring import present
from core.ground.work import Work
from core.stock.verification.books import Latest, latest
from core.stock.verification.books import verify as verify_books
from core.stock.verification.tally import Check, Tally
from data.disk import Unavailable
from data.engine import Database

Result = TypeVar("Result")
SHOWN = 5
STAGES = {
    "goods": "Replaying the postings",
    "days": "Adding up the days",
    "road": "Goods under way",
    "documents": "Documents and their steps",
    "done": "What people were told",
    "numbers": "Counting rows",
}


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="End with what was found as one JSON object.")] = False,
) -> None:
    """Prove that the books are right: that everything kept is what its postings say. Ends with 1 where it is not."""
    database = opened(configured(), as_they_are=True)
    try:
        began = monotonic()
        until = _look(database, latest)
        tally = _verified(database)
        seconds = monotonic() - began
        told = _sentences(database, tally)
    except (Unavailable, DBAPIError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        stop(f"The books cannot be read: {said}. Nothing was changed; `stocktalk doctor` says more.")
    finally:
        database.close_now()
    _print(database, tally, told)
    ok = not tally.wrong.total()
    postings = tally.compared[Check.RUNNING_COUNTS]
    _conclude(ok, postings, seconds, until)
    if as_json:
        print(json.dumps(_figures(ok, postings, seconds, until, tally, told), ensure_ascii=False))
    if not ok:
        raise SystemExit(1)


def _look(database: Database, question: Callable[[Work], Result]) -> Result:
    return database.reading(lambda connection: question(Work(connection, present()))).result()


def _verified(database: Database) -> Tally:
    """What it came to, with a bar that says what is looked at and how far that is."""
    total = Tally()
    columns = (TextColumn("{task.description:25}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        for part in verify_books(lambda question: _look(database, question)):
            bar.update(task, description=STAGES[part.stage], completed=part.done, total=max(part.total, 1))
            total.add(part.tally)
    return total


def _sentences(database: Database, tally: Tally) -> dict[Check, list[str]]:
    """The first findings of each check."""
    if not tally.wrong.total():
        return {}
    teller = _look(database, Teller)
    return {check: [printable(teller.sentence(one)) for one in found[:SHOWN]] for check, found in tally.first.items()}


def _print(database: Database, tally: Tally, told: dict[Check, list[str]]) -> None:
    for check, name in CHECKS.items():
        if check is Check.NUMBERS and database.is_shared:
            screen.print(Text(f"· {name}: not looked at, PostgreSQL numbers rows with gaps", style="dim"))
            continue
        wrong, compared = tally.wrong[check], tally.compared[check]
        if not wrong:
            screen.print(Text(f"✓ {name}: {compared:,} compared", style="green"))
            continue
        screen.print(Text(f"✗ {name}: {wrong:,} wrong of {compared:,} compared", style="bold red"))
        for sentence in told.get(check, []):
            screen.print(Text(f"  {sentence}"))
        if rest := wrong - len(told.get(check, [])):
            screen.print(Text(f"  ... and {rest:,} more.", style="dim"))


def _conclude(ok: bool, postings: int, seconds: float, until: Latest | None) -> None:
    looked = f"{postings:,} postings in {seconds:.1f} s"
    if until:
        looked += f", all up to number {until.posting_id:,} of {moment(until.posted_at)}"
    if ok:
        screen.print(f"The books are right: {looked}.", style="green", highlight=False)
    else:
        screen.print(f"The books are not right: {looked}. Nothing was changed.", style="red", highlight=False)


def _figures(
    ok: bool, postings: int, seconds: float, until: Latest | None, tally: Tally, told: dict[Check, list[str]]
) -> dict[str, object]:
    checks = {
        check.value: {"compared": tally.compared[check], "wrong": tally.wrong[check]}
        for check in CHECKS
        if check in tally.compared or tally.wrong[check]
    }
    return {
        "ok": ok,
        "postings": postings,
        "seconds": round(seconds, 2),
        "until_posting": until.posting_id if until else None,
        "until": until.posted_at.isoformat() if until else None,
        "checks": checks,
        "findings": {check.value: sentences for check, sentences in told.items()},
    }
