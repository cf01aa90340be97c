"""Tiers: levels by what a member has spent, or how often it has ordered, in the trailing 12 months.

Joining gives the lowest level. After each order the member has the highest level whose threshold its trailing 12 months reach, at
once: when all programmes have dealt with that order, which earns points at the level before it, or, with `at_new_level`, at the new one.
Every 12 months after joining it is given the level that they reach then, which may be a lower one. What the other programmes do with a
level won or lost, they do in their hook `on_level`. Benefits are factors of the level, and it costs so much a month.

**Goal gradient.** Orders come faster towards the next level: their rate is multiplied by 1 + κ·v·progress^γ (``gradient``; Kivetz,
Urminsky & Zheng 2006; of levels, Drèze & Nunes 2011), κ `goal_gradient`, γ `goal_gradient_power`, progress what the trailing 12 months
hold of what the next level asks, in whole orders or amount units. v is what a month at that level is worth to members over what it costs,
`perceived_value` / `cost_per_member` of the level; 1 where no value is given. Nothing pulls at the highest level. What leaves the window
with a month pulls no longer, from the end of that month on.

**Statements.** Every `statement_every_months` after joining a member below the highest level who has ordered in the window is told how
far it is: a contact, which costs `statement_cost`. Where statements are set, the pull acts for a month after each (an assumption), else
always. The review, statements and the pull share the member's date.

Months count from joining, so that a review looks back on exactly 12 months; between reviews the window is the running month of
membership and the eleven before. Spend is what was paid after discounts, VAT in, as the customer
sees it; it is summed and compared in whole amount units, so that two orders of 64.90 reach 129.80. Lost levels without orders, and no
grace beside the review, are an assumption: programmes of the trade differ (Drèze & Nunes 2009; Eggert, Steinhoff & Garnefeld 2015).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.number_types import Amount, Every, Positive, Rate
from ladsim.scenario.programs import gradient
from ladsim.scenario.programs.record import Level, Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np
from ladsim.scenario.programs.within_reach import YEAR, most_orders, most_spend, unsent
from ladsim.scenario.references import repeated

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

MOST_LEVELS = 20
_PLACES = range(1, MOST_LEVELS + 1)
NUMBERS = (
    "level_count", "by_orders", *(f"threshold_{n}" for n in _PLACES), *(f"pull_{n}" for n in _PLACES), "goal_gradient_power",
    "statement_every_months", "statement_cost",
)  # fmt: skip
COUNT, BY_ORDERS, FIRST_THRESHOLD = range(3)
FIRST_PULL = FIRST_THRESHOLD + MOST_LEVELS
POWER, STATEMENTS, STATEMENT_COST = range(FIRST_PULL + MOST_LEVELS, FIRST_PULL + MOST_LEVELS + 3)
WINDOW = 12  # months of membership, a number remembered for each, by turns
NOISE = 1e-9  # of a threshold in orders: 0.1 + 0.2, ten times, is 3 orders and not 4
# Beside these: the month up to which they are right, and until when a statement lets the next level pull.
LAST, REMINDED = WINDOW, WINDOW + 1
REMINDED_MONTHS = 1  # assumption


class Tiers(Program):
    """Levels by spend or by orders in the trailing 12 months."""

    is_alone: ClassVar[bool] = True
    moving: ClassVar[frozenset[str]] = frozenset({"goal_gradient"})

    kind: Literal["tiers"]
    at_new_level: bool = Field(
        False, description="the order that lifts a member earns its points at the new level; else what follows it does"
    )
    levels: Annotated[tuple[Level, ...], Field(max_length=MOST_LEVELS)] = Field((), description="the levels, lowest first")
    goal_gradient: Rate = Field(0.0, description="κ of the order rate × (1 + κ·v·progress^γ), progress towards the next level")
    goal_gradient_power: Positive = Field(1.0, description="γ")
    statement_every_months: Every | None = Field(
        None, description="members are told how far the next level is; `goal_gradient` then acts for a month after each"
    )
    statement_cost: Amount = Field(0.0, description="of a statement")

    @property
    def levels_of_members(self) -> tuple[Level, ...]:
        return self.levels or super().levels_of_members

    @property
    def earns_at_new_level(self) -> bool:
        return self.at_new_level

    @property
    def highest_pull(self) -> float:
        pulls = [gradient.highest(self.goal_gradient, level.perceived_value, level.cost_per_member) for level in self.levels[1:]]
        return max([1.0, *pulls])

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """What the levels ask, and of what; how hard each pulls, κ·v."""
        missing = [0.0] * (MOST_LEVELS - len(self.levels))
        asked = [*map(_asked_of, self.levels), *missing]
        pulls = [*(float(self.goal_gradient) * _worth(level) for level in self.levels), *missing]
        by_orders = any(level.orders is not None for level in self.levels)
        numbers = {f"threshold_{n}": float(value) for n, value in enumerate(asked, 1)}
        numbers |= {f"pull_{n}": value for n, value in enumerate(pulls, 1)}
        return super().numbers(scenario) | {"level_count": float(len(self.levels)), "by_orders": float(by_orders), **numbers}

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Levels that ask for nothing, for two things, or for no more than the level below."""
        if not self.levels:
            yield Problem(f"{place}.levels", "nothing", "must be given: at least one level, the lowest first")
        yield from repeated(f"{place}.levels", [level.name for level in self.levels])
        kinds = set()
        below: tuple[Level, Any] | None = None
        yield from self._without_cost(place)
        for name, level in zip(item_names("levels", self.levels), self.levels, strict=True):
            here = f"{place}.levels.{name}"
            if (level.spend is None) == (level.orders is None):
                found = "neither spend nor orders" if level.spend is None else "spend and orders"
                yield Problem(here, found, "must give exactly one of spend or orders")
                continue
            key, asked = "spend" if level.spend is not None else "orders", _asked_of(level)
            kinds.add(key)
            if below is not None and ends(asked)[0] <= ends(below[1])[1]:
                words = f"must be above that of the level below ({below[0].name}: {ends(below[1])[1]:g}): the levels overlap"
                yield Problem(f"{here}.{key}", f"{ends(asked)[0]:g}", words)
            below = level, asked
        if len(kinds) > 1:
            yield Problem(f"{place}.levels", "levels by spend and levels by orders", "must all ask for the same of the two")

    def _without_cost(self, place: str) -> Iterator[Problem]:
        """Levels with a value, and no cost to compare it with."""
        for name, level in zip(item_names("levels", self.levels), self.levels, strict=True):
            if level.perceived_value is not None and ends(level.cost_per_member)[0] <= 0.0:
                words = "must be above 0 where perceived_value is given: the pressure follows their ratio"
                yield Problem(f"{place}.levels.{name}.cost_per_member", f"{ends(level.cost_per_member)[0]:g}", words)

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """A lowest level that asks for something, nothing to climb to, levels that nobody reaches."""
        lowest = self.levels[0]
        if not never(_asked_of(lowest)):
            words = "who joins has the lowest level at once, whatever it asks"
            found = f"a lowest level that asks {ends(_asked_of(lowest))[1]:g}"
            yield Problem(f"{place}.levels.{lowest.name}", found, words)
        if len(self.levels) == 1:
            yield Problem(f"{place}.levels", "one level", "there is nothing to climb to")
        yield from self._idle(place)
        orders = most_orders(scenario, min(YEAR, scenario.months))
        for name, level in zip(item_names("levels", self.levels), self.levels, strict=True):
            key, most = ("orders", orders) if level.orders is not None else ("spend", orders * most_spend(scenario))
            if ends(_asked_of(level))[0] > most:
                allowed = f"hardly anybody ever reaches it: even a very active customer has fewer than {most:,.4g} in 12 months"
                yield Problem(f"{place}.levels.{name}.{key}", f"{ends(_asked_of(level))[0]:g}", allowed)

    def _idle(self, place: str) -> Iterator[Problem]:
        """Statements that are not sent, or change nothing; values that change nothing."""
        yield from unsent(place, self.statement_every_months, self.statement_cost)
        if self.statement_every_months is not None and never(self.goal_gradient):
            words = "members are told, which may cost money, and do nothing because of it"
            yield Problem(f"{place}.statement_every_months", "statements without goal_gradient", words)
        for n, (name, level) in enumerate(zip(item_names("levels", self.levels), self.levels, strict=True)):
            if level.perceived_value is not None and (n == 0 or never(self.goal_gradient)):
                found = "a value without goal_gradient" if n else "a value of the lowest level, which everybody has on joining"
                yield Problem(f"{place}.levels.{name}.perceived_value", found, "it changes nothing")


def _asked_of(level: Level) -> Any:
    """The spend or the orders that a level asks for; 0 where it names neither."""
    return level.spend if level.spend is not None else level.orders if level.orders is not None else 0.0


def _worth(level: Level) -> float:
    """What a month at a level is worth to members over what it costs; 1 where no value is given."""
    return 1.0 if level.perceived_value is None else float(level.perceived_value) / float(level.cost_per_member)


def memory(_: Mapping[str, float]) -> int:
    """Whole numbers remembered of each customer: 12 months, the last of them, the end of a reminder."""
    return REMINDED + 1


@rule
def roll(m, row, place, month):  # type: ignore[no-untyped-def]
    """Empty the months that have come since the last one."""
    last = access.memory(m, row, place, LAST)
    for new in range(max(last + 1, month - WINDOW + 1), month + 1):
        access.set_memory(m, row, place, new % WINDOW, 0)
    access.set_memory(m, row, place, LAST, max(month, last))


@rule
def asked(m, place, level):  # type: ignore[no-untyped-def]
    """What a level (the lowest is 1) asks for, in whole orders or in amount units."""
    threshold = access.number(m, place, FIRST_THRESHOLD + level - 1)
    by_orders = access.number(m, place, BY_ORDERS) > 0.0
    return np.int64(math.ceil(threshold - NOISE)) if by_orders else money.units(m, threshold)


@rule
def earned(m, row, place):  # type: ignore[no-untyped-def]
    """The level that the months remembered reach, at least the lowest."""
    total = np.int64(0)
    for month in range(WINDOW):
        total += access.memory(m, row, place, month)
    level = np.int64(1)
    for above in range(2, np.int64(access.number(m, place, COUNT)) + 1):
        if total >= asked(m, place, above):
            level = np.int64(above)
    return level


@rule
def month_after(m, row, place, t):  # type: ignore[no-untyped-def]
    """The month of membership that holds the instant after `t`: at the end of a month the next one."""
    return money.month_of(t + 1 - access.member(m, row, place).since)


@rule
def progress(m, row, place, t):  # type: ignore[no-untyped-def]
    """What the trailing 12 months hold from `t` on."""
    total = np.int64(0)
    for month in range(month_after(m, row, place, t) - WINDOW + 1, access.memory(m, row, place, LAST) + 1):
        total += access.memory(m, row, place, month % WINDOW)
    return total


@rule
def next_loss(m, row, place, t):  # type: ignore[no-untyped-def]
    """When the trailing 12 months next lose something that they hold: at the end of a month of membership."""
    for month in range(month_after(m, row, place, t) - WINDOW + 1, access.memory(m, row, place, LAST) + 1):
        if access.memory(m, row, place, month % WINDOW) > 0:
            return access.member(m, row, place).since + np.int64(month + WINDOW - 1) * layout.MONTH
    return np.int64(layout.NEVER)


@rule
def pull(m, row, place, t, level):  # type: ignore[no-untyped-def]
    """What progress towards the level above `level` makes of the rate of orders from `t` on."""
    own = access.member(m, row, place)
    own.orders = 1.0
    if level >= np.int64(access.number(m, place, COUNT)):
        return
    pressure = access.number(m, place, FIRST_PULL + level)
    is_silent = access.number(m, place, STATEMENTS) > 0.0 and access.memory(m, row, place, REMINDED) <= t
    if pressure > 0.0 and not is_silent:
        held = progress(m, row, place, t)
        if held > 0:
            goal = max(asked(m, place, level + 1), np.int64(1))
            own.orders = gradient.pulled(pressure, access.number(m, place, POWER), held, goal)


@rule
def set_date(m, row, place, t, first):  # type: ignore[no-untyped-def]
    """The next date after `t`: a review or statement, not before `first`; the end of a reminder; what the window loses, where it pulls."""
    own = access.member(m, row, place)
    date = membership.next_of_every(own.since, np.float64(WINDOW), first)
    every = access.number(m, place, STATEMENTS)
    if every > 0.0:
        date = min(date, membership.next_of_every(own.since, every, first))
    if own.orders > 1.0:
        date = min(date, next_loss(m, row, place, t))
        if every > 0.0:
            date = min(date, access.memory(m, row, place, REMINDED))
    own.due = date


@rule
def state(m, row, place, t):  # type: ignore[no-untyped-def]
    """Tell a member that has come some way towards a higher level how far it is."""
    level = np.int64(access.member(m, row, place).level)
    if level < np.int64(access.number(m, place, COUNT)) and progress(m, row, place, t) > 0:
        membership.contact(m, row, place, t, access.number(m, place, STATEMENT_COST))
        access.set_memory(m, row, place, REMINDED, t + REMINDED_MONTHS * layout.MONTH)


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Nothing spent yet, nothing told; the first review a year from now."""
    m = access.market(address)
    for word in range(REMINDED + 1):
        access.set_memory(m, row, place, word, 0)
    access.member(m, row, place).orders = 1.0
    set_date(m, row, place, t, t + 1)
    return 0.0


@hook
def level_after(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """An order counts, and may lift a member to a higher level at once; from then on the level above that pulls."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    month = max(money.month_of(t - own.since), np.int64(1))
    roll(m, row, place, month)
    new = money.seen(m, paid) if access.number(m, place, BY_ORDERS) == 0.0 else np.int64(1)
    access.set_memory(m, row, place, month % WINDOW, access.memory(m, row, place, month % WINDOW) + new)
    level = max(earned(m, row, place), np.int64(own.level))
    pull(m, row, place, t, level)
    set_date(m, row, place, t, max(np.int64(own.due), t))
    return np.float64(level)


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The yearly review: the level that the last 12 months reach; then a statement; what is then held pulls."""
    m = access.market(address)
    own = access.member(m, row, place)
    since = t - own.since
    if since % membership.span(np.float64(WINDOW)) == 0:
        roll(m, row, place, money.month_of(since))
        membership.set_level(m, row, place, t, earned(m, row, place))
    every = access.number(m, place, STATEMENTS)
    if every > 0.0 and since % membership.span(every) == 0:
        state(m, row, place, t)
    pull(m, row, place, t, np.int64(own.level))
    set_date(m, row, place, t, t + 1)
    return 0.0


@hook
def on_terms(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Other terms: statements to come, and the pull, go by them; the level stays until the next order or review."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level > 0:
        pull(m, row, place, t, np.int64(own.level))
        set_date(m, row, place, t, t)
    return 0.0
