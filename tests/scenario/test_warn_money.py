"""Money that buys nothing is warned of, with what to write; money that buys something is not.

Tests: ``scenario/warn_contacts.py``.
"""

from __future__ import annotations

import pytest

from ladsim.model.curves import CURVES, response
from ladsim.scenario.check import problems, warnings
from ladsim.scenario.load import loads
from ladsim.scenario.plan_spec import Response
from ladsim.scenario.warn_money import pressure_for, share_at, warn_money

SHOP = """
name = "shop"
months = 12
market_size = 10_000
rungs = [
  { name = "visitor", share = 0.8 },
  { name = "customer", share = 0.2, orders_per_month = 1.0 },
  { name = "gold", orders_per_month = 2.0 },
  { name = "lapsed", off_ladder = true },
]
steps = [{ from = "visitor", to = "customer", monthly = 0.02 }, { from = "customer", to = "lapsed", monthly = 0.05 },
  { from = "lapsed", to = "customer", monthly = 0.0 }]
segments = [{ name = "town", share = 1.0 }, { name = "moon", share = 0.0 }]
channels = [{ name = "search", response = { half_at = 1.0 }, effects = [{ on = "steps.visitor.customer", full = 1.0 }] }]
tactics = [
  { name = "praise", response = { half_at = 1.0 }, effects = [{ on = "satisfaction", full = 1.0 }] },
  { name = "gifts", response = { half_at = 1.0 }, effects = [{ on = "orders", per_rung = { gold = 0.5 } }] },
  { name = "visit", effects = [{ on = "climbing", full = 0.5 }], response = { half_at = 1.0 } },
  { name = "still", effects = [{ on = "steps.lapsed.customer", full = 0.5 }], response = { half_at = 1.0 } },
  { name = "nothing", response = { half_at = 1.0 } },
  { name = "mail", effects = [{ on = "orders", full = 0.5 }], needs_consent = true },
]
"""
POINTS = "[[programs]]\nkind = 'points'\npoints_per_unit = 1\npoint_value = 1\njoins = { monthly = 0.5 }\n"
SEARCH = 'channel = "search", monthly_spend = 5_000'


def found(campaign: str, more: str = "") -> list[str]:
    """What is said of a strategy's one campaign."""
    scenario = loads(SHOP + more + f"[strategies.s]\ncampaigns = [{{ {campaign} }}]")
    assert problems(scenario) == []
    said = [str(problem) for problem in warn_money(scenario)]
    assert set(said) <= set(map(str, warnings(scenario)))
    return said


@pytest.mark.parametrize(
    ("campaign", "more", "place", "words"),
    [
        ('tactic = "mail", after = "first_order", cost_per_contact = 5, running_cost_per_month = 75_000', "",
         "mail.running_cost_per_month", "75,000 a month, which buys no effect, contacts are paid by cost_per_contact"),
        ('tactic = "praise", monthly_spend = 5_000', "", "praise", "none of its effects (satisfaction) moves anything that is there"),
        (SEARCH + ', to = ["customer"]', "", "search", "its effects move people on visitor; name one of them in `to`"),
        (SEARCH + ', to = ["gold"]', "", "search.to", "['gold'], where nobody ever comes"),
        ('tactic = "gifts", monthly_spend = 5_000', "", "gifts", "none of its effects (orders) moves anything"),
        (SEARCH + ', segments = ["moon"]', "", "search.segments", "['moon'], where nobody is"),
        ('tactic = "mail", after = "order", cost_per_contact = 1', "[contacts]\nconsent_share = 0\n", "mail", "nobody does"),
        ('channel = "search", monthly_spend = 300_000', "", "search.monthly_spend", "about 35,000 a month would bring 95 %"),
        ('channel = "search", monthly_spend = 5', "", "search.monthly_spend", "reaches 0.043 % of the full effect, it moves hardly anybody"),
        (SEARCH + ", wrong_rung_share = 1", "", "search.wrong_rung_share", "such as 0.15"),
        ('tactic = "visit", after = "entered.customer", cost_per_contact = 1', "", "visit.after",
         "it contacts nobody: whoever it could contact stands on customer, and its effects act on visitor"),
        ('tactic = "visit", after = "entered.customer", delay_days = 9, cost_per_contact = 1', "", "visit.after", "stands on customer, lapsed"),
        ('tactic = "visit", after = "first_order", cost_per_contact = 1', "", "visit.after", "stands on customer, lapsed"),
        ('tactic = "visit", after = "entered.gold", cost_per_contact = 1', "", "visit.after", "'entered.gold', where nobody ever comes"),
        ('tactic = "visit", after = "entered.customer", to = ["customer", "visitor"], cost_per_contact = 1', "", "visit.to",
         "customer, where none of its effects acts, it buys nothing: its effects move people on visitor"),
        ('tactic = "visit", after = "entered.visitor", to = ["customer"], cost_per_contact = 1', "", "visit", "name one of them in `to`"),
        ('tactic = "mail", after = "entered.customer", delay_days = 40, to = ["customer", "lapsed"], cost_per_contact = 1', "", "mail.to",
         "lapsed, where none of its effects acts, contacts there cost money and move nobody who stays there"),
        ('tactic = "still", monthly_spend = 5_000', "", "still", "none of its effects (steps.lapsed.customer) moves anything"),
        ('tactic = "nothing", monthly_spend = 1, points_factor = 2, to = ["visitor"]', POINTS,
         "nothing.to", "['visitor'], where nobody orders"),
    ],
)  # fmt: skip
def test_money_that_buys_nothing(campaign: str, more: str, place: str, words: str) -> None:
    """One warning, at the place of what to mend."""
    said = found(campaign, more)
    assert len(said) == 1
    assert said[0].startswith(f"strategies.s.campaigns.{place}: found ")
    assert words in said[0]


@pytest.mark.parametrize(
    ("campaign", "more"),
    [
        (SEARCH, ""),
        (SEARCH + ', to = ["customer"], wrong_rung_share = 0.2', ""),
        ('channel = "search", monthly_spend = 65_000', ""),
        ('tactic = "mail", after = "first_order", cost_per_contact = 5', "[contacts]\nconsent_share = 0.5\n"),
        ('tactic = "praise", monthly_spend = 5_000', "[satisfaction]\n"),
        ('tactic = "visit", after = "entered.visitor", cost_per_contact = 1', ""),
        ('tactic = "mail", after = "entered.customer", to = ["customer", "lapsed"], cost_per_contact = 1', ""),
        ('tactic = "mail", after = "no_order", cost_per_contact = 1', ""),
        ('channel = "search", monthly_spend = 200', ""),
        ('channel = "search", monthly_spend = 300_000, from_month = 12', ""),
    ],
)
def test_money_that_buys_something(campaign: str, more: str) -> None:
    """Nothing is said of what acts, nor twice of what comes too late."""
    assert found(campaign, more) == []


@pytest.mark.parametrize("curve", CURVES)
def test_the_pressure_for_a_share_is_the_inverse_of_the_curve(curve: str) -> None:
    """At that pressure the rule of the model gives that share."""
    by = Response(curve=curve, half_at=3.0, slope=2.5)
    for share in (0.1, 0.5, 0.95):
        assert response(CURVES.index(curve), pressure_for(by, share), 3.0, 2.5) == pytest.approx(share, abs=1e-12)
        assert share_at(by, pressure_for(by, share)) == pytest.approx(share, abs=1e-12)
