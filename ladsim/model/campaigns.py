"""Campaigns as they run: their dates, what they spend, the pressure they have built up.

Pressure is spend per head of the audience and month. At a month start part of what has gathered is carried over (geometric
adstock), and the audience is looked at anew; in between it is so only where a campaign begins, ends or spends otherwise.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import rule
from ladsim.model import plan_access
from ladsim.model.accounts import FIRST_CAMPAIGN, book
from ladsim.model.curves import response
from ladsim.model.layout import MONTH
from ladsim.model.money import month_of, whole

_PER_MONTH = float(MONTH)


@rule
def count_people(m, t):  # type: ignore[no-untyped-def]
    """Count who stands where at `t`."""
    for segment in range(m.segments):
        for r in range(m.rungs):
            count = np.int64(0)
            for month in range(month_of(t) + 1):
                count += plan_access.change_of_people(m, month, segment, r)
            plan_access.set_people(m, segment, r, count)


@rule
def heads(m, place):  # type: ignore[no-untyped-def]
    """How many people a campaign takes for its audience, of those counted last."""
    found = 0.0
    for r in range(m.rungs):
        people = np.int64(0)
        for segment in range(m.segments):
            if plan_access.is_aimed(m, place, segment):
                people += plan_access.people(m, segment, r)
        found += np.float64(people) * plan_access.share(m, place, r)
    return found


@rule
def gather(m, place, t):  # type: ignore[no-untyped-def]
    """Add to a campaign's pressure what has come since it was last looked at."""
    campaign = plan_access.campaign(m, place)
    campaign.gathered += campaign.pressure * (np.float64(t - campaign.since) / _PER_MONTH)
    campaign.since = t


@rule
def set_pressure(m, place):  # type: ignore[no-untyped-def]
    """Spend per head of the audience and month, from now on."""
    campaign, account = plan_access.campaign(m, place), plan_access.account(m, FIRST_CAMPAIGN + place)
    account.rate = campaign.planned if campaign.active else 0.0
    audience = heads(m, place)
    campaign.pressure = account.rate / m.unit / audience if audience > 0.0 else 0.0


@rule
def follow_dates(m, place, t):  # type: ignore[no-untyped-def]
    """Follow a campaign's dates; at a month start carry its pressure over and look at the audience anew."""
    campaign = plan_access.campaign(m, place)
    was_active = campaign.active != 0
    is_active = campaign.start <= t and t < campaign.end
    is_month_start = t % MONTH == 0
    campaign.active = is_active
    gather(m, place, t)
    if is_month_start:
        campaign.carried = campaign.carry_over * (campaign.carried + campaign.gathered)
        campaign.gathered = 0.0
    if is_month_start or is_active != was_active:
        set_pressure(m, place)
    if is_active and not was_active and t == campaign.start:
        return book(m, t, plan_access.account(m, FIRST_CAMPAIGN + place).cause, whole(campaign.setup), t)
    return True


@rule
def find_strength(m, place):  # type: ignore[no-untyped-def]
    """At which share of its full effect a campaign acts, by its pressure."""
    campaign = plan_access.campaign(m, place)
    pressure = campaign.carried + campaign.pressure
    campaign.strength = response(np.int64(campaign.curve), pressure, campaign.half_at, campaign.slope)
