"""Goals that are reached before anything has happened: a slip of a goal, or of the people at the start.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. Only rungs of the ladder are looked at, on which more people
are better; where the start is a range, its low end. A goal just below the start is one to hold on to, of which nothing is said: up to a tenth
(assumption).
"""

from __future__ import annotations

from collections.abc import Iterator

from ladsim.errors import Problem
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.spec import Goal, Scenario

HOLD = 1.1


def warn_goals(scenario: Scenario) -> Iterator[Problem]:
    """Goals of a rung of which clearly more stand there at the start than they ask for."""
    for name, _, found in reached_at_start(scenario):
        words = "it asks only that they stay: where more is meant, give all who are to be there, those of the start included"
        yield Problem(f"goals.{name}", found, words)


def reached_at_start(scenario: Scenario) -> Iterator[tuple[str, Goal, str]]:
    """Such goals, each with its key and what is odd about it."""
    if scenario.start.nodes:
        return  # who stands where is a list of people
    shares = {rung.name: ends(rung.share)[0] for rung in scenario.rungs if not rung.off_ladder}
    for name, goal in zip(item_names("goals", scenario.goals), scenario.goals, strict=True):
        share = shares.get(goal.rung or "")
        if share is None:
            continue
        people = goal.number is not None
        there = share * scenario.market_size if people else share
        if there > HOLD * goal.wanted:
            found, wanted = (f"{value:,.0f}" if people else f"{100 * value:.3g} %" for value in (there, goal.wanted))
            yield name, goal, f"a goal that is reached at the start ({found} ≥ {wanted})"
