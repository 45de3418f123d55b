"""Finds who is spoken to, or who speaks, at the start of a message: 坚哥 ..., 李店长,..., Emma here, ..."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CALLED = re.compile(
    r"(?:^|(?<=\n))@?(?:[\u4e00-\u9fff]{1,2}"
    r"(?:哥|姐|叔|姨|婶|伯|爷|嫂|弟|妹|总|工|师傅|老师|经理|店长|主管|主任|班长|老板|大哥|大姐|阿姨)"
    r"|(?:老|小|阿)[\u4e00-\u9fff])(?=[ ,.。!:、])"
)
_SPEAKS = re.compile(
    r"(?:^|(?<=[\n.!,] )|(?<=\n))(?:hi|hey|hello|morning|evening)?,? ?(?:it'?s |this is |its )?"
    r"[a-z]{2,12} here(?= ?[,.!:;-])"
)


def addressed_in(chars: str) -> Iterator[tuple[int, int]]:
    """Where somebody is called, or says who they are. The names themselves nobody has to know."""
    return (match.span() for pattern in (_CALLED, _SPEAKS) for match in pattern.finditer(chars))
