"""A transfer that left: each step as people take it, told to both books of a `Chain`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

from core.ground.commands import Command
from core.stock.transfer_commands import (
    Arrived,
    Counted,
    EscalateDispute,
    HoldTransfer,
    KeepHeld,
    NotSent,
    ReceiveTransfer,
    RemindTransfer,
    SendHeldBack,
    SendHeldOn,
    SentMore,
    TakeBack,
    TakenBack,
    TurnBack,
    WriteOffMissing,
)
from data.kinds import Bearer
from tests.properties.chain import Chain, Said
from tests.properties.expected import BEARERS, Paper, awaited, refusal, total
from tests.properties.requests import leaves, part
from tests.small_chain import HOLDERS

NO_LINE = 99  # no transfer has so many


@dataclass
class Split:
    """What is said of a line that arrived, in the oracle's order."""

    good: int = 0
    damaged: int = 0
    for_supplier: int = 0
    refused: int = 0
    missing: int = 0
    over: int = 0


def receive(chain: Chain, paper: Paper, said: Said) -> None:
    """The target counts what came, all of it or a part; on a direct route that is the dispatch too."""
    who = said.who or paper.right_one("receive")
    direct = paper.rules.direct and chain.books.state(paper.number) == "approved"
    splits = {line: split for line, split in splits_of(chain, paper, said, direct).items() if any(astuple(split))}
    refused = refusal(who, "receive", paper, chain.books, said.behind)
    lines, frozen = chain.lines(paper), chain.books.frozen(paper.number)
    on_shelf = [(line["sku"], line["approved"] - there) for line, there in zip(lines, frozen, strict=True)]
    lacking = direct and chain.lacking(paper.source, on_shelf)
    unfit = not any(any(astuple(split)) for split in splits.values())
    unfit = unfit or (not paper.returns and any(split.for_supplier for split in splits.values()))
    if refused is None and not lacking and NO_LINE not in splits and unfit:
        refused = "nothing_asked"
    code = "not_enough_stock" if lacking else "does_not_add_up"
    told = {line: astuple(split) for line, split in splits.items()}
    refused = chain.tells(refused, code, "receive", paper.number, told, direct=paper.rules.direct)
    arrived = tuple(Arrived(line, **vars(split)) for line, split in splits.items())
    before, kinds = total(lines, "missing"), kinds_of(splits, direct)
    if chain.acts(who, ReceiveTransfer(paper.id, paper.version - said.behind, arrived), refused, *kinds):
        if direct:
            leaves(chain, paper, paper.spoke_for_source, frozen)
        after = total(chain.lines(paper), "missing") - sum(split.missing for split in splits.values())
        chain.seen["receive late parts"] += after < before
        chain.seen["receive in parts"] += chain.books.state(paper.number) == "in_transit"
        paper.held_at = None
        moves_on(chain, paper)


def splits_of(chain: Chain, paper: Paper, said: Said, direct: bool) -> dict[int, Split]:
    """What is said of each line: shares of what can have come; only now and then more."""
    splits = {}
    for number, line in enumerate(chain.lines(paper), 1):
        damaged, missing, refused = said.share(number)
        there = line["approved"] if direct else awaited(line) + line["missing"]
        now = part(there, (100, 100, 60, 30)[said.pick // number % 4])
        split = Split(missing=part(now, missing))
        split.damaged = part(now - split.missing, damaged)
        split.refused = part(now - split.missing - split.damaged, refused)
        split.good = now - split.missing - split.damaged - split.refused
        if paper.returns:
            split.for_supplier, split.good = split.good // 3, split.good - split.good // 3
        splits[number] = split
    first = splits[1 + said.pick % len(splits)]
    first.over = said.pick % 5 if said.pick % 2 == 0 else 0
    if said.wrong == 1:
        first.good += first.damaged + 1
    elif said.wrong == 2:
        first.for_supplier += 1
        first.good -= first.good > 0
    elif said.wrong == 3:
        splits[NO_LINE] = Split(good=1)
    return splits


def kinds_of(splits: dict[int, Split], direct: bool) -> list[str]:
    """What kind of receipt it is, for counting."""
    kinds = {"receive direct"} if direct else {"receive"}
    for split in splits.values():
        kinds |= {f"receive {name.replace('_', ' ')}" for name, count in vars(split).items() if count}
    return sorted(kinds)


def take_back(chain: Chain, paper: Paper, said: Said) -> None:
    """The source counts what came back, good, damaged or not at all."""
    who = said.who or paper.right_one("take_back")
    splits = {}
    for number, line in enumerate(chain.lines(paper), 1):
        damaged, missing, _ = said.share(number)
        there = line["refused"] + (awaited(line) if paper.turned_back else 0)
        there += line["missing"] if said.pick % 3 == 0 else 0
        now = part(there, (100, 100, 60, 30)[said.pick // number % 4])
        gone = part(now, missing)
        broken = part(now - gone, damaged)
        splits[number] = (now - gone - broken, broken, gone)
    if said.wrong == 1:
        good, broken, gone = splits[1]
        splits[1] = (good + 1 + sum(line["missing"] for line in chain.lines(paper)), broken, gone)
    elif said.wrong == 2:
        splits[NO_LINE] = (1, 0, 0)
    splits = {line: split for line, split in splits.items() if any(split)}
    refused = refusal(who, "take_back", paper, chain.books, said.behind)
    code = "does_not_add_up" if splits else "nothing_asked"
    refused = chain.tells(refused, code, "take_back", paper.number, splits)
    taken = tuple(TakenBack(line, *split) for line, split in splits.items())
    named = zip(("take back good", "take back damaged", "take back missing"), range(3), strict=True)
    kinds = ["take back", *(name for name, place in named if any(split[place] for split in splits.values()))]
    if chain.acts(who, TakeBack(paper.id, paper.version - said.behind, taken), refused, *kinds):
        chain.seen["take back in parts"] += chain.books.state(paper.number) in ("returning", "in_transit")
        moves_on(chain, paper)


def write_off(chain: Chain, paper: Paper, said: Said) -> None:
    """What is missing is given up, all of it or some, at somebody's cost."""
    bearer = BEARERS[chain.mixed(said.pick) % len(BEARERS)]
    again = paper.dispatched_by if said.pick % 8 == 3 else None  # who dispatched them does not write them off
    who = said.who or again or paper.right_one("write_off", bearer)
    missing = {number: line["missing"] for number, line in enumerate(chain.lines(paper), 1)}
    lost = {line: count - part(count, said.share(line)[0]) for line, count in missing.items()}
    if said.wrong == 1:
        lost[1] = missing[1] + 1
    elif said.wrong == 2:
        lost[NO_LINE] = 1
    all_of_it = lost == missing and said.pick % 2
    refused = refusal(who, "write_off", paper, chain.books, said.behind, bearer)
    code = "does_not_add_up" if any(lost.values()) else "nothing_asked"
    refused = chain.tells(refused, code, "write_off", paper.number, None if all_of_it else lost)
    told = () if all_of_it else tuple(Counted(line, count) for line, count in lost.items())
    command = WriteOffMissing(paper.id, paper.version - said.behind, Bearer(bearer), told)
    kinds = (f"write off: {bearer}", *["write off in parts"][: lost != missing])
    if chain.acts(who, command, refused, *kinds):
        paper.borne[bearer] += sum(lost.values())
        moves_on(chain, paper)


def hold(chain: Chain, paper: Paper, said: Said) -> None:
    """Another place finds the goods on its truck."""
    others = [place for place in HOLDERS if place not in (paper.source, paper.target)]
    place = (HOLDERS if said.wrong else others)[said.pick % len(others)]
    who = said.who or paper.right_one("hold", place)
    refused = refusal(who, "hold", paper, chain.books, said.behind, place)
    refused = chain.tells(refused, "", "hold", paper.number, place)
    command = HoldTransfer(paper.id, paper.version - said.behind, chain.shop.places[place])
    if chain.acts(who, command, refused, "hold"):
        paper.held_at = place
        moves_on(chain, paper)


def plain(step: str, command: Callable[[int, int], Command]) -> Callable[[Chain, Paper, Said], None]:
    """A step of goods that left that says nothing more than itself."""

    def take(chain: Chain, paper: Paper, said: Said) -> None:
        who = said.who or paper.right_one(step)
        code = "not_enough_stock" if step == "sent_more" else ""
        refused = refusal(who, step, paper, chain.books, said.behind)
        refused = chain.tells(refused, code, step, paper.number)
        if chain.acts(who, command(paper.id, paper.version - said.behind), refused, step.replace("_", " ")):
            if step == "keep":
                paper.target = paper.held_at or paper.target
            if step in ("keep", "send_on", "send_back"):
                paper.held_at = None
            paper.turned_back |= step in ("turn_back", "send_back")
            moves_on(chain, paper)

    return take


def remind(chain: Chain, paper: Paper, who: str, behind: int) -> None:
    """The clock says that a transfer waits: once of a freeze, again and again of goods on the road."""
    refused = None if who == "system" else "not_allowed"
    if refused is None and (paper.reminds_at is None or paper.reminds_at > chain.shop.now):
        refused = "not_yet_due"
    if chain.acts(who, RemindTransfer(paper.id, paper.version - behind), refused, "remind"):
        if paper.dispatched_by is None:
            paper.reminds_at = None
        else:
            paper.stands(chain.shop.now, chain.books)


def escalate(chain: Chain, paper: Paper, who: str, behind: int) -> None:
    """Nobody answers for what is missing or too many: the next one up is asked."""
    refused, due_at = None if who == "system" else "not_allowed", paper.due_at("escalate")
    if refused is None and (due_at is None or due_at > chain.shop.now):
        refused = "not_yet_due"
    if chain.acts(who, EscalateDispute(paper.id, paper.version - behind), refused, "escalate"):
        paper.climbs(chain.shop.now)


def moves_on(chain: Chain, paper: Paper) -> None:
    """One version on, and it stands where its lines say."""
    paper.version += 1
    paper.stands(chain.shop.now, chain.books)


STEPS = {
    "receive": receive,
    "turn_back": plain("turn_back", TurnBack),
    "take_back": take_back,
    "write_off": write_off,
    "sent_more": plain("sent_more", SentMore),
    "not_sent": plain("not_sent", NotSent),
    "hold": hold,
    "keep": plain("keep", KeepHeld),
    "send_on": plain("send_on", SendHeldOn),
    "send_back": plain("send_back", SendHeldBack),
}
