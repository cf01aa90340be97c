"""Every measure of a study with its uncertainty: one row a number.

In: `Replications`. Out: a table for people: what the number is called in the scenario's language, its mean over the futures with a
95 % interval, its spread over the futures. What each means: ``ladsim explain`` with the name in the first column.

A ratio over many futures is all that is above ÷ all that is below: spend of all futures ÷ new customers of all futures, as anybody
with a calculator finds it from the means beside it. ``estimate`` is the one place where that is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.measures.dictionary import END
from ladsim.measures.explanation import study_measures
from ladsim.measures.uncertainty import quantile
from ladsim.planning import pairs
from ladsim.planning.amounts import in_amount_units
from ladsim.planning.once import once

if TYPE_CHECKING:
    from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]
_AGAIN = ("win_backs", "members_end")  # in which somebody may be counted twice
QUANTILES = {"p05": 0.05, "p50": 0.50, "p95": 0.95}


def by_future(runs: Replications, measure: str) -> Floats:
    """One measure of every future, (futures,); NaN where it does not exist."""
    return np.array([summary.scalars.get(measure, np.nan) for summary in runs.summaries], np.float64)


def ratio_by_future(runs: Replications, measure: str) -> Floats:
    """A ratio as one number per future, (futures,), whose mean is the ratio of totals (``pairs.linearised``)."""
    above, below = np.array([summary.ratios[measure] for summary in runs.summaries], np.float64).T
    return pairs.linearised(above, below)


def estimate(runs: Replications, measure: str) -> pairs.Estimate:
    """One measure over the futures with its 95 % interval: a mean, or for a ratio that of totals (jackknife).

    It ends at the bounds of the measure's unit, and that of people at all that there are.
    """
    paired, unit = bool(len(runs.parameters.columns)), unit_of(measure, "currency")
    if measure in runs.summaries[0].ratios:
        above, below = np.array([summary.ratios[measure] for summary in runs.summaries], np.float64).T
        return pairs.within(pairs.ratio(above, below, paired), unit)
    values = by_future(runs, measure)
    people = float(runs.scenario.market_size) if unit == "people" and measure not in _AGAIN else np.inf
    return pairs.within(pairs.mean(np.where(np.isfinite(values), values, np.nan), paired), unit, people)


@once
def measures(runs: Replications) -> pd.DataFrame:
    """Every measure over the futures: measure, name, unit, mean, low, high, p05, p50, p95, sd, futures.

    `mean`, `low` and `high` are those of ``estimate``: of a ratio, all that is above ÷ all that is below. Quantiles and the standard
    deviation `sd` are of the futures; sd ÷ mean of the revenue is its stability from future to future. Futures in which a number
    does not exist (nothing to divide by, no lasting profit in time) are left out; `futures` counts the others.
    """
    rows = []
    for key in runs.summaries[0].scalars:
        values = by_future(runs, key)
        known = values[np.isfinite(values)]
        name, unit = _named(runs, key)
        mean = estimate(runs, key)
        spread = float(known.std(ddof=1)) if known.size > 1 else np.nan
        quantiles = [float(quantile(known, q)) if known.size else np.nan for q in QUANTILES.values()]
        rows.append([key, name, unit, *mean, *quantiles, spread, known.size])
    table = pd.DataFrame(rows, columns=["measure", "name", "unit", "mean", "low", "high", *QUANTILES, "sd", "futures"])
    return in_amount_units({"measures": table}, runs.scenario.currency, runs.histories[0].unit)["measures"]


def unit_of(measure: str, currency: str) -> str:
    """The unit of a study's number, with the scenario's currency."""
    found = study_measures().get(measure) or study_measures()[f"{END}RUNG"]
    return found.unit.replace("currency", currency)


def _named(runs: Replications, key: str) -> tuple[str, str]:
    """What a number is called, a rung's by the rung's label, and its unit."""
    meanings = study_measures(runs.scenario.language)
    unit = unit_of(key, runs.scenario.currency)
    if key in meanings:
        return meanings[key].title, unit
    name = key.removeprefix(END)
    label = next((rung.label for rung in runs.scenario.rungs if rung.name == name), "")
    return f"{meanings[f'{END}RUNG'].title}: {label or name}", unit
