"""A newcomer's first command: `make run` in a bare checkout ends with a page on which the story can be played."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.bot.console.served import ROOT, free_port

pytestmark = pytest.mark.long

FOREIGN = ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout of the tree as it stands: what is committed, what was changed, what is about to be added."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / "bare" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "bare" / name)
    return tmp_path / "bare"


def test_make_run_ends_with_the_page(bare: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith((*FOREIGN, "STOCKTALK_"))}
    line = ["make", "run", f"ARGS=--port {free_port()}"]
    with subprocess.Popen(
        line, cwd=bare, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            address = next((word for said in running.stdout or () for word in said.split() if "http://" in word), "")
            assert address.startswith("http://127.0.0.1:")
            assert "Stocktalk" in read(address)
            assert "new Page(" in read(f"{address}page/app.js")
            assert len(json.loads(read(f"{address}console/world"))["people"]) > 30
            assert (bare / "var" / "stocktalk.db").exists()
        finally:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(60)


def read(address: str) -> str:
    """What is served there."""
    with urlopen(address, timeout=30) as answer:
        return str(answer.read().decode("utf-8"))
