"""The product, killed at a chosen moment of the first tap: `python -m tests.bot.console.killed MOMENT --port N`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any, NoReturn

import bot.inbox
import bot.wiring
from bot.inbox import Inbox, Kept
from bot.logs import set_up_logs
from bot.main import open_database, serve
from bot.settings import Settings
from data.kinds import InboxKind
from handlers.respond import act

BETWEEN_THE_HOPS, BEFORE_THE_COMMIT, AFTER_THE_COMMIT = "between_the_hops", "before_the_commit", "after_the_commit"


def dying(moment: str) -> type[Inbox]:
    """An inbox whose process dies at that moment of a tap; what it does before is the product's own."""

    def dying_act(work: Any, incoming: Any, *rest: Any) -> bool:
        if incoming.kind is InboxKind.TAP and moment == BETWEEN_THE_HOPS:
            die()
        done = act(work, incoming, *rest)
        if incoming.kind is InboxKind.TAP and moment == BEFORE_THE_COMMIT:
            die()
        return done

    class Dying(Inbox):
        async def _respond(self, kept: Kept) -> None:
            await super()._respond(kept)
            if kept.kind is InboxKind.TAP and moment == AFTER_THE_COMMIT:
                die()

    bot.inbox.act = dying_act
    return Dying


def die() -> NoReturn:
    """End at once, as when the power goes."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def main(moment: str, port: int) -> None:
    """Run until the moment comes."""
    bot.wiring.Inbox = dying(moment)  # type: ignore[misc]
    settings = Settings(port=port)
    set_up_logs(settings.log_level)
    database = open_database(settings, lambda part: None)
    asyncio.run(serve(settings, database, lambda address: print(address, flush=True)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[3]))
