"""Who can sit in the console: an account and a chat for everybody, and what the page is told about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.console.invites import invites_anybody
from bot.console.sessions import NAME
from core.goods.catalogue import Catalogue, catalogue
from core.ground.documents import first_posted_at
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people, person_by_code
from data.columns import to_micros
from data.demo.shapes import DemoGroup
from data.kinds import ChatKind, Role
from data.tables.conversation import Account, Chat, ChatMember
from handlers.say import say

GROUP = "group:"
SHOWN_FIRST = (Role.CLERK, Role.KEEPER, Role.STORE_MANAGER, Role.STORE_MANAGER, Role.HQ)


def furnish(work: Work, groups: tuple[DemoGroup, ...], hears: dict[str, str]) -> None:
    """Give everybody a private chat, and open the groups. `hears` says of which region's outcomes a group is told."""
    for one in people(work):
        row = {"kind": ChatKind.PRIVATE, "title_zh": one.name, "title_en": one.name, "language": one.language}
        chat_id = work.add(Chat, channel=NAME, address=one.code, **row)
        work.add(Account, channel=NAME, address=one.code, person_id=one.id, chat_id=chat_id)
    for group in groups:
        row = {"kind": ChatKind.GROUP, "title_zh": group.title_zh, "title_en": group.title_en, "language": "zh"}
        chat_id = work.add(Chat, channel=NAME, address=GROUP + group.code, hears=hears.get(group.code), **row)
        for code in group.members:
            work.add(ChatMember, chat_id=chat_id, person_id=person_by_code(work, code).id)


def world(work: Work) -> dict[str, Any]:
    """Who is in the chain, the groups, and which panes to open first."""
    everybody, goods = _everybody_here(work), catalogue(work)
    groups = _groups(work)
    return {
        "title": "",
        "instance": instance(work),
        "people": [_person(one, goods) for one in everybody],
        "groups": groups,
        "panes": _panes(everybody, groups),
    }


def _everybody_here(work: Work) -> list[Actor]:
    """Whoever has a chat in the console; who joined elsewhere has theirs there."""
    here = {row[0] for row in work.all(select(col(Account.person_id)).where(col(Account.channel) == NAME))}
    return [one for one in people(work) if one.id in here]


def instance(work: Work) -> str:
    """What tells this database from another one: a tap left over from a deleted one is never sent to its successor."""
    begun = first_posted_at(work)
    return str(to_micros(begun)) if begun else ""


def _person(one: Actor, goods: Catalogue) -> dict[str, Any]:
    home = goods.place_by_id.get(one.home_id or 0)
    return {
        "code": one.code,
        "name": one.name,
        "language": one.language,
        "role_zh": say("zh", f"words.role.{one.role.value}"),
        "role_en": say("en", f"words.role.{one.role.value}"),
        "place_zh": home.name_zh if home else "",
        "place_en": home.name_en if home else "",
        "invites": invites_anybody(one),
    }


def _groups(work: Work) -> list[dict[str, Any]]:
    rows = select(col(Chat.id), col(Chat.address), col(Chat.title_zh), col(Chat.title_en))
    codes = {one.id: one.code for one in people(work)}
    found = []
    for row in work.all(rows.where(col(Chat.channel) == NAME, col(Chat.kind) == ChatKind.GROUP).order_by(col(Chat.id))):
        members = work.all(select(col(ChatMember.person_id)).where(col(ChatMember.chat_id) == row.id))
        here = [codes[one] for (one,) in members if one in codes]  # who is out is nobody to sit there as
        group = {"code": row.address.removeprefix(GROUP), "title_zh": row.title_zh, "title_en": row.title_en}
        found.append({**group, "members": here})
    return found


def _panes(everybody: list[Actor], groups: list[dict[str, Any]]) -> list[dict[str, str]]:
    """One of each role to begin with: the first of them who is there, and a group with whoever reads along."""
    free, panes = list(everybody), []
    for role in SHOWN_FIRST:
        if one := next((person for person in free if person.role is role), None):
            free.remove(one)
            panes.append({"person": one.code, "chat": "me"})
    if groups and groups[0]["members"]:
        speaker = next((pane["person"] for pane in reversed(panes) if pane["person"] in groups[0]["members"]), None)
        panes.append({"person": speaker or groups[0]["members"][0], "chat": GROUP + groups[0]["code"]})
    return panes
