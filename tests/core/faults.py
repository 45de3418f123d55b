"""Faults to plant in books, in plain SQL, and which check finds each of them.

The statements are those that somebody would run who knows the tables: what a row says elsewhere is changed with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from core.stock.verification.tally import Check
from tests.core.verified import found

Fault = tuple[str, ...]
Expected = Sequence[tuple[Check, str]]
COLA, RICE = (f"(select id from sku where code = '{code}')" for code in ("COLA", "RICE"))
WH, XH, EQ = (f"(select id from place where code = '{code}')" for code in ("WH", "XH", "EQ"))
COLA_AT_WH = f"sku_id = {COLA} and place_id = {WH}"
SALE = "(select min(id) from posting where cause = 'sale')"
REVERSAL = "(select max(id) from posting where cause = 'reversal')"
FREEZE = "(select min(id) from posting where cause = 'freeze')"
DISPATCH = "(select min(id) from posting where cause = 'dispatch')"
ON_ROAD = "(select min(id) from document where state = 'in_transit')"
APPROVED = "(select min(id) from document where state = 'approved')"
LINE = "(select min(id) from transfer_line where received > 0)"
NAMES = (
    "sku_id, quantity, value_fen, source_id, source_shelf, source_after, target_id, target_shelf, target_after, cause,"
    " document_id, line, actor_id, business_date, occurred_at, posted_at, borne_by"
)
HEADER = "kind, state, version, place_id, other_place_id, requester_id, occurred_at, posted_at, moved_at"
OTHER_DONE = (
    'select actor_id, \'another\', fingerprint, answer, ran_at from done where "key" = (select min("key") from done)'
)


def changed(connection: Connection, *statements: str) -> dict[str, list[str]]:
    """What is found when the books were changed like this. They are as before afterwards."""
    savepoint = connection.begin_nested()
    for statement in statements:
        assert connection.exec_driver_sql(statement).rowcount > 0, statement
    told = found(connection)
    savepoint.rollback()
    return told


def forged(document: str, before: str, after: str) -> Fault:
    """A document's state, with the last step of it in the audit and what was told of it."""
    of_it = f"replace(answer, '\"document_id\": ' || {document} || ',', '') <> answer"
    version = f"(select version from document where id = {document})"
    at_last = f"replace(answer, '\"version\": ' || {version} || ',', '') <> answer"
    last_step = f"id = (select max(id) from audit where document_id = {document})"
    return (
        *set_in("done", f"{of_it} and {at_last}", answer=f"replace(answer, '\"{before}\"', '\"{after}\"')"),
        *set_in("audit", last_step, after=f"replace(after, '\"{before}\"', '\"{after}\"')"),
        *set_in("document", f"id = {document}", state=f"'{after}'"),
    )


def set_in(table: str, where: str, **columns: str) -> Fault:
    """One UPDATE."""
    return (f"update {table} set {', '.join(f'{name} = {value}' for name, value in columns.items())} where {where}",)


ALONE: Mapping[Check, tuple[Fault, Sequence[str]]] = {
    Check.BALANCES: (set_in("balance", COLA_AT_WH, available="available - 1", blocked="blocked + 1"), ["count"]),
    Check.RUNNING_COUNTS: (set_in("posting", f"id = {SALE}", source_after="source_after + 1"), ["running_count"]),
    Check.VALUES: (set_in("balance", COLA_AT_WH, rate_value_fen="rate_value_fen + 1"), ["rate"]),
    Check.BOTH_ENDS: (
        (
            f"update posting set target_shelf = null, target_after = null where sku_id = {RICE}",
            f"delete from balance where sku_id = {RICE}",
            f"delete from daily_total where sku_id = {RICE}",
        ),
        ["count_from_nothing", "value_from_nothing"],
    ),
    Check.DAILY_TOTALS: (set_in("daily_total", "cause = 'sale'", count_out="count_out + 1"), ["count_out"]),
    Check.GOODS_IN_TRANSIT: (forged(ON_ROAD, "in_transit", "received"), ["in_transit", "transit_value"]),
    Check.FROZEN_GOODS: (forged(APPROVED, "approved", "cancelled"), ["reserved"]),
    Check.DOCUMENTS: (set_in("posting", f"id = {SALE}", line="9"), ["line_numbers"]),
    Check.TRANSFER_LINES: (
        set_in("transfer_line", f"id = {LINE}", received="received - 1", damaged="damaged + 1"),
        ["line"],
    ),
    Check.REVERSALS: (set_in("posting", f"id = {REVERSAL}", line="line + 7"), ["line_back"]),
    Check.STEPS: (
        set_in(
            "audit",
            "id = (select min(id) from audit where command = 'DispatchTransfer')",
            before="replace(before, '\"version\":2', '\"version\":1')",
        ),
        ["step_missing"],
    ),
    Check.DONE_RECORDS: (
        ('delete from done where "key" = (select min("key") from done)',),
        ["audit_without_done"],
    ),
    Check.NUMBERS: (("delete from audit where outcome = 'refused'",), ["numbers_missing"]),
}
"""For each check a fault that no other one finds, and the words for it."""

BALANCE_COLUMNS = {
    **dict.fromkeys(("available", "reserved", "in_transit", "blocked"), (Check.BALANCES, "count")),
    "value_fen": (Check.VALUES, "value"),
    "transit_value_fen": (Check.VALUES, "transit_value"),
    "rate_value_fen": (Check.VALUES, "rate"),
    "rate_count": (Check.VALUES, "rate"),
    "may_go_below": (Check.BALANCES, "may_go_below"),
}
LINE_COLUMNS = (
    "frozen",
    "dispatched",
    "received",
    "damaged",
    "for_supplier",
    "returned",
    "lost",
    "value_fen",
    "value_left_fen",
)
ALSO: Mapping[str, Sequence[tuple[Fault, Expected]]] = {
    "a posting is gone": [
        (
            (f"delete from posting where id = {SALE}",),
            [
                (Check.BALANCES, "count"),
                (Check.VALUES, "value"),
                (Check.BOTH_ENDS, "count_from_nothing"),
                (Check.DAILY_TOTALS, "total_of_nothing"),
                (Check.DOCUMENTS, "line_numbers"),
            ],
        ),
        (
            (f"delete from posting where id = {FREEZE}",),
            [(Check.BALANCES, "count"), (Check.RUNNING_COUNTS, "running_count"), (Check.TRANSFER_LINES, "line")],
        ),
        (
            ("delete from posting where cause = 'freeze' and document_id = (select max(id) from document)",),
            [(Check.BALANCES, "count"), (Check.TRANSFER_LINES, "line")],
        ),
    ],
    "a reversal is of another document": [
        (
            set_in(
                "document",
                "reverses_id is not null and kind = 'sale'",
                reverses_id="(select min(id) from document where kind = 'goods_receipt')",
            ),
            [(Check.REVERSALS, "takes_back_another"), (Check.REVERSALS, "line_back")],
        ),
        (
            set_in("posting", f"id = {REVERSAL}", value_fen="value_fen + 2"),
            [(Check.REVERSALS, "line_back")],
        ),
    ],
    "a posting is there twice": [
        (
            (f"insert into posting ({NAMES}) select {NAMES} from posting where id = {SALE}",),
            [(Check.BALANCES, "count"), (Check.RUNNING_COUNTS, "running_count"), (Check.DOCUMENTS, "line_numbers")],
        ),
    ],
    "a posting is changed": [
        (
            set_in("posting", f"id = {SALE}", quantity="quantity - 1"),
            [(Check.BALANCES, "count"), (Check.RUNNING_COUNTS, "running_count"), (Check.DAILY_TOTALS, "count_out")],
        ),
        (
            set_in("posting", f"id = {SALE}", value_fen="value_fen + 1"),
            [(Check.VALUES, "value"), (Check.BOTH_ENDS, "value_from_nothing"), (Check.DAILY_TOTALS, "value_out_fen")],
        ),
        (set_in("posting", f"id = {FREEZE}", value_fen="7"), [(Check.VALUES, "value_inside")]),
        (
            set_in("posting", f"id = {DISPATCH}", value_fen="value_fen + 1"),
            [(Check.VALUES, "value"), (Check.VALUES, "transit_value"), (Check.TRANSFER_LINES, "line")],
        ),
        (
            set_in("posting", f"id = {SALE}", source_shelf="'blocked'"),
            [(Check.BALANCES, "count"), (Check.BALANCES, "below_zero"), (Check.RUNNING_COUNTS, "running_count")],
        ),
        (
            set_in("posting", f"id = {SALE}", source_id=EQ),
            [(Check.BALANCES, "balance_missing"), (Check.BALANCES, "count"), (Check.DAILY_TOTALS, "total_missing")],
        ),
        (
            set_in("posting", f"id = {FREEZE}", target_after="target_after - 1"),
            [(Check.RUNNING_COUNTS, "running_count")],
        ),
        (
            set_in("posting", f"id = {SALE}", cause="'purchase_receipt'"),
            [(Check.DOCUMENTS, "cause"), (Check.DAILY_TOTALS, "total_missing")],
        ),
        (set_in("posting", f"id = {FREEZE}", cause="'release'"), [(Check.TRANSFER_LINES, "move")]),
        (
            set_in("posting", f"id = {SALE}", business_date="'2026-03-17'"),
            [(Check.DAILY_TOTALS, "business_date"), (Check.DAILY_TOTALS, "total_missing")],
        ),
        (
            set_in("posting", f"id = {SALE}", occurred_at="occurred_at - 86400000000"),
            [(Check.DAILY_TOTALS, "business_date")],
        ),
        (
            set_in("posting", f"id = {DISPATCH}", document_id="(select max(id) from document)"),
            [(Check.TRANSFER_LINES, "line")],
        ),
        (
            set_in("posting", f"id = {SALE}", document_id="77777"),
            [(Check.DOCUMENTS, "without_document"), (Check.DOCUMENTS, "line_numbers")],
        ),
    ],
    "a balance is changed": [
        *(
            (set_in("balance", COLA_AT_WH, **{name: f"{name} + 1"}), [expected])
            for name, expected in BALANCE_COLUMNS.items()
        ),
        (set_in("balance", COLA_AT_WH, in_transit="in_transit + 1"), [(Check.GOODS_IN_TRANSIT, "in_transit")]),
        (set_in("balance", COLA_AT_WH, reserved="reserved + 1"), [(Check.FROZEN_GOODS, "reserved")]),
        (set_in("balance", f"sku_id = {RICE}", available="0"), [(Check.VALUES, "worth_without_goods")]),
        ((f"delete from balance where {COLA_AT_WH}",), [(Check.BALANCES, "balance_missing")]),
        (
            (f"insert into balance select sku_id, {EQ}, 1, 0, 0, 0, 0, 0, 0, 0, 0 from balance where {COLA_AT_WH}",),
            [(Check.BALANCES, "count"), (Check.BALANCES, "may_go_below"), (Check.BOTH_ENDS, "count_from_nothing")],
        ),
    ],
    "a daily total is changed": [
        *(
            (set_in("daily_total", "cause = 'transfer_in'", **{name: f"{name} + 1"}), [(Check.DAILY_TOTALS, name)])
            for name in ("count_in", "count_out", "value_in_fen", "value_out_fen")
        ),
        (("delete from daily_total where cause = 'sale'",), [(Check.DAILY_TOTALS, "total_missing")]),
        (
            set_in("daily_total", "cause = 'sale'", business_date="'2020-01-01'"),
            [(Check.DAILY_TOTALS, "total_missing"), (Check.DAILY_TOTALS, "total_of_nothing")],
        ),
    ],
    "a transfer's line is changed": [
        *(
            (set_in("transfer_line", f"id = {LINE}", **{name: f"{name} + 1"}), [(Check.TRANSFER_LINES, "line")])
            for name in LINE_COLUMNS
        ),
        (set_in("transfer_line", f"id = {LINE}", missing="1000"), [(Check.TRANSFER_LINES, "road")]),
        (set_in("transfer_line", f"id = {LINE}", sku_id=RICE), [(Check.TRANSFER_LINES, "line_missing")]),
        ((f"delete from transfer_line where id = {LINE}",), [(Check.TRANSFER_LINES, "line_missing")]),
        (
            (f"delete from transfer_line where document_id = {ON_ROAD}",),
            [(Check.TRANSFER_LINES, "without_lines"), (Check.GOODS_IN_TRANSIT, "in_transit")],
        ),
    ],
    "a document is changed": [
        (
            set_in("document", f"id = (select document_id from posting where id = {SALE})", place_id=EQ),
            [(Check.DOCUMENTS, "places")],
        ),
        (
            set_in("document", f"id = {ON_ROAD}", state="'received'"),
            [(Check.STEPS, "stands_elsewhere"), (Check.GOODS_IN_TRANSIT, "in_transit")],
        ),
        (set_in("document", f"id = {ON_ROAD}", version="version + 1"), [(Check.STEPS, "stands_elsewhere")]),
        (
            set_in("document", f"id = {ON_ROAD}", place_id=EQ),
            [(Check.TRANSFER_LINES, "move"), (Check.GOODS_IN_TRANSIT, "in_transit")],
        ),
        (
            ("delete from document where kind = 'sale'",),
            [(Check.DOCUMENTS, "without_document"), (Check.STEPS, "step_of_nothing")],
        ),
        (
            (f"insert into document ({HEADER}) select {HEADER} from document where kind = 'sale'",),
            [(Check.DOCUMENTS, "without_postings"), (Check.STEPS, "no_step")],
        ),
    ],
    "the audit is changed": [
        (
            ("delete from audit where id = (select min(id) from audit where command = 'DispatchTransfer')",),
            [(Check.STEPS, "step_missing"), (Check.DONE_RECORDS, "done_without_audit")],
        ),
        (
            ("delete from audit where command = 'RecordSale'",),
            [(Check.STEPS, "no_step"), (Check.DONE_RECORDS, "done_without_audit")],
        ),
        (
            set_in("audit", "command = 'RecordSale'", actor_id="actor_id + 1"),
            [(Check.DONE_RECORDS, "done_without_audit"), (Check.DONE_RECORDS, "audit_without_done")],
        ),
        (
            set_in("audit", "command = 'RecordSale'", facts="replace(facts, '7', '8')"),
            [(Check.DONE_RECORDS, "done_without_audit"), (Check.DONE_RECORDS, "audit_without_done")],
        ),
        (
            set_in("audit", "command = 'RecordSale'", after="'no JSON'"),
            [(Check.STEPS, "no_step"), (Check.DONE_RECORDS, "audit_without_done")],
        ),
    ],
    "a done-record is changed": [
        ((f"insert into done {OTHER_DONE}",), [(Check.DONE_RECORDS, "done_without_audit")]),
        (("delete from done",), [(Check.DONE_RECORDS, "audit_without_done")]),
        (
            set_in("done", '"key" = (select min("key") from done)', answer="replace(answer, '1', '2')"),
            [(Check.DONE_RECORDS, "done_without_audit"), (Check.DONE_RECORDS, "audit_without_done")],
        ),
    ],
}
