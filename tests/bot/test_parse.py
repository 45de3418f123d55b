"""`stocktalk parse` as a shell has it: one message of the chain or of a world in a file, and many messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.app import app
from tests.bot.test_world import PLAIN

ASKS_WHERE_FROM = {"id": "a", "text": "调5箱牛奶到西湖店", "user": "u2", "dialog": "d", "turn": 1}
NO = {"id": "b", "text": "算了", "user": "u2", "dialog": "d", "turn": 2}
NO_ALONE = {"id": "c", "text": "算了", "user": "u2"}


@pytest.fixture
def world(tmp_path: Path, wide: None) -> Path:
    """A world with one store, two products and two people."""
    (tmp_path / "world.json").write_text(json.dumps(PLAIN), encoding="utf-8")
    return tmp_path / "world.json"


def parse(*words: object) -> Result:
    """What the command came to."""
    return CliRunner().invoke(app, ["parse", *map(str, words)])


def batch(world: Path, *lines: object) -> tuple[Result, Path]:
    """What came of a file with these lines, and the file that it went to."""
    source, target = world.parent / "in.jsonl", world.parent / "out.jsonl"
    plain = (line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines)
    source.write_bytes(b"\n".join(plain))
    return parse("--world", world, "--batch", source, target), target


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_a_person_of_the_chain_writes_is_told(path: Path) -> None:
    done = parse("从中央仓调20箱可口可乐500ml到西湖店", "--as", "王小丫")
    assert done.exit_code == 0
    assert "transfer.create" in done.output
    assert "20箱 SKU123 可口可乐500ml (= 480 smallest units)" in done.output
    assert "W1 中央仓" in done.output
    assert "XH 西湖店" in done.output
    assert done.output.endswith("Nothing is asked.\n")


def test_what_is_asked_is_told_with_why(path: Path) -> None:
    done = parse("调20箱可口可乐500ml到西湖店", "--as", "u01")
    assert (done.exit_code, "Nothing is asked" in done.output) == (0, False)
    assert "asked is   from: " in done.output


def test_each_piece_is_explained(path: Path) -> None:
    done = parse("从中央仓调20箱可口可乐500ml到西湖店", "--as", "u01", "--explain")
    table = [line for line in done.output.splitlines() if "中央仓" in line and "│" in line]
    assert len(table) == 1
    words, role, phrase = (cell.strip() for cell in table[0].strip("│").split("│"))
    assert (words, role) == ("中央仓", "from")
    assert "#" in phrase


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("调5箱", "--as", "张天师"), "Nobody here is called 张天师."),
        (("调5箱",), "who writes it"),
        (("--as", "u01"), "Say the TEXT"),
        (("--batch", "a", "b"), "goes with --world"),
    ],
)
def test_what_cannot_be_done_is_said(path: Path, words: tuple[str, ...], said: str) -> None:
    done = parse(*words)
    assert done.exit_code == 1
    assert said in done.output


def test_one_message_of_a_world(world: Path) -> None:
    done = parse("调5箱牛奶到西湖店", "--world", world, "--as", "何")
    assert done.exit_code == 0
    assert "asked is   from: " in done.output
    assert "Nobody in this world is called 王小丫." in parse("调5箱", "--world", world, "--as", "王小丫").output


def test_a_batch_keeps_what_is_open_in_a_dialogue_and_nothing_else(world: Path) -> None:
    done, target = batch(world, ASKS_WHERE_FROM, NO_ALONE, NO)
    assert done.exit_code == 0
    assert f"3 messages were read; what they mean is in {target}." in done.output
    asks, alone, no = rows(target)
    assert (asks["id"], asks["intent"], asks["to"], asks["missing"]) == ("a", "transfer.create", "XH", ["from"])
    assert asks["lines"] == [{"sku": "M1", "quantity": "5", "unit": "箱"}]
    assert asks["ms"] > 0
    assert (alone["id"], alone["intent"]) == ("c", "unknown")
    assert (no["id"], no["intent"]) == ("b", "cancel")


def test_blank_lines_and_a_mark_of_byte_order_are_nothing(world: Path) -> None:
    done, target = batch(world, b"\xef\xbb\xbf" + json.dumps(NO_ALONE).encode() + b"\r", b"", b"  ")
    assert (done.exit_code, len(rows(target))) == (0, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "line 2: it is no JSON."),
        (b"[]", "line 2: it is no JSON object."),
        (b'{"id": "\xff"}', "line 2: it is not in UTF-8."),
        (b"[" * 100_000, "line 2: it is no JSON."),
        ({"id": "x", "text": "a"}, "line 2: its 'user' is not there, or no text."),
        ({**NO_ALONE, "id": 7}, "line 2: its 'id' is not there, or no text."),
        ({**NO_ALONE, "id": "x\ud800"}, "line 2: its 'id' holds what cannot be printed."),
        ({**NO_ALONE, "id": "x", "user": "u9"}, "line 2: nobody in this world is 'u9'."),
        ({**NO_ALONE, "id": "x", "dialog": 1}, "line 2: its 'dialog' is no text."),
        (NO_ALONE, "line 2: 'c' stands on line 1 already."),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_written(world: Path, line: object, said: str) -> None:
    if isinstance(line, dict):
        line = json.dumps(line).encode()  # with escapes, so that half of a pair can stand in a file
    done, target = batch(world, NO_ALONE, line)
    assert done.exit_code == 1
    assert f"{said} Nothing was written." in done.output
    assert not target.exists()


def test_files_that_are_not_there_or_no_world_are_told(world: Path) -> None:
    done = parse("--world", world, "--batch", world.parent / "none", world.parent / "out")
    assert (done.exit_code, "cannot be read" in done.output) == (1, True)
    done = parse("--world", world.parent / "none", "--batch", world, world.parent / "out")
    assert (done.exit_code, "cannot be read" in done.output) == (1, True)
    (world.parent / "bad.json").write_text("{}")
    done = parse("--world", world.parent / "bad.json", "--batch", world, world.parent / "out")
    assert (done.exit_code, "is no world" in done.output) == (1, True)
