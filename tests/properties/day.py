"""One random day in a small chain, told to the real commands and to the oracle alike.

Every command goes through the real `execute` on a real database. What should come of it is said beforehand: by the
oracle for goods and states, and for people, versions and hours by the few lines in `expected.py`. After everything that
took effect all that both know is compared (`compared.py`).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.ground.errors import KeyUsedBefore
from core.stock.arrivals import Valued
from core.trade.receipts import ReceiveGoods
from data.engine import Database
from tests.properties import requests, road, undo
from tests.properties.chain import Chain, Said
from tests.properties.expected import Paper, is_open, may_post
from tests.properties.undo import Posted
from tests.small_chain import EVERYBODY, HOLDERS, MAY_GO_BELOW, everything

# Around the limits of the routes, and such that some stock is left to go on with.
COUNTS = {"COLA": (1, 7, 23, 24, 48, 49), "SOAP": (1, 2, 3, 5), "RICE": (1, 333, 5_000, 10_001)}
LINE = st.one_of(*(st.tuples(st.just(sku), st.sampled_from(counts)) for sku, counts in COUNTS.items()))
LINES = st.lists(LINE, min_size=1, max_size=3)
VALUE = st.one_of(st.integers(0, 9), st.integers(0, 30_000))
STOCK = st.sampled_from((4, 2, 0, 10, 6))
PLACE = st.sampled_from(HOLDERS)
WAYS = [(source, target) for source in HOLDERS for target in HOLDERS if source != target]
# More often the direct route, those with a keep-back and a limit, and a way back.
ENDS = st.sampled_from([*WAYS, *3 * (("EQ", "BJ"), ("WH", "BJ")), *2 * (("BJ", "EQ"), ("XH", "WH"))])
PICK = st.integers(0, 999)
# Nobody named: the right one does it. Most of the time, so that days get somewhere.
WHO = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(EVERYBODY))
CLOCK = st.sampled_from(("system", "system", "system", "hq"))
BEHIND = st.sampled_from((0, 0, 0, 0, 0, 1))
SHARE = st.sampled_from((0, 0, 0, 0, 0, 10, 50, 100))
SHARES = st.tuples(*[st.tuples(SHARE, SHARE, SHARE)] * 3)
WRONG = st.sampled_from((0, 0, 0, 0, 0, 1, 2, 3))
SAID = st.builds(Said, WHO, BEHIND, PICK, SHARES, WRONG)
HALF_AND_THE_REST_LATER = Said(None, 0, 1, ((50, 0, 0),), 0)

STEPS = {**requests.STEPS, **road.STEPS}
RINGS = {"lapse": requests.lapse, "remind": road.remind, "escalate": road.escalate}
RING = st.sampled_from(sorted(RINGS))
# What may come next where it is open, the likely more often.
NEXT = {
    "submitted": ("approve", "approve", "approve", "approve", "freeze", "lapse", "remind", "reject"),
    "approved": (
        "dispatch",
        "dispatch",
        "dispatch",
        "receive",
        "receive",
        "receive",
        "freeze",
        "lapse",
        "remind",
        "cancel",
    ),
    "in_transit": (
        *("receive", "receive", "receive", "take_back", "take_back", "turn_back", "hold", "hold", "remind"),
        *(4 * ("keep",) + 3 * ("send_on",) + 2 * ("send_back",)),
    ),
    "returning": ("take_back", "take_back", "take_back", "remind"),
    "disputed": (
        *("receive", "take_back", *5 * ("write_off",), "escalate", "remind"),
        *("sent_more", "sent_more", "not_sent", "not_sent"),
    ),
}


class Day(RuleBasedStateMachine):
    """One day, in both books. `seen` counts what took effect, over all days."""

    def __init__(self, database: Database, seen: Counter[str]) -> None:
        super().__init__()
        self.chain = Chain(database.writer.connect(), seen)
        self.papers = self.chain.papers
        self.posted: list[Posted] = []

    def teardown(self) -> None:
        """Nothing of the day stays: its transaction is rolled back."""
        self.chain.connection.close()

    # Goods come and go.

    @initialize(
        stock=st.tuples(*[st.tuples(STOCK, VALUE)] * len(HOLDERS) * len(COUNTS)),
        asked=st.lists(st.tuples(ENDS, LINES, PICK, st.lists(SAID, min_size=2, max_size=9)), min_size=6, max_size=8),
        sales=st.lists(st.tuples(st.sampled_from(MAY_GO_BELOW), LINES), min_size=2, max_size=4),
    )
    def begins(self, stock: tuple[Any, ...], asked: list[Any], sales: list[Any]) -> None:
        """Opening stock, and something to go on with: the rest of the day is too short to begin much in it."""
        drawn = iter(stock)
        for place in HOLDERS:
            lines = [(sku, counts[-1], *next(drawn)) for sku, counts in COUNTS.items()]
            there = [(sku, many * packed, value_fen) for sku, packed, many, value_fen in lines if many]
            for line in there:
                self.chain.books.open(place, *line)
            if there:
                self.chain.acts("admin", self.chain.shop.opening(place, *there), None, "open")
        for ends, lines, pick, steps in asked:
            paper = requests.submit(self.chain, None, ends, lines, pick)
            self.chain.check()
            if paper and paper.pull and paper.rules.daily:  # and the same again: the two share the day's limit
                requests.submit(self.chain, None, ends, lines, pick)
            for said in steps if paper else ():
                self.go_on(paper, said)
        for place, lines in sales:
            self.sell(None, place, lines, 0)
        for posted in self.posted[:1]:
            undo.reverse(self.chain, posted, "hq", 0)

    @rule(who=WHO, place=PLACE, line=LINE, value_fen=VALUE)
    def goods_come(self, who: str | None, place: str, line: tuple[str, int], value_fen: int) -> None:
        who, (sku, quantity), shop = who or "buyer", line, self.chain.shop
        refusal, number = None if may_post(who, "goods_receipt", place) else "not_allowed", f"posted {len(self.posted)}"
        if refusal is None:
            self.chain.books.purchase(place, sku, quantity, value_fen, number)
        valued = (Valued(shop.skus[sku], quantity, value_fen),)
        command = ReceiveGoods(shop.places[place], shop.places["SUP"], valued)
        if answer := self.chain.acts(who, command, refusal, "goods come"):
            self.posted.append(Posted(answer.of_document, number, "goods_receipt", place, who, shop.now, [line]))

    @rule(who=WHO, place=PLACE, lines=LINES, late_hours=st.sampled_from((0, 0, 11, 50)))
    def sells(self, who: str | None, place: str, lines: list[tuple[str, int]], late_hours: int) -> None:
        self.sell(who, place, lines, late_hours)

    def sell(self, who: str | None, place: str, lines: list[tuple[str, int]], late_hours: int) -> None:
        who, shop = who or "system", self.chain.shop
        refusal = None if may_post(who, "sale", place) else "not_allowed"
        number = f"posted {len(self.posted)}"
        refusal = self.chain.tells(refusal, "not_enough_stock", "sell", place, lines, number)
        when = shop.now - timedelta(hours=late_hours)
        below = any(self.chain.books.shelves(place, sku)["available"] < 0 for sku, _ in lines)
        kinds = ["sale", *["sale below zero"][: not refusal and below], *["sale of two lines"][: len(lines) > 1]]
        if answer := self.chain.acts(who, shop.sale(place, *lines, occurred_at=when), refusal, *kinds):
            self.posted.append(Posted(answer.of_document, number, "sale", place, who, shop.now, list(lines)))

    @precondition(lambda self: self.posted)
    @rule(who=WHO, pick=PICK)
    def undoes(self, who: str | None, pick: int) -> None:
        """Somebody undoes a purchase or a sale, mostly the newest, and mostly who may."""
        recent = self.posted[-1 - pick % min(len(self.posted), 3)]
        undo.reverse(self.chain, recent, who or (None if pick % 2 else "hq"), pick)

    @precondition(lambda self: self.frozen_where_it_may_be_sold())
    @rule(pick=PICK, more=st.sampled_from((1, 3, 10_000)))
    def sells_what_is_frozen(self, pick: int, more: int) -> None:
        """The till sells from the shelf, whatever is frozen there; then some of what is left of it leaves at once."""
        pool = self.frozen_where_it_may_be_sold()
        paper = pool[pick % len(pool)]
        skus = {line["sku"] for line in self.chain.lines(paper) if line["frozen"]}
        there = {sku: self.chain.books.shelves(paper.source, sku)["available"] for sku in sorted(skus)}
        self.sell(None, paper.source, [(sku, max(count, 0) + more) for sku, count in there.items()], 0)
        self.chain.check()
        requests.dispatch(self.chain, paper, HALF_AND_THE_REST_LATER)

    def frozen_where_it_may_be_sold(self) -> list[Paper]:
        """The transfers that wait for their truck with frozen goods at a place that may go below zero."""
        waiting = [paper for paper in self.papers if paper.source in MAY_GO_BELOW and paper.lapses_at]
        return [paper for paper in waiting if self.chain.books.state(paper.number) == "approved"]

    # A transfer goes its way.

    @rule(who=WHO, ends=ENDS, lines=LINES, pick=PICK)
    def submits(self, who: str | None, ends: tuple[str, str], lines: list[tuple[str, int]], pick: int) -> None:
        requests.submit(self.chain, who, ends, lines, pick)

    @precondition(lambda self: self.papers)
    @rule(step=st.sampled_from(sorted(STEPS)), said=SAID)
    def takes_a_step(self, step: str, said: Said) -> None:
        """Any step by anybody, open or not."""
        STEPS[step](self.chain, self.chain.pick(said.pick, step), said)

    @precondition(lambda self: self.papers)
    @rule(pick=PICK, steps=st.lists(SAID, min_size=1, max_size=6))
    def goes_on(self, pick: int, steps: list[Said]) -> None:
        """What comes next, by the right people and in time: else few transfers would come far in a day."""
        going = [paper for paper in self.papers if self.chain.books.state(paper.number) in NEXT]
        for said in steps if going else ():
            self.go_on(going[pick % len(going)], said)

    def go_on(self, paper: Paper, said: Said) -> None:
        state = self.chain.books.state(paper.number)
        could = [step for step in NEXT.get(state, ()) if self.could(step, paper)]
        if not could:
            return
        step = could[self.chain.mixed(said.pick) % len(could)]
        if step in RINGS:
            self.chain.shop.now = max(self.chain.shop.now, paper.due_at(step) or self.chain.shop.now)
            RINGS[step](self.chain, paper, "system", 0)
        else:
            STEPS[step](self.chain, paper, said.right())
        self.chain.check()

    def could(self, step: str, paper: Paper) -> bool:
        """Whether a step is open, or the clock has something to do some time."""
        return paper.due_at(step) is not None if step in RINGS else is_open(step, paper, self.chain.books)

    @precondition(lambda self: self.papers)
    @rule(who=CLOCK, ring=RING, pick=PICK, hours=st.sampled_from((0, 1, 5, 30)), behind=BEHIND)
    def time_goes_by(self, who: str, ring: str, pick: int, hours: int, behind: int) -> None:
        """The clock comes, at the right time or at any."""
        shop, pool = self.chain.shop, [paper for paper in self.papers if paper.due_at(ring)]
        paper = pool[pick % len(pool)] if pool and pick % 8 != 7 else self.papers[pick % len(self.papers)]
        when = paper.due_at(ring)
        shop.now = max(shop.now, when) if when and pick % 4 else shop.now + timedelta(hours=hours)
        RINGS[ring](self.chain, paper, who, behind)

    # The same again.

    @precondition(lambda self: self.chain.last)
    @rule()
    def says_it_again(self) -> None:
        chain = self.chain
        who, command, key, answer = chain.last or pytest.fail("nothing was said")
        before = everything(chain.connection)
        assert chain.shop.does(who, command, key) == answer
        with pytest.raises(KeyUsedBefore):
            chain.shop.does(who, chain.shop.sale("XH", ("COLA", 77_777)), key)
        assert everything(chain.connection) == before
        chain.seen["said again"] += 1
        chain.last = None

    # What holds after every step.

    @invariant()
    def both_books_are_right(self) -> None:
        self.chain.check()
