"""The books as the first version wrote them: rows for each of its four migrations, in plain SQL and words of that time.

A block is a table with its columns, and a row a line: "-" is no value, '' an empty text, @5 five hours after the
morning. Ids are given by the database, in this order: a row of a later block may name them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from data.columns import to_micros
from tests.small_chain import MORNING

DAY = "2026-03-18"

# There already: place 1, the customer; place 2, the opening; person 1, the system. These are 3 to 7 and 2 to 9.
GOODS_AND_PEOPLE = """
place code name_zh name_en kind region zone may_go_below
WH 中央仓 Central warehouse south Asia/Shanghai 0
XH 西湖店 West_Lake store west Asia/Shanghai 1
EQ 二桥店 Second_Bridge store west Asia/Tokyo 1
BJ 滨江店 Riverside store south Asia/Shanghai 0
SUP 供应商 Supplier supplier '' Asia/Shanghai 0

place_alias place_id name
4 西湖

sku code name_zh name_en brand size category base_unit decimals price_fen cost_fen
COLA 可乐 Cola '' 500ml 饮料 瓶 0 300 200
SOAP 香皂 Soap '' '' 日化 块 0 500 2

sku_alias sku_id name
1 快乐水

pack sku_id unit factor
1 箱 24

barcode code sku_id
B690001 1

unit_name unit name
箱 件

person code name role home_id region language
clerk@XH 小李 clerk 4 - zh
store_manager@XH 王店长 store_manager 4 - zh
clerk@EQ 小陈 clerk 5 - en
keeper@WH 老周 keeper 3 - zh
area_manager@south 区经理 area_manager - south zh
hq 总部 hq - - zh
admin 管理员 admin - - zh
clerk@BJ 小赵 clerk 6 - zh
"""

DOCUMENTS = """
document kind state version place_id other_place_id requester_id dispatched_by_id received_by_id reason \
lapses_at occurred_at posted_at moved_at
opening posted 1 3 2 8 - - - - @0 @0 @0
transfer submitted 1 3 4 2 - - - @8 @0 @0 @0
transfer approved 2 3 4 2 - - - @49 @0 @0 @1
transfer in_transit 3 3 4 2 5 - - - @0 @0 @2
transfer disputed 4 3 4 2 5 2 - - @0 @0 @5
transfer received 4 3 4 2 5 2 - - @0 @0 @4
transfer rejected 2 3 4 2 - - 明天到货 - @0 @0 @1
transfer cancelled 2 3 4 2 - - - - @0 @0 @1
sale posted 1 4 1 1 - - - - @4 @5 @5
transfer disputed 4 4 5 2 2 4 - - @0 @0 @6
goods_receipt posted 1 3 7 5 - - - - @6 @6 @6

transfer_line document_id line sku_id unit asked frozen dispatched received damaged missing value_fen value_left_fen
1002 1 1 瓶 10 10 0 0 0 0 0 0
1003 1 1 瓶 5 5 0 0 0 0 0 0
1003 2 2 '' 4 4 0 0 0 0 0 0
1004 1 1 瓶 10 0 10 0 0 0 100 100
1005 1 1 瓶 10 0 10 7 1 2 100 20
1006 1 1 瓶 3 0 3 3 0 0 30 0
1007 1 1 瓶 2 0 0 0 0 0 0 0
1008 1 1 瓶 1 0 0 0 0 0 0 0
1010 1 1 瓶 4 0 4 3 0 1 40 10

approval_step document_id role place_id rule rule_limit decision decided_by_id decided_at reason
1002 keeper 3 source_is_asked - waiting - - -
1003 keeper 3 source_is_asked - approved 5 @1 -
1004 keeper 3 source_is_asked - approved 5 @1 -
1005 keeper 3 source_is_asked - approved 5 @1 -
1006 keeper 3 source_is_asked - approved 5 @1 -
1007 keeper 3 source_is_asked - rejected 5 @1 明天到货
1008 keeper 3 source_is_asked - dropped - - -

route source_id target_id approval_above_packs approve_within_hours dispatch_within_hours
- - 2 4 24
3 4 5 8 48
"""

# Document, line, SKU, count, value in fen, from place and shelf, to place and shelf, cause, who, when.
MOVES = """
1001 1 1 100 1000 2 - 3 available opening 8 @0
1001 2 2 50 77 2 - 3 available opening 8 @0
1002 1 1 10 0 3 available 3 reserved freeze 2 @0
1003 1 1 5 0 3 available 3 reserved freeze 2 @0
1003 2 2 4 0 3 available 3 reserved freeze 2 @0
1004 1 1 10 0 3 available 3 reserved freeze 2 @0
1005 1 1 10 0 3 available 3 reserved freeze 2 @0
1006 1 1 3 0 3 available 3 reserved freeze 2 @0
1007 1 1 2 0 3 available 3 reserved freeze 2 @0
1008 1 1 1 0 3 available 3 reserved freeze 2 @0
1007 1 1 2 0 3 reserved 3 available release 5 @1
1008 1 1 1 0 3 reserved 3 available release 2 @1
1004 1 1 10 100 3 reserved 3 in_transit dispatch 5 @2
1005 1 1 10 100 3 reserved 3 in_transit dispatch 5 @2
1006 1 1 3 30 3 reserved 3 in_transit dispatch 5 @2
1006 1 1 3 30 3 in_transit 4 available transfer_in 2 @4
1005 1 1 7 70 3 in_transit 4 available transfer_in 2 @5
1005 1 1 1 10 3 in_transit 4 blocked transfer_damage 2 @5
1009 1 1 1 10 4 available 1 - sale 1 @5
1010 1 1 4 0 4 available 4 reserved freeze 2 @5
1010 1 1 4 40 4 reserved 4 in_transit dispatch 2 @5
1010 1 1 3 30 4 in_transit 5 available transfer_in 4 @6
1011 1 1 20 200 7 - 3 available purchase_receipt 5 @6
"""

COMMANDS = """
done actor_id key fingerprint answer ran_at
2 tap:1 0123abcd {"document_id":1002,"version":1,"state":"submitted"} @0

audit ran_at actor_id channel command facts outcome code document_id before after
@0 8 console OpenStock {} done - 1001 - {"state":"posted","version":1}
@0 2 console SubmitTransfer {} done - 1002 - {"state":"submitted","version":1}
@1 2 console ApproveTransfer {"document_id":1002} refused own_request 1002 - -

event kind document_id facts state attempts next_at happened_at
transfer.submit 1002 {"actor_id":2} new 0 @0 @0
transfer.receive 1005 {"actor_id":2} done 1 @5 @5

job_run job slot ran_at
expire 29563200 @0
"""

CONVERSATION = """
chat channel address kind title_zh title_en language hears
console room-1 private 小李 Li zh -
console room-2 group 西湖店群 West_Lake zh daily

account channel address person_id chat_id
console li 2 1

chat_member chat_id person_id
2 2

pending chat_id person_id version state reading asked expires_at
1 2 1 open {"intent":"transfer"} target @1
1 2 3 done {"intent":"transfer"} - @1

card chat_id reader_id face pending_id document_id folded wanted_version shown_version message_id \
redraw_attempts redraw_at
1 2 pending 1 - 0 1 1 m-1 0 -
2 - document - 1005 1 4 3 m-2 1 @6

inbox channel update_id chat_id person_id kind text state attempts next_at error received_at
console u-1 1 2 message 调10瓶可乐 done 1 @0 - @0
console u-2 1 2 tap yes.1.1 new 0 @6 - @6

outbox chat_id kind dedupe_key reply card_id answers_id state attempts repeated next_at lease_owner lease_ends_at \
message_id error created_at sent_at
1 message card.1 - 1 1 sent 1 0 @0 - - m-1 - @0 @0
2 toast tap.2 {"text":"好"} - 2 pending 0 0 @6 - - - - @6 -
"""


def write_goods_and_people(connection: Connection) -> None:
    """What the first migration has tables for."""
    _write(connection, GOODS_AND_PEOPLE)


def write_documents_and_ledger(connection: Connection) -> None:
    """What the second one has: documents in every state, and the ledger with what is kept of it."""
    _write(connection, DOCUMENTS)
    counts, values, days = Counter[Any](), Counter[Any](), Counter[Any]()
    for line in MOVES.strip().splitlines():
        document_id, number, sku, count, value, source, shelf, target, end, cause, who, at = map(_value, line.split())
        after: list[int | None] = []
        for place, here, sign in ((source, shelf, -1), (target, end, 1)):
            counts[sku, place, here] += sign * count
            values[sku, place, here == "in_transit"] += sign * value
            after.append(None if here is None else counts[sku, place, here])
            if here is not None and source != target:
                way = "in" if sign > 0 else "out"
                days[place, sku, cause, f"count_{way}"] += count
                days[place, sku, cause, f"value_{way}_fen"] += value
        said = {"document_id": document_id, "line": number, "sku_id": sku, "quantity": count, "value_fen": value}
        ends = {"source_id": source, "source_shelf": shelf, "source_after": after[0]}
        ends |= {"target_id": target, "target_shelf": end, "target_after": after[1]}
        when = {"business_date": DAY, "occurred_at": at, "posted_at": at}
        _insert(connection, "posting", {**said, **ends, **when, "cause": cause, "actor_id": who})
    _write_balances(connection, counts, values)
    for place, sku, cause in dict.fromkeys(key[:3] for key in days):
        names = ("count_in", "count_out", "value_in_fen", "value_out_fen")
        row = {name: days[place, sku, cause, name] for name in names}
        _insert(
            connection, "daily_total", {"place_id": place, "sku_id": sku, "business_date": DAY, "cause": cause, **row}
        )


def write_commands(connection: Connection) -> None:
    """What the third one has: what commands left behind."""
    _write(connection, COMMANDS)


def write_conversation(connection: Connection) -> None:
    """What the fourth one has: chats, cards, open questions and the two queues."""
    _write(connection, CONVERSATION)


VERSIONS = {
    "0001": write_goods_and_people,
    "0002": write_documents_and_ledger,
    "0003": write_commands,
    "0004": write_conversation,
}


def _write_balances(connection: Connection, counts: Counter[Any], values: Counter[Any]) -> None:
    shelves = ("available", "reserved", "in_transit", "blocked")
    for sku, place in sorted({(sku, place) for sku, place, shelf in counts if shelf}):
        row = {shelf: counts[sku, place, shelf] for shelf in shelves}
        value, on_hand = values[sku, place, False], row["available"] + row["reserved"] + row["blocked"]
        rate = {"rate_value_fen": value, "rate_count": on_hand, "may_go_below": int(place in (4, 5))}
        pots = {"value_fen": value, "transit_value_fen": values[sku, place, True]}
        _insert(connection, "balance", {"sku_id": sku, "place_id": place, **row, **pots, **rate})


def _write(connection: Connection, blocks: str) -> None:
    for block in blocks.strip().split("\n\n"):
        head, *lines = block.splitlines()
        table, *columns = head.split()
        for line in lines:
            _insert(connection, table, dict(zip(columns, map(_value, line.split()), strict=True)))


def _insert(connection: Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"insert into {table} ({names}) values ({marks})"), row)


def _value(word: str) -> Any:
    if word.startswith("@"):
        return to_micros(MORNING) + int(word[1:]) * 3_600_000_000
    if word.isdigit():
        return int(word)
    return {"-": None, "''": ""}.get(word, word)
