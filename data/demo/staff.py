"""Who does what in the demo chain: the people of a place, and those above it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.demo.draws import draw, pick
from data.demo.shapes import DemoChain
from data.kinds import Role


class Staff:
    """The people of the chain by where they work, and the clocks on their walls."""

    def __init__(self, chain: DemoChain) -> None:
        self._people = chain.people
        self._regions = {place.code: place.region for place in chain.places}
        self._zones = {place.code: ZoneInfo(place.zone) for place in chain.places}

    def somebody(self, place: str, *names: object) -> str:
        """One of those who work at a place, as these names draw."""
        return pick([one.code for one in self._people if one.home == place], place, *names)

    def head(self, place: str) -> str:
        """Who answers for a place: its store manager or its keeper."""
        return next(one.code for one in self._people if one.home == place and one.role is not Role.CLERK)

    def hands(self, place: str) -> str:
        """Who loads at a place: its clerk, so that its manager can answer for the load; at a warehouse its keeper."""
        here = [one for one in self._people if one.home == place]
        return next((one.code for one in here if one.role is Role.CLERK), self.head(place))

    def above(self, place: str) -> str:
        """The area manager who looks after a place."""
        region = self._regions[place]
        return next(one.code for one in self._people if one.role is Role.AREA_MANAGER and one.region == region)

    def moment(self, place: str, day: date, hour: int, minute: int, *names: object) -> datetime:
        """Up to a quarter of an hour after a time of a day at a place, as these names draw."""
        local = datetime.combine(day, time(hour, minute), self._zones[place])
        return (local + timedelta(seconds=draw(day, place, *names) % 900)).astimezone(ZoneInfo("UTC"))
