"""Every sentence stands in zh and en, with the same facts in both."""

import string
import tomllib
from pathlib import Path

import pytest

WORDING = Path(__file__).parents[1] / "handlers" / "wording"
LANGUAGES = {"zh", "en"}


def test_the_wording_is_complete_in_both_languages() -> None:
    files = sorted(WORDING.glob("*.toml"))
    assert files
    assert {path.name: breaches(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files} == {
        path.name: [] for path in files
    }


@pytest.mark.parametrize(
    ("wording", "found"),
    [
        ('[card]\nzh = "在途"', "card: has zh, not en and zh"),
        ('[card]\nzh = "在途"\nen = "in transit"\nde = "unterwegs"', "card: has de, en, zh, not en and zh"),
        ('[card]\nzh = "只有 {there}"\nen = "only {here}"', "card: en says here, zh says there"),
        ('[card]\nzh = "只有 {there}"\nen = "none"', "card: en says nothing, zh says there"),
        ('[card.step]\nzh = ""\nen = "send"', "card.step: zh is empty"),
        ('[card]\nzh = "只有 {there"\nen = "only {there}"', "card: zh cannot be filled in"),
        ('[card]\nzh = ["一", "二 {n}"]\nen = ["one", "two"]', "card: en says nothing, zh says n"),
        ("[card]", "card: is empty"),
        ('[card]\nzh = "在途"\nen = 3', "card: en is no text"),
        ('word = "one"', "word: stands outside a table"),
    ],
)
def test_a_planted_breach_is_found(wording: str, found: str) -> None:
    assert breaches(tomllib.loads(wording)) == [found]


def test_whole_wording_passes() -> None:
    wording = """
    [card.shown]
    zh = "{shelf}只有 {there:,}"
    en = "only {there} on {shelf}"
    [none]
    zh = "没有 {{}}"
    en = "none"
    """
    assert breaches(tomllib.loads(wording)) == []


def breaches(table: dict[str, object], name: str = "") -> list[str]:
    """What is wrong with a table of sentences and the tables in it; `name` is where it stands."""
    if not table:
        return [f"{name}: is empty"]
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    if len(tables) == len(table):
        return [found for key, inner in tables.items() for found in breaches(inner, f"{name}.{key}".lstrip("."))]
    if not name:
        return [f"{key}: stands outside a table" for key in table.keys() - tables.keys()]
    return sentence_breaches(table, name)


def sentence_breaches(sentence: dict[str, object], name: str) -> list[str]:
    """What is wrong with one sentence in its two languages."""
    if sentence.keys() != LANGUAGES:
        return [f"{name}: has {', '.join(sorted(sentence))}, not en and zh"]
    facts: dict[str, str] = {}
    for language, words in sorted(sentence.items()):
        try:
            facts[language] = facts_of(words)
        except ValueError as wrong:
            return [f"{name}: {language} {wrong}"]
    if facts["en"] != facts["zh"]:
        return [f"{name}: en says {facts['en']}, zh says {facts['zh']}"]
    return []


def facts_of(words: object) -> str:
    """The {fields} of a text or a list of texts, sorted. Raises ValueError for what cannot be said."""
    said = words if isinstance(words, list) else [words]
    texts = [text for text in said if isinstance(text, str)]
    if len(texts) != len(said):
        raise ValueError("is no text")
    if not texts or not all(texts):
        raise ValueError("is empty")
    try:
        fields = {field for text in texts for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError:
        raise ValueError("cannot be filled in") from None
    return ", ".join(sorted(fields)) or "nothing"
