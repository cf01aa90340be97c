"""Who stays, who leaves, who orders again.

A *customer* here is somebody on a rung that counts as a customer (``customer = true``, by default: on the ladder and ordering).
A departure is a step from those rungs to any other; who comes back has departed and is won back.

    churn share = customers at k−1 who are none at k ÷ customers at k−1        0 to 1: the same people above and below
    churn rate  = departures ÷ customer-months                                 a hazard: may be above 1
    lifetime    = customer-months ÷ departures                                 its inverse

(Farris et al. 2010; the others are the estimates of a hazard and its inverse from exposure and events, Cox & Oakes 1984, right also
when the observation ends before the lives do.) With a share of 20 % a month the rate is −ln(1 − .20) = .223 a customer and month.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.ladder import BySegment, grouped
from ladsim.measures.stability import whole_months
from ladsim.measures.tidy import By, Floats, group, group_names, monthly, people, ratio, rows, spans


def retention_curve(history: History, *, tidy: bool = False) -> pd.DataFrame:
    """Share of each cohort still on a customer rung k months later: cohort × age, or tidy cohort, age, size, kept, share.

    A cohort is everybody who became a customer in the same month; cohort 0 were customers from the start, those on rungs whose people
    have not bought before left out. Who had bought before the start and was no customer then is in no cohort. Age k is the k-th
    snapshot after the month of joining, so who joined lately has been there for k to k + 1 months. Unit: share. Source: cohort
    analysis (Fader & Hardie 2007). The row "all" pools the cohorts old enough for that age.
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.retention_curve(history).iloc[:3, :5].round(2)
    age       0     1     2     3     4
    cohort
    0       1.0  0.92  0.83  0.75  0.69
    1       1.0  0.75  0.75  0.75  0.50
    2       1.0  1.00  1.00  1.00  1.00
    """
    last = len(history.months) - 1
    size = history.cohorts[np.arange(last + 1), np.arange(last + 1)].sum(axis=1)
    kept = history.cohorts[:, :, history.is_customer].sum(axis=2)
    ages = np.arange(last + 1)
    table = np.full((last + 2, last + 1), np.nan)
    heads = np.zeros((2, last + 1))
    for cohort in range(last + 1):
        here = kept[cohort:, cohort]
        table[cohort, : last - cohort + 1] = ratio(here, size[cohort])
        heads[:, : last - cohort + 1] += np.stack([here, np.full(len(here), size[cohort])])
    table[-1] = ratio(heads[0], heads[1])
    wide = pd.DataFrame(table, index=pd.Index([*range(last + 1), "all"], name="cohort"), columns=pd.Index(ages, name="age"))
    if not tidy:
        return wide
    cohorts, months = (x.ravel() for x in np.meshgrid(ages, ages, indexing="ij"))
    there = cohorts + months <= last
    cohorts, months = cohorts[there], months[there]
    long = pd.DataFrame({"cohort": cohorts, "age": months})
    long["size"] = people(history, size[cohorts])
    long["kept"] = people(history, kept[cohorts + months, cohorts])
    long["share"] = table[cohorts, months]
    return long


def lost_customers(history: History, by: By = None) -> NDArray[np.int64]:
    """Simulated customers who left the customer rungs per period, (M+1, groups); by rung: the rung they left."""
    customer = dict(zip(history.rung_names, history.is_customer, strict=True))
    lost = np.zeros((len(history.months), len(group_names(history, by))), np.int64)
    for step, (origin, to, _) in enumerate(history.step_ends):
        if customer.get(origin, False) and not customer[to]:
            if by == "rung":
                lost[:, history.rung_names.index(origin)] += history.flows[:, step].sum(axis=1)
            else:
                lost += history.flows[:, step] if by == "segment" else history.flows[:, step].sum(axis=1, keepdims=True)
    return lost


def _customers(history: History, by: By) -> NDArray[np.int64]:
    """Simulated customers on customer rungs at the snapshots, (M+1, groups)."""
    return group(history.counts * history.is_customer, by)


def customer_months(history: History, by: By = None) -> Floats:
    """Time that simulated customers spent on customer rungs per period, (M+1, groups): the mean of both ends × the length."""
    n = _customers(history, by).astype(np.float64)
    between = np.concatenate([np.zeros_like(n[:1]), (n[1:] + n[:-1]) / 2.0])
    return np.asarray(between * spans(history)[:, None], np.float64)


def churn_share(history: History, *, by: By = None) -> pd.DataFrame:
    """Of those who were customers at a month's start the share that is none at its end: month, [segment or rung], at_start, lost,
    churn_share; not by rung also came_and_left.

    Unit: share a month, 0 to 1; NaN without customers. Who leaves and returns inside the month is not lost. By rung: the one where
    they were at the start. `came_and_left` counts apart who became a customer and left in the same month. Source: Farris et al. (2010).
    Raises StudyError where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.churn_share(history).round(3).head(2)
       month  at_start   lost  churn_share  came_and_left
    0    1.0    3600.0  300.0        0.083            0.0
    1    2.0    3700.0  400.0        0.108            0.0
    """
    start, lost = leavers(history, by)
    columns = {"at_start": people(history, start), "lost": people(history, lost), "churn_share": ratio(lost, start)}
    if by != "rung":
        passed = history.leavers[:, :, -1:]
        columns["came_and_left"] = people(history, passed[:, :, 0] if by == "segment" else passed.sum(axis=1))
    return monthly(history, by, group_names(history, by), 1, **columns)


def leavers(history: History, by: By = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Simulated customers at each month's start, and those of them who are none at its end: (M+1, groups) each; 0 for the start."""
    n = _customers(history, by)
    start = np.concatenate([np.zeros_like(n[:1]), n[:-1]])
    return start, group(history.leavers[:, :, :-1], by)


def churn_rate(history: History, *, by: By = None) -> pd.DataFrame:
    """Departures ÷ customer-months, a hazard: month, [segment or rung], customer_months, departures, churn_rate.

    Unit: per customer and month, no share: who comes and leaves in a month counts, and where customers stay for less than a month it
    is above 1. NaN without customers. By rung: departures from all customer rungs, from that one. Source: Cox & Oakes (1984).
    Raises StudyError where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.churn_rate(history).round(3).head(2)
       month  customer_months  departures  churn_rate
    0    1.0           3650.0       300.0       0.082
    1    2.0           3550.0       400.0       0.113
    """
    lived, lost = customer_months(history, by), lost_customers(history, by)
    columns = {"customer_months": people(history, lived), "departures": people(history, lost), "churn_rate": ratio(lost, lived)}
    return monthly(history, by, group_names(history, by), 1, **columns)


def churn_parts(history: History) -> tuple[float, float]:
    """Customers lost and customers at the start, each summed over all whole months, simulated: the one ÷ the other is the mean share."""
    whole = whole_months(history)
    start, lost = leavers(history)
    return float(lost[whole].sum()), float(start[whole].sum())


def win_backs(history: History, *, by: BySegment = None) -> pd.DataFrame:
    """How often a lost customer came back to the customer rungs: month, [segment], won_back.

    Lost is who left them, and who started as `lapsed` or `lost` having bought before. Nobody is new by coming back. Who leaves and
    returns twice counts twice. Unit: people of the whole market. Source: Griffin & Lowenstein (2001), Customer Winback.
    Raises StudyError where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> float(ladsim.measures.win_backs(history)["won_back"].sum())
    2900.0
    """
    count = grouped(history.returns[:, :, 0], by)
    names = history.segment_names if by == "segment" else ("all",)
    return monthly(history, by, names, 1, won_back=people(history, count))


def customer_lifetime(history: History, *, by: By = None) -> pd.DataFrame:
    """Mean time a customer stays, in months: [segment or rung], customer_months, lost, months.

    Formula: customer-months lived ÷ customers lost (Cox & Oakes 1984). Unit: months on the customer rungs (by rung: on that rung
    for each who was lost from it); NaN where nobody was lost. Raises StudyError where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.customer_lifetime(history).round(1)
       customer_months    lost  months
    0          93050.0  6900.0    13.5
    """
    lived, lost = customer_months(history, by).sum(axis=0), lost_customers(history, by).sum(axis=0)
    table = pd.DataFrame({"customer_months": people(history, lived), "lost": people(history, lost), "months": ratio(lived, lost)})
    if by is not None:
        table.insert(0, by, group_names(history, by))
    return table


def purchase_frequency(history: History, *, by: By = None) -> pd.DataFrame:
    """Orders per customer and month: month, [segment or rung], orders, customers, per_month, per_year.

    Formula: orders on customer rungs in (k−1, k] ÷ customer-months of that month; a year is 12 times that. Source: Farris et al.
    (2010). `customers` is the mean of the month's start and end.
    Raises StudyError where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.purchase_frequency(history).round(2).head(2)
       month   orders  customers  per_month  per_year
    0    1.0  14700.0     3650.0       4.03     48.33
    1    2.0  11800.0     3550.0       3.32     39.89
    """
    orders = group(history.orders * history.is_customer, by)
    lived = customer_months(history, by)
    per_month = ratio(orders, lived)
    columns = {"orders": people(history, orders), "customers": people(history, ratio(lived, spans(history)[:, None]))}
    return monthly(history, by, group_names(history, by), 1, **columns, per_month=per_month, per_year=12.0 * per_month)


def monthly_buyers(history: History) -> pd.DataFrame:
    """Share of the customers won before a month who order in it: month, customers, buyers, share.

    Everybody of a cohort counts, lapsed ones too: the repurchase rate of a period. Cohorts of the month itself are left out, and
    those who had bought before the start and were no customers then. Source: Farris et al. (2010).
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.monthly_buyers(history).round(2).head(2)
       month  customers  buyers  share
    0    1.0     3600.0  2700.0   0.75
    1    2.0     4000.0  2500.0   0.62
    """
    last = len(history.months) - 1
    size = history.cohorts[np.arange(last + 1), np.arange(last + 1)].sum(axis=1)
    before = np.concatenate([[0], size.cumsum()[:-1]])
    buyers = np.array([history.cohort_buyers[k, :k].sum() for k in range(last + 1)])
    columns = {"customers": people(history, before), "buyers": people(history, buyers), "share": ratio(buyers, before)}
    return monthly(history, None, ("all",), 1, **columns)


def share_of_returning_customers(history: History) -> pd.DataFrame:
    """Share of a month's buyers who were customers before it: month, buyers, returning, new, share.

    Formula: buyers won before the month ÷ all buyers of the month. A buyer is who ordered at least once in (k−1, k]; who became a
    customer in that same month is new. Unit: share; NaN where nobody bought. Who became a customer without an order, by entering a
    customer rung, returns with the first order of a later month; who had bought before the start returns with every order.
    Source: Farris et al. (2010).
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.share_of_returning_customers(history).round(2).head(2)
       month  buyers  returning    new  share
    0    1.0  3100.0     2700.0  400.0   0.87
    1    2.0  2600.0     2500.0  100.0   0.96
    """
    returning, new = returning_buyers(history)
    columns = {"buyers": people(history, returning + new), "returning": people(history, returning), "new": people(history, new)}
    return monthly(history, None, ("all",), 1, **columns, share=ratio(returning, returning + new))


def returning_buyers(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Simulated buyers of each month who were customers before it, and who became one in it, (M+1,) each; 0 at the start."""
    new = np.diagonal(history.cohort_buyers).astype(np.int64)
    returning = np.tril(history.cohort_buyers, -1).sum(axis=1).astype(np.int64) + history.returns[:, :, 2].sum(axis=1)
    new[0] = returning[0] = 0
    return returning, new


def repurchase_rate(history: History, *, by: By = None) -> pd.DataFrame:
    """Share of those who ever ordered who ordered at least twice: [segment or rung at the end], buyers, repeat_buyers, share.

    Formula: #(orders ≥ 2) ÷ #(orders ≥ 1), orders booked at the start included. Needs the rows per customer. Source: Farris et
    al. (2010). Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.repurchase_rate(history).round(2)
       buyers  repeat_buyers  share
    0  8900.0         7600.0   0.85
    """
    c = rows(history)
    names = group_names(history, by)
    place = c[by].astype(np.int64) if by is not None else np.zeros(len(c), np.int64)
    once = np.bincount(place[c["booked"] >= 1], minlength=len(names))
    twice = np.bincount(place[c["booked"] >= 2], minlength=len(names))
    table = pd.DataFrame({"buyers": people(history, once), "repeat_buyers": people(history, twice), "share": ratio(twice, once)})
    if by is not None:
        table.insert(0, by, names)
    return table
