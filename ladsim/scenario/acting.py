"""Which numbers of a scenario do anything in what is played.

In: a file and the scenarios that its strategies make of it. Out: the numbers that can change a result; the others may be what they
like, so nobody need believe them: the effect of a channel that no campaign uses, a step from a rung that nobody reaches, messages that
nobody hears, satisfaction where there is none, what a strategy that is not played would do, a number that every strategy sets anew.

A number is left out only where the file itself shows that it cannot act; in doubt it stays. With a policy all levers stay, because a
policy may pull any. To add a rule: a line in `_IDLE`, by the table in which the number stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ladsim.scenario.address import Index, NumberAt, Path, numbers, place_of
from ladsim.scenario.brought import usual_effects
from ladsim.scenario.consent import needs_consent
from ladsim.scenario.distributions import ends, middle
from ladsim.scenario.spec import Campaign, Channel, Effect, Layer, Response, Scenario, Step, Tactic

_DATED = ("wrong_rung_share", "monthly_spend")  # read of campaigns between two months only
_OF_ORDERS = ("basket", "price", "points")  # what acts where there are orders of any kind
_ADDED = ("campaigns", "shocks", "policies", "programs", "prices")  # what a strategy puts behind the scenario's own


def acting(source: Scenario, played: Mapping[str | None, Scenario], target_groups: bool = False) -> dict[str, NumberAt]:
    """The numbers of a file that act in at least one of the scenarios played (by strategy, None: under none), by dotted key.

    `played` are the file's scenarios ``with_strategy``; `target_groups`: what only ``potential`` reads counts, too.
    """
    paths = {strategy: acting_paths(applied, target_groups) for strategy, applied in played.items()}
    anew = {strategy: _set_anew(source, strategy) for strategy in played}
    set_at = {strategy: _set_at(source, strategy, applied) for strategy, applied in played.items()}
    return {
        key: number
        for key, number in numbers(source).items()
        if any(
            _plays(source, number, strategy, played[strategy], paths[strategy], anew[strategy], set_at[strategy])
            for strategy in played
        )
    }


def acting_keys(applied: Scenario) -> set[str]:
    """The dotted keys of the numbers that act in a scenario under its strategy."""
    paths = acting_paths(applied)
    return {key for key, number in numbers(applied).items() if number.path in paths}


def acting_paths(applied: Scenario, target_groups: bool = False) -> set[Path]:
    """The same as paths into the scenario."""
    market = _Market(applied, target_groups)
    return {number.path for number in numbers(applied).values() if not _is_idle(market, number.path)}


def _set_anew(source: Scenario, strategy: str | None) -> set[str]:
    """The keys of numbers whose place a strategy's own take."""
    return {place.key for place in _places_set(source, strategy, source).values()}


def _set_at(source: Scenario, strategy: str | None, applied: Scenario) -> dict[str, Path]:
    """Where the numbers that a strategy sets stand under it, by the keys that set them."""
    return {key: place.path for key, place in _places_set(source, strategy, applied).items()}


def _places_set(source: Scenario, strategy: str | None, scenario: Scenario) -> dict[str, Any]:
    """The places in a scenario of what a strategy of the file sets."""
    keys = source.strategies[strategy].set if strategy in source.strategies else {}
    index = Index(scenario) if keys else None
    return {key: place_of(scenario, key, index=index) for key in keys}


def _plays(
    source: Scenario,
    number: NumberAt,
    strategy: str | None,
    applied: Scenario,
    paths: set[Path],
    anew: set[str],
    set_at: Mapping[str, Path],
) -> bool:
    """Whether a number of the file acts under one strategy."""
    first, *rest = number.path
    if first != "strategies":
        return number.path in paths and number.key not in anew
    if rest[0] != strategy:
        return False
    _, table, *way = rest
    if table == "set":
        return set_at[way[0]] in paths
    if table not in _ADDED:
        return True
    own = getattr(source.strategies[rest[0]], table)
    return (table, len(getattr(applied, table)) - len(own) + way[0], *way[1:]) in paths


def _may_be(value: Any) -> bool:
    """Whether a number can be anything but 0; the two of a `beta` are never 0."""
    return value is not None and (isinstance(value, tuple) or ends(value) != (0.0, 0.0))


@dataclass(frozen=True)
class _Market:
    """What is there and what is used in a scenario under its strategy."""

    scenario: Scenario
    target_groups: bool

    @cached_property
    def reached(self) -> set[str]:
        """Rungs that somebody can come to."""
        found = {rung.name for rung in self.scenario.rungs if _may_be(rung.share)} | set(self.scenario.start.nodes)
        found |= {one.to for one in self.scenario.arrivals if one.from_month < self.scenario.months}
        if self.scenario.policies:
            return {rung.name for rung in self.scenario.rungs}
        while more := {step.to for step in self.scenario.steps if step.from_ in found} - found:
            found |= more
        return found

    @cached_property
    def campaigns(self) -> list[Campaign]:
        """Campaigns that begin before the horizon."""
        return [one for one in self.scenario.campaigns if one.from_month < self.scenario.months]

    @cached_property
    def levers(self) -> set[str]:
        """Channels and tactics that some campaign uses; all, where a policy may pull them."""
        if self.scenario.policies:
            return {one.name for one in (*self.scenario.channels, *self.scenario.tactics)}
        return {name for one in self.campaigns for name in (one.channel, one.tactic) if name}

    @cached_property
    def answering(self) -> set[str]:
        """Channels and tactics whose response to money is asked: the channel of a dated campaign, else its tactic."""
        if self.scenario.policies:
            return self.levers
        return {one.channel or one.tactic or "" for one in self.campaigns if one.after is None}

    @cached_property
    def is_heard(self) -> bool:
        """Whether messages can change anything: somebody sends them, and a step answers them."""
        return any(step.trigger == "message" and step.from_ in self.reached for step in self.scenario.steps) and any(
            self.sends(layer) for layer in self.scenario.word_of_mouth
        )

    def sends(self, layer: Layer) -> bool:
        """Whether anybody says anything in a layer."""
        rungs = [rung for rung in self.scenario.rungs if rung.name in self.reached]
        own = layer.messages_per_month
        rates = [rung.messages_per_month if own is None else own.get(rung.name, 0.0) for rung in rungs]
        return layer.graph.kind != "none" and (any(rung.announces for rung in rungs) or any(map(_may_be, rates)))

    def touches(self, effect: Effect) -> bool:
        """Whether what an effect moves is there."""
        there = {
            "messages": self.is_heard,
            "satisfaction": self.scenario.satisfaction is not None,
            "effort": self.scenario.satisfaction is not None,
            "engagement": self.scenario.engagement is not None,
            "points": self.has_points,
        }
        if effect.on.startswith("steps."):
            return any(self.happens(step) for step in self.steps_of(effect.on.removeprefix("steps.")))
        return there.get(effect.on, True)

    def moved_by(self, effect: Effect) -> set[str]:
        """Rungs that somebody comes to and where an effect moves something."""
        if not self.touches(effect):
            return set()
        sizes = effect.per_rung
        rungs = self.reached if sizes is None else {name for name, size in sizes.items() if _may_be(size)} & self.reached
        if sizes is None and not _may_be(effect.full):
            return set()
        if effect.on.startswith("steps."):
            return rungs & {step.from_ for step in self.steps_of(effect.on.removeprefix("steps.")) if self.fires(step)}
        if effect.on in ("climbing", "leaving"):
            return rungs & {step.from_ for step in self.scenario.steps if self._is(effect.on, step) and self.fires(step)}
        there = {"orders": self.orders_by_itself, "messages": self.speaks} | dict.fromkeys(_OF_ORDERS, self.may_order)
        return {name for name in rungs if effect.on not in there or there[effect.on](name)}

    def fires(self, step: Step) -> bool:
        """Whether a step is ever taken: it can be, and its chance is not 0, which no effect makes larger."""
        return self.happens(step) and any(
            map(_may_be, (step.monthly, step.rate, step.cumulative_share, step.probability, step.beta))
        )

    def onward(self, rungs: set[str]) -> set[str]:
        """Those rungs, and all that lie ahead of who stands there."""
        found = set(rungs)
        while more := {step.to for step in self.scenario.steps if step.from_ in found and self.fires(step)} - found:
            found |= more
        return found

    def orders_by_itself(self, name: str) -> bool:
        """Whether people order on a rung again and again, which is what an effect on `orders` moves."""
        return any(rung.name == name and _may_be(rung.orders_per_month) for rung in self.scenario.rungs)

    def speaks(self, name: str) -> bool:
        """Whether anybody on a rung says anything."""
        rung = next(one for one in self.scenario.rungs if one.name == name)
        layers = [layer.messages_per_month for layer in self.scenario.word_of_mouth]
        return rung.announces or any(_may_be(rung.messages_per_month if own is None else own.get(name, 0.0)) for own in layers)

    def _is(self, on: str, step: Step) -> bool:
        """Whether a step leads the way that an effect on `climbing` or `leaving` means."""
        ladder = [rung.name for rung in self.scenario.rungs if not rung.off_ladder]
        rank = {name: place for place, name in enumerate(ladder)}
        up = rank.get(step.to, -1) - rank.get(step.from_, -1)
        return up > 0 if on == "climbing" else up < 0

    def may_order(self, name: str) -> bool:
        """Whether people order on a rung, or by a step from it."""
        rung = next(one for one in self.scenario.rungs if one.name == name)
        return _may_be(rung.orders_per_month) or any(
            step.is_order and name in (step.from_, step.to) for step in self.scenario.steps
        )

    def steps_of(self, name: str) -> Iterator[Step]:
        """The steps that FROM.TO, or FROM.TO.TRIGGER, means."""
        for step in self.scenario.steps:
            if name in (f"{step.from_}.{step.to}", f"{step.from_}.{step.to}.{step.trigger}"):
                yield step

    def happens(self, step: Step) -> bool:
        """Whether a step can be taken at all."""
        if step.from_ not in self.reached:
            return False
        if step.trigger == "message":
            return self.is_heard and (not step.negative or self.scenario.satisfaction is not None)
        if step.trigger == "order":
            rung = next((one for one in self.scenario.rungs if one.name == step.from_), None)
            return rung is None or _may_be(rung.orders_per_month)
        return True

    @cached_property
    def has_points(self) -> bool:
        """Whether anything gives points."""
        return any(one.gives_points for one in self.scenario.programs)

    @cached_property
    def has_contacts(self) -> bool:
        """Whether campaigns contact people so that they may tire."""
        return bool(self.scenario.policies) or any(_may_be(one.contacts_per_month) for one in self.campaigns)

    @cached_property
    def asks_consent(self) -> bool:
        """Whether some campaign reaches only those who consent."""
        channels = {one.name: one for one in self.scenario.channels}
        tactics = {one.name: one for one in self.scenario.tactics}
        return bool(self.scenario.policies) or any(needs_consent(one, channels, tactics) for one in self.campaigns)


@dataclass(frozen=True)
class Means:
    """A campaign in the market in which it runs: what it moves, and whom it reaches."""

    market: _Market
    campaign: Campaign
    channel: Channel | None
    tactic: Tactic | None

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Those of the channel, then those of the tactic."""
        return tuple(effect for one in (self.channel, self.tactic) if one is not None for effect in self._of(one))

    def _of(self, lever: Channel | Tactic) -> tuple[Effect, ...]:
        """A lever's effects; one that says what it does today and names none does all that leads there."""
        return lever.effects if lever.effects or lever.today is None else usual_effects(self.market.scenario, lever.today)

    @property
    def response(self) -> Response | None:
        """What its money answers to: the channel's curve, else the tactic's."""
        by = self.channel or self.tactic
        return by.response if by is not None else None

    @property
    def carry_over(self) -> Any:
        """Share of the pressure that stays a month later."""
        by = self.channel or self.tactic
        return by.carry_over if by is not None else 0.0

    @property
    def asks_consent(self) -> bool:
        """Whether it may only reach those who consent."""
        channels = {self.channel.name: self.channel} if self.channel is not None else {}
        return needs_consent(self.campaign, channels, {self.tactic.name: self.tactic} if self.tactic is not None else {})

    @property
    def could_move(self) -> list[str]:
        """Rungs that somebody comes to and where one of its effects moves something, in the file's order."""
        rungs = {name for effect in self.effects for name in self.market.moved_by(effect)}
        return [rung.name for rung in self.market.scenario.rungs if rung.name in rungs]

    @property
    def acting(self) -> bool:
        """Whether one of its effects can move somebody whom it reaches."""
        to, moved = self.campaign.to, self.could_move
        # Who is taken for somebody on another rung may be anywhere.
        return bool(moved) and (to is None or _may_be(self.campaign.wrong_rung_share) or bool(set(to) & set(moved)))

    @property
    def heads(self) -> float:
        """About how many people it reaches at the start, by the middle of what is uncertain."""
        scenario = self.market.scenario
        rungs = self.campaign.to if self.campaign.to is not None else self.could_move
        share = sum(middle(rung.share) for rung in scenario.rungs if rung.name in rungs)
        meant = [s for s in scenario.segments if self.campaign.segments is None or s.name in self.campaign.segments]
        share *= sum(middle(segment.share) for segment in meant) if scenario.segments else 1.0
        consent = scenario.contacts.consent_share
        share *= middle(consent) if consent is not None and self.asks_consent else 1.0
        return share * scenario.market_size * (1.0 - middle(self.campaign.control_group_share))


def means_of(applied: Scenario, campaign: Campaign) -> Means:
    """A campaign of a scenario under its strategy, with the channel and the tactic that it names."""
    channel = next((one for one in applied.channels if one.name == campaign.channel), None)
    tactic = next((one for one in applied.tactics if one.name == campaign.tactic), None)
    return Means(_Market(applied, False), campaign, channel, tactic)


def _is_idle(market: _Market, path: Path) -> bool:
    rule = _IDLE.get(path[0])
    return rule is not None and rule(market, path[1:])


def _idle_rung(market: _Market, path: Path) -> bool:
    rung = market.scenario.rungs[path[0]]
    if path[1] == "share":
        return False
    if path[1] == "messages_per_month":
        own = any(layer.messages_per_month is None and layer.graph.kind != "none" for layer in market.scenario.word_of_mouth)
        return rung.name not in market.reached or not market.is_heard or not own
    felt = path[1] in ("quality", "effort", "recommendation") and market.scenario.satisfaction is None
    return felt or rung.name not in market.reached


def _idle_step(market: _Market, path: Path) -> bool:
    step = market.scenario.steps[path[0]]
    return not market.happens(step) or (path[1] == "satisfaction_effect" and market.scenario.satisfaction is None)


def _idle_lever(market: _Market, lever: Channel | Tactic, path: Path) -> bool:
    if lever.name not in market.levers:
        return True
    if path[0] == "today":  # it sizes the effects, too, which act after events without a curve
        return False
    if path[0] != "effects":
        return lever.name not in market.answering
    return _idle_effect(market, lever.effects, path[1:]) or _out_of_reach(market, lever.name, path[2:])


def _idle_effect(market: _Market, effects: tuple[Effect, ...], path: Path) -> bool:
    """An effect on what is not there, or on a rung that nobody reaches."""
    return not market.touches(effects[path[0]]) or (path[1] == "per_rung" and len(path) > 2 and path[2] not in market.reached)


def _out_of_reach(market: _Market, lever: str, path: Path) -> bool:
    """An effect on a rung that no campaign with this lever is for."""
    if path[0] != "per_rung" or len(path) < 2 or market.scenario.policies:
        return False
    uses = [one for one in market.campaigns if lever in (one.channel, one.tactic)]
    # Who is taken for somebody on another rung, or was there when the effect began, may be anywhere.
    return all(one.to is not None and path[1] not in one.to and one.wrong_rung_share == 0.0 and one.after is None for one in uses)


def _idle_layer(market: _Market, path: Path) -> bool:
    layer = market.scenario.word_of_mouth[path[0]]
    if not market.is_heard or not market.sends(layer):
        return True
    if path[1] == "detractor_factor":
        return market.scenario.satisfaction is None
    return path[1] == "messages_per_month" and path[2] not in market.reached


def _idle_campaign(market: _Market, path: Path) -> bool:
    campaign = market.scenario.campaigns[path[0]]
    if path[1] in (_DATED if campaign.after is not None else ("running_cost_per_month",)):
        return True
    return campaign.from_month >= market.scenario.months or (path[1] == "points_factor" and not market.has_points)


def _idle_shock(market: _Market, path: Path) -> bool:
    shock = market.scenario.shocks[path[0]]
    if shock.from_month >= market.scenario.months:
        return True
    return path[1] == "effects" and _idle_effect(market, shock.effects, path[2:])


def _idle_price(market: _Market, path: Path) -> bool:
    price = market.scenario.prices[path[0]]
    felt = path[1] in ("quality_loss", "quality_loss_months")
    if price.from_month >= market.scenario.months or (felt and market.scenario.satisfaction is None):
        return True
    if path[1] == "elasticity":
        return price.per_rung is not None
    return (path[1] == "per_rung" and path[2] not in market.reached) or (
        path[1] == "quality_loss_months" and not _may_be(price.quality_loss)
    )


def _idle_program(market: _Market, path: Path) -> bool:
    program = market.scenario.programs[path[0]]
    if program.from_month >= market.scenario.months:
        return True
    if path[1] == "satisfaction_effect":
        return market.scenario.satisfaction is None
    inner = path[1:]
    return "factors" in inner and inner[-1] == "messages" and not market.is_heard


def _idle_segment(market: _Market, path: Path) -> bool:
    if path[1] in ("addressable_share", "margin"):
        return not market.target_groups
    if path[1] == "share":
        return False
    segment = market.scenario.segments[path[0]]
    return not _may_be(segment.share) or (path[1] == "factors" and path[2] == "messages" and not market.is_heard)


def _idle_contacts(market: _Market, path: Path) -> bool:
    return not market.asks_consent if path[0] == "consent_share" else not market.has_contacts


_IDLE: dict[str, Callable[[_Market, Path], bool]] = {
    "rungs": _idle_rung,
    "steps": _idle_step,
    "channels": lambda market, path: _idle_lever(market, market.scenario.channels[path[0]], path[1:]),
    "tactics": lambda market, path: _idle_lever(market, market.scenario.tactics[path[0]], path[1:]),
    "word_of_mouth": _idle_layer,
    "campaigns": _idle_campaign,
    "shocks": _idle_shock,
    "prices": _idle_price,
    "programs": _idle_program,
    "segments": _idle_segment,
    "contacts": _idle_contacts,
    "arrivals": lambda market, path: market.scenario.arrivals[path[0]].from_month >= market.scenario.months,
    "order_kinds": lambda market, path: path[1] != "share" and not _may_be(market.scenario.order_kinds[path[0]].share),
    "heterogeneity": lambda market, path: path[0] == "messages" and not market.is_heard,
    "recommendation": lambda market, path: market.scenario.satisfaction is None,
    "survey": lambda market, path: market.scenario.satisfaction is None,
}
