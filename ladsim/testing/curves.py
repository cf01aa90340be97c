"""What every response curve keeps to: those that files may name, and one of your own, by which a policy turns money into effect.

In: a curve, from pressure (spend per head and month) to a share of the full effect. Out: a sentence for each way in which a promise is
broken. `check_curve` tries them all. To add one: a function here, and its line in `CURVE_PROMISES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

from ladsim.hosts.choice import is_jit_off
from ladsim.testing.programs import not_kept

Curve = Callable[..., float]
DECADES = 12  # powers of ten below and above where the curve bends


@dataclass(frozen=True, eq=False)
class CurveTrial:
    """A curve under trial: what it is called with after the pressure, and where it gives half of the effect (None: not said)."""

    curve: Curve
    arguments: tuple[Any, ...] = ()
    half_at: float | None = None

    @cached_property
    def pressures(self) -> list[float]:
        """Pressures that rise: a few far below and far above, and a hundred even ones about where the curve bends."""
        about = self.half_at or 1.0
        far = [about * 10.0 ** (power / 4) for power in range(-4 * DECADES, 4 * DECADES + 1)]
        return sorted({*far, *(about * step / 20.0 for step in range(1, 101))})

    @cached_property
    def shares(self) -> list[float]:
        """What the curve gives at each."""
        return [float(self.at(pressure)) for pressure in self.pressures]

    def at(self, pressure: float) -> float:
        """What the curve gives at a pressure."""
        return self.curve(pressure, *self.arguments)


CurvePromise = Callable[[CurveTrial], Iterator[str]]


def check_curve(curve: Curve, *arguments: Any, half_at: float | None = None) -> None:
    """Try all that every response curve keeps to; return where it keeps everything.

    `curve` is a function of the pressure (money per head and month), then `arguments`; it gives a share of the full effect from 0 to 1.
    `half_at` is the pressure at which it gives half, if it says so. A curve that is a ``ladsim.compiled.rule`` is also compiled, where
    Numba is installed, and must give the same bits. Raises ContractError with a line for each broken promise.

    >>> from ladsim.testing import check_curve
    >>> check_curve(lambda spend, half: spend / (spend + half), 40.0, half_at=40.0)
    >>> check_curve(lambda spend: 1.2 - 2.0 ** -spend)
    Traceback (most recent call last):
        ...
    ladsim.errors.ContractError: <lambda>: 2 broken promises
    nothing comes of nothing: without money it gives 0.19999999999999996, must be 0
    it stays within the full effect: at 2.35 it gives 1.0038539755258122, must be from 0 to 1
    """
    trial = CurveTrial(curve, arguments, half_at)
    found = []
    for name, promise in CURVE_PROMISES.items():
        try:
            found += [f"{name}: {sentence}" for sentence in promise(trial)]
        except Exception as error:
            found.append(f"{name}: {type(error).__name__}: {error}")
    if found:
        called = getattr(curve, "__name__", "curve")
        raise not_kept(called, found)


def nothing_comes_of_nothing(trial: CurveTrial) -> Iterator[str]:
    """Without money there is no effect."""
    if (share := trial.at(0.0)) != 0.0:
        yield f"without money it gives {share!r}, must be 0"


def it_is_a_number(trial: CurveTrial) -> Iterator[str]:
    """It is finite at every pressure."""
    for pressure, share in zip(trial.pressures, trial.shares, strict=True):
        if not math.isfinite(share):
            yield f"at {pressure!r} it gives {share!r}, must be a finite number"
            return


def it_stays_within_the_full_effect(trial: CurveTrial) -> Iterator[str]:
    """It gives a share of the full effect."""
    for pressure, share in zip(trial.pressures, trial.shares, strict=True):
        if share < 0.0 or share > 1.0:
            yield f"at {pressure!r} it gives {share!r}, must be from 0 to 1"
            return


def more_never_does_less(trial: CurveTrial) -> Iterator[str]:
    """More money never does less."""
    points = list(zip(trial.pressures, trial.shares, strict=True))
    for (less, before), (more, share) in pairwise(points):
        if share < before:
            yield f"it falls from {before!r} at {less!r} to {share!r} at {more!r}, must not fall"
            return


def money_does_something(trial: CurveTrial) -> Iterator[str]:
    """Enough money has an effect, or the curve would be tried in vain."""
    if not trial.shares[-1] > 0.0:
        yield f"at {trial.pressures[-1]!r} it still gives {trial.shares[-1]!r}, must be above 0"


def half_is_where_it_says(trial: CurveTrial) -> Iterator[str]:
    """At `half_at` it gives half of the full effect."""
    if trial.half_at is not None and not math.isclose(share := trial.at(trial.half_at), 0.5, rel_tol=1e-9):
        yield f"at half_at, {trial.half_at!r}, it gives {share!r}, must be 0.5"


def compiled_it_is_the_same(trial: CurveTrial) -> Iterator[str]:
    """Compiled, a rule gives the same bits as in Python."""
    if getattr(trial.curve, "compiled_as", "") != "rule" or is_jit_off() or find_spec("numba") is None:
        return
    from ladsim.hosts.native import called_from_python

    compiled = called_from_python(trial.curve)
    for pressure, share in zip((0.0, *trial.pressures), (trial.at(0.0), *trial.shares), strict=True):
        if (found := float(compiled(pressure, *trial.arguments))) != share:
            yield f"at {pressure!r} it gives {share!r} in Python and {found!r} compiled, must be the same"
            return


CURVE_PROMISES: dict[str, CurvePromise] = {
    "nothing comes of nothing": nothing_comes_of_nothing,
    "it is a number": it_is_a_number,
    "it stays within the full effect": it_stays_within_the_full_effect,
    "more never does less": more_never_does_less,
    "money does something": money_does_something,
    "half is where it says": half_is_where_it_says,
    "compiled it is the same": compiled_it_is_the_same,
}
