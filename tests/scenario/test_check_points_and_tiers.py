"""Programmes that make no sense are refused in words; those that are merely odd are warned of.

Tests: ``scenario/programs/within_reach.py``, ``scenario/warn_programs.py``.
"""
# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.check import problems, warnings
from ladsim.scenario.load import loads
from tests.scenario.texts import with_end

JOINS = "joins = { probability = 0.5 }\n"
POINTS = f'[[programs]]\nkind = "points"\npoints_per_unit = 1.0\nreward_at = 100.0\n{JOINS}'
TIERS = f'[[programs]]\nkind = "tiers"\n{JOINS}'
LOWEST = '[[programs.levels]]\nname = "basic"\nspend = 0.0\n'
IN_A_STRATEGY = POINTS.replace("[[programs]]", "[[strategies.ads.programs]]")

# name → (text, place, words that the message must hold)
REFUSED: dict[str, tuple[str, str, list[str]]] = {
    "no reward": (POINTS.replace("reward_at = 100.0\n", ""), "programs.points.reward_at", ["must be given", "never be redeemed"]),
    "reward for nothing": (POINTS.replace("100.0", "0.0"), "programs.points.reward_at", ["above 0"]),
    "no way to earn": (POINTS.replace("points_per_unit = 1.0", "points_per_unit = 0.0"), "programs.points", ["no way to earn", "points_per_unit, points_per_order or endowed_points"]),
    "never taken": (POINTS + "redemption_probability = 0.0", "programs.points.redemption_probability", ["above 0", "never be redeemed"]),
    "negative fee": (POINTS + "cost_per_member = -1.0", "programs.points.cost_per_member", ["found -1", "at least 0"]),
    "negative points": (POINTS + "endowed_points = -5.0", "programs.points.endowed_points", ["found -5", "at least 0"]),
    "expired before they are issued": (POINTS + "expires_after_months = 0", "programs.points.expires_after_months", ["found 0", "above 0"]),
    "part of a month": (POINTS + "expires_after_months = 1.5", "programs.points.expires_after_months", ["1.5", "whole number"]),
    "an uncertain number of months": (POINTS + "expires_after_months = { low = 1, high = 2 }", "programs.points.expires_after_months", ["uncertain", "whole number"]),
    "one draw of months too many": (POINTS + 'expires_after_months = { law = "draws", values = [6, 121] }', "programs.points.expires_after_months", ["from 1 to 120"]),
    "value of what is free": (POINTS + "perceived_value = 5.0", "programs.points.reward_cost", ["above 0", "perceived_value"]),
    "nobody can join": (POINTS.replace(JOINS, ""), "programs.points.joins", ["neither probability nor monthly", "nobody could join"]),
    "joins on no rung": (POINTS.replace("{ prob", '{ on_rungs = "custmer", prob'), "programs.points.joins.on_rungs", ["'custmer'", "did you mean 'customer'"]),
    "joins nowhere": (POINTS.replace("{ prob", "{ on_rungs = [], prob"), "programs.points.joins.on_rungs", ["empty list"]),
    "joins at once by the month": (POINTS.replace("probability = 0.5", "monthly = 1.0"), "programs.points.joins.monthly", ["below 1"]),
    "key of another kind": (POINTS + LOWEST, "programs.points.levels", ["belongs to programs of kind tiers"]),
    "points of tiers": (TIERS + "points_per_order = 2.0\n" + LOWEST, "programs.tiers.points_per_order", ["belongs to programs of kind points"]),
    "unknown benefit": (POINTS + "factors = { ordres = 1.1 }", "programs.points.factors.ordres", ["did you mean 'orders'"]),
    "unknown benefit of a level": (TIERS + LOWEST + "factors = { price = 0.9 }", "programs.tiers.levels.basic.factors.price", ["must be orders, messages"]),
    "two of a name": ((POINTS + 'name = "p"\n') * 2, "programs.p", ["'p' 2 times", "told apart"]),
    "no levels": (TIERS, "programs.tiers.levels", ["nothing", "at least one level"]),
    "overlapping tiers": (TIERS + LOWEST + '[[programs.levels]]\nname = "gold"\nspend = 0.0\n', "programs.tiers.levels.gold.spend", ["above that of the level below (basic: 0)", "overlap"]),
    "falling tiers": (TIERS + LOWEST + "".join(f'[[programs.levels]]\nname = "l{n}"\nspend = {n}\n' for n in (500, 100)), "programs.tiers.levels.l100.spend", ["found 100", "l500: 500"]),
    "tiers that may overlap": (TIERS + LOWEST + '[[programs.levels]]\nname = "a"\nspend = { low = 10, high = 60 }\n[[programs.levels]]\nname = "b"\nspend = 50\n', "programs.tiers.levels.b.spend", ["found 50", "a: 60"]),
    "a level for nothing": (TIERS + LOWEST.replace("spend = 0.0\n", ""), "programs.tiers.levels.basic", ["neither spend nor orders", "exactly one"]),
    "a level for both": (TIERS + LOWEST + "orders = 0", "programs.tiers.levels.basic", ["spend and orders", "exactly one"]),
    "levels of two sorts": (TIERS + LOWEST + '[[programs.levels]]\nname = "gold"\norders = 6\n', "programs.tiers.levels", ["levels by spend and levels by orders"]),
    "two levels of a name": (TIERS + LOWEST + LOWEST.replace("0.0", "9.0"), "programs.tiers.levels.basic", ["2 times"]),
    "in a strategy": (IN_A_STRATEGY.replace("reward_at = 100.0\n", ""), "strategies.ads.programs.points.reward_at", ["must be given"]),
    "a strategy's own name again": (POINTS + 'name = "p"\n' + IN_A_STRATEGY + 'name = "p"\n', "strategies.ads.programs.p", ["'p'", "told apart"]),
}  # fmt: skip

# name → (text, place, words)
ODD: dict[str, tuple[str, str, str]] = {
    "chance of 0": (POINTS.replace("0.5", "0.0"), "programs.points.joins", "nobody ever becomes a member"),
    "starts after the end": (POINTS + "from_month = 12", "programs.points.from_month", "never starts"),
    "endowed with all": (POINTS + "endowed_points = 100", "programs.points.endowed_points", "enough for a reward"),
    "lift of no length": (POINTS + "lift_after_reward = 0.5", "programs.points.lift_months", "over at once"),
    "value without pressure": (POINTS + "reward_cost = 1.0\nperceived_value = 2.0", "programs.points.perceived_value", "changes nothing"),
    "cost of no statement": (POINTS + "statement_cost = 0.5", "programs.points.statement_cost", "no statement is ever sent"),
    "lowest level asks": (TIERS + LOWEST.replace("0.0", "9.0"), "programs.tiers.levels.basic", "who joins has the lowest level at once"),
    "one level": (TIERS + LOWEST, "programs.tiers.levels", "nothing to climb to"),
    "points out of reach": (POINTS.replace("100.0", "1e9"), "programs.points.reward_at", "points can hardly ever be redeemed"),
    "points that expire too soon": (POINTS.replace("100.0", "1e5") + "expires_after_months = 1", "programs.points.reward_at", "points can hardly ever be redeemed"),
    "a level out of reach": (TIERS + LOWEST + '[[programs.levels]]\nname = "gold"\nspend = 1e9\n', "programs.tiers.levels.gold.spend", "hardly anybody ever reaches it"),
    "double points of none": ('[[campaigns]]\nname = "double"\npoints_factor = 2.0\nto_month = 3\n', "campaigns.double.points_factor", "no programme with points"),
    "a reward out of reach": (POINTS.replace("100.0", "9e8"), "programs.points.reward_at", "hardly ever be redeemed"),
    "a payout out of reach": ('[[programs]]\nkind = "cashback"\ncashback_share = 0.01\nminimum_balance = 50000\n' + JOINS, "programs.cashback.minimum_balance", "hardly anything is ever paid out"),
    "in a strategy": (IN_A_STRATEGY.replace("0.5", "0.0"), "strategies.ads.programs.points.joins", "nobody ever"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    """A programme that cannot work is refused at its place, in words that say what is allowed."""
    text, place, words = REFUSED[case]
    with pytest.raises(ScenarioError) as caught:
        loads(with_end(text))
    message = " / ".join(str(problem) for problem in caught.value.problems if problem.place == place)
    assert message, f"no problem at {place}: {caught.value}"
    assert all(word.lower() in message.lower() for word in words), message


@pytest.mark.parametrize("case", ODD)
def test_odd(case: str) -> None:
    """What is odd is told at its place, and can still be simulated."""
    text, place, words = ODD[case]
    scenario = loads(with_end(text))
    assert problems(scenario) == []
    found = [str(problem) for problem in warnings(scenario) if problem.place == place]
    assert any(words in message for message in found), [str(w) for w in warnings(scenario)]


def test_nobody_is_a_customer() -> None:
    """Where no rung counts as customers, nobody is asked to join."""
    text = (
        with_end(POINTS)
        .replace("orders_per_month = 0.5", "customer = false")
        .replace("orders_per_month = {", "customer = false\nbasket_factor = {")
    )
    assert [str(w) for w in warnings(loads(text)) if w.place == "programs.points.joins" and "no rung with customers" in w.found]


@pytest.mark.parametrize("text", [POINTS, TIERS + LOWEST + '[[programs.levels]]\nname = "gold"\nspend = 50\n'])
def test_sound_programmes(text: str) -> None:
    """A programme that makes sense is neither refused nor warned of; nor are double points where there are some."""
    scenario = loads(with_end(text + '[[campaigns]]\nname = "d"\npoints_factor = 2.0\nto_month = 3\n' * (text == POINTS)))
    assert not [w for w in warnings(scenario) if "programs" in w.place or "campaigns.d" in w.place]


def test_draws_of_whole_months() -> None:
    """Months for which points are kept may be a list of draws, all whole: nothing in between is ever drawn."""
    loads(with_end(POINTS + 'expires_after_months = { law = "draws", values = [6, 12] }'))
