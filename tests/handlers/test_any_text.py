"""Any text at all has a reading, any bytes are a tap or none, and what no database takes never gets into one."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.inbox import Update, keep_update
from core.goods.catalogue import catalogue
from core.ground.work import Work
from core.people.directory import person_by_code
from data.engine import Database
from data.kinds import ChatKind, InboxKind, PlaceKind
from data.tables.conversation import Chat
from handlers.cards import MOST_BYTES, MOST_DIGITS, tapped
from handlers.plan import Incoming, Plan
from handlers.reader import Reader
from handlers.respond import LONGEST, act, read
from handlers.say import drawable
from handlers.understand.lines import MOST_CANDIDATES
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.normalise import legible, storable
from handlers.understand.numbers import number
from handlers.understand.reading import Context, Intent, Reading
from handlers.understand.understand import prepare, understand
from tests.handlers.small_catalogue import small_catalogue
from tests.small_chain import MORNING, rows

LEXICON = Lexicon.built_from(small_catalogue())
ALL_CHARACTERS = st.characters(exclude_categories=())  # halves of surrogate pairs, NUL and all
PIECES = r"""
从 中央仓 到 火星店 滨江三店 调 5 箱 红牛 可乐 500ml -3箱 1e9箱 10亿箱 十来箱 半瓶 20到30箱 三分之一箱 1/3箱 5吨 负
minus twenty to thirty cases of Red Bull from Mars store 收到 TR-1001 少1瓶 全收 还有多少 交给王五批 ask bob approve
{} {0} %s <b> &lt; ' ; -- 😂 , 。 ? 690000000007 ①② ٣ ﷺ
"""
FRAGMENTS = st.sampled_from(PIECES.split())
TEXTS = st.one_of(
    st.text(ALL_CHARACTERS, max_size=60),
    st.lists(st.one_of(FRAGMENTS, st.text(ALL_CHARACTERS, max_size=3)), max_size=12).map("".join),
    st.lists(FRAGMENTS, max_size=12).map(" ".join),
)
FRAMES = tuple(
    understand(text, Context("XH", PlaceKind.STORE, "zh"), LEXICON)
    for text in (
        "调可口可乐500ml到武林店",
        "调20箱可乐到武林店",
        "调5吨红牛到武林店",
        "调2箱红牛到火星店",
        "收到TR-1001 少1瓶",
    )
)
MARKS = "\u202e\u2066\u200b\u200f\u00ad\ufeff\0\x07\ud800\u3164"


@settings(max_examples=400)
@given(text=TEXTS, frame=st.sampled_from((None, *FRAMES)))
def test_any_text_has_a_reading_that_can_be_kept_and_shown(text: str, frame: Reading | None) -> None:
    asked = frame.missing[0] if frame and frame.missing else None
    reading = understand(text, Context("XH", PlaceKind.STORE, "zh", frame, asked), LEXICON)

    reading.to_json().encode()  # a half of a surrogate pair could not be
    assert "\0" not in reading.to_json()
    assert Reading.from_json(reading.to_json()) == reading
    assert {*reading.candidates, *reading.problems, *reading.heard} <= set(reading.missing)
    assert all(len(codes) <= MOST_CANDIDATES for codes in reading.candidates.values())
    assert all(words == drawable(words) == legible(words) for words in (*reading.unread, *reading.heard.values()))
    assert all(line.count is None or line.count > 0 for line in reading.slots.lines)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1e9",
        "一",
        "三分之",
        "20到",
        "可",
        "红牛",
        "5箱",
        "a",
        "从",
        "店",
        "- ",
        "负",
        "minus ",
        "{}",
        "\u202e",
        "交给王",
        "1/",
    ],
)
def test_the_longest_message_is_read_in_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    prepare(LEXICON)
    began = time.thread_time()
    assert understand(text, Context("XH", PlaceKind.STORE, "zh"), LEXICON).intent is not Intent.CONFIRM
    assert time.thread_time() - began < 2  # about a tenth of that where nothing else runs


def test_a_numeral_of_thousands_of_digits_is_none() -> None:
    assert number("9" * 5_000) is None
    assert (
        "lines.0.quantity" in understand(f"调{'9' * 5_000}箱红牛到武林店", Context("XH", None, "zh"), LEXICON).missing
    )


@given(text=st.text(ALL_CHARACTERS))
def test_what_is_kept_can_be_kept(text: str) -> None:
    assert "\0" not in storable(text)
    assert storable(storable(text)) == storable(text)
    storable(text).encode()


@given(text=st.text(ALL_CHARACTERS))
def test_what_is_quoted_is_one_line_that_nothing_turns(text: str) -> None:
    assert not set(MARKS) & set(legible(text))
    assert legible(text).isprintable()
    assert not set(MARKS[:-1]) & set(drawable(text))


@given(data=st.one_of(st.text(ALL_CHARACTERS), st.from_regex(r"[a-z_]{1,12}\.[0-9-]{1,30}\.[0-9٣²-]{1,30}(\..*)?")))
@example(data="approve.1.1." + "x" * 10_000)
@example(data="approve." + "9" * 10_000 + ".1")
@example(data="approve.٣.1")
@example(data="approve.1." + "9" * 20)
def test_any_bytes_are_a_tap_or_none(data: str) -> None:
    tap = tapped(data)
    if tap is not None:
        assert len(data.encode("utf-8", "replace")) <= MOST_BYTES
        assert 0 <= tap.card_id < 10**MOST_DIGITS
        assert 0 <= tap.version < 10**MOST_DIGITS


def test_a_name_cannot_turn_the_line_it_stands_in() -> None:
    reader = Reader(None, "zh", small_catalogue())
    said = reader.say("errors.not_enough_stock", place="西\u202e湖店", sku="可\u200b乐\n", there="3瓶", wanted="5\0瓶")
    assert said == "西湖店的可乐只有3瓶,不够5瓶。库存没动。"


def test_nul_and_halves_of_pairs_are_answered_on_both_databases(small: Database) -> None:
    bad = "\0调5箱\ud800\0COLA\u202e到\0火星店"

    def play(connection: Connection) -> tuple[Plan, list[str]]:
        work = Work(connection, MORNING)
        who, lexicon = person_by_code(work, "clerk@XH"), Lexicon.built_from(catalogue(work))
        titles = {"title_zh": "店", "title_en": "shop", "language": "zh"}
        chat_id = work.add(Chat, channel="test", address="a", kind=ChatKind.PRIVATE, **titles)
        update = Update("test", "1\0\udfff", chat_id, who.id, InboxKind.MESSAGE, bad)
        inbox_id = keep_update(work, update)
        assert keep_update(work, update) == inbox_id
        said = (ChatKind.PRIVATE, "zh", who, InboxKind.MESSAGE, bad, MORNING)
        plan = read(work, incoming := Incoming(inbox_id, "test", chat_id, *said), lexicon)
        assert act(work, incoming, plan, lexicon.catalogue)
        return plan, [row["text"] for row in rows(connection, "select text from inbox")]

    plan, kept = small.writing(play).result()
    assert kept == ["调5箱?COLA\u202e到火星店"]
    assert plan.ask is not None
    assert plan.ask.heard == {"to": "火星店"}
