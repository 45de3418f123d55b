"""Numerals in three scripts, and what only looks like one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from handlers.understand.numbers import number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("20", 20),
        ("1,200", 1200),
        ("2.5", Fraction(5, 2)),
        ("1.5万", 15_000),
        ("十", 10),
        ("十五", 15),
        ("两百", 200),
        ("一百零五", 105),
        ("一千零二十", 1020),
        ("两万三千", 23_000),
        ("二点五", Fraction(5, 2)),
        ("伍拾", 50),
        ("twelve", 12),
        ("twenty five", 25),
        ("two hundred and five", 205),
        ("五六", None),
        ("二三十", None),
        ("十二十", None),
        ("百", None),
        ("一百五", None),
        ("一万五", None),
        ("零五", None),
        ("1,20", None),
        ("five six", None),
        ("", None),
        ("箱", None),
    ],
)
def test_numerals(said: str, value: int | Fraction | None) -> None:
    assert number(said) == value
