"""``verify``: every published model played again by both engines, every printed fit fitted again, and whether they agree with the formula.

In: which rows, which engines, how much. Out: a `Verification`: a line for each number, with what was found, its standard error, what the formula
says, how far apart they may be, and the verdict. A simulation agrees where its mean is within four standard errors of the formula (of
at least 30 futures) and, where one is named, within an absolute bound of a million customers, wider by √(10⁶/customers) where fewer were
played. Rows whose real data are not there are skipped, with the reason.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ladsim.errors import StudyError, nearest
from ladsim.verifying.fits import FITS, FitRow
from ladsim.verifying.form import SEED, z_of
from ladsim.verifying.markets import ROWS, Row

if TYPE_CHECKING:
    import pandas as pd

KEYS = tuple(f"V{number}" for number in range(1, 12))
ENGINES = ("fast", "simpy")
MOST_Z = 4.0
HOLDS, FAILS, SKIPPED = "holds", "fails", "skipped"
# Models that a process per customer takes many minutes for: long horizons, many people.
NOT_BY_SIMPY = {"everybody_told", "seeding", "bass_large", "bass_three_friends", "recency_endless", "recency_cut_off", "referral_trees",
                "referral_trees_exponential", "outbreak", "value_of_a_lead"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One number of the table of verification."""

    row: str  # V1 … V11
    name: str  # of the model or fit; its words: verify.row_NAME
    value: str  # of the number; its words: verify.value_NAME
    scenario: str  # that a teacher can open
    engine: str  # fast, simpy; fit where data were fitted
    found: float  # mean over the futures; nan where it was skipped
    error: float  # its standard error; nan of a fit
    formula: float  # closed form, or printed
    bound: float  # how far apart they may be
    futures: int  # that tell; 0 of a fit
    customers: int  # of each future
    verdict: str  # holds, fails, skipped
    reason: str = ""  # why it was skipped: no_folder, no_file, slow
    source: str = ""  # of real data that it takes


@dataclass(frozen=True)
class Verification:
    """What was found of all rows that were asked for."""

    lines: tuple[Line, ...]
    seed: int

    @property
    def failed(self) -> tuple[Line, ...]:
        """The lines that do not agree."""
        return tuple(line for line in self.lines if line.verdict == FAILS)

    @property
    def skipped(self) -> tuple[Line, ...]:
        """The lines that could not be looked at."""
        return tuple(line for line in self.lines if line.verdict == SKIPPED)

    def table(self) -> pd.DataFrame:
        """A row a line, with the columns of `Line`."""
        import pandas as pd

        return pd.DataFrame([vars(line) for line in self.lines], columns=list(Line.__dataclass_fields__))

    def json(self) -> str:
        """The same as JSON: ``{"seed": …, "lines": […]}``; numbers that are none are null."""
        rows = [
            {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in vars(line).items()}
            for line in self.lines
        ]
        return json.dumps({"seed": self.seed, "lines": rows}, indent=1) + "\n"


def verify(
    rows: Sequence[str] = (),
    *,
    engines: Sequence[str] = ENGINES,
    large: bool = False,
    data: str | os.PathLike[str] | None = None,
    seed: int = SEED,
    progress: Callable[[str], object] | None = None,
) -> Verification:
    """Play published models again, and hold what is found against their closed forms.

    `rows`: V1 … V11, none for all. `engines`: "fast", "simpy" or both. `large`: as many customers as the bounds are named for, by the fast
    engine, in some minutes; otherwise few enough for a minute or two. `data`: a folder with cdnow/CDNOW_sample.txt, for the fits of V5 and
    V6; without it these are skipped. `progress` is told each row's name. Raises StudyError for a row or engine that there is not,
    DataError where data cannot be read.

    >>> found = verify(["V10"])
    >>> [(line.row, line.verdict, round(line.formula, 3)) for line in found.lines]
    [('V10', 'holds', 5.776)]
    """
    wanted = _known("row", [row.upper() for row in rows] or KEYS, KEYS)
    by = _known("engine", engines, ENGINES)
    if large:
        by = [engine for engine in by if engine == "fast"] or by
    folder = Path(data) if data is not None else None
    lines: list[Line] = []
    for key in wanted:
        for row in (row for row in ROWS if row.key == key):
            for engine in by:
                if engine == "simpy" and row.name in NOT_BY_SIMPY:
                    lines += _skipped(row.key, row.name, row.classic, engine, "slow")
                    continue
                if progress is not None:
                    progress(f"{key} {row.name} ({engine})")
                lines += _simulated(row, engine, large, seed)
        for fit in (fit for fit in FITS if fit.key == key):
            if progress is not None:
                progress(f"{key} {fit.name}")
            lines += _fitted(fit, folder)
    return Verification(tuple(lines), seed)


def _known(what: str, asked: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """What is asked for, in the order of what there is. Raises StudyError."""
    asked = list(asked)
    for name in asked:
        if name not in allowed:
            close = nearest(name, allowed)
            hint = f" (did you mean {close!r}?)" if close else ""
            raise StudyError(f"{what}: found {name!r}, must be one of {', '.join(allowed)}{hint}")
    return [name for name in allowed if name in asked]


def _simulated(row: Row, engine: str, large: bool, seed: int) -> Iterator[Line]:
    """The lines of a model that is played."""
    size, form = row.large if large else row.small, row.of(large)
    count = size.futures
    customers = size.customers or form.customers or form.scenario().market_size
    found, expected = form.futures(count, seed, size.customers or form.customers, engine), form.expected()
    enough = form.enough(count * customers)
    mean, error, z = z_of(found, expected, form.bias)
    bound = MOST_Z * error + form.bias
    if form.deviation is not None:
        bound = np.minimum(bound, form.deviation * max(1.0, math.sqrt(1e6 / (count * customers))) + form.bias)
    holds = (z <= MOST_Z) & (np.abs(mean - expected) <= bound + 1e-9) | ~enough
    shown = list(row.shown) or list(range(expected.size))
    told = (~np.isnan(found)).sum(axis=0)
    hidden = bool(holds.all())  # values that are not shown are held against the formula all the same
    for value, at in zip(row.values, shown, strict=True):
        verdict = HOLDS if holds[at] and (hidden or not holds[shown].all()) else FAILS
        numbers = (float(mean[at]), float(error[at]), float(expected[at]), float(bound[at]))
        yield Line(row.key, row.name, value, f"classics/{row.classic}", engine, *numbers, int(told[at]), customers, verdict)


def _fitted(row: FitRow, folder: Path | None) -> list[Line]:
    """The lines of a fit, or why there are none."""
    if row.source and folder is None:
        return _skipped(row.key, row.name, row.classic, "fit", "no_folder", row.source)
    if row.source and folder is not None and not (folder / row.source).is_file():
        return _skipped(row.key, row.name, row.classic, "fit", "no_file", row.source)
    found = row.fit(folder)
    return [_line(row, one, f"classics/{row.classic}") for one in found]


def _skipped(key: str, name: str, classic: str, engine: str, reason: str, source: str = "") -> list[Line]:
    """The line of what was not looked at, and why."""
    nan = float("nan")
    return [Line(key, name, "", f"classics/{classic}", engine, nan, nan, nan, nan, 0, 0, SKIPPED, reason, source)]


def _line(row: FitRow, one: Any, scenario: str) -> Line:
    away = max(one.formula - one.found, 0.0) if one.at_least else abs(one.found - one.formula)
    verdict = HOLDS if away <= one.bound else FAILS
    return Line(row.key, row.name, one.value, scenario, "fit", one.found, float("nan"), one.formula, one.bound, 0, 0, verdict)
