"""What is odd about campaigns set off by events, and about whom a campaign can reach: warnings.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.calendar import last_month
from ladsim.scenario.contact_fatigue import tires
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.library import library
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Campaign, Scenario


def unasked_curves(scenario: Scenario) -> Iterator[Problem]:
    """Curves of tactics that only campaigns set off by events use, which do not ask them; the library's own are not the file's matter."""
    campaigns = [*scenario.campaigns, *(one for strategy in scenario.strategies.values() for one in strategy.campaigns)]
    if scenario.policies or any(strategy.policies for strategy in scenario.strategies.values()):
        return  # which may pull any tactic
    known = library()["tactics"]
    for tactic in scenario.tactics:
        uses = [one for one in campaigns if one.tactic == tactic.name]
        is_asked = any(one.after is None and one.channel is None for one in uses)
        if tactic.response is None or tactic.name in known or is_asked or not any(one.after for one in uses):
            continue
        allowed = "campaigns set off by events have their full effect whatever half_at is; contact_response says what the cost of a contact does"
        yield Problem(f"tactics.{tactic.name}.response", "a response that no campaign uses", allowed)


def warn_campaign(scenario: Scenario, place: str, campaign: Campaign, programs: Sequence[Program]) -> Iterator[Problem]:
    """Events that cannot happen, contacts after the end, campaigns that reach nobody, and contacts that tire nobody."""
    event, _, which = (campaign.after or "").partition(".")
    named = dict(zip(item_names("programs", programs), programs, strict=True))
    if event == "level_lost" and which in named and not named[which].loses_levels:
        found = f"{campaign.after!r}, a programme of kind {named[which].kind}"
        yield Problem(f"{place}.after", found, "its members have no level to lose: it is never set off")
    if campaign.after is not None and ends(campaign.delay_days)[0] >= scenario.months * DAYS_PER_MONTH:
        allowed = f"the scenario ends at month {last_month(scenario.start_date, scenario.months)}: nobody is ever contacted"
        yield Problem(f"{place}.delay_days", f"{ends(campaign.delay_days)[0]:g}", allowed)
    if campaign.after is not None and tires(scenario) and "contacts_per_month" not in campaign.model_fields_set:
        allowed = "its contacts tire nobody, and have their full effect on who is tired: give contacts_per_month (0, where it is meant so)"
        yield Problem(f"{place}.after", "no contacts_per_month", allowed)
    if campaign.contact_response is not None and never(campaign.cost_per_contact):
        allowed = "its contacts have no effect: by contact_response that depends on what one costs"
        yield Problem(f"{place}.cost_per_contact", "0", allowed)
    if ends(campaign.control_group_share)[0] >= 1.0:
        yield Problem(f"{place}.control_group_share", "1", "everybody is in the control group: it reaches nobody")
