"""The benchmark's market W(N) by the fast engine: without messages against e^{Qt}, with them against other simulators' distributions.

Without messages customers are independent. Start quotas are exact, so the count on rung r after t months is a sum over the starting
rungs s of multinomials, n_s customers with the chances P_s = e_s·e^{Qt}: its variance is exactly Σ_s n_s·P_sr·(1 − P_sr), and z has
no error of its own. With messages no such formula exists: the counts that EoN and FastGEMF found over 100 seeds on the same graph
are recorded beside this file (``benchmarks/agreement.py`` made and remakes them, and says which tests these are).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.linalg import expm

from benchmarks import agreement
from benchmarks.two_samples import same_distribution
from ladsim.engine.run import simulate
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory.expected import expected_rung_counts
from ladsim.theory.markov import chain

SCENARIOS = Path(__file__).parent.parent / "markets"
MONTHS = list(agreement.MONTHS)


def silent(size: int) -> Scenario:
    """W without messages, with so many customers."""
    return load(SCENARIOS / "workload_without_messages.toml").model_copy(update={"market_size": size})


def counts(scenario: Scenario, seeds: int) -> NDArray[np.int64]:
    """Rung counts at the months looked at, (seeds, months, rungs)."""
    runs = [simulate(scenario, seed=11, replication=k, engine="fast") for k in range(seeds)]
    return np.array([run.counts[MONTHS].sum(axis=1) for run in runs])


def exact_variance(scenario: Scenario) -> NDArray[np.float64]:
    """Variance of a run's counts, (months, rungs)."""
    laid_out = tables(scenario)
    quotas = laid_out.start_shares * scenario.market_size
    chances = [expm(chain(laid_out).generator * month) for month in MONTHS]
    return np.array([quotas @ (p * (1.0 - p)) for p in chances])


@pytest.mark.parametrize(
    ("size", "seeds"), [(20_000, 10), pytest.param(100_000, 40, marks=pytest.mark.long)], ids=["quick", "full"]
)
def test_without_messages(size: int, seeds: int) -> None:
    """|z| ≤ 4 on every rung at months 1, 6, 12, 24, and the spread over seeds is the multinomial one."""
    scenario = silent(size)
    found = counts(scenario, seeds)
    expected, variance = expected_rung_counts(tables(scenario)).to_numpy()[MONTHS], exact_variance(scenario)
    z = (found.mean(axis=0) - expected) / np.sqrt(variance / seeds)
    assert z.shape == (4, 6)
    assert np.abs(z).max() <= 4.0, np.round(z, 2)
    # A count's squared deviations over its variance are χ² (large counts are all but normal); two-sided, over 24 cells.
    large = expected >= 20
    squares = ((found - expected) ** 2 / variance).sum(axis=0)[large]
    assert large.sum() >= 22
    assert stats.chi2.sf(squares, seeds).min() > 1e-4 / 24
    assert stats.chi2.cdf(squares, seeds).min() > 1e-4 / 24


@cache
def with_messages(budget: str) -> NDArray[np.int64]:
    """The fast engine's counts in the peers' setting."""
    return agreement.by_ladsim(agreement.workload(budget), agreement.SIZE, range(agreement.SEEDS))


@pytest.mark.long
@pytest.mark.parametrize("peer", list(agreement.PEERS))
def test_with_messages(peer: str) -> None:
    """In none of 48 cells does the distribution differ (Anderson–Darling, α = .001, Holm); in each the means are equivalent."""
    theirs, said = agreement.recorded(peer)
    assert f"{agreement.SIZE} customers" in said
    assert [theirs[budget].shape for budget in agreement.BUDGETS] == [(agreement.SEEDS, 4, 6)] * 2
    ours = {budget: with_messages(budget) for budget in agreement.BUDGETS}
    cells = agreement.cells(ours, theirs, agreement.rung_names())
    assert len(cells) == 48
    assert [cell for cell in cells if cell.adjusted <= agreement.ALPHA] == []
    assert [cell for cell in cells if cell.equal.p > agreement.ALPHA] == []


@pytest.mark.long
def test_a_fifth_more_is_found_out() -> None:
    """The test has teeth: words that convince a fifth more often (.18 and .12) are told from these by the leads at month 24."""
    theirs, _ = agreement.recorded("eon")
    right = agreement.workload("per_sender")
    steps = tuple(
        step.model_copy(update={"probability": 1.2 * step.probability}) if step.trigger == "message" else step
        for step in right.steps
    )
    wrong = agreement.by_ladsim(right.model_copy(update={"steps": steps}), agreement.SIZE, range(agreement.SEEDS))
    p = same_distribution(wrong[:, -1, 0], theirs["per_sender"][:, -1, 0])
    assert p < agreement.ALPHA / 48


def test_peers_counts_as_recorded() -> None:
    """Quick look at what the long test reads: nobody is lost, the start shares are exact, words make a difference."""
    for peer in agreement.PEERS:
        theirs, _ = agreement.recorded(peer)
        for budget in agreement.BUDGETS:
            assert (theirs[budget].sum(axis=2) == agreement.SIZE).all()
        leads = [theirs[budget][:, -1, 0].mean() for budget in agreement.BUDGETS]
        assert leads[1] < leads[0] < 9_000 * np.exp(-0.02 * 24)
