"""Contacts set off by events that cannot move whom they reach: warnings, each with what to write instead.

In: a campaign with `after` in the market in which it runs. Out: `Problem` records, as in ``warnings``. Who is contacted stands on the
rung on which the event finds them or, where there is a delay, on any rung that lies ahead of it; the campaign takes those of them who
stand on a rung of `to` (without it: on one where an effect acts). In doubt, which is where an event may happen anywhere, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from ladsim.errors import Problem
from ladsim.scenario.acting import Means
from ladsim.scenario.distributions import ends


def warn_contacts(place: str, means: Means) -> list[Problem]:
    """An event that never comes, contacts that nobody gets, and contacts on rungs where no effect acts."""
    campaign, market = means.campaign, means.market
    event, _, which = (campaign.after or "").partition(".")
    if event == "entered" and which not in market.reached:
        words = "it is never set off: name a rung with a share, or one that a step leads to"
        return [Problem(f"{place}.after", f"{campaign.after!r}, where nobody ever comes", words)]
    if event not in ("entered", "order", "first_order"):
        return []
    found = {which} if event == "entered" else market.onward(_ordering(means))
    standing = market.onward(found) if ends(campaign.delay_days)[1] > 0.0 else found
    moved = set(means.could_move)
    meant = moved if campaign.to is None else set(campaign.to)
    if not standing & meant:
        words = f"it contacts nobody: whoever it could contact stands on {_list(means, standing)}, and its "
        words += f"{'effects act' if campaign.to is None else 'audience is'} on {_list(means, meant)}"
        return [Problem(f"{place}.{'after' if campaign.to is None else 'to'}", f"{campaign.after!r}", words)]
    idle = (standing & meant) - moved
    if not idle:
        return []
    where = f"{_list(means, idle)}, where none of its effects acts"
    if idle == standing & meant and not market.onward(idle) & meant & moved:
        words = f"it buys nothing: its effects move people on {_list(means, moved)}, where nobody whom it contacts ever comes"
        return [Problem(f"{place}.to", where, words)]
    return [Problem(f"{place}.to", where, "contacts there cost money and move nobody who stays there: leave it out of `to`")]


def _ordering(means: Means) -> set[str]:
    """Rungs on which orders are booked."""
    market = means.market
    return {name for name in market.reached if market.orders_by_itself(name)} | {
        step.to for step in market.scenario.steps if step.is_order and market.fires(step)
    }


def _list(means: Means, rungs: Iterable[str]) -> str:
    """Rungs in the file's order."""
    return ", ".join(rung.name for rung in means.market.scenario.rungs if rung.name in set(rungs))
