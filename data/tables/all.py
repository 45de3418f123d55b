"""Every table at once, for whoever needs the whole schema: migrations and the schema test."""

from __future__ import annotations

from data.tables import conversation, goods, ground, people, stock
from data.tables.base import metadata

__all__ = ["conversation", "goods", "ground", "metadata", "people", "stock"]
