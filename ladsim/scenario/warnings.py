"""What is odd about a scenario though it can be simulated: warnings.

In: a scenario without problems. Out: `Problem` records whose `found` says what is odd and whose `allowed` says what one would
expect. To add one, write a function that yields them and add it to `ODDITIES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ladsim.errors import Problem
from ladsim.scenario.acting import means_of
from ladsim.scenario.address import campaign_names, numbers, steps_of
from ladsim.scenario.calendar import last_month
from ladsim.scenario.check_ladder import TOLERANCE, chance, shared_draws, state_of, steps_at
from ladsim.scenario.distributions import ends, middle
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.look_alikes import warn_look_alikes
from ladsim.scenario.opinion_spec import Recommendation, Survey
from ladsim.scenario.programs.record import Program
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Campaign, Channel, Range, Scenario, Shock, Step, Strategy, Tactic
from ladsim.scenario.warn_goals import warn_goals
from ladsim.scenario.warn_laws import warn_laws
from ladsim.scenario.warn_levers import unasked_curves, warn_campaign
from ladsim.scenario.warn_money import warn_money
from ladsim.scenario.warn_programs import warn_programs
from ladsim.scenario.warn_rates import warn_rates

BIG_MARKET = 10_000
FEW_NAMES = 5
UNEARNED = 0.01  # of all payments may be for time after the end (assumption)
# Numbers of campaigns and programmes that cost money and have no effect.
_COSTS_ALONE = frozenset({"setup_cost", "running_cost_per_month", "cost_per_contact", "cost_per_month", "cost_per_member"})


def _reach(scenario: Scenario) -> Iterator[Problem]:
    """Rungs that nobody comes to."""
    occupied = {rung.name for rung in scenario.rungs if ends(rung.share)[1] > 0.0} | set(scenario.start.nodes)
    reached = occupied | {arrival.to for arrival in scenario.arrivals}
    while True:
        more = {step.to for step in scenario.steps if step.from_ in reached} - reached
        if not more:
            break
        reached |= more
    for rung in scenario.rungs:
        if rung.name not in reached:
            leads = any(step.to == rung.name and step.from_ != rung.name for step in scenario.steps)
            found = "a rung that nobody can reach" if leads else "share 0 and no step that leads here"
            yield Problem(f"rungs.{rung.name}", found, "it stays empty")


def _dead_ends(scenario: Scenario) -> Iterator[Problem]:
    """Rungs that nobody ever leaves, and people outside who never come in."""
    ladder = [rung.name for rung in scenario.rungs if not rung.off_ladder]
    left = {step.from_ for step in scenario.steps if step.from_ != step.to}
    for name in ladder[:-1]:
        if name not in left:
            yield Problem(f"rungs.{name}", "no step that leads away", "customers climb no further and never leave")
    if any(rung.name not in left for rung in scenario.rungs if state_of(rung) == "outside") and not scenario.arrivals:
        name = next(rung.name for rung in scenario.rungs if state_of(rung) == "outside")
        yield Problem(f"rungs.{name}", "people outside the market who never arrive", "arrivals or a step would bring them in")


def _silence(scenario: Scenario) -> Iterator[Problem]:
    """Messages that nobody answers, and answers to messages that nobody sends."""
    hears = any(step.trigger == "message" for step in scenario.steps)
    announces = any(rung.announces for rung in scenario.rungs)
    talks = False
    for layer in scenario.word_of_mouth:
        own = layer.messages_per_month
        rates = [rung.messages_per_month for rung in scenario.rungs] if own is None else list(own.values())
        talks |= layer.graph.kind != "none" and (announces or any(ends(rate)[1] > 0.0 for rate in rates))
    if hears and not talks:
        why = "nobody sends messages" if scenario.word_of_mouth else "there is no [[word_of_mouth]]"
        yield Problem("steps", f"steps by message, but {why}", "they never happen")
    if talks and not hears:
        yield Problem("word_of_mouth", "messages, but no step by message", "what people tell each other changes nothing")


def _unfelt(scenario: Scenario) -> Iterator[Problem]:
    """What depends on satisfaction where there is none."""
    if scenario.satisfaction is not None:
        return
    found = [f"{place}.satisfaction_effect" for place, step in steps_at(scenario) if ends(step.satisfaction_effect) != (0.0, 0.0)]
    found += [f"{place}.negative" for place, step in steps_at(scenario) if step.negative]
    own = ("quality", "effort", "recommendation")
    found += [f"rungs.{rung.name}.{key}" for rung in scenario.rungs for key in own if getattr(rung, key) not in (None, 0.0)]
    layers = [layer for layer in scenario.word_of_mouth if ends(layer.detractor_factor) != (1.0, 1.0)]
    found += [f"word_of_mouth.{layer.layer}.detractor_factor" for layer in layers]
    found += ["recommendation"] * (scenario.recommendation != Recommendation()) + ["survey"] * (scenario.survey != Survey())
    if found:
        names = ", ".join(found[:FEW_NAMES]) + (", …" if len(found) > FEW_NAMES else "")
        yield Problem("satisfaction", f"no such table, but {names}", "without it nobody feels anything: these change nothing")


def _no_orders(scenario: Scenario) -> Iterator[Problem]:
    """Steps by order where nobody orders, and orders that are booked twice."""
    ordering = {rung.name for rung in scenario.rungs if ends(rung.orders_per_month)[1] > 0.0}
    if not ordering and not any(step.is_order for step in scenario.steps) and not scenario.start.orders:
        yield Problem("rungs", "no rung with orders_per_month above 0", "nobody ever orders anything")
    for place, step in steps_at(scenario):
        if step.trigger == "order" and step.from_ not in ordering:
            yield Problem(place, f"a step by order from {step.from_}, where nobody orders", "it never happens")
        if step.trigger == "order" and step.is_order:
            yield Problem(f"{place}.is_order", "a step by order that is itself an order", "each time two orders are booked")


def _sourceless(scenario: Scenario) -> Iterator[Problem]:
    """Numbers of the file that do not say where they come from."""
    stated = [number for number in numbers(scenario).values() if number.given and not number.decided]
    bare = [number.key for number in stated if not number.source]
    if bare:
        names = ", ".join(bare[:FEW_NAMES]) + (", …" if len(bare) > FEW_NAMES else "")
        yield Problem(
            "sources",
            f"{len(bare)} of {len(stated)} numbers without a source ({names})",
            'one would expect a source, or the word "assumption"',
        )


def _shared_draws(scenario: Scenario) -> Iterator[Problem]:
    """Probabilities of steps from one rung that add up to more than 1 and are scaled down."""
    for (rung, trigger), steps in shared_draws(scenario).items():
        total = sum(chance(step, 1) for step in steps)
        if total > 1.0 + TOLERANCE:
            found = f"probabilities of the steps by {trigger} that may add up to {total:.3g}"
            yield Problem(f"steps.{rung}", found, "they are scaled down in proportion where they exceed 1")
        elif sum(step.beta is not None for step in steps) and len(steps) > 1:
            found = (
                f"steps by {trigger} between which one random number decides, with probabilities that differ between customers"
            )
            yield Problem(f"steps.{rung}", found, "they are scaled down in proportion where a customer's own exceed 1")
        for segment in scenario.segments:
            lifted = sum(_lifted(scenario, step, segment.factors) for step in steps)
            if total <= 1.0 + TOLERANCE < lifted:
                found = f"factors that lift the probabilities of the steps by {trigger} from {rung} to {lifted:.3g}"
                yield Problem(f"segments.{segment.name}.factors", found, "they are scaled down in proportion to 1")


def _lifted(scenario: Scenario, step: Step, factors: dict[str, Any]) -> float:
    """The highest probability of a step with a segment's factors on −ln(1 − p)."""
    factor = 1.0
    for key, value in factors.items():
        if key.startswith("steps.") and any(s is step for s in steps_of(scenario, key.removeprefix("steps."))):
            factor *= ends(value)[1]
    return float(1.0 - (1.0 - min(1.0, chance(step, 1))) ** factor)


def _uncertain_shares(scenario: Scenario) -> Iterator[Problem]:
    """Ranges of shares that cannot add up to 1."""
    for key in ("rungs", "segments", "order_kinds"):
        shares = [item.share for item in getattr(scenario, key)]
        if not all(isinstance(share, float) for share in shares):
            low, high = (sum(ends(share)[end] for share in shares) for end in (0, 1))
            if not low <= 1.0 <= high:
                yield Problem(
                    key,
                    f"uncertain shares that add up to {low:.3g} to {high:.3g}",
                    "in every draw they are scaled to add up to 1",
                )


def _budgets(scenario: Scenario) -> Iterator[Problem]:
    """Budgets that differ; but what programmes and contacts cost is known only when they have run: where they do, nothing is said."""
    strategies = scenario.strategies.values()
    if any(s.programs or any(c.after is not None and middle(c.cost_per_contact) for c in s.campaigns) for s in strategies):
        return
    spent = {name: budget(strategy.campaigns, scenario.months) for name, strategy in scenario.strategies.items()}
    if len(spent) > 1 and max(spent.values()) > 1.01 * min(spent.values()):
        found = "budgets that differ: " + ", ".join(f"{name} {amount:,.0f}" for name, amount in spent.items())
        yield Problem("strategies", found, "a fair comparison has equal budgets (within 1 %)")


def budget(campaigns: Sequence[Campaign], months: float) -> float:
    """What campaigns cost together within so many months."""
    return sum(spend(campaign, months) for campaign in campaigns)


def spend(campaign: Campaign, months: float) -> float:
    """What a campaign costs within so many months (the middle of what is uncertain)."""
    end = min(months, campaign.to_month if campaign.to_month is not None else months)
    setup = middle(campaign.setup_cost) if campaign.from_month < months else 0.0
    return middle(campaign.each_month) * max(0.0, end - campaign.from_month) + setup


def _crowds(scenario: Scenario) -> Iterator[Problem]:
    for layer in scenario.word_of_mouth:
        size = scenario.market_size // layer.graph.copies
        if layer.graph.kind == "everyone" and size > BIG_MARKET and any(rung.announces for rung in scenario.rungs):
            found = f"announcements to everyone in a market of {size:,}"
            yield Problem(
                f"word_of_mouth.{layer.layer}", found, "each announcement is a message to every one of them: this is slow"
            )


def _campaigns(scenario: Scenario) -> Iterator[Problem]:
    """What is odd about campaigns, and what begins too late, in the file and in each strategy."""
    yield from _campaigns_of(scenario, "campaigns", scenario.campaigns, scenario.programs)
    yield from _late(scenario, "shocks", [s.name for s in scenario.shocks], scenario.shocks)
    yield from _late(scenario, "programs", item_names("programs", scenario.programs), scenario.programs)
    yield from _late(scenario, "prices", item_names("prices", scenario.prices), scenario.prices)
    for name, strategy in scenario.strategies.items():
        both = (*scenario.programs, *strategy.programs)
        for odd in _campaigns_of(scenario, f"strategies.{name}.campaigns", strategy.campaigns, both):
            if odd.place != f"strategies.{name}.{strategy.budget_goes_to}":  # what it spends is found by `--same-budget`
                yield odd
        prices = item_names("prices", strategy.prices)
        yield from _late(scenario, f"strategies.{name}.prices", prices, strategy.prices)
        yield from _late(scenario, f"strategies.{name}.shocks", [s.name for s in strategy.shocks], strategy.shocks)
        programs = item_names("programs", strategy.programs)
        yield from _late(scenario, f"strategies.{name}.programs", programs, strategy.programs)


def _rest(scenario: Scenario) -> Iterator[Problem]:
    """The rest of a budget that goes to a cost alone."""
    for name, strategy in scenario.strategies.items():
        goes_to = strategy.budget_goes_to or ""
        campaigns = [*strategy.campaigns, *scenario.campaigns]
        buying = [
            f"campaigns.{called}.cost_per_contact"
            for called, one in zip(campaign_names(campaigns), campaigns, strict=True)
            if one.contact_response is not None
        ]
        is_cost = goes_to.startswith(("campaigns.", "programs.")) and goes_to.rpartition(".")[2] in _COSTS_ALONE
        if is_cost and goes_to not in buying:
            words = "name a number that buys more, such as a campaign's monthly_spend"
            yield Problem(
                f"strategies.{name}.budget_goes_to",
                "what is left of the budget (`--same-budget`), which costs money and moves nobody",
                words,
            )


def _campaigns_of(
    scenario: Scenario, prefix: str, campaigns: Sequence[Campaign], programs: Sequence[Program]
) -> Iterator[Problem]:
    """Campaigns that cost without doing anything, do nothing for want of money, or begin too late."""
    names = campaign_names(campaigns)
    for name, campaign in zip(names, campaigns, strict=True):
        place = joined(prefix, name)
        yield from warn_campaign(scenario, place, campaign, programs)
        effects = means_of(scenario, campaign).effects
        if not effects and campaign.points_factor == 1.0:
            yield Problem(place, "a campaign without effects", "it costs money and changes nothing")
        if effects and campaign.after is None and ends(campaign.monthly_spend)[1] == 0.0:
            yield Problem(f"{place}.monthly_spend", "0", "a campaign without spend has no effect: give what it spends a month")
    yield from _late(scenario, prefix, names, campaigns)


def _late(scenario: Scenario, prefix: str, names: Sequence[str], items: Sequence[Any]) -> Iterator[Problem]:
    """What begins after the scenario's end, or is cut off by it."""
    for name, item in zip(names, items, strict=True):
        if item.from_month >= scenario.months:
            yield Problem(
                f"{joined(prefix, name)}.from_month",
                f"{item.from_month:g}",
                f"the scenario ends at month {last_month(scenario.start_date, scenario.months)}: it never starts",
            )
        elif (end := item.end if isinstance(item, Program) else item.to_month) is not None and end > scenario.months:
            yield Problem(
                f"{joined(prefix, name)}.to_month",
                f"{end:g}",
                f"the scenario ends at month {last_month(scenario.start_date, scenario.months)}: the rest is cut off",
            )


def _slow_renewals(scenario: Scenario) -> Iterator[Problem]:
    """Renewals that come after the end."""
    for name, step in zip(item_names("steps", scenario.steps), scenario.steps, strict=True):
        if step.trigger == "renewal" and step.months is not None and step.months > scenario.months:
            yield Problem(
                f"steps.{name}.months",
                f"{step.months:g}",
                f"the scenario ends at month {last_month(scenario.start_date, scenario.months)}: nobody renews",
            )


def _unearned(scenario: Scenario) -> Iterator[Problem]:
    """Orders that pay for a time to come, and are booked at once: what is paid last pays for time after the end."""
    named = list(zip(item_names("steps", scenario.steps), scenario.steps, strict=True))
    contracts = {}
    for name, step in named:
        if step.trigger != "renewal" or not step.is_order or step.months is None or step.from_ != step.to:
            continue
        if step.covers_months is not None:
            contracts[step.to] = step.months
        elif UNEARNED * scenario.months < step.months <= scenario.months:
            words = f"the last {step.months:g} months of payments pay for time after the end, too: give covers_months = {step.months:g} "
            words += "where an order pays for the time to come"
            yield Problem(f"steps.{name}.covers_months", f"an order every {step.months:g} months, booked at once", words)
    for name, step in named:
        if step.is_order and step.covers_months is None and step.from_ != step.to and step.to in contracts:
            words = f"those who renew there pay in advance: give covers_months = {contracts[step.to]:g} where this order pays for the "
            words += "first time, too"
            yield Problem(f"steps.{name}.covers_months", f"an order that leads to {step.to}, booked at once", words)


def _reached_ranges(scenario: Scenario) -> Iterator[Problem]:
    for rung in dict.fromkeys(step.from_ for step in scenario.steps if isinstance(step.cumulative_share, Range)):
        total = sum(ends(step.cumulative_share or 0.0)[1] for step in scenario.steps if step.from_ == rung)
        if total >= 1.0:
            yield Problem(
                f"steps.{rung}", f"shares reached that may add up to {total:.3g}", "a draw of 1 or more cannot be simulated"
            )


def _segments(scenario: Scenario) -> Iterator[Problem]:
    """A need that is met already, and margins that only one study reads."""
    start = sum(ends(rung.share)[0] for rung in scenario.rungs if counts_as_customer(rung))
    for segment in scenario.segments:
        if ends(segment.addressable_share)[1] < start - TOLERANCE:
            found = f"{ends(segment.addressable_share)[1]:.4g}, but {start:.4g} of everybody are customers at the start"
            yield Problem(
                f"segments.{segment.name}.addressable_share", found, "one would expect as many as are customers, or more"
            )
    own = [segment.name for segment in scenario.segments if segment.margin is not None]
    if own:
        allowed = "`ladsim potential` counts with it; every other study counts with money.margin for everybody"
        yield Problem("segments", f"an own margin of {', '.join(own[:FEW_NAMES])}", allowed)


def _alike(scenario: Scenario) -> Iterator[Problem]:
    """Satisfaction by which all customers are of one opinion, so that a net promoter score says nothing."""
    felt, told = scenario.satisfaction, scenario.recommendation
    if felt is None or any(ends(rate)[1] > 0.0 for rate in (felt.quality_spread, felt.service_failure_probability, told.spread)):
        return
    for rung in scenario.rungs:
        quality = felt.quality if rung.quality is None else rung.quality
        effort = felt.effort if rung.effort is None else rung.effort
        surprise = _fixed(quality) - _fixed(effort) - _fixed(felt.expectation)
        if surprise != 0.0 or _fixed(rung.recommendation) != _fixed(scenario.rungs[0].recommendation):
            return
    levers: list[Channel | Tactic | Shock] = [*scenario.channels, *scenario.tactics, *scenario.shocks]
    owners: list[Scenario | Strategy] = [scenario, *scenario.strategies.values()]
    if any(effect.on in ("satisfaction", "effort") for lever in levers for effect in lever.effects):
        return
    if any(owner.programs or owner.prices for owner in owners):
        return
    found = "nothing by which opinions differ (quality_spread, [recommendation] spread and quality of rungs)"
    yield Problem("satisfaction", found, "everybody answers alike: the net promoter score is −100, 0 or 100")


def _fixed(value: Any) -> float:
    """A number that every future has the same; NaN, which equals nothing, for an uncertain one."""
    low, high = ends(value)
    return low if low == high else math.nan


ODDITIES: tuple[Callable[[Scenario], Iterator[Problem]], ...] = (
    warn_look_alikes,
    _reach, _dead_ends, _silence, _unfelt, _no_orders, _shared_draws, _uncertain_shares, _reached_ranges, _slow_renewals, _unearned,
    _campaigns, unasked_curves, warn_money, warn_programs, warn_rates, warn_laws, warn_goals, _budgets, _rest, _crowds, _segments, _alike,
    _sourceless,
)  # fmt: skip
