"""Whether all rules are compiled: a note that lies beside them, written when the last one was done, and by nobody before.

The note is that of one installed package, one Python and one processor: Numba opens nothing that another has compiled, nor what was
compiled before a source was touched. It names every file that must be there, and how large it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ladsim.files import in_one_move
from ladsim.hosts.cache import cache_dir
from ladsim.hosts.sources import PACKAGE, SOURCES, hash_of

_NAME = "ready-{}.json"


def may_be() -> bool:
    """Whether there is a note of any package, Python or version: without one nothing needs to be looked at more closely."""
    return any((cache_dir() / "rules").glob("*/" + _NAME.format("*")))


def note_of(folder: Path, processor: str) -> Path:
    """Where the note of this package lies among what was compiled."""
    return folder / _NAME.format(hash_of(str(PACKAGE), sys.implementation.cache_tag or "", processor))


def leave(folder: Path, processor: str, functions: int, files: Iterable[Path]) -> None:
    """Write the note: so many functions can be called at once, for these files are there. Nothing where it cannot be written."""
    said = {
        "package": str(PACKAGE),
        "functions": functions,
        "sources": _sources(),
        "files": {str(path.relative_to(folder)): path.stat().st_size for path in files},
    }
    with suppress(OSError):
        in_one_move(note_of(folder, processor), lambda place: place.write_text(json.dumps(said), encoding="utf-8"))


def is_left(folder: Path, processor: str) -> bool:
    """Whether there is a note, and all that it names is as it says."""
    try:
        said: dict[str, Any] = json.loads(note_of(folder, processor).read_text(encoding="utf-8"))
        return said["sources"] == _sources() and all(
            (folder / name).stat().st_size == size for name, size in said["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none, or a damaged one
        return False


def _sources() -> str:
    """What Numba compares: when each source was changed last, and how large it is."""
    paths = [path for pattern in (*SOURCES, "scenario/programs/*.py") for path in sorted(PACKAGE.glob(pattern))]
    return hash_of(*(f"{path.name} {found.st_mtime_ns} {found.st_size}" for path in paths for found in (path.stat(),)))
