"""A market at time 0 as bytes, as the page puts them into the memory of its own ``kernel.wasm``.

In: a scenario laid out for the engines, a world. Out: an `Image`: which bytes lie where before any luck is drawn, and the `Luck` of one
future: the key of its draws and with which numbers the module's own entries put customers on rungs. Addresses in a memory of
WebAssembly count from its begin, so the same bytes at the same places are the same market, in wasmtime and in a browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.engine.kernel import Fast
from ladsim.engine.rules import parameters_of, work_out_rates
from ladsim.engine.simulation import Simulation
from ladsim.engine.state import TRAIT_LAWS, books_of, set_up, starting_rungs
from ladsim.errors import StudyError
from ladsim.hosts.entry import Entry
from ladsim.hosts.wasm import Wasm
from ladsim.model.layout import MARKET, MONTH
from ladsim.scenario.tables import Tables
from ladsim.world.build import World

Bytes = NDArray[np.uint8]
WORD = 8  # bytes: what a slider changes is told in words of so many


class _Enough(Exception):
    """The rules' arrays stand; nobody asks for customers."""


class Recorder(Wasm):
    """A block that knows which arrays it has handed out, and how they were before rates were worked out and luck was drawn."""

    def __init__(self, *, with_customers: bool = True) -> None:
        self.spans: list[tuple[int, int]] = []  # where each array begins, and its bytes
        self.before: dict[int, Bytes] = {}  # by where it begins
        self._calling = False
        self._with_customers = with_customers
        super().__init__()

    def zeros(self, shape: Any, dtype: Any, line: int = 8) -> NDArray[Any]:
        """As the host's own, and noted."""
        return self._noted(super().zeros(shape, dtype, line))

    def put(self, array: NDArray[Any], dtype: Any = None) -> NDArray[Any]:
        """As the host's own, and noted; between the fields of a record stand zeros."""
        made = super().put(array, dtype)
        if made.dtype.names and not self._calling:
            made.view(np.uint8).reshape(-1)[:] = 0
            for name in made.dtype.names:
                made[name] = array[name]
        return self._noted(made)

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives. What it is handed for the time of the call is no part of the market."""
        if entry is work_out_rates:
            self.before = {at: self.bytes_at(at, size).copy() for at, size in self.spans}
            if not self._with_customers:
                raise _Enough
        self._calling = True
        try:
            return super().call(entry, *arguments)
        finally:
            self._calling = False

    def _noted(self, array: NDArray[Any]) -> NDArray[Any]:
        if not self._calling and array.nbytes:
            self.spans.append((self.address(array), array.nbytes))
        return array

    def bytes_at(self, at: int, size: int) -> Bytes:
        """The bytes there, as a view."""
        return np.ndarray((size,), np.uint8, self.room, at)


@dataclass(frozen=True)
class Luck:
    """What is drawn at the start of one future, by numbers that entries of the module are called with."""

    run: int  # key of all its draws
    taken: tuple[int, ...]  # rungs on which somebody starts
    highest: tuple[float, ...]  # the highest start draw on each of them but the last
    pinned: tuple[tuple[int, int], ...]  # customers whose rung the file says, and that rung
    traits: tuple[tuple[int, int, int, float, float], ...]  # column, law, word, its two numbers
    words: tuple[int, ...]  # of what the firm knows of customers for life
    shares: tuple[float, ...]
    arrivals: tuple[tuple[int, int, int, int, int], ...]  # from, until, how many, rung, flow

    def as_json(self) -> dict[str, Any]:
        """With whole numbers of 64 bits as texts, which JavaScript could not hold otherwise."""
        return {
            "run": str(self.run),
            "taken": self.taken,
            "highest": self.highest,
            "pinned": self.pinned,
            "traits": [[column, law, str(word), a, b] for column, law, word, a, b in self.traits],
            "words": [str(word) for word in self.words],
            "shares": self.shares,
            "arrivals": self.arrivals,
        }


class Image:
    """A market at time 0, played by nobody yet."""

    def __init__(self, tables: Tables, world: World, seed: int, replication: int, *, log: bool = False) -> None:
        self.tables, self.world, self.seed, self.replication = tables, world, seed, replication
        self.block = block = Recorder()
        self.rules = parameters_of(tables, world, block, log, rows=False)
        self.books = books_of(tables, world, self.rules, block)
        state = set_up(tables, world, self.rules, self.books, block, seed, replication)
        self.simulation = Fast(tables, self.rules, state, self.books, world.scale, block)
        self.first = block.spans[0][0]
        self.rows = block.address(state.rows), state.rows.nbytes
        self.segment = block.put(world.segment, np.uint16)  # the page's own: entries are handed it
        self.end = block.end.value

    @property
    def address(self) -> int:
        """Where the record lies that entries are called with."""
        return self.simulation.address

    @property
    def market(self) -> int:
        """Where the record lies that the record above is a copy of; the page needs but the copy."""
        return self.block.address(self.rules.market)

    def begun(self) -> Bytes:
        """All bytes from `first` on before rates are worked out and luck is drawn; of the record that is copied, zeros."""
        made = np.zeros(self.end - self.first, np.uint8)
        for at, size in self.block.spans:
            if at != self.market:
                made[at - self.first : at - self.first + size] = self._at_first(at, size)
        return made

    def _at_first(self, at: int, size: int) -> Bytes:
        return self.block.before.get(at, self.block.bytes_at(at, size))

    def whole(self) -> Bytes:
        """All bytes from `first` on as the first event finds them; of the record that is copied, zeros."""
        made = np.zeros(self.end - self.first, np.uint8)
        for at, size in self.block.spans:
            if at != self.market:
                made[at - self.first : at - self.first + size] = self.block.bytes_at(at, size)
        return made

    @cached_property
    def luck(self) -> Luck:
        """What was drawn."""
        return luck_of(self.tables, self.world, self.seed, self.replication, self.draws(streams.START))

    def draws(self, purpose: int) -> NDArray[np.float64]:
        """A uniform number of every customer: (N,)."""
        from ladsim.engine.state import draws_of

        return cast("NDArray[np.float64]", self.block.call(draws_of, self.address, purpose))


def luck_of(tables: Tables, world: World, seed: int, replication: int, draws: NDArray[np.float64]) -> Luck:
    """The luck of a future, told by numbers. `draws` are the start draws: (N,)."""
    rungs = starting_rungs(tables, world, draws)
    free = world.pinned < 0
    taken = np.flatnonzero(np.bincount(rungs[free], minlength=len(tables.rung_names)))
    highest = np.array([draws[free & (rungs == rung)].max() for rung in taken[:-1]])
    pinned = np.flatnonzero(~free)
    by_draw = taken[np.searchsorted(highest, draws)].astype(np.uint8) if taken.size else np.zeros(world.size, np.uint8)
    if not np.array_equal(by_draw[free], rungs[free]):
        raise StudyError(f"--seed: found {seed}, must be another in a page: under this one two customers share a draw")
    bits = tables.view_bits if tables.view_bits else ()
    return Luck(
        run=int(streams.key_of_run(seed, replication)),
        taken=tuple(int(rung) for rung in taken),
        highest=tuple(highest.tolist()),
        pinned=tuple((int(row), int(rungs[row])) for row in pinned),
        traits=tuple(
            (column, TRAIT_LAWS.index(law), int(word), float(a), float(b))
            for column, (law, word, a, b) in enumerate(tables.traits)
        ),
        words=tuple(int(bit[0]) for bit in bits),
        shares=tuple(float(bit[1]) for bit in bits),
        arrivals=tuple(_arrivals(tables, world)),
    )


def _arrivals(tables: Tables, world: World) -> Iterator[tuple[int, int, int, int, int]]:
    """How many arrive between which times, on which rung, counted as which flow (as ``state.set_arrivals`` reckons)."""
    carried = [0.0] * len(tables.arrivals)
    for month in range(-(-tables.horizon // MONTH)):
        for place, (rung, per_month, first, last) in enumerate(tables.arrivals):
            low, high = max(month * MONTH, first), min((month + 1) * MONTH, last)
            if high <= low:
                continue
            carried[place] += per_month / world.scale * ((high - low) / MONTH)
            count = int(carried[place] + 1e-9)
            carried[place] -= count
            if count:
                yield int(low), int(high), count, int(rung), len(tables.steps) + place


def rule_bytes(tables: Tables, world: World, run: int) -> tuple[int, dict[int, Bytes], tuple[tuple[int, int], ...]]:
    """The rules' arrays alone, before rates are worked out: where the market's record lies, the bytes of every array, and the layout."""
    block = Recorder(with_customers=False)
    rules = parameters_of(tables, world, block, False, rows=False)
    books = books_of(tables, world, rules, block)
    with suppress(_Enough):
        set_up(tables, world, rules, books, block, 1, 0)
    at = block.address(rules.market)
    block.before[at][MARKET.fields["run"][1] :][:8] = np.array([run], np.uint64).view(np.uint8)  # type: ignore[index]
    return at, block.before, tuple(block.spans)


def calls_of(simulation: Simulation) -> list[list[Any]]:
    """Which entries play a market of the fast engine to its horizon, with what they are called behind the record's address.

    Where nothing but fixed costs acts, as on SimPy's clock: lives to the horizon, then what customers cost, then fixed costs. Else one
    call plays everything from date to date.
    """
    horizon = simulation.horizon
    if not simulation.plan.is_quiet:
        return [["kernel.begin_rows"], ["kernel.play", horizon + 1, horizon]]
    made: list[list[Any]] = [["kernel.begin_rows"], ["kernel.advance", horizon, horizon]]
    if simulation.market["part_costs"][0] >= 0:
        made.append(["market_arrays.accrue_rows", 0, int(simulation.state.due.size), horizon])
    return [*made, ["plan.accrue_to_the_end"]]
