"""Hazards from snapshots: where everybody stood at the ends of months, with gaps, and never the day of a step.

In: a table of rungs seen at dates (customer, date, stage). Between two looks, Δ months apart, a customer goes from i to j with the
chance P_ij = [exp(QΔ)]_ij, over all ways that were not seen; the likelihood is the product (Kalbfleisch & Lawless 1985). The peak is
sought from several starts, the posterior is that of ``laplace``. Which steps there are is not in the data: they are those of the ladder, or
the moves seen between two looks of the shortest gap (and those at longer gaps that they do not explain), which may hide a step through a
rung in between (said).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import expm

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.hazards import Pair, named
from ladsim.fitting.laplace import Prior, fit
from ladsim.i18n.months import DAYS_PER_MONTH

Floats = NDArray[np.float64]
_MEDIAN = 0.05  # of the weak prior of a hazard a month (assumption)
_MOST_GAPS = 40  # different gaps, beyond which they are rounded to tenths of a month
_FEW = 10
_WORST = 1e6  # condition of the eigenvectors, beyond which their digits are lost


def looks(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs of looks at the same customer that follow each other: origin, to, months, n, alike ones counted.

    >>> seen = pd.DataFrame({"customer": list("aabb"), "date": ["2027-01-31", "2027-02-28"] * 2, "stage": ["lead", "buyer", "lead", "lead"]})
    >>> looks(seen).round(2)
      origin     to  months  n
    0   lead  buyer    0.92  1
    1   lead   lead    0.92  1
    """
    rows = table.assign(date=pd.to_datetime(table["date"])).sort_values(["customer", "date"], kind="stable")
    rows = rows.drop_duplicates(["customer", "date"], keep="last")
    same = rows["customer"] == rows["customer"].shift(-1)
    days = (rows["date"].shift(-1) - rows["date"]).dt.days
    made = pd.DataFrame({"origin": rows["stage"], "to": rows["stage"].shift(-1), "months": days / DAYS_PER_MONTH})[same]
    if made["months"].nunique() > _MOST_GAPS:
        made["months"] = (made["months"].round(1)).clip(lower=0.05)
    return made.groupby(["origin", "to", "months"], sort=True).size().reset_index(name="n")


def fit_panel(
    table: pd.DataFrame,
    steps: Iterable[Pair] | None = None,
    *,
    prior: Prior | Literal["weak"] | None = "weak",
) -> Fitted:
    """The hazard a month of each step from a panel of rungs (customer, date, stage); numbers are called "lead → buyer".

    `steps`: those of the ladder; without, the moves seen at the shortest gap. `prior`: "weak" (log-normal, median 0.05 a month), one
    of your own, or None. Raises DataError where nobody is seen twice, or where somebody moved as no steps lead.

    >>> dates = ["2027-01-31", "2027-02-28", "2027-03-31"]
    >>> rows = [(str(c), day, "lead" if k <= c % 4 else "buyer") for c in range(200) for k, day in enumerate(dates)]
    >>> found = fit_panel(pd.DataFrame(rows, columns=["customer", "date", "stage"]))
    >>> round(found.parameters["lead → buyer"], 2), found.n
    (0.35, 200)
    """
    seen = looks(table)
    if seen.empty:
        raise DataError("panel: found nobody who is seen twice, must be at least two snapshots of the same customers")
    moved = seen[seen["origin"] != seen["to"]]
    pairs = list(dict.fromkeys(steps)) if steps is not None else _at_the_shortest_gap(moved, seen)
    if not pairs:
        raise DataError("panel: found nobody who moved between two looks, must be at least one who did")
    rungs = list(dict.fromkeys([*(r for pair in pairs for r in pair), *seen["origin"], *seen["to"]]))
    place = {rung: k for k, rung in enumerate(rungs)}
    _refuse_impossible(moved, pairs, rungs)
    gaps = np.unique(seen["months"])
    at = (np.searchsorted(gaps, seen["months"]), seen["origin"].map(place).to_numpy(), seen["to"].map(place).to_numpy())
    counts = seen["n"].to_numpy(np.float64)
    ways = (np.array([place[a] for a, _ in pairs]), np.array([place[b] for _, b in pairs]))

    def log_likelihood(values: Floats) -> float:
        chances = after(generator(values, ways, len(rungs)), gaps)
        return float(counts @ np.log(np.maximum(chances[at], 1e-300)))

    names = [named(pair) for pair in pairs]
    centre = dict.fromkeys(names, _MEDIAN)
    chosen = Prior(centre) if prior == "weak" else prior
    people = int(table["customer"].nunique())
    fitted = fit("panel", people, log_likelihood, centre, prior=chosen, units=dict.fromkeys(names, "per month"))
    return _told(fitted, seen, moved, pairs, guessed=steps is None)


def generator(hazards: Floats, ways: tuple[NDArray[np.int64], NDArray[np.int64]], size: int) -> Floats:
    """The matrix Q of hazards, whose rows add up to 0."""
    q = np.zeros((size, size))
    q[ways] = hazards
    q[np.arange(size), np.arange(size)] = -q.sum(axis=1)
    return q


def after(q: Floats, gaps: Floats) -> Floats:
    """exp(QΔ) for each Δ of `gaps`: by eigenvalues where these can be trusted, else the matrix exponential itself."""
    values, vectors = np.linalg.eig(q)
    if np.linalg.cond(vectors) > _WORST:
        return expm(q * gaps[:, None, None])
    parts = vectors * np.exp(values * gaps[:, None])[:, None, :]
    return np.maximum((parts @ np.linalg.inv(vectors)).real, 0.0)


def _at_the_shortest_gap(moved: pd.DataFrame, seen: pd.DataFrame) -> list[Pair]:
    """The moves seen at up to one and a half times the shortest gap; of those at longer gaps the ones that no way by these explains."""
    near = moved[moved["months"] <= 1.5 * seen["months"].min()]
    pairs = list(dict.fromkeys(zip(near["origin"], near["to"], strict=True)))
    rungs = list(dict.fromkeys([*seen["origin"], *seen["to"]]))
    for origin, to in dict.fromkeys(zip(moved["origin"], moved["to"], strict=True)):
        if to not in _reached(pairs, rungs)[origin]:
            pairs.append((origin, to))
    return pairs


def _reached(pairs: list[Pair], rungs: list[str]) -> dict[str, set[str]]:
    """The rungs that steps lead to from each, itself among them."""
    reached = {rung: {rung} for rung in rungs}
    for _ in rungs:
        for origin, to in pairs:
            for found in reached.values():
                if origin in found:
                    found.add(to)
    return reached


def _refuse_impossible(moved: pd.DataFrame, pairs: list[Pair], rungs: list[str]) -> None:
    """Raise DataError for a move that no steps allow."""
    reached = _reached(pairs, rungs)
    for origin, to in dict.fromkeys(zip(moved["origin"], moved["to"], strict=True)):
        if to not in reached[origin]:
            raise DataError(f"panel: found somebody who went from {origin!r} to {to!r}, must be a way by steps of the ladder")


def _told(fitted: Fitted, seen: pd.DataFrame, moved: pd.DataFrame, pairs: list[Pair], guessed: bool) -> Fitted:
    """The same, with what was seen, and what hides between two looks."""
    fitted = fitted.told(
        "looks",
        n=int(seen["n"].sum()),
        moved=int(moved["n"].sum()),
        low=_one(seen["months"].min()),
        high=_one(seen["months"].max()),
    )
    if guessed:
        fitted = fitted.open("steps_unknown", n=len(pairs))
    direct = moved.groupby(["origin", "to"])["n"].sum()
    for pair in pairs:
        n = int(direct.get(pair, 0))
        if n == 0:
            fitted = fitted.open("never_seen_between", step=named(pair))
        elif n < _FEW:
            fitted = fitted.open("few_seen_between", step=named(pair), n=n)
    return fitted


def _one(value: float) -> float:
    return round(float(value), 1)
