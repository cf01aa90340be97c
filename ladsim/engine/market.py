"""What a policy may see and pull.

A policy is a generator in a user's Python file::

    def win_back(env, market, below=0.2):
        while True:
            if market.count("lapsed") > below * market.size:
                market.multiply("steps.lapsed.customer", 1.5)
                market.spend(20_000)
            yield market.months(1)

It runs at ticks, in the plan's phase, in the order declared. Counts and money are of the whole market, so the same policy works
on a sample. It changes the market by levers and money alone: customers decide by themselves.
"""

from __future__ import annotations

import inspect
import math
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from ladsim.engine.phases import At, Phase, next_tick
from ladsim.engine.plan import Plan
from ladsim.errors import PolicyError, ScenarioError, nearest
from ladsim.model.layout import MONTH, TICK
from ladsim.python_files import defined
from ladsim.scenario.spec import Effect, Policy
from ladsim.scenario.tables import effect_table

MOST_FACTOR = 1e9
MOVED = ("orders", "messages", "basket", "cost", "points", "price")  # factors of the rungs that a policy may move
PolicyFunction = Callable[..., Generator[simpy.Event, Any, None]]


class Market:
    """One policy's view of the market."""

    def __init__(self, env: simpy.Environment, plan: Plan, place: int, cause: int, notes: list[tuple[float, str]]) -> None:
        self._env, self._plan, self._place, self._cause, self._notes = env, plan, place, cause, notes

    @property
    def month(self) -> float:
        """Months since the start."""
        return float(self._env.now) / MONTH

    @property
    def size(self) -> int:
        """Number of people in the market."""
        return round(int(self._plan.books.counts.sum()) * self._plan.scale)

    def months(self, count: float) -> simpy.Event:
        """Wait so many months: ``yield market.months(3)``. The policy wakes at a tick, at least one tick later."""
        if not count >= 0:
            raise ValueError(f"months: found {count!r}, must be a number at least 0")
        when = next_tick(int(self._env.now) + max(TICK, round(count * MONTH)))
        return At(self._env, when, Phase.PLAN + self._place)

    def count(self, rung: str, segment: str | None = None) -> int:
        """People on a rung now, in one segment or in all."""
        tables = self._plan.tables
        row = self._one(rung, tables.rung_names, "rung")
        counts = self._plan.books.counts[:, row]
        raw = counts.sum() if segment is None else counts[self._one(segment, tables.segment_names, "segment")]
        return round(int(raw) * self._plan.scale)

    def money(self, cause: str | None = None) -> float:
        """Currency booked so far under a cause (income positive, costs negative); profit without one."""
        daily = self._plan.books.daily
        causes = self._plan.tables.causes
        units = daily.sum() if cause is None else daily[:, self._one(cause, causes, "cause of money")].sum()
        return int(units) * self._plan.scale / self._plan.tables.unit

    def spend(self, amount: float) -> None:
        """Spend an amount of currency now, booked to this policy."""
        if not (np.isfinite(amount) and amount >= 0):
            raise ValueError(f"spend: found {amount!r}, must be an amount at least 0")
        units = round(amount * self._plan.tables.unit / self._plan.scale)
        self._plan.spend(int(self._env.now), self._cause, units)

    def set_spend(self, campaign: str, per_month: float) -> None:
        """Change a campaign's monthly spend (whole market) from now on; it spends only between its dates."""
        if not (np.isfinite(per_month) and per_month >= 0):
            raise ValueError(f"set_spend: found {per_month!r}, must be an amount at least 0")
        units = per_month * self._plan.tables.unit / self._plan.scale
        names = [table.name for table in self._plan.tables.campaigns]
        self._plan.set_spend(int(self._env.now), self._one(campaign, names, "campaign"), units)

    def multiply(self, on: str, factor: float, rungs: list[str] | None = None, segments: list[str] | None = None) -> None:
        """Multiply what `on` names by a factor from now on; a second call for the same `on` replaces the first.

        `on` is orders, messages, basket, cost, climbing, leaving or steps.FROM.TO, as in a scenario's effects.
        """
        if not 0 <= factor <= MOST_FACTOR:
            raise ValueError(f"multiply: found {factor!r}, must be a factor from 0 to {MOST_FACTOR:,.0f}")
        tables = self._plan.tables
        steps = tables.step_names[: len(tables.steps)]  # arrivals are dates, no policy moves them
        allowed = [*MOVED, "climbing", "leaving", *(f"steps.{name}" for name in steps)]
        if on not in allowed and not any(a.startswith(on + ".") and on.count(".") == 2 for a in allowed):
            raise ValueError(f"multiply: found {on!r}, must be one of {', '.join(allowed)}{_hint(on, allowed)}")
        in_rungs = self._among(rungs, tables.rung_names, "rung")
        in_segments = self._among(segments, tables.segment_names, "segment")
        effect = effect_table(tables, Effect(on=on, full=factor - 1.0))
        self._plan.multiply(int(self._env.now), self._place, on, effect, in_segments, in_rungs)

    def note(self, text: str) -> None:
        """Write a line into the history (`policy_notes`): what the policy did and why."""
        self._notes.append((self.month, str(text)))

    def _among(self, wanted: list[str] | None, names: tuple[str, ...], what: str) -> NDArray[np.bool_]:
        """Which of the names are wanted; None wants them all."""
        places = [self._one(name, names, what) for name in (names if wanted is None else wanted)]
        return np.isin(np.arange(len(names)), places)

    @staticmethod
    def _one(name: str, allowed: Any, what: str) -> int:
        names = list(allowed)
        if name not in names:
            raise ValueError(f"{what}: found {name!r}, must be one of {', '.join(names)}{_hint(name, names)}")
        return names.index(name)


def _hint(name: str, allowed: list[str]) -> str:
    close = nearest(name, allowed)
    return f" (did you mean {close!r}?)" if close else ""


def load_policy(policy: Policy) -> PolicyFunction:
    """The generator function that a policy's file defines."""
    path = Path(policy.file)
    try:
        names = defined(path)
    except (Exception, SystemExit) as error:
        raise PolicyError(f"{path}: cannot be run: {_where(error, path)}{type(error).__name__}: {error}") from error
    function = names.get(policy.function)
    if not inspect.isgeneratorfunction(function):
        found = "nothing" if function is None else type(function).__name__
        raise PolicyError(f"{path}: {policy.function}: found {found}, must be a function that yields market.months(…)")
    return function


def run_policy(env: simpy.Environment, market: Market, policy: Policy, place: int) -> Generator[simpy.Event, Any, None]:
    """Run a policy at ticks: what it waits for may come at any time, it goes on in the plan's phase of the next tick."""
    function = load_policy(policy)
    path = Path(policy.file)
    yield At(env, 0, Phase.PLAN + place)
    try:
        life = function(env, market, **policy.options)
        value = None
        while True:
            event = _next(life, value)
            if not isinstance(event, simpy.Event):
                raise TypeError(f"yielded {event!r}, must yield market.months(…) or another SimPy event")
            value = yield event
            if not isinstance(event, At):
                yield At(env, next_tick(math.ceil(env.now)), Phase.PLAN + place)
    except StopIteration:
        return
    except (ScenarioError, simpy.exceptions.SimPyException):
        raise
    except Exception as error:
        raise PolicyError(f"{path}: {policy.function}: {_where(error, path)}{type(error).__name__}: {error}") from error


def _next(life: Generator[simpy.Event, Any, None], value: Any) -> simpy.Event:
    """What a policy waits for next. ``sys.exit()`` in it is an error of the policy, and not the end of ladsim."""
    try:
        return life.send(value)
    except (SystemExit, GeneratorExit) as error:
        raise RuntimeError(f"{type(error).__name__}: a policy ends with return").with_traceback(error.__traceback__) from error


def _where(error: BaseException, path: Path) -> str:
    """The line of the user's file at which an error came up."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == path]
    return f"line {lines[-1]}: " if lines else ""
