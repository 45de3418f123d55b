"""What the conversation can do: the table of contents, one module for each capability.

May import what the conversation is made of. Begin with `CAPABILITIES`, then `transfers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.ground.work import Work
from data.kinds import DocumentKind
from handlers.capabilities import (
    help,
    stock,
    transfer_cards,
    transfer_confirm,
    transfer_notices,
    transfer_state,
    transfers,
)
from handlers.capabilities.shapes import Change, Paper
from handlers.plan import Asker, Plan
from handlers.understand.reading import Intent, Reading

CAPABILITIES: Mapping[Intent, Callable[[Work, Asker, Reading], Plan]] = MappingProxyType(
    {
        Intent.STOCK_QUERY: stock.answer_stock,
        Intent.TRANSFER_CREATE: transfers.answer_create,
        Intent.TRANSFER_RECEIVE: transfers.answer_receive,
        Intent.TRANSFER_STATUS: transfers.answer_status,
        Intent.HELP: help.answer_help,
        Intent.LANGUAGE_SET: help.answer_language,
        Intent.UNKNOWN: help.answer_unknown,
    }
)
CHANGES: Mapping[Intent, Change] = MappingProxyType(
    {
        Intent.TRANSFER_CREATE: Change("submit", transfer_confirm.confirmation, transfers.submit_command),
        Intent.TRANSFER_RECEIVE: Change("receive", transfer_confirm.arrival_confirmation, transfers.receive_command),
    }
)
PAPERS: Mapping[DocumentKind, Paper] = MappingProxyType(
    {
        DocumentKind.TRANSFER: Paper(
            card=transfer_cards.document_card,
            outcome=transfer_state.outcome,
            tap=transfers.tap,
            told=transfer_notices.told,
            line=transfer_notices.line,
        ),
    }
)
