"""Reads the demo's files as rows that say where they stand when something is wrong in them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row. Every reader raises ValueError with file and row when a cell is not what it asks for."""

    where: str
    cells: Mapping[str, Any]

    def wrong(self, what: str) -> ValueError:
        """The error to raise for this row."""
        return ValueError(f"{self.where}: {what}")

    def part(self, name: str) -> Row:
        """A table in the table."""
        cells = self.cells.get(name)
        if not isinstance(cells, dict):
            raise self.wrong(f"[{name}] is missing")
        return Row(f"{self.where}, {name}", cells)

    def text(self, name: str) -> str:
        """Words; an empty cell is wrong."""
        value = self.cells.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{name} should be words, not {value!r}")
        return value

    def text_or(self, name: str, otherwise: str) -> str:
        """Words, or `otherwise` where the cell is empty."""
        return self.text(name) if self.cells.get(name) else otherwise

    def whole(self, name: str) -> int:
        """A whole number from 0 up."""
        value = self.cells.get(name)
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        if type(value) is int and value >= 0:
            return value
        raise self.wrong(f"{name} should be a whole number, not {value!r}")

    def wholes(self, name: str, count: int) -> tuple[int, ...]:
        """A list of so many whole numbers from 0 up."""
        value = self.cells.get(name)
        if (
            not isinstance(value, list)
            or len(value) != count
            or not all(type(one) is int and one >= 0 for one in value)
        ):
            raise self.wrong(f"{name} should be {count} whole numbers, not {value!r}")
        return tuple(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.cells.get(name)
        if not isinstance(value, bool):
            raise self.wrong(f"{name} should be true or false, not {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of different words: a TOML array, or a CSV cell divided by |. An empty cell is an empty list."""
        value = self.cells.get(name) or []
        words = value.split("|") if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
            raise self.wrong(f"{name} should be a list of words, not {value!r}")
        if len(set(words)) != len(words):
            raise self.wrong(f"{name} says the same twice: {value!r}")
        return tuple(words)

    def known(self, name: str, codes: Collection[str]) -> str:
        """One of `codes`."""
        return self._known(name, self.text(name), codes)

    def known_or_none(self, name: str, codes: Collection[str]) -> str | None:
        """One of `codes`, or None where the cell is empty."""
        return self.known(name, codes) if self.cells.get(name) else None

    def all_known(self, name: str, codes: Collection[str]) -> tuple[str, ...]:
        """A list of some of `codes`."""
        return tuple(self._known(name, word, codes) for word in self.texts(name))

    def _known(self, name: str, word: str, codes: Collection[str]) -> str:
        if word not in codes:
            raise self.wrong(f"{name} names {word!r}, which is not known")
        return word


def read_toml(path: Path) -> Row:
    """A whole TOML file as one row."""
    with path.open("rb") as file:
        try:
            return Row(path.name, tomllib.load(file))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path.name}: {error}") from error


def toml_rows(path: Path, table: str, names: Collection[str]) -> list[Row]:
    """The rows of one array of tables, which may have no other cells than `names`."""
    found = read_toml(path).cells.get(table)
    if not isinstance(found, list) or not all(isinstance(cells, dict) for cells in found):
        raise ValueError(f"{path.name}: [[{table}]] is missing")
    rows = []
    for number, cells in enumerate(found, start=1):
        code = cells.get("code")
        row = Row(f"{path.name}, {table} {number}" + (f" ({code})" if code else ""), cells)
        if strange := sorted(set(cells) - set(names)):
            raise row.wrong(f"{strange[0]} is no cell of a {table}")
        rows.append(row)
    return rows


def csv_rows(path: Path, names: Collection[str]) -> list[Row]:
    """The rows of a CSV file whose head is `names`. A spreadsheet's byte order mark is passed over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="too many cells")
        if reader.fieldnames != list(names):
            raise ValueError(f"{path.name}, line 1: the head should be {','.join(names)}")
        rows = []
        for cells in reader:
            row = Row(f"{path.name}, line {reader.line_num} ({cells['code']})", cells)
            if "too many cells" in cells or None in cells.values():
                raise row.wrong(f"should have {len(names)} cells")
            rows.append(row)
    return rows


def no_twins(keys: Iterable[tuple[Row, object]]) -> None:
    """Raises ValueError for the second of two rows with the same key."""
    first: dict[object, Row] = {}
    for row, key in keys:
        if key in first:
            raise row.wrong(f"{key} stands in {first[key].where} already")
        first[key] = row
