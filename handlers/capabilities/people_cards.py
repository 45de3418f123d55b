"""Cards about people (人员): whom the reader manages, one of them, and each change with its whole effect.

What a card shows is its view: a word, and what was chosen so far behind dots ("to.clerk.p12"). A button leads to a view
or does what the card says; only buttons that the card has now mean anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.ground.documents import header
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import person
from core.people.posts import HOMES
from core.people.standing import (
    TRANSITIONS,
    Change,
    Member,
    managed,
    manages,
    may_move_to,
    member,
    successors,
)
from core.stock.handover import Hanging, hanging
from data.kinds import Role, Standing
from handlers.invites import post, region_of
from handlers.messages import BUTTON_WIDTH, Button, Reply, Style, Tone, cut
from handlers.reader import Reader
from handlers.say import drawable

Found = TypeVar("Found")
LIST, ONE, JOINED = "list.0", "one", "joined"
ON_A_PAGE = 4
WIDTHS = {"zh": 44, "en": 100}
NAME_WIDTH, MOST_NUMBERS = 14, 2
TONES = {Standing.ACTIVE: Tone.PLAIN, Standing.SUSPENDED: Tone.ATTENTION, Standing.REMOVED: Tone.STOPPED}


@dataclass(frozen=True, slots=True)
class Post:
    """A role and where it works, with the letter and id by which a button says where."""

    role: Role
    home_id: int | None
    region: str | None
    where: str


def person_card(work: Work, reader: Reader, about_id: int | None, view: str) -> Reply:
    """What the view shows of this person, or of everybody whom the reader manages, as it is now."""
    head, *chosen = view.split(".")
    if about_id is None:
        drawn = _list(work, reader, _page(chosen), ".".join(chosen[1:]))
    else:
        drawn = _about(work, reader, member(work, about_id), head, chosen)
    return Reply(tuple(cut(one, WIDTHS[reader.language]) for one in drawn.lines), drawn.buttons, drawn.tone)


def state(work: Work, reader: Reader, who: Member) -> str:
    """How somebody stands, with two facts: a card's first line, and a toast."""
    facts = {"name": name(who), "post": post(reader, who.role, who.home_id, who.region), **_last(work, reader, who)}
    return cut(reader.say(f"people.state.{who.standing.value}", **facts), WIDTHS[reader.language])


def name(who: Member) -> str:
    """What somebody is called, as much of it as a line has room for."""
    return cut(drawable(who.name), NAME_WIDTH)


def numbers(work: Work, reader: Reader, document_ids: Sequence[int]) -> str:
    """Documents by number: two of them, and how many there are."""
    named = reader.say("common.comma").join(header(work, one).number for one in document_ids[:MOST_NUMBERS])
    if len(document_ids) <= MOST_NUMBERS:
        return named
    return reader.say("people.some", numbers=named, count=len(document_ids))


def post_of_button(reader: Reader, who: Member, role: str, where: str) -> Post | None:
    """The post that a button says; None for what no button of ours says."""
    return next((one for one in _posts(reader) if (one.role.value, one.where) == (role, where)), None)


def _about(work: Work, reader: Reader, who: Member, head: str, chosen: list[str]) -> Reply:
    if not manages(work, who.id):
        return Reply((state(work, reader, who),), (), TONES[who.standing])
    if head == JOINED and (who.version, who.standing) == (1, Standing.ACTIVE):
        return _joined(work, reader, who, person(work, int(chosen[0])))
    changes = [change for change in Change if (who.standing, change) in TRANSITIONS]
    drawn: Reply | None = None
    if head in changes or (head == "heir" and Change.REMOVE in changes):
        drawn = _confirmed(work, reader, who, head, chosen)
    elif head in ("post", "where") and Change.MOVE in changes:
        drawn = _chosen(work, reader, who, head, chosen)
    return drawn or _one(work, reader, who, changes)


def _one(work: Work, reader: Reader, who: Member, changes: list[Change]) -> Reply:
    """Somebody as they are, with a button for each change."""
    lines = [state(work, reader, who)]
    if who.standing is not Standing.ACTIVE:
        lines.append(_post_line(reader, who))
    elif who.changed_at:
        lines.append(reader.say("people.changed", **_last(work, reader, who)))
    on_hands = hanging(work, who.id)
    counts = {"requests": on_hands.requests, "approvals": on_hands.approvals, "disputes": on_hands.disputes}
    if what := [reader.say(f"people.hangs_{key}", count=len(found)) for key, found in counts.items() if found]:
        lines.append(reader.say("people.hangs", what=reader.say("common.comma").join(what)))
    roles, buttons = {one.role for one in _able(work, reader, who)}, []
    if who.role in roles:
        buttons.append(_see(reader, "where", f"where.{who.role.value}.0"))
    if roles - {who.role}:
        buttons.append(_see(reader, "post", "post.0"))
    buttons += [_see(reader, change.value, change.value) for change in changes if change is not Change.MOVE]
    return Reply(tuple(lines), (*buttons, Button(reader.say("people.do.list"), "list")), TONES[who.standing])


def _joined(work: Work, reader: Reader, who: Member, maker: Actor) -> Reply:
    """Somebody who has just come in by an invite: whoever reads this can put them out again."""
    facts = {"name": name(who), "where": post(reader, who.role, who.home_id, who.region), "maker": maker.name}
    lines = (reader.say("people.state.joined", **facts), reader.say("people.unknown_asked"))
    out = Button(reader.say("people.do.refuse"), "remove", Style.DANGER, choice=str(work.who.id))
    return Reply(lines, (out,))


def _list(work: Work, reader: Reader, page: int, called: str) -> Reply:
    """Whom the reader manages, or those of them who are called so, a few at a time."""
    found = [one for one in managed(work) if called.lower() in ("", one.name.lower())]
    shown, following = _on_page(found, page)
    lines = [reader.say("people.state.list", count=len(found)) if found else reader.say("people.none")]
    buttons = []
    for number, who in enumerate(shown, start=1):
        key = "person" if who.standing is Standing.ACTIVE else "person_suspended"
        what = reader.say(f"people.{key}", name=name(who), post=post(reader, who.role, who.home_id, who.region))
        lines.append(reader.say("people.line", number=number, what=what))
        buttons.append(_numbered(number, name(who), "pick", str(who.id)))
    if following is not None:
        buttons.append(Button(reader.say("people.do.more"), "see", choice=f"list.{following}"))
    return Reply(tuple(lines), tuple(buttons))


def _chosen(work: Work, reader: Reader, who: Member, head: str, chosen: list[str]) -> Reply | None:
    """Which role, or where: the choices that the reader has, a few at a time."""
    if head == "post":
        roles = list(dict.fromkeys(one.role for one in _able(work, reader, who) if one.role is not who.role))
        choices = [(reader.say(f"words.role.{role.value}"), _view_of(who, reader, role)) for role in roles]
        again = "post"
    elif chosen and chosen[0] in set(Role):
        role = Role(chosen[0])
        able = [one for one in _able(work, reader, who) if one.role is role]
        choices = [(_where(reader, one), f"move.{role.value}.{one.where}") for one in able]
        again = f"where.{role.value}"
    else:
        return None
    shown, following = _on_page(choices, _page(chosen[-1:]))
    lines = [reader.say(f"people.state.{head}", name=name(who))]
    lines += [reader.say("people.line", number=at, what=label) for at, (label, _) in enumerate(shown, start=1)]
    buttons = [_numbered(number, label, "see", view) for number, (label, view) in enumerate(shown, start=1)]
    if following is not None:
        buttons.append(Button(reader.say("people.do.more"), "see", choice=f"{again}.{following}"))
    return Reply(tuple(lines), (*buttons, _see(reader, "back", ONE)), Tone.WAITING)


def _confirmed(work: Work, reader: Reader, who: Member, head: str, chosen: list[str]) -> Reply | None:
    """A change before it is made: all that it does, and its verb on the button."""
    on_hands, back = hanging(work, who.id), _see(reader, "back", ONE)
    if head == "heir":
        return _heirs(work, reader, who, _page(chosen))
    lines, also, choice = [reader.say(f"people.state.{head}", name=name(who))], [back], ""
    if head == "move":
        to = post_of_button(reader, who, *chosen) if len(chosen) == 2 else None
        if to is None or to not in _able(work, reader, who):  # not theirs to give: they choose among what is
            return _chosen(work, reader, who, "where", [*chosen[:1], "0"])
        facts = {"before": post(reader, who.role, who.home_id, who.region)}
        facts["after"] = post(reader, to.role, to.home_id, to.region)
        lines += [reader.say("people.effect.move", **facts), reader.say("people.effect.moved")]
        choice = ".".join(chosen)
    else:
        lines += [_post_line(reader, who), reader.say(f"people.effect.{head}")]
    if head == "suspend" and on_hands.requests:
        lines.append(reader.say("people.effect.keeps", numbers=numbers(work, reader, on_hands.requests)))
    if head == "remove":
        able = successors(work, who)
        heir = next((one for one in able if [str(one.id)] == chosen), able[0])
        choice = str(heir.id)
        if on_hands.requests:
            facts = {"numbers": numbers(work, reader, on_hands.requests), "heir": name(heir)}
            lines.append(reader.say("people.effect.requests", **facts))
            also = [_see(reader, "heir", "heir.0"), back]
    lines += _climbing(work, reader, on_hands) if head != "restore" else []
    if head == "remove":
        lines.append(reader.say("people.effect.stays"))
    style = Style.PRIMARY if head in ("move", "restore") else Style.DANGER
    return Reply(tuple(lines), (Button(reader.say(f"people.do.{head}"), head, style, choice), *also), Tone.WAITING)


def _heirs(work: Work, reader: Reader, who: Member, page: int) -> Reply:
    """Who may take over, the nearest first."""
    shown, following = _on_page(successors(work, who), page)
    lines, buttons = [reader.say("people.state.heir", name=name(who))], []
    for number, one in enumerate(shown, start=1):
        what = reader.say("people.person", name=name(one), post=post(reader, one.role, one.home_id, one.region))
        lines.append(reader.say("people.line", number=number, what=what))
        buttons.append(_numbered(number, name(one), "see", f"remove.{one.id}"))
    if following is not None:
        buttons.append(_see(reader, "more", f"heir.{following}"))
    return Reply(tuple(lines), (*buttons, _see(reader, "back", ONE)), Tone.WAITING)


def _climbing(work: Work, reader: Reader, on_hands: Hanging) -> list[str]:
    """What is asked of others then, since nobody else was asked."""
    found = {"approvals": on_hands.approvals, "disputes": on_hands.disputes}
    return [reader.say(f"people.effect.{key}", numbers=numbers(work, reader, ids)) for key, ids in found.items() if ids]


def _able(work: Work, reader: Reader, who: Member) -> list[Post]:
    """Every post but the present one in which the reader may have somebody work."""
    now = (who.role, who.home_id, who.region)
    posts = (one for one in _posts(reader) if (one.role, one.home_id, one.region) != now)
    return [one for one in posts if may_move_to(work, one.role, one.home_id, one.region)]


def _posts(reader: Reader) -> Iterator[Post]:
    """Every post of the chain. A button says a region by the first of its places: its own name may be too long."""
    first = {place.region: place.id for place in reversed(reader.catalogue.places) if place.region}
    for role in Role:
        if kinds := HOMES.get(role):
            yield from (Post(role, one.id, None, f"p{one.id}") for one in reader.catalogue.places if one.kind in kinds)
        elif role is Role.AREA_MANAGER:
            yield from (Post(role, None, region, f"a{first[region]}") for region in sorted(first))
        elif role is not Role.SYSTEM:
            yield Post(role, None, None, "all")


def _view_of(who: Member, reader: Reader, role: Role) -> str:
    """Where a chosen role leads: to what it does where it can only be here, else to the question where."""
    there = [one for one in _posts(reader) if one.role is role]
    here = [one for one in there if one.home_id == who.home_id] if role is not who.role else []
    only = here or (there if len(there) == 1 else [])
    return f"move.{role.value}.{only[0].where}" if only else f"where.{role.value}.0"


def _where(reader: Reader, one: Post) -> str:
    if one.home_id is not None:
        return reader.place(one.home_id)
    return region_of(reader, one.region) if one.region is not None else reader.say(f"words.role.{one.role.value}")


def _last(work: Work, reader: Reader, who: Member) -> dict[str, str]:
    """Who changed somebody's place last, and when."""
    if who.changed_at is None or who.changed_by_id is None:
        return {"who": "", "at": ""}
    by = cut(drawable(person(work, who.changed_by_id).name), NAME_WIDTH)
    return {"who": by, "at": reader.moment(who.changed_at, work.now)}


def _post_line(reader: Reader, who: Member) -> str:
    return reader.say("people.post", post=post(reader, who.role, who.home_id, who.region))


def _see(reader: Reader, label: str, view: str) -> Button:
    return Button(reader.say(f"people.do.{label}"), "see", choice=view)


def _numbered(number: int, label: str, verb: str, choice: str) -> Button:
    return Button(cut(f"{number}. {label}", BUTTON_WIDTH), verb, choice=choice)


def _page(chosen: list[str]) -> int:
    return int(chosen[0]) if chosen and chosen[0].isascii() and chosen[0].isdigit() else 0


def _on_page(found: Sequence[Found], page: int) -> tuple[Sequence[Found], int | None]:
    """A few of these, and the page that follows: the first one behind the last; None where all are shown."""
    pages = -(-len(found) // ON_A_PAGE)
    page = page if page < pages else 0
    shown = found[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    return shown, (page + 1) % pages if pages > 1 else None
