"""Several people at once: whatever the order, one effect, and books that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core.ground.commands import Answer, Command, Refused
from core.stock.transfer_commands import ApproveTransfer, CancelTransfer, RejectTransfer
from data.engine import Database
from tests.properties.replay import check_books
from tests.small_chain import Shop, act, rows

Wish = tuple[str, Command, str]  # who, what, key


def at_once(small: Database, wishes: Sequence[Wish]) -> list[Answer | Refused]:
    """Let everybody come to the writer at the same moment, each from a thread of their own."""
    ready = Barrier(len(wishes))

    def comes(wish: Wish) -> Answer | Refused:
        who, command, key = wish
        ready.wait(10)
        return small.writing(lambda connection: act(connection, who, command, key)).result(timeout=30)

    with ThreadPoolExecutor(len(wishes)) as crowd:
        return list(crowd.map(comes, wishes))


def outcomes(answers: Sequence[Answer | Refused]) -> Counter[str]:
    """How many were done, and how many refused by each code."""
    return Counter(answer.code if isinstance(answer, Refused) else "done" for answer in answers)


@pytest.fixture
def desk(small: Database) -> Shop:
    """Words for commands; what it was made on is closed."""
    return small.reading(Shop).result(timeout=10)


def stocked(small: Database, desk: Shop, count: int) -> None:
    """So many cola in the warehouse."""
    assert outcomes(at_once(small, [("admin", desk.opening("WH", ("COLA", count, 100)), "stock")])) == {"done": 1}


def submitted(small: Database, desk: Shop, key: str) -> int:
    """A transfer that waits for the keeper; its id."""
    (answer,) = at_once(small, [("clerk@XH", desk.request("WH", "XH", ("COLA", 1)), key)])
    assert isinstance(answer, Answer)
    return answer.document_id


def count_of(small: Database, query: str) -> int:
    """What a query counts as `n`, in the committed books, which have to be right."""
    small.reading(check_books).result(timeout=10)
    return int(small.reading(lambda connection: rows(connection, query)).result(timeout=10)[0]["n"])


@pytest.mark.parametrize("round_number", range(5))
def test_two_approvals_at_once_are_one(small: Database, desk: Shop, round_number: int) -> None:
    stocked(small, desk, 10)
    document_id = submitted(small, desk, "ask")
    approval = ApproveTransfer(document_id, 1)
    answers = at_once(small, [("keeper@WH", approval, f"tap {n}") for n in range(2)])
    assert outcomes(answers) == {"done": 1, "step_not_allowed": 1}
    assert count_of(small, "select count(*) as n from event where kind = 'transfer.approve'") == 1


@pytest.mark.parametrize("round_number", range(5))
def test_an_approval_and_a_cancellation_at_once_are_one(small: Database, desk: Shop, round_number: int) -> None:
    stocked(small, desk, 10)
    document_id = submitted(small, desk, "ask")
    answers = at_once(
        small,
        [
            ("keeper@WH", ApproveTransfer(document_id, 1), "yes"),
            ("clerk@XH", CancelTransfer(document_id, 1), "no"),
            ("keeper@WH", RejectTransfer(document_id, 1), "rather not"),
        ],
    )
    assert outcomes(answers)["done"] == 1
    assert set(outcomes(answers)) <= {"done", "step_not_allowed", "moved_on"}
    (done,) = (answer for answer in answers if isinstance(answer, Answer))
    frozen = count_of(small, "select sum(reserved) as n from balance")
    assert frozen == (1 if done.state == "approved" else 0)
    assert count_of(small, f"select version as n from document where id = {document_id}") == 2


def test_one_wish_that_comes_twenty_times_is_done_once(small: Database, desk: Shop) -> None:
    stocked(small, desk, 100)
    wish = ("clerk@XH", desk.request("WH", "XH", ("COLA", 3)), "one tap")
    answers = at_once(small, [wish] * 20)
    assert outcomes(answers) == {"done": 20}
    assert len({answer.document_id for answer in answers if isinstance(answer, Answer)}) == 1
    assert count_of(small, "select sum(reserved) as n from balance") == 3
    assert count_of(small, "select count(*) as n from audit where command = 'SubmitTransfer'") == 1


def test_the_last_one_goes_to_one_of_twenty(small: Database, desk: Shop) -> None:
    stocked(small, desk, 1)
    people = ("clerk@XH", "clerk@EQ", "store_manager@EQ", "store_manager@XH")  # of whom nothing is kept back
    wishes: list[Wish] = [
        (who, desk.request("WH", who.partition("@")[2], ("COLA", 1)), f"tap {n}") for n, who in enumerate(people * 5)
    ]
    assert outcomes(at_once(small, wishes)) == {"done": 1, "not_enough_stock": 19}
    assert count_of(small, "select sum(reserved) as n from balance") == 1
    assert count_of(small, "select sum(available) as n from balance") == 0
