"""Warnings: what is odd is said, and what is not odd is not.

Tests: ``scenario/warn_goals.py``, ``scenario/warn_rates.py``.
"""
# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import pytest

from ladsim.i18n.problems import told
from ladsim.scenario.check import problems, warnings
from ladsim.scenario.load import loads
from tests.scenario.texts import GOOD, spoiled, with_end

MESSAGES = spoiled("orders_per_month = 0.5", "orders_per_month = 0.5\nmessages_per_month = 1.0")
ODD: dict[str, tuple[str, str, str]] = {
    "nobody sends": (GOOD, "steps", "nobody sends messages"),
    "no layers": (spoiled(GOOD[GOOD.index("[[word_of_mouth]]") : GOOD.index("[[channels]]")], ""), "steps", "there is no [[word_of_mouth]]"),
    "nobody listens": (
        spoiled('trigger = "message"\nprobability = 0.2', 'trigger = "renewal"\nmonths = 1\nprobability = 0.2', MESSAGES),
        "word_of_mouth",
        "no step by message",
    ),
    "no sources": (GOOD, "sources", "numbers without a source (rungs.lead.share, "),
    "cannot be reached": (with_end('[[rungs]]\nname = "gold"\n[[steps]]\nfrom = "gold"\nto = "lapsed"\nmonthly = 0.1'), "rungs.gold", "no step that leads here"),
    "reached only from there": (
        with_end(
            '[[rungs]]\nname = "gold"\n[[rungs]]\nname = "silver"\n'
            '[[steps]]\nfrom = "gold"\nto = "silver"\nmonthly = 0.1\n[[steps]]\nfrom = "silver"\nto = "gold"\nmonthly = 0.1'
        ),
        "rungs.gold",
        "nobody can reach",
    ),
    "dead end": (with_end('[[rungs]]\nname = "gold"'), "rungs.gold", "no step that leads here"),
    "never left": (spoiled('from = "lead"\nto = "customer"\ntrigger', 'from = "customer"\nto = "lead"\ntrigger', spoiled('from = "lead"\nto = "customer"\nmonthly', 'from = "lapsed"\nto = "customer"\nmonthly')), "rungs.lead", "no step that leads away"),
    "orders where nobody orders": (spoiled("orders_per_month = 0.5\n", ""), "steps.customer.repeat", "it never happens"),
    "draw may exceed 1": (spoiled("probability = 0.3", "probability = { low = 0.3, high = 0.5 }"), "steps.customer", "may add up to 1.1"),
    "factor lifts above 1": (
        with_end("[[segments]]\nname = 's'\nshare = 1.0\nfactors = { 'steps.customer.repeat' = 3.0 }"),
        "segments.s.factors",
        "lift the probabilities",
    ),
    "unequal budgets": (spoiled("monthly_spend = 100", "monthly_spend = 103"), "strategies", "ads 618, care 600"),
    "crowd": (
        spoiled('kind = "barabasi_albert", links = 3', 'kind = "everyone"', spoiled("market_size = 1000", "market_size = 20000")).replace(
            "orders_per_month = 0.5", "announces = true\norders_per_month = 0.5"
        ),
        "word_of_mouth.friends",
        "announcements to everyone in a market of 20,000",
    ),
    "campaign without effects": (spoiled("[[tactics.effects]]\non = \"orders\"\nfull = 0.1\n", "").replace('channel = "search", tactic', 'tactic').replace('name = "welcome"\n', 'name = "welcome"\nresponse = { half_at = 1 }\n'), "strategies.care.campaigns.welcome", "changes nothing"),
    "campaign without spend": (spoiled(", monthly_spend = 100", ""), "strategies.ads.campaigns.search.monthly_spend", "without spend"),
    "campaign after the end": (spoiled("to_month = 6", "from_month = 12, to_month = 16"), "strategies.ads.campaigns.search.from_month", "never starts"),
    "campaign over the end": (spoiled("to_month = 6", "to_month = 16"), "strategies.ads.campaigns.search.to_month", "cut off"),
    "late renewal": (spoiled("months = 12\nprobability", "months = 24\nprobability"), "steps.repeat.repeat.months", "nobody renews"),
    "paid for a time to come": (
        spoiled('months = 12\nprobability = 0.8', 'months = 12\nis_order = true\nprobability = 0.8'),
        "steps.repeat.repeat.covers_months",
        "an order every 12 months, booked at once, the last 12 months of payments pay for time after the end, too: give covers_months = 12",
    ),
    "the first payment of a contract": (
        spoiled('trigger = "order"\nprobability = 0.6', 'is_order = true\nmonthly = 0.6', spoiled('months = 12\nprobability = 0.8', 'months = 12\nis_order = true\ncovers_months = 12\nprobability = 0.8')),
        "steps.customer.repeat.covers_months",
        "an order that leads to repeat, booked at once, those who renew there pay in advance: give covers_months = 12",
    ),
    "nothing felt": (
        spoiled('trigger = "message"\nprobability = 0.2', 'trigger = "message"\nnegative = true\nsatisfaction_effect = -0.5\nprobability = 0.2')
        + "\n[survey]\ninvited = 100\n",
        "satisfaction",
        "no such table, but steps.lead.customer.message.satisfaction_effect, steps.lead.customer.message.negative, survey",
    ),
    "outside for ever": (with_end('[[rungs]]\nname = "outside"\noff_ladder = true'), "rungs.outside", "never arrive"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd(case: str) -> None:
    """What is odd is told at its place, and the scenario can still be simulated."""
    text, place, words = ODD[case]
    scenario = loads(text)
    assert problems(scenario) == []
    found = [str(problem) for problem in warnings(scenario) if problem.place == place]
    assert any(words in message for message in found), [str(w) for w in warnings(scenario)]


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ('rung = "lead"\nnumber = 100', "({there:,.0f} ≥ 100)"),
        ('rung = "lead"\nshare = 0.05', "({share:.3g} % ≥ 5 %)"),
        ('rung = "lead"\nnumber = 999', ""),
        ('rung = "customer"\nnumber = 999', ""),
    ],
)
def test_goals_of_the_start(goal: str, words: str) -> None:
    """A goal that is met before anything happens is told, with what there is and what is wanted; in Danish, too."""
    scenario = loads(MESSAGES + f'\n[[goals]]\nname = "g"\n{goal}\nby_month = 6\n')
    share = next(float(rung.share) for rung in scenario.rungs if rung.name == "lead")  # type: ignore[arg-type]
    found = [problem for problem in warnings(scenario) if problem.place == "goals.g" and "reached" in problem.found]
    assert len(found) == bool(words)
    if words:
        said = words.format(there=share * scenario.market_size, share=100 * share)
        assert f"reached at the start {said}" in str(found[0])
        assert f"nået ved starten {said}" in told(found[0], "da") and "det kræver kun" in told(found[0], "da")


def test_the_last_month_has_its_name_where_the_start_is_a_day() -> None:
    """As the file writes months."""
    text = "start_date = 2027-01-01\n" + spoiled("to_month = 6", "from_month = 12, to_month = 16")
    odd = next(warning for warning in warnings(loads(text)) if warning.place == "strategies.ads.campaigns.search.from_month")
    assert "the scenario ends at month 12 (2027-12): it never starts" in str(odd)
    assert "scenariet slutter i måned 12 (2027-12)" in told(odd, "da")


def test_a_sound_scenario_is_not_odd() -> None:
    """With messages sent, sources given and equal budgets nothing is left to say."""
    text = MESSAGES + '\n[sources]\n"rungs.lead.share" = "x"\n'
    places = [problem.place for problem in warnings(loads(text))]
    assert places == ["sources"]


def test_budgets_are_not_compared_where_strategies_bring_programmes() -> None:
    """What a programme costs is known only when it has run, so the budgets beside it need not be equal."""
    program = '\n[[strategies.care.programs]]\nkind = "discount"\nto = ["customer"]\ndiscount_share = 0.05\nsource = "x"\n'
    odd = spoiled("monthly_spend = 100", "monthly_spend = 103")
    assert "strategies" in [problem.place for problem in warnings(loads(odd))]
    assert "strategies" not in [problem.place for problem in warnings(loads(odd + program))]


def test_budgets_are_not_compared_where_contacts_cost() -> None:
    """What contacts after an event cost together is known only when they have happened."""
    contact = ', { tactic = "welcome", after = "order", cost_per_contact = 0.5 }]'
    odd = spoiled("monthly_spend = 100", "monthly_spend = 103")
    assert "strategies" not in [
        problem.place for problem in warnings(loads(spoiled("monthly_spend = 103 }]", "monthly_spend = 103 }" + contact, odd)))
    ]


def test_opinions_that_cannot_differ_are_odd() -> None:
    """A bare [satisfaction] has everybody answer alike; any spread, failure or rung of its own quality makes them differ."""
    shop = "name = 's'\nmonths = 3\nmarket_size = 9\n[[rungs]]\nname = 'one'\nshare = 1\norders_per_month = 1\n[[rungs]]\nname = 'two'\n"

    def odd(more: str, rungs: str = shop) -> bool:
        return any(problem.place == "satisfaction" for problem in warnings(loads(rungs + more)))

    assert odd("[satisfaction]")
    assert not odd("")
    for more in ("[satisfaction]\nquality_spread = 1", "[satisfaction]\nservice_failure_probability = 0.1"):
        assert not odd(more)
    assert not odd("[satisfaction]\n[recommendation]\nspread = 1.5")
    assert not odd("quality = 8\n[satisfaction]")
    assert not odd("[satisfaction]\nquality = 8")
    assert odd("[satisfaction]\nstart = 8")
    lever = "[[channels]]\nname = 'post'\nresponse = { half_at = 1 }\neffects = [{ on = 'satisfaction', full = 1 }]\n"
    assert not odd("[satisfaction]\n" + lever)
    assert odd("[satisfaction]\n" + lever.replace("'satisfaction'", "'orders'"))
