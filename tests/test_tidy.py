"""The house keeps its form: lengths, docstrings, imports, names, whole numbers in tables."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import tidy

ROOT = Path(__file__).parents[1]
FLOORS = ("bot", "handlers", "core", "data")
FOREIGN = frozenset({"strictgram"})
"""Folders of code that came from elsewhere, and keeps the form that it has there."""
# A table of contents has to name its contents.
TABLES_OF_CONTENTS = frozenset({"handlers/capabilities/__init__.py"})
Check = Callable[[str], list[str]]


def test_every_source_is_looked_at() -> None:
    found = list(sources(ROOT, *FLOORS, "tests"))
    assert {path.relative_to(ROOT).parts[0] for path in found} == {*FLOORS, "tests"}
    assert Path(__file__) in found


@pytest.mark.parametrize(
    "check", [tidy.long_functions, tidy.long_file, tidy.job_not_said, tidy.imports_inside_functions]
)
def test_sources_are_tidy(check: Check) -> None:
    assert breaches(check, sources(ROOT, *FLOORS, "tests")) == []


def test_phrase_files_can_be_read_line_by_line() -> None:
    files = sorted((ROOT / "handlers").rglob("*.yaml"))
    assert files
    assert breaches(tidy.wide_lines, iter(files)) == []


def test_names_say_something() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in sources(ROOT, *FLOORS, "tests")
        for breach in tidy.empty_names(path.read_text(encoding="utf-8"), path.stem)
    ]
    assert found == []


def test_tables_hold_whole_numbers() -> None:
    assert breaches(tidy.inexact_numbers, sources(ROOT, "data/tables", "data/migrations")) == []


def test_each_package_says_its_job_and_nothing_else() -> None:
    assert not unsaid_packages(ROOT)
    firsts = (path for path in sources(ROOT, *FLOORS) if path.name == "__init__.py")
    plain = (path for path in firsts if path.relative_to(ROOT).as_posix() not in TABLES_OF_CONTENTS)
    assert breaches(tidy.more_than_a_docstring, plain) == []


def test_a_package_without_its_first_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "core" / "stock").mkdir(parents=True)
    (tmp_path / "core" / "__init__.py").touch()
    (tmp_path / "core" / "stock" / "ledger.py").touch()
    assert unsaid_packages(tmp_path) == ["core/stock"]


LONG_BODY = "    pass\n" * 60
PLANTED = [
    (tidy.long_functions, f"def carry():\n{LONG_BODY}"),
    (tidy.long_functions, f"class Book:\n    async def carry(self):\n{LONG_BODY.replace('    ', '        ')}"),
    (tidy.long_file, "\n" * 401),
    (tidy.wide_lines, "货" * 61),
    (tidy.job_not_said, ""),
    (tidy.job_not_said, '"""Things"""\n'),
    (tidy.job_not_said, '"""\nMoves goods.\n"""\n'),
    (tidy.imports_inside_functions, "def f():\n    if True:\n        import os\n"),
    (tidy.imports_inside_functions, "class A:\n    def f(self):\n        from os import path\n"),
    (tidy.inexact_numbers, "price: float\n"),
    (tidy.inexact_numbers, "price = Column(sa.Numeric(10, 2))\n"),
    (tidy.more_than_a_docstring, ""),
    (tidy.more_than_a_docstring, '"""Goods."""\n\nfrom core import goods\n'),
]
CLEAN = [
    (tidy.long_functions, f"def carry():\n{LONG_BODY.removesuffix('    pass' + chr(10))}"),
    (tidy.long_file, "\n" * 400),
    (tidy.wide_lines, f"{'货' * 60}\n{'x' * 120}"),
    (tidy.job_not_said, '"""Moves goods.\n\nAnd no money"""\n'),
    (tidy.imports_inside_functions, "if TYPE_CHECKING:\n    import os\n"),
    (tidy.inexact_numbers, "price_fen: int = Field(sa_type=BigInteger)\n"),
    (tidy.more_than_a_docstring, '"""Goods."""\n'),
]


@pytest.mark.parametrize(("check", "source"), PLANTED)
def test_a_planted_breach_is_found(check: Check, source: str) -> None:
    assert len(check(source)) == 1


@pytest.mark.parametrize(("check", "source"), CLEAN)
def test_what_keeps_the_rule_passes(check: Check, source: str) -> None:
    assert check(source) == []


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("", "stock_utils"),
        ("class CardManager:\n    pass\n", "cards"),
        ("def card_helper():\n    pass\n", "cards"),
        ("def draw(card_info):\n    pass\n", "cards"),
        ("class Card:\n    manager: int\n", "cards"),
        ("MANAGER = 1\n", "cards"),
        ("def of(*, regional_manager):\n    pass\n", "cards"),
    ],
)
def test_an_empty_name_is_found(source: str, module: str) -> None:
    assert len(tidy.empty_names(source, module)) == 1


def test_the_managers_of_stores_and_areas_keep_their_names() -> None:
    source = "class Role:\n    STORE_MANAGER = 1\n\ndef area_managers(information, storeManager):\n    helper = 1\n"
    assert tidy.empty_names(source, "people") == []


def sources(root: Path, *folders: str) -> Iterator[Path]:
    """The Python files of these folders, sorted, without what tools keep there."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).parts
            if not any(part in FOREIGN or part.startswith((".", "__pycache__")) for part in parts):
                yield path


def breaches(check: Check, paths: Iterator[Path]) -> list[str]:
    """What a check finds in these files, each with the file it is in."""
    return [
        f"{path.relative_to(ROOT)}: {breach}" for path in paths for breach in check(path.read_text(encoding="utf-8"))
    ]


def unsaid_packages(root: Path) -> list[str]:
    """Folders with Python files and no `__init__.py`."""
    folders = {path.parent for path in sources(root, *FLOORS)}
    return sorted(folder.relative_to(root).as_posix() for folder in folders if not (folder / "__init__.py").exists())
