"""What is not known of a scenario, drawn: which numbers those are is found once, every draw puts values in their places.

In: a scenario, a seed. Out: for each parameter draw the uncertain numbers' values, the scenario with them in it, and its tables. A draw
is the same whoever asks for it and however many are taken: the luck of a number is addressed by (seed, draw, dotted key), so that a
number shared by two strategies has the same draw in both. Numbers of a calibration that belong together are drawn together (``posterior``).

>>> from ladsim.scenario.spec import Scenario
>>> market = Scenario.model_validate(
...     {"name": "x", "months": 1.0, "market_size": 9, "rungs": ({"name": "a", "share": 1.0, "orders_per_month": {"low": 1.0, "high": 4.0}},)}
... )
>>> draws = Draws(market, seed=7)
>>> draws.keys, [round(value, 9) for value in draws.values(None)]
(('rungs.a.orders_per_month',), [2.0])
>>> draws.scenario_of(3).rungs[0].orders_per_month == draws.values(3)[0]
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ladsim.errors import Problem, ScenarioError
from ladsim.scenario.address import NumberAt, Path, numbers
from ladsim.scenario.distributions import ends, quantile, within
from ladsim.scenario.number_types import Table
from ladsim.scenario.posterior import Joint, joint_of, names_column
from ladsim.scenario.schema_walk import fields
from ladsim.scenario.spec import STEP_ALTERNATIVES, Distribution, Range, Scenario

if TYPE_CHECKING:
    from ladsim.scenario.tables import Tables

# Lists whose shares add up to 1: where one of them is uncertain, they are scaled to do so again.
_WHOLES = ("rungs", "segments", "order_kinds")

Tree = dict[Any, Any]  # by key or position: another tree, or which of the values stands there (None: nothing does)


@dataclass(frozen=True)
class Uncertain:
    """A number that is not known: its dotted key, its range or law, its kind, and where it comes from."""

    key: str
    value: Range | Distribution
    kind: str
    source: str


class Draws:
    """The draws of a scenario's uncertain numbers under one seed. Values are kept, of scenarios and tables the last one."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self._base = None if scenario.before_strategy is None else Draws(scenario.before_strategy, seed)
        self.unknown = tuple(number for number in numbers(scenario).values() if number.uncertain)
        self.keys = tuple(number.key for number in self.unknown)
        self._tree: Tree = {}
        for place, number in enumerate(self.unknown):
            _plant(self._tree, number.path, place)
        self._wholes = tuple({number.path[0]: None for number in self.unknown if _is_share(number.path)})
        self._of_today = tuple(place for place, number in enumerate(self.unknown) if "today" in number.path[2:3])
        self._joint = joint_of(scenario)
        self._drawn: dict[int | None, tuple[float, ...]] = {}
        self._last: dict[str, tuple[int | None, Any]] = {}

    def values(self, draw: int | None) -> tuple[float, ...]:
        """The values of ``keys`` in parameter draw `draw`, as they stand in ``scenario_of`` it; their medians with None."""
        if self._of_today:
            self.scenario_of(draw)  # which may take numbers of today at the ends of their ranges
        drawn = self._values(draw)
        if not self._wholes:
            return drawn
        there = self.scenario_of(draw)
        return tuple(
            getattr(there, number.path[0])[number.path[1]].share if _is_share(number.path) else value
            for number, value in zip(self.unknown, drawn, strict=True)
        )

    def scenario_of(self, draw: int | None) -> Scenario:
        """The scenario with every uncertain number drawn: it has plain numbers only, and curves for what is known of today.

        Shares that must add up to 1 are scaled to do so where one of them was uncertain. Raises ScenarioError where a number drawn is
        not allowed, or no curve does what is known of today.
        """
        if not self.scenario.needs_curves:
            return self.drawn_of(draw)
        return self._kept("scenario", draw, self._with_curves)

    def _with_curves(self, draw: int | None) -> Scenario:
        """The scenario drawn, its curves solved in the market without the strategy, drawn likewise.

        Where no curve does what is drawn for today beyond the ends of its ranges, it is taken at those ends.
        """
        from ladsim.scenario.today import with_curves

        base = None if self._base is None else self._base.drawn_of(draw)
        try:
            return with_curves(self.drawn_of(draw), base)
        except ScenarioError:
            within = self._within_ends(draw)
            if within == self._values(draw):
                raise
            self._drawn[draw] = within
            self._last.pop("drawn", None)
            return with_curves(self.drawn_of(draw), base)

    def _within_ends(self, draw: int | None) -> tuple[float, ...]:
        """What is drawn, the numbers of today within the ends of their ranges."""
        found = list(self._values(draw))
        for place in self._of_today:
            low, high = ends(self.unknown[place].value)
            found[place] = min(max(found[place], low), high)
        return tuple(found)

    def drawn_of(self, draw: int | None) -> Scenario:
        """As ``scenario_of``, but what is known of today as it is, without curves."""
        return self._kept("drawn", draw, self._scenario_of) if self.unknown else self.scenario

    def tables(self, draw: int | None) -> Tables:
        """That scenario laid out for the engines; where nothing is uncertain, the same for every draw."""
        from ladsim.scenario.tables import tables

        return self._kept("tables", draw if self.unknown else None, lambda own: tables(self.scenario_of(own)))

    def _kept(self, what: str, draw: int | None, make: Callable[[int | None], Any]) -> Any:
        """What was made for this draw if that was the last one asked for: two futures share each."""
        if what not in self._last or self._last[what][0] != draw:
            self._last[what] = draw, make(draw)
        return self._last[what][1]

    def _values(self, draw: int | None) -> tuple[float, ...]:
        """What is drawn, before shares are scaled."""
        if draw not in self._drawn:
            row = None if draw is None or self._joint is None else self._joint.row(self.seed, draw)
            self._drawn[draw] = tuple(
                _drawn(number, self.seed, draw)
                if self._joint is None or not (column := names_column(number.value))
                else _of_row(self._joint, column, row, number)
                for number in self.unknown
            )
        return self._drawn[draw]

    def _scenario_of(self, draw: int | None) -> Scenario:
        made: Scenario = _put(self.scenario, self._tree, self._values(draw))
        scaled = {whole: _scaled(getattr(made, whole)) for whole in self._wholes}
        return made.model_copy(update=scaled) if scaled else made


def uncertain(scenario: Scenario) -> dict[str, Uncertain]:
    """Every number that is a range or a distribution, by dotted key."""
    return {
        key: Uncertain(key, number.value, number.kind, number.source)
        for key, number in numbers(scenario).items()
        if isinstance(number.value, Range | Distribution)
    }


def resolve(scenario: Scenario, seed: int, draw: int | None) -> Scenario:
    """The scenario with every uncertain number drawn: parameter draw `draw` of `seed`, or the medians with None.

    Shares that must add up to 1 are scaled to do so where one of them was uncertain.
    """
    return Draws(scenario, seed).scenario_of(draw)


def _drawn(number: NumberAt, seed: int, draw: int | None) -> float:
    """The value of one number. Raises ScenarioError where its law gives none that is allowed."""
    u = _luck(seed, draw, number.luck) if draw is not None else None
    assert isinstance(number.value, Range | Distribution)
    value = quantile(number.value, number.kind, u, number.limits, below_one=_below_one(number.path))
    if not number.limits.holds(value):
        raise ScenarioError([Problem(number.key, f"{value:g} in one draw", f"must be {number.limits.words()} in every draw")])
    return value


def _of_row(joint: Joint, column: str, row: int | None, number: NumberAt) -> float:
    """The value of a number that is drawn together with others, within its limits."""
    return within(joint.value(column, row), number.limits, _below_one(number.path))


@lru_cache(maxsize=20_000)
def _luck(seed: int, draw: int, key: str) -> float:
    """The uniform of one number in one draw: strategies share most numbers, and so their luck."""
    from ladsim.streams import parameter_uniform

    return parameter_uniform(seed, draw, key)


def _below_one(path: Path) -> bool:
    return path[-1] in ("monthly", "cumulative_share") or str(path[-1]).endswith((".monthly", ".cumulative_share"))


def _is_share(path: Path) -> bool:
    """Whether a share of a whole stands there."""
    return path[0] in _WHOLES and path[2:] == ("share",)


def _plant(tree: Tree, path: Path, place: int) -> None:
    """Note where a value stands; of several ways to say the same number the others go."""
    *way, last = path
    for step in way:
        tree = tree.setdefault(step, {})
    tree[last] = place
    if path[0] == "steps" and len(path) == 3:
        tree |= dict.fromkeys(STEP_ALTERNATIVES.get(last, ()))


def _put(here: Any, tree: Tree, values: Sequence[float]) -> Any:
    """A table, list or set of numbers with values in the places of a tree, all else as it is and not copied."""
    if isinstance(here, Table):
        shapes = fields(type(here))
        update = {}
        for key, inner in tree.items():
            name = shapes[key].attribute
            if inner is not None or getattr(here, name) is not None:
                update[name] = _value(getattr(here, name), inner, values)
        return here.model_copy(update=update)
    if isinstance(here, Mapping):
        return {**here, **{key: _value(here[key], inner, values) for key, inner in tree.items()}}
    items = list(here)
    for position, inner in tree.items():
        items[position] = _value(items[position], inner, values)
    return tuple(items)


def _value(former: Any, inner: Any, values: Sequence[float]) -> Any:
    if isinstance(inner, dict):
        return _put(former, inner, values)
    return None if inner is None else values[inner]


def _scaled(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Rungs, segments or kinds of order whose shares add up to 1."""
    total = sum(part.share for part in parts)
    if not total > 0.0:
        return parts
    return tuple(part.model_copy(update={"share": min(1.0, part.share / total)}) for part in parts)
