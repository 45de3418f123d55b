"""What people want of a transfer: the commands, from the request to the arrival."""

from __future__ import annotations

from dataclasses import dataclass

from core.ground.commands import Command
from core.stock.transfer_lines import Arrived


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a request: a SKU, a count in smallest units, and the unit it was said in (for showing it again)."""

    sku_id: int
    count: int
    unit: str


@dataclass(frozen=True)
class SubmitTransfer(Command):
    """Ask for goods to go from a place to another; they are frozen at the source at once."""

    source_id: int
    target_id: int
    lines: tuple[Asked, ...]


@dataclass(frozen=True)
class ApproveTransfer(Command):
    """Let a submitted transfer go on."""

    document_id: int
    version: int


@dataclass(frozen=True)
class RejectTransfer(Command):
    """Refuse a submitted transfer; its goods are free again."""

    document_id: int
    version: int
    reason: str | None = None


@dataclass(frozen=True)
class CancelTransfer(Command):
    """Withdraw a transfer that was not dispatched; its goods are free again."""

    document_id: int
    version: int


@dataclass(frozen=True)
class DispatchTransfer(Command):
    """The goods have left: everything that was asked is on the road."""

    document_id: int
    version: int


@dataclass(frozen=True)
class ReceiveTransfer(Command):
    """The goods have arrived, all of them or short: one `Arrived` for each line."""

    document_id: int
    version: int
    arrived: tuple[Arrived, ...]


@dataclass(frozen=True)
class LapseTransfer(Command):
    """Let the freeze of a transfer go that waited too long. Its state stays."""

    document_id: int
    version: int
