"""Reaching into a plan: which array holds what, as ``access`` does for the market.

``m`` is the market's record. To add an array: a name in ``plan_layout.PLAN_ARRAYS`` and its bundle, and a function here.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import inline
from ladsim.model import layout, plan_layout
from ladsim.model.memory import number_at, record_at

_plan, _account, _upkeep = (record_at(kind) for kind in (plan_layout.PLAN, plan_layout.ACCOUNT, plan_layout.UPKEEP))
_campaign, _effect, _log = record_at(plan_layout.CAMPAIGN), record_at(plan_layout.EFFECT), record_at(layout.LOG)
_real, _set_real, _ = number_at("f8")
_whole, _set, _add = number_at("i8")
_flag, _, _ = number_at("u1")

FACTORS = len(layout.FACTORS.names or ())


@inline
def plan(m):  # type: ignore[no-untyped-def]
    """The plan's record."""
    return _plan(m.at_plan, 0)


@inline
def date(m, number):  # type: ignore[no-untyped-def]
    """A time at which the plan acts by itself."""
    return _whole(plan(m).at_dates, number)


@inline
def account(m, number):  # type: ignore[no-untyped-def]
    """Money that grows with time: 0 fixed costs, then campaigns, then programmes."""
    return _account(plan(m).at_accounts, number)


@inline
def upkeep(m, place):  # type: ignore[no-untyped-def]
    """What it costs to have a programme."""
    return _upkeep(plan(m).at_upkeep, place)


@inline
def campaign(m, place):  # type: ignore[no-untyped-def]
    """A campaign as it runs."""
    return _campaign(plan(m).at_campaigns, place)


@inline
def effect(m, number):  # type: ignore[no-untyped-def]
    """An effect."""
    return _effect(plan(m).at_effects, number)


@inline
def size(m, number, place):  # type: ignore[no-untyped-def]
    """How large an effect is at full strength, on a rung or on a step."""
    return _real(plan(m).at_sizes, number * plan(m).width + place)


@inline
def is_reached(m, reach, group, r):  # type: ignore[no-untyped-def]
    """Whether those of a group on a rung are reached: by everybody's row, or by one of its own."""
    return reach == plan_layout.EVERYBODY or _flag(plan(m).at_reached, (reach * m.groups + group) * m.rungs + r) != 0


@inline
def is_aimed(m, place, segment):  # type: ignore[no-untyped-def]
    """Whether a segment is in a campaign's audience."""
    return _flag(plan(m).at_aimed, place * m.segments + segment) != 0


@inline
def share(m, place, r):  # type: ignore[no-untyped-def]
    """Expected share of those on a rung whom a campaign takes for its audience."""
    return _real(plan(m).at_shares, place * m.rungs + r)


@inline
def people(m, segment, r):  # type: ignore[no-untyped-def]
    """Customers of a segment on a rung, as they were counted last."""
    return _whole(plan(m).at_people, segment * m.rungs + r)


@inline
def set_people(m, segment, r, count):  # type: ignore[no-untyped-def]
    """Set the customers of a segment on a rung."""
    _set(plan(m).at_people, segment * m.rungs + r, count)


@inline
def change_of_people(m, month, segment, r):  # type: ignore[no-untyped-def]
    """By how much the customers of a segment on a rung have become more in a month."""
    return _whole(m.at_people, (month * m.segments + segment) * m.rungs + r)


@inline
def factor(m, group, r, on):  # type: ignore[no-untyped-def]
    """One of a group's factors on a rung, as it is reckoned."""
    return _real(plan(m).at_factors, (group * m.rungs + r) * FACTORS + on)


@inline
def set_factor(m, group, r, on, value):  # type: ignore[no-untyped-def]
    """Set one of a group's factors on a rung."""
    _set_real(plan(m).at_factors, (group * m.rungs + r) * FACTORS + on, np.float64(value))


@inline
def step_factor(m, group, s):  # type: ignore[no-untyped-def]
    """A group's factor of a step, as it is reckoned."""
    return _real(plan(m).at_step_factors, group * m.steps + s)


@inline
def set_step_factor(m, group, s, value):  # type: ignore[no-untyped-def]
    """Set a group's factor of a step."""
    _set_real(plan(m).at_step_factors, group * m.steps + s, np.float64(value))


@inline
def lever_factor(m, group, r, on):  # type: ignore[no-untyped-def]
    """One of a group's factors on a rung, as it is in force."""
    return _real(m.at_lever_rung, (group * m.rungs + r) * FACTORS + on)


@inline
def set_lever_factor(m, group, r, on, value):  # type: ignore[no-untyped-def]
    """Put one of a group's factors on a rung in force."""
    _set_real(m.at_lever_rung, (group * m.rungs + r) * FACTORS + on, np.float64(value))


@inline
def set_lever_step(m, group, s, value):  # type: ignore[no-untyped-def]
    """Put a group's factor of a step in force."""
    _set_real(m.at_lever_step, group * m.steps + s, np.float64(value))


@inline
def tired(m, group, r):  # type: ignore[no-untyped-def]
    """What contacts leave of the effects on a group on a rung."""
    return _real(plan(m).at_tired, group * m.rungs + r)


@inline
def set_tired(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what contacts leave of the effects on a group on a rung."""
    _set_real(plan(m).at_tired, group * m.rungs + r, np.float64(value))


@inline
def engagement(m, group, r):  # type: ignore[no-untyped-def]
    """The stock of engagement of a group on a rung."""
    return _real(plan(m).at_engagement, group * m.rungs + r)


@inline
def set_engagement(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set the stock of engagement of a group on a rung."""
    _set_real(plan(m).at_engagement, group * m.rungs + r, np.float64(value))


@inline
def growth(m, group, r):  # type: ignore[no-untyped-def]
    """What effects add to the engagement of a group on a rung a month."""
    return _real(plan(m).at_growth, group * m.rungs + r)


@inline
def set_growth(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what effects add to the engagement of a group on a rung a month."""
    _set_real(plan(m).at_growth, group * m.rungs + r, np.float64(value))


@inline
def grown(m, group, r):  # type: ignore[no-untyped-def]
    """What effects have added to the engagement of a group on a rung since it was brought up to date."""
    return _real(plan(m).at_grown, group * m.rungs + r)


@inline
def set_grown(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what effects have added to the engagement of a group on a rung."""
    _set_real(plan(m).at_grown, group * m.rungs + r, np.float64(value))


@inline
def add_money(m, month, cause, amount):  # type: ignore[no-untyped-def]
    """Add to the market's own monthly books."""
    _add(plan(m).at_money, month * m.causes + cause, amount)


@inline
def next_booking(m):  # type: ignore[no-untyped-def]
    """An empty row of the log of the market's own bookings."""
    own = plan(m)
    own.bookings += 1
    return _log(own.at_bookings, own.bookings - 1)
