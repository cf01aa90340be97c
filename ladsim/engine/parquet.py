"""The event log as a Parquet file: written in bounded memory, read back as the table that ``history.events()`` gives.

In: LOG rows in order. Out: a file of the columns that ``event_table`` describes, names as dictionaries, with the facts of the run in
its metadata (keys ``ladsim.…``). It appears in one move (``ladsim.files``). The same rows give the same bytes, however they arrive.

pyarrow writes it: in a trial it took a third of the processor time of DuckDB and a quarter of its memory, and it needs no second copy
on the disk. It is large (170 MB), so it is an extra of its own: ``pip install pyarrow``.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.event_table import WORDS, EventNames
from ladsim.errors import OutputError, StudyError
from ladsim.files import NewFile
from ladsim.model.layout import MONTH, NOBODY_ID
from ladsim.model.records import LOG

SCHEMA = 1
GROUP_ROWS = 1 << 18  # rows that are compressed together
_KEY = "ladsim."


class ParquetLog:
    """A log's file while it is written. Raises StudyError without pyarrow, OutputError where the file cannot be written."""

    def __init__(self, path: str | os.PathLike[str], names: EventNames, facts: Mapping[str, Any]) -> None:
        self._arrow, parquet = _pyarrow()
        self.path, self._names = Path(path), names
        self._waiting: list[NDArray[Any]] = []
        self._rows = 0
        self._dictionaries = {name: self._arrow.array(names.words[name], self._arrow.string()) for name in WORDS}
        self._schema = _schema(self._arrow, names, facts)
        self._file: NewFile | None = None
        self._writer: Any = None
        with self._errors():
            if self.path.exists() and not self.path.is_file():
                raise OSError(f"{os.path.realpath(self.path)} is no file")
            self._file = NewFile(self.path)
            plain = dict.fromkeys(("customer", "other", "amount"), "PLAIN") | dict.fromkeys(
                ("time", "sequence"), "DELTA_BINARY_PACKED"
            )
            self._writer = parquet.ParquetWriter(
                self._file.place, self._schema, compression="zstd", use_dictionary=list(WORDS), column_encoding=plain
            )

    def write(self, rows: NDArray[Any]) -> None:
        """Add rows, in order."""
        self._waiting.append(rows)
        self._rows += rows.size
        if self._rows < GROUP_ROWS:
            return
        rows = np.concatenate(self._waiting)
        whole = rows.size - rows.size % GROUP_ROWS
        for first in range(0, whole, GROUP_ROWS):
            self._write_group(rows[first : first + GROUP_ROWS])
        self._waiting, self._rows = [rows[whole:].copy()], rows.size - whole

    def close(self) -> None:
        """Write what waits, and let the file appear under its name."""
        try:
            if self._rows:
                self._write_group(np.concatenate(self._waiting))
            with self._errors():
                assert self._file is not None
                self._writer.close()
                self._file.finish()
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is None:
            return
        try:
            with contextlib.suppress(OSError):
                if self._writer is not None:
                    self._writer.close()
        finally:
            self._file.discard()

    def _write_group(self, rows: NDArray[Any]) -> None:
        arrow = self._arrow
        codes = self._names.codes(rows)
        columns = []
        for field in self._schema:
            if field.name in WORDS:
                columns.append(arrow.DictionaryArray.from_arrays(codes[field.name], self._dictionaries[field.name]))
            elif field.nullable:
                columns.append(arrow.array(rows[field.name], mask=rows[field.name] == NOBODY_ID))
            else:
                columns.append(arrow.array(rows[field.name]))
        with self._errors():
            self._writer.write_table(arrow.Table.from_arrays(columns, schema=self._schema), row_group_size=rows.size)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """What goes wrong with the file, in words; nothing of it is left."""
        try:
            yield
        except OSError as error:
            self.discard()
            raise OutputError(
                f"{self.path}: could not be written ({error.strerror or error}); nothing was left behind"
            ) from error


def read_events(path: str | os.PathLike[str]) -> Any:
    """A log's file as the pandas table that ``history.events()`` gives: in currency, with names.

    Times are in units of 2⁻²⁰ tick, `month` in months from the start. Raises StudyError where the file cannot be read, or is no log of
    ladsim's, and where pyarrow (the extra `log`) is missing.

    >>> import ladsim, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "events.parquet")
    ...     history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1, log=file)
    ...     events = ladsim.read_events(file)
    >>> orders = events[events["event"] == "order"]
    >>> orders[["month", "customer", "from", "amount"]].round(2).head(2)
         month  customer       from  amount
    200   0.02        73  returning   24.69
    204   0.03       194    regular   79.07
    """
    import pandas as pd

    arrow, parquet = _pyarrow()
    try:
        found = parquet.read_table(path)
    except (OSError, arrow.ArrowInvalid) as error:
        raise StudyError(f"{os.fspath(path)}: cannot be read as a Parquet file ({error})") from error
    facts = {key.decode(): value.decode() for key, value in (found.schema.metadata or {}).items()}
    if facts.get(f"{_KEY}schema") != str(SCHEMA):
        raise StudyError(f"{os.fspath(path)}: is no event log of ladsim that this version can read")
    unit, words = int(facts[f"{_KEY}unit"]), json.loads(facts[f"{_KEY}words"])
    table = found.to_pandas(types_mapper={arrow.uint64(): pd.UInt64Dtype()}.get)
    for name in WORDS:
        table[name] = table[name].cat.set_categories(words[name])
    table.insert(0, "month", table["time"] / MONTH)
    table["amount"] = table["amount"] / unit
    return table


def _schema(arrow: Any, names: EventNames, facts: Mapping[str, Any]) -> Any:
    """The file's columns and its metadata."""
    whole = {np.dtype("i8"): arrow.int64(), np.dtype("u8"): arrow.uint64(), np.dtype("i4"): arrow.int32()}
    word = arrow.dictionary(arrow.int16(), arrow.string())
    fields = []
    for name in ("time", "customer", "sequence", *WORDS, "other", "amount"):
        kind = word if name in WORDS else whole[LOG[name]]
        fields.append(arrow.field(name, kind, nullable=name in ("customer", "other")))
    told = {"schema": SCHEMA, "unit": names.unit, "time_per_month": MONTH, "words": names.words, **facts}
    texts = {
        _KEY + key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in told.items()
    }
    return arrow.schema(fields, metadata=texts)


def _pyarrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet, imported when a file is asked for."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise StudyError(
            "log: a log in a Parquet file needs pyarrow, which is not installed: pip install pyarrow (or keep it in memory: log=True)"
        ) from None
    return pyarrow, parquet
