"""Many messages of one world, read one after the other, with what each left open for the next of its dialogue."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from bot.rows import row_of
from bot.world import World
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context, Reading
from handlers.understand.turns import following
from handlers.understand.understand import understand


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote. The messages of one `dialog` follow each other; one without it stands alone."""

    id: str
    text: str
    user: str
    dialog: str | None = None


class Unreadable(ValueError):
    """A line that is no message; its text says which line, and why."""


def lexicon_of(world: World) -> Lexicon:
    """Every name of a world."""
    return Lexicon.built_from(world.catalogue, tuple(world.names.values()))


def messages_in(raw: bytes, users: Container[str]) -> list[Message]:
    """The messages of a file with one JSON object a line. Raises Unreadable for the first line that is none."""
    found: list[Message] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        message = _message(number, line)
        if message.user not in users:
            raise Unreadable(f"line {number}: nobody in this world is {message.user!r}")
        if message.id in lines:
            raise Unreadable(f"line {number}: {message.id!r} stands on line {lines[message.id]} already")
        lines[message.id] = number
        found.append(message)
    return found


def read_all(world: World, lexicon: Lexicon, messages: Sequence[Message]) -> Iterator[tuple[Reading, float]]:
    """What each message means, and how many milliseconds it took to understand it."""
    contexts: dict[str, Context] = {}
    for message in messages:
        context = world.context(message.user)
        if message.dialog is not None:
            last = contexts.get(message.dialog, context)
            context = replace(context, frame=last.frame, asked=last.asked, before=last.before)
        began = perf_counter()
        reading = understand(message.text, context, lexicon)
        took = perf_counter() - began
        if message.dialog is not None:
            contexts[message.dialog] = following(context, reading)
        yield reading, took * 1000


def rows(world: World, lexicon: Lexicon, messages: Sequence[Message]) -> Iterator[dict[str, object]]:
    """The rows of all messages, as a labelled set has them."""
    for message, (reading, took) in zip(messages, read_all(world, lexicon, messages), strict=True):
        yield {"id": message.id, **row_of(reading), "ms": round(took, 4)}


def _message(number: int, line: bytes) -> Message:
    try:
        fields = json.loads(line)
    except UnicodeDecodeError:
        raise Unreadable(f"line {number}: it is not in UTF-8") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"line {number}: it is no JSON") from None
    if not isinstance(fields, dict):
        raise Unreadable(f"line {number}: it is no JSON object")
    for name in ("id", "text", "user"):
        if not isinstance(fields.get(name), str):
            raise Unreadable(f"line {number}: its {name!r} is not there, or no text")
    dialog = fields.get("dialog")
    if dialog is not None and not isinstance(dialog, str):
        raise Unreadable(f"line {number}: its 'dialog' is no text")
    if not fields["id"].isprintable():
        raise Unreadable(f"line {number}: its 'id' holds what cannot be printed")
    return Message(fields["id"], fields["text"], fields["user"], dialog)
