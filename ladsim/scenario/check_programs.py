"""Do the programmes make sense? A function per kind, and what all kinds share.

In: a scenario of the right shape. Out: problems. `programs_of` looks at one list of programmes (the scenario's, or a strategy's), with
the place where the list stands. To add a kind: the keys that are its own in `KEYS`, a function that yields problems in `CHECKS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ladsim.errors import Problem
from ladsim.python_files import parsed
from ladsim.scenario.address import steps_of
from ladsim.scenario.check_ladder import repeated, unknown
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, joined, shown
from ladsim.scenario.number_types import DAYS_PER_MONTH, Distribution
from ladsim.scenario.own_file import own_file
from ladsim.scenario.program_spec import Level, Program, asked_of
from ladsim.scenario.spec import Scenario

MOST_MONTHS = 120  # for which points are kept
BENEFITS = ("orders", "messages", "basket", "points", "climbing", "leaving")
# Keys that belong to some kinds only; all others belong to every kind.
KEYS: dict[str, tuple[str, ...]] = {
    "points": (
        "points_per_unit", "points_per_order", "reward_at", "reward_cost", "perceived_value", "redemption_probability", "pressure",
        "pressure_power", "endowed_points", "lift_after_reward", "lift_months", "expires_after_months", "statement_every_months",
        "statement_cost",
    ),
    "tiers": ("levels",),
    "club": (
        "fee", "fee_every_months", "renewal_probability", "renewal_beta", "failed_payment_share", "recovered_share", "retry_days",
        "pause_share", "pause_months", "cost_per_order", "share_of_order", "satisfaction_effect",
    ),
    "cashback": (
        "share_of_order", "minimum_balance", "payout_probability", "expires_after_months", "statement_every_months", "statement_cost",
    ),
    "discount": ("share_of_order", "to", "to_month"),
    "referral_reward": ("give", "get", "reward", "most_per_month", "most"),
    "own": ("file", "options"),
}  # fmt: skip
JOINED = frozenset({"points", "tiers", "club", "cashback"})  # kinds that one must become a member of
Check = Callable[[Scenario, str, Program, Sequence[Program]], Iterator[Problem]]


def programs_of(scenario: Scenario, prefix: str, programs: Sequence[Program]) -> Iterator[Problem]:
    """Problems of the programmes that stand under `prefix` (empty: the scenario itself)."""
    beside = scenario.programs if prefix else ()
    place = joined(*filter(None, (prefix, "programs")))
    yield from repeated(place, [program.name for program in programs])
    for name, program in zip(item_names("programs", programs), programs, strict=True):
        here = joined(place, name)
        yield from _keys(here, program)
        yield from _joining(scenario, here, program)
        yield from _factors(scenario, f"{here}.factors", program.factors)
        if program.kind in CHECKS:
            yield from CHECKS[program.kind](scenario, here, program, (*beside, *programs))


def _keys(place: str, program: Program) -> Iterator[Problem]:
    """A key of another kind does nothing here."""
    others = {key for keys in KEYS.values() for key in keys} - set(KEYS[program.kind])
    for key in sorted(program.model_fields_set & others):
        kinds = ", ".join(kind for kind, keys in KEYS.items() if key in keys)
        yield Problem(f"{place}.{key}", shown(getattr(program, key)), f"belongs to programs of kind {kinds}, not {program.kind}")


def _joining(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    """Rungs that exist, and a way to become a member."""
    way, names = program.joins, [rung.name for rung in scenario.rungs]
    wanted = (way.on,) if isinstance(way.on, str) else way.on
    for name in wanted or ():
        if name not in names:
            yield unknown(f"{place}.joins.on", name, names, "rungs")
    if wanted == ():
        yield Problem(f"{place}.joins.on", "an empty list", "must name at least one of the rungs, or be left out")
    given = {"probability", "monthly"} & way.model_fields_set
    if way.monthly is not None and ends(way.monthly)[1] >= 1.0:
        yield Problem(f"{place}.joins.monthly", f"{ends(way.monthly)[1]:g}", "must be below 1; who joins at once: probability")
    if program.kind == "own" or program.to is not None or (program.kind == "referral_reward" and not given):
        return
    if not given:
        found = "neither probability nor monthly"
        also = ", or name the rungs it is for under `to`" if program.kind == "discount" else ""
        yield Problem(f"{place}.joins", found, f"must give one of them: nobody could join{also}")


def _factors(scenario: Scenario, place: str, factors: dict[str, object]) -> Iterator[Problem]:
    """Benefits that a member can have."""
    for name in factors:
        if name not in BENEFITS and not (name.startswith("steps.") and steps_of(scenario, name.removeprefix("steps."))):
            targets = [*BENEFITS, *(f"steps.{step}" for step in item_names("steps", scenario.steps))]
            problem = unknown(f"{place}.{name}", name, targets, "benefits")
            yield Problem(problem.place, problem.found, f"must be {', '.join(BENEFITS)} or steps.FROM.TO", problem.nearest)


def never(value: Any) -> bool:
    """Whether a number is not given, or surely 0."""
    return value is None or ends(value)[1] <= 0.0


def _points(_: Scenario, place: str, program: Program, programs: Sequence[Program]) -> Iterator[Problem]:
    """Points that never can be redeemed; a value without a cost to compare it with."""
    if program.reward_at is None:
        yield Problem(f"{place}.reward_at", "nothing", "must be given: without it points can never be redeemed")
    given = any(other.kind == "referral_reward" and other.reward == "points" for other in programs)
    if not given and all(never(getattr(program, key)) for key in ("points_per_unit", "points_per_order", "endowed_points")):
        words = "must give points_per_unit, points_per_order or endowed_points above 0"
        yield Problem(place, "no way to earn points, so that none can ever be redeemed", words)
    if never(program.redemption_probability):
        yield Problem(f"{place}.redemption_probability", "0", "must be above 0: otherwise points can never be redeemed")
    kept = program.expires_after_months
    if kept is not None and not all(end.is_integer() and 1 <= end <= MOST_MONTHS for end in _values(kept)):
        words = f"must be a whole number of months from 1 to {MOST_MONTHS}: lots are kept by month"
        yield Problem(f"{place}.expires_after_months", f"{kept:g}" if isinstance(kept, float) else "an uncertain number", words)
    if program.perceived_value is not None and ends(program.reward_cost)[0] <= 0.0:
        words = "must be above 0 where perceived_value is given: the pressure follows their ratio"
        yield Problem(f"{place}.reward_cost", f"{ends(program.reward_cost)[0]:g}", words)


def _values(value: Any) -> tuple[float, ...]:
    """All that a number can be, where that is a list; else what is no whole number, since it can lie between any two."""
    if isinstance(value, float):
        return (value,)
    return value.values if isinstance(value, Distribution) and value.values else (math.nan,)


def _tiers(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    """Levels that ask for nothing, for two things, or for no more than the level below."""
    if not program.levels:
        yield Problem(f"{place}.levels", "nothing", "must be given: at least one level, the lowest first")
    names = [level.name for level in program.levels]
    yield from repeated(f"{place}.levels", names)
    kinds = set()
    below: tuple[Level, Any] | None = None
    for name, level in zip(item_names("levels", program.levels), program.levels, strict=True):
        here = f"{place}.levels.{name}"
        yield from _factors(scenario, f"{here}.factors", level.factors)
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


def _club(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    if program.renewal_probability is not None and program.renewal_beta is not None:
        yield Problem(place, "renewal_probability and renewal_beta", "must give only one of them")
    if program.renewal_probability is None and program.renewal_beta is None:
        yield Problem(place, "neither", "must give renewal_probability or renewal_beta")
    if ends(program.failed_payment_share)[1] > 0.0 and ends(program.recovered_share)[1] > 0.0:
        days, period = ends(program.retry_days)[1], ends(program.fee_every_months)[0] * DAYS_PER_MONTH
        if days >= period:
            yield Problem(f"{place}.retry_days", f"{days:g}", f"must be below the {period:.4g} days from one fee to the next")
    if program.satisfaction_effect != 0.0 and scenario.satisfaction is None:
        yield Problem(
            f"{place}.satisfaction_effect", shown(program.satisfaction_effect), "must have [satisfaction] in the scenario"
        )


def _cashback(_: Scenario, place: str, program: Program, __: Sequence[Program]) -> Iterator[Problem]:
    yield from _share(place, program)
    if ends(program.payout_probability)[1] == 0.0:
        yield Problem(f"{place}.payout_probability", "0", "must be above 0: nobody would ever get anything back")


def _discount(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    yield from _share(place, program)
    names = [rung.name for rung in scenario.rungs]
    for name in program.to or ():
        if name not in names:
            yield unknown(f"{place}.to", name, names, "rungs")
    if program.to == ():
        yield Problem(f"{place}.to", "an empty list", "must name at least one of the rungs, or be left out")
    if program.to is not None and program.joins.model_fields_set:
        yield Problem(place, "to and joins", "must give only one of them: with `to` everybody on those rungs has it")
    if program.to_month is not None and program.to_month <= program.from_month:
        yield Problem(f"{place}.to_month", f"{program.to_month:g}", f"must be after from_month ({program.from_month:g})")


def _share(place: str, program: Program) -> Iterator[Problem]:
    if "share_of_order" not in program.model_fields_set:
        yield Problem(f"{place}.share_of_order", "nothing", "must be given: 0.05 is 5 % of an order")


def _referral_reward(scenario: Scenario, place: str, program: Program, programs: Sequence[Program]) -> Iterator[Problem]:
    if not scenario.word_of_mouth:
        yield Problem(place, "no [[word_of_mouth]] in the scenario", "must have it: without messages nobody is ever referred")
    if not {"give", "get"} & program.model_fields_set:
        yield Problem(place, "neither", "must give `give` (to who refers), `get` (to who is referred), or both")
    for reward, kind, why in (("points", "points", "takes the points"), ("free_month", "club", "gives the fee that is free")):
        if program.reward == reward and all(other.kind != kind for other in programs):
            yield Problem(f"{place}.reward", repr(reward), f"must have a program of kind {kind} in the scenario, which {why}")


def _own(_: Scenario, place: str, program: Program, __: Sequence[Program]) -> Iterator[Problem]:
    """The file is read, never run."""
    if program.file is None:
        yield Problem(f"{place}.file", "nothing", "must be given: a Python file with the rules of the programme")
        return
    if not program.file.endswith(".py"):
        yield Problem(f"{place}.file", repr(program.file), "must be a Python file: its name ends in .py")
        return
    tree = parsed(f"{place}.file", program.file)
    if isinstance(tree, Problem):
        yield tree
        return
    yield from own_file(place, program, tree)


CHECKS: dict[str, Check] = {
    "points": _points, "tiers": _tiers, "club": _club, "cashback": _cashback, "discount": _discount, "referral_reward": _referral_reward, "own": _own,
}  # fmt: skip
