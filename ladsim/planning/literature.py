"""A study's own numbers beside what others have measured in its trade.

In: `Replications` of a scenario that says its `trade`. Out: a table, a row for each published range of a measure that the study has, with
the study's own figure and its 95 % interval; and which measures people ask about have no range. No verdict: a range is of another market.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ladsim.measures import wheel
from ladsim.measures.literature import ASKED, literature_ranges
from ladsim.planning import pairs
from ladsim.planning.measure_table import estimate, unit_of
from ladsim.planning.once import once
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications

OF_WHEEL = {"ordered_again", "redemption_rate"}  # which no study keeps by itself
SIDES = ("below", "within", "above", "unclear")


def side(own: Estimate, low: float, high: float) -> str:
    """Where a figure lies beside a range: one of `SIDES`; unclear where its interval reaches over an end of it, or it has none.

    >>> side(Estimate(0.30, 0.28, 0.32), 0.4, 0.5), side(Estimate(0.30, 0.2, 0.45), 0.4, 0.5)
    ('below', 'unclear')
    """
    if not (math.isfinite(own.low) and math.isfinite(own.high)):
        return "unclear"
    if own.high < low:
        return "below"
    if own.low > high:
        return "above"
    return "within" if low <= own.low and own.high <= high else "unclear"


@once
def literature(runs: Replications) -> pd.DataFrame:
    """Measures beside published ranges: measure, program, unit, mean, low, high, lit_low, lit_high, side, of, where, years, source.

    `low` and `high` are the 95 % interval of the study's own mean, `lit_low` and `lit_high` the published range. `program` names the
    programme that the measure is about, where it is about one. Without a trade in the scenario there is no row.
    """
    columns = [
        "measure",
        "program",
        "unit",
        "mean",
        "low",
        "high",
        "lit_low",
        "lit_high",
        "side",
        "of",
        "where",
        "years",
        "source",
    ]
    if runs.scenario.trade is None:
        return pd.DataFrame(columns=columns)
    found = literature_ranges(runs.scenario.trade, runs.source.language)
    rows = [
        [measure, program, unit, *own, row["low"], row["high"], side(own, row["low"], row["high"])]
        + [row[key] for key in ("of", "where", "years", "source")]
        for measure, program, unit, own in _own(runs)
        for row in found[found["measure"] == measure].to_dict("records")
    ]
    return pd.DataFrame(rows, columns=columns)


@once
def without_range(runs: Replications) -> list[str]:
    """The measures of the study about which people ask, and for which nothing is published that we can vouch for; none without a trade."""
    if runs.scenario.trade is None:
        return []
    told = set(literature(runs)["measure"])
    return list(dict.fromkeys(measure for measure, *_ in _own(runs) if measure not in told))


def tables(runs: Replications) -> dict[str, pd.DataFrame]:
    """The table by the name of its file; none where nothing is to be shown."""
    found = literature(runs)
    return {} if found.empty else {"literature": found}


def _own(runs: Replications) -> Iterator[tuple[str, str, str, Estimate]]:
    """The study's measures that people ask about, in their order: measure, programme, unit, mean with its interval."""
    of_wheel = _of_wheel(runs)
    for measure in ASKED:
        if measure in OF_WHEEL:
            yield from ((measure, program, "share", own) for (name, program), own in of_wheel.items() if name == measure)
        elif measure in runs.summaries[0].scalars:
            own = estimate(runs, measure)
            if math.isfinite(own.value):
                yield measure, "", unit_of(measure, runs.scenario.currency), own


def _of_wheel(runs: Replications) -> dict[tuple[str, str], Estimate]:
    """Those that only the loyalty wheel knows, by name and programme."""
    paired = bool(len(runs.parameters.columns))
    # The repurchase rate is asked for nowhere here; given, no rows per customer are read.
    moved = [wheel.wheel_moves(history, runs.scenario, repurchase=0.0) for history in runs.histories]
    found = {}
    for place, (measure, of) in enumerate(zip(moved[0]["measure"], moved[0]["of"], strict=True)):
        if measure in OF_WHEEL:
            own = pairs.of_unit(np.array([table["value"].iloc[place] for table in moved]), "share", paired)
            if math.isfinite(own.value):
                found[measure, of] = own
    return found


COLUMNS = {
    "literature.measure": ("", "name of the measure: ladsim explain says what it means"),
    "literature.program": ("", "programme that the measure is about; empty: about none"),
    "literature.mean": ("as the column unit says", "the study's own mean over the futures"),
    "literature.low": ("as the column unit says", "lower limit of its 95 % interval"),
    "literature.high": ("as the column unit says", "upper limit of its 95 % interval"),
    "lit_low": ("as the column unit says", "lower end of what was published; no target"),
    "lit_high": ("as the column unit says", "upper end of what was published; the same as the lower where it is one figure"),
    "side": ("", "where the own interval lies: below, within or above what was published; unclear where it reaches over an end"),
    "literature.of": ("", "what exactly was measured"),
    "where": ("", "where it was measured"),
    "years": ("", "when it was measured"),
    "literature.source": ("", "publication"),
}
