"""Printed fits found again from the printed data: V5, V6 and the spend of V5's customers (CDNOW), V9 (Fader & Hardie 2007).

In: a folder of real data for CDNOW, which does not come with ladsim. Out: for each fit the numbers found, those printed, and how far they may
be apart. And V10: the split between acquisition and retention that is best on the simulated ladder.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ladsim.engine.run import simulate
from ladsim.errors import DataError
from ladsim.scenario.address import with_values
from ladsim.theory.direct_marketing import AcquisitionAndRetention
from ladsim.verifying.form import SEED
from ladsim.verifying.markets import PARETO_NBD, classic, discounted_value

RELATIVE, LOG_LIKELIHOOD = 1e-3, 0.01  # how far a fit may be from the printed one
CDNOW, CDNOW_END = "cdnow/CDNOW_sample.txt", datetime.date(1997, 9, 30)
HIGH_END = (100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4)  # % left after 0 … 12 years
REGULAR = (100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3)
SPLIT = AcquisitionAndRetention(0.40, (5, 0.15), 0.70, (10, 0.40), margin=50, discount=0.2)  # Blattberg & Deighton (1996)


@dataclass(frozen=True)
class Found:
    """One number of a fit: what was found, what is printed, how far apart they may be."""

    value: str
    found: float
    formula: float
    bound: float
    at_least: bool = False  # only lower is wrong


@dataclass(frozen=True)
class FitRow:
    """A printed fit in the table of verification."""

    key: str
    name: str
    classic: str  # the scenario that it belongs to
    source: str  # of real data that it needs, below the folder; empty where the data are printed
    fit: Callable[[Path | None], list[Found]]


def cdnow(folder: Path) -> Any:
    """The sample of 2,357 customers as of 30 September 1997, in weeks, one row a customer. Raises DataError where it is not there."""
    from ladsim.data.read import read_data
    from ladsim.fitting.orders import summary

    place = folder / CDNOW
    if not place.is_file():
        raise DataError(f"{place}: no such file")
    read = read_data(place, columns={"customer": 2, "date": 3, "amount": 5})
    return summary(read.table(), until=CDNOW_END, unit="week")


PRINTED: dict[str, tuple[Mapping[str, float], float]] = {
    "pareto_nbd": ({"r": 0.553277, "alpha": 10.57768, "s": 0.606240, "beta": 11.66874}, -9594.97618),
    "bg_nbd": ({"r": 0.2425945, "alpha": 4.4136019, "a": 0.792922, "b": 2.425907}, -9582.429207),
    "gamma_gamma": ({"p": 6.24957, "q": 3.74422, "gamma": 15.44352}, -4055.9177),
    "high_end": ({"alpha": 0.6681, "beta": 3.8061}, -1611.158),
    "regular": ({"alpha": 0.7041, "beta": 1.1820}, -1680.265),
}


def held(fitted: Any, name: str) -> list[Found]:
    """The numbers of a fit beside the printed ones."""
    numbers, likelihood = PRINTED[name]
    rows = [Found(key, fitted.parameters[key], value, RELATIVE * abs(value)) for key, value in numbers.items()]
    return [*rows, Found("log_likelihood", fitted.log_likelihood, likelihood, LOG_LIKELIHOOD)]


def _orders(model: str) -> Callable[[Path | None], list[Found]]:
    def fit(folder: Path | None) -> list[Found]:
        from ladsim.fitting.orders import fit_orders

        assert folder is not None
        table = cdnow(folder)
        rows = held(fit_orders(table, model, unit="week", prior=None), model)
        if model == "pareto_nbd":
            later = float(np.asarray(PARETO_NBD.expected_orders(table["watched"].to_numpy() + 39)).sum())
            rows.append(Found("repeats_78", later, 4_270.0, 0.1))
        return rows

    return fit


def _spend(folder: Path | None) -> list[Found]:
    from ladsim.fitting.orders import fit_spend

    assert folder is not None
    return held(fit_spend(cdnow(folder), prior=None), "gamma_gamma")


def _club(name: str, curve: tuple[float, ...]) -> Callable[[Path | None], list[Found]]:
    def fit(folder: Path | None) -> list[Found]:
        from ladsim.fitting.renewals import fit_renewals, survivors

        del folder
        return held(fit_renewals(survivors([share / 100 for share in curve[:8]], 1_000), prior=None), name)

    return fit


def best_simulated_split(seed: int = SEED, customers: int = 20_000) -> tuple[float, float]:
    """The spend to win and to keep at which a prospect is worth most on the simulated ladder: tried from 8 to 24 by 1, and from 6 to 13 by ¼."""
    values = {}
    for spend in np.arange(8.0, 24.5, 1.0):
        kept = SPLIT.kept(float(spend))
        numbers = {f"steps.{rung}.kept.probability": kept for rung in ("won", "kept")}
        numbers |= {f"steps.{rung}.lost.probability": 1.0 - kept for rung in ("won", "kept")}
        numbers |= {f"rungs.{rung}.entry_cost": float(spend) for rung in ("kept", "lost")} | {"market_size": customers}
        values[float(spend)] = float(
            discounted_value(simulate(with_values(classic("acquisition_and_retention"), numbers), seed=seed))[0]
        )
    retention = max(values, key=lambda spend: values[spend])
    acquisition = max(np.arange(6.0, 13.25, 0.25), key=lambda spend: SPLIT.won(float(spend)) * values[retention] - spend)
    return float(acquisition), retention


def _split(folder: Path | None) -> list[Found]:
    del folder
    best = SPLIT.equity(*SPLIT.best())
    return [Found("equity", SPLIT.equity(*best_simulated_split()), best, 0.02 * best, at_least=True)]


FITS: tuple[FitRow, ...] = (
    FitRow("V5", "pareto_nbd_fit", "pareto_nbd", CDNOW, _orders("pareto_nbd")),
    FitRow("V5", "gamma_gamma_fit", "pareto_nbd", CDNOW, _spend),
    FitRow("V6", "bg_nbd_fit", "bg_nbd", CDNOW, _orders("bg_nbd")),
    FitRow("V9", "club_high_end_fit", "club_high_end", "", _club("high_end", HIGH_END)),
    FitRow("V9", "club_regular_fit", "club_regular", "", _club("regular", REGULAR)),
    FitRow("V10", "split", "acquisition_and_retention", "", _split),
)
