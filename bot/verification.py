"""What a verification finds, in sentences that name products, places, people and documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from core.goods.catalogue import Catalogue, catalogue
from core.ground.work import Work
from core.people.directory import everybody_ever, system
from core.stock.verification.tally import Check, Finding
from data.kinds import DocumentKind

CHECKS: Mapping[Check, str] = MappingProxyType(
    {
        Check.BALANCES: "Balances are what their postings add up to",
        Check.RUNNING_COUNTS: "No posting was left out, doubled or changed",
        Check.VALUES: "Values and rates are those of the postings",
        Check.BOTH_ENDS: "Over all places every product adds up to nothing",
        Check.DAILY_TOTALS: "Daily totals are the postings of the day",
        Check.GOODS_IN_TRANSIT: "Goods in transit are those of transfers under way",
        Check.FROZEN_GOODS: "Frozen goods are those of transfers under way",
        Check.DOCUMENTS: "Documents have their postings, postings their documents",
        Check.TRANSFER_LINES: "Lines of transfers say what their postings did",
        Check.REVERSALS: "What was undone went back as it had come",
        Check.STEPS: "The audit has every step of every document",
        Check.DONE_RECORDS: "What was told to be done is in the audit",
        Check.NUMBERS: "No row was taken out",
    }
)
MONEY = frozenset({"value", "transit_value", "value_inside", "worth_without_goods", "value_from_nothing"})
SENTENCES: Mapping[Check, Mapping[str, str]] = MappingProxyType(
    {
        Check.BALANCES: {
            "count": "{at}: {found} {shelf}, and the postings add up to {expected}.",
            "may_go_below": "{at}: the balance and the place differ on whether it may go below zero.",
            "below_zero": "{at}: posting {posting_id} took {shelf} below zero, to {found}.",
            "balance_missing": "{at}: there are postings and no balance.",
        },
        Check.RUNNING_COUNTS: {
            "running_count": "{at}: posting {posting_id} says {found} {shelf} after it, and it should be {expected}.",
        },
        Check.VALUES: {
            "value": "{at}: what is there is worth {found}, and the postings add up to {expected}.",
            "transit_value": "{at}: what is in transit is worth {found}, and the postings add up to {expected}.",
            "rate": "{at}: the last rate is {found}, and the postings say {expected}.",
            "value_inside": "{at}: posting {posting_id} stays in the place, and moves {found}.",
            "worth_without_goods": "{at}: nothing is there, and it is worth {found}.",
        },
        Check.BOTH_ENDS: {
            "count_from_nothing": "{product}: over all places and edges there are {found}, not {expected}.",
            "value_from_nothing": "{product}: over all places and edges it is worth {found}, not {expected}.",
        },
        Check.DAILY_TOTALS: {
            "business_date": "{at}: posting {posting_id} is of {expected} by its moment, and says {found}.",
            "count_in": "{at} on {day}: {found} came in by {cause}, and {expected} by the postings.",
            "count_out": "{at} on {day}: {found} went out by {cause}, and {expected} by the postings.",
            "value_in_fen": "{at} on {day}: {found} of value came in by {cause}, and {expected} by the postings.",
            "value_out_fen": "{at} on {day}: {found} of value went out by {cause}, and {expected} by the postings.",
            "total_of_nothing": "{at} on {day}: there is a total for {cause}, and no posting.",
            "total_missing": "{at} on {day}: there are postings for {cause}, and no total.",
        },
        Check.GOODS_IN_TRANSIT: {
            "in_transit": "{at}: {found} in transit, and {expected} by the transfers under way.",
            "transit_value": "{at}: what is in transit is worth {found}, and {expected} by the transfers under way.",
        },
        Check.FROZEN_GOODS: {
            "reserved": "{at}: {found} frozen, and {expected} by the transfers under way.",
        },
        Check.DOCUMENTS: {
            "without_postings": "{number} is posted, and has no postings.",
            "places": "{number} is of other places than its postings.",
            "cause": "{number} has postings of another cause than {expected}: {found}.",
            "line_numbers": "{number}: among {found} postings a line is missing or there twice.",
            "without_document": "There are postings of {number}, and there is no such document.",
        },
        Check.TRANSFER_LINES: {
            "line": "{number}, line {line}, {product}: {column} is {found}, and {expected} by its postings.",
            "road": "{number}, line {line}, {product}: {found} refused or missing, and {expected} on the road.",
            "without_lines": "{number} has no lines.",
            "line_missing": "{number} has postings of a line {line}, {product}, and no such line.",
            "move": "{number}, line {line}, {product}: a posting ({cause}) goes where no transfer moves goods.",
        },
        Check.REVERSALS: {
            "takes_back_another": "{number} takes back {first}, which is of another kind or of other places.",
            "line_back": "{number}, line {line}: it does not take back what that line of the other document moved.",
        },
        Check.STEPS: {
            "step_of_nothing": "Audit row {audit_id} is of {number}, and there is no such document.",
            "step_missing": "{number}: audit row {audit_id} begins at {found}, and the one before ended at {expected}.",
            "no_step": "{number} stands at {found}, and no step of it is in the audit.",
            "stands_elsewhere": "{number} stands at {found}, and by the audit at {expected}.",
        },
        Check.DONE_RECORDS: {
            "done_without_audit": "{person} was told it is done ({number}, {ran_at}), and it is not in the audit.",
            "audit_without_done": (
                "{person} did {command} ({number}, {ran_at}), and no record says so: said again, it is done again."
            ),
        },
        Check.NUMBERS: {
            "numbers_missing": "Table {table}: {missing} rows are gone; the first had number {first}.",
        },
    }
)


class Teller:
    """Says findings in sentences. `work` is asked for the names once."""

    def __init__(self, work: Work) -> None:
        self.catalogue: Catalogue = catalogue(work)
        self.people = {one.id: one.name for one in (system(work), *everybody_ever(work))}

    def sentence(self, finding: Finding) -> str:
        """One finding, for somebody who knows the shop and not its tables."""
        facts: dict[str, Any] = dict(finding.facts)
        sku_id, place_id = facts.get("sku_id"), facts.get("place_id")
        amounts = {name: self._amount(finding, name) for name in ("expected", "found") if name in facts}
        words = {
            "product": self._product(sku_id),
            "at": f"{self._product(sku_id)} at {self._place(place_id)}",
            "number": _number(facts),
            "person": self.people.get(_whole(facts.get("actor_id")), f"person {facts.get('actor_id')}"),
        }
        for name in ("shelf", "cause", "column"):
            words[name] = str(facts.get(name)).replace("_", " ")
        if "ran_at" in facts:
            words["ran_at"] = moment(facts["ran_at"])
        return SENTENCES[finding.check][finding.what].format(**(facts | words | amounts))

    def _product(self, sku_id: object) -> str:
        entry = self.catalogue.sku_by_id.get(_whole(sku_id))
        return f"{entry.name_zh}{entry.size} ({entry.code})" if entry else f"product {sku_id}"

    def _place(self, place_id: object) -> str:
        entry = self.catalogue.place_by_id.get(_whole(place_id))
        return entry.name_zh if entry else f"place {place_id}, which holds no goods"

    def _amount(self, finding: Finding, name: str) -> str:
        """A count in the product's unit, a value in yuan, or what it is."""
        amount, column = finding.facts[name], str(finding.facts.get("column", finding.what))
        if finding.what == "rate" and isinstance(amount, tuple):
            return f"{_money(amount[0])} for {self._count(finding, amount[1])}"
        if isinstance(amount, tuple):
            return f"{amount[0]} (version {amount[1]})"
        if type(amount) is not int or finding.check is Check.DOCUMENTS:
            return ", ".join(amount) if isinstance(amount, list) else "nothing" if amount is None else str(amount)
        return _money(amount) if finding.what in MONEY or column.endswith("_fen") else self._count(finding, amount)

    def _count(self, finding: Finding, count: int) -> str:
        entry = self.catalogue.sku_by_id.get(_whole(finding.facts.get("sku_id")))
        return f"{Decimal(count).scaleb(-entry.decimals)}{entry.base_unit}" if entry else str(count)


def _whole(fact: object) -> int:
    return fact if isinstance(fact, int) else 0


def _money(fen: int) -> str:
    return f"¥{Decimal(fen).scaleb(-2)}"


def _number(facts: Mapping[str, Any]) -> str:
    kind, document_id = facts.get("kind"), facts.get("document_id")
    if isinstance(kind, DocumentKind):
        return f"{kind.letters}-{document_id}"
    return "no document" if document_id is None else f"document {document_id}"


def moment(when: datetime) -> str:
    """A moment as it is told, to the second."""
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
