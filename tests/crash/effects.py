"""What was tapped against what was done: each intention one effect, and the effect is what had been said.

An intention is a button of one person's card, however often it is tapped. What comes of a tap carries its row's number
in the books, so a tap without effect has to be explained: refused, somebody else's card, or overtaken.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.ground.documents import said_number
from tests.crash.evidence import Books, Evidence, Record, message_key

CONFIRMS = "submit"
STEPS: Mapping[str, str] = {
    "approve": "ApproveTransfer",
    "cancel": "CancelTransfer",
    "dispatch": "DispatchTransfer",
    "receive_all": "ReceiveTransfer",
    "turn_back": "TurnBack",
    "take_back_all": "TakeBack",
}
"""What a tap on a document's card is to do, by the verb of its button."""
ASKED: Mapping[str, str] = {CONFIRMS: "SubmitTransfer", "choose": "RejectTransfer"}
"""The same of a card that asks something; only who refuses is asked to choose here: why."""
WISH = re.compile(r"从(?P<source>.+?)调(?P<count>\d+)个(?P<sku>[A-Z0-9-]+)到(?P<target>.+)")


@dataclass(frozen=True)
class Intention:
    """One button of one card in one person's hands, with what it says, and the rows of its taps in their order."""

    person_id: int
    name: str
    verb: str
    card: Record
    version: int
    taps: tuple[Record, ...]


@dataclass(frozen=True)
class Deeds:
    """The books, looked at from the side of what was done."""

    books: Books

    @cached_property
    def audits(self) -> dict[str, list[Record]]:
        """What became of each row of the inbox, by its name in the traces."""
        found: dict[str, list[Record]] = defaultdict(list)
        for row in self.books["audit"]:
            if key := message_key(row):
                found[key].append(row)
        return found

    @cached_property
    def done(self) -> dict[tuple[int, str], Record]:
        """Done-records by person and key."""
        return {(row["actor_id"], row["key"]): row for row in self.books["done"]}

    @cached_property
    def moves(self) -> Counter[tuple[int, int]]:
        """How often each version of each document was moved on."""
        return Counter(left for left, _ in self._steps)

    @cached_property
    def moved_at(self) -> dict[tuple[int, int], int]:
        """When each version of each document was left."""
        return dict(self._steps)

    @cached_property
    def _steps(self) -> list[tuple[tuple[int, int], int]]:
        """Each step of a document: which one, the version that it left, and when. What made it is none."""
        done = [row for row in self.books["audit"] if row["outcome"] == "done" and row["before"]]
        before = ((row, json.loads(row["before"])) for row in done)
        return [((row["document_id"], was["version"]), row["ran_at"]) for row, was in before if "version" in was]

    @cached_property
    def answered_at(self) -> dict[int, int]:
        """When each tap was answered, by its row."""
        return {row["answers_id"]: row["created_at"] for row in self.books["outbox"] if row["kind"] == "toast"}

    @cached_property
    def first_shown(self) -> dict[int, Record]:
        """The outbox row that first showed a card."""
        return {row["card_id"]: row for row in reversed(self.books["outbox"]) if row["card_id"] is not None}


def wrong_effects(evidence: Evidence) -> Iterable[str]:
    """Effects that are missing, doubled, half done or other than what was said."""
    deeds = Deeds(evidence.books)
    intentions = intentions_of(deeds)
    for intention in intentions:
        yield from _judged(deeds, intention)
    yield from _unasked(deeds, intentions)
    yield from _moved_twice(deeds)
    yield from _other_than_said(deeds)


def intentions_of(deeds: Deeds) -> list[Intention]:
    """Every intention that reached the books. A tap on somebody else's card is none, nor one that only answers."""
    taps: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for row in deeds.books["inbox"]:
        if row["kind"] == "tap":
            taps[row["person_id"], row["text"]].append(row)
    found = []
    for (person_id, data), rows in taps.items():
        verb, card_id, version = data.split(".")[:3]
        card = deeds.books.cards.get(int(card_id))
        here = card and (card["reader_id"], card["chat_id"]) == (person_id, rows[0]["chat_id"])
        if card and here and verb in (*STEPS, *ASKED):
            found.append(Intention(person_id, data, verb, card, int(version), tuple(rows)))
    return found


def _judged(deeds: Deeds, intention: Intention) -> Iterable[str]:
    rows = [row for tap in intention.taps for row in deeds.audits.get(f"m{tap['id']}", ())]
    did = [row for row in rows if row["outcome"] == "done"]
    record = deeds.done.get((intention.person_id, intention.name))
    if len(did) > 1:
        yield f"{intention.name} was done {len(did)} times"
    if bool(did) != bool(record):
        yield f"{intention.name} was {'done and not' if did else 'not done and'} recorded as done"
    if did and did[0]["command"] != {**STEPS, **ASKED}[intention.verb]:
        yield f"{intention.name} was taken for {did[0]['command']}"
    if did and record and did[0]["document_id"] != json.loads(record["answer"])["document_id"]:
        yield f"{intention.name} was answered with another document"
    if not rows and not _overtaken(deeds, intention):
        yield f"{intention.name} was tapped and nothing came of it"


def _overtaken(deeds: Deeds, intention: Intention) -> bool:
    """Whether there was nothing left to do when the first tap came."""
    if intention.verb in STEPS:
        return _moved_before(deeds, intention, intention.card["document_id"], intention.version)
    asked = deeds.books.by_id("pending")[intention.card["pending_id"]]
    if asked["version"] != intention.version or _asks_of_what_moved(deeds, intention, json.loads(asked["reading"])):
        return True
    if asked["state"] == "done":  # by another one of its buttons
        others = (key for person_id, key in deeds.done if person_id == intention.person_id)
        return any(key.rpartition(".")[0] == intention.name.rpartition(".")[0] for key in others)
    if asked["state"] == "open":
        return False
    return asked["state"] == "expired" or _said_between(deeds, intention)


def _moved_before(deeds: Deeds, intention: Intention, document_id: int, version: int) -> bool:
    """Whether a document had left this version before the first tap was answered."""
    moved_at = deeds.moved_at.get((document_id, version))
    answered_at = deeds.answered_at.get(intention.taps[0]["id"])
    return moved_at is not None and answered_at is not None and moved_at <= answered_at


def _asks_of_what_moved(deeds: Deeds, intention: Intention, reading: Record) -> bool:
    """Whether the question is of a document that somebody moved on before it was answered."""
    about = reading["slots"]
    document_id = said_number(about.get("document") or "")
    version = about.get("version")
    return bool(document_id and version) and _moved_before(deeds, intention, document_id or 0, version)


def _said_between(deeds: Deeds, intention: Intention) -> bool:
    """Whether this person said or tapped something else after the card was asked for and before its first tap."""
    shown = deeds.first_shown[intention.card["id"]]
    asked = int((message_key(shown) or "m0")[1:])
    return any(
        row["chat_id"] == intention.card["chat_id"]
        and asked < row["id"] < intention.taps[0]["id"]
        and row["text"] != intention.name
        for row in deeds.books["inbox"]
    )


def _unasked(deeds: Deeds, intentions: list[Intention]) -> Iterable[str]:
    """Transfers and steps that no tap asked for."""
    wanted = {(one.person_id, one.name) for one in intentions}
    for (person_id, key), record in deeds.done.items():
        if not key.startswith("opening.") and (person_id, key) not in wanted:
            yield f"{key} was done and nobody tapped it: {record['answer']}"
    made = Counter(json.loads(record["answer"])["document_id"] for (_, key), record in deeds.done.items() if _made(key))
    for document in deeds.books["document"]:
        if document["kind"] == "transfer" and made[document["id"]] != 1:
            yield f"document {document['id']} was confirmed by {made[document['id']]} cards"
    for document_id in made.keys() - {document["id"] for document in deeds.books["document"]}:
        yield f"document {document_id} was answered with and is not there"


def _made(key: str) -> bool:
    return key.partition(".")[0] == CONFIRMS


def _moved_twice(deeds: Deeds) -> Iterable[str]:
    """Each version of a document is left once, and its header has come as far as its steps."""
    for (document_id, version), count in deeds.moves.items():
        if count > 1:
            yield f"document {document_id} was moved {count} times from version {version}"
    steps = Counter(document_id for document_id, _ in deeds.moves.elements())
    for document in deeds.books["document"]:
        if document["version"] != steps[document["id"]] + 1:
            yield f"document {document['id']} has version {document['version']} after {steps[document['id']]} steps"


def _other_than_said(deeds: Deeds) -> Iterable[str]:
    """A transfer holds what the sentence said that its card was asked for with."""
    lines = defaultdict(list)
    places = {row["id"]: row["name_zh"] for row in deeds.books["place"]}
    skus = {row["id"]: code for code, row in deeds.books.skus.items()}
    documents = deeds.books.by_id("document")
    for line in deeds.books["transfer_line"]:
        lines[line["document_id"]].append(line)
    for (_, key), record in deeds.done.items():
        shown = deeds.first_shown.get(int(key.split(".")[1])) if _made(key) else None
        if shown is None:
            continue
        sentence = deeds.books.sentences.get(message_key(shown))
        said = WISH.fullmatch(sentence["text"]) if sentence else None
        document = documents.get(json.loads(record["answer"])["document_id"])
        if document is None or said is None:
            yield f"{key} goes back to no sentence"
            continue
        did = [(skus[line["sku_id"]], line["asked"]) for line in lines[document["id"]]]
        ends = (places[document["place_id"]], places[document["other_place_id"]])
        if did != [(said["sku"], int(said["count"]))] or ends != (said["source"], said["target"]):
            yield f"document {document['id']} is not what was said: {said[0]}"
