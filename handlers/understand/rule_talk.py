"""Reads what is said about approval rules (规则, 规则2停用, 跨区调拨超过50件要区域经理批), word by word.

A word that was not read stays in `unread`, so that whoever asks can say so: nothing of a rule is ever guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from core.people.ladder import rungs_from
from core.people.rules import RuleStep
from data.kinds import DocumentKind, Reach, Role, RouteKind, StepMode
from handlers.understand.normalise import normalise, storable
from handlers.understand.numbers import number

LONGEST = 160
"""More than that is no sentence about one rule."""
_MOST = 1_000_000_000
_STRAY = 12
"""So many characters may be unread in what is still taken for a new rule, where nobody said that it is one."""
_ROLES = {
    Role.STORE_MANAGER: "店长|门店经理|store manager|shop manager",
    Role.KEEPER: "仓管员?|库管员?|(?:warehouse )?keeper",
    Role.AREA_MANAGER: "区域经理|大区经理|片区经理|区经理|area manager|region(?:al)? manager",
    Role.BUYER: "采购员?|buyer",
    Role.FINANCE: "财务|finance",
    Role.AUDITOR: "审计|auditor",
    Role.HQ: "总部|总公司|headquarters|hq",
    Role.ADMIN: "管理员|admin(?:istrator)?",
    Role.CLERK: "店员|clerk",
}
_ROLE = "|".join(f"(?:{words})" for words in _ROLES.values())
_KINDS = {
    DocumentKind.TRANSFER: "调拨单?|调货单?|transfers?|调(?=[超大])",
    DocumentKind.GOODS_RECEIPT: "进货单?|收货单|goods receipts?",
    DocumentKind.SALE: "销售单?|sales?",
    DocumentKind.OPENING: "期初|opening stock",
}
_ENDS = {
    Reach.SOURCE: "调出方|发货方|发出方|(?:the )?sender's|(?:the )?source's",
    Reach.TARGET: "调入方|收货方|要货方|(?:the )?receiver's|(?:the )?target's",
    Reach.CHAIN: "全?公司|(?:the )?company's",
}
_NUMBER = r"(?:\d+(?:,\d{3})*(?:\.\d+)?[百千万]?|[零一二两三四五六七八九十百千万]+)"
_UNIT = "(?:个?整?[件箱](?:整?包装)?|(?:full )?(?:packs?|cases?|cartons?|box(?:es)?)|(?P<yuan>元|块钱?|yuan|cny|rmb))"
_AMOUNT = rf"(?P<sign>¥|cny )? ?(?P<count>{_NUMBER}) ?{_UNIT}?"
_TIME = rf"(?P<time>{_NUMBER}) ?个?(?P<unit>小时|钟头|分钟|天|hours?|h|minutes?|mins?|days?)"
_SILENT = r"(?:还|都)?(?:没有?人?|不|未)(?:批准|审批|批|回复|答复|处理)(?:的话)?,? ?就?"
_UP = rf"(?:(?:转给?|交给|升级到?|改问|问|找) ?(?P<to>上级|上一级|{_ROLE})|往上[问转]|升级)批?"
_ASK_UP = rf"(?:asks?|escalates?(?: to)?|goes to)(?: up| (?:the )?(?P<to>next level|{_ROLE}))?"
_WHERE = "|".join(f"(?P<{reach.value}>{words})" for reach, words in _ENDS.items())
_STEP = (
    r"(?P<all>每个|每位|每一个|所有|全部|all|every|each)? ?(?:的|the )?"
    r"(?P<any>任一|任意一个|任何一个|任意|any)? ?"
    rf"(?:{_WHERE})?的? ?(?P<all2>每个|每位)?(?P<any2>任一|any )?"
    rf"(?P<role>{_ROLE})s?(?:都|全都)?(?:要|需要)?(?P<word>(?:批准|审批|批|审核|同意)| approvals?| approves?)?"
)
_FILLERS = (
    "如果|要是|只要|的话|的|必须|需要|须|需|得|要|由|经过?|让|请|先|时|就|才行|商品|货|单子|单品|单|一种|方可|批准|审批|批"
    "|needs?|requires?|must|should|be|is|are|has|have|to|approved|approval|asks?|by|from|of|the|an?|goods|orders?"
    "|if|when|with|which|that"
)
_TOKENS: tuple[tuple[str, str], ...] = (
    ("escalate", rf"(?:超过)?{_TIME}(?:内|后)?{_SILENT}{_UP}"),
    ("escalate", rf"(?:and )?(?:after|unanswered for) {_TIME},? {_ASK_UP}"),
    ("remind", rf"(?:超过)?{_TIME}(?:内|后)?{_SILENT}(?:提醒|催)(?:一下)?"),
    ("remind", rf"(?:and )?remind(?:ed)? after {_TIME}"),
    ("remind", rf"(?:and )?after {_TIME},? remind"),
    ("requester", rf"由?(?P<role>{_ROLE})(?:提交|申请|发起|提|下|要)的"),
    ("requester", rf"(?:requested|asked for|made|submitted) by (?:an? |the )?(?P<role>{_ROLE})s?"),
    ("step", _STEP),
    ("limit", rf"(?:超过|超出|大于|多于|高于|over |above |more than |exceed(?:s|ing)? |>) ?{_AMOUNT}"),
    ("value", "总?货值|总值|总?价值|总?金额|总额|worth|(?:total )?value"),
    ("across", "跨(?:大区|片区|区域|区)|across regions?|cross-region(?:al)?|between regions"),
    ("same", "同一?个?(?:大区|片区|区域|区)内?|within (?:a|one|the same) region|(?:in )?(?:the )?same region"),
    ("then", "然后再?由?|之后|接着|再由?|and then|then"),
    ("and", "以及|并且|而且|[和与且、&]|and"),
    ("general", "一律|统统|所有|全部|凡是?|每一?[张单笔种]|都|all|every|each|any"),
    ("filler", _FILLERS),
)
_BARE = ("limit", _AMOUNT)
_ASKS = re.compile("[要需须由经让请]|need|requir|by|from|ask")
"""What stands before a role whose word it takes."""
_GAP = re.compile(r"[ ,.;:!()]+")
_WORD = re.compile(r"[a-z0-9'-]+|.")
_MENTIONS = re.compile(r"规则|rule|批|审|同意|approv")
_ASKED = re.compile(r"[?？吗么呢]|多少|几|tr-?\d|^(?:do|does|did|is|are|who|why|what|can|should) ")
_LIST = re.compile(
    r"(?:看看?|查看?|列出|有哪些|所有|全部|现在的)?(?:的)?(?:审批)?规则(?:列表|清单|名单|有哪些)?"
    r"|(?:(?:show|list|see|all|our|my|the|approval) )*rules(?: list)?"
)
_NEW = re.compile(
    r"(?:(?:请|帮我)?(?:新建|新增|新加|增加|添加|加)一?[条个]?(?:新的?)?(?:审批)?规则|新(?:的|审批)?规则"
    r"|(?:add |new |a )+(?:approval )?rule)"
    r"[ :,]*(?P<what>.*)"
)
_THIS = (
    r"(?:第 ?(?P<nth>\d{1,4}) ?[条号]规则|(?:审批)?规则 ?第? ?(?P<zh>\d{1,4}) ?[条号]?"
    r"|rule ?(?:no\.? ?)?(?P<en>\d{1,4}))"
)
_OFF, _ON = "停用|关掉|关闭|停掉|switch off|turn off|disable", "重新启用|启用|打开|开启|恢复|switch on|turn on|enable"
_SWITCHED = (
    re.compile(rf"(?:把|将)?{_THIS} ?(?:(?P<off>{_OFF}|off)|(?P<on>{_ON}|on))(?:掉|了|一下|吧)?"),
    re.compile(rf"(?:请|先)?(?:(?P<off>{_OFF})|(?P<on>{_ON})) ?(?:the )?{_THIS}"),
    re.compile(rf"(?:switch|turn) {_THIS} (?:(?P<off>off)|(?P<on>on))"),
)
_CHANGE = (
    re.compile(rf"(?:把|将)?{_THIS} ?的? ?(?:改成|改为|改到|变成|换成|调成|becomes?|to|:) ?(?P<what>.+)"),
    re.compile(rf"(?:change|set|make|改) ?{_THIS} ?(?:to|be|into|成|为) ?(?P<what>.+)"),
)
_ONE, _BEGINS = re.compile(_THIS), re.compile(rf"(?:把|将|删除|取消|改)?{_THIS}")


@dataclass(frozen=True, slots=True)
class RuleParts:
    """What a sentence says of a rule; None where it says nothing. `unread` are its words that mean nothing here."""

    kind: DocumentKind | None = None
    above_packs: int | None = None
    above_fen: int | None = None
    category: str | None = None
    route: RouteKind | None = None
    requester_role: Role | None = None
    steps: tuple[RuleStep, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleWish:
    """What is wanted: "list", "add", or with the `number` of a rule "see", "change", "off", "on", "unclear"."""

    verb: str
    number: int = 0
    parts: RuleParts = RuleParts()

    @property
    def is_clear(self) -> bool:
        """Whether every word was read."""
        return self.verb != "unclear" and not self.parts.unread


def rule_wish(text: str, categories: Callable[[], Iterable[str]]) -> RuleWish | None:
    """What the whole message wants of the approval rules; None where it is about something else."""
    said = re.sub(r"\s+", " ", normalise(storable(text)).chars).strip(" 。.!,;")
    if len(said) > LONGEST or not _MENTIONS.search(said):
        return None
    if _LIST.fullmatch(said):
        return RuleWish("list")
    if match := next((match for one in _SWITCHED if (match := one.fullmatch(said))), None):
        return RuleWish("off" if match["off"] else "on", _number_of(match))
    if match := _ONE.fullmatch(said):
        return RuleWish("see", _number_of(match))
    if match := next((match for one in _CHANGE if (match := one.fullmatch(said))), None):
        return RuleWish("change", _number_of(match), read_parts(match["what"], categories(), bare=True)[0])
    if match := _NEW.fullmatch(said):
        return RuleWish("add", parts=read_parts(match["what"], categories())[0])
    if match := _BEGINS.match(said):
        return RuleWish("unclear", _number_of(match))
    if _ASKED.search(said):
        return None
    parts, is_rule = read_parts(said, categories())
    stray = sum(map(len, parts.unread))
    return RuleWish("add", parts=parts) if is_rule and stray <= min(_STRAY, len(said) // 2) else None


def read_parts(said: str, categories: Iterable[str], *, bare: bool = False) -> tuple[RuleParts, bool]:
    """What the words say, and whether they alone make a rule: somebody's word, and what it is about.

    `bare`: an amount needs no "over" before it.
    """
    names = "|".join(re.escape(name.lower()) for name in sorted(categories, key=len, reverse=True) if name)
    category = [("category", rf"(?:category |品类)?[\"']?(?P<name>{names})[\"']?(?:类商品|类|品类)?")] if names else []
    kinds = [(kind.value, words) for kind, words in _KINDS.items()]
    tokens = [(name, _token(pattern)) for name, pattern in (*category, *kinds, *_TOKENS)]
    if bare:
        tokens.append((_BARE[0], _token(_BARE[1])))
    reader, at = _Parts(), 0
    while at < len(said):
        if gap := _GAP.match(said, at):
            at = gap.end()
            continue
        found = ((name, match) for name, pattern in tokens if (match := pattern.match(said, at)))
        name, match = next(found, ("", None))
        if match is None:
            match = _WORD.match(said, at)
            assert match is not None  # any character is a word at the least
            reader.unread.append((at, match[0]))
        elif not reader.takes(name, match):
            reader.unread.append((at, match[0]))
        at = match.end()
    reader.ends(said)
    return replace(reader.parts, steps=tuple(reader.steps), unread=_joined(reader.unread)), reader.is_rule


@dataclass
class _Parts:
    """A sentence as far as it is read."""

    parts: RuleParts = RuleParts()
    steps: list[RuleStep] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)
    last: str = ""
    before: str = ""
    of_value: str = ""
    has_word: bool = False
    is_general: bool = False

    @property
    def is_rule(self) -> bool:
        """Whether somebody's word is asked for something."""
        said = self.parts
        about = (said.kind, said.category, said.route, said.requester_role)
        return bool(self.steps) and self.has_word and (self.is_general or about != (None,) * 4)

    def takes(self, name: str, match: re.Match[str]) -> bool:
        """Take in what a token says; False where it does not go with what was said before."""
        last, before, self.before = self.last, self.before, match[0] if name == "filler" else ""
        if name != "filler":  # "和" in "店长和由区域经理批" stays what joins them
            self.last = name
        match name:
            case "filler" | "general" | "then" | "and":
                self.is_general |= name == "general"
                self.has_word |= bool(re.search("批|approv", match[0]))
                return not (name == "then" and not self.steps)
            case "step":
                return self._step(match, last, before)
            case "escalate" | "remind":
                return self._timed(name, match)
            case "limit":
                self.is_general = True
                return self._limit(match)
            case "value":
                self.of_value = match[0]
                return True
            case "across" | "same":
                return self._once("route", RouteKind.ACROSS_REGIONS if name == "across" else RouteKind.SAME_REGION)
            case "category":
                return self._once("category", match["name"])
            case "requester":
                return self._once("requester_role", _role(match["role"]))
        return self._once("kind", DocumentKind(name))

    def ends(self, said: str) -> None:
        """What waits for something behind it was not read where nothing came."""
        self.unread = sorted([*self.unread, *self.loose])
        if self.of_value or self.last in ("then", "and"):
            self.unread.append((len(said) + 1, self.of_value or said[-2:]))

    def _once(self, name: str, value: object) -> bool:
        if getattr(self.parts, name) is not None:
            return False
        self.parts = replace(self.parts, **{name: value})  # type: ignore[arg-type]  # each name with what it holds
        return True

    def _step(self, match: re.Match[str], last: str, before: str) -> bool:
        """Whose word it takes: where it says so, or what it says stands before it. 店长的调拨 asks no 店长."""
        if self.steps and last not in ("then", "and"):
            return False
        role, position = _role(match["role"]), self.steps[-1].position if self.steps else 1
        position += bool(self.steps) and last == "then"
        everybody = match["all"] or match["all2"]
        said = [reach for reach in (Reach.SOURCE, Reach.TARGET, Reach.CHAIN) if match[reach.value]]
        usual = Reach.CHAIN if everybody or role is Role.HQ else Reach.SOURCE
        mode = StepMode.ALL if everybody else StepMode.ANY
        if everybody and (match["any"] or match["any2"]):
            return False
        self.steps.append(RuleStep(position, role, said[0] if said else usual, mode))
        self.has_word |= bool(match["word"])
        if match["word"] or _ASKS.search(before):
            self.loose = self.loose if last != "and" else []
        elif last not in ("then", "and") or self.loose:
            self.loose.append((match.start(), match[0]))
        return True

    def _timed(self, name: str, match: re.Match[str]) -> bool:
        count = number(match["time"])
        length = 1440 if match["unit"][0] in "天d" else 60 if match["unit"][0] in "小钟h" else 1
        minutes = None if count is None else count * length
        if not self.steps or minutes is None or minutes.denominator != 1 or not 1 <= minutes <= 60 * 24 * 30:
            return False
        step = self.steps[-1]
        to = match.groupdict().get("to")
        above = rungs_from(step.role)[1:2]
        if name == "escalate" and (not above or (to and _is_role(to) and _role(to) is not above[0])):
            return False
        if name == "remind":
            self.steps[-1] = replace(step, remind_after_minutes=int(minutes))
        else:
            self.steps[-1] = replace(step, escalate_after_minutes=int(minutes))
        return True

    def _limit(self, match: re.Match[str]) -> bool:
        count, of_value, self.of_value = number(match["count"]), self.of_value, ""
        tail = match[0][match.end("count") - match.start() :].strip()
        money = bool(match["yuan"] or match["sign"])
        if count is None or count > _MOST or (of_value and tail and not money) or not (tail or money or of_value):
            return False
        if money or of_value:
            fen = count * 100
            return fen.denominator == 1 and self._once("above_fen", int(fen))
        return count.denominator == 1 and self._once("above_packs", int(count))


def _token(pattern: str) -> re.Pattern[str]:
    """A pattern whose English words do not begin or end within a word."""
    return re.compile(rf"(?<![a-z](?=[a-z]))(?:{pattern})(?!(?<=[a-z])[a-z])")


def _role(said: str) -> Role:
    return next(role for role, words in _ROLES.items() if re.fullmatch(words, said))


def _is_role(said: str) -> bool:
    return re.fullmatch(_ROLE, said) is not None


def _number_of(match: re.Match[str]) -> int:
    return int(match["nth"] or match["zh"] or match["en"])


def _joined(unread: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Unread words, those that stand side by side as one."""
    runs: list[tuple[int, str]] = []
    for at, word in unread:
        if runs and runs[-1][0] == at:
            runs[-1] = (at + len(word), runs[-1][1] + word)
        else:
            runs.append((at + len(word), word))
    return tuple(word for word, _ in groupby(word for _, word in runs))
