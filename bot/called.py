"""Finds the person whom a name or a code at the command line means."""

from __future__ import annotations

from core.ground.permissions import Actor
from core.ground.work import Work
from core.people.directory import people


class NotKnown(Exception):
    """What was named is not there, or there more than once; the sentence says so."""


def person_called(work: Work, said: str) -> Actor:
    """The one person with this code or name. Raises NotKnown where there is none, or several."""
    found = [one for one in people(work) if said.lower() in (one.code.lower(), one.name.lower())]
    if len(found) > 1:
        codes = ", ".join(one.code for one in found)
        raise NotKnown(f"More than one person is called {said}: {codes}. Nothing was changed; say the code.")
    if not found:
        raise NotKnown(f"Nobody here is called {said}. Nothing was changed; say a name or a code.")
    return found[0]
