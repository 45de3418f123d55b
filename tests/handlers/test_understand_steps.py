"""What is said of each step of a transfer: loaded, come back, approved, lost, at the wrong store, sent back."""

from __future__ import annotations

import pytest

from data.kinds import PlaceKind
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.reading import LINE_SLOTS, Context, Reading, SaidLine
from handlers.understand.understand import understand
from tests.handlers.small_catalogue import small_catalogue

CATALOGUE = small_catalogue()
LEXICON = Lexicon.built_from(CATALOGUE)


def read(text: str) -> Reading:
    """What a clerk of the lake store is understood to say."""
    return understand(text, Context("XH", PlaceKind.STORE, "zh", None, None), LEXICON)


def drawn(reading: Reading) -> str:
    """A reading in one line: the goods by what became of them, what else was said, and what is asked."""
    slots = reading.slots
    parts = [f"{name} {amount(line)}" for name in LINE_SLOTS for line in getattr(slots, name)]
    said = {"of": slots.document, "why": slots.reason, "rest": slots.rest, "by": slots.bearer}
    parts += [f"{name} {value}" for name, value in said.items() if value]
    parts += ["all"] * slots.all_arrived + [f"? {name}" for name in reading.missing]
    return ", ".join(parts)


def amount(line: SaidLine) -> str:
    """What was said of one line."""
    number = "?" if line.number is None else str(line.number)
    return f"{number}{line.unit or ''}" + (f" {line.sku}" if line.sku else "")


# what is said | how it is read
SAID = {
    "transfer.dispatch": """
TR-1015 装了18箱 | lines 18箱, of TR-1015
TR-1015 装了18箱 没地方了 | lines 18箱, of TR-1015, why no_room
TR-1015装了18箱,车装不下 | lines 18箱, of TR-1015, why no_room
TR-1015 装了18箱 装不下了 | lines 18箱, of TR-1015, why no_room
TR-1015 装了18箱 车满了,剩下的下次发 | lines 18箱, of TR-1015, why no_room, rest later
TR-1015 装了18箱 放不下 其余下次再发 | lines 18箱, of TR-1015, why no_room, rest later
TR-1015装了18箱,货架上没有,其余不发了 | lines 18箱, of TR-1015, why not_there, rest free
TR-1015 装了18箱 没货了 剩下的不要了 | lines 18箱, of TR-1015, why not_there, rest free
TR-1015 装了18箱 找不到 | lines 18箱, of TR-1015, why not_there
TR-1015 装了18箱 货不够 下一车 | lines 18箱, of TR-1015, why not_there, rest later
TR-1015 装了18箱 下次发 不发了 | lines 18箱, of TR-1015, ? rest
TR-1015 装了18箱 没货了 车满了 | lines 18箱, of TR-1015, ? reason
TR-1015 红牛装了2箱 货架上没有 | lines 2箱 RB250, of TR-1015, why not_there
TR-1015 装了0箱 | lines 0, of TR-1015
loaded TR-1015 18 bottles, no room, the rest later | lines 18瓶, of TR-1015, why no_room, rest later
TR-1015 loaded 18 bottles, the truck is full, drop the rest | lines 18瓶, of TR-1015, why no_room, rest free
TR-1015 loaded 18 bottles, not on the shelf | lines 18瓶, of TR-1015, why not_there
TR-1015装车了 | of TR-1015
""",
    "transfer.receive": """
收到TR-1015 好的0瓶 少48瓶 | lines 0, shortage 48瓶, of TR-1015
收到TR-1015 好的20瓶,其余下一车 | lines 20瓶, of TR-1015, rest next
收到TR-1015 坏0 好的20瓶 | lines 20瓶, of TR-1015
""",
    "transfer.take_back": """
TR-1015收回了 好的20 坏1 少2 | lines 20, damaged 1, shortage 2, of TR-1015
TR-1015 拿回来了 坏的48瓶 | damaged 48瓶, of TR-1015
TR-1015 took back 6 | lines 6, of TR-1015
""",
    "transfer.write_off": """
TR-1015 记损 | of TR-1015
TR-1015记损,承运方赔 | of TR-1015, by carrier
TR-1015 记损 司机赔 | of TR-1015, by carrier
TR-1015 报损 厂家赔 | of TR-1015, by supplier
TR-1015 记损 公司承担 | of TR-1015, by company
TR-1015 丢了 发货方认 | of TR-1015, by source
TR-1015 记损 收货方承担 | of TR-1015, by destination
TR-1015 记损 司机赔 公司认 | of TR-1015, ? bearer
TR-1015 write off, the carrier pays | of TR-1015, by carrier
TR-1015 lost, the company bears it | of TR-1015, by company
""",
    "transfer.hold": """
TR-1015的货到我们店了 | of TR-1015
TR-1015送错店了 | of TR-1015
货送错店了 | ? document
TR-1015 is with us | of TR-1015
""",
    "transfer.create": """
return 40 bottles SKU123 to W1, near expiry | lines 40瓶 SKU123, why near_expiry
""",
}
ROWS = [
    (intent, *(cell.strip() for cell in row.split(" | ")))
    for intent, rows in SAID.items()
    for row in rows.split("\n")
    if row
]


@pytest.mark.parametrize(("intent", "text", "frame"), ROWS)
def test_what_is_said_of_a_step(intent: str, text: str, frame: str) -> None:
    reading = read(text)
    assert (reading.intent.value, drawn(reading)) == (intent, frame)


@pytest.mark.parametrize("text", ["TR-1015 装了两三箱", "收到TR-1015 坏的两三瓶", "TR-1015 装了三分之一箱"])
def test_about_how_many_is_not_none_of_it(text: str) -> None:
    reading = read(text)
    lines = [line for name in LINE_SLOTS for line in getattr(reading.slots, name)]
    assert not reading.complete
    assert [line.number for line in lines] in ([], [None])


@pytest.mark.parametrize(
    "text",
    [
        "TR-1015 没装18箱",
        "TR-1015 装了18箱 没地方了吗",
        "TR-1015 装不下",
        "没地方了",
        "承运方赔",
        "不发了",
    ],
)
def test_no_step_is_read_where_none_was_told(text: str) -> None:
    reading = read(text)
    assert not reading.complete or reading.intent.value == "transfer.status", drawn(reading)


def test_a_step_that_is_refused_is_none() -> None:
    assert read("别装TR-1015").intent.value == "transfer.cancel"
