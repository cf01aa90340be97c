"""Whom a campaign reaches: its audience as groups, and how many people it believes to be in it.

In: a scenario's tables and one of its campaigns. Out: (A, R) whether it reaches a group on a rung; (R,) the expected share of those on
a rung whom it takes for its audience and may reach. Effects go by the rung where a customer stands, whatever the firm takes it for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladsim.scenario.plan_tables import CampaignTable
from ladsim.scenario.tables import Tables

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def reached(tables: Tables, campaign: CampaignTable, views: int) -> Bools:
    """Whether a campaign (or shock) reaches a group on a rung: (A, R)."""
    segments, rungs = campaign.segments.size, campaign.rungs.size
    if campaign.aim.is_plain:
        return np.tile(np.outer(campaign.segments, campaign.rungs), (views, 1))
    for_life, belief = np.divmod(np.arange(views), 1 + tables.beliefs.size * rungs)
    found = _believed(tables, campaign)[belief][:, None, :] & campaign.segments[:, None]
    found &= _may_be_reached(campaign, for_life)[:, None, None]
    return found.reshape(views * segments, rungs)


def under_effect(tables: Tables, bit: int, views: int) -> Bools:
    """Which groups are under the effect of a contact after an event, by its bit: (A,)."""
    for_life = np.arange(views) // (1 + tables.beliefs.size * len(tables.rung_names))
    return np.repeat(for_life >> bit & 1 == 1, len(tables.segment_names))


def _may_be_reached(campaign: CampaignTable, for_life: NDArray[np.int64]) -> Bools:
    """Which of those that the firm may see a customer as for life consent, and are in no control group."""
    aim = campaign.aim
    consents = for_life >> aim.consent_bit & 1 == 1 if aim.consent_bit >= 0 else np.ones(for_life.size, bool)
    return consents & ~(for_life >> aim.test_bit & 1 == 1) if aim.test_bit >= 0 else consents


def _believed(tables: Tables, campaign: CampaignTable) -> Bools:
    """On which rungs those with each belief are taken for the campaign's audience: (beliefs, R)."""
    places, size = tables.beliefs.size, campaign.rungs.size
    found = np.tile(campaign.rungs, (1 + places * size, 1))
    known = campaign.aim.place + 1  # of more errors than its own it makes none, or it knows everybody
    found[1 : 1 + known * size] = np.tile(campaign.rungs, known)[:, None]
    return found


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
