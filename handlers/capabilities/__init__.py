"""What the conversation can do: the table of contents, one module for each capability.

May import what the conversation is made of. Begin with `CAPABILITIES`, then `transfers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.ground.work import Work
from data.kinds import DocumentKind
from handlers.capabilities import (
    approval_list,
    help,
    history,
    later,
    posted,
    review,
    stock,
    transfer_approve,
    transfer_buttons,
    transfer_cards,
    transfer_confirm,
    transfer_dispatch,
    transfer_hold,
    transfer_notices,
    transfer_receive,
    transfer_reject,
    transfer_state,
    transfer_take_back,
    transfer_write_off,
    transfers,
    undo,
)
from handlers.capabilities.shapes import Change, Paper
from handlers.plan import Asker, Plan
from handlers.understand.reading import Intent, Reading

CAPABILITIES: Mapping[Intent, Callable[[Work, Asker, Reading], Plan]] = MappingProxyType(
    {
        Intent.STOCK_QUERY: stock.answer_stock,
        Intent.HISTORY_QUERY: history.answer_history,
        Intent.TRANSFER_CREATE: transfers.answer_create,
        Intent.APPROVAL_LIST: approval_list.answer_list,
        Intent.TRANSFER_APPROVE: transfer_approve.answer_approve,
        Intent.TRANSFER_REJECT: transfer_reject.answer_reject,
        Intent.TRANSFER_CANCEL: undo.answer_undo,
        Intent.UNDO: undo.answer_undo,
        Intent.TRANSFER_DISPATCH: transfer_dispatch.answer_dispatch,
        Intent.TRANSFER_RECEIVE: transfer_receive.answer_receive,
        Intent.TRANSFER_TAKE_BACK: transfer_take_back.answer_take_back,
        Intent.TRANSFER_WRITE_OFF: transfer_write_off.answer_write_off,
        Intent.TRANSFER_HOLD: transfer_hold.answer_hold,
        Intent.TRANSFER_STATUS: transfers.answer_status,
        Intent.HELP: help.answer_help,
        Intent.LANGUAGE_SET: help.answer_language,
        Intent.REVIEW_LIST: review.answer_list,
        Intent.SMALLTALK: help.answer_smalltalk,
        Intent.CONFIRM: help.answer_nothing_open,
        Intent.CANCEL: help.answer_nothing_open,
        Intent.UNKNOWN: help.answer_unknown,
        **dict.fromkeys(later.LATER, later.answer_later),
    }
)
CHANGES: Mapping[Intent, Change] = MappingProxyType(
    {
        Intent.TRANSFER_CREATE: Change(
            "submit", transfer_confirm.confirmation, transfers.submit_command, first=transfers.withdrawn_first
        ),
        Intent.TRANSFER_CANCEL: Change("undo", undo.undo_confirmation, undo.undo_command),
        Intent.UNDO: Change("undo", undo.undo_confirmation, undo.undo_command),
        Intent.TRANSFER_REJECT: Change(
            "reject", transfer_reject.reject_confirmation, transfer_reject.reject_command, at_once=True
        ),
        Intent.TRANSFER_APPROVE: Change(
            "approve", transfer_approve.approve_confirmation, transfer_approve.approve_command
        ),
        Intent.TRANSFER_DISPATCH: Change(
            "load", transfer_dispatch.dispatch_confirmation, transfer_dispatch.dispatch_command
        ),
        Intent.TRANSFER_RECEIVE: Change(
            "receive", transfer_receive.arrival_confirmation, transfer_receive.receive_command
        ),
        Intent.TRANSFER_TAKE_BACK: Change(
            "take", transfer_take_back.take_back_confirmation, transfer_take_back.take_back_command
        ),
        Intent.TRANSFER_WRITE_OFF: Change(
            "lose", transfer_write_off.write_off_confirmation, transfer_write_off.write_off_command
        ),
        Intent.TRANSFER_HOLD: Change("hold", transfer_hold.hold_confirmation, transfer_hold.hold_command),
    }
)
POSTED = Paper(
    card=posted.document_card,
    outcome=posted.outcome,
    tap=posted.tapped_on,
    told=posted.told,
    line=posted.line,
)
PAPERS: Mapping[DocumentKind, Paper] = MappingProxyType(
    {
        DocumentKind.OPENING: POSTED,
        DocumentKind.GOODS_RECEIPT: POSTED,
        DocumentKind.SALE: POSTED,
        DocumentKind.TRANSFER: Paper(
            card=transfer_cards.document_card,
            outcome=transfer_state.outcome,
            tap=transfer_buttons.tapped_on,
            told=transfer_notices.told,
            line=transfer_notices.line,
        ),
    }
)
