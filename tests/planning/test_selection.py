"""Which strategy is the best while futures are still played: who is out, who is left, what it would take."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.planning.confidence_sequences import mean_looks, radius
from ladsim.planning.pairs import Estimate
from ladsim.planning.selection import constrained, judge
from tests.acceptance.part import Unit
from tests.acceptance.parts import looking

UP_DOWN = np.tile([-1.0, 1.0], 20)
EARNED = st.lists(st.lists(st.integers(-9, 9).map(float), min_size=24, max_size=24).map(np.array), min_size=2, max_size=4).map(
    lambda rows: {f"s{at}": row for at, row in enumerate(rows)}
)


def test_the_best_of_two_by_hand() -> None:
    """A lead of more than the radius (of s = 1 at 40 units) is known, a narrower one is open; what it would take is where they meet."""
    half = float(radius(40, 0.05))
    wide = judge({"a": UP_DOWN + half + 0.01, "b": np.zeros(40)}, within=0.0, single=True)
    assert (wide.kind, wide.leader, wide.left, wide.needed) == ("best", "a", ("a",), 0.0)
    assert wide.differences["a", "b"] == pytest.approx((half + 0.01, 0.01, 2 * half + 0.01), abs=1e-6)
    open_yet = judge({"a": UP_DOWN + 0.3, "b": np.zeros(40)}, within=0.0, single=True)
    assert (open_yet.kind, open_yet.left) == ("open", ("a", "b"))
    assert float(radius(int(open_yet.needed), 0.05)) < 0.3 <= float(radius(int(open_yet.needed) - 1, 0.05))


def test_as_good_as_the_best_to_within() -> None:
    """A lead of less than δ is settled as soon as the other is surely no more than δ ahead; a lead of more is waited for."""
    half = float(radius(40, 0.05))
    units = {"a": UP_DOWN + 0.1, "b": np.zeros(40)}
    assert judge(units, within=half - 0.1 + 0.01, single=True).kind == "as_good"
    narrow = judge(units, within=half - 0.1 - 0.01, single=True)
    assert narrow.kind == "open" and float(radius(int(narrow.needed), 0.05)) < half
    lead = {"a": UP_DOWN + 0.5 * half, "b": np.zeros(40)}
    assert judge(lead, within=0.4 * half, single=True).kind == "open", "worth knowing"


def test_three_share_what_may_go_wrong() -> None:
    """With three strategies each difference has half the α: its limits are those of one sequence at 2.5 %."""
    units = {"a": UP_DOWN, "b": -UP_DOWN, "c": UP_DOWN * 0.5 - 3.0}
    found = judge(units, within=0.0, single=True)
    alone = mean_looks(units["a"] - units["b"], 0.025, single=True).now
    assert found.differences["a", "b"] == alone
    assert found.kind == "open" and set(found.left) == {"a", "b"}, "the third is out"


def test_who_is_out_needs_no_more_units() -> None:
    """Its last interval stays in force however many units the others play, though its own luck would have turned."""
    units = {"a": UP_DOWN, "b": -UP_DOWN, "c": UP_DOWN - 3.0}
    before = judge(units, within=0.0, single=True)
    longer = {"a": np.tile(UP_DOWN, 5), "b": np.tile(-UP_DOWN, 5) + 0.05, "c": units["c"]}
    after = judge(longer, within=0.0, single=True)
    assert set(before.left) == set(after.left) == {"a", "b"} and after.units == 200
    assert after.differences["a", "c"] == before.differences["a", "c"] == Estimate(3.0, 3.0, 3.0)


def test_a_set_up_cost_is_decided_exactly_and_a_copy_never() -> None:
    """Always 5 less: known from the first units on. The same in every unit: not settled, whatever δ, and nothing says how long."""
    cost = judge({"a": UP_DOWN, "b": UP_DOWN - 5.0}, within=0.0, single=True)
    assert cost.kind == "best" and cost.differences["a", "b"] == (5.0, 5.0, 5.0)
    copy = judge({"a": UP_DOWN, "b": UP_DOWN.copy()}, within=10.0, single=True)
    assert copy.kind == "open" and copy.alike and copy.differences["a", "b"] == (0.0, 0.0, 0.0)
    assert judge({"a": UP_DOWN, "b": UP_DOWN.copy()}, within=0.0, single=True).needed == math.inf


def test_too_few_units_say_nothing() -> None:
    """Before the sixteenth unit, and before twenty blocks where something can take off, nobody is out."""
    far = {"a": UP_DOWN + 100.0, "b": np.zeros(40)}
    assert judge({name: one[:14] for name, one in far.items()}, within=1e9, single=True).kind == "open"
    assert judge(far, within=1e9, single=False).kind == "open"
    assert judge({name: np.tile(one, 2) for name, one in far.items()}, within=0.0, single=False).kind == "best"


def test_constrained_intervals_by_hand() -> None:
    """Hsu's: a is at most 3 better than the best other, surely not worse; b may be equal to the best; c is surely behind."""
    limits = {("a", "b"): Estimate(1.0, -1.0, 3.0), ("a", "c"): Estimate(6.0, 4.0, 8.0), ("b", "c"): Estimate(5.0, 2.0, 8.0)}
    both = limits | {(j, i): Estimate(-one.value, -one.high, -one.low) for (i, j), one in limits.items()}
    found = constrained(["a", "b", "c"], both)
    assert found["a"] == (1.0, -1.0, 3.0)
    assert found["b"] == (-1.0, -3.0, 1.0)
    assert found["c"] == (-6.0, -8.0, 0.0), "the least of a's and b's lower ends"


def test_constrained_intervals_hold_together() -> None:
    """Of 400 studies of four strategies, 40 units each, the true distances from the best are all inside in at least 95 %, less noise."""
    luck, truth, held = np.random.default_rng(4), np.array([0.0, 0.2, 0.5, 0.6]), 0
    far = [one - max(np.delete(truth, at)) for at, one in enumerate(truth)]
    for _ in range(400):
        units = {str(at): one + luck.normal(size=40) for at, one in enumerate(truth)}
        found = judge(units, within=0.0, single=True).against_best
        held += all(found[str(at)].low <= one <= found[str(at)].high for at, one in enumerate(far))
    assert held / 400 >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / 400)


@given(EARNED, st.integers(-1000, 1000), st.sampled_from([0.0, 1.0, 5.0]))
def test_laws_of_a_judgement(units: dict[str, np.ndarray], by: int, within: float) -> None:
    """Names in another order and a unit's weather that hits all alike change nothing; somebody is always left; 0 is in Hsu's limits."""
    found = judge(units, within=within, single=True)
    turned = judge(dict(reversed(units.items())), within=within, single=True)
    weather = by + np.arange(24.0)
    same = judge({name: one + weather for name, one in units.items()}, within=within, single=True)
    assert set(found.left) == set(turned.left) == set(same.left) and found.leader in found.left
    if len({float(one.mean()) for one in units.values()}) == len(units):
        assert found.kind == turned.kind == same.kind and found.leader == same.leader
    assert (found.kind == "best") == (len(found.left) == 1)
    for one in found.against_best.values():
        assert one.low <= 0.0 <= one.high
    for i, j in combinations(units, 2):
        assert found.differences[i, j] == pytest.approx(tuple(-x for x in _turned(found.differences[j, i])))


def _turned(one: Estimate) -> Estimate:
    return Estimate(one.value, one.high, one.low)


def test_a_verdict_looked_at_after_every_unit_is_seldom_false() -> None:
    """50 studies of each kind, up to a thousand looks: every line of the acceptance part; the t interval is false in three of ten or more."""
    rows = [looking.play(Unit(number, 3, small=True)) for number in range(len(looking.KINDS))]
    lines = looking.summary(rows)
    assert all(line.passed for line in lines), [line for line in lines if not line.passed]
    equal = [row for row in rows if not looking.KINDS[row["kind"]].truth]
    assert np.mean([x for row in equal for x in row["naive"]]) > 0.3 and np.mean([x for row in equal for x in row["false"]]) < 0.1


def test_a_part_that_finds_false_verdicts_fails() -> None:
    """With as many false verdicts as the t interval has, lines of the part do not pass."""
    row = looking.play(Unit(0, 1))
    lines = looking.summary([{**row, "false": row["naive"]}])
    assert [line.passed for line in lines] == [False]
