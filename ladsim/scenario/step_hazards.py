"""The hazards of steps that time brings: from what a file says of them to a rate a month.

In: the steps of a scenario whose numbers are plain. Out: a hazard a month for each.

A CRM shows the share r that has gone a certain way after T months, other exits included. With the hazards h of all `time` steps
of the rung adding to H, r = h/H·(1 − e^(−HT)); several such steps are solved together for the one H that fits
(cause-specific incidence; Prentice et al. 1978).
"""

from __future__ import annotations

from collections.abc import Iterable

from ladsim import streams
from ladsim.errors import Problem, ScenarioError
from ladsim.scenario.spec import Step


def time_hazards(steps: Iterable[Step]) -> list[float]:
    """Hazards a month of the `time` steps (0 for the others), `cumulative_share` solved per rung."""
    steps = list(steps)
    given = [_given_hazard(step) for step in steps]
    for rung in {step.from_ for step in steps if step.cumulative_share is not None}:
        places = [i for i, s in enumerate(steps) if s.from_ == rung and s.trigger == "time"]
        unknown = [i for i in places if steps[i].cumulative_share is not None]
        others = sum(given[i] for i in places if i not in unknown)
        shares = [(float(steps[i].cumulative_share or 0.0), float(steps[i].by_months or 1.0)) for i in unknown]
        if (together := sum(share for share, _ in shares)) >= 1.0:
            allowed = "the shares reached must stay below 1 together, in every draw of their ranges"
            raise ScenarioError([Problem(f"steps.{rung}", f"{together:.4g} reached in one draw", allowed)])
        for i, hazard in zip(unknown, solve_reached(shares, others), strict=True):
            given[i] = hazard
    return given


def _given_hazard(step: Step) -> float:
    if step.trigger != "time" or step.cumulative_share is not None:
        return 0.0
    return float(streams.log1m(step.monthly)) if step.monthly is not None else float(step.rate or 0.0)


def solve_reached(shares: list[tuple[float, float]], others: float) -> list[float]:
    """Hazards h_j with r_j = h_j/H·(1 − e^(−H·T_j)), H = others + Σh, by bisection on H.

    >>> h, = solve_reached([(0.12, 12.0)], 0.0)
    >>> round(1 - 2.718281828459045 ** (-12 * h), 9)
    0.12
    """

    def hazards(total: float) -> list[float]:
        gone = [1.0 - float(streams.exp(-total * months)) for _, months in shares]
        return [
            share * total / part if part > 0.0 else share / months for (share, months), part in zip(shares, gone, strict=True)
        ]

    low, high = 0.0, max(1.0, others)
    while others + sum(hazards(high)) > high:
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if others + sum(hazards(middle)) > middle:
            low = middle
        else:
            high = middle
    return hazards(0.5 * (low + high))
