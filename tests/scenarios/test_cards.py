"""How cards look: state first, few and short lines, short labels, in both languages, for every product of the chain."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from core.goods.catalogue import PlaceEntry, SkuEntry
from core.ground.work import Work
from data.kinds import ChatKind, InboxKind, PendingState
from handlers import respond
from handlers.capabilities.transfer_confirm import confirmation
from handlers.messages import BUTTON_WIDTH, Reply, width_of
from handlers.pending import LASTS, Pending
from handlers.plan import Incoming
from handlers.reader import Reader
from handlers.understand.reading import Reading
from tests.scenarios.chain import Chain, Shown
from tests.scenarios.form import MOST_LINES, breaches, states

PULL = "从中央仓调12箱可口可乐500ml到西湖店"


async def whole_story(chain: Chain) -> list[Shown]:
    """Everybody's cards at every step: whole, short and damaged, refused, withdrawn, lapsed, expired, asked, left."""
    seen: list[Shown] = []

    async def look() -> None:
        for who in ("王小丫", "李姐", "秦师傅", "姜海"):
            seen.extend(await chain.cards(who))

    async def press(who: str, verb: str) -> None:
        await chain.presses(who, verb)
        await look()

    for arrival in ("收到全收", "收到 坏2瓶", "收到 少3瓶", "收到 坏2瓶 少3瓶"):
        seen.append(await chain.says("王小丫", PULL))
        for who, verb in (("王小丫", "submit"), ("秦师傅", "approve"), ("秦师傅", "dispatch")):
            await press(who, verb)
        number = 1000 + await chain.count("document")
        seen.append(await chain.says("王小丫", arrival.replace("收到", f"收到{number} ")))
        await press("王小丫", "receive")
        await chain.says("王小丫", "从中央仓调63箱可口可乐500ml到西湖店")  # never there
        await look()
    for who, verb in (("秦师傅", "reject"), ("赵敏", "cancel")):
        await chain.says("赵敏", "从中央仓调2箱红牛到二七店")
        await press("赵敏", "submit")
        await press(who, verb)
        if verb == "reject":
            await press(who, "choose")
    await chain.says("秦师傅", "从中央仓调11箱红牛到西湖店")  # the only keeper asks: the area is asked
    await press("秦师傅", "submit")
    await chain.later(hours=4)
    await look()
    for text in ("从中央仓调5箱可乐到西湖店", "从中央仓调5箱可乐500ml到西湖店", "调2箱红牛", "从中央仓调红牛到西湖店"):
        await chain.says("王小丫", text)
        await look()
    await press("王小丫", "drop")
    await chain.says("李姐", "从西湖店调1箱可口可乐500ml到二七店")
    await press("李姐", "submit")
    seen.append(await chain.says("周婷", "从中央仓调1箱可口可乐500ml到西湖店"))
    await chain.says("王小丫", "从二七店调2箱可口可乐500ml到西湖店")
    await look()
    await chain.later(minutes=15)
    await look()
    return seen


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_face_keeps_the_form(chain: Chain, language: str) -> None:
    await chain.all_speak(language)
    seen = await whole_story(chain)
    firsts = states(language)
    assert {wrong for card in seen for wrong in breaches(card, chain.people)} == set()
    shown = [first for first in firsts if any(first.fullmatch(card.state) for card in seen)]
    assert len(shown) >= 20  # the story has come by nearly every state that there is


@dataclass(frozen=True)
class Drawn:
    """One request for one product: what was understood, and its card in both languages."""

    reading: Reading
    cards: tuple[Reply, ...]


def asked_for(chain: Chain, connection: Connection, text: str) -> Drawn:
    """What headquarters would be shown for a message, with nothing written."""
    work, who = Work(connection, chain.now), chain.people["何总"]
    private = (chain.chats["何总"], ChatKind.PRIVATE, "zh", who, InboxKind.MESSAGE)
    plan = respond.read(work, Incoming(0, "console", *private, text, chain.now), chain.lexicon)
    assert plan.ask is not None, (text, plan.said)
    if not plan.ask.complete:
        return Drawn(plan.ask, ())
    pending = Pending(0, 0, who.id, 1, PendingState.OPEN, plan.ask.to_json(), None, chain.now + LASTS)
    readers = (Reader(who, language, chain.catalogue) for language in ("zh", "en"))
    return Drawn(plan.ask, tuple(confirmation(work.by(who, ""), reader, pending) for reader in readers))


def requests(chain: Chain, name: Callable[[SkuEntry], str]) -> list[tuple[SkuEntry, PlaceEntry, str]]:
    """One request for each product, from the central warehouse to a place drawn by lot."""
    lot, places = random.Random(2026), chain.catalogue.places
    source = next(place for place in places if place.code == "W1")
    found = []
    for sku in chain.catalogue.skus:
        target = lot.choice([place for place in places if place is not source])
        amount = f"{lot.randint(1, 9)}{sku.packs[0][0] if sku.packs else sku.base_unit}"
        found.append((sku, target, f"从{source.name_zh}调{amount}{name(sku)}到{target.name_zh}"))
    return found


def is_right(drawn: Drawn, sku: SkuEntry, target: PlaceEntry) -> bool:
    """Whether exactly this product and this place were understood."""
    slots = drawn.reading.slots
    return [line.sku for line in slots.lines] == [sku.code] and (slots.source, slots.target) == ("W1", target.code)


async def test_every_product_is_understood_by_its_code_and_its_card_keeps_the_form(chain: Chain) -> None:
    asked = requests(chain, lambda sku: f"{sku.code} ")

    def draw_all(connection: Connection) -> None:
        for sku, target, text in asked:
            drawn = asked_for(chain, connection, text)
            assert drawn.reading.complete, text
            assert is_right(drawn, sku, target), text
            for card, language in zip(drawn.cards, ("zh", "en"), strict=True):
                assert len(card.lines) <= MOST_LINES, card
                assert max(map(width_of, card.lines)) <= {"zh": 48, "en": 64}[language], card
                assert all(width_of(button.label) <= BUTTON_WIDTH for button in card.buttons), card

    assert len(asked) == 256
    await chain.database.read(draw_all)


async def test_every_product_is_understood_or_asked_by_its_name_and_size(chain: Chain) -> None:
    asked = requests(chain, lambda sku: f"{sku.name_zh}{sku.size}")

    def read_all(connection: Connection) -> int:
        questions = 0
        for sku, target, text in asked:
            drawn = asked_for(chain, connection, text)
            candidates = drawn.reading.candidates.get("lines.0.sku", ())
            assert is_right(drawn, sku, target) or sku.code in candidates, text  # never another product
            questions += not drawn.reading.complete
        return questions

    assert await chain.database.read(read_all) <= 12  # weights in a name ("香蕉15kg") are asked about


async def test_products_drawn_by_lot_go_all_the_way(chain: Chain) -> None:
    lot = random.Random(15)
    for sku, target, text in lot.sample(requests(chain, lambda sku: f"{sku.code} "), 4):
        receiver = next(one.name for one in chain.people.values() if one.home_id == target.id)
        before = (await chain.shelves(target.name_zh, sku.code)).get("available", 0)
        card = await chain.says("何总", text)
        await chain.presses("何总", "submit")
        await chain.presses("秦师傅", "dispatch")
        await chain.presses(receiver, "receive_all")
        after = (await chain.shelves(target.name_zh, sku.code))["available"]
        assert (await chain.card(receiver)).state.startswith("收齐"), card
        assert after > before


async def test_several_products_are_all_on_the_card_to_confirm_and_counted_on_the_paper(chain: Chain) -> None:
    goods = [f"1{sku.packs[0][0]}{sku.code}" for sku in chain.catalogue.skus[:7]]
    three = await chain.says("秦师傅", f"从中央仓调{'、'.join(goods[:3])}到西湖店")
    assert len(three.lines) <= MOST_LINES
    seven = await chain.says("秦师傅", f"从中央仓调{'、'.join(goods)}到西湖店")
    assert len([line for line in seven.lines[1:] if "箱 → " in line]) == 7  # the whole effect, though it is long
    assert seven.labels == ["调7种", "取消"]

    await chain.taps("秦师傅", "调7种")
    paper = await chain.card("秦师傅")
    assert "还有4种" in paper.lines
    assert len(paper.lines) <= MOST_LINES
