"""The mutant runner calls a mutant caught only when its named tests noticed it."""

import subprocess
from pathlib import Path

import pytest

from tests.mutants.run import HERE, Unusable, colour_of, read_mutant, try_all

PATCH = """\
# mutant: Two and two make five.
# caught by: {test}
--- a/core/sums.py
+++ b/core/sums.py
@@ -1,2 +1,2 @@
 def add(a, b):
-    return {before}
+    return a + b + 1
"""
TESTS = """\
import pytest
from core.sums import add

@pytest.mark.parametrize("b", [1, 2])
def test_adds(b):
    assert add(2, b) == 2 + b

def test_looks_away():
    assert add(2, 2)

def test_is_red_anyway():
    assert add(2, 2) == 5
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A house of one function, with tests that notice, that look away, and that are red anyway."""
    root = tmp_path / "house"
    for name, text in {
        "core/__init__.py": "",
        "core/sums.py": "def add(a, b):\n    return a + b\n",
        "tests/test_sums.py": TESTS,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(("git", "init", "-q"), cwd=root, check=True)
    return root


def planted(tree: Path, test: str, before: str = "a + b") -> Path:
    """A patch file beside the tree."""
    patch = tree.parent / f"{test}.patch"
    patch.write_text(PATCH.format(test=f"tests/test_sums.py::{test}", before=before))
    return patch


def test_only_a_test_that_turns_red_catches(tree: Path) -> None:
    noticed, looked_away, unfit = (
        read_mutant(planted(tree, "test_adds")),
        read_mutant(planted(tree, "test_looks_away")),
        read_mutant(planted(tree, "test_adds[1]", before="b + a")),
    )
    verdicts = try_all(tree, [noticed, looked_away, unfit])

    assert verdicts[0].flaw == ""
    assert verdicts[1].flaw == "tests/test_sums.py::test_looks_away is green"
    assert verdicts[2].flaw.startswith("does not apply: ")
    assert "a + b + 1" not in (tree / "core" / "sums.py").read_text()


def test_a_test_that_is_red_anyway_catches_nothing(tree: Path) -> None:
    with pytest.raises(Unusable, match=r"Not green without any mutant: .*test_is_red_anyway"):
        try_all(tree, [read_mutant(planted(tree, "test_is_red_anyway"))])


def test_no_mutants_is_not_a_success(tree: Path) -> None:
    with pytest.raises(Unusable):
        try_all(tree, [])


@pytest.mark.parametrize(
    "head", ["", "# mutant: Five.", "# caught by: tests/a.py::test", "# mutant: Five.\n# caught by: a"]
)
def test_a_patch_says_what_it_breaks_and_who_notices(tmp_path: Path, head: str) -> None:
    patch = tmp_path / "five.patch"
    patch.write_text(head)
    with pytest.raises(Unusable):
        read_mutant(patch)


def test_one_red_parameter_is_enough_and_none_run_is_not_green() -> None:
    assert colour_of("t.py::a", {"t.py::a[1]": "green", "t.py::a[2]": "red", "t.py::ab": "red"}) == "red"
    assert colour_of("t.py::a", {"t.py::ab": "red"}) == "not run"
    assert colour_of("t.py::a", {"t.py::a": "skipped"}) == "skipped"


def test_every_mutant_of_the_house_is_well_formed() -> None:
    for patch in HERE.glob("*.patch"):
        assert read_mutant(patch).says.endswith(".")
