"""Temporary files and folders beside what they will become, and those that a killed process has left there.

In: a folder, and the name of what is written in it. Out: a prefix for a temporary name, hidden and with this process in it; and what
lies there under such a name of a process that is gone. Whoever writes the same thing next clears it away.

>>> beginning("shop", "old").startswith(".shop.old.")
True
"""

from __future__ import annotations

import os
import platform
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

_LONG = 80  # characters of a name that a temporary one repeats: systems allow some 250
_AGE = 24 * 3600.0  # seconds after which what names no process of this computer is nobody's any more
_THIS = f"{time.perf_counter_ns() & 0xFFFFFF:06x}"  # tells this process from an earlier one with its number


def beginning(name: str, kind: str = "new") -> str:
    """How the temporary name of something called `name` begins. `kind` tells what is on its way from what it takes the place of."""
    return f"{_prefix(name, kind)}{os.getpid()}-{_computer()}-{_THIS}."


def left_behind(folder: Path, name: str, kind: str = "new") -> Iterator[Path]:
    """What lies in a folder under such a name, though nobody works at it any more."""
    form = re.compile(re.escape(_prefix(name, kind)) + r"(\d+)-([0-9a-f]{8})-([0-9a-f]{6})\.")
    with suppress(OSError):
        for entry in os.scandir(folder):
            found = form.match(entry.name)
            if found is not None and _is_gone(int(found[1]), found[2], found[3], Path(entry.path)):
                yield Path(entry.path)


def _prefix(name: str, kind: str) -> str:
    return f".{name[:_LONG]}.{kind}."


@cache
def _computer() -> str:
    """Which computer this is: a folder may be shared with others, whose processes nobody sees here."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_gone(process: int, computer: str, token: str, path: Path) -> bool:
    """Whether the process that made something is no more; by its age, where it cannot be asked for."""
    if computer == _computer() and process == os.getpid():
        return token != _THIS
    if computer == _computer() and os.name == "posix":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        except OSError:  # somebody else's, and alive
            return False
        return False
    with suppress(OSError), tempfile.TemporaryFile(dir=path.parent) as now:
        return os.fstat(now.fileno()).st_mtime - path.stat().st_mtime > _AGE
    return False
