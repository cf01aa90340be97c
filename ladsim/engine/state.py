"""A market at time 0: the arrays of ``model.layout`` filled from the scenario's tables and a world.

All luck comes by address, so the rows may be filled in any order. The start is exact: shares are quotas (largest remainder) over
the customers sorted by a start draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.compiled import entry
from ladsim.engine.rules import market_columns, work_out_rates
from ladsim.hosts.block import Block
from ladsim.model import access, arrays, standing
from ladsim.model.layout import (
    CUSTOMER,
    LINE,
    MONTH,
    NEVER,
    NOBODY,
    NOTHING,
    PIECE,
    TICK,
    Accumulators,
    Parameters,
    State,
    bind,
)
from ladsim.model.message_queue import TICKS_OF_AN_EVENT
from ladsim.model.row import PARTS
from ladsim.scenario.tables import Tables
from ladsim.world.build import World
from ladsim.world.population import quotas

TRAIT_LAWS = ("gamma", "inverse_gamma", "beta", "normal")


@entry("i8 i8 -> f8[]")
def draws_of(address, purpose):  # type: ignore[no-untyped-def]
    """A uniform number of every customer: (N,)."""
    m = access.market(address)
    draws = np.empty(m.customers)
    for row in range(m.customers):
        draws[row] = streams.uniform(access.key(m, row), streams.NO_WORD, purpose, 0, 0)
    return draws


@entry("i8 u1[] u2[] ->")
def fill_rows(address, rungs, segments):  # type: ignore[no-untyped-def]
    """Put everybody on a rung, before anything happens."""
    m = access.market(address)
    for row in range(m.customers):
        c = access.head(m, row)
        c.rung = rungs[row]
        c.segment = segments[row]
        c.what = NOTHING
        access.set_due(m, row, NEVER)
        if m.part_talk >= 0:
            access.talking(m, row).referrer = NOBODY
        if m.part_arrival >= 0:
            access.arrival(m, row).due = NEVER


@entry("f8[] f8[] i8[] -> u1[]")
def fill_places(draws, highest, taken):  # type: ignore[no-untyped-def]
    """Which of the `taken` rungs each draw means; `highest` are the highest draws of all but the last."""
    places = np.empty(draws.size, np.uint8)
    for n in range(draws.size):
        place = 0
        while place < highest.size and draws[n] > highest[place]:
            place += 1
        places[n] = taken[place]
    return places


@entry("i8 i8 i8 u8 f8 f8 ->")
def fill_trait(address, column, law, a_word, a, b):  # type: ignore[no-untyped-def]
    """Draw a trait of everybody."""
    m = access.market(address)
    for row in range(m.customers):
        own = access.key(m, row)
        if law == 0:
            value = streams.gamma_factor(own, a_word, streams.TRAIT, 0, a)
        elif law == 1:
            value = streams.inverse_gamma_factor(own, a_word, streams.TRAIT, 0, a)
        elif law == 3:
            value = a * streams.normal(streams.uniform(own, a_word, streams.TRAIT, 0, 0))
        else:
            value = streams.beta_draw(own, a_word, streams.TRAIT, 0, a, b)
        access.set_trait(m, row, column, value)


@entry("i8 u8[] f8[] ->")
def fill_views(address, words, shares):  # type: ignore[no-untyped-def]
    """Draw what the firm knows of everybody for life: who consents, who is in a control group."""
    m = access.market(address)
    for row in range(m.customers):
        for_life = 0
        for bit in range(words.size):
            if streams.uniform(access.key(m, row), words[bit], streams.AUDIENCE, 0, 0) < shares[bit]:
                for_life |= 1 << bit
        access.seen_as(m, row).kind = for_life * m.seen


@entry("i8 i8 ->")
def read_customers(address, table):  # type: ignore[no-untyped-def]
    """Write everybody into a table at an address, as a history shows them."""
    m = access.market(address)
    for row in range(m.customers):
        line, c = access.customer(table, row), access.head(m, row)
        line.id = access.identity(m, row)
        line.due = access.due(m, row)
        line.rung = c.rung
        line.segment = c.segment
        line.cohort = standing.cohort_of(m, row)
        line.referred = standing.has(m, row, standing.REFERRED)
        line.bought_before = standing.has(m, row, standing.BOUGHT)
        line.returned = standing.has(m, row, standing.RETURNED)
        line.referrer = access.talking(m, row).referrer if m.part_talk >= 0 else NOBODY
        line.messages = access.talking(m, row).messages if m.part_talk >= 0 else 0
        line.booked = access.orders(m, row).booked if m.part_orders >= 0 else 0
        if m.part_outcome >= 0:
            outcome = access.outcome(m, row)
            line.revenue = outcome.revenue
            line.contribution = outcome.contribution
            line.cost = outcome.cost


def set_up(
    tables: Tables, world: World, rules: Parameters, books: Accumulators, block: Block, seed: int, replication: int
) -> State:
    """A market at time 0: one row per customer, with its segment, the rung it starts on, the date it arrives and its traits.

    Fills and binds the market's record on the way.
    """
    market = rules.market
    size = world.size
    market["run"] = streams.key_of_run(seed, replication)
    # A row that fits a line of memory should not be spread over two.
    rows = block.zeros(size * int(market["stride"][0]), np.uint8, LINE)
    ids = block.put(np.zeros(0, np.uint64) if market["numbered"][0] else world.ids)
    state = State(rows, block.zeros(size, np.int64), ids)
    bind(rules, state, books, block)
    here = block.address(market)
    block.call(work_out_rates, here)
    draws = block.call(draws_of, here, streams.START)
    rungs = starting_rungs(tables, world, draws)
    if tables.arrivals:
        waiting = _waiting(tables, world, rungs, draws)
    del draws
    block.call(fill_rows, here, rungs, world.segment)
    if tables.arrivals:
        set_arrivals(tables, world, part(market, state, "arrival"), waiting, block.call(draws_of, here, streams.ARRIVAL))
    if market["part_view"][0] >= 0:
        words, shares = (np.array([bit[n] for bit in tables.view_bits], kind) for n, kind in enumerate((np.uint64, np.float64)))
        block.call(fill_views, here, words, shares)
    for column, (law, a_word, a, b) in enumerate(tables.traits):
        block.call(fill_trait, here, column, TRAIT_LAWS.index(law), a_word, a, b)
    return state


def part(market: Any, state: State, name: str) -> NDArray[Any]:
    """One part of all rows, as a view: (N,)."""
    found: NDArray[Any] = columns(market, state.rows, name, 1)[:, 0]
    return found


def columns(market: Any, rows: NDArray[np.uint8], name: str, count: int) -> NDArray[Any]:
    """A part of all rows of which each has so many, as a view: (N, count)."""
    stride, offset, kind = int(market["stride"][0]), int(market[f"part_{name}"][0]), PARTS[name].kind
    return np.ndarray((rows.size // stride, count), kind, rows.data, offset, (stride, kind.itemsize))


def mark_contacted(market: Any, state: State, tables: Tables) -> None:
    """Let who is under the effect of a contact be seen so, where its contacts tire."""
    for place, program in enumerate(tables.programs):
        if program.contact is not None:
            kind = columns(market, state.rows, "view", 1)["kind"][:, 0]
            level = columns(market, state.rows, "members", len(tables.programs))["level"][:, place]
            part = int(market["seen"][0]) << program.contact.bit
            kind[(level > 0) & (kind // part & 1 == 0)] += part


def customers_of(market: Any, state: State, block: Block) -> NDArray[Any]:
    """The customers as a history shows them: (N,) CUSTOMER."""
    table = block.zeros(state.due.size, CUSTOMER)
    block.call(read_customers, block.address(market), block.address(table))
    return block.released(table)


def starting_rungs(tables: Tables, world: World, draws: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Rung of every customer at time 0: the pinned ones, then quotas of the shares in the order of the start draws."""
    free = world.pinned < 0
    all_free = bool(free.all())
    own = draws if all_free else draws[free]
    counts = quotas(tables.start_shares.tolist(), own.size)
    taken = np.flatnonzero(counts)
    sorted_enough = own.copy()
    ends = counts[taken].cumsum()[:-1] - 1  # of each rung but the last: the place of its highest draw
    sorted_enough.partition(ends)
    places: NDArray[np.uint8] = fill_places(own, sorted_enough[ends], taken)
    del sorted_enough
    if not np.array_equal(np.bincount(places, minlength=counts.size), counts):  # two equal draws at a border: ids decide
        order = np.lexsort((world.ids if all_free else world.ids[free], own))
        places[order] = np.repeat(np.arange(counts.size), counts)
    if all_free:
        return places
    rungs = world.pinned.astype(np.uint8)
    rungs[free] = places
    return rungs


def _waiting(tables: Tables, world: World, rungs: NDArray[np.uint8], draws: NDArray[np.float64]) -> NDArray[np.intp]:
    """Rows of those not yet in the market, in the order of their start draws."""
    rows = np.flatnonzero(tables.rungs["outside"][rungs] == 1)
    return rows[np.lexsort((world.ids[rows], draws[rows]))]


def set_arrivals(
    tables: Tables, world: World, arrival: NDArray[Any], order: NDArray[np.intp], instant: NDArray[np.float64], since: int = 0
) -> None:
    """Give the `outside` customers, in `order`, their instants of arrival: exact numbers a month. Who came before `since` has come."""
    waiting = iter(order)
    carried = [0.0] * len(tables.arrivals)
    months = -(-tables.horizon // MONTH)
    for month in range(months):
        begin, end = month * MONTH, (month + 1) * MONTH
        for place, (rung, per_month, first, last) in enumerate(tables.arrivals):
            lo, hi = max(begin, first), min(end, last)
            if hi <= lo:
                continue
            carried[place] += per_month / world.scale * ((hi - lo) / MONTH)
            count = int(carried[place] + 1e-9)
            carried[place] -= count
            for _ in range(count if begin >= since else 0):
                row = next(waiting, None)
                if row is None:
                    return
                arrival["due"][row] = lo + max(1, int(np.ceil(instant[row] * (hi - lo))))
                arrival["to"][row] = rung
                arrival["flow"][row] = len(tables.steps) + place


def books_of(tables: Tables, world: World, rules: Parameters, block: Block) -> Accumulators:
    """Empty books, their buffers large enough for the busiest single event."""
    segments, rungs = tables.segment_rung.shape
    months = -(-tables.horizon // MONTH)
    days = -(-tables.horizon // TICK)
    widest = sum(world.size if g.kind == "everyone" else int(np.diff(g.indptr).max(initial=0)) for g in world.layers)
    starts = int(tables.rungs["start_orders"].max(initial=0))
    of_an_order = 10 + 8 * len(tables.programs) + 4 * tables.payments.size  # rows of the log at most
    room = 2 * (1024 + widest + of_an_order * (starts + 1))  # an engine empties a buffer when half of it is full
    pieces = -(-room // PIECE) + 2 * TICKS_OF_AN_EVENT
    lengths = {
        "months": months + 1,
        "days": days + 1,
        "ticks": days + 3,
        "segments": segments,
        "rungs": rungs,
        "rungs or none": rungs + 1,
        "flows": len(tables.step_names),
        "layers": len(tables.layer_names),
        "kinds": len(tables.kind_names),
        "payments": tables.payments.size,
        "causes": len(tables.causes),
        "cohorts": months + 1,
        "programs": len(tables.programs),
        "levels": rules.level_cost.size,
        "clocks": market_columns(rules),
        "log": room if rules.market[0]["log"] else 1,
        "queued_messages": pieces * PIECE,
        "pieces": pieces,
    }
    without = {} if tables.scenario.satisfaction is not None else {"moods": block.zeros((0, 0, 0, 0), np.int64)}
    books = arrays.empty(Accumulators, block, lengths, **without)
    books.queue[:] = NOBODY
    return books
