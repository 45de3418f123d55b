"""How a database goes about what the product asks it: each statement as it was sent, its plan, and what is slow there.

A search by key goes to the rows that are wanted; anything else looks at rows that are not, and more of them each day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection

Job = Callable[[Connection], object]
BY_KEY = frozenset({"Index Scan", "Index Only Scan", "Bitmap Index Scan"})
OF_WHAT_WAS_FOUND = frozenset({"Aggregate", "Bitmap Heap Scan", "Incremental Sort", "Sort"})
GROUPS = "USE TEMP B-TREE FOR GROUP BY"
"""The groups of what was found by key are as many as the answer has rows: they do not grow with the books."""


@dataclass(frozen=True)
class Plan:
    """The steps of one statement, and those of them that are no search by key."""

    steps: tuple[str, ...]
    slow: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.steps)


def plans_of(job: Job) -> Callable[[Connection], list[Plan]]:
    """A job that runs this one, and tells of the plan of each SELECT it sent."""

    def listen(connection: Connection) -> list[Plan]:
        driver: Any = connection.connection.driver_connection
        heard: list[tuple[str, Any]] = []
        if connection.dialect.name == "sqlite":
            with _heard_by_sqlite(driver, heard):
                job(connection)
            return [_on_sqlite(driver, text) for text, _ in heard if _asks(text)]
        with _heard_by_postgresql(driver, heard):
            job(connection)
        return [_on_postgresql(driver, text, values) for text, values in heard if _asks(text)]

    return listen


def _asks(text: str) -> bool:
    return text.lstrip().upper().startswith("SELECT")


@contextmanager
def _heard_by_sqlite(driver: Any, heard: list[tuple[str, Any]]) -> Iterator[None]:
    """The driver tells each statement with its values in it."""
    driver.set_trace_callback(lambda text: heard.append((text, None)))
    try:
        yield
    finally:
        driver.set_trace_callback(None)


@contextmanager
def _heard_by_postgresql(driver: Any, heard: list[tuple[str, Any]]) -> Iterator[None]:
    class Listening(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Listening:
            heard.append((str(query), params))
            return super().execute(query, params, **options)

    before, driver.cursor_factory = driver.cursor_factory, Listening
    try:
        yield
    finally:
        driver.cursor_factory = before


def _on_sqlite(driver: Any, text: str) -> Plan:
    steps = tuple(str(row[3]) for row in driver.execute(f"explain query plan {text}").fetchall())
    return Plan(steps, tuple(step for step in steps if not _searches(step)))


def _searches(step: str) -> bool:
    return (step.startswith("SEARCH ") and "=?" in step) or step == GROUPS


def _on_postgresql(driver: Any, text: str, values: Any) -> Plan:
    cursor = psycopg.ClientCursor(driver).execute(f"explain (format json) {text}", values)
    nodes = list(_nodes(cursor.fetchall()[0][0][0]["Plan"]))
    told = [(_told(node), _is_quick(node)) for node in nodes]
    return Plan(tuple(step for step, _ in told), tuple(step for step, quick in told if not quick))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _told(node: dict[str, Any]) -> str:
    where = node.get("Index Name") or node.get("Relation Name")
    return f"{node['Node Type']} {where} {node.get('Index Cond', '')}".strip() if where else str(node["Node Type"])


def _is_quick(node: dict[str, Any]) -> bool:
    return node["Node Type"] in OF_WHAT_WAS_FOUND or (node["Node Type"] in BY_KEY and "Index Cond" in node)
