"""Does the ladder make sense? Rungs, shares, steps and what drives them.

In: a scenario of the right shape. Out: problems. Each function looks at one thing; `problems` of ``check`` calls them all. To add
a check, write a function that yields problems and add it to `LADDER`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ladsim.errors import Problem
from ladsim.model.triggers import TRIGGERS
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.people import check_people
from ladsim.scenario.references import repeated, unknown
from ladsim.scenario.spec import Range, Rung, Scenario, Step

Check = Callable[[Scenario], Iterator[Problem]]
TOLERANCE = 1e-9


def state_of(rung: Rung) -> str:
    """Which state off the ladder ("outside", "lapsed" or "lost"; by its name where `off_ladder` is just true), "" on it."""
    if rung.off_ladder is True:
        return rung.name if rung.name in ("outside", "lapsed", "lost") else "lapsed"
    return rung.off_ladder or ""


def steps_at(scenario: Scenario) -> Iterator[tuple[str, Step]]:
    """(place, step) for every step."""
    for name, step in zip(item_names("steps", scenario.steps), scenario.steps, strict=True):
        yield f"steps.{name}", step


def _names(scenario: Scenario) -> Iterator[Problem]:
    for key in ("rungs", "segments", "order_kinds", "channels", "tactics", "shocks"):
        yield from repeated(key, (item.name for item in getattr(scenario, key)))
    yield from repeated("campaigns", (campaign.name for campaign in scenario.campaigns))
    yield from repeated("word_of_mouth", (layer.layer for layer in scenario.word_of_mouth))
    yield from repeated("goals", (goal.name for goal in scenario.goals))


def _rungs(scenario: Scenario) -> Iterator[Problem]:
    if all(rung.off_ladder for rung in scenario.rungs):
        yield Problem("rungs", "only states off the ladder", "must have at least one rung on the ladder")
    if sum(state_of(rung) == "outside" for rung in scenario.rungs) > 1:
        yield Problem("rungs", "several states outside the market", "must be at most one")
    for rung in scenario.rungs:
        if rung.off_ladder and rung.customer:
            yield Problem(f"rungs.{rung.name}.customer", "true", "must not be a customer off the ladder")


def _shares(scenario: Scenario) -> Iterator[Problem]:
    """Shares of rungs, segments and kinds of orders: each list is a whole."""
    wholes: tuple[tuple[str, Sequence[Any]], ...] = (
        ("rungs", scenario.rungs),
        ("segments", scenario.segments),
        ("order_kinds", scenario.order_kinds),
    )
    for key, items in wholes:
        shares = [item.share for item in items if getattr(item, "people", None) is None]
        if (
            len(shares) == len(items) > 0
            and all(isinstance(share, float) for share in shares)
            and abs(sum(shares) - 1.0) > TOLERANCE
        ):
            yield Problem(key, f"shares that add up to {sum(shares):.10g}", "must add up to 1")


def _ends(scenario: Scenario) -> Iterator[Problem]:
    """Rungs that a step leads from and to: known ones, that can be left."""
    names = [rung.name for rung in scenario.rungs]
    states = {rung.name: state_of(rung) for rung in scenario.rungs}
    for place, step in steps_at(scenario):
        for key, name in (("from", step.from_), ("to", step.to)):
            if name not in names:
                yield unknown(f"{place}.{key}", name, names, "rungs")
        if step.from_ == step.to and not TRIGGERS[step.trigger].leads_back:
            others = ", ".join(f"`{name}`" for name, one in TRIGGERS.items() if one.leads_back)
            allowed = f"must lead to another rung for the trigger {step.trigger!r} ({others} may lead back)"
            yield Problem(f"{place}.to", f"{step.to!r}, the rung it leaves", allowed)
        if states.get(step.from_) == "lost":
            yield Problem(f"{place}.from", f"{step.from_!r}, which is lost for good", "must be a rung that customers can leave")


def _own_keys(scenario: Scenario) -> Iterator[Problem]:
    """Keys of another trigger."""
    for place, step in steps_at(scenario):
        own = TRIGGERS[step.trigger].keys
        for trigger, other in TRIGGERS.items():
            for key in other.keys:
                if (
                    key in step.model_fields_set
                    and key not in own
                    and not (getattr(step, key) is None or getattr(step, key) is False)
                ):
                    owners = [name for name, one in TRIGGERS.items() if key in one.keys]
                    if owners[0] == trigger:
                        allowed = f"must not stand with the trigger {step.trigger!r}: it belongs to {' or '.join(owners)}"
                        yield Problem(f"{place}.{key}", f"the key {key!r}", allowed)


def _number_given(scenario: Scenario) -> Iterator[Problem]:
    """Exactly one way of saying how often the step is taken."""
    for place, step in steps_at(scenario):
        ways = TRIGGERS[step.trigger].ways
        given = [way for way in ways if getattr(step, way) is not None]
        if len(given) != 1:
            names = " or ".join((", ".join(ways[:-1]), ways[-1]))
            found = " and ".join(given) if given else "no number"
            yield Problem(place, found, f"must give exactly one of {names}")
        if step.trigger == "time" and (step.cumulative_share is None) != (step.by_months is None):
            have, miss = ("cumulative_share", "by_months") if step.by_months is None else ("by_months", "cumulative_share")
            yield Problem(f"{place}.{miss}", "nothing", f"must be given with {have}")


def _certain_at_once(scenario: Scenario) -> Iterator[Problem]:
    """A chance of 1 after any time at all would need an infinite hazard."""
    for place, step in steps_at(scenario):
        for key in ("monthly", "cumulative_share"):
            value = getattr(step, key)
            if value is not None and step.trigger == "time" and _top(value) >= 1.0:
                yield Problem(f"{place}.{key}", "1", "must be below 1 (a wait that everybody has ended needs an infinite rate)")


def _top(value: Any) -> float:
    return ends(value)[1] if isinstance(value, float | Range) else 0.0


def shared_draws(scenario: Scenario) -> dict[tuple[str, str], list[Step]]:
    """Steps that share one draw: (rung, trigger) → steps."""
    draws: dict[tuple[str, str], list[Step]] = {}
    for step in scenario.steps:
        if step.trigger != "time":
            what = "criticism" if step.negative else step.trigger
            draws.setdefault((step.from_, what), []).append(step)
    return draws


def chance(step: Step, end: int) -> float:
    """The lowest (0) or highest (1) probability of a step; for a beta its mean."""
    if step.beta is not None:
        a, b = (ends(x)[end if place == 0 else 1 - end] for place, x in enumerate(step.beta))
        return a / (a + b)
    return ends(step.probability)[end] if step.probability is not None else 0.0


def _draws(scenario: Scenario) -> Iterator[Problem]:
    for (rung, trigger), steps in shared_draws(scenario).items():
        total = sum(chance(step, 0) for step in steps)
        if total > 1.0 + TOLERANCE:
            to = ", ".join(step.to for step in steps)
            found = f"probabilities that add up to {total:.10g} for the steps by {trigger} from {rung} (to {to})"
            yield Problem(f"steps.{rung}", found, "must add up to at most 1, since one random number decides between them")


def _renewals(scenario: Scenario) -> Iterator[Problem]:
    """Months of renewal steps: given, and the same for all steps from one rung."""
    first: dict[str, float] = {}
    for place, step in steps_at(scenario):
        if step.trigger != "renewal":
            continue
        if step.months is None:
            yield Problem(f"{place}.months", "nothing", "must be given: the renewal comes every so many months")
        elif first.setdefault(step.from_, step.months) != step.months:
            allowed = f"must be {first[step.from_]:g} as in the other renewal steps of {step.from_}"
            yield Problem(f"{place}.months", f"{step.months:g}", allowed)


def _contracts(scenario: Scenario) -> Iterator[Problem]:
    """What is paid in advance is paid by an order."""
    for place, step in steps_at(scenario):
        if step.covers_months is not None and not step.is_order:
            yield Problem(f"{place}.covers_months", f"{step.covers_months:g}", "must be given with is_order = true")
        if step.refund_on_leaving and step.covers_months is None:
            yield Problem(f"{place}.refund_on_leaving", "true", "must be given with covers_months")


def _repeats(scenario: Scenario) -> Iterator[Problem]:
    seen: Counter[tuple[Any, ...]] = Counter()
    for place, step in steps_at(scenario):
        own = (step.from_, step.to, step.trigger, step.from_order, step.within_months, step.negative)
        seen[own] += 1
        if seen[own] == 2:
            yield Problem(place, f"a second step by {step.trigger} from {step.from_} to {step.to}", "must be one step")


def _reached(scenario: Scenario) -> Iterator[Problem]:
    """Shares that a CRM shows are solvable together exactly when they add up to less than 1."""
    totals: dict[str, float] = {}
    for step in scenario.steps:
        if step.trigger == "time" and step.cumulative_share is not None:
            totals[step.from_] = totals.get(step.from_, 0.0) + ends(step.cumulative_share)[0]
    for rung, total in totals.items():
        single = sum(step.from_ == rung and step.cumulative_share is not None for step in scenario.steps) == 1
        if total >= 1.0 and not single:
            found = f"shares reached from {rung} that add up to {total:.10g}"
            yield Problem(f"steps.{rung}", found, "must add up to less than 1")


LADDER: tuple[Check, ...] = (
    _names, _rungs, check_people, _shares, _ends, _own_keys, _number_given, _certain_at_once, _draws, _renewals, _contracts, _repeats,
    _reached,
)  # fmt: skip
