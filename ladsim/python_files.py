"""A user's Python file: its syntax tree, or what is wrong with it in words; what it imports from beside it; what it defines when run.

Reading runs nothing; only `defined` does.
"""

from __future__ import annotations

import ast
import os
import runpy
import sys
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ladsim.errors import Problem
from ladsim.files import no_file, read_at_most

MAX_BYTES = 500_000
MOST_DEEP = 100  # nodes of a syntax tree, one in the other


def parsed(place: str, file: str) -> ast.Module | Problem:
    """The syntax tree of a file, or the problem with it at `place`."""
    if not os.path.isfile(file):
        found = no_file(file)
        return Problem(place, f"{file!r}, {found}" if found else repr(file), "must be a Python file that exists")
    try:
        tree = _tree(file, os.stat(file).st_mtime_ns)
        if tree is None:
            return Problem(
                place, f"{os.path.basename(file)}, larger than {MAX_BYTES:,} bytes or nested too deep", "must be Python"
            )
        return tree
    except (SyntaxError, ValueError, OSError, MemoryError, RecursionError) as error:  # the last two: nested too deep
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        return Problem(place, f"{os.path.basename(file)}, which Python cannot read{line}", "must be Python")


@lru_cache(maxsize=16)
def _tree(file: str, changed: int) -> ast.Module | None:
    """The tree of a file; None where there is too much of it, or where it is so deep that whoever walks through it would fall."""
    del changed  # part of the cache's key only
    text = read_at_most(file, MAX_BYTES)
    if len(text) > MAX_BYTES:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python finds odd about a user's file, it says when the file is run
        tree = ast.parse(text, filename=file)
    level: list[ast.AST] = [tree]
    for _ in range(MOST_DEEP):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return tree
    return None


def with_imports(file: str) -> list[str]:
    """A Python file and all files from its folder, and below, that it imports or that those import: what its numbers may depend on.

    Found by its ``import`` statements, wherever they stand; of a package all its files. What is imported by a name worked out while it
    runs is not found, and neither are other folders, nor data that it reads.
    """
    folder = Path(file).absolute().parent
    found: dict[Path, None] = {}
    waiting = [Path(file).absolute()]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found[here] = None
        tree = parsed("", str(here))
        if isinstance(tree, ast.Module):
            waiting += [path for name in _imported(tree, here, folder) for path in _files_of(folder, name)]
    return sorted(str(path) for path in found)


def defined(file: Path) -> dict[str, Any]:
    """Everything that a file defines when it is run, with its own folder as the last place to import from.

    What it imported from there is forgotten again, so that the next time a changed file is read anew.
    """
    folder, before = file.absolute().parent, set(sys.modules)
    sys.path.append(str(folder))
    try:
        return runpy.run_path(str(file))
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if (
                origin is not None
                and folder in Path(origin).absolute().parents
                and _LADSIM not in Path(origin).absolute().parents
            ):
                del sys.modules[name]


def stamp(file: str) -> tuple[tuple[str, int], ...]:
    """A file and what it imports, each with the time of its last change: another one where any of them has changed."""
    return tuple((name, os.stat(name).st_mtime_ns) for name in with_imports(file) if os.path.isfile(name))


def _imported(tree: ast.Module, file: Path, folder: Path) -> Iterator[tuple[str, ...]]:
    """The names that a file imports, in parts, as seen from the folder."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = tuple(node.module.split(".")) if node.module else ()
            above = file.parent.relative_to(folder).parts
            start = above[: max(0, len(above) - node.level + 1)] if node.level else ()
            yield from ((*start, *base, alias.name) for alias in node.names)


def _files_of(folder: Path, name: tuple[str, ...]) -> Iterator[Path]:
    """The files in a folder that an import of this name runs: a module, or a package with all that is in it."""
    if folder / name[0] == _LADSIM:
        return
    for length in range(len(name), 0, -1):
        module = folder.joinpath(*name[:length]).with_suffix(".py")
        package = folder.joinpath(*name[:length])
        if module.is_file():
            yield module
        if (package / "__init__.py").is_file():
            yield from sorted(package.rglob("*.py"))


_LADSIM = Path(__file__).absolute().parent
