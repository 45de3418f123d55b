"""What people want of a transfer: the commands, from the request to the last unit that is accounted for."""

from __future__ import annotations

from dataclasses import dataclass

from core.ground.commands import Command
from core.ground.quantity import whole
from data.kinds import Bearer, LoadReason, ReturnReason


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a request: a SKU, a count in smallest units, and the unit it was said in (for showing it again)."""

    sku_id: int
    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of one line, in smallest units. Raises TypeError or ValueError for what is no count."""

    line: int
    count: int

    def __post_init__(self) -> None:
        whole(self.count)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the receiver saw of one line, in smallest units; what is not said of it is on the next truck.

    `missing` will not come; `refused` goes back to the source; `over` is above what was sent; `for_supplier` is for
    returns to the warehouse only.
    """

    line: int
    good: int = 0
    damaged: int = 0
    missing: int = 0
    refused: int = 0
    for_supplier: int = 0
    over: int = 0

    def __post_init__(self) -> None:
        for count in (self.good, self.damaged, self.missing, self.refused, self.for_supplier, self.over):
            whole(count)

    @property
    def taken(self) -> int:
        """What was there to be seen, of what was sent."""
        return self.good + self.damaged + self.refused + self.for_supplier


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What the source saw of one line that came back, in smallest units."""

    line: int
    good: int = 0
    damaged: int = 0
    missing: int = 0

    def __post_init__(self) -> None:
        for count in (self.good, self.damaged, self.missing):
            whole(count)


@dataclass(frozen=True)
class SubmitTransfer(Command):
    """Ask for goods to go from a place to another. With a `return_reason` it is a return to the warehouse (退仓)."""

    source_id: int
    target_id: int
    lines: tuple[Asked, ...]
    return_reason: ReturnReason | None = None


@dataclass(frozen=True)
class StepCommand(Command):
    """A step of one transfer, as somebody saw it: at another version it is not the same transfer any more."""

    document_id: int
    version: int


@dataclass(frozen=True)
class ApproveTransfer(StepCommand):
    """Let a submitted transfer go on. Lines that are named are approved with this count, the others with all."""

    counts: tuple[Counted, ...] = ()


@dataclass(frozen=True)
class RejectTransfer(StepCommand):
    """Refuse a submitted transfer; its goods are free again."""

    reason: str | None = None


@dataclass(frozen=True)
class CancelTransfer(StepCommand):
    """Withdraw a transfer that was not dispatched; its goods are free again."""


@dataclass(frozen=True)
class FreezeTransfer(StepCommand):
    """Ask again for goods whose freeze has lapsed."""


@dataclass(frozen=True)
class DispatchTransfer(StepCommand):
    """The goods have left. Lines that are named were loaded with this count, the others with all that was approved.

    Less needs a `reason`; the rest is free again, or (`rest_later`) waits in a second transfer.
    """

    loaded: tuple[Counted, ...] = ()
    reason: LoadReason | None = None
    rest_later: bool = False


@dataclass(frozen=True)
class ReceiveTransfer(StepCommand):
    """Goods have arrived, all of them or a part."""

    arrived: tuple[Arrived, ...]


@dataclass(frozen=True)
class TurnBack(StepCommand):
    """Call goods on the road back to where they came from."""


@dataclass(frozen=True)
class TakeBack(StepCommand):
    """Goods that were refused, turned back or thought missing are at the source again."""

    taken: tuple[TakenBack, ...]


@dataclass(frozen=True)
class WriteOffMissing(StepCommand):
    """Give missing goods up as lost: all of them, or these counts."""

    bearer: Bearer
    counts: tuple[Counted, ...] = ()


@dataclass(frozen=True)
class SentMore(StepCommand):
    """The source says that it sent what arrived above the dispatch."""


@dataclass(frozen=True)
class NotSent(StepCommand):
    """The source says that it did not send more; nothing is posted."""


@dataclass(frozen=True)
class HoldTransfer(StepCommand):
    """A third place has these goods on its truck by mistake."""

    place_id: int


@dataclass(frozen=True)
class KeepHeld(StepCommand):
    """Goods that another store holds stay there: it is their target from now on."""


@dataclass(frozen=True)
class SendHeldOn(StepCommand):
    """Goods that another store holds go on to where they belong."""


@dataclass(frozen=True)
class SendHeldBack(StepCommand):
    """Goods that another store holds go back to where they came from."""


@dataclass(frozen=True)
class NudgeTransfer(StepCommand):
    """Whoever asked has those told whom the transfer waits for, once an hour at most (催一下)."""


@dataclass(frozen=True)
class LapseTransfer(StepCommand):
    """Let the freeze of a transfer go that waited too long. Its state stays."""


@dataclass(frozen=True)
class RemindTransfer(StepCommand):
    """Tell those who keep a transfer waiting that it waits."""


@dataclass(frozen=True)
class EscalateDispute(StepCommand):
    """Nobody answered in time: the next one up the ladder is asked. Silence settles nothing."""
