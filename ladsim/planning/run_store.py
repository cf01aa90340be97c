"""Units of futures kept on disk: what was played once is read the next time, whoever asks for it.

In: the key of a work and the number of a unit (``unit_keys``), bytes. Out: the same bytes, or nothing. A folder holds an index (SQLite, with
a write-ahead log, so that many processes read and write at once) and packs: files to which one process adds units of one work, one behind
the other. Tried on units of 20 and 115 kB: a file each takes .44 and .48 ms to write, a row of the index .25 and 1.3 ms, a pack with a
row that says where .10 and .13 ms.

What must hold, and how:

- Nothing wrong is ever read: a unit in a pack bears its key and a checksum, so a damaged pack or index only means that it is not found.
- A unit that is in the index is whole: its row is written after its bytes. A killed process loses the unit it was at, and no other.
- A damaged index is begun anew; packs that no index knows are removed.
- A full or read-only disk never fails a study: every method that writes says whether it could.
- The folder stays within its limit: the work that was used longest ago goes first, those of the study that is running never.

To keep units elsewhere: a class with ``work``, ``find``, ``keep`` and ``count``.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from ladsim.files import GrowingFile
from ladsim.planning.unit_bytes import DamagedError, entry, read_entry
from ladsim.planning.unit_keys import unit_key

FORM = 1
INDEX = "index.sqlite"
LEAST_FREE = 100_000_000  # bytes that stay free on the disk
_WAIT = 10.0  # seconds for another process that is writing
_LOOK = 8_000_000  # bytes that a process adds before it looks at the limit again
_ROOM = 0.9  # of the limit stays when something had to go
_SCHEMA = f"""
CREATE TABLE works (id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, said TEXT NOT NULL, used INTEGER NOT NULL);
CREATE TABLE packs (id INTEGER PRIMARY KEY AUTOINCREMENT, work INTEGER NOT NULL REFERENCES works ON DELETE CASCADE,
 name TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0);
CREATE INDEX packs_of ON packs (work);
CREATE TABLE units (work INTEGER NOT NULL, number INTEGER NOT NULL, pack INTEGER NOT NULL REFERENCES packs ON DELETE CASCADE,
 place INTEGER NOT NULL, size INTEGER NOT NULL, runs INTEGER NOT NULL, PRIMARY KEY (work, number)) WITHOUT ROWID;
CREATE INDEX units_of ON units (pack);
PRAGMA user_version = {FORM};
"""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH)
_NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)  # what is there can still be read
R = TypeVar("R")
_left: list[Any] = []  # connections of the process that this one is a copy of: to close them would touch that one's locks


@dataclass(frozen=True)
class KeptWork:
    """A work of which units are kept."""

    id: int
    key: bytes
    said: Mapping[str, Any]  # what ``RunStore.work`` was told of it
    units: int
    size: int  # bytes on disk
    used: int  # counts up: the larger, the later
    day: float | None  # when its packs were last written to or read, in seconds since 1970; None where they are gone


@dataclass
class RunStore:
    """A folder of units; in a copy of this process, too. Nothing of it raises for what the disk or the index is like, but where it says so."""

    folder: Path
    limit: int  # bytes
    _pid: int = 0
    _index: sqlite3.Connection | None = field(default=None, repr=False)
    _growing: dict[int, tuple[int, GrowingFile]] = field(
        default_factory=dict, repr=False
    )  # by work: number of the pack, and its file
    _open: dict[str, BinaryIO] = field(default_factory=dict, repr=False)
    _since: int = 0  # bytes added since the limit was looked at
    _mine: set[int] = field(default_factory=set, repr=False)  # works of the study that is running
    is_lost: bool = False  # the index cannot be had: nobody asks for it again
    _is_ending: bool = False  # a unit could not be kept: no more are

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pid": 0, "_index": None, "_growing": {}, "_open": {}}

    # What a study asks.

    def work(self, key: bytes, said: Callable[[], Mapping[str, Any]]) -> int | None:
        """The number of a work, which is used now; None where it cannot be kept. `said`: what is listed of a new one, as JSON values."""

        def noted(index: sqlite3.Connection) -> int:
            if index.execute("SELECT 1 FROM works WHERE key = ?", (key,)).fetchone() is None:
                index.execute("INSERT OR IGNORE INTO works (key, said, used) VALUES (?, ?, 0)", (key, json.dumps(said())))
            index.execute("UPDATE works SET used = (SELECT max(used) + 1 FROM works) WHERE key = ?", (key,))
            number = int(index.execute("SELECT id FROM works WHERE key = ?", (key,)).fetchone()[0])
            for (name,) in index.execute("SELECT name FROM packs WHERE work = ?", (number,)).fetchall():
                with suppress(OSError):
                    os.utime(self.folder / name)
            return number

        number = self._tried(noted)
        if number is not None:
            self._mine.add(number)
        return number

    def find(self, work: int, key: bytes, number: int) -> bytes | None:
        """The bytes of a unit; None where there are none, or where they are damaged: then nobody looks for them again."""
        found = self._tried(
            lambda index: index.execute(
                "SELECT name, place, size FROM units JOIN packs ON packs.id = pack WHERE units.work = ? AND number = ?",
                (work, number),
            ).fetchone()
        )
        if found is None:
            return None
        try:
            name, place, size = str(found[0]), int(found[1]), int(found[2])
            return read_entry(self._pack(name), place, size, unit_key(key, number))
        except (DamagedError, OSError, ValueError, TypeError, OverflowError, MemoryError):
            return None

    def keep(self, work: int, key: bytes, number: int, data: bytes) -> bool:
        """Keep a unit; whether that was done."""
        piece = entry(unit_key(key, number), data)
        if self._is_ending or not self._has_room(len(piece)):
            self._is_ending = True
            return False

        def added(index: sqlite3.Connection) -> bool:
            pack, file = self._own_pack(index, work)
            place = file.add(piece)
            with _at_once(index):
                index.execute(
                    "INSERT INTO units VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (work, number) DO UPDATE SET "
                    "pack = excluded.pack, place = excluded.place, size = excluded.size, runs = runs + 1",
                    (work, number, pack, place, len(piece)),
                )
                index.execute("UPDATE packs SET bytes = ? WHERE id = ?", (file.size, pack))
            return True

        try:
            self._is_ending = not self._tried(added)
        except sqlite3.IntegrityError:  # somebody has deleted the work, and its packs with it
            self._close_packs()
            return False
        return not self._is_ending

    def count(self, work: int) -> int:
        """How many units of a work are kept."""
        found = self._tried(lambda index: index.execute("SELECT count(*) FROM units WHERE work = ?", (work,)).fetchone())
        return int(found[0]) if found else 0

    # What is asked about it.

    def works(self) -> list[KeptWork]:
        """Everything that is kept, used last first."""
        rows = self._tried(
            lambda index: index.execute(
                "SELECT id, key, said, used, (SELECT count(*) FROM units WHERE work = works.id), "
                "(SELECT total(bytes) FROM packs WHERE work = works.id), (SELECT group_concat(name, '/') FROM packs WHERE work = works.id) "
                "FROM works ORDER BY used DESC"
            ).fetchall()
        )
        return [found for row in rows or () if (found := self._as_work(row)) is not None and found.units]

    def numbers(self, work: int) -> list[int]:
        """Which units of a work are kept."""
        found = self._tried(
            lambda index: index.execute("SELECT number FROM units WHERE work = ? ORDER BY number", (work,)).fetchall()
        )
        return [int(number) for (number,) in found or ()]

    def delete(self, works: list[int]) -> int:
        """Remove works with all their units; the bytes that this has freed."""
        return self._tried(lambda index: self._without(index, works)) or 0

    def delete_all(self) -> int:
        """Remove everything, the index too, whatever its state; the bytes that this has freed. Raises OSError where that is not allowed."""
        self.close()
        freed = 0
        for place in [*self.folder.glob("*.pack"), *(self.folder / f"{INDEX}{end}" for end in ("-wal", "-shm", ""))]:
            with suppress(FileNotFoundError):
                size = place.stat().st_size
                place.unlink()
                freed += size
        return freed

    @property
    def size(self) -> int:
        """Bytes on disk, the index included."""
        total = 0
        with suppress(OSError):
            for place in os.scandir(self.folder):
                with suppress(OSError):
                    total += place.stat().st_size if place.name.startswith(INDEX) or place.name.endswith(".pack") else 0
        return total

    def is_full(self) -> bool:
        """Whether the disk has no room for more."""
        try:
            return shutil.disk_usage(self.folder).free < LEAST_FREE
        except OSError:
            return False

    def close(self) -> None:
        """Let go of all files."""
        self._close_packs()
        for file in self._open.values():
            file.close()
        self._open = {}
        if self._index is not None and self._pid == os.getpid():
            with suppress(sqlite3.Error):
                self._index.close()
        self._index = None

    # The index.

    def _tried(self, work: Callable[[sqlite3.Connection], R]) -> R | None:
        """What `work` gives with the index, None where that cannot be had. Of a damaged one a new one is made. Raises IntegrityError."""
        if self.is_lost:
            return None
        for _ in range(2):
            try:
                return work(self._connected())
            except sqlite3.IntegrityError:
                raise
            except sqlite3.DatabaseError as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                if code in _DAMAGED:
                    self._begin_anew()
                    continue
                if code in _NO_ROOM and self._index is not None:
                    return None
                break
            except (OSError, ValueError, TypeError):
                if self._index is not None:
                    return None
                break
        self.is_lost = True
        return None

    def _connected(self) -> sqlite3.Connection:
        """The index, opened by this process. Raises OSError and sqlite3.Error."""
        if self._index is not None and self._pid == os.getpid():
            return self._index
        if self._index is not None:
            _left.extend((self._index, self._growing, self._open))
        self._index, self._growing, self._open, self._pid = None, {}, {}, os.getpid()
        self.folder.mkdir(parents=True, exist_ok=True)
        index = sqlite3.connect(self.folder / INDEX, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            index.execute("PRAGMA foreign_keys = ON")
            form = int(index.execute("PRAGMA user_version").fetchone()[0])
            if form != FORM:
                _lay_out(index)
            index.execute("PRAGMA journal_mode = WAL")
            index.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            index.close()
            raise
        self._index = index
        return index

    def _begin_anew(self) -> None:
        """Remove a damaged index; its packs go with it."""
        self.close()
        for end in ("-wal", "-shm", ""):
            with suppress(OSError):
                os.unlink(self.folder / f"{INDEX}{end}")
        for pack in self.folder.glob("*.pack"):
            with suppress(OSError):
                pack.unlink()

    def _as_work(self, row: tuple[Any, ...]) -> KeptWork | None:
        try:
            number, key, said, used, units, size, names = row
            days = []
            for name in (names or "").split("/"):
                with suppress(OSError):
                    days.append((self.folder / name).stat().st_mtime if name else 0.0)
            return KeptWork(
                int(number), bytes(key), dict(json.loads(said)), int(units), int(size), int(used), max(days, default=None)
            )
        except (ValueError, TypeError):
            return None

    # Packs.

    def _pack(self, name: str) -> BinaryIO:
        """A pack to read from. Raises OSError."""
        if name not in self._open:
            if len(self._open) >= 64:
                self._open.pop(next(iter(self._open))).close()
            self._open[name] = (self.folder / os.path.basename(name)).open("rb", buffering=0)  # type: ignore[assignment]
        return self._open[name]

    def _own_pack(self, index: sqlite3.Connection, work: int) -> tuple[int, GrowingFile]:
        """The pack of a work to which this process adds. Raises OSError and sqlite3.Error."""
        if work not in self._growing:
            with _at_once(index):
                number = int(index.execute("INSERT INTO packs (work) VALUES (?) RETURNING id", (work,)).fetchone()[0])
                name = f"{work}-{number}-{os.getpid()}.pack"
                index.execute("UPDATE packs SET name = ? WHERE id = ?", (name, number))
            with suppress(OSError):
                (self.folder / name).unlink()  # of an index that is no more
            self._growing[work] = number, GrowingFile(self.folder / name)
        return self._growing[work]

    def _close_packs(self) -> None:
        if self._pid == os.getpid():
            for _, file in self._growing.values():
                file.close()
        self._growing = {}

    def _has_room(self, more: int) -> bool:
        """Whether so many bytes more are within the limit, and on the disk; looked at from time to time."""
        look = min(_LOOK, self.limit // 16)
        if self._since and self._since + more < look:
            self._since += more
            return True
        if self.is_full():
            return False
        room = self._tried(lambda index: self._make_room(index, more + look))
        self._since = more if room else 0
        return bool(room)

    def _make_room(self, index: sqlite3.Connection, more: int) -> bool:
        """Delete what was used longest ago, if so many bytes more are too many; whether there is room then."""
        total = int(index.execute("SELECT total(bytes) FROM packs").fetchone()[0])
        if total + more <= self.limit:
            return True
        going, wanted = [], total + more - int(self.limit * _ROOM)
        for number, size in index.execute(
            "SELECT works.id, total(bytes) FROM works LEFT JOIN packs ON packs.work = works.id GROUP BY works.id ORDER BY used"
        ).fetchall():
            if wanted <= 0:
                break
            if int(number) not in self._mine:
                going.append(int(number))
                wanted -= int(size)
        freed = self._without(index, going) if going else 0
        return total - freed + more <= self.limit

    def _without(self, index: sqlite3.Connection, works: list[int]) -> int:
        """Delete works, and all packs that nobody knows."""
        there = list(self.folder.glob("*.pack"))
        with _at_once(index):
            for number in works:
                index.execute("DELETE FROM units WHERE work = ?", (number,))
                index.execute("DELETE FROM works WHERE id = ?", (number,))
        known = {str(name) for (name,) in index.execute("SELECT name FROM packs").fetchall()}
        freed = 0
        for path in there:
            if path.name not in known:
                with suppress(OSError):
                    size = path.stat().st_size
                    if path.name in self._open:
                        self._open.pop(path.name).close()
                    path.unlink()
                    freed += size
        return freed


@contextmanager
def _at_once(index: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, and no other process in between."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def _lay_out(index: sqlite3.Connection) -> None:
    """Make the tables of a new index, once, however many processes find it empty. Raises sqlite3.Error."""
    index.execute("PRAGMA journal_mode = WAL")
    with _at_once(index):
        form = int(index.execute("PRAGMA user_version").fetchone()[0])
        if form == FORM:
            return
        if form or index.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            error = sqlite3.DatabaseError("of another version")
            error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
            raise error
        for statement in filter(None, map(str.strip, _SCHEMA.split(";"))):
            index.execute(statement)
