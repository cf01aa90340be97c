"""Reaching into a plan: which accessor reaches what, as ``access`` does for the market.

``m`` is the market's record. What an array holds, its declaration says (``model.plan_layout``); an accessor is a line here. Factors on a
rung are read number by number: `on` is a place of ``FACTORS``.
"""

from __future__ import annotations

from ladsim.compiled import inline
from ladsim.model.accessors import Arrays
from ladsim.model.layout import Accumulators, Parameters
from ladsim.model.plan_layout import EVERYBODY, PlanArrays

_market = Arrays(Parameters, Accumulators)

# What the market has of it.
plan = _market.reads("plan")
change_of_people = _market.reads("change_of_people", "people")
lever_factor = _market.reads("lever_factor", "lever_rung", each="on")
set_lever_factor = _market.writes("set_lever_factor", "lever_rung", each="on")
set_lever_step = _market.writes("set_lever_step", "lever_step")

_plan = Arrays(PlanArrays, through=plan)

# What the scenario says, and what policies add.
date = _plan.reads("date", "dates")
effect = _plan.reads("effect", "effects")
size = _plan.reads("size", "sizes")
_reached = _plan.reads("_reached", "reached")
is_aimed = _plan.reads("is_aimed", "aimed")
share = _plan.reads("share", "shares")

# What moves.
account = _plan.reads("account", "accounts")
upkeep = _plan.reads("upkeep")
campaign = _plan.reads("campaign", "campaigns")
people, set_people = _plan.reads("people"), _plan.writes("set_people", "people")
factor, set_factor = _plan.reads("factor", "factors", each="on"), _plan.writes("set_factor", "factors", each="on")
step_factor, set_step_factor = _plan.reads("step_factor", "step_factors"), _plan.writes("set_step_factor", "step_factors")
event_contacts = _plan.reads("event_contacts")
tired, set_tired = _plan.reads("tired"), _plan.writes("set_tired", "tired")
engagement, set_engagement = _plan.reads("engagement"), _plan.writes("set_engagement", "engagement")
growth, set_growth = _plan.reads("growth"), _plan.writes("set_growth", "growth")
grown, set_grown = _plan.reads("grown"), _plan.writes("set_grown", "grown")
add_money = _plan.adds("add_money", "money")
_booking = _plan.reads("_booking", "bookings")


@inline
def is_reached(m, reach, group, r):  # type: ignore[no-untyped-def]
    """Whether those of a group on a rung are reached: by everybody's row, or by one of its own."""
    return reach == EVERYBODY or _reached(m, reach, group, r) != 0


@inline
def next_booking(m):  # type: ignore[no-untyped-def]
    """An empty row of the log of the market's own bookings."""
    own = plan(m)
    own.bookings += 1
    return _booking(m, own.bookings - 1)
