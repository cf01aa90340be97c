"""Strategies, overrides and draws of what is not known.

Tests: ``scenario/overrides.py``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import pytest

from ladsim import streams
from ladsim.errors import ScenarioError
from ladsim.scenario.distributions import Z95, quantile
from ladsim.scenario.draws import resolve, uncertain
from ladsim.scenario.load import loads
from ladsim.scenario.number_types import Distribution, Limits, Range
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from tests.scenario.texts import GOOD, spoiled, with_end

ANY, RATE, SHARE = Limits(None, None), Limits(0.0, None), Limits(0.0, 1.0)
U05, U50, U95 = 0.05, 0.5, 0.95


@pytest.fixture
def shop() -> Scenario:
    return loads(GOOD)


def test_with_strategy(shop: Scenario) -> None:
    """A strategy sets numbers and adds its campaigns; the result has no strategies left and keeps the name."""
    care = with_strategy(shop, "care")
    assert care.name == "shop"
    assert care.strategies == {}
    assert care.rungs[2].orders_per_month == Range(low=2.0, high=4.0)
    assert [c.tactic for c in care.campaigns] == ["welcome"]
    assert shop.rungs[2].orders_per_month == Range(low=1.0, high=4.0)
    assert with_strategy(shop, None) == shop.model_copy(update={"strategies": {}})
    with pytest.raises(ScenarioError, match=r"strategies: found 'car', must be one of ads, care \(did you mean 'care'\?\)"):
        with_strategy(shop, "car")


def test_what_a_strategy_sets_has_a_source_of_its_own(shop: Scenario) -> None:
    """The base's source does not vouch for a number that a strategy or an override has set."""
    from ladsim.scenario.address import numbers

    key = "steps.lead.customer.time.monthly"
    assert numbers(shop)[key].source == "assumption"
    assert numbers(override(shop, {key: 0.2}))[key].source == "set by --set"
    assert numbers(with_strategy(shop, "care"))["rungs.repeat.orders_per_month"].source == "set by the strategy care"


def test_override(shop: Scenario) -> None:
    """Texts are read as TOML; problems of the whole are placed at the option too."""
    changed = override(shop, {"steps.lead.customer.monthly": "0.12", "market_size": 600, "name": "my shop"})
    assert (changed.steps[0].monthly, changed.market_size, changed.name) == (0.12, 600, "my shop")
    ranged = override(shop, {"money.margin": "{ low = 0.4, high = 0.6 }"})
    assert ranged.money.margin == Range(low=0.4, high=0.6)
    assert override(shop, {}) is shop
    with pytest.raises(ScenarioError, match=r"^--set steps.lead.customer.monthly: found 1, must be below 1"):
        override(shop, {"steps.lead.customer.monthly": "1"})
    with pytest.raises(ScenarioError) as caught:
        override(shop, {"steps.led.customer.monthly": "0.1", "months": "x"})
    assert [problem.place for problem in caught.value.problems] == ["--set steps.led.customer.monthly", "--set months"]


def test_uncertain_numbers_are_found(shop: Scenario) -> None:
    """Ranges and distributions stand under their dotted keys, with kind and source."""
    found = uncertain(with_strategy(shop, None))
    assert list(found) == ["rungs.repeat.orders_per_month"]
    assert found["rungs.repeat.orders_per_month"].kind == "rate"
    assert found["rungs.repeat.orders_per_month"].value == Range(low=1.0, high=4.0)


@pytest.mark.parametrize(
    ("kind", "limits", "low", "high", "median"),
    [
        ("rate", RATE, 1.0, 4.0, 2.0),
        ("amount", RATE, 0.5, 50.0, 5.0),
        ("rate", RATE, 0.0, 3.0, 1.5),
        ("share", SHARE, 0.1, 0.9, 0.5),
        ("share", SHARE, 0.02, 0.08, 1 / (1 + math.sqrt((0.98 / 0.02) * (0.92 / 0.08)))),
        ("share", SHARE, 0.0, 0.3, 0.15),
        ("share", SHARE, 0.6, 1.0, 0.8),
        ("real", ANY, -0.2, 0.6, 0.2),
        ("real", Limits(-1.0, None), -0.9, 0.1, -0.4),
    ],
)
def test_a_range_is_the_central_90_percent(kind: str, limits: Limits, low: float, high: float, median: float) -> None:
    """5 %, 50 % and 95 % of a range lie at low, the middle of its scale and high; no draw leaves the limits."""
    value = Range(low=low, high=high)
    got = [quantile(value, kind, u, limits) for u in (U05, U50, U95)]
    assert got == pytest.approx([low, median, high], rel=1e-9, abs=1e-9)
    extremes = [quantile(value, kind, u, limits) for u in (1e-15, 1 - 1e-15)]
    assert all(limits.holds(x) for x in extremes)
    assert extremes[0] <= low
    assert extremes[1] >= high


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ({"law": "uniform", "low": 1.0, "high": 3.0}, [1.1, 2.0, 2.9]),
        ({"law": "normal", "mean": 5.0, "sd": 1.0}, [5.0 - Z95, 5.0, 5.0 + Z95]),
        ({"law": "lognormal", "median": 2.0, "spread": 0.5}, [2 * math.exp(-Z95 / 2), 2.0, 2 * math.exp(Z95 / 2)]),
        ({"law": "lognormal", "mean": 2.0, "spread": 0.5}, [2 * math.exp(x - 0.125) for x in (-Z95 / 2, 0.0, Z95 / 2)]),
        ({"law": "beta", "a": 1.0, "b": 2.0}, [1 - math.sqrt(0.95), 1 - math.sqrt(0.5), 1 - math.sqrt(0.05)]),
        ({"law": "gamma", "shape": 1.0, "scale": 2.0}, [-2 * math.log(x) for x in (0.95, 0.5, 0.05)]),
        ({"law": "gamma", "shape": 1.0, "mean": 2.0}, [-2 * math.log(x) for x in (0.95, 0.5, 0.05)]),
        ({"law": "draws", "values": (3.0, 1.0, 2.0)}, [3.0, 1.0, 2.0]),
    ],
    ids=lambda value: value["law"] if isinstance(value, dict) else "",
)
def test_laws(law: dict[str, object], expected: list[float]) -> None:
    """Every law has the quantiles of its closed form."""
    value = Distribution.model_validate(law)
    assert [quantile(value, "rate", u, RATE) for u in (U05, U50, U95)] == pytest.approx(expected, rel=1e-9)


def test_values_of_a_calibration_have_equal_chances() -> None:
    """Thirds of the luck mean the three values, in the order of the list; without luck their median is taken."""
    value = Distribution(law="draws", values=(3.0, 1.0, 2.0))
    assert [quantile(value, "rate", u, RATE) for u in (1e-9, 0.33, 0.34, 0.66, 0.67, 1 - 1e-9)] == [3.0, 3.0, 1.0, 1.0, 2.0, 2.0]
    assert quantile(value, "rate", None, RATE) == 2.0


ORDERS = (
    ("rising", lambda values: values),
    ("falling", lambda values: values[::-1]),
    ("every eighth in turn", lambda values: [values[(i * 8) % len(values) + i * 8 // len(values)] for i in range(len(values))]),
    (
        "low and high in turn",
        lambda values: [v for pair in zip(values[: len(values) // 2], values[len(values) // 2 :], strict=True) for v in pair],
    ),
)


@pytest.mark.parametrize("arranged", [order for _, order in ORDERS], ids=[name for name, _ in ORDERS])
@pytest.mark.parametrize("seed", [1, 77])
def test_listed_values_are_drawn_whatever_their_order(arranged: Callable[[list[float]], list[float]], seed: int) -> None:
    """Of 1,000 listed values, sorted or not, 20 draws have the mean of all to within four standard errors of independent ones, and so have
    200: no part of the list is left out. Another seed draws others."""
    values = arranged([0.5 + 0.003 * i for i in range(1000)])
    true, spread = statistics.mean(values), statistics.pstdev(values)
    listed = loads(spoiled("monthly = 0.05", f'rate = {{ law = "draws", values = {values} }}'))
    drawn = [float(resolve(listed, seed, draw).steps[0].rate) for draw in range(200)]
    assert abs(statistics.mean(drawn[:20]) - true) < 4 * spread / math.sqrt(20)
    assert abs(statistics.mean(drawn) - true) < 4 * spread / math.sqrt(200)
    assert len(set(drawn)) > 150
    assert drawn[:20] != [float(resolve(listed, seed + 1, draw).steps[0].rate) for draw in range(20)]


def test_fewer_values_than_draws() -> None:
    """Two values come four times each in every eight draws, one comes always; two numbers with the same list do not go in step."""
    text = spoiled("monthly = 0.05", 'rate = { law = "draws", values = [0.1, 0.2] }')
    text = text.replace("orders_per_month = 0.5", 'orders_per_month = { law = "draws", values = [0.1, 0.2] }', 1)
    drawn = [resolve(loads(text), 3, draw) for draw in range(32)]
    rates, orders = [s.steps[0].rate for s in drawn], [s.rungs[1].orders_per_month for s in drawn]
    for block in range(0, 32, 8):
        assert rates[block : block + 8].count(0.1) == orders[block : block + 8].count(0.1) == 4
    assert 4 < sum(a == b for a, b in zip(rates, orders, strict=True)) < 28
    single = loads(spoiled("monthly = 0.05", 'rate = { law = "draws", values = [0.3] }'))
    assert {resolve(single, 3, draw).steps[0].rate for draw in range(9)} == {0.3}


def test_a_monthly_chance_stays_below_1() -> None:
    """A drawn chance a month never becomes certainty, whose rate would be infinite."""
    text = spoiled("monthly = 0.05", 'monthly = { law = "normal", mean = 0.9, sd = 0.4 }')
    drawn = [resolve(loads(text), 1, draw).steps[0].monthly for draw in range(40)]
    assert all(0.0 <= monthly < 1.0 for monthly in drawn)
    assert len(set(drawn)) > 5


def test_resolve(shop: Scenario) -> None:
    """Every draw is plain, addressed by seed, draw and key; the same number has the same luck under every strategy."""
    median = resolve(shop, 7, None)
    assert median.rungs[2].orders_per_month == pytest.approx(2.0)
    assert uncertain(with_strategy(median, None)) == {}
    u = streams.parameter_uniform(7, 3, "rungs.repeat.orders_per_month")
    expected = 2.0 * math.exp(math.log(2.0) / Z95 * float(streams.normal(u)))
    assert resolve(with_strategy(shop, "ads"), 7, 3).rungs[2].orders_per_month == pytest.approx(expected)
    assert resolve(with_strategy(shop, "care"), 7, 3).rungs[2].orders_per_month == pytest.approx(
        math.sqrt(8.0) * math.exp(math.log(math.sqrt(2.0)) / Z95 * float(streams.normal(u)))
    )
    assert resolve(shop, 7, 3) == resolve(shop, 7, 3)
    assert resolve(shop, 7, 3) != resolve(shop, 8, 3)
    assert resolve(shop, 7, 3) != resolve(shop, 7, 4)
    plain = with_strategy(median, None)
    assert resolve(plain, 7, 3) is plain


def test_the_draws_have_the_quantiles_of_the_range(shop: Scenario) -> None:
    """Of 400 draws about 5 % lie below low and 5 % above high (4 standard errors)."""
    bare = with_strategy(shop, None)
    drawn = [resolve(bare, 11, draw).rungs[2].orders_per_month for draw in range(400)]
    for outside in (sum(x < 1.0 for x in drawn), sum(x > 4.0 for x in drawn)):
        assert abs(outside - 20) <= 4 * math.sqrt(400 * 0.05 * 0.95)


def test_uncertain_shares_are_scaled_to_1() -> None:
    """Shares of a whole add up to 1 in every draw, in proportion to what was drawn."""
    scenario = loads(spoiled("share = 0.9", "share = { low = 0.5, high = 0.95 }"))
    for draw in range(5):
        shares = [rung.share for rung in resolve(scenario, 1, draw).rungs]
        assert sum(shares) == pytest.approx(1.0, abs=1e-12)
        assert shares[1] > 0.0


def test_a_pair_and_tables_of_numbers_are_drawn() -> None:
    """Uncertain entries of a beta, of factors and of effects are drawn where they stand."""
    text = with_end(
        """
[[segments]]
name = "all"
share = 1.0
factors = { orders = { low = 0.5, high = 2.0 } }
[[steps]]
from = "lapsed"
to = "customer"
trigger = "renewal"
months = 3
beta = [1.5, { low = 1.0, high = 4.0 }]
"""
    )
    drawn = resolve(loads(text), 1, None)
    assert drawn.steps[-1].beta == (1.5, pytest.approx(2.0))
    assert drawn.segments[0].factors["orders"] == pytest.approx(1.0)
