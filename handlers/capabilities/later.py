"""What is understood and cannot be done here yet: said honestly, with what can be done instead. Nothing changes."""

from __future__ import annotations

from core.ground.work import Work
from handlers.messages import Reply
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.understand.reading import Intent, Reading

LATER = frozenset(
    {
        Intent.PRODUCT_FIND,
        Intent.REPORT_SUMMARY,
        Intent.REPORT_SLOW_MOVERS,
        Intent.REPORT_TURNOVER,
        Intent.FORECAST_QUERY,
        Intent.REPLENISH_SUGGEST,
        Intent.ALERT_LIST,
        Intent.SALE_RECORD,
        Intent.SALE_RETURN,
        Intent.PURCHASE_ORDER,
        Intent.PURCHASE_RECEIVE,
        Intent.WRITE_OFF_RECORD,
        Intent.COUNT_START,
        Intent.COUNT_RECORD,
        Intent.ADJUST_REQUEST,
        Intent.BARCODE_BIND,
        Intent.PRICE_SET,
        Intent.SHIFT_CHANGE,
    }
)
"""Intents without a capability. An intent leaves this list with its capability's first line in `CAPABILITIES`."""


def answer_later(work: Work, asker: Asker, reading: Reading) -> Plan:
    """What was understood, that nothing was changed, and what can be done here instead."""
    return Plan(said=Reply((asker.reader.say(f"later.{reading.intent.value.replace('.', '_')}"),)))


def which_of_two(reader: Reader, reading: Reading) -> Plan | None:
    """That a message says two things, or could mean either of two; None for any other message."""
    intents = reading.candidates.get("intent", ())
    sounds_like = reading.intent is Intent.UNKNOWN and reading.problems.get("intent") != "several"
    if len(intents) < 2 or sounds_like:
        return None
    one, other = (reader.say(f"later.name.{intent.replace('.', '_')}") for intent in intents[:2])
    key = "one_at_a_time" if reading.intent is Intent.UNKNOWN else "one_or_other"
    return Plan(said=Reply((reader.say(f"later.{key}", one=one, other=other),)))
