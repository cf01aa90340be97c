"""The market in which a budget is split: plays splits under the same luck, counts what they cost, and compares the best on fresh luck.

In: levers, a question, the options of a study. Out: the best split and those it is compared with, their futures on luck that the search did not
use, what may be said of the differences, what more or less money would bring. A split that costs more than the budget (a programme that
more people join) is played with less, in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.planning import pairs
from ladsim.planning.allocate_tables import Told, block_differences, rows_of_money
from ladsim.planning.budget_levers import Levers
from ladsim.planning.budget_question import Question
from ladsim.planning.confidence_sequences import FEWEST_UNITS
from ladsim.planning.extra import money_spent
from ladsim.planning.options import StudyOptions
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications
from ladsim.planning.run import together
from ladsim.planning.run import until_sure as played_until_sure
from ladsim.planning.split_search import FUTURES, Point, Search, Space
from ladsim.planning.until_sure import UntilSure
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE

Floats = NDArray[np.float64]
BEST, WITHOUT = "best", BASE
OVER = 0.005  # of the budget: by so much a split may cost more in the mean
NUDGE = 0.05  # of the budget
FRONTIER = (0.25, 0.5, 0.75, 1.0, 1.25)  # of the budget
SIDE_FUTURES = 60  # of the frontier and of the next thousand, at the most
CLOSE = 3  # next best splits that are played on fresh luck


def less(run: Replications, other: Replications) -> Floats:
    """What one costs beyond the other, future by future."""
    both = min(run.count, other.count)
    return np.asarray(money_spent(run)[:both] - money_spent(other)[:both])


class BudgetMarket:
    """Plays splits of one market, and remembers what they cost."""

    def __init__(self, levers: Levers, asked: Question, options: StudyOptions) -> None:
        self.levers, self._asked, self._options = levers, asked, options
        low = tuple(one.low * one.scale for one in levers.all)
        high = tuple(min(one.high * one.scale, asked.budget) if one.kind == "amount" else one.high for one in levers.all)
        rows = asked.rows(levers)
        switches = frozenset(levers.switches.values())
        self._space = Space(low, high, levers.amounts, rows, switches, asked.spend_all, levers.apart())
        own = [place for place, one in enumerate(levers.all) if one.kind == "amount" and one.strategy is None]
        self.nothing = "nothing" if own else WITHOUT
        self._zero: Point = tuple(
            0.0 if one.kind != "number" else one.now for one in levers.all
        )  # numbers as the file has them cost nothing by themselves
        self._rest: dict[Point, float] = {}  # what all but the amounts costs, by the values of all but the amounts
        self._really: dict[Point, Point] = {}  # the split that was played in place of one that cost too much
        self._none: Replications | None = None
        self._search: Search | None = None
        self.tried = 0

    def _scenario(self, points: Mapping[str, Point | None]) -> Scenario:
        """The market with a strategy for each split."""
        source = self.levers.scenario
        strategies = {
            name: self.levers.nothing() if point is None else self.levers.strategy(point, name) for name, point in points.items()
        }
        return source.model_copy(update={"strategies": strategies})

    def _run(self, points: Mapping[str, Point | None], futures: int, fresh: int = 0) -> dict[str, Replications]:
        """So many futures of each split."""
        scenario = self._scenario(points)
        own: StudyOptions = {
            **self._options, "overrides": {}, "replications": futures, "months_after": 0, "seed": self._options["seed"] + fresh,
        }  # fmt: skip
        runs = together(scenario, list(points), **own)
        if any(run.interrupted for run in runs.values()):
            raise KeyboardInterrupt
        return runs

    def _values(self, run: Replications) -> Floats:
        return np.array([self._asked.worth(one) for one in run.summaries])

    def _play(self, points: Sequence[Point], futures: int) -> list[Floats]:
        """The values of splits in the futures of the search; of one that costs too much, those of the nearest that does not."""
        if self._none is None:
            self._none = self._run({"p0": None}, FUTURES)["p0"]
        found: dict[Point, Floats] = {}
        left = {point: self._really.get(point, point) for point in points}
        for last in (False, True):
            names = {f"p{number}": point for number, point in enumerate(left)}
            runs = self._run({name: left[point] for name, point in names.items()}, futures)
            again: dict[Point, Point] = {}
            for name, point in names.items():
                run, real = runs[name], left[point]
                cost = float(less(run, self._none.first(futures)).mean())
                self._rest[self._apart(real)] = cost - sum(real[: self.levers.amounts])
                over = cost > self._asked.budget * (1.0 + OVER)
                nearest = self._space.nearest(self._scaled(real), self.room(real)) if over and not last else None
                if nearest is not None and nearest != real:
                    again[point] = nearest
                    continue
                found[point] = np.full(run.count, -np.inf) if over else self._values(run)
                self._really[point] = real
            left = again
            if not left:
                break
        self.tried += len(points)
        return [found[point] for point in points]

    def _apart(self, point: Point) -> Point:
        """All of a point but the sizes of its amounts: what is 0 may cost no set-up."""
        k = self.levers.amounts
        return (*(float(x > 0.0) for x in point[:k]), *point[k:])

    def room(self, point: Point) -> float:
        """The money for the amounts of a point, as far as is known yet."""
        kind = self._apart(point)
        rest = self._rest.get(kind)
        if rest is None:
            switches = list(self.levers.switches.values())
            alike = [cost for known, cost in self._rest.items() if all(known[at] == kind[at] for at in switches)]
            rest = alike[-1] if alike else 0.0
        return self._asked.budget - rest

    def _scaled(self, point: Point) -> Point:
        """A point with its amounts in proportion to the money that there is for them."""
        k, spent, room = self.levers.amounts, sum(point[: self.levers.amounts]), self.room(point)
        by = min(1.0, max(0.0, room) / spent) if spent > 0.0 else 1.0
        return (*(x * by for x in point[:k]), *point[k:])

    def search(self) -> tuple[Point, dict[str, Point]]:
        """The best split on the luck of the search, and those that it is compared with."""
        k, levers = self.levers.amounts, self.levers
        equal = tuple(
            self._asked.budget / k if place < k else one.now if one.kind == "number" else 0.0
            for place, one in enumerate(levers.all)
        )
        starts = {"equal": equal, "nothing": self._zero}
        if levers.switches and not levers.apart():
            starts["equal"] = tuple(1.0 if one.kind == "switch" else x for one, x in zip(levers.all, equal, strict=True))
            starts["equal_off"] = equal
        files = {f"file {name}": point for name, point in levers.file_points().items()}
        singles = {
            f"only {one.key}": tuple(
                other.now
                if other.kind == "number"
                else 0.0
                if at != place
                else self._asked.budget
                if one.kind == "amount"
                else 1.0
                for at, other in enumerate(levers.all)
            )
            for place, one in enumerate(levers.all)
            if one.kind != "number"
        }
        named = starts | files | singles
        self._search = search = Search(self._space, self._play, self.room, self._asked.score, FUTURES)
        begun = {
            name: search.allowed(point) for name, point in named.items()
        }  # as they are played: later the room is known better
        found = search.run(list(named.values()))
        ranked = [point for point in found.ranked if math.isfinite(self._asked.score(found.units[point]))]
        if not ranked:
            raise StudyError(
                f"budget: found {self._asked.budget:,.10g}, which is less than each of the splits costs; must be enough for one of them"
            )
        best = self._really[ranked[0]]
        contenders: dict[str, Point] = {BEST: best}
        for names, called in ((["equal"], ""), (list(files), ""), (list(singles), "")):
            played = {name: point for name in names if (point := begun[name]) is not None and point in found.units}
            fits = {name: point for name, point in played.items() if np.isfinite(found.units[point]).all()}
            if fits:
                name = max(fits, key=lambda one: self._asked.score(found.units[fits[one]]))
                contenders[called or name] = self._really[fits[name]]
        if sum(best[:k]) < 0.97 * self.room(best) and k:
            whole = [p for p in ranked if sum(self._really[p][:k]) >= 0.97 * self.room(self._really[p])]
            if whole:
                contenders["all spent"] = self._really[whole[0]]
        for number, point in enumerate([self._really[p] for p in ranked if self._really[p] != best][:CLOSE], 1):
            contenders[f"next {number}"] = point
        for place in range(k):
            nudged = self._nudged(best, place)
            if nudged is not None:
                contenders[f"more {levers.all[place].key}"] = nudged
        return best, contenders

    def _nudged(self, best: Point, place: int) -> Point | None:
        """The split with a twentieth of the budget more on one amount, taken from the others or from what is kept."""
        k, room = self.levers.amounts, self.room(best)
        more = min(NUDGE * self._asked.budget, self._space.high[place] - best[place])
        others = sum(best[:k]) - best[place]
        free = max(0.0, room - sum(best[:k]))
        take = max(0.0, more - free)
        if more <= 0.0 or take > others:
            return None
        moved = tuple(
            x + more if at == place else x * (1.0 - take / others) if at < k and take > 0.0 else x for at, x in enumerate(best)
        )
        nearest = self._space.nearest(moved, room)
        return nearest if nearest is not None and nearest != best else None

    def fresh(self, best: Point, contenders: dict[str, Point]) -> tuple[dict[str, Replications], dict[str, Told], int]:
        """The splits on luck not used before: their futures, what the best is ahead of each, and how many futures there were."""
        points: dict[str, Point | None] = {**once(contenders), **({"nothing": None} if self.nothing != WITHOUT else {})}
        names = {f"s{number}": name for number, name in enumerate(points)}
        scenario = self._scenario({short: points[name] for short, name in names.items()})
        own: StudyOptions = {**self._options, "overrides": {}, "months_after": 0, "seed": self._options["seed"] + 1}
        called = {**names, WITHOUT: WITHOUT}
        if self._asked.risk == "mean":
            assert self._search is not None
            within = None if self._asked.value == (("profit", 1.0),) else 0.01 * abs(
                self._asked.score(self._search.found.units[self._search.found.best()])
            )  # fmt: skip
            terms = UntilSure(within, max(2, own["replications"]))
            played, sure = played_until_sure(scenario, [None, *names], terms, None, lambda _, one: self._asked.worth(one), **own)
            runs = {called[short]: run for short, run in played.items()}
            told = {
                called[short]: Told.of(
                    sure.judgement.differences.get(("s0", short)), min(sure.futures["s0"], sure.futures[short]), short == "s0"
                )
                for short in ("s0", WITHOUT, *list(names)[1:])
            }
        else:
            runs = {called[short]: run for short, run in together(scenario, [None, *names], **own).items()}
            values = {name: self._values(run) for name, run in runs.items()}
            told = {
                name: Told.of(
                    block_differences(values[BEST], values[name], self._asked.score, len(runs)), runs[BEST].count, name == BEST
                )
                for name in (BEST, WITHOUT, *(one for one in runs if one not in (BEST, WITHOUT)))
            }
        runs = {name: runs[name] for name in told}
        told = {name: self._plain(one, runs[BEST], runs[name]) for name, one in told.items()}
        for name, point in contenders.items():  # the same split by another name
            if name not in runs:
                twin = next(one for one in points if points[one] == point)
                runs[name], told[name] = (
                    runs[twin],
                    told[twin] if twin != BEST else Told.of(Estimate(0.0, 0.0, 0.0), told[BEST].futures, False),
                )
        return runs, told, max(run.count for run in runs.values())

    def _plain(self, told: Told, ours: Replications, theirs: Replications) -> Told:
        """The mean of the futures that both have, where there is no interval yet: that of a few blocks of them is no better."""
        if told.told != "open" or math.isfinite(told.ahead.low):
            return told
        both = min(ours.count, theirs.count)
        apart = np.round(self._values(ours)[:both] - self._values(theirs)[:both], 6)
        if (apart == apart[0]).all() and (both >= FEWEST_UNITS or apart[0] == 0.0):  # by so much in every future
            return Told.of(Estimate(*(float(apart[0]),) * 3), both, False)
        ahead = self._asked.score(self._values(ours)[:both]) - self._asked.score(self._values(theirs)[:both])
        return Told(told.ahead._replace(value=ahead), "open", both)

    def beside(self, best: Point) -> tuple[pd.DataFrame, dict[str, Estimate]]:
        """The frontier of money against result, and what the next thousand brings on each amount: fresh luck, a fixed number of futures."""
        k, budget, futures = self.levers.amounts, self._asked.budget, min(self._options["replications"], SIDE_FUTURES)
        points = {"best": best}
        for part in FRONTIER:
            points[f"part {part:g}"] = self._of_part(best, part)
        step = NUDGE * budget
        for place in range(k):
            points[f"next {place}"] = tuple(x + step if at == place else x for at, x in enumerate(best))
        runs = self._run({"zero": None, **once(points)}, futures, 1)
        runs |= {
            name: runs[next(one for one in runs if points.get(one) == point)]
            for name, point in points.items()
            if name not in runs
        }
        paired = bool(len(runs["best"].parameters.columns))
        values = {name: self._values(run) for name, run in runs.items()}
        nexts = {
            self.levers.all[place].key: Estimate(
                *(1000.0 / step * end for end in pairs.mean(values[f"next {place}"] - values["best"], paired))
            )
            for place in range(k)
        }
        rows = []
        for part in FRONTIER:
            name = f"part {part:g}"
            cost = float(less(runs[name], runs["zero"]).mean())
            gain = pairs.mean(values[name] - values["zero"], paired)
            rows.append([part, cost, self._asked.score(values[name]), *gain])
        return rows_of_money(rows), nexts

    def _of_part(self, best: Point, part: float) -> Point:
        """The best split known that costs no more than a part of the budget; the best itself with more money in proportion."""
        k, money = self.levers.amounts, part * self._asked.budget
        if part == 1.0 or not k:
            return best if part >= 1.0 or self._cost(best) <= money else self._zero
        spent = sum(best[:k])
        rest = self._cost(best) - spent
        by = (money - rest) / spent if spent > 0.0 else 0.0
        if part > 1.0:
            return (*(x * by for x in best[:k]), *best[k:])
        assert self._search is not None
        found = self._search.found
        fits = [point for point in found.units if self._cost(self._really[point]) <= money]
        if by > 0.0:
            smaller = (*(x * by for x in best[:k]), *best[k:])
            self._search.play([smaller])
            if smaller in found.units and np.isfinite(found.units[smaller]).all():
                fits.append(smaller)
        return self._really[found.best(fits)] if fits else self._zero

    def _cost(self, point: Point) -> float:
        return sum(point[: self.levers.amounts]) + self._rest.get(self._apart(point), 0.0)

    def close_to(self, best: Point, told: Mapping[str, Told]) -> list[Point]:
        """Splits that cannot be told from the best on the luck of the search: their paired differences have 0 within two standard errors."""
        assert self._search is not None
        units = self._search.found.units
        ours = next(values for point, values in units.items() if self._really[point] == best)
        found = [best]
        for point, values in units.items():
            if np.isfinite(values).all():
                behind = pairs.mean(ours - values, bool(ours.size % 2 == 0))
                if behind.low <= 0.0:
                    found.append(self._really[point])
        return found

    def rows(self, contenders: Mapping[str, Point]) -> pd.DataFrame:
        """What each split does, lever by lever."""
        rows = [
            [name, one.key, self.levers.value(place, point)]
            for name, point in contenders.items()
            for place, one in enumerate(self.levers.all)
        ]
        return pd.DataFrame(rows, columns=["split", "lever", "value"])


def once(points: Mapping[str, Point]) -> dict[str, Point]:
    """Each split once, by its first name."""
    found: dict[str, Point] = {}
    for name, point in points.items():
        if point not in found.values():
            found[name] = point
    return found
