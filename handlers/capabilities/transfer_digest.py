"""Where the goods of a transfer are, in few lines: for a card on which each fact has no line of its own any more."""

from __future__ import annotations

from collections.abc import Sequence

from core.ground.documents import Header
from core.stock.transfer_lines import Line
from handlers.capabilities.transfer_state import total
from handlers.reader import Reader

SETTLED = {"good": "received", "returned": "returned"}
OPEN = {"missing": "missing", "refused": "refused", "awaited": "awaited"}
"""What is settled, and what is still on the source's books: the words for the columns of a line."""


def digest(reader: Reader, document: Header, lines: list[Line], bearers: str, deadline: Sequence[str]) -> list[str]:
    """At most five lines: what is settled, what is set aside, what is open and on whose books, who answers until when.

    Of several products the card has a line each with what became of it, so only who bears a loss is left to say.
    """
    source, several = reader.place(document.place_id), len({line.sku_id for line in lines}) > 1
    settled = [] if several else _parts(reader, lines, SETTLED)
    if bearers:
        settled.append(reader.say("transfers.arrival.part.lost_by", amount=total(reader, lines, "lost"), who=bearers))
    texts = [reader.say("transfers.body.settled", parts=_joined(reader, settled))] if settled else []
    texts += _aside(reader, lines)
    if still_open := _parts(reader, lines, OPEN):
        texts.append(reader.say("transfers.body.open", parts=_joined(reader, still_open), place=source))
    if _some(lines, "over"):
        texts.append(reader.say("transfers.body.over", amount=total(reader, lines, "over"), place=source))
    return [*texts, *deadline]


def _parts(reader: Reader, lines: list[Line], columns: dict[str, str]) -> list[str]:
    """Each of these columns that has some, with its amount."""
    return [
        reader.say(f"transfers.arrival.part.{name}", amount=total(reader, lines, column))
        for name, column in columns.items()
        if _some(lines, column)
    ]


def _joined(reader: Reader, parts: list[str]) -> str:
    return reader.say("transfers.arrival.join").join(parts)


def _aside(reader: Reader, lines: list[Line]) -> list[str]:
    """What lies at the target and is not for sale."""
    there = [column for column in ("damaged", "for_supplier") if _some(lines, column)]
    facts = {column: total(reader, lines, column) for column in there}
    if len(there) == 2:
        return [reader.say("transfers.body.aside", **facts)]
    return [reader.say(f"transfers.body.{column}", amount=facts[column]) for column in there]


def _some(lines: list[Line], column: str) -> bool:
    return any(getattr(line, column) for line in lines)
