"""What a segment's own numbers mean: its factors on rungs and steps, and the steps by which people are won.

In: a scenario and one of its segments. Out: pairs of a factor's key and its value. ``conversion_factor`` is a factor like those a file
writes out in ``factors``: it stands for the same factor on every *winning step*, a step from a rung or state whose people are no
customers and have not bought before to a rung whose people are. A multiplier on a probability acts on −ln(1 − p), as
everywhere, so it can be any number from 0.

``addressable_share`` and ``margin`` are no factors: no engine reads them. The study of target groups does (``planning.potential``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ladsim.scenario.address import step_names
from ladsim.scenario.check_ladder import state_of
from ladsim.scenario.distributions import ends
from ladsim.scenario.spec import Rung, Scenario, Segment


def counts_as_customer(rung: Rung) -> bool:
    """Whether those who stand on a rung are customers: as it says, else where it is on the ladder and people order there."""
    if rung.customer is not None:
        return rung.customer
    return not rung.off_ladder and ends(rung.orders_per_month)[1] > 0.0


def has_bought_before(rung: Rung) -> bool:
    """Whether those who start on a rung have bought before: as it says, else where they are customers, and on lapsed and lost.

    Nobody on `outside` has. What a state is, its `role` says, else `off_ladder`, else its name.
    """
    if rung.bought_before is not None:
        return rung.bought_before
    return counts_as_customer(rung) or bool(rung.off_ladder and (rung.role or state_of(rung)) in ("lapsed", "lost"))


def winning_steps(scenario: Scenario) -> list[str]:
    """Names of the steps by which somebody who is no customer, and has not bought before, becomes one; in the file's order."""
    rungs = {rung.name: rung for rung in scenario.rungs}

    customers = {name for name, rung in rungs.items() if counts_as_customer(rung)}
    to_be_won = {name for name, rung in rungs.items() if not has_bought_before(rung)} - customers
    named = zip(step_names(scenario), scenario.steps, strict=True)
    return [name for name, step in named if step.from_ in to_be_won and step.to in customers]


def factors_of(scenario: Scenario, segment: Segment) -> Iterator[tuple[str, Any]]:
    """A segment's factors by the key they act on: those it writes out, and its likelihood on every winning step."""
    yield from segment.factors.items()
    if segment.conversion_factor != 1.0:
        for name in winning_steps(scenario):
            yield f"steps.{name}", segment.conversion_factor
