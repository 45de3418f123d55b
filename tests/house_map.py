"""Draws the map of the house from the packages' docstrings.

`python -m tests.house_map` prints it; `--write` puts it into README.md between its two marks.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- map -->", "<!-- /map -->"
# Reading order: imports run down the first row; core goes from its ground over its areas.
ORDER = ("bot", "handlers", "core", "data", "ground", "people", "goods", "stock", "trade", "finance", "watch")
FLOORS = ORDER[:4]


def house_map(root: Path) -> str:
    """A nested Markdown list: each package with the first paragraph of its docstring."""
    return "\n".join(line for floor in FLOORS if (root / floor).is_dir() for line in lines(root / floor, depth=0))


def lines(package: Path, *, depth: int) -> list[str]:
    """The line of one package and, one step further in, those of the packages in it."""
    first = package / "__init__.py"
    if not first.exists():
        return []
    below = sorted((child for child in package.iterdir() if child.is_dir()), key=reading_order)
    own = f"{'  ' * depth}- `{package.name}/`: {first_paragraph(first.read_text(encoding='utf-8'))}"
    return [own, *(line for child in below for line in lines(child, depth=depth + 1))]


def reading_order(package: Path) -> tuple[int, str]:
    """Packages with a place in ORDER by it, the others after them by name."""
    return (ORDER.index(package.name) if package.name in ORDER else len(ORDER), package.name)


def first_paragraph(source: str) -> str:
    """The first paragraph of a module's docstring, on one line; empty where there is none."""
    docstring = ast.get_docstring(ast.parse(source)) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def shown_in(readme: str) -> str:
    """The map a README shows. Raises ValueError when the two marks are not there once, in order."""
    return parts(readme)[1]


def with_map(readme: str, drawn: str) -> str:
    """The README with this map between its marks."""
    before, _, after = parts(readme)
    return f"{before}{BEGIN}\n{drawn}\n{END}{after}"


def parts(readme: str) -> tuple[str, str, str]:
    """What stands before, between and after the marks."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1 or readme.index(BEGIN) > readme.index(END):
        raise ValueError(f"README.md needs {BEGIN} and, after it, {END}, once each")
    before, rest = readme.split(BEGIN)
    between, after = rest.split(END)
    return before, between.strip("\n"), after


def main() -> None:
    """Print the map, or with --write put it into the README."""
    drawn = house_map(ROOT)
    if sys.argv[1:] == ["--write"]:
        README.write_text(with_map(README.read_text(encoding="utf-8"), drawn), encoding="utf-8")
    else:
        print(drawn)


if __name__ == "__main__":
    main()
