"""One strategy's market for the page: the image of its medians, and by which words each future differs from it.

In: a scenario, a strategy, a world, how many futures. Out: bytes and words; what the page needs to find its way in them (`Market.says`).
A word is eight bytes; it is told by its place from the image's begin, and its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import StudyError
from ladsim.hosts import wasm_module
from ladsim.model.arrays import arrays_of
from ladsim.model.layout import MARKET, MOST_MONEY, PIECE, Accumulators
from ladsim.model.row import PARTS
from ladsim.pages.image import WORD, Image, Luck, calls_of, luck_of, rule_bytes
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import Tables
from ladsim.world.build import World

Words = dict[int, int]  # place from the image's begin → value
FIELDS = ("run", "place", "left", "moved", "pieces_size", "places", "at_queued_messages", "at_pieces", "at_places")
ENTRIES = (
    *("rules.work_out_rates", "state.draws_of", "state.fill_places", "state.fill_rows", "state.fill_views", "state.fill_trait"),
    *("kernel.begin_rows", "kernel.advance", "kernel.play", "market_arrays.accrue_rows", "plan.accrue_to_the_end"),
)
READ = ("people", "flows", "orders", "newcomers", "money", "daily", "messages", "leavers", "queue_count")
_KEPT = 64  # changed scenarios


class OtherLayoutError(Exception):
    """A setting whose arrays have other sizes or places."""


class Market:
    """A scenario under a strategy, with the luck of some futures."""

    def __init__(self, scenario: Scenario, strategy: str | None, world: World, seed: int, futures: int) -> None:
        self.scenario, self.strategy, self.world, self.seed, self.futures = scenario, strategy, world, seed, futures
        self.draws = Draws(with_strategy(scenario, strategy), seed)
        self.image = Image(self.draws.tables(None), world, seed, 0)
        self.run = int(streams.key_of_run(seed, 0))
        self._start = [self._start_draws(future) for future in range(futures)]
        self.lucks = [self.luck_of(self.draws.tables(future // 2), future) for future in range(futures)]

    @property
    def paired(self) -> bool:
        """Whether two futures share each draw of what is not known."""
        return bool(self.draws.keys)

    def _start_draws(self, future: int) -> NDArray[np.float64]:
        """The start draws of everybody in a future: (N,)."""
        records = self.image.simulation.records
        own = int(records["run"][0])
        records["run"] = streams.key_of_run(self.seed, future)
        try:
            return self.image.draws(streams.START)
        finally:
            records["run"] = own

    def luck_of(self, tables: Tables, future: int) -> Luck:
        """The luck of a future with these numbers."""
        return luck_of(tables, self.world, self.seed, future, self._start[future])

    @cached_property
    def _base(self) -> tuple[dict[int, Any], tuple[tuple[int, int], ...], int]:
        market, arrays, layout = rule_bytes(self.image.tables, self.world, self.run)
        return arrays, layout, market

    @cached_property
    def differences(self) -> list[Words]:
        """By which words the image of each draw differs from that of the medians."""
        if not self.paired:
            return [{}]
        return [self.words_of(self.draws.tables(draw)) for draw in range((self.futures + 1) // 2)]

    def words_of(self, tables: Tables) -> Words:
        """By which words a market with these numbers differs from the image. Raises OtherLayoutError."""
        base, layout, market = self._base
        at_market, arrays, own_layout = rule_bytes(tables, self.world, self.run)
        if own_layout != layout or at_market != market:
            raise OtherLayoutError
        found: Words = {}
        for at, data in arrays.items():
            old = base[at]
            if np.array_equal(data, old):
                continue
            begin = (self.image.address if at == market else at) - self.image.first
            size = -(-data.size // WORD) * WORD
            new, before = (np.zeros(size, np.uint8) for _ in range(2))
            new[: data.size], before[: data.size] = data, old
            for place in np.flatnonzero(new.view(np.uint64) != before.view(np.uint64)):
                found[begin // WORD + int(place)] = int(new.view(np.uint64)[place])
        return found

    def tables_with(self, values: Mapping[str, float], draw: int | None) -> Tables:
        """The tables with values in place of those of the file."""
        return Draws(with_strategy(_changed(self.scenario, values), self.strategy), self.seed).tables(draw)

    def value_at(self, place: int) -> int:
        """The word that the image has at a place."""
        return int(self.begun.view(np.uint64)[place])

    @cached_property
    def begun(self) -> NDArray[np.uint8]:
        """The image's bytes, made up to whole words."""
        data = self.image.begun()
        return np.concatenate([data, np.zeros(-data.size % WORD, np.uint8)])

    def says(self) -> dict[str, Any]:
        """What the page needs to know of the image, but for the bytes."""
        image, simulation = self.image, self.image.simulation
        block, books = image.block, image.books
        records, money = simulation.market, simulation.plan.market_money
        return {
            "first": image.first,
            "end": image.end,
            "address": image.address,
            "fields": {name: MARKET.fields[name][1] for name in FIELDS},  # type: ignore[index]
            "calls": calls_of(simulation),
            "start": streams.START,
            "arrival": streams.ARRIVAL,
            "segment": [block.address(image.segment), image.world.size],
            "views": bool(records["part_view"][0] >= 0),
            "rows": [image.rows[0], int(records["stride"][0])],
            "rung": int(records["part_head"][0]) + _offset("head", "rung"),
            "outside": [int(n) for n in image.tables.rungs["outside"]],
            "arrivals": {"part": int(records["part_arrival"][0]), **{n: _offset("arrival", n) for n in ("due", "to", "flow")}},
            "shared": block.address(simulation.shared),
            "piece_bytes": PIECE * books.queued_messages.dtype.itemsize,
            "most_money": str(MOST_MONEY),
            "books": {
                name: [block.address(book), book.nbytes, *book.shape]
                for name in arrays_of(Accumulators)
                if name in READ and (book := getattr(books, name)).size
            }
            | {"market_money": [block.address(money), money.nbytes, *money.shape]},
            "unit": image.tables.unit,
        }


_last: dict[tuple[int, tuple[tuple[str, float], ...]], tuple[Scenario, Scenario]] = {}


def _changed(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with other values. The last ones are kept, for all markets ask for them one after the other."""
    key = id(scenario), tuple(sorted(values.items()))
    if key not in _last or _last[key][0] is not scenario:
        if len(_last) > 2 * _KEPT:
            _last.clear()
        _last[key] = scenario, override(scenario, values, "slider")
    return _last[key][1]


def _offset(part: str, name: str) -> int:
    return int(PARTS[part].kind.fields[name][1])  # type: ignore[index]


def kernel_says() -> dict[str, Any]:
    """The numbers by which the page calls entries of the module. Raises StudyError where the module is not of these rules."""
    from ladsim.hosts.entry import ENTRIES as DECLARED

    if reason := wasm_module.reason_against():
        raise StudyError(f"kernel.wasm: found {reason}, must be of these rules in a page")
    numbers = wasm_module.entries()
    return {
        "given": int(wasm_module.said()["given"]),
        "entries": {name: numbers[f"{name}: {DECLARED[name].signature}"] for name in ENTRIES},
    }
