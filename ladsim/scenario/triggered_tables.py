"""Campaigns that events set off, laid out as programmes of the kind ``triggered_campaign``.

In: the campaigns with `after` of a resolved scenario, and the programmes before them. Out: a ``ProgramTable`` each: level 1 is
"contacted", and its factors are what the channel and the tactic do at full effect, on the rungs that the campaign is for; with
`contact_response` at the share of it that its curve has at `cost_per_contact`. Money a head and month, which is what the curve of a
channel or tactic answers to, is nothing that one contact has. Where its contacts count among those that tire, the factors change nothing,
and the plan has the effects (``ContactTable``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.model.audience import EVENTS, SEGMENT_NUMBERS, SEGMENTS_A_NUMBER
from ladsim.model.curves import CURVES, response
from ladsim.model.layout import JOIN, MONTH, NEVER, PROGRAM_CAUSES, TICK
from ladsim.scenario.address import campaign_names
from ladsim.scenario.audiences import Aim
from ladsim.scenario.consent import needs_consent
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.plan_tables import EffectTable, audience, laid_effects, levers_of, nearest_tick, ones
from ladsim.scenario.programs.tables import ContactTable, ProgramTable
from ladsim.scenario.spec import Campaign, Scenario


def laid_contacts(
    scenario: Scenario,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    steps: NDArray[Any],
    rungs: NDArray[Any],
    unit: int,
    cause: int,
    programs: Sequence[ProgramTable],
    aims: Sequence[Aim],
) -> tuple[ProgramTable, ...]:
    """The campaigns that events set off, behind the programmes; `cause` is the first place for the causes of all programmes."""
    tables: list[ProgramTable] = []
    for name, record, aim in zip(campaign_names(scenario.campaigns), scenario.campaigns, aims, strict=True):
        if record.after is None:
            continue
        _, label, means = levers_of(scenario, record)
        effects = laid_effects(scenario, means, names, labels, steps, rungs)
        meant = audience(record, names, steps, effects)
        effects = tuple(_weakened(effect, strength_of(record)) for effect in effects)
        by_rung, by_step = ones(2, len(names)), np.ones((2, len(labels)))
        contact = ContactTable(aim.effect_bit, aim.contacts, meant, effects) if aim.effect_bit >= 0 else None
        if contact is None:
            _touch(effects, meant, by_rung[1], by_step[1], steps)
        joins = np.zeros(len(names), JOIN)
        joins["probability"] = meant
        starts = nearest_tick(record.from_month)
        ends = nearest_tick(scenario.months if record.to_month is None else record.to_month)
        tables.append(
            ProgramTable(
                name=name,
                label=record.label or label or name,
                kind="triggered_campaign",
                cause=cause + (len(programs) + len(tables)) * len(PROGRAM_CAUSES),
                numbers=_numbers(scenario, record, names, programs)
                | {"starts": starts, "ends": ends, "view_bit": aim.effect_bit},
                starts=starts,
                level_names=("", "contacted"),
                level_rung=by_rung,
                level_step=by_step,
                level_cost=np.zeros(2),
                joins=joins,
                setup_cost=record.setup_cost * unit,
                cost_per_month=record.running_cost_per_month * unit,
                ends=max(ends, starts + TICK),
                closes=NEVER,
                contact=contact,
            )
        )
    return tuple(tables)


def strength_of(record: Campaign) -> float:
    """At which share of its full effect a contact acts: 1, or what the curve has at the money that one costs."""
    by = record.contact_response
    if by is None:
        return 1.0
    cost, half_at, slope = float(record.cost_per_contact), float(by.half_at), float(by.slope)
    return float(response(CURVES.index(by.curve), cost, half_at, slope))


def _weakened(effect: EffectTable, strength: float) -> EffectTable:
    """An effect at a share of its strength."""
    return replace(effect, per_rung=effect.per_rung * strength, per_step=effect.per_step * strength)


def _touch(effects: Sequence[EffectTable], meant: NDArray[np.bool_], by_rung: Any, by_step: Any, steps: NDArray[Any]) -> None:
    """Multiply the full effects into the factors of who is contacted; what is felt is added."""
    for effect in effects:
        if effect.on == "steps":
            by_step *= np.where(meant[steps["origin"]], 1.0 + effect.per_step, 1.0)
        elif effect.on == "quality":
            by_rung["quality"] += np.where(meant, effect.per_rung, 0.0)
        else:
            by_rung[effect.on] *= np.where(meant, 1.0 + effect.per_rung, 1.0)


def _place(which: str, names: Sequence[str]) -> int:
    """Place of the rung or programme that an event is about; −1: it never happens, as in a twin market without the programme."""
    return names.index(which) if which in names else -1


def _numbers(scenario: Scenario, record: Campaign, names: tuple[str, ...], programs: Sequence[ProgramTable]) -> dict[str, float]:
    """The numbers that ``programs.triggered_campaign`` reads."""
    channels, tactics = {c.name: c for c in scenario.channels}, {t.name: t for t in scenario.tactics}
    event, _, which = (record.after or "").partition(".")
    places, ranked = [p.name for p in programs], {p.name for p in programs if p.has_ranks}
    consent = scenario.contacts.consent_share
    asks = consent is not None and needs_consent(record, channels, tactics)
    segments = [record.segments is None or s.name in record.segments for s in scenario.segments] or [True]
    numbers: dict[str, float] = {
        "event": EVENTS.index(event),
        "which": float(_place(which, names if event == "entered" else places)),
        "delay": round(record.delay_days / DAYS_PER_MONTH * MONTH),
        "lasts": round(record.lasts_days / DAYS_PER_MONTH * MONTH),
        "cost_per_contact": record.cost_per_contact,
        "consent_share": float(consent) if asks and consent is not None else 1.0,
        "test_group_share": record.control_group_share,
        "ranked": float(event == "level_lost" and which in ranked),
    }
    for n in range(SEGMENT_NUMBERS):
        part = segments[n * SEGMENTS_A_NUMBER : (n + 1) * SEGMENTS_A_NUMBER]
        numbers[f"segments_{n}"] = float(sum(1 << bit for bit, is_meant in enumerate(part) if is_meant))
    return numbers
