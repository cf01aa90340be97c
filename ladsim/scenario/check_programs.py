"""Do the loyalty programmes make sense? Can they be joined, can what they promise be had, are their levels in order?

In: a scenario of the right shape, and one list of programmes (the scenario's, or a strategy's) with the place where it stands. Out:
problems. To add a kind: its keys in `OF_KIND`, and a function of its own in `OF_ITSELF`, where it asks for more than its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ladsim.errors import Problem, nearest
from ladsim.scenario.address import steps_of
from ladsim.scenario.check_ladder import repeated, unknown
from ladsim.scenario.places import item_names, joined
from ladsim.scenario.program_spec import Level, Program, asked_of
from ladsim.scenario.ranges import ends
from ladsim.scenario.spec import Scenario

BENEFITS = ("orders", "messages", "basket", "points", "climbing", "leaving")
EVERY_KIND = (
    "kind", "name", "label", "joins", "from_month", "setup_cost", "cost_per_month", "cost_per_member", "factors", "source",
)  # fmt: skip
OF_KIND: dict[str, tuple[str, ...]] = {
    "points": (
        "points_per_unit", "points_per_order", "reward_at", "reward_cost", "perceived_value", "redemption_probability", "pressure",
        "pressure_power", "endowed_points", "lift_after_reward", "lift_months", "expires_after_months", "statement_every_months",
        "statement_cost",
    ),
    "tiers": ("levels",),
}  # fmt: skip


def programs_of(scenario: Scenario, prefix: str, programs: Sequence[Program]) -> Iterator[Problem]:
    """Problems of the programmes that stand under `prefix` (empty: the scenario itself)."""
    here = joined(*filter(None, (prefix, "programs")))
    yield from repeated(here, [program.name for program in programs if program.name])
    for name, program in zip(item_names("programs", programs), programs, strict=True):
        place = f"{here}.{name}"
        yield from _own_keys(place, program)
        yield from _joining(scenario, place, program)
        yield from _benefits(scenario, place, program.factors)
        if program.kind in OF_ITSELF:
            yield from OF_ITSELF[program.kind](scenario, place, program)


def never(value: Any) -> bool:
    """Whether a number is not given, or surely 0."""
    return value is None or ends(value)[1] <= 0.0


def _own_keys(place: str, program: Program) -> Iterator[Problem]:
    """Keys of another kind."""
    if program.kind not in OF_KIND:
        return
    for key in sorted(program.model_fields_set):
        is_default = getattr(program, key) == type(program).model_fields[key].get_default(call_default_factory=True)
        if key not in (*EVERY_KIND, *OF_KIND[program.kind]) and not is_default:
            owners = [kind for kind, keys in OF_KIND.items() if key in keys]
            belongs = f": it belongs to {' or '.join(owners)}" if owners else ""
            yield Problem(f"{place}.{key}", f"the key {key!r}", f"must not stand with the kind {program.kind!r}{belongs}")


def _joining(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    """Rungs that there are not; nothing that makes anybody join."""
    rungs = [rung.name for rung in scenario.rungs]
    on = program.joins.on
    for name in (on,) if isinstance(on, str) else on or ():
        if name not in rungs:
            yield unknown(f"{place}.joins.on", name, rungs, "rungs")
    if on == ():
        yield Problem(f"{place}.joins.on", "an empty list", "must name at least one of the rungs, or be left out")
    if program.kind in JOINED and program.joins.probability is None and program.joins.monthly is None:
        yield Problem(f"{place}.joins", "neither probability nor monthly", "must give one of them: nobody could join")
    if program.joins.monthly is not None and ends(program.joins.monthly)[1] >= 1.0:
        yield Problem(
            f"{place}.joins.monthly", f"{ends(program.joins.monthly)[1]:g}", "must be below 1; who joins at once: probability"
        )


def _benefits(scenario: Scenario, place: str, factors: Mapping[str, Any]) -> Iterator[Problem]:
    """Factors on what a membership cannot change."""
    allowed = [*BENEFITS, *(f"steps.{name}" for name in item_names("steps", scenario.steps))]
    for key in factors:
        if key not in allowed and not (key.startswith("steps.") and steps_of(scenario, key.removeprefix("steps."))):
            words = f"must be {', '.join(BENEFITS)} or steps.FROM.TO"
            yield Problem(f"{place}.factors.{key}", "an unknown benefit", words, nearest(key, allowed))


def _points(_: Scenario, place: str, program: Program) -> Iterator[Problem]:
    """Points that never can be redeemed; a value without a cost to compare it with."""
    if program.reward_at is None:
        yield Problem(f"{place}.reward_at", "nothing", "must be given: without it points can never be redeemed")
    if all(never(getattr(program, key)) for key in ("points_per_unit", "points_per_order", "endowed_points")):
        words = "must give points_per_unit, points_per_order or endowed_points above 0"
        yield Problem(place, "no way to earn points, so that none can ever be redeemed", words)
    if never(program.redemption_probability):
        yield Problem(f"{place}.redemption_probability", "0", "must be above 0: otherwise points can never be redeemed")
    if program.perceived_value is not None and ends(program.reward_cost)[0] <= 0.0:
        words = "must be above 0 where perceived_value is given: the pressure follows their ratio"
        yield Problem(f"{place}.reward_cost", f"{ends(program.reward_cost)[0]:g}", words)


def _tiers(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    """Levels that ask for nothing, for two things, or for no more than the level below."""
    if not program.levels:
        yield Problem(f"{place}.levels", "nothing", "must be given: at least one level, the lowest first")
    names = [level.name for level in program.levels]
    yield from repeated(f"{place}.levels", names)
    kinds = set()
    below: tuple[Level, Any] | None = None
    for name, level in zip(item_names("levels", program.levels), program.levels, strict=True):
        here = f"{place}.levels.{name}"
        yield from _benefits(scenario, here, level.factors)
        if (level.spend is None) == (level.orders is None):
            found = "neither spend nor orders" if level.spend is None else "spend and orders"
            yield Problem(here, found, "must give exactly one of spend or orders")
            continue
        key, asked = "spend" if level.spend is not None else "orders", asked_of(level)
        kinds.add(key)
        if below is not None and ends(asked)[0] <= ends(below[1])[1]:
            words = f"must be above that of the level below ({below[0].name}: {ends(below[1])[1]:g}): the levels overlap"
            yield Problem(f"{here}.{key}", f"{ends(asked)[0]:g}", words)
        below = level, asked
    if len(kinds) > 1:
        yield Problem(f"{place}.levels", "levels by spend and levels by orders", "must all ask for the same of the two")


JOINED = frozenset({"points", "tiers"})  # kinds that one becomes a member of
OF_ITSELF: dict[str, Callable[[Scenario, str, Program], Iterator[Problem]]] = {"points": _points, "tiers": _tiers}
