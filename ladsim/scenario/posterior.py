"""Joint draws of what was fitted: a Parquet file that a scenario names, a column a number, each row as probable as another.

In: the path of the file, ranges that name a column of it (``{ low, high, posterior = "bg_nbd.leaving_a" }``). Out: `Joint`, from which
every study draws: all numbers of one parameter draw come from one row, so that what goes together in the data goes together in a future.
The row is addressed by (seed, draw, `LUCK`), for all strategies alike. pandas reads the file, by pyarrow (the extras `data` and `log`).
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from ladsim.errors import Problem, ScenarioError
from ladsim.files import no_file
from ladsim.scenario.address import numbers
from ladsim.scenario.number_types import Range
from ladsim.scenario.spec import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUCK = "posterior"  # the address of the row; no number of a scenario is called so
MOST_BYTES = 100_000_000
# How far the ends of a range may lie from the quantiles of its column, as a share of their distance: files round to four digits.
_ROUNDED = 0.02


class Joint(NamedTuple):
    """Draws of several numbers that belong together."""

    columns: Mapping[str, NDArray[Any]]  # name → values, all equally long
    rows: int

    def row(self, seed: int, draw: int) -> int:
        """Which row a parameter draw takes."""
        from ladsim.streams import parameter_uniform, value_at

        return value_at(parameter_uniform(seed, draw, LUCK), self.rows)

    def value(self, column: str, row: int | None) -> float:
        """A number in a row; its median without one."""
        values = self.columns[column]
        return float(statistics.median(values.tolist()) if row is None else values[row])


def joint_of(scenario: Scenario) -> Joint | None:
    """What a scenario draws together; None where none of its numbers is drawn so. Raises ScenarioError where the file does not fit."""
    if not scenario.posterior or not any(names_column(number.value) for number in numbers(scenario).values()):
        return None
    if found := list(problems(scenario)):
        raise ScenarioError(found)
    return read(scenario.posterior)


def names_column(value: object) -> str:
    """The column that a number's value is drawn from; empty where it is drawn by itself, or known."""
    return (value.posterior or "") if isinstance(value, Range) else ""


def _names_any(scenario: Scenario) -> bool:
    """Whether any range names a column: without the keys of all numbers, which take long to make where there are thousands."""
    waiting: list[Any] = [scenario]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Range):
            if one.posterior:
                return True
        elif isinstance(one, BaseModel):
            waiting.extend(one.__dict__.values())
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, tuple | list):
            waiting.extend(one)
    return False


def problems(scenario: Scenario) -> Iterator[Problem]:
    """What does not fit between a scenario and its file: no file, no such column, values that are not allowed, other ends."""
    if not scenario.posterior and not _names_any(scenario):
        return
    asked = {key: number for key, number in numbers(scenario).items() if names_column(number.value)}
    if not scenario.posterior:
        for key, number in asked.items():
            allowed = 'must stand with posterior = "FILE.parquet" at the top of the file'
            yield Problem(f"{key}.posterior", repr(names_column(number.value)), allowed)
        return
    try:
        joint = read(scenario.posterior)
    except ScenarioError as error:
        yield from error.problems
        return
    for key, number in asked.items():
        value = number.value
        assert isinstance(value, Range) and value.posterior
        if value.posterior not in joint.columns:
            yield Problem(f"{key}.posterior", repr(value.posterior), "must be a column of the file of the posterior")
            continue
        column = joint.columns[value.posterior]
        low, high = _ends(scenario.posterior, value.posterior)
        if not (number.limits.holds(float(column.min())) and number.limits.holds(float(column.max()))):
            yield Problem(
                f"{key}.posterior",
                f"values from {column.min():g} to {column.max():g}",
                f"must be {number.limits.words()} everywhere",
            )
        elif max(abs(value.low - low), abs(value.high - high)) > _ROUNDED * (high - low) + 1e-3 * abs(high):
            yield Problem(
                key,
                f"a range from {value.low:g} to {value.high:g}",
                f"must be {low:.4g} to {high:.4g}, the central 90 % of the posterior, or stand without the key posterior",
            )


def read(path: str) -> Joint:
    """The draws in a file, kept while it is not changed. Raises ScenarioError where it cannot be read, or holds no draws."""
    try:
        if said := no_file(path):
            raise ScenarioError([Problem("posterior", said, "must be a Parquet file, such as `ladsim calibrate` writes")])
        stand = os.stat(path)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        found = "no such file" if missing else "a file that cannot be read"
        raise ScenarioError([Problem("posterior", found, "must be a Parquet file, such as `ladsim calibrate` writes")]) from None
    if stand.st_size > MOST_BYTES:
        raise ScenarioError([Problem("posterior", "a file that is too large", f"must be at most {MOST_BYTES:,} bytes")])
    return _read(path, stand.st_size, stand.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, size: int, changed: int) -> Joint:
    import numpy as np
    import pandas as pd

    try:
        table = pd.read_parquet(path, engine="pyarrow")
    except ImportError:
        raise ScenarioError(
            [
                Problem(
                    "posterior",
                    "a Parquet file",
                    "must be read by pyarrow: pip install -c constraints.txt -e '.[data]' (or: pip install pyarrow)",
                )
            ]
        ) from None
    except Exception:  # pyarrow has errors of its own for what is no Parquet file
        raise ScenarioError(
            [Problem("posterior", "no Parquet file", "must be a Parquet file, such as `ladsim calibrate` writes")]
        ) from None
    numeric = {str(name): column.to_numpy(np.float64) for name, column in table.items() if pd.api.types.is_numeric_dtype(column)}
    sound = {name: column for name, column in numeric.items() if column.size and np.isfinite(column).all()}
    if not sound:
        raise ScenarioError([Problem("posterior", "no column of numbers", "must have a column for each fitted number")])
    return Joint(sound, len(table))


@lru_cache(maxsize=1000)
def _ends_of(path: str, stand: tuple[int, int], column: str) -> tuple[float, float]:
    values = _read(path, *stand).columns[column].tolist()
    twentieths = statistics.quantiles(values, n=20, method="inclusive") if len(values) > 1 else values
    return twentieths[0], twentieths[-1]


def _ends(path: str, column: str) -> tuple[float, float]:
    """The central 90 % of a column."""
    stand = os.stat(path)
    return _ends_of(path, (stand.st_size, stand.st_mtime_ns), column)
