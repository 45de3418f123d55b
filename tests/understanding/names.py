"""What people call the goods, places and suppliers of a world: only names that mean one thing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.understanding.pieces import Piece, Role
from tests.understanding.sets import world_file

Row = Mapping[str, Any]


@cache
def chain() -> Row:
    """The world of the sets as its file has it."""
    plain: Row = json.loads(world_file())
    return plain


@cache
def products() -> Mapping[str, Row]:
    """The products by their SKU."""
    return {product["sku"]: product for product in chain()["products"]}


def is_chinese(name: str) -> bool:
    """Whether a name has a Chinese character."""
    return re.search(r"[\u3400-\u9fff]", name) is not None


@dataclass(frozen=True)
class Names:
    """Names by role and code, and what each name means, in lower case."""

    of: Mapping[tuple[Role, str], tuple[str, ...]]
    meaning: Mapping[str, frozenset[tuple[Role, str]]]
    pattern: re.Pattern[str]

    def unique(self, role: Role, code: str) -> tuple[str, ...]:
        """The names of something that name nothing else."""
        return tuple(name for name in self.of[role, code] if len(self.meaning[name.lower()]) == 1)

    def scanned(self, text: str) -> tuple[Piece, ...]:
        """A text in pieces: its names, the longest first, and what stands between them."""
        found, end = [], 0
        for match in self.pattern.finditer(text):
            if match.start() > end:
                found.append(Piece(text[end : match.start()]))
            found.append(self._named(match[0]))
            end = match.end()
        return (*found, Piece(text[end:])) if end < len(text) else tuple(found)

    def _named(self, text: str) -> Piece:
        """A name, with its code where it means one thing."""
        meant = self.meaning[text.lower()]
        roles = {role for role, _ in meant}
        role = roles.pop() if len(roles) == 1 else Role.PLAIN
        return Piece(text, role, next(iter(meant))[1] if len(meant) == 1 else None)


@cache
def names() -> Names:
    """Every name of the world of the sets."""
    of: dict[tuple[Role, str], tuple[str, ...]] = {}
    for role, code, said in _all():
        of[role, code] = tuple(dict.fromkeys(said))
    meaning: dict[str, set[tuple[Role, str]]] = defaultdict(set)
    for key, said_names in of.items():
        for name in said_names:
            meaning[name.lower()].add(key)
    longest_first = sorted(meaning, key=len, reverse=True)
    pattern = re.compile("|".join(map(_bounded, longest_first)), re.IGNORECASE)
    return Names(of, {name: frozenset(meant) for name, meant in meaning.items()}, pattern)


def _all() -> Iterator[tuple[Role, str, list[str]]]:
    for product in chain()["products"]:
        yield Role.PRODUCT, product["sku"], _product_names(product)
    for role, group in ((Role.PLACE, "stores"), (Role.SUPPLIER, "suppliers")):
        for one in chain()[group]:
            yield role, one["code"], [one["name_zh"], one["name_en"], *one["aliases"], one["code"]]


def _product_names(product: Row) -> list[str]:
    """With the size where it is drunk; the weight of what is weighed reads like an amount."""
    found, size = [product["sku"], *product["aliases"]], product["size"]
    for name in (product["name_zh"], product["name_en"]):
        found.append(name)
        if size and not product["decimals"] and not re.search(r"\d", name):
            found.append(f"{name} {size}" if name.isascii() else name + size)
    return found


def _bounded(name: str) -> str:
    """A pattern for a name: Latin ones stand apart from other letters and digits."""
    front = r"(?<![a-z0-9])" if name[0].isascii() else ""
    back = r"(?![a-z0-9])" if name[-1].isascii() else ""
    return front + re.escape(name) + back
