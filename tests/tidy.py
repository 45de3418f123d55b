"""The rules of form that no other tool holds, as pure functions from a source to its breaches."""

import ast
import re
from collections.abc import Iterator
from unicodedata import east_asian_width

LONGEST_FUNCTION, LONGEST_FILE, WIDEST_LINE = 60, 400, 120
EMPTY_WORDS = frozenset({"util", "utils", "helper", "helpers", "info"})
# A manager is a person with a role, never a class that manages.
BOSSES, HAVE_A_BOSS = frozenset({"manager", "managers"}), frozenset({"store", "area"})
INEXACT = frozenset(
    {"float", "Float", "Double", "DOUBLE", "DOUBLE_PRECISION", "REAL", "Numeric", "NUMERIC", "Decimal", "DECIMAL"}
)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def long_functions(source: str) -> list[str]:
    """Functions over 60 lines, from `def` to the last line, docstring included."""
    lengths = ((node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions(ast.parse(source)))
    return [f"{node.name} has {length} lines" for node, length in lengths if length > LONGEST_FUNCTION]


def long_file(source: str) -> list[str]:
    """A file of over 400 lines."""
    length = len(source.splitlines())
    return [f"has {length} lines"] if length > LONGEST_FILE else []


def wide_lines(source: str) -> list[str]:
    """Lines of a file that is no Python, which ruff looks at, wider than 120 columns; a Chinese character takes two."""
    widths = (sum(1 + (east_asian_width(char) in "WF") for char in line) for line in source.splitlines())
    return [f"line {at} is {width} wide" for at, width in enumerate(widths, start=1) if width > WIDEST_LINE]


def job_not_said(source: str) -> list[str]:
    """A module without a docstring whose first line is a sentence."""
    docstring = ast.get_docstring(ast.parse(source), clean=False)
    if docstring is None:
        return ["has no docstring"]
    first = docstring.partition("\n")[0].strip()
    return [] if first.endswith(".") else [f"begins with {first!r}, which is no sentence"]


def imports_inside_functions(source: str) -> list[str]:
    """Imports inside a function, however deep."""
    return [
        f"line {inner.lineno}: {node.name} imports"
        for node in functions(ast.parse(source))
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def empty_names(source: str, module: str) -> list[str]:
    """Names of modules, classes, functions, arguments and fields with a word that says nothing."""
    names = [module, *declared(ast.parse(source))]
    return [f"{name} says nothing" for name in names if says_nothing(name)]


def says_nothing(name: str) -> bool:
    """Whether a name holds an empty word, or a manager who is no store's and no area's."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    before = [None, *words]
    return any(
        word in EMPTY_WORDS or (word in BOSSES and previous not in HAVE_A_BOSS)
        for previous, word in zip(before, words, strict=False)
    )


def inexact_numbers(source: str) -> list[str]:
    """Float and decimal types: SQLite keeps both as binary fractions, and a book has to add up."""
    return [
        f"line {node.lineno}: {word}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name | ast.Attribute) and (word := last_word(node)) in INEXACT
    ]


def more_than_a_docstring(source: str) -> list[str]:
    """Code in an `__init__.py`, whose one job is to say what the package is for."""
    match ast.parse(source).body:
        case [ast.Expr(value=ast.Constant(value=str()))]:
            return []
        case _:
            return ["holds more, or less, than a docstring"]


def functions(tree: ast.AST) -> Iterator[FunctionNode]:
    """Every function of a module, methods and nested ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, FunctionNode))


def declared(tree: ast.Module) -> Iterator[str]:
    """What a module declares to its readers. Variables inside a function are its own affair."""
    for node in ast.walk(tree):
        # The name of a test is a sentence, and may say what it likes.
        if isinstance(node, FunctionNode | ast.ClassDef) and not node.name.startswith("test_"):
            yield node.name
        if isinstance(node, ast.arg):
            yield node.arg
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from (name for statement in node.body for name in assigned(statement))


def assigned(statement: ast.stmt) -> Iterator[str]:
    """The names that one assignment gives a value or a type."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))


def last_word(node: ast.Name | ast.Attribute) -> str:
    """`Float` of `Float` and of `sa.Float`."""
    return node.id if isinstance(node, ast.Name) else node.attr
