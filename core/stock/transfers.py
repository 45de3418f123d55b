"""Transfers (调拨): goods that go from one place to another. Here is which command is permitted and run by what.

`transfer_steps.py` has the table of states and who may take which step; `transfer_requests.py` what happens before
goods leave, `transfer_road.py` after that, `transfer_disputes.py` when they do not add up, `transfer_clock.py` when
it waits. `transfer_moves.py` is the arithmetic of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.ground.commands import AnyRule, Command, Rule
from core.ground.permissions import Verb
from core.stock import transfer_clock, transfer_commands, transfer_disputes, transfer_requests, transfer_road
from core.stock.transfer_steps import permit_step
from data.kinds import Step

RULES: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        transfer_commands.SubmitTransfer: Rule(transfer_requests.permit_submit, transfer_requests.submit),
        transfer_commands.ApproveTransfer: Rule(transfer_requests.permit_decide, transfer_requests.approve),
        transfer_commands.RejectTransfer: Rule(transfer_requests.permit_decide, transfer_requests.reject),
        transfer_commands.CancelTransfer: Rule(permit_step(Step.CANCEL, Verb.CANCEL), transfer_requests.cancel),
        transfer_commands.FreezeTransfer: Rule(permit_step(Step.FREEZE, Verb.SUBMIT), transfer_requests.freeze),
        transfer_commands.DispatchTransfer: Rule(permit_step(Step.DISPATCH, Verb.DISPATCH), transfer_road.dispatch),
        transfer_commands.ReceiveTransfer: Rule(permit_step(Step.RECEIVE, Verb.RECEIVE), transfer_road.receive),
        transfer_commands.TurnBack: Rule(permit_step(Step.TURN_BACK, Verb.CANCEL), transfer_road.turn_back),
        transfer_commands.TakeBack: Rule(permit_step(Step.TAKE_BACK, Verb.RECEIVE), transfer_road.take_back),
        transfer_commands.HoldTransfer: Rule(transfer_road.permit_hold, transfer_road.hold),
        transfer_commands.KeepHeld: Rule(permit_step(Step.KEEP, Verb.APPROVE), transfer_road.keep),
        transfer_commands.SendHeldOn: Rule(permit_step(Step.SEND_ON, Verb.APPROVE), transfer_road.send_on),
        transfer_commands.SendHeldBack: Rule(permit_step(Step.SEND_BACK, Verb.APPROVE), transfer_road.send_back),
        transfer_commands.WriteOffMissing: Rule(transfer_disputes.permit_write_off, transfer_disputes.write_off),
        transfer_commands.SentMore: Rule(permit_step(Step.SENT_MORE, Verb.APPROVE), transfer_disputes.sent_more),
        transfer_commands.NotSent: Rule(permit_step(Step.NOT_SENT, Verb.APPROVE), transfer_disputes.not_sent),
        transfer_commands.NudgeTransfer: Rule(transfer_clock.permit_nudge, transfer_clock.nudge),
        transfer_commands.LapseTransfer: Rule(transfer_clock.permit_clock(Verb.LAPSE), transfer_requests.lapse),
        transfer_commands.RemindTransfer: Rule(transfer_clock.permit_clock(Verb.REMIND), transfer_clock.remind),
        transfer_commands.EscalateDispute: Rule(transfer_clock.permit_clock(Verb.REMIND), transfer_disputes.escalate),
    }
)
