"""Databases: the rows of a query, by SQLAlchemy, from any database whose driver is installed. Nothing is written to one.

In: a URL and a query. Out: a source of rows. The query must be one SELECT (or WITH), has no word of writing in it, and runs in a transaction
that only reads, in databases that have such; passwords and keys of URLs are never shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from ladsim.data.columns import FIRST_ROWS
from ladsim.data.frames import Frames, cell_text, refuse_wide
from ladsim.data.store import sqlalchemy
from ladsim.errors import DataError
from ladsim.world.text_files import short

_WRITING = r"(?i)(?<![.\w$#@])(insert|update|delete|merge|replace|drop|alter|create|truncate|grant|revoke|exec|execute|into)(?![\w$#@]|\s*\()"
_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*(?!!).*?\*/"""
_SECRETS = "password|passwd|pwd|token|secret|key|odbc_connect"
GET_DRIVER = "pip install -c constraints.txt -e '.[postgresql]'"
_DRIVERS = ("psycopg", "psycopg2")
# What makes a transaction one that only reads, in databases that have it.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "START TRANSACTION READ ONLY",
    "mariadb": "START TRANSACTION READ ONLY",
}


def masked(url: str) -> str:
    """A URL without its passwords and keys, wherever they stand in it.

    >>> masked("postgresql://me:secret@host/shop?sslpassword=abc&application=x")
    'postgresql://me:***@host/shop?sslpassword=***&application=x'
    """
    url = re.sub(r"(://[^/@:]*:)[^/]*@", r"\1***@", url)
    return re.sub(rf"(?i)([?&;][^=&;]*(?:{_SECRETS})[^=&;]*=)[^&]*", r"\1***", url)


def with_driver(url: Any) -> Any:
    """A URL of PostgreSQL that names no driver with the one that is installed: which one SQLAlchemy means depends on its version."""
    found = next((driver for driver in _DRIVERS if find_spec(driver) is not None), None)
    return url.set(drivername=f"postgresql+{found}") if url.drivername == "postgresql" and found else url


class Database(Frames):
    """What a query to a database gives, by SQLAlchemy: any database for which its driver is installed."""

    named = True

    def __init__(self, url: str, query: str | None) -> None:
        super().__init__("database")
        library = sqlalchemy()
        try:
            self._url = library.engine.make_url(url)
        except Exception:
            raise DataError(
                "database: found no URL of a database, must be like sqlite:///shop.db or postgresql://user@host/name"
            ) from None
        if self._url.drivername == "postgresql" and find_spec("psycopg2") is None and find_spec("psycopg") is not None:
            self._url = self._url.set(
                drivername="postgresql+psycopg"
            )  # SQLAlchemy means the elder driver, which need not be there
        self.name = masked(str(self._url.render_as_string(hide_password=True)))
        if query is None:
            raise DataError(f"{self.name}: found no query, must have one: --query 'SELECT customer, date, amount FROM orders'")
        if not re.match(r"(?is)\s*(select|with)\b", query) or ";" in query.rstrip().rstrip(";"):
            raise DataError(
                f"{self.name}: found a query that does not begin with SELECT or WITH, or has a semicolon in it: data are only read"
            )
        if writing := re.search(_WRITING, re.sub(_QUOTED, " ' ", query, flags=re.DOTALL)):
            raise DataError(
                f"{self.name}: found {writing[1].upper()} in the query: data are only read (put the name of a column in quotes)"
            )
        if self._url.get_backend_name() == "sqlite":
            if not os.path.isfile(self._url.database or ""):
                raise DataError(f"{self.name}: found no such file")
            place = "file:" + quote(os.path.abspath(str(self._url.database)))
            self._url = self._url.set(database=place).update_query_dict({"mode": "ro", "uri": "true"})
        self._query = query
        rows = self._read()
        first = list(islice(rows, FIRST_ROWS + 1))
        rows.close()
        refuse_wide(self.name, len(first[0]))
        self.rows = first

    def _read(self) -> Generator[list[str]]:
        library, engine = sqlalchemy(), None
        try:
            engine = library.create_engine(self._url, hide_parameters=True)
            with engine.connect() as connection:
                if only := _READ_ONLY.get(self._url.get_backend_name()):
                    connection.exec_driver_sql(only)
                query = library.text(self._query.rstrip().rstrip(";").replace(":", r"\:"))
                found = connection.execute(
                    query, execution_options={"stream_results": True}
                )  # of the query alone: SET has no cursor
                yield list(map(str, found.keys()))
                while part := found.fetchmany(10_000):
                    yield from ([cell_text(value) for value in row] for row in part)
                connection.rollback()
        except DataError:
            raise
        except ImportError as error:
            get = f" ({GET_DRIVER})" if self._url.get_backend_name() == "postgresql" else ""
            raise DataError(f"{self.name}: needs the driver of that database: {short(error)}{get}") from None
        except library.exc.SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error)
            if said.startswith("Could not decode to UTF-8"):  # what follows is the cell
                raise DataError(f"{self.name}: found text that is not UTF-8, must be UTF-8: mend it in the database") from None
            if isinstance(error, library.exc.DataError):  # it quotes the value that does not fit
                said = re.sub(r"""(["']).*\1""", '"…"', said.split("\n", 1)[0])
            raise DataError(f"{self.name}: cannot be read: {short(said)}") from None
        finally:  # also where only the first rows were asked for
            if engine is not None:
                engine.dispose()

    def every_row(self) -> Iterator[list[str]]:
        """The names of columns, then all rows."""
        return chain(self._read())
