"""Approval rules (规则) in chat: listed, added by a sentence, changed, switched off and on, each after a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.ground.commands import Command
from core.ground.errors import StockError
from core.ground.permissions import may_set_rules
from core.ground.work import Work
from core.people.directory import sites
from core.people.rule_changes import (
    RuleCommand,
    SaveRule,
    SwitchOffRule,
    SwitchOnRule,
    check_category,
    check_reach,
)
from core.people.rules import ApprovalRule, KeptRule, rules, rules_on
from core.stock.rule_replay import past_transfers, replayed
from data.kinds import ChatKind, DocumentKind
from handlers.capabilities.refusals import refusal
from handlers.capabilities.rule_cards import RULES, RuleChange, book_version, change_of, rules_card
from handlers.cards import Card, Tap, card, turn_rules, want_redraw_of_rules
from handlers.messages import Reply, Tone
from handlers.plan import Asker, Plan
from handlers.reader import Reader
from handlers.rules import is_named_by_us, rule_name
from handlers.understand.rule_talk import RuleParts, RuleWish, rule_wish

DAYS = 30


def answer_rules(work: Work, asker: Asker, text: str) -> Plan | None:
    """The rules, or the card of a change of theirs; None where the text is about something else.

    Whoever may not set rules hears so where all of a sentence was read; anything else of theirs is read as ever.
    """
    reader = asker.reader
    wish = rule_wish(text, lambda: {sku.category for sku in reader.catalogue.skus})
    if wish is None or not (wish.is_clear or may_set_rules(work.who)):
        return None
    if not may_set_rules(work.who):
        return _says(reader, "errors.may_not_set_rules")
    if asker.incoming.chat_kind is ChatKind.GROUP:
        return _says(reader, "rules.privately")
    if wish.verb == "list":
        return Plan(show_rules=RULES)
    every = rules(work)
    if wish.verb != "add" and not 0 < wish.number <= len(every):
        return _says(reader, "rules.not_there", number=wish.number)
    if wish.verb == "unclear":
        return _says(reader, "rules.unclear", number=wish.number)
    if wish.verb == "see":
        return Plan(show_rules=f"one.{wish.number}")
    try:
        return _proposed(work, reader, wish, every)
    except StockError as refused:
        return Plan(said=Reply((refusal(work, reader, refused),)))


def tapped_on(work: Work, asker: Asker, found: Card, tap: Tap) -> Command | Plan | None:
    """What a button comes to: a command, another view of the card, or None for one that the card has not now."""
    drawn = rules_card(work, asker.reader, found.view or RULES)
    has = any((one.verb, one.choice) == (tap.verb, tap.choice) for one in drawn.buttons)
    if found.folded or tap.version != book_version(work) or not has:
        return None
    toast, shown = asker.reader.say("rules.turned"), change_of(found.view or RULES)
    head, _, which = tap.choice.partition(".")
    if tap.verb == "see" and head in ("off", "on"):
        return _turned(work, asker.reader, found, RuleWish(head, int(which)))
    if tap.verb == "see" or shown is None:
        return Plan(turn_rules=(found.id, tap.choice), toast=toast)
    if tap.verb == "drop":
        dropped = replace(shown, ended="dropped", ended_at=work.now.isoformat())
        return Plan(turn_rules=(found.id, dropped.to_json()), toast=asker.reader.say("rules.state.dropped"))
    return _command(shown)


def settled(work: Work, reader: Reader, card_id: int, command: RuleCommand) -> str:
    """The card says that it is done, all others about rules are drawn anew; that, in a line."""
    shown = card(work, card_id)
    found = change_of(shown.view or RULES) if shown else None
    if found is not None and _command(found) == command:
        rule_id = found.rule_id or next(one.id for one in rules(work) if one.says.name == found.says.name)
        done = replace(found, rule_id=rule_id, ended="done", ended_at=work.now.isoformat())
        turn_rules(work, card_id, done.to_json())
    want_redraw_of_rules(work)
    now = card(work, card_id)
    return state(work, reader, now) if now else reader.say("taps.changed")


def state(work: Work, reader: Reader, found: Card) -> str:
    """What became of the change on a card, in a line; where there is none, or it still waits, that the card changed."""
    if found.folded:
        return reader.say("common.folded")
    drawn = rules_card(work, reader, found.view or RULES)
    waits = drawn.tone is Tone.WAITING or change_of(found.view or RULES) is None
    return reader.say("taps.changed") if waits else drawn.lines[0]


def _turned(work: Work, reader: Reader, found: Card, wish: RuleWish) -> Plan:
    """The card turned to a change that a button began."""
    try:
        plan = _proposed(work, reader, wish, rules(work))
    except StockError as refused:
        return Plan(toast=refusal(work, reader, refused))
    return Plan(turn_rules=(found.id, plan.show_rules or RULES), toast=reader.say("rules.turned"))


def _proposed(work: Work, reader: Reader, wish: RuleWish, every: Sequence[KeptRule]) -> Plan:
    """The card of a change, or why there is none. Raises what the command would be refused with."""
    kept = every[wish.number - 1] if wish.verb != "add" else None
    example = reader.say("rules.example")
    if wish.parts.unread:
        words = reader.say("common.comma").join(wish.parts.unread)
        return _says(reader, "rules.unread", words=words, example=example)
    if kept is None and not wish.parts.steps:
        return _says(reader, "rules.incomplete", example=example)
    try:
        says = _says_then(reader, wish.parts, kept, every)
    except ValueError:  # it asks the same people twice at once, or too many
        return _says(reader, "rules.incomplete", example=example)
    like = (at for at, one in enumerate(every, start=1) if replace(one.says, name=says.name) == says)
    switches = wish.verb in ("off", "on")
    if switches and kept is not None and kept.is_on is (wish.verb == "on"):
        return _says(reader, "rules.same", number=wish.number)
    if not switches and (number := next(like, None)):
        return _says(reader, "rules.same", number=number)
    if wish.verb != "off":
        check_category(work, says)
        check_reach(work, says)
    past, places = past_transfers(work, DAYS), {place.id: place for place in sites(work)}
    today = rules_on(work, says.kind)
    found = replayed(says, today, places, past, DAYS)
    before = replayed(kept.says, today, places, past, DAYS).asked if kept else None
    verb = f"switch_{wish.verb}" if switches else wish.verb
    rule_id, version = (kept.id, kept.version) if kept else (None, 0)
    change = RuleChange(verb, sum(one.version for one in every), rule_id, version, says, found, before)
    return Plan(show_rules=change.to_json())


def _says_then(reader: Reader, parts: RuleParts, kept: KeptRule | None, every: Sequence[KeptRule]) -> ApprovalRule:
    """The rule as it is to be. A name that we gave it goes with what it says."""
    taken = [one.says.name for one in every if kept is None or one.id != kept.id]
    said = {name: getattr(parts, name) for name in _SAID if getattr(parts, name) not in (None, ())}
    if kept is not None:
        after = replace(kept.says, **said)
        named = after != kept.says and is_named_by_us(reader, kept.says)
        return replace(after, name=rule_name(reader, after, taken)) if named else after
    says = ApprovalRule(**{"name": "?", "kind": DocumentKind.TRANSFER, **said})
    return replace(says, name=rule_name(reader, says, taken))


_SAID = ("kind", "above_packs", "above_fen", "category", "route", "requester_role", "steps")


def _command(shown: RuleChange) -> RuleCommand:
    if shown.rule_id is None:
        return SaveRule(shown.says)
    if shown.verb == "change":
        return SaveRule(shown.says, shown.rule_id, shown.version)
    return (SwitchOffRule if shown.verb == "switch_off" else SwitchOnRule)(shown.rule_id, shown.version)


def _says(reader: Reader, key: str, **facts: object) -> Plan:
    return Plan(said=Reply((reader.say(key, **facts),)))
