"""Spreading: printed numbers, special cases, and what cannot be reckoned, in words."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from ladsim.errors import StudyError
from ladsim.theory import spreading

P, Q, YEARS = 0.03, 0.38, (1, 5, 10, 15)


def test_bass() -> None:
    """As printed: adoption, and the time of the peak, at which 1/2 − p/(2q) have adopted."""
    assert spreading.bass_adoption(P, Q, YEARS) == pytest.approx([0.0357582, 0.3311986, 0.8128032, 0.9716096], abs=5e-8)
    peak = spreading.bass_peak(P, Q)
    assert peak == pytest.approx(6.192619, abs=5e-7)
    assert spreading.bass_adoption(P, Q, peak) == pytest.approx(0.5 - P / (2 * Q), rel=1e-9)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (10, [0.0355510, 0.2907387, 0.3889867, 0.6770664, 0.8939455]),
        (100, [0.0357384, 0.3261821, 0.4514246, 0.7993721, 0.9681355]),
    ],
)
def test_a_finite_market(people: int, expected: list[float]) -> None:
    """Exact for 10 and 100 people; large markets come near Bass, from below."""
    times = [1, 5, 6.192619, 10, 15]
    assert spreading.finite_bass_adoption(people, P, Q, times) == pytest.approx(expected, abs=6e-8)
    assert (spreading.finite_bass_adoption(people, P, Q, times) < spreading.bass_adoption(P, Q, times)).all()


def test_friends_of_a_number() -> None:
    """A pair, a cycle (also by its own formula), three friends; with ever more friends, Bass."""
    t = np.array(YEARS, float)
    pair, cycle, three = (spreading.regular_bass_adoption(d, P, Q, YEARS) for d in (1, 2, 3))
    assert pair == pytest.approx([0.0343971, 0.2067175, 0.4055679, 0.5587643], abs=1e-7)
    assert cycle == pytest.approx(1 - np.exp(-(P + Q) * t + Q * (1 - np.exp(-P * t)) / P), rel=1e-8)
    assert three == pytest.approx([0.0352481, 0.2704056, 0.6455519, 0.8898997], abs=6e-8)
    assert spreading.regular_bass_adoption(2_000, P, Q, YEARS) == pytest.approx(spreading.bass_adoption(P, Q, YEARS), abs=1e-3)


def test_cascades() -> None:
    """Florentine families, as enumerated; a line by hand; certain and impossible news."""
    ties = tuple(nx.florentine_families_graph().edges)
    found = [spreading.cascade_size(ties, seed, p) for seed in ("Medici", "Strozzi") for p in (0.1, 0.2, 0.3)]
    assert found == pytest.approx([1.6928758, 2.6374276, 3.9494513, 1.4930295, 2.2423814, 3.3858647], abs=3e-7)
    line = [("a", "b"), ("b", "c")]
    assert spreading.cascade_size(line, "a", 0.3) == pytest.approx(1 + 0.3 + 0.09)
    assert (spreading.cascade_size(line, "b", 1.0), spreading.cascade_size(line, "b", 0.0)) == (3.0, 1.0)


def test_epidemics_and_trees() -> None:
    """Final size and threshold; Borel's and the geometric tree; everybody told."""
    assert [spreading.epidemic_size(4, T) for T in (0.2, 0.25, 0.3, 0.5)] == pytest.approx([0, 0, 0.3136983, 0.7968121], abs=6e-8)
    assert spreading.referral_trees(0.5) == pytest.approx((2.0, 4.0, 0.606531), abs=5e-7)
    assert spreading.referral_trees(0.5, equal_time=False) == pytest.approx((2.0, 6.0, 2 / 3))
    assert spreading.time_to_everybody(100, 0.01) == pytest.approx((10.354755, 1.864635), abs=5e-7)
    assert spreading.time_to_everybody(2, 0.5) == pytest.approx((2.0, 2.0))


def test_seeds() -> None:
    """Present value of adoption without seeds, with 1 % and 5 %; without discount everybody counts once."""
    found = [spreading.seeded_value(P, Q, seeds, 0.1) for seeds in (0.0, 0.01, 0.05)]
    assert found == pytest.approx([0.5362948, 0.5533226, 0.6088799], abs=6e-8)
    assert spreading.seeded_value(P, Q, 0.02, 0.0) == pytest.approx(1.0)


def test_what_cannot_be_reckoned() -> None:
    """Too many people, ties, referrals; a start that nobody knows."""
    with pytest.raises(StudyError, match="people: found 2,000"):
        spreading.finite_bass_adoption(2_000, P, Q, 1)
    with pytest.raises(StudyError, match="ties: found 23"):
        spreading.cascade_size([(n, n + 1) for n in range(23)], 0, 0.1)
    with pytest.raises(StudyError, match="seed: found 'c', must be one of"):
        spreading.cascade_size([("a", "b")], "c", 0.1)
    with pytest.raises(StudyError, match="below 1"):
        spreading.referral_trees(1.0)
