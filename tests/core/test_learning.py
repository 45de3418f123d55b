"""Learning: who may teach words, which words may not be taught, and what becomes of what is taught and revoked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.goods.catalogue import Catalogue, catalogue, edition
from core.goods.learning import LearnAlias, LearnedRow, LearnPhrase, RevokeAlias, RevokePhrase, learned_by
from core.goods.surfaces import folded, is_part_of, why_not
from core.ground.commands import Answer, Refused
from core.ground.work import Work
from tests.small_chain import EVERYBODY, Shop

# Whom the chain believes.
MAY_TEACH = {"hq", "admin"}
REFUSED = """
short    水
short    A
long     世界上最最最最最最最最最最最最最最最最最最最最最最最好喝的汽水
number   十二
number   1,200
number   twenty five
number   tr-1042
short    箱
unit     公斤
unit     pcs
amount   20箱可乐
amount   两箱水
amount   汽水6瓶装
word     调货
word     取消
word     快乐水不要了
word     don't cola
word     to the store
marks    可乐|雪碧
marks    可乐[大]
marks    {lines}
marks    ??!!
"""


def alias(shop: Shop, surface: str, sku: str = "COLA") -> LearnAlias:
    """The wish to have a product called so."""
    return LearnAlias(surface, sku_id=shop.skus[sku])


def names(shop: Shop) -> Catalogue:
    """The catalogue as it stands."""
    return catalogue(Work(shop.connection, shop.now))


def taught(shop: Shop, surface: str) -> LearnedRow:
    """What these words were taught to mean."""
    row = learned_by(Work(shop.connection, shop.now), surface)
    assert row is not None
    return row


def refusal(answer: Answer | Refused) -> tuple[str, Any]:
    """The code of a refusal, and why or what the words name."""
    assert isinstance(answer, Refused), answer
    return answer.code, answer.facts.get("why", answer.facts.get("name"))


def test_headquarters_and_administrators_teach_and_nobody_else(shop: Shop) -> None:
    for number, who in enumerate(EVERYBODY):
        wishes = (alias(shop, f"汽水{chr(0x5000 + number)}"), LearnPhrase(f"来点{chr(0x5000 + number)}", "help"))
        for wish in wishes:
            answer = shop.does(who, wish)
            assert isinstance(answer, Answer) == (who in MAY_TEACH), (who, answer)
            assert isinstance(answer, Answer) or answer.code == "may_not_teach"
    row = taught(shop, f"汽水{chr(0x5000 + EVERYBODY.index('hq'))}")
    for who in set(EVERYBODY) - MAY_TEACH:
        assert shop.refused(who, RevokeAlias(row.id)) == "may_not_teach"


def test_a_name_holds_until_it_is_revoked(shop: Shop) -> None:
    before = names(shop)
    shop.done("admin", alias(shop, " 肥宅 水 "))
    shop.done("hq", LearnAlias("湖边那家", place_id=shop.places["XH"]))
    now = names(shop)
    assert now.sku_by_code["COLA"].aliases == ("肥宅 水",)
    assert now.place_by_code["XH"].aliases == ("湖边那家",)
    assert [now.sku_by_code[code] for code in ("SOAP", "RICE")] == [
        before.sku_by_code[code] for code in ("SOAP", "RICE")
    ]

    shop.done("hq", RevokeAlias(taught(shop, "肥宅 水").id))
    shop.done("admin", RevokeAlias(taught(shop, "湖边那家").id))
    assert names(shop) == before
    shop.done("admin", alias(shop, "肥宅 水", "SOAP"))  # and it is free again
    assert names(shop).sku_by_code["SOAP"].aliases == ("肥宅 水",)


def test_a_phrase_holds_until_it_is_revoked(shop: Shop) -> None:
    shop.done("admin", LearnPhrase("整过来", "transfer.create"))
    assert names(shop).phrases == (("transfer.create", "整过来"),)
    assert [sku.aliases for sku in names(shop).skus] == [(), (), ()]
    row = taught(shop, "整过来")
    assert shop.refused("admin", RevokeAlias(row.id)) == "not_learned"  # it is no name
    shop.done("admin", RevokePhrase(row.id))
    assert names(shop).phrases == ()
    assert shop.refused("admin", RevokePhrase(row.id)) == "not_learned"  # and only once


def test_each_change_makes_another_edition(shop: Shop) -> None:
    work = Work(shop.connection, shop.now)
    seen = [edition(work)]
    shop.done("admin", alias(shop, "肥宅水"))
    seen.append(edition(work))
    shop.done("admin", RevokeAlias(taught(shop, "肥宅水").id))
    seen.append(edition(work))
    shop.connection.exec_driver_sql(f"insert into sku_alias (sku_id, name) values ({shop.skus['COLA']}, '快乐水')")
    seen.append(edition(work))
    shop.refused("admin", alias(shop, "水"))
    assert len(set(seen)) == 4
    assert edition(work) == seen[-1]


def test_what_is_taught_is_told_and_written_down(shop: Shop) -> None:
    shop.done("admin", alias(shop, "肥宅水"))
    row = taught(shop, "肥宅水")
    shop.done("hq", RevokeAlias(row.id))
    shop.refused("clerk@XH", alias(shop, "汽水王"))
    audit = shop.rows("select actor_id, command, facts, outcome, code from audit order by id")
    assert [(line["actor_id"], line["command"], line["outcome"], line["code"]) for line in audit] == [
        (shop.people["admin"], "LearnAlias", "done", None),
        (shop.people["hq"], "RevokeAlias", "done", None),
        (shop.people["clerk@XH"], "LearnAlias", "refused", "may_not_teach"),
    ]
    assert json.loads(audit[0]["facts"])["surface"] == "肥宅水"
    events = shop.rows("select kind, document_id, facts from event order by id")
    assert [(event["kind"], event["document_id"]) for event in events] == [
        ("names.learned", None),
        ("names.revoked", None),
    ]
    assert {json.loads(event["facts"])["surface"] for event in events} == {"肥宅水"}
    (kept,) = shop.rows("select made_by_id, revoked_by_id from learned")
    assert kept == {"made_by_id": shop.people["admin"], "revoked_by_id": shop.people["hq"]}


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_what_means_something_already_is_never_a_name(shop: Shop, line: str) -> None:
    why, _, surface = line.partition(" ")
    for wish in (alias(shop, surface), LearnPhrase(surface, "help")):
        assert refusal(shop.does("admin", wish)) == ("not_a_name", why)


@pytest.mark.parametrize("surface", ["肥宅水", "雪山汽水", "fizzy joy", "7喜", "三得利乌龙", "lao-gan-ma", "二锅头"])
def test_other_words_can_be_taught(shop: Shop, surface: str) -> None:
    shop.done("admin", alias(shop, surface))
    assert names(shop).sku_by_code["COLA"].aliases == (surface,)


@pytest.mark.parametrize("surface", ["可乐到湖滨", "从大仓来的水", "fizz to hubin"])
def test_where_goods_go_is_no_part_of_a_name_but_may_be_one_of_a_phrase(shop: Shop, surface: str) -> None:
    assert refusal(shop.does("admin", alias(shop, surface))) == ("not_a_name", "word")
    shop.done("admin", LearnPhrase(surface, "transfer.create"))


def test_what_is_said_of_something_else_is_never_a_name_of_this(shop: Shop) -> None:
    soap = shop.skus["SOAP"]
    shop.connection.exec_driver_sql(
        f"insert into sku_alias (sku_id, name) values ({soap}, '硫磺 香皂'), ({soap}, 'Hand-Wash')"
    )
    shop.done("admin", alias(shop, "肥宅水"))
    shop.done("admin", LearnPhrase("整过来", "transfer.create"))
    taken = {
        "硫磺香皂": "硫磺 香皂",  # a name
        "硫磺": "硫磺 香皂",  # a part of one
        "hand wash": "Hand-Wash",
        "soap": "SOAP",
        "滨江": "滨江店",
        "second bridge": "Second Bridge",
        "cola": "COLA",  # its own name already
        "肥宅水": "肥宅水",  # taught before
        "整过": "整过来",
    }
    for surface, name in taken.items():
        assert refusal(shop.does("admin", alias(shop, surface))) == ("already_names", name)
    for wish in (LearnAlias("硫磺香皂", place_id=shop.places["XH"]), LearnPhrase("硫磺香皂", "help")):
        assert refusal(shop.does("admin", wish)) == ("already_names", "硫磺 香皂")
    assert refusal(shop.does("admin", alias(shop, "肥宅水", "SOAP"))) == ("already_names", "肥宅水")
    shop.done("admin", alias(shop, "肥宅"))  # a part of its own name means nothing else
    assert shop.refused("admin", alias(shop, "wash")) == "already_names"
    shop.done("admin", alias(shop, "ash"))  # of Latin letters whole words count


def test_a_place_or_a_person_in_it_is_no_part_of_a_name(shop: Shop) -> None:
    shop.connection.exec_driver_sql(f"update person set name = '李大力' where id = {shop.people['clerk@XH']}")
    assert refusal(shop.does("admin", alias(shop, "西湖店汽水"))) == ("not_a_name", "place")
    assert refusal(shop.does("admin", alias(shop, "李大力"))) == ("not_a_name", "person")


def test_an_edge_of_the_world_gets_no_name_of_this_kind(shop: Shop) -> None:
    assert shop.refused("admin", LearnAlias("老周那里", place_id=shop.places["SUP"])) == "not_a_place_for_goods"


def test_a_wish_that_says_nothing_or_two_things_is_a_mistake_of_ours() -> None:
    for both in ({}, {"sku_id": 1, "place_id": 1}):
        with pytest.raises(ValueError, match="a SKU or a place"):
            LearnAlias("肥宅水", **both)
    with pytest.raises(ValueError, match="no intent"):
        LearnPhrase("整过来", "drop table;")


def test_surfaces_are_compared_without_what_people_leave_out() -> None:
    assert folded(" Ｆｉｚｚy\u200b  JOY ") == "fizzy joy"
    assert is_part_of("coca cola", "Coca-Cola can")
    assert not is_part_of("ice", "Rice noodles")
    assert why_not("盅", {"盅"}) == "short"
    assert why_not("大盅", {"大盅"}) == "unit"
