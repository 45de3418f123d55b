"""The one rule by which goods move: values computed by hand, and what holds for any moves."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ground.errors import NotEnoughStock
from core.stock.carry import Balance, Key, Move, Posted, Spot, carry
from data.kinds import Cause, Shelf

COLA, RICE = 1, 2
STORE, WAREHOUSE, STRICT = 10, 11, 12  # of the three only the store may go below zero
CUSTOMER, SUPPLIER = Spot(90), Spot(91)
SHELVES = tuple(Shelf)
AVAILABLE, RESERVED, ROAD, BLOCKED = (
    Spot(STORE, shelf) for shelf in (Shelf.AVAILABLE, Shelf.RESERVED, Shelf.IN_TRANSIT, Shelf.BLOCKED)
)
ELSEWHERE = Spot(WAREHOUSE, Shelf.AVAILABLE)


def store(**columns: int) -> Balance:
    """A balance of the store, at its own rate where none is given."""
    balance = Balance(may_go_below=1, **columns)
    if balance.on_hand and not balance.rate_count:
        return replace(balance, rate_value_fen=balance.value_fen, rate_count=balance.on_hand)
    return balance


def after(balance: Balance, *moves: Move) -> tuple[Balance, tuple[Posted, ...]]:
    """The store's balance after moves of cola that begin or end there, and the postings."""
    books = {Key(COLA, STORE): balance, Key(COLA, WAREHOUSE): Balance()}
    carried = carry(books, moves, lambda: CUSTOMER)
    return carried.balances[Key(COLA, STORE)], carried.postings


def sold(count: int) -> Move:
    return Move(COLA, count, AVAILABLE, CUSTOMER, Cause.SALE)


def delivered(count: int, value_fen: int) -> Move:
    return Move(COLA, count, SUPPLIER, AVAILABLE, Cause.PURCHASE_RECEIPT, value_fen)


def worth(balance: Balance) -> tuple[int, int]:
    return balance.on_hand, balance.value_fen


@pytest.mark.parametrize(
    ("balance", "count", "value_fen", "left"),
    [
        (store(available=3, value_fen=100), 1, 33, (2, 67)),  # 33.3
        (store(available=3, value_fen=100), 2, 67, (1, 33)),  # 66.7
        (store(available=3, value_fen=100), 3, 100, (0, 0)),  # all goods take all value
        (store(available=2, value_fen=5), 1, 3, (1, 2)),  # 2.5 goes up
        (store(available=3, reserved=3, value_fen=100), 3, 50, (3, 50)),  # one pot for all that is on hand
        (store(available=3, value_fen=100), 4, 133, (-1, -33)),  # below zero at the same average
        (store(available=-2, value_fen=-5), 1, 3, (-3, -8)),  # -5 * 1 / -2 = 2.5 goes up
        (store(available=0, rate_value_fen=100, rate_count=3), 2, 67, (-2, -67)),  # at 0 the last known rate
        (store(available=0), 2, 0, (-2, 0)),  # no rate was ever known
        (store(available=-5, reserved=5, rate_value_fen=10, rate_count=4), 2, 5, (-2, -5)),  # 0 on hand, not empty
    ],
)
def test_goods_leave_at_the_moving_average(balance: Balance, count: int, value_fen: int, left: tuple[int, int]) -> None:
    now, postings = after(balance, sold(count))
    assert [(one.quantity, one.value_fen, one.cause) for one in postings] == [(count, value_fen, Cause.SALE)]
    assert worth(now) == left


@pytest.mark.parametrize(
    ("balance", "move", "stands", "trued_up"),
    [
        (store(available=-2, value_fen=-20), delivered(5, 100), (3, 60), 20),  # at 20, the new rate
        (store(available=-2, value_fen=-20), delivered(2, 50), (0, 0), 30),  # nothing is worth nothing
        (store(available=-4, value_fen=-10), delivered(1, 90), (-3, -7), 87),  # -7.5 at the old rate goes up to -7
        (store(available=-2, value_fen=-20), delivered(4, 20), (2, 10), -10),  # cheaper than what was owed
        (store(available=-2, value_fen=-20), delivered(4, 40), (2, 20), None),  # as dear as what was owed
        (store(available=2, value_fen=20), delivered(1, 70), (3, 90), None),
    ],
)
def test_goods_into_a_book_below_zero(
    balance: Balance, move: Move, stands: tuple[int, int], trued_up: int | None
) -> None:
    now, (arrival, *rest) = after(balance, move)
    assert (arrival.value_fen, worth(now)) == (move.value_fen, stands)
    said = [(one.quantity, one.value_fen, one.source, one.source_after, one.target, one.cause) for one in rest]
    expected = (0, trued_up, AVAILABLE, stands[0], CUSTOMER, Cause.TRUE_UP)
    assert said == ([] if trued_up is None else [expected])


def test_the_last_rate_is_that_of_the_last_goods_on_hand() -> None:
    now, _ = after(store(), delivered(4, 10), sold(4), sold(2))
    assert worth(now) == (-2, -5)
    assert (now.rate_value_fen, now.rate_count) == (-5, -2)


def test_after_a_true_up_the_last_rate_is_what_the_goods_stand_at() -> None:
    start = store(available=-2, value_fen=-20)
    now, postings = after(start, delivered(5, 100), sold(3), sold(1))
    assert [one.value_fen for one in postings] == [100, 20, 60, 20]  # at 20 each, not at (100 - 20) / 3
    assert (worth(now), now.rate_value_fen, now.rate_count) == ((-1, -20), -20, -1)


@pytest.mark.parametrize("available", [8, 3, 0, -3, -5, -8])
def test_freezing_and_releasing_carry_no_value_and_keep_the_rate(available: int) -> None:
    before = store(available=available, reserved=5, value_fen=7 * (available + 5), rate_value_fen=7, rate_count=1)
    now, postings = after(before, Move(COLA, 5, RESERVED, AVAILABLE, Cause.RELEASE))
    assert (now.available, now.reserved, now.value_fen) == (available + 5, 0, before.value_fen)
    assert now.rate_value_fen == 7 * now.rate_count != 0
    assert [(one.quantity, one.value_fen) for one in postings] == [(5, 0)]


def test_a_freeze_is_a_move_from_available_to_reserved() -> None:
    now, (posted,) = after(store(available=5, value_fen=50), Move(COLA, 5, AVAILABLE, RESERVED, Cause.FREEZE))
    assert now == store(reserved=5, value_fen=50)
    assert (posted.source_after, posted.target_after) == (0, 5)


def test_dispatched_goods_take_their_value_onto_the_road() -> None:
    start = store(available=1, reserved=2, value_fen=100)
    now, (posted,) = after(start, Move(COLA, 2, RESERVED, ROAD, Cause.DISPATCH))
    assert (now.value_fen, now.transit_value_fen, posted.value_fen) == (33, 67, 67)
    assert (posted.source_after, posted.target_after) == (0, 2)


def test_values_go_from_move_to_move_so_the_last_takes_the_rest() -> None:
    _, postings = after(store(available=3, value_fen=100), sold(1), sold(1), sold(1))
    assert [one.value_fen for one in postings] == [33, 34, 33]


def test_the_last_goods_off_the_road_leave_no_value_there() -> None:
    start = store(in_transit=2, transit_value_fen=15)
    now, postings = after(start, Move(COLA, 2, ROAD, ELSEWHERE, Cause.TRANSFER_IN, 10))
    assert (now.in_transit, now.transit_value_fen) == (0, 0)
    assert [(one.value_fen, one.cause) for one in postings] == [(10, Cause.TRANSFER_IN), (5, Cause.TRUE_UP)]
    assert (postings[1].source, postings[1].target) == (ROAD, CUSTOMER)


def test_a_stated_value_that_leaves_a_rest_on_an_empty_shelf_is_trued_up() -> None:
    start = store(available=2, value_fen=15)
    now, postings = after(start, Move(COLA, 2, AVAILABLE, SUPPLIER, Cause.SALE, 10))
    assert worth(now) == (0, 0)
    assert [(one.value_fen, one.cause) for one in postings] == [(10, Cause.SALE), (5, Cause.TRUE_UP)]


@pytest.mark.parametrize(
    ("move", "shelf"),
    [
        (Move(COLA, 4, AVAILABLE, RESERVED, Cause.FREEZE), Shelf.AVAILABLE),
        (Move(COLA, 4, RESERVED, AVAILABLE, Cause.RELEASE), Shelf.RESERVED),
        (Move(COLA, 4, RESERVED, CUSTOMER, Cause.SALE), Shelf.RESERVED),
        (Move(COLA, 4, ROAD, ELSEWHERE, Cause.TRANSFER_IN, 1), Shelf.IN_TRANSIT),
        (Move(COLA, 4, BLOCKED, AVAILABLE, Cause.RELEASE), Shelf.BLOCKED),
    ],
)
def test_only_a_fact_takes_available_below_zero(move: Move, shelf: Shelf) -> None:
    start = store(available=3, reserved=3, in_transit=3, blocked=3, value_fen=90, transit_value_fen=30)
    with pytest.raises(NotEnoughStock) as refusal:
        after(start, move)
    facts = {"place_id": STORE, "shelf": shelf.value, "sku_id": COLA, "wanted": 4, "there": 3}
    assert refusal.value.facts() == facts


def test_a_sale_is_refused_where_the_place_may_not_go_below() -> None:
    with pytest.raises(NotEnoughStock):
        after(replace(store(available=3, value_fen=90), may_go_below=0), sold(4))


def test_demand_is_added_up_before_it_is_checked() -> None:
    start = replace(store(available=4, value_fen=40), may_go_below=0)
    with pytest.raises(NotEnoughStock) as refusal:
        after(start, sold(3), delivered(9, 90), sold(2))
    assert (refusal.value.wanted, refusal.value.there) == (5, 4)


def test_a_move_says_how_much_and_where_to() -> None:
    with pytest.raises(ValueError):
        Move(COLA, 0, AVAILABLE, RESERVED, Cause.FREEZE)
    with pytest.raises(ValueError):
        Move(COLA, -1, AVAILABLE, RESERVED, Cause.FREEZE)
    with pytest.raises(TypeError):
        Move(COLA, True, AVAILABLE, RESERVED, Cause.FREEZE)
    with pytest.raises(ValueError):
        Move(COLA, 1, AVAILABLE, AVAILABLE, Cause.FREEZE)
    with pytest.raises(ValueError):
        Move(COLA, 1, SUPPLIER, AVAILABLE, Cause.PURCHASE_RECEIPT)
    with pytest.raises(ValueError):
        Move(COLA, 1, ROAD, ELSEWHERE, Cause.TRANSFER_IN)


SPOTS = [Spot(place, shelf) for place in (STORE, WAREHOUSE, STRICT) for shelf in SHELVES] + [CUSTOMER, SUPPLIER]
ENDS = [(source, target) for source in SPOTS for target in SPOTS if source != target]
INSIDE_THE_STORE = [ends for ends in ENDS if all(spot.place_id == STORE for spot in ends)]
KEYS = [Key(sku, place) for sku in (COLA, RICE) for place in (STORE, WAREHOUSE, STRICT)]
COUNTS = st.tuples(st.integers(-9, 9), *[st.integers(0, 9)] * 5)
BOOKS = st.tuples(*[COUNTS] * len(KEYS)).map(lambda drawn: dict(map(book, KEYS, drawn)))
MOVES = st.lists(
    st.builds(
        lambda sku, count, ends, value: Move(sku, count, ends[0], ends[1], cause_of(ends[0]), value_of(ends[0], value)),
        st.sampled_from((COLA, RICE)),
        st.integers(1, 6),
        st.one_of(st.sampled_from(ENDS), st.sampled_from(INSIDE_THE_STORE)),
        st.integers(0, 99),
    ),
    max_size=6,
)


def book(key: Key, drawn: tuple[int, ...]) -> tuple[Key, Balance]:
    """A balance as it may be: only the store's `available` below zero, and what is 0 goods is worth 0."""
    first, reserved, in_transit, blocked, price_fen, transit_price_fen = drawn
    available = first if key.place_id == STORE else abs(first)
    values = (price_fen * (available + reserved + blocked), transit_price_fen * in_transit)
    counts = (available, reserved, in_transit, blocked)
    return key, Balance(*counts, *values, price_fen, 1, may_go_below=int(key.place_id == STORE))


def cause_of(source: Spot) -> Cause:
    """What may go below zero, and what may not."""
    return Cause.SALE if source.shelf is Shelf.AVAILABLE else Cause.DISPATCH


def value_of(source: Spot, value_fen: int) -> int | None:
    """Stated where it has to be."""
    return value_fen if source.shelf in (None, Shelf.IN_TRANSIT) else None


@settings(max_examples=500)
@given(books=BOOKS, moves=MOVES)
def test_goods_and_values_only_move(books: dict[Key, Balance], moves: list[Move]) -> None:
    before = deepcopy(books)
    try:
        carried = carry(books, moves, lambda: CUSTOMER)
    except NotEnoughStock:
        assert books == before
        return
    assert books == before
    replayed = replay(before, carried.postings)
    for key, balance in carried.balances.items():
        assert replayed[key] == [
            *(balance.count(shelf) for shelf in SHELVES),
            balance.value_fen,
            balance.transit_value_fen,
        ]
        assert all(
            balance.count(shelf) >= 0 or (shelf is Shelf.AVAILABLE and balance.may_go_below) for shelf in SHELVES
        )
        assert balance.value_fen == 0 or balance.on_hand != 0
        assert balance.transit_value_fen == 0 or balance.in_transit != 0
    assert [one for one in carried.postings if one.quantity == 0 and one.cause is not Cause.TRUE_UP] == []


def replay(books: dict[Key, Balance], postings: tuple[Posted, ...]) -> dict[Key, list[int]]:
    """The four counts and two pots that the postings lead to; each running count is looked at on the way."""
    kept: dict[Key, Counter[Shelf | str]] = {
        key: Counter(
            {shelf: balance.count(shelf) for shelf in SHELVES}
            | {"on_hand": balance.value_fen, "road": balance.transit_value_fen}
        )
        for key, balance in books.items()
    }
    for posted in postings:
        ends = ((posted.source, posted.source_after, -1), (posted.target, posted.target_after, 1))
        for spot, running, sign in ends:
            if spot.shelf is None:
                assert running is None
                continue
            counts = kept[Key(posted.sku_id, spot.place_id)]
            counts[spot.shelf] += sign * posted.quantity
            counts["road" if spot.shelf is Shelf.IN_TRANSIT else "on_hand"] += sign * posted.value_fen
            assert running == counts[spot.shelf]
    return {
        key: [*(counts[shelf] for shelf in SHELVES), counts["on_hand"], counts["road"]] for key, counts in kept.items()
    }
