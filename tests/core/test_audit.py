"""The audit says what each command changed: what was there before and what is there since, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from core.ground.audit import audit_entry, audited_steps
from core.ground.changes import Changes
from core.ground.work import Work
from core.people.invites import MakeInvite, Newcomer, UseInvite, WithdrawInvite
from core.stock.transfer_commands import ApproveTransfer, Counted, DispatchTransfer
from data.kinds import Role
from tests.core.verified import lived_in
from tests.small_chain import MORNING, Shop

Side = dict[str, Any]
SHELVES = ("available", "reserved", "in_transit", "blocked", "value_fen", "transit_value_fen")


def last(shop: Shop) -> tuple[Side, Side]:
    """What the newest row says of before and after."""
    row = shop.rows("select before, after from audit order by id desc limit 1")[0]
    return json.loads(row["before"] or "{}"), json.loads(row["after"] or "{}")


def test_a_sale_says_what_was_there_and_what_is_left(shop: Shop) -> None:
    shop.done("admin", shop.opening("XH", ("COLA", 50, 100), ("SOAP", 3, 9)))
    sold = shop.done("system", shop.sale("XH", ("COLA", 20)))
    key = f"{shop.skus['COLA']}@{shop.places['XH']}"
    before, after = last(shop)
    assert before == {"balances": {key: {"available": 50, "value_fen": 100}}}
    assert after["balances"] == {key: {"available": 30, "value_fen": 60}}
    assert (after["state"], after["version"], set(after)) == (
        "posted",
        1,
        {"state", "version", "balances", "documents"},
    )
    header = after["documents"][str(sold.document_id)]
    assert (header["kind"], header["place_id"], header["state"]) == ("sale", shop.places["XH"], "posted")


def test_a_step_says_what_it_changed_of_header_lines_and_balances(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 50, 100)))
    request = shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 10)))
    line, key = f"{request.document_id}.1", f"{shop.skus['COLA']}@{shop.places['WH']}"
    _, asked = last(shop)
    assert asked["lines"] == {line: {"sku_id": shop.skus["COLA"], "asked": 10, "approved": 10, "frozen": 10}}
    shop.done("keeper@WH", ApproveTransfer(request.of_document, 1, (Counted(1, 6),)))
    before, after = last(shop)
    assert before["lines"] == {line: {"approved": 10, "frozen": 10}}
    assert after["lines"] == {line: {"approved": 6, "frozen": 6}}
    assert before["balances"] == {key: {"available": 40, "reserved": 10}}
    assert after["balances"] == {key: {"available": 44, "reserved": 6}}
    assert (before["state"], before["version"], after["state"], after["version"]) == ("submitted", 1, "approved", 2)
    shop.done("keeper@WH", DispatchTransfer(request.of_document, 2))
    before, after = last(shop)
    (header,) = after["documents"].values()
    assert header["dispatched_by_id"] == shop.people["keeper@WH"]
    assert before["documents"][str(request.document_id)]["dispatched_by_id"] is None
    assert after["lines"][line] == {"frozen": 0, "dispatched": 6, "value_fen": 12, "value_left_fen": 12}


def test_a_refusal_says_what_was_wanted_and_changed_nothing(shop: Shop) -> None:
    shop.refused("clerk@EQ", shop.request("WH", "XH", ("COLA", 1)))
    assert last(shop) == ({}, {})
    assert shop.rows("select code, channel, actor_id from audit") == [
        {"code": "not_allowed", "channel": "test", "actor_id": shop.people["clerk@EQ"]}
    ]


def test_invites_and_people_are_told_with_their_fields_and_never_with_a_code(shop: Shop) -> None:
    shop.done("admin", MakeInvite("h" * 64, Newcomer(Role.CLERK, shop.places["XH"])))
    before, after = last(shop)
    ((number, invite),) = after["invites"].items()
    assert (before, invite["role"], invite["home_id"]) == ({}, "clerk", shop.places["XH"])
    assert (invite["made_by_id"], "code_hash" in invite) == (shop.people["admin"], False)
    shop.done("system", UseInvite("h" * 64, "telegram:7", "小新", "zh"))
    before, after = last(shop)
    assert (before["invites"][number]["state"], after["invites"][number]["state"]) == ("open", "used")
    (person,) = after["people"].values()
    assert (person["name"], person["role"], person["home_id"]) == ("小新", "clerk", shop.places["XH"])
    shop.done("admin", MakeInvite("i" * 64, Newcomer(Role.HQ)))
    shop.done("admin", WithdrawInvite(int(number) + 1))
    before, after = last(shop)
    assert after["invites"] == {str(int(number) + 1): {"state": "withdrawn"}}


def test_what_the_audit_says_of_balances_is_what_the_books_say(shop: Shop) -> None:
    """Each balance goes on where the row before left it, and ends where it stands."""
    lived_in(shop)
    stands: dict[str, Side] = {}
    for row in shop.rows("select before, after from audit where outcome = 'done' order by id"):
        was, now = (json.loads(row[side] or "{}").get("balances", {}) for side in ("before", "after"))
        assert set(was) == set(now)
        for key, columns in now.items():
            stand = stands.setdefault(key, dict.fromkeys(SHELVES, 0))
            assert was[key] == {name: stand[name] for name in columns}
            assert all(stand[name] != value for name, value in columns.items())
            stand.update(columns)
    held = {f"{row['sku_id']}@{row['place_id']}": row for row in shop.rows("select * from balance")}
    assert stands == {key: {name: row[name] for name in SHELVES} for key, row in held.items() if key in stands}
    assert all(row[name] == 0 for key, row in held.items() if key not in stands for name in SHELVES)


def test_steps_of_a_document_are_read_newest_first_and_told_oldest_first(shop: Shop) -> None:
    shop.done("admin", shop.opening("WH", ("COLA", 50, 100)))
    request = shop.done("clerk@XH", shop.request("WH", "XH", ("COLA", 10)))
    shop.refused("clerk@XH", ApproveTransfer(request.of_document, 1))
    shop.done("keeper@WH", ApproveTransfer(request.of_document, 1))
    work = Work(shop.connection, MORNING)
    entries, count = audited_steps(work, request.of_document, 5)
    assert ([one.command for one in entries], count) == (["SubmitTransfer", "ApproveTransfer"], 2)
    entries, count = audited_steps(work, request.of_document, 1)
    assert ([one.command for one in entries], count) == (["ApproveTransfer"], 2)
    assert entries[0].was["state"] == "submitted"
    assert audit_entry(work, entries[0].id) == entries[0]
    assert audit_entry(work, 10_000) is None


def test_changes_keep_the_first_and_the_last_of_each_thing() -> None:
    changes = Changes()
    changes.note("balances", "1@1", {"available": 5, "reserved": 0}, {"available": 3, "reserved": 2})
    changes.note("balances", "1@1", {"available": 3, "reserved": 2}, {"available": 3, "reserved": 0})
    changes.note("documents", 7, None, {"state": "new", "reason": None, "held": 0})
    changes.note("documents", 7, {"state": "new"}, {"state": "old"})
    changes.note("lines", "7.1", {"asked": 1}, {"asked": 1})
    changes.note("people", 3, {"role": "clerk"}, {"role": "keeper", "region": "west"})
    assert changes.before == {"balances": {"1@1": {"available": 5}}, "people": {"3": {"role": "clerk", "region": None}}}
    assert changes.after == {
        "balances": {"1@1": {"available": 3}},
        "documents": {"7": {"state": "old"}},
        "people": {"3": {"role": "keeper", "region": "west"}},
    }
