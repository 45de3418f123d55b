"""Several processes that begin together on an empty database make its schema and its chain once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.main import open_database
from bot.settings import Settings
from core.ground.work import Work
from data.engine import Database
from data.kinds import OutboxState
from data.migrations.apply import newest, version
from data.tables.conversation import Outbox
from handlers.messages import Reply
from handlers.outgoing import send
from tests.postgres import Databases
from tests.scenarios.chain import MORNING

TOGETHER = 3


def test_they_make_one_schema_and_one_chain(postgres: Databases) -> None:
    settings = Settings(database=postgres.url(postgres._create("")))
    with ThreadPoolExecutor(TOGETHER) as threads:
        began = [threads.submit(open_database, settings, lambda part: None) for _ in range(TOGETHER)]
    opened = [one.result() for one in began if one.exception() is None]
    try:
        assert [one.exception() for one in began] == [None] * TOGETHER
        assert opened[0].reading(version).result() == newest()
        count = "select count(*), count(distinct code) from person"
        people, codes = opened[0].reading(lambda c: tuple(c.exec_driver_sql(count).one())).result()
        assert people == codes > 30
    finally:
        for database in opened:
            database.close_now()


def leased(database: Database) -> list[tuple[object, ...]]:
    """A message that somebody else has the lease of, after another process began."""

    def put(work: Work) -> None:
        send(work, 1, Reply(("一",)), key="one")
        work.change(Outbox, state=OutboxState.SENDING, lease_ends_at=work.now.replace(year=work.now.year + 100))

    database.writing(lambda connection: put(Work(connection, MORNING))).result()
    url = database.url.render_as_string(hide_password=False).replace("+psycopg", "")
    open_database(Settings(database=url), lambda part: None).close_now()
    asks = "select lease_ends_at > 4000000000000000 from outbox"
    return database.reading(lambda c: [tuple(row) for row in c.exec_driver_sql(asks)]).result()


def test_whoever_has_a_file_alone_frees_what_the_dead_one_had(demo: Database) -> None:
    assert leased(demo) == [(0,)]


def test_on_a_server_others_may_be_alive(demo_postgresql: Database) -> None:
    assert leased(demo_postgresql) == [(True,)]
