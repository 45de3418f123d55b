"""Makes invites to hand over: the code, the link that opens the bot with it, and the picture of that link.

The code is made here and shown once; the rules, the rows and the log know only its hash.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import segno

from core.execute import execute
from core.ground.commands import Refused
from core.ground.work import Work
from core.people.invites import Group, InviteRow, LetsIn, MakeInvite, invite_of
from handlers.joining import hash_of

CODE_BYTES = 18
"""144 bits. The platform takes up to 64 letters, digits, "_" and "-"; these are 24."""
QUIET_ZONE = 4
"""How much white a reader needs around a QR code, in modules (ISO/IEC 18004)."""
SCALE = 10
PICTURES = (".png", ".svg")


@dataclass(frozen=True, slots=True)
class Handed:
    """An invite to hand over: its row, and the link that is never seen again."""

    invite: InviteRow
    link: str


def hand_over(work: Work, lets_in: LetsIn, hours: int, bot_name: str) -> Handed | Refused:
    """Make an invite as who acts, in the caller's transaction."""
    code = secrets.token_urlsafe(CODE_BYTES)
    kept = hash_of(code)
    answer = execute(work, MakeInvite(kept, lets_in, hours), key=f"invite.{kept}")
    if isinstance(answer, Refused):
        return answer
    made = invite_of(work, kept)
    if made is None:
        raise LookupError("an invite that was made is not there")
    return Handed(made, link_to(bot_name, code, in_group=isinstance(lets_in, Group)))


def link_to(bot_name: str, code: str, *, in_group: bool) -> str:
    """The link by which the app opens the bot with this code, or asks for the group to put it into."""
    return f"https://t.me/{bot_name}?{'startgroup' if in_group else 'start'}={code}"


def qr(link: str) -> segno.QRCode:
    """The link as a picture. A quarter of it may be dirty or bent and it is read all the same."""
    return segno.make_qr(link, error="q", boost_error=False)


def qr_in_letters(link: str) -> str:
    """The picture as half blocks, two modules high each: to be shown white on black, or a reader sees its negative."""
    drawn = StringIO()
    qr(link).terminal(drawn, border=QUIET_ZONE, compact=True)
    return drawn.getvalue().rstrip("\n")


def save_picture(link: str, file: Path) -> None:
    """Write the picture to a file, whose ending says in which form. Raises OSError."""
    qr(link).save(str(file), scale=SCALE, border=QUIET_ZONE, light="white")


def qr_as_path(link: str) -> tuple[int, str]:
    """The picture for an SVG: how many modules it is wide, and a path over its dark ones, without any white around."""
    matrix = qr(link).matrix
    runs = []
    for row, modules in enumerate(matrix):
        column = 0
        while column < len(modules):
            length = 0
            while column + length < len(modules) and modules[column + length]:
                length += 1
            if length:
                runs.append(f"M{column} {row}h{length}v1h-{length}z")
            column += length + 1
    return len(matrix), "".join(runs)
