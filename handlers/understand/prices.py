"""Finds the price of one said unit in a text: 单价1499, 每袋9块8, @ 52, at 180 each. What was paid in all is none."""

from __future__ import annotations

import re
from fractions import Fraction

from handlers.understand.numbers import SPOKEN_NUMERALS, loosely
from handlers.understand.telltales import Telltales

_HAN = SPOKEN_NUMERALS
_N = rf"(?:(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}})(?:\.\d+)?(?!\d)|[{_HAN}]+(?:点[{_HAN}]+)?(?![{_HAN}]))"
_DIGIT = r"[\d一二两三四五六七八九]"
_UNIT_ZH = (
    r"(?:公斤|千克|kg|ml|l|g"
    r"|[瓶罐箱盒件个只包袋条板根卡桶斤支把杯份张卷双套提排块盘饼枚颗粒串听打升台扎筐吨组篓篮捆码托])"
)
_UNIT_EN = (
    r"(?:bottle|can|case|box|carton|pack|packet|bag|piece|bar|tub|jug|bucket|tray|roll|tube|tin|kilo|kg|unit|item|stick|"
    r"pcs?|ctn|cs|dozen|bundle|basket|crate|bale|sleeve|strip|card|pouch|sachet|cake|row|cup|jar|pair|set|one|btl|pkt|litre|liter)"
)
_NOT_COUNTED = rf"(?! ?{_UNIT_ZH})"
_SIGN = r"(?:[¥$€£]|rmb|cny|usd|hk\$|人民币) ?"
_YUAN = r"(?:元|圆|块钱?|rmb|cny|yuan|kuai|dollars?|bucks?|usd|人民币|刀)(?![a-z])"
_CENTS = (
    rf"(?:零(?P<cent>{_DIGIT})分?|(?P<ten>{_DIGIT})毛(?P<one>{_DIGIT})?分?"
    rf"|(?P<low>(?!一{_UNIT_ZH}){_DIGIT}{{1,2}}?)(?![\d二三四五六七八九十百千]|一(?!{_UNIT_ZH})))[毛角]?"
)
_MONEY = (
    rf"(?:{_SIGN}(?P<signed>{_N})(?: ?元)?|(?P<high>{_N}) ?[块元]{_CENTS}"
    rf"|(?P<small>{_DIGIT})[毛角]钱?(?![巾刷])|(?P<whole>{_N}) ?{_YUAN})"
)
_PLAIN = rf"(?P<plain>{_N})"
_CLEAR = r"(?P<plain>\d{2,6}(?:\.\d+)?)"
"""A number that behind a blank alone is rather a price than a quantity: 卖了3条利群 150一条."""
_EACH = (
    rf"(?P<each> ?(?:[一每](?={_UNIT_ZH})|/ ?){_UNIT_ZH}| ?/ ?{_UNIT_EN}(?![a-z])"
    rf"| ?(?:each|apiece|ea|a pop|a piece)(?![a-z])| ?(?:per|an?) {_UNIT_EN}(?![a-z]))"
)
_TAX = "含税|不含税|未税|税前|税后"
_KINDS = (
    "单价|进价|售价|卖价|价格|价钱|成本价?|进货价|批发价|零售价|供货价|采购价|"
    "拿货价|标价|定价|特价|原价|现价|均价|到手价|开价|价"
)
_BEFORE_ZH = rf"(?:(?:{_TAX})?(?:{_KINDS})(?:{_TAX}|改成|改为|调到|调成|降到|涨到)?|含税|不含税|未税)"
_NEW_PRICE = "(?:(?<=提价|涨价|降价|调价)|(?<=促销价|优惠价|活动价|会员价))"
_KINDS_EN = "unit|purchase|selling|sale|retail|buying|cost"
_BEFORE_EN = rf"(?<![a-z])(?:(?:(?:{_KINDS_EN}) )?(?:price|cost)[sd]?(?: (?:is|was|at|of|us|me|to))?|priced at|@|at)"
_NOT_TIME = rf"(?![\d:%a-z]|[^\x00-\x7f]|\.\d| ?[ap]m| {_UNIT_EN}(?:e?s)?(?![a-z]))"
"""Behind a number these say that it is a time, a share, a place or a count: at 5pm, at 27店, at 5 cases."""
_MONEY_WORDS = (
    *("¥", "$", "€", "£", "rmb", "cny", "usd", "人民币", "块", "元", "圆", "毛", "角", "刀"),
    *("yuan", "kuai", "dollar", "buck"),
)
_ONE = ("一", "每")
_PRICES = (
    (rf"{_BEFORE_ZH} ?[是为:=按]? ?(?:{_MONEY}|{_PLAIN}{_NOT_COUNTED}){_EACH}?", ("价", "成本", "含税", "未税")),
    (
        rf"[每一/]{_UNIT_ZH}装?(?:是|卖|要|只要|才|进价|单价|价格|:)? ?(?:{_MONEY}|(?<=每.){_PLAIN}{_NOT_COUNTED})",
        ("每", *_MONEY_WORDS),
    ),
    (rf"每(?:公斤|千克) ?{_PLAIN}{_NOT_COUNTED}", ("每",)),
    (rf"(?:(?<![a-z])(?:at|for|@) )?{_MONEY}{_EACH}", _MONEY_WORDS),
    (rf"(?<=, ){_PLAIN}(?P<each> (?:per|an?) {_UNIT_EN}(?![a-z]))", (" a ", " an ", " per ")),
    (
        rf"(?<![\d./a-z×*-]){_PLAIN}(?: ?/ ?{_UNIT_ZH}| (?:per|/) ?{_UNIT_EN}(?![a-z])|/{_UNIT_EN}(?![a-z]))(?!\d)",
        ("/", "per "),
    ),
    (rf"(?<![a-z])(?:at|for) {_PLAIN}{_EACH}", ("at ", "for ")),
    (rf"(?<![\d./a-z-])(?P<plain>\d+\.\d+){_EACH}", (".",)),
    (rf"{_BEFORE_EN} ?(?:is |was |: ?|= ?)?(?:{_MONEY}|{_PLAIN}){_EACH}?{_NOT_TIME}", ("price", "cost", "@", "at")),
    (rf"(?:[卖收进拿给按]了?的?|(?<=[,;、。])){_PLAIN}[一每]{_UNIT_ZH}(?=$|[\s,.;、。!?的])", _ONE),
    (rf"(?<=[,;、。])[一每]{_UNIT_ZH}{_PLAIN}(?=$|[\s,.;、。!?的])", _ONE),
    (rf"(?<=\s){_CLEAR}[一每]{_UNIT_ZH}(?=$|[\s,.;、。!?的])", _ONE),
    (rf"(?<=\s)[一每]{_UNIT_ZH} ?{_CLEAR}(?=$|[\s,.;、。!?的])", _ONE),
    (rf"(?<=\s){_CLEAR}(?:卖|收|拿|进)的(?=$|[\s,.;、。!?])", ("卖的", "收的", "拿的", "进的")),
    (rf"{_NEW_PRICE}[到为成至是] ?(?:{_MONEY}|{_PLAIN}{_NOT_COUNTED})", ("价",)),
    (rf"(?<![\d.a-z-]){_MONEY}(?=$|[\s,.;、。!?)一每/的算记收吧进拿])", _MONEY_WORDS),
)
"""How prices are written, each with words of which it has one at least."""
_PATTERNS = tuple(re.compile(pattern) for pattern, _ in _PRICES)
_TELLTALES = Telltales(*(words for _, words in _PRICES))
_ANY = re.compile(
    r"[块元圆毛角价税@¥$€£每/]|[,;、。\s]一|成本|\d一|\d[卖收拿进]的"
    r"|at |each|price|cost|yuan|rmb|cny|buck|dollar|kuai|apiece|per |for \d"
)
_TOTAL = (
    "一共|总共|合计|总计|共计|共|总价|总额|金额|总|小计|收了?|实收|付了?|花了?|卖了?|卖出|赚了?|营业额|销售额|满|找|欠|"
    "(?:total|altogether|in all|paid|revenue|sum|made|took|subtotal|amount)(?: (?:of|was|is|comes to|price|cost))*"
)
_CHANGED = re.compile(rf"(?:{_KINDS})(?:改成|改为|调到|调成|降到|涨到)")
_TOTAL_BEFORE = re.compile(rf"(?:{_TOTAL})(?:是|了|为|:| )*$")


def prices_in(chars: str) -> list[tuple[int, int, str]]:
    """Every price of one unit, as (start, end, plain number), the longest where they overlap.

    Of 价格改成72元 the number is one by itself too: the words before it say what is wanted.
    """
    there = _TELLTALES.met(chars)
    if not there or not _ANY.search(chars):
        return []
    found = [
        (match.start(), match.end(), price)
        for number in sorted(there)
        for match in _PATTERNS[number].finditer(chars)
        if (price := _price(match)) and (_per_unit(match) or not _total(chars, match.start()))
    ]
    kept: list[tuple[int, int, str]] = []
    for one in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    changed = ((match.end(), end, price) for start, end, price in kept if (match := _CHANGED.match(chars, start)))
    return [*kept, *changed]


def _per_unit(match: re.Match[str]) -> bool:
    """Whether a unit is said with the price (每袋9块8, 3.5 each): then it cannot be what was paid in all."""
    return bool(match.groupdict().get("each")) or match[0][0] in "每一"


def _total(chars: str, start: int) -> bool:
    return _TOTAL_BEFORE.search(chars, max(start - 14, 0), start) is not None


def _price(match: re.Match[str]) -> str | None:
    """The plain number that was said, in yuan: 9块8 is 9.8."""
    said = match.groupdict()
    if said.get("high"):
        return _plain(_value(said["high"]), _cents(said["low"] or said["ten"] or f"零{said['cent']}", said["one"]))
    if said.get("small"):
        return _plain(Fraction(0), _cents(said["small"], None))
    number = said.get("signed") or said.get("whole") or said.get("plain")
    return _plain(_value(number), Fraction(0)) if number else None


def _value(said: str) -> Fraction | None:
    found = loosely(said)
    return found[0] if found else None


def _cents(tenths: str, hundredths: str | None) -> Fraction:
    """What is said behind 块: 8 is eight tenths, 85 are 85 hundredths."""
    digits = [_value(char) or Fraction(0) for char in tenths + (hundredths or "")]
    return sum((digit / 10**at for at, digit in enumerate(digits, start=1)), Fraction(0))


def _plain(whole: Fraction | None, rest: Fraction) -> str | None:
    if whole is None:
        return None
    value = whole + rest
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.4f}".rstrip("0").rstrip(".")
