"""Which numbers act in what is played."""

from __future__ import annotations

import pytest

from ladsim.engine.run import simulate
from ladsim.measures.summary import summarise
from ladsim.scenario.acting import acting, acting_keys
from ladsim.scenario.address import numbers
from ladsim.scenario.load import load, loads
from ladsim.scenario.overrides import override
from ladsim.scenario.presets import shipped
from ladsim.scenario.spec import Policy, Range, Scenario
from ladsim.scenario.strategies import with_strategy

TEXT = """
schema = 1
name = "Many idle numbers"
months = 6
market_size = 400
[[rungs]]
name = "lead"
share = 0.7
messages_per_month = 0.3
[[rungs]]
name = "customer"
share = 0.3
orders_per_month = 1.0
quality = 8.0
[[rungs]]
name = "never"
orders_per_month = 2.0
[[rungs]]
name = "lapsed"
off_ladder = true
[[steps]]
from = "lead"
to = "customer"
monthly = 0.05
is_order = true
[[steps]]
from = "never"
to = "customer"
monthly = 0.3
[[steps]]
from = "customer"
to = "lapsed"
monthly = 0.1
satisfaction_effect = -0.5
[[steps]]
from = "lapsed"
to = "lead"
trigger = "order"
probability = 0.2
[basket]
mean = 20.0
[money]
margin = 0.5
[contacts]
fatigue = 0.2
[[channels]]
name = "ads"
response = { half_at = 1.0 }
effects = [{ on = "steps.lead.customer", full = 1.0 }, { on = "messages", full = 0.5 }, { on = "satisfaction", full = 0.5 }]
[[channels]]
name = "unused"
response = { half_at = 2.0 }
effects = [{ on = "orders", full = 0.7 }]
[[tactics]]
name = "offers"
response = { half_at = 3.0 }
effects = [{ on = "orders", per_rung = { customer = 0.3, never = 0.4 } }]
[[tactics]]
name = "letters"
response = { half_at = 4.0 }
effects = [{ on = "orders", per_rung = { customer = 0.3 } }]
[[prices]]
change = 0.1
from_month = 9
elasticity = -1.2
[strategies.a]
campaigns = [{ channel = "ads", tactic = "offers", monthly_spend = 200 }]
[strategies.b]
set = { "steps.lead.customer.monthly" = 0.07 }
campaigns = [{ tactic = "letters", after = "first_order", cost_per_contact = 1.0, wrong_rung_share = 0.0 }]
"""
IDLE_UNDER_A = {
    "rungs.customer.quality", "rungs.lead.messages_per_month", "rungs.never.orders_per_month", "steps.never.customer.monthly",
    "steps.customer.lapsed.satisfaction_effect", "steps.lapsed.lead.probability", "contacts.fatigue",
    "channels.ads.effects.messages.full", "channels.ads.effects.satisfaction.full", "channels.unused.response.half_at",
    "channels.unused.effects.orders.full", "tactics.offers.response.half_at", "tactics.offers.effects.orders.per_rung.never",
    "tactics.letters.response.half_at", "tactics.letters.effects.orders.per_rung.customer",
}  # fmt: skip


@pytest.fixture
def market() -> Scenario:
    return loads(TEXT)


def given(scenario: Scenario) -> set[str]:
    return {key for key, number in numbers(scenario).items() if number.given}


def test_what_does_nothing_is_left_out(market: Scenario) -> None:
    """Without messages, satisfaction, contacts; on rungs that nobody reaches; of levers that no campaign has, or whose response is that of
    the channel beside them; of changes after the horizon: all this acts in nothing, and everything else stays."""
    applied = with_strategy(market, "a")
    idle = {key for key in given(applied) - acting_keys(applied) if not key.startswith("prices")}
    assert idle == IDLE_UNDER_A
    assert {key for key in given(applied) if key.startswith("prices")} & acting_keys(applied) == set()


def test_only_what_is_played_counts(market: Scenario) -> None:
    """A strategy that is not played has no numbers; one that sets a number anew takes the place of the file's; a campaign set off by an
    event asks nothing of the curve of its tactic."""
    only_b = acting(market, {"b": with_strategy(market, "b")})
    assert "strategies.b.set.steps.lead.customer.monthly" in only_b and "steps.lead.customer.monthly" not in only_b
    assert "tactics.letters.effects.orders.per_rung.customer" in only_b and "tactics.letters.response.half_at" not in only_b
    assert not [key for key in only_b if key.startswith(("strategies.a", "channels."))]
    both = acting(market, {name: with_strategy(market, name) for name in ("a", "b")})
    assert {"steps.lead.customer.monthly", "strategies.b.set.steps.lead.customer.monthly"} <= set(both)
    assert "strategies.a.campaigns.offers.monthly_spend" in both and "strategies.a.campaigns.offers.monthly_spend" not in only_b


def test_what_makes_a_number_act(market: Scenario) -> None:
    """A step that answers messages wakes the messages, satisfaction what is felt, points what doubles them, a policy every lever."""
    told = TEXT + '[[word_of_mouth]]\nlayer = "friends"\ngraph = { kind = "erdos_renyi", mean_degree = 4 }\n'
    silent = acting_keys(with_strategy(loads(told), "a"))
    assert "rungs.lead.messages_per_month" not in silent, "nobody answers"
    heard = told + '[[steps]]\nfrom = "lead"\nto = "customer"\ntrigger = "message"\nprobability = 0.1\nis_order = true\n'
    found = acting_keys(with_strategy(loads(heard), "a"))
    assert {
        "rungs.lead.messages_per_month",
        "channels.ads.effects.messages.full",
        "steps.lead.customer.message.probability",
    } <= found
    felt = acting_keys(with_strategy(loads(TEXT + "[satisfaction]\nlearning = 0.3\n"), "a"))
    assert {
        "rungs.customer.quality",
        "steps.customer.lapsed.satisfaction_effect",
        "channels.ads.effects.satisfaction.full",
    } <= felt
    pulled = market.model_copy(update={"policies": (Policy(file="p.py", function="f"),)})
    assert {"channels.unused.effects.orders.full", "tactics.letters.response.half_at"} <= acting_keys(with_strategy(pulled, "a"))


def test_what_target_groups_alone_read() -> None:
    """How many of a segment need the product counts where target groups are judged, and nowhere else."""
    text = TEXT + '[[segments]]\nname = "old"\nshare = 0.4\naddressable_share = 0.5\n[[segments]]\nname = "young"\nshare = 0.6\n'
    played = {"a": with_strategy(loads(text), "a")}
    assert "segments.old.addressable_share" not in acting(loads(text), played)
    assert "segments.old.addressable_share" in acting(loads(text), played, target_groups=True)


@pytest.mark.parametrize("name", shipped())
def test_idle_numbers_of_shipped_scenarios_change_nothing(name: str) -> None:
    """Under each strategy every number left out, changed at once with all the others, leaves each measure as it was, to the last bit."""
    scenario = load(name)
    for strategy in (None, *scenario.strategies):
        applied = with_strategy(scenario, strategy)
        at_work = acting_keys(applied)
        idle = {key: n.value for key, n in numbers(applied).items() if key not in at_work and n.given}
        changed: dict[str, object] = {key: 0.37 * value + 0.01 for key, value in idle.items() if isinstance(value, float)}
        ranged = {key: value for key, value in idle.items() if isinstance(value, Range) and value.high > 0.0}
        changed |= {key: {"low": value.low * 0.5, "high": value.high * 0.7} for key, value in ranged.items()}
        sample = 100 if scenario.market_size > 1_000 else None
        one, other = (summarise(simulate(s, seed=4, sample=sample)) for s in (applied, override(applied, changed)))
        assert one.scalars == pytest.approx(other.scalars, rel=0, abs=0, nan_ok=True), strategy


def test_idle_numbers_of_a_made_up_market_change_nothing(market: Scenario) -> None:
    """The same for the market above, where fifteen numbers are idle."""
    applied = with_strategy(market, "a")
    changed = {key: 0.37 * float(numbers(applied)[key].value) + 0.01 for key in IDLE_UNDER_A}
    one, other = (summarise(simulate(s, seed=4)) for s in (applied, override(applied, changed)))
    assert one.scalars == pytest.approx(other.scalars, rel=0, abs=0, nan_ok=True)
