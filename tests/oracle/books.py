"""The accountant's books: each step of the shop is checked, written into the journal, and read back from there.

What a step may do is decided before its first entry is written, so a refusal changes nothing. The books know goods and
papers, and no people: who may do a step, and whether a transfer needs an approval at all, is not decided here.

Two rules of the design need no line of their own. Goods that leave take all the value when none stay, and a line's last
part takes the line's rest, so a count of 0 keeps no value; the one count of 0 that could keep some, a delivery that
just fills a negative book, is trued up like every delivery into a negative book.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction

from .journal import EDGES, SHELVES, Account, Entry, Journal, Sum, half_up
from .papers import Forbidden, Lines, Paper, check_lines, check_splits

__all__ = ["Books", "Forbidden"]
OPENING, SUPPLIER, CUSTOMER = (Account(edge) for edge in EDGES)


class Books:
    """All places, one journal, one file of transfers. Quantities in smallest units, values in whole fen.

    Every step raises Forbidden, and changes nothing, for what the design forbids. A place or a number that was never
    declared, or is declared twice, is the caller's mistake: LookupError, or a plain ValueError.
    """

    def __init__(self) -> None:
        self._may_go_below: dict[str, bool] = {}
        self._papers: dict[Hashable, Paper] = {}
        self._journal = Journal()

    def place(self, place: str, *, may_go_below: bool = False) -> None:
        """Declare a store or a warehouse. The edges of the world need no declaring."""
        if place in EDGES or place in self._may_go_below:
            raise ValueError(f"{place} is there already")
        self._may_go_below[place] = may_go_below

    # Goods come from an edge, or go to one.

    def open(self, place: str, sku: str, quantity: int, value_fen: int) -> None:
        """Goods that were there when the books began, at the value stated."""
        self._deliver(Entry("opening", sku, quantity, value_fen, OPENING, Account(place, "available")))

    def purchase(self, place: str, sku: str, quantity: int, value_fen: int) -> None:
        """Goods from a supplier, at the value stated."""
        self._deliver(Entry("purchase_receipt", sku, quantity, value_fen, SUPPLIER, Account(place, "available")))

    def sell(self, place: str, lines: Lines) -> None:
        """One sale. It is a fact: where the place may go below zero it is never refused."""
        check_lines(lines)
        if not self._may_go_below[place]:
            self._check_available(place, lines)
        for number, (sku, quantity) in enumerate(lines, 1):
            value_fen = self._leaving_value(place, sku, quantity)
            shelf = Account(place, "available")
            self._journal.write(Entry("sale", sku, quantity, value_fen, shelf, CUSTOMER, None, number))

    # A transfer.

    def submit(self, number: Hashable, source: str, target: str, lines: Lines) -> None:
        """Ask for a transfer: its goods are frozen at the source."""
        if number in self._papers:
            raise ValueError(f"there is a transfer {number} already")
        check_lines(lines)
        self._check_known(source)
        self._check_known(target)
        if source == target:
            raise Forbidden(f"from {source} to itself")
        self._check_available(source, lines)
        self._papers[number] = Paper(source, target, list(lines), ["submit"])
        self._shift(number, "freeze", "available", "reserved")

    def approve(self, number: Hashable) -> None:
        """The last approval: the transfer may be dispatched. Moves nothing."""
        self._in_state(number, "submitted").stamps.append("approve")

    def reject(self, number: Hashable) -> None:
        """The source says no: what is still frozen is released."""
        paper = self._in_state(number, "submitted")
        self._release(number)
        paper.stamps.append("reject")

    def cancel(self, number: Hashable) -> None:
        """Called off before dispatch: what is still frozen is released."""
        paper = self._in_state(number, "submitted", "approved")
        self._release(number)
        paper.stamps.append("cancel")

    def lapse(self, number: Hashable) -> None:
        """The freeze has run out: released, and the state stays. Forbidden when nothing is frozen any more."""
        paper = self._in_state(number, "submitted", "approved")
        if "lapse" in paper.stamps:
            raise Forbidden(f"the freeze of {number} lapsed before")
        self._release(number)
        paper.stamps.append("lapse")

    def dispatch(self, number: Hashable) -> None:
        """All of it leaves the shelf and is in transit, on the source's books; each line's value is fixed.

        Goods whose freeze lapsed are taken from `available`, if they are there.
        """
        paper = self._in_state(number, "approved")
        lapsed = "lapse" in paper.stamps
        if lapsed:
            self._check_available(paper.source, paper.lines)
        self._shift(number, "dispatch", "available" if lapsed else "reserved", "in_transit")
        paper.stamps.append("dispatch")

    def receive(self, number: Hashable, splits: Sequence[tuple[int, int, int]]) -> None:
        """What arrived, a (good, damaged, missing) for each line; what is missing stays in transit of the source."""
        paper = self._in_state(number, "in_transit")
        check_splits(paper, splits)
        for line, (good, damaged, _) in enumerate(splits, 1):
            self._arrive("transfer_in", number, line, good, "available")
            self._arrive("transfer_damage", number, line, damaged, "blocked")
        short = any(missing for _, _, missing in splits)
        paper.stamps.append("receive_short" if short else "receive_all")

    # What the books say.

    def shelves(self, place: str, sku: str) -> dict[str, int]:
        """The count on each shelf of a place."""
        self._check_known(place)
        return {shelf: self._journal.account(Account(place, shelf), sku).count for shelf in SHELVES}

    def values(self, place: str, sku: str) -> tuple[int, int]:
        """The value on hand and the value in transit, in fen."""
        self._check_known(place)
        return self._journal.on_hand(place, sku).value_fen, self._journal.in_transit(place, sku).value_fen

    def edge(self, edge: str, sku: str) -> tuple[int, int]:
        """Count and value that lie at an edge: below zero for one that gave more than it took."""
        if edge not in EDGES:
            raise LookupError(f"no edge {edge}")
        lies = self._journal.account(Account(edge), sku)
        return lies.count, lies.value_fen

    def state(self, number: Hashable) -> str:
        """The state of a transfer, in the words of the design."""
        return self._papers[number].state

    def daily(self, place: str, sku: str) -> dict[str, tuple[int, int, int, int]]:
        """By cause: count in, count out, value in, value out, in fen; without what moved inside the place.

        A true_up has no count; its value goes out, below zero when the place gained by it.
        """
        self._check_known(place)
        page: dict[str, tuple[int, int, int, int]] = {}
        for entry in self._journal.entries(sku):
            came, went = entry.taker.place == place, entry.giver.place == place
            if came == went:
                continue
            into = (entry.quantity, 0, entry.value_fen, 0)
            out_of = (0, entry.quantity, 0, entry.value_fen)
            before = page.get(entry.cause, (0, 0, 0, 0))
            page[entry.cause] = _added(before, into if came else out_of)
        return page

    # How an entry is made.

    def _deliver(self, entry: Entry) -> None:
        self._check_known(entry.taker.place)
        check_lines([(entry.sku, entry.quantity)])
        if type(entry.value_fen) is not int or entry.value_fen < 0:
            raise Forbidden(f"a delivery states its value in whole fen, not {entry.value_fen!r}")
        self._take_in(entry)

    def _shift(self, number: Hashable, cause: str, giver: str, taker: str) -> None:
        """All lines of a transfer, one after the other, from one shelf of the source to another.

        A line takes its value along when it leaves on hand; from one shelf on hand to another it is worth 0.
        """
        paper = self._papers[number]
        for line, (sku, quantity) in enumerate(paper.lines, 1):
            value_fen = self._leaving_value(paper.source, sku, quantity) if taker == "in_transit" else 0
            ends = Account(paper.source, giver), Account(paper.source, taker)
            self._journal.write(Entry(cause, sku, quantity, value_fen, *ends, number, line))

    def _release(self, number: Hashable) -> None:
        """Let go what is still frozen: after a lapse, nothing."""
        if "lapse" not in self._papers[number].stamps:
            self._shift(number, "release", "reserved", "available")

    def _arrive(self, cause: str, number: Hashable, line: int, part: int, shelf: str) -> None:
        """A part of a line comes in, with its share of what the line is still worth on the road."""
        if part == 0:
            return
        paper = self._papers[number]
        sku, _ = paper.lines[line - 1]
        road = Account(paper.source, "in_transit")
        left = self._journal.of_line(number, line, road, sku)
        value_fen = half_up(Fraction(left.value_fen, left.count) * part)
        self._take_in(Entry(cause, sku, part, value_fen, road, Account(paper.target, shelf), number, line))

    def _take_in(self, entry: Entry) -> None:
        """Write goods that come on hand, and what they put right when more had been sold than was there."""
        place, sku = entry.taker.place, entry.sku
        before = self._journal.on_hand(place, sku)
        self._journal.write(entry)
        if before.count >= 0:
            return
        after = self._journal.on_hand(place, sku)
        put_right = after.value_fen - _standing_value(before, entry, after.count)
        if put_right:
            shelf = Account(place, "available")
            self._journal.write(Entry("true_up", sku, 0, put_right, shelf, CUSTOMER, entry.document, entry.line))

    def _leaving_value(self, place: str, sku: str, quantity: int) -> int:
        """What goods take with them when they leave on hand: the average, or all of it when none stay."""
        there = self._journal.on_hand(place, sku)
        if quantity == there.count:
            return there.value_fen
        if there.count == 0:
            return half_up(self._journal.last_rate(place, sku) * quantity)
        return half_up(Fraction(there.value_fen, there.count) * quantity)

    # What is refused.

    def _check_known(self, place: str) -> None:
        if place not in self._may_go_below:
            raise LookupError(f"no place {place}")

    def _check_available(self, place: str, lines: Lines) -> None:
        """Several lines of one SKU want from one shelf: what they want is added up first."""
        self._check_known(place)
        wanted: Counter[str] = Counter()
        for sku, quantity in lines:
            wanted[sku] += quantity
        for sku, quantity in wanted.items():
            there = self._journal.account(Account(place, "available"), sku).count
            if there < quantity:
                raise Forbidden(f"{place} has {there} {sku} available, not {quantity}")

    def _in_state(self, number: Hashable, *states: str) -> Paper:
        paper = self._papers[number]
        if paper.state not in states:
            raise Forbidden(f"{number} is {paper.state}, not {' or '.join(states)}")
        return paper


def _standing_value(before: Sum, entry: Entry, count: int) -> int:
    """What a negative book is worth after a delivery.

    Goods that are left stand at the delivery's rate, a hole that is left stands at the rate it had, and nothing at 0.
    """
    if count > 0:
        return half_up(Fraction(entry.value_fen, entry.quantity) * count)
    return half_up(Fraction(before.value_fen, before.count) * count)


def _added(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3]
