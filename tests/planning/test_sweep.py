"""A sweep: each value gives what the study gives with that value set, and what is said of the values is so.

Tests: ``planning/cascades.py``, ``planning/sweep.py``, ``reporting/cascades.py``, ``reporting/sweep.py``, ``reporting/sweep_picture.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.cli.run import run_text
from ladsim.errors import ScenarioError, StudyError
from ladsim.i18n import ENGLISH
from ladsim.planning import worlds
from ladsim.planning.cascades import humps_alone, word_wins
from ladsim.planning.compare import Comparison
from ladsim.planning.measure_table import by_future
from ladsim.planning.sweep import Sweep
from ladsim.reporting.page import page_html
from ladsim.reporting.run import verdict
from ladsim.reporting.sweep import SweepWords
from tests.cli.conftest import TINY

CHANCE = "steps.stranger.member.probability"
MONTHLY = "steps.lead.customer.monthly"
FEW: dict[str, Any] = {"replications": 4, "processes": 1, "seed": 3}


@pytest.fixture(scope="module")
def chain() -> Sweep:
    """The chain of invitations, below, at and above the threshold."""
    values = ["0.02", "0.12", "0.3"]
    return ladsim.sweep(ladsim.load("invitation_cascade"), CHANCE, values, replications=20, processes=1)


@pytest.mark.parametrize("key", [MONTHLY, "basket.mean", "months"])
def test_each_value_is_that_value_set(key: str) -> None:
    """To the last bit: the same luck, the same draws of what is not known; also with an override besides."""
    shop, values = ladsim.loads(TINY.replace("by_month = 6", "by_month = 2")), ["3", "4"] if key == "months" else ["0.5", "0.75"]
    found = ladsim.sweep(shop, key, values, strategy="keep", overrides={"money.margin": 0.4}, **FEW)
    for value, part in zip(values, found.parts, strict=True):
        alone = ladsim.replicate(shop, strategy="keep", overrides={"money.margin": 0.4, key: value}, **FEW)
        assert part.setting == alone.setting
        assert all(one.equals(other) for one, other in zip(part.histories, alone.histories, strict=True))
        pd.testing.assert_frame_equal(part.measures, alone.measures)
        row = found.table.set_index("value").loc[value]
        profit = alone.measures.set_index("measure").loc["profit"]
        assert [row["profit"], row["profit_low"], row["profit_high"]] == pytest.approx(profit[["mean", "low", "high"]].tolist())


def test_each_comparison_is_that_comparison() -> None:
    """The same verdict and tables; the row says who wins, how far the best strategy is ahead of base, and of the next."""
    shop = ladsim.loads(TINY)
    found = ladsim.sweep(shop, MONTHLY, ["0.05", "0.6"], ["keep"], **FEW)
    for value, part in zip(("0.05", "0.6"), found.parts, strict=True):
        assert isinstance(part, Comparison)
        alone = ladsim.compare(shop, ["keep"], overrides={MONTHLY: value}, months_after=0, **FEW)
        assert part.verdict == alone.verdict
        pd.testing.assert_frame_equal(part.outcomes, alone.outcomes)
        row = found.table.set_index("value").loc[value]
        means = alone.outcomes.set_index("strategy")["profit"]
        assert row["best"] == means.idxmax() == alone.best
        assert row["difference"] == pytest.approx(means["keep"] - means["base"], abs=0.01)
        assert row["lead"] == pytest.approx(abs(means["keep"] - means["base"]), abs=0.01)


def test_one_world_for_all_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph is made once, whatever value the chance of a word takes."""
    made = []

    def build(*given: Any, **named: Any) -> Any:
        made.append(given)
        return real(*given, **named)

    real = worlds.build
    monkeypatch.setattr(worlds, "build", build)
    ladsim.sweep(ladsim.load("invitation_cascade"), CHANCE, [0.05, 0.1, 0.15], replications=2, processes=1)
    assert len(made) == 1


def test_what_dies_out_is_counted_and_told(chain: Sweep) -> None:
    """By hand from the customers at the end; between the humps the median of those that take off is told beside the mean."""
    ends = [np.array([one.scalars["customers_end"] for one in part.summaries]) for part in chain.parts]
    most = max(end.max() for end in ends)
    assert chain.table["dies_out"].tolist() == [float((end < most / 20).mean()) for end in ends]
    assert chain.table["dies_out"].iloc[0] == 1.0 and chain.table["dies_out"].iloc[-1] < 0.2
    count = int((ends[1] < most / 20).sum())
    assert 4 < count < 16
    said = SweepWords(chain).verdict()
    told = [line for line in said if "dies out" in line]
    assert len(told) == 1
    middle = round(float(np.median(np.sort(ends[1])[count:])))
    assert f"At 12\u00a0% it dies out in {count} of 20 futures; in the others there are {middle} customers" in told[0]


def test_without_word_of_mouth_nothing_dies_out() -> None:
    """The column is empty, and the page does not speak of it."""
    found = ladsim.sweep(ladsim.loads(TINY), MONTHLY, [0.05, 0.2], **FEW)
    assert found.table["dies_out"].isna().all()
    assert not SweepWords(found).dies and len(SweepWords(found).head()) == 6
    barren = SweepWords(replace(found, table=found.table.assign(dies_out=0.0, referral_factor=0.1)))
    assert found.table["referred_share"].eq(0.0).all()
    assert not barren.dies and len(barren.head()) == 6  # nobody is won by a word
    assert not [line for line in SweepWords(found).verdict() if "dies out" in line]


def test_the_best_value_is_told_from_the_others_only_where_it_surely_is() -> None:
    """By hand: where Student's interval of the paired differences to another value holds 0, that value is named beside the best."""
    shop, values = ladsim.loads(TINY), ["0.05", "0.0505", "0.6"]
    for played in (values[:2], values, values[1:]):
        found = ladsim.sweep(shop, MONTHLY, played, **FEW)
        assert not any(len(run.parameters.columns) for run in SweepWords(found).runs)
        earned = [by_future(run, "profit") for run in SweepWords(found).runs]
        best = int(np.argmax([profit.mean() for profit in earned]))
        alike = []
        for place, profit in enumerate(earned):
            apart = earned[best] - profit
            half = 3.1824463 * apart.std(ddof=1) / np.sqrt(len(apart))  # Student's 97.5 % at 3 degrees
            if place != best and apart.mean() - half <= 0.0:
                alike.append(SweepWords(found).values[place])
        said = SweepWords(found).verdict()[0]
        assert ("cannot be told from" in said) == bool(alike)
        assert said.endswith(f"it cannot be told from {ENGLISH.listed(alike)}.") or not alike
        assert bool(alike) == ("0.6" not in played)  # the highest chance surely earns most; 5 % and 5.05 % are not told apart


@pytest.mark.parametrize("strategies", [None, ["keep"]])
def test_a_number_that_changes_nothing_is_said_to_change_nothing(strategies: list[str] | None) -> None:
    """Not that it cannot be told: every future is the same at all values, whether of one strategy or of several."""
    shop = ladsim.loads(TINY)
    given = {"strategies": strategies} if strategies else {}
    found = ladsim.sweep(shop, "survey.invited", ["50", "100", "150"], **given, **FEW)
    (said,) = SweepWords(found).verdict()
    assert "changes nothing" in said and "cannot be told" not in said and "3 values" in said
    other = ladsim.sweep(shop, MONTHLY, ["0.05", "0.6"], **given, **FEW)
    assert "changes nothing" not in " ".join(SweepWords(other).verdict())


def test_one_future_tells_no_best_value() -> None:
    """There is no interval, so nothing is sure."""
    found = ladsim.sweep(ladsim.loads(TINY), MONTHLY, ["0.05", "0.6"], replications=1, processes=1)
    assert "cannot be told from" in SweepWords(found).verdict()[0]


def test_where_it_turns_is_told() -> None:
    """A loss that becomes a profit, and a winner that changes, with the values between which."""
    shop = ladsim.loads(TINY)
    loss = ladsim.sweep(shop, "money.fixed_cost_per_month", ["0", "1_000_000"], **FEW)
    said = SweepWords(loss).verdict()
    assert [line for line in said if "the whole business passes from a profit to a loss" in line]
    assert said[-1].startswith("That is the business as a whole.") and "compare --sweep" in said[-1]
    gain = ladsim.sweep(shop, "money.fixed_cost_per_month", ["1_000_000", "0"], **FEW)
    assert [line for line in SweepWords(gain).verdict() if "the whole business passes from a loss to a profit" in line]
    text = TINY.replace('set = { "steps.lead.customer.monthly" = 0.12 }', 'set = { "basket.mean" = 40 }')
    flip = ladsim.sweep(ladsim.loads(text), "strategies.win.set.basket.mean", ["40", "20"], ["win"], **FEW)
    assert flip.table["best"].tolist() == ["win", "base"]
    said = " ".join(SweepWords(flip).verdict())
    assert "the highest mean profit passes from “Win more” to" in said


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_its_page_in_every_language(language: str) -> None:
    """Title, table and one picture; the same bytes again."""
    shop = ladsim.loads(TINY.replace('currency = "EUR"', f'currency = "EUR"\nlanguage = "{language}"'))
    for strategies in (None, []):
        study = ladsim.sweep(shop, MONTHLY, [0.05, 0.2], strategies, replications=2, processes=1)
        html = page_html(study)
        assert html == page_html(study)
        assert html.count('<figure class="picture') == 1
        assert SweepWords(study).head()[0] in html


def test_words_as_values() -> None:
    """What is no number stands in the order given."""
    shop = ladsim.loads(TINY)
    study = ladsim.sweep(shop, "engine", ["fast", "simpy"], replications=2, processes=1)
    assert study.table["value"].tolist() == ["fast", "simpy"]
    assert study.table["profit"].nunique() == 1
    assert "<svg " in page_html(study)


@pytest.mark.parametrize(("values", "said"), [([], "0 values"), (["1", "1"], "1 twice"), (list(range(51)), "51 values")])
def test_values_that_cannot_be(values: list[Any], said: str) -> None:
    """None, one twice, too many; and a key or a value that ``--set`` would refuse."""
    shop = ladsim.loads(TINY)
    with pytest.raises(StudyError, match=said):
        ladsim.sweep(shop, "basket.mean", values, **FEW)
    with pytest.raises(ScenarioError, match="basket"):
        ladsim.sweep(shop, "basket.meen", [1.0], **FEW)
    with pytest.raises(ScenarioError):
        ladsim.sweep(shop, MONTHLY, ["1.5"], **FEW)


def test_what_each_customer_brings_exists_where_r_does_not(chain: Sweep) -> None:
    """Members of the chain never stop inviting, so R is undefined; of N members all but the first were brought by another."""
    assert chain.table["referral_factor"].isna().all()
    for part, found in zip(chain.parts, chain.table["referrals_per_customer"], strict=True):
        assert not isinstance(part, Comparison)
        members = sum(summary.scalars["customers_ever"] for summary in part.summaries)
        first = sum(float(h.counts[0][:, h.is_customer].sum()) * h.scale for h in part.histories)
        assert found == pytest.approx(1.0 - first / members)
    assert chain.table["referrals_per_customer"].is_monotonic_increasing
    told = SweepWords(chain)
    assert "Referrals per customer" in told.head() and "Referral factor R" not in told.head()


def test_two_heaps_are_told_of_one_study_too(chain: Sweep) -> None:
    """At the threshold the page of one strategy, and the terminal, say in how many futures the word dies out; elsewhere nothing."""
    few, some, many = chain.parts
    assert not isinstance(some, Comparison)
    found = humps_alone(some)
    assert found is not None
    ends = by_future(some, "customers_end")
    assert found.count == int((ends < 0.05 * ends.max()).sum()) > 0
    said = f"It dies out in {found.count} of 20 futures"
    assert said in verdict(some, ENGLISH) and said in run_text(some)
    assert "Referrals per customer" in run_text(some)
    for part in (few, many):
        assert not isinstance(part, Comparison)
        assert "dies out" not in verdict(part, ENGLISH) and "dies out" not in run_text(part)


def test_without_word_of_mouth_nobody_brings_anybody() -> None:
    """No row, no column."""
    alone = ladsim.replicate(ladsim.loads(TINY), **FEW)
    assert not word_wins(alone) and "Referrals per customer" not in run_text(alone)
