"""The goal gradient: people order faster, the nearer the reward (Kivetz, Urminsky & Zheng 2006).

In: κ, γ, and how far a balance has come towards what it is saved for. Out: the factor on the rate of orders. What the reward is worth to
members, over what it costs, multiplies κ: that the pull is proportional to it is an assumption.
"""

from __future__ import annotations

from typing import Any

from ladsim.compiled import rule
from ladsim.scenario.distributions import ends
from ladsim.scenario.programs.rulebook import np, streams


def highest(gradient: Any, worth: Any, cost: Any) -> float:
    """The highest factor there can be; `worth` None: what it costs."""
    value, price = ends(worth or 0.0)[1], ends(cost)[0]
    return float(1.0 + ends(gradient)[1] * (value / price if value and price else 1.0))


@rule
def pulled(gradient, power, held, goal):  # type: ignore[no-untyped-def]
    """The factor, where so much of a goal is held."""
    progress = min(np.float64(held) / np.float64(goal), 1.0)
    return 1.0 + gradient * streams.power(progress, power)
