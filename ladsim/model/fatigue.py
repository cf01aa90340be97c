"""Contacts tire: what many contacts a month leave of the effects of those who contact, and how much sooner people leave.

All campaigns that spend count together, in each group on each rung, with the campaigns after an event under whose effect the group
is. Effects go by exp(−tiring · excess) and leaving by 1 + leaving · excess, where excess is what contacts are above the free ones.
"""

from __future__ import annotations

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, plan_access


@rule
def effect_left(excess, tiring):  # type: ignore[no-untyped-def]
    """What so many contacts above the free ones leave of an effect."""
    return streams.exp(-tiring * excess)


@rule
def leaving_factor(excess, leaving):  # type: ignore[no-untyped-def]
    """How many times as fast people leave at so many contacts above the free ones."""
    return 1.0 + leaving * excess


@rule
def leads_down(m, s):  # type: ignore[no-untyped-def]
    """Whether a step leads down, or off the ladder."""
    step = access.step(m, s)
    return access.rung(m, step.to).rank < access.rung(m, step.origin).rank


@rule
def multiply_leaving(m, group, r, factor):  # type: ignore[no-untyped-def]
    """Multiply a factor into a group's steps down or off the ladder from a rung."""
    for s in range(m.steps):
        if access.step(m, s).origin == r and leads_down(m, s):
            plan_access.set_step_factor(m, group, s, plan_access.step_factor(m, group, s) * factor)


@rule
def contacts_now(m, place):  # type: ignore[no-untyped-def]
    """Contacts a month of each whom a campaign reaches, now; 0 while it does not spend."""
    campaign = plan_access.campaign(m, place)
    return campaign.contacts if campaign.active and campaign.planned > 0.0 else 0.0


@rule
def anybody_contacts(m):  # type: ignore[no-untyped-def]
    """Whether any campaign contacts somebody now, or may after an event."""
    found = plan_access.plan(m).has_events != 0
    for place in range(plan_access.plan(m).campaigns):
        found = found or contacts_now(m, place) > 0.0
    return found


@rule
def tire(m):  # type: ignore[no-untyped-def]
    """Reckon what contacts do; returns whether there are any, and so whether anybody may be tired."""
    plan = plan_access.plan(m)
    if not plan.tires or not anybody_contacts(m):
        return False
    for group in range(m.groups):
        for r in range(m.rungs):
            contacts = plan_access.event_contacts(m, group)
            for place in range(plan.campaigns):
                if plan_access.is_reached(m, place, group, r):
                    contacts += contacts_now(m, place)
            excess = contacts - plan.free
            excess = 0.0 if excess < 0.0 else excess
            plan_access.set_tired(m, group, r, effect_left(excess, plan.tiring))
            multiply_leaving(m, group, r, leaving_factor(excess, plan.leaving))
    return True
