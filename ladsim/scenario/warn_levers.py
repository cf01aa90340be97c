"""What is odd about campaigns set off by events, and about whom a campaign can reach: warnings.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.calendar import last_month
from ladsim.scenario.contact_fatigue import tires
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Campaign, Scenario


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
        allowed = "its contacts tire nobody, and act in full on who is tired: give contacts_per_month (0, where it is meant so)"
        yield Problem(f"{place}.after", "no contacts_per_month", allowed)
    if ends(campaign.test_group_share)[0] >= 1.0:
        yield Problem(f"{place}.test_group_share", "1", "everybody is in the test group: it reaches nobody")
