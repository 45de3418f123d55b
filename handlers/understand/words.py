"""The closed list of words that the templates know, each with its roles.

A word that is not here, and no name of the catalogue, stays unread and is asked about; so this list may stay short.
Words that turn a message round (negation, doubt, alternatives, conditions, the past) are BLOCK: no template takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a word does in a message."""

    FROM = "from"
    TO = "to"
    ARROW = "arrow"
    MOVES = "moves"
    SENDS = "sends"
    OUT = "out"
    WANTS = "wants"
    HERE = "here"
    HOME = "home"
    EVERYWHERE = "everywhere"
    WAREHOUSE = "warehouse"
    BLOCK = "block"
    ABOUT = "about"
    CAN = "can"
    ASKS = "asks"
    STOCK = "stock"
    LOOKS = "looks"
    ARRIVED = "arrived"
    GOOD = "good"
    DAMAGED = "damaged"
    SHORT = "short"
    REFUSED = "refused"
    MORE = "more"
    SUPPLIER = "supplier"
    NEXT = "next"
    LOADED = "loaded"
    BACK = "back"
    APPROVES = "approves"
    LOSES = "loses"
    ELSEWHERE = "elsewhere"
    RETURNS = "returns"
    REASON = "reason"
    WHY_LESS = "why_less"
    LATER = "later"
    DROPPED = "dropped"
    BEARER = "bearer"
    ALL = "all"
    STATUS = "status"
    PAPER = "paper"
    LAST = "last"
    AT = "at"
    HELP = "help"
    SPEAKS = "speaks"
    CHINESE = "chinese"
    ENGLISH = "english"
    YES = "yes"
    NO = "no"
    OF = "of"
    TIMES = "times"
    BREAK = "break"
    FILLER = "filler"


REASONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("临期", "快过期", "快到期", "要过期", "near expiry", "expiring"), "near_expiry"),
        **dict.fromkeys(("破损", "破包", "坏了", "坏的", "damaged", "broken"), "damaged"),
        **dict.fromkeys(("滞销", "卖不动", "卖不掉", "slow", "slow seller", "not selling"), "slow"),
        **dict.fromkeys(("召回", "厂家召回", "下架", "recall", "recalled"), "recall"),
    }
)
"""What people say for why goods go back to the warehouse: the value of a `ReturnReason`."""
LOAD_REASONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("没地方了", "没地方", "没地方放了", "装不下", "装不下了", "车装不下"), "no_room"),
        **dict.fromkeys(("车装不下了", "车满了", "放不下", "放不下了"), "no_room"),
        **dict.fromkeys(("no room", "truck is full", "the truck is full"), "no_room"),
        **dict.fromkeys(("货架上没有", "架上没有", "没货了", "货不够", "找不到", "没找到"), "not_there"),
        **dict.fromkeys(("not on the shelf", "not there", "none left"), "not_there"),
    }
)
"""What people say for why less was loaded than approved: the value of a `LoadReason`."""
BEARERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("发货方承担", "发货方认", "the sender bears it", "sender bears it"), "source"),
        **dict.fromkeys(("收货方承担", "收货方认", "the receiver bears it", "receiver bears it"), "destination"),
        **dict.fromkeys(("承运方赔", "承运方承担", "司机赔", "物流赔", "the carrier pays", "carrier pays"), "carrier"),
        **dict.fromkeys(("供应商赔", "供应商承担", "厂家赔", "the supplier pays", "supplier pays"), "supplier"),
        **dict.fromkeys(("公司承担", "公司认", "公司出", "the company bears it", "company bears it"), "company"),
    }
)
"""What people say for who bears a loss: the value of a `Bearer`."""
_LATER = (
    "下次发|下次再发|留着下次发|其余下次发|其余下次再发|剩下的下次发|剩下的下次再发|send the rest later|the rest later"
)
_DROPPED = "不发了|其余不发了|剩下的不发了|其余不要了|剩下的不要了|drop the rest|the rest is dropped"
ANSWERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "reason": {**REASONS, **LOAD_REASONS},
        "bearer": BEARERS,
        "rest": {**dict.fromkeys(_LATER.split("|"), "later"), **dict.fromkeys(_DROPPED.split("|"), "free")},
    }
)
"""What else is said to a question, by the field it asks for, than stands on its buttons."""
# A verb with its marker: both at once.
_MOVES_TO = "送到|送去|送给|发给|发到|发去|发往|调到|调去|调给|调往|调回|调拨到|调拨给|拨给|运到|转到|退回"
_WORDS: Mapping[Role, str] = {
    Role.FROM: "从|由|from|out of",
    Role.TO: f"到|去|给|往|至|回|{_MOVES_TO}|to|→",
    Role.ARROW: "→",
    Role.MOVES: f"调|调拨|调货|拨|运|转|转移|挪|匀|拿|退|调一下|{_MOVES_TO}|transfer|move|deliver",
    Role.SENDS: "发|送|send|ship",
    Role.OUT: "发|出|发货|送货|出货|发出|发走|出库",
    Role.WANTS: "要|要货|需要|缺|急需|needs|need|wants",
    Role.HERE: "过来|送过来|调过来|发过来",
    Role.HOME: "我们店|我店|本店|我们门店|咱们店|咱店|我们这边|我们仓|本仓|our store|my store",
    Role.EVERYWHERE: (
        "各店|各门店|各个店|各个门店|所有店|所有门店|全部门店|每个店|每家店|哪个店|哪家店|哪些店|全公司|"
        "all stores|every store|which store|which stores|everywhere"
    ),
    Role.WAREHOUSE: "仓库|warehouse|the warehouse",
    Role.BLOCK: (
        "不|不要|别|勿|没|没有|未|无需|不用|不必|免|非|并非|莫|休|甭|否|取消|撤|撤回|撤销|停|暂停|先别|先不|算了|"
        "拒绝|禁止|除了|如果|若|要是|假如|假设|万一|的话|除非|只要|只有|只能|或|或者|还是|要么|要不要|要不|"
        "该不该|是否|是不是|应该|可能|也许|大概率|估计|好像|似乎|恐怕|考虑|打算|准备|想|计划|等|等等|等下|等会|"
        "晚点|晚些|稍后|以后|回头|改天|下次|之后|再说|暂时|暂缓|推迟|为什么|为啥|怎么|如何|为何|谁|昨天|前天|"
        "上次|上周|之前|刚才|刚刚|已经|已|曾|过|了|吗|么|嘛|not|no|don't|dont|do not|doesn't|didn't|never|none|"
        "without|except|but|cannot|can't|won't|cancel|stop|hold|undo|if|unless|when|whether|or|either|instead|"
        "rather|maybe|perhaps|might|should|would|wait|later|after|before|until|why|who|how|was|were|did|had|has|"
        "have|yesterday|already|tomorrow|sorry|actually"
    ),
    Role.ABOUT: (
        "大概|大约|约|左右|差不多|上下|至少|最少|最多|不超过|以上|以下|以内|几|些|一些|点|一点|点儿|若干|剩下|"
        "剩下的|剩余|其余|所有|全部|全|都|about|around|roughly|approximately|some|several|few|a few|many|"
        "at least|at most|up to|or so|all|the rest|any|more|less|over|under"
    ),
    Role.CAN: (
        "能不能|可不可以|可以|能|能否|可否|could you|can you|can|could|can we|could we|can i get|could we get|"
        "is it possible to"
    ),
    Role.ASKS: "吗|么|?",
    Role.STOCK: (
        "库存|存货|存量|现存|余量|有货|还有货|还有多少|还剩多少|还剩|剩|剩余|剩多少|有多少|多少|还有几|还剩几|"
        "剩几|有几|几|还有|还有吗|还有没有|有没有|有吗|有货吗|够不够|够不够卖|stock|stock of|inventory|on hand|"
        "how many|how much|left|remaining|do we have|have we got|do you have|is there|are there|in stock|any|数量"
    ),
    Role.LOOKS: "查|查下|查一下|看|看下|看一下|看看|查查|查询|check|show|show me",
    Role.ARRIVED: (
        "收到|收到了|到货|到货了|收货|签收|实收|确认收货|确认收到|收了|收下|收下了|到了|找到|找到了|又到|又到了|"
        "补到|补到了|received|receive|got|arrived|goods in|found"
    ),
    Role.GOOD: "好|好的|完好|完好的|good|ok",
    Role.DAMAGED: "碎|碎了|破|破了|坏|坏了|坏的|破的|烂|烂了|破损|损坏|摔碎|摔坏|漏了|damaged|broken|bad",
    Role.SHORT: "少|少了|缺|缺了|短少|短|差|missing|short|short of",
    Role.REFUSED: "拒|拒收|拒收了|不收|refuse|refused|rejected",
    Role.MORE: "多|多了|多出|多来|多来了|多出来|extra|too many|surplus",
    Role.SUPPLIER: "退厂|退厂的|退供应商|给供应商|for the supplier|to the supplier",
    Role.NEXT: (
        "下一车|下一车来|下车来|其余下一车|其余下一车来|剩下的下一车|剩下的下一车来|下一趟|下一趟来|后面来|"
        "on the next truck|next truck|rest on the next truck|the rest on the next truck"
    ),
    Role.LOADED: (
        "装|装了|装车|装车了|装上|装上了|装好|装好了|实装|实发|发货|发货了|发出|发出了|发走|发走了|出库|出库了|"
        "load|loaded|dispatch|dispatched|shipped"
    ),
    Role.BACK: (
        "收回|收回了|拿回来了|取回来了|拉回来了|回来了|退回来了|"
        "take back|took back|taken back|came back|is back|are back"
    ),
    Role.APPROVES: "批|批准|批了|准|同意|approve|approved",
    Role.LOSES: "记损|报损|认损|记损失|当丢了|丢了|write off|write it off|lost",
    Role.ELSEWHERE: (
        "到我们这了|到我们店了|到我们这里了|送到我们这了|送到我们店了|在我们这|在我们店|在我们这里|的货到我们这了|"
        "的货到我们店了|的货在我们这|的货在我们店|送错了|送错店了|到错店|到错店了|不是我们的货|不是我的货|"
        "came to us|is with us|are with us|is at our store|are at our store|wrong store|not ours"
    ),
    Role.RETURNS: "退仓|退仓库|退回总仓|return|return to warehouse|return to the warehouse|send back to the warehouse",
    Role.REASON: "|".join(REASONS),
    Role.WHY_LESS: "|".join(LOAD_REASONS),
    Role.LATER: _LATER,
    Role.DROPPED: _DROPPED,
    Role.BEARER: "|".join(BEARERS),
    Role.ALL: (
        "全收|全|全部|都|全部收到|全部收货|全到|全到了|都到|都到了|全部到了|全收到了|都收到了|全收了|齐|齐了|all|"
        "all good|everything|all received|all arrived|received all|in full"
    ),
    Role.STATUS: (
        "到哪|到哪了|到哪里|到哪里了|到哪儿|到哪儿了|在哪|在哪里|在哪儿|在哪了|哪了|哪里了|状态|什么状态|啥状态|"
        "进度|什么情况|到了吗|到了没|到了没有|发了吗|发了没|发了没有|批了吗|批了没|批了没有|收了吗|where is|"
        "where's|wheres|status|status of|track"
    ),
    Role.PAPER: "单|单子|单号|号|号单|号调拨单|调拨单|调拨|这单|那单|transfer|order",
    Role.LAST: (
        "刚才那单|刚刚那单|上一单|刚才的调拨|刚才的单|last transfer|the last one|the last transfer|the one just now"
    ),
    Role.AT: "在|里|各|at|in",
    Role.HELP: (
        "帮助|怎么用|怎么使用|如何使用|使用说明|说明|你会什么|你会干什么|你能做什么|你能干什么|你能干啥|"
        "有什么功能|怎么调货|怎么调拨|如何调货|怎么收货|怎么查库存|怎么操作|help|what can you do|"
        "how do i use this|how do i use this thing|how does this work|how do i transfer|how to transfer|/help|"
        "/start"
    ),
    Role.SPEAKS: ("切换|切换到|切换成|换成|改成|改用|用|说|讲|语言|switch|switch to|change to|speak|use|language|set"),
    Role.CHINESE: "中文|汉语|普通话|chinese|mandarin|zh",
    Role.ENGLISH: "英文|英语|english|en",
    Role.YES: (
        "确认|确定|好|好的|对|对的|是|是的|行|可以|嗯|没问题|提交|同意|ok|okay|yes|yep|yeah|confirm|sure|right|"
        "correct|go ahead|y"
    ),
    Role.NO: (
        "取消|不要|不要了|算了|不用了|不用|不了|不|别|先不|不行|不对|放弃|no|nope|cancel|never mind|nevermind|"
        "forget it|stop|drop it|n"
    ),
    Role.OF: "的|of|of the|the",
    Role.TIMES: "x|×|*",
    Role.BREAK: ",|、|。|.|;|:|!|\n|(|)|和|跟|及|以及|与|还有|and|&|+|?",
    Role.FILLER: (
        "请|麻烦|帮我|帮忙|请帮我|给我|麻烦你|一下|下|吧|啊|呀|哈|哦|呢|哟|啦|谢谢|谢谢啦|谢了|辛苦|辛苦了|你好|"
        "您好|急|快点|尽快|赶紧|快|把|将|我|我们|咱们|那个|呃|嗯|请问|货|那边|这边|店里|please|pls|plz|thanks|"
        "thank you|thx|hi|hello|asap|we|i|me|us|now|现在|目前"
    ),
}


def words() -> Mapping[str, frozenset[Role]]:
    """Every known word with all its roles."""
    roles: dict[str, set[Role]] = {}
    for role, listed in _WORDS.items():
        for word in listed.split("|"):
            roles.setdefault(word, set()).add(role)
    return MappingProxyType({word: frozenset(found) for word, found in roles.items()})


WORDS = words()
