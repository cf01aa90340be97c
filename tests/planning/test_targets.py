"""Targets: what 80, 50 and 20 % of the futures meet.

Tests: ``planning/attainment.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from ladsim.cli.targets import targets_text
from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.planning.attainment import Attainment
from ladsim.planning.compare import Comparison
from ladsim.planning.replications import Replications
from ladsim.planning.targets import few_to_promise, set_targets, targets
from ladsim.reporting.page import page_html
from ladsim.reporting.targets import page
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario


@pytest.fixture
def known(duel: Comparison) -> Replications:
    """Ten futures that differ in what they have at month 4: 10, 20 … 100 simulated customers, as many fewer leads, k lapsed."""
    history = duel.runs["base"].histories[0]
    histories = []
    for k in range(1, 11):
        counts, flows = history.counts.copy(), np.zeros_like(history.flows)
        counts[0] = [[100, 0, 0, 0]]
        counts[4] = [[100 - 10 * k, 9 * k, 0, k]]
        flows[2, history.step_names.index("lead.customer.time"), 0] = 10 * k
        flows[3, history.step_names.index("customer.lapsed"), 0] = k
        histories.append(replace(history, counts=counts, flows=flows, scale=1.0))
    run = duel.runs["base"]
    return replace(run, histories=tuple(histories), summaries=run.summaries[:1] * 10, parameters=run.parameters[[]].iloc[:0])


def test_quantiles_of_known_numbers(known: Replications) -> None:
    """Of 10 … 100 customers nine of ten futures have at least 20, eight of ten would be too few to promise 80 %: commit 18 people on the
    rung, 20 who took the step."""
    found = targets(known, 4)
    rungs = found.rungs.set_index("rung")
    assert rungs.loc["customer", ["commit", "expect", "stretch"]].tolist() == [18.0, 45.0, 72.0]
    assert rungs.loc["customer", "meets"] == "at least"
    steps = found.steps.set_index("step")
    assert steps.loc["lead.customer.time", ["number_commit", "number_expect", "number_stretch"]].tolist() == [20.0, 50.0, 80.0]
    assert steps.loc["lead.customer.time", ["rate_commit", "rate_expect", "rate_stretch"]].tolist() == pytest.approx(
        [0.2, 0.5, 0.8]
    )


def test_all_at_once_of_known_numbers(known: Replications) -> None:
    """More customers come with more lapsed, so the promises of both, kept with 80 % each, fail in other futures: both hold in 60 %. With
    the lowest number of customers and the highest of lapsed, each is kept with 10/11, and both with 80 %."""
    found = targets(known, 4)
    row = found.together.set_index("kind").loc["rung"]
    assert (row["promises"], row["probability"]) == (3, 0.6)
    assert row["probability_low"] < 0.6 < row["probability_high"]
    assert found.rungs["together"].tolist() == [9.0, 0.0, 10.0]
    assert row["each"] == pytest.approx(10 / 11)


def test_who_is_no_customer_is_no_target(known: Replications) -> None:
    """Leads stand below the first customer rung: how many they are is no target, the step out of them is one; lapsed have a limit."""
    found = targets(known, 4)
    assert found.rungs["rung"].tolist() == ["customer", "ambassador", "lapsed"]
    assert set(found.checkpoints["rung"]) == {"customer", "ambassador", "lapsed"}
    assert "lead.customer.time" in set(found.steps["step"])


def test_a_sample_has_the_luck_of_the_market(known: Replications) -> None:
    """Where one person stands for four, deviations from the mean are half of those counted; without ranges all of them are luck."""
    four = replace(known, histories=tuple(replace(one, scale=4.0) for one in known.histories))
    found, plain = targets(four, 4).rungs.set_index("rung"), targets(known, 4).rungs.set_index("rung")
    middle = 9.0 * 5.5
    assert found.loc["customer", "commit"] == pytest.approx(4.0 * (middle + (plain.loc["customer", "commit"] - middle) / 2.0))


def test_fewer_is_better_where_people_are_lost(known: Replications) -> None:
    """Of 1 … 10 lapsed, nine of ten futures have at most 9: that is the promise; a stretch is at most 3."""
    rungs = targets(known, 4).rungs.set_index("rung")
    assert rungs.loc["lapsed", "meets"] == "at most"
    assert rungs.loc["lapsed", ["commit", "expect", "stretch"]].tolist() == [9.0, 6.0, 3.0]
    steps = targets(known, 4).steps.set_index("step")
    assert steps.loc["customer.lapsed", "meets"] == "at most"
    # One in ten of those who became customers lapsed in every future, and nobody was one before.
    assert steps.loc["customer.lapsed", ["rate_commit", "rate_stretch"]].tolist() == pytest.approx([0.1, 0.1])


def test_limits_hold_the_number(known: Replications) -> None:
    """Each number lies inside its own limits, where there are enough futures for limits."""
    rungs = targets(known, 4).rungs
    for name in ("commit", "expect", "stretch"):
        assert not (rungs[f"{name}_low"] > rungs[name]).any()
        assert not (rungs[f"{name}_high"] < rungs[name]).any()
    assert rungs["expect_low"].notna().all()


def test_checkpoints_lead_to_the_target(shop: Scenario) -> None:
    """There is a checkpoint at every month until the target's month, and the last is the target."""
    found = set_targets(shop, "retention_first", 4, replications=6, sample=100, processes=1)
    assert sorted(set(found.checkpoints["month"])) == [1.0, 2.0, 3.0, 4.0]
    last = found.checkpoints[found.checkpoints["month"] == 4.0].drop(columns="month").reset_index(drop=True)
    assert last.equals(found.rungs.drop(columns="together"))
    assert found.label == "Keep them first"
    assert (found.setting.replications, found.month) == (6, 4.0)
    assert found.goals["strategy"].unique().tolist() == ["retention_first"]


def test_harder_is_less_likely(duel: Comparison) -> None:
    """Stretch asks for more than expect, expect for more than commit; less where fewer is better."""
    rungs = targets(duel.runs["dear"]).rungs
    for row in rungs.itertuples():
        ladder = [row.commit, row.expect, row.stretch]
        assert ladder == sorted(ladder, reverse=row.meets == "at most")


@pytest.mark.parametrize("month", [0, -1, 2.5, 7])
def test_only_month_starts_have_targets(shop: Scenario, month: float) -> None:
    """A month that no snapshot is taken at is refused before anything is run."""
    with pytest.raises(StudyError, match="whole month from 1 to 6"):
        set_targets(shop, None, month)


def test_steps_know_their_direction(duel: Comparison) -> None:
    """Steps up want more, steps off the ladder fewer."""
    reached = Attainment(duel.runs["base"].histories)
    wants = {name: reached.step_wants_more(i) for i, name in enumerate(reached.first.step_names)}
    assert wants == {
        "lead.customer.time": True,
        "lead.customer.message": True,
        "customer.ambassador": True,
        "customer.lapsed": False,
    }


def test_who_has_forgotten_us_is_no_target() -> None:
    """From where lost customers stand only the way back among customers is wanted; who never was one may always come back."""
    ends = [("customer", "lapsed"), ("lapsed", "customer"), ("lapsed", "lead"), ("lead", "put_off"), ("put_off", "lead")]
    rungs = [
        {"name": "lead", "share": 0.8}, {"name": "customer", "share": 0.2, "orders_per_month": 1.0},
        {"name": "lapsed", "off_ladder": True}, {"name": "put_off", "off_ladder": True},
    ]  # fmt: skip
    steps = [{"from": start, "to": end, "monthly": 0.1} for start, end in ends]
    steps.append({"from": "lead", "to": "customer", "monthly": 0.1, "is_order": True})
    data = {"schema": 1, "name": "forgotten", "months": 2, "market_size": 50, "rungs": rungs, "steps": steps}
    found = set_targets(validated(data), None, replications=4, processes=1).steps.set_index("step")["meets"]
    assert found["lapsed.customer"] == found["put_off.lead"] == found["lead.customer"] == "at least"
    assert found["lapsed.lead"] == found["customer.lapsed"] == found["lead.put_off"] == "at most"


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_too_few_futures_are_said_not_refused(shop: Scenario, language: str) -> None:
    """Six futures in pairs are too few to promise anything with 80 %: the number is missing, page and terminal say why, nothing is
    called promised; eight are enough."""
    few = set_targets(shop, None, replications=6, sample=50, processes=1, overrides={"language": language})
    assert few.rungs["commit"].isna().all() and few.rungs["expect"].notna().all() and few.checkpoints["commit"].isna().all()
    locale = Locale(language)
    note = locale.text("note.few_to_promise", futures=locale.text("count.futures", n=6), enough="8")
    made = page(few)
    assert note in made.notes
    assert made.verdict.startswith(
        locale.text("page.v_targets_few", futures=locale.text("count.futures", n=6), enough="8", month="\0").split("\0")[0]
    )
    assert loose(note) in loose(targets_text(few))
    assert not re.search(r"\bnan\b", page_html(few), re.IGNORECASE)
    enough = set_targets(shop, None, replications=8, sample=50, processes=1, overrides={"language": language})
    assert enough.rungs["commit"].notna().all()
    assert not few_to_promise(enough)


def test_a_single_future_promises_nothing(shop: Scenario) -> None:
    """One future of a pair gives neither a promise nor an expectation, and still a page."""
    single = set_targets(shop, None, replications=1, sample=50, processes=1)
    assert single.rungs[["commit", "expect"]].isna().all(axis=None)
    assert "too few to promise anything" in page(single).verdict
