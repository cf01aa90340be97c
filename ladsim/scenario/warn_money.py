"""Money of campaigns that buys nothing: warnings, each with what to write instead.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. A campaign is looked at in the market in which it runs:
the file's own in the file's, a strategy's in that of the strategy. What comes too late for the horizon is told in ``warnings``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ladsim.errors import Problem
from ladsim.model.curves import PRESSURES
from ladsim.scenario.acting import Means, means_of
from ladsim.scenario.address import campaign_names
from ladsim.scenario.distributions import ends, middle
from ladsim.scenario.key_paths import joined
from ladsim.scenario.spec import Campaign, Response, Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.warn_contacts import warn_contacts

NEARLY_ALL = 0.95  # of the full effect
HARDLY = 0.001  # of the full effect (assumption)
OF_THE_MONEY = 0.5  # which brings that much already: the rest buys next to nothing (assumption)


def warn_money(scenario: Scenario) -> Iterator[Problem]:
    """Campaigns whose money buys nothing, or next to nothing."""
    for key in ("channels", "tactics"):
        for lever in getattr(scenario, key):
            if lever.today is not None and lever.today.attributed:
                allowed = (
                    "it holds customers who would have come anyway, so the curve promises too much: take the extra ones that a "
                )
                allowed += "control group shows, or a range that begins far below"
                yield Problem(f"{key}.{lever.name}.today.attributed", "an ad platform's own count", allowed)
    yield from _of("campaigns", with_strategy(scenario, None), scenario.campaigns)
    for name, strategy in scenario.strategies.items():
        if strategy.campaigns:
            yield from _of(f"strategies.{name}.campaigns", with_strategy(scenario, name), strategy.campaigns)


def _of(prefix: str, market: Scenario, campaigns: tuple[Campaign, ...]) -> Iterator[Problem]:
    """What is odd about the money of each campaign."""
    for name, campaign in zip(campaign_names(campaigns), campaigns, strict=True):
        means = means_of(market, campaign)
        if campaign.from_month >= market.months:
            continue
        place = joined(prefix, name)
        if not means.effects:
            yield from _no_points(place, means)
            continue
        yield from _running(place, campaign)
        yield from _all_wrong(place, campaign)
        if any(map(_costs, (campaign.each_month, campaign.setup_cost, campaign.cost_per_contact))):
            yield from _idle(place, means) or warn_contacts(place, means) or _thin(place, means) or _saturated(place, means)


def _no_points(place: str, means: Means) -> Iterator[Problem]:
    """More points for the orders of people who do not order."""
    to, factor = means.campaign.to, means.campaign.points_factor
    if factor != 1.0 and to is not None and not any(name in means.market.reached and means.market.may_order(name) for name in to):
        words = "points come with orders: name a rung on which people order"
        yield Problem(f"{place}.to", f"{list(to)}, where nobody orders", words)


def _all_wrong(place: str, campaign: Campaign) -> Iterator[Problem]:
    """A firm that takes everybody for somebody else."""
    if ends(campaign.wrong_rung_share)[0] >= 1.0:
        allowed = (
            "everybody is taken for somebody on another rung, so nobody is reached for whom it is meant: give the share that is "
        )
        allowed += "wrong, such as 0.15"
        yield Problem(f"{place}.wrong_rung_share", "1", allowed)


def _costs(amount: object) -> bool:
    return ends(amount)[1] > 0.0  # type: ignore[arg-type]


def _running(place: str, campaign: Campaign) -> Iterator[Problem]:
    """What running a campaign that events set off costs: however much it is, no more is done for it."""
    if campaign.after is not None and _costs(campaign.running_cost_per_month):
        found = f"{middle(campaign.running_cost_per_month):,.10g} a month, which buys no effect"
        allowed = "contacts are paid by cost_per_contact; what buys effect by a curve is a campaign without `after`"
        yield Problem(f"{place}.running_cost_per_month", found, allowed)


def _idle(place: str, means: Means) -> list[Problem]:
    """Nobody whom it could reach, or nothing that it could move of those whom it reaches."""
    campaign, market = means.campaign, means.market
    consent = market.scenario.contacts.consent_share
    if consent is not None and ends(consent)[1] <= 0.0 and means.asks_consent:
        allowed = "it reaches nobody: give contacts.consent_share, or needs_consent = false where none is needed"
        return [Problem(place, "a campaign for those who consent, and nobody does", allowed)]
    sizes = {segment.name: ends(segment.share)[1] for segment in market.scenario.segments}
    if campaign.segments is not None and not any(sizes[name] > 0.0 for name in campaign.segments):
        found = f"{list(campaign.segments)}, where nobody is"
        return [Problem(f"{place}.segments", found, "it reaches nobody: name a segment with a share above 0, or leave it out")]
    if campaign.to is not None and not any(name in market.reached for name in campaign.to):
        found = f"{list(campaign.to)}, where nobody ever comes"
        return [Problem(f"{place}.to", found, "it reaches nobody: name a rung with a share, or one that a step leads to")]
    if not means.acting:
        found = "money, and no effect that can act"
        moves = means.could_move
        allowed = "it buys nothing: " + (
            f"its effects move people on {', '.join(moves)}; name one of them in `to`"
            if moves
            else f"none of its effects ({', '.join(dict.fromkeys(e.on for e in means.effects))}) moves anything that is there"
        )
        return [Problem(place, found, allowed)]
    return []


def _thin(place: str, means: Means) -> list[Problem]:
    """So little money for each head that hardly anything of the full effect is reached."""
    campaign, curve, heads = means.campaign, means.response, means.heads
    if campaign.after is not None or curve is None or not _costs(campaign.monthly_spend) or heads <= 0.0:
        return []
    carried = 1.0 - middle(means.carry_over)
    share = share_at(curve, middle(campaign.monthly_spend) / heads / carried)
    if share >= HARDLY:
        return []
    half = pressure_for(curve, 0.5) * heads * carried
    found = f"{middle(campaign.monthly_spend):,.10g} for about {heads:,.0f} people at the start, which reaches {100 * share:.2g} % of the "
    allowed = (
        f"it moves hardly anybody: about {float(f'{half:.2g}'):,.10g} a month would reach half of it; look whether half_at "
        f"({middle(curve.half_at):g} for each person and month) is meant"
    )
    return [Problem(f"{place}.monthly_spend", f"{found}full effect", allowed)]


def _saturated(place: str, means: Means) -> list[Problem]:
    """So much money for each head that half of it would do nearly the same."""
    campaign, curve = means.campaign, means.response
    if campaign.after is not None or curve is None or not _costs(campaign.monthly_spend):
        return []
    heads = means.heads
    spend = middle(campaign.monthly_spend) * OF_THE_MONEY
    enough = pressure_for(curve, NEARLY_ALL) * heads * (1.0 - middle(means.carry_over))
    if heads <= 0.0 or spend < enough:
        return []
    found = f"{middle(campaign.monthly_spend):,.10g} for about {heads:,.0f} people at the start, far more than is useful"
    allowed = (
        f"about {float(f'{enough:.2g}'):,.10g} a month would bring {100 * NEARLY_ALL:.0f} % of the full effect; look whether half_at "
        f"({middle(curve.half_at):g} for each person and month) is meant"
    )
    return [Problem(f"{place}.monthly_spend", found, allowed)]


def share_at(curve: Response, pressure: float) -> float:
    """Share of the full effect at a spend per head and month, by the middle of what is uncertain: as ``model.curves`` has it.

    >>> share_at(Response(half_at=2.0), 4.0), share_at(Response(curve="linear", half_at=2.0), 1.0)
    (0.75, 0.25)
    """
    half_at = middle(curve.half_at)
    if curve.curve == "linear":
        return float(min(1.0, pressure / (2.0 * half_at)))
    if curve.curve == "hill":
        return float(1.0 / (1.0 + (half_at / pressure) ** middle(curve.slope))) if pressure > 0.0 else 0.0
    return float(-math.expm1(-math.log(2.0) * pressure / half_at))


def pressure_for(curve: Response, share: float) -> float:
    """Spend per head and month at which a response curve gives a share of the full effect: the inverse of its curve.

    >>> pressure_for(Response(half_at=2.0), 0.75), pressure_for(Response(curve="linear", half_at=2.0), 0.75)
    (4.0, 3.0)
    """
    return PRESSURES[curve.curve](share, middle(curve.half_at), middle(curve.slope))
