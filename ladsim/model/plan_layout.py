"""The layout of a running plan: what campaigns, shocks, policies and engagement are, and what moves of them.

The market's record points to one record, the plan (``access`` reaches it as ``plan_access.plan``), and this says where the plan's
arrays are. Money is of the simulated part of the market, in amount units; times are as everywhere (``layout``).

=============  =====================================================  ===============================
record         one for each                                           moved by
=============  =====================================================  ===============================
``PLAN``       run                                                    ``model.plan``
``ACCOUNT``    fixed costs, campaign, programme: in that order        ``model.accounts``
``UPKEEP``     programme: what it costs to have it                    ``model.accounts``
``CAMPAIGN``   campaign with dates                                    ``model.campaigns``
``EFFECT``     effect: of campaigns, of shocks, of policies           nobody; a policy's call adds one
=============  =====================================================  ===============================
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# What an effect acts on: a place of FACTORS, or one of these.
ON_ENGAGEMENT, ON_STEPS = 100, 101
NO_CURVE = -1  # a campaign without response has only effects that hold throughout
NO_CAMPAIGN = -1  # an effect that holds at full strength between its dates
EVERYBODY = -1  # whom an effect reaches, where it is all groups on all rungs

# Money that grows with time: whole amounts whose sum is the rounded total.
ACCOUNT = np.dtype([("rate", "f8"), ("total", "f8"), ("booked", "i8"), ("until", "i8"), ("cause", "i8")], align=True)
UPKEEP = np.dtype([("monthly", "f8"), ("setup", "f8"), ("paid", "u1")], align=True)
# `carried`: pressure left over from former months; `gathered`: pressure × months since the last month start, up to `since`.
CAMPAIGN = np.dtype(
    [
        ("start", "i8"), ("end", "i8"), ("setup", "f8"), ("planned", "f8"), ("carry_over", "f8"), ("half_at", "f8"),
        ("slope", "f8"), ("contacts", "f8"), ("carried", "f8"), ("gathered", "f8"), ("pressure", "f8"), ("strength", "f8"),
        ("since", "i8"), ("curve", "i4"), ("active", "u1"),
    ],
    align=True,
)  # fmt: skip
EFFECT = np.dtype(
    [("start", "i8"), ("end", "i8"), ("on", "i4"), ("campaign", "i4"), ("reach", "i4"), ("throughout", "u1")], align=True
)
# The arrays that the plan's record points to, as ``PlanArrays`` names them.
PLAN_ARRAYS = (
    "dates", "accounts", "upkeep", "campaigns", "effects", "sizes", "reached", "aimed", "shares", "people", "factors",
    "step_factors", "tired", "engagement", "growth", "grown", "money", "bookings",
)  # fmt: skip
PLAN = np.dtype(
    [
        # What the scenario says.
        ("free", "f8"),  # contacts a month that tire nobody
        ("tiring", "f8"),
        ("leaving", "f8"),  # what contacts above the free ones add to leaving
        ("fades", "f8"),
        ("engaged_orders", "f8"),
        ("engaged_leaving", "f8"),
        ("tires", "u1"),
        ("engages", "u1"),
        # How long the arrays are.
        ("dates", "i8"),
        ("campaigns", "i8"),
        ("effects", "i8"),  # in use: those of policies come one by one
        ("width", "i8"),  # of a row of `sizes`
        ("bookings", "i8"),  # rows of the log that wait to be collected
        # What has happened.
        ("moved", "i8"),  # all that was booked to the market, signs aside; MOST_MONEY when it was too much to count
        ("booked", "i8"),  # bookings so far: the next one's number in the log
        ("announced", "i8"),  # when the levers moved last
        ("since", "i8"),  # until when engagement is reckoned
        ("counted", "i8"),  # the month start at which engagement was last brought up to date
        # Where the arrays are.
        *((f"at_{name}", "u8") for name in PLAN_ARRAYS),
    ],
    align=True,
)


class PlanArrays(NamedTuple):
    """What the plan's record points to. A groups, R rungs, S steps, G segments, C campaigns, E effects, M months."""

    dates: Any  # (D,) int64: when the plan acts by itself, ascending, 0 included
    accounts: Any  # (1 + C + programmes,) ACCOUNT
    upkeep: Any  # (programmes,) UPKEEP
    campaigns: Any  # (C,) CAMPAIGN
    effects: Any  # (E,) EFFECT, in the order in which they are multiplied
    sizes: Any  # (E, max(R, S)) float64: full effect per rung, or per step
    reached: Any  # (rows, A, R) uint8: whether a group on a rung is reached; an effect says which row is its
    aimed: Any  # (C, G) uint8: the segments of a campaign's audience
    shares: Any  # (C, R) float64: expected share of those on a rung whom a campaign takes for its audience
    people: Any  # (G, R) int64: customers, as they were counted last
    factors: Any  # (A, R, FACTORS) float64: the levers as they are reckoned
    step_factors: Any  # (A, S) float64
    tired: Any  # (A, R) float64: what contacts leave of effects; empty where nobody tires
    engagement: Any  # (A, R) float64: the stock; empty where there is none
    growth: Any  # (A, R) float64: what effects add to it a month, as they stand now
    grown: Any  # (A, R) float64: what they have added since it was last brought up to date
    money: Any  # (M + 1, causes) int64: what was booked to the market
    bookings: Any  # LOG rows of the market's own, waiting to be collected
