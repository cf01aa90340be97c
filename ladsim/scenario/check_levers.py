"""Do prices, seasons, audiences and campaigns set off by events make sense?

In: a scenario of the right shape. Out: problems. `levers_of_scenario` looks at what stands once in a file; `campaign_extras` and
`prices_of` at what a strategy may bring too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.address import steps_of
from ladsim.scenario.contact_fatigue import tires_after_event
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.lever_spec import SEASONAL, Price
from ladsim.scenario.programs.record import Program
from ladsim.scenario.references import unknown
from ladsim.scenario.renamed_keys import parted
from ladsim.scenario.spec import Campaign, Effect, Scenario

EVENTS = ("first_order", "order", "no_order", "entered.RUNG", "joined.PROGRAM", "level_lost.PROGRAM")
NOT_BY_CONTACT = frozenset({"cost", "points", "engagement"})  # what the customer's own state does not move
OF_EVENTS = ("delay_days", "lasts_days", "cost_per_contact", "contact_response", "running_cost_per_month")
OF_DATES = ("wrong_rung_share",)
MOST_VIEWS = 4096
MOST_PROGRAMS = 55
MOST_NUMBERS = 50_000_000  # of 8 bytes, for each future that is simulated at a time
NUMBERS_OF_A_RUNG = 15  # of one kind of customer, beside messages: levers, rates, price, quality (`engine.rules`)
BYTES_A_NUMBER = 8  # whether a lever reaches a kind of customer is a byte


def levers_of_scenario(scenario: Scenario) -> Iterator[Problem]:
    """Problems of the seasons and prices of a scenario."""
    for name, season in zip(item_names("seasons", scenario.seasons), scenario.seasons, strict=True):
        on = season.on
        if on not in SEASONAL and not (on.startswith("steps.") and steps_of(scenario, on.removeprefix("steps."))):
            yield Problem(joined("seasons", name, "on"), repr(on), f"must be {', '.join(SEASONAL)} or steps.FROM.TO")
    yield from prices_of(scenario, "", scenario.prices)


def prices_of(scenario: Scenario, prefix: str, prices: Sequence[Price]) -> Iterator[Problem]:
    """Problems of changes of price under `prefix`."""
    rungs = [rung.name for rung in scenario.rungs]
    for name, price in zip(item_names("prices", prices), prices, strict=True):
        place = joined(*filter(None, (prefix, "prices")), name)
        if price.to_month is not None and price.to_month <= price.from_month:
            yield Problem(f"{place}.to_month", f"{price.to_month:g}", f"must be after from_month ({price.from_month:g})")
        if price.elasticity is not None and price.per_rung is not None:
            yield Problem(place, "elasticity and per_rung", "must give at most one of them")
        for rung in price.per_rung or {}:
            if rung not in rungs:
                yield unknown(f"{place}.per_rung.{rung}", rung, rungs, "rungs")


def campaign_extras(scenario: Scenario, place: str, campaign: Campaign, programs: Sequence[Program]) -> Iterator[Problem]:
    """Problems of how a campaign is set off, and of whom it reaches."""
    if campaign.after is None:
        for key in OF_EVENTS:
            if getattr(campaign, key) != Campaign.model_fields[key].default:
                yield Problem(f"{place}.{key}", f"the key {key!r}", "must stand with `after`, which names the event")
        return
    yield from _event(scenario, f"{place}.after", campaign.after, programs)
    for key in OF_DATES:
        if getattr(campaign, key) != Campaign.model_fields[key].default:
            allowed = "must not stand with `after`: an event is known, and so is who it happens to"
            yield Problem(f"{place}.{key}", f"the key {key!r}", allowed)
    if campaign.monthly_spend != 0.0:
        called, _ = parted(Campaign, "monthly_spend")
        allowed = f"must be called {called} where there is `after`: it buys no effect; its contacts cost cost_per_contact each"
        yield Problem(f"{place}.monthly_spend", "a key that has another name here", allowed)
    means = [c.effects for c in scenario.channels if c.name == campaign.channel]
    means += [t.effects for t in scenario.tactics if t.name == campaign.tactic]
    for effects in means:
        yield from _movable(place, effects)


def _movable(place: str, effects: Iterable[Effect]) -> Iterator[Problem]:
    for on in sorted({effect.on for effect in effects} & NOT_BY_CONTACT):
        yield Problem(f"{place}.after", f"an event, and an effect on {on}", "must be without: one contact cannot change it")


def _event(scenario: Scenario, place: str, event: str, programs: Sequence[Program]) -> Iterator[Problem]:
    """What sets off a campaign: an event that there is, of a rung or programme that there is."""
    what, dot, which = event.partition(".")
    if what not in (name.partition(".")[0] for name in EVENTS) or bool(dot) != (what in ("entered", "joined", "level_lost")):
        yield Problem(place, repr(event), f"must be {', '.join(EVENTS[:-1])} or {EVENTS[-1]}")
    elif what == "entered":
        rungs = [rung.name for rung in scenario.rungs]
        if which not in rungs:
            yield unknown(place, which, rungs, "rungs")
    elif dot and which not in (names := item_names("programs", programs)):
        yield unknown(place, which, names, "programs")


def _too_big(scenario: Scenario, place: str, views: int, campaigns: int) -> Iterator[Problem]:
    """Whether what every kind of customer does on every rung fits into memory, with what each lever changes of it."""
    segments, rungs, layers = max(1, len(scenario.segments)), len(scenario.rungs), len(scenario.word_of_mouth)
    levers = campaigns + len(scenario.shocks) + 2 * len(scenario.prices) + len(scenario.seasons) * math.ceil(scenario.months)
    of_a_rung = NUMBERS_OF_A_RUNG + 2 * layers + levers / BYTES_A_NUMBER
    numbers = views * segments * (rungs * of_a_rung + 3 * len(scenario.steps))
    if numbers > MOST_NUMBERS:
        found = f"{segments:,} segments, {views:,} kinds of customers told apart, {rungs} rungs and {levers:,} campaigns, prices, seasons and shocks"
        allowed = f"must be fewer: together they take {numbers * 8e-9:,.1f} GB of memory, and {MOST_NUMBERS * 8e-9:g} GB is most"
        yield Problem(place, found, allowed)


def audiences(scenario: Scenario, place: str, campaigns: Sequence[Campaign], programs: Sequence[Program]) -> Iterator[Problem]:
    """Whether there are not too many kinds of customers to tell apart, nor too many programmes."""
    dated = [campaign for campaign in campaigns if campaign.after is None]
    errors = {repr(c.wrong_rung_share) for c in dated if ends(c.wrong_rung_share)[1] > 0.0}
    tests = sum(ends(c.control_group_share)[1] > 0.0 for c in dated)
    told = sum(tires_after_event(scenario, campaign) for campaign in campaigns)
    bits = tests + told + (scenario.contacts.consent_share is not None)
    views = (1 + len(errors) * len(scenario.rungs)) * 2**bits
    if views > MOST_VIEWS:
        found = f"{tests} control groups and {len(errors)} different shares of wrong rungs"
        if told:
            found = f"{told} campaigns set off by events whose contacts tire, {found}"
        yield Problem(
            place, found, f"must be fewer: together they tell {views:,} kinds of customers apart, and {MOST_VIEWS:,} is most"
        )
    else:
        yield from _too_big(scenario, place, views, len(campaigns))
    triggered = len(campaigns) - len(dated)
    if triggered + len(programs) > MOST_PROGRAMS:
        found = f"{len(programs)} programmes and {triggered} campaigns set off by events"
        yield Problem(place, found, f"must be at most {MOST_PROGRAMS} together")
    both = set(item_names("programs", programs)) & {
        n for n, c in zip(item_names("campaigns", campaigns), campaigns, strict=True) if c.after
    }
    for name in sorted(both):
        yield Problem(f"{place}.{name}", f"the name {name!r}, which a programme has too", "must be told apart by name")
