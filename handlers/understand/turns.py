"""What one turn of a conversation leaves for the next: the open change, the field asked for, the last answer."""

from __future__ import annotations

from dataclasses import replace

from handlers.understand.reading import TALK, WRITES, Context, Intent, Reading

_ENDS = frozenset({Intent.CONFIRM, Intent.CANCEL})


def following(context: Context, reading: Reading) -> Context:
    """The context of the next message in the same chat.

    A change, or a question that lacks something, is open until a yes, a no or another request: whatever is said next
    may answer or correct it. A question that was answered ends what was open, and can be asked again of another place
    or time. Smalltalk and what was not understood leave everything as it is.
    """
    if reading.intent in _ENDS:
        return replace(context, frame=None, asked=None)
    if reading.intent in TALK:
        return context
    if reading.intent in WRITES or not reading.complete:
        return replace(context, frame=reading, asked=reading.missing[0] if reading.missing else None, before=None)
    return replace(context, frame=None, asked=None, before=reading)
