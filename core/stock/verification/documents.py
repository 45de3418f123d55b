"""Verifies documents, page by page: each has the postings it should have, and transfers' lines say what these did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Text, case, func, select, type_coerce
from sqlmodel import col

from core.ground.work import Work, picked
from core.stock.verification.reversals import verify_reversals
from core.stock.verification.steps import Paper, verify_steps_of, within
from core.stock.verification.tally import Check, Look, Part, Tally
from data.kinds import Cause, DocumentKind, Shelf
from data.statements import Statement, given
from data.tables.stock import Document, Posting, TransferLine

PAGE = 500
BEYOND = 2**62
"""After the last document: a posting may name one that is not there."""
CAUSE_OF: Mapping[DocumentKind, Cause] = MappingProxyType(
    {
        DocumentKind.OPENING: Cause.OPENING,
        DocumentKind.GOODS_RECEIPT: Cause.PURCHASE_RECEIPT,
        DocumentKind.SALE: Cause.SALE,
    }
)
"""What moves the goods of a document that is posted at once. Beside it there are only true-ups."""
AVAILABLE, RESERVED, BLOCKED = Shelf.AVAILABLE.value, Shelf.RESERVED.value, Shelf.BLOCKED.value
IN_TRANSIT = Shelf.IN_TRANSIT.value
SOURCE, TARGET, EDGE = "source", "target", "edge"
# A transfer's posting: its cause, from where, to where; and what it adds to its line.
MOVES: Mapping[tuple[str, str, str | None, str, str | None], Mapping[str, int]] = MappingProxyType(
    {
        ("freeze", SOURCE, AVAILABLE, SOURCE, RESERVED): {"frozen": 1},
        ("release", SOURCE, RESERVED, SOURCE, AVAILABLE): {"frozen": -1},
        ("dispatch", SOURCE, RESERVED, SOURCE, IN_TRANSIT): {"frozen": -1, "dispatched": 1},
        ("dispatch", SOURCE, AVAILABLE, SOURCE, IN_TRANSIT): {"dispatched": 1},
        ("transfer_in", SOURCE, IN_TRANSIT, TARGET, AVAILABLE): {"received": 1},
        ("transfer_in", SOURCE, IN_TRANSIT, TARGET, BLOCKED): {"for_supplier": 1},
        ("transfer_damage", SOURCE, IN_TRANSIT, TARGET, BLOCKED): {"damaged": 1},
        ("take_back", SOURCE, IN_TRANSIT, SOURCE, AVAILABLE): {"returned": 1},
        ("take_back", SOURCE, IN_TRANSIT, SOURCE, BLOCKED): {"returned": 1},
        ("transfer_loss", SOURCE, IN_TRANSIT, EDGE, None): {"lost": 1},
        # What came above the dispatch, where the source said that it had sent more.
        ("transfer_in", SOURCE, AVAILABLE, TARGET, AVAILABLE): {"dispatched": 1, "received": 1},
    }
)
LEFT_ROAD = ("received", "damaged", "for_supplier", "returned", "lost")


@dataclass(frozen=True, slots=True)
class Said:
    """What a transfer's line says of itself."""

    document_id: int
    line: int
    sku_id: int
    frozen: int
    dispatched: int
    received: int
    damaged: int
    for_supplier: int
    returned: int
    lost: int
    refused: int
    missing: int
    value_fen: int
    value_left_fen: int


BY_POSTINGS = tuple(
    field.name for field in fields(Said) if field.name not in ("document_id", "line", "sku_id", "refused", "missing")
)


_IDS = Statement(
    select(col(Document.id)).where(col(Document.id) > given("after")).order_by(col(Document.id)).limit(PAGE)
)
_PAPERS = Statement(picked(Document, Paper).where(*within(Document.id)).order_by(col(Document.id)))
_LINES = Statement(
    picked(TransferLine, Said)
    .where(*within(TransferLine.document_id))
    .order_by(col(TransferLine.document_id), col(TransferLine.line))
)
_LINE, _CAUSE = col(Posting.line), type_coerce(col(Posting.cause), Text)
_MOVES_GOODS = col(Posting.cause) != Cause.TRUE_UP
_ENDS = (Posting.source_id, Posting.target_id)
_COUNTED = case((_MOVES_GOODS, 1), else_=0)
# Lines that are 1, 2, ... n, each once, are n, at most n, and have these two sums.
_BOOKED = Statement(
    select(
        col(Posting.document_id),
        func.sum(_COUNTED),
        func.max(case((_MOVES_GOODS, _LINE), else_=0)),
        func.sum(_COUNTED * _LINE),
        func.sum(_COUNTED * _LINE * _LINE),
        func.min(case((_MOVES_GOODS, _CAUSE))),
        func.max(case((_MOVES_GOODS, _CAUSE))),
        *(end(case((_MOVES_GOODS, col(at)))) for at in _ENDS for end in (func.min, func.max)),
    )
    .where(*within(Posting.document_id))
    .group_by(col(Posting.document_id))
)
_OF_TRANSFERS = Statement(
    select(
        col(Posting.document_id),
        _LINE,
        col(Posting.sku_id),
        _CAUSE,
        col(Posting.source_id),
        type_coerce(col(Posting.source_shelf), Text),
        col(Posting.target_id),
        type_coerce(col(Posting.target_shelf), Text),
        col(Posting.quantity),
        col(Posting.value_fen),
    )
    .join(Document, col(Document.id) == col(Posting.document_id))
    .where(*within(Document.id), col(Document.kind) == DocumentKind.TRANSFER)
)


def verify_documents(look: Look) -> Iterator[Part]:
    """Every document with its lines, its postings and its steps: some hundred of them on one snapshot.

    A step writes all of these in one commit, so a snapshot has all of it or nothing.
    """
    first, newest = look(_span)
    after: int | None = 0
    while after is not None:
        after, last, tally = look(partial(_one_page, after=after))
        yield Part("documents", max(last - first, 0) + 1, max(newest, last) - first + 1, tally)


def _span(work: Work) -> tuple[int, int]:
    row = work.all(select(func.min(col(Document.id)), func.max(col(Document.id))))[0]
    return int(row[0] or 0), int(row[1] or 0)


def _one_page(work: Work, after: int) -> tuple[int | None, int, Tally]:
    """The documents above a number: where to go on (None at the end), the last number, what they come to."""
    ids = [int(row[0] or 0) for row in work.rows(_IDS, after=after)]
    there_are_more = len(ids) == PAGE
    last = ids[-1] if ids else after
    page = {"after": after, "last": last if there_are_more else BEYOND}
    papers, tally = {paper.id: paper for paper in (Paper(*row) for row in work.rows(_PAPERS, **page))}, Tally()
    _postings(work, papers, page, tally)
    _lines(work, papers, page, tally)
    verify_reversals(work, papers, page, tally)
    verify_steps_of(work, papers, page, tally)
    return (last if there_are_more else None), last, tally


def _postings(work: Work, papers: Mapping[int, Paper], page: Mapping[str, int], tally: Tally) -> None:
    """What is posted at once has moved goods, line by line, for one cause; no posting is of no document."""
    booked = {document_id: figures for document_id, *figures in work.rows(_BOOKED, **page)}
    tally.compared[Check.DOCUMENTS] += len(papers)
    for paper in papers.values():
        figures = booked.pop(paper.id, None)
        cause = CAUSE_OF.get(paper.kind)
        if cause is None:
            continue
        if paper.reverses_id is not None:
            cause = Cause.REVERSAL
        if figures is None:
            tally.find(Check.DOCUMENTS, "without_postings", document_id=paper.id, kind=paper.kind)
            continue
        if set(figures[6:]) != {paper.place_id, paper.other_place_id}:
            tally.find(Check.DOCUMENTS, "places", document_id=paper.id, kind=paper.kind)
        if set(figures[4:6]) != {cause.value}:
            found = sorted({str(one) for one in figures[4:6]} - {cause.value})
            tally.find(
                Check.DOCUMENTS, "cause", document_id=paper.id, kind=paper.kind, expected=cause.value, found=found
            )
        count = int(figures[0])
        # A reversal has the line numbers of what it takes back, of which some may be left out.
        if paper.reverses_id is None and [int(one) for one in figures[1:4]] != _sums_to(count):
            tally.find(Check.DOCUMENTS, "line_numbers", document_id=paper.id, kind=paper.kind, found=count)
    for document_id in booked:
        tally.find(Check.DOCUMENTS, "without_document", document_id=document_id, kind=None)


def _sums_to(count: int) -> list[int]:
    """The last of 1, 2, ... count, their sum, and the sum of their squares."""
    return [count, count * (count + 1) // 2, count * (count + 1) * (2 * count + 1) // 6]


def _lines(work: Work, papers: Mapping[int, Paper], page: Mapping[str, int], tally: Tally) -> None:
    """Each line of a transfer says what its postings did, and no more is refused or missing than lies on the road."""
    moved = _moved(papers, work.rows(_OF_TRANSFERS, **page), tally)
    bare = {paper.id for paper in papers.values() if paper.kind is DocumentKind.TRANSFER}
    for line in (Said(*row) for row in work.rows(_LINES, **page)):
        tally.compared[Check.TRANSFER_LINES] += 1
        bare.discard(line.document_id)
        facts = {
            "document_id": line.document_id,
            "kind": DocumentKind.TRANSFER,
            "line": line.line,
            "sku_id": line.sku_id,
        }
        adds = moved.pop((line.document_id, line.line, line.sku_id), Counter())
        for name in BY_POSTINGS:
            if getattr(line, name) != adds[name]:
                found = getattr(line, name)
                tally.find(Check.TRANSFER_LINES, "line", **facts, column=name, expected=adds[name], found=found)
        road = line.dispatched - sum(getattr(line, name) for name in LEFT_ROAD)
        if line.refused + line.missing > road:
            tally.find(Check.TRANSFER_LINES, "road", **facts, expected=road, found=line.refused + line.missing)
    for document_id in sorted(bare):
        tally.find(Check.TRANSFER_LINES, "without_lines", document_id=document_id, kind=DocumentKind.TRANSFER)
    for document_id, number, sku_id in moved:
        facts = {"document_id": document_id, "kind": DocumentKind.TRANSFER, "line": number, "sku_id": sku_id}
        tally.find(Check.TRANSFER_LINES, "line_missing", **facts)


def _moved(
    papers: Mapping[int, Paper], rows: Sequence[tuple[Any, ...]], tally: Tally
) -> dict[tuple[int, int, int], Counter[str]]:
    """What the postings make of each line, by document, line and SKU. A move that no transfer makes is found."""
    lines: dict[tuple[int, int, int], Counter[str]] = {}
    for document_id, line, sku_id, cause, source, shelf, target, goal, count, value in rows:
        if cause == Cause.TRUE_UP.value:
            continue
        paper = papers[document_id]
        ends = (_end(paper, source, shelf), shelf, _end(paper, target, goal), goal)
        adds = MOVES.get((cause, *ends))
        if adds is None:
            facts = {"document_id": document_id, "kind": paper.kind, "line": line, "sku_id": sku_id}
            tally.find(Check.TRANSFER_LINES, "move", **facts, cause=cause)
            continue
        of_line = lines.setdefault((document_id, line, sku_id), Counter())
        for name, sign in adds.items():
            of_line[name] += sign * count
        if "dispatched" in adds:
            of_line["value_fen"] += value
        of_line["value_left_fen"] += value * ((goal == IN_TRANSIT) - (shelf == IN_TRANSIT))
    return lines


def _end(paper: Paper, place_id: int, shelf: str | None) -> str:
    if shelf is None:
        return EDGE
    return {paper.place_id: SOURCE, paper.other_place_id: TARGET}.get(place_id, "elsewhere")
