"""A process of its own for what is measured: it says when it is ready and how much CPU it took, and ends when told."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
LAST_LINES = 20
MARK = b"bench "
"""What an answer begins with: whatever else is printed is none."""


class Child:
    """Such a process, seen from outside."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        """`process` takes questions and answers them; what it logs is in `log`."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._log = process, log
        self._questions, self._answers = process.stdin, process.stdout

    @staticmethod
    async def started(module: str, settings: Mapping[str, str], log: Path) -> Child:
        """Start a module with these settings in its surroundings, and wait until it is ready."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STOCKTALK_", "BENCH_"))}
        pipe = asyncio.subprocess.PIPE
        with log.open("wb") as said:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, stdin=pipe, stdout=pipe, stderr=said, cwd=ROOT, env={**kept, **settings}
            )
        child = Child(process, log)
        await child._answer()
        return child

    async def cpu_seconds(self) -> float:
        """How much CPU it has taken since it began."""
        self._questions.write(b"cpu\n")
        return float((await self._answer())["cpu_s"])

    def complaints(self) -> str:
        """The last things on its log that are no plain news."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line[:500] for line in lines if '"level": "info"' not in line][-LAST_LINES:]
        return "\n".join(["Its log ends with:", *told]) if told else "Its log complains of nothing."

    async def stop(self) -> None:
        """Let it end what is under way, and wait."""
        self._questions.close()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _answer(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := await self._answers.readline():
                if line.startswith(MARK):
                    answer: dict[str, Any] = json.loads(line.removeprefix(MARK))
                    return answer
        raise RuntimeError(f"a process of the bench ended by itself. {self.complaints()}")


async def obey() -> None:
    """Seen from inside: say that this process is ready, answer questions, and return when it is to end."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    _say({"ready": True})
    while await reader.readline():
        _say({"cpu_s": process_time()})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.buffer.write(MARK + json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()
