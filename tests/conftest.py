"""What every test may ask for: a database with the whole schema and the demo chain, and a clock that stands still."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from data.engine import Database
from data.migrations.apply import migrate
from handlers.understand.names.lexicon import Lexicon
from tests.demo_file import demo_file, fill, lexicon_of
from tests.postgres import Databases, served
from tests.scratch import keep_in_memory
from tests.small_chain import Shop, plant_small

BOTH = ("sqlite", "postgresql")
LONGEST = frozenset({"test_generator", "test_machine", "test_random_respond", "test_verification_days"})

os.environ["STOCKTALK_DEMO_DAYS"] = "0"  # a product that a test starts makes no history; who wants some says so

settings.register_profile("push", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("push")
keep_in_memory()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: begun last, it would keep one worker busy while the other has nothing to do."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def pytest_collection_finish() -> None:
    """What was imported stays until the end: the cyclic collector need not look through it again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the whole demo chain, its opening stock and its chats: copied, never written again."""
    return demo_file(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def lexicon(opened: Path) -> Lexicon:
    """Every name in the demo chain."""
    database = Database(f"sqlite:///{opened}")
    found = lexicon_of(database)
    database.close_now()
    return found


@pytest.fixture
def demo(opened: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh copy of the whole demo chain."""
    shutil.copy(opened, tmp_path / "chain.db")
    database = Database(f"sqlite:///{tmp_path / 'chain.db'}")
    yield database
    database.close_now()


@pytest.fixture(scope="session")
def small_planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the small chain's people and goods, and no stock: nothing is ever committed to it."""
    path = tmp_path_factory.mktemp("template") / "small.db"
    database = Database(f"sqlite:///{path}")
    database.writing(migrate).result()
    database.writing(plant_small).result()
    database.close_now()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL server, one for each worker."""
    with served() as databases:
        databases.forget_at_a_crash()
        yield databases


@pytest.fixture(scope="session")
def demo_template(postgres: Databases) -> str:
    """The demo chain on PostgreSQL, to be copied."""
    return postgres.made_by(fill)


@pytest.fixture
def demo_postgresql(postgres: Databases, demo_template: str) -> Iterator[Database]:
    """As `demo`, on PostgreSQL."""
    name = postgres.copy(demo_template)
    database = Database(postgres.url(name))
    yield database
    database.close_now()
    postgres.drop(name)


@pytest.fixture(scope="session")
def small_template(postgres: Databases) -> str:
    """The small chain on PostgreSQL, to be copied."""
    return postgres.template(plant_small)


@pytest.fixture
def small_sqlite(small_planted: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh copy of the small chain's database, for what has to commit."""
    shutil.copy(small_planted, tmp_path / "small.db")
    database = Database(f"sqlite:///{tmp_path / 'small.db'}")
    yield database
    database.close_now()


@pytest.fixture
def small_postgresql(postgres: Databases, small_template: str) -> Iterator[Database]:
    """As `small_sqlite`, on PostgreSQL."""
    name = postgres.copy(small_template)
    database = Database(postgres.url(name))
    yield database
    database.close_now()
    postgres.drop(name)


@pytest.fixture(params=BOTH)
def small(request: pytest.FixtureRequest) -> Database:
    """The small chain's database, for what has to commit: on SQLite, then on PostgreSQL."""
    database: Database = request.getfixturevalue(f"small_{request.param}")
    return database


@pytest.fixture(scope="session", params=BOTH)
def small_open(request: pytest.FixtureRequest, small_planted: Path) -> Iterator[Database]:
    """The small chain's database, for what is rolled back at the end: on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{small_planted}")
    else:
        postgres: Databases = request.getfixturevalue("postgres")
        database = Database(postgres.url(postgres.copy(request.getfixturevalue("small_template"))))
    yield database
    database.close_now()


@pytest.fixture
def shop(small_open: Database) -> Iterator[Shop]:
    """The small chain on one transaction that is rolled back after the test."""
    with small_open.writer.connect() as connection:
        yield Shop(connection)
