"""The joint draws of all fits, as the file that a scenario draws from: a column a number, each row as probable as another.

In: fits, what of them a scenario holds, the file that an older scenario named. Out: a table, its Parquet file, and the text of a scenario
whose ranges name their columns. Numbers of one fit keep their correlations; fits of different data are independent, and so are their
columns, since each fit's draws stand in an order of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ladsim.errors import DataError
from ladsim.files import write_file
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.on_ladder import Placed, numbers_of
from ladsim.scenario.address import numbers
from ladsim.scenario.edit import text_with
from ladsim.scenario.posterior import names_column, read
from ladsim.scenario.spec import Range, Scenario

ENDING = ".posterior.parquet"


def joint_file(scenario: Path) -> Path:
    """Where the draws of a scenario's file stand.

    >>> joint_file(Path("mine.toml")).name
    'mine.posterior.parquet'
    """
    return scenario.with_name(scenario.stem + ENDING)


def joint_draws(fits: Sequence[tuple[Fitted, str]]) -> pd.DataFrame:
    """All numbers of all fits by "model.number", a row a joint draw; those that may be infinite are left out.

    Of two fits of one model the first counts. A fit with fewer draws has them several times, evenly.
    """
    found: dict[str, np.ndarray[Any, Any]] = {}
    for fitted, _ in fits:
        for name, draws in numbers_of(fitted).items():
            if np.isfinite(draws).all():
                found.setdefault(name, draws)
    rows = max((draws.size for draws in found.values()), default=0)
    return pd.DataFrame({name: evenly(draws, rows) for name, draws in found.items()})


def evenly(draws: np.ndarray[Any, Any], rows: int) -> np.ndarray[Any, Any]:
    """`rows` of the draws, each as often as any other, but for one."""
    return draws[np.arange(rows) * draws.size // rows] if draws.size != rows else draws


def with_joint(
    text: str, scenario: Scenario, placed: Sequence[Placed], table: pd.DataFrame, file: str
) -> tuple[str, pd.DataFrame]:
    """The text of a scenario whose ranges name their columns of `file`, and the table of that file.

    Ranges that were drawn from an older file stay so: its columns are taken along. `scenario` is what `text` means.
    """
    here = numbers(scenario)
    ranges = {key: number.value for key, number in here.items() if isinstance(number.value, Range)}
    values: dict[str, Any] = {
        one.key: _ends(ranges[one.key]) | {"posterior": one.number} for one in placed if one.number in table and one.key in ranges
    }
    older = {key: name for key, value in ranges.items() if key not in values and (name := names_column(value))}
    if older:
        former = read(scenario.posterior).columns
        for key, name in older.items():
            if name in table:  # fitted anew, and put elsewhere: this range stands for itself
                values[key] = _ends(ranges[key])
            else:
                table = table.assign(**{name: evenly(former[name], len(table))})
    if not values and not older:
        return text, table
    return text_with(text, scenario, {"posterior": file, **values}), table


def _ends(value: Range) -> dict[str, Any]:
    return {"low": value.low, "high": value.high}


def write_joint(table: pd.DataFrame, path: Path) -> None:
    """Write the draws as a Parquet file. Raises DataError without pyarrow, OutputError where it cannot be written."""

    def write(place: Path) -> None:
        try:
            table.to_parquet(place, engine="pyarrow", index=False)
        except ImportError:
            raise DataError(
                "posterior: writing it needs pyarrow, which is not installed: pip install -c constraints.txt -e '.[data]' (or: pip install pyarrow)"
            ) from None

    write_file(path, write)
