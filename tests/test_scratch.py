"""Files of the tests are in memory only where they fit, and where nobody said otherwise."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests import scratch


@pytest.fixture(autouse=True)
def nowhere_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine whose memory is this folder, with room, where nothing was said."""
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ENOUGH_BYTES", 1)
    monkeypatch.setattr(tempfile, "tempdir", "elsewhere")
    monkeypatch.setenv("TMPDIR", "")
    monkeypatch.delenv("TMPDIR")


def test_files_are_in_memory_where_there_is_room(tmp_path: Path) -> None:
    scratch.keep_in_memory()
    assert (os.environ["TMPDIR"], tempfile.tempdir) == (str(tmp_path), str(tmp_path))


def test_a_wish_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/wished")
    scratch.keep_in_memory()
    assert (os.environ["TMPDIR"], tempfile.tempdir) == ("/wished", "elsewhere")


def test_without_a_folder_or_without_room_nothing_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not scratch.fits(tmp_path / "none")
    monkeypatch.setattr(scratch, "ENOUGH_BYTES", 2**62)
    scratch.keep_in_memory()
    assert "TMPDIR" not in os.environ
