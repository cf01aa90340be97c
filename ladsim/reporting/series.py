"""From a study's futures to what charts draw: arrays by future and month, means by step.

In: `Replications`. Out: `Fan` records and small tables. Scaling to the whole market is left to ``measures``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import LadsimError
from ladsim.i18n import Locale
from ladsim.measures.ladder import cumulative_shares
from ladsim.measures.tidy import people
from ladsim.measures.uncertainty import quantile
from ladsim.measures.value import booked, income_statement, profit_so_far
from ladsim.planning.measure_table import by_future, estimate
from ladsim.planning.once import once
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications
from ladsim.planning.sensitivity import FEWEST_DRAWS
from ladsim.reporting.charts import Fan
from ladsim.reporting.ladder import order_of
from ladsim.scenario.naming import label_of
from ladsim.theory.expected import expected_rung_counts
from ladsim.theory.markov import reason_not

Floats = NDArray[np.float64]
MOST_DRAWS = 100  # of the uncertain numbers, over which a closed form is averaged


def locale(runs: Replications) -> Locale:
    """The language in which a study is told: that of its scenario."""
    return Locale(runs.source.language, runs.source.start_date)


def split_words(luck: Estimate, words: Locale) -> dict[str, str]:
    """The share of a spread that is luck, its 95 % interval, and the share that is lack of knowledge."""
    limits = words.text("verdict.limits", interval=words.between(words.percent(luck.low), words.percent(luck.high)))
    return {"luck": words.percent(luck.value), "limits": limits, "unknown": words.percent(1.0 - luck.value)}


def split_is_told(luck: Estimate, draws: int) -> bool:
    """Whether a spread can be parted in luck and lack of knowledge: from enough draws, and where the interval of the share has a width.

    An interval that is nothing or all from end to end is the edge of what can be seen, not certainty; only where no two futures of a
    draw differ it is sure that there is no luck.
    """
    return draws >= FEWEST_DRAWS and (luck.value == 0.0 or luck.low < luck.high)


def split_said(key: str, luck: Estimate, runs: Replications) -> list[str]:
    """What a spread is made of, by the text `key`; or that so few draws cannot tell."""
    words, draws = locale(runs), runs.count // 2
    if not split_is_told(luck, draws):
        return [words.text("page.d_split_open", n=words.number(draws))]
    return [words.text(key, **split_words(luck, words)), *filter(None, [market_luck_words(runs)])]


def market_luck_words(runs: Replications) -> str:
    """A sentence where a sample was played: the shares of a spread are those of the whole market; else empty."""
    return locale(runs).text("page.d_split_market") if runs.histories[0].scale > 1.0 else ""


def profit_fan(runs: Replications) -> Fan:
    """Cumulative profit by month."""
    values = np.stack([profit_so_far(h) for h in runs.histories])
    return Fan(runs.label, runs.histories[0].months, values)


def rung_fans(runs: Replications) -> dict[str, Fan]:
    """People on each rung and state by month, by the rung's name; with the closed form where there is one."""
    first = runs.histories[0]
    values = np.stack([people(h, h.counts.sum(axis=1)) for h in runs.histories])
    exact, _ = closed_form(runs)
    return {
        name: Fan(name, first.months, values[:, :, r], exact[:, r] if exact is not None else None)
        for r, name in enumerate(first.rung_names)
    }


@once
def closed_form(runs: Replications) -> tuple[Floats | None, str]:
    """Expected people per month and rung, (M+1, R), over the same draws of the uncertain numbers; or None and why not."""
    draws = (runs.count + 1) // 2 if runs.draws.keys else 1
    total: Floats | None = None
    try:
        for draw in range(min(draws, MOST_DRAWS)):
            laid_out = runs.draws.tables(draw)
            reason = reason_not(laid_out, locale(runs))
            if reason is not None:
                return None, reason
            counts = np.asarray(expected_rung_counts(laid_out), np.float64)
            total = counts if total is None else total + counts
    except LadsimError as error:
        return None, str(error)
    return (total / min(draws, MOST_DRAWS) if total is not None else None), ""


def retention_fan(runs: Replications) -> Fan | None:
    """Share of the customers won since the start who still are customers, by months since; None where nobody was won."""
    curves = [_kept(h) for h in runs.histories]
    oldest = int(np.floor(runs.histories[0].months[-1])) - 3  # at least three months' new customers at every age
    if oldest < 2:
        return None
    values = np.stack([c[: oldest + 1] for c in curves])
    unknown = np.flatnonzero(np.isnan(values).sum(axis=0))
    ages = int(unknown[0]) if unknown.size else values.shape[1]
    if ages < 2:
        return None
    return Fan(runs.label, np.arange(ages, dtype=np.float64), values[:, :ages])


def _kept(history: History, cohorts: slice = slice(1, None)) -> Floats:
    """Share kept by age over the cohorts asked for, those old enough for an age pooled."""
    last = len(history.months) - 1
    kept = history.cohorts[:, :, history.is_customer].sum(axis=2).astype(np.float64)
    size = history.cohorts[np.arange(last + 1), np.arange(last + 1)].sum(axis=1).astype(np.float64)
    above, below = np.zeros(last + 1), np.zeros(last + 1)
    for cohort in range(last + 1)[cohorts]:
        above[: last - cohort + 1] += kept[cohort:, cohort]
        below[: last - cohort + 1] += size[cohort]
    return np.divide(above, below, out=np.full(last + 1, np.nan), where=below > 0)


def cohort_fans(runs: Replications, groups: int = 4) -> list[tuple[int, int, Fan]]:
    """The same for customers who came early, later and late: first and last month of joining, and the fan."""
    last = len(runs.histories[0].months) - 1
    width = max(1, -(-last // groups))
    found = []
    for first in range(1, last + 1, width):
        end = min(last, first + width - 1)
        oldest = last - end
        if oldest < 2:
            continue
        values = np.stack([_kept(h, slice(first, end + 1))[: oldest + 1] for h in runs.histories])
        if not np.isnan(values).any():
            found.append((first, end, Fan("", np.arange(oldest + 1, dtype=np.float64), values)))
    return found


@dataclass(frozen=True)
class Flow:
    """How many took a step until the end, on average, and which share of all who stood on the rung it leaves."""

    name: str
    origin: str
    to: str
    trigger: str
    number: float
    share: float


@once
def mean_flows(runs: Replications) -> list[Flow]:
    """Every step of a strategy with its mean number and mean conversion, in the history's order."""
    first = runs.histories[0]
    number = np.mean([people(h, h.flows.sum(axis=(0, 2))) for h in runs.histories], axis=0)
    shares = np.array([cumulative_shares(h)[-1, :, 0] for h in runs.histories])
    known = ~np.isnan(shares)
    share = np.divide(
        np.where(known, shares, 0.0).sum(axis=0), known.sum(axis=0), out=np.full(shares.shape[1], np.nan), where=known.any(axis=0)
    )
    return [
        Flow(name, *ends, float(number[s]), float(share[s]))
        for s, (name, ends) in enumerate(zip(first.step_names, first.step_ends, strict=True))
    ]


def at_start(runs: Replications) -> dict[str, float]:
    """Number of people on each rung at the start."""
    first = runs.histories[0]
    return dict(zip(first.rung_names, (float(x) * first.scale for x in first.counts[0].sum(axis=0)), strict=True))


def mean_at_end(runs: Replications) -> dict[str, float]:
    """Mean number of people on each rung at the horizon."""
    first = runs.histories[0]
    ends = np.mean([people(h, h.counts[-1].sum(axis=0)) for h in runs.histories], axis=0)
    return dict(zip(first.rung_names, (float(x) for x in ends), strict=True))


def statement(runs: Replications) -> dict[str, Floats]:
    """Each cause of money over the whole time, per future; causes that are 0 throughout left out."""
    totals = np.stack([booked(h).sum(axis=0) for h in runs.histories])
    return {cause: totals[:, c] for c, cause in enumerate(runs.histories[0].causes) if totals[:, c].any()}


def in_advance(runs: Replications) -> dict[str, Floats]:
    """What was received in advance over the whole time, and what of it is not yet earned at the end, per future; none where nothing was."""
    found = [income_statement(h) for h in runs.histories if h.payment_sources]
    if not any(table["cash"].any() for table in found):
        return {}
    return {
        "cash": np.array([float(table["cash"].sum()) for table in found]),
        "prepaid": np.array([float(table["prepaid"].iloc[-1]) for table in found]),
    }


def scalars(runs: Replications, key: str) -> Floats:
    """One number of ``measures.summary`` per future; NaN where it is undefined."""
    return by_future(runs, key)


def middle(runs: Replications, key: str) -> float:
    """It over all futures: a mean, or for a ratio that of totals (see ``planning.measure_table``)."""
    return estimate(runs, key).value


def black_from(runs: Replications) -> float:
    """Median month from which cumulative profit stays at 0 or above; NaN where half of the futures never get there."""
    months = scalars(runs, "profitable_from_month")
    found = float(quantile(np.where(np.isnan(months), np.inf, months), 0.5))
    return found if np.isfinite(found) else float("nan")


def black_words(runs: Replications) -> str:
    """From when on the whole business is in profit for good, in a sentence: another thing than what a strategy in it earns."""
    month, words = black_from(runs), locale(runs)
    key = "page.d_black_never" if math.isnan(month) else "page.d_black_start" if month <= 0 else "page.d_black"
    return words.text(key, month=words.month(month))


def paired(runs: Replications) -> bool:
    """Whether two futures share each draw of uncertain numbers."""
    return bool(len(runs.parameters.columns))


def top_rung(runs: Replications) -> str:
    """Name of the highest rung of the ladder."""
    ladder = order_of(runs.scenario).ladder
    return (ladder or runs.scenario.rungs)[-1].name


def rung_order(runs: Replications) -> list[tuple[str, str]]:
    """Name and label of every rung that belongs in a chart: top of the ladder first, then the states beside and before it."""
    order = order_of(runs.scenario)
    return [(r.name, label_of(r)) for r in (*reversed(order.ladder), *order.beside, *order.before)]
