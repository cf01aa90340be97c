"""A longer view: what becomes of a study's strategies in the months after the horizon of the file.

In: the strategies of a study, which have been played. Out: for each an `AfterHorizon`, the same futures played on for k months in which
campaigns have ended and nobody joins a programme any more (``scenario.after_horizon``). Customers who were won late have not paid
back by the horizon: a verdict that turns with the end of the horizon is none.

k is one whole number per study, the mean customer lifetime of base: in closed form, where there is one, at the medians of what is not
known; else customer-months ÷ departures of the futures that have been played. Where customers differ in how soon they leave, those who
leave early are seen first, and that ratio is too short: it is lengthened as the gamma law says (Lomax 1954), without end for a shape of 1
or less. It is at least 12, at most 36 or the horizon, whichever is longer; where nobody leaves, the most. Only the first futures are
played on (`MOST_FUTURES`), with the luck and the draws that they had. Policies are not: what a user's function does after its horizon,
nobody but the user knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.value import profit_so_far
from ladsim.planning import pairs
from ladsim.planning.unit_keys import Identity
from ladsim.scenario.draws import resolve
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import Tables, tables
from ladsim.theory.lifetime import mean_lifetime

if TYPE_CHECKING:
    from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]
MOST_FUTURES = 20
LEAST, MOST = 12, 36  # months
MOST_ASKED = 1_200  # months: as many as a scenario may have
COLUMNS = {
    "months_after": ("months", "looked at behind the horizon of the file"),
    "after_horizon.futures": ("futures", "so many of the first ones were played on"),
    "extra_profit_then": ("currency", "extra_profit until months_after behind the horizon, mean of these futures"),
}


@dataclass(frozen=True)
class AfterHorizon:
    """The first n futures of a strategy, played on for `months` after the horizon."""

    months: int
    profit: Floats  # (n, M + 1) currency from the start until each month, as in ``measures.value.profit_so_far``
    times: Floats  # (M + 1,) these months

    @property
    def futures(self) -> int:
        """How many futures were played on."""
        return len(self.profit)

    @property
    def until_end(self) -> Floats:
        """Profit until the last month, (n,)."""
        return np.asarray(self.profit[:, -1], np.float64)


class _Context(Protocol):
    """``run.StudyContext``."""

    def identity(self, what: str, strategy: str | None = None) -> Identity: ...

    def play(self, replication: int, worlds: Any, *, strategy: str | None = None, customers: bool = True) -> History: ...


@dataclass(frozen=True)
class LongerTask:
    """One strategy's part of the look: a future of the longer scenario."""

    together: _Context
    strategy: str | None

    @property
    def identity(self) -> Identity:
        """What determines its futures: the longer scenario."""
        return self.together.identity("longer future", self.strategy)

    def future(self, replication: int, worlds: Any) -> tuple[Floats, Floats]:
        """Months, and profit until each."""
        history = self.together.play(replication, worlds, strategy=self.strategy, customers=False)
        return history.months, profit_so_far(history)


def collected(found: Sequence[tuple[Floats, Floats]], months: int) -> AfterHorizon:
    """What the tasks of one strategy gave."""
    return AfterHorizon(months, np.stack([profit for _, profit in found]), found[0][0])


def refuse_no_months(asked: int | None) -> None:
    """Raise StudyError where a number of months is none that a study can look on for."""
    if asked is not None and not (isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked <= MOST_ASKED):
        raise StudyError(
            f"months_after: found {asked!r}, must be a whole number of months from 0 (no look) to {MOST_ASKED:,}, or None"
        )


def has_policies(scenarios: Sequence[Scenario]) -> bool:
    """Whether a policy of a user's own pulls levers in any of them."""
    return any(scenario.policies for scenario in scenarios)


def months_of(source: Scenario, lived: Sequence[tuple[float, float]]) -> int:
    """k: how many months a study looks on for. `lived`: customer-months and departures of futures, asked where no closed form knows."""
    base = resolve(with_strategy(source, None), 0, None)
    laid_out = tables(base)
    try:
        lifetime = mean_lifetime(laid_out)
    except StudyError:
        months, departures = (float(sum(part)) for part in zip(*lived, strict=True))
        lifetime = months / departures * _lengthened(base, laid_out) if departures else math.inf
    most = max(MOST, math.floor(source.months))
    return most if lifetime >= most else max(LEAST, round(lifetime))


def _lengthened(base: Scenario, laid_out: Tables) -> float:
    """By how much longer customers stay on the mean than the first to leave let expect; 1 where all are alike.

    Whose hazard of leaving is a gamma of shape s with mean h stays s ÷ (s − 1) ÷ h on the mean, and for ever with s ≤ 1 (Lomax 1954);
    departures ÷ customer-months begin at h. Asked of customer rungs that nobody leaves in another way; the longest counts.
    """
    is_customer = dict(zip(laid_out.rung_names, laid_out.rungs["is_customer"].tolist(), strict=True))
    shapes: dict[str, list[float | None]] = {}
    for step in base.steps:
        if is_customer[step.from_] and not is_customer[step.to]:
            shapes.setdefault(step.from_, []).append(None if step.gamma_shape is None else float(step.gamma_shape))
    slowest = [max(s) for found in shapes.values() if (s := [one for one in found if one is not None]) and len(s) == len(found)]
    return max((math.inf if s <= 1.0 else s / (s - 1.0) for s in slowest), default=1.0)


def extra_after(runs: Mapping[str, Replications], without: Replications) -> pd.DataFrame:
    """What each strategy brings beyond `without` at the horizon, and so many months later: a row each; empty without a look.

    Columns: strategy, label, months_after, futures, extra_profit (+ _low, _high: of all futures, until the horizon), extra_profit_then (+
    _low, _high: of the futures that were played on, until their end).
    """
    rows = []
    for name, run in runs.items():
        if run.after is None or without.after is None:
            continue
        paired = bool(len(run.parameters.columns) or len(without.parameters.columns))
        row: dict[str, Any] = {
            "strategy": name,
            "label": run.label,
            "months_after": run.after.months,
            "futures": run.after.futures,
        }
        for column, gain in (
            ("extra_profit", _at_horizon(run) - _at_horizon(without)[: run.count]),
            ("extra_profit_then", run.after.until_end - without.after.until_end),
        ):
            found = pairs.mean(np.round(gain, 6), paired)
            row |= {column: found.value, f"{column}_low": found.low, f"{column}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)


def _at_horizon(run: Replications) -> Floats:
    return np.array([summary.scalars["profit"] for summary in run.summaries], np.float64)
