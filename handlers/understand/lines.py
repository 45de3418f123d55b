"""Turns products with amounts into lines, and notes what has to be asked about each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from core.goods.catalogue import SkuEntry
from handlers.understand.amount import Amount
from handlers.understand.asking import MOST_CANDIDATES, Asking
from handlers.understand.goods import Item, Mention, Pair, is_size, pairs
from handlers.understand.names.lexicon import Lexicon
from handlers.understand.quantities import MAX_QUANTITY, PIECE, factors_of, has_unit, is_weighed, settle, unacceptable
from handlers.understand.reading import SaidLine
from handlers.understand.sizes import measure


def change_lines(
    name: str, said: Sequence[Item], asking: Asking, lexicon: Lexicon, *, zero: bool = False
) -> tuple[SaidLine, ...]:
    """The lines of a change. One product twice with two amounts is asked, with the same amount it is one line.

    `zero` says that there may be none of it (counted: 0).
    """
    paired = pairs(said)
    if paired is None:
        amounts = [item for item in said if isinstance(item, Amount)]
        mentions = list(dict.fromkeys(item for item in said if isinstance(item, Mention)))
        if len(mentions) != 1 or not amounts:
            asking.ask(name, "left_over")
            return ()
        once = len(amounts) == 1  # 红牛卖光了 调1箱红牛
        paired = [(mentions[0], tuple(amounts) if once else ())]
        if not once:
            asking.ask(f"{name}.0.quantity", "two_amounts")
    once_each = [pair for pair in dict.fromkeys(paired) if not _is_amount_again(pair, paired)]
    paired = [pair for pair in once_each if not _only_told_of(pair, once_each, said, lexicon)]
    lines: list[SaidLine] = []
    for pair in paired:
        here = f"{name}.{len(lines)}"
        line = said_line(here, pair, asking, lexicon, zero=zero)
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


def _is_amount_again(pair: Pair, paired: Sequence[Pair]) -> bool:
    """Whether an amount without goods is that of the only goods there are, said once more: 账上多记7个,减7个."""
    mention, amounts = pair
    named = [other for other in paired if other[0] is not None]
    return mention is None and bool(amounts) and len(named) == 1 and named[0][1] == amounts


def _only_told_of(pair: Pair, paired: Sequence[Pair], said: Sequence[Item], lexicon: Lexicon) -> bool:
    """Whether a product without an amount is counted in another clause: AD钙奶卖得快,调20箱AD钙奶.

    Of two where one is misspelt it may be another that is counted: 双杯袋, 霜杯袋 2扎.
    """
    mention = pair[0]
    if mention is None or pair[1] or len(mention.codes) == 0 or mention.unknown or mention.read_as:
        return False
    counted = [pair for pair in paired if pair[0] and pair[1] and pair[0].codes and not pair[0].read_as]
    if len(mention.codes) == 1 and any(other and other.codes == mention.codes for other, _ in counted):
        return True
    meant = (_fitting(other, amounts, lexicon) for other, amounts in counted if other)
    return any(codes and set(codes) <= set(mention.codes) for codes in meant) and _is_alone(mention, said)


def _fitting(mention: Mention, amounts: Sequence[Amount], lexicon: Lexicon) -> tuple[str, ...]:
    """Of the products that a mention can mean those of its size that have the units of its amounts."""
    sized = _of_sizes(mention.codes, mention, lexicon)
    return _having(sized, [amount.units for amount in amounts if amount.units], lexicon) or sized


def _is_alone(mention: Mention, said: Sequence[Item]) -> bool:
    """Whether a clause has nothing of goods but this product."""
    at = next((place for place, item in enumerate(said) if item is mention), None)
    return at is not None and all(
        isinstance(beside, str) for beside in (*said[max(at - 1, 0) : at], *said[at + 1 : at + 2])
    )


def said_line(
    name: str, pair: Pair, asking: Asking, lexicon: Lexicon, *, product_needed: bool = True, zero: bool = False
) -> SaidLine:
    """One line from a pair; what is not known or cannot be taken is asked under `name`."""
    mention, amounts = pair
    if len(amounts) > 1:
        amounts = tuple(dict.fromkeys(amounts))  # the same amount said twice is one
    sku = _sku(name, mention, amounts, asking, lexicon) if mention or product_needed else None
    if not amounts and sku and mention:
        amounts = _weighed(lexicon.skus[sku], mention)
    if not amounts:
        asking.ask(f"{name}.quantity")
        return SaidLine(sku)
    if any(amount.about for amount in amounts) and amounts[0].number <= MAX_QUANTITY:
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
    if zero and amounts[0].number == 0:
        return _none_of(sku, amounts[0].units, lexicon)
    return settled_line(name, SaidLine(sku, amounts[0].number), amounts[0].units, asking, lexicon)


def _weighed(sku: SkuEntry, mention: Mention) -> tuple[Amount, ...]:
    """The size said of goods that are counted by weight, as their amount: a sack of 50kg is 50kg of them."""
    if not is_weighed(sku):
        return ()
    measures = (size.measure or measure(size.said) for size in mention.sizes)
    return tuple(Amount(one[0] / sku.base_factor, (sku.base_unit,)) for one in measures if one and one[1] == "g")


def _none_of(sku: str | None, units: tuple[str, ...], lexicon: Lexicon) -> SaidLine:
    """A line of which there is none, with the unit that was said where the product has it."""
    owned = factors_of(lexicon.skus[sku]) if sku else {}
    return SaidLine(sku, Fraction(0), next((unit for unit in units if unit in owned), None), 0)


def asked_product(
    name: str, mention: Mention, asking: Asking, lexicon: Lexicon, units: tuple[str, ...] = ()
) -> SaidLine:
    """The product of a question; how much of it is what is asked, in `units` if it is asked in one."""
    counted = (Amount(Fraction(1), units),) if units else ()
    return SaidLine(_sku(name, mention, counted, asking, lexicon))


def settled_line(name: str, line: SaidLine, units: tuple[str, ...], asking: Asking, lexicon: Lexicon) -> SaidLine:
    """The line with its unit and count, once number, unit and perhaps product are known."""
    said = line.number
    if said is None:
        return line
    if line.sku is None:
        units = _of_candidates(units, asking.candidates.get(f"{name}.sku", ()), lexicon)
        unit = units[0] if len(units) == 1 and units[0] != PIECE else None
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


def _of_candidates(units: tuple[str, ...], codes: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Of the units that a word can mean those that the products in question have."""
    owned = {unit for code in codes for unit in factors_of(lexicon.skus[code])}
    return tuple(unit for unit in units if unit in owned) or units


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
    codes = _of_sizes(mention.codes, mention, lexicon)
    sized = " ".join([mention.said, *(size.said for size in mention.sizes)]).strip()
    if not codes:
        asking.ask(f"{name}.sku", "unknown_product", mention.codes, sized)
        return None
    said_units = [amount.units for amount in amounts if amount.units]
    # Where none of these has the unit, perhaps one with a longer name has.
    having = _having(codes, said_units, lexicon) or _having(
        _of_sizes(mention.wide, mention, lexicon), said_units, lexicon
    )
    codes = having or codes
    if len(codes) == 1:
        return codes[0]
    asking.ask(f"{name}.sku", candidates=likeliest(codes, lexicon), heard=sized)
    return None


def _of_sizes(codes: tuple[str, ...], mention: Mention, lexicon: Lexicon) -> tuple[str, ...]:
    """The products that have every size said with a mention."""
    if not mention.sizes:
        return codes
    return tuple(code for code in codes if all(is_size(size, (code,), lexicon) for size in mention.sizes))


def _having(codes: tuple[str, ...], said: Sequence[tuple[str, ...]], lexicon: Lexicon) -> tuple[str, ...]:
    """The products that have each of the said units."""
    for units in said:
        codes = tuple(code for code in codes if has_unit(lexicon.skus[code], units))
    return codes


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
    # 26箱三只鼠: the second amount may be a part of a name.
    pieces_of_none = any(PIECE in amount.units for amount in amounts) and not _own_piece(code, lexicon)
    if (
        pieces_of_none
        or code is None
        or len(counts) != 2
        or len(amounts) != 2
        or not _pack_then_rest(code, units, lexicon)
    ):
        asking.ask(f"{name}.quantity", "two_amounts")
        return SaidLine(code)
    whole = Fraction(sum(counts), lexicon.skus[code].base_factor)
    return settled_line(name, SaidLine(code, whole), (), asking, lexicon)


def _own_piece(code: str | None, lexicon: Lexicon) -> bool:
    return code is not None and PIECE in factors_of(lexicon.skus[code])


def _pack_then_rest(code: str, units: Sequence[str | None], lexicon: Lexicon) -> bool:
    factors = factors_of(lexicon.skus[code])
    first, second = (factors[unit] if unit else lexicon.skus[code].base_factor for unit in units)
    return first > second
