"""The plan laid out: what campaigns, shocks and policies change, for whom, when and for how much.

In: the campaigns, shocks, seasons and prices of a resolved scenario, the rungs and steps as tables. Out: a ``CampaignTable`` each,
its effects spread over rungs and steps; seasons and prices are shocks, and campaigns set off by events are laid out as programmes
(``triggered_tables``). Dates are moved to the nearest tick, because the plan acts at ticks; what is shorter lasts one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.model.layout import CAUSES, TICK, TICKS_PER_MONTH
from ladsim.model.records import FACTORS
from ladsim.scenario.address import campaign_names
from ladsim.scenario.audiences import EVERYBODY, Aim
from ladsim.scenario.season_tables import changes
from ladsim.scenario.spec import Campaign, Channel, Effect, Response, Rung, Scenario, Tactic

ENGAGEMENT = "engagement"
EFFORT = "effort"


@dataclass(frozen=True)
class EffectTable:
    """One effect, laid out: full effect per rung on a factor, or per step on a hazard or probability."""

    on: str  # a name of FACTORS, "engagement" or "steps"
    per_rung: NDArray[np.float64]  # (R,)
    per_step: NDArray[np.float64]  # (S,)
    throughout: bool = False  # at full strength while a campaign runs, whatever is spent


@dataclass(frozen=True)
class CampaignTable:
    """A campaign (or, without response, a shock), with its audience, dates and money."""

    name: str
    label: str
    cause: int  # index into Tables.causes; −1 for a shock
    rungs: NDArray[np.bool_]  # (R,) audience
    segments: NDArray[np.bool_]  # (G,)
    start: int
    end: int
    monthly_spend: float  # amount units, whole market
    setup_cost: float
    response: Response | None
    carry_over: float
    effects: tuple[EffectTable, ...]
    aim: Aim = EVERYBODY


def nearest_tick(months: float) -> int:
    """Months as the time of the nearest tick: what the plan does takes effect at ticks."""
    return round(months * TICKS_PER_MONTH) * TICK


def ones(groups: int, rungs: int) -> NDArray[Any]:
    """A table of factors that change nothing: (groups, rungs) FACTORS."""
    table = np.ones((groups, rungs), FACTORS)
    for name in FACTORS.names or ():
        table[name] = 0.0 if name == "quality" else 1.0
    return table


def laid_plan(
    scenario: Scenario,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    steps: NDArray[Any],
    rungs: NDArray[Any],
    unit: int,
    aims: tuple[Aim, ...],
) -> tuple[tuple[CampaignTable, ...], tuple[CampaignTable, ...]]:
    """Campaigns, then shocks with seasons and prices, in the order of the file."""
    segments = tuple(s.name for s in scenario.segments) or ("everybody",)

    def lay(effects: Iterable[Effect]) -> tuple[EffectTable, ...]:
        return laid_effects(scenario, effects, names, labels, steps, rungs)

    def dates(first: float, last: float | None) -> tuple[int, int]:
        start, end = nearest_tick(first), nearest_tick(scenario.months if last is None else last)
        return start, max(end, start + TICK)  # what is shorter than a tick lasts one

    def campaign(place: int, name: str, record: Campaign, aim: Aim) -> CampaignTable:
        source, label, means = levers_of(scenario, record)
        effects = lay(means)
        start, end = dates(record.from_month, record.to_month)
        return CampaignTable(
            name=name,
            label=record.label or label or name,
            cause=len(CAUSES) + place,
            rungs=audience(record, names, steps, effects),
            segments=np.array([record.segments is None or s in record.segments for s in segments]),
            start=start,
            end=end,
            monthly_spend=record.monthly_spend * unit,
            setup_cost=record.setup_cost * unit,
            response=source.response if source else None,
            carry_over=source.carry_over if source else 0.0,
            effects=effects + _points(record.points_factor, len(names), len(labels)),
            aim=aim,
        )

    everybody, everywhere = np.ones(len(names), bool), np.ones(len(segments), bool)
    given = [(s.name, s.label or s.name, (s.from_month, s.to_month, s.effects)) for s in scenario.shocks]
    shocks = tuple(
        CampaignTable(name, label, -1, everybody, everywhere, *dates(start, end), 0.0, 0.0, None, 0.0, lay(effects))
        for name, label, (start, end, effects) in (*given, *((name, name, change) for name, change in changes(scenario)))
    )
    named = zip(campaign_names(scenario.campaigns), scenario.campaigns, aims, strict=True)
    dated = [(name, record, aim) for name, record, aim in named if record.after is None]
    return tuple(campaign(place, *which) for place, which in enumerate(dated)), shocks


def _points(factor: float, rungs: int, steps: int) -> tuple[EffectTable, ...]:
    """What a campaign makes of the points of its audience's orders, for as long as it runs."""
    if factor == 1.0:
        return ()
    return (EffectTable("points", np.full(rungs, factor - 1.0), np.zeros(steps), throughout=True),)


def levers_of(scenario: Scenario, record: Campaign) -> tuple[Channel | Tactic | None, str, tuple[Effect, ...]]:
    """What a campaign responds to (its channel, else its tactic), what it is called, and its effects."""
    channel = next((c for c in scenario.channels if c.name == record.channel), None)
    tactic = next((t for t in scenario.tactics if t.name == record.tactic), None)
    effects = (*(channel.effects if channel else ()), *(tactic.effects if tactic else ()))
    named = tactic or channel
    return channel or tactic, named.label if named else "", effects


def audience(
    record: Campaign, names: tuple[str, ...], steps: NDArray[Any], effects: tuple[EffectTable, ...]
) -> NDArray[np.bool_]:
    """Rungs a campaign is aimed at: those it names, else those its effects can touch."""
    if record.to is not None:
        return np.array([name in record.to for name in names])
    if not effects:  # double points, say, for all who order
        return np.ones(len(names), bool)
    touched = np.zeros(len(names), bool)
    for effect in effects:
        touched |= effect.per_rung != 0.0
        touched[steps["origin"][effect.per_step != 0.0]] = True
    return touched


def laid_effects(
    scenario: Scenario,
    effects: Iterable[Effect],
    names: tuple[str, ...],
    labels: tuple[str, ...],
    steps: NDArray[Any],
    rungs: NDArray[Any],
) -> tuple[EffectTable, ...]:
    """Lay effects out; those on engagement only where the scenario has it."""
    wanted = [effect for effect in effects if effect.on != ENGAGEMENT or scenario.engagement is not None]
    felt = [_as_felt(scenario, effect) if effect.on == EFFORT else effect for effect in wanted]
    return tuple(laid_effect(effect, names, labels, steps, rungs) for effect in felt)


def effort_on(scenario: Scenario, rung: Rung) -> float:
    """Points of quality that effort takes off an experience on a rung of a resolved scenario."""
    if rung.effort is not None:
        return float(rung.effort)
    return float(scenario.satisfaction.effort) if scenario.satisfaction is not None else 0.0


def _as_felt(scenario: Scenario, effect: Effect) -> Effect:
    """A change of effort as what it adds to the quality of an experience: half the effort gives back half of what it takes."""
    own = effect.per_rung
    sizes = {rung.name: (effect.full or 0.0) if own is None else own.get(rung.name, 0.0) for rung in scenario.rungs}
    felt = {rung.name: -sizes[rung.name] * effort_on(scenario, rung) for rung in scenario.rungs}
    return Effect.model_construct(on="satisfaction", full=None, per_rung=felt)


def laid_effect(
    effect: Effect, names: tuple[str, ...], labels: tuple[str, ...], steps: NDArray[Any], rungs: NDArray[Any]
) -> EffectTable:
    """Lay one effect out over rungs and steps."""
    own = effect.per_rung
    by_rung = np.array([own.get(n, 0.0) for n in names]) if own is not None else np.full(len(names), effect.full or 0.0)
    nothing_rung, nothing_step = np.zeros(len(names)), np.zeros(len(labels))
    on = "quality" if effect.on == "satisfaction" else effect.on
    if on == ENGAGEMENT or on in (FACTORS.names or ()):
        return EffectTable(on, by_rung, nothing_step)
    rank = rungs["rank"]
    climbs = rank[steps["to"]] > rank[steps["origin"]]
    if effect.on == "climbing":
        hit = climbs
    elif effect.on == "leaving":
        hit = rank[steps["to"]] < rank[steps["origin"]]
    else:
        hit = np.isin(np.arange(len(labels)), steps_named(effect.on.removeprefix("steps."), labels))
    return EffectTable("steps", nothing_rung, np.where(hit, by_rung[steps["origin"]], 0.0))


def steps_named(name: str, labels: tuple[str, ...]) -> list[int]:
    """Steps that FROM.TO (every trigger) or FROM.TO.TRIGGER names."""
    return [i for i, label in enumerate(labels) if label == name or label.startswith(name + ".") or name.startswith(label + ".")]
