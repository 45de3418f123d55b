"""Finds barcodes in a text and checks their last digit."""

from __future__ import annotations

import re

_LENGTHS = frozenset({8, 12, 13, 14})
_DIGITS = re.compile(r"\d[\d -]{7}")
"""What every barcode begins with."""
_RUN = re.compile(r"(?<![a-z0-9.-])\d{8,}(?![a-z0-9]|[.-]\d)")
_SPACED = re.compile(r"(?<![a-z0-9.-])6\d{2}(?:[ -]?\d){10}(?![a-z0-9]|[ .,-]?\d)")


def barcodes_in(chars: str) -> list[tuple[int, int, str]]:
    """Every digit run that can be a barcode, as (start, end, digits).

    Also one that is a digit too short or too long behind a Chinese prefix (690 to 699): it was meant for one.
    """
    if not _DIGITS.search(chars):
        return []
    found = [(match.start(), match.end(), match[0]) for match in _RUN.finditer(chars) if _may_be(match[0])]
    for match in _SPACED.finditer(chars):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) < len(match[0]) and valid_barcode(digits):
            found.append((match.start(), match.end(), digits))
    return found


def _may_be(digits: str) -> bool:
    return len(digits) in _LENGTHS or (digits.startswith("69") and 11 <= len(digits) <= 15)


def valid_barcode(digits: str) -> bool:
    """Whether the last digit is the check digit of the ones before it.

    GS1 General Specifications, section 7.9: from the right, without the check digit, the digits weigh 3 and 1 in turn,
    and the check digit makes the sum a multiple of ten.
    """
    if len(digits) not in _LENGTHS or not digits.isascii() or not digits.isdecimal():
        return False
    weighed = (int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits[:-1])))
    return (sum(weighed) + int(digits[-1])) % 10 == 0
