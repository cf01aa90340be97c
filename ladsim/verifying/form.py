"""A closed form as a plain record: a market, what is seen of a future, what a formula says of it.

In: nothing. Out: `Form`, which ``markets`` and tests make one of for each published model. A value that messages are delivered at the end of
a day shifts may be off by ``bias``; where values are shares of so many customers, those that expect fewer than 20 of them in all futures
together, too few for a normal distribution, are left out. A future that does not tell gives NaN, and is left out as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.spec import Scenario
from ladsim.world.build import build

SEED = 20
FEW = 20  # customers
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Form:
    """A closed form and the market that it is of."""

    title: str
    scenario: Callable[[], Scenario]
    expected: Callable[[], Floats]
    seen: Callable[[History], Floats]  # the same values of one future
    customers: int | None = None  # of a future; None: the whole market
    log: bool = False
    shares: bool = False
    bias: float = 0.0
    deviation: float | None = None  # that the mean may have at most, of a million customers

    def future(self, replication: int, seed: int = SEED, customers: int | None = None, engine: str | None = None) -> Floats:
        """What is seen of one future."""
        return self._seen(self.scenario(), replication, seed, customers, engine, None)

    def futures(self, count: int, seed: int = SEED, customers: int | None = None, engine: str | None = None) -> Floats:
        """What is seen of so many: (count, values). A graph that is not drawn anew is made once."""
        scenario = self.scenario()
        is_drawn = any(layer.graph.redraw for layer in scenario.word_of_mouth)
        world = None if is_drawn or not scenario.word_of_mouth else build(scenario, sample=customers or self.customers)
        return np.array([self._seen(scenario, k, seed, customers, engine, world) for k in range(count)], np.float64)

    def _seen(
        self, scenario: Scenario, replication: int, seed: int, customers: int | None, engine: str | None, world: object
    ) -> Floats:
        size = customers or self.customers
        given = {"sample": size} if world is None else {"world": world}
        return self.seen(
            simulate(scenario, seed=seed, replication=replication, log=self.log, threads=1, engine=engine, **given)  # type: ignore[arg-type]
        )

    def enough(self, customers: int) -> NDArray[np.bool_]:
        """Which values are looked at, when there are so many customers in all futures together."""
        expected = self.expected()
        return np.minimum(expected, 1.0 - expected) * customers >= FEW if self.shares else np.ones(expected.size, bool)


def z_of(found: Floats, expected: Floats, bias: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Mean, standard error and z of each value over futures (rows), a bias allowed; z is 0 where nothing differs at all."""
    known = (~np.isnan(found)).sum(axis=0)
    mean = np.nanmean(found, axis=0)
    error = np.nanstd(found, axis=0, ddof=1) / np.sqrt(known)
    beyond = np.maximum(np.abs(mean - expected) - bias, 0.0)
    beyond[beyond <= 1e-9 * np.maximum(1.0, np.abs(expected))] = 0.0  # of numbers that are the same but for rounding
    return mean, error, np.divide(beyond, error, out=np.where(beyond > 0, np.inf, 0.0), where=error > 0)


def in_one(values: Sequence[float]) -> Callable[[], Floats]:
    """Printed or reckoned values as what a form expects."""
    return lambda: np.array(values, np.float64)
