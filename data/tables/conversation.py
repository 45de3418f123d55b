"""The conversation: chats and accounts, cards, questions and picks, what to learn from, the queues of the channels."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from data.columns import At, Key, KeyWord, MaybeAt, MaybeSaid, Said, Whole, maybe_ref, maybe_word, ref, word
from data.kinds import (
    CardFace,
    ChatKind,
    InboxKind,
    InboxState,
    LearnedKind,
    OutboxKind,
    OutboxState,
    PendingState,
    PickKind,
    Priority,
    ReviewCause,
    ReviewState,
)
from data.tables.base import check, partial_index, table_args

# What is open in a queue, in the words of its partial index: a database uses that index only for these very words.
INBOX_NEW = "state = 'new'"
REVIEW_OPEN = "state = 'open'"
OUTBOX_OPEN = "state in ('pending', 'sending')"


class Chat(SQLModel, table=True):
    """A conversation on a channel. `address` is the channel's own name for it, and may change.

    `gone_at`: since then it takes nothing (the bot was blocked, or put out), and what is for it waits.
    """

    __table_args__ = table_args(UniqueConstraint("channel", "address"))

    id: Key = None
    channel: Said
    address: Said
    kind: ChatKind = word(ChatKind)
    title_zh: Said
    title_en: Said
    language: Said
    hears: MaybeSaid = None
    gone_at: MaybeAt = None


class Account(SQLModel, table=True):
    """A person as a channel knows them, and the private chat where they are reached."""

    __table_args__ = table_args(UniqueConstraint("channel", "address"), Index(None, "person_id"))

    id: Key = None
    channel: Said
    address: Said
    person_id: int = ref("person.id")
    chat_id: int = ref("chat.id")


class ChatMember(SQLModel, table=True):
    """Who is in a group."""

    __tablename__ = "chat_member"
    __table_args__ = table_args(UniqueConstraint("chat_id", "person_id"))

    id: Key = None
    chat_id: int = ref("chat.id")
    person_id: int = ref("person.id")


class Pending(SQLModel, table=True):
    """A question or an unconfirmed change of one person in one chat. At most one is open."""

    __table_args__ = table_args(
        partial_index("uq_pending_open", "chat_id", "person_id", where="state = 'open'", unique=True),
        partial_index("ix_pending_expires_at", "expires_at", where="state = 'open'"),
    )

    id: Key = None
    chat_id: int = ref("chat.id")
    person_id: int = ref("person.id")
    version: Whole = 1
    state: PendingState = word(PendingState)
    reading: Said
    asked: MaybeSaid = None
    expires_at: At


class Answered(SQLModel, table=True):
    """The last question of a person in a chat that was answered: for a while it can be asked again."""

    __table_args__ = table_args(UniqueConstraint("chat_id", "person_id"))

    id: Key = None
    chat_id: int = ref("chat.id")
    person_id: int = ref("person.id")
    reading: Said
    answered_at: At


class Pick(SQLModel, table=True):
    """What somebody chose the last time when words of theirs could mean several things: now it stands first."""

    __table_args__ = table_args(UniqueConstraint("person_id", "kind", "words"))

    id: Key = None
    person_id: int = ref("person.id")
    kind: PickKind = word(PickKind)
    words: Said
    code: Said
    picked_at: At


class Review(SQLModel, table=True):
    """Something that was not understood, or not as it was meant: what the chain may learn from.

    `words` are those of it that mean nothing, and `kind` what they could be learned as; without a kind only people can
    tell. `offers` are codes that they are much like, as JSON. `learned_id` is what was learned from it.
    """

    __table_args__ = table_args(
        check(
            "is_closed_by_somebody",
            "(state in ('done', 'dismissed')) = (closed_at is not null)"
            " and (closed_at is null) = (closed_by_id is null)",
        ),
        check("is_done_by_learning", "(state = 'done') = (learned_id is not null)"),
        partial_index("ix_review_open", "id", where=REVIEW_OPEN),
        Index("ix_review_person_id_said_at", "person_id", "said_at"),
        Index("ix_review_learned_id", "learned_id"),
    )

    id: Key = None
    cause: ReviewCause = word(ReviewCause)
    kind: LearnedKind | None = maybe_word(LearnedKind)
    words: Said
    said: Said
    reading: Said
    offers: Said
    person_id: int = ref("person.id")
    chat_id: int = ref("chat.id")
    said_at: At
    state: ReviewState = word(ReviewState)
    version: Whole = 1
    learned_id: int | None = maybe_ref("learned.id")
    closed_by_id: int | None = maybe_ref("person.id")
    closed_at: MaybeAt = None


class Card(SQLModel, table=True):
    """A message that is redrawn: the face of an open question, then of its document; of something to learn from; or
    of somebody whom its reader manages (`about_id`; without one, of all of them), as far as `view` says.

    Whoever changes what a card shows raises `wanted_version`; delivery draws the newest state and sets `shown_version`.
    `shown` tells what is seen from what would be drawn; it is missing while that is not sure. Whoever redraws a card
    moves `redraw_at` on.
    """

    __table_args__ = table_args(
        check("shown_is_not_ahead", "shown_version <= wanted_version"),
        Index("ix_card_document_id", "document_id"),
        Index("ix_card_pending_id", "pending_id"),
        Index("ix_card_chat_id", "chat_id"),
        partial_index("ix_card_review_id", "review_id", where="review_id is not null"),
        partial_index("ix_card_about_id", "about_id", where="about_id is not null"),
        partial_index("ix_card_lagging", "id", where="shown_version < wanted_version and message_id is not null"),
    )

    id: Key = None
    chat_id: int = ref("chat.id")
    reader_id: int | None = maybe_ref("person.id")
    face: CardFace = word(CardFace)
    pending_id: int | None = maybe_ref("pending.id")
    document_id: int | None = maybe_ref("document.id")
    folded: Whole = 0
    wanted_version: Whole = 1
    shown_version: Whole = 0
    message_id: MaybeSaid = None
    redraw_attempts: Whole = 0
    redraw_at: MaybeAt = None
    shown: MaybeSaid = None
    review_id: int | None = maybe_ref("review.id")
    about_id: int | None = maybe_ref("person.id")
    view: MaybeSaid = None


class Inbox(SQLModel, table=True):
    """An update as it came, kept before it is confirmed to the platform. Whoever takes it moves `next_at` on."""

    __table_args__ = table_args(
        UniqueConstraint("channel", "update_id"),
        partial_index("ix_inbox_new", "chat_id", "id", where=INBOX_NEW),
        Index("ix_inbox_chat_id", "chat_id", "received_at"),
    )

    id: Key = None
    channel: Said
    update_id: Said
    chat_id: int = ref("chat.id")
    person_id: int = ref("person.id")
    kind: InboxKind = word(InboxKind)
    text: Said
    state: InboxState = word(InboxState)
    attempts: Whole = 0
    next_at: At
    error: MaybeSaid = None
    received_at: At


class Outbox(SQLModel, table=True):
    """A message or a toast to deliver. A card is drawn when it is sent; anything else is kept as it was said.

    `trace` is the key by which log lines of one message are found, from its arrival on.
    """

    __table_args__ = table_args(
        check("one_of_the_priorities", f"priority between {min(Priority)} and {max(Priority)}"),
        UniqueConstraint("dedupe_key"),
        partial_index("ix_outbox_open", "chat_id", "priority", "id", where=OUTBOX_OPEN),
        partial_index("ix_outbox_dead", "id", where="state = 'dead'"),
        Index("ix_outbox_sent", "chat_id", "sent_at"),
    )

    id: Key = None
    chat_id: int = ref("chat.id")
    kind: OutboxKind = word(OutboxKind)
    priority: Whole = Priority.REPLY
    dedupe_key: Said
    reply: MaybeSaid = None
    card_id: int | None = maybe_ref("card.id")
    answers_id: int | None = maybe_ref("inbox.id")
    state: OutboxState = word(OutboxState)
    attempts: Whole = 0
    repeated: Whole = 0
    next_at: At
    lease_owner: MaybeSaid = None
    lease_ends_at: MaybeAt = None
    message_id: MaybeSaid = None
    error: MaybeSaid = None
    trace: MaybeSaid = None
    created_at: At
    sent_at: MaybeAt = None


class Bucket(SQLModel, table=True):
    """How much was sent lately to one target, or by a whole channel: the moments as JSON, whole microseconds.

    `opens_at`: the platform takes nothing for it before that.
    """

    __table_args__ = table_args()

    name: KeyWord
    taken: Said
    opens_at: MaybeAt = None
