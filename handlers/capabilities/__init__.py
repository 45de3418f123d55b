"""What the conversation can do: the table of contents, one module for each capability.

May import what the conversation is made of. Begin with `CAPABILITIES`, then `transfers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.ground.work import Work
from handlers.capabilities import help, stock, transfers
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
