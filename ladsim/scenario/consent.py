"""Whom a campaign must ask first: which channels and tactics reach only people who consent.

In: a campaign, the channels and tactics of its scenario. Out: yes or no. Who consents is drawn in ``model.audience``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ladsim.scenario.spec import Campaign, Channel, Tactic

# Channels that by law need consent (ePrivacy Directive 2002/58/EC, art. 13).
ASKED_FIRST = frozenset({"newsletter", "personal_email"})


def needs_consent(campaign: Campaign, channels: Mapping[str, Channel], tactics: Mapping[str, Tactic]) -> bool:
    """Whether a campaign may only reach people who consent: by its channel, else by its tactic."""
    channel = channels.get(campaign.channel or "")
    if channel is not None:
        return channel.needs_consent if channel.needs_consent is not None else channel.name in ASKED_FIRST
    tactic = tactics.get(campaign.tactic or "")
    return tactic is not None and tactic.needs_consent
