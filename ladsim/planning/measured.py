"""Every measure of a study with its uncertainty: one row a number.

In: `Replications`. Out: a table for people: what the number is called in the scenario's language, its mean over the futures with a
95 % interval, its spread over the futures. What each means: ``ladsim explain`` with the name in the first column.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ladsim.measures.dictionary import END, numbers_of_studies
from ladsim.planning import pairs
from ladsim.planning.amounts import in_amount_units
from ladsim.planning.results import Replications

QUANTILES = {"p05": 0.05, "p50": 0.50, "p95": 0.95}


def measures(runs: Replications) -> pd.DataFrame:
    """Every measure over the futures: measure, name, unit, mean, low, high, p05, p50, p95, sd, futures.

    `low` and `high` are the 95 % interval of the mean (in pairs where numbers are uncertain; of a share within 0 and 1), the
    quantiles and the standard deviation `sd` are of the futures; sd ÷ mean of the revenue is its stability from future to future.
    Futures in which a number does not exist (nothing to divide by, no payback in time) are left out; `futures` counts the others.
    """
    paired = bool(len(runs.parameters.columns))
    rows = []
    for key in runs.summaries[0].scalars:
        values = np.array([summary.scalars[key] for summary in runs.summaries], np.float64)
        known = values[np.isfinite(values)]
        name, unit = _named(runs, key)
        mean = pairs.of_unit(np.where(np.isfinite(values), values, np.nan), unit, paired)
        spread = float(known.std(ddof=1)) if known.size > 1 else np.nan
        quantiles = [float(np.quantile(known, q)) if known.size else np.nan for q in QUANTILES.values()]
        rows.append([key, name, unit, *mean, *quantiles, spread, known.size])
    table = pd.DataFrame(rows, columns=["measure", "name", "unit", "mean", "low", "high", *QUANTILES, "sd", "futures"])
    return in_amount_units({"measures": table}, runs.scenario.currency, runs.histories[0].unit)["measures"]


def unit_of(measure: str, currency: str) -> str:
    """The unit of a study's number, with the scenario's currency."""
    found = numbers_of_studies().get(measure) or numbers_of_studies()[f"{END}RUNG"]
    return found.unit.replace("currency", currency)


def _named(runs: Replications, key: str) -> tuple[str, str]:
    """What a number is called, a rung's by the rung's label, and its unit."""
    meanings = numbers_of_studies(runs.scenario.language)
    unit = unit_of(key, runs.scenario.currency)
    if key in meanings:
        return meanings[key].title, unit
    name = key.removeprefix(END)
    label = next((rung.label for rung in runs.scenario.rungs if rung.name == name), "")
    return f"{meanings[f'{END}RUNG'].title}: {label or name}", unit
