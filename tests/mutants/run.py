"""Applies each mutant to a copy of the tree and demands that its named tests turn red.

`make mutants` runs all; arguments pick patches by path. First the named tests run on an untouched copy: a test that is
red anyway catches nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AT_ONCE = 2
PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Mutant:
    """One way to break the code, and the tests that must notice."""

    patch: Path
    says: str
    caught_by: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `flaw` is empty when every named test noticed it."""

    mutant: Mutant
    flaw: str


class Unusable(Exception):
    """A patch or a run from which nothing can be concluded; the text says why."""


def main(arguments: Sequence[str]) -> int:
    """Try the mutants and print a table. 1 if one survives or cannot be judged."""
    try:
        patches = [Path(argument).resolve() for argument in arguments] or sorted(HERE.glob("*.patch"))
        mutants = [read_mutant(patch) for patch in patches]
        verdicts = try_all(ROOT, mutants)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(table(verdicts)))
    return 1 if any(verdict.flaw for verdict in verdicts) else 0


def try_all(root: Path, mutants: Sequence[Mutant]) -> list[Verdict]:
    """A verdict for each mutant of the tree at `root`, which is only read.

    Raises Unusable when there is no mutant, or when a named test is not green without any.
    """
    if not mutants:
        raise Unusable("There is no mutant to try.")
    with tempfile.TemporaryDirectory(prefix="stocktalk-mutants-") as name:
        scratch = Path(name).resolve()
        paths = present_paths(root)
        untouched = copy_tree(root, paths, scratch / "untouched")
        named = sorted({test for mutant in mutants for test in mutant.caught_by})
        colours = run_tests(untouched, named)
        if not_green := [test for test in named if colours[test] != "green"]:
            raise Unusable(f"Not green without any mutant: {', '.join(not_green)}")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda mutant: judge(root, paths, scratch, mutant), mutants))


def judge(root: Path, paths: Iterable[Path], scratch: Path, mutant: Mutant) -> Verdict:
    """Break a copy of the tree and see whether the named tests notice."""
    try:
        tree = copy_tree(root, paths, Path(tempfile.mkdtemp(dir=scratch)) / "tree")
        apply_patch(tree, mutant.patch)
        colours = run_tests(tree, mutant.caught_by)
    except Unusable as problem:
        return Verdict(mutant, str(problem))
    unmoved = [f"{test} is {colours[test]}" for test in mutant.caught_by if colours[test] != "red"]
    return Verdict(mutant, ", ".join(unmoved))


def read_mutant(patch: Path) -> Mutant:
    """The mutant that a patch file describes in its first lines. Raises Unusable when it does not."""
    try:
        head = [line for line in patch.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    except OSError as problem:
        raise Unusable(f"{patch} cannot be read: {problem.strerror}") from None
    says = [line.removeprefix("# mutant:").strip() for line in head if line.startswith("# mutant:")]
    caught_by = [line.removeprefix("# caught by:").strip() for line in head if line.startswith("# caught by:")]
    if len(says) != 1 or not caught_by or not all("::" in test for test in caught_by):
        raise Unusable(f"{patch.name} needs one `# mutant:` and a `# caught by: tests/...::test_name`.")
    return Mutant(patch, says[0], tuple(caught_by))


def present_paths(root: Path) -> list[Path]:
    """The files of the tree that git knows or would add, as far as they are still there."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (root / name).is_file()]


def copy_tree(root: Path, paths: Iterable[Path], target: Path) -> Path:
    """Copy these files of `root` into `target`, and name it."""
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target / path)
    return target


def apply_patch(tree: Path, patch: Path) -> None:
    """Apply a patch to a tree outside any repository. Raises Unusable when it does not fit."""
    # Inside a repository git would skip, without a word, the files it takes to be elsewhere.
    alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(
        ("git", "apply", str(patch)), cwd=tree, env=alone, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unusable(f"does not apply: {(done.stderr.strip().splitlines() or ['git says nothing'])[0]}")


def run_tests(tree: Path, tests: Sequence[str]) -> dict[str, str]:
    """What each named test came to in this tree: green, red, skipped, or not run.

    Raises Unusable when pytest could not begin, took too long, or imported the house from elsewhere.
    """
    written = tree.parent / f"{tree.name}-outcomes.json"
    python_path = os.pathsep.join((str(tree), str(HERE)))
    surroundings = os.environ | {"PYTHONPATH": python_path, "MUTANT_OUTCOMES": str(written)}
    # The empty -m takes the long tests in, should one be named.
    options = (f"--rootdir={tree}", "-q", "-m", "", "-p", "outcomes", "-p", "no:cacheprovider")
    command = (sys.executable, "-m", "pytest", *options, *tests)
    try:
        done = subprocess.run(
            command, cwd=tree, env=surroundings, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unusable(f"took more than {PATIENCE_SECONDS} s") from None
    if done.returncode not in (0, 1) or not written.exists():
        raise Unusable(f"pytest could not run them:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    seen = json.loads(written.read_text())
    if strangers := [path for path in seen["imported"] if not Path(path).is_relative_to(tree)]:
        raise Unusable(f"tested {strangers[0]} in place of its copy")
    return {test: colour_of(test, seen["outcomes"]) for test in tests}


def colour_of(test: str, outcomes: dict[str, str]) -> str:
    """Red when the test, or one of its parameter sets, is red; green when all that ran are."""
    colours = {colour for node, colour in outcomes.items() if node == test or node.startswith(f"{test}[")}
    return "red" if "red" in colours else "/".join(sorted(colours)) or "not run"


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """A line for each mutant, and one that counts them."""
    width = max(len(verdict.mutant.patch.stem) for verdict in verdicts)
    lines = [
        f"{'NOT CAUGHT' if verdict.flaw else 'caught':10}  {verdict.mutant.patch.stem:{width}}  {verdict.mutant.says}"
        + (f"\n{'':12}{verdict.flaw}" if verdict.flaw else "")
        for verdict in verdicts
    ]
    survived = sum(bool(verdict.flaw) for verdict in verdicts)
    return [*lines, f"{len(verdicts) - survived} of {len(verdicts)} mutants caught."]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
