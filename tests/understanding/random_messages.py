"""Messages of all sorts: generated ones, pieces of them, several in one, and characters that are no message at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from tests.understanding.drawing import drawn
from tests.understanding.generator import Case, stream
from tests.understanding.names import chain
from tests.understanding.phrase_list import templates
from tests.understanding.pieces import Role

_MARKS = (
    "\u202e\u2066\u200b\u200f\u00ad\ufeff\0\x07\ud800\u3164\n\t\r\u2028'\"\\;<>{}%$&|`~^*#@!?()[]=+-/.,:，。！？、；："
)
PIECES = """
从 中央仓 到 火星店 调 5 箱 红牛 可乐 500ml -3箱 1e9箱 10亿箱 十来箱 半瓶 20到30箱 1/3箱 负 minus twenty to thirty
cases of Red Bull from store A 收到 TR-1042 少1瓶 全收 批 驳回 取消 确认 是 好的 算了 改成30 不要了 再加2箱雪碧 第二个
1 2 yes no ok 还有多少 {0} %s <b> &lt; -- 😂 6956052931707 ①② ٣ ﷺ 发货 退仓 报废 要货
"""
TAPS = """
submit.1.1 approve.1.1 choose.1.1.0 choose.2.1.99 drop.1.1 amount.1.1 source.1.1.3 load.1.1 receive.1.1 .. a.b.c x
submit.999999999999999999.1 choose.1.1.-1 without.1.1 lose.1.1
"""
_PIECES, _TAPS = PIECES.split(), TAPS.split()


def messages(seed: int, count: int) -> Iterator[tuple[str, str, bool]]:
    """Who says what, and whether it is a tap: the same for the same seed."""
    for case in stream(seed, count):
        rng = Random(f"random {seed} {case.number}")
        if rng.random() < 0.02:
            yield case.draft.user, _tap(rng), True
        elif rng.random() < 0.25:
            yield *_request(rng), False
        else:
            yield case.draft.user, _text(case, rng), False


def _request(rng: Random) -> tuple[str, str]:
    """A request that can be done: a few goods, asked by somebody of the place where they go or come from."""
    fitting = [one for one in templates() if one.intent == "transfer.create" and "asks" not in one.facts]
    draft = drawn(rng.choice(fitting), rng)
    pieces = [
        re.sub(r"\d+", str(rng.randint(1, 3)), piece.text, count=1) if piece.role is Role.AMOUNT else piece.text
        for piece in draft.pieces
    ]
    homes = [draft.expect["to"], draft.expect["to"], draft.expect["from"]]
    here = [one["id"] for one in chain()["staff"] if one["home"] == rng.choice(homes)]
    return rng.choice(here or [draft.user]), "".join(pieces)


def _text(case: Case, rng: Random) -> str:
    said = case.draft.text
    match rng.randrange(12):
        case 0:
            return said[rng.randrange(len(said) + 1) :]
        case 1:
            return said[: rng.randrange(len(said) + 1)]
        case 2:
            return said + rng.choice(("", " ", "\n", "，", ", then ")) + case.before.text
        case 3:
            return _stirred(said, rng)
        case 4:
            return _sown(said, rng)
        case 5 | 6 | 7:
            return rng.choice(("", " ")).join(rng.choice(_PIECES) for _ in range(rng.randint(1, 7)))
        case 8:
            return "".join(chr(rng.randrange(1, 0x11000)) for _ in range(rng.randint(1, 30)))
        case _:
            return said


def _stirred(said: str, rng: Random) -> str:
    """Some of its characters gone, twice, or in another place."""
    chars = list(said)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(chars) + 1)
        chars[at : at + 1] = rng.choice(([], chars[at : at + 1] * 2, [rng.choice(said)] if said else []))
    return "".join(chars)


def _sown(said: str, rng: Random) -> str:
    """With marks that mean something to machines."""
    chars = list(said)
    for _ in range(rng.randint(1, 5)):
        chars.insert(rng.randrange(len(chars) + 1), rng.choice(_MARKS))
    return "".join(chars)


def _tap(rng: Random) -> str:
    return rng.choice(_TAPS) if rng.random() < 0.7 else "".join(chr(rng.randrange(1, 0x3000)) for _ in range(12))
