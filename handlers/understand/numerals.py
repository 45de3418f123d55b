"""Finds numerals in a text, in digits and in words, exact ones and vague ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from handlers.understand.arabic import arabic_numerals
from handlers.understand.han import han_numerals, han_share
from handlers.understand.numbers import ENGLISH_NUMBER_WORDS, SPOKEN_NUMERALS, number
from handlers.understand.numeral import Numeral
from handlers.understand.telltales import Telltales

_HAN = SPOKEN_NUMERALS
_WORD = "|".join(sorted(ENGLISH_NUMBER_WORDS, key=len, reverse=True))
_NUMERAL = re.compile(
    rf"""(?P<arabic>\d)
    |(?P<vague>(?:好几|[几数上近成])(?:[十百千]万|[十百千万])(?![{_HAN}])|好?几|十几|百(?:来|余|多|把|八十)|千(?:来|余|把|八百|儿八百)
       |[个十]把(?=[^手])|若干|一些|一点点?儿?(?![击{_HAN}])|少许|少量|些许|好些|许多|很多|不少|大量)
    |(?P<half_of>一半|对半|半数|(?<![a-z])half[ ](?:of[ ])?(?:the|our|my|your|his|her|their|it|them|what)(?![a-z]))
    |(?P<share>[{_HAN}]+分之[{_HAN}]+)
    |(?P<han>[{_HAN}]+(?:点[{_HAN}]+)?)
    |(?P<half>半)
    |(?<![a-z0-9'])(?:
       (?P<half_word>(?:an?[ ])?half(?:[ -](?:of[ ])?an?(?![a-z]))?(?=[ -]))
      |(?P<vague_word>(?:an?[ ])?(?:few|couple(?:[ ]of)?|handful[ ]of|bunch[ ]of|bit[ ]of|lot[ ]of)|several|some|many
         |(?:dozens|hundreds|thousands|scores|tons|loads|lots|plenty)[ ]of)(?![a-z])
      |(?P<shares>(?P<above>an?|one|two|three)[ -](?P<below>third|quarter|fourth|fifth)s?(?:[ ]of[ ]an?)?(?![a-z]))
      |(?P<english>(?:an?[ ](?=hundred|thousand))?(?:{_WORD})(?:(?:[ -]|[ ]and[ ]|[ ]point[ ])(?:{_WORD}))*(?![a-z0-9]))
      |(?P<article>an?(?=[ ]))
    )""",
    re.VERBOSE,
)
_FIRST = re.compile(rf"[\d{_HAN}好几数上近成个若少些许很不大半]")
_FIRST_OR_WORD = re.compile(rf"{_FIRST.pattern}|(?<![a-z0-9'])[a-fhlmnopst-z]")
"""What a numeral begins with. Looking for one character is quicker than trying every numeral at each."""
_WORDS = Telltales(
    ENGLISH_NUMBER_WORDS,
    ("a ", "an ", "half", "few", "couple", "handful of", "bunch of", "bit of", "lot of", "several", "some", "many"),
    ("dozens", "scores", "tons", "loads", "lots", "plenty"),
)
"""Of these every numeral in English words has one."""
_THE = re.compile(
    r"(?<![a-z])(?:the|this|that|which|any|every|each|another|new|old|last|first|same|right|wrong|no|big|small) $"
    r"|(?:ml|l|g) $"
)
_OF = re.compile(r" of (?:them|the|those|these|my|our)(?![a-z])")
_SHARES = {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5}
_ABOVE = {"two": 2, "three": 3}


def numerals_in(chars: str) -> Iterator[Numeral]:
    """Every numeral of a text, from left to right."""
    at, begins = 0, _FIRST_OR_WORD if _WORDS.are_in(chars) else _FIRST
    while first := begins.search(chars, at):
        match = _NUMERAL.match(chars, first.start())
        at = match.end() if match else first.end()
        if match is None:
            continue
        if match.lastgroup == "arabic":
            found, at = arabic_numerals(chars, match.start())
            yield from found
        else:
            yield from _in_words(chars, match)


def _in_words(chars: str, match: re.Match[str]) -> Iterator[Numeral]:
    start, end = match.span()
    if match["han"]:
        yield from han_numerals(chars, start, end)
    elif match["share"]:
        share = han_share(match[0], start)
        yield from [share] if share else []
    elif match["vague"] or match["vague_word"]:
        yield Numeral(start, end, Fraction(0), about=True)
    elif match["half_of"]:
        yield Numeral(start, end, Fraction(1, 2), part=True)
    elif match["half"] or match["half_word"]:
        yield Numeral(start, end, Fraction(1, 2), alone=False)
    elif match["shares"]:
        yield Numeral(start, end, Fraction(_ABOVE.get(match["above"], 1), _SHARES[match["below"]]), part=True)
    elif match["english"]:
        yield from _english(chars, match)
    else:
        yield Numeral(start, end, Fraction(1), alone=False)


def _english(chars: str, match: re.Match[str]) -> Iterator[Numeral]:
    """The number that the words say; words that say none together ("five six") are doubtful one by one."""
    if (value := number(match[0])) is not None:
        one_of = value == 1 and (
            _THE.search(chars, max(match.start() - 8, 0), match.start()) or _OF.match(chars, match.end())
        )
        yield Numeral(match.start(), match.end(), value, alone=not one_of)
        return
    for word in re.finditer(r"[a-z]+", match[0]):
        if (one := number(word[0])) is not None:
            yield Numeral(match.start() + word.start(), match.start() + word.end(), one, doubtful=True)
