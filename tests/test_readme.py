"""The README's map is what the packages' docstrings say."""

from pathlib import Path

import pytest

from tests.house_map import README, ROOT, house_map, shown_in, with_map


def test_the_readme_shows_the_house_as_it_stands() -> None:
    shown = shown_in(README.read_text(encoding="utf-8"))
    assert shown == house_map(ROOT), "the map in README.md is old: `make readme` draws it anew"


def test_a_map_is_nested_and_in_reading_order(tmp_path: Path) -> None:
    for package, docstring in {
        "core": "The shop's rules:\nknows no chat.\n\nBegin in execute.py.",
        "core/stock": "Goods.",
        "core/people": "People.",
        "core/ground": "Ground.",
        "bot": "The edges.",
    }.items():
        (tmp_path / package).mkdir(parents=True, exist_ok=True)
        (tmp_path / package / "__init__.py").write_text(f'"""{docstring}\n"""\n', encoding="utf-8")
    (tmp_path / "core" / "wording").mkdir()

    assert house_map(tmp_path).splitlines() == [
        "- `bot/`: The edges.",
        "- `core/`: The shop's rules: knows no chat.",
        "  - `ground/`: Ground.",
        "  - `people/`: People.",
        "  - `stock/`: Goods.",
    ]


def test_a_new_map_takes_the_place_of_the_old_one() -> None:
    readme = "# Stocktalk\n<!-- map -->\nold\n<!-- /map -->\nmore\n"
    assert shown_in(readme) == "old"
    assert with_map(readme, "new") == "# Stocktalk\n<!-- map -->\nnew\n<!-- /map -->\nmore\n"


@pytest.mark.parametrize(
    "readme", ["", "<!-- map -->", "<!-- /map --><!-- map -->", "<!-- map --><!-- map --><!-- /map -->"]
)
def test_a_readme_without_its_marks_is_refused(readme: str) -> None:
    with pytest.raises(ValueError):
        shown_in(readme)
