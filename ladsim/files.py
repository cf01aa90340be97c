"""Files and folders written in one move: all of a new one stands there afterwards, or what stood there before.

In: a place, and what writes. Out: the file or folder. It is written under another name beside the wanted one and renamed at the end.
Whatever goes wrong on the way, a full disk or Ctrl-C at any moment, nothing half-written is left behind; what a process that was
killed had begun bears a name of its own (``is_begun``), under which nobody looks for it, and ``remove_abandoned`` takes it away. What is
new has the permissions that the system gives to new files, what takes the place of another has those of that one.

Nothing else in ladsim renames, or makes temporary files.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ladsim.interrupts import whole

_BEGUN, _OLD = ".new-", ".old-"  # begin the names of what is being written, and of a folder that is being replaced


class NewFile:
    """A file that is written bit by bit at `place`, and appears under its own name with ``finish``.

    It does not outlive this object otherwise, even where Ctrl-C comes while it is being taken away. A link leads to the file that it
    names. Raises OSError.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.target = Path(os.path.realpath(path))
        with whole():
            handle, name = tempfile.mkstemp(
                prefix=f"{_BEGUN}{self.target.stem}.", suffix=self.target.suffix, dir=self.target.parent
            )
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
        fresh = Path(tempfile.mkdtemp(prefix=f"{_BEGUN}{target.name}.", dir=target.parent))
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


def _take_place(fresh: Path, target: Path, kept: Callable[[Path], Iterable[Path]]) -> None:
    """Rename `fresh` to `target`; what stood there comes back if that fails."""
    if not target.exists():
        os.rename(fresh, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f"{_OLD}{target.name}.", dir=target.parent))
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


def is_begun(name: str) -> bool:
    """Whether a file or folder of this name is one that is being written, or was when its process was killed."""
    return name.startswith(_BEGUN)


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
