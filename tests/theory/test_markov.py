"""The closed forms against the numbers of verification (V1) and against themselves by another road.

Tests: ``theory/expected.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ladsim.errors import StudyError
from ladsim.scenario.load import load, loads
from ladsim.scenario.tables import Tables, tables
from ladsim.theory import markov
from ladsim.theory.expected import expected_rung_counts

SCENARIOS = Path(__file__).parent.parent / "markets"
RUNGS = ["lead", "prospect", "customer", "repeat", "ambassador"]


def laid_out(name: str) -> Tables:
    return tables(load(path if (path := SCENARIOS / f"{name}.toml").is_file() else f"classics/{name}"))


def small(extra: str, orders: float = 0.0) -> Tables:
    """Two rungs and a way out, with more lines of TOML."""
    return tables(
        loads(
            f"""schema = 1
name = "small"
months = 3
market_size = 100
[[rungs]]
name = "a"
share = 1.0
orders_per_month = {orders}
[[rungs]]
name = "b"
orders_per_month = 1.0
[[rungs]]
name = "out"
off_ladder = "lapsed"
{extra}"""
        )
    )


@pytest.fixture(scope="module")
def reference() -> Tables:
    return laid_out("reference_ladder")


def test_reference_ladder_values(reference: Tables) -> None:
    """V = (δI−Q)⁻¹r has the printed digits, discounted and not."""
    value = markov.lifetime_value(reference)
    assert value[RUNGS].to_numpy() == pytest.approx([59.86309, 95.04927, 225.79747, 320.30788, 458.75076], abs=5.1e-6)
    plain = markov.lifetime_value(reference, 0.0)
    assert plain[RUNGS].to_numpy() == pytest.approx([99.33745, 149.50617, 338.88889, 475.0, 683.33333], abs=5.1e-6)
    # The undiscounted ones by hand: R and A solve two equations, the rest follows.
    repeat = (0.45 * 20 - 1 + 0.03 * (0.60 * 20 - 1) / 0.03) / (0.06 - 0.03 * 0.02 / 0.03)
    assert plain["repeat"] == pytest.approx(repeat, rel=1e-12)
    assert value["gone"] == 0.0


def test_reference_ladder_reach_and_occupancy(reference: Tables) -> None:
    """Who ever gets where, and who stands where after a year, from the lead."""
    ever = markov.ever_reached(reference, "lead")
    assert ever[RUNGS[1:]].to_numpy() == pytest.approx([2 / 3, 8 / 27, 16 / 81, 8 / 81], rel=1e-12)
    assert ever["lead"] == 1.0
    assert ever["gone"] == pytest.approx(1.0, rel=1e-12)
    occupancy = markov.occupancy(reference, "lead", 12)
    assert occupancy.to_numpy() == pytest.approx([0.165299, 0.166579, 0.075171, 0.052222, 0.006212, 0.534516], abs=5.1e-7)
    assert occupancy["lead"] == pytest.approx(np.exp(-0.15 * 12), rel=1e-12)


def test_reference_ladder_lifetime_orders(reference: Tables) -> None:
    """Mean and spread of a customer's orders."""
    orders = markov.lifetime_orders(reference)
    assert orders.loc["customer"].to_numpy() == pytest.approx([18.88889, 29.29706], abs=5.1e-6)
    assert orders.loc["gone"].to_numpy() == pytest.approx([0.0, 0.0])


def test_orders_of_one_rung_are_geometric() -> None:
    """Orders before an exponential end are geometric: mean λ/μ, variance λ/μ + (λ/μ)²."""
    t = small('[[steps]]\nfrom = "a"\nto = "out"\nrate = 0.2\n', orders=0.5)
    mean, sd = markov.lifetime_orders(t).loc["a"]
    assert mean == pytest.approx(2.5, rel=1e-12)
    assert sd == pytest.approx(np.sqrt(2.5 + 2.5**2), rel=1e-12)


def test_orders_that_never_end_are_infinite(reference: Tables) -> None:
    """Where nobody leaves for good, undiscounted sums are infinite, discounted ones are not."""
    t = laid_out("steps_at_orders")
    assert np.isinf(markov.lifetime_orders(t)["mean"]).all()
    assert np.isinf(markov.lifetime_value(t, 0.0)).all()
    assert np.isfinite(markov.lifetime_value(t, 0.1)).all()


def test_value_solves_its_equation_with_orders_that_move() -> None:
    """δV = r + QV by hand where a step is itself an order and entering costs."""
    t = small(
        'entry_cost = 0.0\n[[steps]]\nfrom = "a"\nto = "b"\nrate = 0.3\nis_order = true\n'
        '[[steps]]\nfrom = "b"\nto = "out"\ntrigger = "order"\nprobability = 0.25\n'
        "[basket]\nmean = 40\n[money]\nmargin = 0.5\ncost_per_order = 2\n"
    )
    delta = np.log(1.1) / 12
    v = markov.lifetime_value(t, 0.1)
    b = 1.0 * 18 / (delta + 0.25)
    assert v["b"] == pytest.approx(b, rel=1e-12)
    assert v["a"] == pytest.approx(0.3 * (18 + b) / (delta + 0.3), rel=1e-12)


def test_entry_costs_are_part_of_the_value() -> None:
    """Entering a rung costs each time, the order that leads there earns on the rung left."""
    t = tables(
        loads(
            """schema = 1
name = "entry"
months = 3
market_size = 10
[[rungs]]
name = "a"
share = 1.0
orders_per_month = 0.5
[[rungs]]
name = "b"
off_ladder = "lost"
entry_cost = 7
[[steps]]
from = "a"
to = "b"
trigger = "order"
probability = 1.0
[basket]
mean = 10
"""
        )
    )
    assert markov.lifetime_value(t, 0.0)["a"] == pytest.approx(3.0, rel=1e-12)


def test_after_k_orders_is_an_erlang_wait() -> None:
    """A step at the third order waits an Erlang(3) time."""
    t = small('[[steps]]\nfrom = "a"\nto = "b"\ntrigger = "order"\nprobability = 1.0\nfrom_order = 3\n', orders=0.8)
    x = 0.8 * 4.0
    assert markov.occupancy(t, "a", 4.0)["a"] == pytest.approx(np.exp(-x) * (1 + x + x**2 / 2), rel=1e-12)


def test_race_shares() -> None:
    """Two waits: shares go by hazards, all gone in the end, `reached` is found again."""
    assert markov.race([0.2, 0.1]).tolist() == pytest.approx([2 / 3, 1 / 3])
    assert markov.race([0.2, 0.1], 6.0)[0] == pytest.approx(2 / 3 * (1 - np.exp(-1.8)), rel=1e-12)
    assert markov.race([0.0, 0.0]).tolist() == [0.0, 0.0]
    t = laid_out("reached")
    assert markov.step_race(t, "prospect", 12)["prospect.customer"] == pytest.approx(0.12, rel=1e-9)
    assert markov.step_race(t, "prospect", 6)["prospect.refused"] == pytest.approx(0.30, rel=1e-9)


def test_unknown_rung_is_named() -> None:
    """A misspelt rung gets the nearest name."""
    with pytest.raises(StudyError, match="did you mean 'repeat'"):
        markov.occupancy(laid_out("reference_ladder"), "repaet", 1)


@pytest.mark.parametrize("name", ["workload_without_messages", "steps_at_orders", "reference_ladder"])
def test_expected_counts_solve_the_differential_equation(name: str) -> None:
    """The matrix exponential agrees with a numerical solution of dx/dt = xQ, and people neither appear nor vanish."""
    t = laid_out(name)
    counts = expected_rung_counts(t)
    size = t.scenario.market_size
    assert counts.sum(axis=1).to_numpy() == pytest.approx(np.full(len(counts), size), rel=1e-12)
    c = markov.chain(t)
    x0 = np.zeros(len(c.rung))
    x0[c.entry] = t.start_shares * size
    found = solve_ivp(lambda _, x: x @ c.generator, (0, t.months), x0, rtol=1e-10, atol=1e-8, t_eval=counts.index.to_numpy())
    assert counts.to_numpy() == pytest.approx(c.by_rung(found.y.T), rel=1e-7, abs=1e-5)


def test_workload_by_hand() -> None:
    """Leads of the workload only leave: 90 % · e^(−.02·24); the last snapshot of a ladder in balance is its balance."""
    counts = expected_rung_counts(laid_out("workload_without_messages"))
    assert counts["lead"].iloc[-1] == pytest.approx(9000 * np.exp(-0.48), rel=1e-12)
    prospects = 800 * np.exp(-2.4) + 9000 * 0.02 / 0.08 * (np.exp(-0.48) - np.exp(-2.4))
    assert counts["prospect"].iloc[-1] == pytest.approx(prospects, rel=1e-10)


def test_expected_counts_with_a_plan() -> None:
    """Arrivals come as told, segments keep their size, and a shock doubles leaving only while it lasts."""
    t = laid_out("plan_without_messages")
    counts = expected_rung_counts(t)
    assert counts.sum(axis=1).to_numpy() == pytest.approx(np.full(11, 20_000.0), rel=1e-12)
    waiting = [4000.0, 4000.0, *(4000 - 300 * (k - 1.5) for k in range(2, 9)), 2050.0, 2050.0]
    assert counts["outside"].tolist() == pytest.approx(waiting)
    by_segment = expected_rung_counts(t, by_segment=True)
    assert by_segment["young"].sum(axis=1).to_numpy() == pytest.approx(np.full(11, 8000.0), rel=1e-12)
    assert by_segment.T.groupby(level="rung").sum().T[counts.columns].to_numpy() == pytest.approx(counts.to_numpy(), rel=1e-12)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ('[[steps]]\nfrom = "a"\nto = "b"\ntrigger = "renewal"\nmonths = 2\nprobability = 0.5\n', "renewals"),
        ('[[steps]]\nfrom = "a"\nto = "b"\nrate = 0.1\ngamma_shape = 2\n', "gamma_shape"),
        ('[[steps]]\nfrom = "b"\nto = "out"\ntrigger = "order"\nbeta = [1.0, 2.0]\n', "beta"),
        ('[[steps]]\nfrom = "b"\nto = "out"\ntrigger = "order"\nprobability = 0.2\nwithin_months = 2\n', "within_months"),
        (
            '[[steps]]\nfrom = "b"\nto = "out"\ntrigger = "order"\nprobability = 0.2\n'
            "[heterogeneity]\norders = { gamma_shape = 1.0 }\n",
            "heterogeneity.orders",
        ),
        (
            '[[steps]]\nfrom = "a"\nto = "b"\ntrigger = "message"\nprobability = 0.2\n[[word_of_mouth]]\nlayer = "friends"\n'
            'graph = { kind = "cycle" }\nmessages_per_month = { b = 1.0 }\n',
            "messages",
        ),
        ('[[policies]]\nfile = "policy.py"\nfunction = "act"\n', "policy"),
    ],
    ids=["renewal", "gamma", "beta", "within", "orders", "messages", "policy"],
)
def test_reason_not(extra: str, words: str, tmp_path: Path) -> None:
    """What has no closed form says why, and asking for it all the same is an error with that reason."""
    (tmp_path / "policy.py").write_text("def act(env, market):\n    yield market.months(1)\n")
    t = small(extra.replace("policy.py", str(tmp_path / "policy.py")))
    reason = markov.reason_not(t)
    assert reason is not None
    assert words in reason
    with pytest.raises(StudyError, match="no closed form"):
        expected_rung_counts(t)


def test_what_does_no_harm_has_a_closed_form() -> None:
    """Customers who differ in orders that move nobody, and message steps that nobody's words reach, change no count."""
    steps = (
        '[[steps]]\nfrom = "a"\nto = "b"\nrate = 0.1\n[[steps]]\nfrom = "a"\nto = "b"\ntrigger = "message"\nprobability = 0.5\n'
    )
    assert markov.reason_not(small(steps + "[heterogeneity]\norders = { gamma_shape = 1.0 }\n")) is None
