"""The conversation and its two queues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data.columns import Moment, words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_chat()
    create_account()
    create_chat_member()
    create_pending()
    create_card()
    index_card()
    create_inbox()
    index_inbox()
    create_outbox()
    index_outbox()


def create_chat() -> None:
    op.create_table(
        "chat",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", words("known_chatkind", "private", "group"), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("hears", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_chat_channel_address")),
        sqlite_strict=True,
    )


def create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_account_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_account_channel_address")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)


def create_chat_member() -> None:
    op.create_table(
        "chat_member",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chat_member_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_member")),
        sa.UniqueConstraint("chat_id", "person_id", name=op.f("uq_chat_member_chat_id_person_id")),
        sqlite_strict=True,
    )


def create_pending() -> None:
    op.create_table(
        "pending",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", words("known_pendingstate", "open", "done", "dropped", "expired", "replaced"), nullable=False
        ),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_pending_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pending_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_pending_expires_at",
        "pending",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_pending_open",
        "pending",
        ["chat_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def index_card() -> None:
    op.create_index("ix_card_chat_id", "card", ["chat_id"], unique=False)
    op.create_index("ix_card_document_id", "card", ["document_id"], unique=False)
    op.create_index(
        "ix_card_lagging",
        "card",
        ["id"],
        unique=False,
        sqlite_where=sa.text("shown_version < wanted_version and message_id is not null"),
        postgresql_where=sa.text("shown_version < wanted_version and message_id is not null"),
    )
    op.create_index("ix_card_pending_id", "card", ["pending_id"], unique=False)


def create_card() -> None:
    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", sa.BigInteger(), nullable=True),
        sa.Column("face", words("known_cardface", "pending", "document"), nullable=False),
        sa.Column("pending_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("folded", sa.BigInteger(), nullable=False),
        sa.Column("wanted_version", sa.BigInteger(), nullable=False),
        sa.Column("shown_version", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("redraw_attempts", sa.BigInteger(), nullable=False),
        sa.Column("redraw_at", Moment(), nullable=True),
        sa.CheckConstraint("shown_version <= wanted_version", name=op.f("ck_card_shown_is_not_ahead")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_card_chat_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_card_document_id")),
        sa.ForeignKeyConstraint(["pending_id"], ["pending.id"], name=op.f("fk_card_pending_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_card_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sqlite_strict=True,
    )


def index_inbox() -> None:
    op.create_index("ix_inbox_chat_id", "inbox", ["chat_id", "received_at"], unique=False)
    op.create_index(
        "ix_inbox_new",
        "inbox",
        ["chat_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )


def create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_inboxkind", "message", "tap"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", words("known_inboxstate", "new", "done", "dead"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_inbox_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "update_id", name=op.f("uq_inbox_channel_update_id")),
        sqlite_strict=True,
    )


def index_outbox() -> None:
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["chat_id", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('pending', 'sending')"),
        postgresql_where=sa.text("state in ('pending', 'sending')"),
    )
    op.create_index("ix_outbox_sent", "outbox", ["chat_id", "sent_at"], unique=False)


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", words("known_outboxkind", "message", "toast"), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.Column("answers_id", sa.BigInteger(), nullable=True),
        sa.Column("state", words("known_outboxstate", "pending", "sending", "sent", "dead"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_ends_at", Moment(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["answers_id"], ["inbox.id"], name=op.f("fk_outbox_answers_id")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_outbox_card_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_outbox_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
        sqlite_strict=True,
    )
