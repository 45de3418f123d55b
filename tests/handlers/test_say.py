"""Sentences are found by key and language, filled with facts, and nothing is said half."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.ground.errors import StockError
from core.ground.permissions import Verb
from data.kinds import PendingState, Role, State, Step
from handlers.say import known, say, sentences

HANDLERS = Path(__file__).parents[2] / "handlers"


def test_a_sentence_is_said_with_its_facts() -> None:
    facts = {"place": "西湖店", "sku": "可乐", "there": "3瓶", "wanted": "5瓶"}
    assert say("zh", "errors.not_enough_stock", **facts) == "西湖店的可乐只有3瓶,不够5瓶。库存没动。"
    assert say("en", "common.cancel") == "Cancel"


@pytest.mark.parametrize(("language", "key"), [("zh", "errors.nonsense"), ("de", "common.cancel"), ("zh", "errors")])
def test_a_sentence_that_is_not_there_is_our_mistake(language: str, key: str) -> None:
    with pytest.raises(KeyError):
        say(language, key)


def test_a_fact_that_is_missing_is_our_mistake() -> None:
    with pytest.raises(KeyError, match="there"):
        say("zh", "errors.not_enough_stock", place="西湖店", sku="可乐", wanted="5瓶")


def test_facts_are_not_read_as_sentences() -> None:
    said = say("zh", "transfers.goods", sku="{amount}{0}", amount="1瓶")
    assert said == "{amount}{0} 1瓶"


def test_every_refusal_has_its_sentence_and_no_fact_that_the_refusal_lacks() -> None:
    shown = {"sku_id": {"sku"}, "place_id": {"place"}, "person_id": {"person"}, "minutes": {"time"}}
    refusals = StockError.__subclasses__()
    assert len(refusals) >= 15
    for refusal in refusals:
        fields = set(refusal.__dataclass_fields__)
        facts = fields.union(*(shown.get(name, set()) for name in fields))
        for sentence in sentences()[f"errors.{refusal.code}"].values():
            assert set(re.findall(r"\{(\w+)\}", sentence)) <= facts, refusal


def test_every_word_of_an_enum_that_is_said_has_its_word() -> None:
    words = [("state", State), ("step", Step), ("verb", Verb), ("role", Role)]
    keys = [f"words.{name}.{member.value}" for name, kind in words for member in kind if member is not Role.SYSTEM]
    keys += [f"pending.{state.value}" for state in PendingState if state is not PendingState.OPEN]
    keys += [f"transfers.do.{step.value}" for step in Step]
    assert [key for key in keys if not known(key)] == []


def test_every_key_in_the_code_is_known_and_every_sentence_is_said_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in HANDLERS.rglob("*.py"))
    source += "\n".join(path.read_text(encoding="utf-8") for path in HANDLERS.parent.joinpath("bot").rglob("*.py"))
    said = set(re.findall(r'say\(\s*(?:language, |[^,()]+\.language, )?"([a-z_]+\.[a-z_.]+)"', source))
    assert len(said) > 60
    assert [key for key in said if not known(key)] == []
    stems = {part for key in re.findall(r'f?"([a-z_.{}]+)"', source) for part in key.split(".")}
    unsaid = [key for key in sentences() if key.split(".")[0] not in stems and key not in said]
    assert unsaid == [key for key in unsaid if key.startswith("errors.")]
