"""How often the strategy that was chosen is the best."""

from __future__ import annotations

import numpy as np
import pytest

from ladsim.planning.chance_of_best import of_best, of_better
from ladsim.planning.pairs import probability
from tests.coverage_of_promises import chosen_is_best, equal_in_law, profits, tiny_market

A = np.array([10.0, 12.0, 20.0, 22.0])
B = np.array([9.0, 13.0, 15.0, 17.0])


def test_praise_for_a_lucky_half_is_taken_off() -> None:
    """Units (5, 5), (−3, −3), halved both ways: the half that chose the one has all its wins, the other half the other's: half a win each."""
    lead = np.array([5.0, 5.0, -3.0, -3.0])
    found = of_best({"one": lead, "other": np.zeros(4)}, paired=True)
    assert (found["one"].value, found["other"].value) == (0.0, 1.0), "half of 1/2 less 1/2 of praise"
    assert found["one"].high == probability(lead > 0, True).high, "the plain share is not shut out"
    assert of_better(lead, np.zeros(4), paired=True) == found["one"]


def test_a_narrow_lead_is_not_turned_upside_down() -> None:
    """Who wins 12 of 20 futures and has the higher mean is never said to win a few of them only, and never fewer than the other."""
    luck = np.random.default_rng(5)
    for _ in range(50):
        lead = luck.normal(0.15, 1.0, 20)
        if not (lead.mean() > 0.0 and (lead > 0).sum() == 12):
            continue
        one, other = of_best({"one": lead, "other": np.zeros(20)}, paired=False).values()
        assert 0.35 < one.value <= 0.6 and one.value + other.value == pytest.approx(1.0)


def test_halves_are_whole_units() -> None:
    """Two futures of one draw stay together: the same numbers as pairs and as single futures have another praise."""
    lead = np.array([3.0, -1.0, -1.0, -1.0, 2.0, 2.0])
    apart = [of_best({"one": lead, "other": np.zeros(6)}, paired=paired)["one"].value for paired in (True, False)]
    assert apart[0] != apart[1] and all(0.0 <= value <= 0.5 for value in apart)


def test_a_clear_winner_keeps_its_share() -> None:
    """Where every half chooses the same, the share is the plain one, with the plain interval; the others' too."""
    found = of_best({"a": A, "b": np.array([5.0, 13.0, 15.0, 17.0]), "c": np.ones(4)}, paired=True)
    assert [found[name].value for name in "abc"] == [0.75, 0.25, 0.0]
    assert found["a"] == probability([1, 0, 1, 1], paired=True)
    assert of_better(A, np.ones(4), paired=True).value == 1.0


@pytest.mark.parametrize("paired", [False, True])
def test_equal_ones_tie_exactly(paired: bool) -> None:
    """A strategy against itself is best in half of the futures, in a single future, too; beside a third both copies have the same."""
    assert [one.value for one in of_best({"a": A, "a (2)": A}, paired).values()] == [0.5, 0.5]
    assert of_better(A[:1], A[:1], paired).value == 0.5
    found = of_best({"a": A, "b": B, "a (2)": A, "c": A[::-1]}, paired)
    assert found["a"] == found["a (2)"]
    assert sum(one.value for one in found.values()) == pytest.approx(1.0)


def test_a_single_unit_tells_nothing() -> None:
    """A choice cannot be tried on the futures that it was made in."""
    assert np.isnan(of_better(A[:2], B[:2], paired=True)).all()
    assert np.isnan(of_better(A[:1], B[:1], paired=False)).all()
    assert of_better(A[:2], B[:2], paired=False).value == 0.0  # one future each: half a win, and half a win of praise


def test_shares_add_up_and_change_names_with_the_strategies() -> None:
    """Whatever the profits, the shares add up to 1, lie in 0 … 1 and go with the strategies in any order."""
    luck = np.random.default_rng(3)
    for _ in range(50):
        table = dict(zip("abcd", luck.normal(size=(4, 9)).round(1), strict=True))
        found = of_best(table, paired=False)
        assert sum(one.value for one in found.values()) == pytest.approx(1.0)
        assert all(0.0 <= one.low <= one.value <= one.high <= 1.0 for one in found.values())
        turned = of_best({name: table[name] for name in "dcba"}, paired=False)
        assert all(turned[name] == pytest.approx(found[name]) for name in "abcd")


def test_what_is_said_of_the_chosen_is_true() -> None:
    """Of two strategies equal in law the chosen one is said to be the best in half of the futures, as it is; its plain share would say 57 %.

    40 studies of 20 futures of a tiny market, each held against the futures of the others; more in the coverage of promises.
    """
    studies = equal_in_law(profits(tiny_market(ranged=False), ["one", "other"], range(1, 41), 20), paired=False)
    found = chosen_is_best(studies, paired=False)
    assert abs(found.true - 0.5) < 0.02
    assert found.too_hopeful < 2.5
    plain = np.mean(
        [max(float((one > other).mean()), float((other > one).mean())) for one, other in (s.values() for s in studies)]
    )
    assert plain > found.true + 0.05 > found.said
    assert found.covered > 0.8
