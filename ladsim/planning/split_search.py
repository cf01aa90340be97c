"""The search for a split of money, and for numbers beside it: a pattern search on common luck, started from what is cheap to know.

In: a `Space` (amounts that share what there is to spend, numbers within limits, switches; linear constraints on the amounts) and a
function that plays points. Out: a `Found`: every point played with what came of it, best first, all under the same luck.

The mean over a fixed set of futures is a function without noise of its own (sample average approximation; Kim, Pasupathy & Henderson
2015), so a direct search may be used (Kolda, Lewis & Torczon 2003): amounts move from one lever to another, or to what is kept; numbers
go up and down; switches flip; a move that helped is tried at twice its length. If none helps, steps are halved. Every move is
played in a few futures first, and only the better ones in all of them (successive halving; Jamieson & Talwalkar 2016). It starts from the
points that are given and from the best sum of the levers' curves: each at nothing, half and all of the money, made concave, which is a
linear programme. What was found is told only by luck that was not used here: it was chosen on this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.errors import StudyError

Floats = NDArray[np.float64]
Point = tuple[float, ...]
Play = Callable[[Sequence[Point], int], Sequence[Floats]]  # points, futures → the value in each unit of luck
FUTURES = 24
FEW = 8  # futures in which a move is played first
KEPT = 0.25  # share of the moves that is played in all of them
FIRST_STEP, LAST_STEP = 0.25, 0.02  # of the money, of the range of a number
ROUNDS = 12
PEAKS = 2  # starts that are searched from
_DIGITS = 9
_TINY = 1e-9


class Row(NamedTuple):
    """A linear constraint: Σ weights·amounts ≤ most."""

    weights: Point
    most: float
    name: str = ""


@dataclass(frozen=True)
class Space:
    """What may be chosen. The first `amounts` variables share the money; the others are numbers, or switches (0 or 1)."""

    low: Point
    high: Point
    amounts: int
    rows: tuple[Row, ...] = ()
    switches: frozenset[int] = frozenset()
    spend_all: bool = False  # nothing may be kept
    apart: frozenset[frozenset[int]] = frozenset()  # switches of which not all may be on

    def allows(self, point: Point) -> bool:
        """Whether the switches of a point may be on together."""
        return not any(all(point[one] > 0.5 for one in those) for those in self.apart)

    def nearest(self, point: ArrayLike, money: float) -> Point | None:
        """The allowed point with the least money moved from `point`, where `money` can be spent; None where there is none."""
        wanted = np.clip(np.asarray(point, np.float64), self.low, self.high)
        k = self.amounts
        if not k:
            return _rounded(wanted) if money >= -_TINY else None
        x = wanted[:k]
        if self._holds(x, money):
            return _rounded(wanted)
        from scipy.optimize import linprog

        # Minimise Σ|y − x| with y = x + up − down.
        rows = [[*row.weights, *(-w for w in row.weights)] for row in self.rows]
        most = [row.most - float(np.dot(row.weights, x)) for row in self.rows]
        total, rest = [1.0] * k + [-1.0] * k, money - float(x.sum())
        equal: dict[str, Any] = {"A_eq": [total], "b_eq": [rest]} if self.spend_all else {}
        if not self.spend_all:
            rows, most = [*rows, total], [*most, rest]
        up = [(0.0, self.high[i] - x[i]) for i in range(k)]
        down = [(0.0, x[i] - self.low[i]) for i in range(k)]
        found = linprog([1.0] * 2 * k, A_ub=rows or None, b_ub=most or None, bounds=[*up, *down], method="highs", **equal)
        if not found.success:
            return None
        moved = np.asarray(found.x, np.float64)
        wanted[:k] = x + moved[:k] - moved[k:]
        return _rounded(wanted)

    def _holds(self, x: Floats, money: float) -> bool:
        slack = _TINY * max(1.0, abs(money))
        total = float(x.sum())
        inside = abs(total - money) <= slack if self.spend_all else total <= money + slack
        return inside and all(float(np.dot(row.weights, x)) <= row.most + _TINY * max(1.0, abs(row.most)) for row in self.rows)

    def furthest(self, x: Floats, direction: Floats, step: float, money: float) -> float:
        """How far, at most `step`, one may go from amounts `x` in a direction."""
        far = step
        for i, d in enumerate(direction):
            room = self.high[i] - x[i] if d > 0.0 else x[i] - self.low[i]
            far = far if d == 0.0 else min(far, room / abs(d))
        whole = [Row((1.0,) * self.amounts, money)] if not self.spend_all else []
        for row in (*self.rows, *whole):
            speed = float(np.dot(row.weights, direction))
            if speed > _TINY:
                far = min(far, (row.most - float(np.dot(row.weights, x))) / speed)
        return max(0.0, far)


@dataclass
class Found:
    """Every point that was played, and what came of it in each unit of luck."""

    units: dict[Point, Floats] = field(default_factory=dict)  # in all futures of the search
    few: dict[Point, Floats] = field(default_factory=dict)  # in the first of them only
    score: Callable[[Floats], float] = field(default=lambda values: float(np.mean(values)))

    def best(self, among: Sequence[Point] | None = None) -> Point:
        """The point of the highest score; of equals the one played first."""
        return max(self.units if among is None else among, key=lambda point: self.score(self.units[point]))

    @property
    def ranked(self) -> list[Point]:
        """All points played in all futures, best first."""
        return sorted(self.units, key=lambda point: -self.score(self.units[point]))


class Search:
    """Plays points and remembers them; `room(point)`: the money there is for the amounts of a point, whose other variables cost the rest."""

    def __init__(
        self,
        space: Space,
        play: Play,
        room: Callable[[Point], float],
        score: Callable[[Floats], float] | None = None,
        futures: int = FUTURES,
    ) -> None:
        self.space, self._play, self._room, self._futures = space, play, room, futures
        self.found = Found() if score is None else Found(score=score)

    def play(self, points: Sequence[Point], futures: int | None = None) -> None:
        """Play those of the points that were not played yet."""
        futures = self._futures if futures is None else futures
        known = self.found.units if futures == self._futures else {**self.found.units, **self.found.few}
        new = [point for point in dict.fromkeys(points) if point not in known and self.space.allows(point)]
        if not new:
            return
        into = self.found.units if futures == self._futures else self.found.few
        into |= dict(zip(new, self._play(new, futures), strict=True))

    def allowed(self, point: ArrayLike) -> Point | None:
        """The allowed point nearest to this one."""
        wanted = _rounded(point)
        return self.space.nearest(wanted, self._room(wanted)) if self.space.allows(wanted) else None

    def begin(self, starts: Sequence[Point]) -> None:
        """Play starts, each lever alone at half and all of the money, and the best sum of these curves.

        Raises StudyError where no split keeps the constraints.
        """
        allowed = [found for one in starts if (found := self.allowed(one)) is not None]
        if not allowed:
            raise StudyError("constraints: found no split that keeps all of them, must leave at least one")
        self.play(allowed)
        centre = self.found.best(allowed)
        curves = self._curves(centre)
        self.play([point for curve in curves for _, point in curve])
        if (sum_of := self._best_sum(centre, curves)) is not None:
            self.play([sum_of])

    def _curves(self, centre: Point) -> list[list[tuple[float, Point]]]:
        """For each amount the points with half and all of the money on it alone, as far as that is allowed."""
        money, found = self._room(centre), []
        for i in range(self.space.amounts):
            curve = []
            for part in (0.5, 1.0):
                wanted = np.array(centre)
                wanted[: self.space.amounts] = self.space.low[: self.space.amounts]
                wanted[i] = min(part * money, self.space.high[i])
                point = self.allowed(wanted)
                if point is not None and point[i] > self.space.low[i]:
                    curve.append((point[i], point))
            found.append(curve)
        return found

    def _best_sum(self, centre: Point, curves: Sequence[Sequence[tuple[float, Point]]]) -> Point | None:
        """The best point of a market whose value were the sum of its levers' curves, piecewise linear and concave."""
        k = self.space.amounts
        bottom = self.allowed([*self.space.low[:k], *centre[k:]])
        if bottom is None or k < 2:
            return None
        self.play([bottom])
        at = self.found.score(self.found.units[bottom])
        gain, size, lever = [], [], []
        for i, curve in enumerate(curves):
            ends = [(bottom[i], at), *sorted((spend, self.found.score(self.found.units[point])) for spend, point in curve)]
            for (x0, y0), (x1, y1) in _hull(ends):
                gain.append((y1 - y0) / (x1 - x0))
                size.append(x1 - x0)
                lever.append(i)
        if not gain:
            return None
        from scipy.optimize import linprog

        money = self._room(centre)
        rows = [[row.weights[i] for i in lever] for row in self.space.rows]
        most = [row.most - float(np.dot(row.weights, bottom[:k])) for row in self.space.rows]
        found = linprog(
            [-g for g in gain],
            A_ub=[*rows, [1.0] * len(gain)],
            b_ub=[*most, money - sum(bottom[:k])],
            bounds=[(0.0, s) for s in size],
            method="highs",
        )
        if not found.success:
            return None
        wanted = np.array(bottom)
        np.add.at(wanted, lever, np.asarray(found.x))
        return self.allowed(wanted)

    def climb(self, centre: Point, rounds: int = ROUNDS) -> Point:
        """Move from a point until no move of the shortest step helps."""
        step, last = FIRST_STEP, None
        for _ in range(rounds):
            moves = [point for point in self._moves(centre, step, last) if point != centre]
            if self._futures > FEW:
                self.play([*moves, centre], FEW)
                moves = self._promising(centre, moves)
            self.play(moves)
            moves = [point for point in moves if point in self.found.units]
            best = self.found.best([centre, *moves])
            if best == centre:
                if step <= LAST_STEP:
                    break
                step = max(step / 2.0, LAST_STEP)
            last, centre = (None if best == centre else np.subtract(best, centre)), best
        return centre

    def _promising(self, centre: Point, moves: Sequence[Point]) -> list[Point]:
        """The better part of the moves by their first futures."""
        known = {point: self._first_score(point) for point in dict.fromkeys(moves) if self.space.allows(point)}
        ranked = sorted(known, key=lambda point: -known[point])
        return ranked[: max(2, math.ceil(KEPT * len(ranked)))]

    def _first_score(self, point: Point) -> float:
        values = self.found.few.get(point)
        if values is None:
            whole = self.found.units[point]
            values = whole[: max(1, whole.size * FEW // self._futures)]
        return self.found.score(values)

    def _moves(self, centre: Point, step: float, last: Floats | None) -> list[Point]:
        """All points one step away, and two steps along the move that helped last."""
        space, k = self.space, self.space.amounts
        wanted: list[Floats] = [np.add(centre, last)] if last is not None else []
        money, x = self._room(centre), np.array(centre[:k])
        long = step * max(money, 0.0)
        for give in range(k + 1):  # k: what is kept
            for take in range(k + 1):
                if give == take or (space.spend_all and k in (give, take)):
                    continue
                direction = np.zeros(k)
                direction[give : give + 1] -= 1.0
                direction[take : take + 1] += 1.0
                far = space.furthest(x, direction, long, money)
                if far > 0.01 * long:
                    moved = np.array(centre)
                    moved[:k] += far * direction
                    wanted.append(moved)
        for i in range(k, len(centre)):
            if i in space.switches:
                changed = [1.0 - centre[i]]
            else:
                width = step * (space.high[i] - space.low[i])
                changed = [max(space.low[i], centre[i] - width), min(space.high[i], centre[i] + width)]
            for value in changed:
                moved = np.array(centre)
                moved[i] = value
                wanted.append(self._refilled(moved, money) if i in space.switches else moved)
        return [found for one in wanted if (found := self.allowed(one)) is not None]

    def _refilled(self, moved: Floats, money: float) -> Floats:
        """The amounts scaled to the money that a switch leaves: on lets go of some, off sets it free."""
        room, k = self._room(_rounded(moved)), self.space.amounts
        if k and money > 0.0 and room > 0.0:
            moved[:k] = np.clip(moved[:k] * room / money, self.space.low[:k], self.space.high[:k])
        return moved

    def run(self, starts: Sequence[Point], rounds: int = ROUNDS) -> Found:
        """The whole search: starts, then the moves from the best of them, and from the best that is far from these."""
        self.begin(starts)
        first = self.found.ranked
        chosen = first[:1]
        for point in first[1:]:
            if len(chosen) < PEAKS and all(self._apart(point, one) for one in chosen):
                chosen.append(point)
        for point in chosen:
            self.climb(point, rounds)
        return self.found

    def _apart(self, one: Point, other: Point) -> bool:
        """Whether two points are further apart than two first steps."""
        k = self.space.amounts
        money = max(self._room(one), _TINY)
        moved = sum(abs(a - b) for a, b in zip(one[:k], other[:k], strict=True)) / money
        others = sum(
            abs(a - b) / max(self.space.high[i + k] - self.space.low[i + k], _TINY)
            for i, (a, b) in enumerate(zip(one[k:], other[k:], strict=True))
        )
        return moved + others > 2.0 * FIRST_STEP


def _rounded(point: ArrayLike) -> Point:
    """A point whose numbers have so many digits that equal ones are the same."""
    return tuple(float(f"{value:.{_DIGITS}g}") + 0.0 for value in np.asarray(point, np.float64).tolist())


def _hull(ends: Sequence[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The pieces of the least concave curve above some points, from left to right.

    >>> _hull([(0.0, 0.0), (1.0, 1.0), (2.0, 4.0)])
    [((0.0, 0.0), (2.0, 4.0))]
    """
    kept: list[tuple[float, float]] = []
    for x, y in ends:
        if kept and x <= kept[-1][0] + _TINY:
            continue
        while len(kept) > 1 and (y - kept[-1][1]) * (kept[-1][0] - kept[-2][0]) >= (kept[-1][1] - kept[-2][1]) * (
            x - kept[-1][0]
        ):
            kept.pop()
        kept.append((x, y))
    return list(pairwise(kept))
