"""The papers: a transfer as it lies in the file, and what makes any paper unfit to be worked on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

BECOMES = {"submit": "submitted", "approve": "approved", "reject": "rejected", "cancel": "cancelled"}

Lines = Sequence[tuple[str, int]]


class Forbidden(ValueError):
    """The design does not allow this step; the books are as they were. The reason is the message."""


@dataclass
class Line:
    """A line of a transfer: what people said about it. What was moved for it is in the journal."""

    sku: str
    asked: int
    approved: int
    refused: int = 0
    missing: int = 0
    over: int = 0


@dataclass
class Paper:
    """A transfer as it lies in the file: its lines, and the stamps on it, oldest first.

    `held_by` is another place that has the goods on its truck.
    """

    source: str
    target: str
    lines: list[Line]
    stamps: list[str] = field(default_factory=list)
    held_by: str | None = None

    @property
    def left(self) -> bool:
        """Whether the goods left: from then on no stamp says the state, but what became of the lines."""
        return "dispatch" in self.stamps

    @property
    def turned_back(self) -> bool:
        return "turn_back" in self.stamps

    @property
    def decision(self) -> str:
        """The state of goods that never left, by the newest stamp."""
        return next(BECOMES[stamp] for stamp in reversed(self.stamps) if stamp in BECOMES)


def shares(wanted: Lines, room: Mapping[str, int]) -> list[int]:
    """How much each line gets of what there is room for of its SKU: the first line takes first."""
    left = {sku: max(0, count) for sku, count in room.items()}
    given = []
    for sku, count in wanted:
        given.append(min(count, left[sku]))
        left[sku] -= given[-1]
    return given


def check_lines(lines: Lines) -> None:
    """Refuse a document without lines, or a line whose quantity is not a whole number above 0."""
    if not lines:
        raise Forbidden("a document without lines")
    for sku, quantity in lines:
        if type(quantity) is not int or quantity < 1:
            raise Forbidden(f"{quantity!r} {sku} is no quantity")


def check_counts(paper: Paper, counts: Sequence[int]) -> None:
    """Refuse an answer that is not a count for each line, or is 0 for all."""
    if len(counts) != len(paper.lines):
        raise Forbidden(f"{len(counts)} answers for {len(paper.lines)} lines")
    _check_said(counts)


def check_splits(paper: Paper, splits: Mapping[int, Sequence[int]], length: int) -> None:
    """Refuse an answer about a line that is not there or not in so many parts, or one that says nothing at all."""
    for line, split in splits.items():
        if type(line) is not int or not 1 <= line <= len(paper.lines):
            raise Forbidden(f"there is no line {line!r}")
        if len(split) != length:
            raise Forbidden(f"{split} has not {length} parts")
    _check_said([part for split in splits.values() for part in split])


def _check_said(counts: Collection[int]) -> None:
    for count in counts:
        if type(count) is not int or count < 0:
            raise Forbidden(f"{count!r} is no count")
    if not any(counts):
        raise Forbidden("nothing is said")
