"""Whom campaigns reach: what the firm believes of a customer, who consents, who is kept out as a control group.

In: a resolved scenario. Out: what a customer is to the firm (`view_bits`: for life, a draw each, by address; last, under the effect of
which campaigns after an event it is, which nobody is at the start), the different shares
of customers whose rung is not known (`beliefs`), and an `Aim` per campaign, which says how to read them. ``model.audience`` draws
them, ``engine.targeting`` turns an aim into groups.

A group is a segment and a view; view = for life · seen + belief, where belief 0 is "known right" and 1 + place · rungs + rung is
"taken for somebody on that rung by whoever errs with a share from `beliefs[place]` on".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.model.audience import CONSENT
from ladsim.scenario.address import campaign_names
from ladsim.scenario.consent import needs_consent
from ladsim.scenario.contact_fatigue import tires_after_event
from ladsim.scenario.spec import Campaign, Scenario


@dataclass(frozen=True)
class Aim:
    """How a campaign finds its audience."""

    place: int = -1  # of its share of errors among the beliefs; −1: it knows everybody's rung
    wrong: float = 0.0  # share of customers whom it takes for somebody on another rung
    consent_bit: int = -1  # which bit for life says that it may reach a customer; −1: it may reach all
    test_bit: int = -1  # which bit for life keeps a customer out
    open_share: float = 1.0  # expected share of people it may reach
    effect_bit: int = (
        -1
    )  # which bit says that a customer is under the effect of its contact after an event; −1: that tires nobody
    contacts: float = 0.0  # a month, of each it reaches

    @property
    def is_plain(self) -> bool:
        """Whether it reaches everybody it is meant for, and nobody else."""
        return self.place < 0 and self.consent_bit < 0 and self.test_bit < 0


EVERYBODY = Aim()


def laid_aims(
    scenario: Scenario,
) -> tuple[tuple[Aim, ...], tuple[tuple[np.uint64, float], ...], NDArray[np.float64]]:
    """An aim per campaign (triggered ones too), the bits for life, the beliefs."""
    channels, tactics = {c.name: c for c in scenario.channels}, {t.name: t for t in scenario.tactics}
    asked = [needs_consent(c, channels, tactics) for c in scenario.campaigns]
    beliefs = sorted({float(c.wrong_rung_share) for c in dated(scenario.campaigns) if c.wrong_rung_share > 0.0})
    consent = scenario.contacts.consent_share
    bits: list[tuple[np.uint64, float]] = []
    timed = [a and c.after is None for a, c in zip(asked, scenario.campaigns, strict=True)]
    if consent is not None and any(timed):
        bits.append((CONSENT, float(consent)))
    aims = []
    for name, campaign, is_asked in zip(campaign_names(scenario.campaigns), scenario.campaigns, timed, strict=True):
        is_dated = campaign.after is None
        test = campaign.control_group_share if is_dated else 0.0
        may = consent if consent is not None and is_asked else None
        wrong = campaign.wrong_rung_share if is_dated else 0.0
        aims.append(
            Aim(
                place=beliefs.index(wrong) if wrong > 0.0 else -1,
                wrong=wrong,
                consent_bit=0 if may is not None else -1,
                test_bit=len(bits) if test > 0.0 else -1,
                open_share=(may if may is not None else 1.0) * (1.0 - test),
                contacts=campaign.contacts_per_month if is_dated else 0.0,
            )
        )
        if test > 0.0:
            bits.append((np.uint64(streams.stream_id("test group " + name)), float(test)))
    for place, (name, campaign) in enumerate(zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True)):
        if tires_after_event(scenario, campaign):
            aims[place] = Aim(effect_bit=len(bits), contacts=campaign.contacts_per_month)
            bits.append((np.uint64(streams.stream_id("effect of " + name)), 0.0))
    return tuple(aims), tuple(bits), np.array(beliefs, np.float64)


def dated(campaigns: Sequence[Campaign]) -> list[Campaign]:
    """The campaigns that run between two months; the others are set off by events."""
    return [campaign for campaign in campaigns if campaign.after is None]
