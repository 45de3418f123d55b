"""What the conversation asks of a capability that changes something, and of a kind of document that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.ground.commands import Command
from core.ground.documents import Header
from core.ground.permissions import Actor
from core.ground.work import Work
from handlers.cards import Tap
from handlers.messages import Reply
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader


@dataclass(frozen=True, slots=True)
class Change:
    """A change that waits for its tap: the verb on its button, its card, and the command that the tap runs.

    `first` is a command that goes before it, both or neither. `at_once`: the tap that answers its last question is the
    one that runs it.
    """

    verb: str
    card: Callable[[Work, Reader, Pending], Reply]
    command: Callable[[Work, Reader, Pending], Command]
    first: Callable[[Work, Reader, Pending], Command | None] = lambda work, reader, pending: None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of an event: people with the next step, people who only hear of it, and whether groups do.

    `anew`: whoever has the next step gets a new card even if an older one of the document is in their chat.
    """

    next: tuple[Actor, ...] = ()
    anew: bool = False
    hear: tuple[int, ...] = ()
    groups: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of document: its card, its state in one line, what its buttons do, and who is told of its events.

    `tap` gives the command of a button, a plan where the button asks something first, None for a verb it has not.
    """

    card: Callable[[Work, Reader, Header, bool], Reply]
    outcome: Callable[[Work, Reader, Header], str]
    tap: Callable[[Work, Asker, Header, Tap], Command | Plan | None]
    told: Callable[[Work, str, Header], Told]
    line: Callable[[Work, Reader, str, Header], str]
