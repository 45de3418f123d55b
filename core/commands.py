"""The table of contents of the product: every command there is, and how it is handled."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.goods import learning
from core.ground.commands import AnyRule, Command
from core.people import approval_clock, delegations, invites, rule_changes
from core.stock import handover, opening, transfers, undo
from core.trade import receipts, sales

COMMANDS: Mapping[type[Command], AnyRule] = MappingProxyType(
    {
        **invites.RULES,  # MakeInvite, WithdrawInvite, UseInvite, ConnectGroup
        **handover.RULES,  # Move-, Suspend-, Restore-, RemovePerson
        **rule_changes.RULES,  # SaveRule, SwitchOffRule, SwitchOnRule
        **delegations.RULES,  # Delegate, EndDelegation
        **approval_clock.RULES,  # RemindOfStep, EscalateStep
        **learning.RULES,  # LearnAlias, RevokeAlias, LearnPhrase, RevokePhrase
        **opening.RULES,  # OpenStock
        **transfers.RULES,  # Submit-, Approve-, Reject-, Cancel-, Dispatch-, Receive-, LapseTransfer
        **undo.RULES,  # ReturnTransfer, ReverseDocument
        **receipts.RULES,  # ReceiveGoods
        **sales.RULES,  # RecordSale
    }
)
