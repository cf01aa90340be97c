"""A history small enough to work out by hand."""

from __future__ import annotations

import numpy as np

from ladsim.engine.history import History
from ladsim.model.layout import CAUSES, CUSTOMER

# Four people, two months, each standing for ten; amounts in hundredths. Rungs: lead, customer, gone. Segments: young, old.
# Month 1: young a and b become customers (b by a's word), a orders twice. Month 2: a leaves, b orders; d was one from the start.
STEPS = (("lead", "customer", "time"), ("lead", "customer", "message"), ("customer", "gone", "time"))


def by_hand() -> History:
    counts = np.array([[[2, 0, 0], [1, 1, 0]], [[0, 2, 0], [1, 1, 0]], [[0, 1, 1], [1, 1, 0]]])
    flows = np.zeros((3, 3, 2), np.int64)
    flows[1, 0, 0] = flows[1, 1, 0] = flows[2, 2, 0] = 1
    orders = np.zeros((3, 2, 3), np.int64)
    orders[1, 0, 1], orders[2, 0, 1], orders[2, 1, 1] = 2, 1, 1
    causes = (*CAUSES, "search")
    money = np.zeros((3, len(causes), 2, 3), np.int64)
    money[1, 0, 0, 1], money[2, 0, 0, 1], money[2, 0, 1, 1] = 8000, 4000, 2000  # revenue
    money[1, 1, 0, 1], money[2, 1, 0, 1], money[2, 1, 1, 1] = -4000, -2000, -1000  # goods
    money[2, 3, 0, 1] = -500  # serving
    market = np.zeros((3, len(causes)), np.int64)
    market[1, 6] = -6000
    market[1, 5] = market[2, 5] = -100
    daily = np.zeros((61, len(causes)), np.int64)
    daily[30] = money[1].sum(axis=(1, 2)) + market[1]
    daily[60] = money[2].sum(axis=(1, 2)) + market[2]
    c = np.zeros(4, CUSTOMER)
    c["id"] = [10, 11, 12, 13]
    c["segment"], c["rung"] = [0, 0, 1, 1], [2, 1, 0, 1]
    c["cohort"] = [1, 1, -1, 0]
    c["referrer"], c["referred"] = [-1, 0, -1, -1], [0, 1, 0, 0]
    c["booked"], c["revenue"], c["contribution"], c["cost"] = (
        [2, 1, 0, 1],
        [8000, 4000, 0, 2000],
        [4000, 2000, 0, 1000],
        [-500, 0, 0, 0],
    )
    cohorts = np.zeros((3, 3, 3), np.int64)
    cohorts[0, 0, 1] = cohorts[1, 0, 1] = cohorts[2, 0, 1] = 1
    cohorts[1, 1, 1], cohorts[2, 1, 1], cohorts[2, 1, 2] = 2, 1, 1
    buyers = np.array([[0, 0, 0], [0, 1, 0], [1, 1, 0]])
    new = np.zeros((3, 2, 2), np.int64)
    new[1, 0] = [2, 1]
    leavers = np.zeros((3, 2, 4), np.int64)
    leavers[2, 0, 1] = 1
    return History(
        strategy=None, seed=1, replication=0, scale=10.0, unit=100, months=np.array([0.0, 1.0, 2.0]),
        rung_names=("lead", "customer", "gone"), step_names=tuple(".".join(s) for s in STEPS), step_ends=STEPS,
        segment_names=("young", "old"), layer_names=("friends",), kind_names=(), causes=causes,
        on_ladder=np.array([True, True, False]), is_customer=np.array([False, True, False]), talks=np.array([False, True, False]),
        discount_per_month=0.01, counts=counts, flows=flows, orders=orders, order_kinds=np.zeros((3, 0), np.int64),
        new_customers=new, money=money, market_money=market, daily=daily, messages=np.zeros((3, 1, 2), np.int64),
        cohorts=cohorts, cohort_buyers=buyers, returns=np.zeros((3, 2, 3), np.int64), leavers=leavers, customers=c,
    )  # fmt: skip
