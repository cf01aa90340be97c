"""The lowest versions are those that pyproject.toml names: `make test-lowest` installs nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.lowest_versions import BESIDE, PROJECT, TOOLS, lowest

TEXT = PROJECT.read_text(encoding="utf-8")


def test_every_package_that_ladsim_runs_with_has_a_lower_bound() -> None:
    """Each of its dependencies is among them, with its bound, and nothing is left without one."""
    needed = tomllib.loads(TEXT)["project"]["dependencies"]
    bounds = dict(requirement.split(">=") for requirement in needed)
    assert bounds.items() <= lowest(TEXT).items()
    assert {"numba", "pyarrow", "pytest", "hypothesis"} <= set(lowest(TEXT))
    assert set(lowest(TEXT)).isdisjoint(TOOLS)
    assert BESIDE.items() <= lowest(TEXT).items()


def test_two_bounds_of_one_package_are_refused() -> None:
    """numba stands in two extras: both must say the same."""
    assert TEXT.count('"numba>=') == 2
    with pytest.raises(ValueError, match=r"numba has two lower bounds, 1\.0 and "):
        lowest(re.sub(r'"numba>=[^"]*"', '"numba>=1.0"', TEXT, count=1))


def test_the_lowest_python_is_the_one_that_plays_them() -> None:
    """`make test-lowest` looks for the Python that `requires-python` begins with."""
    version = tomllib.loads(TEXT)["project"]["requires-python"].removeprefix(">=")
    makefile = (Path(PROJECT).parent / "Makefile").read_text(encoding="utf-8")
    assert f"!= ({version.replace('.', ', ')}))" in makefile
