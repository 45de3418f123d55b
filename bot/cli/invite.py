"""`stocktalk invite` and `stocktalk invites`: ways into the chain, made, listed and withdrawn at the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from rich.text import Text
from telegram.error import InvalidToken, TelegramError

from bot.called import NotKnown, person_called
from bot.cli.terminal import configured, opened, screen, stop
from bot.invites import PICTURES, Handed, hand_over, qr_in_letters, save_picture
from bot.settings import Settings
from bot.telegram.own_name import own_name
from bot.wiring import present
from core.execute import execute
from core.goods.catalogue import Catalogue, catalogue
from core.ground.commands import Refused
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people, person
from core.people.invites import MOST_HOURS, USUAL_HOURS, Group, InviteRow, Known, LetsIn, Newcomer, WithdrawInvite
from core.people.invites import open_invites as still_open
from data.kinds import Role
from handlers.capabilities.refusals import refusal
from handlers.invites import whom
from handlers.reader import Reader

EVERYTHING = "all"
ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)
As = Annotated[str, typer.Option("--as", help="Who invites: a person's code. The first admin unless said.")]
Result = TypeVar("Result")


def invite(
    role: Annotated[
        str, typer.Argument(help="What a new person will be: " + ", ".join(ROLES), show_default=False)
    ] = "",
    place: Annotated[str, typer.Option(help="The store or warehouse where they work: its name or code.")] = "",
    region: Annotated[str, typer.Option(help="The region of an area manager: its code.")] = "",
    known: Annotated[str, typer.Option("--for", help="Instead: a person of the chain, by code or name.")] = "",
    group: Annotated[str, typer.Option(help='Instead: a group chat that hears of a region, or of "all".')] = "",
    hours: Annotated[int, typer.Option(min=1, max=MOST_HOURS, help="How long it can be used.")] = USUAL_HOURS,
    picture: Annotated[Path | None, typer.Option("--qr", help="Write the picture to a .png or .svg file too.")] = None,
    by: As = "",
) -> None:
    """Let somebody in: prints a link for one use, and its QR code."""
    if sum(map(bool, (role, known, group))) != 1:
        stop("Say one of: a ROLE, --for PERSON, --group REGION. No invite was made.")
    if role and role not in ROLES:
        stop(f"There is no role “{role}”: {', '.join(ROLES)}. No invite was made.")
    if picture and picture.suffix.lower() not in PICTURES:
        stop(f"A picture is written as {' or '.join(PICTURES)}, not as {picture.name}. No invite was made.")
    settings = configured()
    bot_name = _bot_name(settings)

    def make(work: Work, goods: Catalogue) -> tuple[Handed, str, str] | str:
        lets_in = _lets_in(work, goods, role, place, region, known, group)
        reader = Reader(None, "en", goods)
        made = hand_over(work, lets_in, hours, bot_name)
        if isinstance(made, Refused):
            return refusal(work, reader, made)
        return made, whom(work, reader, lets_in), _until(reader, made.invite)

    made, what, until = _allowed(_run(settings, by, make))
    screen.print(qr_in_letters(made.link), style="#ffffff on #000000", no_wrap=True, overflow="ignore", crop=False)
    screen.print(Text(f"{what}. For one use, until {until}; `stocktalk invites --withdraw {made.invite.id}` ends it."))
    print(made.link)  # alone on its line and never broken, so that it can be copied or piped
    if picture:
        _save(made.link, picture)


def invites(
    withdraw: Annotated[int | None, typer.Option(help="The number of an invite that nobody may use any more.")] = None,
    by: As = "",
) -> None:
    """List the invites that can still be used, or withdraw one."""
    settings = configured()
    if withdraw is not None:
        _allowed(_run(settings, by, lambda work, goods: _withdraw(work, goods, withdraw)))
        screen.print(f"Invite {withdraw} is withdrawn: its link opens nothing any more.")
        return
    found = _run(
        settings, by, lambda work, goods: [_row(work, Reader(None, "en", goods), one) for one in still_open(work)]
    )
    if not found:
        screen.print("No invite is open.")
        return
    table = Table(title=Text(f"Open invites: {len(found)}"), title_justify="left")
    for name in ("number", "whom", "by", "until"):
        table.add_column(name, overflow="fold", justify="right" if name == "number" else "left")
    for row in found:
        table.add_row(*map(Text, row))
    screen.print(table)


def _row(work: Work, reader: Reader, one: InviteRow) -> tuple[str, str, str, str]:
    maker = person(work, one.made_by_id)
    return str(one.id), whom(work, reader, one.lets_in), f"{maker.name} ({maker.code})", _until(reader, one)


def _until(reader: Reader, one: InviteRow) -> str:
    return f"{one.expires_at.astimezone(reader.zone):%Y-%m-%d %H:%M} ({reader.zone.key})"


def _withdraw(work: Work, goods: Catalogue, number: int) -> str | None:
    ended = execute(work, WithdrawInvite(number), key=f"withdraw.{number}.{work.now.isoformat()}")
    return refusal(work, Reader(None, "en", goods), ended) if isinstance(ended, Refused) else None


def _run(settings: Settings, by: str, job: Callable[[Work, Catalogue], Result]) -> Result:
    """Do something as this person. Ends with a sentence where somebody or something is not known."""
    database = opened(settings)
    try:

        def acting(work: Work) -> Result:
            return job(work.by(_inviter(work, by), "cli").traced("cli"), catalogue(work))

        return database.writing(lambda connection: acting(Work(connection, present()))).result()
    except NotKnown as sentence:
        stop(str(sentence))
    finally:
        database.close_now()


def _allowed(answer: Result | str) -> Result:
    """The answer, out here where the refusal that it may be instead is kept in the audit. Ends with its sentence."""
    if isinstance(answer, str):
        stop(answer)
    return answer


def _inviter(work: Work, code: str) -> Actor:
    if code:
        return person_called(work, code)
    admins = people(work, Role.ADMIN)
    if not admins:
        raise NotKnown("Nobody is an admin here; say who invites with --as CODE. Nothing was changed.")
    return admins[0]


def _lets_in(work: Work, goods: Catalogue, role: str, place: str, region: str, known: str, group: str) -> LetsIn:
    if known:
        return Known(person_called(work, known).id)
    if group:
        return Group(None if group.lower() == EVERYTHING else group)
    return Newcomer(Role(role), _place(goods, place) if place else None, region or None)


def _place(goods: Catalogue, said: str) -> int:
    for one in goods.places:
        if said.lower() in (name.lower() for name in (one.code, one.name_zh, one.name_en, *one.aliases)):
            return one.id
    raise NotKnown(f"There is no store or warehouse called {said}. Nothing was changed; say its name or code.")


def _bot_name(settings: Settings) -> str:
    """The bot that the link opens. Ends with a sentence where there is none, or nobody says its name."""
    if settings.telegram_token is None:
        stop("No bot is connected, so a link would open nothing: set STOCKTALK_TELEGRAM_TOKEN. No invite was made.")
    try:
        found = asyncio.run(own_name(settings.telegram_token, settings.telegram_api))
    except InvalidToken:
        stop("Telegram does not know this token: look at STOCKTALK_TELEGRAM_TOKEN. No invite was made.")
    except TelegramError as error:
        stop(f"Telegram could not be asked for the bot's name ({error.message}). No invite was made; try again later.")
    return found


def _save(link: str, picture: Path) -> None:
    try:
        save_picture(link, picture)
    except OSError as error:
        stop(
            f"The picture could not be written to {picture} ({error.strerror}). The invite is made, and the link good."
        )
    screen.print(Text(f"The picture is in {picture}. Whoever has it can come in."))
