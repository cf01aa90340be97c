"""What it costs to win a customer by the campaigns of a scenario: their money over those who came because of it.

In: the futures of a strategy, and of the same market without the campaigns that aim at people who are no customers yet. Out, by
replication and segment: what was spent on the segment, and how many more became customers. Both markets have the same luck, so
who would have come anyway drops out, which spend ÷ new customers leaves in. A campaign's money of a month belongs to the segments
in proportion to those of its audience in them at the month's start; a market without audience has nothing to divide.

    cost of one more customer = Σ spend ÷ Σ (new customers with − new customers without)

It is the mean cost at the spend of the campaigns. Response curves bend: more money than that buys fewer customers for each unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.tidy import people
from ladsim.planning.run import StudyContext
from ladsim.planning.unit_keys import Identity
from ladsim.planning.worlds import Worlds
from ladsim.scenario.plan_tables import CampaignTable
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Without:
    """New customers of each segment in the market without its winning campaigns; a `Work` of a study."""

    together: StudyContext

    @property
    def identity(self) -> Identity:
        """What determines its numbers."""
        return self.together.identity("without campaigns")

    def future(self, replication: int, worlds: Worlds) -> Floats:
        """People won in one replication, (G,)."""
        return acquired(self.together.play(replication, worlds, customers=False))


def acquired(history: History) -> Floats:
    """People of each segment who became customers, (G,)."""
    return people(history, history.new_customers[:, :, 0].sum(axis=0))


def winning_campaigns(laid_out: Tables) -> list[CampaignTable]:
    """The campaigns whose audience includes people who are no customers yet and have not bought before."""
    to_be_won = (laid_out.rungs["is_customer"] == 0) & (laid_out.rungs["bought_before"] == 0)
    return [campaign for campaign in laid_out.campaigns if (campaign.rungs & to_be_won).any()]


def spent(history: History, campaigns: Sequence[CampaignTable]) -> Floats:
    """What the campaigns cost in each segment over the whole time, in the currency: (G,)."""
    total = np.zeros(len(history.segment_names))
    for campaign in campaigns:
        money = -history.market_money[:, campaign.cause] * (history.scale / history.unit)
        heads = history.counts[:, :, campaign.rungs].sum(axis=2) * campaign.segments
        at_start = np.concatenate([heads[:1], heads[:-1]]).astype(np.float64)  # month k is (k − 1, k]
        share = np.divide(
            at_start,
            at_start.sum(axis=1, keepdims=True),
            out=np.zeros_like(at_start),
            where=at_start.sum(axis=1, keepdims=True) > 0,
        )
        total += money @ share
    return total
