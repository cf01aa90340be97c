"""The surroundings in which mutants and their killers are played: plain mode, one thread, nothing written beside the tests' own folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.acceptance.rules import ROOT

FOLDERS = ("model", "programs", "engine", "measures", "planning")
PACKAGE = ROOT / "ladsim"


def environment(paths: Sequence[Path]) -> dict[str, str]:
    """The environment of a Python that finds modules in these folders first."""
    own = {
        "NUMBA_DISABLE_JIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
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
