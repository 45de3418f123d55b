"""The papers: a transfer as it lies in the file, and what makes any paper unfit to be worked on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

BECOMES = {
    "submit": "submitted",
    "approve": "approved",
    "reject": "rejected",
    "cancel": "cancelled",
    "dispatch": "in_transit",
    "receive_all": "received",
    "receive_short": "disputed",
}


Lines = Sequence[tuple[str, int]]


class Forbidden(ValueError):
    """The design does not allow this step; the books are as they were. The reason is the message."""


@dataclass
class Paper:
    """A transfer as it lies in the file: what was asked, and the stamps on it, oldest first."""

    source: str
    target: str
    lines: list[tuple[str, int]]
    stamps: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The state of the newest stamp that changes it; a lapse lets goods go and changes no state."""
        return next(BECOMES[stamp] for stamp in reversed(self.stamps) if stamp in BECOMES)


def check_lines(lines: Lines) -> None:
    """Refuse a document without lines, or a line whose quantity is not a whole number above 0."""
    if not lines:
        raise Forbidden("a document without lines")
    for sku, quantity in lines:
        if type(quantity) is not int or quantity < 1:
            raise Forbidden(f"{quantity!r} {sku} is no quantity")


def check_splits(paper: Paper, splits: Sequence[tuple[int, int, int]]) -> None:
    """Refuse a receipt whose parts are not, line for line, exactly what was loaded."""
    if len(splits) != len(paper.lines):
        raise Forbidden(f"{len(splits)} answers for {len(paper.lines)} lines")
    for (sku, loaded), split in zip(paper.lines, splits, strict=True):
        if any(type(part) is not int or part < 0 for part in split) or sum(split) != loaded:
            raise Forbidden(f"{split} does not add up to the {loaded} {sku} loaded")
