"""How steady revenue is: from month to month within a future, and from future to future.

In: one history, or many futures of one strategy. Out: a table. The measure is the coefficient of variation,

    c = s / x̄,   s the standard deviation (n − 1), x̄ the mean      (Pearson 1896; of firms' cash flows: Gruca & Rego 2005)

0 is perfectly steady, 0.2 means that a typical month lies a fifth above or below the mean. Growth spreads the months, too: beside it
stands the spread around a straight line through them, which leaves growth out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.ladder import BySegment, grouped
from ladsim.measures.tidy import Floats, causes_of, currency, ratio, spans


def revenue_stability(histories: History | Iterable[History], *, by: BySegment = None) -> pd.DataFrame:
    """Spread of revenue as a share of its mean: [segment], futures, months, revenue_per_month, month_to_month, around_trend,
    revenue, future_to_future.

    `month_to_month` is the coefficient of variation of whole months within a future, `around_trend` the same around a straight line
    (residuals over n − 2), each the mean over futures; `future_to_future` that of the totals of the futures. Amounts are means, in
    currency. NaN with fewer than 2 months (3 for the line) or futures, or without revenue. Source: Pearson (1896).
    Raises StudyError where there is no history, where the histories differ in months or segments, and where `by` is neither "segment"
    nor None.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> futures = [ladsim.simulate(scenario, sample=200, replication=k) for k in range(4)]
    >>> found = ladsim.measures.revenue_stability(futures)
    >>> found[["futures", "months", "month_to_month", "future_to_future"]].round(3)
       futures  months  month_to_month  future_to_future
    0        4      24           0.171             0.271
    """
    every = [histories] if isinstance(histories, History) else list(histories)
    _require_alike(every)
    paths = np.stack([monthly_revenue(history, by) for history in every])  # futures, months, groups
    whole = whole_months(every[0])
    months, totals = paths[:, whole], paths.sum(axis=1)
    table = pd.DataFrame({"futures": [len(every)] * paths.shape[2], "months": int(whole.sum())})
    table["revenue_per_month"] = months.mean(axis=(0, 1)) if whole.any() else np.nan
    table["month_to_month"] = variation(months).mean(axis=0)
    table["around_trend"] = variation_around_trend(months).mean(axis=0)
    table["revenue"] = totals.mean(axis=0)
    table["future_to_future"] = variation(totals[None])[0]
    if by is not None:
        table.insert(0, by, every[0].segment_names)
    return table


def monthly_revenue(history: History, by: BySegment = None) -> Floats:
    """Revenue per period, (M+1, groups), in currency."""
    return currency(history, grouped(history.money[:, causes_of(history).revenue].sum(axis=(1, 3)), by))


def whole_months(history: History) -> np.ndarray:
    """Which periods are whole months: not the start, nor a last one cut short."""
    return np.asarray(spans(history) > 1.0 - 1e-9)


def variation(values: Floats) -> Floats:
    """Coefficient of variation along the second-last axis: (…, n, groups) → (…, groups); NaN where n < 2 or the mean is 0.

    >>> variation(np.array([[8.0], [10.0], [12.0]]))
    array([0.2])
    """
    if values.shape[-2] < 2:
        return np.full((*values.shape[:-2], values.shape[-1]), np.nan)
    return ratio(values.std(axis=-2, ddof=1), values.mean(axis=-2))


def variation_around_trend(values: Floats) -> Floats:
    """Spread around the straight line through the values (least squares) ÷ their mean; NaN where n < 3 or the mean is 0.

    >>> variation_around_trend(np.array([[8.0], [10.0], [12.0]])).round(12)
    array([0.])
    """
    n = values.shape[-2]
    if n < 3:
        return np.full((*values.shape[:-2], values.shape[-1]), np.nan)
    t = np.arange(n) - (n - 1) / 2.0
    centred = values - values.mean(axis=-2, keepdims=True)
    slope = (t[:, None] * centred).sum(axis=-2, keepdims=True) / (t**2).sum()
    rest = centred - t[:, None] * slope
    return ratio(np.sqrt((rest**2).sum(axis=-2) / (n - 2)), values.mean(axis=-2))


def _require_alike(histories: list[History]) -> None:
    if not histories:
        raise StudyError("histories: found none, must be at least one")
    first = histories[0]
    for history in histories[1:]:
        if not np.array_equal(history.months, first.months) or history.segment_names != first.segment_names:
            raise StudyError("histories: found futures of other months or segments, must be futures of one scenario")
