"""Closed forms as plain records: a market, what is seen of a future, what a formula says of it.

In: nothing. Out: ``FORMS`` by name. ``test_closed_forms.py`` and the tests of programmes hold the simulation against them at sizes that
take a moment; the acceptance tests do it with far more futures. A value that messages are delivered at the end of a day shifts may be
off by ``bias``; where values are shares of so many customers, those that expect fewer than 20 of them in all futures together, too
few for a normal distribution, are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables, tables
from ladsim.theory import markov
from ladsim.theory.customer_base import nbd_moments
from ladsim.theory.expected import expected_rung_counts
from ladsim.verifying.form import SEED as SEED
from ladsim.verifying.form import Form as Form
from ladsim.verifying.markets import ROWS

SCENARIOS = Path(__file__).parent.parent / "markets"
Floats = NDArray[np.float64]


@cache
def scenario(name: str) -> Scenario:
    """The scenario of a file under ``tests/markets``, or of a published model that ships."""
    path = SCENARIOS / f"{name}.toml"
    return load(path if path.is_file() else f"classics/{name}")


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


def published(name: str) -> Form:
    """The form of a published model, which ships with ladsim."""
    return next(row.form for row in ROWS if row.name == name)


FORMS: dict[str, Form] = {
    "reference_ladder": published("occupancy"),
    "value_of_a_lead": published("value_of_a_lead"),
    "lifetime_orders": published("value_of_a_customer"),
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
    "club_high_end": published("club_high_end"),
    "club_regular": published("club_regular"),
}  # fmt: skip


def check_z(found: list[Any], expected: Any) -> None:
    """|mean − expected| ≤ 4 standard errors over replications (rows)."""
    rows = np.array(found, np.float64)
    z = (rows.mean(axis=0) - expected) / (rows.std(axis=0, ddof=1) / np.sqrt(len(rows)))
    assert np.abs(z).max() <= 4.0, f"z: {np.round(z, 2)}, mean {rows.mean(axis=0)}, expected {expected}"
