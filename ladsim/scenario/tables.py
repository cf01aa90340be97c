"""A resolved scenario as integers and flat arrays: what the engines and the closed forms read.

In goes a scenario whose numbers are all plain (``draws.resolve``), out comes a ``Tables``: months become whole units of
time, currency becomes whole thousandths of the minor unit, names become indices, and steps get the hazards that ``step_hazards``
finds. Nothing here depends on the graph or on luck.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import Problem, ScenarioError
from ladsim.model.layout import (
    BASKET_LAWS,
    BUDGETS,
    CAUSES,
    K_CONTRIBUTION,
    K_COST,
    K_REVENUE,
    KIND,
    MARKET,
    MONTH,
    NEVER,
    PROGRAM_CAUSES,
    RUNG,
    STEP,
    TRIGGERS,
)
from ladsim.model.records import FACTORS
from ladsim.model.triggers import ORDER, TIME
from ladsim.scenario.address import step_names
from ladsim.scenario.audiences import laid_aims
from ladsim.scenario.opinion_spec import Satisfaction
from ladsim.scenario.payments import first_of_contract, laid_payments
from ladsim.scenario.plan_tables import (
    CampaignTable,
    EffectTable,
    effort_on,
    laid_effect,
    laid_plan,
    nearest_tick,
    ones,
    steps_named,
)
from ladsim.scenario.programs.tables import ProgramTable, laid_programs
from ladsim.scenario.returns import CAUSE as RETURNS
from ladsim.scenario.returns import lay_returns, return_shares
from ladsim.scenario.segments import counts_as_customer, factors_of, has_bought_before
from ladsim.scenario.spec import Effect, Scenario, Spread, Step
from ladsim.scenario.step_hazards import time_hazards
from ladsim.scenario.triggered_tables import laid_contacts

NO_MINOR_UNIT = frozenset({"ISK", "JPY", "KRW", "CLP", "VND", "XAF", "XOF"})


@dataclass(frozen=True)
class Tables:
    """The scenario, ready to run. R rungs, S steps, A arrivals, G segments, L layers, T traits."""

    scenario: Scenario
    months: float
    horizon: int
    unit: int  # amount units in one unit of the currency
    rung_names: tuple[str, ...]
    step_names: tuple[str, ...]  # (S,) then arrivals
    segment_names: tuple[str, ...]
    layer_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    causes: tuple[str, ...]
    cause_kinds: NDArray[np.uint8]
    rungs: NDArray[Any]
    steps: NDArray[Any]
    kinds: NDArray[Any]
    market: NDArray[Any]
    segment_rung: NDArray[Any]
    segment_step: NDArray[np.float64]
    talk: NDArray[np.float64]
    budgets: NDArray[np.int64]
    start_shares: NDArray[np.float64]
    segment_shares: NDArray[np.float64]
    arrivals: tuple[tuple[int, float, int, int], ...]  # rung, a month, first month, last month (units of time)
    traits: tuple[tuple[str, np.uint64, float, float], ...]  # law, word, parameters
    fixed_cost: float  # amount units a month, whole market
    discount_per_month: float  # δ = ln(1 + d) / 12
    campaigns: tuple[CampaignTable, ...]
    shocks: tuple[CampaignTable, ...]  # the file's, then seasons and prices
    programs: tuple[ProgramTable, ...]  # the file's, then campaigns that events set off
    return_shares: NDArray[np.float64]  # (G, R) share of orders that come back; empty where none does
    payments: NDArray[Any]  # (P,) PAYMENT: what is paid in advance
    payment_sources: tuple[str, ...]  # (P,) whose each is: a club's name, or CONTRACTS
    view_bits: tuple[tuple[np.uint64, float], ...]  # what a customer is to the firm: word, share of those who are at the start
    beliefs: NDArray[np.float64]  # (B,) different shares of customers whose rung is not known, ascending
    on_ladder: NDArray[np.bool_] = field(repr=False)

    def rung(self, name: str) -> int:
        """Index of a rung by name."""
        return self.rung_names.index(name)


def time_units(months: float) -> int:
    """Months as a whole number of units of time."""
    return round(months * MONTH)


def tables(scenario: Scenario) -> Tables:
    """Lay a resolved scenario out as arrays. Raises ScenarioError where it is not: what is known of today has no curve yet."""
    if scenario.needs_curves:
        raise ScenarioError([Problem("today", "a scenario that is not resolved", "must have its curves solved (draws.resolve)")])
    steps = _sorted_steps(scenario)
    names = tuple(rung.name for rung in scenario.rungs)
    unit = 1000 * (1 if scenario.currency.upper() in NO_MINOR_UNIT else 100)
    traits: list[tuple[str, np.uint64, float, float]] = []
    rungs = _rungs(scenario, steps, unit)
    step_table = _steps(scenario, steps, names, rungs, traits)
    named = dict(zip(map(id, scenario.steps), step_names(scenario), strict=True))
    labels = tuple(named[id(step)] for step in steps)
    market = _market(scenario, unit, rungs, traits)
    segment_rung, segment_step = _segment_factors(scenario, names, labels)
    done = _done(scenario, names, labels, step_table, rungs, unit)
    alone = all(program.is_alone for program in scenario.programs)
    rungs["free"] = _free(step_table, rungs, [names.index(arrival.to) for arrival in scenario.arrivals]) if alone else 0
    told = _told(scenario, names, unit)
    lay_returns(market, told["kinds"], scenario, unit, done["causes"])
    payments, sources = laid_payments(scenario, done["programs"], int(market["returns_cause"][0]))
    market["contract"], market["contract_discounts"] = first_of_contract(payments, sources, done["programs"])
    return Tables(
        scenario=scenario,
        unit=unit,
        rung_names=names,
        step_names=labels + _arrival_names(scenario, names, rungs),
        rungs=rungs,
        steps=step_table,
        market=market,
        segment_rung=segment_rung,
        segment_step=segment_step,
        traits=tuple(traits),
        on_ladder=np.array([rung["rank"] >= 0 for rung in rungs]),
        return_shares=return_shares(scenario),
        payments=payments,
        payment_sources=sources,
        **told,
        **done,
    )


def _told(scenario: Scenario, names: tuple[str, ...], unit: int) -> dict[str, Any]:
    """What the file tells by itself: times, names, shares, arrivals, word of mouth, fixed costs."""
    months, layers = scenario.months, scenario.word_of_mouth
    return {
        "months": months,
        "horizon": nearest_tick(months),
        "segment_names": tuple(s.name for s in scenario.segments) or ("everybody",),
        "layer_names": tuple(layer.layer for layer in layers),
        "kind_names": tuple(kind.name for kind in scenario.order_kinds),
        "kinds": _kinds(scenario),
        "talk": _talk(scenario),
        "budgets": np.array([BUDGETS.index(layer.budget) for layer in layers], np.int64),
        "start_shares": np.array([rung.share for rung in scenario.rungs], np.float64),
        "segment_shares": np.array([s.share for s in scenario.segments] or [1.0], np.float64),
        "arrivals": tuple(
            (names.index(a.to), a.per_month, time_units(a.from_month), time_units(min(months, a.to_month or months)))
            for a in scenario.arrivals
        ),
        "fixed_cost": scenario.money.fixed_cost_per_month * unit,
        "discount_per_month": float(streams.log(1.0 + scenario.money.discount_per_year)) / 12.0,
    }


def _done(
    scenario: Scenario, names: tuple[str, ...], labels: tuple[str, ...], steps: NDArray[Any], rungs: NDArray[Any], unit: int
) -> dict[str, Any]:
    """What is done to the market, campaigns and programmes, and the causes to which its money is booked."""
    aims, view_bits, beliefs = laid_aims(scenario)
    campaigns, shocks = laid_plan(scenario, names, labels, steps, rungs, unit, aims)
    own = (
        *CAUSES,
        *(campaign.name for campaign in campaigns),
        *(f"policy:{policy.function}" for policy in scenario.policies),
        *((RETURNS,) if scenario.money.returns is not None else ()),
    )
    programs = laid_programs(scenario, names, labels, steps, rungs, unit, len(own))
    programs += laid_contacts(scenario, names, labels, steps, rungs, unit, len(own), programs, aims)
    return {
        "campaigns": campaigns,
        "shocks": shocks,
        "programs": programs,
        "view_bits": view_bits,
        "beliefs": beliefs,
        "causes": own + tuple(f"{program.name}:{cause}" for program in programs for cause in PROGRAM_CAUSES),
        "cause_kinds": _cause_kinds(own, len(programs)),
    }


def _arrival_names(scenario: Scenario, names: tuple[str, ...], rungs: NDArray[Any]) -> tuple[str, ...]:
    """The steps of those who arrive: from the rung outside, where there is one."""
    outside = [name for name, rung in zip(names, rungs, strict=True) if rung["outside"]]
    return tuple(f"{outside[0]}.{arrival.to}.arrival" for arrival in scenario.arrivals) if outside else ()


def _cause_kinds(own: tuple[str, ...], programs: int) -> NDArray[np.uint8]:
    """What each cause of money is: (C,)."""
    kinds = np.full(len(own), K_COST, np.uint8)
    kinds[:3] = K_REVENUE, K_CONTRIBUTION, K_CONTRIBUTION
    if own[-1] == RETURNS:
        kinds[-1] = K_CONTRIBUTION
    return np.concatenate([kinds, np.tile(np.array([K_REVENUE, K_REVENUE, K_COST, K_COST], np.uint8), programs)])


def _sorted_steps(scenario: Scenario) -> list[Step]:
    """Steps by rung left, trigger and place in the file, so that a rung's steps of one trigger stand together."""
    order = {rung.name: place for place, rung in enumerate(scenario.rungs)}
    return sorted(scenario.steps, key=lambda step: (order[step.from_], TRIGGERS.index(step.trigger)))


def _rungs(scenario: Scenario, steps: list[Step], unit: int) -> NDArray[Any]:
    table = np.zeros(len(scenario.rungs), RUNG)
    rank = 0
    for row, rung in zip(table, scenario.rungs, strict=True):
        row["orders"] = rung.orders_per_month
        row["basket"] = rung.basket_factor
        row["cost"] = rung.cost_per_month * unit
        row["entry_cost"] = np.int64(np.rint(rung.entry_cost * unit))
        row["stream_id"] = streams.stream_id("rung " + rung.name)
        feelings = scenario.satisfaction
        row["quality"] = rung.quality if rung.quality is not None else feelings.quality if feelings is not None else 0.0
        row["quality"] -= effort_on(scenario, rung)
        row["recommendation"] = rung.recommendation
        row["rank"] = -1 if rung.off_ladder else rank
        rank += not rung.off_ladder
        row["announces"] = rung.announces
        row["outside"] = rung.off_ladder == "outside" or (rung.off_ladder is True and rung.name == "outside")
        row["is_customer"] = counts_as_customer(rung)
        row["bought_before"] = has_bought_before(rung)
        orders = scenario.start.orders
        row["start_orders"] = (orders.get(rung.name, 0) if isinstance(orders, dict) else orders) if not rung.off_ladder else 0
        for trigger in TRIGGERS:
            places = [i for i, s in enumerate(steps) if s.from_ == rung.name and s.trigger == trigger]
            row[f"{trigger}_first"] = places[0] if places else 0
            row[f"{trigger}_count"] = len(places)
            if trigger == "renewal" and places:
                row["renewal_period"] = (steps[places[0]].months or 0.0) * MONTH
    return table


def _steps(
    scenario: Scenario,
    steps: list[Step],
    names: tuple[str, ...],
    rungs: NDArray[Any],
    traits: list[tuple[str, np.uint64, float, float]],
) -> NDArray[Any]:
    table = np.zeros(len(steps), STEP)
    hazards = time_hazards(steps)
    for row, step, hazard in zip(table, steps, hazards, strict=True):
        name = f"{step.from_} {step.to} {step.trigger}"
        trigger = TRIGGERS.index(step.trigger)
        row["trigger"] = trigger
        row["origin"], row["to"] = names.index(step.from_), names.index(step.to)
        row["up"] = rungs[row["to"]]["rank"] > rungs[row["origin"]]["rank"]
        row["is_order"] = step.is_order
        row["covers"] = time_units(step.covers_months) if step.covers_months is not None else 0
        row["refunds"] = step.refund_on_leaving
        row["negative"] = step.negative
        row["feeling"] = step.satisfaction_effect
        row["stream_id"] = streams.stream_id("step " + name)
        row["number"] = hazard if trigger == TIME else (step.probability or 0.0)
        row["after"] = step.from_order if trigger == ORDER else 0
        row["within"] = time_units(step.within_months) if step.within_months is not None else NEVER
        row["trait"] = -1
        if trigger == TIME and step.gamma_shape is not None:
            row["trait"] = len(traits)
            traits.append(("gamma", row["stream_id"], step.gamma_shape, 0.0))
        elif trigger != TIME and step.beta is not None:
            row["trait"], row["beta"] = len(traits), 1
            traits.append(("beta", row["stream_id"], *step.beta))
    return table


def _free(steps: NDArray[Any], rungs: NDArray[Any], arrivals: list[int]) -> NDArray[np.bool_]:
    """Rungs from which no way, arrivals included, leads to one that messages move people from: (R,)."""
    free = rungs["message_count"] == 0
    for _ in range(free.size):
        bound = steps["origin"][~free[steps["to"]]]
        free[bound] = False
        if not all(free[to] for to in arrivals):
            free[rungs["outside"] == 1] = False
    return np.asarray(free)


def _market(
    scenario: Scenario, unit: int, rungs: NDArray[Any], traits: list[tuple[str, np.uint64, float, float]]
) -> NDArray[Any]:
    m = np.zeros(1, MARKET)
    basket = scenario.basket
    m["handling"] = np.int64(np.rint(scenario.money.cost_per_order * unit))
    m["basket_law"] = BASKET_LAWS.index(basket.law)
    m["basket_mean"] = basket.mean * unit
    m["basket_spread"] = basket.spread or 0.0
    m["basket_shape"] = basket.shape or 1.0
    m["margin"] = scenario.money.margin
    m["vat"] = scenario.amounts_include_vat
    m["unit"] = unit
    m["layers"] = len(scenario.word_of_mouth)
    m["kinds"] = len(scenario.order_kinds)
    m["stagger"] = scenario.start.stagger
    for trait in ("orders", "messages", "basket"):
        m[f"{trait}_trait"] = _lifelong_trait(trait, getattr(scenario.heterogeneity, trait), traits)
    m["recommendation_trait"] = -1
    if scenario.satisfaction is not None:
        _feelings(m, scenario, scenario.satisfaction, traits)
    return m


def _feelings(
    m: NDArray[Any], scenario: Scenario, feelings: Satisfaction, traits: list[tuple[str, np.uint64, float, float]]
) -> None:
    """What satisfaction and recommendation are made of."""
    m["satisfaction_start"], m["expectation_start"] = feelings.start, feelings.expectation
    m["learning"], m["adaptation"], m["quality_spread"] = feelings.learning, feelings.adaptation, feelings.quality_spread
    m["failure"], m["failure_quality"] = feelings.service_failure_probability, feelings.service_failure_quality
    m["recovery"], m["recovery_quality"] = feelings.recovery_probability, feelings.recovery_quality
    m["feeling_orders"], m["feeling_basket"] = feelings.orders_effect, feelings.basket_effect
    recommendation = scenario.recommendation
    m["recommendation_base"], m["recommendation_slope"] = recommendation.base, recommendation.per_satisfaction
    if recommendation.spread > 0.0:
        m["recommendation_trait"] = len(traits)
        traits.append(("normal", streams.stream_id("trait recommendation"), recommendation.spread, 0.0))


def _lifelong_trait(name: str, spread: Spread | None, traits: list[tuple[str, np.uint64, float, float]]) -> int:
    if spread is None or (spread.gamma_shape is None and spread.inverse_gamma_shape is None):
        return -1
    law, shape = (
        ("gamma", spread.gamma_shape) if spread.gamma_shape is not None else ("inverse_gamma", spread.inverse_gamma_shape)
    )
    traits.append((law, streams.stream_id("trait " + name), float(shape or 1.0), 0.0))
    return len(traits) - 1


def _kinds(scenario: Scenario) -> NDArray[Any]:
    table = np.zeros(max(1, len(scenario.order_kinds)), KIND)
    until = 0.0
    for row, kind in zip(table, scenario.order_kinds, strict=False):
        until += kind.share
        row["until"], row["basket"] = until, kind.basket_factor
    return table


def _talk(scenario: Scenario) -> NDArray[np.float64]:
    """Messages a month, (L, R): a layer's own numbers, else the rungs'."""
    rows = []
    for layer in scenario.word_of_mouth:
        own = layer.messages_per_month
        rows.append([own.get(r.name, 0.0) if own is not None else r.messages_per_month for r in scenario.rungs])
    return np.array(rows, np.float64).reshape(len(rows), len(scenario.rungs))


def _segment_factors(
    scenario: Scenario, names: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    count = max(1, len(scenario.segments))
    by_rung, by_step = ones(count, len(names)), np.ones((count, len(labels)))
    fields = {"orders_per_month": "orders", "basket_factor": "basket", "messages_per_month": "messages", "cost_per_month": "cost"}
    for g, segment in enumerate(scenario.segments):
        for key, factor in factors_of(scenario, segment):
            if key in (FACTORS.names or ()):
                by_rung[key][g] *= factor
            elif key.startswith("rungs."):
                _, rung, what = key.split(".")
                by_rung[fields[what]][g, names.index(rung)] *= factor
            else:
                for s in steps_named(key.removeprefix("steps."), labels):
                    by_step[g, s] *= factor
    return by_rung, by_step


def effect_table(tables: Tables, effect: Effect) -> EffectTable:
    """Lay an effect out that comes while the market runs (a policy's)."""
    steps = len(tables.steps)
    return laid_effect(effect, tables.rung_names, tables.step_names[:steps], tables.steps, tables.rungs)
