"""Makes a day of the demo chain's history: what happens becomes commands, run by its people as if at its moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text, update
from sqlmodel import col

from core.execute import execute
from core.ground.commands import Answer, Command, Refused
from core.ground.documents import header
from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.approvals import who_may_decide
from core.people.directory import people, system
from core.stock import transfer_commands as transfers
from core.stock.arrivals import Valued
from core.stock.transfer_clock import due
from core.trade.receipts import ReceiveGoods
from core.trade.sales import RecordSale, Sold
from data.demo.happenings import (
    Arrival,
    ComeBack,
    Day,
    Delivery,
    Happening,
    Load,
    Request,
    Seen,
    TillRoll,
    What,
    Word,
    WriteOff,
)
from data.demo.plant import ids_by_code
from data.kinds import EventState
from data.statements import Statement, given
from data.tables.base import table_of
from data.tables.goods import Place, Sku
from data.tables.ground import Event

CHANNEL = "demo"
_IS_NEW = text("event.state = 'new'")  # in the words of the partial index
_TELL_NOBODY = Statement(
    update(table_of(Event)).where(_IS_NEW, col(Event.document_id) == given("about_id")).values(state=EventState.DONE)
)


class Days:
    """Runs days in their order, in the caller's transactions. It remembers which transfer is which by their names."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        """The chain is planted."""
        work = Work(connection, now)
        self._places, self._skus = ids_by_code(connection, Place), ids_by_code(connection, Sku)
        self._people = {one.code: one for one in people(work)}
        self._clock = system(work)
        self._documents: dict[str, int] = {}

    def make(self, connection: Connection, day: Day) -> None:
        """Run all that happens on a day, and what the clock does by its end. Whoever is told hears only what is news.

        Raises ValueError for what is refused: then history does not fit the rules.
        """
        for happening in day.happenings:
            answer = self._run(Work(connection, happening.at), happening)
            if not happening.news:
                _tell_nobody(Work(connection, happening.at), answer)
        work = Work(connection, day.ends_at)
        for found in due(work):
            _tell_nobody(work, _executed(work.by(self._clock, CHANNEL), found.command, found.key))

    def recall(self, connection: Connection, day: Day) -> None:
        """Learn which transfers a day began that is made already: asked for again, they are only named."""
        for happening in day.happenings:
            if isinstance(happening.what, Request):
                self._run(Work(connection, happening.at), happening)

    def _run(self, work: Work, happening: Happening) -> Answer:
        what = happening.what
        command = self._command(work, what)
        work = work.by(self._who(work, happening), CHANNEL)
        answer = _executed(work, command, f"{CHANNEL}.{happening.key}")
        if isinstance(what, Request):
            self._documents[what.name] = answer.of_document
        return answer

    def _who(self, work: Work, happening: Happening) -> Actor:
        """Who it says, else the first of those whom the transfer asks for their word."""
        if happening.who is not None:
            return self._people[happening.who]
        if not isinstance(happening.what, Word):
            raise ValueError(f"nobody does {happening.key}")
        return who_may_decide(work, header(work, self._documents[happening.what.name]))[0]

    def _command(self, work: Work, what: What) -> Command:
        match what:
            case TillRoll(place, goods):
                return RecordSale(self._places[place], tuple(Sold(self._skus[one.sku], one.count) for one in goods))
            case Delivery(supplier, place, priced):
                lines = tuple(Valued(self._skus[one.sku], one.count, value) for one, value in priced)
                return ReceiveGoods(self._places[place], self._places[supplier], lines)
            case Request(_, source, target, goods, reason):
                asked = tuple(transfers.Asked(self._skus[one.sku], one.count, one.unit) for one in goods)
                return transfers.SubmitTransfer(self._places[source], self._places[target], asked, reason)
            case Word() | Load() | Arrival() | ComeBack() | WriteOff():
                document_id = self._documents[what.name]
                return _step(document_id, header(work, document_id).version, what)


def _step(document_id: int, version: int, what: Word | Load | Arrival | ComeBack | WriteOff) -> Command:
    """A step of a transfer as it stands."""
    match what:
        case Word(_, None):
            return transfers.ApproveTransfer(document_id, version)
        case Word(_, refusal):
            return transfers.RejectTransfer(document_id, version, refusal)
        case Load(_, less, reason):
            loaded = tuple(transfers.Counted(line, count) for line, count in less)
            return transfers.DispatchTransfer(document_id, version, loaded, reason)
        case Arrival(_, lines):
            return transfers.ReceiveTransfer(document_id, version, tuple(_arrived(lines)))
        case ComeBack(_, lines):
            taken = tuple(transfers.TakenBack(one.line, one.good, one.damaged) for one in lines)
            return transfers.TakeBack(document_id, version, taken)
        case WriteOff(_, bearer):
            return transfers.WriteOffMissing(document_id, version, bearer)


def _arrived(lines: Iterable[Seen]) -> Iterable[transfers.Arrived]:
    for one in lines:
        yield transfers.Arrived(
            one.line,
            good=one.good,
            damaged=one.damaged,
            missing=one.missing,
            refused=one.refused,
            for_supplier=one.for_supplier,
        )


def _executed(work: Work, command: Command, key: str) -> Answer:
    answer = execute(work, command, key=key)
    if isinstance(answer, Refused):
        raise ValueError(f"{key} was refused: {answer.code} {dict(answer.facts)}")
    return answer


def _tell_nobody(work: Work, answer: Answer) -> None:
    """Mark what there is to tell of this document as told: it was, on its day."""
    if answer.document_id is not None:
        work.run(_TELL_NOBODY, about_id=answer.document_id)
