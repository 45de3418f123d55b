"""Who reads a reply: their language and zone, and how counts, goods, places and times are shown to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.goods.catalogue import Catalogue, PlaceEntry, SkuEntry
from core.ground.permissions import Actor
from core.ground.quantity import in_packs
from handlers.say import drawable, say

ZONE_OF_THE_CHAIN = "Asia/Shanghai"


@dataclass(frozen=True)
class Reader:
    """A person, or a group (`actor` None), who reads in a language. Shared facts come from the catalogue.

    `sees_cost` says that cost and value may be shown: to who may know them, where nobody reads along.
    """

    actor: Actor | None
    language: str
    catalogue: Catalogue
    sees_cost: bool = False

    def say(self, key: str, **facts: object) -> str:
        """The sentence of `key` in the reader's language."""
        return say(self.language, key, **facts)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the reader's place; of the chain for everybody else."""
        home = self.catalogue.place_by_id.get(self.actor.home_id or 0) if self.actor else None
        return ZoneInfo(home.zone if home else ZONE_OF_THE_CHAIN)

    def clock(self, moment: datetime) -> str:
        """The time of day: 10:44."""
        return moment.astimezone(self.zone).strftime("%H:%M")

    def moment(self, moment: datetime, now: datetime) -> str:
        """The time of day, with the day where it is not today: 明天10:44, 11月24日10:44."""
        there, today = moment.astimezone(self.zone), now.astimezone(self.zone).date()
        days, clock = (there.date() - today).days, there.strftime("%H:%M")
        name = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
        if name:
            return self.say(f"common.day.{name}", clock=clock)
        return self.say("common.day.date", month=there.month, day=there.day, clock=clock)

    def place(self, place: PlaceEntry | int | str) -> str:
        """A place's name; by entry, id or code."""
        if not isinstance(place, PlaceEntry):
            places = self.catalogue.place_by_id if isinstance(place, int) else self.catalogue.place_by_code
            place = places[place]  # type: ignore[index]  # the mapping was chosen by the key's type
        return drawable(place.name_zh if self.language == "zh" else place.name_en)

    def sku(self, sku: SkuEntry | int | str) -> str:
        """A product's name with its size; by entry, id or code."""
        entry = self._entry(sku)
        if self.language == "zh":
            return drawable(f"{entry.name_zh}{entry.size}")
        return drawable(f"{entry.name_en} {entry.size}".strip())

    def amount(self, sku: SkuEntry | int | str, count: int, unit: str | None = None) -> str:
        """A count in packs and pieces: 3箱6瓶. Asked in the base unit (`unit`), it stays in pieces: 20瓶.

        Goods by weight are shown in their base unit with as many decimals as they need: 2.5kg.
        """
        entry = self._entry(sku)
        if entry.decimals:
            return self.unit_of(_decimal(count, entry.decimals), entry.base_unit)
        pack, factor = entry.packs[0] if entry.packs else (entry.base_unit, 1)
        if unit == entry.base_unit or factor == 1 or abs(count) < factor:
            return self.unit_of(str(count), entry.base_unit)
        packs, rest = in_packs(count, factor)
        parts = [self.unit_of(str(packs), pack)]
        if rest:
            parts.append(self.unit_of(str(rest), entry.base_unit))
        return ("" if self.language == "zh" else " ").join(parts)

    def pieces(self, sku: SkuEntry | int | str, count: int) -> str:
        """A count in base units, as somebody counts who unpacks: 475瓶."""
        entry = self._entry(sku)
        return self.amount(entry, count, entry.base_unit)

    def amount_in_full(self, sku: SkuEntry | int | str, count: int, unit: str | None = None) -> str:
        """As `amount`, and the count in base units behind it where packs were used: 20箱(480瓶)."""
        entry, shown = self._entry(sku), self.amount(sku, count, unit)
        if entry.decimals:
            factor = dict(entry.packs).get(unit or "")
            packs = self.unit_of(str(count // factor), unit or "") if factor and count % factor == 0 else ""
            return self.say("common.in_pieces", packs=packs, pieces=shown) if packs else shown
        pieces = self.pieces(entry, count)
        return shown if shown == pieces else self.say("common.in_pieces", packs=shown, pieces=pieces)

    def unit_of(self, number: str, unit: str) -> str:
        """A number with its unit: 20箱, 20 cases."""
        if self.language == "zh" or unit == "kg":
            return f"{number}{unit}"
        names = [name for name in self.catalogue.units.get(unit, ()) if name.isascii()]
        one = names[0] if names else unit
        many = next((name for name in names if name in (f"{one}s", f"{one}es")), one)
        return f"{number} {one if number == '1' else many}"

    def days(self, count: int) -> str:
        """A number of whole days: 9天, 不到1天."""
        return self.say(f"common.days.{'some' if count > 1 else 'one' if count else 'none'}", count=count)

    def money(self, fen: int) -> str:
        """An amount of money: 1,440元, 12.50元."""
        yuan, rest = divmod(abs(fen), 100)
        sign, cents = ("-" if fen < 0 else ""), (f".{rest:02}" if rest else "")
        return self.say("common.money", amount=f"{sign}{yuan:,}{cents}")

    def _entry(self, sku: SkuEntry | int | str) -> SkuEntry:
        if isinstance(sku, SkuEntry):
            return sku
        return self.catalogue.sku_by_id[sku] if isinstance(sku, int) else self.catalogue.sku_by_code[sku]


def _decimal(count: int, decimals: int) -> str:
    sign, size = ("-" if count < 0 else ""), abs(count)
    whole, rest = divmod(size, 10**decimals)
    return f"{sign}{whole}.{str(rest).zfill(decimals)}".rstrip("0").rstrip(".")
