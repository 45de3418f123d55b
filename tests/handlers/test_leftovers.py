"""What understanding leaves behind: nothing that waits for the collector, and no names that have been replaced."""

from __future__ import annotations

import gc
from weakref import ref

from bot.batch import lexicon_of
from handlers.understand.understand import prepare, understand
from tests.understanding.sets import lexicon, world

SAID = (
    "从总仓调20箱可口可乐到西湖店",
    "TR-1042收到了,顺便报损2罐压坏的小可乐",
    "received TR-1042, and send 5 cases of Fanta to Wulin",
    "xiaoshan dian hai you duoshao nongfu shanquan 5L",
    "what about the weather",
)


def test_a_message_leaves_nothing_to_the_collector() -> None:
    where = world()
    context = where.context(next(iter(where.names)))
    for text in SAID:  # once for what is remembered
        understand(text, context, lexicon())
    gc.collect()
    gc.disable()
    try:
        for text in SAID:
            understand(text, context, lexicon())
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_replaced_names_are_let_go() -> None:
    where = world()
    names = lexicon_of(where)
    understand(SAID[0], where.context(next(iter(where.names))), names)
    held = ref(names)
    del names
    gc.collect()
    assert held() is None


def test_names_are_not_looked_through_by_the_collector() -> None:
    names = lexicon_of(world())
    prepare(names)
    assert all(one is not names for one in gc.get_objects())
