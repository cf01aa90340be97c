"""The surroundings in which mutants and their killers are played: without a compiler, on one thread, writing nothing into the tree.

In: a function. Out: who plays when it is changed. A rule is played by Python (``plain``), since what is compiled would not know of the
change; all else by the WebAssembly that ships (``wasm``), where a market takes a tenth of the time.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ladsim.hosts.cache import cache_dir
from ladsim.hosts.sources import _MARKS as MARKS
from tests.acceptance.rules import ROOT

FOLDERS = ("model", "scenario/programs", "engine", "measures", "planning")
PACKAGE = ROOT / "ladsim"
HOSTS = ("plain", "wasm")
MODULE = "<module>"  # the name of what stands outside of functions


def host_of(file: str, function: str) -> str:
    """Who plays a market in which this function is changed."""
    folder = file.rpartition("/")[0]
    marked = _marked(file) if folder == "engine" else set()
    is_rule = folder in ("model", "scenario/programs") or (
        marked and (function == MODULE or function.partition(".")[0] in marked)
    )
    return "plain" if is_rule else "wasm"


@cache
def _marked(file: str) -> set[str]:
    """The rules of a file, by name."""
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and is_marked(node)}


def is_marked(function: ast.FunctionDef) -> bool:
    """Whether a function is a rule."""
    names = [mark.func if isinstance(mark, ast.Call) else mark for mark in function.decorator_list]
    return any(isinstance(name, ast.Name) and name.id in MARKS for name in names)


def environment(paths: Sequence[Path], host: str) -> dict[str, str]:
    """The environment of a Python that finds modules in these folders first, and plays by this host."""
    own = {
        "NUMBA_DISABLE_JIT": "1" if host == "plain" else "0",
        "LADSIM_HOST": "" if host == "plain" else host,
        "LADSIM_CACHE_DIR": str(cache_dir()),  # where WebAssembly was made machine code before
        "LADSIM_GRAPH_CACHE_GB": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([*map(str, paths), os.environ.get("PYTHONPATH", "")]),
    }
    return os.environ | own


def options() -> list[str]:
    """Words for pytest: the project's settings, but that modules are found where the environment says."""
    return [
        "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-o", "pythonpath=", "-p", "no:cacheprovider", "-p", "no:xdist",
        "-q", "--no-header", "--tb=no", "--assert=plain",
    ]  # fmt: skip
