"""A sweep: one number of a scenario takes several values, one after the other, under the same luck.

In: a scenario, a dotted key, values. Out: a `Sweep`: for each value the futures of one strategy, or the comparison of several, and
what comes of it side by side: where the winner changes, and in how many futures word of mouth dies out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Unpack

import pandas as pd

from ladsim.errors import StudyError
from ladsim.measures.uncertainty import quantile
from ladsim.planning import pairs
from ladsim.planning.cascades import dies_out, referrals_per_customer, word_wins
from ladsim.planning.compare import Comparison, asked_for, base_of, compared, profit
from ladsim.planning.leads import ahead
from ladsim.planning.measure_table import by_future, estimate
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.replications import Replications, Setting
from ladsim.planning.run import varied
from ladsim.planning.studies import Shown, StudyKind
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario

MOST = 50  # values of one sweep


class Point(NamedTuple):
    """One value: as it was given, and as a number (NaN where it is none)."""

    given: str
    number: float


@dataclass(frozen=True)
class Sweep(Shown):
    """A study for each of several values of one number, under the same luck.

    ``table``, a row per value. Of one strategy: key, value, profit, customers_end, new_customers, spend, referred_share, referral_factor
    (NaN where no advocate ever stops), referrals_per_customer (each with _low and _high, the 95 % interval of the mean), profit_p05,
    profit_p95, dies_out (share of futures that end with less than a twentieth of the most customers in any; NaN where nobody's word wins
    anybody), futures. Of several: key, value, best, label, next, difference (the best of the strategies less base, with _low and _high),
    lead (the best less the next, with _low and _high), p_best, futures.
    """

    kind: ClassVar[str] = "sweep"

    key: str
    points: tuple[Point, ...]
    source: Scenario  # overrides applied, but not the key
    setting: Setting
    parts: tuple[Replications, ...] | tuple[Comparison, ...]  # by value
    table: pd.DataFrame

    @property
    def compares(self) -> bool:
        """Whether several strategies are played."""
        return isinstance(self.parts[0], Comparison)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first value, under its strategy where there is one."""
        return self.parts[0].scenario

    @property
    def futures(self) -> dict[str, Replications]:
        """The futures by value, and by strategy where there are several."""
        found = {}
        for point, part in zip(self.points, self.parts, strict=True):
            runs: dict[str, Replications] = part.futures  # type: ignore[attr-defined]
            for name, run in runs.items():
                found[f"{name} ({self.key}={point.given})" if self.compares else f"{self.key}={point.given}"] = run
        return found

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before all futures were played."""
        return self.parts[0].interrupted


@with_study_options()
def sweep(
    scenario: Scenario,
    key: str,
    values: Sequence[Any],
    strategies: Sequence[str | None] | None = None,
    *,
    strategy: str | None = None,
    **options: Unpack[StudyOptions],
) -> Sweep:
    """What becomes of a scenario as one number, at the dotted `key`, takes the `values`.

    With `strategies` they are compared at every value (an empty list: all of the file), else the futures of one `strategy` are played
    (None: the scenario as it stands). Each value gives what ``replicate`` and ``compare`` give with ``overrides={key: value}``, to the last
    bit. Raises what these raise, and StudyError where there is no value, or one twice.

    >>> import ladsim
    >>> chain = ladsim.load("invitation_cascade")
    >>> found = ladsim.sweep(chain, "steps.stranger.member.probability", [0.02, 0.3], replications=8, processes=1)
    >>> found.table[["value", "customers_end", "dies_out"]]
      value  customers_end  dies_out
    0  0.02          1.875       1.0
    1   0.3        825.750       0.0
    """
    points = _points(key, values)
    given = dict(options["overrides"] or {})
    source, variants = override(scenario, given), [{key: point.given} for point in points]
    parts: tuple[Replications, ...] | tuple[Comparison, ...]
    if strategies is None:
        parts = tuple(next(iter(runs.values())) for runs in varied(scenario, [strategy], variants, **options))
        table = _of_one(key, points, parts)
    else:
        asked = asked_for(scenario, strategies if len(strategies) else None)
        parts = tuple(compared(runs) for runs in varied(scenario, asked, variants, **options))
        table = _of_several(key, points, parts)
    done = parts[0].setting.replications
    setting = Setting(options["seed"], done, options["sample"], given)
    return Sweep(key, points, source, setting, parts, table)


def _points(key: str, values: Sequence[Any]) -> tuple[Point, ...]:
    """The values as points. Raises StudyError where there are none, too many, or one twice."""
    if isinstance(values, str):
        raise StudyError(f"sweep of {key}: found the text {values!r}, must be a list of values, such as [{values!r}]")
    texts = [value if isinstance(value, str) else repr(value) for value in values]
    twice = [text for place, text in enumerate(texts) if text in texts[:place]]
    if not 1 <= len(texts) <= MOST or twice:
        found = f"{twice[0]} twice" if twice else f"{len(texts)} values"
        raise StudyError(f"sweep of {key}: found {found}, must be 1 to {MOST} different values")
    return tuple(Point(text, _number(text)) for text in texts)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _three(name: str, found: pairs.Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


MEASURES = ("profit", "customers_end", "new_customers", "spend", "referred_share", "referral_factor")


def _of_one(key: str, points: Sequence[Point], runs: Sequence[Replications]) -> pd.DataFrame:
    """The table of a sweep of one strategy."""
    most = max(float(by_future(run, "customers_end").max()) for run in runs)
    rows = []
    for point, run in zip(points, runs, strict=True):
        row: dict[str, Any] = {"key": key, "value": point.given}
        for measure in MEASURES:
            row |= _three(measure, estimate(run, measure))
        row |= _three("referrals_per_customer", referrals_per_customer(run) if word_wins(run) else pairs.NOTHING)
        low, high = quantile(profit(run), (0.05, 0.95)).tolist()
        row |= {"profit_p05": low, "profit_p95": high, "dies_out": dies_out(run, most), "futures": run.count}
        rows.append(row)
    return pd.DataFrame(rows)


def _of_several(key: str, points: Sequence[Point], studies: Sequence[Comparison]) -> pd.DataFrame:
    """The table of a sweep of a comparison."""
    rows = []
    for point, study in zip(points, studies, strict=True):
        profits = {name: profit(run) for name, run in study.runs.items()}
        base = base_of(study.runs)
        paired = any(len(run.parameters.columns) for run in study.runs.values())
        first = max((name for name in profits if name != base), key=lambda name: float(profits[name].mean()))
        row: dict[str, Any] = {
            "key": key, "value": point.given, "best": study.best, "label": study.runs[study.best].label, "next": study.runner_up,
        }  # fmt: skip
        row |= _three("difference", pairs.mean(ahead(profits[first], profits[base]), paired))
        row |= _three("lead", pairs.mean(ahead(profits[study.best], profits[study.runner_up]), paired))
        chance = study.outcomes.set_index("strategy")["p_best"]
        row |= {"p_best": float(chance[study.best]), "futures": study.setting.replications}
        rows.append(row)
    return pd.DataFrame(rows)


def arguments(study: Sweep) -> dict[str, Any]:
    """Key and values, and whether strategies are compared."""
    return {"sweep": {"key": study.key, "values": [point.given for point in study.points], "compares": study.compares}}


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same, by the names that ``_again`` takes."""
    found = manifest.get("sweep")
    if not isinstance(found, dict) or not isinstance(found.get("key"), str) or not isinstance(found.get("values"), list):
        raise ValueError("its 'sweep' is missing")
    if not found["values"] or not all(isinstance(value, str) for value in found["values"]):
        raise ValueError("the values of its 'sweep' are missing")
    return {"sweep": found}


def _again(scenario: Scenario, strategies: Sequence[str | None], sweep: Mapping[str, Any], **options: Any) -> Sweep:
    """A sweep out of its manifest, which names the strategies once for each value."""
    once = strategies[: max(1, len(strategies) // len(sweep["values"]))]
    return _sweep(scenario, sweep["key"], sweep["values"], once if sweep.get("compares") else None, strategy=once[0], **options)


_sweep = sweep
COLUMNS = {
    "customers_end": ("people", "mean number of customers at the end"),
    "referred_share": ("share", "new customers who came by somebody's word"),
    "referral_factor": ("customers", "customers won per advocate's lifetime; empty: no advocate ever stopped"),
    "referrals_per_customer": (
        "customers",
        "referred new customers ÷ all who were customers at any time; empty: no word of mouth",
    ),
    "dies_out": ("share", "share of futures that end with less than 5 % of the most customers in any; empty: no word of mouth"),
    "sweep.best": ("", "strategy with the highest mean profit"),
    "sweep.value": ("as the key says", "the value that the number takes"),
    "next": ("", "strategy with the next highest mean profit"),
    "difference": ("currency", "profit of the best strategy less that of base, mean"),
    "lead": ("currency", "profit of the best less that of the next, mean"),
}
STUDY = StudyKind(
    again=_again, own_tables=lambda study: {"sweep": study.table}, arguments=arguments, arguments_in=arguments_in, columns=COLUMNS
)
