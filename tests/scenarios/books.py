"""Checks in SQL that the books are their postings, and that no goods and no value came from nothing."""

from __future__ import annotations

from sqlalchemy import Connection

SHELVES = ("available", "reserved", "in_transit", "blocked")

_ENDS = """
with ends (sku_id, place_id, shelf, quantity, value_fen) as (
    select sku_id, source_id, source_shelf, -quantity, -value_fen from posting
    union all select sku_id, target_id, target_shelf, quantity, value_fen from posting
), kept (sku_id, place_id, shelf, quantity) as ({kept})
"""
ENDS = _ENDS.format(
    kept=" union all ".join(f"select sku_id, place_id, '{shelf}', {shelf} from balance" for shelf in SHELVES)
)

COUNTS = f"""{ENDS}
select 'count', sku_id, place_id, shelf, sum(quantity) from (
    select sku_id, place_id, shelf, quantity from kept
    union all select sku_id, place_id, shelf, -quantity from ends where shelf is not null
) group by sku_id, place_id, shelf having sum(quantity) <> 0
"""

VALUES = f"""{ENDS}
select 'value', sku_id, place_id, pot, sum(value_fen) from (
    select sku_id, place_id, 'on hand' as pot, value_fen from balance
    union all select sku_id, place_id, 'in transit', transit_value_fen from balance
    union all select sku_id, place_id, case when shelf = 'in_transit' then 'in transit' else 'on hand' end, -value_fen
        from ends where shelf is not null
) group by sku_id, place_id, pot having sum(value_fen) <> 0
"""

SUMS = f"""{ENDS}
select 'sum', sku_id, sum(quantity), sum(value_fen) from (
    select sku_id, available + reserved + in_transit + blocked as quantity, value_fen + transit_value_fen as value_fen
        from balance
    union all select sku_id, quantity, value_fen from ends where shelf is null
) group by sku_id having sum(quantity) <> 0 or sum(value_fen) <> 0
"""

LINES = """
select 'lines', sku_id, place_id, sum(frozen), sum(road) from (
    select sku_id, place_id, frozen, dispatched - received - damaged - for_supplier - returned - lost as road
        from transfer_line join document on document.id = document_id
    union all select sku_id, place_id, -reserved, -in_transit from balance
) group by sku_id, place_id having sum(frozen) <> 0 or sum(road) <> 0
"""


def discrepancies(connection: Connection) -> list[tuple[object, ...]]:
    """Where balances are not their postings, where a SKU does not add up to 0 over all places and edges, and where
    what is frozen or on the road is not what the transfers' lines say. Empty for good books.
    """
    return [tuple(row) for query in (COUNTS, VALUES, SUMS, LINES) for row in connection.exec_driver_sql(query)]
