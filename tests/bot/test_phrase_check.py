"""`stocktalk phrases check`: examples read again, conflicts found, what fires for a sentence, a set scored."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.batch import lexicon_of
from bot.cli import phrases as command
from bot.cli.app import app
from bot.demo_world import demo_world
from bot.phrase_check import Conflict, conflicts, reruns
from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.phrases.book import Book, Example, book, load
from handlers.understand.phrases.grammar import TemplateError

RULES = "rules:\n  move: 调|运\n  haul: 运|拉\n"


@pytest.fixture(scope="module")
def named() -> Lexicon:
    """Every name of the demo chain."""
    return lexicon_of(demo_world())


def check(*words: str) -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["phrases", "check", *words])


def of(folder: Path, intents: str) -> Book:
    """The book of one phrase file."""
    (folder / "zh.yaml").write_text(f"{RULES}intents:\n{intents}", encoding="utf-8")
    return book([folder / "zh.yaml"])


def phrase(intent: str, *templates: str) -> str:
    """An intent of a phrase file."""
    return f"  {intent}:\n    phrases:\n" + "".join(f"      - '{template}'\n" for template in templates)


def test_the_demo_world_is_the_chain_of_the_examples() -> None:
    world = demo_world()
    goods = world.catalogue
    assert goods.place_by_code["W1"].kind is PlaceKind.WAREHOUSE
    assert not [place for place in goods.places if place.kind.is_edge]
    assert "SUP01" in {supplier.code for supplier in goods.suppliers}
    assert goods.sku_by_code["SKU123"].packs == (("箱", 24),)
    assert (world.homes["u01"], world.documents["1042"]) == ("XH", "TR-1042")


def test_an_example_that_means_something_else_is_found(named: Lexicon) -> None:
    said = Example("help", "帮助", None, "it means this", "zh/help")
    (found,) = reruns(replace(load(), examples=(said,)), demo_world(), named)
    assert not found.good
    again = Example("help", "帮助", None, found.means, "zh/help")
    (found,) = reruns(replace(load(), examples=(again,)), demo_world(), named)
    assert found.good


@pytest.mark.parametrize(
    ("intents", "over"),
    [
        (phrase("undo", "<move>回来") + phrase("help", "<haul>回来"), "intent"),
        (phrase("undo", "{place}<move>") + phrase("help", "{place:from}运"), "intent"),
        (phrase("undo", "{place:from}给{place:to}", "{place:to}给{place:from}"), "sides"),
        (phrase("undo", "回来") + "  help:\n    phrases: [帮助]\n    also: ['{place:from}', '{place:to}']\n", "sides"),
    ],
)
def test_phrases_that_fit_the_same_words_are_in_conflict(tmp_path: Path, intents: str, over: str) -> None:
    assert [one.over for one in conflicts(of(tmp_path, intents))] == [over]


def test_one_word_with_two_values_is_a_conflict(tmp_path: Path) -> None:
    values = "  undo:\n    phrases: [撤销]\n    values:\n      reason: {expired: [坏了], damaged: ['[全]坏了']}\n"
    (found,) = conflicts(of(tmp_path, values))
    assert (found.over, found.said) == ("reason", "坏了")


@pytest.mark.parametrize(
    "intents",
    [
        phrase("undo", "调回来") + phrase("help", "<haul>回来"),
        phrase("undo", "{place}运货") + phrase("help", "{product}运货"),
        phrase("undo", "<move>回来", "<haul>回来"),
        phrase("undo", "算了") + phrase("cancel", "算了"),
        phrase("undo", "{place}运货") + "  help:\n    phrases: [帮助]\n    also: ['{place}运货']\n",
    ],
)
def test_phrases_that_differ_or_mean_the_same_are_not(tmp_path: Path, intents: str) -> None:
    assert conflicts(of(tmp_path, intents)) == []


def test_the_phrases_of_the_product_hold_what_they_say(wide: None) -> None:
    done = check()
    assert (done.exit_code, "examples mean what they say" in done.output) == (0, True), done.output


def test_what_fires_is_shown(wide: None) -> None:
    done = check("--say", "从中央仓调20箱可口可乐500ml到西湖店", "--home", "XH")
    assert done.exit_code == 0
    assert "transfer.create#" in done.output
    assert "It means: " in done.output
    assert check("--say", "调20箱", "--home", "ZZ").exit_code == 1


def test_a_wrong_example_and_conflicts_are_told(wide: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Example("help", "帮助", "XH", "nothing of the kind", "zh/help")
    many = [Conflict(f"a#{at}", "b#1", "运回来", "intent") for at in range(12)]
    one = replace(load(), examples=(said,))
    monkeypatch.setattr(command, "load", lambda: one)
    monkeypatch.setattr(command, "conflicts", lambda book: many)
    done = check()
    assert done.exit_code == 1
    assert "zh/help, help: 帮助 (said at XH)" in done.output
    assert "1 of 1 examples mean something else now." in done.output
    assert "“运回来” fits a#9 and b#1, which are two intents" in done.output
    assert "... and 2 more: --all shows them." in done.output
    assert "fits a#11 and b#1" in check("--all").output


def test_a_phrase_that_cannot_be_read_is_told(wide: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Book:
        raise TemplateError("'[' is not closed in '[调'")

    monkeypatch.setattr(command, "load", broken)
    done = check()
    assert done.exit_code == 1
    assert done.output == "A phrase cannot be read: '[' is not closed in '[调'.\n"


def test_a_set_is_scored(wide: None, tmp_path: Path) -> None:
    gold = {"id": "1", "text": "帮助", "user": "u01", "lang": "zh", "tags": ["mine"], "expect": {"intent": "help"}}
    (tmp_path / "own.jsonl").write_text(json.dumps(gold), encoding="utf-8")
    done = check("--set", str(tmp_path / "own.jsonl"))
    assert done.exit_code == 0
    assert "tag:mine               n=   1 exact=100.0%" in done.output
    assert check("--set", str(tmp_path / "none.jsonl")).exit_code == 1
    (tmp_path / "own.jsonl").write_text(json.dumps({**gold, "user": "u99"}), encoding="utf-8")
    done = check("--set", str(tmp_path / "own.jsonl"))
    assert (done.exit_code, "is no labelled set of this world" in done.output) == (1, True)
