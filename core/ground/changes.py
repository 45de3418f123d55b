"""What a command changes, thing by thing, for the audit: only what is different afterwards, as it was and as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Columns = Mapping[str, object]
Told = dict[str, dict[str, dict[str, object]]]
"""Columns by kind of thing ("balances") and its name ("12@3")."""


class Changes:
    """Notes each thing as it was before the first change and as it is after the last. Whoever writes a row notes it."""

    def __init__(self) -> None:
        """Nothing was changed yet."""
        self._was: dict[tuple[str, str], dict[str, object] | None] = {}
        self._now: dict[tuple[str, str], dict[str, object]] = {}

    def note(self, kind: str, name: object, was: Columns | None, now: Columns) -> None:
        """Something was made (`was` None) or changed; columns that are not said stay as they are."""
        key = (kind, str(name))
        known = self._was.setdefault(key, None if was is None else dict(was))
        if known is not None and was is not None:
            self._was[key] = {**was, **known}
        self._now[key] = {**self._now.get(key, {}), **now}

    @property
    def before(self) -> Told:
        """What is different now, as it was. What was made is not in it."""
        return self._told(lambda was, now: {name: was.get(name) for name in _differing(was, now)} if was else {})

    @property
    def after(self) -> Told:
        """What is different now, as it is. Of what was made the columns that say something."""
        return self._told(lambda was, now: {name: now[name] for name in _differing(was, now)})

    def _told(self, columns: Callable[[Columns | None, Columns], dict[str, object]]) -> Told:
        told: Told = {}
        for key, now in self._now.items():
            if found := columns(self._was[key], now):
                told.setdefault(key[0], {})[key[1]] = found
        return told


def _differing(was: Columns | None, now: Columns) -> list[str]:
    if was is None:
        return [name for name, value in now.items() if value not in (None, 0, "")]
    return [name for name, value in now.items() if value != was.get(name)]
