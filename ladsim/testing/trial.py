"""What is tried: programmes, or a policy, in a small market, played as often as promises ask.

In: tables of programmes as a scenario file has them, or a policy. Out: the scenario, its history by any engine and host, and what the
programmes know of each customer at the end. A history that several promises ask for is played once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared, simulate
from ladsim.engine.state import columns
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables, tables
from ladsim.world.build import build

Table = Mapping[str, Any]


def market(**more: Any) -> dict[str, Any]:
    """A market where people climb, order, talk, renew, lapse and come back, over more than a year, as raw tables."""
    return {
        "schema": 1, "name": "contract", "months": 14, "market_size": 80,
        "rungs": [
            {"name": "lead", "share": 0.5},
            {"name": "customer", "share": 0.4, "orders_per_month": 1.2, "messages_per_month": 1.0, "cost_per_month": 0.2},
            {"name": "fan", "share": 0.1, "orders_per_month": 2.0, "messages_per_month": 2.0, "announces": True},
            {"name": "lapsed", "off_ladder": True},
        ],
        "steps": [
            {"from": "lead", "to": "customer", "monthly": 0.05, "is_order": True},
            {"from": "lead", "to": "customer", "trigger": "message", "probability": 0.2, "is_order": True},
            {"from": "customer", "to": "fan", "trigger": "order", "probability": 0.1, "from_order": 2},
            {"from": "customer", "to": "lapsed", "monthly": 0.15},
            {"from": "fan", "to": "customer", "trigger": "renewal", "months": 3, "probability": 0.3},
            {"from": "lapsed", "to": "customer", "monthly": 0.1},
        ],
        "start": {"orders": {"customer": 1, "fan": 1}},
        "segments": [{"name": "small", "share": 0.5, "factors": {"basket": 0.5}}, {"name": "large", "share": 0.5}],
        "word_of_mouth": [{"layer": "friends", "graph": {"kind": "barabasi_albert", "links": 2}}],
        "basket": {"law": "lognormal", "mean": 30.0, "spread": 0.5},
        "money": {"margin": 0.5, "cost_per_order": 1.0, "fixed_cost_per_month": 3.0},
    } | more  # fmt: skip


FEW: dict[str, Any] = {"market_size": 24, "months": 8}  # of the same market, for Python alone


@contextmanager
def played_by(host: str) -> Iterator[None]:
    """Inside, a certain host plays (``LADSIM_HOST``); "" for the usual one."""
    before = os.environ.get("LADSIM_HOST")
    try:
        if host:
            os.environ["LADSIM_HOST"] = host
        yield
    finally:
        if host:
            os.environ.pop("LADSIM_HOST") if before is None else os.environ.update(LADSIM_HOST=before)


@dataclass(frozen=True, eq=False)
class Trial:
    """A market as raw tables, and a seed; of a large one `sample` people."""

    data: Mapping[str, Any]
    seed: int = 5
    sample: int | None = None

    def scenario(self, **more: Any) -> Scenario:
        """The market, loaded as a file would be, with other values of some keys."""
        return validated(dict(self.data) | more)

    def play(self, engine: str = "fast", host: str = "", seed: int | None = None, **more: Any) -> History:
        """One future with its log; `more`: other keys of the market."""
        with played_by(host):
            scenario = self.scenario(**more)
            return simulate(scenario, seed=self.seed if seed is None else seed, sample=self.sample, log=True, engine=engine)

    def few(self, host: str = "") -> History:
        """A future of few people and months, for Python alone."""
        if self.sample is None:
            return self.play(host=host, **FEW)
        return replace(self, sample=min(self.sample, FEW["market_size"])).play(host=host)

    @cached_property
    def history(self) -> History:
        """The future by arrays, played by the usual host."""
        return self.play()


@dataclass(frozen=True, eq=False)
class ProgramTrial(Trial):
    """Programmes under trial; `nobody`: what makes it that nobody has one of them, None where no key can."""

    data: Mapping[str, Any] = field(default_factory=market)
    programs: Sequence[Table] = ()
    nobody: Sequence[Table | None] = ()

    def scenario(self, **more: Any) -> Scenario:
        """The market with the programmes."""
        return super().scenario(**({"programs": list(self.programs)} | more))

    @cached_property
    def laid_out(self) -> Tables:
        """The scenario as arrays."""
        return tables(resolve(self.scenario(), self.seed, 0))

    @cached_property
    def customers(self) -> NDArray[Any]:
        """What each programme knows of each customer at the horizon: (programmes, customers)."""
        simulation = prepared(self.laid_out, build(self.laid_out.scenario), Fast, seed=self.seed)
        simulation.run()
        return columns(simulation.market, simulation.state.rows, "members", len(self.laid_out.programs)).T.copy()


@cache
def bare(seed: int) -> History:
    """The market without any programme."""
    return Trial(market(), seed).play()
