"""Simulation against closed form: every scenario below is one a teacher can open.

Tolerance: |z| ≤ 4 with the standard error from 30 replications, and for the reference ladder the absolute tolerance of its full
size (30 × 5,000 customers), widened by √n where the suite runs fewer. The full size is marked `long`. Markets and formulas are those
of ``forms.py``, which the acceptance tests hold against far more futures.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from ladsim.engine.run import simulate
from ladsim.scenario.tables import tables
from ladsim.theory.customer_base import nbd_pmf, poisson_pmf
from ladsim.theory.expected import expected_rung_counts
from tests.agree.forms import FORMS, SEED, check_z, laid_out, scenario

REPLICATIONS = 30
FULL = 5_000
OTHERS = [
    "race",
    "reached",
    "steps_at_orders",
    "workload",
    "plan",
    "poisson_orders",
    "gamma_orders",
    "club_high_end",
    "club_regular",
]


def holds(name: str, size: int | None = None) -> NDArray[np.float64]:
    """The mean over 30 futures of so many customers, which is within 4 standard errors of the closed form."""
    form = FORMS[name]
    found = np.array([form.future(replication, customers=size) for replication in range(REPLICATIONS)])
    enough = form.enough(REPLICATIONS * (size or form.customers or 0))
    assert enough.mean() > 0.5
    check_z(list(found[:, enough]), form.expected()[enough])
    return np.asarray(found.mean(axis=0))


@pytest.mark.parametrize("size", [500, pytest.param(FULL, marks=pytest.mark.long)])
def test_reference_ladder_occupancy(size: int) -> None:
    """V1: who stands where, every month, is exp(Qt); after a year the printed shares, within .002 at a million."""
    mean = holds("reference_ladder", size)
    printed = np.array([0.165299, 0.166579, 0.075171, 0.052222, 0.006212, 0.534516])
    tolerance = 0.002 * np.sqrt(1_000_000 / (REPLICATIONS * size))
    assert np.abs(mean[-6:] - printed).max() < tolerance


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", [200, pytest.param(FULL, marks=pytest.mark.long)])
def test_reference_ladder_lifetime(size: int) -> None:
    """V1 to the end: V_L (± 1.7·√(5000/n)), and how far a lead ever gets."""
    assert abs(holds("value_of_a_lead", size)[0] - 59.86309) < 1.7 * np.sqrt(FULL / size)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", [150, pytest.param(FULL, marks=pytest.mark.long)])
def test_reference_ladder_lifetime_orders(size: int) -> None:
    """V1 from the customer rung: orders of a customer's whole life, mean 18.88889, standard deviation 29.29706."""
    assert abs(holds("lifetime_orders", size)[1] - 18.88889) < 4 * 29.29706 / np.sqrt(REPLICATIONS * size)


@pytest.mark.parametrize("name", OTHERS)
def test_closed_form(name: str) -> None:
    """Races, shares reached, steps at orders, the benchmark's ladder, a plan, orders in a year, yearly renewals (V9)."""
    holds(name)


def test_race_has_two_steps() -> None:
    """The formula of the race is of its steps in this order."""
    assert laid_out("race").step_names == ("prospect.customer", "prospect.gone")


def test_the_plan_makes_a_difference() -> None:
    """The luck of the draw does not hide what the campaigns and the shock do."""
    t = laid_out("plan_without_messages")
    plain = t.scenario.model_copy(update={"campaigns": (), "shocks": ()})
    closed, without = (expected_rung_counts(of, by_segment=True).to_numpy() / t.scenario.market_size for of in (t, tables(plain)))
    assert np.abs(closed - without).max() > 0.02


@pytest.mark.parametrize("name", ["poisson_orders", "gamma_orders"])
def test_order_counts(name: str) -> None:
    """Orders per customer in a year: Poisson, or negative binomial where customers differ; by χ²."""
    counts = []
    for replication in range(REPLICATIONS):
        history = simulate(scenario(name), seed=SEED, replication=replication, sample=300)
        assert history.customers is not None
        counts.append(history.customers["booked"].astype(np.float64))
    every, gamma = np.concatenate(counts), name == "gamma_orders"
    last = 40 if gamma else 13
    p = nbd_pmf(6.0, 0.8, np.arange(last)) if gamma else poisson_pmf(6.0, np.arange(last))
    expected = np.append(p, 1.0 - p.sum()) * len(every)
    seen = np.bincount(np.minimum(every, last).astype(int), minlength=last + 1)
    assert expected.min() > 5
    assert stats.chi2.sf(((seen - expected) ** 2 / expected).sum(), last) > 1e-4
