"""Invites in the console: whom the person who sits there may let in, the picture of the link, and the open ones.

Everything is told in both languages, since the page may be read in either. The code is in the answer to the one
request that made it, never in an address.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web

from bot.console.sessions import NAME, Sessions
from bot.invites import QUIET_ZONE, Handed, hand_over, qr_as_path
from core.execute import execute
from core.goods.catalogue import Catalogue
from core.ground.commands import Refused
from core.ground.permissions import INVITES, Actor
from core.ground.work import Work
from core.people.directory import people, person, person_by_code
from core.people.invites import (
    USUAL_HOURS,
    Group,
    InviteRow,
    Known,
    LetsIn,
    Newcomer,
    WithdrawInvite,
    may_make,
    open_invites,
)
from core.people.posts import HOMES
from data.disk import Unavailable
from data.kinds import InviteKind, Role
from handlers.capabilities.refusals import refusal
from handlers.invites import heard, post_of, region_of, whom
from handlers.reader import Reader
from handlers.say import LANGUAGES, say
from handlers.understand.normalise import storable

Said = dict[str, str]
"""A text in each language."""


class Invites:
    """The routes of the invite dialog. `bot_name` is what the bot is called, once its platform has said so."""

    def __init__(self, sessions: Sessions, bot_name: Callable[[], str | None] | None) -> None:
        """Without `bot_name` no platform is connected, and there is nothing that a link could open."""
        self.sessions, self.bot_name = sessions, bot_name
        self.database, self.clock = sessions.database, sessions.clock

    def add_to(self, application: web.Application) -> None:
        """Add the routes."""
        application.router.add_get("/console/invites", self._list)
        application.router.add_post("/console/invites", self._make)
        application.router.add_post("/console/invites/withdraw", self._withdraw)

    async def _list(self, request: web.Request) -> web.Response:
        """Whom they may let in, and the invites that are open."""
        goods = self.sessions.lexicon().catalogue

        def look(work: Work) -> dict[str, Any]:
            return {
                "missing": self._missing(),
                "roles": list(_roles(work, goods)),
                "known": list(_known(work, goods)),
                "groups": list(_groups(work, goods)),
                "open": _open(work, goods),
            }

        return await self._answer({"person": request.query.get("person", "")}, look, self.database.read)

    async def _make(self, request: web.Request) -> web.Response:
        """Make an invite: its link and picture, and the list anew."""
        asked, goods = await _asked(request), self.sessions.lexicon().catalogue

        def make(work: Work) -> dict[str, Any]:
            bot_name = self.bot_name() if self.bot_name else None
            if not bot_name:
                return {"refused": self._missing()}
            lets_in = _lets_in(asked.get("lets_in"))
            made = hand_over(work, lets_in, USUAL_HOURS, bot_name)
            if isinstance(made, Refused):
                return _refused(work, goods, made)
            return {"made": _handed(work, goods, made), "open": _open(work, goods)}

        return await self._answer(asked, make, self.database.write)

    async def _withdraw(self, request: web.Request) -> web.Response:
        """Withdraw an open invite; the list anew."""
        asked, goods = await _asked(request), self.sessions.lexicon().catalogue

        def withdraw(work: Work) -> dict[str, Any]:
            invite_id = _whole(asked.get("id"))
            ended = execute(work, WithdrawInvite(invite_id or 0), key=f"withdraw.{invite_id}.{work.now.isoformat()}")
            if isinstance(ended, Refused):
                return _refused(work, goods, ended)
            return {"open": _open(work, goods)}

        return await self._answer(asked, withdraw, self.database.write)

    async def _answer(self, asked: dict[str, Any], job: Callable[[Work], dict[str, Any]], run: Any) -> web.Response:
        """Do something as the person who is named; whatever does not work is said in a sentence."""

        def acting(connection: Any) -> dict[str, Any]:
            work = Work(connection, self.clock())
            who = person_by_code(work, storable(str(asked.get("person", ""))))
            return job(work.by(who, NAME).traced(NAME))

        try:
            answer = await run(acting)
            return web.json_response(answer, status=409 if "refused" in answer else 200)
        except Unavailable:
            return web.json_response({"refused": _in_each("errors.disk_full")}, status=503)
        except (LookupError, ValueError):  # nobody of that code, no such place: the page is older than the books
            return web.json_response({"refused": _in_each("console.unreadable")}, status=400)

    def _missing(self) -> Said | None:
        """Why no link can be made."""
        if self.bot_name is None:
            return _in_each("console.invite_no_bot")
        return None if self.bot_name() else _in_each("console.invite_bot_not_reached")


def invites_anybody(who: Actor) -> bool:
    """Whether the dialog is offered to this person at all."""
    return who.role in INVITES


def _roles(work: Work, goods: Catalogue) -> Iterator[dict[str, Any]]:
    """The roles they may let in, each with where."""
    regions = sorted({place.region for place in goods.places})
    for role in Role:
        wheres: list[tuple[Newcomer, Said]] = [(Newcomer(role), {})]
        if kinds := HOMES.get(role):
            at = [place for place in goods.places if place.kind in kinds]
            wheres = [(Newcomer(role, place.id), {"zh": place.name_zh, "en": place.name_en}) for place in at]
        elif role is Role.AREA_MANAGER:
            wheres = [(Newcomer(role, region=one), _each(goods, region_of, one)) for one in regions]
        if may := [
            {**said, "lets_in": _value(lets_in)} for lets_in, said in wheres if may_make(work, work.who, lets_in)
        ]:
            yield {**_in_each(f"words.role.{role.value}"), "wheres": may}


def _known(work: Work, goods: Catalogue) -> Iterator[dict[str, Any]]:
    for one in people(work):
        if may_make(work, work.who, Known(one.id)):
            yield {**_each(goods, _named, one), "lets_in": _value(Known(one.id))}


def _groups(work: Work, goods: Catalogue) -> Iterator[dict[str, Any]]:
    for region in (*sorted({place.region for place in goods.places}), None):
        if may_make(work, work.who, Group(region)):
            yield {**_each(goods, heard, region), "lets_in": _value(Group(region))}


def _named(reader: Reader, one: Actor) -> str:
    return f"{one.name} · {post_of(reader, one)}"


def _open(work: Work, goods: Catalogue) -> list[dict[str, Any]]:
    return [_shown(work, goods, one) for one in open_invites(work)]


def _shown(work: Work, goods: Catalogue, one: InviteRow) -> dict[str, Any]:
    """An invite as the list shows it. Nothing of it opens anything."""
    said = _each(goods, lambda reader: whom(work, reader, one.lets_in))
    return {"id": one.id, **said, "by": person(work, one.made_by_id).name, "until": one.expires_at.isoformat()}


def _handed(work: Work, goods: Catalogue, made: Handed) -> dict[str, Any]:
    size, path = qr_as_path(made.link)
    return {**_shown(work, goods, made.invite), "link": made.link, "size": size, "path": path, "border": QUIET_ZONE}


def _value(lets_in: LetsIn) -> dict[str, Any]:
    """What the page sends back to have this one let in."""
    match lets_in:
        case Newcomer(role=role, home_id=home_id, region=region):
            return {"kind": InviteKind.NEWCOMER, "role": role, "home_id": home_id, "region": region}
        case Known(person_id=person_id):
            return {"kind": InviteKind.ACCOUNT, "person_id": person_id}
        case Group(region=region):
            return {"kind": InviteKind.GROUP, "region": region}


def _lets_in(value: Any) -> LetsIn:
    """What `_value` gave. Raises ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError("nobody is named")
    kind, region = InviteKind(str(value.get("kind"))), value.get("region")
    if region is not None and not isinstance(region, str):
        raise ValueError("a region is a word")
    if kind is InviteKind.GROUP:
        return Group(region)
    if kind is InviteKind.ACCOUNT:
        return Known(_whole(value.get("person_id")) or 0)
    return Newcomer(Role(str(value.get("role"))), _whole(value.get("home_id")), region)


async def _asked(request: web.Request) -> dict[str, Any]:
    """The request's object, empty where it is none."""
    try:
        asked = json.loads(await request.text())
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def _whole(value: Any) -> int | None:
    """A row's number. Raises ValueError for anything else but nothing."""
    if value is not None and (type(value) is not int or not 0 < value < 2**63):
        raise ValueError(f"no number: {value!r}")
    return value


def _refused(work: Work, goods: Catalogue, refused: Refused) -> dict[str, Any]:
    """An answer, and no exception through the transaction: the refusal's row in the audit stays."""
    return {"refused": _each(goods, lambda reader: refusal(work, reader, refused))}


def _each(goods: Catalogue, told: Callable[..., str], *about: object) -> Said:
    """What `told` says about something to a reader of each language."""
    return {language: told(Reader(None, language, goods), *about) for language in LANGUAGES}


def _in_each(key: str) -> Said:
    return {language: say(language, key) for language in LANGUAGES}
