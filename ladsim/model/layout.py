"""The one layout of a running market: what the rules read, what they change, what they write down.

Both engines hold these arrays and call the same rules on them. Compiled code takes one
record, the market, that says where the arrays are (``bind``) and reaches into them through ``access``. A customer is a row.
Times are int64 counts of 1/2^20 tick; a tick is 1/30 month. Amounts are int64 thousandths of the currency's minor unit.

=========  =====================================================  ===========================
bundle     holds                                                  written by
=========  =====================================================  ===========================
``Rules``  the scenario as arrays, the graph, the levers' factors  the plan (levers only)
``State``  one row per customer: rung, clocks, counters, traits    the rules
``Books``  counts, flows, money, messages, the log's buffers       the rules
=========  =====================================================  ===========================
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

TICK = 1 << 20
TICKS_PER_MONTH = 30
MONTH = TICKS_PER_MONTH * TICK
NEVER = 1 << 62
MOST_MONEY = 1 << 61  # sum of all amounts of a run, signs aside, that int64 surely holds
NOBODY = -1
NOBODY_ID = (1 << 64) - 1

# The arrays that the market's record points to, as the three bundles below name them.
ARRAYS = (
    "rungs", "steps", "kinds", "segment_rung", "segment_step", "lever_rung", "lever_step", "talk", "layers", "indptr", "indices",
    "in_degree", "reach", "customers", "clocks", "visits", "traits", "counts", "flows", "orders", "order_kinds", "newcomers", "money",
    "daily", "messages", "cohorts", "buyers", "log", "letters",
)  # fmt: skip

# Those of one customer stand together in one row of memory, `stride` bytes long.
BY_CUSTOMER = ("customers", "clocks", "visits", "traits")

CUSTOMER = np.dtype(
    [
        ("id", "u8"), ("key", "u8"),
        ("due", "i8"), ("entered", "i8"), ("paid_until", "i8"),
        ("renewal_due", "i8"), ("renewal_anchor", "i8"), ("arrival_due", "i8"),
        ("customer_since", "i8"), ("first_order", "i8"), ("referrer", "i8"),
        ("revenue", "i8"), ("contribution", "i8"), ("cost", "i8"),
        ("order_number", "u4"), ("booked", "u4"), ("messages", "u4"), ("sequence", "u4"),
        ("orders_here", "u4"), ("renewals", "u4"), ("bought_month", "u4"),
        ("what", "i2"), ("segment", "u2"), ("rung", "u1"), ("arrival_to", "u1"), ("arrival_flow", "u2"), ("referred", "u1"),
    ],
    align=True,
)  # fmt: skip
CLOCK = np.dtype([("due", "i8"), ("since", "i8"), ("exposure", "f8"), ("hazard", "f8")], align=True)
RUNG = np.dtype(
    [
        ("orders", "f8"), ("basket", "f8"), ("cost", "f8"), ("renewal_period", "f8"), ("entry_cost", "i8"), ("word", "u8"),
        ("rank", "i4"), ("time_first", "i4"), ("time_count", "i4"), ("order_first", "i4"), ("order_count", "i4"),
        ("message_first", "i4"), ("message_count", "i4"), ("renewal_first", "i4"), ("renewal_count", "i4"),
        ("start_orders", "i4"), ("is_customer", "u1"), ("announces", "u1"), ("outside", "u1"),
    ],
    align=True,
)  # fmt: skip
STEP = np.dtype(
    [
        ("number", "f8"), ("within", "i8"), ("word", "u8"), ("after", "i4"), ("trait", "i4"),
        ("origin", "i2"), ("to", "i2"), ("up", "u1"), ("is_order", "u1"), ("beta", "u1"), ("trigger", "u1"),
    ],
    align=True,
)  # fmt: skip
FACTORS = np.dtype([("orders", "f8"), ("basket", "f8"), ("messages", "f8"), ("cost", "f8")])
MARKET = np.dtype(
    [
        # What the scenario says.
        ("horizon", "i8"),
        ("handling", "i8"),
        ("basket_mean", "f8"),
        ("basket_spread", "f8"),
        ("basket_shape", "f8"),
        ("margin", "f8"),
        ("vat", "f8"),
        ("basket_law", "i4"),
        ("time_slots", "i4"),
        ("layers", "i4"),
        ("orders_trait", "i4"),
        ("messages_trait", "i4"),
        ("basket_trait", "i4"),
        ("kinds", "i4"),
        ("stagger", "u1"),
        ("log", "u1"),
        # How long the arrays' axes are.
        ("customers", "i8"),
        ("rungs", "i8"),
        ("steps", "i8"),
        ("flows", "i8"),
        ("segments", "i8"),
        ("causes", "i8"),
        ("cohorts", "i8"),
        ("stride", "i8"),
        # How far the buffers are filled, and how long they are.
        ("log_rows", "i8"),
        ("log_size", "i8"),
        ("letters", "i8"),
        ("letters_size", "i8"),
        # All that was booked, signs aside; MOST_MONEY when it was too much to count.
        ("moved", "i8"),
        # Where the arrays are.
        *((f"at_{name}", "u8") for name in ARRAYS),
    ],
    align=True,
)
KIND = np.dtype([("until", "f8"), ("basket", "f8")], align=True)
LAYER = np.dtype([("everyone", "u1"), ("budget", "u1"), ("nodes", "i8")], align=True)
LOG = np.dtype(
    [
        ("time", "i8"), ("customer", "u8"), ("other", "u8"), ("amount", "i8"), ("sequence", "i4"), ("cause", "i4"),
        ("origin", "i2"), ("to", "i2"), ("event", "u1"),
    ],
    align=True,
)  # fmt: skip
LETTER = np.dtype([("receiver", "i8"), ("sent", "i8"), ("sender", "i8"), ("number", "u4"), ("layer", "i4")], align=True)

# Triggers, in the order in which one customer's instant runs.
TIME, ORDER, MESSAGE, RENEWAL = 0, 1, 2, 3
TRIGGERS = ("time", "order", "message", "renewal")
# What happens next to a customer: arrival, renewal, then the clocks' columns from FIRST_CLOCK on.
NOTHING, ARRIVES, RENEWS, FIRST_CLOCK = -1, 0, 1, 2
# Budgets of messages.
PER_SENDER, PER_EDGE, PER_RECEIVER = 0, 1, 2
BUDGETS = ("per_sender", "per_edge", "per_receiver")
CONSTANT, LOGNORMAL, GAMMA = 0, 1, 2
BASKET_LAWS = ("constant", "lognormal", "gamma")
# Events of the log.
EVENTS = ("start", "move", "order", "book", "send", "hear")
E_START, E_MOVE, E_ORDER, E_BOOK, E_SEND, E_HEAR = range(6)
# Causes of money that every market has; campaigns and policies add theirs behind.
CAUSES = ("revenue", "goods", "handling", "rung_cost", "entry_cost", "fixed_cost")
C_REVENUE, C_GOODS, C_HANDLING, C_RUNG_COST, C_ENTRY_COST, C_FIXED_COST = range(6)


class Rules(NamedTuple):
    """What governs every customer. R rungs, S steps, G segments, L layers, N customers, E ties."""

    market: Any  # (1,) MARKET
    rungs: Any  # (R,) RUNG
    steps: Any  # (S,) STEP, sorted by rung left, trigger, place in the file
    kinds: Any  # (K,) KIND: kinds of order
    segment_rung: Any  # (G, R) FACTORS
    segment_step: Any  # (G, S) float64
    lever_rung: Any  # (G, R) FACTORS, written by the plan
    lever_step: Any  # (G, S) float64, written by the plan
    talk: Any  # (L, R) float64: messages a month
    layers: Any  # (L,) LAYER
    indptr: Any  # (L, N + 1) int64, into indices
    indices: Any  # (E,) int32: rows of out-neighbours, ascending
    in_degree: Any  # (L, N) int32
    reach: Any  # (L, N) float64: what the budget makes of one message a month


class State(NamedTuple):
    """One row per customer."""

    customers: Any  # (N,) CUSTOMER
    clocks: Any  # (N, time slots + 1 + L) CLOCK: `time` steps of the rung, orders, messages per layer
    visits: Any  # (N, R) uint32: entries to each rung
    traits: Any  # (N, T) float64: lifelong factors, or own probabilities


class Books(NamedTuple):
    """What is written down. M months, D days, C causes of money, A arrivals, K kinds of order."""

    counts: Any  # (G, R) int64: customers now
    flows: Any  # (M + 1, S + A, G) int64: month 0 is empty
    orders: Any  # (M + 1, G, R) int64
    order_kinds: Any  # (M + 1, K) int64
    newcomers: Any  # (M + 1, G, 2) int64: new customers; those of them that were referred
    money: Any  # (M + 1, C, G, R) int64
    daily: Any  # (D + 1, C) int64
    messages: Any  # (M + 1, L, 2) int64: sent, heard
    cohorts: Any  # (M + 1, R) int64: customers now, by the month they became one (0: from the start) and rung
    buyers: Any  # (M + 1, M + 1) int64: by month and cohort, those with an order in the month
    log: Any  # LOG rows waiting to be collected
    letters: Any  # LETTER rows waiting for the courier


def bind(rules: Rules, state: State, books: Books) -> Any:
    """The market's record, (1,) MARKET: what the scenario says, and where the arrays are.

    Compiled code takes it in place of the bundles and writes straight into their arrays, so keep the bundles as long as the record.
    """
    market = rules.market
    row = market[0]
    row["customers"] = state.customers.size
    row["stride"] = state.customers.strides[0]
    row["segments"], row["rungs"] = books.counts.shape
    row["steps"] = rules.steps.size
    row["flows"] = books.flows.shape[1]
    row["causes"] = books.money.shape[1]
    row["cohorts"] = books.cohorts.shape[0]
    arrays = {**rules._asdict(), **state._asdict(), **books._asdict()}
    for name in ARRAYS:
        place(market, name, arrays[name])
    return market


def place(market: Any, name: str, array: Any) -> None:
    """Let the market's record point to an array (again, when a buffer has grown)."""
    if not (array.flags.c_contiguous or name in BY_CUSTOMER) or array.dtype != _KINDS[name]:
        raise TypeError(f"{name}: found {array.dtype} {array.flags}, must be a contiguous array of {_KINDS[name]}")
    market[f"at_{name}"] = array.ctypes.data
    if name in ("log", "letters"):
        market[f"{name}_size"] = array.size


_KINDS = {
    "rungs": RUNG, "steps": STEP, "kinds": KIND, "layers": LAYER, "customers": CUSTOMER, "clocks": CLOCK, "log": LOG, "letters": LETTER,
    "segment_rung": FACTORS, "lever_rung": FACTORS, "segment_step": np.float64, "lever_step": np.float64, "talk": np.float64,
    "reach": np.float64, "traits": np.float64, "indptr": np.int64, "indices": np.int32, "in_degree": np.int32, "visits": np.uint32,
    "counts": np.int64, "flows": np.int64, "orders": np.int64, "order_kinds": np.int64, "newcomers": np.int64, "money": np.int64,
    "daily": np.int64, "messages": np.int64, "cohorts": np.int64, "buyers": np.int64,
}  # fmt: skip
