"""Closed forms as plain records: a market, what is seen of a future, what a formula says of it.

In: nothing. Out: ``FORMS`` by name. ``test_closed_forms.py`` and the tests of programmes hold the simulation against them at sizes that
take a moment; the acceptance tests do it with far more futures. A value that messages are delivered at the end of a day shifts may be
off by ``bias``; where values are shares of so many customers, those that expect fewer than 20 of them in all futures together, too
few for a normal distribution, are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.measures.summary import summarise
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables, tables
from ladsim.theory import markov
from ladsim.theory.customer_base import nbd_moments, sbg_survival
from ladsim.theory.expected import expected_rung_counts

SCENARIOS = Path(__file__).parent.parent / "markets"
SEED = 20
FEW = 20  # customers
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Form:
    """A closed form and the market that it is of."""

    title: str
    scenario: Callable[[], Scenario]
    expected: Callable[[], Floats]
    seen: Callable[[History], Floats]  # the same values of one future
    customers: int | None = None  # of a future; None: the whole market
    log: bool = False
    shares: bool = False
    bias: float = 0.0
    deviation: float | None = None  # that the mean may have at most, of a million customers

    def future(self, replication: int, seed: int = SEED, customers: int | None = None) -> Floats:
        """What is seen of one future."""
        size = customers or self.customers
        return self.seen(simulate(self.scenario(), seed=seed, replication=replication, sample=size, log=self.log, threads=1))

    def enough(self, customers: int) -> NDArray[np.bool_]:
        """Which values are looked at, when there are so many customers in all futures together."""
        expected = self.expected()
        return np.minimum(expected, 1.0 - expected) * customers >= FEW if self.shares else np.ones(expected.size, bool)


@cache
def scenario(name: str) -> Scenario:
    """The scenario of a file under ``tests/markets``."""
    return load(SCENARIOS / f"{name}.toml")


@cache
def laid_out(name: str) -> Tables:
    """The same as arrays."""
    return tables(scenario(name))


def of_file(name: str) -> Callable[[], Scenario]:
    """The scenario of a file, when it is needed."""
    return lambda: scenario(name)


def shares(history: History) -> Floats:
    """Share of the market on each rung at the snapshots, (M+1, R)."""
    return history.counts.sum(axis=1) / history.size


def later_shares(history: History) -> Floats:
    """The same after the start, as one row."""
    return shares(history)[1:].ravel()


@cache
def expected_shares(name: str) -> Floats:
    """What e^(Qt) says of them."""
    return (expected_rung_counts(laid_out(name)).to_numpy() / scenario(name).market_size)[1:].ravel()


def on_rungs(title: str, name: str, customers: int, deviation: float | None = None) -> Form:
    """Who stands where at every month start."""
    return Form(title, of_file(name), lambda: expected_shares(name), later_shares, customers, shares=True, deviation=deviation)


def value_of_a_lead(history: History) -> Floats:
    """Discounted profit a customer, and the share that ever comes to each rung."""
    assert history.log is not None
    value = summarise(history.slim() if history.customers is None else history).scalars["discounted_profit"]
    moves = history.log[history.log["event"] == 1]
    entered = [len(np.unique(moves["customer"][moves["to"] == rung])) / history.size for rung in range(1, 5)]
    return np.array([value / scenario("reference_ladder_to_the_end").market_size, *entered])


def two_moments(history: History) -> Floats:
    """Mean and mean square of the orders of a customer."""
    assert history.customers is not None
    orders = history.customers["booked"].astype(np.float64)
    return np.array([orders.mean(), (orders**2).mean()])


def gone_by_month(history: History) -> Floats:
    """Share gone by each step by each month."""
    return np.cumsum(history.flows[1:].sum(axis=2), axis=0).ravel() / history.size


def two_reached(history: History) -> Floats:
    """Who has bought after 12 months, who has refused after 6."""
    names = laid_out("reached").step_names
    gone = np.cumsum(history.flows.sum(axis=2), axis=0) / history.size
    return np.array([gone[12, names.index("prospect.customer")], gone[6, names.index("prospect.refused")]])


def by_segment(history: History) -> Floats:
    """Share of the market on each rung and in each segment."""
    return (history.counts.reshape(len(history.months), -1) / history.size)[1:].ravel()


@cache
def expected_by_segment(name: str) -> Floats:
    """What the differential equation of the plan says of them."""
    return (expected_rung_counts(laid_out(name), by_segment=True).to_numpy() / scenario(name).market_size)[1:].ravel()


def orders_in_a_year(title: str, name: str, mean: float, sd: float) -> Form:
    """Mean and variance of a customer's orders."""

    def seen(history: History) -> Floats:
        assert history.customers is not None
        orders = history.customers["booked"].astype(np.float64)
        return np.array([orders.mean(), ((orders - mean) ** 2).mean()])

    return Form(title, of_file(name), lambda: np.array([mean, sd**2]), seen, 300)


def renewals(title: str, name: str, alpha: float, beta: float) -> Form:
    """Who is left after each of twelve renewals."""
    expected = sbg_survival(alpha, beta, np.arange(1, 13))
    return Form(title, of_file(name), lambda: expected, lambda h: shares(h)[12::12, 0], 500, deviation=0.002)


FORMS: dict[str, Form] = {
    "reference_ladder": on_rungs("reference ladder: shares on rungs, twelve months", "reference_ladder", 500, 0.002),
    "value_of_a_lead": Form(
        "reference ladder to the end: value of a lead, and how far one ever gets",
        of_file("reference_ladder_to_the_end"),
        lambda: np.array([59.86309, 0.666667, 0.296296, 0.197531, 0.098765]),
        value_of_a_lead, 200, log=True, deviation=0.66,
    ),
    "lifetime_orders": Form(
        "reference ladder from the customer rung: mean and mean square of lifetime orders",
        of_file("reference_ladder_from_customer"),
        lambda: np.array([18.88889, 18.88889**2 + 29.29706**2]), two_moments, 150,
    ),
    "race": Form(
        "two steps that race: shares gone each way",
        of_file("race"),
        lambda: np.array([markov.race([-np.log(0.8), 0.10], month) for month in range(1, 7)]).ravel(), gone_by_month, 400,
    ),
    "reached": Form("shares reached by a month", of_file("reached"), lambda: np.array([0.12, 0.30]), two_reached, 1000),
    "steps_at_orders": on_rungs("steps at orders, by the method of stages", "steps_at_orders", 400),
    "workload": on_rungs("the benchmark's ladder without messages", "workload_without_messages", 400),
    "plan": Form(
        "a plan of campaigns, with carry-over, a shock, segments, arrivals",
        of_file("plan_without_messages"), lambda: expected_by_segment("plan_without_messages"), by_segment, 2000, shares=True,
    ),
    "poisson_orders": orders_in_a_year("orders in a year: Poisson", "poisson_orders", 6.0, 6.0**0.5),
    "gamma_orders": orders_in_a_year(
        "orders in a year: negative binomial", "gamma_orders", *(float(moment) for moment in nbd_moments(6.0, 0.8))
    ),
    "club_high_end": renewals("yearly renewals, high-end (Fader & Hardie 2007)", "club_high_end", 0.6681, 3.8061),
    "club_regular": renewals("yearly renewals, regular (Fader & Hardie 2007)", "club_regular", 0.7041, 1.1820),
}  # fmt: skip


def check_z(found: list[Any], expected: Any) -> None:
    """|mean − expected| ≤ 4 standard errors over replications (rows)."""
    rows = np.array(found, np.float64)
    z = (rows.mean(axis=0) - expected) / (rows.std(axis=0, ddof=1) / np.sqrt(len(rows)))
    assert np.abs(z).max() <= 4.0, f"z: {np.round(z, 2)}, mean {rows.mean(axis=0)}, expected {expected}"
