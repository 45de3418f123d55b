"""The import contracts speak of the whole house: no package, and so no module, stands outside of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = ("bot", "handlers", "core", "data")
WITHOUT_ORDER = {"data.migrations", "data.migrations.versions"}
"""Here files come one after the other, and each only knows what was there before."""


def test_each_package_has_a_contract_for_all_that_is_in_it() -> None:
    found = {one for floor in FLOORS for one in packages(ROOT / floor)}
    assert found - exhaustive(ROOT / "pyproject.toml") == WITHOUT_ORDER


def test_no_contract_is_of_a_package_that_is_gone() -> None:
    assert exhaustive(ROOT / "pyproject.toml") <= {one for floor in FLOORS for one in packages(ROOT / floor)}


def packages(folder: Path) -> list[str]:
    """The packages from this one down that have modules, by their dotted names."""
    firsts = folder.rglob("__init__.py")
    with_modules = (first.parent for first in firsts if len(list(first.parent.glob("*.py"))) > 1)
    return [".".join(one.relative_to(ROOT).parts) for one in with_modules]


def exhaustive(project: Path) -> set[str]:
    """The packages whose modules are each named in a contract."""
    contracts = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    return {package for one in contracts if one.get("exhaustive") for package in one["containers"]}
