"""Simulation against closed form: every scenario below is one a teacher can open.

Tolerance: |z| ≤ 4 with the standard error from 30 replications, and for the reference ladder the absolute tolerance of its full
size (30 × 5,000 customers), widened by √n where the suite runs fewer. The full size is marked `long`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.measures.summary import summarise
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables, tables
from ladsim.theory import markov
from ladsim.theory.customer_base import nbd_moments, nbd_pmf, poisson_pmf, sbg_survival
from ladsim.theory.expected import expected_rung_counts

SCENARIOS = Path(__file__).parent.parent / "scenarios"
REPLICATIONS = 30
FULL = 5_000


@cache
def scenario(name: str) -> Scenario:
    return load(SCENARIOS / f"{name}.toml")


@cache
def laid_out(name: str) -> Tables:
    return tables(scenario(name))


def futures(name: str, size: int, log: bool = False) -> Iterator[History]:
    """Replications of a scenario with so many customers."""
    for replication in range(REPLICATIONS):
        yield simulate(scenario(name), seed=20, replication=replication, sample=size, log=log)


def check_z(found: list[NDArray[np.float64]], expected: NDArray[np.float64], size: int = 0) -> None:
    """|mean − expected| ≤ 4 standard errors over replications (rows).

    With `size`, values are shares of so many customers: those that expect fewer than 20 of them in all replications together, too
    few for a normal distribution, are left out.
    """
    rows = np.array(found, np.float64)
    enough = np.minimum(expected, 1.0 - expected) * size * len(rows) >= 20 if size else np.ones(len(expected), bool)
    assert enough.mean() > 0.5
    error = rows.std(axis=0, ddof=1)[enough] / np.sqrt(len(rows))
    z = (rows.mean(axis=0) - expected)[enough] / error
    assert np.abs(z).max() <= 4.0, f"z: {np.round(z, 2)}"


def shares(history: History) -> NDArray[np.float64]:
    """Share of the market on each rung at the snapshots, (M+1, R)."""
    return history.counts.sum(axis=1) / history.size


@pytest.mark.parametrize("size", [500, pytest.param(FULL, marks=pytest.mark.long)])
def test_reference_ladder_occupancy(size: int) -> None:
    """V1: who stands where, every month, is exp(Qt); after a year the printed shares, within .002 at a million."""
    histories = [shares(h) for h in futures("reference_ladder", size)]
    closed = expected_rung_counts(laid_out("reference_ladder")).to_numpy() / FULL
    check_z([h[1:].ravel() for h in histories], closed[1:].ravel(), size)
    printed = np.array([0.165299, 0.166579, 0.075171, 0.052222, 0.006212, 0.534516])
    tolerance = 0.002 * np.sqrt(1_000_000 / (REPLICATIONS * size))
    assert np.abs(np.mean([h[-1] for h in histories], axis=0) - printed).max() < tolerance


def lifetime_of_leads(size: int) -> None:
    """V_L, and how far a lead ever gets, from runs to the end with their log."""
    value, ever = [], []
    for history in futures("reference_ladder_to_the_end", size, log=True):
        value.append(
            np.array([summarise(history.slim() if history.customers is None else history).scalars["discounted_profit"] / FULL])
        )
        assert history.log is not None
        moves = history.log[history.log["event"] == 1]
        entered = [len(np.unique(moves["customer"][moves["to"] == rung])) / history.size for rung in range(1, 5)]
        ever.append(np.array(entered))
    check_z(value, np.array([59.86309]))
    check_z(ever, np.array([0.666667, 0.296296, 0.197531, 0.098765]))
    assert abs(np.mean(value) - 59.86309) < 1.7 * np.sqrt(FULL / size)


def lifetime_orders(size: int) -> None:
    """Orders of a customer's whole life: mean and standard deviation."""
    moments = []
    for history in futures("reference_ladder_from_customer", size):
        assert history.customers is not None
        orders = history.customers["booked"].astype(np.float64)
        moments.append(np.array([orders.mean(), (orders**2).mean()]))
    check_z(moments, np.array([18.88889, 18.88889**2 + 29.29706**2]))
    assert abs(np.mean(moments, axis=0)[0] - 18.88889) < 4 * 29.29706 / np.sqrt(REPLICATIONS * size)


def test_reference_ladder_lifetime() -> None:
    """V1 to the end at a small size: value of a lead (± 1.7·√(5000/n)) and reach."""
    lifetime_of_leads(200)


def test_reference_ladder_lifetime_orders() -> None:
    """V1 from the customer rung at a small size: mean 18.88889, standard deviation 29.29706."""
    lifetime_orders(150)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_reference_ladder_lifetime_full() -> None:
    """V1 to the end with 30 × 5,000 customers: V_L ± 1.7."""
    lifetime_of_leads(FULL)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_reference_ladder_lifetime_orders_full() -> None:
    """V1 from the customer rung with 30 × 5,000 customers."""
    lifetime_orders(FULL)


def test_race_of_two_steps() -> None:
    """Competing risks: shares gone each way by every month are h/H·(1 − e^(−Ht))."""
    found = [np.cumsum(h.flows[1:].sum(axis=2), axis=0).ravel() / h.size for h in futures("race", 400)]
    hazards = [-np.log(0.8), 0.10]
    closed = np.array([markov.race(hazards, month) for month in range(1, 7)])
    assert laid_out("race").step_names == ("prospect.customer", "prospect.gone")
    check_z(found, closed.ravel())


def test_shares_reached() -> None:
    """`reached … by_months`: 12 % have bought after 12 months and 30 % refused after 6, other exits included."""
    t = laid_out("reached")
    buys, refuses = t.step_names.index("prospect.customer"), t.step_names.index("prospect.refused")
    found = []
    for history in futures("reached", 1000):
        gone = np.cumsum(history.flows.sum(axis=2), axis=0) / history.size
        found.append(np.array([gone[12, buys], gone[6, refuses]]))
    check_z(found, np.array([0.12, 0.30]))


def test_steps_at_orders() -> None:
    """Steps by orders, from the third order on too: rung counts by the method of stages."""
    closed = expected_rung_counts(laid_out("steps_at_orders")).to_numpy() / FULL
    check_z([shares(h)[1:].ravel() for h in futures("steps_at_orders", 400)], closed[1:].ravel(), 400)


def test_workload_without_messages() -> None:
    """The benchmark's ladder without words: people lapse and come back as exp(Qt) says."""
    t = laid_out("workload_without_messages")
    closed = expected_rung_counts(t).to_numpy() / t.scenario.market_size
    check_z([shares(h)[1:].ravel() for h in futures("workload_without_messages", 400)], closed[1:].ravel(), 400)


def test_plan_of_campaigns() -> None:
    """Campaigns with carry-over, a shock, segments and arrivals: rung counts per segment, with the audience as expected."""
    t, size = laid_out("plan_without_messages"), 2000
    closed = expected_rung_counts(t, by_segment=True).to_numpy() / t.scenario.market_size
    found = [h.counts.reshape(len(h.months), -1) / h.size for h in futures("plan_without_messages", size)]
    check_z([h[1:].ravel() for h in found], closed[1:].ravel(), size)
    plain = t.scenario.model_copy(update={"campaigns": (), "shocks": ()})
    without = expected_rung_counts(tables(plain), by_segment=True).to_numpy() / t.scenario.market_size
    assert np.abs(closed - without).max() > 0.02  # the plan does make a difference that the luck of the draw does not hide


@pytest.mark.parametrize("name", ["poisson_orders", "gamma_orders"])
def test_order_counts(name: str) -> None:
    """Orders per customer in a year: Poisson, or negative binomial where customers differ; by χ² and by moments."""
    counts = []
    for history in futures(name, 300):
        assert history.customers is not None
        counts.append(history.customers["booked"].astype(np.float64))
    gamma = name == "gamma_orders"
    mean, sd = nbd_moments(6.0, 0.8) if gamma else (6.0, np.sqrt(6.0))
    check_z([np.array([c.mean(), ((c - mean) ** 2).mean()]) for c in counts], np.array([mean, sd**2]))
    every = np.concatenate(counts)
    last = 40 if gamma else 13
    p = nbd_pmf(6.0, 0.8, np.arange(last)) if gamma else poisson_pmf(6.0, np.arange(last))
    expected = np.append(p, 1.0 - p.sum()) * len(every)
    seen = np.bincount(np.minimum(every, last).astype(int), minlength=last + 1)
    assert expected.min() > 5
    assert stats.chi2.sf(((seen - expected) ** 2 / expected).sum(), last) > 1e-4


@pytest.mark.parametrize(("name", "alpha", "beta"), [("club_high_end", 0.6681, 3.8061), ("club_regular", 0.7041, 1.1820)])
def test_yearly_renewals(name: str, alpha: float, beta: float) -> None:
    """V9: the share of members left after each of twelve renewals is B(α, β + t)/B(α, β)."""
    found = [shares(h)[12::12, 0] for h in futures(name, 500)]
    check_z(found, sbg_survival(alpha, beta, np.arange(1, 13)))
