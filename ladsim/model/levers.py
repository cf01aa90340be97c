"""Levers: from money to effect.

A response curve (``curves``) turns spend per head of the audience and month into a share of the full effect; part of the pressure is carried
over to the next month (geometric adstock; Broadbent 1979). A multiplier is 1 + effect · curve, never below 0, and multipliers of
several campaigns are multiplied, group by group and rung by rung; what is felt, and what engages, is added.
"""

from __future__ import annotations

from ladsim.compiled import rule
from ladsim.model import access, plan_access
from ladsim.model.plan_layout import NO_CAMPAIGN, ON_ENGAGEMENT, ON_STEPS
from ladsim.model.records import FACTORS

_NAMES = FACTORS.names or ()
_FACTORS = len(_NAMES)
QUALITY, COST = _NAMES.index("quality"), _NAMES.index("cost")
MOST = 1e18  # of a factor: many levers together would come to infinity, and that times nothing is no number


@rule
def multiplier(effect, strength):  # type: ignore[no-untyped-def]
    """What an effect does at a share of its full strength: 1 + effect · strength, never below 0."""
    factor = 1.0 + effect * strength
    return 0.0 if factor < 0.0 else factor


@rule
def multiplied(factor, effect, strength):  # type: ignore[no-untyped-def]
    """A factor with one more effect in it."""
    product = factor * multiplier(effect, strength)
    return MOST if product > MOST else product


@rule
def begin(m):  # type: ignore[no-untyped-def]
    """Begin to reckon: factors that change nothing."""
    for group in range(m.groups):
        for r in range(m.rungs):
            for on in range(_FACTORS):
                plan_access.set_factor(m, group, r, on, 0.0 if on == QUALITY else 1.0)
        for s in range(m.steps):
            plan_access.set_step_factor(m, group, s, 1.0)


@rule
def strength_of(m, effect, t):  # type: ignore[no-untyped-def]
    """At which share of its full strength an effect acts at `t`, tiring aside."""
    if effect.campaign == NO_CAMPAIGN:
        return 1.0 if effect.start <= t and t < effect.end else 0.0
    campaign = plan_access.campaign(m, effect.campaign)
    if effect.throughout:
        return 1.0 if campaign.active else 0.0
    return campaign.strength


@rule
def apply_effects(m, t, anybody_tired):  # type: ignore[no-untyped-def]
    """Multiply all effects, as they act at `t`, into the factors of whom they reach."""
    for number in range(plan_access.plan(m).effects):
        effect = plan_access.effect(m, number)
        strength = strength_of(m, effect, t)
        if strength != 0.0:
            is_tired = anybody_tired and effect.tires != 0
            if effect.on == ON_STEPS:
                apply_to_steps(m, number, strength, is_tired)
            else:
                apply_to_rungs(m, number, strength, is_tired)


@rule
def apply_to_steps(m, number, strength, is_tired):  # type: ignore[no-untyped-def]
    """Multiply one effect into the factors of steps."""
    reach = plan_access.effect(m, number).reach
    for s in range(m.steps):
        size = plan_access.size(m, number, s)
        if size != 0.0:
            origin = access.step(m, s).origin
            for group in range(m.groups):
                if plan_access.is_reached(m, reach, group, origin):
                    own = strength * plan_access.tired(m, group, origin) if is_tired else strength
                    factor = plan_access.step_factor(m, group, s)
                    plan_access.set_step_factor(m, group, s, multiplied(factor, size, own))


@rule
def apply_to_rungs(m, number, strength, is_tired):  # type: ignore[no-untyped-def]
    """Multiply one effect into a factor of the rungs, or add it where it is felt or engages."""
    effect = plan_access.effect(m, number)
    on, reach = effect.on, effect.reach
    for r in range(m.rungs):
        size = plan_access.size(m, number, r)
        if size != 0.0:
            for group in range(m.groups):
                if plan_access.is_reached(m, reach, group, r):
                    own = strength * plan_access.tired(m, group, r) if is_tired else strength
                    if on == ON_ENGAGEMENT:
                        plan_access.set_growth(m, group, r, plan_access.growth(m, group, r) + size * own)
                    elif on == QUALITY:
                        plan_access.set_factor(m, group, r, on, plan_access.factor(m, group, r, on) + size * own)
                    else:
                        factor = plan_access.factor(m, group, r, on)
                        plan_access.set_factor(m, group, r, on, multiplied(factor, size, own))


@rule
def differ(m):  # type: ignore[no-untyped-def]
    """Whether the factors as reckoned are others than those in force: 0 not at all, 1 they are, 2 those of costs, too."""
    found = 0
    for group in range(m.groups):
        for r in range(m.rungs):
            for on in range(_FACTORS):
                if plan_access.factor(m, group, r, on) != plan_access.lever_factor(m, group, r, on):
                    if on == COST:
                        return 2
                    found = 1
        for s in range(m.steps):
            if plan_access.step_factor(m, group, s) != access.lever_step(m, group, s):
                found = 1
    return found


@rule
def put_in_force(m):  # type: ignore[no-untyped-def]
    """Let the factors as reckoned be those in force."""
    for group in range(m.groups):
        for r in range(m.rungs):
            for on in range(_FACTORS):
                plan_access.set_lever_factor(m, group, r, on, plan_access.factor(m, group, r, on))
        for s in range(m.steps):
            plan_access.set_lever_step(m, group, s, plan_access.step_factor(m, group, s))
