"""The numbers that target groups are judged by, future by future and segment by segment.

In: a study's futures, and simulated customer values where there is no closed form. Out: arrays, each worked out when it is asked for.
N futures, G segments, R rungs, W steps by which customers are won.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ladsim.measures.tidy import people
from ladsim.planning import customer_value, pairs
from ladsim.planning.replications import Replications
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]
ENDS = ("", "_low", "_high")
_PEOPLE = ("customers_end", "end", "new_customers", "taken")


def groups_of(runs: Replications) -> int:
    """How many segments there are; one where the file has none."""
    return len(runs.histories[0].segment_names)


@dataclass(frozen=True)
class SegmentNumbers:
    """What the tables are made of: N futures, G segments, R rungs, W winning steps."""

    runs: Replications
    placed: Floats | None  # (N, G, R) simulated customer values

    @property
    def groups(self) -> int:
        """G."""
        return groups_of(self.runs)

    @cached_property
    def paired(self) -> bool:
        """Whether futures come in pairs of one parameter draw."""
        return bool(len(self.runs.parameters.columns))

    @cached_property
    def laid_out(self) -> tuple[Tables, ...]:
        """(N,) the tables of every future; without uncertain numbers all the same."""
        runs = self.runs
        made = [runs.draws.tables(draw) for draw in range((runs.count + 1) // 2 if self.paired else 1)]
        return tuple(made[k // 2 if self.paired else 0] for k in range(runs.count))

    @cached_property
    def customer_values(self) -> Floats:
        """(N, G, R) of one more person."""
        if self.placed is not None:
            return self.placed
        groups = range(self.groups)
        made = {id(one): np.array([customer_value.for_life(one, g) for g in groups]) for one in self.laid_out}
        return np.stack([made[id(one)] for one in self.laid_out])

    @cached_property
    def by_step(self) -> Floats:
        """(N, G, W) highest cost that pays, of each winning step."""
        own = [
            [customer_value.max_acquisition_costs(one, self.customer_values[k, g], g) for g in range(self.groups)]
            for k, one in enumerate(self.laid_out)
        ]
        return np.array(own).reshape(self.runs.count, self.groups, -1)

    @cached_property
    def highest(self) -> Floats:
        """(N, G) highest cost of winning a customer that pays; NaN where there is no step to win one by."""
        steps = customer_value.won_by(self.laid_out[0])
        if not steps:
            return np.full(self.by_step.shape[:2], np.nan)
        shares = np.array([customer_value.weights(self.runs.histories, steps, g) for g in range(self.groups)])
        return np.asarray((self.by_step * shares).sum(axis=2), np.float64)

    @cached_property
    def people(self) -> Floats:
        """(N, 2, G, R) people at the start and at the end."""
        return np.stack([people(h, h.counts[[0, -1]]) for h in self.runs.histories])

    @cached_property
    def is_customer(self) -> NDArray[np.bool_]:
        """(R,) rungs whose people are customers."""
        return self.runs.histories[0].is_customer

    @cached_property
    def to_be_won(self) -> NDArray[np.bool_]:
        """(R,) rungs and states whose people at the start are no customers, and have not bought before."""
        return (self.laid_out[0].rungs["bought_before"] == 0) & ~self.is_customer

    @cached_property
    def sizes(self) -> Floats:
        """(N, G) people of each segment."""
        shares = np.array([one.segment_shares / one.segment_shares.sum() for one in self.laid_out])
        return shares * self.runs.scenario.market_size

    @cached_property
    def needs(self) -> Floats:
        """(N, G) share of a segment that can ever be customers."""
        return np.array([[s.addressable_share for s in one.scenario.segments] or [1.0] for one in self.laid_out], np.float64)

    @cached_property
    def earned(self) -> Floats:
        """(N, G, R) contribution less the cost of serving."""
        return np.stack([customer_value.earned(h, one) for h, one in zip(self.runs.histories, self.laid_out, strict=True)])

    @cached_property
    def can_be(self) -> Floats:
        """(G,) customers there can be."""
        return np.asarray((self.sizes * self.needs).mean(axis=0), np.float64)

    @cached_property
    def addressable(self) -> Floats:
        """(G,) of them, those still to be won: at most those who are no customers and have not bought before."""
        now = self.people[:, 0].mean(axis=0)
        left = self.can_be - now[:, self.is_customer].sum(axis=1)
        return np.clip(left, 0.0, now[:, self.to_be_won].sum(axis=1))

    def mean(self, values: Floats) -> pairs.Estimate:
        """The mean over futures with its interval."""
        return pairs.mean(values, self.paired)

    def columns(self, name: str, values: Floats) -> dict[str, list[float]]:
        """The mean over futures of (N, rows) with its limits, as three columns; within 0 and 1 of shares, from 0 on of people."""
        unit = "share" if name.endswith("_share") else "people" if name in _PEOPLE else ""
        found = [pairs.of_unit(values[:, row], unit, self.paired) for row in range(values.shape[1])]
        return {name + end: [estimate[place] for estimate in found] for place, end in enumerate(ENDS)}
