"""Judges a run: nothing said is lost, nothing done twice, nothing left, and copies only where nobody could know."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.crash.books import wrong_books
from tests.crash.effects import Deeds, intentions_of, wrong_effects
from tests.crash.evidence import Evidence
from tests.crash.sights import MARK, seen, untold, wrong_cards, wrong_messages, wrong_order, wrong_toasts

Judge = Callable[[Evidence], Iterable[str]]


def findings(evidence: Evidence) -> list[str]:
    """Everything that is wrong, a sentence each. An empty list is a run in which every promise was kept."""
    judges: tuple[Judge, ...] = (
        left_over,
        unkept,
        wrong_effects,
        wrong_books,
        wrong_messages,
        wrong_toasts,
        wrong_cards,
        untold,
        wrong_order,
    )
    return [finding for judge in judges for finding in judge(evidence)]


def left_over(evidence: Evidence) -> Iterable[str]:
    """Once everything is quiet nothing may wait: no update, no event, no message. None was given up, either."""
    for table in ("inbox", "event"):
        for row in evidence.books[table]:
            if row["state"] != "done":
                yield f"{table} {row['id']} is {row['state']} at the end"
    for row in evidence.books["outbox"]:
        if row["state"] in ("pending", "sending"):
            yield f"outbox {row['id']} is {row['state']} at the end"
    for update in evidence.updates:
        if not update.confirmed:
            yield f"update {update.id} was never confirmed"


def unkept(evidence: Evidence) -> Iterable[str]:
    """What the product told the platform it has, it has: a row for each update, in its words and in their order."""
    kept = {row["update_id"].split(":")[1]: row for row in evidence.books["inbox"]}
    last: dict[tuple[int, bool], int] = {}
    for update in sorted(evidence.updates, key=lambda one: one.id):
        row = kept.pop(str(update.id), None)
        if row is None:
            if update.confirmed:
                yield f"update {update.id} ({update.said}) was confirmed and is nowhere"
            continue
        if (row["text"], row["person_id"]) != (update.said, evidence.books.persons[update.user_id]):
            yield f"update {update.id} said {update.said!r} and was kept as {row['text']!r}"
        if row["id"] < last.get(update.lane, 0):
            yield f"update {update.id} stands before one that was said earlier"
        last[update.lane] = row["id"]
    for row in kept.values():
        yield f"inbox {row['id']} was said by nobody"


def figures(evidence: Evidence) -> dict[str, int]:
    """How much there was of everything. What is counted here is allowed; what is not is a finding."""
    messages = list(seen(evidence))
    toasts = [row for row in evidence.books["outbox"] if row["kind"] == "toast"]
    marked = [message for message in messages if message.sights and message.sights[0].text.startswith(MARK)]
    return {
        "kills": len(evidence.kills),
        "updates": len(evidence.updates),
        "intentions": len(intentions_of(Deeds(evidence.books))),
        "transfers": sum(row["kind"] == "transfer" for row in evidence.books["document"]),
        "steps": sum(Deeds(evidence.books).moves.values()),
        "messages": len(messages),
        "copies, marked": sum(len(message.sights) > 1 for message in messages),
        "marked, seen once": len(marked),
        "given up after two lost answers": sum(message.row["state"] == "dead" for message in messages),
        "toasts": len(toasts),
        "toasts whose answer was lost": sum(row["state"] == "dead" for row in toasts),
    }
