"""Files written in one move: all of a new one stands there afterwards, or what stood there before.

Whatever goes wrong on the way, a full disk or Ctrl-C at any moment, nothing half-written is left behind.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ladsim.interrupts import whole


def in_one_move(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` write a file at the place that it is given; then that takes the place of `path`. Raises OSError.

    A link leads to the file that it names; an older file's permissions stay.
    """
    target = Path(os.path.realpath(path))
    with whole() as moment:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}.", suffix=target.suffix, dir=target.parent)
        place = Path(name)
        try:
            os.close(handle)
            with moment.heard():
                write(place)
            os.chmod(place, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            os.replace(place, target)
        finally:
            place.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="ladsim-", ignore_cleanup_errors=True) as name:
        yield Path(name)
