"""Finds names that were not written as they are: misspelt, by their sound, in pinyin letters.

Each is an edge like any other, marked with how it was found; what an exact name covers is not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handlers.understand.names.alike import alike_of
from handlers.understand.names.closed import TAILS, Closed
from handlers.understand.names.family import Family, joined_words
from handlers.understand.names.forms import END, Form, stands_alone
from handlers.understand.names.misspelt import misspelt_of
from handlers.understand.names.name import How, Name, NameKind
from handlers.understand.names.products import Products
from handlers.understand.names.runs import Walk, runs_of
from handlers.understand.names.slips import slips_of
from handlers.understand.names.sounds import heard
from handlers.understand.names.unread import Unread, unread_in

# So many characters of a name have to be right: places are many and alike, and an unknown one is asked about.
_PRODUCT_LEAST, _CLOSED_LEAST = 2, 4


@dataclass(frozen=True, slots=True)
class Guesses:
    """The two families of names, and `words`, all Latin words in them."""

    products: Products
    closed: Closed
    of_products: Family
    of_closed: Family
    words: frozenset[str]

    def names_in(self, chars: str, form: Form, exact: Sequence[Name], walks: Mapping[int, Walk]) -> Iterator[Name]:
        """The names that are guessed at in a text. `exact` are those found already, `walks` the runs of products."""
        unread = unread_in(form, exact, self.products.rule.units, self.words)
        if unread is None:
            return
        found: dict[tuple[NameKind, int, int, tuple[str, ...]], Name] = {}
        for name in self._guessed(chars, unread, walks):
            if name.how is How.HOMOPHONE and _may_be_a_word(name):
                continue
            found.setdefault((name.kind, name.start, name.end, name.whole or name.part), name)
        wholes = [name for name in found.values() if name.whole]
        pinyin = [name for name in found.values() if name.how is How.PINYIN]
        for name in found.values():
            # What lies inside a whole name that was meant was not meant by itself, and pinyin is no misspelt English.
            if not (name.how is How.TYPO and _inside(name, pinyin)) and (
                name.whole or not _inside(name, [whole for whole in wholes if whole.how is name.how])
            ):
                yield name

    def _guessed(self, chars: str, unread: Unread, walks: Mapping[int, Walk]) -> Iterator[Name]:
        form, units = unread.form, self.products.rule.units
        closed_walks = self._closed_walks(unread)
        for family, family_walks in ((self.of_products, walks), (self.of_closed, closed_walks)):
            for how, start, end, meant in family.guesses(unread, family_walks, units):
                first, last = form.span(start, end)
                if not stands_alone(chars, first, last):
                    continue
                if last - first != end - start and not meant.isascii() and how is not How.PINYIN:
                    continue  # Chinese that a blank cuts in two is no slip
                if family.parts:
                    yield from self.products.named(chars, (first, last), meant, how)
                else:
                    yield from self.closed.named(chars, form, start, end, meant, how)

    def _closed_walks(self, unread: Unread) -> dict[int, Walk]:
        near = {at + behind for at in unread.odd for behind in (1, 2)} | set(unread.starts)
        ends = {at: stop for at, (_, stop) in unread.starts.items()}
        runs, size = self.of_closed.runs, len(unread.form.chars)
        return {
            at: walk
            for at in near
            if (walk := runs.walk(unread.form.chars, at, range(at + 2, ends.get(at, min(at + 10, size)) + 1)))
        }


def guesses_of(products: Products, closed: Closed) -> Guesses:
    """What may be guessed at in a chain."""
    forms = products.runs.text[1:-1].split("\n")
    of_products = Family(
        runs=products.runs,
        alike=alike_of(forms),
        slips=slips_of(products.runs, _PRODUCT_LEAST),
        misspelt=misspelt_of(joined_words(forms)),
        parts=True,
    )
    names = [form for form, kinds in closed.carried.items() if set(kinds) != {NameKind.UNIT}]
    runs = runs_of(names)
    of_closed = Family(
        runs=runs,
        alike=alike_of(names),
        slips=slips_of(runs, _CLOSED_LEAST, TAILS),
        misspelt=misspelt_of(joined_words(names)),
        parts=False,
    )
    return Guesses(products, closed, of_products, of_closed, products.words | _words(closed))


def _words(closed: Closed) -> frozenset[str]:
    """The Latin words of the closed names, units among them."""
    return frozenset(word for form in closed.carried for word in form.split(END) if word.isascii())


def _may_be_a_word(name: Name) -> bool:
    """Whether what sounds like a name may well be a word of its own: 礼拜 for the brand 立白, 出飞 for a person."""
    short = len(name.said) == 2 and not name.whole
    unlike = not set(name.said) & set(name.meant) or heard(name.said) != heard(name.meant)
    return (short and unlike) or name.kind is NameKind.PERSON


def _inside(name: Name, others: Sequence[Name]) -> bool:
    return any(other.start <= name.start and name.end <= other.end for other in others)
