"""The search for a split: known optima are found, constraints are kept, and what contradicts itself is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.planning.run import varied
from ladsim.planning.split_search import FUTURES, Point, Row, Search, Space
from ladsim.theory import AcquisitionAndRetention

BUDGET = 100.0


def found(worth: Callable[[Point], float], space: Space, noise: float = 0.0, money: float = BUDGET) -> Point:
    """The best point of a landscape, with luck that all points share but for a part that goes with the point."""
    luck = np.array([math.sin(7.0 * k) for k in range(FUTURES)])

    def play(points: Sequence[Point], futures: int) -> list[np.ndarray]:
        return [worth(point) + noise * luck[:futures] * (1.0 + sum(point) / 400.0) for point in points]

    k = space.amounts
    equal = [money / k] * k + [space.low[i] for i in range(k, len(space.low))]
    search = Search(space, play, lambda point: money)
    return search.run([tuple(equal)]).best()


def amounts(k: int, **more: object) -> Space:
    """So many amounts and nothing else."""
    return Space((0.0,) * k, (BUDGET,) * k, k, **more)  # type: ignore[arg-type]


def saturating(point: Point, tops: Sequence[float], halves: Sequence[float]) -> float:
    """What levers with diminishing returns bring in all, less nothing."""
    return sum(top * (1.0 - math.exp(-x / half)) for x, top, half in zip(point, tops, halves, strict=True))


TOPS, HALVES = (100.0, 80.0, 60.0, 10.0), (40.0, 20.0, 60.0, 5.0)


def best_saturating(tops: Sequence[float], halves: Sequence[float], money: float = BUDGET) -> float:
    """The optimum by bisection on the marginal return: top/half·e^(−x/half) is the same for all levers that get any."""
    low, high = 1e-9, 100.0
    for _ in range(200):
        rate = math.sqrt(low * high)
        spent = [max(0.0, half * math.log(top / half / rate)) for top, half in zip(tops, halves, strict=True)]
        low, high = (rate, high) if sum(spent) > money else (low, rate)
    return saturating(tuple(spent), tops, halves)


LANDSCAPES: dict[str, tuple[Callable[[Point], float], Space, float]] = {
    "concave": (lambda p: saturating(p, TOPS, HALVES), amounts(4), best_saturating(TOPS, HALVES)),
    "ridge": (lambda p: 100.0 - abs(p[0] - 3.0 * p[1]) / 2.0 - abs(p[0] + p[1] - 80.0), amounts(2), 100.0),
    "two peaks": (
        lambda p: 60.0 * math.exp(-(((p[0] - 15.0) / 12.0) ** 2)) + 100.0 * math.exp(-(((p[0] - 85.0) / 12.0) ** 2)),
        amounts(2),
        100.0,
    ),
    "corner": (lambda p: 3.0 * p[0] + p[1] + 0.5 * p[2], amounts(3), 300.0),
    "binding": (lambda p: 3.0 * p[0] + p[1] + 0.5 * p[2], amounts(3, rows=(Row((1.0, 0.0, 0.0), 40.0), Row((1.0, 1.0, 0.0), 70.0))), 165.0),
    "keeps money": (lambda p: 100.0 - (p[0] - 30.0) ** 2 / 20.0 - (p[1] - 10.0) ** 2 / 20.0, amounts(2), 100.0),
}  # fmt: skip


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("noise", [0.0, 5.0])
def test_known_optima_are_found_within_two_per_cent(name: str, noise: float) -> None:
    worth, space, best = LANDSCAPES[name]
    point = found(worth, space, noise)
    assert worth(point) >= 0.98 * best, (point, worth(point), best)
    assert all(float(np.dot(row.weights, point)) <= row.most + 1e-6 for row in space.rows)
    assert sum(point) <= BUDGET + 1e-6


def test_a_switch_and_a_number_are_found_beside_the_amounts() -> None:
    space = Space((0.0, 0.0, 0.0, 100.0), (BUDGET, BUDGET, 1.0, 900.0), 2, switches=frozenset({2}))

    def worth(p: Point) -> float:
        return saturating(p[:2], (100.0, 50.0), (30.0, 30.0)) + p[2] * (40.0 - ((p[3] - 350.0) / 40.0) ** 2)

    def best(p: Point) -> float:
        return best_saturating((100.0, 50.0), (30.0, 30.0)) + 40.0

    point = found(worth, space)
    assert point[2] == 1.0
    assert worth(point) >= 0.98 * best(point)


def test_nothing_is_kept_where_all_must_be_spent() -> None:
    worth, space, _ = LANDSCAPES["keeps money"]
    point = found(worth, Space(space.low, space.high, 2, spend_all=True))
    assert sum(point) == pytest.approx(BUDGET)


def test_a_flat_landscape_stays_where_it_began() -> None:
    assert found(lambda p: 5.0, amounts(3)) == pytest.approx((BUDGET / 3,) * 3)


def test_contradicting_constraints_are_refused() -> None:
    with pytest.raises(StudyError, match="no split that keeps all of them"):
        found(lambda p: 1.0, amounts(2, rows=(Row((1.0, 0.0), 10.0), Row((-1.0, 0.0), -20.0))))


def test_switches_that_exclude_each_other_are_never_on_together() -> None:
    space = Space((0.0, 0.0, 0.0), (BUDGET, 1.0, 1.0), 1, switches=frozenset({1, 2}), apart=frozenset({frozenset({1, 2})}))
    point = found(lambda p: 3.0 * p[1] + 2.0 * p[2], space)
    assert point[1:] == (1.0, 0.0)


def test_v10_the_best_split_between_winning_and_keeping_on_the_simulated_ladder() -> None:
    """Blattberg & Deighton (1996): within 2 % of the highest closed-form equity, 5.775996."""
    theory = AcquisitionAndRetention(0.40, (5, 0.15), 0.70, (10, 0.40), margin=50, discount=0.2)
    ladder = ladsim.load("classics/acquisition_and_retention")

    def play(points: Sequence[Point], futures: int) -> list[np.ndarray]:
        variants = []
        for _, keep in points:
            kept = theory.kept(keep)
            pairs = {f"steps.{rung}.kept.probability": kept for rung in ("won", "kept")}
            pairs |= {f"steps.{rung}.lost.probability": 1.0 - kept for rung in ("won", "kept")}
            variants.append({**pairs, "rungs.kept.entry_cost": keep, "rungs.lost.entry_cost": keep})
        runs = varied(ladder, [None], variants, replications=futures, sample=300, processes=1, store=False)
        found = []
        for (win, _), one in zip(points, runs, strict=True):
            worth = np.array([s.scalars["discounted_profit"] for s in next(iter(one.values())).summaries]) / ladder.market_size
            found.append(theory.won(win) * worth - win)
        return found

    space = Space((0.0, 0.0), (40.0, 40.0), 2)
    best = Search(space, play, lambda point: 60.0, futures=4).run([(20.0, 20.0)]).best()
    assert theory.equity(*best) >= 0.98 * theory.equity(*theory.best())
