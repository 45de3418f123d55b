"""Invites as they are handed over: the command line, the link, and the picture of the link."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
import segno
from typer.testing import CliRunner

from bot.cli.app import app
from bot.invites import hand_over, link_to, qr, qr_as_path, qr_in_letters
from core.ground.commands import Refused
from core.ground.work import Work
from core.people.directory import person_by_code
from core.people.invites import Group, Newcomer, invite_of
from data.engine import Database
from data.kinds import Role
from handlers.joining import hash_of
from tests.bot.telegram.strictgram import StrictServer
from tests.scenarios.chain import MORNING

TOKEN = "123456:STRICT-TEST-TOKEN-which-is-long-enough"
LINK = re.compile(r"https://t\.me/strict_bot\?(start|startgroup)=([A-Za-z0-9_-]{22,64})")
NOBODY = "http://127.0.0.1:1"
PATIENCE_SECONDS = 60


def surroundings(folder: Path, api: str, token: str) -> dict[str, str]:
    """What is set for a command on the chain in this folder."""
    telegram = {"STOCKTALK_TELEGRAM_TOKEN": token, "STOCKTALK_TELEGRAM_API": api} if token else {}
    return {"STOCKTALK_DATABASE": f"sqlite:///{folder / 'chain.db'}", "COLUMNS": "200", **telegram}


async def said(folder: Path, *words: str, api: str = NOBODY) -> tuple[int, str]:
    """What `stocktalk` says to these words in a shell, and how it ends."""
    command = (sys.executable, "-m", "bot.cli.app", *words)
    env = surroundings(folder, api, TOKEN) | {"PATH": ""}
    pipe, both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    done = await asyncio.create_subprocess_exec(*command, env=env, stdout=pipe, stderr=both)
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, _ = await done.communicate()
    return done.returncode or 0, out.decode()


async def refused(folder: Path, *words: str, api: str = NOBODY, token: str = TOKEN) -> str:
    """What a command that cannot be carried out says, in one line; it runs in this process."""
    env = surroundings(folder, api, token)
    done = await asyncio.to_thread(CliRunner().invoke, app, words, env=env)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    return " ".join(done.output.split())


def modules(drawn: str) -> list[list[int]]:
    """The picture that half blocks draw, white on black: 1 is a dark module."""
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = []
    for line in drawn.splitlines():
        pairs = [halves[letter] for letter in line]
        rows += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    return rows


def filled(size: int, path: str) -> list[list[int]]:
    """The picture that a path of runs fills."""
    rows = [[0] * size for _ in range(size)]
    for column, row, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert length == back
        for at in range(int(column), int(column) + int(length)):
            rows[int(row)][at] += 1
    return rows


def bordered(size: int = 4) -> list[list[int]]:
    """The library's own picture of the link, with its white border."""
    return [list(row) for row in qr("https://t.me/strict_bot?start=abc").matrix_iter(border=size)]


# The picture.


def test_the_pictures_are_the_librarys_own() -> None:
    link = "https://t.me/strict_bot?start=abc"
    drawn = modules(qr_in_letters(link))
    assert drawn[: len(bordered())] == bordered()
    assert len(drawn) - len(bordered()) <= 1  # two modules to a line: one half may be left over
    size, path = qr_as_path(link)
    assert filled(size, path) == bordered(0)
    assert qr(link) == segno.make_qr(link, error="q", boost_error=False)
    assert qr(link) != qr(f"{link}d")


def test_the_link_of_a_group_asks_for_the_group() -> None:
    assert link_to("b", "c", in_group=False) == "https://t.me/b?start=c"
    assert link_to("b", "c", in_group=True) == "https://t.me/b?startgroup=c"


def test_codes_are_long_and_never_the_same(demo: Database) -> None:
    def handed(work: Work) -> list[str]:
        work = work.by(person_by_code(work, "u34"), "test")
        made = [hand_over(work, Group(), 1, "strict_bot") for _ in range(50)]
        assert not any(isinstance(one, Refused) for one in made)
        return [LINK.fullmatch(one.link)[2] for one in made]  # type: ignore[union-attr, index]

    codes = demo.writing(lambda connection: handed(Work(connection, MORNING))).result()
    assert len(set(codes)) == 50
    assert min(map(len, codes)) * 6 >= 128
    assert demo.reading(lambda c: invite_of(Work(c, MORNING), hash_of(codes[0]))).result() is not None


def test_a_refused_invite_is_not_handed_over(demo: Database) -> None:
    def handed(work: Work) -> object:
        return hand_over(work.by(person_by_code(work, "u01"), "test"), Newcomer(Role.HQ), 24, "strict_bot")

    made = demo.writing(lambda connection: handed(Work(connection, MORNING))).result()
    assert made == Refused("may_not_invite", {})


# The command line.


async def test_an_invite_is_printed_with_its_picture_listed_and_withdrawn(demo: Database, tmp_path: Path) -> None:
    async with StrictServer(TOKEN) as server:
        ended, text = await said(
            tmp_path, "invite", "clerk", "--place", "西湖店", "--qr", str(tmp_path / "a.svg"), api=server.url
        )
        assert ended == 0, text
        assert "New colleague: clerk at West Lake. For one use, until 20" in text
        link = LINK.search(text)
        assert link
        picture = "\n".join(line for line in text.splitlines() if set(line) <= set("█▀▄ ") and line.strip())
        assert picture == qr_in_letters(link[0])
        assert (tmp_path / "a.svg").read_text().startswith("<?xml")
        for words, what in (
            (("--for", "王小丫"), "王小丫 on another account (clerk at West Lake)"),
            (("--group", "west", "--hours", "168"), "A group that hears of West Lake"),
        ):
            ended, text = await said(tmp_path, "invite", *words, api=server.url)
            assert (ended, what in text) == (0, True), text
            found = LINK.search(text)
            assert found
            assert found[1] == ("startgroup" if "--group" in words else "start")
    ended, listed = await said(tmp_path, "invites")
    assert listed.count("Alex (u34)") == 3
    assert link[2] not in listed
    assert (await said(tmp_path, "invites", "--withdraw", "1"))[0] == 0
    assert "This invite cannot be used" in await refused(tmp_path, "invites", "--withdraw", "1")
    assert (await said(tmp_path, "invites"))[1].count("Alex (u34)") == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say one of"),
        (("clerk", "--for", "u01"), "Say one of"),
        (("chief",), "There is no role “chief”"),
        (("clerk", "--place", "月球店"), "There is no store or warehouse called 月球店"),
        (("clerk",), "Nobody is clerk there"),
        (("keeper", "--place", "西湖店"), "Nobody is keeper there"),
        (("area_manager", "--region", "north"), "There is no region “north”"),
        (("admin",), "You may not let them in"),
        (("clerk", "--place", "西湖店", "--as", "u01"), "You may not let them in"),
        (("clerk", "--place", "西湖店", "--as", "u99"), "Nobody here is called u99"),
        (("--for", "张三丰"), "Nobody here is called 张三丰"),
        (("hq", "--qr", "a.gif"), "not as a.gif"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(
    demo: Database, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    async with StrictServer(TOKEN) as server:
        assert sentence in await refused(tmp_path, "invite", *words, api=server.url)
    assert demo.reading(lambda c: c.exec_driver_sql("select count(*) from invite").scalar()).result() == 0


async def test_a_refusal_is_kept_in_the_audit(demo: Database, tmp_path: Path) -> None:
    async with StrictServer(TOKEN) as server:
        await refused(tmp_path, "invite", "hq", "--as", "u02", api=server.url)
    rows = "select actor_id, channel, command, code, trace from audit where outcome = 'refused'"
    kept = demo.reading(lambda c: c.exec_driver_sql(rows).fetchall()).result()
    assert [tuple(row[1:]) for row in kept] == [("cli", "MakeInvite", "may_not_invite", "cli")]


@pytest.mark.parametrize(
    ("token", "sentence"), [("", "No bot is connected"), (TOKEN, "Telegram could not be asked for the bot's name")]
)
async def test_without_the_platform_no_invite_is_made(
    demo: Database, tmp_path: Path, token: str, sentence: str
) -> None:
    text = await refused(tmp_path, "invite", "hq", token=token)
    assert sentence in text
    assert TOKEN.partition(":")[2] not in text
    assert demo.reading(lambda c: c.exec_driver_sql("select count(*) from invite").scalar()).result() == 0
