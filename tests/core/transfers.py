"""Transfers on the small chain in few words: "approve dispatch receive:1g8m2" is three steps of one of them.

Behind a colon stand the counts, line by line: g good, d damaged, m missing, r refused, s for the supplier, o over; and
with = simply so many (approved, loaded, written off).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

from core.ground.commands import Answer, Command, Refused
from core.people.rule_changes import SaveRule
from core.people.rules import ApprovalRule, RuleStep
from core.stock import transfer_commands as wish
from core.stock.transfer_commands import Arrived, Counted, TakenBack
from core.stock.transfer_lines import Line
from data.kinds import Bearer, DocumentKind, LoadReason, Role
from tests.properties.replay import check_books
from tests.small_chain import Shop, everything

Counts = dict[int, dict[str, int]]
LINES = (("COLA", 10), ("SOAP", 4))
STOCK = (("COLA", 30, 100), ("SOAP", 20, 77))
SEEN = {"g": "good", "d": "damaged", "m": "missing", "r": "refused", "s": "for_supplier", "o": "over"}
COUNTED = [one.name for one in fields(Line) if one.name not in ("line", "sku_id", "unit")]
WHO = {
    "approve": "keeper@WH",
    "reject": "keeper@WH",
    "cancel": "clerk@XH",
    "freeze": "clerk@XH",
    "dispatch": "keeper@WH",
    "rest_later": "keeper@WH",
    "receive": "clerk@XH",
    "turn_back": "clerk@XH",
    "take_back": "keeper@WH",
    "write_off": "hq",
    "sent_more": "area_manager@south",
    "not_sent": "area_manager@south",
    "hold": "clerk@BJ",
    "keep": "keeper@WH",
    "send_on": "keeper@WH",
    "send_back": "keeper@WH",
    "lapse": "system",
    "remind": "system",
    "escalate": "system",
}
SAYS: Mapping[str, Callable[[Shop, int, int, Counts], Command]] = {
    "approve": lambda shop, number, seen, said: wish.ApproveTransfer(number, seen, plainly(said)),
    "reject": lambda shop, number, seen, said: wish.RejectTransfer(number, seen, "不需要"),
    "cancel": lambda shop, number, seen, said: wish.CancelTransfer(number, seen),
    "freeze": lambda shop, number, seen, said: wish.FreezeTransfer(number, seen),
    "dispatch": lambda shop, number, seen, said: wish.DispatchTransfer(number, seen, plainly(said), LoadReason.NO_ROOM),
    "rest_later": lambda shop, number, seen, said: wish.DispatchTransfer(
        number, seen, plainly(said), LoadReason.NO_ROOM, rest_later=True
    ),
    "receive": lambda shop, number, seen, said: wish.ReceiveTransfer(
        number, seen, tuple(Arrived(line, **counts) for line, counts in (said or {1: {"good": 10}}).items())
    ),
    "turn_back": lambda shop, number, seen, said: wish.TurnBack(number, seen),
    "take_back": lambda shop, number, seen, said: wish.TakeBack(
        number, seen, tuple(TakenBack(line, **counts) for line, counts in (said or {1: {"good": 1}}).items())
    ),
    "write_off": lambda shop, number, seen, said: wish.WriteOffMissing(number, seen, Bearer.COMPANY, plainly(said)),
    "sent_more": lambda shop, number, seen, said: wish.SentMore(number, seen),
    "not_sent": lambda shop, number, seen, said: wish.NotSent(number, seen),
    "hold": lambda shop, number, seen, said: wish.HoldTransfer(number, seen, shop.places["BJ"]),
    "keep": lambda shop, number, seen, said: wish.KeepHeld(number, seen),
    "send_on": lambda shop, number, seen, said: wish.SendHeldOn(number, seen),
    "send_back": lambda shop, number, seen, said: wish.SendHeldBack(number, seen),
    "lapse": lambda shop, number, seen, said: wish.LapseTransfer(number, seen),
    "remind": lambda shop, number, seen, said: wish.RemindTransfer(number, seen),
    "escalate": lambda shop, number, seen, said: wish.EscalateDispute(number, seen),
}


def counts_of(said: str) -> Counts:
    """What stands behind the colon: "1g8m2,2g4" is eight good and two missing of line 1, four good of line 2."""
    return {
        int(part[0]): {SEEN.get(name, name): int(count) for name, count in re.findall(r"([a-z=])(\d+)", part[1:])}
        for part in said.split(",")
        if part
    }


def plainly(said: Counts) -> tuple[Counted, ...]:
    """Counts that are of one kind only."""
    return tuple(Counted(line, counts["="]) for line, counts in said.items())


@dataclass
class Paper:
    """One transfer, always seen as it is now, and who usually takes each step with it."""

    shop: Shop
    id: int
    cast: Mapping[str, str] = field(default_factory=lambda: WHO)

    def command(self, word: str, *, behind: int = 0) -> Command:
        """The command that a word means, at the present version or one `behind`."""
        step, _, said = word.partition(":")
        return SAYS[step](self.shop, self.id, self.now["version"] - behind, counts_of(said))

    def does(self, who: str, command: Command) -> Answer:
        """Somebody takes a step, which has to succeed; the books add up afterwards."""
        version = self.now["version"]
        answer = self.shop.done(who, command)
        assert (answer.document_id, answer.version) == (self.id, self.now["version"])
        assert answer.version >= version
        check_books(self.shop.connection)
        return answer

    def goes(self, story: str) -> Paper:
        """One step after another, each by who usually takes it. The clock's steps are taken three days on."""
        for word in story.split():
            if word in ("lapse", "remind", "escalate"):
                self.shop.now += timedelta(days=3)
            self.does(self.cast[word.partition(":")[0]], self.command(word))
        return self

    def refuses(self, who: str, command: Command | str) -> str:
        """Somebody is refused: the code. Nothing was changed, and the audit has one row more."""
        asked = self.command(command) if isinstance(command, str) else command
        return refused(self.shop, who, asked).code

    @property
    def now(self) -> dict[str, Any]:
        """The header."""
        return self.shop.document(self.id)

    @property
    def state(self) -> str:
        """Where it stands."""
        return str(self.now["state"])

    def line(self, number: int = 1) -> dict[str, int]:
        """The counts and values of a line that are not 0."""
        found = self.shop.rows(f"select * from transfer_line where document_id = {self.id} and line = {number}")
        return {name: found[0][name] for name in COUNTED if found[0][name]}

    def moved(self, cause: str) -> list[tuple[int, int, int]]:
        """The postings of a cause in their order: line, quantity, value in fen."""
        where = f"document_id = {self.id} and cause = '{cause}'"
        found = self.shop.rows(f"select line, quantity, value_fen from posting where {where} order by id")
        return [(row["line"], row["quantity"], row["value_fen"]) for row in found]

    @property
    def dispute(self) -> dict[str, Any]:
        """Who is asked about it, from when to when, and when that was over. Empty where it never was disputed."""
        found = self.shop.rows(f"select * from dispute where document_id = {self.id}")
        return found[0] if found else {}


def refused(shop: Shop, who: str, command: Command) -> Refused:
    """Let somebody be refused: what they are told. Nothing was changed, and the audit has one row more."""
    before, audited = everything(shop.connection, but=("audit",)), len(shop.rows("select id from audit"))
    answer = shop.does(who, command)
    assert isinstance(answer, Refused), answer
    assert everything(shop.connection, but=("audit",)) == before
    assert len(shop.rows("select id from audit")) == audited + 1
    return answer


def asked(shop: Shop, *lines: tuple[str, int], source: str = "WH", target: str = "XH", who: str = "clerk@XH") -> Paper:
    """A transfer that was asked for: a pull from the warehouse by the store's clerk, if not said otherwise."""
    return Paper(shop, shop.done(who, shop.request(source, target, *(lines or LINES))).document_id)


def stocked(shop: Shop, place: str = "WH") -> Shop:
    """Thirty cola for 100 fen and twenty soap for 77 in a place."""
    shop.done("admin", shop.opening(place, *STOCK))
    return shop


def told(shop: Shop, story: str) -> Paper:
    """A transfer of ten cola and four soap with these steps behind it.

    The word `direct` makes its route one; `ruled` has headquarters asked behind the keeper.
    """
    stocked(shop)
    words = story.split()
    if "direct" in words:
        set_route(shop, direct=1)
    if "ruled" in words:
        shop.done("admin", SaveRule(ApprovalRule("总部看", DocumentKind.TRANSFER, (RuleStep(1, Role.HQ),))))
    return asked(shop).goes(" ".join(word for word in words if word not in ("direct", "ruled")))


def set_route(shop: Shop, **columns: int | None) -> None:
    """Other rules for the route from the warehouse to the store, and for all that have none of their own."""
    for name, value in columns.items():
        shop.connection.exec_driver_sql(f"update route set {name} = {'null' if value is None else value}")


def line_of(before: str) -> Line:
    """Ten on the road, after what was said before."""
    told_before = {} if before == "-" else counts_of(f"1{before}")[1]
    counts: dict[str, Any] = {{"good": "received"}.get(name, name): count for name, count in told_before.items()}
    return Line(1, 1, "", 10, 10, 0, 10, **counts)
