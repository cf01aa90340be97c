"""Satisfaction and recommendation: what experiences do to people, and people to each other.

Tests: ``scenario/opinion_spec.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.measures.satisfaction import net_promoter_score, nps_survey, promoters_and_ambassadors, service_failures
from ladsim.scenario.draws import resolve, uncertain
from ladsim.scenario.load import validated
from ladsim.scenario.opinion_spec import Survey

BUYER = {"name": "customer", "share": 1.0, "orders_per_month": 2.0}
GONE = {"name": "lapsed", "off_ladder": True}


def market(feelings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """People who order twice a month and feel something."""
    data = {
        "schema": 1, "name": "feelings", "months": 3, "market_size": 50,
        "rungs": [BUYER, GONE], "steps": [], "satisfaction": feelings,
    }  # fmt: skip
    return data | more


def feelings_of(history: History) -> list[list[float]]:
    """What each customer has felt after each experience, in their order."""
    events = history.events()
    felt = events[events["event"] == "feel"]
    return [group["amount"].tolist() for _, group in felt.groupby("customer")]


def test_surprise_wears_off() -> None:
    """Orders of quality 8 after an expectation of 5, by hand: satisfaction climbs by less each time, since expectations follow."""
    calm = {"start": 5.0, "expectation": 5.0, "quality": 8.0, "learning": 0.5, "adaptation": 0.25}
    by_hand = []
    feeling, expectation = 5.0, 5.0
    for _ in range(40):
        surprise = 8.0 - expectation
        feeling, expectation = min(feeling + 0.5 * surprise, 10.0), expectation + 0.25 * surprise
        by_hand.append(feeling)
    assert by_hand[:3] == [6.5, 7.625, 8.46875]
    lives = feelings_of(simulate(validated(market(calm)), log=True))
    assert len(lives) > 40
    for life in lives:
        assert life == pytest.approx(by_hand[: len(life)], abs=1e-4)


def test_failures_and_recovery() -> None:
    """A service that always fails and is always recovered from: first the failure is felt, then the recovery."""
    care = {"start": 7.0, "expectation": 7.0, "learning": 0.5, "adaptation": 0.0, "service_failure_probability": 1.0}
    care |= {"service_failure_quality": 1.0, "recovery_probability": 1.0, "recovery_quality": 9.0}
    lives = feelings_of(simulate(validated(market(care)), log=True))
    assert lives[0][:4] == pytest.approx([4.0, 5.0, 2.0, 3.0])


def test_failures_are_counted() -> None:
    """Each order fails or does not: failures are those of the log's orders by a binomial, |z| ≤ 4, recoveries part of them alike."""
    care = {
        "service_failure_probability": 0.3,
        "service_failure_quality": 1.0,
        "recovery_probability": 0.5,
        "recovery_quality": 9.0,
    }
    history = simulate(validated(market(care, market_size=2000)), seed=2, log=True)
    orders = int((history.events()["event"] == "order").sum())
    table = service_failures(history)
    failures, recovered = table["failures"].sum(), table["recovered"].sum()
    assert orders > 1000
    assert abs(failures - 0.3 * orders) <= 4.0 * math.sqrt(orders * 0.21)
    assert abs(recovered - 0.5 * failures) <= 4.0 * math.sqrt(failures * 0.25)
    assert table["recovery_share"].dropna().between(0.0, 1.0).all()
    felt = (history.events()["event"] == "feel").sum()
    assert felt == orders + recovered


def test_effort_is_taken_off_and_given_back() -> None:
    """Quality 8 less an effort of 2 is felt as 6, on a rung with an effort of 3 as 5; a change of −0.5 gives half of it back."""
    calm = {"start": 5.0, "expectation": 5.0, "quality": 8.0, "learning": 0.5, "adaptation": 0.0, "effort": 2.0}
    ease = {"name": "ease", "effects": [{"on": "effort", "full": -0.5}]}
    for rung, shocks, first in ((BUYER, [], 5.5), (BUYER | {"effort": 3.0}, [], 5.0), (BUYER, [ease], 6.0)):
        lives = feelings_of(simulate(validated(market(calm, rungs=[rung, GONE], shocks=shocks)), log=True))
        assert {round(life[0], 4) for life in lives} == {first}


def test_effort_by_rung_and_by_a_contact() -> None:
    """A tactic that takes all effort away on one rung, for those who are contacted after an order: their next one is felt in full."""
    calm = {"start": 5.0, "expectation": 5.0, "quality": 8.0, "learning": 0.5, "adaptation": 0.0, "effort": 2.0}
    help_ = {"name": "help", "effects": [{"on": "effort", "per_rung": {"customer": -1.0}}]}
    campaign = {"tactic": "help", "after": "order", "lasts_days": 300.0}
    lives = feelings_of(simulate(validated(market(calm, tactics=[help_], campaigns=[campaign])), log=True))
    assert {tuple(round(felt, 4) for felt in life[:2]) for life in lives if len(life) > 1} == {(5.5, 7.0)}


def test_what_is_felt_may_be_a_range() -> None:
    """How good an order is may be unknown: every draw lies within 0 to 10, and half of them below the middle."""
    scenario = validated(market({"quality": {"low": 5.0, "high": 9.0}, "start": {"low": 6.0, "high": 7.0}}))
    assert set(uncertain(scenario)) == {"satisfaction.quality", "satisfaction.start"}
    drawn = [resolve(scenario, 1, draw).satisfaction.quality for draw in range(200)]
    assert all(0.0 <= quality <= 10.0 for quality in drawn)
    assert 70 < sum(quality < 7.0 for quality in drawn) < 130
    with pytest.raises(ScenarioError, match=r"satisfaction.quality: found .* at least 0 and at most 10"):
        validated(market({"quality": {"low": 5.0, "high": 11.0}}))


@pytest.mark.parametrize(("feeling", "effect"), [(10.0, -1.0), (4.0, -1.0), (7.0, -1.0), (10.0, 0.5)])
def test_satisfaction_scales_a_hazard(feeling: float, effect: float) -> None:
    """Who always feels the same leaves at h·exp(β(s − 7)/3): the share left after 6 months, |z| ≤ 4."""
    numb = {"start": feeling, "expectation": feeling, "learning": 0.0}
    leave = {"from": "customer", "to": "lapsed", "rate": 0.1, "satisfaction_effect": effect}
    scenario = validated(market(numb, steps=[leave], months=6, market_size=4000))
    stay = [simulate(scenario, seed=seed, customers=False).counts[-1, 0, 0] / 4000 for seed in range(30)]
    expected = math.exp(-6 * 0.1 * math.exp(effect * (feeling - 7.0) / 3.0))
    error = np.std(stay, ddof=1) / math.sqrt(len(stay))
    assert abs(np.mean(stay) - expected) <= 4.0 * error
    assert error < 0.003


def test_satisfaction_scales_orders() -> None:
    """Who feels 10 orders exp(β) times as often, |z| ≤ 4 of a Poisson count."""
    orders = {}
    for effect in (0.0, 0.4):
        numb = {"start": 10.0, "expectation": 10.0, "learning": 0.0, "orders_effect": effect}
        orders[effect] = int(simulate(validated(market(numb, market_size=20_000))).orders.sum())
    for effect, found in orders.items():
        mean = 20_000 * 3 * 2.0 * math.exp(effect)
        assert abs(found - mean) <= 4.0 * math.sqrt(mean)


def test_critics_drive_away_and_praise_wins() -> None:
    """Where everybody is a detractor only the step by criticism happens, else only the one by praise; detractors speak more."""
    steps = [
        {"from": "lead", "to": "customer", "trigger": "message", "probability": 0.3},
        {"from": "lead", "to": "lapsed", "trigger": "message", "probability": 0.3, "negative": True},
    ]
    rungs = [{"name": "lead", "share": 0.8}, BUYER | {"share": 0.2, "messages_per_month": 2.0}, GONE]
    talk = [{"layer": "friends", "graph": {"kind": "everyone"}, "detractor_factor": 3.0}]
    sent = {}
    for feeling in (2.0, 9.6):
        numb = {"start": feeling, "expectation": feeling, "learning": 0.0}
        history = simulate(validated(market(numb, rungs=rungs, steps=steps, word_of_mouth=talk, market_size=4000)))
        won, driven = history.flows.sum(axis=(0, 2))
        assert (won == 0, driven == 0) == ((True, False) if feeling < 7 else (False, True))
        assert history.messages[:, 0, 2].sum() == (history.messages[:, 0, 0].sum() if feeling < 7 else 0)
        sent[feeling] = history.messages[1, 0, 0] / history.counts[0, 0, 1]
    assert sent[2.0] / 3.0 == pytest.approx(2.0, abs=4 * math.sqrt(6.0 / 800) / 3.0)
    assert history.new_customers[:, 0, 1].sum() == history.new_customers[:, 0, 0].sum()  # praise alone refers


def test_scores_by_hand() -> None:
    """9 and 10 are promoters, 7 and 8 passives, the rest detractors, rounded as in a survey; the rung's own part counts."""
    rungs = [
        {"name": "one", "share": 0.2, "orders_per_month": 1e-9, "recommendation": 1.6},
        {"name": "two", "share": 0.3, "orders_per_month": 1e-9, "recommendation": 0.0},
        {"name": "top", "share": 0.5, "orders_per_month": 1e-9, "recommendation": -0.6},
    ]
    history = simulate(validated(market({"start": 7.0}, rungs=rungs)))
    table = net_promoter_score(history, by="rung")
    last = table[table["month"] == 3.0].set_index("rung")
    assert last[["promoters", "passives", "detractors"]].to_numpy().tolist() == [[10, 0, 0], [0, 15, 0], [0, 0, 25]]
    whole = net_promoter_score(history).iloc[-1]
    assert whole["nps"] == pytest.approx(-30.0)
    assert whole["satisfaction"] == pytest.approx(7.0)
    beside = promoters_and_ambassadors(history).iloc[-1]
    assert (beside["promoters"], beside["top_rung"], beside["both"]) == (10, 25, 0)


def test_a_survey_finds_the_score() -> None:
    """Who asks everybody and is answered by all finds the score itself; a sample lies within four standard errors, mostly."""
    spread = {"name": "s", "months": 1, "market_size": 2000, "recommendation": {"spread": 2.0, "base": 1.5}}
    history = simulate(validated(market({"start": 7.0}, **spread)))
    census = nps_survey(history, Survey(invited=10_000, response_share=1.0)).iloc[-1]
    assert census["nps"] == pytest.approx(census["true"], abs=1e-12)
    assert census["answers"] == 2000
    asked = nps_survey(history, Survey(invited=400, response_share=0.5)).iloc[-1]
    assert 150 < asked["answers"] < 250
    assert abs(asked["nps"] - asked["true"]) <= 4.0 * asked["standard_error"]
    assert 0.0 < asked["standard_error"] <= 100.0 / math.sqrt(asked["answers"])


def test_own_part_of_the_likelihood_is_normal() -> None:
    """With a normal own part of mean 0 the share of promoters is that of a normal above 8.5 − mean, |z| ≤ 4."""
    data = market({"start": 7.0}, market_size=40_000, months=1, recommendation={"spread": 1.5, "base": 0.3})
    history = simulate(validated(data), customers=False)
    share = net_promoter_score(history)["promoters"].iloc[0] / 40_000
    expected = 0.5 * math.erfc((8.5 - 7.3) / 1.5 / math.sqrt(2.0))
    assert abs(share - expected) <= 4.0 * math.sqrt(expected * (1 - expected) / 40_000)
