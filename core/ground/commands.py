"""What anyone wants changed, and what comes of it: the shapes that every area's commands share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from core.ground.events import Happened
from core.ground.work import Work


class Command:
    """What anyone wants changed: a frozen dataclass of ids, counts and words, from chat, a till or a job."""

    @cached_property
    def facts(self) -> str:
        """The command's fields as JSON, the same for the same wish."""
        return _AS_JSON(self)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this wish from another one under the same key."""
        return hashlib.sha256(f"{type(self).__name__} {self.facts}".encode()).hexdigest()


def _plain(value: object) -> object:
    """What JSON has no word for: a dataclass by its fields, a moment as text."""
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return str(value)


_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=_plain).encode


@dataclass(frozen=True, slots=True)
class Answer:
    """A command took effect: the document it made or moved, as it is now. Kept, and given again to a repeated key.

    What changed may be no document (an invite): then there is no `document_id`.
    """

    document_id: int | None
    version: int
    state: str
    before: Mapping[str, object] | None = field(default=None, compare=False)
    events: Sequence[Happened] = field(default=(), compare=False)

    @property
    def of_document(self) -> int:
        """The document. Raises ValueError where what changed is none."""
        if self.document_id is None:
            raise ValueError("what this command changed is no document")
        return self.document_id

    def to_json(self) -> str:
        """What is kept in the done-record."""
        return json.dumps({"document_id": self.document_id, "version": self.version, "state": self.state})

    @staticmethod
    def from_json(text: str) -> Answer:
        """The answer as it was given the first time."""
        return Answer(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Refused:
    """A command was refused and changed nothing: the refusal's code and facts, for words to be made of."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Due:
    """A command whose time has come, with the key of its one effect."""

    command: Command
    key: str


Wish = TypeVar("Wish", bound=Command)


@dataclass(frozen=True, slots=True)
class Rule(Generic[Wish]):
    """How one kind of command is handled: who may (raises NotAllowed), and what it does (raises a StockError)."""

    permit: Callable[[Work, Wish], None]
    run: Callable[[Work, Wish], Answer]


AnyRule = Rule[Any]
