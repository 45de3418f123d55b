"""One random day in a small chain, told to the real commands and to the oracle alike.

Every command goes through the real `execute` on a real database. What should come of it is said beforehand: by the
oracle for goods and states, and for people, versions and hours by the few lines in `expected.py`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from core.ground.commands import Answer, Command, Refused
from core.ground.errors import KeyUsedBefore
from core.stock.arrivals import Valued
from core.stock.transfer_commands import (
    ApproveTransfer,
    CancelTransfer,
    DispatchTransfer,
    LapseTransfer,
    ReceiveTransfer,
    RejectTransfer,
)
from core.stock.transfer_lines import Arrived
from core.trade.receipts import ReceiveGoods
from data.engine import Database
from tests.oracle.books import Books, Forbidden
from tests.properties.expected import Paper, asked_role, may, may_post, may_submit
from tests.properties.replay import SHELVES, check_books
from tests.small_chain import EVERYBODY, HOLDERS, MAY_GO_BELOW, Shop, everything

# Around the limits of the routes, and such that some stock is left to go on with.
COUNTS = {"COLA": (1, 7, 23, 24, 48, 49), "SOAP": (1, 2, 3, 5), "RICE": (1, 333, 5_000, 10_001)}
LINE = st.one_of(*(st.tuples(st.just(sku), st.sampled_from(counts)) for sku, counts in COUNTS.items()))
LINES = st.lists(LINE, min_size=1, max_size=3)
VALUE = st.one_of(st.integers(0, 9), st.integers(0, 30_000))
STOCK = st.sampled_from((4, 1, 0, 10))
PLACE = st.sampled_from(HOLDERS)
ENDS = st.sampled_from([(source, target) for source in HOLDERS for target in HOLDERS if source != target])
PICK = st.integers(0, 999)
# Nobody named: the right one does it. Most of the time, so that days get somewhere.
WHO = st.one_of(st.none(), st.none(), st.none(), st.sampled_from(EVERYBODY))
DECIDER = st.one_of(WHO, st.just("who asked"))
BEHIND = st.sampled_from((0, 0, 0, 0, 0, 1))
SHARE = st.sampled_from((0, 0, 0, 10, 50, 100))
SHARES = st.tuples(*[st.tuples(SHARE, SHARE)] * 3)

Shares = tuple[tuple[int, int], ...]


class Day(RuleBasedStateMachine):
    """One day, and the oracle's books of it. `seen` counts what took effect, over all days."""

    def __init__(self, database: Database, seen: Counter[str]) -> None:
        super().__init__()
        self.seen = seen
        self.connection = database.writer.connect()
        self.shop = Shop(self.connection)
        self.books = Books()
        for place in HOLDERS:
            self.books.place(place, may_go_below=place in MAY_GO_BELOW)
        self.papers: list[Paper] = []
        self.last: tuple[str, Command, str, Answer] | None = None
        self.keys = 0

    def teardown(self) -> None:
        """Nothing of the day stays: its transaction is rolled back."""
        self.connection.close()

    # Goods come and go.

    @initialize(
        stock=st.tuples(*[st.tuples(STOCK, VALUE)] * len(HOLDERS) * len(COUNTS)),
        requests=st.lists(st.tuples(ENDS, LINES, PICK, st.lists(SHARES, max_size=3)), min_size=4, max_size=6),
        sales=st.lists(st.tuples(st.sampled_from(MAY_GO_BELOW), LINES), min_size=2, max_size=4),
    )
    def begins(self, stock: tuple[Any, ...], requests: list[Any], sales: list[Any]) -> None:
        """Opening stock, and something to go on with: the rest of the day is too short to begin much in it."""
        drawn = iter(stock)
        for place in HOLDERS:
            lines = [(sku, counts[-1], *next(drawn)) for sku, counts in COUNTS.items()]
            there = [(sku, many * packed, value_fen) for sku, packed, many, value_fen in lines if many]
            for line in there:
                self.books.open(place, *line)
            if there:
                self.acts("admin", self.shop.opening(place, *there), None, "open")
        for ends, lines, pull, steps in requests:
            if self.submit(None, ends, lines, pull):
                for shares in steps:
                    self.go_on(self.papers[-1], shares)
        for place, lines in sales:
            self.sell(None, place, lines, 0)

    @rule(who=WHO, place=PLACE, line=LINE, value_fen=VALUE)
    def goods_come(self, who: str | None, place: str, line: tuple[str, int], value_fen: int) -> None:
        who, (sku, quantity) = who or "buyer", line
        refusal = None if may_post(who, "goods_receipt", place) else "not_allowed"
        if refusal is None:
            self.books.purchase(place, sku, quantity, value_fen)
        valued = (Valued(self.shop.skus[sku], quantity, value_fen),)
        self.acts(who, ReceiveGoods(self.shop.places[place], self.shop.places["SUP"], valued), refusal, "goods come")

    @rule(who=WHO, place=PLACE, lines=LINES, late_hours=st.sampled_from((0, 0, 11, 50)))
    def sells(self, who: str | None, place: str, lines: list[tuple[str, int]], late_hours: int) -> None:
        self.sell(who, place, lines, late_hours)

    def sell(self, who: str | None, place: str, lines: list[tuple[str, int]], late_hours: int) -> None:
        who = who or "system"
        refusal = None if may_post(who, "sale", place) else "not_allowed"
        refusal = refusal or self.forbidden("not_enough_stock", "sell", place, lines)
        when = self.shop.now - timedelta(hours=late_hours)
        below = any(self.books.shelves(place, sku)["available"] < 0 for sku, _ in lines)
        kinds = ["sale", *["sale below zero"][: not refusal and below], *["sale of two lines"][: len(lines) > 1]]
        self.acts(who, self.shop.sale(place, *lines, occurred_at=when), refusal, *kinds)

    # A transfer goes its way.

    @rule(who=WHO, ends=ENDS, lines=LINES, pull=PICK)
    def submits(self, who: str | None, ends: tuple[str, str], lines: list[tuple[str, int]], pull: int) -> None:
        self.submit(who, ends, lines, pull)

    def submit(self, who: str | None, ends: tuple[str, str], lines: list[tuple[str, int]], pull: int) -> bool:
        source, target = ends
        able = [one for one in EVERYBODY if may_submit(one, source if pull % 2 else target)]
        who = who or able[pull % len(able)]
        number = f"paper {len(self.papers)}"
        refusal = None if may_submit(who, source) or may_submit(who, target) else "not_allowed"
        refusal = refusal or self.forbidden("not_enough_stock", "submit", number, source, target, lines)
        role = asked_role(who, source, target, lines)
        kind = "pull" if not may_submit(who, source) else "push" if role is None else "push over the limit"
        answer = self.acts(who, self.shop.request(source, target, *lines), refusal, kind)
        if answer:
            paper = Paper(answer.document_id, number, source, target, who, role)
            paper.freeze(self.shop.now, waits=role is not None)
            self.papers.append(paper)
            if role is None:
                self.books.approve(number)
                paper.version += 1
        return answer is not None

    @precondition(lambda self: self.any_in("submitted"))
    @rule(who=DECIDER, pick=PICK, behind=BEHIND)
    def approves(self, who: str | None, pick: int, behind: int) -> None:
        self.approve(who, self.pick(pick, "submitted"), behind)

    def approve(self, who: str | None, paper: Paper, behind: int) -> None:
        who = paper.requester if who == "who asked" else who or paper.right_one("approve")
        refusal = self.decision_refused(who, paper, behind) or self.forbidden("", "approve", paper.number)
        if self.acts(who, ApproveTransfer(paper.id, paper.version - behind), refusal, "approve"):
            paper.version += 1
            if paper.lapses_at:
                paper.freeze(self.shop.now, waits=False)

    @precondition(lambda self: self.papers)
    @rule(who=WHO, pick=PICK, behind=BEHIND)
    def rejects(self, who: str | None, pick: int, behind: int) -> None:
        paper = self.pick(pick, "submitted")
        who = who or paper.right_one("approve")
        refusal = self.decision_refused(who, paper, behind) or self.forbidden("", "reject", paper.number)
        if self.acts(who, RejectTransfer(paper.id, paper.version - behind, "不行"), refusal, "reject"):
            paper.close()

    @precondition(lambda self: self.papers)
    @rule(who=WHO, pick=PICK, behind=BEHIND)
    def cancels(self, who: str | None, pick: int, behind: int) -> None:
        paper = self.pick(pick, "submitted", "approved")
        who = who or paper.requester
        refusal = self.step_refused(who, paper, "cancel", behind, "submitted", "approved")
        refusal = refusal or self.forbidden("", "cancel", paper.number)
        if self.acts(who, CancelTransfer(paper.id, paper.version - behind), refusal, "cancel"):
            paper.close()

    @precondition(lambda self: self.any_in("approved"))
    @rule(who=WHO, pick=PICK, behind=BEHIND)
    def dispatches(self, who: str | None, pick: int, behind: int) -> None:
        self.dispatch(who, self.pick(pick, "approved"), behind)

    def dispatch(self, who: str | None, paper: Paper, behind: int) -> None:
        who = who or paper.right_one("dispatch")
        refusal = self.step_refused(who, paper, "dispatch", behind, "approved")
        refusal = refusal or self.forbidden("not_enough_stock", "dispatch", paper.number)
        kind = "dispatch" if paper.lapses_at else "dispatch after a lapse"
        if self.acts(who, DispatchTransfer(paper.id, paper.version - behind), refusal, kind):
            paper.close()
            paper.dispatched_by = who

    @precondition(lambda self: self.any_in("in_transit"))
    @rule(
        who=WHO,
        pick=PICK,
        behind=BEHIND,
        shares=SHARES,
        over=st.sampled_from((0, 0, 1)),
    )
    def receives(self, who: str | None, pick: int, behind: int, shares: Shares, over: int) -> None:
        self.receive(who, self.pick(pick, "in_transit"), behind, shares, over)

    def receive(self, who: str | None, paper: Paper, behind: int, shares: Shares, over: int) -> None:
        who = who or paper.right_one("receive")
        lines = self.shop.rows(f"select dispatched from transfer_line where document_id = {paper.id} order by line")
        splits = [split(line["dispatched"], *share) for line, share in zip(lines, shares, strict=False)]
        splits[0] = (splits[0][0] + over, *splits[0][1:])
        refusal = self.step_refused(who, paper, "receive", behind, "in_transit")
        refusal = refusal or self.forbidden("does_not_add_up", "receive", paper.number, splits)
        short, damaged = any(one[2] for one in splits), any(one[1] for one in splits)
        kinds = ["receive short" if short else "receive all", *["receive damaged"][:damaged]]
        arrived = tuple(Arrived(line, *counts) for line, counts in enumerate(splits, 1))
        if self.acts(who, ReceiveTransfer(paper.id, paper.version - behind, arrived), refusal, *kinds):
            paper.close()

    @precondition(lambda self: any(self.any_in(state) for state in ("submitted", "approved", "in_transit")))
    @rule(pick=PICK, shares=SHARES, late=BEHIND)
    def goes_on(self, pick: int, shares: Shares, late: int) -> None:
        """The next step, by the right person, in time or after a lapse: else few transfers would come far in a day."""
        paper = self.pick(pick, "submitted", "approved", "in_transit")
        if late and paper.lapses_at:
            self.shop.now = paper.lapses_at
            self.lapse("system", paper)
        self.go_on(paper, shares)

    def go_on(self, paper: Paper, shares: Shares) -> None:
        state = self.books.state(paper.number)
        if state == "submitted":
            self.approve(None, paper, 0)
        elif state == "approved":
            self.dispatch(None, paper, 0)
        elif state == "in_transit":
            self.receive(None, paper, 0, shares, 0)

    @precondition(lambda self: any(paper.lapses_at for paper in self.papers))
    @rule(
        who=st.sampled_from(("system", "system", "system", "hq")), pick=PICK, hours=st.sampled_from((0, 1, 5, 30, 50))
    )
    def time_goes_by(self, who: str, pick: int, hours: int) -> None:
        self.shop.now += timedelta(hours=hours)
        frozen = [paper for paper in self.papers if paper.lapses_at]
        paper = frozen[pick % len(frozen)] if pick % 8 != 7 else self.papers[pick % len(self.papers)]
        self.lapse(who, paper)

    def lapse(self, who: str, paper: Paper) -> None:
        refusal = None if who == "system" else "not_allowed"
        if refusal is None and (paper.lapses_at is None or paper.lapses_at > self.shop.now):
            refusal = "not_yet_due"
        refusal = refusal or self.forbidden("", "lapse", paper.number)
        if self.acts(who, LapseTransfer(paper.id, paper.version), refusal, "lapse"):
            paper.close()

    # The same again.

    @precondition(lambda self: self.last)
    @rule()
    def says_it_again(self) -> None:
        who, command, key, answer = self.last or pytest.fail("nothing was said")
        before = everything(self.connection)
        assert self.shop.does(who, command, key) == answer
        with pytest.raises(KeyUsedBefore):
            self.shop.does(who, self.shop.sale("XH", ("COLA", 77_777)), key)
        assert everything(self.connection) == before
        self.seen["said again"] += 1
        self.last = None

    # What holds after every step.

    @invariant()
    def books_are_right(self) -> None:
        check_books(self.connection)

    @invariant()
    def books_are_the_oracles(self) -> None:
        kept = {(row["place_id"], row["sku_id"]): row for row in self.shop.rows("select * from balance")}
        flows = self.flows()
        for place, place_id in self.shop.places.items():
            for sku, sku_id in self.shop.skus.items() if place in HOLDERS else ():
                row: dict[str, int] = kept.get((place_id, sku_id)) or Counter()
                assert {shelf: row[shelf] for shelf in SHELVES} == self.books.shelves(place, sku)
                assert (row["value_fen"], row["transit_value_fen"]) == self.books.values(place, sku)
                assert flows.get((place_id, sku_id), {}) == self.books.daily(place, sku)

    @invariant()
    def states_are_the_oracles(self) -> None:
        kept = {row["id"]: row for row in self.shop.rows("select * from document where kind = 'transfer'")}
        said = {paper.id: (self.books.state(paper.number), paper.version) for paper in self.papers}
        assert {key: (row["state"], row["version"]) for key, row in kept.items()} == said

    # How a command is run.

    def acts(self, who: str, command: Command, refusal: str | None, *kinds: str) -> Answer | None:
        """Run it, see that what came of it is what was expected, and count it when it took effect."""
        self.keys += 1
        key, before = f"key {self.keys}", everything(self.connection, but=("audit",))
        audited = self.shop.rows("select count(*) as n from audit")[0]["n"]
        outcome = self.shop.does(who, command, key)
        assert self.shop.rows("select count(*) as n from audit")[0]["n"] == audited + 1
        assert (outcome.code if isinstance(outcome, Refused) else None) == refusal, outcome
        if isinstance(outcome, Refused):
            assert everything(self.connection, but=("audit",)) == before
            self.seen[f"refused: {refusal}"] += 1
            return None
        self.seen.update(kinds)
        trued_up = f"select id from posting where cause = 'true_up' and document_id = {outcome.document_id}"
        self.seen["true_up"] += bool(self.shop.rows(trued_up))
        self.last = (who, command, key, outcome)
        return outcome

    def forbidden(self, code: str, step: str, *told: Any) -> str | None:
        """Tell the oracle; `code` is what core should say when the oracle forbids it."""
        try:
            getattr(self.books, step)(*told)
        except Forbidden:
            if not code:
                raise
            return code
        return None

    def decision_refused(self, who: str, paper: Paper, behind: int) -> str | None:
        """What stands against this person's decision, before goods are looked at."""
        if self.books.state(paper.number) != "submitted":
            return "step_not_allowed"
        if who == paper.requester:
            return "own_request"
        if not may(who, "approve", paper):
            return "not_allowed"
        return "moved_on" if behind else None

    def step_refused(self, who: str, paper: Paper, step: str, behind: int, *states: str) -> str | None:
        """What stands against another step, before goods are looked at."""
        if not may(who, step, paper):
            return "not_allowed"
        if self.books.state(paper.number) not in states:
            return "step_not_allowed"
        return "moved_on" if behind else None

    def any_in(self, state: str) -> bool:
        """Whether some transfer is in this state."""
        return any(self.books.state(paper.number) == state for paper in self.papers)

    def pick(self, number: int, *states: str) -> Paper:
        """One of the transfers, mostly one in these states."""
        fitting = [paper for paper in self.papers if self.books.state(paper.number) in states]
        pool = fitting if fitting and number % 8 != 7 else self.papers
        return pool[number % len(pool)]

    def flows(self) -> dict[tuple[int, int], dict[str, tuple[int, int, int, int]]]:
        """The daily totals without their days, as the oracle says them."""
        sums = "sum(count_in) as a, sum(count_out) as b, sum(value_in_fen) as c, sum(value_out_fen) as d"
        found: dict[tuple[int, int], dict[str, tuple[int, int, int, int]]] = {}
        for row in self.shop.rows(f"select place_id, sku_id, cause, {sums} from daily_total group by 1, 2, 3"):
            page = found.setdefault((row["place_id"], row["sku_id"]), {})
            page[row["cause"]] = (row["a"], row["b"], row["c"], row["d"])
        return found


def split(dispatched: int, damaged_percent: int, missing_percent: int) -> tuple[int, int, int]:
    """Good, damaged and missing, the last two rounded up: what is not missing is damaged or good."""
    missing = -(-dispatched * missing_percent // 100)
    damaged = -(-(dispatched - missing) * damaged_percent // 100)
    return dispatched - damaged - missing, damaged, missing
