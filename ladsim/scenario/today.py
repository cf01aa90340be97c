"""What one knows of a channel today, solved for its response curve: what it spends, how many customers that brings, of how many at most.

Or how many orders, lapsed customers who come back, customers who do not leave (``brought``): W is then the number of these.

In: a resolved scenario, and the market without its strategy. Out: the scenario with a response curve and sizes of
effects in the place of every ``today``. With W(λ, h) the customers who are won in the first year (in the file's months, where these are
fewer) by a campaign that spends as today from the start, its effects λ times as large, half of them reached at h per head and month, and
W(0) those who come anyway,

    W(λ, 0) − W(0) = extra customers ÷ of_most,   W(λ, h) − W(0) = extra customers   (both over the months)

solved one after the other. The curve is exponential. Effects without a size in common keep their proportions; a lever that names none
moves the steps by which people become customers. W is expected (``chain``), in the file's own market without word of mouth: the file's
other campaigns, prices, seasons and shocks count, programmes, policies, satisfaction and differences between customers do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from ladsim.errors import Problem, ScenarioError
from ladsim.scenario.brought import COUNTS, PRICES, brings, usual_effects, what_it_brings
from ladsim.scenario.consent import needs_consent
from ladsim.scenario.distributions import ends
from ladsim.scenario.lever_spec import Contacts
from ladsim.scenario.plan_tables import CampaignTable
from ladsim.scenario.segments import winning_steps
from ladsim.scenario.spec import (
    Campaign,
    Channel,
    Effect,
    Heterogeneity,
    Response,
    Scenario,
    Segment,
    Step,
    Tactic,
    Today,
)
from ladsim.scenario.tables import Tables, tables

YEAR = 12.0
AT_ONCE = 1e-12  # spend per head that gives half of the effect where any money gives all of it
LARGEST = 1e6  # times the effects that a lever names: more move nobody else
DIGITS = 7  # of what is solved: the last ones depend on the machine's arithmetic
UNKNOWN = ("monthly_spend", *COUNTS, *PRICES, "customers_per_contact", "of_most")
LIKE: dict[str, str] = {"channels": "channel", "tactics": "tactic"}
_CALLED = {
    "extra_customers": "extra customers",
    "extra_orders": "extra orders",
    "won_back": "customers won back",
    "kept": "customers kept",
}
_NOBODY = {
    "extra_orders": "must name its effects, since there is no rung with orders_per_month (orders by renewal are not counted here)",
    "won_back": "must name its effects, since no lapsed customer comes back by time (who comes back by messages is not counted here)",
    "kept": "must name its effects, since no customer leaves by time, order or renewal",
}
_MOVE = {
    "extra_customers": "must move a step by which people become customers for the first time, or be left out: then all such steps are moved",
    "extra_orders": "must bring orders, or be left out: then orders are moved where there are any",
    "won_back": "must move a step by which lapsed customers come back, or be left out: then all such steps are moved",
    "kept": "must move a step by which customers leave, below 0, or be left out: then all such steps are moved",
}


def with_curves(scenario: Scenario, base: Scenario | None = None) -> Scenario:
    """A resolved scenario with a curve for every ``today``, solved in the market `base` (resolved, too; None: itself).

    Raises ScenarioError where no curve does what is said.
    """
    if not scenario.needs_curves:
        return scenario
    market = _quiet(base if base is not None else scenario)
    found = {}
    for key in LIKE:
        levers = getattr(scenario, key)
        found[key] = tuple(lever if lever.today is None else _solved(market, key, lever) for lever in levers)
    return scenario.model_copy(update=found)


def at_its_most(today: Today) -> Today:
    """What asks most of a curve: every number of ``today`` that is not known at the end where most customers come of the fewest there are."""
    lowest = ("of_most", "cost_per_customer", "cost_per_contact")
    most = {key: ends(value)[key not in lowest] for key in UNKNOWN if (value := getattr(today, key)) is not None}
    return today.model_copy(update=most)


def _quiet(market: Scenario) -> Scenario:
    """The market as far as expected counts tell it, without what is to be solved."""
    unknown = {one.name for one in market.channels if one.today is not None} | {
        t.name for t in market.tactics if t.today is not None
    }
    others = [c for c in market.campaigns if c.after is None and not {c.channel, c.tactic} & unknown]
    plain = {"wrong_rung_share": 0.0, "control_group_share": 0.0, "contacts_per_month": 0.0}
    return market.model_copy(
        update={
            "months": min(YEAR, market.months),
            "steps": tuple(map(_alike, market.steps)),
            "campaigns": tuple(c.model_copy(update=plain) for c in others),
            "programs": (), "policies": (), "word_of_mouth": (), "satisfaction": None, "engagement": None, "strategies": {}, "goals": (),
            "heterogeneity": Heterogeneity(),
            **{key: tuple(lever.model_copy(update={"today": None}) for lever in getattr(market, key)) for key in LIKE},
        }
    )  # fmt: skip


def _alike(step: Step) -> Step:
    """A step as it is taken on average, all customers being alike; a renewal as a hazard that loses as many a month."""
    chance = step.beta[0] / sum(step.beta) if step.beta is not None else step.probability
    alike = {"gamma_shape": None, "beta": None, "satisfaction_effect": 0.0, "within_months": None, "probability": chance}
    if step.trigger == "renewal" and step.from_ != step.to:
        rate = -math.log1p(-min(chance or 0.0, 1.0 - 1e-9)) / (step.months or YEAR)
        alike |= {"trigger": "time", "rate": rate, "probability": None, "months": None}
    return step.model_copy(update=alike)


@dataclass(frozen=True)
class _Asked:
    """A lever to be solved in a market; known by its text, since one market is asked about again and again."""

    text: str
    market: Scenario = field(compare=False)
    key: str = field(compare=False)
    lever: Channel | Tactic = field(compare=False)


def _solved(market: Scenario, key: str, lever: Channel | Tactic) -> Channel | Tactic:
    """A lever with its curve."""
    today = lever.today
    assert today is not None
    effects = lever.effects or _usual(market, f"{key}.{lever.name}", today)
    whole = lever.model_copy(update={"effects": effects})
    text = "\n".join((market.model_dump_json(by_alias=True), key, whole.model_dump_json(by_alias=True)))
    times, half_at = _curve(_Asked(text, market, key, whole))
    return lever.model_copy(
        update={
            "effects": tuple(_times(effect, times, least(today)) for effect in effects),
            "response": Response(half_at=half_at, source=today.source),
            "today": None,
        }
    )


def least(today: Today) -> float:
    """The smallest effect there is: at −1 nothing happens any more. Of what wins customers no size was ever cut."""
    return -math.inf if what_it_brings(today) == "extra_customers" else -1.0


def _usual(market: Scenario, place: str, today: Today) -> tuple[Effect, ...]:
    """What a lever moves that names no effects: all that leads to what is counted, by time, order or renewal."""
    what = what_it_brings(today)
    if what != "extra_customers":
        effects = usual_effects(market, today)
        if not effects:
            raise ScenarioError([Problem(f"{place}.effects", "nothing", _NOBODY[what])])
        return effects
    named = {name for step in market.steps if step.trigger in ("time", "order") for name in _names(step)}
    steps = [name for name in winning_steps(market) if name in named]
    if not steps:
        words = "must name its effects, since nobody becomes a customer for the first time by time or by an order"
        raise ScenarioError([Problem(f"{place}.effects", "nothing", words)])
    return tuple(Effect(on=f"steps.{name}", full=1.0) for name in steps)


def _names(step: Step) -> tuple[str, str]:
    return f"{step.from_}.{step.to}", f"{step.from_}.{step.to}.{step.trigger}"


def _times(effect: Effect, times: float, least: float) -> Effect:
    """An effect so many times as large, and no smaller than `least`."""
    sizes = None if effect.per_rung is None else {rung: max(least, size * times) for rung, size in effect.per_rung.items()}
    full = None if effect.full is None else max(least, effect.full * times)
    return effect.model_copy(update={"full": full, "per_rung": sizes})


@lru_cache(maxsize=4096)
def _curve(asked: _Asked) -> tuple[float, float]:
    """How many times its effects, and the spend per head and month of half the full effect."""
    from scipy.optimize import brentq

    today = asked.lever.today
    assert today is not None
    place, most = f"{asked.key}.{asked.lever.name}.today", float(today.of_most)
    won = _won(asked)
    wanted, what = brings(today) * asked.market.months, what_it_brings(today)

    def beyond(goal: float, times: float, half_at: float) -> float:
        return won(times, half_at) - goal

    def solved(function: Callable[[float], float], start: float, up: bool) -> float:
        low, high = start, start
        while function(math.log(low)) > 0.0 and low > 1e-15:
            low = low / 4.0 if up else low * 4.0
        while function(math.log(high)) < 0.0 and 1e-15 < high < LARGEST * 1e15:
            high = high * 4.0 if up else high / 4.0
        root = math.exp(brentq(function, math.log(low), math.log(high), xtol=1e-12, rtol=1e-14)) if low != high else low
        return float(f"{root:.{DIGITS}g}")

    all_there_are = won(LARGEST, AT_ONCE)
    if all_there_are <= 1e-9:
        raise ScenarioError([Problem(f"{place.removesuffix('.today')}.effects", "effects that win nobody", _MOVE[what])])
    if wanted / most >= all_there_are * (1.0 - 1e-6):
        found = f"{brings(today):,.4g} {_CALLED[what]} a month, {100.0 * most:.3g} % of what any money could bring"
        few = f"must be fewer: at {100.0 * most:.3g} % there are {all_there_are * most / asked.market.months:,.4g} a month to be won so"
        least = math.ceil(1000.0 * wanted / all_there_are + 1e-6) / 1000.0
        if least < 1.0:
            few += f", or of_most must be from {least:g} on"
        raise ScenarioError([Problem(place, found, few)])
    times = solved(lambda x: beyond(wanted / most, math.exp(x), AT_ONCE), 1.0, True)
    return times, solved(lambda x: beyond(wanted, times, math.exp(x)), 1.0, False)


def _won(asked: _Asked) -> Callable[[float, float], float]:
    """What is brought beyond what comes anyway, by how many times the effects and by the spend of half of them."""
    from ladsim.scenario.chain import BACK, LEFT, ORDERS, course

    assert asked.lever.today is not None
    what, floor = what_it_brings(asked.lever.today), least(asked.lever.today)
    counter = {"extra_orders": ORDERS, "won_back": BACK, "kept": LEFT}.get(what)

    def all_won(laid: Tables) -> float:
        end = next(reversed(list(course(laid, counting=counter is not None))))
        if counter is None:
            return float(end.won.sum())
        return float(end.counted[counter].sum()) * (-1.0 if what == "kept" else 1.0)

    laid = _laid(asked)
    probe: CampaignTable = laid.campaigns[-1]
    anyway = all_won(replace(laid, campaigns=laid.campaigns[:-1]))

    def won(times: float, half_at: float) -> float:
        effects = tuple(
            replace(e, per_rung=np.maximum(floor, e.per_rung * times), per_step=np.maximum(floor, e.per_step * times))
            for e in probe.effects
        )
        curve = Response.model_construct(curve="exponential", half_at=half_at, slope=1.0)
        return all_won(replace(laid, campaigns=(*laid.campaigns[:-1], replace(probe, effects=effects, response=curve)))) - anyway

    return won


def _laid(asked: _Asked) -> Tables:
    """The market with one campaign more, which spends as today; who does not consent where that is asked, is a segment of its own."""
    market, lever = asked.market, asked.lever
    assert lever.today is not None
    probe = Campaign.model_validate({"name": "today", LIKE[asked.key]: lever.name}).model_copy(
        update={"monthly_spend": float(lever.today.monthly_spend)}
    )
    named = {LIKE[asked.key] + "s": {lever.name: lever}}
    consent = market.contacts.consent_share
    if consent is not None and needs_consent(probe, named.get("channels", {}), named.get("tactics", {})):  # type: ignore[arg-type]
        whole = market.segments or (Segment(name="everybody", share=1.0),)
        parts = [_part(segment, name, share) for segment in whole for name, share in (("yes", consent), ("no", 1.0 - consent))]
        market = market.model_copy(update={"segments": tuple(parts)})
        probe = probe.model_copy(update={"segments": tuple(part.name for part in parts if part.name.endswith("__yes"))})
    levers = tuple(lever if one.name == lever.name else one for one in getattr(market, asked.key))
    return tables(
        market.model_copy(
            update={
                "contacts": Contacts(),
                "campaigns": (*_in_parts(market, asked.market), probe),
                asked.key: tuple(one.model_copy(update={"today": None}) for one in levers),
            }
        )
    )


def _part(segment: Segment, name: str, share: float) -> Segment:
    return segment.model_copy(update={"name": f"{segment.name}__{name}", "share": segment.share * share})


def _in_parts(market: Scenario, before: Scenario) -> tuple[Campaign, ...]:
    """The other campaigns, their segments by the names of now."""
    if market.segments == before.segments:
        return market.campaigns
    own = [
        None if c.segments is None else tuple(f"{name}__{part}" for name in c.segments for part in ("yes", "no"))
        for c in market.campaigns
    ]
    return tuple(c.model_copy(update={"segments": names}) for c, names in zip(market.campaigns, own, strict=True))
