"""What can be set from outside, by `STOCKTALK_...` in the environment or by the command line's options."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ENV_PREFIX = "STOCKTALK_"
MOST_DEMO_DAYS = 366
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Where the database is and where the console listens.

    `log_level` and `log_format` suit the reader where they are not said (`bot/logs.py`). `disk_room_mb` is how much
    room there has to be on the disk of a database file for `/readyz` to say yes.
    `demo_days` is how many days of history the demo chain is made with.
    `open_to` is the name (or address) under which the console may be opened from other machines: its person switcher
    lets anybody be anybody, so it answers to no name but loopback's unless that name is said.
    `telegram_public` is the https address under which Telegram reaches `telegram_host` and `telegram_port`, without a
    path; where it is not said, the bot polls.
    """

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX)

    database: str = "sqlite:///var/stocktalk.db"
    host: str = "127.0.0.1"
    port: int = 8420
    open_to: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = None
    log_format: Literal["text", "json"] | None = None
    disk_room_mb: int = 500
    demo_days: int = Field(default=60, ge=0, le=MOST_DEMO_DAYS)
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_public: str | None = None
    telegram_host: str = "127.0.0.1"
    telegram_port: int = 8421

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @property
    def secrets(self) -> list[str]:
        """What may never be shown."""
        token = self.telegram_token.get_secret_value() if self.telegram_token else ""
        return [secret for secret in (token, token.partition(":")[2], *passwords(self.database)) if secret]

    @property
    def names(self) -> frozenset[str]:
        """The host names that a browser may have in its address line."""
        return LOOPBACK | ({self.open_to.lower()} if self.open_to else set())


def check(settings: Settings) -> str | None:
    """Why these settings cannot be used, in one sentence; None where they can."""
    if settings.host not in LOOPBACK and not settings.open_to:
        return (
            f"The console lets anybody act as anybody, so it does not listen on {settings.host}. Nothing was started."
            " Leave out --host, or say --open-to NAME to open it under that name on purpose."
        )
    return None


def passwords(database: str) -> list[str]:
    """The password in a database's address, if there is one."""
    try:
        password = make_url(database).password
    except ArgumentError:
        return []
    return [str(password)] if password else []
