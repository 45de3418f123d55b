"""The labelled sets do not get worse: floors under what is exact, ceilings over what is asked, nothing dangerous."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.understanding.scorer import score
from tests.understanding.sets import judged, labelled, predicted, world_of


@dataclass(frozen=True, slots=True)
class Floor:
    """The least percent that is exact, and the most percent that is asked for nothing. Dangerous is none, ever."""

    exact: float
    needless: float


FLOORS = {
    "dev": Floor(exact=98, needless=2),
    "dev2": Floor(exact=96, needless=4),
    "dev3": Floor(exact=95, needless=4),
    "shop": Floor(exact=98, needless=3),
    "english": Floor(exact=96, needless=3),
    "turns": Floor(exact=97, needless=3),
    "day": Floor(exact=93, needless=6),
    "chengdu": Floor(exact=95, needless=4),
    "hangzhou": Floor(exact=97, needless=3),
    "henan": Floor(exact=95, needless=3),
    "brisk": Floor(exact=92, needless=4),
    "everyday": Floor(exact=91, needless=6),
    "mixed": Floor(exact=94, needless=6),
    "headquarters": Floor(exact=91, needless=4),
    "clerks": Floor(exact=86, needless=12),
    "unlike": Floor(exact=87, needless=13),
    "weekdays": Floor(exact=98, needless=2),
    "southern": Floor(exact=94, needless=3),
    "rulebook": Floor(exact=93, needless=4),
    "tills": Floor(exact=96, needless=3),
    "exam": Floor(exact=96, needless=3),
    "week": Floor(exact=95, needless=3),
    "wenzhou": Floor(exact=96, needless=3),
    "dongbei": Floor(exact=96, needless=3),
    "hubei": Floor(exact=93, needless=2),
    "ningbo": Floor(exact=94, needless=4),
    "logs": Floor(exact=92, needless=5),
    "abroad": Floor(exact=67, needless=32),
    "rush": Floor(exact=80, needless=19),
    "office": Floor(exact=68, needless=32),
    "edges": Floor(exact=82, needless=13),
    "faces": Floor(exact=84, needless=15),
    "visitors": Floor(exact=76, needless=21),
    "sichuan": Floor(exact=98, needless=2),
    "qin": Floor(exact=97, needless=3),
    "canton": Floor(exact=96, needless=3),
    "chu": Floor(exact=93, needless=5),
    "hu": Floor(exact=95, needless=3),
    "long": Floor(exact=96, needless=2),
    "yu": Floor(exact=95, needless=3),
    "peng": Floor(exact=94, needless=5),
    "jing": Floor(exact=94, needless=3),
    "ning": Floor(exact=95, needless=4),
    "lu": Floor(exact=96, needless=4),
    "xiang": Floor(exact=97, needless=3),
    "wan": Floor(exact=92, needless=5),
    "min": Floor(exact=94, needless=5),
    "gui": Floor(exact=97, needless=2),
    "meng": Floor(exact=97, needless=2),
}


@pytest.mark.parametrize("name", FLOORS)
def test_a_set_is_understood_no_worse_than_before(name: str) -> None:
    found = judged(labelled(name), world_of(name))
    dangerous = [one.gold["id"] for one in found if one.dangerous]
    total = score(name, found)
    assert dangerous == []
    assert total.exact >= FLOORS[name].exact
    assert total.needless <= FLOORS[name].needless


@pytest.mark.parametrize("said", ["调5箱安希到二七店", "send 5 west lake lotus root podwer to erqi"])
def test_too_little_of_a_misspelt_name_moves_nothing(said: str) -> None:
    [row] = predicted([{"id": "1", "text": said, "user": "u01", "expect": {}}])
    assert row["intent"] == "unknown" or row["missing"]
