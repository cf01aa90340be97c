"""Twins: one customer's life under two strategies on the same luck, the first event at which the two lives part, and why.

In: a scenario, two strategies, a customer (or a wish: a rung somebody reaches, "referred", or nothing: whose lives differ most). Out:
`Twins`. Both lives are of the first future. A life parts where an event of it is another, or comes in one alone; bookings are none.

Why is asked of the market itself: each lever in which the two strategies differ (a campaign, a programme, a price, a shock, a policy, a
number that is set) is taken over from the one into the other, alone, on the same luck. Whatever makes that life another by the
time at which the two part, the parting hangs on (the counterfactual account of a cause; Lewis 1973). Where the event is somebody's word,
the sender's two lives are looked at in the same way, and so back to whoever was reached first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ladsim.engine.run import RunOptions, future
from ladsim.errors import LadsimError, Problem, StudyError, nearest
from ladsim.measures.lives import BOOKED, Parting, by_eventfulness, life, parting, who_fits
from ladsim.planning.run import label_of
from ladsim.scenario.draws import Draws
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.spec import Scenario, Strategy
from ladsim.scenario.strategies import BASE, with_strategy
from ladsim.world.build import World, build

LOOKED_AT = 5_000  # customers among whom a wish is looked for
REFERRED = "referred"  # a wish: somebody whom another one's word moved
MOST_LINKS = 8  # how far somebody's word is followed back
LISTS = ("campaigns", "programs", "prices", "shocks", "policies")  # levers of a strategy
_TRIED = "tried lever by lever"  # no strategy can be called so: names have no spaces


@dataclass(frozen=True)
class Lever:
    """Something in which two strategies differ."""

    kind: str  # one of ``LISTS``, or "set"
    name: str  # as the scenario calls it, of a number its dotted key
    here: Any  # in the first strategy; None where it has none
    there: Any  # in the second


@dataclass(frozen=True)
class Link:
    """One life of a chain: whose, where it parts, by whom it heard."""

    customer: int
    parting: Parting


@dataclass(frozen=True)
class Twins:
    """One customer under two strategies.

    ``table`` has both lives: life (the strategy's name), then the columns of ``history.events()``.
    """

    scenario: Scenario
    strategies: tuple[str | None, str | None]
    names: tuple[str, str]
    labels: tuple[str, str]
    customer: int
    seed: int
    sample: int | None
    lives: tuple[pd.DataFrame, pd.DataFrame]  # all events of the customer
    parting: Parting | None  # None: the same life, event by event
    money: Parting | None  # the first booking that differs, whatever the events
    chain: tuple[Link, ...]  # who was told by whom: the customer, then the sender, and so on
    levers: tuple[Lever, ...]  # all in which the strategies differ
    why: tuple[Lever, ...]  # those of them on which the parting hangs, each alone

    @property
    def table(self) -> pd.DataFrame:
        """Both lives, one behind the other."""
        parts = [
            one.assign(**{column: one[column].astype(str) for column in ("event", "from", "to", "cause")}) for one in self.lives
        ]
        for name, part in zip(self.names, parts, strict=True):
            part.insert(0, "life", name)
        return pd.concat(parts, ignore_index=True)

    @property
    def side_by_side(self) -> pd.DataFrame:
        """A row for every instant of either life: month, time, here, there (how many events), same (whether they are equal)."""
        here, there = (_by_time(life(events, self.customer)) for events in self.lives)
        rows = []
        for time in sorted({*here, *there}):
            ours, theirs = here.get(time, []), there.get(time, [])
            month = (ours or theirs)[0]["month"]
            rows.append([float(month), time, len(ours), len(theirs), parting(ours, theirs) is None])
        return pd.DataFrame(rows, columns=["month", "time", "here", "there", "same"])


def twins(
    scenario: Scenario,
    one: str | None,
    other: str | None,
    customer: int | str | None = None,
    *,
    seed: int = 1,
    sample: int | None = None,
) -> Twins:
    """One customer's life under two strategies (None: the scenario as it stands), on the same luck.

    `customer` is an id, the name of a rung (somebody who reaches it in one of the lives), "referred", or None; where it is no id, of
    those whose two lives differ the one whose life is fullest is taken, or, where nobody's differ, who fits. Raises StudyError where nobody
    fits or an id is none, ScenarioError for a strategy that is not there.

    >>> import ladsim
    >>> shop = ladsim.load("acquisition_vs_retention")
    >>> pair = ladsim.twins(shop, "acquisition_first", "retention_first", sample=500)
    >>> pair.parting is not None, 0.0 < pair.parting.month < 24.0
    (True, True)
    >>> ladsim.twins(shop, "retention_first", "retention_first", pair.customer, sample=500).parting
    """
    stage = _Stage(scenario, seed, sample)
    chosen = stage.find(one, other, customer)
    lives = stage.lives(one, other, [chosen])
    parts = parting(*(life(events, chosen) for events in lives))
    levers = tuple(differing(stage.strategy(one), stage.strategy(other)))
    chain = tuple(stage.chain(one, other, chosen, parts)) if parts is not None else ()
    names = tuple(name or BASE for name in (one, other))
    return Twins(
        scenario=scenario,
        strategies=(one, other),
        names=(names[0], names[1] if names[1] != names[0] else f"{names[1]} (2)"),
        labels=(label_of(scenario, _plain(scenario, one)), label_of(scenario, _plain(scenario, other))),
        customer=chosen,
        seed=seed,
        sample=sample,
        lives=lives,
        parting=parts,
        money=parting(*(life(events, chosen, booked=True) for events in lives)),
        chain=chain,
        levers=levers,
        why=tuple(stage.reasons(one, other, chosen, parts, lives, levers)) if parts is not None else (),
    )


def _plain(scenario: Scenario, name: str | None) -> str | None:
    return None if name == BASE and BASE not in scenario.strategies else name


@dataclass
class _Stage:
    """The first future of a market, which is played again and again."""

    scenario: Scenario
    seed: int
    sample: int | None

    def __post_init__(self) -> None:
        self._worlds: list[tuple[Any, World]] = []

    def strategy(self, name: str | None) -> Strategy:
        """The record of a strategy; an empty one for the scenario as it stands."""
        plain = _plain(self.scenario, name)
        return self.scenario.strategies[plain] if plain is not None else Strategy()

    def events(self, applied: Scenario, follow: int | list[int]) -> pd.DataFrame:
        """The events of some customers in the first future of a scenario under its strategy."""
        draws = Draws(applied, self.seed)
        world = self._world(draws.scenario_of(0))
        most = min(follow, world.size) if isinstance(follow, int) else follow
        options = RunOptions(None, self.seed, 0, follow=most, engine=applied.engine, customers=False)
        events: pd.DataFrame = future(draws.tables(0), world, options).events()
        return events

    def _world(self, plain: Scenario) -> World:
        """The world in which a resolved scenario lives, built once."""
        shape = (plain.market_size, plain.segments, plain.rungs, plain.start, plain.word_of_mouth)
        world = next((world for known, world in self._worlds if known == shape), None)
        if world is None:
            world = build(plain, sample=self.sample)
            self._worlds.append((shape, world))
        return world

    def lives(self, one: str | None, other: str | None, follow: int | list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The events of some customers under both strategies."""
        here, there = (self.events(with_strategy(self.scenario, _plain(self.scenario, name)), follow) for name in (one, other))
        return here, there

    def find(self, one: str | None, other: str | None, customer: int | str | None) -> int:
        """The id of the customer that is meant. Raises StudyError where there is none."""
        if isinstance(customer, int):
            ids = self._world(Draws(with_strategy(self.scenario, _plain(self.scenario, one)), self.seed).scenario_of(0)).ids
            if customer < 0 or not (ids == customer).any():
                allowed = f"must be the id of a customer of this market, {int(ids[0])} to {int(ids[-1])}"
                raise StudyError(f"customer: found {customer}, {allowed}")
            return customer
        names = [rung.name for rung in self.scenario.rungs]
        if customer is not None and customer not in (*names, REFERRED):
            allowed = f"must be the id of a customer, or whom to look for: {', '.join([*names, REFERRED])}"
            raise StudyError(str(Problem("customer", repr(customer), allowed, nearest(customer, [*names, REFERRED]))))
        pair = self.lives(one, other, LOOKED_AT)
        fit = [set(map(int, events["customer"].dropna())) for events in pair]
        if customer is not None:
            fit = [who_fits(events, None if customer == REFERRED and customer not in names else customer) for events in pair]
        either = fit[0] | fit[1]
        if not either:
            raise StudyError(
                f"customer: found nobody among {pair[0]['customer'].nunique():,} customers of the first future for {customer!r}; "
                "try another seed, or more months"
            )
        apart = either & _who_part(*pair)
        by_fullness = [name for events in pair for name in by_eventfulness(events[events["customer"].isin(apart or either)])]
        return by_fullness[0]

    def chain(self, one: str | None, other: str | None, customer: int, parts: Parting) -> Iterator[Link]:
        """The customer, and back from there whose word it was, as long as it was somebody's word that parted two lives."""
        seen, at = {customer}, Link(customer, parts)
        yield at
        while len(seen) < MOST_LINKS:
            row = at.parting.here or at.parting.there or {}
            sender = row.get("other")
            if sender is None or row["event"] == "send" or int(sender) in seen:
                return
            pair = self.lives(one, other, [int(sender)])
            before = parting(*(life(events, int(sender)) for events in pair))
            if before is None or before.time > at.parting.time:
                return  # its word was the same in both: it was heard in another way
            seen.add(int(sender))
            at = Link(int(sender), before)
            yield at

    def reasons(
        self,
        one: str | None,
        other: str | None,
        customer: int,
        parts: Parting,
        lives: tuple[pd.DataFrame, pd.DataFrame],
        levers: tuple[Lever, ...],
    ) -> Iterator[Lever]:
        """The levers on which the parting hangs: taken over alone, each makes one of the lives another by then."""
        sides = (
            (self.strategy(one), life(lives[0], customer), lambda lever: (lever.here, lever.there)),
            (self.strategy(other), life(lives[1], customer), lambda lever: (lever.there, lever.here)),
        )
        for lever in levers:
            for strategy, own, values in sides:
                try:
                    changed = self._with(taken_over(strategy, lever.kind, lever.name, values(lever)[1]))
                    anew = life(self.events(changed, [customer]), customer)
                except LadsimError:
                    continue  # it cannot stand alone, as points by a campaign without their programme
                moved = parting(own, anew)
                if moved is not None and moved.time <= parts.time:
                    yield lever
                    break

    def _with(self, strategy: Strategy) -> Scenario:
        held = {**self.scenario.strategies, _TRIED: strategy}
        return with_strategy(self.scenario.model_copy(update={"strategies": held}), _TRIED)


def differing(here: Strategy, there: Strategy) -> list[Lever]:
    """Everything in which two strategies differ, lever by lever.

    >>> [lever.name for lever in differing(Strategy(set={"basket.mean": 20}), Strategy())]
    ['basket.mean']
    """
    found = []
    for kind in LISTS:
        ours, theirs = (named(getattr(one, kind), kind) for one in (here, there))
        names = dict.fromkeys([*ours, *theirs])
        found += [Lever(kind, name, ours.get(name), theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)]
    keys = dict.fromkeys([*here.set, *there.set])
    return found + [Lever("set", k, here.set.get(k), there.set.get(k)) for k in keys if here.set.get(k) != there.set.get(k)]


def named(items: tuple[Any, ...], kind: str) -> dict[str, Any]:
    """Levers of one kind by a name of their own."""
    if kind != "policies":
        return dict(zip(item_names(kind, items), items, strict=True))
    return {f"{item.function} ({place + 1})": item for place, item in enumerate(items)}


def taken_over(strategy: Strategy, kind: str, name: str, value: Any) -> Strategy:
    """A strategy with one lever as another one has it; None: it has none."""
    if kind == "set":
        rest = {key: own for key, own in strategy.set.items() if key != name}
        return strategy.model_copy(update={"set": rest if value is None else {**rest, name: value}})
    own = named(getattr(strategy, kind), kind)
    own = {key: item for key, item in {**own, name: value}.items() if item is not None}
    return strategy.model_copy(update={kind: tuple(own.values())})


def _who_part(here: pd.DataFrame, there: pd.DataFrame) -> set[int]:
    """Customers with an event that only one of two logs has."""
    columns = ["customer", "time", "event", "from", "to", "cause", "other", "amount"]
    both = [
        events.loc[events["customer"].notna() & ~events["event"].isin(BOOKED), columns].astype(
            dict.fromkeys(("event", "from", "to", "cause"), str)
        )
        for events in (here, there)
    ]
    merged = both[0].merge(both[1], on=columns, how="outer", indicator=True)
    return {int(customer) for customer in merged.loc[merged["_merge"] != "both", "customer"]}


def _by_time(rows: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(int(row["time"]), []).append(row)
    return found
