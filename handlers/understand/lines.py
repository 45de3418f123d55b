"""Puts products and amounts together into lines, and notes what has to be asked about each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from handlers.understand.lexicon import Lexicon
from handlers.understand.normalise import legible
from handlers.understand.numbers import number
from handlers.understand.quantities import factors_of, settle, unacceptable
from handlers.understand.reading import SaidLine
from handlers.understand.tokens import Amount, Kind, Token
from handlers.understand.words import Role

MOST_CANDIDATES = 12


@dataclass(slots=True)
class Asking:
    """The fields to ask, in order, and why."""

    missing: list[str] = field(default_factory=list)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)

    def ask(self, name: str, problem: str | None = None, candidates: tuple[str, ...] = (), heard: str = "") -> None:
        """Ask for a field. The first problem of a field stays, and the words that were heard for it."""
        if name not in self.missing:
            self.missing.append(name)
        if problem:
            self.problems.setdefault(name, problem)
        if candidates:
            self.candidates[name] = candidates[:MOST_CANDIDATES]
        if words := legible(heard):
            self.heard.setdefault(name, words)

    def hear(self, name: str, amounts: Sequence[Amount]) -> None:
        """Keep the words of a line's amounts beside the problem that they have."""
        words = legible(" ".join(amount.said for amount in amounts))
        for field_name in (f"{name}.quantity", f"{name}.unit"):
            if field_name in self.problems and words:
                self.heard.setdefault(field_name, words)

    def forget(self, name: str) -> None:
        """Ask for no field of `name` ("lines.1") any longer."""
        inside = f"{name}."
        self.missing = [field for field in self.missing if not field.startswith(inside)]
        self.candidates = {field: codes for field, codes in self.candidates.items() if not field.startswith(inside)}
        self.problems = {field: why for field, why in self.problems.items() if not field.startswith(inside)}
        self.heard = {field: words for field, words in self.heard.items() if not field.startswith(inside)}


@dataclass(frozen=True, slots=True)
class Mention:
    """A product as it was said: the codes it can mean, and the sizes said with it. `unknown` words name none.

    `said` are all its words, known and unknown.
    """

    codes: tuple[str, ...]
    wide: tuple[str, ...] = ()
    whole: bool = True
    sizes: tuple[Amount, ...] = ()
    unknown: str = ""
    unread: tuple[int, ...] = field(default=(), compare=False)  # where its unread words begin
    said: str = field(default="", compare=False)


Item = Mention | Amount | None  # None is a break between items
Pair = tuple[Mention | None, tuple[Amount, ...]]


def items(tokens: Sequence[Token], lexicon: Lexicon) -> list[Item]:
    """Products with their sizes, amounts and breaks, in the order said. All other tokens are passed over."""
    found: list[Item] = []
    last_at = -9
    for at, token in enumerate(tokens):
        beside = last_at == at - 1 or (last_at == at - 2 and tokens[at - 1].has(Role.OF))
        last = found[-1] if found and beside else None
        mention = last if isinstance(last, Mention) else None
        item = _item(token, mention, _following(tokens, at), lexicon)
        if token.has(Role.BREAK):
            found.append(None)
        elif token.kind is Kind.UNREAD and mention and not mention.whole and tokens[at - 1].end == token.start:
            words, begins = mention.unknown + token.text, (*mention.unread, token.start)
            found[-1], last_at = replace(mention, unknown=words, unread=begins, said=mention.said + token.text), at
        elif item is not None and mention and isinstance(item, Mention) and (merged := _merged(mention, item)):
            found[-1], last_at = merged, at
        elif isinstance(item, Mention) and mention and item.codes == () and not item.unknown:
            found[-1], last_at = replace(mention, sizes=(*mention.sizes, *item.sizes)), at
        elif item is not None:
            found.append(item)
            last_at = at
    return found


def _following(tokens: Sequence[Token], at: int) -> Token | None:
    """The product right behind a token."""
    behind = tokens[at + 1 : at + 3]
    if len(behind) == 2 and behind[0].has(Role.OF):
        behind = behind[1:]
    return behind[0] if behind and behind[0].kind is Kind.PRODUCT else None


def _item(token: Token, mention: Mention | None, following: Token | None, lexicon: Lexicon) -> Item:
    """A token as an item. A size before or behind its product is a mention without codes."""
    if token.kind is Kind.PRODUCT and token.named:
        named = token.named
        named_by = (named.whole or named.part, named.part or named.whole)
        return Mention(*named_by, whole=bool(named.whole), said=token.text)
    if token.kind is Kind.UNREAD and len(token.text) > 1:
        return Mention((), unknown=token.text, unread=(token.start,), said=token.text)
    amount = token.amount
    if token.kind is not Kind.AMOUNT or amount is None:
        return None
    codes = mention.codes if mention else ()
    if not codes and following and following.named and not amount.bare:
        codes = following.named.whole or following.named.part
    if is_size(amount, codes, lexicon) or (amount.measure and not amount.units):
        return Mention((), sizes=(amount,))
    return amount


def is_size(amount: Amount, codes: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether an amount is the size of one of the products, not a quantity of it."""
    for sku in (lexicon.skus[code] for code in codes):
        if amount.bare and number(_leading(sku.size)) == amount.number:
            return True
        if amount.measure and amount.measure == lexicon.sizes.get(sku.code) and sku.base_unit != "kg":
            return True
    return False


def _leading(size: str) -> str:
    """The bare number of a size: 500 of 500ml."""
    return "".join(char for char in size if char.isdigit() or char == ".").strip(".")


def _merged(first: Mention, second: Mention) -> Mention | None:
    """Two names side by side that can mean the same product (养元 六个核桃), or None: then they are two products."""
    if first.unknown and not first.codes:
        said = first.said + second.said
        return None if second.whole else replace(second, unknown=first.unknown, unread=first.unread, said=said)
    if not first.codes:  # a size in front of its product
        return replace(second, sizes=first.sizes + second.sizes) if second.codes else None
    wide = set(second.wide) | set(second.codes)
    both = tuple(code for code in dict.fromkeys((*first.codes, *first.wide)) if code in wide)
    if not both:
        return None
    blank = " " if first.said[-1:].isascii() and second.said[:1].isascii() else ""
    said = f"{first.said}{blank}{second.said}"
    return replace(first, codes=both, wide=both, whole=first.whole and second.whole, said=said)


def without_strays(said: Sequence[Item]) -> list[Item]:
    """The items without unread words, but for the one word that stands alone with an amount: an unknown product."""
    segments: list[list[Item]] = [[]]
    for item in said:
        if item is None:
            segments.append([])
        else:
            segments[-1].append(item)
    kept: list[Item] = []
    for segment in segments:
        strays = [item for item in segment if isinstance(item, Mention) and item.unknown and not item.codes]
        products = [item for item in segment if isinstance(item, Mention) and item not in strays]
        alone = len(strays) == 1 and not products and len(segment) > 1
        kept.extend([None, *(item for item in segment if alone or item not in strays)])
    return kept[1:]


def only_product(said: Sequence[Item]) -> list[Item]:
    """The items of a question: unread words name its product only if there is one such word and no known product."""
    strays = [item for item in said if isinstance(item, Mention) and item.unknown and not item.codes]
    known = any(isinstance(item, Mention) and item.codes for item in said)
    return list(said) if len(strays) == 1 and not known else [item for item in said if item not in strays]


def pairs(said: Sequence[Item]) -> list[Pair] | None:
    """Each product with its amounts; None where the order leaves open which belongs to which."""
    segments: list[list[Mention | list[Amount]]] = [[]]
    for item in said:
        if item is None:
            segments.append([])
        elif isinstance(item, Mention):
            segments[-1].append(item)
        elif segments[-1] and isinstance(segments[-1][-1], list):
            segments[-1][-1].append(item)
        else:
            segments[-1].append([item])
    segments = [segment for segment in segments if segment]
    flat = [part for segment in segments for part in segment]
    if all(len(segment) == 1 for segment in segments) and len(flat) > 1 and _alternates(flat):
        return _in_twos(flat)
    found: list[Pair] = []
    for segment in segments:
        if len(segment) == 1:
            found.append(_pair(segment[0], None))
        elif _alternates(segment):
            found.extend(_in_twos(segment))
        elif _stuttered(segment):
            found.append(_pair(segment[0], segment[1]))
        else:
            return None
    return found


def _alternates(parts: Sequence[Mention | list[Amount]]) -> bool:
    """Whether products and amounts take turns, so that each has its other."""
    kinds = [isinstance(part, Mention) for part in parts]
    return len(kinds) % 2 == 0 and all(kinds[at] != kinds[at - 1] for at in range(1, len(kinds)))


def _stuttered(parts: Sequence[Mention | list[Amount]]) -> bool:
    """Whether one amount stands on both sides of its product."""
    return len(parts) == 3 and isinstance(parts[1], Mention) and parts[0] == parts[2]


def _in_twos(parts: Sequence[Mention | list[Amount]]) -> list[Pair]:
    return [_pair(parts[at], parts[at + 1]) for at in range(0, len(parts), 2)]


def _pair(one: Mention | list[Amount], other: Mention | list[Amount] | None) -> Pair:
    mention = one if isinstance(one, Mention) else other
    amounts = other if isinstance(one, Mention) else one
    return (mention if isinstance(mention, Mention) else None, tuple(amounts) if isinstance(amounts, list) else ())


def change_lines(name: str, said: Sequence[Item], asking: Asking, lexicon: Lexicon) -> tuple[SaidLine, ...]:
    """The lines of a change. One product twice with two amounts is asked, with the same amount it is one line."""
    paired = pairs(said)
    if paired is None:
        amounts = [item for item in said if isinstance(item, Amount)]
        mentions = [item for item in said if isinstance(item, Mention)]
        if len(mentions) != 1 or not amounts:
            asking.ask(name, "left_over")
            return ()
        paired = [(mentions[0], ())]
        asking.ask(f"{name}.0.quantity", "two_amounts")
    paired = [pair for at, pair in enumerate(paired) if pair not in paired[:at]]
    lines: list[SaidLine] = []
    for pair in paired:
        here = f"{name}.{len(lines)}"
        line = said_line(here, pair, asking, lexicon)
        asking.hear(here, pair[1])
        twin = next((at for at, other in enumerate(lines) if line.sku and other.sku == line.sku), None)
        if twin is None:
            lines.append(line)
        else:  # one line with its amount open: filling in only one of two would move what nobody said
            asking.forget(here)
            asking.forget(f"{name}.{twin}")
            lines[twin] = SaidLine(line.sku)
            asking.ask(f"{name}.{twin}.quantity", "two_amounts")
    return tuple(lines)


def said_line(name: str, pair: Pair, asking: Asking, lexicon: Lexicon, *, product_needed: bool = True) -> SaidLine:
    """One line from a pair; what is not known or cannot be taken is asked under `name`."""
    mention, amounts = pair
    amounts = tuple(dict.fromkeys(amounts))  # the same amount said twice is one
    sku = _sku(name, mention, amounts, asking, lexicon) if mention or product_needed else None
    if not amounts:
        asking.ask(f"{name}.quantity")
        return SaidLine(sku)
    if any(amount.about for amount in amounts):
        line = settled_line(name, SaidLine(sku, Fraction(1)), amounts[0].units, asking, lexicon)
        asking.ask(f"{name}.quantity", "approximate")
        return SaidLine(line.sku, None, line.unit)
    if any(amount.part for amount in amounts):
        asking.ask(f"{name}.quantity", "fraction")
        return SaidLine(sku)
    if any(amount.doubtful for amount in amounts):
        asking.ask(f"{name}.quantity", "two_amounts")
        return SaidLine(sku)
    if len(amounts) > 1:
        return _compound(name, sku, amounts, asking, lexicon)
    return settled_line(name, SaidLine(sku, amounts[0].number), amounts[0].units, asking, lexicon)


def asked_product(name: str, mention: Mention, asking: Asking, lexicon: Lexicon) -> SaidLine:
    """The product of a question; how much of it is what is asked."""
    return SaidLine(_sku(name, mention, (), asking, lexicon))


def settled_line(name: str, line: SaidLine, units: tuple[str, ...], asking: Asking, lexicon: Lexicon) -> SaidLine:
    """The line with its unit and count, once number, unit and perhaps product are known."""
    said = line.number
    if said is None:
        return line
    if line.sku is None:
        unit = units[0] if len(units) == 1 else None
        if problem := unacceptable(said):
            asking.ask(f"{name}.quantity", problem)
            return SaidLine(unit=unit)
        if len(units) > 1:
            asking.ask(f"{name}.unit", candidates=units)
        return SaidLine(None, said, unit)
    sku = lexicon.skus[line.sku]
    settled = settle(sku, said, units)
    if settled.problem == "unknown_unit":
        asking.ask(f"{name}.unit", "unknown_unit", (sku.base_unit, *(unit for unit, _ in sku.packs)))
        return SaidLine(line.sku, said)
    if settled.units:
        asking.ask(f"{name}.unit", candidates=settled.units)
        return SaidLine(line.sku, said)
    if settled.problem:
        asking.ask(f"{name}.quantity", settled.problem)
        return SaidLine(line.sku, None, settled.unit)
    return SaidLine(line.sku, said, settled.unit, settled.count)


def _sku(
    name: str, mention: Mention | None, amounts: tuple[Amount, ...], asking: Asking, lexicon: Lexicon
) -> str | None:
    """The one product that is meant; otherwise it is asked, with the candidates."""
    if mention is None or (not mention.codes and not mention.unknown):
        asking.ask(f"{name}.sku")
        return None
    if mention.unknown:
        near = mention.codes or lexicon.near(mention.unknown)
        asking.ask(f"{name}.sku", "unknown_product", near, mention.said)
        return None
    codes = tuple(code for code in mention.codes if all(is_size(size, (code,), lexicon) for size in mention.sizes))
    if not codes:
        sized = " ".join([mention.said, *(size.said for size in mention.sizes)]).strip()
        asking.ask(f"{name}.sku", "unknown_product", mention.codes, sized)
        return None
    codes = with_units(codes, [amount.units for amount in amounts if amount.units], lexicon)
    # A brand and a size that only one of its products has is no name of that product.
    alike = mention.whole or len({lexicon.skus[code].name_zh for code in mention.codes}) == 1
    if len(codes) == 1 and (alike or len(mention.codes) == 1):
        return codes[0]
    asking.ask(f"{name}.sku", candidates=likeliest(codes, lexicon))
    return None


def with_units(codes: tuple[str, ...], said: Sequence[tuple[str, ...]], lexicon: Lexicon) -> tuple[str, ...]:
    """The products that have the said units; all of them when none has."""
    having = tuple(code for code in codes if all(factors_of(lexicon.skus[code]).keys() & set(units) for units in said))
    return having or codes


def likeliest(codes: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Candidates, the plainest name first."""
    return tuple(sorted(codes, key=lambda code: len(lexicon.skus[code].name_zh)))[:MOST_CANDIDATES]


def _compound(name: str, code: str | None, amounts: tuple[Amount, ...], asking: Asking, lexicon: Lexicon) -> SaidLine:
    """Packs and pieces said together (3箱5瓶): their sum in base units. Any other pair of amounts is asked."""
    counts: list[int] = []
    units: list[str | None] = []
    if code is not None:
        for amount in amounts:
            settled = settle(lexicon.skus[code], amount.number, amount.units)
            if settled.count is not None and amount.units:
                counts.append(settled.count)
                units.append(settled.unit)
    if code is None or len(counts) != 2 or len(amounts) != 2 or not _pack_then_rest(code, units, lexicon):
        asking.ask(f"{name}.quantity", "two_amounts")
        return SaidLine(code)
    whole = Fraction(sum(counts), lexicon.skus[code].base_factor)
    return settled_line(name, SaidLine(code, whole), (), asking, lexicon)


def _pack_then_rest(code: str, units: Sequence[str | None], lexicon: Lexicon) -> bool:
    factors = factors_of(lexicon.skus[code])
    first, second = (factors[unit] if unit else lexicon.skus[code].base_factor for unit in units)
    return first > second
