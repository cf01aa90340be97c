"""Temporary files and folders beside what they will become, and those that a killed process has left there.

In: a folder, and the name of what is written in it. Out: a prefix for a temporary name, hidden and with this process in it; and what
lies there under such a name of a process that is gone. Whoever writes the same thing next clears it away.

>>> beginning("shop", OLD).startswith(".old-"), beginning("shop").endswith(".shop.")
(True, True)
"""

from __future__ import annotations

import os
import platform
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

NEW, OLD = "new", "old"  # what is being written, and a folder that is being replaced
_LONG = 80  # characters of a name that a temporary one repeats: systems allow some 250
_THIS = f"{time.perf_counter_ns() & 0xFFFFFF:06x}"  # tells this process from an earlier one with its number


def beginning(name: str, kind: str = NEW) -> str:
    """How the temporary name of something called `name` begins. `kind` tells what is on its way from what it takes the place of."""
    return f".{kind}-{os.getpid()}-{_computer()}-{_THIS}.{name[:_LONG]}."


def left_behind(folder: Path, name: str, kind: str = NEW) -> Iterator[Path]:
    """What lies in a folder under such a name, though nobody works at it any more."""
    form = re.compile(rf"\.{kind}-(\d+)-([0-9a-f]{{8}})-([0-9a-f]{{6}})\.{re.escape(name[:_LONG])}\.")
    with suppress(OSError):
        for entry in os.scandir(folder):
            found = form.match(entry.name)
            if found is not None and _is_gone(int(found[1]), found[2], found[3]):
                yield Path(entry.path)


@cache
def _computer() -> str:
    """Which computer this is: a folder may be shared with others, whose processes nobody sees here."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_gone(process: int, computer: str, token: str) -> bool:
    """Whether a process is no more; where nobody can be asked it is taken to be alive."""
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
    return False
