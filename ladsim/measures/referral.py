"""Recommendation: how many customers came by it, from whom, and whether it feeds on itself.

The referrer of a customer is the sender of the last message that moved it before it became one. Customers and their referrers
form trees. The referral factor R is the expected number of customers won per advocate's lifetime,

    R = referred new customers ÷ advocates who stopped = (conversions per advocate-month) × (months of advocacy)

an advocate being somebody on a rung from which messages are sent. Where every customer becomes an advocate, trees are those of a
branching process with R children each: finite below 1, growing by themselves above (Watson & Galton 1875; Harris 1963).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.i18n import ENGLISH
from ladsim.measures.ladder import BySegment, grouped
from ladsim.measures.tidy import Floats, became_customer, currency, monthly, people, ratio, rows, spans

FEEDS_ON_ITSELF = ENGLISH.text("note.feeds_on_itself")
ABOVE_ONE = ENGLISH.text("note.above_one")


def new_customers(history: History, *, by: BySegment = None) -> pd.DataFrame:
    """New customers per month and those who were referred: month, [segment], new, referred, referred_share.

    New is who becomes a customer for the first time, by a first order or by entering a customer rung. Who had bought before the
    start is not: customers of the start, and those who start as `lapsed` or `lost` (``bought_before`` in the file).
    `referred_share` (organic growth) is NaN where none came. Unit: people of the whole market. Source: Schmitt et al. (2011).
    Raises StudyError where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> ladsim.measures.new_customers(history).round(2).tail(3)
        month    new  referred  referred_share
    33   34.0  240.0      40.0            0.17
    34   35.0  120.0       0.0            0.00
    35   36.0  120.0       0.0            0.00
    """
    counts = grouped(history.new_customers.transpose(0, 2, 1), by)
    new, referred = counts[:, 0], counts[:, 1]
    names = history.segment_names if by == "segment" else ("all",)
    columns = {"new": people(history, new), "referred": people(history, referred), "referred_share": ratio(referred, new)}
    return monthly(history, by, names, 1, **columns)


def referral_factor(history: History) -> pd.Series:
    """R, conversions per advocate's lifetime, and what it is made of; `warning` is a sentence where R is above 1, else empty.

    Fields: advocate_months, conversions (referred new customers), conversions_per_advocate_month, stopped (advocates who left
    the talking rungs), advocacy_months (their mean time), referral_factor = the product, NaN while nobody stopped;
    advocates_per_customer (who began to talk ÷ new customers), advocates_per_advocate = R times that.
    Caveat: it counts what happened in this market, where many who hear have bought already; it is not the R of an empty market.
    Lifetimes may reach beyond the horizon. While advocates multiply, conversions run ahead of endings and R is somewhat too high.
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> found = ladsim.measures.referral_factor(history)
    >>> [round(float(x), 2) for x in found[["conversions", "stopped", "referral_factor"]]]
    [120.0, 2200.0, 0.05]
    """
    found = factor_parts(history)
    r, growth = found["referral_factor"], found["advocates_per_advocate"]
    warning = (FEEDS_ON_ITSELF if growth > 1.0 else ABOVE_ONE) if r > 1.0 else ""
    return pd.Series({**found, "warning": warning}, name="referral_factor", dtype=object)


def factor_parts(history: History) -> dict[str, float]:
    """The numbers of ``referral_factor``, without a table around them."""
    n = history.counts[:, :, history.talks].sum(axis=(1, 2)).astype(np.float64)
    lived = float((np.concatenate([[0.0], (n[1:] + n[:-1]) / 2.0]) * spans(history)).sum())
    began, stopped = _talking(history)
    new, conversions = (float(count) for count in history.new_customers.sum(axis=(0, 1)))
    r = float(ratio(conversions, stopped))
    each = float(ratio(began, new))
    return {
        "advocate_months": lived * history.scale,
        "conversions": conversions * history.scale,
        "conversions_per_advocate_month": float(ratio(conversions, lived)),
        "stopped": stopped * history.scale,
        "advocacy_months": float(ratio(lived, stopped)),
        "referral_factor": r,
        "advocates_per_customer": each,
        "advocates_per_advocate": r * each,
    }


def _talking(history: History) -> tuple[float, float]:
    """How often simulated people came to the talking rungs, and how often they left them."""
    talks = dict(zip(history.rung_names, history.talks, strict=True))
    change = [int(talks[to]) - int(talks.get(origin, False)) for origin, to, _ in history.step_ends]
    taken = history.flows.sum(axis=(0, 2))
    return float(taken[np.array(change) > 0].sum()), float(taken[np.array(change) < 0].sum())


def _parents(history: History) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Row of each person's referrer (−1 without), and who belongs to a tree: customers, and whoever referred one."""
    c = rows(history)
    parent = np.where(c["referred"] == 1, c["referrer"], -1).astype(np.int64)
    member = became_customer(history)
    member[parent[parent >= 0]] = True
    return parent, member


def _trees(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row that each row's tree is named by: its root, or the first of the circle that it hangs on.

    Everybody goes one referrer up, then two, then four, …, and notes the first of the rows on the way. After as many steps as there
    are rows, or once nobody gets any further, everybody is on a root, or in a circle that has been walked all around.
    """
    here = np.arange(len(parent))
    at = np.where(parent >= 0, parent, here)
    first = np.minimum(here, at)
    for _ in range(len(parent).bit_length()):
        further = at[at]
        if np.array_equal(further, at):
            break
        first = np.minimum(first, first[at])
        at = further
    return first[at]


def tree_sizes(history: History) -> dict[int, int]:
    """Size of a referral tree → number of such trees (simulated ones: a tree of a sample is not scaled). Single customers are
    trees of 1. Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> ladsim.measures.tree_sizes(history)
    {1: 139, 2: 3}
    """
    parent, member = _parents(history)
    sizes = np.bincount(_trees(parent)[member])
    values, counts = np.unique(sizes[sizes > 0], return_counts=True)
    return {int(size): int(count) for size, count in zip(values, counts, strict=True)}


def referral_trees(history: History) -> pd.DataFrame:
    """The referral trees, largest first: root (customer id), size, depth, contribution.

    Size counts the root; depth is the longest chain of referrals (0 for a single customer); contribution is that of all its
    members, in currency. Trees are those of the simulated customers, not scaled. Source: Galton & Watson (1875).
    Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> ladsim.measures.referral_trees(history).round().head(2)
       root  size  depth  contribution
    0    72     2      1         301.0
    1   244     2      1         326.0
    """
    c = rows(history)
    parent, member = _parents(history)
    label = _trees(parent)
    depth = _depths(parent)
    count = int(label.max(initial=-1)) + 1
    deepest = np.zeros(count, np.int64)
    np.maximum.at(deepest, label, depth)
    roots = np.flatnonzero(member & (parent < 0))
    table = pd.DataFrame({"root": c["id"][roots], "size": np.bincount(label[member], minlength=count)[label[roots]]})
    table["depth"] = deepest[label[roots]]
    table["contribution"] = (
        np.bincount(label, np.where(member, c["contribution"], 0), minlength=count)[label[roots]] / history.unit
    )
    return table.sort_values(["size", "root"], ascending=[False, True], ignore_index=True)


def _depths(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Referrals between each row and its root; −1 in a circle (two who each came back by the other's word)."""
    depth = np.where(parent < 0, 0, -1).astype(np.int64)
    open_rows = np.flatnonzero(parent >= 0)
    level = 0
    while len(open_rows):
        reached = depth[parent[open_rows]] == level
        if not reached.any():
            break
        level += 1
        depth[open_rows[reached]] = level
        open_rows = open_rows[~reached]
    return depth


def top_referrers(history: History, count: int = 10) -> pd.DataFrame:
    """Who brought most customers: customer (id), segment, rung (now), referred (directly), contribution of those referred.

    Simulated customers, not scaled; contribution in currency. Ties go by id.
    Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> ladsim.measures.top_referrers(history, 2).round()
       customer    segment        rung  referred  contribution
    0        72  everybody  ambassador         1          32.0
    1       244  everybody      repeat         1         142.0
    """
    c = rows(history)
    parent, _ = _parents(history)
    child = np.flatnonzero(parent >= 0)
    brought = np.bincount(parent[child], minlength=len(c))
    worth = np.bincount(parent[child], c["contribution"][child], minlength=len(c)) / history.unit
    best = np.lexsort((c["id"], -brought))[:count]
    best = best[brought[best] > 0]
    return pd.DataFrame(
        {
            "customer": c["id"][best],
            "segment": np.array(history.segment_names, object)[c["segment"][best]],
            "rung": np.array(history.rung_names, object)[c["rung"][best]],
            "referred": brought[best],
            "contribution": worth[best],
        }
    )


def customer_referral_value(history: History, *, by: BySegment = None) -> pd.DataFrame:
    """What those whom one customer has brought are worth: [segment], referring_customers, referred_customers, earned,
    referral_value.

    Formula: earned ÷ referring customers; `earned` is contribution less cost to serve of all referred customers until the horizon.
    Direct referrals count, once each; a saved acquisition cost does not. By segment: that of the customer who referred. Unit:
    currency per referring customer, not discounted; NaN without referrals. Source: Kumar, Petersen & Leone (2010), simplified.
    Raises StudyError where the history holds no rows per customer, and where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=500, seed=1)
    >>> ladsim.measures.customer_referral_value(history).round()
       referring_customers  referred_customers  earned  referral_value
    0                120.0               120.0  8828.0            74.0
    """
    referring, referred, units = _brought(history, by)
    table = pd.DataFrame(
        {
            "referring_customers": people(history, referring),
            "referred_customers": people(history, referred),
            "earned": currency(history, units),
            "referral_value": ratio(units / history.unit, referring),
        }
    )
    if by is not None:
        table.insert(0, by, history.segment_names)
    return table


def referral_value_parts(history: History) -> tuple[float, float]:
    """What all referred customers earned, in currency, and how many people referred them: what ``customer_referral_value`` divides."""
    (referring,), _, (units,) = _brought(history, None)
    return float(currency(history, units)), float(people(history, referring))


def _brought(history: History, by: BySegment) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Per group of who referred: how many did, how many they brought, and what those earned, in amount units; simulated."""
    c = rows(history)
    parent, _ = _parents(history)
    child = np.flatnonzero(parent >= 0)
    count = len(history.segment_names) if by == "segment" else 1
    place = grouped_rows(c["segment"], by)
    referring = np.bincount(place[np.unique(parent[child])], minlength=count)
    referred = np.bincount(place[parent[child]], minlength=count)
    units = np.bincount(place[parent[child]], (c["contribution"] + c["cost"])[child], minlength=count)
    return referring, referred, np.asarray(units, np.float64)


def grouped_rows(segment: NDArray[np.integer], by: BySegment) -> NDArray[np.int64]:
    """Group of each row: its segment, or one for all."""
    if by not in (None, "segment"):
        raise StudyError(f"by: found {by!r}, must be 'segment' or None")
    return segment.astype(np.int64) if by == "segment" else np.zeros(len(segment), np.int64)
