"""The shipped scenarios: each loads, says where its numbers come from, runs, and is what its comments say."""

from __future__ import annotations

import numpy as np
import pytest

import ladsim
from ladsim.measures.referral import referral_factor
from ladsim.measures.value import booked
from ladsim.model.layout import CAUSES
from ladsim.scenario.address import numbers, with_values
from ladsim.scenario.check import problems, warnings
from ladsim.scenario.load import shipped
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory.markov import reason_not

STRATEGIES = ["acquisition_first", "retention_first", "referral_first", "balanced"]


def short(scenario: Scenario, months: float = 3) -> Scenario:
    """The scenario, over so many months."""
    return with_values(scenario, {"months": months})


@pytest.fixture(scope="module")
def duel() -> Scenario:
    return ladsim.load("acquisition_vs_retention")


def test_the_promised_ones_are_there() -> None:
    assert {"five_rungs", "five_rungs_word_of_mouth", "acquisition_vs_retention", "bass_small", "invitation_cascade"} <= set(
        shipped()
    )


# What is odd about shipped scenarios, and stands there on purpose: letters that cost the same however many go out, and telephone
# sales to so few people that a part of the money would do.
ODD = {"restaurant": ["dessert.running_cost_per_month"], "telecom": ["telesales.monthly_spend"] * 2}


@pytest.mark.parametrize("name", shipped())
def test_loads_without_problem_or_warning(name: str) -> None:
    """A shipped scenario is an example to follow: nothing wrong with it, nothing odd about it that is not meant."""
    scenario = ladsim.load(name)
    assert problems(scenario) == []
    odd = [warning.place for warning in warnings(scenario)]
    assert [place.partition(".campaigns.")[2] for place in odd] == ODD.get(name, [])
    assert scenario.description


@pytest.mark.parametrize("name", shipped())
def test_every_number_has_a_source(name: str) -> None:
    """Whoever reads a report can ask about each number: a source, or the word "assumption"."""
    stated = [n for n in numbers(ladsim.load(name)).values() if n.given and not n.decided]
    assert stated
    assert [n.key for n in stated if not n.source.strip()] == []


@pytest.mark.parametrize("name", shipped())
def test_runs_three_months_on_a_sample(name: str) -> None:
    """Under each of its strategies, and without: people neither vanish nor appear."""
    scenario = short(ladsim.load(name))
    size = min(200, scenario.market_size)
    for strategy in [None, *scenario.strategies]:
        history = ladsim.simulate(scenario, strategy=strategy, sample=size)
        assert history.counts.sum(axis=(1, 2)).tolist() == [size] * 4


class TestFiveRungs:
    def test_has_a_closed_form_without_messages_and_none_with_them(self) -> None:
        assert reason_not(tables(ladsim.load("five_rungs"))) is None
        assert "messages" in str(reason_not(tables(ladsim.load("five_rungs_word_of_mouth"))))

    def test_word_of_mouth_changes_nothing_else(self) -> None:
        """The two files differ in what people say and hear: all other numbers are the same."""
        alone = {k: n.value for k, n in numbers(ladsim.load("five_rungs")).items()}
        talking = {k: n.value for k, n in numbers(ladsim.load("five_rungs_word_of_mouth")).items()}
        renamed = {k.replace(".time.", "."): v for k, v in talking.items()}
        differ = {k for k, v in alone.items() if renamed.get(k, talking.get(k)) != v}
        assert differ == {"rungs.repeat.messages_per_month", "rungs.ambassador.messages_per_month"}

    def test_word_of_mouth_brings_customers_but_does_not_feed_itself(self) -> None:
        history = ladsim.simulate(ladsim.load("five_rungs_word_of_mouth"), sample=4000)
        r = referral_factor(history)
        assert 0 < r["referral_factor"] < 1
        assert 0.02 < history.new_customers.sum(axis=(0, 1))[1] / history.new_customers.sum(axis=(0, 1))[0] < 0.25


class TestAcquisitionVsRetention:
    def test_four_strategies(self, duel: Scenario) -> None:
        assert list(duel.strategies) == STRATEGIES

    @pytest.mark.parametrize("sample", [200, 333])
    def test_budgets_are_equal_to_the_last_unit(self, duel: Scenario, sample: int) -> None:
        """Whatever the sample, every strategy books the same spend: 1,500 for each of 24 months."""
        spent = set()
        for strategy in STRATEGIES:
            history = ladsim.simulate(duel, strategy=strategy, sample=sample)
            spent.add(int(history.market_money[:, len(CAUSES) :].sum()))
            assert -booked(history)[:, len(CAUSES) :].sum() == pytest.approx(36_000, rel=1e-6)
        assert len(spent) == 1

    def test_three_fifths_on_the_main_idea(self, duel: Scenario) -> None:
        """The split that the file's comments promise."""
        kinds = {
            "search": 0,
            "social_media": 0,
            "welcome_series": 1,
            "personal_offers": 1,
            "win_back": 1,
            "refer_a_friend": 2,
            "community": 2,
        }
        splits = {}
        for name, strategy in duel.strategies.items():
            split = [0.0, 0.0, 0.0]
            for campaign in strategy.campaigns:
                split[kinds[campaign.channel or campaign.tactic or ""]] += campaign.each_month
            splits[name] = split
        assert splits == {
            "acquisition_first": [900, 300, 300],
            "retention_first": [300, 900, 300],
            "referral_first": [300, 300, 900],
            "balanced": [500, 500, 500],
        }

    def test_the_shop_is_believable(self, duel: Scenario) -> None:
        """Over four draws of what nobody knows: revenue, the share spent on marketing, ambassadors, referrals."""
        runs = [ladsim.simulate(duel, strategy="balanced", replication=k, sample=2000) for k in (0, 2, 4, 6)]
        revenue = np.mean([booked(run)[1:, 0].sum() for run in runs]) / 24
        assert 20_000 < revenue < 45_000
        assert 0.03 < 1_500 / revenue < 0.08
        ends = np.mean([run.counts[-1].sum(axis=0) for run in runs], axis=0)
        customer, repeat, ambassador = ends[2:5]
        assert 0.05 < ambassador / (customer + repeat + ambassador) < 0.36
        assert all(referral_factor(run)["referral_factor"] < 1 for run in runs)


def test_bass_small_follows_the_finite_market() -> None:
    """Exact expected share of a market of 100 after 1, 5, 10 and 15 years, |z| at most 4 over 100 runs."""
    scenario = ladsim.load("bass_small")
    runs = np.array([ladsim.simulate(scenario, replication=k).counts[[12, 60, 120, 180], 0, 1] for k in range(100)]) / 100
    z = (runs.mean(axis=0) - [0.0357384, 0.3261821, 0.7993721, 0.9681355]) / (runs.std(axis=0, ddof=1) / 10)
    assert np.abs(z).max() <= 4


def test_invitations_break_off_or_run_through_the_town() -> None:
    """Of thirty chains some end after a handful and some reach hundreds; nothing lies between, and all have ended after two months."""
    scenario = ladsim.load("invitation_cascade")
    members = np.array([ladsim.simulate(scenario, replication=k).counts[:, 0, 1] for k in range(30)])
    assert (members[:, 0] == 1).all()
    assert (members[:, 2] == members[:, 3]).all()
    size = members[:, -1]
    assert 3 <= (size > 100).sum() <= 27
    assert ((size < 50) | (size > 100)).all()
