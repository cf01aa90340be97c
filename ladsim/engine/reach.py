"""Whom a campaign reaches: its audience as groups, and how many people it believes to be in it.

In: a scenario's tables and one of its campaigns. Out: (A, R) whether it reaches a group on a rung; (R,) the expected share of those on
a rung whom it takes for its audience and may reach. Effects go by the rung where a customer stands, whatever the firm takes it for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.scenario.plan_tables import CampaignTable
from ladsim.scenario.tables import Tables

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def reached(tables: Tables, campaign: CampaignTable, views: int) -> Bools:
    """Whether a campaign (or shock) reaches a group on a rung: (A, R)."""
    segments, rungs = campaign.segments.size, campaign.rungs.size
    aim = campaign.aim
    seen = 1 + tables.beliefs.size * rungs
    found = np.zeros((views, segments, rungs), np.bool_)
    for view in range(views):
        for_life, belief = divmod(view, seen)
        if aim.consent_bit >= 0 and not for_life >> aim.consent_bit & 1:
            continue
        if aim.test_bit >= 0 and for_life >> aim.test_bit & 1:
            continue
        found[view] = np.outer(campaign.segments, _believed(tables, campaign, belief))
    return found.reshape(views * segments, rungs)


def _believed(tables: Tables, campaign: CampaignTable, belief: int) -> Bools:
    """On which rungs those with a belief are taken for the campaign's audience: (R,)."""
    if belief == 0:
        return campaign.rungs
    place, rung = divmod(belief - 1, campaign.rungs.size)
    if place > campaign.aim.place:  # it knows better, or knows everybody
        return campaign.rungs
    return np.full(campaign.rungs.size, campaign.rungs[rung])


def audience_share(tables: Tables, campaign: CampaignTable) -> Floats:
    """Expected share of the people on each rung whom a campaign takes for its audience and may reach: (R,)."""
    share = campaign.rungs.astype(np.float64)
    if campaign.aim.place >= 0:
        on = tables.on_ladder
        others = on.sum() - on
        taken = (campaign.rungs & on).sum() - (campaign.rungs & on)
        amiss = np.where(others > 0, taken / np.maximum(others, 1), share)
        share = (1.0 - campaign.aim.wrong) * share + campaign.aim.wrong * amiss
    return share * campaign.aim.open_share


def tiredness(contacts: Floats, free: float, tiring: float, leaving: float) -> tuple[Floats, Floats]:
    """What so many contacts a month leave of effects, and by which factor people leave: exp(−tiring·excess), 1 + leaving·excess."""
    excess = np.maximum(contacts - free, 0.0)
    return exponential(-tiring * excess), 1.0 + leaving * excess


def exponential(values: Floats) -> Floats:
    """e to the power of each value, the same bits on every machine."""
    different, places = np.unique(values, return_inverse=True)
    found = np.array([float(streams.exp(value)) for value in different], np.float64)
    return found[places].reshape(values.shape)


def leaving_steps(tables: Tables) -> Any:
    """Steps down, or off the ladder."""
    rank, steps = tables.rungs["rank"], tables.steps
    return np.flatnonzero(rank[steps["to"]] < rank[steps["origin"]])
