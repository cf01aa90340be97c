"""Whether a verdict may be looked at after every unit: how often studies that stop when they know say something false.

Each unit plays 50 studies of two strategies' differences, made at random without any market: one number per unit of luck, up to a
thousand of them, normal, skewed or in two humps. What is looked at is what ``ladsim.planning`` looks at: ``mean_looks`` and the rule
of ``selection``. Beside it stands the t interval that most would look at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ladsim.planning.confidence_sequences import FEWEST_UNITS, Looks, mean_looks, radius
from ladsim.planning.selection import ALPHA, no_difference, surely_behind
from tests.acceptance.part import Line, Part, Row, Unit

Floats = NDArray[np.float64]
LOOKS, STUDIES_EACH, ERRORS = 1_000, 50, 3.0
WITHIN = 0.5  # δ, in standard deviations of a unit


def take_off(luck: np.random.Generator, share: float) -> Floats:
    """Ordinary units, and a share of them ten higher."""
    return np.where(luck.random(LOOKS) < share, 10.0, 0.0) - 10.0 * share + 0.5 * luck.normal(size=LOOKS)


def lognormal(luck: np.random.Generator, sigma: float) -> Floats:
    """Of mean 0."""
    return np.asarray(np.exp(sigma * luck.normal(size=LOOKS)) - np.exp(sigma**2 / 2.0))


DIFFERENCES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda luck: luck.normal(size=LOOKS),
    "exponential": lambda luck: luck.exponential(size=LOOKS) - 1.0,
    "lognormal": lambda luck: lognormal(luck, 1.0) / 2.1612,
    "very skewed (lognormal, σ 1.5)": lambda luck: lognormal(luck, 1.5) / 8.9739,
    "two humps": lambda luck: np.where(luck.random(LOOKS) < 0.5, -1.0, 1.0) + 0.2 * luck.normal(size=LOOKS),
    "a take-off in 5 of 100": lambda luck: take_off(luck, 0.05),
    "a take-off in 1 of 100": lambda luck: take_off(luck, 0.01),
}
UNSEEN = "a take-off in 1 of 100"  # most studies stop before they ever see one
MAY_TAKE_OFF = ("two humps", "a take-off in 5 of 100", UNSEEN)
EFFECTS = (0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Kind:
    """What the two of a study differ by, and in what manner."""

    difference: str
    truth: float  # one − other, in standard deviations
    within: float

    @property
    def said(self) -> str:
        """Of a line."""
        return f"{self.difference}: {self._lead}"

    @property
    def _lead(self) -> str:
        if not self.truth:
            return "equal in law"
        return f"{self.truth:g} sd apart" + (f", δ = {self.within:g} sd" if self.within else "")


KINDS = (
    *(Kind(name, 0.0, 0.0) for name in DIFFERENCES for _ in range(2)),
    *(Kind(name, WITHIN * (1.0 + by), WITHIN) for name in ("normal", "exponential", "two humps") for by in (-0.05, 0.05)),
    *(Kind("normal", effect, 0.0) for effect in EFFECTS),
)


def play(unit: Unit) -> Row:
    """Fifty studies of one kind."""
    kind = KINDS[unit.number % len(KINDS)]
    luck = np.random.default_rng((unit.seed, unit.number))
    ends = [study(DIFFERENCES[kind.difference](luck) + kind.truth, kind) for _ in range(STUDIES_EACH)]
    return {
        "kind": KINDS.index(kind),
        "false": [bool(false) for false, _, _ in ends],
        "naive": [bool(naive) for _, naive, _ in ends],
        "units": [units for _, _, units in ends],
    }


def study(units: Floats, kind: Kind) -> tuple[bool, bool, int]:
    """Whether what it says when it stops is false, whether the t interval's is, and after how many units it stops (0: never)."""
    false, at = verdict(mean_looks(units, ALPHA, single=kind.difference not in MAY_TAKE_OFF), kind)
    return false, verdict(t_looks(units), kind)[0], at


def verdict(looks: Looks, kind: Kind) -> tuple[bool, int]:
    """Whether the first verdict is false, and after how many units it is given; (False, 0) where none is."""
    one, other = surely_behind(-looks), surely_behind(looks)
    same = no_difference(looks, kind.within), no_difference(-looks, kind.within)
    known = np.flatnonzero(one | other | same[0] | same[1])
    if not known.size:
        return False, 0
    at = int(known[0])
    if one[at] or other[at]:
        return bool((one[at] and kind.truth <= 0.0) or (other[at] and kind.truth >= 0.0)), at + 1
    lead = kind.truth if same[0][at] else -kind.truth
    return lead < -kind.within, at + 1


def t_looks(units: Floats) -> Looks:
    """Student's interval after every unit, from the sixteenth on."""
    n = np.arange(1, units.size + 1)
    mean = np.cumsum(units) / n
    spread = np.sqrt(np.maximum(np.cumsum(units * units) / n - mean * mean, 0.0))
    half = np.full(units.size, np.inf)
    some = n >= FEWEST_UNITS
    half[some] = special.stdtrit(n[some] - 1, 1.0 - ALPHA / 2.0) * spread[some] / np.sqrt(n[some] - 1)
    return Looks(mean, mean - half, mean + half, np.ones_like(n), spread)


def summary(rows: Sequence[Row]) -> list[Line]:
    """False verdicts of each kind, and how many units it took."""
    lines = []
    for number in dict.fromkeys(KINDS.index(kind) for kind in KINDS):
        kind, mine = KINDS[number], [row for row in rows if row["kind"] == number]
        false, naive, units = (np.array([x for row in mine for x in row[key]]) for key in ("false", "naive", "units"))
        if false.size:
            lines.append(_of_errors(kind, false, naive))
            if kind.truth and not kind.within:
                lines.append(_of_units(kind, units))
    return lines


def _of_errors(kind: Kind, false: NDArray[np.bool_], naive: NDArray[np.bool_]) -> Line:
    share, error = float(false.mean()), float(np.sqrt(ALPHA * (1.0 - ALPHA) / false.size))
    figure = f"{share:.3f} ± {error:.3f} (t interval {naive.mean():.3f})"
    most = ALPHA + ERRORS * error
    if kind.difference != UNSEEN:
        return Line(f"{kind.said}: false verdicts", figure, f"at most {most:.3f}", share <= most)
    what = f"{kind.said}: false verdicts, since what was not seen yet cannot be allowed for"
    return Line(what, figure, "less than by the t interval", bool(share < naive.mean()))


def _of_units(kind: Kind, units: NDArray[np.int64]) -> Line:
    """Beside the number at which the interval of a normal difference is as wide as the difference."""
    needed = next((n for n in range(FEWEST_UNITS, LOOKS + 1) if float(radius(n, ALPHA)) < kind.truth), LOOKS)
    took = np.where(units > 0, units, LOOKS)
    figure = f"{took.mean():.0f}; nine of ten at most {np.quantile(took, 0.9):.0f}"
    most = 1.25 * needed + 8.0  # the first sixteen may look skewed
    return Line(f"{kind.said}: units until it is known", figure, f"at most {most:.0f} on average", bool(took.mean() <= most))


PART = Part(
    name="looking",
    title="Verdicts that are looked at after every unit",
    shows="Studies of two strategies that stop as soon as they know which is better, or that it makes no difference, looked at after "
    "every unit of luck from the sixteenth to the thousandth: how often they say something false (5 % is wanted), beside the t interval "
    "looked at as often, and how many units they take. Differences are made at random, without a market, in standard deviations of one.",
    rests_on=(
        "ladsim/planning/confidence_sequences.py", "ladsim/planning/selection.py", "tests/acceptance/parts/looking.py",
    ),
    full=100 * len(KINDS),
    small=2 * len(KINDS),
    play=play,
    summary=summary,
)  # fmt: skip
