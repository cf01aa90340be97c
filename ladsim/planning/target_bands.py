"""The way to a target: when to worry, luck and lack of knowledge apart, all goals of a file at once.

In: the futures of a study (`Attainment`) and the month of its targets. Out: tables.

*Lines to watch.* At every month start a number has a warning line, which four of five new futures keep to (the commit of that month), and an
alarm line, which nineteen of twenty do. Beside them stands how many of the futures that were beyond a line at that month met the commit
at the end all the same: how much a warning means. Who looks every month sees the lines crossed more often than once in five or twenty;
how often stands in `ever`.

*Luck and lack of knowledge.* Two futures share a draw of what is not known, so how far they are apart is luck alone: the spread is split
(``pairs.split``), and the commit is told once more as it would be if the numbers were known: from futures that lie around the mean
as those of one draw lie around theirs, d/√2 to either side for two that are d apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.i18n import Locale
from ladsim.measures.uncertainty import quantile, share_interval
from ladsim.planning import pairs
from ladsim.planning.attainment import Attainment, met_goals
from ladsim.planning.replications import Replications
from ladsim.scenario.spec import Goal

Floats = NDArray[np.float64]
WARNING, ALARM = 0.8, 0.95  # so many futures keep to a line
COLUMNS: dict[str, tuple[str, str]] = {
    "month_name": ("", "the month as the calendar calls it, where the file has a start_date"),
    "warning": ("people", "four of five futures keep to it at this month: the commit of the month; beyond it, ask why"),
    "alarm": ("people", "nineteen of twenty futures keep to it at this month; empty: too few futures to say"),
    "kept_if_fine": ("share", "of the futures on the right side of the warning line at this month: met the commit at the end"),
    "kept_if_warned": ("share", "of the futures beyond the warning line at this month: met the commit at the end"),
    "kept_if_alarmed": ("share", "of the futures beyond the alarm line at this month: met the commit at the end"),
    "ever_warned": ("share", "of the futures: beyond the warning line in at least one month"),
    "ever_alarmed": ("share", "of the futures: beyond the alarm line in at least one month"),
    "commit_if_known": ("people", "the commit if what is not known were known: luck alone"),
    "goals": ("goals", "how many goals of the file are judged"),
}
PER_MONTH = (
    "month",
    "month_name",
    "rung",
    "meets",
    "expect",
    "warning",
    "alarm",
    *(f"kept_if_{which}{end}" for which in ("fine", "warned", "alarmed") for end in ("", "_low", "_high")),
)


def watched(reached: Attainment, place: int, paired: bool, locale: Locale) -> pd.DataFrame:
    """The lines to watch, month by month until the target's (at `place`): see ``PER_MONTH``, the columns."""
    return pd.DataFrame(_months(reached, place, paired, locale), columns=list(PER_MONTH))


def _months(reached: Attainment, place: int, paired: bool, locale: Locale) -> Iterator[list[Any]]:
    first = reached.first
    for at in range(1, place + 1):
        month = float(first.months[at])
        for rung in reached.promised:
            more = reached.rung_wants_more(rung)
            kept = ~beyond(reached.people[:, place, rung], WARNING, more, paired)
            values = reached.people[:, at, rung]
            lines = [line(values, chance, more, paired) for chance in (WARNING, ALARM)]
            warned, alarmed = (beyond(values, chance, more, paired) for chance in (WARNING, ALARM))
            shares = [*_share(kept, ~warned, paired), *_share(kept, warned, paired), *_share(kept, alarmed, paired)]
            meets = "at least" if more else "at most"
            yield [month, month_name(month, locale), first.rung_names[rung], meets, float(quantile(values, 0.5)), *lines, *shares]


def ever(reached: Attainment, place: int, paired: bool) -> pd.DataFrame:
    """How often a future is beyond a line in at least one month: rung, ever_warned, ever_alarmed."""
    rows = []
    for rung in reached.promised:
        more, shares = reached.rung_wants_more(rung), []
        for chance in (WARNING, ALARM):
            over = [beyond(reached.people[:, at, rung], chance, more, paired) for at in range(1, place + 1)]
            known = not math.isnan(line(reached.people[:, place, rung], chance, more, paired))
            shares.append(float(np.any(over, axis=0).mean()) if known else math.nan)
        rows.append([reached.first.rung_names[rung], *shares])
    return pd.DataFrame(rows, columns=["rung", "ever_warned", "ever_alarmed"])


def line(values: Floats, chance: float, more: bool, paired: bool) -> float:
    """The number that a new future keeps to with a probability; NaN where there are too few futures."""
    return pairs.met_with(values, chance, paired, at_most=not more).value


def beyond(values: Floats, chance: float, more: bool, paired: bool) -> NDArray[np.bool_]:
    """Which of some futures are on the wrong side of their line; none where there is no line.

    >>> beyond(np.arange(1.0, 11.0), 0.8, True, False).tolist()[:3]
    [True, False, False]
    """
    limit = line(values, chance, more, paired)
    return np.asarray(values < limit if more else values > limit, np.bool_)


def _share(kept: NDArray[np.bool_], among: NDArray[np.bool_], paired: bool) -> pairs.Estimate:
    """The share of those, with its interval; where two futures share a draw, those of one draw count as one, on the safe side."""
    if not among.any():
        return pairs.NOTHING
    draws = np.unique(np.flatnonzero(among) // 2).size if paired else int(among.sum())
    share = float(kept[among].mean())
    ends = share_interval(share * draws, draws, level=pairs.LEVEL)  # type: ignore[arg-type]
    return pairs.Estimate(share, min(ends.low, share), max(ends.high, share))


def month_name(month: float, locale: Locale) -> str:
    """What the calendar calls a month of the run, where it knows; else nothing.

    >>> import datetime
    >>> month_name(7.0, Locale("nb", datetime.date(2027, 1, 1))), month_name(7.0, Locale("nb"))
    ('juli\\xa02027', '')
    """
    _, bracket, name = str(locale.month(month)).partition("(")
    return name.removesuffix(")") if bracket else ""


def luck_apart(reached: Attainment, place: int, paired: bool, chance: float) -> pd.DataFrame:
    """Luck and lack of knowledge in each rung's number at the target's month.

    Columns: rung, meets, commit, commit_if_known, spread_sd, share_luck (+ _low, _high), share_not_knowing (+ _low, _high).
    """
    rows = []
    for rung in reached.promised:
        more, values = reached.rung_wants_more(rung), reached.people[:, place, rung]
        parts = pairs.split(values, paired)
        alone = by_luck(values) if paired else values
        rows.append(
            [
                reached.first.rung_names[rung],
                "at least" if more else "at most",
                line(values, chance, more, paired),
                line(alone, chance, more, False),
                math.sqrt(parts.total) if parts.total >= 0.0 else math.nan,
                *(parts.share_luck, 1.0 - parts.high, 1.0 - parts.low),
                *(parts.share_not_knowing, parts.low, parts.high),
            ]
        )
    ends = [f"share_{part}{end}" for part in ("luck", "not_knowing") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["rung", "meets", "commit", "commit_if_known", "spread_sd", *ends])


def by_luck(values: Floats) -> Floats:
    """Futures around the mean of all as they lie around their draw's: with the variance of luck alone. Whole pairs only.

    >>> by_luck(np.array([1.0, 3.0, 101.0, 103.0])).round(2).tolist()
    [50.59, 53.41, 50.59, 53.41]
    """
    whole = np.asarray(values[: len(values) - len(values) % 2], np.float64).reshape(-1, 2)
    apart = whole - whole.mean(axis=1, keepdims=True)
    return np.asarray(whole.mean() + math.sqrt(2.0) * apart, np.float64).ravel() if whole.size else values


def goals_at_once(goals: Sequence[Goal], runs: Replications, paired: bool) -> pd.DataFrame:
    """How often all goals of the file are met in the same future: goals, probability (+ _low, _high); empty where there are none."""
    columns = ["goals", "probability", "probability_low", "probability_high"]
    met = [hits for hits in (met_goals(goal, runs, paired, as_market=True) for goal in goals) if hits is not None]
    if not met:
        return pd.DataFrame(columns=columns)
    return pd.DataFrame([[len(met), *pairs.probability(np.all(met, axis=0), paired)]], columns=columns)
