"""`stocktalk audit`: proves that the audit is as it was sealed, beside a running server. It only reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy.exc import DBAPIError

from bot.cli.terminal import configured, opened, printable, screen, stop
from bot.verification import moment
from bot.wiring import present
from core.ground.audit import Entry, audit_entry
from core.ground.proof import Flaw, Found, Proved, Waiting, prove_next, waiting
from core.ground.seals import newest_seal
from core.ground.work import Work
from core.people.directory import person
from data.disk import Unavailable
from data.engine import Database

audit = typer.Typer(help="What people and jobs did: the record of it, and the proof that nobody changed it.")
SAID = {
    Flaw.CHANGED: "Audit row {entry_id} was changed after it was sealed{told}.",
    Flaw.MISSING: "Audit row {entry_id} was taken out after it was sealed.",
    Flaw.ADDED: "Audit row {entry_id} was put in among sealed ones{told}.",
    Flaw.SEAL_BROKEN: "Seal {seal_id} is not the one that was written: it was changed, or one before it.",
    Flaw.SEAL_MISSING: "Seal {seal_id} was taken out.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """How far the chain is proved, what waits for a seal, the row that broke it, and whether the hash was met."""

    proved: Proved
    waits: Waiting
    said: str | None
    met: bool


@audit.callback()
def about() -> None:
    """The record of what people and jobs did."""


@audit.command()
def verify(
    head: Annotated[str, typer.Option(help="The hash that an earlier run ended with: it has to be in the chain.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="End with what was found as one JSON object.")] = False,
) -> None:
    """Prove that no row of the audit was changed, taken out or put in since it was sealed. Ends with 1 if one was."""
    database = opened(configured(), as_they_are=True)
    try:
        result = _prove(database, head.strip().lower())
    except (Unavailable, DBAPIError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        stop(f"The audit cannot be read: {said}. Nothing was changed; `stocktalk doctor` says more.")
    finally:
        database.close_now()
    _print(result, head)
    if as_json:
        print(json.dumps(_figures(result), ensure_ascii=False))
    if result.said or not result.met:
        raise SystemExit(1)


def _prove(database: Database, head: str) -> Result:
    """The chain seal by seal, with a bar that says how far it is."""

    def look(proved: Proved) -> Proved:
        return database.reading(lambda connection: prove_next(Work(connection, present()), proved)).result()

    newest = database.reading(lambda connection: newest_seal(Work(connection, present()))).result()
    proved, met = Proved(), not head
    columns = (TextColumn("{task.description:25}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("Reading what was sealed", total=newest.id if newest else 1)
        while not proved.ended:
            proved = look(proved)
            met = met or proved.head == head
            bar.update(task, completed=proved.seals)
    return database.reading(lambda connection: _told(Work(connection, present()), proved, met)).result()


def _told(work: Work, proved: Proved, met: bool) -> Result:
    said = _sentence(work, proved.found) if proved.found else None
    return Result(proved, waiting(work, proved), said, met)


def _sentence(work: Work, found: Found) -> str:
    entry = audit_entry(work, found.entry_id) if found.entry_id else None
    told = f" (now it says: {_row(work, entry)})" if entry else ""
    first = SAID[found.flaw].format(seal_id=found.seal_id, entry_id=found.entry_id, told=told)
    return printable(f"{first} {_seal(found)}".strip())


def _row(work: Work, entry: Entry) -> str:
    try:
        who = person(work, entry.actor_id).name
    except LookupError:
        who = f"person {entry.actor_id}"
    about = f", document {entry.document_id}" if entry.document_id else ""
    return f"{entry.command} by {who} from {entry.channel}, {moment(entry.ran_at)}{about}"


def _seal(found: Found) -> str:
    return (
        f"It stood in seal {found.seal_id} of {moment(found.sealed_at)}." if found.entry_id and found.sealed_at else ""
    )


def _print(result: Result, head: str) -> None:
    proved, waits = result.proved, result.waits
    since = f", the first since {moment(waits.since)}" if waits.since else ""
    sealed = f"{proved.entries:,} entries in {proved.seals:,} seals"
    if result.said:
        screen.print(
            f"The audit is not as it was sealed. {result.said}", style="bold red", markup=False, highlight=False
        )
        screen.print(f"Right before that: {sealed}. Nothing was changed.", style="red", highlight=False)
        return
    screen.print(f"The audit is as it was sealed: {sealed}.", style="green", highlight=False)
    screen.print(f"{waits.entries:,} wait for the next seal{since}.", highlight=False)
    if not result.met:
        screen.print(
            f"No seal has the hash {printable(head)}: seals were taken out at the end, or written anew.",
            style="bold red",
            markup=False,
            highlight=False,
        )
    if proved.seals:
        screen.print(f"It ends with {proved.head}", style="dim", highlight=False)
        screen.print("Keep this elsewhere: `--head` proves later that the chain still has it.", style="dim")


def _figures(result: Result) -> dict[str, object]:
    proved, waits, found = result.proved, result.waits, result.proved.found
    return {
        "ok": found is None and result.met,
        "seals": proved.seals,
        "sealed": proved.entries,
        "waiting": None if found else waits.entries,
        "waiting_since": waits.since.isoformat() if waits.since and not found else None,
        "head": proved.head if proved.seals else None,
        "head_met": result.met,
        "broken": {"what": found.flaw.value, "seal": found.seal_id, "row": found.entry_id, "said": result.said}
        if found
        else None,
    }
