"""All the books, part by part. Wrong books are findings, and whoever writes meanwhile is not held up.

It shares no arithmetic with what writes the books, or it would repeat its mistakes: it adds postings up, plainly, in
their order. `goods.py` and `days.py` hold balances and daily totals against them, `road.py` what
transfers say, `documents.py` and `steps.py` the documents and how they came to where they stand,
`done.py` what people were told, `numbers.py` what was taken out.

Each part looks at its own snapshot: what belongs together is written in one commit, so a snapshot has all of it or
nothing, and whatever is written meanwhile is no finding. Snapshots are short, so no log grows behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from core.ground.work import Work
from core.stock.verification.days import verify_days
from core.stock.verification.documents import verify_documents
from core.stock.verification.done import verify_done
from core.stock.verification.goods import verify_goods
from core.stock.verification.numbers import verify_numbers
from core.stock.verification.road import verify_road
from core.stock.verification.tally import Look, Part
from data.tables.stock import Posting

STAGES = (verify_goods, verify_days, verify_road, verify_documents, verify_done, verify_numbers)


@dataclass(frozen=True, slots=True)
class Latest:
    """The last posting there is, and when it was written: up to here at least everything is looked at."""

    posting_id: int
    posted_at: datetime


def latest(work: Work) -> Latest | None:
    """Until where a verification that begins now looks; None where nothing was ever posted."""
    row = work.first(select(col(Posting.id), col(Posting.posted_at)).order_by(col(Posting.id).desc()).limit(1))
    return None if row is None else Latest(int(row[0] or 0), row[1])


def verify(look: Look) -> Iterator[Part]:
    """The books, part by part, in the order of the stages. Raises nothing for what it finds."""
    for stage in STAGES:
        yield from stage(look)
