"""The layout of a running plan: what campaigns, shocks, policies and engagement are, and what moves of them.

The market's record points to one record, the plan (``plan_access.plan``), and this says where the plan's arrays are. Each array is
declared once, in ``PlanArrays``, as those of the market are (``model.arrays``). Money is of the simulated part of the market, in amount units;
times are as everywhere (``layout``).

=============  =====================================================  ===============================
record         one for each                                           moved by
=============  =====================================================  ===============================
``PLAN``       run                                                    ``model.plan``
``ACCOUNT``    fixed costs, campaign, programme: in that order        ``model.accounts``
``UPKEEP``     programme: what it costs to have it                    ``model.accounts``
``CAMPAIGN``   campaign with dates                                    ``model.campaigns``
``EFFECT``     effect: of campaigns, shocks, contacts, policies       nobody; a policy's call adds one
=============  =====================================================  ===============================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.model.arrays import arrays_of, lengths_said_by, pointers, table
from ladsim.model.records import FACTORS, LOG

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
    [("start", "i8"), ("end", "i8"), ("on", "i4"), ("campaign", "i4"), ("reach", "i4"), ("throughout", "u1"), ("tires", "u1")],
    align=True,
)


@dataclass(frozen=True)
class PlanArrays:
    """What the plan's record points to."""

    dates: Any = table("i8", "dates", what="a time at which the plan acts by itself")
    accounts: Any = table(ACCOUNT, "accounts", what="money that grows with time", by="rules")
    upkeep: Any = table(UPKEEP, "programs", what="what it costs to have a programme", by="rules")
    campaigns: Any = table(CAMPAIGN, "campaigns", what="a campaign as it runs", by="rules")
    effects: Any = table(EFFECT, "effects", what="an effect", by="policies")
    sizes: Any = table("f8", "effects", "rungs or steps", what="how large an effect is at full strength", by="policies")
    # An effect's record says which row is its.
    reached: Any = table("u1", "reaches", "groups", "rungs", what="whether those of a group on a rung are reached", by="policies")
    aimed: Any = table("u1", "campaigns", "segments", what="whether a segment is in a campaign's audience")
    shares: Any = table(
        "f8", "campaigns", "rungs", what="expected share of those on a rung whom a campaign takes for its audience"
    )
    people: Any = table("i8", "segments", "rungs", what="customers of a segment on a rung, as they were counted last", by="rules")
    factors: Any = table(FACTORS, "groups", "rungs", what="a group's factors on a rung, as they are reckoned", by="rules")
    step_factors: Any = table("f8", "groups", "steps", what="a group's factor of a step, as it is reckoned", by="rules")
    event_contacts: Any = table(
        "f8",
        "groups",
        what="contacts a month by campaigns after an event under whose effect a group is",
        empty_where="nobody tires",
    )
    tired: Any = table("f8", "groups", "rungs", what="what contacts leave of effects", by="rules", empty_where="nobody tires")
    engagement: Any = table("f8", "groups", "rungs", what="the stock of engagement", by="rules", empty_where="there is none")
    growth: Any = table(
        "f8", "groups", "rungs", what="what effects add to engagement a month", by="rules", empty_where="there is none"
    )
    grown: Any = table(
        "f8",
        "groups",
        "rungs",
        what="what effects have added to engagement since it was reckoned",
        by="rules",
        empty_where="there is none",
    )
    money: Any = table("i8", "months", "causes", what="amount units booked to the market itself", by="rules")
    bookings: Any = table(
        LOG, "bookings", what="a row of the log of the market's own bookings", by="rules", empty_where="without a log"
    )


PLAN_ARRAYS = arrays_of(PlanArrays)
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
        ("has_events", "u1"),  # whether contacts after events count among those that tire
        ("engages", "u1"),
        # How far the arrays are filled.
        ("effects", "i8"),  # those of policies come one by one
        ("bookings", "i8"),  # rows of the log that wait to be collected
        # What has happened.
        ("moved", "i8"),  # all that was booked to the market, signs aside; MOST_MONEY when it was too much to count
        ("booked", "i8"),  # bookings so far: the next one's number in the log
        ("announced", "i8"),  # when the levers moved last
        ("since", "i8"),  # until when engagement is reckoned
        ("counted", "i8"),  # the month start at which engagement was last brought up to date
        # Where the arrays are, and how long their axes.
        *lengths_said_by("plan"),
        *pointers(PlanArrays),
    ],
    align=True,
)
