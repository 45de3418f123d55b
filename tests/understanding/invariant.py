"""Changes of a message that change nothing it means: the frame has to stay the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from tests.understanding.names import chain, is_chinese, names, products
from tests.understanding.pieces import Draft, Piece, Role, borders, inserted

Change = Callable[[Draft, Random], Draft | None]
"""Makes another message of one, or None where it has nothing to change."""

TRADITIONAL = Path(__file__).parents[2] / "handlers" / "understand" / "traditional.txt"
FRONT = {
    "zh": (
        "你好，", "在吗，", "那个", "嗯，", "哎，", "喂，", "师傅，", "亲，", "辛苦一下，", "您好 ", "帮个忙，",
        "急，", "哈喽 ",
    ),
    "en": (
        "hi, ", "hello, ", "please ", "hey, ", "um ", "ok, ", "sorry, ", "good morning, ", "hi there, ", "excuse me, ",
    ),
}  # fmt: skip
"""What people say before they come to it."""
BETWEEN = {"zh": ("那个", "嗯", "呃", "，", " "), "en": (" um ", " er ", ", ", " please ")}
BEHIND = {
    "zh": ("谢谢", "，谢谢", "哈", "，辛苦了", "，急用", "，麻烦了", "！", "。", "～", "哦", " 谢谢啦", "，快点"),
    "en": (" please", " thanks", ", thank you", ", asap", "!", ".", " pls", " thx", ", cheers"),
}
PICTURES = "🙏😊🚚📦😂🎉☀🥤💪👀"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c"


def filled(draft: Draft, rng: Random) -> Draft | None:
    """Words of courtesy or hesitation in front, between two clauses, or behind."""
    language = "en" if draft.language == "en" else "zh"
    where = rng.choice(("front", "front", "behind", "behind", "between"))
    if where == "front":
        return inserted(draft, 0, 0, rng.choice(FRONT[language]))
    if where == "behind":
        return inserted(draft, len(draft.pieces), 0, rng.choice(BEHIND[language]))
    inner = list(borders(draft))[1:-1]
    return inserted(draft, *rng.choice(inner), rng.choice(BETWEEN[language])) if inner else None


def reordered(draft: Draft, rng: Random) -> Draft | None:
    """Parts, or the rows of a list, in another order."""
    if any(piece.role is Role.ROW for piece in draft.pieces):
        return _rows_shuffled(draft, rng)
    if any(piece.role is Role.BORDER for piece in draft.pieces):
        return _parts_shuffled(draft, rng)
    return _lines_shuffled(draft, rng)


def pictured(draft: Draft, rng: Random) -> Draft:
    """A picture between two clauses, in front or behind."""
    at, offset = rng.choice(list(borders(draft)))
    return inserted(draft, at, offset, rng.choice(("", " ")) + rng.choice(PICTURES) * rng.randint(1, 2))


def redrawn(draft: Draft, rng: Random) -> Draft | None:
    """Another product with the same units, or another place of the same kind, wherever one is named."""
    if draft.turn or {"ambiguous", "barcode", "shortage"} & {*draft.expect} or draft.origin.startswith("phrases"):
        return None
    at = [number for number, piece in enumerate(draft.pieces) if piece.role in (Role.PRODUCT, Role.PLACE)]
    return _redrawn_at(draft, rng.choice(at), rng) if at else None


def marked(draft: Draft, rng: Random) -> Draft:
    """Characters that are not seen, anywhere."""
    chars = list(draft.text)
    for _ in range(rng.randint(1, 4)):
        chars.insert(rng.randint(0, len(chars)), rng.choice(UNSEEN))
    return _as_text(draft, "".join(chars))


def widened(draft: Draft, rng: Random) -> Draft | None:
    """Full width: all of it, or digits only."""
    wanted = r"[!-~]" if rng.random() < 0.5 else r"[0-9]"
    return _other(draft, re.sub(wanted, lambda match: chr(ord(match[0]) + 0xFEE0), draft.text))


def traditional(draft: Draft, rng: Random) -> Draft | None:
    """As people in Taiwan and Hong Kong write: every character that has an older form, or half of them."""
    share, every = rng.choice((1, 0.5)), _older()
    older = {char: every[char] for char in sorted(set(draft.text)) if char in every and rng.random() < share}
    return _other(draft, "".join(rng.choice(older[char]) if char in older else char for char in draft.text))


def recased(draft: Draft, rng: Random) -> Draft | None:
    """Capitals where there were none, and the other way round."""
    return _other(draft, rng.choice((str.upper, str.lower, str.title))(draft.text))


def spaced(draft: Draft, rng: Random) -> Draft:
    """More blanks: around it, between clauses, and wherever there was one."""
    if rng.random() < 0.4:
        at, offset = rng.choice(list(borders(draft)))
        return inserted(draft, at, offset, rng.choice(("  ", " ", "\u3000", "\u00a0")))
    blanks = rng.choice(("  ", "   ", "\u3000", " \u00a0"))
    return _as_text(draft, rng.choice(("", " ")) + draft.text.replace(" ", blanks) + rng.choice(("", "  ", "\n")))


def pasted(draft: Draft, rng: Random) -> Draft | None:
    """As it comes out of a spreadsheet: tabs for blanks, line ends of another system, an empty line behind."""
    text = draft.text if is_chinese(draft.text) and draft.language == "mixed" else draft.text.replace(" ", "\t")
    return _other(draft, text.replace("\n", "\r\n") + rng.choice(("", "\t", "\r\n", "\n\n")))


def _rows_shuffled(draft: Draft, rng: Random) -> Draft:
    rows = [piece for piece in draft.pieces if piece.role is Role.ROW]
    rng.shuffle(rows)
    return draft.with_pieces([rows.pop() if piece.role is Role.ROW else piece for piece in draft.pieces])


def _parts_shuffled(draft: Draft, rng: Random) -> Draft:
    parts: list[list[Piece]] = [[]]
    for piece in draft.pieces:
        if piece.role is Role.BORDER:
            parts.append([])
        else:
            parts[-1].append(piece)
    rng.shuffle(parts)
    between = rng.choice((" ", "，"))
    found = list(parts[0])
    for part in parts[1:]:
        found += [Piece(between), *part]
    return draft.with_pieces(found)


def _lines_shuffled(draft: Draft, rng: Random) -> Draft | None:
    """The lines of a labelled list behind its first, where nothing is asked of one of them."""
    first, *rest = draft.text.split("\n")
    asked = {*draft.expect.get("missing", ()), *draft.expect.get("invalid", ()), *draft.expect.get("ambiguous", ())}
    if len(rest) < 2 or asked or not all(re.search(r"\d|[一二两三四五六七八九十]", line) for line in rest):
        return None
    rng.shuffle(rest)
    return _as_text(draft, "\n".join((first, *rest)))


def _redrawn_at(draft: Draft, at: int, rng: Random) -> Draft | None:
    piece = draft.pieces[at]
    if piece.code is None or [one.code for one in draft.pieces].count(piece.code) > 1:
        return None
    if piece.role is Role.PRODUCT:
        return _other_product(draft, at, piece.code, rng)
    return _other_place(draft, at, piece.code, rng)


def _other_product(draft: Draft, at: int, code: str, rng: Random) -> Draft | None:
    lines = draft.expect.get("lines") or []
    if [line["sku"] for line in lines].count(code) != 1:
        return None
    units = ("base_unit", "pack_unit", "pack_factor", "decimals")
    old, used = products()[code], {line["sku"] for line in lines}
    alike = [
        sku for sku, one in products().items() if sku not in used and all(one[unit] == old[unit] for unit in units)
    ]
    if not alike:
        return None
    new = rng.choice(alike)
    expect = {**draft.expect, "lines": [{**line, "sku": new} if line["sku"] == code else line for line in lines]}
    return _renamed_at(replace(draft, expect=expect), at, Role.PRODUCT, new, rng)


def _other_place(draft: Draft, at: int, code: str, rng: Random) -> Draft | None:
    sides = [side for side in ("from", "to", "store") if draft.expect.get(side) == code]
    home = next(one["home"] for one in chain()["staff"] if one["id"] == draft.user)
    if len(sides) != 1 or code == home:
        return None
    kinds = {one["code"]: one["kind"] for one in chain()["stores"]}
    used = {
        home,
        *(piece.code for piece in draft.pieces),
        *(draft.expect.get(side) for side in ("from", "to", "store")),
    }
    alike = [other for other, kind in kinds.items() if kind == kinds[code] and other not in used]
    if not alike:
        return None
    new = rng.choice(alike)
    return _renamed_at(replace(draft, expect={**draft.expect, sides[0]: new}), at, Role.PLACE, new, rng)


def _renamed_at(draft: Draft, at: int, role: Role, code: str, rng: Random) -> Draft | None:
    """The message with the name of something else, in the same script and with no digits at its ends."""
    old = draft.pieces[at].text
    fitting = [
        name
        for name in names().unique(role, code)
        if is_chinese(name) == is_chinese(old) and not name[0].isdigit() and not name[-1].isdigit()
        and (role is Role.PRODUCT or name[-1] == old[-1] or name.isascii())
    ]  # fmt: skip
    if not fitting:
        return None
    pieces = list(draft.pieces)
    pieces[at] = Piece(rng.choice(fitting), role, code)
    return draft.with_pieces(pieces)


@cache
def _older() -> dict[str, list[str]]:
    """The traditional characters of each simplified one: the product's own table, the other way round."""
    found: dict[str, list[str]] = {}
    traditional_row, simple_row = TRADITIONAL.read_text(encoding="utf-8").split()
    for old, simple in zip(traditional_row, simple_row, strict=True):
        found.setdefault(simple, []).append(old)
    return found


def _as_text(draft: Draft, text: str) -> Draft:
    return draft.with_pieces([Piece(text)])


def _other(draft: Draft, text: str) -> Draft | None:
    return None if text == draft.text else _as_text(draft, text)


CLAUSES: dict[str, Change] = {
    "filler": filled, "reordered": reordered, "emoji": pictured, "redrawn": redrawn, "blanks": spaced,
}  # fmt: skip
"""Changes of whole words, which need to know the pieces."""
CHARACTERS: dict[str, Change] = {
    "full width": widened, "traditional": traditional, "case": recased, "unseen": marked, "paste": pasted,
}  # fmt: skip
"""Changes of characters; they come last, for they leave no pieces."""
