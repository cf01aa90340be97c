"""The one layout of a running market: what the rules read, what they change, what they write down.

Both engines hold these arrays and call the same rules on them. Compiled code takes one
record, the market, that says where the arrays are (``bind``) and reaches into them through ``access``. A customer is a row.
Times are int64 counts of 1/2^20 tick; a tick is 1/30 month. Amounts are int64 thousandths of the currency's minor unit.

=========  =====================================================  ===========================
bundle     holds                                                  written by
=========  =====================================================  ===========================
``Parameters``  the scenario as arrays, the graphs, the levers          the plan (levers only)
``State``  one row per customer, and when its next event is due   the rules
``Accumulators``  changes of counts, flows, money, messages, the log      the rules
=========  =====================================================  ===========================

Each array is declared once, in its bundle: ``model.arrays`` says how, and what follows from it. A customer's row is made of parts,
which ``model.row`` declares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.hosts.block import Block
from ladsim.model.arrays import arrays_of, buffer, change, count, lengths_said_by, point, pointers, table
from ladsim.model.plan_layout import PLAN, PLAN_ARRAYS
from ladsim.model.records import FACTORS, LOG
from ladsim.model.row import PARTS
from ladsim.model.triggers import NAMES

TICK = 1 << 20
TICKS_PER_MONTH = 30
MONTH = TICKS_PER_MONTH * TICK
NEVER = 1 << 62
MOST_MONEY = 1 << 61  # sum of all amounts of a run, signs aside, that int64 surely holds
NOBODY = -1
NOBODY_ID = (1 << 64) - 1
MOST_VISITS = (1 << 16) - 1  # entries to one rung that are counted one by one
LINE = 64  # bytes of memory that come at once
PIECE = 32  # messages that lie one behind the other, a power of 2

# The marks in `HEAD.cohort` stand above the month (``model.standing``).
COHORT_BITS = 11  # months a scenario may have, and two
COHORT_MASK = (1 << COHORT_BITS) - 1

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
        ("orders", "f8"), ("basket", "f8"), ("cost", "f8"), ("renewal_period", "f8"), ("entry_cost", "i8"), ("stream_id", "u8"),
        ("quality", "f8"), ("recommendation", "f8"),
        ("rank", "i4"),
        *((f"{name}_{part}", "i4") for name in NAMES for part in ("first", "count")),  # its steps: the first, and how many
        ("start_orders", "i4"), ("is_customer", "u1"), ("announces", "u1"), ("outside", "u1"), ("free", "u1"),
        ("bought_before", "u1"),  # who starts here has
    ],
    align=True,
)  # fmt: skip
STEP = np.dtype(
    [
        ("number", "f8"), ("within", "i8"), ("stream_id", "u8"), ("feeling", "f8"), ("after", "i4"), ("trait", "i4"),
        ("covers", "i8"),  # of an order that is paid in advance: the time it is for
        ("origin", "i2"), ("to", "i2"), ("up", "u1"), ("is_order", "u1"), ("beta", "u1"), ("trigger", "u1"), ("negative", "u1"),
        ("refunds", "u1"),  # what is paid in advance and not yet earned is paid back on leaving
        ("personal", "u1"),  # a programme or satisfaction moves it
    ],
    align=True,
)  # fmt: skip


@dataclass(frozen=True)
class OfProgram:
    """What a programme's record points to."""

    numbers: Any = table("f8", "numbers", what="a number that the scenario gives a programme")


@dataclass(frozen=True)
class OfLayer:
    """What a layer's record points to, unless everyone may talk to everyone there."""

    indptr: Any = table(
        "i8", "customers and the end", what="place of a customer's first tie in a layer; the next one's is where they end"
    )
    indices: Any = table("i4", "ties", what="row of the neighbour at a place")
    in_degree: Any = table("i4", "customers", what="how many talk to a customer in a layer, for the budget `per_receiver`")
    reach: Any = table(
        "f8", "customers", what="what the budget `per_receiver`, or weights, make of one message a month of a customer"
    )
    cumulative: Any = table(
        "f4",
        "ties",
        what="weight of a customer's ties as far as this one, where weights differ",
        empty_where="all ties weigh the same",
    )


# A loyalty programme. Hooks are the addresses of its rules, 0 where it has none (``model.membership``).
HOOKS = (
    "on_enter", "on_join", "discount_of", "credit_of", "level_after", "on_order", "on_date", "on_level", "on_convert", "on_referral",
    "on_grant", "on_return", "on_terms",
)  # fmt: skip
PROGRAM = np.dtype(
    [
        ("stream_id", "u8"), *pointers(OfProgram), ("starts", "i8"), ("ends", "i8"), ("closes", "i8"), ("first", "i4"), ("memory", "i4"),
        ("cause", "i4"),
        ("payment", "i4"),  # where its fees stand among what is paid in advance; −1: nowhere
        ("levels", "i4"), ("manual", "u1"), ("in_money", "u1"), ("at_new_level", "u1"), *((hook, "u8") for hook in HOOKS),
    ],
    align=True,
)  # fmt: skip
# What is paid in advance, and under which cause it is earned; `is_owed`: customers have paid it.
PAYMENT = np.dtype([("cause", "i4"), ("is_owed", "u1")], align=True)
# What a contract is made of, one behind the other; the discounts of each programme follow.
IN_REVENUE, IN_GOODS, BACK, SAVED = range(4)
JOIN = np.dtype([("probability", "f8"), ("rate", "f8")])  # on entering a rung; a unit of time there
KIND = np.dtype([("until", "f8"), ("basket", "f8"), ("returns", "f8")], align=True)
LAYER = np.dtype(
    [("everyone", "u1"), ("budget", "u1"), ("weighted", "u1"), ("nodes", "i8"), ("detractor", "f8"), *pointers(OfLayer)],
    align=True,
)
QUEUED_MESSAGE = np.dtype(
    [("sent", "i8"), ("receiver", "i4"), ("sender", "i4"), ("number", "u4"), ("layer", "i2"), ("negative", "u2")],
    align=True,
)

TRIGGERS = NAMES  # by their numbers
# What happens next to a customer: arrival, renewal, then the clocks' columns from FIRST_CLOCK on.
ARRIVES, RENEWS, FIRST_CLOCK, FIRST_DATE, NOTHING = 0, 1, 2, 200, 255
MOST_PROGRAMS = NOTHING - FIRST_DATE
NEWS = -1  # the layer of a message that tells the referrer of a new customer
NEWS_NUMBER = (1 << 32) - 1
# Budgets of messages.
PER_SENDER, PER_EDGE, PER_RECEIVER = 0, 1, 2
BUDGETS = ("per_sender", "per_edge", "per_receiver")
CONSTANT, LOGNORMAL, GAMMA = 0, 1, 2
BASKET_LAWS = ("constant", "lognormal", "gamma")
# Events of the log.
EVENTS = ("start", "move", "order", "book", "send", "hear", "level", "earn", "redeem", "expire", "feel", "cash")
E_START, E_MOVE, E_ORDER, E_BOOK, E_SEND, E_HEAR, E_LEVEL, E_EARN, E_REDEEM, E_EXPIRE, E_FEEL, E_CASH = range(12)
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
# Along the first axis of what clocks run by.
NOW_BEFORE = ("now", "before the levers moved last")


@dataclass(frozen=True)
class Parameters:
    """What governs every customer."""

    market: Any  # (1,) MARKET
    rungs: Any = table(RUNG, "rungs", what="a rung")
    steps: Any = table(STEP, "steps", what="a step")
    kinds: Any = table(KIND, "kinds", what="a kind of order")
    segment_rung: Any = table(FACTORS, "segments", "rungs", what="what a segment is multiplied by on a rung")
    segment_step: Any = table("f8", "segments", "steps", what="what a segment's step is multiplied by")
    lever_rung: Any = table(FACTORS, "groups", "rungs", what="what the plan multiplies by on a rung, for a group", by="plan")
    lever_step: Any = table("f8", "groups", "steps", what="what the plan multiplies a group's step by", by="plan")
    talk: Any = table("f8", "layers", "rungs", what="messages a month in a layer, from a rung")
    # Hazard a unit of time, or probability; of a beta step the factor on −ln(1 − p).
    step_number: Any = table("f8", NOW_BEFORE, "groups", "steps", what="a group's hazard or probability of a step", by="plan")
    # Without the customer's trait; messages without reach, too.
    order_rate: Any = table("f8", NOW_BEFORE, "groups", "rungs", what="orders a unit of time of a group on a rung", by="plan")
    message_rate: Any = table("f8", NOW_BEFORE, "layers", "groups", "rungs", what="messages a unit of time", by="plan")
    basket_factor: Any = table("f8", "groups", "rungs", what="what a basket of a group on a rung is multiplied by", by="plan")
    cost_rate: Any = table("f8", "groups", "rungs", what="amount units a month that a customer costs", by="plan")
    quality: Any = table("f8", "groups", "rungs", what="how good an experience of a group on a rung is, 0 to 10", by="plan")
    price: Any = table("f8", "groups", "rungs", what="what the price is multiplied by", by="plan")
    points: Any = table("f8", "groups", "rungs", what="what the points of an order are multiplied by", by="plan")
    changed: Any = table("u1", "groups", "rungs", what="whether clocks run otherwise since the levers moved last", by="plan")
    layers: Any = table(LAYER, "layers", what="a layer of word of mouth")
    cause_kinds: Any = table("u1", "causes", what="what a cause of money is (`CAUSE_KINDS`)")
    programs: Any = table(PROGRAM, "programs", what="a programme")
    joins: Any = table(JOIN, "programs", "rungs", what="how a programme is joined on a rung")
    level_rung: Any = table(FACTORS, "levels", "rungs", what="by what a programme's level multiplies on a rung")
    level_step: Any = table("f8", "levels", "steps", what="by what a programme's level multiplies a step")
    level_cost: Any = table("f8", "levels", what="amount units a month that a member costs at a programme's level")
    payments: Any = table(PAYMENT, "payments", what="what is paid in advance, and how it is earned")
    return_shares: Any = table(
        "f8", "segments", "rungs", what="share of orders that come back", empty_where="no order comes back"
    )
    beliefs: Any = table("f8", "beliefs", what="a share of customers whose rung is not known")
    plan: Any = table(PLAN, ("the plan",), what="the plan's record, which points to its arrays", by="plan")
    graphs: tuple[Any, ...] = ()  # what the layers and programmes point to
    plan_arrays: Any = None  # PlanArrays: what the plan's record points to


@dataclass(frozen=True)
class State:
    """One row per customer."""

    rows: Any = table("u1", "bytes", what="the parts of every row", by="rules")
    due: Any = table("i8", "customers", what="when a customer's next event is due", by="rules")
    ids: Any = table("u8", "customers", what="a customer's permanent id", empty_where="the ids are the rows' numbers")


@dataclass(frozen=True)
class Accumulators:
    """What is written down. Month 0 is the start; of what happens in a month, it is empty but where the start brings orders."""

    people: Any = change("months", "segments", "rungs", what="customers of a segment on a rung")
    flows: Any = count("months", "flows", "segments", what="steps taken")
    orders: Any = count("months", "segments", "rungs", what="orders")
    order_kinds: Any = count("months", "kinds", what="orders of a kind")
    newcomers: Any = count("months", "segments", ("new", "referred"), what="new customers; those of them that were referred")
    money: Any = count("months", "causes", "segments", "rungs", what="amount units booked")
    daily: Any = count("days", "causes", what="amount units booked")
    messages: Any = count("months", "layers", ("sent", "heard", "sent by detractors"), what="messages in a layer")
    cohorts: Any = change("months", "cohorts", "rungs", what="a cohort's customers on a rung")
    buyers: Any = count("months", "cohorts", what="customers of a cohort that order in a month")
    # Who had bought before the start and is a customer again for the first time belongs to no cohort: such buyers stand here.
    returns: Any = count("months", "segments", ("won back", "first back", "buyers"), what="those who are customers again")
    # Customers at the month's start who are none at its end, by the rung of its start; behind the last rung, who came and left in it.
    leavers: Any = count("months", "segments", "rungs or none", what="customers who leave the customers in a month")
    members: Any = count("months", "programs", MEMBER_COUNTS, what="what is counted of a programme's members")
    levels: Any = change("months", "levels", what="members at a level")
    moods: Any = change("months", "segments", "rungs", MOODS, what="people by mood, and more", empty_where="without satisfaction")
    # Of what is paid in advance: in no sum of `money`, which has it as it is earned.
    cash: Any = count("months", "payments", "segments", "rungs", what="amount units received in advance, less what was paid back")
    prepaid: Any = change("months", "payments", what="amount units received in advance that are not yet earned")
    held: Any = buffer("f8", "clocks", what="with which hazard a clock of the customer that acts has run")
    log: Any = buffer(LOG, "log", what="a row of the log")
    queued_messages: Any = buffer(QUEUED_MESSAGE, "queued_messages", what="a message, in pieces of one tick's each")
    pieces: Any = buffer("i8", "pieces", what="which piece comes behind a piece in a list, −1 for none")
    queue: Any = buffer("i8", "ticks", what="the piece of a tick's list that is being filled, −1 for none")
    queue_count: Any = buffer("i8", "ticks", what="how many messages wait for a tick")

    @property
    def counts(self) -> Any:
        """(G, R) customers now."""
        return self.people.sum(axis=0)


@dataclass(frozen=True)
class Engine:
    """What an engine adds, array by array (``place``), where it needs it; the market's record has a 0 until then."""

    blocks: Any = table("i8", "blocks", what="when the first event of a block of customers is due", by="rules")
    # The thread that has the message above, its place in that thread's buffer below.
    places: Any = buffer("i8", "places", what="which message a thread is about to deliver")
    shared: Any = table("i8", "lines", what="what the threads tell each other", by="rules")
    followed: Any = table("u1", "bytes", what="a bit for each customer whose events are logged", empty_where="everybody's are")


ARRAYS = arrays_of(Parameters, State, Accumulators, Engine)
LAYER_ARRAYS, PROGRAM_ARRAYS = arrays_of(OfLayer), arrays_of(OfProgram)
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
        ("order_value", "f8"),  # of the order at hand: its price before any programme, VAT taken out
        ("points_used", "i8"),  # of the order at hand: thousandths of points that the programme asked last has taken
        ("order_paid", "f8"),  # of the order at hand: what the customer pays for it, VAT taken out
        ("run", "u8"),  # the replication's key of luck
        ("basket_law", "i4"),
        ("orders_trait", "i4"),
        ("messages_trait", "i4"),
        ("basket_trait", "i4"),
        ("recommendation_trait", "i4"),
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
        # Orders that come back: see ``model.returns``.
        ("returns_cause", "i4"),  # −1: none does
        ("whole_share", "f8"),
        ("return_part", "f8"),
        ("resale_share", "f8"),
        ("return_cost", "i8"),
        ("return_quality", "f8"),  # below 0: it is no experience
        # The order that programmes are asked about: the share of it that is kept, and what was paid before any of it came back.
        ("kept", "f8"),
        ("contract", "i4"),  # first of the payments of orders that cover some time; −1: there are none
        ("contract_discounts", "i4"),  # of these the first of the programmes' discounts
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
        ("stride", "i8"),  # how long a row is
        ("chunk", "i8"),  # blocks of customers that one thread takes together
        # How far the buffers are filled.
        ("log_rows", "i8"),
        ("begun", "i8"),  # pieces of messages
        ("spare", "i8"),  # first piece that may be written over, −1: none
        ("spares", "i8"),
        ("most_messages", "i8"),  # that may wait for one tick
        ("too_many", "i8"),  # the tick for which more are waiting; 0: none
        ("reserve", "i8"),  # room for the busiest single event
        # The threads: each has a record like this one.
        ("first", "u8"),  # where the first one's record stands; the others follow it
        ("threads", "i8"),
        ("me", "i8"),
        # How far this one is: ticks finished, phase, place within the phase, messages being delivered, events left before it pauses.
        ("tick", "i8"),
        ("phase", "i8"),
        ("place", "i8"),
        ("delivering", "i8"),
        ("left", "i8"),
        ("date", "i8"),  # dates of the plan that are over, where the rules themselves go from one to the next
        # All that was booked, signs aside; MOST_MONEY when it was too much to count.
        ("moved", "i8"),
        # Where the arrays are, and how long their axes.
        *lengths_said_by("market"),
        *pointers(Parameters, State, Accumulators, Engine),
    ],
    align=True,
)


def lay_out(market: Any, needed: dict[str, int]) -> None:
    """Write into the market's record where the parts of a row begin; `needed` says how many of each there are."""
    offset = 0
    for name, declared in PARTS.items():
        count = needed.get(name, 0)
        market[f"part_{name}"] = offset if count else -1
        offset += count * declared.kind.itemsize
    step = LINE if offset > LINE // 2 and -offset % LINE <= LINE // 4 else 8
    market["stride"] = -(-offset // step) * step


def bind(rules: Parameters, state: State, books: Accumulators, block: Block, market: Any = None) -> Any:
    """The market's record, (1,) MARKET: what the scenario says, and where the arrays are; the plan's record is bound with it.

    Compiled code takes it in place of the bundles and writes straight into their arrays, so keep the bundles as long as the record.
    """
    market = rules.market if market is None else market
    held = (*vars(rules).items(), *vars(state).items(), *vars(books).items())
    lengths = point(market, block, ARRAYS, {name: array for name, array in held if name in ARRAYS})
    point(rules.plan, block, PLAN_ARRAYS, vars(rules.plan_arrays), lengths)
    market["spare"] = -1
    return market


def place(market: Any, name: str, array: Any, block: Block) -> None:
    """Let the market's record, or those of all threads, point to an array that has come or grown."""
    point(market, block, ARRAYS, {name: array})
