"""The plan's record and arrays (``model.plan_layout``) at time 0, from a scenario's tables.

In: the tables, how many groups levers may treat otherwise, how many people one simulated customer stands for. Out: the record, which
the market's record points to, and the arrays it points to; money is that of the simulated part of the market.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.phases import month_starts
from ladsim.engine.targeting import audience_share, reached, under_effect
from ladsim.hosts.block import Block
from ladsim.model import arrays
from ladsim.model.curves import CURVES
from ladsim.model.layout import C_FIXED_COST, MONTH, NEVER, P_RUNNING
from ladsim.model.plan_layout import (
    ACCOUNT,
    CAMPAIGN,
    EFFECT,
    EVERYBODY,
    NO_CAMPAIGN,
    NO_CURVE,
    ON_ENGAGEMENT,
    ON_STEPS,
    PLAN,
    UPKEEP,
    PlanArrays,
)
from ladsim.model.records import FACTORS, LOG
from ladsim.scenario.plan_tables import ENGAGEMENT, EffectTable
from ladsim.scenario.programs.tables import ContactTable
from ladsim.scenario.tables import Tables

_NAMES = FACTORS.names or ()
_NEVER_MOVED = -1


def acts_on(effect: EffectTable) -> int:
    """What an effect acts on, as a number."""
    if effect.on == "steps":
        return ON_STEPS
    return ON_ENGAGEMENT if effect.on == ENGAGEMENT else _NAMES.index(effect.on)


def sizes_of(effect: EffectTable) -> NDArray[np.float64]:
    """How large an effect is at full strength: (S,) on steps, else (R,)."""
    return effect.per_step if effect.on == "steps" else effect.per_rung


def dates_of(tables: Tables) -> list[int]:
    """All times at which the plan acts by itself, 0 included."""
    dates = {0, *month_starts(tables.horizon)}
    for record in (*tables.campaigns, *tables.shocks):
        dates |= {record.start, record.end}
    for program in tables.programs:
        dates |= {program.starts, program.ends}
    return sorted(date for date in dates if date <= tables.horizon)


def most_own_effects(tables: Tables) -> int:
    """How many effects policies can have: one for each of them and each name that a lever has."""
    names = len(_NAMES) + len(("climbing", "leaving")) + 2 * len(tables.step_names)  # FROM.TO, and with its trigger
    return len(tables.scenario.policies) * names


def contacts_after_events(tables: Tables) -> list[ContactTable]:
    """What campaigns after events do whose contacts count among those that tire."""
    return [program.contact for program in tables.programs if program.contact is not None]


def arrays_of(tables: Tables, groups: int, scale: float, log: bool, block: Block) -> tuple[NDArray[Any], PlanArrays]:
    """The plan's record, (1,) PLAN, and the arrays it will point to, in the market's block."""
    segments, rungs = tables.segment_rung.shape
    contacts, engagement = tables.scenario.contacts, tables.scenario.engagement
    tires = contacts.fatigue != 0.0 or contacts.leaving_per_contact != 0.0
    effects, sizes = _effects(tables)
    own = most_own_effects(tables)
    campaigns, programs = len(tables.campaigns), len(tables.programs)
    stock = (groups if engagement is not None else 0, rungs)
    at_once = 1 + 2 * campaigns + 2 * programs  # bookings, at most, each time the plan acts
    contacting = contacts_after_events(tables)
    under = [under_effect(tables, contact.bit, groups // segments) for contact in contacting]
    reach = np.zeros((campaigns + own + len(contacting), groups, rungs), np.uint8)
    for place, campaign in enumerate(tables.campaigns):
        reach[place] = reached(tables, campaign, groups // segments)
    for place, (contact, those) in enumerate(zip(contacting, under, strict=True), campaigns + own):
        reach[place] = np.outer(those, contact.rungs)
    put, zeros = block.put, block.zeros
    lengths = {"segments": segments, "rungs": rungs, "groups": groups, "steps": tables.steps.size, "causes": len(tables.causes)}
    lengths["months"] = -(-tables.horizon // MONTH) + 1
    made = arrays.empty(
        PlanArrays,
        block,
        lengths,
        dates=put(np.array(dates_of(tables), np.int64)),
        accounts=put(_accounts(tables, scale)),
        upkeep=put(_upkeep(tables, scale)),
        campaigns=put(_campaigns(tables, scale)),
        effects=put(np.concatenate([effects, np.zeros(own, EFFECT)])),
        sizes=put(np.concatenate([sizes, np.zeros((own, sizes.shape[1]))])),
        reached=put(reach),
        aimed=put(_stacked([c.segments for c in tables.campaigns], segments), np.uint8),
        shares=put(_stacked([audience_share(tables, c) for c in tables.campaigns], rungs)),
        event_contacts=put(_event_contacts(contacting, under, groups if tires else 0)),
        tired=zeros((groups if tires else 0, rungs), np.float64),
        engagement=put(np.ones(stock)),
        growth=zeros(stock, np.float64),
        grown=zeros(stock, np.float64),
        bookings=zeros(at_once if log else 0, LOG),
    )
    return _record(tables, effects.size, tires, block), made


def _record(tables: Tables, effects: int, tires: bool, block: Block) -> NDArray[Any]:
    """The plan's record: what the scenario says of contacts and engagement. Where the arrays are follows (``layout.bind``)."""
    record = block.zeros(1, PLAN)
    contacts, engagement = tables.scenario.contacts, tables.scenario.engagement
    record["free"], record["tiring"], record["leaving"] = (
        contacts.tolerated_per_month,
        contacts.fatigue,
        contacts.leaving_per_contact,
    )
    record["tires"], record["has_events"] = tires, bool(contacts_after_events(tables))
    if engagement is not None:
        record["engages"], record["fades"] = True, engagement.decay_per_month
        record["engaged_orders"], record["engaged_leaving"] = engagement.orders_effect, engagement.leaving_effect
    record["effects"], record["announced"] = effects, _NEVER_MOVED
    return record


def _accounts(tables: Tables, scale: float) -> NDArray[Any]:
    accounts = np.zeros(1 + len(tables.campaigns) + len(tables.programs), ACCOUNT)
    accounts["cause"] = [C_FIXED_COST, *(c.cause for c in tables.campaigns), *(p.cause + P_RUNNING for p in tables.programs)]
    accounts["rate"][0] = tables.fixed_cost / scale
    return accounts


def _upkeep(tables: Tables, scale: float) -> NDArray[Any]:
    upkeep = np.zeros(len(tables.programs), UPKEEP)
    for row, program in zip(upkeep, tables.programs, strict=True):
        row["monthly"], row["setup"] = program.cost_per_month / scale, program.setup_cost / scale
    return upkeep


def _campaigns(tables: Tables, scale: float) -> NDArray[Any]:
    campaigns = np.zeros(len(tables.campaigns), CAMPAIGN)
    for row, campaign in zip(campaigns, tables.campaigns, strict=True):
        row["start"], row["end"], row["carry_over"] = campaign.start, campaign.end, campaign.carry_over
        row["planned"], row["setup"] = campaign.monthly_spend / scale, campaign.setup_cost / scale
        row["contacts"], row["curve"] = campaign.aim.contacts, NO_CURVE
        if campaign.response is not None:
            row["curve"] = CURVES.index(campaign.response.curve)
            row["half_at"], row["slope"] = campaign.response.half_at, campaign.response.slope
    return campaigns


def _event_contacts(contacting: Sequence[ContactTable], under: Sequence[NDArray[np.bool_]], groups: int) -> NDArray[np.float64]:
    """Contacts a month after events of those in each group: (groups,)."""
    found = np.zeros(groups)
    for contact, those in zip(contacting, under, strict=True):
        found += contact.per_month * those
    return found


def _effects(tables: Tables) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Effects of campaigns, of shocks, then of contacts after events, in their order, and their sizes: (E,) EFFECT, (E, width)."""
    rows: list[tuple[EffectTable, _Way]] = []
    for place, campaign in enumerate(tables.campaigns):
        dates, contacts = (campaign.start, campaign.end), campaign.aim.contacts > 0.0
        rows += [(effect, _Way(place, place, contacts and not effect.throughout, dates)) for effect in campaign.effects]
    for shock in tables.shocks:
        rows += [(effect, _Way(EVERYBODY, dates=(shock.start, shock.end))) for effect in shock.effects]
    for reach, contact in enumerate(contacts_after_events(tables), len(tables.campaigns) + most_own_effects(tables)):
        rows += [(effect, _Way(reach, tires=True)) for effect in contact.effects]
    effects = np.zeros(len(rows), EFFECT)
    sizes = np.zeros((len(rows), max(len(tables.rung_names), tables.steps.size)))
    for row, own, (effect, way) in zip(effects, sizes, rows, strict=True):
        _write(row, own, effect, way)
    return effects, sizes


class _Way(NamedTuple):
    """How an effect comes to act: whom it reaches, through which campaign, whether contacts weaken it, between which dates."""

    reach: int
    campaign: int = NO_CAMPAIGN
    tires: bool = False
    dates: tuple[int, int] = (0, NEVER)


def lay_effect(row: Any, own: NDArray[np.float64], effect: EffectTable, reach: int) -> None:
    """Write an effect that always acts into its record, and how large it is into its row of sizes."""
    _write(row, own, effect, _Way(reach))


def _write(row: Any, own: NDArray[np.float64], effect: EffectTable, way: _Way) -> None:
    row["start"], row["end"] = way.dates
    row["on"], row["campaign"], row["reach"] = acts_on(effect), way.campaign, way.reach
    row["throughout"], row["tires"] = effect.throughout, way.tires
    sizes = sizes_of(effect)
    own[: sizes.size] = sizes
    own[sizes.size :] = 0.0


def _stacked(rows: Sequence[NDArray[Any]], width: int) -> NDArray[Any]:
    return np.array(rows) if rows else np.zeros((0, width))
