"""A comparison that is played until it knows: looked at all along, stopped when the verdict is known, or when it has taken too long.

In: terms (how little is no difference, how many futures or seconds at the most), and each future as it is done. Out: a `Sure`: which
strategy is the best, which are left, and the intervals on which that rests; they hold at every number of futures (``selection``).

It looks after the sixteenth unit, after each up to the hundredth, then after every fiftieth part more. What it says depends on the futures
up to the look at which it stops, not on how many processes played them; played again with so many futures at the most, it stops there.
A strategy that is surely behind another is played no further, and its last interval stays in force.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.measures.summary import Summary
from ladsim.planning import verdict
from ladsim.planning.confidence_sequences import FEWEST_UNITS
from ladsim.planning.pairs import Estimate
from ladsim.planning.selection import ALPHA, Judgement, judge
from ladsim.planning.sequential_counts import share_sequence
from ladsim.planning.two_humps import has_two_humps, parting
from ladsim.scenario.spec import Scenario

Floats = NDArray[np.float64]
Worth = Callable[
    [str, Summary], float
]  # what a strategy, by its name, is worth in a future: the profit, where nothing else is asked
MOST_FUTURES = 1000
SMALL = 0.01  # of the leader's contribution: a difference of less is none, where nobody says otherwise
COLUMNS = {
    "against_best": ("currency", "profit less that of the best of the other strategies, mean"),
    "is_left": ("", "may still be the best"),
    "until_sure.futures": ("futures", "on which the interval rests: of a strategy that was out, those until then"),
}


@dataclass(frozen=True)
class UntilSure:
    """When a comparison that is played until it knows stops: ``ladsim.compare(scenario, until=ladsim.UntilSure(seconds=60))``.

    Raises StudyError where that is no number to stop at.
    """

    within: float | None = None  # a difference of less is none, in currency; None: 1 % of the leader's contribution
    futures: int = MOST_FUTURES  # at the most, of each strategy
    seconds: float | None = None  # at the most

    def __post_init__(self) -> None:
        if self.within is not None and not 0.0 <= self.within < math.inf:
            raise StudyError(f"within: found {self.within:g}, must be an amount from 0")
        if self.futures < 2:
            raise StudyError(f"futures: found {self.futures}, must be at least 2")
        if self.seconds is not None and not self.seconds > 0.0:
            raise StudyError(f"seconds: found {self.seconds:g}, must be above 0")


@dataclass(frozen=True)
class Humps:
    """Futures of a strategy that fall into two groups, and how far the leader is ahead of the next in each."""

    name: str
    share: Estimate  # of the upper group, with an interval that may be looked at
    upper: float  # leader − next there
    lower: float


@dataclass(frozen=True)
class Sure:
    """What is known of a comparison that was looked at all along."""

    judgement: Judgement
    given: float | None  # the δ that was asked for
    paired: bool  # a unit is two futures
    futures: Mapping[str, int]  # by strategy, on which its intervals rest: who was out was played no further
    humps: Humps | None
    base: str = "base"

    @property
    def out(self) -> dict[str, int]:
        """Strategies that were played no further, because they were surely behind another, and after how many futures."""
        return {name: n for name, n in self.futures.items() if n < self.futures[self.base]}

    def limits(self, one: str, other: str) -> tuple[float, float]:
        """Where one − other lies; NaN where nothing can be said yet."""
        if one == other:
            return 0.0, 0.0
        found = self.judgement.differences[one, other]
        return (found.low, found.high) if math.isfinite(found.low) and math.isfinite(found.high) else (math.nan, math.nan)

    @property
    def table(self) -> pd.DataFrame:
        """Each strategy against the best of the others: strategy, against_best (+ _low, _high: Hsu's), is_left, futures."""
        rows = [
            [
                name,
                one.value,
                *(end if math.isfinite(end) else math.nan for end in (one.low, one.high)),
                name in self.judgement.left,
                n,
            ]
            for (name, one), n in zip(self.judgement.against_best.items(), self.futures.values(), strict=True)
        ]
        ends = ("against_best", "against_best_low", "against_best_high")
        return pd.DataFrame(rows, columns=["strategy", *ends, "is_left", "futures"])


def _profit(_: str, summary: Summary) -> float:
    return summary.scalars["profit"]


class Watch:
    """Looks at a study's futures as they are done, and says when it is enough."""

    def __init__(
        self,
        terms: UntilSure,
        names: Sequence[str],
        base: str,
        single: bool,
        tell: Callable[[Judgement], None] | None,
        worth: Worth | None = None,
    ) -> None:
        self.terms, self.kept = terms, 0
        self._base, self._single, self._tell, self._paired = base, single, tell, True
        self._worth = worth or _profit
        self._profits: dict[str, list[float]] = {name: [] for name in names}
        self._contributions: dict[str, list[float]] = {name: [] for name in names}
        self._out: dict[str, int] = {}  # units that who is out had then
        self._next, self._within, self._began = FEWEST_UNITS, terms.within, time.perf_counter()

    def begin(self, paired: bool) -> None:
        """Futures are about to be played, two to a draw of what is not known or not."""
        self._paired, self._began = paired, time.perf_counter()

    @property
    def _size(self) -> int:
        return 2 if self._paired else 1

    def enough(self, done: Mapping[int, Any], works: int) -> bool:
        """Whether the study is over, with the first `kept` replications; `done`: by number, `works` in each replication."""
        names = list(self._profits)
        have = len(self._profits[self._base])
        while all(have * works + place in done for place, name in enumerate(names) if name not in self._out):
            for place, name in enumerate(names):
                if name in self._out:
                    continue
                summary = done[have * works + place][1]
                self._profits[name].append(self._worth(name, summary))
                self._contributions[name].append(summary.scalars["contribution"])
            have += 1
            if have == self._next * self._size and self._look(self._next).kind != "open":
                self.kept = have
                return True
        self.kept = have - have % self._size
        late = self.terms.seconds is not None and time.perf_counter() - self._began > self.terms.seconds
        return late and self.kept > 0

    @property
    def out(self) -> dict[int, int]:
        """How many futures of each strategy count that is played no further, by its place."""
        return {place: self._out[name] * self._size for place, name in enumerate(self._profits) if name in self._out}

    def _look(self, units: int) -> Judgement:
        """How strategies stand after so many units; who is out from now on stays out."""
        found = self._judged(units)
        for name in self._profits:
            if name not in found.left and name != self._base:
                self._out.setdefault(name, units)
        self._next = units + max(1, units // 50 if units >= 100 else 1)
        if self._tell is not None:
            self._tell(found)
        return found

    def _judged(self, units: int) -> Judgement:
        """What is known after so many units of the strategies that are left."""
        size = self._size
        if self._within is None or units < FEWEST_UNITS:
            first = min(units, FEWEST_UNITS) * size
            leader = max(self._profits, key=lambda name: float(np.mean(self._profits[name][:first])))
            self._within = SMALL * abs(float(np.mean(self._contributions[leader][:first])))
        of_unit = {
            name: np.array(profits[: min(units, self._out.get(name, units)) * size]).reshape(-1, size).mean(axis=1)
            for name, profits in self._profits.items()
        }
        within = self._within if self.terms.within is None else self.terms.within
        return judge(of_unit, within=within, single=self._single, alpha=ALPHA)

    def conclude(self, summaries: Mapping[str, Sequence[Summary]]) -> Sure:
        """What is known by the futures that were kept, whatever ended the study."""
        for name, those in summaries.items():
            self._profits[name] = [self._worth(name, one) for one in those]
            self._contributions[name] = [one.scalars["contribution"] for one in those]
        futures = max(map(len, summaries.values()))
        self._paired &= futures > 1
        units = futures // self._size
        found = self._judged(units)
        of = {name: min(units, self._out.get(name, units)) * self._size for name in self._profits}
        values = {name: np.array(profits) for name, profits in self._profits.items()}
        return Sure(found, self.terms.within, self._paired, of, _humps(found, values, self._size), self._base)


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, UntilSure]:
    """The terms of a manifest's study, if it was played until it knew. Raises ValueError where they are damaged."""
    given, setting = manifest.get("until_sure"), manifest.get("setting")
    if given is None:
        return {}
    within: Any = given.get("within", 0.0) if isinstance(given, dict) else "?"
    is_amount = isinstance(within, int | float) and not isinstance(within, bool) and 0.0 <= within < math.inf
    if not (within is None or is_amount) or not isinstance(setting, dict):
        raise ValueError(f"its until_sure is {given!r}, must have within, an amount from 0 or null")
    return {"until": UntilSure(within, max(2, int(setting.get("replications", 0))))}


def can_take_off(scenarios: Sequence[Scenario]) -> bool:
    """Whether something may take off or die out in one of these markets: where people tell each other anything."""
    return any(scenario.word_of_mouth for scenario in scenarios)


def _humps(found: Judgement, profits: Mapping[str, Floats], size: int) -> Humps | None:
    """The two groups of the leader's futures, else of the next one's, else none. Futures of one draw count as one, for the test."""
    leader, *others = sorted(profits, key=lambda name: (name not in found.left, -float(profits[name].mean())))
    for name in (leader, *others[:1]):
        own = profits[name][::size]
        if not has_two_humps(own):
            continue
        both = min(len(profits[leader]), len(profits[others[0]]))
        above, gain = profits[name] > parting(profits[name]), profits[leader][:both] - profits[others[0]][:both]
        share, upper = share_sequence(float(above[::size].sum()), own.size, ALPHA), above[:both]
        if 0.0 < upper.mean() < 1.0:
            return Humps(name, share, float(gain[upper].mean()), float(gain[~upper].mean()))
    return None


def verdict_so_far(sure: Sure, labels: Mapping[str, str], currency: str, locale: Locale, futures: int) -> str:
    """What a comparison that was looked at all along says beside its verdict: one sentence, or two."""
    found = sure.judgement
    leader, *others = (labels[name] for name in found.left)
    said = {
        "futures": locale.text("count.futures", n=futures),
        "best": leader,
        "within": verdict.amount(found.within, currency, locale=locale),
        "left": locale.listed([locale.text("sure.quoted", name=name) for name in (leader, *others)]),
    }
    sentences = []
    if sure.humps is not None:
        sentences.append(_of_humps(sure.humps, labels, found, currency, locale))
    if found.kind != "open":
        sentences.append(locale.text(f"sure.{found.kind}", **said))
    elif found.alike:
        sentences.append(locale.text("sure.alike", **said))
    else:
        many = found.needed * (2 if sure.paired else 1)
        key = "open" if math.isfinite(many) else "open_ever"
        more = locale.whole(float(f"{many:.2g}")) if math.isfinite(many) else ""
        sentences.append(locale.text(f"sure.{key}", **said, needed=more))
    if sure.out:
        parts = [
            locale.text("sure.after", name=labels[name], futures=locale.text("count.futures", n=n))
            for name, n in sure.out.items()
        ]
        sentences.append(locale.text("sure.out", out=locale.listed(parts)))
    return "\n".join(loose(one) for one in sentences)


def _of_humps(humps: Humps, labels: Mapping[str, str], found: Judgement, currency: str, locale: Locale) -> str:
    """The sentence on futures that fall into two groups."""
    low, high = (verdict.percent(end) for end in (humps.share.low, humps.share.high))
    return locale.text(
        "sure.humps",
        one=labels[humps.name],
        best=labels[found.leader],
        share=verdict.percent(humps.share.value),
        limits=locale.between(low, high),
        upper=verdict.amount(humps.upper, currency, signed=True, locale=locale),
        lower=verdict.amount(humps.lower, currency, signed=True, locale=locale),
    )
