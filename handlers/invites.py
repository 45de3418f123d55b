"""Words about invites: whom one lets in, what somebody is and where, of which places a group hears."""

from __future__ import annotations

from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import person
from core.people.invites import Group, Known, LetsIn
from data.kinds import Role
from handlers.reader import Reader

MOST_PLACES = 2
"""How many places of a region are named."""


def whom(work: Work, reader: Reader, lets_in: LetsIn) -> str:
    """Whom an invite lets in: 店员 at 西湖店, 王小丫 on another phone, a group that hears of all places."""
    match lets_in:
        case Known(person_id=person_id):
            known = person(work, person_id)
            return reader.say("joining.whom.account", name=known.name, post=post_of(reader, known))
        case Group(region=region):
            return reader.say("joining.whom.group", hears=heard(reader, region))
        case newcomer:
            return reader.say(
                "joining.whom.newcomer", post=post(reader, newcomer.role, newcomer.home_id, newcomer.region)
            )


def post_of(reader: Reader, who: Actor) -> str:
    """What somebody is, and where."""
    return post(reader, who.role, who.home_id, who.region)


def post(reader: Reader, role: Role, home_id: int | None, region: str | None) -> str:
    """A role and where it works: 西湖店的店员."""
    named = reader.say(f"words.role.{role.value}")
    if home_id is not None:
        return reader.say("joining.post.home", role=named, place=reader.place(home_id))
    if region is not None:
        return reader.say("joining.post.region", role=named, region=region_of(reader, region))
    return reader.say("joining.post.chain", role=named)


def heard(reader: Reader, region: str | None) -> str:
    """Of which places a group hears."""
    return reader.say("joining.everything") if region is None else region_of(reader, region)


def region_of(reader: Reader, region: str) -> str:
    """A region as people know it: by its places."""
    names = [reader.place(place) for place in reader.catalogue.places if place.region == region]
    joined = reader.say("common.comma").join(names[:MOST_PLACES])
    return joined if len(names) <= MOST_PLACES else reader.say("joining.region", names=joined, count=len(names))
