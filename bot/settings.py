"""What can be set from outside, by `STOCKTALK_...` in the environment or by the command line's options."""

from __future__ import annotations

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Where the database is and where the console listens.

    `open_to` is the name (or address) under which the console may be opened from other machines: its person switcher
    lets anybody be anybody, so it answers to no name but loopback's unless that name is said.
    `telegram_public` is the https address under which Telegram reaches `telegram_host` and `telegram_port`, without a
    path; where it is not said, the bot polls.
    """

    model_config = SettingsConfigDict(env_prefix="STOCKTALK_")

    database: str = "sqlite:///var/stocktalk.db"
    host: str = "127.0.0.1"
    port: int = 8420
    open_to: str | None = None
    log_level: str = "WARNING"
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_public: str | None = None
    telegram_host: str = "127.0.0.1"
    telegram_port: int = 8421

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
