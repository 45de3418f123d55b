"""A chain in which every button is tapped twice, and in the end every button that ever was is tapped once more.

Every card that anybody ever sees there has to keep the form.
"""

from __future__ import annotations

from typing import Any

from handlers.say import say
from tests.scenarios.chain import Chain, Shown
from tests.scenarios.form import breaches

BOTH = ("sqlite", "postgresql")
ENDS = ("done", "answered", "dropped", "expired", "replaced", "folded")
OVER = [
    say(language, key) for language in ("zh", "en") for key in ("taps.changed", *(f"pending.{end}" for end in ENDS))
]
"""What a button says whose question is over."""


def meaning(who: str, data: str) -> tuple[str, ...]:
    """Who taps what, at which version: the same on an older card of the same thing."""
    verb, _, *version = data.split(".")
    return (who, verb, *version)


class Twice(Chain):
    """As `Chain`. A second tap on the same button has no effect and is answered with how things stand."""

    def __init__(self, *there: Any, remembers: bool = True) -> None:
        """`remembers`: whether cards are looked at and old buttons tapped, which is the same on every database."""
        super().__init__(*there)
        self.remembers = remembers
        self.seen: dict[tuple[str, str], None] = {}

    async def says(self, who: str, text: str) -> Shown:
        """As ever; what is on everybody's cards now is remembered."""
        shown = await super().says(who, text)
        await self._remember()
        return shown

    async def later(self, *, rings: bool = True, **time: float) -> None:
        """As ever; what is on everybody's cards now is remembered."""
        await super().later(rings=rings, **time)
        await self._remember()

    async def taps_bytes(self, who: str, data: str) -> str:
        """The toast of the first tap; the second one did nothing, and said the same or that the card has changed."""
        first, done = await super().taps_bytes(who, data), await self.effects()
        assert first
        assert await super().taps_bytes(who, data) in (first, *OVER)
        assert await self.effects() == done
        await self._remember()
        return first

    async def effects(self) -> tuple[int, ...]:
        """What only grows by an effect: postings, documents, done-records, and the versions of all documents."""
        counts = [await self.count(table) for table in ("posting", "document", "done")]
        versions = await self.database.read(
            lambda c: c.exec_driver_sql("select sum(version) from document").scalar_one()
        )
        return (*counts, int(versions))

    async def old_buttons_do_nothing(self) -> None:
        """Tap everything that was ever shown and is not open any more: no effect, and the present state in words.

        A folded card's button stays good as long as the newer card below has the same one.
        """
        if not self.remembers:
            return
        done, now = await self.effects(), await self.all_cards()
        shown = {meaning(who, data) for who, cards in now.items() for card in cards for data in card.buttons.values()}
        old = [(who, data) for who, data in self.seen if meaning(who, data) not in shown]
        assert old
        states = {who: {card.state for card in await self.cards(who)} for who in {who for who, _ in old}}
        for who, data in old:
            toast = await super().taps_bytes(who, data)
            assert toast in (*states[who], *OVER), (toast, data)
        assert await self.effects() == done

    async def _remember(self) -> None:
        if not self.remembers:
            return
        for who, cards in (await self.all_cards()).items():
            assert [wrong for card in cards for wrong in breaches(card, self.people)] == []
            self.seen |= {(who, data): None for card in cards for data in card.buttons.values()}
