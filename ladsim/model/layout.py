"""The one layout of a running market: what the rules read, what they change, what they write down.

Both engines hold these arrays and call the same rules on them. Compiled code takes one
record, the market, that says where the arrays are (``bind``) and reaches into them through ``access``. A customer is a row.
Times are int64 counts of 1/2^20 tick; a tick is 1/30 month. Amounts are int64 thousandths of the currency's minor unit.

=========  =====================================================  ===========================
bundle     holds                                                  written by
=========  =====================================================  ===========================
``Rules``  the scenario as arrays, the graphs, the levers          the plan (levers only)
``State``  one row per customer, and when its next event is due   the rules
``Books``  changes of counts, flows, money, messages, the log      the rules
=========  =====================================================  ===========================

A row is as long as the scenario needs: ``PARTS`` says which parts there are, and ``lay_out`` which of them a scenario has. What a
programme or satisfaction must remember of a customer is another part, in a line of ``PARTS``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ladsim.hosts.block import Block
from ladsim.model.plan_layout import PLAN

TICK = 1 << 20
TICKS_PER_MONTH = 30
MONTH = TICKS_PER_MONTH * TICK
NEVER = 1 << 62
MOST_MONEY = 1 << 61  # sum of all amounts of a run, signs aside, that int64 surely holds
NOBODY = -1
NOBODY_ID = (1 << 64) - 1
MOST_VISITS = (1 << 16) - 1  # entries to one rung that are counted one by one

# The arrays that the market's record points to, as the three bundles below name them.
ARRAYS = (
    "rungs", "steps", "kinds", "segment_rung", "segment_step", "lever_rung", "lever_step", "talk", "step_number", "order_rate",
    "message_rate", "basket_factor", "cost_rate", "quality", "price", "points", "changed", "layers", "cause_kinds", "programs",
    "joins", "level_rung", "level_step", "level_cost", "beliefs", "ids", "rows", "due", "people", "flows", "orders",
    "order_kinds", "newcomers", "money", "daily", "messages", "cohorts", "buyers", "returns", "leavers", "members", "levels", "moods",
    "held", "log", "letters", "mail", "mail_count", "plan",
)  # fmt: skip

# What a customer's row is made of. Packed: a row should be one line of memory.
# `cohort` holds marks above its lowest bits (``model.standing``); `began` is the rung at the start of the month `moved`.
HEAD = np.dtype(
    [("rung", "u1"), ("what", "u1"), ("leaving", "u1"), ("began", "u1"), ("segment", "u2"), ("cohort", "u2"), ("moved", "u2")]
)
COHORT_BITS = 11  # months a scenario may have, and two
COHORT_MASK = (1 << COHORT_BITS) - 1
ORDERS = np.dtype([("number", "u4"), ("booked", "u4"), ("bought", "u2")])
AFTER = np.dtype([("orders_here", "u4")])
TALK = np.dtype([("messages", "u4"), ("referrer", "i4")])
RENEWALS = np.dtype([("due", "i8"), ("anchor", "i8"), ("renewals", "u4")])
ARRIVAL = np.dtype([("due", "i8"), ("flow", "u2"), ("to", "u1")])
COSTS = np.dtype([("paid_until", "i8")])
STAY = np.dtype([("entered", "i8")])
OUTCOME = np.dtype([("revenue", "i8"), ("contribution", "i8"), ("cost", "i8")])
SEQUENCE = np.dtype([("sequence", "u4")])
VIEW = np.dtype([("kind", "u2")])  # as whom the firm sees the customer: what a campaign aims at
MOOD = np.dtype([("satisfaction", "f8"), ("expectation", "f8")])
# What every programme remembers of a customer; `level` 0 is no member, `orders` a factor on the rate of orders.
MEMBER = np.dtype(
    [("due", "i8"), ("since", "i8"), ("balance", "i8"), ("orders", "f8"), ("number", "u4"), ("level", "u1"), ("state", "u1")]
)
WORD = np.dtype("i8")  # a clock: when it is due, or, while it stands still, its exposure with the sign bit set
TALLY = np.dtype("u2")
TRAIT = np.dtype("f8")

# name, kind of the record: the parts of a row, in their order. `words`, `members`, `memory`, `traits` and `visits` repeat.
PARTS: dict[str, np.dtype[Any]] = {
    "head": HEAD, "words": WORD, "orders": ORDERS, "after": AFTER, "talk": TALK, "renewals": RENEWALS, "arrival": ARRIVAL,
    "costs": COSTS, "stay": STAY, "outcome": OUTCOME, "sequence": SEQUENCE, "view": VIEW, "mood": MOOD, "traits": TRAIT,
    "visits": TALLY, "members": MEMBER, "memory": WORD,
}  # fmt: skip
LINE = 64  # bytes of memory that come at once

# One customer as a history shows it.
CUSTOMER = np.dtype(
    [
        ("id", "u8"), ("due", "i8"), ("revenue", "i8"), ("contribution", "i8"), ("cost", "i8"),
        ("cohort", "i4"), ("referrer", "i4"), ("booked", "u4"), ("messages", "u4"), ("segment", "u2"), ("rung", "u1"),
        ("referred", "u1"), ("bought_before", "u1"), ("returned", "u1"),
    ],
    align=True,
)  # fmt: skip
RUNG = np.dtype(
    [
        ("orders", "f8"), ("basket", "f8"), ("cost", "f8"), ("renewal_period", "f8"), ("entry_cost", "i8"), ("word", "u8"),
        ("quality", "f8"), ("recommendation", "f8"),
        ("rank", "i4"), ("time_first", "i4"), ("time_count", "i4"), ("order_first", "i4"), ("order_count", "i4"),
        ("message_first", "i4"), ("message_count", "i4"), ("renewal_first", "i4"), ("renewal_count", "i4"),
        ("start_orders", "i4"), ("is_customer", "u1"), ("announces", "u1"), ("outside", "u1"), ("free", "u1"),
        ("bought_before", "u1"),  # who starts here has
    ],
    align=True,
)  # fmt: skip
STEP = np.dtype(
    [
        ("number", "f8"), ("within", "i8"), ("word", "u8"), ("feeling", "f8"), ("after", "i4"), ("trait", "i4"),
        ("origin", "i2"), ("to", "i2"), ("up", "u1"), ("is_order", "u1"), ("beta", "u1"), ("trigger", "u1"), ("negative", "u1"),
        ("personal", "u1"),  # a programme or satisfaction moves it
    ],
    align=True,
)  # fmt: skip
# Factors, but for `quality`, which is added: points on the scale of 0 to 10.
FACTORS = np.dtype([(name, "f8") for name in ("orders", "basket", "messages", "cost", "price", "points", "quality")])
# A loyalty programme. Hooks are the addresses of its rules, 0 where it has none (``model.membership``).
HOOKS = ("entered", "joined", "reduces", "ordered", "dated", "levelled", "converted", "won", "given")
PROGRAM = np.dtype(
    [
        ("word", "u8"), ("at_numbers", "u8"), ("starts", "i8"), ("ends", "i8"), ("first", "i4"), ("memory", "i4"), ("cause", "i4"),
        ("levels", "i4"), ("manual", "u1"), ("in_money", "u1"), *((hook, "u8") for hook in HOOKS),
    ],
    align=True,
)  # fmt: skip
JOIN = np.dtype([("probability", "f8"), ("rate", "f8")])  # on entering a rung; a unit of time there
MARKET = np.dtype(
    [
        # What the scenario says.
        ("handling", "i8"),
        ("basket_mean", "f8"),
        ("basket_spread", "f8"),
        ("basket_shape", "f8"),
        ("margin", "f8"),
        ("vat", "f8"),
        ("unit", "f8"),  # amount units in one unit of the currency
        ("run", "u8"),  # the replication's key of luck
        ("basket_law", "i4"),
        ("layers", "i4"),
        ("orders_trait", "i4"),
        ("messages_trait", "i4"),
        ("basket_trait", "i4"),
        ("recommendation_trait", "i4"),
        ("kinds", "i4"),
        ("programs", "i4"),
        ("views", "i4"),  # as whom a customer may be seen; 1: all alike
        ("seen", "i4"),  # of them, those that a rung may be taken for; the rest is for life
        ("belief_steps", "i4"),  # different shares of customers whose rung is not known
        # Satisfaction: see ``model.satisfaction``.
        ("satisfaction_start", "f8"),
        ("expectation_start", "f8"),
        ("learning", "f8"),
        ("adaptation", "f8"),
        ("quality_spread", "f8"),
        ("failure", "f8"),
        ("failure_quality", "f8"),
        ("recovery", "f8"),
        ("recovery_quality", "f8"),
        ("feeling_orders", "f8"),
        ("feeling_basket", "f8"),
        ("recommendation_base", "f8"),
        ("recommendation_slope", "f8"),
        ("stagger", "u1"),
        ("log", "u1"),
        ("numbered", "u1"),  # ids are the rows' numbers
        ("personal", "u1"),  # a customer's own state drives its clocks: programmes, satisfaction
        # A row: how many clocks of `time` steps it keeps (1: only that which is due first), the other clocks' columns (−1: none).
        ("slots", "i4"),
        ("all_slots", "u1"),
        ("order_column", "i4"),
        ("talk_column", "i4"),
        *((f"part_{name}", "i4") for name in PARTS),  # where the parts begin, in bytes; −1: the scenario does not need it
        # How long the arrays' axes are.
        ("customers", "i8"),
        ("rungs", "i8"),
        ("steps", "i8"),
        ("flows", "i8"),
        ("segments", "i8"),
        ("groups", "i8"),  # segments × views: those that levers may treat otherwise
        ("all_levels", "i8"),
        ("causes", "i8"),
        ("cohorts", "i8"),
        ("ticks", "i8"),
        ("stride", "i8"),
        ("chunk", "i8"),  # blocks of customers that one thread takes together
        # How far the buffers are filled, and how long they are.
        ("log_rows", "i8"),
        ("log_size", "i8"),
        ("letters", "i8"),
        ("letters_size", "i8"),
        ("spare", "i8"),  # first letter that may be written over, −1: none
        ("spares", "i8"),
        ("most_letters", "i8"),  # that may wait for one tick
        ("too_many", "i8"),  # the tick for which more are waiting; 0: none
        ("reserve", "i8"),  # room for the busiest single event
        # The threads: each has a record like this one.
        ("first", "u8"),  # where the first one's record stands; the others follow it
        ("threads", "i8"),
        ("me", "i8"),
        ("at_shared", "u8"),  # where they wait for each other
        # How far this one is: ticks finished, phase, place within the phase, letters being delivered, events left before it pauses.
        ("tick", "i8"),
        ("phase", "i8"),
        ("place", "i8"),
        ("delivering", "i8"),
        ("left", "i8"),
        # What is due next in each block of customers, and the letters being delivered.
        ("at_blocks", "u8"),
        ("blocks", "i8"),
        ("at_places", "u8"),
        ("places", "i8"),
        # A bit per customer whose events are logged; 0: everybody's are.
        ("at_followed", "u8"),
        # All that was booked, signs aside; MOST_MONEY when it was too much to count.
        ("moved", "i8"),
        # Where the arrays are.
        *((f"at_{name}", "u8") for name in ARRAYS),
    ],
    align=True,
)
KIND = np.dtype([("until", "f8"), ("basket", "f8")], align=True)
LAYER = np.dtype(
    [
        ("everyone", "u1"), ("budget", "u1"), ("nodes", "i8"), ("detractor", "f8"),
        ("at_indptr", "u8"), ("at_indices", "u8"), ("at_in_degree", "u8"), ("at_reach", "u8"),
    ],
    align=True,
)  # fmt: skip
LOG = np.dtype(
    [
        ("time", "i8"), ("customer", "u8"), ("other", "u8"), ("amount", "i8"), ("sequence", "i4"), ("cause", "i4"),
        ("origin", "i2"), ("to", "i2"), ("event", "u1"),
    ],
    align=True,
)  # fmt: skip
LETTER = np.dtype(
    [("sent", "i8"), ("receiver", "i4"), ("sender", "i4"), ("number", "u4"), ("layer", "i2"), ("negative", "u2"), ("next", "i8")],
    align=True,
)

# Triggers, in the order in which one customer's instant runs.
TIME, ORDER, MESSAGE, RENEWAL = 0, 1, 2, 3
TRIGGERS = ("time", "order", "message", "renewal")
# What happens next to a customer: arrival, renewal, then the clocks' columns from FIRST_CLOCK on.
ARRIVES, RENEWS, FIRST_CLOCK, FIRST_DATE, NOTHING = 0, 1, 2, 200, 255
MOST_PROGRAMS = NOTHING - FIRST_DATE
NEWS = -1  # the layer of a letter that tells the referrer of a new customer
NEWS_NUMBER = (1 << 32) - 1
# Budgets of messages.
PER_SENDER, PER_EDGE, PER_RECEIVER = 0, 1, 2
BUDGETS = ("per_sender", "per_edge", "per_receiver")
CONSTANT, LOGNORMAL, GAMMA = 0, 1, 2
BASKET_LAWS = ("constant", "lognormal", "gamma")
# Events of the log.
EVENTS = ("start", "move", "order", "book", "send", "hear", "level", "earn", "redeem", "expire", "feel")
E_START, E_MOVE, E_ORDER, E_BOOK, E_SEND, E_HEAR, E_LEVEL, E_EARN, E_REDEEM, E_EXPIRE, E_FEEL = range(11)
# Causes of money that every market has; campaigns and policies add theirs behind.
CAUSES = ("revenue", "goods", "handling", "rung_cost", "entry_cost", "fixed_cost")
C_REVENUE, C_GOODS, C_HANDLING, C_RUNG_COST, C_ENTRY_COST, C_FIXED_COST = range(6)
# What a cause is: part of revenue, part of what revenue contributes, or a cost.
CAUSE_KINDS = ("revenue", "contribution", "cost")
K_REVENUE, K_CONTRIBUTION, K_COST = range(3)
# A programme has four causes, its `cause` being the first.
PROGRAM_CAUSES = ("fees", "discounts", "rewards", "running")
P_FEES, P_DISCOUNTS, P_REWARDS, P_RUNNING = range(4)
# What is counted of each programme's members, month by month. Points in thousandths, money in amount units.
# Of those who left a club: `cancelled` at a fee date, `failed` because a payment did.
MEMBER_COUNTS = (
    "joined", "left", "active", "orders", "revenue", "issued", "redeemed", "expired", "rewards", "contacts", "cancelled", "failed",
)  # fmt: skip
M_JOINED, M_LEFT, M_ACTIVE, M_ORDERS, M_REVENUE, M_ISSUED, M_REDEEMED, M_EXPIRED, M_REWARDS, M_CONTACTS = range(10)
M_CANCELLED, M_FAILED = 10, 11
POINT = 1000  # of a balance in points: thousandths
# What is counted of moods: people by likelihood to recommend, and the sum of their satisfaction in millionths of a point; then
# service failures so far, and those of them that were recovered from.
MOODS = ("promoters", "passives", "detractors", "satisfaction", "failures", "recovered")


class Rules(NamedTuple):
    """What governs every customer. R rungs, S steps, G segments, A groups (segments × views), L layers, P programmes, N customers.

    Of the tables that levers move, place 0 is in force now, and place 1 was before they moved last.
    """

    market: Any  # (1,) MARKET
    rungs: Any  # (R,) RUNG
    steps: Any  # (S,) STEP, sorted by rung left, trigger, place in the file
    kinds: Any  # (K,) KIND: kinds of order
    segment_rung: Any  # (G, R) FACTORS
    segment_step: Any  # (G, S) float64
    lever_rung: Any  # (A, R) FACTORS, written by the plan
    lever_step: Any  # (A, S) float64, written by the plan
    talk: Any  # (L, R) float64: messages a month
    step_number: Any  # (2, A, S) float64: hazard a unit of time, or probability; of a beta step the factor on −ln(1 − p)
    order_rate: Any  # (2, A, R) float64: orders a unit of time, without the customer's trait
    message_rate: Any  # (2, L, A, R) float64: messages a unit of time, without trait and reach
    basket_factor: Any  # (A, R) float64
    cost_rate: Any  # (A, R) float64: amount units a month
    quality: Any  # (A, R) float64: of an experience, 0 to 10
    price: Any  # (A, R) float64: factor on the price
    points: Any  # (A, R) float64: factor on points
    changed: Any  # (A, R) uint8: whether clocks run otherwise now than before
    layers: Any  # (L,) LAYER
    cause_kinds: Any  # (C,) uint8: what each cause of money is
    programs: Any  # (P,) PROGRAM
    joins: Any  # (P, R) JOIN
    level_rung: Any  # (levels of all programmes, R) FACTORS; a programme's first level is that of who is no member
    level_step: Any  # (levels of all programmes, S) float64
    level_cost: Any  # (levels of all programmes,) float64: amount units a month
    beliefs: Any  # (B,) float64: different shares of customers whose rung is not known, ascending
    graphs: tuple[Any, ...]  # what the layers and programmes point to
    plan: Any  # (1,) PLAN
    plan_arrays: Any  # PlanArrays: what the plan points to


class State(NamedTuple):
    """One row per customer."""

    rows: Any  # (N · stride,) uint8: the parts, row by row
    due: Any  # (N,) int64: each customer's next event
    ids: Any  # (N,) uint64; empty where the ids are the rows' numbers


class Books(NamedTuple):
    """What is written down. M months, D days, C causes of money, A arrivals, K kinds of order."""

    people: Any  # (M + 1, G, R) int64: change of the number of customers in the month; month 0 is the start
    flows: Any  # (M + 1, S + A, G) int64: month 0 is empty
    orders: Any  # (M + 1, G, R) int64
    order_kinds: Any  # (M + 1, K) int64
    newcomers: Any  # (M + 1, G, 2) int64: new customers; those of them that were referred
    money: Any  # (M + 1, C, G, R) int64
    daily: Any  # (D + 1, C) int64
    messages: Any  # (M + 1, L, 3) int64: sent, heard, sent by detractors
    cohorts: Any  # (M + 1, M + 1, R) int64: change in the month, by the month they became customers (0: from the start) and rung
    buyers: Any  # (M + 1, M + 1) int64: by month and cohort, those with an order in the month
    # (M + 1, G, 3) int64: customers won back; those who had bought before the start and are customers again for the first time; of
    # these, who belong to no cohort, those with an order in the month
    returns: Any
    leavers: (
        Any  # (M + 1, G, R + 1) int64: customers at the month's start who are none at its end, by rung; who came and left in it
    )
    members: Any  # (M + 1, P, MEMBER_COUNTS) int64
    levels: Any  # (M + 1, levels of all programmes) int64: change of the number of members
    moods: Any  # (M + 1, G, R, MOODS) int64: change of people, of their summed satisfaction, of failures
    held: Any  # (clocks,) float64: with which hazards a customer's clocks have run, while it acts
    log: Any  # LOG rows waiting to be collected
    letters: Any  # LETTER rows waiting for the courier, in lists by the tick of delivery
    mail: Any  # (D + 3,) int64: first letter of each tick's list, −1: none
    mail_count: Any  # (D + 3,) int64

    @property
    def counts(self) -> Any:
        """(G, R) customers now."""
        return self.people.sum(axis=0)


def lay_out(market: Any, needed: dict[str, int]) -> None:
    """Write into the market's record where the parts of a row begin; `needed` says how many of each there are."""
    offset = 0
    for name, kind in PARTS.items():
        count = needed.get(name, 0)
        market[f"part_{name}"] = offset if count else -1
        offset += count * kind.itemsize
    step = LINE if offset > LINE // 2 and -offset % LINE <= LINE // 4 else 8
    market["stride"] = -(-offset // step) * step


def bind(rules: Rules, state: State, books: Books, block: Block, market: Any = None) -> Any:
    """The market's record, (1,) MARKET: what the scenario says, and where the arrays are.

    Compiled code takes it in place of the bundles and writes straight into their arrays, so keep the bundles as long as the record.
    """
    market = rules.market if market is None else market
    row = market[0]
    row["customers"] = state.due.size
    _, row["segments"], row["rungs"] = books.people.shape
    row["steps"] = rules.steps.size
    row["flows"] = books.flows.shape[1]
    row["causes"] = books.money.shape[1]
    row["cohorts"] = books.cohorts.shape[1]
    row["groups"] = rules.basket_factor.shape[0]
    row["all_levels"] = books.levels.shape[1]
    row["ticks"] = books.mail.size - 1
    row["spare"] = -1
    arrays = {**rules._asdict(), **state._asdict(), **books._asdict()}
    for name in ARRAYS:
        place(market, name, arrays[name], block)
    return market


def place(market: Any, name: str, array: Any, block: Block) -> None:
    """Let the market's record point to an array (again, when a buffer has grown)."""
    if not array.flags.c_contiguous or array.dtype != _KINDS[name]:
        raise TypeError(f"{name}: found {array.dtype} {array.flags}, must be a contiguous array of {_KINDS[name]}")
    market[f"at_{name}"] = block.address(array)
    if name in ("log", "letters"):
        market[f"{name}_size"] = array.size


_KINDS = {
    "rungs": RUNG, "steps": STEP, "kinds": KIND, "layers": LAYER, "log": LOG, "letters": LETTER, "segment_rung": FACTORS,
    "lever_rung": FACTORS, "ids": np.uint64, "rows": np.uint8, "changed": np.uint8, "cause_kinds": np.uint8, "programs": PROGRAM,
    "joins": JOIN, "level_rung": FACTORS, "plan": PLAN,
} | dict.fromkeys(
    ("segment_step", "lever_step", "talk", "step_number", "order_rate", "message_rate", "basket_factor", "cost_rate", "quality",
     "price", "points", "level_step", "level_cost", "beliefs", "held"), np.float64
) | dict.fromkeys(
    ("due", "people", "flows", "orders", "order_kinds", "newcomers", "money", "daily", "messages", "cohorts", "buyers", "returns",
     "leavers", "members", "levels", "moods", "mail", "mail_count"), np.int64
)  # fmt: skip
