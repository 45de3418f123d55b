"""People (人员): whom one manages, and how they are moved, suspended, restored and removed; newcomers too."""

from __future__ import annotations

from typing import cast

from core.goods.catalogue import Catalogue
from core.ground.commands import Command
from core.ground.events import Happened
from core.ground.work import Work
from core.people.directory import people, people_called, person
from core.people.standing import (
    Change,
    MovePerson,
    PersonCommand,
    RemovePerson,
    RestorePerson,
    SuspendPerson,
    managed,
    manages,
    member,
)
from core.stock.handover import hanging
from data.kinds import ChatKind, Role
from handlers.capabilities.people_cards import LIST, ONE, numbers, person_card, post_of_button, state
from handlers.cards import Card, Tap, card, turn_person
from handlers.chats import chat, private_chats
from handlers.invites import post_of
from handlers.messages import Reply
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.staff import StaffWish

IN_CHARGE = (Role.STORE_MANAGER, Role.KEEPER)


def answer_people(work: Work, asker: Asker, wish: StaffWish) -> Plan | None:
    """The list of whom they manage, or the card of what is to be done with one of them; None where nobody is named."""
    reader, named = asker.reader, people_called(work, wish.name) if wish.name else []
    if wish.name and not named:
        return None
    if asker.incoming.chat_kind is ChatKind.GROUP:
        return Plan(said=Reply((reader.say("people.privately"),)))
    if not wish.name:
        return Plan(show_person=(None, LIST)) if managed(work) else Plan(said=Reply((reader.say("people.none"),)))
    mine = [one for one in named if manages(work, one.id)]
    if not mine:
        return Plan(said=Reply((reader.say("errors.may_not_manage"),)))
    if len(mine) > 1:  # of two who have the same name the card says which is which
        return Plan(show_person=(None, f"{LIST}.{mine[0].name}"))
    return Plan(show_person=(mine[0].id, _view(reader, mine[0].role, wish)))


def tapped_on(work: Work, asker: Asker, found: Card, tap: Tap) -> Command | Plan | None:
    """What a button comes to: a command, another view of the card, or None for one that the card has not now."""
    drawn = person_card(work, asker.reader, found.about_id, found.view or LIST)
    if found.folded or not any((one.verb, one.choice) == (tap.verb, tap.choice) for one in drawn.buttons):
        return None
    about_id, toast = found.about_id, asker.reader.say("people.turned")
    match tap.verb:
        case "list":
            return Plan(turn=(found.id, None, LIST), toast=toast)
        case "see":
            return Plan(turn=(found.id, about_id, _kept(found.view or LIST, tap.choice)), toast=toast)
        case "pick":
            return Plan(turn=(found.id, int(tap.choice), ONE), toast=toast)
    return None if about_id is None else _command(work, asker.reader, about_id, tap)


def settled(work: Work, reader: Reader, card_id: int, command: PersonCommand) -> str:
    """The card shows how they stand now; that, in a line."""
    if card(work, card_id):
        turn_person(work, card_id, command.person_id, ONE)
    return state(work, reader, member(work, command.person_id))


def version_of(work: Work, about_id: int | None) -> int:
    """What the buttons of a card carry: the version of whom it is about."""
    return member(work, about_id).version if about_id is not None else 0


def told(work: Work, happened: Happened, catalogue: Catalogue) -> list[tuple[int, Reply]]:
    """Who hears of a change: whom it concerns, who is in charge where they come to, who goes on with their requests."""
    who, by_id = person(work, cast(int, happened.facts["person_id"])), cast(int, happened.facts["actor_id"])
    match happened.kind.removeprefix("person."):
        case Change.MOVE:
            here = [one.id for role in IN_CHARGE for one in people(work, role) if one.home_id == (who.home_id or 0)]
            hear = {who.id: "move", **{one: "moved_here" for one in here if one != who.id}}
        case Change.RESTORE:
            hear = {who.id: "restore"}
        case Change.REMOVE if hanging(work, who.id).requests:
            hear = {member(work, who.id).successor_id or by_id: "remove"}
        case _:
            hear = {}
    lines = []
    for person_id, key in hear.items():
        for chat_id in private_chats(work, person_id) if person_id != by_id else []:
            reader = Reader(person(work, person_id), chat(work, chat_id).language, catalogue)
            facts = {"name": who.name, "who": person(work, by_id).name, "post": post_of(reader, who)}
            facts["numbers"] = numbers(work, reader, hanging(work, who.id).requests)
            lines.append((chat_id, Reply((reader.say(f"people.told.{key}", **facts),))))
    return lines


def _view(reader: Reader, role: Role, wish: StaffWish) -> str:
    """What is shown first of what they want; a place that is none of ours is asked for."""
    if wish.verb != "move":
        return wish.verb
    said = wish.place.lower()
    for one in reader.catalogue.places:
        if said in (called.lower() for called in (one.code, one.name_zh, one.name_en, *one.aliases)):
            return f"move.{role.value}.p{one.id}"
    return f"where.{role.value}.0"


def _kept(view: str, choice: str) -> str:
    """The view that a button leads to. A list of those who have one name stays that."""
    called = view.split(".", 2)[2:] if view.startswith("list.") else []
    return ".".join((choice, *called))


def _command(work: Work, reader: Reader, person_id: int, tap: Tap) -> Command | None:
    who = member(work, person_id)
    seen = (who.id, tap.version)
    match tap.verb:
        case Change.SUSPEND:
            return SuspendPerson(*seen)
        case Change.RESTORE:
            return RestorePerson(*seen)
        case Change.REMOVE:
            return RemovePerson(*seen, int(tap.choice))
        case Change.MOVE:
            to = post_of_button(reader, who, *tap.choice.split("."))
            return MovePerson(*seen, to.role, to.home_id, to.region) if to else None
    return None
