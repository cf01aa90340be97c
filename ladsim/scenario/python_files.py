"""A user's Python file, read and never run: its syntax tree, or what is wrong with it in words."""

from __future__ import annotations

import ast
import os
import warnings
from functools import lru_cache
from pathlib import Path

from ladsim.errors import Problem


def parsed(place: str, file: str) -> ast.Module | Problem:
    """The syntax tree of a file, or the problem with it at `place`."""
    if not os.path.isfile(file):
        return Problem(place, f"{file!r}, a folder" if os.path.isdir(file) else repr(file), "must be a Python file that exists")
    try:
        return _tree(file, os.stat(file).st_mtime_ns)
    except (SyntaxError, ValueError, OSError, MemoryError, RecursionError) as error:  # the last two: nested too deep
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        return Problem(place, f"{os.path.basename(file)}, which Python cannot read{line}", "must be Python")


@lru_cache(maxsize=16)
def _tree(file: str, changed: int) -> ast.Module:
    del changed  # part of the cache's key only
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python finds odd about a user's file, it says when the file is run
        return ast.parse(Path(file).read_bytes(), filename=file)
