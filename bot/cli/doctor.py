"""`stocktalk doctor`: what is configured, reachable and stuck, and what to do about it."""

from __future__ import annotations

import asyncio

from rich.text import Text

from bot.cli.terminal import configured, printable, screen
from bot.doctor import examine
from bot.findings import Finding, Mark
from bot.logs import redactor, set_up_logs
from bot.main import secrets
from bot.wiring import present

STYLES = {Mark.GOOD: "green", Mark.NOTE: "dim", Mark.ATTENTION: "yellow", Mark.WRONG: "bold red"}


def doctor() -> None:
    """Say what is configured, reachable and stuck. Ends with 1 where something is wrong."""
    settings = configured()
    set_up_logs("CRITICAL", "text", secrets(settings))
    hide = redactor(secrets(settings))
    found = asyncio.run(examine(settings, present))
    for finding in found:
        _print(finding, hide(printable(finding.said)), hide(printable(finding.to_do)))
    count = sum(finding.mark is Mark.WRONG for finding in found)
    if count:
        screen.print(f"Not well: {count} of {len(found)} findings are wrong.", style="red", highlight=False)
        raise SystemExit(1)
    screen.print("Nothing is wrong.", style="green")


def _print(finding: Finding, said: str, to_do: str) -> None:
    screen.print(Text(f"{finding.mark.value} {said}", style=STYLES[finding.mark]))
    if to_do:
        screen.print(Text(f"  {to_do}", style="dim"))
