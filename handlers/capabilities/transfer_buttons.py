"""The buttons of a transfer's card: which steps are open to its reader, what they say, and what a tap on them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.ground.commands import Command
from core.ground.documents import Header
from core.ground.permissions import Actor
from core.ground.work import Work
from core.stock import transfer_commands as commands
from core.stock.transfer_clock import may_nudge, nudges
from core.stock.transfer_commands import Asked
from core.stock.transfer_lines import Line, lines_of
from core.stock.transfer_steps import may, standpoint
from data.kinds import State, Step
from handlers.capabilities.posted import ASK_UNDO, undo_tapped
from handlers.capabilities.transfer_approve import ask_how_much
from handlers.capabilities.transfer_dispatch import ask_what_was_loaded
from handlers.capabilities.transfer_hold import ask_whose_goods
from handlers.capabilities.transfer_notices import waiting_for
from handlers.capabilities.transfer_receive import all_arrived, ask_what_arrived
from handlers.capabilities.transfer_reject import ask_why
from handlers.capabilities.transfer_state import goods_of, verb_label
from handlers.capabilities.transfer_take_back import all_came_back, ask_what_came_back
from handlers.capabilities.transfer_write_off import ask_who_bears_it
from handlers.capabilities.undo import can_undo
from handlers.cards import Tap
from handlers.messages import Button, Style
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Reading

NUDGE = "nudge"
MOST_BUTTONS = 6
"""WeCom shows no more."""

SIMPLE: Mapping[str, Callable[[int, int], Command]] = MappingProxyType(
    {
        Step.APPROVE: commands.ApproveTransfer,
        Step.CANCEL: commands.CancelTransfer,
        Step.FREEZE: commands.FreezeTransfer,
        Step.DISPATCH: commands.DispatchTransfer,
        Step.TURN_BACK: commands.TurnBack,
        Step.SENT_MORE: commands.SentMore,
        Step.NOT_SENT: commands.NotSent,
        Step.KEEP: commands.KeepHeld,
        Step.SEND_ON: commands.SendHeldOn,
        Step.SEND_BACK: commands.SendHeldBack,
    }
)
"""Buttons that say it all: a tap is the command."""

ASKING: Mapping[str, tuple[Step, Callable[[Work, Actor, Header], Reading]]] = MappingProxyType(
    {
        "reject": (Step.REJECT, lambda work, actor, document: ask_why(document)),
        "approve_some": (Step.APPROVE, lambda work, actor, document: ask_how_much(document)),
        "dispatch_some": (Step.DISPATCH, lambda work, actor, document: ask_what_was_loaded(document)),
        "receive_some": (Step.RECEIVE, lambda work, actor, document: ask_what_arrived(document)),
        "take_back_some": (Step.TAKE_BACK, lambda work, actor, document: ask_what_came_back(document)),
        "write_off": (Step.WRITE_OFF, ask_who_bears_it),
        "not_mine": (Step.RECEIVE, lambda work, actor, document: ask_whose_goods()),
    }
)
"""Buttons that ask something first."""


def buttons_of(work: Work, reader: Reader, document: Header, lines: list[Line]) -> tuple[Button, ...]:
    """The steps open to the reader, the likeliest first; nobody's card has none."""
    actor = reader.actor
    if actor is None:
        return ()
    seen = standpoint(work, document, lines)
    steps = {step for step in Step if may(work, actor, step, seen)}
    if {Step.REJECT, Step.CANCEL} <= steps:
        steps.remove(Step.CANCEL)  # whoever can say no needs no second way to say it
    verbs = _verbs(document, lines, steps)
    if actor.home_id is None and "not_mine" in verbs:
        verbs.remove("not_mine")  # nothing is on the truck of who works at no place
    found = [button for verb in verbs for button in _drawn(reader, verb, lines)]
    others = [one.id for one in waiting_for(work, document)] if may_nudge(work, actor, document) else []
    if others and actor.id not in others:
        found.insert(len(found) - ("cancel" in verbs), _nudge(work, reader, document))
    if document.state is State.RECEIVED and can_undo(work, document):
        found.append(Button(reader.say("undo.do"), ASK_UNDO))
    return tuple(found[:MOST_BUTTONS])


def tapped_on(work: Work, asker: Asker, document: Header, tapped: Tap) -> Command | Plan | None:
    """What a button on a transfer's card does; None for a verb that has no button there."""
    lines = lines_of(work, document.id)
    if tapped.verb == "receive_all":
        return commands.ReceiveTransfer(document.id, tapped.version, all_arrived(lines))
    if tapped.verb == "take_back_all":
        return commands.TakeBack(document.id, tapped.version, all_came_back(document, lines))
    if tapped.verb == NUDGE:
        return commands.NudgeTransfer(document.id, tapped.version) if tapped.choice else None
    if tapped.verb == ASK_UNDO:
        return undo_tapped(work, asker, document, tapped) if document.state is State.RECEIVED else None
    if tapped.verb in ASKING:
        step, question = ASKING[tapped.verb]
        if not may(work, asker.person, step, standpoint(work, document, lines)):
            return None
        return _asks(asker, tapped.verb, question(work, asker.person, document))
    command = SIMPLE.get(tapped.verb)
    return command(document.id, tapped.version) if command else None


def _nudge(work: Work, reader: Reader, document: Header) -> Button:
    """One more time than before: each time is an intention of its own."""
    return Button(reader.say("transfers.do.nudge"), NUDGE, choice=str(nudges(work, document) + 1))


def _asks(asker: Asker, verb: str, question: Reading) -> Plan:
    """The question of a button; a second tap does not ask it again below."""
    asked_already = asker.open is not None and asker.open.understood() == question
    return Plan(ask=None if asked_already else question, toast=asker.reader.say(f"taps.{verb}"))


def _verbs(document: Header, lines: list[Line], steps: set[Step]) -> list[str]:
    """The verbs of the open steps, in the order of the buttons."""
    refused = any(line.refused for line in lines)
    called_back = document.turned_back_at is not None and any(line.awaited for line in lines)
    if document.held_at_id is not None:
        steps = steps - {Step.RECEIVE}  # they are not there: first somebody says where they go
    verbs: Mapping[Step, tuple[str, ...]] = {
        Step.APPROVE: ("approve", "approve_some"),
        Step.REJECT: ("reject",),
        Step.DISPATCH: ("dispatch", "dispatch_some"),
        Step.RECEIVE: _receiving(document),
        Step.TAKE_BACK: ("take_back_all", "take_back_some") if refused or called_back else ("take_back_some",),
        Step.SENT_MORE: ("sent_more",),
        Step.NOT_SENT: ("not_sent",),
        Step.KEEP: ("keep",),
        Step.SEND_ON: ("send_on",),
        Step.SEND_BACK: ("send_back",),
        Step.WRITE_OFF: ("write_off",),
        Step.FREEZE: ("freeze",),
        Step.TURN_BACK: ("turn_back",),
        Step.CANCEL: ("cancel",),
    }
    return [verb for step, ours in verbs.items() if step in steps for verb in ours]


def _receiving(document: Header) -> tuple[str, ...]:
    """On the road, all, some or none of it may be what came; on a direct route nothing is on a truck."""
    if document.state is State.IN_TRANSIT:
        return ("receive_all", "receive_some", "not_mine")
    return ("receive_all", "receive_some") if document.state is State.APPROVED else ("receive_some",)


LIKELIEST = ("approve", "dispatch", "receive_all", "take_back_all", "sent_more", "freeze", "send_on")
STYLES = {
    **dict.fromkeys(LIKELIEST, Style.PRIMARY),
    "reject": Style.DANGER,
    "write_off": Style.DANGER,
}
WITH_GOODS = frozenset({"approve", "dispatch"})


def _drawn(reader: Reader, verb: str, lines: list[Line]) -> list[Button]:
    style = STYLES.get(verb, Style.PLAIN)
    if verb in WITH_GOODS:
        return [Button(verb_label(reader, verb, goods_of(lines)), verb, style)]
    if verb == "write_off":
        return [Button(verb_label(reader, verb, _gone(lines)), verb, style)]
    only_missing = any(line.missing for line in lines) and not any(line.awaited or line.refused for line in lines)
    late = {"receive_some": "found", "take_back_some": "found_at_source"} if only_missing else {}
    return [Button(reader.say(f"transfers.do.{late.get(verb, verb)}"), verb, style)]


def _gone(lines: list[Line]) -> list[Asked]:
    return [Asked(line.sku_id, line.missing, "") for line in lines if line.missing]
