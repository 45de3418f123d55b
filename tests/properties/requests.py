"""A transfer before it leaves, and as it leaves: each step as people take it, told to both books of a `Chain`."""

from __future__ import annotations

from collections.abc import Callable

from core.ground.commands import Command
from core.stock.transfer_commands import (
    ApproveTransfer,
    CancelTransfer,
    Counted,
    DispatchTransfer,
    FreezeTransfer,
    LapseTransfer,
    RejectTransfer,
    SubmitTransfer,
)
from data.kinds import LoadReason, ReturnReason
from tests.properties.chain import Chain, Said
from tests.properties.expected import Paper, asked_role, may_submit, most_for_others, refusal
from tests.small_chain import EVERYBODY

Asked = list[tuple[str, int]]


def submit(chain: Chain, who: str | None, ends: tuple[str, str], lines: Asked, pick: int) -> Paper | None:
    """Ask for goods: for one's own to go or for another's to come, here and there as a return to the warehouse."""
    source, target = ends
    able = [one for one in EVERYBODY if may_submit(one, source if pick % 2 else target)]
    who, number = who or able[pick % len(able)], f"paper {len(chain.papers)}"
    returns = pick % 3 == 0 if target == "WH" else pick % 16 == 5
    refused = None if may_submit(who, source) or may_submit(who, target) else "not_allowed"
    refused = refused or ("not_a_warehouse" if returns and target != "WH" else None)
    pull = None if may_submit(who, source) else most_for_others(chain.papers, chain.books, *ends, chain.shop.now)
    refused = chain.tells(refused, "not_enough_stock", "submit", number, source, target, lines, pull=pull)
    role = asked_role(who, source, target, lines)
    kind = "pull" if pull is not None else "push" if role is None else "push over the limit"
    asked = chain.shop.request(source, target, *lines)
    command = SubmitTransfer(asked.source_id, asked.target_id, asked.lines, ReturnReason.SLOW if returns else None)
    answer = chain.acts(who, command, refused, kind, *["a return"][: not refused and returns])
    if not answer:
        return None
    paper = Paper(answer.document_id, number, source, target, who, role, chain.shop.now, returns)
    if sum(chain.books.frozen(number)) < sum(count for _, count in lines):
        chain.seen["pull that may not freeze all"] += 1
    if role is None:
        chain.books.approve(number)
        paper.version += 1
    paper.waits(chain.shop.now, chain.books)
    chain.papers.append(paper)
    return paper


def approve(chain: Chain, paper: Paper, said: Said) -> None:
    """A word of the source: all of it, or less."""
    who = paper.requester if said.pick % 8 == 3 and not said.who else said.who or paper.right_one("approve")
    asked = [line["asked"] for line in chain.lines(paper)]
    counts = [count - part(count, said.share(line)[2] if said.pick % 2 else 0) for line, count in enumerate(asked, 1)]
    counts[0] += max(1, asked[0]) if said.wrong else 0
    refused = refusal(who, "approve", paper, chain.books, said.behind)
    refused = chain.tells(refused, "more_than_asked", "approve", paper.number, counts)
    told = tuple(Counted(line, count) for line, count in enumerate(counts, 1) if count != asked[line - 1])
    kinds = ("approve", *["approve less"][: bool(told)])
    if chain.acts(who, ApproveTransfer(paper.id, paper.version - said.behind, told), refused, *kinds):
        paper.version += 1
        paper.approved_by = who
        paper.waits(chain.shop.now, chain.books)


def plain(step: str, command: Callable[[int, int], Command]) -> Callable[[Chain, Paper, Said], None]:
    """A step before goods leave that says nothing more than itself."""

    def take(chain: Chain, paper: Paper, said: Said) -> None:
        who = said.who or paper.right_one(step)
        refused = refusal(who, step, paper, chain.books, said.behind)
        refused = chain.tells(refused, "", step, paper.number)
        if chain.acts(who, command(paper.id, paper.version - said.behind), refused, step):
            paper.version += 1
            paper.waits(chain.shop.now, chain.books)

    return take


def freeze(chain: Chain, paper: Paper, said: Said) -> None:
    """Ask again for goods that were let go: a pull stays the pull that it was."""
    who = said.who or paper.right_one("freeze")
    ends = (paper.source, paper.target)
    pull = most_for_others(chain.papers, chain.books, *ends, chain.shop.now) if paper.pull else None
    wanted = [(line["sku"], line["approved"]) for line in chain.lines(paper)]
    code = "not_enough_stock" if chain.lacking(paper.source, wanted) else "nothing_open"
    refused = refusal(who, "freeze", paper, chain.books, said.behind)
    refused = chain.tells(refused, code, "freeze", paper.number, pull=pull)
    if chain.acts(who, FreezeTransfer(paper.id, paper.version - said.behind), refused, "freeze"):
        paper.version += 1
        paper.waits(chain.shop.now, chain.books)


def lapse(chain: Chain, paper: Paper, who: str, behind: int) -> None:
    """Nobody came: the clock lets the goods go."""
    refused = None if who == "system" else "not_allowed"
    refused = refused or ("moved_on" if behind else None)
    if refused is None and (paper.lapses_at is None or paper.lapses_at > chain.shop.now):
        refused = "not_yet_due"
    refused = chain.tells(refused, "", "lapse", paper.number)
    if chain.acts(who, LapseTransfer(paper.id, paper.version - behind), refused, "lapse"):
        paper.version += 1
        paper.waits(chain.shop.now, chain.books)


def dispatch(chain: Chain, paper: Paper, said: Said) -> None:
    """The truck leaves with all of it, or with less, or with more; the rest is free or left to a second transfer."""
    who = said.who or paper.right_one("dispatch")
    approved = [line["approved"] for line in chain.lines(paper)]
    counts = [count - part(count, said.share(line)[0]) for line, count in enumerate(approved, 1)]
    surplus = part(approved[-1], said.share(1)[1]) if said.pick % 2 == 0 else 0
    counts[-1] += surplus if counts[-1] == approved[-1] else 0
    rests = [max(0, all_of_it - count) for all_of_it, count in zip(approved, counts, strict=True)]
    reason = None if said.wrong or not any(rests) else LoadReason.NO_ROOM
    later = f"paper {len(chain.papers)}" if any(rests) and said.pick % 2 else None
    refused = refusal(who, "dispatch", paper, chain.books, said.behind)
    if refused is None and any(rests) and reason is None:
        refused = "no_reason_given"
    frozen, lapsed = chain.books.frozen(paper.number), paper.lapses_at is None
    code = "not_enough_stock" if any(counts) else "nothing_asked"
    refused = chain.tells(refused, code, "dispatch", paper.number, counts, later=later)
    told = tuple(Counted(line, count) for line, count in enumerate(counts, 1) if count != approved[line - 1])
    less, more = any(rests), sum(counts) + sum(rests) > sum(approved)
    named = {"dispatch less": less, "dispatch more": more, "rest later": later, "dispatch after a lapse": lapsed}
    kinds = ("dispatch", *(name for name, so in named.items() if so))
    command = DispatchTransfer(paper.id, paper.version - said.behind, told, reason, bool(said.pick % 2))
    if not chain.acts(who, command, refused, *kinds):
        return
    leaves(chain, paper, who, [min(there, count) for there, count in zip(frozen, counts, strict=True)])
    if later:
        chain.papers.append(second(chain, paper, later))
        left = [max(0, there - count) for there, count in zip(frozen, counts, strict=True)]
        chain.seen["rest frozen in part"] += sum(chain.books.frozen(later)) < sum(left)


def leaves(chain: Chain, paper: Paper, by: str | None, from_frozen: list[int]) -> None:
    """What is remembered of a transfer as its goods leave."""
    paper.version += 1
    paper.dispatched_by = by
    for line, count in zip(chain.lines(paper), from_frozen, strict=False):
        paper.left_frozen[line["sku"]] += count
    paper.stands(chain.shop.now, chain.books)


def second(chain: Chain, first: Paper, number: str) -> Paper:
    """The transfer that carries the rest: asked for and approved by whom the first one was."""
    found = chain.shop.rows(f"select id from document where names_id = {first.id}")
    people = (first.requester, first.asked_role, chain.shop.now)
    paper = Paper(found[-1]["id"], number, first.source, first.target, *people, first.returns, first.id)
    paper.approved_by = first.approved_by
    paper.waits(chain.shop.now, chain.books)
    return paper


def part(count: int, percent: int) -> int:
    """A share of a count, rounded up."""
    return -(-count * percent // 100)


STEPS = {
    "approve": approve,
    "reject": plain("reject", lambda number, seen: RejectTransfer(number, seen, "不行")),
    "cancel": plain("cancel", CancelTransfer),
    "freeze": freeze,
    "dispatch": dispatch,
}
