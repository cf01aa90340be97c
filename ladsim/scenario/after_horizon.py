"""A market that is looked at for some months more than its file says: nothing new is done, what has begun goes on.

In: a scenario under its strategy. Out: the same, longer. At the horizon of the file campaigns end, and from then on nobody joins a
programme; programmes keep their terms for the members there are. Prices, seasons, shocks, arrivals and fixed costs are as in the file:
what has no end there has none here. Up to the file's horizon the two have the same history, bit for bit, because luck goes by address;
with a horizon that is no whole month, up to its last whole month.
"""

from __future__ import annotations

from typing import Any

from ladsim.scenario.plan_tables import nearest_tick
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Campaign, Scenario


def gone_on(scenario: Scenario, months: int) -> Scenario:
    """The scenario (unresolved, too) with so many months behind its horizon."""
    horizon, never = scenario.months, scenario.months + months + 1.0
    longer = scenario.model_copy(
        update={
            "months": horizon + months,
            "campaigns": tuple(_ended(campaign, horizon, never) for campaign in scenario.campaigns),
            "programs": tuple(_closed(program, horizon, never) for program in scenario.programs),
        }
    )
    # What is known of today is solved in the market of the file, however long that one is looked at.
    return longer.after(scenario.before_strategy or scenario) if scenario.needs_curves else longer


def _ended(campaign: Campaign, horizon: float, never: float) -> Campaign:
    """A campaign that ends at the horizon; one that would begin later never does. It keeps its place, by which it may be named."""
    changed: dict[str, Any] = {"to_month": horizon if campaign.to_month is None else min(campaign.to_month, horizon)}
    if nearest_tick(campaign.from_month) > nearest_tick(horizon):
        changed = {"from_month": never, "to_month": None}
    elif nearest_tick(campaign.from_month) == nearest_tick(horizon):
        # Its set-up is paid at the last instant of the file. No campaign is shorter than a tick, and this one has none left.
        changed |= {"monthly_spend": 0.0, "running_cost_per_month": 0.0, "points_factor": 1.0, "contacts_per_month": 0.0}
    return campaign.model_copy(update=changed)


def _closed(program: Program, horizon: float, never: float) -> Program:
    """A programme that nobody joins after the horizon; one that would begin later never does."""
    if nearest_tick(program.from_month) > nearest_tick(horizon):
        return program.model_copy(update={"from_month": never})
    last = horizon if program.joins.to_month is None else min(program.joins.to_month, horizon)
    return program.model_copy(update={"joins": program.joins.model_copy(update={"to_month": last})})
