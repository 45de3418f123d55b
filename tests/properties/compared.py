"""Compares what is kept on the database with the oracle's books and with what is expected of papers and hours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core.ground.work import Work
from core.stock.transfer_clock import due
from tests.oracle.books import Books
from tests.properties.expected import Paper
from tests.properties.replay import SHELVES
from tests.small_chain import HOLDERS, Shop

EDGES = ("opening", "supplier", "customer", "loss")
RINGS = {"lapse": "LapseTransfer", "remind": "RemindTransfer", "escalate": "EscalateDispute"}
Flows = dict[tuple[int, int], dict[str, tuple[int, int, int, int]]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_same(shop: Shop, books: Books, papers: Sequence[Paper]) -> None:
    """Everything that both know is the same."""
    check_goods(shop, books)
    check_edges(shop, books)
    check_headers(shop, books, papers)
    check_lines(shop, books, papers)
    check_disputes(shop, papers)
    check_bearers(shop, papers)
    check_clock(shop, papers)


def check_goods(shop: Shop, books: Books) -> None:
    """Shelves, values and what came and went at every place."""
    kept = {(row["place_id"], row["sku_id"]): row for row in shop.rows("select * from balance")}
    flows = flows_of(shop)
    for place in HOLDERS:
        for sku, sku_id in shop.skus.items():
            key = (shop.places[place], sku_id)
            row: dict[str, int] = kept.get(key) or Counter()
            assert {shelf: row[shelf] for shelf in SHELVES} == books.shelves(place, sku), (place, sku)
            assert (row["value_fen"], row["transit_value_fen"]) == books.values(place, sku), (place, sku)
            assert flows.get(key, {}) == books.daily(place, sku), (place, sku)


def check_edges(shop: Shop, books: Books) -> None:
    """What went out of the world and came into it, and what was lost."""
    ends = " union all ".join(
        f"select {end}_id as place_id, sku_id, {sign}quantity as n, {sign}value_fen as v from posting"
        f" where {end}_shelf is null"
        for end, sign in (("source", "-"), ("target", "+"))
    )
    query = f"select kind, sku_id, sum(n) as n, sum(v) as v from ({ends}) as ends join place on place.id = place_id"
    found = {(row["kind"], row["sku_id"]): (row["n"], row["v"]) for row in shop.rows(f"{query} group by kind, sku_id")}
    for edge in EDGES:
        for sku, sku_id in shop.skus.items():
            assert found.get((edge, sku_id), (0, 0)) == books.edge(edge, sku), (edge, sku)


def check_headers(shop: Shop, books: Books, papers: Sequence[Paper]) -> None:
    """Each transfer's state, version, ends, people and hours, and the transfer whose rest it carries."""
    names = {place_id: place for place, place_id in shop.places.items()} | {None: None}
    people = {person_id: person for person, person_id in shop.people.items()} | {None: None}
    kept = {
        row["id"]: (
            *(row["state"], row["version"], names[row["place_id"]], names[row["other_place_id"]]),
            *(people[row["requester_id"]], people[row["dispatched_by_id"]], names[row["held_at_id"]]),
            *(row["names_id"], row["turned_back_at"] is not None, row["return_reason"] is not None),
            *(row["lapses_at"], row["reminds_at"]),
        )
        for row in shop.rows("select * from document where kind = 'transfer'")
    }
    said = {
        paper.id: (
            *(books.state(paper.number), paper.version, paper.source, paper.target),
            *(paper.requester, paper.dispatched_by, paper.held_at),
            *(paper.names, paper.turned_back, paper.returns),
            *(micros(paper.lapses_at), micros(paper.reminds_at)),
        )
        for paper in papers
    }
    check_equal(kept, said)


def check_lines(shop: Shop, books: Books, papers: Sequence[Paper]) -> None:
    """Each line's counts, and the value that it still has on the road."""
    skus = {sku_id: sku for sku, sku_id in shop.skus.items()}
    kept: dict[int, list[dict[str, Any]]] = {}
    for row in shop.rows("select * from transfer_line order by document_id, line"):
        kept.setdefault(row["document_id"], []).append(
            {**row, "sku": skus[row["sku_id"]], "value_left": row["value_left_fen"]}
        )
    for paper in papers:
        said = books.lines(paper.number)
        assert [row["line"] for row in kept[paper.id]] == list(range(1, len(said) + 1)), paper.number
        assert [{name: row[name] for name in said[0]} for row in kept[paper.id]] == said, paper.number
    assert kept.keys() == {paper.id for paper in papers}


def check_disputes(shop: Shop, papers: Sequence[Paper]) -> None:
    """Who has to answer for what, since when and until when; open exactly while there is something to answer for."""
    kept = {
        row["document_id"]: (row["role"], row["opened_at"], row["due_at"], row["closed_at"])
        for row in shop.rows("select * from dispute")
    }
    said = {
        paper.id: (one.role, micros(one.opened_at), micros(one.due_at), micros(one.closed_at))
        for paper in papers
        if (one := paper.dispute)
    }
    check_equal(kept, said)
    opened = {row["id"] for row in shop.rows("select id from document where state = 'disputed'")}
    assert opened == {document_id for document_id, dispute in kept.items() if dispute[3] is None}


def check_bearers(shop: Shop, papers: Sequence[Paper]) -> None:
    """Who bears how much of what was lost."""
    query = "select document_id, borne_by, sum(quantity) as n from posting where borne_by is not null group by 1, 2"
    kept = {(row["document_id"], row["borne_by"]): row["n"] for row in shop.rows(query)}
    said = {(paper.id, bearer): count for paper in papers for bearer, count in paper.borne.items() if count}
    check_equal(kept, said)


def check_clock(shop: Shop, papers: Sequence[Paper]) -> None:
    """The clock finds what is due, and nothing else."""
    found = Counter(
        (type(one.command).__name__, one.command.document_id, one.command.version)
        for one in due(Work(shop.connection, shop.now), most=1000)
    )
    said = Counter(
        (name, paper.id, paper.version)
        for ring, name in RINGS.items()
        for paper in papers
        if is_due(paper, ring, shop.now)
    )
    check_equal(found, said)


def check_equal(kept: Mapping[Any, Any], said: Mapping[Any, Any]) -> None:
    """What is kept is what is said; if not, only what differs is shown."""
    differ = {key: (kept.get(key), said.get(key)) for key in {**kept, **said} if kept.get(key) != said.get(key)}
    assert not differ, differ


def is_due(paper: Paper, ring: str, now: datetime) -> bool:
    """Whether the clock's time for this has come; of a freeze that lapses nobody is reminded any more."""
    when = paper.due_at(ring)
    return when is not None and when <= now and not (ring == "remind" and is_due(paper, "lapse", now))


def flows_of(shop: Shop) -> Flows:
    """The daily totals without their days, as the oracle says them."""
    sums = "sum(count_in) as a, sum(count_out) as b, sum(value_in_fen) as c, sum(value_out_fen) as d"
    found: Flows = {}
    for row in shop.rows(f"select place_id, sku_id, cause, {sums} from daily_total group by 1, 2, 3"):
        page = found.setdefault((row["place_id"], row["sku_id"]), {})
        page[row["cause"]] = (row["a"], row["b"], row["c"], row["d"])
    return found


def micros(moment: datetime | None) -> int | None:
    """A moment as it is kept in a column."""
    return None if moment is None else (moment - EPOCH) // timedelta(microseconds=1)
