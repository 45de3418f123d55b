"""Approval rules as a file: written and read back the same, refused with the line, and put into effect all or none."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.app import app
from bot.rules import BadFile, SaidRule, read, written
from core.people.rules import ApprovalRule, KeptRule, RuleStep
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode

FILE = """\
[[rule]]
name = "跨区大单"
above_packs = 50
route = "across_regions"

[[rule.step]]
role = "area_manager"
reach = "target"
remind_after_minutes = 30
escalate_after_minutes = 120

[[rule]]
name = "贵的"
above_fen = 100000
on = false

[[rule.step]]
role = "hq"
reach = "chain"
"""
FAR_IN_WORDS = (
    "“跨区大单”: transfers, across regions, over 50 packs of a product: asks the receiver's area manager"
    " (reminded after 30 min, asked higher up after 120 min)"
)

REPLAYED = (
    "“跨区大单” over the 0 transfers of the last 30 days: asked 0 times, 0 of them held over a day; 0 more than today"
)


def stocktalk(*words: str) -> Result:
    """What `stocktalk rules` came to."""
    return CliRunner().invoke(app, ["rules", *words])


def said(file: Path, text: str, *words: str) -> Result:
    """The import of a file with this text."""
    file.write_text(text, encoding="utf-8")
    return stocktalk("import", str(file), *words)


def count(path: Path, table: str) -> int:
    """How many rows a table has."""
    connection = sqlite3.connect(path)
    (found,) = connection.execute(f"select count(*) from {table}").fetchone()
    connection.close()
    return int(found)


def test_a_file_is_read_back_replayed_and_takes_effect_with_a_yes(path: Path, tmp_path: Path) -> None:
    audited = count(path, "audit")
    shown = said(tmp_path / "rules.toml", FILE)
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines() == [
        f"New rule {FAR_IN_WORDS}",
        f"  {REPLAYED}",
        "New rule “贵的”: transfers, worth over ¥1,000: asks any headquarters of the company",
        "It is not switched on yet",
        "Nothing was changed yet: --yes puts it into effect.",
    ]
    assert (count(path, "approval_rule"), count(path, "audit")) == (0, audited)

    done = said(tmp_path / "rules.toml", FILE, "--yes")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "These rules hold from now on.")
    assert (count(path, "approval_rule"), count(path, "approval_rule_step")) == (2, 2)
    again = said(tmp_path / "rules.toml", FILE, "--yes")
    assert again.output == "The rules are as the file says already. Nothing was changed.\n"

    exported = stocktalk("export").output
    assert [one.says.name for one in read(exported)] == ["跨区大单", "贵的"]
    assert read(exported) == read(FILE)
    changed = said(tmp_path / "rules.toml", exported.replace("above_packs = 50", "above_packs = 40"), "--yes")
    assert changed.output.splitlines()[:2] == [
        f"It was {FAR_IN_WORDS}",
        f"It becomes {FAR_IN_WORDS.replace('50', '40')}",
    ]
    only = FILE.partition("\n[[rule]]\n")[0].replace("50", "40").replace("[[rule]]", "[[rule]]\non = false")
    off = said(tmp_path / "rules.toml", only, "--yes")
    assert off.output.splitlines() == [
        "“跨区大单” is switched off",
        "Not named in the file, so as before: 贵的.",
        "These rules hold from now on.",
    ]


@pytest.mark.parametrize("yes", [(), ("--yes",)])
@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        (FILE + '\n[[rule]]\nname = "财务看"\n[[rule.step]]\nrole = "finance"\n', (), "asks the finance"),
        (FILE.replace("above_fen", 'category = "moon"\nabove_fen'), (), "There is no category “moon”."),
        (FILE, ("--as", "u01"), "Only headquarters and administrators set approval rules; nothing changed."),
        (FILE, ("--as", "nobody"), "Nobody here is called nobody. Nothing was changed"),
    ],
)
def test_what_is_refused_leaves_nothing(
    path: Path, tmp_path: Path, text: str, words: tuple[str, ...], sentence: str, yes: tuple[str, ...]
) -> None:
    result = said(tmp_path / "rules.toml", text, *words, *yes)
    assert result.exit_code == 1
    assert sentence in result.output
    assert count(path, "approval_rule") == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[rule]\n", "It is no TOML: "),
        ("", "There is no rule in it"),
        ("rule = 3\n", "The file: a rule begins with [[rule]]"),
        ("\nrules = []\n", "Line 2: there are rules only here, and no rules"),
        (FILE.replace('"across_regions"', '"far"'), "Line 4: route is one of same_region, across_regions, not far"),
        (FILE.replace("50", '"50"'), "Line 3: above_packs is a whole number, not 50"),
        (FILE.replace("50", "-1"), "Line 2: a limit is not below 0"),
        (FILE.replace("50", "true"), "Line 3: above_packs is a whole number, not True"),
        (FILE.replace("on = false", 'on = "no"'), "Line 15: on is true or false, not no"),
        (FILE.replace("above_fen", "over_fen"), "Line 14: over_fen means nothing here; there are name, kind, on,"),
        (FILE.replace('role = "hq"', ""), "Line 17: there is no role"),
        (FILE.replace('"hq"', '"boss"'), "Line 18: role is one of clerk, "),
        (FILE.replace('"target"', '"moon"'), "Line 8: reach is one of source, target, region, chain, not moon"),
        (FILE.replace("= 30", "= 0"), "Line 7: minutes are counted from 1"),
        (FILE.replace("贵的", "跨区大单"), "Line 13: “跨区大单” is there twice"),
        (FILE.replace("贵的", "x" * 21), "Line 13: a name is 1 to 20 wide"),
        (FILE.replace("贵的", ""), "Line 13: a name is 1 to 20 wide"),
        ('[[rule]]\nname = "x"\n', "Line 2: a rule has 1 to 5 steps"),
        ("[[rule]]\nabove_packs = 1\n", "Line 1: there is no name"),
        ('[[rule]]\nname = "x"\nstep = 1\n', "Line 3: a step begins with [[rule.step]]"),
    ],
)
def test_a_bad_file_is_told_of_with_the_line(path: Path, tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadFile) as found:
        read(text)
    assert str(found.value).startswith(sentence)
    result = said(tmp_path / "rules.toml", text, "--yes")
    assert result.exit_code == 1
    assert f"rules.toml cannot be used. {sentence}" in result.output
    assert "Nothing was changed." in result.output
    assert count(path, "approval_rule") == 0


def test_a_file_that_is_not_there_or_no_text_is_told_of(path: Path, tmp_path: Path) -> None:
    assert "cannot be read: No such file or directory. Nothing was changed." in stocktalk("import", "nowhere").output
    (tmp_path / "rules.toml").write_bytes(b"\xff\xfe\x00")
    assert "is no text in UTF-8. Nothing was changed." in stocktalk("import", str(tmp_path / "rules.toml")).output


def steps_of(many: list[tuple[bool, Any]]) -> tuple[RuleStep, ...]:
    """Steps behind one another or together, each of other people."""
    found: list[RuleStep] = []
    for together, columns in many:
        last = found[-1].position if found else 0
        position = last if together and found else last + 1
        step = RuleStep(position, *columns)
        if (step.position, step.role, step.reach) not in {(one.position, one.role, one.reach) for one in found}:
            found.append(step)
    return tuple(found)


MINUTES = st.none() | st.integers(1, 10_000)
COLUMNS = st.tuples(st.sampled_from(Role), st.sampled_from(Reach), st.sampled_from(StepMode), MINUTES, MINUTES)
LETTERS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=10)
RULES = st.builds(
    ApprovalRule,
    name=LETTERS,
    kind=st.sampled_from(DocumentKind),
    steps=st.lists(st.tuples(st.booleans(), COLUMNS), min_size=1, max_size=5).map(steps_of),
    above_packs=st.none() | st.integers(0, 10**9),
    above_fen=st.none() | st.integers(0, 10**15),
    category=st.none() | LETTERS,
    route=st.none() | st.sampled_from(RouteKind),
    requester_role=st.none() | st.sampled_from(Role),
)


@given(many=st.lists(st.tuples(RULES, st.booleans()), min_size=1, max_size=3, unique_by=lambda one: one[0].name))
def test_what_is_written_is_read_back(many: list[tuple[ApprovalRule, bool]]) -> None:
    kept = [KeptRule(number, 1, is_on, says) for number, (says, is_on) in enumerate(many)]
    assert read(written(kept)) == [SaidRule(one.says, one.is_on) for one in kept]
