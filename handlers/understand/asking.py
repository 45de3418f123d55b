"""What has to be asked about a message, and why, collected while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.understand.amount import Amount
from handlers.understand.normalise import legible

MOST_CANDIDATES = 12


@dataclass(slots=True)
class Asking:
    """The fields to ask, in order, and why."""

    missing: list[str] = field(default_factory=list)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, problem: str | None = None, candidates: tuple[str, ...] = (), heard: str = "") -> None:
        """Ask for a field. The first problem of a field stays, and the words that were heard for it."""
        if name not in self.missing:
            self.missing.append(name)
        if problem:
            self.problems.setdefault(name, problem)
        if candidates:
            self.candidates[name] = candidates[:MOST_CANDIDATES]
        if words := legible(heard):
            self.heard.setdefault(name, words)

    def hear(self, name: str, amounts: Sequence[Amount]) -> None:
        """Keep the words of a line's amounts beside the problem that they have."""
        for field_name in (f"{name}.quantity", f"{name}.unit"):
            if field_name in self.problems and (words := legible(" ".join(amount.said for amount in amounts))):
                self.heard.setdefault(field_name, words)

    def answered(self, name: str) -> None:
        """Ask for a field no longer."""
        if name in self.missing:
            self.missing.remove(name)
        for found in (self.candidates, self.problems, self.heard):
            found.pop(name, None)

    def forget(self, name: str) -> None:
        """Ask for no field of `name` ("lines.1") any longer."""
        inside = f"{name}."
        for asked in [name for name in self.missing if name.startswith(inside)]:
            self.answered(asked)
