"""The scorer: for one labelled message and one row, whether it is exact, dangerous, needless. A table of them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.understanding import score as command
from tests.understanding.scorer import Scorer, percentile, score, scores, verdicts

SCORER = Scorer({"COLA": "瓶", "BEER": "罐"})
COLA = {"sku": "COLA", "quantity": "5", "unit": "箱"}
MOVE = {"intent": "transfer.create", "from": "W1", "to": "XH", "lines": [COLA]}
ASKS = {**MOVE, "missing": ["to"]}
WHICH = {**MOVE, "lines": [{**COLA, "sku": None}], "ambiguous": {"lines.0.sku": ["COLA", "BEER"]}}
LOOK = {"intent": "stock.query", "store": "XH", "lines": [{"sku": "COLA", "quantity": None, "unit": None}]}
SOLD = {"intent": "sale.record", "store": "XH", "lines": [COLA], "price": "3.50"}
LOST = {"intent": "writeoff.record", "store": "XH", "lines": [COLA], "reason": "expired"}
CAME = {"intent": "transfer.receive", "document": "TR-1", "shortage": [COLA]}
UNKNOWN = {"intent": "unknown"}
EITHER = {"intent": "transfer.receive", "ambiguous": {"intent": ["transfer.receive", "purchase.receive"]}}
ALT = ("undo", "stock.query", "sale.record")


def gold(expect: object, alternatives: tuple[str, ...] = ()) -> dict[str, Any]:
    """A labelled message."""
    return {"id": "1", "text": "", "lang": "zh", "tags": [], "expect": expect, "alt_intents": list(alternatives)}


def line(**other: object) -> dict[str, Any]:
    """The transfer with another line."""
    return {**MOVE, "lines": [{**COLA, **other}]}


# labelled, said, what it is: e(xact), i(ntent right), d(angerous), n(eedless)
TABLE: list[tuple[Any, Any, str]] = [
    (MOVE, MOVE, "ei"),
    (MOVE, line(quantity="5.0"), "ei"),
    (MOVE, line(quantity="6"), "id"),
    (MOVE, line(unit=None), "id"),
    (line(unit=None), line(unit="瓶"), "ei"),
    (MOVE, line(sku="BEER"), "id"),
    (MOVE, {**MOVE, "lines": [COLA, COLA]}, "id"),
    (MOVE, {**MOVE, "to": "EQ"}, "id"),
    (MOVE, {**MOVE, "store": "EQ"}, "ei"),
    (MOVE, ASKS, "in"),
    (MOVE, UNKNOWN, "n"),
    (MOVE, {"intent": "smalltalk"}, "n"),
    (MOVE, SOLD, "d"),
    (MOVE, LOOK, ""),
    (ASKS, MOVE, "id"),
    (ASKS, {**MOVE, "invalid": ["to"], "to": None}, "ei"),
    (ASKS, {**MOVE, "ambiguous": {"to": ["XH", "EQ"]}}, "ei"),
    (ASKS, {**MOVE, "missing": ["from"]}, "i"),
    (WHICH, WHICH, "ei"),
    (WHICH, {**WHICH, "ambiguous": {"lines.0.sku": ["COLA"]}}, "i"),
    (WHICH, {**WHICH, "ambiguous": {"lines.0.sku": ["BEER", "COLA", *map(str, range(12))]}}, "ei"),
    (WHICH, {**WHICH, "ambiguous": {"lines.0.sku": ["BEER", "COLA", *map(str, range(13))]}}, "i"),
    (WHICH, {**WHICH, "ambiguous": {}, "missing": ["lines.0.sku"]}, "i"),
    (WHICH, line(), "id"),
    ({**MOVE, "missing": ["lines.0.quantity"]}, {**line(unit="罐"), "invalid": ["lines.0.quantity"]}, "ei"),
    (LOOK, {**LOOK, "lines": [{**COLA, "quantity": "9"}]}, "ei"),
    (LOOK, {**LOOK, "store": "*"}, "i"),
    (LOOK, {**LOOK, "missing": ["store"]}, "in"),
    (SOLD, {**SOLD, "price": "3.5"}, "ei"),
    (SOLD, {**SOLD, "price": "4"}, "i"),
    (LOST, {**LOST, "reason": "lost"}, "i"),
    ({**LOST, "missing": ["reason"]}, LOST, "id"),
    (CAME, {**CAME, "shortage": [{**COLA, "quantity": "6"}]}, "id"),
    (CAME, CAME, "ei"),
    (UNKNOWN, {"intent": "smalltalk"}, "ei"),
    (UNKNOWN, MOVE, "d"),
    (UNKNOWN, {"intent": "undo"}, "d"),
    (UNKNOWN, {**UNKNOWN, "ambiguous": {"intent": ["undo", "confirm"]}}, "i"),
    (EITHER, {**EITHER, "intent": "purchase.receive"}, "ei"),
    (EITHER, {"intent": "purchase.receive"}, "d"),
    (EITHER, EITHER, "ei"),
    ((UNKNOWN, ALT), LOOK, "ei"),
    ((UNKNOWN, ALT), {"intent": "undo"}, "ei"),
    ((UNKNOWN, ALT), SOLD, ""),
    ((UNKNOWN, ALT), {**SOLD, "missing": ["price"]}, "ei"),
]


@pytest.mark.parametrize(("labelled", "row", "wanted"), TABLE)
def test_what_a_row_comes_to(labelled: Any, row: Any, wanted: str) -> None:
    one = SCORER.verdict(gold(*labelled) if isinstance(labelled, tuple) else gold(labelled), row)
    flags = zip("eidn", (one.exact, one.intent, one.dangerous, one.needless), strict=True)
    assert "".join(letter for letter, flag in flags if flag) == wanted


def test_the_figures_of_a_group() -> None:
    golds = [{**gold(expect), "id": str(at), "tags": ["a"] * (at % 2)} for at, expect in enumerate([MOVE] * 3 + [LOOK])]
    rows = [
        {"id": "0", **MOVE, "ms": 1.0},
        {"id": "1", **line(quantity="6"), "ms": 3.0},
        {"id": "2", **ASKS, "ms": 2.0},
    ]
    found = verdicts(SCORER, golds, rows)
    total, language, tag = scores(found)
    assert (total.n, total.exact, total.intent, total.dangerous, total.needless) == (4, 25, 75, 1, 50)
    assert total.slot_f1 == pytest.approx(100 * 2 * (3 + 2 + 2) / (3 + 3 + 3 + 2 + 3 + 3 + 3 + 0))
    assert (total.p50_ms, total.p99_ms) == (2, 3)
    assert (language.group, tag.group, tag.n) == ("lang:zh", "tag:a", 2)
    assert str(total).startswith("ALL                    n=   4 exact= 25.0% intent= 75.0% slotF1= 70.0 DANGEROUS=  1")


def test_rows_without_ids_are_found_by_their_place() -> None:
    golds = [gold(MOVE), {**gold(LOOK), "id": "2"}]
    assert [one.exact for one in verdicts(SCORER, golds, [MOVE, LOOK])] == [True, True]
    assert [one.exact for one in verdicts(SCORER, golds, [{**MOVE, "id": "1"}])] == [True, False]


def test_percentiles() -> None:
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([7], 0.5) == 7
    assert math.isnan(percentile([], 0.5))
    assert math.isnan(score("none", []).p99_ms)


def test_the_command_prints_figures_and_rows_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["dev"])
    plain = capsys.readouterr().out
    assert plain.startswith("ALL                    n= 286 exact=")
    assert "tag:danger" in plain
    assert "gold" not in plain
    command.main(["dev", "--show", "2"])
    assert capsys.readouterr().out.count("     gold ") in range(1, 3)
