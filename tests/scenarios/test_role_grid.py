"""Every role says everything that can be said, about its own place, one of its region and one elsewhere, and taps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Connection

from bot.inbox import Update, keep_update
from core.execute import execute
from core.ground import permissions
from core.ground.commands import Answer, Command
from core.ground.permissions import Scope, Scopes, View
from core.ground.work import Work
from core.people.directory import person, system
from core.stock.transfer_commands import (
    ApproveTransfer,
    Arrived,
    Asked,
    DispatchTransfer,
    HoldTransfer,
    LapseTransfer,
    ReceiveTransfer,
    SubmitTransfer,
    TurnBack,
)
from data.kinds import ChatKind, InboxKind, Role
from handlers import respond
from handlers.cards import card
from handlers.chats import account, speak
from handlers.faces import draw
from handlers.messages import Reply
from handlers.plan import Incoming
from handlers.say import say
from tests.scenarios.books import discrepancies
from tests.scenarios.chain import Chain

COLA, OTHER_END = "可口可乐500ml", "武林店"
HOME, REGION, ELSEWHERE = "home", "region", "elsewhere"

# Who says it, and which places are their own, of the same region, and of another one.
STORES = ("西湖店", "城西店", "二七店")
SPEAKERS: Mapping[str, tuple[str, tuple[str, str, str]]] = {
    "clerk": ("王小丫", STORES),
    "manager": ("李姐", STORES),
    "keeper": ("秦师傅", ("中央仓", "滨江店", "西湖店")),
    "area": ("陶然", STORES),
    "buyer": ("许采购", STORES),
    "finance": ("谢芳", STORES),
    "auditor": ("邹明", STORES),
    "hq": ("何总", STORES),
    "admin": ("Alex", STORES),
    "left": ("华英", STORES),  # was the other manager of 西湖店
}
# Who loads at a place, and who answers for it.
STAFF = {
    "西湖店": ("王小丫", "李姐"),
    "城西店": ("卫国", "张玲"),
    "二七店": ("赵敏", "孙强"),
    "中央仓": ("秦师傅", "秦师傅"),
    "滨江店": ("郑爽", "冯磊"),
}
CLERKS = {"西湖店": "王小丫", "城西店": "卫国", "二七店": "赵敏", "中央仓": "金鑫", "滨江店": "郑爽"}

# What is said of a transfer {tr} of the place, in which state it is, and what is then tapped.
SAID: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "submit": (f"从{{place}}调2瓶{COLA}到{OTHER_END}", "", ("submit",)),
    "approve": ("批准{tr}", "submitted", ("approve",)),
    "reject": ("{tr}", "submitted", ("reject", "choose")),
    "cancel": ("{tr}", "submitted", ("cancel",)),
    "freeze": ("{tr}", "lapsed", ("freeze",)),
    "dispatch": ("{tr}", "approved", ("dispatch",)),
    "load": ("{tr} 发货", "approved", ("load",)),
    "receive": ("{tr}", "coming", ("receive_all",)),
    "receive_some": ("收到{tr} 少1瓶", "coming", ("receive",)),
    "turn_back": ("{tr}", "sent", ("turn_back",)),
    "take_back": ("{tr}", "returning", ("take_back_all",)),
    "write_off": ("{tr} 记损", "short", ("choose", "lose")),
    "sent_more": ("{tr}", "over", ("sent_more",)),
    "hold": ("{tr}送错店了", "sent", ("hold",)),
    "send_back": ("{tr}", "held", ("send_back",)),
    "suspend": ("把{clerk}停用", "", ("suspend",)),
    "see_stock": (f"{{place}}{COLA}还有多少", "", ()),
    "see_moves": (f"{{place}}{COLA}流水", "", ()),
    "see_story": ("{tr}怎么回事", "submitted", ()),
    "see_paper": ("{tr}", "submitted", ()),
    "see_value": ("{tr}", "submitted", ()),
    "see_waiting": ("待审批的单子", "submitted", ()),
}
ANSWERED = {
    "see_stock": r"可用\d",
    "see_moves": r"的经过|没动过",
    "see_story": r"周婷 申请",
    "see_paper": rf"{COLA} 2瓶",
    "see_value": r"\d元",
    "see_waiting": r"{tr} ",
}
"""What only an answer says; a question has no effect to be told by."""

# The widest place where a role may: its own, its region's, anywhere; `others` is anywhere but at its own.
# The source alone is asked for its word. The keeper loaded what is short, so others give it up.
THE_WHOLE_TABLE = """
              clerk   manager  keeper  area    buyer  finance  auditor  hq   admin  left
submit        home    home     home    region  -      -        -        all  -      -
approve       -       home     home    -       -      -        -        -    -      -
reject        -       home     home    -       -      -        -        -    -      -
cancel        -       home     home    region  -      -        -        all  -      -
freeze        home    home     home    region  -      -        -        all  -      -
dispatch      home    home     home    -       -      -        -        -    -      -
load          home    home     home    -       -      -        -        -    -      -
receive       home    home     home    region  -      -        -        -    -      -
receive_some  home    home     home    region  -      -        -        -    -      -
turn_back     -       home     home    region  -      -        -        all  -      -
take_back     home    home     home    region  -      -        -        -    -      -
write_off     -       home     -       region  -      -        -        all  -      -
sent_more     -       home     home    region  -      -        -        all  -      -
hold          others  others   others  -       -      -        -        -    -      -
send_back     -       home     home    region  -      -        -        all  -      -
suspend       -       home     home    region  -      -        -        all  all    -
see_stock     all     all      all     all     all    all      all      all  all    -
see_moves     home    home     home    region  all    all      all      all  all    -
see_story     home    home     home    region  all    all      all      all  all    -
see_paper     all     all      all     all     all    all      all      all  all    -
see_value     -       -        -       all     all    all      all      all  all    -
see_waiting   -       home     home    -       -      -        -        -    -      -
"""
WHERE = {
    "-": set(),
    "home": {HOME},
    "region": {HOME, REGION},
    "all": {HOME, REGION, ELSEWHERE},
    "others": {REGION, ELSEWHERE},
}
WHO_MAY = re.compile(
    "店长|仓管|区域经理|总部|换一个人|{}".format("|".join({name for two in STAFF.values() for name in two}))
)
EFFECTS = ("posting", "document", "done", "event")


@dataclass
class Grid:
    """The demo chain in one transaction, of which every cell is undone: who has said and tapped what comes of it."""

    chain: Chain
    connection: Connection

    def __post_init__(self) -> None:
        self._ids = count(1)
        self.papers: dict[tuple[str, str], int] = {}

    def work(self) -> Work:
        """As a new message finds it: nothing is known yet."""
        return Work(self.connection, self.chain.now)

    def does(self, who: str, command: Command) -> Answer:
        """Somebody's command, which is done."""
        work = self.work()
        actor = system(work) if who == "system" else self.chain.people[who]
        answer = execute(work.by(actor, "test"), command, key=f"grid.{next(self._ids)}")
        assert isinstance(answer, Answer), answer
        return answer

    def plant(self) -> None:
        """A transfer of every state for every place; it leaves there, but for the one that is coming."""
        home, stock = self.chain.place_id("西湖店"), self.chain.place_id("中央仓")
        speak(self.work(), self.chain.chats["Alex"], "zh")
        sql = "update person set home_id = {}, role = 'store_manager', standing = 'removed' where name = '华英'"
        self.connection.exec_driver_sql(sql.format(home))
        self.connection.exec_driver_sql(f"update person set home_id = {stock} where name = '金鑫'")
        for place in STAFF:
            self.papers["lapsed", place] = self._asked(place).of_document
        self.chain.now += timedelta(hours=5)
        for place, (loader, head) in STAFF.items():
            self.does("system", LapseTransfer(self.papers["lapsed", place], 1))
            for state in ("submitted", "approved", "sent", "returning", "over", "short", "held"):
                self.papers[state, place] = self._goes(place, state, loader, head)
            mine, there = self.chain.place_id(place), self.chain.place_id(OTHER_END)
            pushed = self.does("周婷", SubmitTransfer(there, mine, self._goods()))
            self.papers["coming", place] = pushed.of_document
            self.does("周婷", DispatchTransfer(pushed.of_document, pushed.version))

    def _goods(self) -> tuple[Asked, ...]:
        sku = self.chain.catalogue.sku_by_code["SKU123"]
        return (Asked(sku.id, 2, sku.base_unit),)

    def _asked(self, place: str) -> Answer:
        ends = (self.chain.place_id(place), self.chain.place_id(OTHER_END))
        return self.does("周婷", SubmitTransfer(*ends, self._goods()))

    def _goes(self, place: str, state: str, loader: str, head: str) -> int:
        now = self._asked(place)
        paper = now.of_document
        if state != "submitted":
            now = self.does(head, ApproveTransfer(paper, now.version))
        if state not in ("submitted", "approved"):
            now = self.does(loader, DispatchTransfer(paper, now.version))
        match state:
            case "returning":
                self.does("周婷", TurnBack(paper, now.version))
            case "over":
                self.does("周婷", ReceiveTransfer(paper, now.version, (Arrived(1, good=2, over=1),)))
            case "short":
                self.does("周婷", ReceiveTransfer(paper, now.version, (Arrived(1, good=1, missing=1),)))
            case "held":
                self.does("褚飞", HoldTransfer(paper, now.version, self.chain.place_id("南京路店")))
        return paper

    def hears(self, who: str, text: str, kind: InboxKind = InboxKind.MESSAGE, *, group: str = "") -> tuple[str, Shown]:
        """Both hops; everything that was answered in that chat, and the newest card with its buttons."""
        chat_id, before = self.chain.chats[group or who], self._last()
        update = Update("console", f"grid:{next(self._ids)}", chat_id, self.chain.people[who].id, kind, text)
        inbox_id = keep_update(self.work(), update)
        actor = person(self.work(), self.chain.people[who].id)
        chat_kind = ChatKind.GROUP if group else ChatKind.PRIVATE
        incoming = Incoming(inbox_id, "console", chat_id, chat_kind, "zh", actor, kind, text, self.chain.now)
        plan = respond.read(self.work(), incoming, self.chain.lexicon)
        respond.act(self.work(), incoming, plan, self.chain.catalogue)
        return self._answers(chat_id, before)

    def _last(self) -> int:
        return int(self.connection.exec_driver_sql("select coalesce(max(id), 0) from outbox").scalar_one())

    def _answers(self, chat_id: int, before: int) -> tuple[str, Shown]:
        sql = f"select reply, card_id from outbox where chat_id = {chat_id} and id > {before} order by id"
        said, shown = [], Shown(None, {})
        for reply, card_id in self.connection.exec_driver_sql(sql):
            if card_id is None:
                said.append("\n".join(Reply.from_json(reply).lines))
                continue
            drawn = self.drawn(card_id)
            said.append("\n".join(drawn.lines))
            shown = Shown(card_id, {one.data.partition(".")[0]: one.data for one in reversed(drawn.buttons)})
        return "\n".join(said), shown

    def drawn(self, card_id: int) -> Reply:
        """A card as it is now."""
        work = self.work()
        found = card(work, card_id)
        assert found is not None
        return draw(work, found, self.chain.catalogue)

    def effects(self) -> list[int]:
        """What only grows by an effect, and the version of whatever may be moved on."""
        sql = "select {} from {}"
        counts = [("count(*)", table) for table in EFFECTS]
        counts += [("coalesce(sum(version), 0)", table) for table in ("document", "person")]
        return [int(self.connection.exec_driver_sql(sql.format(*one)).scalar_one()) for one in counts]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens within has not happened afterwards."""
        savepoint = self.connection.begin_nested()
        yield
        savepoint.rollback()


@dataclass(frozen=True)
class Shown:
    """The newest card, and the bytes of its buttons by their verbs."""

    card_id: int | None
    buttons: Mapping[str, str]


def tapped(grid: Grid, who: str, shown: Shown, verbs: tuple[str, ...]) -> str:
    """Tap one verb after the other; a card without such a button has it forged. Everything that was answered."""
    said = []
    for verb in verbs:
        if shown.card_id is None:
            break
        data = shown.buttons.get(verb)
        forged = data or f"{verb}.{shown.card_id}.{_version(grid, shown.card_id)}"
        answer, asked = grid.hears(who, forged, InboxKind.TAP)
        said.append(answer)
        if asked.card_id is not None:  # the button asked something, on a card of its own
            shown = asked
            continue
        drawn = grid.drawn(shown.card_id)
        shown = Shown(shown.card_id, {one.data.partition(".")[0]: one.data for one in reversed(drawn.buttons)})
    return "\n".join(said)


def _version(grid: Grid, card_id: int) -> int:
    sql = "select coalesce(d.version, 1) from card c left join document d on d.id = c.document_id where c.id = {}"
    return int(grid.connection.exec_driver_sql(sql.format(card_id)).scalar_one())


def cell(grid: Grid, who: str, place: str, what: str) -> tuple[bool, str]:
    """Whether it was done or told, and what was answered."""
    text, state, verbs = SAID[what]
    number = f"TR-{grid.papers[state, place]}" if state else ""
    before = grid.effects()
    answer, shown = grid.hears(who, text.format(place=place, tr=number, clerk=CLERKS[place]))
    if verbs:
        answer += "\n" + tapped(grid, who, shown, verbs)
        return grid.effects() != before, answer
    assert grid.effects() == before, (who, what)
    return re.search(ANSWERED[what].format(tr=number), answer) is not None, answer


def drawn_by_hand() -> dict[str, dict[str, set[str]]]:
    roles, *rows = (line.split() for line in THE_WHOLE_TABLE.strip().splitlines())
    return {what: {role: WHERE[one] for role, one in zip(roles, cells, strict=True)} for what, *cells in rows}


async def test_done_is_what_is_allowed(chain: Chain) -> None:
    """What is refused changes nothing and names who may; what was done leaves the books true."""

    def walk(connection: Connection) -> tuple[list[str], list[str], list[str]]:
        grid = Grid(chain, connection)
        grid.plant()
        wrong, speechless, untrue = [], [], []
        for what, by_role in drawn_by_hand().items():
            for role, allowed in by_role.items():
                who, places = SPEAKERS[role]
                for scope, place in zip((HOME, REGION, ELSEWHERE), places, strict=True):
                    with grid.undone():
                        done, answer = cell(grid, who, place, what)
                        told = f"{role} {what} {scope}: {answer}"
                        wrong += [told] if done != (scope in allowed) else []
                        if not done and what not in ("see_value", "see_waiting") and not WHO_MAY.search(answer):
                            speechless.append(told)
                        if done and scope == HOME and SAID[what][2] and role in ("manager", "hq"):
                            untrue += discrepancies(connection)
        return wrong, speechless, untrue

    wrong, speechless, untrue = await chain.database.write(walk)
    assert wrong == []
    assert speechless == []
    assert untrue == []


def test_the_table_has_everything_that_is_said_and_everybody_who_works_there() -> None:
    drawn = drawn_by_hand()
    assert drawn.keys() == SAID.keys()
    assert all(by_role.keys() == SPEAKERS.keys() for by_role in drawn.values())
    assert len(SPEAKERS) == len(Role)  # who has left is drawn in the place of the system, which says nothing


async def test_no_value_is_told_in_a_group(chain: Chain) -> None:
    """Not even where all who are known to be in it may know: who else reads there is not known."""

    def asked(connection: Connection) -> list[str]:
        grid = Grid(chain, connection)
        grid.plant()
        number = grid.papers["submitted", "西湖店"]
        texts = (f"@小店 TR-{number}", f"@小店 批准TR-{number}", f"@小店 西湖店{COLA}还有多少", "@小店 待审批的单子")
        return [grid.hears(who, text, group="总部群")[0] for who in ("何总", "陶然", "谢芳") for text in texts]

    answers = await chain.database.write(asked)
    assert all(answers)
    assert not any(re.search(r"元|¥", answer) for answer in answers)


async def test_a_stranger_has_no_chat_to_speak_in_and_no_card_to_tap(chain: Chain) -> None:
    """Whom no channel knows never gets as far as a message of theirs; a card is its reader's, in its own chat."""

    def forged(connection: Connection) -> tuple[object, list[str], bool]:
        grid = Grid(chain, connection)
        grid.plant()
        _, shown = grid.hears("李姐", f"TR-{grid.papers['submitted', '西湖店']}")
        before = grid.effects()
        toasts = [grid.hears("华英", data, InboxKind.TAP)[0] for data in shown.buttons.values()]
        toasts += [grid.hears("孙强", data, InboxKind.TAP)[0] for data in shown.buttons.values()]
        return account(grid.work(), "console", "nobody"), toasts, grid.effects() == before

    known, toasts, same = await chain.database.write(forged)
    assert known is None
    assert same
    assert len(toasts) == 6
    assert set(toasts) == {say("zh", "errors.not_active"), say("zh", "taps.not_here")}


async def test_what_is_seen_of_other_places_is_one_line_of_the_table(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a clerk to see the stock of their own store alone, every answer and every choice would keep to it."""
    own = Scopes(Scope.HOME, {View.STOCK: Scope.HOME, View.STORY: Scope.HOME}, see_cost=False)
    monkeypatch.setattr(permissions, "SCOPES", {**permissions.SCOPES, Role.CLERK: own})

    def asked(connection: Connection) -> list[tuple[str, Shown]]:
        grid = Grid(chain, connection)
        grid.plant()
        foreign = f"TR-{grid.papers['sent', '二七店']}"
        texts = (f"二七店{COLA}还有多少", f"哪里还有{COLA}", foreign, f"收到{foreign} 少1瓶", f"调2瓶{COLA}到西湖店")
        return [grid.hears("王小丫", text) for text in texts]

    (stock, _), (everywhere, _), (paper, _), (receipt, _), (source, shown) = await chain.database.write(asked)
    assert stock == say("zh", "stock.not_yours", place="二七店")
    assert re.search("1处共可用", everywhere)
    assert "二七店" not in everywhere
    assert {paper, receipt} == {say("zh", "transfers.not_yours", number=paper.split()[0])}
    assert "choose" not in shown.buttons or "二七店" not in source
