"""Firms with a hidden truth: a market whose numbers are drawn, its exports until a day, and who stood where a year later.

In: a number of a firm. Out: CSV files as a shop and a CRM write them, dirt included, and the people on each rung twelve months after the
last day of the files. The drawn ranges are assumptions: shops of 600 to 3,000 customers, of whom 2 to 8 % leave a month.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import ladsim
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario
from ladsim.synthetic.played import FIRST_DAY, Played, play

SEEN, AHEAD = 24, 12  # months in the files, and to come
WAYS = ("alike", "differing", "climbing")  # whether customers differ, and whether a higher rung orders and stays more

FIRM = """
schema = 1
name = "Firm {number}"
months = {months}
market_size = {people}
[[rungs]]
name = "lead"
share = {leads}
[[rungs]]
name = "customer"
share = {once}
orders_per_month = {orders_once}
[[rungs]]
name = "repeat"
share = {again}
orders_per_month = {orders}
[[rungs]]
name = "lapsed"
off_ladder = true
share = {gone}
[[steps]]
from = "lead"
to = "customer"
rate = {winning}
is_order = true
[[steps]]
from = "customer"
to = "repeat"
trigger = "order"
probability = 1.0
[[steps]]
from = "customer"
to = "lapsed"
rate = {leaving_once}
{spread_of_leaving}
[[steps]]
from = "repeat"
to = "lapsed"
rate = {leaving}
{spread_of_leaving}
[[steps]]
from = "lapsed"
to = "repeat"
rate = {back}
is_order = true
[basket]
law = "gamma"
mean = 40.0
shape = 4.0
{spread_of_orders}
"""


@dataclass(frozen=True)
class Firm:
    """One firm."""

    number: int
    way: str  # of `WAYS`
    scenario: Scenario
    dirt: str

    @property
    def last_day(self) -> datetime.date:
        """The last day of its files."""
        return FIRST_DAY + datetime.timedelta(days=int(SEEN * DAYS_PER_MONTH))


def firm(number: int, seed: int = 0, smaller: int = 1) -> Firm:
    """The firm of a number, with so many times fewer people."""
    luck = np.random.default_rng([seed, number])
    way = WAYS[number % len(WAYS)]
    leads, gone = luck.uniform(0.55, 0.8), luck.uniform(0.02, 0.1)
    once, orders, leaving = luck.uniform(0.2, 0.5), luck.uniform(0.15, 0.6), luck.uniform(0.02, 0.08)
    higher = way == "climbing"
    numbers = {
        "people": int(luck.integers(2_000, 8_000)) // smaller, "leads": leads, "gone": gone, "once": (1 - leads - gone) * once,
        "again": (1 - leads - gone) * (1 - once), "winning": luck.uniform(0.005, 0.03), "orders": orders,
        "orders_once": orders * (luck.uniform(0.3, 0.8) if higher else 1.0), "leaving": leaving,
        "leaving_once": leaving * (luck.uniform(1.0, 2.0) if higher else 1.0), "back": luck.choice([0.0, luck.uniform(0.0, 0.01)]),
    }  # fmt: skip
    shapes = luck.uniform(0.8, 4.0, 2)
    differ = way == "differing"
    numbers["spread_of_leaving"] = f"gamma_shape = {shapes[0]}" if differ else ""
    numbers["spread_of_orders"] = f"[heterogeneity.orders]\ngamma_shape = {shapes[1]}" if differ else ""
    text = FIRM.format(number=number, months=SEEN + AHEAD, **numbers)
    return Firm(number, way, loads(text), f"{number}-{1 + number % 3}")


def exports(one: Firm, folder: Path) -> Path:
    """Write what the firm's systems export, all its months; what lies after the last day is for the reader to leave out."""
    ladsim.synthesize(one.scenario, folder, seed=one.number, dirt=one.dirt)
    return folder


def played(one: Firm) -> Played:
    """The same future, with everything that is hidden."""
    return play(one.scenario, None, one.number, None, None)


def on_rungs(truth: Played, day: datetime.date) -> np.ndarray[Any, Any]:
    """(customers,) the rung of each at the end of a day."""
    moves = truth.moves[truth.moves["day"] <= (day - truth.start).days]
    rung = np.full(truth.ids.size, -1)
    rung[np.searchsorted(truth.ids, moves["customer"])] = moves["to"]  # in order: the last one stays
    return rung


def seen_by_orders(one: Firm, truth: Played) -> dict[str, int]:
    """People on each rung twelve months after the last day, of all who have ordered by then: new ones apart who had not before."""
    names = [rung.name for rung in one.scenario.rungs]
    later = one.last_day + datetime.timedelta(days=int(AHEAD * DAYS_PER_MONTH))
    rung = on_rungs(truth, later)
    first = np.full(truth.ids.size, np.iinfo(np.int32).max)
    np.minimum.at(first, np.searchsorted(truth.ids, truth.orders["customer"]), truth.orders["day"])
    known, there = first <= (one.last_day - truth.start).days, first <= (later - truth.start).days
    called = {name: at for at, name in enumerate(names)}
    return {
        "new": int((there & ~known & (rung == called["customer"])).sum()),
        "customer": int((known & (rung == called["customer"])).sum()),
        "repeat": int((there & (rung == called["repeat"])).sum()),
        "lapsed": int((there & (rung == called["lapsed"])).sum()),
    }
