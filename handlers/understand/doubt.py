"""Doubt: what in a clause may take back, put off or question the rest of a message, though the clause names nothing.

It is asked of clauses that would be passed over as talk, so it rather finds too much: a clause in doubt is asked about.
"""

from __future__ import annotations

import re

from handlers.understand.names.sounds import heard

_COMMANDED = "答理松表要用需调发送运给退卖订进买报盘改批同准许行可能该得想做办弄搞是对确肯定急收走去补缺再管让说谈"
_SOME_DAY = (
    "明天|明早|明儿|后天|下周|下个?月|月底|晚上|晚点|晚些|迟点|稍后|过会|待会|一会|以后|之后|下次|到时|回头|改天|有空"
)
_DOUBTS = (
    rf"(?<![得进出挤搬闻塞])[不没未唔冇](?=[{_COMMANDED}])(?!得了|能再?等|行了)",  # 不急用; but 渴得不行, 车进不去
    r"[不无未]必|[无不]需|不[许准]",
    r"(?<![特分区级个告差辨识])别(?![人的处墅致])|[勿甭莫嫑毋]",
    r"等(?!了|着|死|急|在|不|待|米|到现在|$|[,.!~])",
    r"先.{0,2}放|先(?=[放别不等看问缓停搁留存欠])",
    r"如果|要是|假如|假设|倘若|万一|除非|的话|若|或|还是|要么|可能|也许|估计|应该|好像|听说|据说|考虑|打算|准备(?!好)",
    r"讨论|商量|通知|吩咐|答复|回复|回话|点头|再说|再看|再定|再议|再想|暂|缓|取消|撤|作废|算[了啦]|错|才怪|而已|瞎|骗|逗|假(?![期日])|梦|猜|怀疑|犹豫",
    r"^但|^不过|^可是|禁止|就$|[这那上下前]一?[单张笔]|试(?![吃喝用饮])|练习|演示|演练|模拟|测|比如|举例|例如|想(?![喝吃买])|忘|否|反对|拒|驳|玩|作数|当真|算数|随便",
    r"[会能要该可是有行][不没]|好不(?!容易)|没(?=意义|必要|用|意思|道理|谱)|[还尚][没未]|停(?![电车水业])|换[成个一到别]|改[成为到一下天期发送去给从]|搞定|请示|审批|批准|征求|询问|(?:得|要|先|再|去|还)问",
    r"已经?[都全给]{0,2}(?=[调发送运弄搞办做处给录报订退卖改])",
    r"(?:弄|搞|办|做|处理|安排|解决|调|发|送)(?:完|好|妥|定|掉|过|走|出)?了",
    rf"(?:{_SOME_DAY}|有空).{{0,6}}[再发调送运弄搞办做处给走补录说定看]",
    r"来得及|生效|赶得[及上]|[??吗]|多[少久长远](?![有算])|(?:怎么|咋|为什么|为啥|是否|能否|会不会|要不要|该不该|有没有)",
)
_ENGLISH = (
    "first|then|once|must|only|except|instead|ask|asks|check|call|speak|confirm|tell|see|let|unless|until|wait|later"
    "|tomorrow|should|would|could|might|may|maybe|approve|approved|reject|rejected|cancel|stop|hold|or|whether|if|else"
)
_WORDS = re.compile("|".join(_DOUBTS) + rf"|(?<![a-z])(?:{_ENGLISH})(?![a-z])")
_HARMLESS_ENGLISH = re.compile(
    r"already(?! (?:done|sent|shipped|moved|sorted|handled|arranged|processed|entered|recorded|cancelled|did|been))"
    r"|can(?:'?t|not) (?:keep|cope|wait|believe|manage|stop)|after (?:lunch|school|work)(?![a-z])"
    r"|(?:not|isn'?t|aren'?t|hardly) (?:selling|moving|working|cold|fresh|far)"
    r"|(?:not|isn'?t|hardly) enough(?: (?:stock|space|room|time|staff|people|left|for|in|on|at)(?![a-z])| ?$)"
    r"|no (?:stock|space|room|time|bags)"
    r"|(?:have|has|had|got|there(?:'?s| is| are)|sure|zero|almost|nearly) no (?!need|use(?![a-z])|more|longer|one)"
    r"|the (?:[a-z']+ ){1,3}(?:is|are|was|were|has|have) not "
    r"(?!need|want|requir|necess|ok|allow|approv|sure|ready|our|for )"
    r"|(?:they|he|she|i|we) sold (?:out|through|all|every|theirs|ours|mine|the lot)"
    r"|last (?:time|week|month|year|night|summer|winter)"
    r"|before (?:it|they|the|he|she|lunch|noon|closing|opening)(?![a-z])"
    r"|after (?:class|church|dinner|breakfast|hours|dark|closing|training"
    r"|the (?:match|game|gig|show|party|holiday|weekend))"
    r"|(?:did|does|do|could|wo|has|have|was)n'?t (?:even|sleep|eat|stop|work|open|close|start|turn|fit|blink|know"
    r"|remember|realis|realiz|believe|mind|feel|look|smell|taste|expect|notice|like the (?:smell|noise|look))"
    r"|not (?:much|many)|who (?:was|is|came|works)|when (?:i|we|they|he|she|it) (?:was|were|came|opened|got)"
)
_NO = ("不", "没", "未", "无", "唔", "冇")
_HARMLESS = frozenset("非过等") | {
    *("没有", "没人", "没空", "已", "已经", "早就", "原来", "本来", "昨天", "前天", "昨晚", "前几天", "上周", "上礼拜"),
    *("上个月", "上次", "之前", "以前", "以后", "后天", "下周", "下次", "月底", "晚点", "一会"),
}


_BY_SOUND = re.compile(
    "|".join(heard(word) for word in ("如果", "要是", "假如", "万一", "除非", "或者", "还是", "的话", "没人要"))
)


def doubtful(text: str) -> bool:
    """Whether something in a normalised clause may turn round what stands beside it, also misspelt: 尧是."""
    return _WORDS.search(text) is not None or _BY_SOUND.search(heard(text)) is not None


def is_harmless(block: str, text: str) -> bool:
    """Whether a word of the closed lists, inside this clause that is not doubtful, turns nothing round.

    A negation (顶不住, 堵得不行), a time gone by or to come (昨天巡店看到), "already".
    """
    return (
        block in _HARMLESS or block.startswith(_NO) or (block.isascii() and _HARMLESS_ENGLISH.search(text) is not None)
    )
