"""Where the tests keep their files: in memory where there is room, since a disk is waited for at every commit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 4 * 2**30
SETTING = "TMPDIR"


def keep_in_memory() -> None:
    """Have temporary files of this process and of those it starts in memory, unless TMPDIR says where they belong."""
    if SETTING not in os.environ and fits(MEMORY):
        os.environ[SETTING] = tempfile.tempdir = str(MEMORY)


def fits(folder: Path) -> bool:
    """Whether there is such a folder, with room for databases, where programs may be run."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize >= ENOUGH_BYTES and not room.f_flag & os.ST_NOEXEC
