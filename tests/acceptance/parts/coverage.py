"""Whether what studies say holds as often as they say: intervals, chances of being best, targets.

Each unit is one study of a market of 300 people (``tests/markets/tiny_market.toml``): a comparison of 20 futures, or targets from 40,
with all numbers certain or with three that are not known. The truth is what all the other studies of the same kind found together: two
thousand studies of 20 futures know it far better than one. Only ``ladsim.compare`` and ``ladsim.set_targets`` are called.

Bounds are those of a study that keeps its word, less three standard errors and, for intervals of skewed values from few futures, a
hundredth or three. Where the best of two is quoted, it must not be quoted too hopefully: who is chosen for its luck is not better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import ladsim
from tests.acceptance.part import Line, Part, Row, Unit
from tests.acceptance.rules import STUDIES

SCENARIOS = Path(__file__).resolve().parents[2] / "markets"
MARKETS = {"certain": "tiny_market", "three not known": "tiny_market_not_known"}
PAIRS = {"truly different": ("a", "b"), "equal in law": ("north", "south")}
KINDS = [(market, pair) for market in MARKETS for pair in (*PAIRS, "targets")]
STUDIES_EACH, SMALL_EACH = 2_000, 40
COMPARED, TARGETED = 20, 40  # futures of a study
CHANCES = {"commit": 0.8, "expect": 0.5, "stretch": 0.2}
ERRORS = 3.0  # standard errors


@cache
def market(name: str) -> ladsim.Scenario:
    """One of the two markets."""
    return ladsim.load(SCENARIOS / f"{MARKETS[name]}.toml")


def play(unit: Unit) -> Row:
    """One study."""
    study, place = divmod(unit.number, len(KINDS))
    name, pair = KINDS[place]
    seed = unit.seed * 1_000_000 + study
    found = targets(name, seed) if pair == "targets" else comparison(name, pair, seed)
    return {"market": name, "pair": pair, **found}


def comparison(name: str, pair: str, seed: int) -> Row:
    """What a comparison says of two strategies, and what happened in its futures."""
    one, other = PAIRS[pair]
    study = ladsim.compare(market(name), [one, other], seed=seed, replications=COMPARED, processes=1, months_after=0)
    outcomes, gap = study.outcomes.set_index("strategy"), study.differences.iloc[0]
    sign = 1.0 if study.best == one else -1.0
    profits = [np.array([summary.scalars["profit"] for summary in study.runs[name].summaries]) for name in (one, other)]
    first = outcomes.loc[one]
    return {
        "difference": sorted(sign * float(gap[key]) for key in ("low", "mean", "high")),
        "best": study.best,
        "said_of_best": float(outcomes.loc[study.best, "p_best"]),
        "chance": [float(first[key]) for key in ("p_best_low", "p_best", "p_best_high")],
        "wins": float((profits[0] > profits[1]).mean() + 0.5 * (profits[0] == profits[1]).mean()),
    }


def targets(name: str, seed: int) -> Row:
    """What is promised of each rung, and what came in the futures of the study."""
    study = ladsim.set_targets(market(name), "a", seed=seed, replications=TARGETED, processes=1)
    ends = [ladsim.measures.rung_counts(history).iloc[-1] for history in study.runs.histories]
    rungs = {}
    for _, row in study.rungs.iterrows():
        own = {key: float(row[key]) for key in CHANCES} | {"at_least": row["meets"] == "at least"}
        rungs[row["rung"]] = own | {"came": [float(end[row["rung"]]) for end in ends]}
    return {"rungs": rungs}


def summary(rows: Sequence[Row]) -> list[Line]:
    """A line for each promise."""
    lines = []
    for name, pair in KINDS:
        own = [row for row in rows if (row["market"], row["pair"]) == (name, pair)]
        if len(own) > 1:
            lines += _of_targets(name, own) if pair == "targets" else _of_comparisons(f"{name}, {pair}", own, pair)
    return lines


def _of_comparisons(title: str, rows: Sequence[Row], pair: str) -> list[Line]:
    """Intervals of a difference and of a chance, and what is said of the best."""
    low, mean, high = np.array([row["difference"] for row in rows]).T
    chance_low, chance, chance_high = np.array([row["chance"] for row in rows]).T
    first = np.array([row["best"] == PAIRS[pair][0] for row in rows])
    said = np.array([row["said_of_best"] for row in rows])
    equal = pair == "equal in law"
    difference = np.zeros(len(rows)) if equal else of_others(mean)
    wins = np.full(len(rows), 0.5) if equal else of_others(np.array([row["wins"] for row in rows]))
    hopeful = said - np.where(first, wins, 1.0 - wins)
    away = chance - wins
    lines = [
        covered(f"{title}: 95 % interval of the difference", (low <= difference) & (difference <= high), 0.95, 0.01),
        covered(f"{title}: 95 % interval of the chance of being best", (chance_low <= wins) & (wins <= chance_high), 0.95, 0.03),
        at_most(f"{title}: chance of being best, of a strategy named beforehand, said − true", np.abs(away.mean()), away, 0.01),
        at_most(f"{title}: chance of being best, of the one called best, said − true", hopeful.mean(), hopeful, 0.01),
    ]
    if equal:
        named = ((low > 0.0) | (high < 0.0)).astype(float)
        lines.append(at_most(f"{title}: a winner is named", named.mean(), named, 0.05 + 0.01))
    return lines


def _of_targets(name: str, rows: Sequence[Row]) -> list[Line]:
    """How often commit, expect and stretch are met in futures that the study did not see."""
    lines = []
    for rung in rows[0]["rungs"]:
        came = np.array([row["rungs"][rung]["came"] for row in rows])
        for key, wanted in CHANCES.items():
            promised = np.array([row["rungs"][rung][key] for row in rows])
            meets: Callable[[Any, Any], Any] = np.greater_equal if rows[0]["rungs"][rung]["at_least"] else np.less_equal
            met = np.array(
                [meets(came, number).mean(axis=1) for number in promised]
            )  # (studies, studies whose futures are looked at)
            np.fill_diagonal(met, np.nan)
            by_study = np.nanmean(met, axis=1)
            pool = wanted * (1.0 - wanted) / (came.size / 2)  # two futures share a draw
            error = float(np.sqrt(by_study.var(ddof=1) / len(rows) + pool))
            low, high = wanted - ERRORS * error, wanted + 0.05 + ERRORS * error
            figure, mean = f"{by_study.mean():.3f} ± {error:.3f}", float(by_study.mean())
            bound = f"{low:.3f} to {high:.3f} (said: {wanted:.2f})"
            lines.append(Line(f"{name}: {key} of {rung} is met", figure, bound, low <= mean <= high))
    return lines


def of_others(values: np.ndarray) -> np.ndarray:
    """For each study the mean of all others."""
    return np.asarray((values.sum() - values) / (len(values) - 1))


def covered(what: str, holds: np.ndarray, said: float, slack: float) -> Line:
    """An interval holds the truth as often as it says, but for luck and a little slack."""
    share, error = float(holds.mean()), float(np.sqrt(said * (1.0 - said) / len(holds)))
    low = said - slack - ERRORS * error
    return Line(what, f"{share:.3f} ± {error:.3f}", f"at least {low:.3f} (said: {said:.2f})", share >= low)


def at_most(what: str, found: float, values: np.ndarray, bound: float) -> Line:
    """A mean does not exceed a bound by more than luck."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    most = bound + ERRORS * error
    return Line(what, f"{found:.3f} ± {error:.3f}", f"at most {most:.3f}", bool(found <= most))


PART = Part(
    name="coverage",
    title="What is promised, and how often it holds",
    shows="Studies of a tiny market, again and again with other luck: how often the 95 % interval holds the true difference, whether the "
    "chance of being best is what it is said to be, also of the strategy that the study chooses, and how often commit (80 %), expect "
    "(50 %) and stretch (20 %) are met in futures that the study did not see.",
    rests_on=(
        *STUDIES, "tests/markets/tiny_market.toml", "tests/markets/tiny_market_not_known.toml",
        "tests/acceptance/parts/coverage.py",
    ),
    full=STUDIES_EACH * len(KINDS),
    small=SMALL_EACH * len(KINDS),
    play=play,
    summary=summary,
)  # fmt: skip
