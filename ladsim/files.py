"""Files written in one move: all of a new one stands there afterwards, or what stood there before. And small files read, with a bound.

Whatever goes wrong on the way, a full disk or Ctrl-C at any moment, nothing half-written is left behind. What is read may have been
named by a stranger: a pipe would keep the reader waiting for ever, and a device has no end.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from ladsim.interrupts import whole
from ladsim.leftovers import beginning, left_behind


def in_one_move(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` write a file at the place that it is given; then that takes the place of `path`. Raises OSError.

    A link leads to the file that it names; an older file's permissions stay.
    """
    target = Path(os.path.realpath(path))
    with whole() as moment:
        for old in left_behind(target.parent, target.stem):
            old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=beginning(target.stem), suffix=target.suffix, dir=target.parent)
        place = Path(name)
        try:
            os.close(handle)
            with moment.heard():
                write(place)
            os.chmod(place, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            os.replace(place, target)
        finally:
            place.unlink(missing_ok=True)


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
