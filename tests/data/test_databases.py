"""PostgreSQL as a source: its rows, that nothing is written to it, that passwords and cells are not shown.

SQLite is tried in ``test_sources.py``. A server is started for these tests, on a socket in a folder of its own, and ended behind them.

Tests: ``data/databases.py``, ``data/frames.py``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ladsim.data import databases
from ladsim.data.frames import cell_text
from ladsim.data.read import read_data
from ladsim.errors import DataError
from tests.data.conftest import orders
from tests.data.exports import ORDERS, truth

QUERY = "SELECT customer, day AS date, amount FROM orders"


def programs() -> Path:
    """Where the newest PostgreSQL lies; skips, with the reason, where there is none or tools were not asked for."""
    if "LADSIM_TOOLS" not in os.environ:
        pytest.skip("needs a PostgreSQL server: make test-tools")
    on_path = shutil.which("initdb")
    found = (
        [Path(on_path).parent]
        if on_path
        else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    )
    if not found:
        pytest.skip("there is no PostgreSQL here (Debian: apt-get install postgresql)")
    assert importlib.util.find_spec("psycopg") is not None, "the driver is not installed: the extra `postgresql`"
    return found[-1]


def owner() -> str | None:
    """Whom the server runs as: it refuses to be run by root. None: whoever runs the tests."""
    if os.geteuid():
        return None
    import pwd

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The URL of a shop's orders."""
    there, user = programs(), owner()
    folder = Path(tempfile.mkdtemp(prefix="ladsim-pg-"))

    def run(*words: str | Path) -> None:
        done = subprocess.run(
            [str(word) for word in words],
            cwd=folder,
            user=user,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        log = folder / "log"
        assert done.returncode == 0, done.stderr + (log.read_text() if log.exists() else "")

    try:
        if user is not None:
            shutil.chown(folder, user)
        run(there / "initdb", "-D", folder / "data", "-U", "keeper", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        listens = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run(there / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-t", "60", "-o", listens, "start")
        try:
            url = f"postgresql://keeper:hidden@/postgres?host={folder}"
            _fill(str(folder))
            yield url
        finally:
            run(there / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(host: str) -> None:
    import psycopg

    with psycopg.connect(host=host, user="keeper", dbname="postgres") as connection:
        connection.execute("CREATE TABLE orders (customer text, day date, amount numeric(12, 3), note text)")
        connection.execute("CREATE SEQUENCE numbers")
        connection.execute(
            "CREATE FUNCTION sneak() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO orders VALUES (''x'', now(), 1, ''''); SELECT 1'"
        )
        rows = [(f"0{one}", day, Decimal(str(amount)), "Åse") for one, day, amount in ORDERS]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO orders VALUES (%s, %s, %s, %s)", rows)


def count(url: str) -> int:
    """Rows of the table."""
    return (
        read_data(url, query="SELECT customer, day AS date, count(*) OVER () AS amount FROM orders LIMIT 1")
        .table()["amount"]
        .iloc[0]
    )


@pytest.mark.tools
def test_orders_of_postgresql(shop: str) -> None:
    """Ids with their zeros, days, exact amounts; a colon, a percent sign and a cast in the query are the query's own."""
    wanted = truth([(f"0{one}", day, amount) for one, day, amount in ORDERS])
    assert orders(read_data(shop, query=QUERY)) == wanted
    assert orders(read_data(shop, query=f"{QUERY} WHERE note LIKE 'Å%' AND day::text <> ':x';")) == wanted
    assert orders(read_data(shop.replace("postgresql:", "postgresql+psycopg:"), query=QUERY)) == wanted


@pytest.mark.tools
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT customer, day AS date FROM gone", "data-modifying"),
        ("SELECT customer, day AS date INTO copy FROM orders", "not allowed here"),
        ("SELECT sneak() AS customer, day AS date FROM orders", "read-only transaction"),
        ("SELECT nextval('numbers') AS customer, day AS date FROM orders", "read-only transaction"),
        ("SELECT set_config('transaction_read_only', 'off', false) AS customer, day AS date FROM orders", "read-write mode"),
    ],
)
def test_postgresql_itself_refuses_to_write(query: str, said: str, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no word in the query gives it away."""
    before = count(shop)
    monkeypatch.setattr(databases, "_WRITING", "(?!)(x)")
    with pytest.raises(DataError, match=said):
        read_data(shop, query=query)
    assert count(shop) == before


@pytest.mark.tools
def test_what_postgresql_says_is_told_without_cells_and_password(shop: str) -> None:
    """Of a wrong query what is wrong; of a value that does not fit not the value; never the password."""
    for query, said in (
        ("SELECT colour FROM orders", "colour"),
        ("SELECT customer, note::date AS date FROM orders", "invalid input syntax"),
    ):
        with pytest.raises(DataError, match=said) as caught:
            read_data(shop, query=query)
        assert "hidden" not in str(caught.value) and "Åse" not in str(caught.value)
    with pytest.raises(DataError, match="cannot be read") as caught:
        read_data(shop.replace("/postgres?", "/nowhere?"), query=QUERY)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("there", "driver"), [(("psycopg2",), "psycopg2"), (("psycopg",), "psycopg"), (("psycopg2", "psycopg"), "psycopg")]
)
def test_the_driver_that_is_there_is_taken(there: tuple[str, ...], driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """``postgresql://`` means the driver that is installed, whichever SQLAlchemy would take."""
    monkeypatch.setattr(databases, "find_spec", lambda name: name if name in there else None)
    url = databases.with_driver(databases.sqlalchemy().engine.make_url("postgresql://keeper@host/shop"))
    assert url.get_driver_name() == driver


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "1"), (7, "7"), (1.234, "1.2340"), (Decimal("1.234"), "1.2340"), (b"\xc3\x85", "Å"), (" a ", "a")],
)
def test_cells_as_text(value: object, text: str) -> None:
    """Three decimals get a fourth, so that nobody takes their point for one of thousands."""
    assert cell_text(value) == text
