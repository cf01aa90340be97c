"""Whether many contacts tire people, and which campaigns' contacts count. In: a scenario, resolved or not. Out: yes or no."""

from __future__ import annotations

from ladsim.scenario.distributions import ends
from ladsim.scenario.spec import Campaign, Scenario


def tires_after_event(scenario: Scenario, campaign: Campaign) -> bool:
    """Whether a campaign is set off by events, and its contacts may tire (resolved or not)."""
    return campaign.after is not None and ends(campaign.contacts_per_month)[1] > 0.0 and tires(scenario)


def tires(scenario: Scenario) -> bool:
    """Whether many contacts do anything to people (of a scenario resolved or not)."""
    return any(ends(number)[1] > 0.0 for number in (scenario.contacts.fatigue, scenario.contacts.leaving_per_contact))
