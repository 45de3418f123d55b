"""What people saw against what was to be said: every message once, a copy only marked and where nobody could know.

Which row a message on the screen shows is known by the number that the product noted, else by what it says: the card
in its buttons, or the words that only this answer has.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.crash.effects import WISH
from tests.crash.evidence import Books, Call, Evidence, Record, Shown, message_key

MARK = "(可能重复)\n"
UNDER_WAY_SECONDS = 2.0
"""How long after a call its process may be killed for the answer to count as lost: it was not written down yet."""
STATES = {
    "submitted": ("待批", "待你批"),
    "approved": ("已批", "已定"),
    "in_transit": ("在途", "到货点收"),
    "received": ("收齐",),
    "returning": ("退回途中",),
    "returned": ("已退回",),
    "rejected": ("已驳回",),
    "cancelled": ("已撤回",),
}
"""How a card begins, behind the sign of its colour."""
ENDED = {"dropped": "已取消", "expired": "过期了", "replaced": "放下了"}
"""How the card of a question begins that did not become a document."""


@dataclass
class Message:
    """An outbox row and the times it was seen, the first one first."""

    row: Record
    sights: list[Call] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As findings call it."""
        return f"outbox {self.row['id']} ({self.row['dedupe_key']})"


@dataclass
class Seen:
    """The messages of every chat with their sights, and sights that belong to none."""

    messages: dict[int, list[Message]]
    strays: list[Call]

    def __iter__(self) -> Iterator[Message]:
        return (message for chat in self.messages.values() for message in chat)


def seen(evidence: Evidence) -> Seen:
    """Who saw what: the sights of every message row."""
    messages: dict[int, list[Message]] = defaultdict(list)
    for row in evidence.books["outbox"]:
        if row["kind"] == "message" and row["chat_id"] in evidence.books.addresses:
            messages[row["chat_id"]].append(Message(row))
    chats = {address: chat_id for chat_id, address in evidence.books.addresses.items()}
    noted = {one.row["message_id"]: one for chat in messages.values() for one in chat if one.row["message_id"]}
    unknown = []
    for call in evidence.calls:
        if call.method == "sendMessage":
            if one := noted.get(f"{call.chat_id}:{call.message_id}"):
                one.sights.append(call)
            else:
                unknown.append(call)
    strays = []
    for call in unknown:
        if one := _likeliest(evidence, messages[chats[call.chat_id]], call):
            one.sights = sorted((*one.sights, call), key=lambda sight: sight.number)
        else:
            strays.append(call)
    return Seen(messages, strays)


def wrong_messages(evidence: Evidence) -> Iterable[str]:
    """Messages that nobody saw, that show something else, and copies without need or without their mark."""
    everything = seen(evidence)
    for call in everything.strays:
        yield f"call {call.number} showed in {call.chat_id} what nobody said: {call.text!r}"
    for message in everything:
        if not message.sights:
            yield f"{message.name} was never seen: {message.row['state']}, {message.row['error']}"
            continue
        if message.row["state"] == "dead" and not given_up(evidence, message):
            yield f"{message.name} is dead: {message.row['error']}"
        for sight in message.sights:
            if not _shows(evidence, message.row, sight):
                yield f"{message.name} was shown as {sight.text!r}"
        yield from _wrong_copies(evidence, message)


def _wrong_copies(evidence: Evidence, message: Message) -> Iterable[str]:
    first, *copies = message.sights
    if len(copies) > 1:
        yield f"{message.name} was seen {len(message.sights)} times"
    if copies and not answer_lost(evidence, first):
        yield f"{message.name} was repeated though its answer had come"
    for copy in copies:
        if not copy.text.startswith(MARK):
            yield f"{message.name} was repeated without its mark"
    if first.text.startswith(MARK) and not _killed_between(evidence, message.row["created_at"] / 1e6, first.at):
        yield f"{message.name} was marked though it had not been sent before"


def given_up(evidence: Evidence, message: Message) -> bool:
    """Whether nobody could know, twice, that it was seen: then it does not go out a third time."""
    return int(message.row["repeated"]) == 1 and all(answer_lost(evidence, sight) for sight in message.sights)


def answer_lost(evidence: Evidence, call: Call) -> bool:
    """Whether the product cannot know that this call was carried out."""
    killed_at = evidence.life[call.life].killed_at
    return call.lost or (killed_at is not None and killed_at - call.at <= UNDER_WAY_SECONDS)


def wrong_toasts(evidence: Evidence) -> Iterable[str]:
    """Taps that nobody answered though nobody died, and answers in other words."""
    answered = {call.query_id: call for call in evidence.calls if call.method == "answerCallbackQuery"}
    toasts = {row["answers_id"]: row for row in evidence.books["outbox"] if row["kind"] == "toast"}
    for tap in evidence.books["inbox"]:
        if tap["kind"] != "tap":
            continue
        call, row = answered.get(tap["update_id"].split(":")[2]), toasts.get(tap["id"])
        if row is None:
            yield f"inbox {tap['id']} ({tap['text']}) has no answer"
        elif call is None and not _killed_between(evidence, row["created_at"] / 1e6, float("inf")):
            yield f"inbox {tap['id']} ({tap['text']}) was not answered: {row['state']}, {row['error']}"
        elif call and call.text != " ".join(json.loads(row["reply"])["lines"]):
            yield f"inbox {tap['id']} ({tap['text']}) was answered with {call.text!r}"


def wrong_cards(evidence: Evidence) -> Iterable[str]:
    """Cards that show anything but how things stand at the end. One that was given up on is nowhere to be redrawn."""
    documents, pendings = evidence.books.by_id("document"), evidence.books.by_id("pending")
    out_of_reach = {row["card_id"] for row in evidence.books["outbox"] if row["state"] == "dead"}
    for card in evidence.books["card"]:
        address = evidence.books.addresses.get(card["chat_id"])
        if address is None or card["id"] in out_of_reach:
            continue
        if card["shown_version"] != card["wanted_version"]:
            yield f"card {card['id']} shows {card['shown_version']} of {card['wanted_version']}"
        number = int((card["message_id"] or "0:0").split(":")[1])
        shown = evidence.screens.get((address, number))
        if shown is None:
            yield f"card {card['id']} is on no screen"
        elif card["document_id"] is not None:
            yield from _wrong_face(card, shown, documents.get(card["document_id"]))
        else:
            yield from _wrong_question(card, shown, pendings[card["pending_id"]])


def untold(evidence: Evidence) -> Iterable[str]:
    """Transfers of which nobody has a card whose goods they ask for. One may be withdrawn before anybody is told."""
    homes = {row["id"]: row["home_id"] for row in evidence.books["person"]}
    told = {(card["document_id"], homes.get(card["reader_id"])) for card in evidence.books["card"]}
    for document in evidence.books["document"]:
        withdrawn_as_asked = (document["state"], document["version"]) == ("cancelled", 2)
        if (
            document["kind"] == "transfer"
            and not withdrawn_as_asked
            and (document["id"], document["place_id"]) not in told
        ):
            yield f"document {document['id']} is on no card of its source"


def _wrong_face(card: Record, shown: Shown, document: Record | None) -> Iterable[str]:
    if document is None:
        yield f"card {card['id']} is the face of nothing"
        return
    first = shown.text.removeprefix(MARK).split("\n")[0]
    state = any(word in first for word in STATES.get(document["state"], ("",)))
    if not state or f"TR-{document['id']}" not in first:
        yield f"card {card['id']} says {first!r} of {document['id']}, which is {document['state']}"
    yield from _wrong_buttons(card, shown, document["version"])


def _wrong_question(card: Record, shown: Shown, pending: Record) -> Iterable[str]:
    first = shown.text.removeprefix(MARK).split("\n")[0]
    if pending["state"] != "open" and (shown.data or ENDED.get(pending["state"], "?") not in first):
        yield f"card {card['id']} says {first!r} and {shown.data}; its question is {pending['state']}"
    yield from _wrong_buttons(card, shown, pending["version"])


def _wrong_buttons(card: Record, shown: Shown, version: int) -> Iterable[str]:
    for data in shown.data:
        if data.split(".")[1:3] != [str(card["id"]), str(version)]:
            yield f"card {card['id']} has the button {data} at version {version}"


def wrong_order(evidence: Evidence) -> Iterable[str]:
    """First sights out of the order of the rows, and answers out of the order of what they answer."""
    for chat in seen(evidence).messages.values():
        for priority in {message.row["priority"] for message in chat}:
            ours = [one for one in chat if one.row["priority"] == priority and one.sights]
            yield from _out_of_order(sorted(ours, key=lambda one: int(one.row["id"])))
    for answers in answers_of(evidence):
        yield from _out_of_order(answers)


def answers_of(evidence: Evidence) -> Iterable[list[Message]]:
    """The first answer to each message of a chat, in the order in which these came in."""
    chats = {f"m{row['id']}": row["chat_id"] for row in evidence.books["inbox"] if row["kind"] == "message"}
    for chat in seen(evidence).messages.values():
        firsts: dict[str, Message] = {}
        for message in chat:
            key = message_key(message.row)
            if message.sights and chats.get(key) == message.row["chat_id"]:
                firsts.setdefault(key, message)
        yield [firsts[key] for key in sorted(firsts, key=lambda key: int(key[1:]))]


def _out_of_order(messages: Sequence[Message]) -> Iterable[str]:
    for one, other in pairwise(messages):
        if one.sights[0].number > other.sights[0].number:
            yield f"{other.name} was seen before {one.name}"


def _likeliest(evidence: Evidence, here: Sequence[Message], call: Call) -> Message | None:
    """The row of a sight whose number nobody noted: of those it may show, the one whose marked copy comes next."""

    def distance(message: Message) -> tuple[bool, int]:
        later = [one.number - call.number for one in message.sights if one.text.startswith(MARK)]
        comes = [behind for behind in later if behind > 0]
        return not comes, min(comes, default=-int(message.row["repeated"]))

    may_be = [message for message in here if _shows(evidence, message.row, call)]
    return min(may_be, key=distance, default=None)


def _shows(evidence: Evidence, row: Record, call: Call) -> bool:
    text = call.text.removeprefix(MARK)
    if row["card_id"] is None:
        return text.endswith("\n".join(json.loads(row["reply"])["lines"]))
    if call.data:
        return all(data.split(".")[1] == str(row["card_id"]) for data in call.data)
    number = re.search(r"TR-(\d+)", text)
    if number:
        card = evidence.books.cards[row["card_id"]]
        if card["document_id"] is None:  # a question about a document, such as why it is refused
            return number[0] in str(evidence.books.by_id("pending")[card["pending_id"]]["reading"])
        return bool(card["document_id"] == int(number[1]))
    words = _asked_about(evidence.books, row)
    return bool(words) and all(word in text for word in words)


def _asked_about(books: Books, row: Record) -> tuple[str, ...]:
    """What stands on a card without buttons whose question has ended: the route and the goods of its sentence."""
    sentence = books.sentences.get(message_key(row))
    said = WISH.fullmatch(sentence["text"]) if sentence else None
    if said is None:
        return ()
    sku = books.skus[said["sku"]]
    return f"{said['source']} → {said['target']}", sku["name_zh"], sku["size"]


def _killed_between(evidence: Evidence, start: float, end: float) -> bool:
    return any(start - UNDER_WAY_SECONDS <= moment <= end for moment in evidence.kills)
