"""Who it was: a study by segment and rung, by cohort, by referral tree, and how few customers bring how much.

In: `Replications`. Out: tidy tables for ``tables``, in people of the whole market and its currency. Totals are means over the
futures; a rate is the total above ÷ the total below it, so that a future with few customers weighs little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import marked
from ladsim.measures.referral import referral_factor
from ladsim.measures.retention import customer_months, leavers, lost_customers
from ladsim.measures.stability import whole_months
from ladsim.measures.tidy import causes_of, currency, people, ratio, spans
from ladsim.measures.uncertainty import quantile
from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]

SCALE_WORTH_A_WORD = 1.5  # people that one simulated customer stands for


def segments(runs: Replications) -> pd.DataFrame:
    """Each segment over the whole time: segment, people, new_customers … churn_share, churn_rate, orders_per_month,
    contribution_per_customer.
    """
    first = runs.histories[0]
    new = _mean(runs, lambda h: people(h, h.new_customers.sum(axis=0)))
    lived = _mean(runs, lambda h: people(h, customer_months(h, "segment").sum(axis=0)))
    lost = _mean(runs, lambda h: people(h, lost_customers(h, "segment").sum(axis=0)))
    ordered = _mean(runs, lambda h: people(h, (h.orders[1:] * h.is_customer).sum(axis=(0, 2))))
    start = _mean(runs, lambda h: people(h, (h.counts[0] * h.is_customer).sum(axis=1)))
    back = _mean(runs, lambda h: people(h, h.returns[:, :, 1].sum(axis=0)))
    money = _money(runs).sum(axis=2)
    table = pd.DataFrame({"segment": list(first.segment_names), "people": people(first, first.counts[0].sum(axis=1))})
    table["new_customers"], table["referred_share"] = new[:, 0], ratio(new[:, 1], new[:, 0])
    table["customers_end"] = _mean(runs, lambda h: people(h, (h.counts[-1] * h.is_customer).sum(axis=1)))
    table["churn_share"] = _churn_shares(runs)
    table["churn_rate"], table["orders_per_month"] = ratio(lost, lived), ratio(ordered, lived)
    table["revenue"], table["contribution"], table["cost_to_serve"] = money
    table["contribution_per_customer"] = ratio(money[1], start + new[:, 0] + back)
    return table


def _churn_shares(runs: Replications) -> Floats:
    """Of the customers at the start of a whole month the share that is none at its end, over all futures: (G,)."""
    whole = whole_months(runs.histories[0])
    both = _mean(runs, lambda h: np.stack([count[whole].sum(axis=0) for count in leavers(h, "segment")]).astype(np.float64))
    return ratio(both[1], both[0])


def segments_and_rungs(runs: Replications) -> pd.DataFrame:
    """Each segment on each rung over the whole time: people at both ends, time spent there, orders, money."""
    first = runs.histories[0]
    names = [(segment, rung) for segment in first.segment_names for rung in first.rung_names]
    table = pd.DataFrame(names, columns=["segment", "rung"])
    table["people_start"] = _mean(runs, lambda h: people(h, h.counts[0])).ravel()
    table["people_end"] = _mean(runs, lambda h: people(h, h.counts[-1])).ravel()
    lived = _mean(runs, lambda h: people(h, _lived(h))).ravel()
    table["person_months"] = lived
    table["orders"] = _mean(runs, lambda h: people(h, h.orders.sum(axis=0))).ravel()
    table["orders_per_month"] = ratio(_mean(runs, lambda h: people(h, h.orders[1:].sum(axis=0))).ravel(), lived)
    table["revenue"], table["contribution"], table["cost_to_serve"] = _money(runs).reshape(3, -1)
    return table


def steps_by_segment(runs: Replications) -> pd.DataFrame:
    """How often each segment took each step over the whole time: segment, step, taken, conversion."""
    first = runs.histories[0]
    taken = _mean(runs, lambda h: people(h, h.flows.sum(axis=0)))  # (S, G)
    stood = np.zeros_like(taken)
    start = _mean(runs, lambda h: people(h, h.counts[0].T))
    for step, (origin, _, _) in enumerate(first.step_ends):
        into = [s for s, (_, to, _) in enumerate(first.step_ends) if to == origin]
        stood[step] = taken[into].sum(axis=0) + (start[first.rung_names.index(origin)] if origin in first.rung_names else 0.0)
    names = [(segment, step) for segment in first.segment_names for step in first.step_names]
    table = pd.DataFrame(names, columns=["segment", "step"])
    table["taken"], table["conversion"] = taken.T.ravel(), ratio(taken, stood).T.ravel()
    return table


def retention(runs: Replications) -> pd.DataFrame:
    """Customers won in a month who still are customers: cohort (month of joining), age, size, kept, share_kept."""
    last = len(runs.histories[0].months) - 1
    kept = _mean(runs, lambda h: people(h, h.cohorts[:, :, h.is_customer].sum(axis=2)))  # (M+1, H)
    size = _mean(runs, lambda h: people(h, h.cohorts[np.arange(last + 1), np.arange(last + 1)].sum(axis=1)))
    pairs = [(cohort, age) for cohort in range(last + 1) for age in range(last - cohort + 1)]
    table = pd.DataFrame(pairs, columns=["cohort", "age"])
    cohort, age = table["cohort"].to_numpy(), table["age"].to_numpy()
    table["size"], table["kept"] = size[cohort], kept[cohort + age, cohort]
    table["share_kept"] = ratio(table["kept"], table["size"])
    return table


def abc(runs: Replications) -> pd.DataFrame:
    """Share of contribution that the best customers brought: share_of_customers, share_of_contribution, mean over futures.

    Of the sum of what profitable customers bring (``measures.abc_curve``).
    """
    curves = np.stack([summary.abc for summary in runs.summaries])
    known = curves[~np.isnan(curves).any(axis=1)]
    share = known.mean(axis=0) if len(known) else np.full(curves.shape[1], np.nan)
    return pd.DataFrame(
        {"share_of_customers": np.arange(curves.shape[1]) / (curves.shape[1] - 1), "share_of_contribution": share}
    )


def referral_trees(runs: Replications) -> pd.DataFrame:
    """How many referral trees of each size a future has on average: tree_size, trees (of simulated customers, not scaled)."""
    total: Counter[int] = Counter()
    for summary in runs.summaries:
        total.update(summary.tree_sizes)
    sizes = sorted(total)
    return pd.DataFrame({"tree_size": sizes, "trees": [total[size] / runs.count for size in sizes]})


def sample_note(runs: Replications, as_market: bool = False) -> str:
    """A sentence where a sample stands for the market: its luck is larger, by the square root of the scale; else empty.

    `as_market`: the study's numbers have the luck of the whole market (``attainment.as_in_market``), which is said in any case.
    """
    history = runs.histories[0]
    if history.scale < (SCALE_WORTH_A_WORD if not as_market else 1.0 + 1e-9):
        return ""
    locale = Locale(runs.source.language)
    people, times = locale.whole(history.size * history.scale), marked(locale.language, f"{history.scale**0.5:.2g}")
    return loose(
        locale.text(
            "note.sample_as_market" if as_market else "note.sample", size=locale.whole(history.size), people=people, times=times
        )
    )


def growth_note(runs: Replications) -> str:
    """A sentence where the referral factor R is above 1 in at least half of the futures; else empty."""
    found = [referral_factor(h) for h in runs.histories]
    factor, each = (np.array([f[key] for f in found], np.float64) for key in ("referral_factor", "advocates_per_advocate"))
    if np.isnan(factor).all() or not quantile(factor[~np.isnan(factor)], 0.5) > 1.0:
        return ""
    advocates = each[~np.isnan(each)]
    locale = Locale(runs.source.language)
    meaning = locale.text("note.feeds_on_itself" if advocates.size and quantile(advocates, 0.5) > 1.0 else "note.above_one")
    said = marked(locale.language, f"{float(quantile(factor[~np.isnan(factor)], 0.5)):.2g}")
    return locale.text("note.growth", label=runs.label, factor=said, meaning=meaning)


def _mean(runs: Replications, part: Callable[[History], Floats]) -> Floats:
    return np.asarray(np.mean([part(h) for h in runs.histories], axis=0), np.float64)


def _money(runs: Replications) -> Floats:
    """Revenue, contribution and cost to serve with programmes' rewards (positive) per segment and rung: (3, G, R)."""
    by_cause = _mean(runs, lambda h: currency(h, h.money.sum(axis=0)))
    lines = causes_of(runs.histories[0])
    served = by_cause[lines.serving | lines.programs].sum(axis=0)
    return np.stack([by_cause[lines.revenue].sum(axis=0), by_cause[lines.contribution].sum(axis=0), 0.0 - served])


def _lived(history: History) -> Floats:
    """Months that simulated people spent in each segment on each rung: mean of both ends of a period × its length, (G, R)."""
    n = history.counts.astype(np.float64)
    return np.asarray((((n[1:] + n[:-1]) / 2.0) * spans(history)[1:, None, None]).sum(axis=0), np.float64)
