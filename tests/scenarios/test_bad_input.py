"""Bad input, everywhere it can enter a conversation: one honest sentence, nothing changed, and the next word works."""

from __future__ import annotations

import random
import time

import pytest

from handlers.respond import LONGEST
from tests.scenarios.chain import Chain, Shown

GOOD = "从中央仓调2箱可口可乐500ml到西湖店"
SPEAKERS = ("王小丫", "李姐", "何总", "何总@总部群")
BOOKS = ("posting", "balance", "document", "transfer_line", "done", "event")

# message | the sentence that answers it
BAD = r"""
从中央仓调5箱胡萝卜素片到西湖店 | 没有叫“胡萝卜素片”的货。说名字、编码或条码。
从中央仓调5箱6901234567890到西湖店 | 没有叫“6901234567890”的货。说名字、编码或条码。
从中央仓调5箱百可乐到西湖店 | 没有叫“百可乐”的货。是不是下面哪种?
从中央仓调5箱可可可乐到西湖店 | 哪一种?
从中央仓调5箱红牛到南京店 | 没有“南京店”这个地方。点一个,或说店名:
从中央仓调5箱红牛到滨江三店 | 没有“滨江三店”这个地方。点一个,或说店名:
从火星店调5箱红牛到西湖店 | 没有“火星店”这个地方。点一个,或说店名:
火星店要5箱红牛 | 没有“火星店”这个地方。点一个,或说店名:
从中央仓调5箱SKU99999到西湖店 | 没有叫“SKU99999”的货。说名字、编码或条码。
火星店红牛还有多少 | 没有“火星店”这个地方。什么都没动,说店名或编码再查。
西湖店胡萝卜素片还有多少 | 没有叫“胡萝卜素片”的货。什么都没动,说名字、编码或条码再查。
从中央仓调5箱红牛到西湖店交给王五批 | 没有叫“王五”的人。什么都没动;谁批谁收由规则定,去掉人名再说一遍。
从中央仓调5箱红牛到西湖店,请秦师傅批 | 谁批谁收由规则定,不能点名“秦师傅”。什么都没动,去掉人名再说一遍。
让张三发货 | 没有叫“张三”的人。什么都没动;谁批谁收由规则定,去掉人名再说一遍。
从中央仓调红牛到西湖店 | 多少?连单位一起说,比如“20箱”
从中央仓调0箱红牛到西湖店 | 数量不能是0。要多少?
从中央仓调-5箱红牛到西湖店 | 数量不能是负的。要多少?
从中央仓调负5箱红牛到西湖店 | 数量不能是负的。要多少?
从中央仓调1000000000箱红牛到西湖店 | “1000000000箱”太多了,一次最多100000罐。要多少?
从中央仓调1e9箱红牛到西湖店 | “1e9箱”太多了,一次最多100000罐。要多少?
从中央仓调1e12箱红牛到西湖店 | “1e12箱”太多了,一次最多100000罐。要多少?
从中央仓调10亿箱红牛到西湖店 | “10亿箱”太多了,一次最多100000罐。要多少?
从中央仓调十亿箱红牛到西湖店 | “十亿箱”太多了,一次最多100000罐。要多少?
从中央仓调123456789012345678901234567890箱红牛到西湖店 | “1234567890123456789…”太多了,一次最多100000罐。要多少?
从中央仓调1.5瓶可口可乐500ml到西湖店 | “1.5瓶”不是整的,拆不了。要多少整的?
从中央仓调半瓶可口可乐500ml到西湖店 | “半瓶”不是整的,拆不了。要多少整的?
从中央仓调三分之一箱可口可乐500ml到西湖店 | “三分之一箱”不是整的,拆不了。要多少整的?
从中央仓调1/3箱可口可乐500ml到西湖店 | “1/3箱”不是整的,拆不了。要多少整的?
从中央仓调十来箱红牛到西湖店 | “十来箱”不是准数。要多少?
从中央仓调几箱红牛到西湖店 | “几箱”不是准数。要多少?
从中央仓调20多箱红牛到西湖店 | “20多箱”不是准数。要多少?
从中央仓调20-30箱红牛到西湖店 | “20-30箱”不是准数。要多少?
从中央仓调二十到三十箱红牛到西湖店 | “二十到三十箱”不是准数。要多少?
从中央仓调2e1箱红牛到西湖店 | “2e1箱”不是准数。要多少?
从中央仓调5桶红牛到西湖店 | 这种货不按“5桶”算。按哪个单位?
从中央仓调5吨红牛到西湖店 | 这种货不按“5吨”算。按哪个单位?
从西湖店调5箱红牛到西湖店 | 调出和调入是同一家。调到哪里?
从中央仓调5箱<b>红牛</b>到西湖店 | 没看懂,什么都没动。上面那张卡还开着,点一下或重说。
从中央仓调5箱红牛到西湖店'; drop table posting; -- | 没看懂,什么都没动。上面那张卡还开着,点一下或重说。
从中央仓调{}箱红牛到西湖店 | “{}箱”没看懂,什么都没动。上面那张卡还开着,点一下或重说。
从中央仓调5箱%s到西湖店 | 没有叫“%s”的货。说名字、编码或条码。
{place.__class__}还有多少 | 没看懂,什么都没动。上面那张卡还开着,点一下或重说。
从中央仓调5箱咕\u202e噜\u200b片到西湖店 | 没有叫“咕噜片”的货。说名字、编码或条码。
"""
BAD_IN_ENGLISH = r"""
transfer 5 cases carrot pills from central to West Lake | There is no product “carrot pills”. Is it one of these?
transfer 5 cases Colla from central to West Lake | Which one?
transfer 5 cases Red Bull from central to South Lake | There is no place “South Lake”. Tap one, or say its name:
how much Red Bull is at Mars store | There is no place “Mars store”. Nothing changed; say its name or code.
ask Bob to approve it | Nobody here is called “Bob”. Nothing changed; the rules decide who acts: leave the name out.
transfer Red Bull from central to West Lake | How many? Say the unit too: “20 cases”
transfer 0 cases Red Bull from central to West Lake | The quantity cannot be 0. How many?
transfer minus 5 cases Red Bull from central to West Lake | The quantity cannot be negative. How many?
transfer 1e9 cases Red Bull from central to West Lake | “1e9 cases” is too much; 100000 cans at most at once. How many?
transfer 1.5 bottles SKU123 from central to West Lake | “1.5 bottles” cannot be split off. How many whole ones?
transfer 1/3 case SKU123 from central to West Lake | “1/3 case” cannot be split off. How many whole ones?
transfer 20 to 30 cases Red Bull from central to West Lake | “20 to 30 cases” is no exact number. How many?
transfer about twenty cases of Red Bull from central to West Lake | “about twenty cases” is no exact number. How many?
transfer 5 tons Red Bull from central to West Lake | It does not come in “5 tons”. In which unit?
transfer 5 cases Red Bull from West Lake to West Lake | Both ends are the same. To which place?
transfer {0} cases Red Bull from central to West Lake | I did not understand “{ } cases”; nothing changed. The card above is still open: tap it or say it again.
"""  # noqa: E501
NO_WORDS = (
    "   ",
    "📦",
    "😂😂",
    "。。。!!??",
    "\u200b\u200f\u202e",
    "\0\0",
    "\ud800",
    "\n\r\t",
    "---",
    "{}",
    "'';--",
    "<>",
)


def rows(table: str) -> list[tuple[str, str]]:
    """Messages with the sentences that answer them; what nobody sees is written as \\u202e."""
    pairs = [row.split(" | ") for row in table.strip().splitlines()]
    return [(text.replace("\\u202e", "\u202e").replace("\\u200b", "\u200b"), said) for text, said in pairs]


async def books(chain: Chain) -> dict[str, int]:
    """What only an effect changes."""
    return {table: await chain.count(table) for table in BOOKS}


async def says(chain: Chain, who: str, text: str) -> Shown:
    """What is answered; in a group the bot is addressed."""
    return await chain.says(who, f"@小店 {text}" if "@" in who else text)


async def is_still_of_use(chain: Chain, who: str, good: str = GOOD) -> None:
    """A good message is understood, and its button does what it says."""
    card = await says(chain, who, good)
    submit = next(data for data in card.buttons.values() if data.startswith("submit."))
    before = await chain.count("document")
    assert "TR-" in await chain.taps_bytes(who, submit)
    assert await chain.count("document") == before + 1


@pytest.mark.parametrize("who", SPEAKERS)
async def test_bad_messages_are_answered_in_one_sentence_and_change_nothing(chain: Chain, who: str) -> None:
    before = await books(chain)
    for text, sentence in rows(BAD):
        said = await says(chain, who, text)
        asked = [line for line in said.lines if line[1:2] != "."]
        assert asked[-1] == sentence, text
        assert said.labels == [] or said.labels[-1] == "取消", text
        assert said.card_id is None or said.state == "要你补一句 · 库存没动", text
        assert len(said.labels) <= 6, text
    assert await books(chain) == before
    await is_still_of_use(chain, who)


async def test_bad_messages_in_english(chain: Chain) -> None:
    await chain.all_speak("en")
    before = await books(chain)
    for text, sentence in rows(BAD_IN_ENGLISH):
        said = await chain.says("王小丫", text)
        assert [line for line in said.lines if line[1:2] != "."][-1] == sentence, text
        assert said.card_id is None or said.state == "One thing to add · nothing moved", text
    assert await books(chain) == before
    await is_still_of_use(chain, "王小丫", "transfer 2 cases SKU123 from central to West Lake")


@pytest.mark.parametrize("who", SPEAKERS)
async def test_a_message_without_words_is_answered(chain: Chain, who: str) -> None:
    before = await books(chain)
    for text in NO_WORDS:
        said = await says(chain, who, text)
        assert said.lines == ["这条里没有字,什么都没动。说“帮助”看看我会什么。"], ascii(text)
    card = await says(chain, who, GOOD)
    for text in NO_WORDS:
        said = await says(chain, who, text)
        assert said.lines == ["这条里没有字,什么都没动。上面那张卡还开着,点一下或重说。"], ascii(text)
    assert await books(chain) == before
    assert await chain.taps_bytes(who, card.buttons["调2箱"])


@pytest.mark.parametrize(
    ("asked", "near", "chosen"),
    [
        ("从中央仓调5箱可可可乐到西湖店", "2. 可口可乐500ml", "可口可乐500ml 5箱(120瓶)"),
        ("从中央仓调5箱红牛到南京店", "南京路店", "中央仓 → 南京路店"),
        ("从中央仓调5箱红牛到滨江三店", "滨江二店", "中央仓 → 滨江二店"),
        ("从中央仓调5双可口可乐500ml到西湖店", "箱", "可口可乐500ml 5箱(120瓶)"),
    ],
)
async def test_a_near_name_is_a_tap_away(chain: Chain, asked: str, near: str, chosen: str) -> None:
    await chain.says("何总", asked)
    assert await chain.taps("何总", near) == "记下了,库存还没动"
    card = await chain.card("何总")
    assert card.state == "待你确认 · 库存还没动"
    assert chosen in card.lines


@pytest.mark.parametrize(
    ("asked", "near", "answer"),
    [
        ("西湖店百可乐还有多少", "2. 可口可乐500ml", "西湖店 可口可乐500ml 可用3箱6瓶(78瓶)"),
        ("南京店红牛还有多少", "南京路店", "南京路店 红牛维生素饮料250ml 可用"),
    ],
)
async def test_a_near_name_in_a_question_is_a_tap_away(chain: Chain, asked: str, near: str, answer: str) -> None:
    await chain.says("何总", asked)
    assert await chain.taps("何总", near) == "看下面的回答"
    assert (await chain.lines("何总"))[-1].startswith(answer)


async def test_a_question_about_nothing_leaves_the_card_that_waits_for_its_tap(chain: Chain) -> None:
    await chain.says("何总", GOOD)
    said = await chain.says("何总", "南京店红牛还有多少")
    assert said.lines == ["没有“南京店”这个地方。是不是:南京路店"]
    assert "TR-1015" in await chain.taps("何总", "调2箱")


@pytest.mark.parametrize("amount", ["0箱", "-3箱", "十来箱", "20到30箱", "1.5瓶", "1e9箱", "5吨", "三分之一箱"])
async def test_a_bad_answer_is_asked_again_or_left_open(chain: Chain, amount: str) -> None:
    await chain.says("王小丫", "从中央仓调可口可乐500ml到西湖店")
    before = await books(chain)
    said = await chain.says("王小丫", amount)
    assert any("库存没动" in line or "什么都没动" in line for line in said.lines), said
    assert await books(chain) == before
    assert (await chain.says("王小丫", "3箱")).labels == ["调3箱", "改数量", "取消"]


async def test_what_one_place_has_not_got_the_nearest_gives(chain: Chain) -> None:
    card = await chain.says("王小丫", "从二七店调50箱可口可乐500ml到西湖店")
    assert card.lines == [
        "不够 · 库存没动",
        "二七店的可口可乐500ml只有2箱,不够50箱。库存没动。",
        "最近够的是中央仓,有62箱",
    ]
    assert card.labels == ["调2箱", "从中央仓调", "取消"]

    before = await books(chain)
    assert await chain.taps("王小丫", "从中央仓调") == "记下了,库存还没动"
    card = await chain.card("王小丫")
    assert card.lines[1:4] == ["可口可乐500ml 50箱(1200瓶)", "中央仓 → 西湖店", "中央仓 可用 62箱 → 12箱"]
    assert await books(chain) == before
    assert await chain.taps("王小丫", "调50箱") == "待批 · TR-1015 · 等秦师傅"


async def test_the_nearest_is_in_the_region_of_the_destination_then_has_the_most(chain: Chain) -> None:
    card = await chain.says("何总", "从西湖店调5箱可口可乐500ml到二七店")
    assert "最近够的是下沙仓,有40箱" in card.lines  # of the east, like the destination; the central one has 62
    card = await chain.says("何总", "从二七店调5箱可口可乐500ml到西湖店")
    assert "最近够的是中央仓,有62箱" in card.lines  # nobody in the west has so much
    card = await chain.says("何总", "从西湖店调5箱可口可乐500ml到中央仓")
    assert card.labels == ["调3箱6瓶", "从下沙仓调", "取消"]  # never the destination itself


async def test_who_may_not_ask_for_it_is_told_who_may(chain: Chain) -> None:
    card = await chain.says("李姐", "从西湖店调5箱可口可乐500ml到二七店")
    assert card.lines[-1] == "下沙仓有40箱,请二七店的人去要"
    assert card.labels == ["调3箱6瓶", "取消"]


async def test_every_product_that_is_short_is_named(chain: Chain) -> None:
    card = await chain.says("何总", "从西湖店调5箱可口可乐500ml、1箱红牛、9箱东方树叶乌龙茶到二七店")
    assert card.lines[1] == "西湖店不够的,库存没动:"
    assert card.lines[2] == "可口可乐500ml 只有3箱6瓶,要5箱"
    assert not any(line.startswith("红牛") for line in card.lines)  # of that there is enough
    card = await chain.says("何总", "从西湖店调5箱可口可乐500ml、9箱红牛到二七店")
    assert card.lines[2:] == [
        "可口可乐500ml 只有3箱6瓶,要5箱",
        "红牛维生素饮料250ml 只有1箱8罐,要9箱",
        "最近都够的是下沙仓",
    ]
    assert await chain.taps("何总", "从下沙仓调") == "记下了,库存还没动"
    assert (await chain.card("何总")).lines[1] == "下沙仓 → 二七店"


async def test_where_nobody_has_enough_it_says_so(chain: Chain) -> None:
    card = await chain.says("何总", "从西湖店调900箱可口可乐500ml到二七店")
    assert card.lines[-1] == "别处也没有够的,少调些,或分几处调"
    assert card.labels == ["调3箱6瓶", "取消"]


async def test_a_forged_source_changes_no_stock(chain: Chain) -> None:
    card = await chain.says("王小丫", "从二七店调50箱可口可乐500ml到西湖店")
    before, source = await books(chain), card.buttons["从中央仓调"].rpartition(".")[0]
    for choice in ("", ".0", ".-1", ".x", ".²", ".99999", f".{chain.place_id('西湖店')}", f".{'9' * 20}"):
        assert await chain.taps_bytes("王小丫", f"{source}{choice}") == "卡已经变了,看最新的", choice
        assert await chain.card("王小丫") == card
    amount = card.buttons["调2箱"].rpartition(".")[0]
    for choice in (".0", ".100001", f".{'9' * 20}"):
        assert await chain.taps_bytes("王小丫", f"{amount}{choice}") == "卡已经变了,看最新的", choice
        assert await chain.card("王小丫") == card
    assert await books(chain) == before


@pytest.mark.parametrize("text", ["调5箱红牛 " * 12_000, "1" * 100_000, "可" * 100_000, " " * 100_000, "a{}" * 33_334])
@pytest.mark.parametrize("who", ["王小丫", "何总@总部群"])
async def test_a_message_of_a_hundred_thousand_characters_is_told_the_limit_at_once(
    chain: Chain, who: str, text: str
) -> None:
    began = time.perf_counter()
    heard = await chain.hears(who, f"@小店{text}" if "@" in who else text)
    assert time.perf_counter() - began < 1
    assert heard.plan.said is not None
    assert heard.plan.said.lines == (f"这条太长了,一次最多{LONGEST}字。什么都没动,请分几条发。",)
    await chain.acts(heard)
    await is_still_of_use(chain, who)


FRAGMENTS = r"""
从中央仓 到西湖店 调 5箱 红牛 可口可乐500ml 可乐 南京店 火星店 -3箱 0 1e9箱 十来箱 半瓶 20到30箱 三分之一箱 5吨
收到 TR-1015 少1瓶 坏的2瓶 全收 还有多少 确认 取消 不要 帮助 英文 中文 交给王五批
transfer from central to 2 cases of Red Bull how much at yes no
{} {0} %s <b> ' ; -- 😂 , 。 ? SKU123 6901234567890 @小店
"""
UNSEEN = ("\u202e", "\u200b", "\0", "\ud800", "\n")


@pytest.mark.parametrize("who", ["王小丫", "何总@总部群"])
async def test_whatever_is_said_is_answered_and_the_books_stay_right(chain: Chain, who: str) -> None:
    dice = random.Random(3)
    before = await books(chain)
    for _ in range(120):
        text = dice.choice(["", " "]).join(dice.choices([*FRAGMENTS.split(), *UNSEEN], k=dice.randint(1, 9)))
        confirms = "确认" in text or "yes" in text
        said = await says(chain, who, text)
        assert said.lines, ascii(text)
        assert not any(mark in line for line in said.lines for mark in UNSEEN), ascii(text)
        if not confirms:
            assert await books(chain) == before, ascii(text)
        before = await books(chain)
        for data in list(said.buttons.values())[: dice.randint(0, 1)]:
            await chain.taps_bytes(who, data)
            before = await books(chain)
    await chain.all_speak("zh")
    await is_still_of_use(chain, who)
