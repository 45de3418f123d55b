"""What reading a message or a tap comes to: the parts of an answer that acting will carry out, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.ground.commands import Command
from core.ground.permissions import Actor
from core.stock.ledger import business_date
from data.kinds import ChatKind, InboxKind, PendingState
from handlers.messages import Reply
from handlers.pending import Pending
from handlers.picks import Pick
from handlers.reader import Reader
from handlers.review import Note
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import Context, Reading


def trace_of(inbox_id: int) -> str:
    """The key of all that comes of an update: in log lines, and in the rows it leads to."""
    return f"m{inbox_id}"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update from a channel, as its inbox row keeps it. `text` is what was said, or a tapped button's bytes."""

    inbox_id: int
    channel: str
    chat_id: int
    chat_kind: ChatKind
    language: str
    person: Actor
    kind: InboxKind
    text: str
    received_at: datetime

    @property
    def trace(self) -> str:
        """The key of all that comes of it."""
        return trace_of(self.inbox_id)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which chat, the question that is open there, and the last one that was answered."""

    incoming: Incoming
    reader: Reader
    lexicon: Lexicon
    open: Pending | None
    before: Reading | None = None

    @property
    def person(self) -> Actor:
        """The person who wrote or tapped."""
        return self.incoming.person

    @property
    def home(self) -> str | None:
        """The code of the place where the person works, if it is one place."""
        place = self.reader.catalogue.place_by_id.get(self.person.home_id or 0)
        return place.code if place else None


@dataclass(frozen=True, slots=True)
class Wish:
    """A command with the key of its intention, the card it came from, and the pending change that it confirms.

    `first` is a command that goes before it: both or neither.
    """

    command: Command
    key: str
    card_id: int
    confirms: Pending | None = None
    first: Command | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """An answer taken into the open question: a tapped one redraws its card, a typed one shows a new card below."""

    before: Pending
    reading: Reading
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of an answer. An empty plan says nothing.

    ends: how the open question ends. said: a message. ask: a question or an unconfirmed change to keep and show.
    change: an answer to the open question. wish: a command to run.
    show_document: a document to show in a new card. toast, redraw: the answer to a tap, and its card drawn anew.
    note: what to keep for whoever teaches. show_reviews: what was kept, each in a new card. dismiss: one of them to
    put away. answered: a question that was answered, which can be asked again of something else; forgets: the one
    before it cannot any longer. picks: what was chosen for words that could mean several things.
    show_person: somebody, or all whom one manages, and what is to be seen of them, in a new card; turn: in this one.
    show_rules: what is to be seen of the approval rules, in a new card; turn_rules: in this one.
    """

    ends: PendingState | None = None
    said: Reply | None = None
    ask: Reading | None = None
    change: Changed | None = None
    wish: Wish | None = None
    show_document: int | None = None
    language: str | None = None
    toast: str | None = None
    redraw: int | None = None
    note: Note | None = None
    show_reviews: tuple[int, ...] = ()
    show_person: tuple[int | None, str] | None = None
    turn: tuple[int, int | None, str] | None = None
    show_rules: str | None = None
    turn_rules: tuple[int, str] | None = None
    dismiss: int | None = None
    answered: Reading | None = None
    forgets: bool = False
    picks: tuple[Pick, ...] = ()

    @property
    def closes(self) -> PendingState | None:
        """How the question that it answers ends: left behind, where a document that moved on meanwhile is shown."""
        return self.ends or (PendingState.REPLACED if self.show_document else None)

    @property
    def kind(self) -> str:
        """What it comes to in a word or two, for a log line: a command's name, an intent, or the part that answers."""
        if self.wish:
            return type(self.wish.command).__name__
        if self.ask:
            return self.ask.intent.value
        parts = ("change", "show_document", "show_reviews", "show_person", "turn", "show_rules", "dismiss", "language")
        ends = ("ends", "said", "toast", "redraw")
        return next((part for part in (*parts, *ends) if getattr(self, part) not in (None, ())), "nothing")


def context_of(asker: Asker) -> Context:
    """What understanding is told about the writer and their open question."""
    home = asker.reader.catalogue.place_by_code.get(asker.home or "")
    frame = asker.open.understood() if asker.open else None
    asked = asker.open.asked if asker.open else None
    today = business_date(asker.incoming.received_at, asker.reader.zone.key)
    kind, language = home.kind if home else None, asker.reader.language
    return Context(asker.home, kind, language, frame, asked, asker.before, today)


def asked_field(reading: Reading) -> str | None:
    """The field to ask for first, or None where nothing is missing."""
    return reading.missing[0] if reading.missing else None
