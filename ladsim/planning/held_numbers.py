"""The numbers that a sensitivity analysis holds at values of their own, and those values.

In: a scenario, the scenarios that its strategies make of it, and perhaps keys with limits. Out: `Held` numbers, each with the low end, the
middle and the high end of its range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import Problem, ScenarioError, StudyError, nearest
from ladsim.planning.sensitivity import rank_p_value
from ladsim.scenario.acting import acting
from ladsim.scenario.address import NumberAt, numbers, place_of
from ladsim.scenario.distributions import ends, quantile
from ladsim.scenario.draws import Draws
from ladsim.scenario.number_types import Distribution, Range
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy

Floats = NDArray[np.float64]
MOST_NUMBERS = 12  # of more, those that go with the difference most by their ranks


class Held(NamedTuple):
    """A number that is held at values of its own: low end, middle, high end."""

    number: NumberAt
    values: tuple[float, float, float]

    @property
    def key(self) -> str:
        """Its dotted key."""
        return self.number.key


def numbers_held(
    scenario: Scenario, played: Mapping[str | None, Scenario], change: Sequence[tuple[str, float, float]]
) -> list[Held]:
    """The numbers to look at. Raises StudyError for a key that is not there, or limits that are none."""
    known = numbers(scenario)
    if not change:
        uncertain = [one for one in acting(scenario, played).values() if one.uncertain]
        return [Held(one, _three_of(one)) for one in uncertain]
    problems, found = [], []
    whole = [_whole_key(scenario, key) for key, _, _ in change]
    problems += [f"change: found {key} twice, must be different numbers" for key in dict.fromkeys(whole) if whole.count(key) > 1]
    for (key, low, high), name in zip(change, whole, strict=True):
        number = known.get(name)
        if number is None:
            allowed = "must be the dotted key of a number (`ladsim show SCENARIO --addresses` lists them)"
            problems.append(str(Problem("change", repr(key), allowed, nearest(key, list(known)))))
        elif not (low < high and all(math.isfinite(x) and number.limits.holds(x) for x in (low, high))):
            problems.append(
                f"change: found {key}={low:g}:{high:g}, must be LOW:HIGH with LOW below HIGH, each {number.limits.words()}"
            )
        else:
            found.append(Held(number, (low, (low + high) / 2.0, high)))
    if problems:
        raise StudyError("\n".join(problems))
    return found


def _whole_key(scenario: Scenario, key: str) -> str:
    """A key as the scenario has it, which somebody may have written more shortly."""
    try:
        return place_of(scenario, key).key
    except ScenarioError:
        return key


def _three_of(number: NumberAt) -> tuple[float, float, float]:
    """Low end, median and high end of an uncertain number."""
    assert isinstance(number.value, Range | Distribution)
    # Of a law without ends, where nine in ten of its values lie, as the ends of a range are meant.
    has_ends = isinstance(number.value, Range) or number.value.law == "uniform"
    low, high = ends(number.value) if has_ends else (quantile(number.value, number.kind, u, number.limits) for u in (0.05, 0.95))
    return low, quantile(number.value, number.kind, None, number.limits), high


def can_be_held(scenario: Scenario, asked: Sequence[str | None], one: Held, seed: int, left_out: list[tuple[str, str]]) -> bool:
    """Whether the scenario stands with the number at each of its values; else the reason is noted."""
    try:
        for value in dict.fromkeys(one.values):
            there = override(scenario, {one.key: value})
            for name in asked:
                Draws(with_strategy(there, name), seed).scenario_of(None)
    except ScenarioError as error:
        left_out.append((one.key, str(error.problems[0])))
        return False
    return one.values[0] < one.values[2]


def most_likely(held: Sequence[Held], values: pd.DataFrame, lead: Floats) -> list[Held]:
    """At most so many numbers as are held at values of their own: those that go with the lead most by their ranks."""

    def chance(one: Held) -> float:
        return rank_p_value(values[one.key].to_numpy(np.float64), lead) if one.key in values.columns else 1.0

    return sorted(held, key=chance)[:MOST_NUMBERS]


def two_of(scenario: Scenario, held: Sequence[Held], keys: tuple[str, str] | None) -> tuple[Held, Held] | None:
    """The two numbers of a map. Raises StudyError where one is none of those looked at, or twice the same."""
    if keys is None:
        return None
    known = {one.key: one for one in held}
    keys = (_whole_key(scenario, keys[0]), _whole_key(scenario, keys[1]))
    for key in keys:
        if key not in known:
            raise StudyError(str(Problem("map", repr(key), f"must be two of {', '.join(known)}", nearest(key, list(known)))))
    if keys[0] == keys[1]:
        raise StudyError(f"map: found {keys[0]!r} twice, must be two different numbers")
    return known[keys[0]], known[keys[1]]
