"""How far to trust a forecast: fit the first part of the orders, simulate the rest by the ladder, and hold it against what came.

In: transactions. Out: a `Backtest`: for each origin, the last day of a first part, the repeat orders of each later week by the customers
known at that day: in fact, by the simulated ladder with its 80 % interval, by the fitted model's closed form, and by what needs no
ladder at all: the mean of history, the same weeks a year before, Pareto/NBD alone. Who comes new after an origin is in no forecast, and
in no count. The ladder is that of ``calibrate``: customers order until they lapse, over time (Pareto/NBD) or after an order (BG/NBD).
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data.read import CustomerData, read_data
from ladsim.engine.run import simulate
from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.joint import joint_draws
from ladsim.fitting.on_ladder import placed
from ladsim.fitting.orders import MODELS, fit_orders, summary
from ladsim.fitting.skeletons import of_parts
from ladsim.i18n import Locale
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.measures.uncertainty import quantile
from ladsim.model.layout import EVENTS, MONTH
from ladsim.scenario.address import with_values
from ladsim.scenario.load import loads
from ladsim.scenario.posterior import Joint
from ladsim.scenario.spec import Scenario

Floats = NDArray[np.float64]
LADDERS = {"pareto_nbd": False, "bg_nbd": True}  # model → whether customers leave after an order
BASELINES = ("mean", "last_year", "pareto_nbd_alone")
LEVEL = 0.80
FEWEST_WEEKS = 12  # of a first part, and four of a rest (assumptions)
_WEEK = 7.0


@dataclass(frozen=True)
class Ladder:
    """One ladder's forecast of the weeks after an origin."""

    model: str
    fitted: Fitted
    futures: Floats  # futures × weeks, repeat orders
    before: Floats  # futures: repeat orders until the origin
    expected: Floats  # weeks: the closed form, the mean over the draws that were simulated
    apart: float  # all repeat orders until the last week: simulated − closed form of the same draws, the mean
    standard_error: float  # of that difference
    model_total: float  # all repeat orders until the last week by the closed form at the fitted numbers

    def interval(self, share: float = LEVEL) -> tuple[Floats, Floats]:
        """The ends of the central interval of each week."""
        low, high = quantile(self.futures, [0.5 - 0.5 * share, 0.5 + 0.5 * share], axis=0)
        return low, high


@dataclass(frozen=True)
class Origin:
    """What was forecast on one day, and what came."""

    day: datetime.date  # the last day of the first part
    customers: int  # who had ordered by then
    before: int  # their repeat orders until then
    actual: Floats  # weeks: repeat orders that came
    ladders: tuple[Ladder, ...]  # the likelier model first: its ladder is the one that ``calibrate`` writes
    others: dict[str, Floats | None]  # mean, last_year, pareto_nbd_alone → weeks; None: the data are too short
    history: Floats  # repeat orders of each week of the first part, the last one ends at the origin

    @property
    def ladder(self) -> Ladder:
        """The ladder of the likelier model."""
        return self.ladders[0]

    def coverage(self, ladder: Ladder) -> float:
        """The share of weeks whose orders lie in the 80 % interval."""
        low, high = ladder.interval()
        return float(np.mean((self.actual >= low) & (self.actual <= high)))

    def totals(self) -> pd.DataFrame:
        """A row a forecast: method, orders, low, high (80 %), error (share of what came), week_error (mean absolute), coverage,
        error_of_all (share of all repeat orders until the last week)."""
        came = float(self.actual.sum())
        rows: list[dict[str, Any]] = []
        for ladder in self.ladders:
            low, high = quantile(ladder.futures.sum(axis=1), [0.5 - 0.5 * LEVEL, 0.5 + 0.5 * LEVEL])
            weeks = ladder.futures.mean(axis=0)
            every = float((ladder.before + ladder.futures.sum(axis=1)).mean()) / max(1.0, self.before + came) - 1.0
            more = {"low": low, "high": high, "coverage": self.coverage(ladder), "error_of_all": every}
            rows.append(self._row(f"ladder_{ladder.model}", weeks) | more)
        rows += [self._row(name, weeks) for name, weeks in self.others.items() if weeks is not None]
        columns = ["method", "orders", "low", "high", "error", "week_error", "coverage", "error_of_all"]
        return pd.DataFrame(rows).reindex(columns=columns)

    def _row(self, method: str, weeks: Floats) -> dict[str, Any]:
        came = float(self.actual.sum())
        error = float(weeks.sum()) / came - 1.0 if came else np.nan
        return {
            "method": method,
            "orders": float(weeks.sum()),
            "error": error,
            "week_error": float(np.abs(weeks - self.actual).mean()),
        }

    def weeks(self) -> pd.DataFrame:
        """A row a week: week, last_day, actual, ladder, low, high (80 %), closed_form, and the other forecasts."""
        low, high = self.ladder.interval()
        count = np.arange(1, self.actual.size + 1)
        days = [self.day + datetime.timedelta(days=7 * int(week)) for week in count]
        own = {"actual": self.actual, "ladder": self.ladder.futures.mean(axis=0), "low": low, "high": high}
        others = {name: np.full(count.size, np.nan) if weeks is None else weeks for name, weeks in self.others.items()}
        return pd.DataFrame({"week": count, "last_day": days, **own, "closed_form": self.ladder.expected, **others})


@dataclass(frozen=True)
class Backtest:
    """Forecasts from one or several origins against what came."""

    file: str
    origins: tuple[Origin, ...]  # the latest first
    seed: int
    replications: int
    language: str = "en"

    @property
    def weeks(self) -> pd.DataFrame:
        """Every week of every origin, with the origin's day."""
        return pd.concat([one.weeks().assign(origin=one.day) for one in self.origins], ignore_index=True)

    @property
    def totals(self) -> pd.DataFrame:
        """Every forecast of every origin, with the origin's day."""
        return pd.concat([one.totals().assign(origin=one.day) for one in self.origins], ignore_index=True)


def backtest(
    sources: Sequence[str | os.PathLike[str] | CustomerData],
    *,
    weeks: int | None = None,
    origins: int = 1,
    until: datetime.date | str | None = None,
    first_part: datetime.date | str | None = None,
    replications: int = 200,
    seed: int = 1,
    language: str = "en",
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Fit the first part of transactions, simulate the rest by the ladder, and compare with what came.

    `sources`: files as ``read_data`` reads them, or what it gave; all of transactions. `weeks`: how long the rest is (a third of all unless
    given). `first_part`: the last day of the first part, in place of `weeks` before `until`, the last day of all. `origins`: so many,
    each a rest's length earlier. `replications`: futures of each ladder; two share a draw of the posterior, as in every study. Needs
    the extra `data`. Raises DataError where there are no transactions, or too few weeks.

    >>> import pandas as pd, tempfile, os
    >>> orders = range(900)
    >>> days = pd.Timestamp("2024-01-01") + pd.to_timedelta([37 * k * k % 364 for k in orders], unit="D")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "sales.csv")
    ...     pd.DataFrame({"customer": [k % 150 for k in orders], "date": days.date}).to_csv(file, index=False)
    ...     found = backtest([file], weeks=13, replications=20)
    >>> found.origins[0].actual.size, found.origins[0].ladder.futures.shape
    (13, (20, 13))
    """
    for name, value, least, most in (("origins", origins, 1, 20), ("replications", replications, 20, 10_000)):
        if not least <= value <= most:
            raise DataError(f"{name}: found {value}, must be a whole number from {least} to {most}")
    if not 0 <= seed < 2**63:
        raise DataError(f"seed: found {seed}, must be a whole number from 0 to 2^63 − 1")
    read = [one if isinstance(one, CustomerData) else read_data(one) for one in sources]
    orders = _orders(read)
    last = pd.Timestamp(_day(until, "until")) if until is not None else orders["date"].max()
    orders = orders[orders["date"] <= last]
    if orders.empty:
        raise DataError("found no order up to the last day, must be at least one")
    days, length = _origins(orders, last, weeks, _day(first_part, "first_part"), origins)
    found = []
    for place, day in enumerate(days):
        done = place * replications * len(LADDERS)

        def tell(more: int, done: int = done) -> None:
            if progress is not None:
                progress(done + more, len(days) * replications * len(LADDERS))

        found.append(_origin(orders, day, length, replications, seed, tell))
    return Backtest(
        ", ".join(dict.fromkeys(os.path.basename(one.report.file) for one in read)), tuple(found), seed, replications, language
    )


def _day(said: datetime.date | str | None, name: str) -> datetime.date | None:
    if isinstance(said, str):
        try:
            return datetime.date.fromisoformat(said)
        except ValueError:
            raise DataError(f"{name}: found {said!r}, must be a day such as 2027-01-31") from None
    return said


def _orders(read: Sequence[CustomerData]) -> pd.DataFrame:
    """Customer and day of every day with an order, once."""
    if strange := [one for one in read if one.kind != "transactions"]:
        raise DataError(
            f"{os.path.basename(strange[0].report.file)}: found {strange[0].kind}, must be transactions: a forecast is judged by orders"
        )
    if not read:
        raise DataError("found no file, must be at least one")
    table = pd.concat([one.table()[["customer", "date"]] for one in read], ignore_index=True)
    return table.assign(date=pd.to_datetime(table["date"]).astype("datetime64[s]")).drop_duplicates(ignore_index=True)


def _origins(
    orders: pd.DataFrame, last: pd.Timestamp, weeks: int | None, first_part: datetime.date | None, count: int
) -> tuple[list[pd.Timestamp], int]:
    """The last days of the first parts, and how many weeks follow each."""
    first = orders["date"].min()
    if first_part is not None:
        there = int((last - pd.Timestamp(first_part)).days // 7)
        weeks = there if weeks is None else min(weeks, there)
        latest = pd.Timestamp(first_part)
    else:
        weeks = int((last - first).days / _WEEK // 3) if weeks is None else weeks
        weeks = min(weeks, int((last - first).days // 7) + 1)  # a number of 30 digits is no span of time
        latest = last - pd.Timedelta(days=7 * weeks)
    days = [latest - pd.Timedelta(days=7 * weeks * place) for place in range(count)]
    shortest = int((days[-1] - first).days // 7)
    if weeks < 4 or shortest < FEWEST_WEEKS:
        raise DataError(
            f"found {max(0, shortest)} weeks before the first forecast and {max(0, weeks)} after it, must be at least {FEWEST_WEEKS} and 4"
        )
    return days, weeks


def _origin(
    orders: pd.DataFrame, day: pd.Timestamp, weeks: int, replications: int, seed: int, tell: Callable[[int], None]
) -> Origin:
    """All forecasts of one day."""
    seen = orders[orders["date"] <= day]
    customers = summary(seen, until=day.date())
    first = seen.groupby("customer", sort=False)["date"].min()
    known = orders[orders["customer"].isin(first.index)]
    repeats = known[known["date"] > known["customer"].map(first)]
    after = (repeats["date"] - day).dt.days.to_numpy()
    actual = _by_week(after.astype(np.float64), weeks)
    past = int((day - orders["date"].min()).days // 7)
    history = _by_week(-after[after <= 0].astype(np.float64) + 1.0, past)[::-1]  # the origin's own day belongs to the last week
    fits = sorted((fit_orders(customers, model) for model in LADDERS), key=lambda one: -one.log_likelihood)
    began = (day - first.reindex(customers["customer"])).dt.days.to_numpy(np.float64)
    ladders = []
    for place, fitted in enumerate(fits):

        def tell_more(played: int, before: int = place * replications) -> None:
            tell(before + played)

        ladders.append(_ladder(fitted, began, weeks, replications, seed, tell_more))
    others = _others(next(one for one in fits if one.model == "pareto_nbd"), customers, history, weeks)
    return Origin(day.date(), len(customers), int((after <= 0).sum()), actual, tuple(ladders), others, history)


def _by_week(days: Floats, weeks: int) -> Floats:
    """How many of the days lie in each week: above 0 and up to 7, above 7 and up to 14 …"""
    place = np.ceil(days / _WEEK).astype(np.int64)
    return np.bincount(place[(place >= 1) & (place <= weeks)] - 1, minlength=weeks).astype(np.float64)


def _others(pareto: Fitted, customers: pd.DataFrame, history: Floats, weeks: int) -> dict[str, Floats | None]:
    """Forecasts that need no ladder."""
    year = history[-52:][:weeks] if history.size >= 52 and weeks <= 52 else None
    rows, counts = np.unique(customers[["orders", "last", "watched"]].to_numpy(np.float64), axis=0, return_counts=True)
    model = MODELS["pareto_nbd"](**pareto.parameters)
    ends = np.arange(weeks + 1) * _WEEK / DAYS_PER_MONTH
    upto = np.array([counts @ model.orders_to_come(time, *rows.T) if time else 0.0 for time in ends])
    return {"mean": np.full(weeks, history.mean()), "last_year": year, "pareto_nbd_alone": np.diff(upto)}


def _ladder(fitted: Fitted, began: Floats, weeks: int, replications: int, seed: int, tell: Callable[[int], None]) -> Ladder:
    """The ladder of a fit, played; `began`: days from each customer's first order to the origin."""
    text = of_parts({"transactions": began.size}, "backtest", Locale("en"), leaves_at_orders=LADDERS[fitted.model])
    market = loads(text)
    found, _ = placed([(fitted, "")], market)
    table = joint_draws([(fitted, "")])
    joint = Joint({name: table[name].to_numpy() for name in table}, len(table))
    months = float(np.ceil((began.max() + _WEEK * weeks) / DAYS_PER_MONTH)) + 1.0
    futures, before, expected, closed = [], [], [], []
    for k in range(replications):
        row = joint.row(seed, k // 2)
        if k % 2 == 0:
            values: Mapping[str, Any] = {one.key: joint.value(one.number, row) for one in found}
            scenario = with_values(market, {**values, "months": months})
            weekly, so_far = _closed(fitted.model, fitted.draws[row], began, weeks)
        by_week, early = _played(scenario, seed, k, began, weeks)
        futures.append(by_week)
        before.append(early)
        expected.append(weekly)
        closed.append(so_far + weekly.sum())
        tell(k + 1)
    simulated = np.array(before) + np.array(futures).sum(axis=1)
    apart = simulated - np.array(closed)
    at_peak, early_at_peak = _closed(fitted.model, np.array(list(fitted.parameters.values())), began, weeks)
    return Ladder(
        fitted.model,
        fitted,
        np.array(futures),
        np.array(before),
        np.mean(expected, axis=0),
        float(apart.mean()),
        float(apart.std(ddof=1) / np.sqrt(apart.size)),
        float(early_at_peak + at_peak.sum()),
    )


def _closed(model: str, numbers: Floats, began: Floats, weeks: int) -> tuple[Floats, float]:
    """Expected repeat orders of each week after the origin, and of all time before it."""
    ages, counts = np.unique(began, return_counts=True)
    times = (ages[:, None] + np.arange(weeks + 1) * _WEEK) / DAYS_PER_MONTH
    with np.errstate(all="ignore"):  # no number where the shapes are beyond what a double holds: the data cannot tell them
        upto = counts @ MODELS[model](*map(float, numbers)).expected_orders(times)
    return np.diff(upto), float(upto[0])


def _played(scenario: Scenario, seed: int, replication: int, began: Floats, weeks: int) -> tuple[Floats, float]:
    """Repeat orders of each week after the origin in one future, and of all time before it; customer k of the ladder is customer k of the data."""
    log = simulate(scenario, seed=seed, replication=replication, log=True, customers=False).log
    assert log is not None
    ordered = log[(log["event"] == EVENTS.index("order")) & (log["time"] > 0)]
    days = ordered["time"] / MONTH * DAYS_PER_MONTH - began[ordered["customer"].astype(np.int64)]
    return _by_week(days, weeks), float((days <= 0).sum())
