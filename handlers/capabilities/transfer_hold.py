"""Another store's goods on the truck: which transfer they are of, the card before it is noted, and the command."""

from __future__ import annotations

from dataclasses import replace

from core.ground.errors import NotAllowed
from core.ground.permissions import Verb
from core.ground.work import Work
from core.stock.transfer_commands import HoldTransfer
from core.stock.transfer_lines import lines_of
from core.stock.transfer_steps import may, standpoint
from data.kinds import State, Step
from handlers.capabilities.refusals import refusal
from handlers.capabilities.transfer_found import confirmed, find, meant, moved_on, seen, shown
from handlers.capabilities.transfer_state import drop_button, goods_lines, left_goods, route_line
from handlers.messages import Button, Reply, Style, Tone
from handlers.pending import Pending
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading


def ask_whose_goods() -> Reading:
    """The question behind "these are not ours": of which transfer they are."""
    return Reading(Intent.TRANSFER_HOLD, missing=("document",))


def answer_hold(work: Work, asker: Asker, reading: Reading) -> Plan:
    """A card that notes where the goods are, or the question of which transfer they are."""
    found = find(work, asker, reading)
    if isinstance(found, Plan):
        return found
    if not may(work, asker.person, Step.HOLD, standpoint(work, found, lines_of(work, found.id))):
        ours = asker.person.home_id in (found.place_id, found.other_place_id)
        if ours or found.state is not State.IN_TRANSIT:
            return shown(work, asker, found)
        place_id = asker.person.home_id or found.other_place_id
        return Plan(said=Reply((refusal(work, asker.reader, NotAllowed(Verb.RECEIVE.value, place_id)),)))
    return Plan(ask=replace(seen(reading, found), missing=()))


def hold_command(work: Work, reader: Reader, pending: Pending) -> HoldTransfer:
    """The note that a complete reading asks for: the goods are where the person works."""
    document_id, version, _ = confirmed(work, pending)
    if reader.actor is None or reader.actor.home_id is None:
        raise ValueError("nobody is at a place")
    return HoldTransfer(document_id, version, reader.actor.home_id)


def hold_confirmation(work: Work, reader: Reader, pending: Pending) -> Reply:
    """The card before it is noted: nothing moves, and those on both ends decide."""
    document, slots = meant(work, pending)
    if document.version != slots.version:
        return moved_on(reader, document, Step.HOLD)
    home = reader.actor.home_id if reader.actor else None
    texts = (
        reader.say("transfers.held.state", number=document.number),
        *goods_lines(reader, left_goods(lines_of(work, document.id))),
        route_line(reader, document),
        reader.say("transfers.held.here", place=reader.place(home) if home else ""),
        reader.say("transfers.held.next", source=reader.place(document.place_id)),
    )
    note = Button(reader.say("transfers.do.hold"), "hold", Style.PRIMARY)
    return Reply(texts, (note, drop_button(reader)), Tone.WAITING)
