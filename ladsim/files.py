"""Files and folders written in one move: all of a new one stands there afterwards, or what stood there before. Small files read.

In: a place, and what writes. Out: the file or folder. It is written under another name beside the wanted one and renamed at the end.
Whatever goes wrong on the way, a full disk or Ctrl-C at any moment, nothing half-written is left behind; what a process that was
killed had begun bears a name of its own (``is_begun``), under which nobody looks for it: the next one that writes there clears it away
(``leftovers``), or ``remove_abandoned`` does. What is new has the permissions that the system gives to new files, what takes the place
of another has those of that one.

What is read may have been named by a stranger, so it has a bound: a pipe would keep the reader waiting for ever, a device has no end.

Nothing else in ladsim renames, or makes temporary files.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ladsim.errors import OutputError
from ladsim.interrupts import whole
from ladsim.leftovers import NEW, OLD, beginning, left_behind


class NewFile:
    """A file that is written bit by bit at `place`, and appears under its own name with ``finish``.

    It does not outlive this object otherwise, even where Ctrl-C comes while it is being taken away. A link leads to the file that it
    names. Raises OSError.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.target = Path(os.path.realpath(path))
        with whole():
            for old in left_behind(self.target.parent, self.target.stem):
                _remove(str(old))
            handle, name = tempfile.mkstemp(prefix=beginning(self.target.stem), suffix=self.target.suffix, dir=self.target.parent)
            self.place = Path(name)
            self._leave_nothing = weakref.finalize(self, _remove, name)
            os.close(handle)

    def finish(self) -> None:
        """Let it take the place of what stood there."""
        with whole():
            os.chmod(self.place, _permissions(self.target, 0o666))
            os.replace(self.place, self.target)

    def discard(self) -> None:
        """Leave nothing behind."""
        self._leave_nothing()


def in_one_move(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` write a file at the place that it is given; then that takes the place of `path`. Raises OSError."""
    with whole() as moment:
        new = NewFile(path)
        try:
            with moment.heard():
                write(new.place)
            new.finish()
        finally:
            new.discard()


def write_file(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` write a file of the user's, in one move. Raises OutputError, also where what stands at `path` is no file.

    A link leads to the file that it names.
    """
    if no_file(path):
        raise OutputError(f"{path}: is no file, so it is not replaced; give the name of a file")
    try:
        in_one_move(path, write)
    except OSError as problem:
        raise OutputError(f"{path}: could not be written ({problem.strerror or problem}); nothing was changed") from problem


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text in one move, safely on the disk. Raises OutputError.

    What is no file (a device, a pipe) is never replaced, but written to as it is; a pipe that nobody reads from is refused, for to
    open it would wait for ever.
    """
    if not no_file(path):
        write_file(path, lambda place: _write_safely(place, text))
        return
    try:
        with open(path, "w", encoding="utf-8", newline="", opener=_at_once) as stream:
            stream.write(text)
    except OSError as problem:
        reason = "nobody reads from it" if problem.errno == errno.ENXIO else problem.strerror or problem
        raise OutputError(f"{path}: could not be written ({reason}); nothing was changed") from problem


def _at_once(path: str, flags: int) -> int:
    """Open what is no file, without waiting for a reader."""
    without_waiting = getattr(os, "O_NONBLOCK", 0)  # Windows has none, and no such pipes
    handle = os.open(path, flags | without_waiting)
    if without_waiting:
        os.set_blocking(handle, True)
    return handle


def _write_safely(place: Path, text: str) -> None:
    """Write a text so that it is on the disk, and not on its way there."""
    with place.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def folder_in_one_move(
    path: str | os.PathLike[str],
    fill: Callable[[Path], object],
    *,
    replace: bool = True,
    kept: Callable[[Path], Iterable[Path]] = lambda old: (),
) -> None:
    """Let `fill` fill an empty folder, which then takes the place of `path`. Raises OSError.

    `kept` says which files of an older folder move along, relative to it, where the new one has none of that name. Without `replace` an
    older folder stays, and the new one goes.
    """
    target = Path(os.path.realpath(path))
    with whole() as moment:
        _finish_what_was_begun(target, kept)
        fresh = Path(tempfile.mkdtemp(prefix=beginning(target.name), dir=target.parent))
        try:
            permissions = _permissions(target, 0o777)
            with moment.heard():
                fill(fresh)
            if replace:
                _take_place(fresh, target, kept)
            else:
                os.replace(fresh, target)
            os.chmod(target, permissions)  # last: files that are kept must have got in
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _finish_what_was_begun(target: Path, kept: Callable[[Path], Iterable[Path]]) -> None:
    """Clear away what a process that was killed in the midst of this has left beside a folder; nothing that was only there is lost."""
    for old in left_behind(target.parent, target.name, OLD):
        if target.exists():
            _carry_over(old, target, kept(old))
        else:
            os.rename(old, target)
    for fresh in left_behind(target.parent, target.name):
        shutil.rmtree(fresh, ignore_errors=True)


def _take_place(fresh: Path, target: Path, kept: Callable[[Path], Iterable[Path]]) -> None:
    """Rename `fresh` to `target`; what stood there comes back if that fails."""
    if not target.exists():
        os.rename(fresh, target)
        return
    old = Path(tempfile.mkdtemp(prefix=beginning(target.name, OLD), dir=target.parent))
    os.rmdir(old)
    os.rename(target, old)
    try:
        os.rename(fresh, target)
    except BaseException:
        # Where another run has put its own there in the meantime, that one stays, with the files that are kept.
        if not target.exists():
            os.rename(old, target)
        else:
            _carry_over(old, target, kept(old))
        raise
    _carry_over(old, target, kept(old))


def _carry_over(old: Path, new: Path, kept: Iterable[Path]) -> None:
    """Move files from one folder to another that has none of their names, and remove the first."""
    for name in kept:
        if not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            os.rename(old / name, new / name)
    shutil.rmtree(old, ignore_errors=True)


class GrowingFile:
    """A new file that grows at its end, a whole piece at a time, and belongs to one process. Raises OSError, also where it is there already.

    A piece of which not all could be written counts for nothing: the next one is written over it. Who reads it needs a sum over each piece.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.size = 0  # bytes of whole pieces
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)

    def add(self, piece: bytes) -> int:
        """Write a piece; the place at which it begins."""
        place = os.lseek(self._handle, self.size, os.SEEK_SET)
        left = memoryview(piece)
        while left:
            left = left[os.write(self._handle, left) :]
        self.size += len(piece)
        return place

    def close(self) -> None:
        """Nothing more is added."""
        with suppress(OSError):
            os.close(self._handle)


_BLOCK = 1 << 20  # bytes that are read at once
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def no_file(path: str | os.PathLike[str]) -> str:
    """What stands at `path` in place of a file, in words; empty where it is a file, or where there is nothing."""
    try:
        return _KINDS.get(stat.S_IFMT(os.stat(path).st_mode), "")
    except (OSError, ValueError):
        return ""


def read_at_most(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a file, or the first `most` + 1 of a longer one. Raises OSError, also where `path` is no file.

    It never waits. A file that the system says is empty is not asked: those of /proc are none, and some of them never answer.
    """
    if found := no_file(path):
        raise OSError(errno.EINVAL, f"it is {found}, not a file")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        there = os.fstat(handle)
        if not stat.S_ISREG(there.st_mode):
            raise OSError(errno.EINVAL, "is no file")
        parts, left = [], most + 1 if there.st_size else 0
        while left and (part := os.read(handle, min(left, _BLOCK))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def is_begun(name: str) -> bool:
    """Whether a file or folder of this name is one that is being written, or was when its process was killed."""
    return name.startswith(f".{NEW}-")


def remove_abandoned(folder: Path, seconds: float, now: float) -> None:
    """Remove from a folder what was last written to so many seconds before `now`, as the folder's own clock has it, or longer ago."""
    for place in os.scandir(folder):
        with suppress(OSError):  # another process may be removing it
            if is_begun(place.name) and now - place.stat().st_mtime > seconds:
                shutil.rmtree(place.path, ignore_errors=True) if place.is_dir() else os.unlink(place.path)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="ladsim-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def refuse_read_only(folder: Path) -> None:
    """Raise OSError where no file can be made in a folder."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def own_temporary_folder() -> Path:
    """A temporary folder that is the user's own, the same for all processes: what lies in it may be run."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    place = Path(tempfile.gettempdir()) / f"ladsim-{'user' if owner is None else owner}"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        if place.is_symlink() or (owner is not None and place.stat().st_uid != owner):
            raise PermissionError(place)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="ladsim-"))
    return place


def _permissions(target: Path, most: int) -> int:
    """Those of what stands there, else those that the system gives to what is new."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return most & ~mask


def _remove(path: str) -> None:
    """Take a temporary file away, if it is there."""
    with suppress(OSError):
        os.unlink(path)
