"""A user's Python file, read and never run: its syntax tree, or what is wrong with it in words."""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from pathlib import Path

from ladsim.errors import Problem


def parsed(place: str, file: str) -> ast.Module | Problem:
    """The syntax tree of a file, or the problem with it at `place`."""
    if not os.path.isfile(file):
        return Problem(place, repr(file), "must be a Python file that exists")
    try:
        return _tree(file, os.stat(file).st_mtime_ns)
    except (SyntaxError, ValueError, OSError) as error:
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        return Problem(place, f"{os.path.basename(file)}, which Python cannot read{line}", "must be Python")


@lru_cache(maxsize=16)
def _tree(file: str, changed: int) -> ast.Module:
    del changed  # part of the cache's key only
    return ast.parse(Path(file).read_bytes(), filename=file)
