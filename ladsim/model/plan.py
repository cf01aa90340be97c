"""The plan: what it does between time 0 and the horizon, as rules over the market's arrays.

It acts at month starts, at the dates of campaigns, shocks and programmes, and when a policy wakes; a change at tick T governs what
comes after T. It alone writes the levers' factors, group by group. First all factors are reckoned anew; where they are others than
those in force, `take_effect` puts them in force and the rates follow. In between customers must pay at the old cost where
costs change, which is not the plan's: so a rule that reckons answers with what has changed.
"""

from __future__ import annotations

from ladsim.compiled import entry, rule
from ladsim.model import access, engagement, levers, plan_access
from ladsim.model.accounts import accrue_all, book
from ladsim.model.campaigns import count_people, find_strength, follow_dates, gather, set_pressure
from ladsim.model.fatigue import tire
from ladsim.model.hazards import keep_rates, work_out

# What a rule that reckons answers; TOO_MUCH: there is more money than can be counted.
NOTHING_CHANGES, LEVERS_CHANGE, COSTS_CHANGE, TOO_MUCH = 0, 1, 2, 3


@rule
def reckon(m, t):  # type: ignore[no-untyped-def]
    """Reckon the factors of all levers at `t`, and answer whether they are others than those in force."""
    plan = plan_access.plan(m)
    if plan.engages:
        engagement.follow(m, t)
    levers.begin(m)
    anybody_tired = tire(m)
    for place in range(plan.campaigns):
        find_strength(m, place)
    levers.apply_effects(m, t, anybody_tired)
    if plan.engages:
        engagement.apply(m)
    return levers.differ(m)


@rule
def act_at(m, t):  # type: ignore[no-untyped-def]
    """Everything the plan does by itself at `t`: book, start and end campaigns and shocks, evaluate spend and carry-over."""
    if not accrue_all(m, t):
        return TOO_MUCH
    campaigns = plan_access.plan(m).campaigns
    if campaigns > 0:
        count_people(m, t)
    for place in range(campaigns):
        if not follow_dates(m, place, t):
            return TOO_MUCH
    return reckon(m, t)


@entry("i8 i8 -> i8")
def act(address, t):  # type: ignore[no-untyped-def]
    """``act_at``, for Python."""
    return act_at(access.market(address), t)


@entry("i8 i8 -> i8")
def act_anew(address, t):  # type: ignore[no-untyped-def]
    """Reckon the factors again at `t`, because a policy has added an effect."""
    return reckon(access.market(address), t)


@entry("i8 i8 i8 f8 -> i8")
def set_spend(address, t, place, monthly):  # type: ignore[no-untyped-def]
    """Change what a campaign spends (amount units a month, simulated part of the market) from `t` on."""
    m = access.market(address)
    if not accrue_all(m, t):
        return TOO_MUCH
    gather(m, place, t)
    plan_access.campaign(m, place).planned = monthly
    count_people(m, t)
    set_pressure(m, place)
    return reckon(m, t)


@rule
def put_in_force(m, t):  # type: ignore[no-untyped-def]
    """Put the factors as reckoned in force at `t`; gives 1 where they are the first at this time to change."""
    plan = plan_access.plan(m)
    levers.put_in_force(m)
    is_first = plan.announced != t
    if is_first:
        keep_rates(m)
        plan.announced = t
    work_out(m)
    return 1 if is_first else 0


@entry("i8 i8 -> i8")
def take_effect(address, t):  # type: ignore[no-untyped-def]
    """``put_in_force``, for Python."""
    return put_in_force(access.market(address), t)


@entry("i8 i8 i8 i8 -> i8")
def spend(address, t, cause, amount):  # type: ignore[no-untyped-def]
    """Book a cost of the market; gives 1 where it could be counted."""
    return 1 if book(access.market(address), t, cause, amount, t) else 0


@entry("i8 -> i8")
def accrue_to_the_end(address):  # type: ignore[no-untyped-def]
    """Book what grows with time at all dates of a plan that moves no lever; gives 1 where it could be counted."""
    m = access.market(address)
    is_counted = True
    for number in range(plan_access.plan(m).dates):
        is_counted = is_counted and accrue_all(m, plan_access.date(m, number))
    return 1 if is_counted else 0
