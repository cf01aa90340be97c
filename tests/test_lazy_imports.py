"""The commands answer at once: what is heavy is imported only by what needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"numpy", "numba", "pandas", "matplotlib", "scipy", "networkx", "simpy", "pyarrow", "xlsxwriter", "duckdb", "sqlalchemy"}


def modules_loaded_by(*arguments: str) -> set[str]:
    """Top-level packages that `python ARGUMENTS` imports, by the interpreter's own account (-X importtime)."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_the_account_is_read_rightly() -> None:
    """An import that does happen is seen."""
    assert "json" in modules_loaded_by("-c", "import json.decoder")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import ladsim"),
        ("-m", "ladsim.cli", "--help"),
        ("-m", "ladsim.cli", "check", "acquisition_vs_retention"),
        ("-m", "ladsim.cli", "explain", "churn_rate", "--language", "da"),
    ],
    ids=["import ladsim", "ladsim --help", "ladsim check", "ladsim explain"],
)
def test_nothing_heavy_is_loaded(arguments: tuple[str, ...]) -> None:
    """`import ladsim`, the help, the check of a shipped scenario and an explanation load no numerical and no plotting library."""
    loaded = modules_loaded_by(*arguments)
    assert "ladsim" in loaded
    assert not loaded & HEAVY, f"loaded: {', '.join(sorted(loaded & HEAVY))}"
