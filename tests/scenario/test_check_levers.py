"""What is wrong with prices, seasons, audiences and campaigns set off by events is said at its place.

Tests: ``scenario/lever_spec.py``, ``scenario/warn_levers.py``.
"""
# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads
from tests.scenario.texts import with_end

SEARCH = '[[channels]]\nname = "search"\nresponse = { half_at = 1.0 }\neffects = [{ on = "orders", full = 0.1 }]\n'
SPEND = "monthly_spend = 10\n"
CAMPAIGN = SEARCH + '[[campaigns]]\nchannel = "search"\nmonthly_spend = 10\n'

MAIL = '[[campaigns]]\nchannel = "search"\nmonthly_spend = 10\n'  # by the channel that the scenario has

# text, place, words
WRONG: dict[str, tuple[str, str, str]] = {
    "two elasticities": (with_end("[[prices]]\nchange = 0.1\nelasticity = -1\nper_rung = { customer = -1 }"), "prices.[0]", "at most one"),
    "a price for a rung that is none": (with_end("[[prices]]\nchange = 0.1\nper_rung = { custmer = -1 }"), "prices.[0].per_rung.custmer", "customer"),
    "a price that ends before it starts": (with_end("[[prices]]\nchange = 0.1\nfrom_month = 3\nto_month = 2"), "prices.[0].to_month", "after"),
    "free of charge": (with_end("[[prices]]\nchange = -1.0"), "prices.[0].change", "at least"),
    "eleven months": (with_end(f"[[seasons]]\nfactors = {[1.0] * 11}"), "seasons.[0].factors", "12"),
    "a season of something else": (with_end(f'[[seasons]]\non = "wether"\nfactors = {[1.0] * 12}'), "seasons.[0].on", "orders"),
    "an event that is none": (with_end(CAMPAIGN.replace(SPEND, '') + 'after = "birthday"'), "campaigns.search.after", "first_order"),
    "a rung that is none": (with_end(CAMPAIGN.replace(SPEND, '') + 'after = "entered.custmer"'), "campaigns.search.after", "customer"),
    "a programme that is none": (with_end(CAMPAIGN.replace(SPEND, '') + 'after = "joined.points"'), "campaigns.search.after", "programs"),
    "a delay without an event": (with_end(CAMPAIGN + "delay_days = 7"), "campaigns.search.delay_days", "after"),
    "an event and wrong rungs": (with_end(CAMPAIGN.replace(SPEND, '') + 'after = "order"\nwrong_rung_share = 0.1'), "campaigns.search.wrong_rung_share", "known"),
    "too many control groups": (
        with_end(SEARCH + "".join(f'[[campaigns]]\nname = "c{n}"\nchannel = "search"\ncontrol_group_share = 0.1\n' for n in range(13))),
        "campaigns", "fewer",
    ),
    "too many campaigns whose contacts tire": (
        with_end(SEARCH + "[contacts]\nfatigue = 0.1\n" + "".join(f'[[campaigns]]\nname = "c{n}"\nchannel = "search"\nafter = "order"\ncontacts_per_month = 1\n' for n in range(13))),
        "campaigns", "fewer",
    ),
    "more groups than memory holds": (
        with_end(
            "".join(f'[[segments]]\nname = "s{n}"\nshare = 0.005\n' for n in range(200)) + SEARCH
            + "".join(f'[[campaigns]]\nname = "c{n}"\nchannel = "search"\ncontrol_group_share = 0.1\n' for n in range(12))
        ),
        "campaigns", "GB of memory",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_refused_in_words(case: str) -> None:
    """The place, and what is allowed there."""
    text, place, words = WRONG[case]
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    here = [str(problem) for problem in caught.value.problems if problem.place.replace("[", ".[").replace("..", ".") == place]
    assert here, f"nothing at {place}: {caught.value}"
    assert words in here[0]


ODD: dict[str, tuple[str, str, str]] = {
    "a level that nobody has": (
        with_end(MAIL.replace(SPEND, '') + 'after = "level_lost.p"\n[[programs]]\nname = "p"\nkind = "points"\npoints_per_order = 1\nreward_at = 5\njoins = { probability = 1 }'),
        "campaigns.search.after", "no level to lose",
    ),
    "a contact after the end": (with_end(MAIL.replace(SPEND, '') + 'after = "order"\ndelay_days = 400'), "campaigns.search.delay_days", "nobody is ever contacted"),
    "contacts that tire nobody": (with_end(MAIL.replace(SPEND, '') + 'after = "order"\n[contacts]\nfatigue = 0.1'), "campaigns.search.after", "tire nobody"),
    "all in the control group": (with_end(MAIL + "control_group_share = 1"), "campaigns.search.control_group_share", "it reaches nobody"),
    "a price after the end": (with_end("[[prices]]\nchange = 0.1\nfrom_month = 12"), "prices[0].from_month", "never starts"),
    "orders that race": (with_end("[[prices]]\nchange = -0.9\nelasticity = -5"), "rungs", "orders a month of one customer"),
    "messages that race": (with_end(f'[[seasons]]\non = "messages"\nfactors = {[1e9] * 12}').replace("orders_per_month = 0.5", "messages_per_month = 1.0"), "rungs", "messages a month of one customer"),
    "satisfied beyond measure": (with_end("[satisfaction]\norders_effect = 20.0"), "rungs", "orders a month of one customer"),
    "lifted without end": (
        with_end('[[programs]]\nkind = "points"\npoints_per_order = 1\nreward_at = 5\njoins = { probability = 1 }\nlift_after_reward = 1e6\nlift_months = 1'),
        "rungs", "orders a month of one customer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_warned_in_words(case: str) -> None:
    """What never happens, reaches nobody or never ends can be asked for, and is warned of at its place."""
    text, place, words = ODD[case]
    found = [str(problem) for problem in warnings(loads(text)) if problem.place == place]
    assert any(words in message for message in found), found


@pytest.mark.parametrize(
    "more", ["contacts_per_month = 2\n[contacts]\nfatigue = 0.1", "contacts_per_month = 0\n[contacts]\nfatigue = 0.1", ""]
)
def test_contacts_of_which_all_is_said(more: str) -> None:
    """Where the file says how many contacts there are, none included, or where nobody tires, there is nothing to warn of."""
    found = warnings(loads(with_end(MAIL.replace(SPEND, "") + 'after = "order"\n' + more)))
    assert not [problem for problem in found if problem.place == "campaigns.search.after"]


@pytest.mark.parametrize("budget", ["-1", "nan", "inf"])
def test_a_bad_budget_is_one_problem(budget: str) -> None:
    """The campaigns that ladsim would make of a budget are not the author's to mend."""
    with pytest.raises(ScenarioError) as caught:
        loads(with_end(f'[strategies.r]\nready = "by_rung"\nmonthly_budget = {budget}'))
    assert [problem.place for problem in caught.value.problems] == ["strategies.r.monthly_budget"]
