"""The accountant's books: each step of the shop is checked, written into the journal, and read back from there.

What a step may do is decided before its first entry is written, so a refusal changes nothing. The books know goods and
papers, and no people: who may do a step, and whether a transfer needs an approval at all, is not decided here.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest

from .journal import EDGES, SHELVES, Account, Entry
from .papers import Forbidden, Line, Lines, Paper, check_counts, check_lines, check_splits, shares
from .road import Parts, after_receipt, after_taking_back, parts_of, standing
from .stock import Stock
from .undone import Undone

__all__ = ["Books", "Forbidden"]
OPENING, SUPPLIER, CUSTOMER, LOSS = (Account(edge) for edge in EDGES)
Pull = Mapping[str, int] | None


class Books:
    """All places, one journal, one file of transfers. Quantities in smallest units, values in whole fen.

    Every step raises Forbidden, and changes nothing, for what the design forbids. A place or a number that was never
    declared, or is declared twice, is the caller's mistake: LookupError, or a plain ValueError. Lines are numbered
    from 1. A `pull` says how much of each SKU may be frozen at the most, when the asker is not the source.
    """

    def __init__(self) -> None:
        self._papers: dict[Hashable, Paper] = {}
        self._stock = Stock()
        self._journal = self._stock.journal
        self._undone = Undone(self._stock)

    def place(self, place: str, *, may_go_below: bool = False) -> None:
        """Declare a store or a warehouse. The edges of the world need no declaring."""
        self._stock.add(place, may_go_below)

    # Goods come from an edge, or go to one.

    def open(self, place: str, sku: str, quantity: int, value_fen: int) -> None:
        """Goods that were there when the books began, at the value stated."""
        self._deliver(Entry("opening", sku, quantity, value_fen, OPENING, Account(place, "available")))

    def purchase(self, place: str, sku: str, quantity: int, value_fen: int, number: Hashable = None) -> None:
        """Goods from a supplier, at the value stated. A `number` is for undoing it."""
        goods = (sku, quantity, value_fen, SUPPLIER, Account(place, "available"))
        self._deliver(Entry("purchase_receipt", *goods, number, 1))

    def sell(self, place: str, lines: Lines, number: Hashable = None) -> None:
        """One sale. It is a fact: where the place may go below zero it is never refused."""
        check_lines(lines)
        if not self._stock.may_go_below(place):
            self._stock.check_available(place, lines)
        for line, (sku, quantity) in enumerate(lines, 1):
            self._stock.move("sale", sku, quantity, Account(place, "available"), CUSTOMER, number, line)

    def reverse(self, number: Hashable, counts: Sequence[int]) -> None:
        """Undo a purchase or a sale, once: of each line so many go back."""
        self._undone.reverse(number, counts)

    # A transfer before its goods leave.

    def submit(self, number: Hashable, source: str, target: str, lines: Lines, *, pull: Pull = None) -> None:
        """Ask for a transfer: its goods are frozen at the source, all of them or what a pull may have."""
        self._check_new(number)
        check_lines(lines)
        self._stock.check_known(source)
        self._stock.check_known(target)
        if source == target:
            raise Forbidden(f"from {source} to itself")
        self._stock.check_available(source, lines)
        self._papers[number] = Paper(source, target, [Line(sku, asked, asked) for sku, asked in lines], ["submit"])
        self._shift(number, "freeze", self._may_be_frozen(number, pull))

    def frozen(self, number: Hashable) -> list[int]:
        """What is frozen now for each line."""
        paper = self._papers[number]
        shelf = Account(paper.source, "reserved")
        return [self._journal.of_line(number, line, shelf).count for line in _numbers(paper)]

    def approve(self, number: Hashable, counts: Sequence[int] | None = None) -> None:
        """The last approval, of all or of less: what is frozen above it is released."""
        paper = self._in_state(number, "submitted")
        if counts is not None:
            check_counts(paper, counts)
            for line, count in zip(paper.lines, counts, strict=True):
                if count > line.asked:
                    raise Forbidden(f"{count} {line.sku} approved, but {line.asked} asked")
            for line, count in zip(paper.lines, counts, strict=True):
                line.approved = count
        above = [max(0, there - line.approved) for line, there in zip(paper.lines, self.frozen(number), strict=True)]
        self._shift(number, "release", above)
        paper.stamps.append("approve")

    def reject(self, number: Hashable) -> None:
        """The source says no: what is still frozen is released."""
        paper = self._in_state(number, "submitted")
        self._shift(number, "release", self.frozen(number))
        paper.stamps.append("reject")

    def cancel(self, number: Hashable) -> None:
        """Called off before dispatch: what is still frozen is released."""
        paper = self._in_state(number, "submitted", "approved")
        self._shift(number, "release", self.frozen(number))
        paper.stamps.append("cancel")

    def lapse(self, number: Hashable) -> None:
        """The freeze has run out: released, and the state stays. Forbidden when nothing is frozen."""
        self._in_state(number, "submitted", "approved")
        if not any(self.frozen(number)):
            raise Forbidden(f"nothing is frozen for {number}")
        self._shift(number, "release", self.frozen(number))

    def freeze(self, number: Hashable, *, pull: Pull = None) -> None:
        """Ask for the goods again. Forbidden when some are frozen, when none could be, or when all are not there."""
        self._in_state(number, "submitted", "approved")
        if any(self.frozen(number)):
            raise Forbidden(f"goods are frozen for {number}")
        counts = self._may_be_frozen(number, pull)
        if not any(counts):
            raise Forbidden(f"nothing can be frozen for {number}")
        self._shift(number, "freeze", counts)

    # The goods leave.

    def dispatch(self, number: Hashable, loaded: Sequence[int] | None = None, *, later: Hashable | None = None) -> None:
        """What was loaded leaves the shelf and is in transit, on the source's books; each line's value is fixed.

        A line takes what is frozen for it first and the rest from `available`. What was loaded above the approved is a
        new line. What was not loaded is freed, or left to the transfer `later`, with what is frozen of it.
        """
        paper = self._in_state(number, "approved")
        counts = [line.approved for line in paper.lines] if loaded is None else loaded
        check_counts(paper, counts)
        rests = [max(0, line.approved - count) for line, count in zip(paper.lines, counts, strict=True)]
        if later is not None:
            self._check_new(later)
            if not any(rests):
                raise Forbidden(f"nothing of {number} is left for {later}")
        self._load(number, counts)
        paper.stamps.append("dispatch")
        self._leave_rest(number, rests, later)

    def _load(self, number: Hashable, counts: Sequence[int]) -> None:
        """Put these counts of the lines on the road: frozen goods first, then available ones, then the new lines."""
        paper = self._papers[number]
        loads = [min(line.approved, count) for line, count in zip(paper.lines, counts, strict=True)]
        surplus = [count - load for load, count in zip(loads, counts, strict=True)]
        from_frozen = [min(load, there) for load, there in zip(loads, self.frozen(number), strict=True)]
        new = [Line(line.sku, above, 0) for line, above in zip(paper.lines, surplus, strict=True) if above]
        from_shelf = [load - part for load, part in zip(loads, from_frozen, strict=True)] + [line.asked for line in new]
        skus = [line.sku for line in paper.lines + new]
        self._stock.check_available(paper.source, zip(skus, from_shelf, strict=True))
        paper.lines += new
        road = (paper.source, "in_transit")
        for line, (frozen, rest) in enumerate(zip_longest(from_frozen, from_shelf, fillvalue=0), 1):
            self._move(number, line, "dispatch", frozen, (paper.source, "reserved"), road)
            self._move(number, line, "dispatch", rest, (paper.source, "available"), road)

    def _leave_rest(self, number: Hashable, rests: Sequence[int], later: Hashable | None) -> None:
        """Release what is still frozen; a later transfer gets the rests, and freezes as much of them as was frozen.

        Where frozen goods were sold, what is available after the release is less than that: then it freezes less.
        """
        paper, frozen = self._papers[number], self.frozen(number)
        self._shift(number, "release", frozen)
        if later is None:
            return
        left = [(line.sku, rest, part) for line, rest, part in zip(paper.lines, rests, frozen, strict=False) if rest]
        lines = [Line(sku, rest, rest) for sku, rest, _ in left]
        self._papers[later] = Paper(paper.source, paper.target, lines, ["submit", "approve"])
        room = {sku: self._stock.available(paper.source, sku) for sku, _, _ in left}
        self._shift(later, "freeze", shares([(sku, part) for sku, _, part in left], room))

    # The goods arrive, or come back, or neither.

    def receive(
        self, number: Hashable, splits: Mapping[int, tuple[int, int, int, int, int, int]], *, direct: bool = False
    ) -> None:
        """What arrived: by line a (good, damaged, for the supplier, refused, missing, over).

        What is refused or missing stays in transit of the source, and what is over is in no books yet. Goods that
        arrive are held by nobody else. On a direct route an approved transfer is dispatched first, all of it.
        """
        paper = self._in_state(number, "in_transit", "disputed", *["approved"][:direct])
        check_splits(paper, splits, 6)
        before = self._parts(number)
        awaited = not paper.turned_back and any(parts.awaited for parts in before)
        if paper.left and not awaited and not any(parts.missing for parts in before):
            raise Forbidden(f"nothing of {number} is awaited or missing")
        if not paper.left:
            before = [Parts(dispatched=line.approved) for line in paper.lines]
        after = {line: after_receipt(before[line - 1], split) for line, split in splits.items()}
        if not paper.left:
            self.dispatch(number)
        road, target = (paper.source, "in_transit"), paper.target
        for line, (good, damaged, for_supplier, *_) in sorted(splits.items()):
            self._move(number, line, "transfer_in", good, road, (target, "available"))
            self._move(number, line, "transfer_damage", damaged, road, (target, "blocked"))
            self._move(number, line, "transfer_in", for_supplier, road, (target, "blocked"))
            said = paper.lines[line - 1]
            said.refused, said.missing, said.over = after[line]
        paper.held_by = None

    def turn_back(self, number: Hashable) -> None:
        """What is still awaited goes back to the source. Moves nothing. Who holds the goods sends them back instead."""
        paper = self._awaited_and_free(number)
        paper.stamps.append("turn_back")

    def take_back(self, number: Hashable, splits: Mapping[int, tuple[int, int, int]]) -> None:
        """What came back to the source: by line a (good, damaged, missing)."""
        paper = self._in_state(number, "returning", "in_transit", "disputed")
        before = self._parts(number)
        if not any(parts.refused or parts.missing or (paper.turned_back and parts.awaited) for parts in before):
            raise Forbidden(f"nothing of {number} comes back")
        check_splits(paper, splits, 3)
        after = {line: after_taking_back(before[line - 1], split, paper.turned_back) for line, split in splits.items()}
        road = (paper.source, "in_transit")
        for line, (good, damaged, _) in sorted(splits.items()):
            self._move(number, line, "take_back", good, road, (paper.source, "available"))
            self._move(number, line, "take_back", damaged, road, (paper.source, "blocked"))
            paper.lines[line - 1].refused, paper.lines[line - 1].missing = after[line]

    def write_off(self, number: Hashable, counts: Mapping[int, int] | None = None) -> None:
        """What is missing is lost: all of it, or these counts by line."""
        paper = self._in_state(number, "disputed")
        missing = {line: paper.lines[line - 1].missing for line in _numbers(paper)}
        lost = missing if counts is None else counts
        check_splits(paper, {line: (count,) for line, count in lost.items()}, 1)
        if any(count > missing[line] for line, count in lost.items()):
            raise Forbidden(f"{counts} is more than the {missing} missing")
        for line, count in sorted(lost.items()):
            self._move(number, line, "transfer_loss", count, (paper.source, "in_transit"), LOSS)
            paper.lines[line - 1].missing -= count

    def sent_more(self, number: Hashable) -> None:
        """The source says that what came above the dispatch is its own: its available goods are the target's now."""
        paper = self._with_over(number)
        self._stock.check_available(paper.source, [(line.sku, line.over) for line in paper.lines])
        ends = (paper.source, "available"), (paper.target, "available")
        for line, said in enumerate(paper.lines, 1):
            self._move(number, line, "transfer_in", said.over, *ends)
            said.over = 0

    def not_sent(self, number: Hashable) -> None:
        """The source says that what came above the dispatch is not its own. Moves nothing."""
        for line in self._with_over(number).lines:
            line.over = 0

    # Another place has the goods on its truck.

    def hold(self, number: Hashable, place: str) -> None:
        """Note who has the goods that are awaited. They stay in transit of the source."""
        self._stock.check_known(place)
        paper = self._awaited_and_free(number)
        if place in (paper.source, paper.target):
            raise Forbidden(f"{place} is an end of {number}")
        paper.held_by = place

    def keep(self, number: Hashable) -> None:
        """The holder is the target from now on, if nothing came to the old one."""
        paper, holder = self._held(number)
        if any(parts.received or parts.damaged or parts.for_supplier for parts in self._parts(number)):
            raise Forbidden(f"goods of {number} came to {paper.target}")
        paper.target, paper.held_by = holder, None

    def send_on(self, number: Hashable) -> None:
        """The goods go on to the target."""
        paper, _ = self._held(number)
        paper.held_by = None

    def send_back(self, number: Hashable) -> None:
        """The goods go back to the source."""
        paper, _ = self._held(number)
        paper.held_by = None
        paper.stamps.append("turn_back")

    # What the books say.
    def shelves(self, place: str, sku: str) -> dict[str, int]:
        """The count on each shelf of a place."""
        self._stock.check_known(place)
        return {shelf: self._journal.account(Account(place, shelf), sku).count for shelf in SHELVES}

    def values(self, place: str, sku: str) -> tuple[int, int]:
        """The value on hand and the value in transit, in fen."""
        self._stock.check_known(place)
        return self._journal.on_hand(place, sku).value_fen, self._journal.in_transit(place, sku).value_fen

    def edge(self, edge: str, sku: str) -> tuple[int, int]:
        """Count and value that lie at an edge: below zero for one that gave more than it took."""
        if edge not in EDGES:
            raise LookupError(f"no edge {edge}")
        lies = self._journal.account(Account(edge), sku)
        return lies.count, lies.value_fen

    def state(self, number: Hashable) -> str:
        """The state of a transfer, in the words of the design."""
        paper = self._papers[number]
        return standing(self._parts(number), paper.turned_back) if paper.left else paper.decision

    def lines(self, number: Hashable) -> list[dict[str, str | int]]:
        """What became of each line: counts, and in fen the value that is still in transit."""
        paper = self._papers[number]
        road = Account(paper.source, "in_transit")
        rows: list[dict[str, str | int]] = []
        said = zip(paper.lines, self.frozen(number), self._parts(number), strict=True)
        for place, (line, frozen, parts) in enumerate(said, 1):
            value_left = self._journal.of_line(number, place, road).value_fen
            row: dict[str, str | int] = {
                "sku": line.sku,
                "asked": line.asked,
                "approved": line.approved,
                "frozen": frozen,
            }
            rows.append({**row, **asdict(parts), "value_left": value_left})
        return rows

    def daily(self, place: str, sku: str) -> dict[str, tuple[int, int, int, int]]:
        """By cause: count in, count out, value in, value out, in fen; without what moved inside the place.

        A true_up has no count; its value goes out, below zero when the place gained by it.
        """
        self._stock.check_known(place)
        return self._journal.page(place, sku)

    # How an entry is made.

    def _deliver(self, entry: Entry) -> None:
        self._stock.check_known(entry.taker.place)
        check_lines([(entry.sku, entry.quantity)])
        if type(entry.value_fen) is not int or entry.value_fen < 0:
            raise Forbidden(f"a delivery states its value in whole fen, not {entry.value_fen!r}")
        self._stock.write(entry)

    def _shift(self, number: Hashable, cause: str, counts: Sequence[int]) -> None:
        """Freeze these counts of the lines at the source, or release them."""
        source = self._papers[number].source
        available, reserved = (source, "available"), (source, "reserved")
        ends = (available, reserved) if cause == "freeze" else (reserved, available)
        for line, count in enumerate(counts, 1):
            self._move(number, line, cause, count, *ends)

    def _move(
        self, number: Hashable, line: int, cause: str, count: int, giver: tuple[str, str], taker: tuple[str, ...]
    ) -> None:
        """Goods of one line from a shelf of a place to another, or to an edge."""
        sku = self._papers[number].lines[line - 1].sku
        self._stock.move(cause, sku, count, Account(*giver), Account(*taker), number, line)

    def _may_be_frozen(self, number: Hashable, pull: Pull) -> list[int]:
        """How much of each line: all that is approved, or, line after line, what a pull and the shelf have left."""
        paper = self._papers[number]
        wanted = [(line.sku, line.approved) for line in paper.lines]
        self._stock.check_available(paper.source, wanted)
        if pull is None:
            return [count for _, count in wanted]
        room = {sku: min(pull.get(sku, 0), self._stock.available(paper.source, sku)) for sku, _ in wanted}
        return shares(wanted, room)

    # What is there, and what is refused.

    def _parts(self, number: Hashable) -> list[Parts]:
        lines = self._papers[number].lines
        return [parts_of(line, self._journal.own(number, place)) for place, line in enumerate(lines, 1)]

    def _check_new(self, number: Hashable) -> None:
        if number in self._papers:
            raise ValueError(f"there is a transfer {number} already")

    def _in_state(self, number: Hashable, *states: str) -> Paper:
        paper, state = self._papers[number], self.state(number)
        if state not in states:
            raise Forbidden(f"{number} is {state}, not {' or '.join(states)}")
        return paper

    def _with_over(self, number: Hashable) -> Paper:
        paper = self._in_state(number, "disputed")
        if not any(line.over for line in paper.lines):
            raise Forbidden(f"nothing of {number} is over")
        return paper

    def _awaited_and_free(self, number: Hashable) -> Paper:
        paper = self._in_state(number, "in_transit")
        if not any(parts.awaited for parts in self._parts(number)):
            raise Forbidden(f"nothing of {number} is awaited")
        if paper.held_by is not None:
            raise Forbidden(f"{paper.held_by} holds {number}")
        return paper

    def _held(self, number: Hashable) -> tuple[Paper, str]:
        paper = self._in_state(number, "in_transit")
        if paper.held_by is None:
            raise Forbidden(f"nobody holds {number}")
        return paper, paper.held_by


def _numbers(paper: Paper) -> range:
    return range(1, len(paper.lines) + 1)
