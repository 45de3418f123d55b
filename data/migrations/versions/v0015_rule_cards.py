"""Cards about approval rules."""

from __future__ import annotations

from data.migrations.words import change_words

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    change_words("card", "face", "known_cardface", "pending", "document", "review", "person", "rules")
