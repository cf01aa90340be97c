"""Which rules made a table: a fingerprint over the sources that decide a part's results, and the commit they stand at.

In: files and folders. Out: 16 hexadecimal digits. Comments and docstrings of Python files do not count, all else does, also the
content of scenario files and catalogues: what cannot change a result makes no table stale, and whatever can does.
"""

from __future__ import annotations

import ast
import hashlib
import io
import os
import subprocess
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLES = Path("docs") / "acceptance"
# What parts rest on: the rules of a customer's life with all that calls them, studies, and the makers of generated scenarios.
ENGINE = (
    "ladsim/hosts", "ladsim/compiled.py", "ladsim/streams.py", "ladsim/model", "ladsim/scenario", "ladsim/world", "ladsim/engine",
)  # fmt: skip
STUDIES = (*ENGINE, "ladsim/measures", "ladsim/theory", "ladsim/planning")
GENERATOR = (
    "tests/strategies.py", "tests/program_strategies.py", "tests/policies.py", "experiments/programs/birthday.py",
    "tests/acceptance/drawn.py",
)  # fmt: skip
_LEFT_OUT = ("__pycache__",)


@dataclass(frozen=True)
class Commit:
    """What git says of the working tree."""

    name: str  # short; empty where there is no git
    changed: bool  # with changes that are not committed, those of the tables aside

    def __str__(self) -> str:
        return (self.name or "no commit known") + (", with changes not committed" if self.changed else "")


def fingerprint(rests_on: Sequence[str], root: Path = ROOT) -> str:
    """16 digits that change with the content of these files and folders; raises FileNotFoundError where one is missing."""
    told = hashlib.sha256()
    for path in sorted(_files(rests_on, root)):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        content = _without_words(text) if path.suffix == ".py" else text
        told.update(f"{Path(os.path.relpath(path, root)).as_posix()}\0{len(content)}\0".encode() + content)
    return told.hexdigest()[:16]


def _files(rests_on: Sequence[str], root: Path) -> Iterator[Path]:
    for name in rests_on:
        path = root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (p for p in path.rglob("*") if p.is_file() and not any(part in _LEFT_OUT for part in p.parts))
        else:
            raise FileNotFoundError(f"{name}: what a part rests on must be there")


@lru_cache(maxsize=2000)
def _without_words(source: bytes) -> bytes:
    """A Python source without comments, docstrings and empty lines."""
    lines = source.decode("utf-8").split("\n")
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, False
        ):
            said = node.body[0]
            for row in range(said.lineno - 1, said.end_lineno or said.lineno):
                lines[row] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip()).encode()


def commit(root: Path = ROOT) -> Commit:
    """The commit of the working tree."""
    said = _git(["rev-parse", "--short=12", "HEAD"], root)
    changed = _git(["status", "--porcelain", "--", ".", f":!{TABLES.as_posix()}"], root)
    return Commit(said.strip(), bool(changed.strip()))


def _git(words: list[str], root: Path) -> str:
    try:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
