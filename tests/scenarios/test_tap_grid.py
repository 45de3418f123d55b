"""Who sees which buttons at every stage of a transfer; every other verb is forged and has to change nothing."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from core.execute import execute
from core.ground.commands import Refused
from core.ground.work import Work
from data.kinds import ChatKind, InboxKind, Step
from handlers import respond
from handlers.plan import Incoming
from tests.scenarios.chain import Chain

SUBMITTED = ("王小丫 从中央仓调20箱可口可乐500ml到西湖店", "王小丫 > submit")
APPROVED = (*SUBMITTED, "秦师傅 > approve")
ON_THE_ROAD = (*APPROVED, "秦师傅 > dispatch")
REFUSED = (*ON_THE_ROAD, "王小丫 收到TR-1015 拒收480瓶", "王小丫 > receive")
STORY = {
    "submitted": SUBMITTED,
    "lapsed": (*SUBMITTED, "+4"),
    "approved": APPROVED,
    "in_transit": ON_THE_ROAD,
    "part": (*ON_THE_ROAD, "王小丫 收到TR-1015 好的200瓶 其余下一车", "王小丫 > receive"),
    "refused": REFUSED,
    "short": (*ON_THE_ROAD, "王小丫 收到TR-1015 少3瓶", "王小丫 > receive"),
    "over": (*ON_THE_ROAD, "王小丫 收到TR-1015 多5瓶", "王小丫 > receive"),
    "returning": (*ON_THE_ROAD, "王小丫 > turn_back"),
    "held": (*ON_THE_ROAD, "赵敏 TR-1015送错店了", "赵敏 > hold"),
    "received": (*ON_THE_ROAD, "王小丫 > receive_all"),
    "returned": (*REFUSED, "秦师傅 > take_back_all"),
    "rejected": (*SUBMITTED, "秦师傅 > reject", "秦师傅 > choose"),
    "cancelled": (*SUBMITTED, "王小丫 > cancel"),
}

# What each person's card offers at each stage. Whoever is not named there sees no button. Written down by hand.
ARRIVING = ["receive_all", "receive_some", "not_mine", "turn_back"]
BACK = ["take_back_all", "take_back_some"]
DECIDE = ["keep", "send_on", "send_back"]
OPEN_TO: dict[str, dict[str, list[str]]] = {
    "submitted": {
        "王小丫": ["nudge", "cancel"],
        "秦师傅": ["approve", "approve_some", "reject"],
        **{key: ["cancel"] for key in ("李姐", "姜海", "陶然", "何总")},
    },
    "lapsed": {
        "王小丫": ["freeze", "nudge", "cancel"],
        "秦师傅": ["approve", "approve_some", "reject", "freeze"],
        **{key: ["freeze", "cancel"] for key in ("李姐", "姜海", "陶然", "何总")},
    },
    "approved": {
        "王小丫": ["nudge", "cancel"],
        "秦师傅": ["dispatch", "dispatch_some", "cancel"],
        **{key: ["cancel"] for key in ("李姐", "姜海", "陶然", "何总")},
    },
    "in_transit": {
        **dict.fromkeys(("王小丫", "李姐"), ARRIVING),
        "陶然": ["receive_all", "receive_some", "turn_back"],
        **{key: ["turn_back"] for key in ("秦师傅", "姜海", "何总")},
    },
    "part": {
        **dict.fromkeys(("王小丫", "李姐"), ARRIVING),
        "陶然": ["receive_all", "receive_some", "turn_back"],
        **{key: ["turn_back"] for key in ("秦师傅", "姜海", "何总")},
    },
    "refused": dict.fromkeys(("秦师傅", "姜海"), BACK),
    "short": {
        "王小丫": ["receive_some"],
        "李姐": ["receive_some", "write_off"],
        "陶然": ["receive_some", "write_off"],
        "秦师傅": ["take_back_some"],
        "姜海": ["take_back_some", "write_off"],
        "何总": ["write_off"],
    },
    "over": {key: ["sent_more", "not_sent"] for key in ("秦师傅", "姜海", "何总")},
    "returning": dict.fromkeys(("秦师傅", "姜海"), BACK),
    "held": dict.fromkeys(("李姐", "秦师傅", "姜海", "陶然", "何总"), DECIDE),
    "received": {key: ["ask_undo"] for key in ("李姐", "陶然", "何总")},  # it was approved: only for managers
    "returned": {},
    "rejected": {},
    "cancelled": {},
}
UNSHOWN: dict[tuple[str, str], set[str]] = {
    ("submitted", "秦师傅"): {"cancel"},  # who can say no is shown one way to say it
    ("lapsed", "秦师傅"): {"cancel"},
    **{("held", who): {"receive_all"} for who in ("王小丫", "李姐", "陶然")},  # if it is there after all, it is said
}
"""Verbs that are permitted and have no button."""
PEOPLE = (
    *("王小丫", "李姐", "秦师傅", "姜海", "陶然", "魏东", "何总"),
    *("周婷", "吴刚", "尤师傅", "许采购", "谢芳", "邹明", "Alex"),
)
BUTTONS = {verb for stage in OPEN_TO.values() for verbs in stage.values() for verb in verbs}
VERBS = sorted(BUTTONS | {step.value for step in Step} | {"submit", "lapse", "escalate", "load", "take", "lose"})


async def play(chain: Chain, stage: str) -> None:
    """The story up to this stage."""
    for line in STORY[stage]:
        who, _, said = line.partition(" ")
        if line.startswith("+"):
            await chain.later(hours=float(line))
        elif said.startswith("> "):
            await chain.presses(who, said.removeprefix("> "))
        else:
            await chain.says(who, said)


def forged(chain: Chain, connection: Connection, who: str, taps: list[str]) -> list[str]:
    """Tap all of these; what had an effect, or was not answered."""
    work, keys = Work(connection, chain.now).by(chain.people[who], "console"), count(1)
    private = (chain.chats[who], ChatKind.PRIVATE, "zh", chain.people[who], InboxKind.TAP)
    wrong = []
    for data in taps:
        plan = respond.read(work, Incoming(0, "console", *private, data, chain.now), chain.lexicon)
        answered: Any = plan.toast
        if plan.wish:
            answered = execute(work, plan.wish.command, key=f"forged.{next(keys)}.{data}")
            answered = isinstance(answered, Refused)
        if not answered or plan.change or plan.show_document:
            wrong.append(f"{who} {data}")
    return wrong


async def effects(chain: Chain) -> list[int]:
    """What only grows by an effect."""
    return [await chain.count(table) for table in ("posting", "document", "done", "event")]


async def version_of(chain: Chain) -> int:
    """The version of the transfer: a forged tap is not even late."""
    found = "select version from document where id = 1015"
    return await chain.database.read(lambda c: int(c.exec_driver_sql(found).scalar_one()))


@pytest.mark.parametrize("stage", STORY)
async def test_everybody_has_their_own_buttons_and_every_forged_one_is_refused(chain: Chain, stage: str) -> None:
    await play(chain, stage)
    done, shown, wrong = await effects(chain), {}, []
    version = await version_of(chain)
    for who in PEOPLE:
        card = await chain.says(who, "TR-1015")
        shown[who] = [data.partition(".")[0] for data in card.buttons.values()]
        hidden = UNSHOWN.get((stage, who), set())
        taps = [f"{verb}.{card.card_id}.{version}" for verb in VERBS if verb not in {*shown[who], *hidden}]
        wrong += await chain.database.write(lambda c, who=who, taps=taps: forged(chain, c, who, taps))
    assert wrong == []
    assert shown == {who: OPEN_TO[stage].get(who, []) for who in PEOPLE}
    assert wrong == []
    assert await effects(chain) == done


def test_the_grid_comes_by_every_button_that_a_step_has() -> None:
    assert {step.value for step in Step} - {"receive", "take_back", "hold"} <= BUTTONS  # these are confirmed on a card
    assert STORY.keys() == OPEN_TO.keys()
