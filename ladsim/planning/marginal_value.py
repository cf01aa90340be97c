"""What one more person on a rung is worth to the whole market, where no closed form says so.

In: a scenario and where people are put. Out: a discounted amount per person, one per replication. Some people of a segment, k of
them, are taken out of the market (they stand on a rung of their own, from which no step leads and which costs and brings nothing)
and, in a second run, put on the rung in question at month 0. Everybody else starts where they did and has the same luck, and so
have the k in whatever they do, so the difference of the two markets,

    worth = Σ_day e^(−δ·mid-day) · (booked with them − booked without them) / k,

is what they bring: their own orders and costs, those of the friends whom they bring, and what a campaign wins or loses because its
money must do for more people. It is a finite difference with common luck (Glasserman & Yao 1992); over replications its mean is
unbiased for k more people, and for one more as far as the market is linear in so few. What is booked at month 0 itself (the entry,
the orders somebody starts with) lies in the past of one who *stands* on a rung, and is left out.

The people are every n-th of their segment by id, from another one on in every replication, so that on graphs where the first have
most ties all kinds of them have their turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.run import RunOptions, future
from ladsim.measures.value import discount_weights
from ladsim.model.layout import C_REVENUE
from ladsim.planning.run import StudyContext
from ladsim.planning.unit_keys import Identity
from ladsim.planning.worlds import Worlds
from ladsim.scenario.draws import Draws
from ladsim.scenario.spec import Rung, Scenario
from ladsim.scenario.tables import Tables
from ladsim.world.build import World

Floats = NDArray[np.float64]

NOWHERE = "nowhere"
MOST_PEOPLE = 100  # put on the rung at once: more of them are less noisy, fewer are nearer to one
MOST_SHARE = 0.05  # of their segment


@dataclass(frozen=True)
class MarginalValue:
    """People of one segment put on each of some rungs; a `Work` of a study."""

    together: StudyContext
    apart: Draws  # of its scenario ``with_nowhere``
    segment: int
    rungs: tuple[int, ...]

    @property
    def identity(self) -> Identity:
        """What determines its values."""
        scenarios = self.together.draws.scenario, self.apart.scenario
        return Identity("marginal value", scenarios, self.apart.seed, None, (self.segment, *self.rungs))

    def future(self, replication: int, worlds: Worlds) -> Floats:
        """Value per person on each of the rungs in one replication, in the currency: (rungs,)."""
        laid_out = self.apart.tables(replication // 2)
        nowhere = len(laid_out.rung_names) - 1
        world = worlds.of(self.together.world, self.together.draws, replication)
        rows = chosen(np.flatnonzero((world.segment == self.segment) & (world.pinned < 0)), replication)
        if not rows.size:
            return np.full(len(self.rungs), np.nan)
        without = self._value(laid_out, world, rows, nowhere, replication)
        found = [self._value(laid_out, world, rows, rung, replication) - without for rung in self.rungs]
        return np.array(found) / rows.size

    def _value(self, laid_out: Tables, world: World, rows: NDArray[np.int64], rung: int, replication: int) -> float:
        """Present value of everything booked after month 0, in the currency of the simulated people."""
        pinned = np.array(world.pinned)
        pinned[rows] = rung
        engine, threads = laid_out.scenario.engine, self.together.threads
        options = RunOptions(None, self.apart.seed, replication, engine=engine, threads=threads, customers=False)
        history = future(laid_out, replace(world, pinned=pinned), options)
        booked = (discount_weights(history)[1:] @ history.daily[1:].sum(axis=1)) / history.unit
        return float(booked) + value_at_own_margins(history, laid_out.scenario)


def value_at_own_margins(history: History, scenario: Scenario) -> float:
    """What segments' own margins add to the present value of a run, month 0 left out, in the currency of the simulated people.

    Revenue is kept by month and segment, so it is discounted at the middle of its month.
    """
    extra = extra_margins(scenario)
    if not extra.any():
        return 0.0
    middles = (history.months[1:] + history.months[:-1]) / 2.0
    revenue = history.money[1:, C_REVENUE].sum(axis=2) / history.unit
    return float(np.exp(-history.discount_per_month * middles) @ (revenue @ extra))


def extra_margins(scenario: Scenario) -> Floats:
    """Each segment's own margin less the market's, of a resolved scenario: (G,)."""
    market = float(scenario.money.margin)
    own = [market if segment.margin is None else float(segment.margin) for segment in scenario.segments]
    return np.array(own or [market]) - market


def chosen(rows: NDArray[np.int64], replication: int) -> NDArray[np.int64]:
    """Every n-th of the rows, from another one on in every replication.

    >>> chosen(np.arange(60), 0).tolist(), chosen(np.arange(60), 1).tolist(), chosen(np.arange(60), 2).tolist()
    ([0, 20, 40], [10, 30, 50], [5, 25, 45])
    """
    if not rows.size:
        return rows
    count = max(1, min(MOST_PEOPLE, int(MOST_SHARE * rows.size)))
    stride = rows.size // count
    return rows[int(_spread(replication) * stride) :: stride][:count]


def _spread(number: int) -> float:
    """The number's binary digits mirrored at the point, 0, ½, ¼, ¾ …: evenly over [0, 1) (van der Corput 1935)."""
    found, half = 0.0, 0.5
    while number:
        found += half * (number & 1)
        number >>= 1
        half /= 2.0
    return found


def with_nowhere(scenario: Scenario) -> Scenario:
    """The scenario with a last rung where nobody does anything, and of which nobody hears."""
    taken = {rung.name for rung in scenario.rungs}
    name = next(own for own in (NOWHERE, *(f"{NOWHERE}_{k}" for k in range(len(taken) + 1))) if own not in taken)
    rung = Rung(name=name, off_ladder="lost")
    return scenario.model_copy(update={"rungs": (*scenario.rungs, rung)})
