"""Dotted keys: every number has one, and it leads back to that number."""

from __future__ import annotations

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.address import campaign_names, numbers, plain, set_number, step_names, steps_of
from ladsim.scenario.load import loads
from ladsim.scenario.number_types import Range
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from tests.scenario.texts import GOOD, with_end

RICH = with_end(
    """
[basket]
law = "gamma"
mean = 20.0
shape = 2.0
[heterogeneity]
orders = { gamma_shape = 0.8 }
[[segments]]
name = "student"
share = 1.0
factors = { orders = 1.2, "steps.lead.customer" = 0.5 }
source = "survey"
[[steps]]
from = "lapsed"
to = "customer"
trigger = "renewal"
months = 3
beta = [1.5, 2.5]
[[campaigns]]
channel = "search"
monthly_spend = 5
[[campaigns]]
channel = "search"
monthly_spend = 6
[sources]
"channels.search.response.half_at" = "agency"
"""
)


@pytest.fixture
def rich() -> Scenario:
    return loads(RICH)


def test_keys(rich: Scenario) -> None:
    """The keys are those of the house: names, not numbers of lines."""
    found = numbers(rich)
    expected = {
        "rungs.customer.orders_per_month": 0.5,
        "steps.lead.customer.time.monthly": 0.05,
        "steps.lead.customer.message.probability": 0.2,
        "steps.customer.repeat.probability": 0.6,
        "steps.lapsed.customer.beta.b": 2.5,
        "basket.mean": 20.0,
        "heterogeneity.orders.gamma_shape": 0.8,
        "money.margin": 1.0,
        "segments.student.share": 1.0,
        "segments.student.factors.orders": 1.2,
        "segments.student.factors.steps.lead.customer": 0.5,
        "channels.search.response.half_at": 0.5,
        "channels.search.effects.climbing.per_rung.lead": 0.5,
        "tactics.welcome.effects.orders.full": 0.1,
        "campaigns.search.monthly_spend": 5.0,
        "campaigns.search_2.monthly_spend": 6.0,
        "strategies.care.campaigns.welcome.monthly_spend": 100.0,
        "rungs.repeat.orders_per_month": Range(low=1.0, high=4.0),
        "strategies.care.set.rungs.repeat.orders_per_month": Range(low=2.0, high=4.0),
    }
    assert {key: found[key].value for key in expected} == expected
    assert campaign_names(rich.campaigns) == ("search", "search_2")


def test_kinds_sources_and_what_is_given(rich: Scenario) -> None:
    """A number knows its kind, its own or its table's source, and whether the file says it."""
    found = numbers(rich)
    assert found["channels.search.response.half_at"].source == "agency"
    assert found["segments.student.factors.orders"].source == "survey"
    assert found["steps.lead.customer.time.monthly"].source == "assumption"
    assert [found[key].kind for key in ("basket.mean", "money.margin", "basket.shape")] == ["amount", "share", "rate"]
    assert found["tactics.welcome.effects.orders.full"].kind == "real"
    assert found["basket.mean"].given
    assert not found["money.margin"].given
    assert found["campaigns.search.monthly_spend"].decided
    assert found["strategies.care.set.rungs.repeat.orders_per_month"].kind == "rate"


def test_every_number_can_be_set_to_itself(rich: Scenario) -> None:
    """Each key leads to its own number: set to the middle of its limits, it and nothing else has changed."""
    before = numbers(rich)
    for key in before:
        if not before[key].given:
            continue
        after = numbers(set_number(rich, key, 0.4321))
        assert after[key].value == 0.4321, key
        assert {k: n.value for k, n in after.items() if k != key} == {k: n.value for k, n in before.items() if k != key}


def test_any_field_can_be_set(rich: Scenario) -> None:
    """Size, months, seeds, switches, defaults and new entries of a table of numbers too."""
    assert set_number(rich, "market_size", 500).market_size == 500
    assert set_number(rich, "months", 6).months == 6.0
    assert set_number(rich, "word_of_mouth.friends.graph.seed", 9).word_of_mouth[0].graph.seed == 9
    assert set_number(rich, "start.stagger", True).start.stagger
    assert set_number(rich, "heterogeneity.messages.gamma_shape", 2.0).heterogeneity.messages is not None
    changed = set_number(rich, "channels.search.effects.climbing.per_rung.customer", 0.25)
    assert changed.channels[0].effects[0].per_rung == {"lead": 0.5, "customer": 0.25}


def test_another_way_of_saying_takes_the_place(rich: Scenario) -> None:
    """`rate` for `monthly`, `probability` for `beta`: the other goes."""
    step = set_number(rich, "steps.lead.customer.rate", 0.3).steps[0]
    assert (step.monthly, step.rate) == (None, 0.3)
    (step,) = steps_of(set_number(rich, "steps.lapsed.customer.probability", 0.3), "lapsed.customer")
    assert step.beta is None


def test_short_keys_where_they_are_plain(rich: Scenario) -> None:
    """The trigger may be left out where only one step has such a key, and be given where it is not needed."""
    assert set_number(rich, "steps.lead.customer.probability", 0.3).steps[1].probability == 0.3
    assert set_number(rich, "steps.customer.repeat.order.probability", 0.3).steps[2].probability == 0.3
    with pytest.raises(ScenarioError, match="2 steps share"):
        set_number(rich, "steps.lead.customer.source", "x")


def test_errors_are_placed_where_the_caller_says(rich: Scenario) -> None:
    """Unknown keys name the nearest, wrong values what is allowed, both at the place asked for."""
    with pytest.raises(
        ScenarioError, match=r"^--set basket.maen: found an unknown key 'basket.maen'.*did you mean 'basket.mean'"
    ):
        set_number(rich, "basket.maen", 3.0, "--set basket.maen")
    with pytest.raises(ScenarioError, match=r"^--set basket.mean: found -3.0, must be a number at least 0"):
        set_number(rich, "basket.mean", -3.0, "--set basket.mean")


def test_step_names(rich: Scenario) -> None:
    """A step goes by FROM.TO, with its trigger where several lead that way; the long name always works."""
    assert list(step_names(rich)) == [
        "lead.customer.time",
        "lead.customer.message",
        "customer.repeat",
        "customer.lapsed",
        "repeat.repeat",
        "repeat.lapsed",
        "lapsed.customer",
    ]
    for name, step in zip(step_names(rich), rich.steps, strict=True):
        assert [one is step for one in steps_of(rich, name)] == [True]
        assert [one is step for one in steps_of(rich, f"{step.from_}.{step.to}.{step.trigger}")] == [True]
    assert [step.trigger for step in steps_of(rich, "lead.customer")] == ["time", "message"]
    assert steps_of(rich, "custmer.repeat") == []


def test_plain_tables_make_the_same_scenario(rich: Scenario) -> None:
    """A scenario taken apart and put together is the same, with the same things given."""
    again = Scenario.model_validate(plain(rich))
    assert again == rich
    assert again.steps[0].model_fields_set == rich.steps[0].model_fields_set
    assert loads(GOOD) == loads(GOOD)


def test_a_key_that_is_a_number_here_and_a_table_there_stands_as_it_is() -> None:
    """`columns` of a grid is how wide it is, and can be set; of a file it names columns."""
    text = 'name = "x"\nmonths = 1\nmarket_size = 12\n[[rungs]]\nname = "lead"\nshare = 1.0\n[[word_of_mouth]]\nlayer = "f"\n'
    grid = loads(text + 'graph = { kind = "grid", columns = 4 }\n')
    assert override(grid, {"word_of_mouth.f.graph.columns": 6}).word_of_mouth[0].graph.columns == 6
    assert numbers(grid)
    with pytest.raises(ScenarioError, match=r"graph.columns: found 4, must be which columns hold people"):
        loads(text + f'graph = {{ kind = "file", path = "{__file__}", columns = 4 }}\n')
    with pytest.raises(ScenarioError, match=r"graph.columns: found names of columns, must be a whole number"):
        loads(text + 'graph = { kind = "grid", columns = { from = "a", to = "b" } }\n')
