"""Log lines: one form for ours and the libraries', with the key of the message they belong to, and without a secret.

A line has `level`, `ts` (UTC), `event` and what is bound; `trace` is the key that follows a message through all layers.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast
from urllib.parse import quote

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "<hidden>"
TOKEN = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
"""What the token of any bot looks like, in a text or in an address."""
SHORT = 8
"""A secret shorter than this is hidden only where it stands as a word, or it would take pieces out of other words."""
Redact = Callable[[str], str]


def set_up_logs(
    level: str | None = None, form: str | None = None, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Log in lines of key=value ("text") or of JSON, from `level` up, without `secrets`, to the standard error.

    What is not said suits the reader: on a terminal text from WARNING up, elsewhere JSON from INFO up. The libraries
    are heard from WARNING up.
    """
    stream = stream or sys.stderr
    out, at_a_terminal = Unfailing(stream), stream.isatty()
    number = logging.getLevelNamesMapping().get((level or "").upper()) or (
        logging.WARNING if at_a_terminal else logging.INFO
    )
    ending = _ending(form or ("text" if at_a_terminal else "json"), redactor(secrets))
    beginning: list[Processor] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
    ]
    structlog.configure(
        processors=[*beginning, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", out)),
    )
    _hear_libraries(out, [*beginning, structlog.stdlib.add_logger_name], ending, max(number, logging.WARNING))


class Unfailing:
    """A stream that takes lines or loses them: a log on a full disk or a broken pipe stops no message half way."""

    def __init__(self, stream: TextIO) -> None:
        """Write to this stream."""
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if it can be written."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """Hand on what was written, if that can be."""
        with suppress(OSError, ValueError):
            self._stream.flush()


@contextmanager
def following(trace: str | None) -> Iterator[None]:
    """Whatever is logged within belongs to this message; None leaves the lines as they are."""
    if trace is None:
        yield
        return
    with bound_contextvars(trace=trace):
        yield


def redactor(secrets: Iterable[str]) -> Redact:
    """Takes these out of a text, and whatever looks like a bot's token.

    Also as they stand in JSON, in a `repr` and in an address: quoted and escaped.
    """
    written = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
    known = [TOKEN.pattern]
    for secret in sorted(written, key=len, reverse=True):  # the whole of it before a part of it
        known.append(re.escape(secret) if len(secret) >= SHORT else rf"(?<!\w){re.escape(secret)}(?!\w)")
    pattern = re.compile("|".join(known))
    return lambda text: pattern.sub(HIDDEN, text)


def _spellings(secret: str) -> set[str]:
    plain = {secret, repr(secret)[1:-1], repr(secret.encode())[2:-1], quote(secret, safe="")}
    return plain | {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in plain for ascii_only in (True, False)}


def _ending(form: str, redact: Redact) -> list[Processor]:
    """From a line's facts to its text. Redacting is last, so that nothing comes after it."""

    def redacted(logger: WrappedLogger, method: str, text: EventDict) -> Any:
        return redact(str(text))

    if form == "json":
        return [
            structlog.processors.format_exc_info,  # the plain traceback: others show what every variable holds
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            redacted,
        ]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=False, timestamp_key="ts", exception_formatter=plain), redacted]


def _hear_libraries(out: Unfailing, beginning: list[Processor], ending: list[Processor], level: int) -> None:
    """What comes by the standard library's loggers goes the same way."""
    handler = logging.StreamHandler(out)
    only_facts = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=beginning, processors=[only_facts, *ending])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
