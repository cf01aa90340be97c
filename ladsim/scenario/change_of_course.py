"""A change of course: a market that has gone by one plan until some month, and goes by another from there on.

In: what was played until then and what is to be done from then on, both resolved. Out: the one scenario that says it all by dates:

- what the new plan has and the old one had not begun, begins at the month, or later where the new plan says so;
- what both have keeps the date at which it began, and goes on as the new plan says;
- campaigns and discounts that only the old one has end at the month; what their pressure still does fades as after any other end;
- what would have been over by the month, and never was, is left out.

``problems_of`` says what must be the same before and after, so that one market can go on as the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from ladsim.errors import Problem
from ladsim.model.layout import MONTH
from ladsim.scenario.address import campaign_names, step_names
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.plan_tables import nearest_tick
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.programs.tables import ProgramTable
from ladsim.scenario.spec import Campaign, Scenario
from ladsim.scenario.tables import Tables

R = TypeVar("R", Campaign, Program)
_OF_RUNGS = ("rank", "is_customer", "outside", "bought_before", "start_orders", "renewal_period")
_OF_STEPS = ("origin", "to", "trigger", "is_order", "negative")


def course(before: Scenario, after: Scenario, month: int) -> Scenario:
    """The resolved scenario of a market that goes by `before` until the month and by `after` from there on."""
    campaigns, old = _named_campaigns(after), _named_campaigns(before)
    programs, old_programs = _named_programs(after), _named_programs(before)
    going = {name: c for name, c in old.items() if _has_begun(c, month)}
    running = {name: p for name, p in old_programs.items() if _has_begun(p, month)}
    campaigns, programs = _to_come(campaigns, going, month), _to_come(programs, running, month)
    ended = [_ended(c, name, month) for name, c in going.items() if name not in campaigns]
    over = [_ended(p, name, month) for name, p in running.items() if name not in programs and p.ends_by_date]
    return after.model_copy(
        update={
            "campaigns": (*(_begun(c, going.get(name), month) for name, c in campaigns.items()), *ended),
            "programs": (*(_begun(p, running.get(name), month) for name, p in programs.items()), *over),
            "channels": _with_others(after.channels, before.channels),
            "tactics": _with_others(after.tactics, before.tactics),
        }
    )


def _named_campaigns(scenario: Scenario) -> dict[str, Campaign]:
    return dict(zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True))


def _named_programs(scenario: Scenario) -> dict[str, Program]:
    return dict(zip(item_names("programs", scenario.programs), scenario.programs, strict=True))


def _has_begun(record: Campaign | Program, month: int) -> bool:
    """Whether a campaign or programme has begun before a month."""
    return nearest_tick(record.from_month) < month * MONTH


def _to_come(new: dict[str, R], old: dict[str, R], month: int) -> dict[str, R]:
    """What a new plan has, without what would have been over by the month and never was."""
    return {name: record for name, record in new.items() if name in old or not _is_over(record, month)}


def _is_over(record: Campaign | Program, month: int) -> bool:
    """Whether a campaign or programme has both its dates before a month."""
    end = record.end if isinstance(record, Program) else record.to_month
    return _has_begun(record, month) and end is not None and nearest_tick(end) <= month * MONTH


def _begun(record: Any, before: Any | None, month: int) -> Any:
    """A campaign or programme of the new plan, with the date at which it really begins."""
    if not _has_begun(record, month) or _is_over(record, month):
        return record
    first = float(month) if before is None else before.from_month
    return record if first == record.from_month else record.model_copy(update={"from_month": first})


def _ended(record: Any, name: str, month: int) -> Any:
    """A campaign or discount of the old plan alone, under the name it has had."""
    last = float(month) if record.to_month is None else min(record.to_month, float(month))
    return record.model_copy(update={"name": name, "to_month": last})


def _with_others(own: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
    """Channels or tactics, and behind them those of another scenario that have other names."""
    names = {means.name for means in own}
    return own + tuple(means for means in others if means.name not in names)


def problems_of(before: Tables, after: Tables, month: int) -> list[Problem]:
    """Why a market that has been played by `before` cannot go on as `after` from a month on; empty where it can."""
    return [*_other_markets(before.scenario, after.scenario), *_other_ladders(before, after), *_other_means(before, after, month)]


_OF_A_MARKET: dict[str, Callable[[Scenario], Any]] = {
    "months": lambda s: s.months,
    "market_size": lambda s: s.market_size,
    "population_seed": lambda s: s.population_seed,
    "currency": lambda s: s.currency,
    "segments": lambda s: [(segment.name, segment.share) for segment in s.segments],
    "start": lambda s: s.start.model_dump(),
    "order_kinds": lambda s: [kind.name for kind in s.order_kinds],
    "arrivals": lambda s: [arrival.to for arrival in s.arrivals],
    "satisfaction": lambda s: "none" if s.satisfaction is None else "some",
    "money.returns": lambda s: "none" if s.money.returns is None else "some",
    "engagement": lambda s: "none" if s.engagement is None else "some",
    "word_of_mouth": lambda s: [(layer.layer, layer.graph.model_dump(exclude_unset=True)) for layer in s.word_of_mouth],
}


def _other_markets(before: Scenario, after: Scenario) -> Iterator[Problem]:
    """What is another market, and not another plan for it."""
    for place, read in _OF_A_MARKET.items():
        was, now = read(before), read(after)
        if was != now:
            yield Problem(place, _told(now), f"must be as before the change of course ({_told(was)})")


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_told, value)) or "none"
    if isinstance(value, tuple):
        return " ".join(map(_told, value))
    return f"{value:,g}" if isinstance(value, float) else str(value)


def _other_ladders(before: Tables, after: Tables) -> Iterator[Problem]:
    """Another ladder: rungs, steps, how customers differ."""
    same = "must be the same as before the change of course"
    if before.rung_names != after.rung_names:
        yield Problem("rungs", ", ".join(after.rung_names), f"{same} ({', '.join(before.rung_names)})")
        return
    shares = zip(before.rung_names, before.start_shares.tolist(), after.start_shares.tolist(), strict=True)
    for place, (name, was, now) in enumerate(shares):
        if was != now:
            yield Problem(f"rungs.{name}.share", f"{now:g}", f"{same} ({was:g})")
        for key in _OF_RUNGS:
            found, known = after.rungs[key][place], before.rungs[key][place]
            if found != known:
                yield Problem(f"rungs.{name}", f"another {key.replace('_', ' ')}", same)
    names = [step_names(tables.scenario) for tables in (before, after)]
    if names[0] != names[1] or before.step_names != after.step_names:
        yield Problem("steps", ", ".join(names[1]) or "none", f"{same} ({', '.join(names[0]) or 'none'})")
        return
    for place, name in enumerate(before.step_names[: before.steps.size]):
        for key in _OF_STEPS:
            if before.steps[key][place] != after.steps[key][place]:
                yield Problem(f"steps.{name}", f"another {key.replace('_', ' ')}", same)
        if (before.steps["covers"][place] > 0) != (after.steps["covers"][place] > 0):
            yield Problem(
                f"steps.{name}.covers_months", "given at one time and not at another", f"{same}: it may be another number"
            )
    if before.traits != after.traits:
        yield Problem("heterogeneity", "other laws (gamma_shape, beta, spread)", f"{same}: who somebody is does not change")


def _other_means(before: Tables, after: Tables, month: int) -> Iterator[Problem]:
    """Programmes that cannot go on, and campaigns that only have the same name."""
    kinds = {p.name: p for p in after.programs}
    for program in before.programs:
        if program.starts >= month * MONTH:
            continue
        place, now = f"programs.{program.name}", kinds.get(program.name)
        if program.kind == "triggered_campaign":
            place = f"campaigns.{program.name}"
        if now is None:
            found = "no such programme after the change of course"
            yield Problem(place, found, f"must go on from month {month}, when it has members (or say `to_month` of a discount)")
        elif now.kind != program.kind:
            yield Problem(place, f"a programme of the kind {now.kind}", f"must be of the kind it was ({program.kind})")
        elif now.level_names != program.level_names:
            yield Problem(place, f"the levels {_levels(now)}", f"must have the levels it had ({_levels(program)})")
        elif memory_size(now) != memory_size(program):
            found = f"{memory_size(now)} numbers to remember of each member"
            yield Problem(
                place, found, f"must be as before ({memory_size(program)}): keep months of expiry and limits as they were"
            )
    dated = {c.name for c in before.campaigns if c.start < month * MONTH}
    for name in sorted(dated & {p.name for p in after.programs}):
        yield Problem(f"campaigns.{name}", "a campaign or programme of another kind", "give it a name that was not used before")


def _levels(program: ProgramTable) -> str:
    return ", ".join(name for name in program.level_names if name) or "none"


def memory_size(program: ProgramTable) -> int:
    """How many whole numbers a programme remembers of each customer."""
    return kind_of(program.kind).memory_size(program.numbers)


def same_view(before: Tables, after: Tables) -> bool:
    """Whether the firm sees its customers as it did."""
    return before.view_bits == after.view_bits and np.array_equal(before.beliefs, after.beliefs)
