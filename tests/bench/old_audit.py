"""What the audit of old books says was changed by a deed, reckoned by hand like the rest of their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from data.columns import from_micros

Columns = Mapping[str, Any]
SHELVES = ("available", "reserved", "in_transit")
WORTH = ("value_fen", "transit_value_fen")


class Ledger:
    """The things that one deed changes: each as it was when it was first touched, and as it is now."""

    def __init__(self) -> None:
        self._was: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._now: dict[tuple[str, str], Any] = {}

    def touch(self, sku_id: int, place_id: int, stand: object) -> None:
        """This stand is about to change; what it is in the end is looked at then."""
        key = ("balances", f"{sku_id}@{place_id}")
        self._was.setdefault(key, _stand(stand))
        self._now[key] = stand

    def made(self, kind: str, name: object, columns: Columns) -> None:
        """Something new."""
        self._was[kind, str(name)] = None
        self._now[kind, str(name)] = dict(columns)

    def changed(self, kind: str, name: object, **columns: Sequence[Any]) -> None:
        """Columns of something, each as (before, after)."""
        self._was[kind, str(name)] = {column: ends[0] for column, ends in columns.items()}
        self._now[kind, str(name)] = {column: ends[1] for column, ends in columns.items()}

    def end(self, before: Columns | None, after: Columns) -> tuple[str | None, str]:
        """Both sides as the audit keeps them, with the states; then nothing is touched any more."""
        was, now = dict(before or {}), dict(after)
        for (kind, name), thing in self._now.items():
            first, last = self._was[kind, name], thing if isinstance(thing, dict) else _stand(thing)
            if first is None:
                now.setdefault(kind, {})[name] = {column: value for column, value in last.items() if value}
            elif different := [column for column in last if first[column] != last[column]]:
                was.setdefault(kind, {})[name] = {column: first[column] for column in different}
                now.setdefault(kind, {})[name] = {column: last[column] for column in different}
        self._was.clear()
        self._now.clear()
        return (_kept(was) if was else None), _kept(now)


def moment(micros: int) -> str:
    """A moment as the audit writes it."""
    return str(from_micros(micros))


def _stand(stand: object) -> dict[str, Any]:
    return {column: getattr(stand, column) for column in (*SHELVES, *WORTH)}


def _kept(side: Columns) -> str:
    return json.dumps(side, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
