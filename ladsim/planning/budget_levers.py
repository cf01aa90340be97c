"""What a budget can go to: the spends, numbers and switches of a scenario's strategies, and the strategy that a split of money makes.

In: a scenario, its strategies that may be mixed, perhaps named numbers with limits. Out: `Levers`: each with its limits and its value in
the file, and for a point (a value for each) the strategy that plays it. All mixes are made of the same named campaigns, so that they meet the
same luck.

Left to itself, levers are the monthly spend of every campaign that runs between dates, of the scenario and of its strategies (the same
campaign in two strategies is one lever), and for whatever else a strategy brings (programmes, campaigns that events set off, prices,
numbers) one switch: it runs or it does not. Named ones take their place. An amount counts by what it comes to over the whole time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ladsim.errors import Problem, ScenarioError, StudyError, nearest
from ladsim.planning.split_search import Point
from ladsim.scenario.address import NumberAt, campaign_names, numbers, place_of, with_values
from ladsim.scenario.distributions import middle
from ladsim.scenario.spec import Campaign, Scenario, Strategy

Kind = Literal["amount", "number", "switch"]
SPEND = "monthly_spend"
MOST_LEVERS = 12
_PARTS = ("shocks", "policies", "programs", "prices")


@dataclass(frozen=True)
class Named:
    """A lever as it was named: a dotted key, and its limits in its own unit (None: as far as it can go)."""

    key: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Lever:
    """Something that may be chosen."""

    key: str  # dotted; of a switch ``strategies.NAME``
    kind: Kind
    strategy: str | None  # whose it is; None: the scenario's own
    now: float  # in the file; of a switch 1
    low: float
    high: float
    months: float = 1.0  # amount: for so long it is spent within the horizon
    own: Mapping[str, float] = field(default_factory=dict)  # amount: what each strategy spends on it a month
    place: int = -1  # amount of a strategy: of its campaign there

    @property
    def scale(self) -> float:
        """How much money its unit is over the whole time; 1 for what is no amount."""
        return self.months if self.kind == "amount" else 1.0


@dataclass(frozen=True)
class Levers:
    """All that may be chosen, amounts first, and what a point makes of it. A point: money over the whole time, numbers, 0 or 1."""

    scenario: Scenario  # overrides applied
    strategies: tuple[str, ...]
    all: tuple[Lever, ...]

    @property
    def amounts(self) -> int:
        """How many of them are amounts."""
        return sum(one.kind == "amount" for one in self.all)

    @property
    def switches(self) -> dict[str, int]:
        """The place of each strategy's switch."""
        return {one.strategy: place for place, one in enumerate(self.all) if one.kind == "switch" and one.strategy is not None}

    def value(self, place: int, point: Point) -> float:
        """The value of a lever at a point, in its own unit."""
        return point[place] / self.all[place].scale

    def apart(self) -> frozenset[frozenset[int]]:
        """Switches that cannot both be on: their strategies set the same number, or bring programmes of one name."""
        found, those = set(), list(self.switches.items())
        for at, (one, first) in enumerate(those):
            for other, second in those[at + 1 :]:
                a, b = self.scenario.strategies[one], self.scenario.strategies[other]
                both = any(b.set[key] != value for key, value in a.set.items() if key in b.set)
                names = {program.name for program in a.programs} & {program.name for program in b.programs}
                if both or names:
                    found.add(frozenset({first, second}))
        return frozenset(found)

    def strategy(self, point: Point, label: str = "") -> Strategy:
        """The strategy that plays a point."""
        inside = {
            one.key: point[place]
            for place, one in enumerate(self.all)
            if one.kind == "number" and one.key.startswith("strategies.")
        }
        source = with_values(self.scenario, inside) if inside else self.scenario
        switches, changes = self.switches, dict[str, Any]()
        campaigns: list[Campaign] = []
        parts: dict[str, tuple[Any, ...]] = dict.fromkeys(_PARTS, ())
        taken = {(one.strategy, one.place) for one in self.all if one.kind == "amount"}
        shared = {(name, place) for one in self.all if one.kind == "amount" for name, place in self._twins(one)}
        for name in self.strategies:
            if name in switches and point[switches[name]] < 0.5:
                continue
            record = source.strategies[name]
            changes |= record.set
            for place, campaign in enumerate(record.campaigns):
                if (name, place) not in taken | shared:
                    campaigns.append(campaign.model_copy(update={"name": _called(name, record.campaigns, place)}))
            for part in _PARTS:
                parts[part] += getattr(record, part)
        for place, one in enumerate(self.all):
            if one.kind == "amount" and one.strategy is not None:
                record = source.strategies[one.strategy]
                spend = self.value(place, point)
                if spend > 0.0:
                    named = {"name": _called(one.strategy, record.campaigns, one.place), SPEND: spend}
                    campaigns.append(record.campaigns[one.place].model_copy(update=named))
            elif one.kind == "amount" or (one.kind == "number" and not one.key.startswith("strategies.")):
                changes[one.key] = self.value(place, point)
        return Strategy(label=label).model_copy(update={"campaigns": tuple(campaigns), "set": changes, **parts})

    def nothing(self) -> Strategy:
        """The market as it stands with nothing spent on the levers: what a mix costs is counted from there."""
        changes = {one.key: 0.0 for one in self.all if one.kind == "amount" and one.strategy is None}
        return Strategy().model_copy(update={"set": changes})

    def _twins(self, lever: Lever) -> list[tuple[str, int]]:
        """Where the campaign of an amount stands again, in other strategies."""
        if lever.strategy is None:
            return []
        mark = _mark(self.scenario.strategies[lever.strategy].campaigns[lever.place])
        return [
            (name, place)
            for name in self.strategies
            for place, campaign in enumerate(self.scenario.strategies[name].campaigns)
            if campaign.after is None and _mark(campaign) == mark
        ]

    def file_points(self) -> dict[str, Point]:
        """The split of each strategy as the file has it, and of all of them together where they do not exclude each other."""
        found: dict[str, Point] = {}
        for name in self.strategies:
            found[name] = tuple(self._of_file(one, [name]) for one in self.all)
        return found

    def _of_file(self, one: Lever, names: Sequence[str]) -> float:
        if one.kind == "number":
            return one.now
        if one.kind == "switch":
            return float(one.strategy in names)
        return one.now * one.scale if one.strategy is None else sum(one.own.get(name, 0.0) for name in names) * one.scale


def levers_of(scenario: Scenario, strategies: Sequence[str], budget: float, named: Sequence[Named] = ()) -> Levers:
    """What the budget can go to. Raises StudyError for a key that is not there, limits that are none, and no lever at all."""
    if named:
        found = [_of(scenario, strategies, one, budget) for one in named]
        twice = [one.key for place, one in enumerate(found) if one.key in {other.key for other in found[:place]}]
        if twice:
            raise StudyError(f"levers: found {twice[0]} twice, must name each number once")
    else:
        found = _own(scenario, strategies, budget)
    if not found:
        raise StudyError(
            "levers: found nothing that money can go to (no campaign between dates, no programme), must name numbers, as KEY=LOW:HIGH"
        )
    if len(found) > MOST_LEVERS:
        raise StudyError(
            f"levers: found {len(found)}, must be at most {MOST_LEVERS}; take fewer strategies, or name the numbers, as KEY=LOW:HIGH"
        )
    found.sort(key=lambda one: ("amount", "number", "switch").index(one.kind))
    return Levers(scenario, tuple(strategies), tuple(found))


def file_budget(scenario: Scenario, strategies: Sequence[str]) -> float:
    """What the scenario's campaigns and those of its costliest strategy spend between dates. Raises StudyError where that is nothing."""

    def spent(campaigns: Sequence[Campaign]) -> float:
        dated = [one for one in campaigns if _spends(scenario, one)]
        return sum(middle(one.monthly_spend) * _amount(scenario, "", None, one, 1.0).months for one in dated)

    found = spent(scenario.campaigns) + max((spent(scenario.strategies[name].campaigns) for name in strategies), default=0.0)
    if found <= 0.0:
        raise StudyError("budget: found none, must be an amount above 0, such as 900000")
    return found


def _spends(scenario: Scenario, campaign: Campaign) -> bool:
    """Whether a campaign spends money between two dates within the scenario's time."""
    end = scenario.months if campaign.to_month is None else min(float(campaign.to_month), scenario.months)
    return campaign.after is None and middle(campaign.monthly_spend) > 0.0 and float(campaign.from_month) < end


def _own(scenario: Scenario, strategies: Sequence[str], budget: float) -> list[Lever]:
    """The levers that a scenario and its strategies have by themselves."""
    found: dict[str, Lever] = {}
    for called, campaign in zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True):
        if _spends(scenario, campaign):
            found[called] = _amount(scenario, f"campaigns.{called}.{SPEND}", None, campaign, budget)
    for name in strategies:
        record, rest = scenario.strategies[name], False
        for place, (called, campaign) in enumerate(zip(campaign_names(record.campaigns), record.campaigns, strict=True)):
            spend = middle(campaign.monthly_spend)
            if campaign.after is not None or spend <= 0.0:
                rest = True
                continue
            if not _spends(scenario, campaign):  # it begins after the end
                continue
            mark = _mark(campaign)
            if mark in found:
                own = {**found[mark].own, name: found[mark].own.get(name, 0.0) + spend}
                found[mark] = _with_own(found[mark], own)
            else:
                key = f"strategies.{name}.campaigns.{called}.{SPEND}"
                found[mark] = _with_own(_amount(scenario, key, name, campaign, budget, place), {name: spend})
        if rest or record.set or any(getattr(record, part) for part in _PARTS):
            found[f"strategies.{name}"] = Lever(f"strategies.{name}", "switch", name, 1.0, 0.0, 1.0)
    return list(found.values())


def _with_own(lever: Lever, own: Mapping[str, float]) -> Lever:
    return Lever(
        lever.key, lever.kind, lever.strategy, lever.now, lever.low, lever.high, lever.months, dict(own), lever.place
    )  # fmt: skip


def _amount(scenario: Scenario, key: str, strategy: str | None, campaign: Campaign, budget: float, place: int = -1) -> Lever:
    end = scenario.months if campaign.to_month is None else min(float(campaign.to_month), scenario.months)
    months = max(0.0, end - float(campaign.from_month))
    if months == 0.0:
        raise StudyError(
            f"{key}: found a campaign that spends nothing within {scenario.months:g} months, must begin before the end"
        )
    return Lever(key, "amount", strategy, middle(campaign.monthly_spend), 0.0, budget / months, months, place=place)


def _of(scenario: Scenario, strategies: Sequence[str], named: Named, budget: float) -> Lever:
    """A lever that was named."""
    key = named.key
    if key.startswith("strategies.") and key.count(".") == 1:
        name = key.removeprefix("strategies.")
        if name in strategies:
            return Lever(key, "switch", name, 1.0, 0.0, 1.0)
    number = _number(scenario, key)
    low, high = named.low, named.high
    strategy = number.path[1] if number.path[0] == "strategies" else None
    if isinstance(strategy, int) or (strategy is not None and strategy not in strategies):
        raise StudyError(f"{key}: found a number of a strategy that is not mixed, must be one of {', '.join(strategies)}")
    spends = number.path[-1] == SPEND
    if spends:
        record = scenario if strategy is None else scenario.strategies[strategy]
        names = list(campaign_names(record.campaigns))
        place = names.index(number.key.removesuffix(f".{SPEND}").rpartition("campaigns.")[2])
        found = _amount(scenario, number.key, strategy, record.campaigns[place], budget, place)
        low, high = 0.0 if low is None else low, found.high if high is None else high
        found = Lever(found.key, "amount", strategy, found.now, low, high, found.months, {strategy or "": found.now}, place)
    else:
        if low is None or high is None:
            raise StudyError(f"{key}: found no limits, must have low and high, between which it may be set")
        found = Lever(number.key, "number", strategy, middle(number.value), low, high)
    if not (low < high and all(math.isfinite(x) and number.limits.holds(x) for x in (low, high))):
        raise StudyError(f"{key}: found the limits {low:g} to {high:g}, must be low below high, each {number.limits.words()}")
    return found


def _number(scenario: Scenario, key: str) -> NumberAt:
    """The number of a dotted key. Raises StudyError with the nearest one."""
    known = numbers(scenario)
    try:
        return known[key] if key in known else known[place_of(scenario, key).key]
    except (ScenarioError, KeyError):
        allowed = "must be the dotted key of a number (`ladsim show SCENARIO --addresses` lists them), or strategies.NAME"
        raise StudyError(str(Problem("levers", repr(key), allowed, nearest(key, list(known))))) from None


def _mark(campaign: Campaign) -> str:
    """What makes two campaigns the same but for what is spent on them."""
    return repr(campaign.model_dump(exclude={SPEND, "label", "source", "name"}))


def _called(strategy: str, campaigns: Sequence[Campaign], place: int) -> str:
    """A name for a campaign that no other campaign of the mix has."""
    return f"{strategy}_{campaign_names(campaigns)[place]}"
