"""What it would take: the smallest change of one number that reaches a target with a given probability.

In: what is wanted (people on a rung, or steps taken, at a month), how sure it must be, and the numbers that one may change, each within
limits: the spend of every campaign, or those that are named. Out: a `Backward`: for each of them alone the smallest change that does it,
or the best that it can do; for all of them at once how far each must go, or the most that can be reached, where that is not enough.

Answers need not be monotone (too many letters annoy), so nine values of each number are played first; then the first one that reaches
the target is closed in upon by halving, on the same luck. A value reaches it where so many of n futures do as ``pairs.rank`` asks, which is
a few more than the probability: the value is chosen among these futures. The answer is then played on luck that was not used to find
it (the next seed), and it is that probability, with its interval, which is told. Where it falls short of what is asked, the next value
that was tried on that side is played, on luck that nothing was played on before, up to `FURTHER` times; where that falls short as well,
the answer is that the target is nearly reached, never that it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import Problem, ScenarioError, StudyError, nearest
from ladsim.planning.attainment import Attainment
from ladsim.planning.options import StudyOptions
from ladsim.planning.pairs import Estimate, probability, rank
from ladsim.planning.replications import Replications
from ladsim.planning.run import varied
from ladsim.planning.same_budget import address
from ladsim.scenario.address import NumberAt, numbers, step_names
from ladsim.scenario.distributions import middle
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario

SURE = 0.8
MOST_SEARCHED = 40  # futures of each value that is tried; the answer is played for all that were asked for
FIRST = 16  # of them: a value that misses in too many of these is tried no further
TIMES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)  # of today's spend: nine values
POINTS = 9
HALVINGS = 5
FURTHER = 3  # values beyond the one found that are played, where that one falls short on luck not used to find it


@dataclass(frozen=True)
class Want:
    """Something wanted at a month."""

    name: str  # of a rung, or FROM.TO
    number: float
    is_step: bool = False


@dataclass(frozen=True)
class Asked:
    """What is asked backward."""

    wants: tuple[Want, ...]
    sure: float = SURE
    change: tuple[tuple[str, float, float], ...] = ()  # keys with their limits; none: the spend of every campaign

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "wants": [[w.name, w.number, w.is_step] for w in self.wants],
            "sure": self.sure,
            "change": [list(c) for c in self.change],
        }


@dataclass(frozen=True)
class Lever:
    """A number that may be changed, and the values that are tried."""

    number: NumberAt
    now: float
    values: tuple[float, ...]

    @property
    def key(self) -> str:
        """Its dotted key."""
        return self.number.key


@dataclass(frozen=True)
class Backward:
    """What it would take to reach a target.

    ==========  ==================================================================================================================
    table       columns
    ==========  ==================================================================================================================
    ``levers``  lever, now, lowest, highest, answer, needed, reached_to, best, probability (+ _low, _high), extra_spend; where none
                does it alone the last row is "all": every one at once
    ``tried``   lever, value, probability (+ _low, _high), reached: every value that was played
    ==========  ==================================================================================================================
    """

    asked: Asked
    month: float
    now: Estimate  # the probability of what is wanted as things are
    levers: pd.DataFrame
    tried: pd.DataFrame
    seconds: float = 0.0  # that it took


def wants_of(texts: Sequence[str], scenario: Scenario) -> tuple[Want, ...]:
    """What is wanted, from texts such as ``ambassador=500``: a rung (its name or label) or a step (FROM.TO), and how many.

    Raises StudyError with what was found and what is allowed.

    >>> import ladsim
    >>> wants_of(["Ambassador=500", "prospect.customer=900"], ladsim.load("acquisition_vs_retention"))
    (Want(name='ambassador', number=500.0, is_step=False), Want(name='prospect.customer', number=900.0, is_step=True))
    """
    rungs = {word.casefold(): rung.name for rung in scenario.rungs for word in (rung.label, rung.name) if word}
    exact = step_names(scenario)
    steps = {name.casefold(): name for name in (*exact, *(".".join(name.split(".")[:2]) for name in exact))}
    found = []
    for text in texts:
        name, equals, said = (part.strip() for part in text.partition("="))
        known = rungs.get(name.casefold()) or steps.get(name.casefold())
        if known is None or not equals:
            allowed = f"must be RUNG=NUMBER or FROM.TO=NUMBER, of {', '.join([*dict.fromkeys(rungs.values()), *steps.values()])}"
            raise StudyError(str(Problem("want", repr(text), allowed, nearest(name, [*rungs.values(), *steps.values()]))))
        try:
            number = float(said.replace("_", ""))
        except ValueError:
            raise StudyError(f"want: found {text!r}, must be RUNG=NUMBER or FROM.TO=NUMBER, such as {known}=500") from None
        found.append(Want(known, number, name.casefold() not in rungs))
    return tuple(found)


def ways_of(names: Sequence[str], step: str) -> list[int]:
    """The places of a step among the names of a history: ``FROM.TO`` means all that can set it off.

    >>> ways_of(("a.b.time", "a.b.message", "b.c"), "a.b"), ways_of(("a.b.time", "a.b.message", "b.c"), "a.b.time")
    ([0, 1], [0])
    """
    return [at for at, name in enumerate(names) if name == step or (step.count(".") == 1 and name.startswith(f"{step}."))]


def refuse_nonsense(asked: Asked, scenario: Scenario, futures: int, paired: bool) -> None:
    """Raise StudyError where something is asked that cannot be."""
    for want in asked.wants:
        if not 0.0 <= want.number < math.inf:
            raise StudyError(f"want: found {want.name}={want.number:g}, must be a number of people from 0")
        if not want.is_step and want.number > scenario.market_size:
            raise StudyError(
                f"want: found {want.name}={want.number:,.0f}, must be at most {scenario.market_size:,}, as many people as the whole market has"
            )
    if not 0.0 < asked.sure < 1.0:
        raise StudyError(f"sure: found {asked.sure:g}, must be a probability above 0 and below 1, such as 0.8")
    searched = min(futures, MOST_SEARCHED)
    if rank(asked.sure, searched, paired) > searched:
        most = next((p / 100 for p in range(99, 0, -1) if rank(p / 100, searched, paired) <= searched), 0.0)
        raise StudyError(f"sure: found {asked.sure:g}, must be at most {most:g}, which is what {searched} futures can show")


def levers_of(scenario: Scenario, strategy: str | None, change: Sequence[tuple[str, float, float]]) -> list[Lever]:
    """The numbers that may be changed. Raises StudyError for a key that is not there, limits that are none, or no lever."""
    known, name = numbers(scenario), None if strategy is None or strategy not in scenario.strategies else strategy
    if change:
        return [_named(scenario, name, known, *one) for one in change]
    homes = ["campaigns."] + ([f"strategies.{name}.campaigns."] if name is not None else [])
    spends = [
        n for key, n in known.items() if key.startswith(tuple(homes)) and n.path[-1] == "monthly_spend" and middle(n.value) > 0.0
    ]
    if not spends:
        raise StudyError("change: found no campaign that spends anything, must name the numbers that may change, as KEY=LOW:HIGH")
    return [Lever(one, middle(one.value), tuple(_tidy(t * middle(one.value)) for t in TIMES)) for one in spends]


def _named(scenario: Scenario, strategy: str | None, known: Mapping[str, NumberAt], key: str, low: float, high: float) -> Lever:
    try:
        number = address(scenario, strategy, key) if strategy is not None else known.get(key)
    except (ScenarioError, StudyError):
        number = None
    if number is None:
        allowed = "must be the dotted key of a number (`ladsim show SCENARIO --addresses` lists them)"
        raise StudyError(str(Problem("change", repr(key), allowed, nearest(key, list(known)))))
    if not (low < high and all(math.isfinite(x) and number.limits.holds(x) for x in (low, high))):
        raise StudyError(
            f"change: found {key}={low:g}:{high:g}, must be LOW:HIGH with LOW below HIGH, each {number.limits.words()}"
        )
    values = tuple(_tidy(low + (high - low) * place / (POINTS - 1)) for place in range(POINTS))
    return Lever(number, middle(number.value), values)


def _tidy(value: float) -> float:
    return float(f"{value:.6g}")


def backward(
    scenario: Scenario, strategy: str | None, month: float, asked: Asked, now: Replications, options: StudyOptions
) -> Backward:
    """What it would take; `now`: the futures as things are, of the setting in `options`."""
    began = time.perf_counter()
    changed = override(scenario, options["overrides"] or {})
    refuse_nonsense(asked, changed, now.count, bool(len(now.parameters.columns)))
    search = _Search(scenario, strategy, month, asked, now, options)
    levers = levers_of(changed, strategy, asked.change)
    here = search.judged(now)
    if search.is_reached(now):
        rows = [
            [one.key, one.now, one.values[0], one.values[-1], "already", one.now, math.nan, one.now, *here, 0.0] for one in levers
        ]
    else:
        rows = search.alone(levers)
        answers = [row[4] for row in rows]
        if "reached" not in answers and answers != ["nearly"]:  # a single number has nothing beside it
            rows.append(search.all_at_once(levers))
    names = ["lever", "now", "lowest", "highest", "answer", "needed", "reached_to", "best"]
    ends = ["probability", "probability_low", "probability_high"]
    return Backward(
        asked,
        month,
        here,
        pd.DataFrame(rows, columns=[*names, *ends, "extra_spend"]),
        pd.DataFrame(search.tried, columns=["lever", "value", *ends, "reached"]),
        time.perf_counter() - began,
    )


class _Tried(NamedTuple):
    """What came of one value."""

    enough: bool  # the futures reach what is wanted with the probability asked for
    chance: Estimate
    margin: float  # by what part of what is wanted they have more, in the mean


class _Told(NamedTuple):
    """A value on luck that was not used to find it."""

    value: float
    holds: bool  # so many of these futures, too, reach what is wanted as was asked
    run: Replications


class _Search:
    """Plays values of levers, and remembers what came of them."""

    def __init__(
        self, scenario: Scenario, strategy: str | None, month: float, asked: Asked, now: Replications, options: StudyOptions
    ) -> None:
        self._scenario, self._strategy, self._month, self._asked, self._now = scenario, strategy, month, asked, now
        self._options, self._wide = options, min(now.count, MOST_SEARCHED)
        self.tried: list[list[Any]] = []
        self._found: dict[str, dict[float, _Tried]] = {}

    def hits(self, run: Replications) -> NDArray[np.bool_]:
        """In which futures all that is wanted is there."""
        return np.asarray(self._margins(run) >= 0.0, np.bool_)

    def _margins(self, run: Replications) -> NDArray[np.float64]:
        """By what part of what is wanted each future has more, (N,); below 0 what is missing where most is."""
        reached = Attainment(run.histories, bool(len(run.parameters.columns)), as_market=True)
        place, met = reached.month(self._month), []
        for want in self._asked.wants:
            if want.is_step:
                ways = ways_of(reached.first.step_names, want.name)
                values, more = reached.taken[:, place, ways].sum(axis=1), reached.step_wants_more(ways[0])
            else:
                at = reached.first.rung_names.index(want.name)
                values, more = reached.people[:, place, at], reached.rung_wants_more(at)
            met.append((values - want.number if more else want.number - values) / max(want.number, 1.0))
        return np.asarray(np.min(met, axis=0), np.float64)

    def judged(self, run: Replications) -> Estimate:
        """The probability of what is wanted."""
        return probability(self.hits(run), bool(len(run.parameters.columns)))

    def is_reached(self, run: Replications) -> bool:
        """Whether enough of the futures have it, so that a new one will with the probability asked for."""
        paired = bool(len(run.parameters.columns))
        return int(self.hits(run).sum()) >= rank(self._asked.sure, run.count, paired)

    def play(self, changes: Sequence[Mapping[str, float]], futures: int, fresh: int = 0) -> list[Replications]:
        """Futures of the market with each of these changes; `fresh`: on the first, second … luck beside that of the search."""
        if not changes:
            return []
        seed = self._options["seed"] + fresh
        own: StudyOptions = {**self._options, "seed": seed, "replications": futures, "months_after": 0}
        runs = [next(iter(one.values())) for one in varied(self._scenario, [self._strategy], changes, **own)]
        if any(run.interrupted for run in runs):
            raise KeyboardInterrupt
        return runs

    def values(self, name: str, changes: Mapping[float, Mapping[str, float]]) -> Iterator[tuple[float, Mapping[str, float]]]:
        """Those of a lever that are still to be tried."""
        known = self._found.setdefault(name, {})
        return ((value, change) for value, change in changes.items() if value not in known)

    def try_all(self, wanted: Sequence[tuple[str, Mapping[float, Mapping[str, float]]]]) -> None:
        """Try values of several levers in one pool."""
        work = [(name, value, change) for name, changes in wanted for value, change in self.values(name, changes)]
        for futures in dict.fromkeys((min(FIRST, self._wide), self._wide)):
            left = []
            for one, run in zip(work, self.play([change for _, _, change in work], futures), strict=True):
                if futures < self._wide and not self._is_out(run):
                    left.append(one)
                    continue
                enough = run.count == self._wide and self.is_reached(run)
                self._found[one[0]][one[1]] = found = _Tried(enough, self.judged(run), float(self._margins(run).mean()))
                self.tried.append([*one[:2], *found.chance, found.enough])
            work = left

    def _is_out(self, run: Replications) -> bool:
        """Whether so many of the first futures miss what is wanted that all the others could not make up for it."""
        needed = rank(self._asked.sure, self._wide, bool(len(run.parameters.columns)))
        return int((~self.hits(run)).sum()) > self._wide - needed

    def alone(self, levers: Sequence[Lever]) -> list[list[Any]]:
        """A row for each lever."""
        self.try_all([(one.key, {value: {one.key: value} for value in one.values}) for one in levers])
        for _ in range(HALVINGS):
            halves = [(one, self._middle(one)) for one in levers]
            self.try_all([(one.key, {half: {one.key: half}}) for one, half in halves if half is not None])
        found = {one.key: self._nearest(one) for one in levers}
        starts = {one.key: (self.best(one) if (value := found[one.key]) is None else value) for one in levers}
        told = self._on_fresh_luck(starts, {one.key: one.now for one in levers}, lambda key, value: {key: value})
        rows = []
        for one in levers:
            value, holds, run = told[one.key]
            # The best value of a lever may do on fresh luck, and in more futures, what it just missed before.
            answer = "reached" if holds else "not_alone" if found[one.key] is None else "nearly"
            last = math.nan if found[one.key] is None else self._reached_to(one, value)
            needed = math.nan if answer == "not_alone" else value
            chance, money = self.judged(run), self._spend(run)
            rows.append([one.key, one.now, one.values[0], one.values[-1], answer, needed, last, self.best(one), *chance, money])
        return rows

    def _on_fresh_luck(
        self, starts: Mapping[str, float], now: Mapping[str, float], change: Callable[[str, float], Mapping[str, float]]
    ) -> dict[str, _Told]:
        """Each value on luck that was not used to find it; where it falls short, the next ones on that side, each on luck of its own.

        `starts`, `now`: the value found and today's, by name; `change`: what a value of a name changes.
        """
        told: dict[str, _Told] = {}
        left = dict(starts)
        for fresh in range(1, FURTHER + 2):
            runs = self.play([change(*one) for one in left.items()], self._now.count, fresh)
            told |= {name: _Told(value, self._holds(run), run) for (name, value), run in zip(left.items(), runs, strict=True)}
            further = {name: self._further(name, told[name].value, now[name]) for name in left if not told[name].holds}
            left = {name: value for name, value in further.items() if value is not None}
        return told

    def _holds(self, run: Replications) -> bool:
        """Whether as large a share of the futures as was asked reaches what is wanted: nothing was chosen among these."""
        return int(self.hits(run).sum()) >= math.ceil(round(self._asked.sure * run.count, 9))

    def _further(self, name: str, value: float, now: float) -> float | None:
        """The next value beyond this one, away from today's, where both reached the target in the search."""
        known, sign = self._found[name], 1.0 if value >= now else -1.0
        beyond = min((x for x in known if sign * (x - value) > 0.0), key=lambda x: abs(x - value), default=None)
        return beyond if beyond is not None and known[value].enough and known[beyond].enough else None

    def all_at_once(self, levers: Sequence[Lever]) -> list[Any]:
        """The row of all levers: the share of the way to their best values that reaches the target, or that it cannot be reached."""
        best = {one.key: self.best(one) for one in levers}

        def part(share: float) -> dict[str, float]:
            return {one.key: _tidy(one.now + share * (best[one.key] - one.now)) for one in levers}

        self.try_all([("all", {1.0: part(1.0)})])
        known = self._found["all"]
        if known[1.0].enough:
            self.try_all([("all", {share: part(share) for share in np.linspace(0.125, 0.875, 7).tolist()})])
        for _ in range(HALVINGS - 1):
            high = min((share for share, one in known.items() if one.enough), default=math.nan)
            if math.isnan(high):
                break
            half = _tidy((high + max((share for share in known if share < high), default=0.0)) / 2.0)
            self.try_all([("all", {half: part(half)})])
        share = min((share for share, one in known.items() if one.enough), default=math.nan)
        found = not math.isnan(share)
        told = self._on_fresh_luck({"all": share if found else 1.0}, {"all": 0.0}, lambda _, way: part(way))["all"]
        answer = "reached" if told.holds else "nearly" if found else "cannot"
        needed = math.nan if answer == "cannot" else told.value
        return ["all", 0.0, 0.0, 1.0, answer, needed, math.nan, 1.0, *self.judged(told.run), self._spend(told.run)]

    def best(self, lever: Lever) -> float:
        """The value of a lever with the highest probability, of equals the one that comes nearest to what is wanted in the mean."""
        known = self._found[lever.key]
        return max(known, key=lambda value: (known[value].chance.value, known[value].margin, -abs(value - lever.now)))

    def _nearest(self, lever: Lever) -> float | None:
        """The value nearest to today's that reaches the target."""
        reached = [value for value, one in self._found[lever.key].items() if one.enough]
        return min(reached, key=lambda value: abs(value - lever.now)) if reached else None

    def _middle(self, lever: Lever) -> float | None:
        """Half-way between the nearest value that reaches the target and the next one towards today's."""
        value = self._nearest(lever)
        if value is None:
            return None
        between = [
            x for x in (*self._found[lever.key], lever.now) if min(value, lever.now) <= x <= max(value, lever.now) and x != value
        ]
        last = min(between, key=lambda x: abs(x - value), default=lever.now)
        return float(f"{(value + last) / 2.0:.4g}")

    def _reached_to(self, lever: Lever, value: float) -> float:
        """The last value beyond this one that reaches the target before more of the same change misses it; NaN where none does."""
        sign = 1.0 if value >= lever.now else -1.0
        beyond = sorted((x for x in self._found[lever.key] if sign * (x - value) >= 0.0), key=lambda x: sign * x)
        enough = [self._found[lever.key][x].enough for x in beyond]
        return math.nan if all(enough) else beyond[enough.index(False) - 1]

    def _spend(self, run: Replications) -> float:
        """What is spent beyond what is spent today, in the mean, in currency."""
        ours, today = (np.mean([one.scalars["spend"] for one in runs.summaries]) for runs in (run, self._now))
        return float(ours - today)


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Asked]:
    """What a manifest's study was asked backward, if anything. Raises ValueError where that is damaged."""
    given = manifest.get("backward")
    if given is None:
        return {}
    try:
        wants = tuple(Want(str(name), float(number), bool(step)) for name, number, step in given["wants"])
        change = tuple((str(key), float(low), float(high)) for key, low, high in given["change"])
        return {"asked": Asked(wants, float(given["sure"]), change)}
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"its backward is {given!r}, must have wants, sure and change") from None


def plays(scenario: Scenario, strategy: str | None, asked: Asked) -> int:
    """How many values are played at the least: nine of each lever."""
    return POINTS * len(levers_of(scenario, strategy, asked.change))
