"""A market played for its exports: who ordered when and for how much, who moved where, and how everybody stands at the end.

In: a scenario, a strategy, a seed. Out: a `Played`, with days in place of times. Of the event log only orders and moves are kept, as they
come, so that memory is some 20 bytes an order, however much else is booked.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.engine.event_log import LogFile
from ladsim.engine.holdout import held_out, is_kept_out
from ladsim.engine.run import ENGINES, ROUGH_BYTES, prepared
from ladsim.engine.state import columns, customers_of, part
from ladsim.errors import StudyError, enough_memory
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.model.layout import E_MOVE, E_ORDER, E_START, MONTH
from ladsim.scenario.draws import resolve
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import tables
from ladsim.world.build import build

FIRST_DAY = datetime.date(2024, 1, 1)  # of a scenario without a start_date
_BYTES = 200  # a customer's orders and moves may take besides, roughly
ORDER = np.dtype([("day", "i4"), ("customer", "u8"), ("amount", "i8")])
MOVE = np.dtype([("day", "i4"), ("month", "f8"), ("customer", "u8"), ("to", "i2"), ("other", "u8"), ("starts", "?")])


@dataclass(frozen=True)
class Arm:
    """A campaign that leaves a control group alone: who was contacted, and who was not."""

    campaign: str
    day: int  # on which it begins
    customers: NDArray[np.uint64]
    contacted: NDArray[np.bool_]


@dataclass(frozen=True)
class Played:
    """What is known of a market that was played. N customers."""

    scenario: Scenario  # with one value for every number
    strategy: str | None
    seed: int
    scale: float  # people of the market that one of them stands for
    start: datetime.date
    unit: int
    orders: NDArray[Any]  # ORDER, by day
    moves: NDArray[Any]  # MOVE, by time; the starts first
    ids: NDArray[np.uint64]  # (N,)
    rung: NDArray[np.uint8]  # (N,) at the end
    likelihood: NDArray[np.float64]  # (N,) to recommend, 0 to 10, at the end; empty without satisfaction
    arms: tuple[Arm, ...]
    days: int = field(default=0)  # from the start to the end


class _OrdersAndMoves:
    """A log's way out that keeps what exports are made of."""

    def __init__(self) -> None:
        self.orders: list[NDArray[Any]] = []
        self.moves: list[NDArray[Any]] = []

    def write(self, rows: NDArray[Any]) -> None:
        """Keep what is wanted of these rows."""
        event = rows["event"]
        found = rows[event == E_ORDER]
        if found.size:
            kept = np.empty(found.size, ORDER)
            kept["day"], kept["customer"], kept["amount"] = _day(found["time"]), found["customer"], found["amount"]
            self.orders.append(kept)
        found = rows[(event == E_MOVE) | (event == E_START)]
        if found.size:
            kept = np.empty(found.size, MOVE)
            kept["day"], kept["month"] = _day(found["time"]), found["time"] / MONTH
            kept["customer"], kept["to"], kept["other"] = found["customer"], found["to"], found["other"]
            kept["starts"] = found["event"] == E_START
            self.moves.append(kept)

    def close(self) -> None:
        """There is no file."""

    def discard(self) -> None:
        """Keep nothing."""
        self.orders, self.moves = [], []


def _day(time: NDArray[np.int64]) -> NDArray[np.int32]:
    """Days since the start."""
    return np.floor(time * (DAYS_PER_MONTH / MONTH)).astype(np.int32)


def play(scenario: Scenario, strategy: str | None, seed: int, sample: int | None, engine: str | None) -> Played:
    """Play one future of a market. Raises StudyError, ScenarioError, WorldError and PolicyError as ``simulate`` does."""
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= seed < 2**63:
        raise StudyError(f"seed: found {seed!r}, must be a whole number from 0 to 2^63 − 1")
    chosen = engine or scenario.engine
    if chosen not in ENGINES:
        raise StudyError(f"engine: found {chosen!r}, must be one of {', '.join(ENGINES)}")
    plain = resolve(with_strategy(scenario, strategy), int(seed), 0)
    laid_out, world = tables(plain), build(plain, sample=sample)
    with enough_memory(StudyError, "simulating", world.size, ROUGH_BYTES[chosen] + _BYTES):
        simulation = prepared(laid_out, world, ENGINES[chosen], seed=int(seed), log=True)
        kept: LogFile = _OrdersAndMoves()
        simulation.log_to(kept)
        try:
            simulation.run()
            everybody = customers_of(simulation.market, simulation.state, simulation.block)
            likelihood = _likelihood(plain, simulation, everybody["rung"])
            orders, moves = (_joined(rows, kind) for rows, kind in ((kept.orders, ORDER), (kept.moves, MOVE)))
            arms = tuple(_arms(simulation, laid_out, everybody, moves))
        finally:
            simulation.close()
    return Played(
        plain, strategy, int(seed), world.scale, plain.start_date or FIRST_DAY, laid_out.unit, orders, moves, everybody["id"].copy(),
        everybody["rung"].copy(), likelihood, arms, int(np.floor(laid_out.months * DAYS_PER_MONTH)),
    )  # fmt: skip


def _joined(parts: list[NDArray[Any]], kind: np.dtype[Any]) -> NDArray[Any]:
    found = np.concatenate(parts) if parts else np.zeros(0, kind)
    parts.clear()
    return found


def _likelihood(scenario: Scenario, simulation: Any, rung: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N,) How likely everybody is to recommend, as ``model.satisfaction.likelihood`` has it; empty without satisfaction."""
    if scenario.satisfaction is None:
        return np.zeros(0)
    market, rows = simulation.market, simulation.state.rows
    said = scenario.recommendation
    value = float(said.base) + float(said.per_satisfaction) * part(market, simulation.state, "mood")["satisfaction"]
    value += np.array([float(one.recommendation) for one in scenario.rungs])[rung]
    trait = int(market["recommendation_trait"][0])
    if trait >= 0:
        value += columns(market, rows, "traits", trait + 1)[:, trait]
    return np.clip(value, 0.0, 10.0)


def _arms(simulation: Any, laid_out: Any, everybody: NDArray[Any], moves: NDArray[Any]) -> Any:
    """Each campaign with a control group: whom it was for when it began, who of them was contacted."""
    begins = {campaign.name: campaign.from_month for campaign in laid_out.scenario.campaigns}
    outside = laid_out.rungs["outside"].astype(bool)
    for name, (word, share, segments) in held_out(laid_out).items():
        day = int(float(begins.get(name, 0.0)) * DAYS_PER_MONTH)
        known = np.unique(moves["customer"][(moves["day"] <= day) & ~outside[moves["to"]]])
        meant = segments[everybody["segment"]] & np.isin(everybody["id"], known)
        kept_out = simulation.block.call(is_kept_out, simulation.address, word, share)
        yield Arm(name, day, everybody["id"][meant], ~kept_out[meant])


def answers(played: Played) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Who of the customers answers a survey at the end, and what: whole numbers from 0 to 10, halves rounded up."""
    from ladsim.scenario.segments import counts_as_customer

    if not played.likelihood.size:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    asked = np.array([counts_as_customer(rung) for rung in played.scenario.rungs])[played.rung]
    key, word = streams.key_of_run(played.seed, 0), streams.stream_id("survey of an export")
    draws = streams.uniforms_numbered(key, word, streams.SURVEY, 0, played.ids.size)
    answering = asked & (draws < float(played.scenario.survey.response_share))
    return played.ids[answering], np.floor(played.likelihood[answering] + 0.5).astype(np.int64)
