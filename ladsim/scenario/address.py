"""Dotted keys: one name for every number of a scenario.

In: a scenario and a key such as ``steps.prospect.customer.monthly``. Out: the number, or the scenario with it changed. The same
keys stand in messages, in ``--set``, in a strategy's ``set``, in ``sources`` and in the address of an uncertain number's luck.

A table goes by its keys, an item of a list by its name: ``rungs.repeat.orders_per_month``, ``steps.FROM.TO.monthly`` (or
``steps.FROM.TO.TRIGGER.monthly``, needed where that alone tells two steps apart), ``segments.student.factors.orders``,
``channels.search.effects.climbing.per_rung.lead``, ``campaigns.search.monthly_spend``, ``months``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from ladsim.errors import MOST_SHOWN, Problem, ScenarioError, nearest
from ladsim.model.triggers import TRIGGERS
from ladsim.scenario.key_paths import PAIR, frozen, get, item_names, joined, shown
from ladsim.scenario.nesting import MOST_IN_A_WORD
from ladsim.scenario.number_types import Distribution, Limits, Range, Table
from ladsim.scenario.people import is_people, people_set
from ladsim.scenario.renamed_keys import former
from ladsim.scenario.schema_walk import Shape, fields
from ladsim.scenario.shape_errors import from_pydantic, of_another_kind
from ladsim.scenario.spec import STEP_ALTERNATIVES, Campaign, Scenario, Step

Path = tuple[Any, ...]
# Numbers that a firm decides; the others are what it believes.
DECISIONS = frozenset({"monthly_spend", "running_cost_per_month", "setup_cost"})


@dataclass(frozen=True)
class NumberAt:
    """One number of a scenario: where it stands, what it is, and where it comes from."""

    key: str
    value: float | Range | Distribution
    kind: str
    source: str
    given: bool  # the file says it; else it is a default
    limits: Limits
    path: Path
    luck: (
        str  # the address of its luck: the key as it was called first; of a strategy's number, that of what it takes the place of
    )

    @property
    def uncertain(self) -> bool:
        """Whether it is a range or a distribution."""
        return isinstance(self.value, Range | Distribution)

    @property
    def decided(self) -> bool:
        """Whether the firm decides it (spend), rather than believes it."""
        return self.path[-1] in DECISIONS and self.path[-3:-2] + self.path[-1:] != ("programs", "running_cost_per_month")


class _Place(NamedTuple):
    """A place of the schema in a scenario, whether or not anything is given there."""

    key: str
    path: Path
    shape: Shape
    value: Any
    given: bool
    source: str
    former: str  # the key by the names of before (``renamed_keys``)


def numbers(scenario: Scenario) -> dict[str, NumberAt]:
    """Every rate, amount, share and other real number of the scenario, by dotted key."""
    found: dict[str, NumberAt] = {}
    for place in _places(Scenario, scenario, "", (), "", ""):
        shape = place.shape
        if shape.kind and place.value is not None and shape.limits is not None:
            source = scenario.sources.get(place.key) or place.source
            found[place.key] = NumberAt(
                place.key, place.value, shape.kind, source, place.given, shape.limits, place.path, place.former
            )
    index = Index(scenario) if any(record.set for record in scenario.strategies.values()) else None
    for strategy, record in scenario.strategies.items():
        found |= _set_numbers(scenario, strategy, record.set, index)
    return found


def _set_numbers(scenario: Scenario, strategy: str, changes: Mapping[str, Any], index: Index | None) -> dict[str, NumberAt]:
    """The numbers that a strategy sets, each of the kind of its target."""
    found: dict[str, NumberAt] = {}
    for dotted, value in changes.items():
        try:
            place = place_of(scenario, dotted, index=index)
        except ScenarioError:
            continue  # `check` tells of it
        number = _as_number(value)
        if place.shape.kind and place.shape.limits is not None and number is not None:
            key = f"strategies.{strategy}.set.{dotted}"
            source = scenario.sources.get(key, "")
            path = ("strategies", strategy, "set", dotted)
            luck = _by_former_name(place, dotted)
            found[key] = NumberAt(key, number, place.shape.kind, source, True, place.shape.limits, path, luck)
    return found


def _by_former_name(place: _Place, dotted: str) -> str:
    """A key as somebody wrote it, by the names of before; one that names a step more shortly, with the name that its last part had."""
    if dotted == place.key:
        return place.former
    way, dot, _ = dotted.rpartition(".")
    return dotted if place.former == place.key else way + dot + place.former.rpartition(".")[2]


def _as_number(value: Any) -> float | Range | Distribution | None:
    if isinstance(value, Mapping):
        try:
            return Distribution.model_validate(value) if "law" in value else Range.model_validate(value)
        except ValidationError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def set_number(scenario: Scenario, dotted: str, value: Any, place: str = "") -> Scenario:
    """The scenario with one value changed (any field: a number, `market_size`, `months`, a graph's `seed` …).

    Raises ScenarioError at `place` (else at the key) for an unknown key or a value of the wrong shape; `check.problems` tells
    whether the whole still makes sense.
    """
    return with_values(scenario, {dotted: value}, {dotted: place or dotted})


def with_values(
    scenario: Scenario,
    values: Mapping[str, Any],
    places: Mapping[str, str] | None = None,
    source: str = "",
    index: Index | None = None,
) -> Scenario:
    """The scenario with many values changed; problems are placed at ``places[key]``, else at the key.

    With `source`, that is where the changed numbers are said to come from. `index`: that of the scenario, where somebody has it.
    """
    data, index = plain(scenario), index or Index(scenario)
    problems: list[Problem] = []
    paths: dict[Path, str] = {}
    for dotted, value in values.items():
        said = (places or {}).get(dotted, dotted)
        try:
            target = place_of(scenario, dotted, said, index)
        except ScenarioError as error:
            problems += error.problems
            continue
        if target.path[-1] == "file":  # which Python runs is seen in the file, by its name
            problems.append(Problem(said, shown(value), "must not be set: a file of Python stands where it is named"))
            continue
        paths[target.path] = said
        put(data, target.path, value)
        if source and (target.shape.kind or is_people(target.path)):
            data.setdefault("sources", {})[_with_source(target)] = source
    if ("market_size",) in paths or any(map(is_people, paths)):
        problems += people_set(scenario, data, paths)
    try:
        changed = Scenario.model_validate(data)
    except ValidationError as error:
        for path_found, problem in from_pydantic(error, data):
            said = next((s for path, s in paths.items() if tuple(path_found[: len(path)]) == path), "")
            problems.append(Problem(said or problem.place, problem.found, problem.allowed, problem.nearest))
    if problems:
        raise ScenarioError(problems)
    return changed.from_file(scenario.file).counted_in_people(scenario.counted)


def _with_source(target: _Place) -> str:
    """The key of the number that a source is kept for: people become a share."""
    return target.key.removesuffix(".people") + ".share" if is_people(target.path) else target.key


def plain(scenario: Scenario) -> dict[str, Any]:
    """The scenario as raw tables, only what was given; ``Scenario.model_validate`` makes the same scenario of it."""
    return scenario.model_dump(by_alias=True, exclude_unset=True)


def put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Put `value` at `path` of raw tables, making tables on the way. Changes `data`."""
    value = frozen(value)
    *way, last = path
    if isinstance(last, int):  # one of a pair: the pair is exchanged
        pair = data
        for step in path[:-1]:
            pair = pair[step]
        last, value = way.pop(), tuple(value if i == last else old for i, old in enumerate(pair))
    here: Any = data
    for step in way:
        if isinstance(step, str) and here.get(step) is None:
            here[step] = {}
        here = here[step]
    here[last] = value
    if path[0] == "steps" and len(path) == 3:
        for other in STEP_ALTERNATIVES.get(last, ()):
            here.pop(other, None)


class Index:
    """All places of a scenario by their dotted keys: made once where many keys are looked up."""

    def __init__(self, scenario: Scenario) -> None:
        self.places: dict[str, _Place] = {}
        self.loose: dict[str, list[_Place]] = {}
        self.before: dict[str, str] = {}
        self._hints = MOST_SHOWN
        for place in _places(Scenario, scenario, "", (), "", ""):
            self.places[place.key] = place
            others = list(_other_names(scenario, place))
            for other in others:
                self.loose.setdefault(other, []).append(place)
            if place.former != place.key:
                self.before |= {_by_former_name(place, name): name for name in (place.key, *others)}

    def nearest(self, dotted: str) -> str:
        """The key most like one that there is not; to look for it takes long, so it is told of no more keys than are shown."""
        self._hints -= 1
        return nearest(dotted, [*self.places, *self.loose]) if self._hints >= 0 else ""


def place_of(scenario: Scenario, dotted: str, said: str = "", index: Index | None = None) -> _Place:
    """The place that a dotted key means. Raises ScenarioError (at `said`, else at the key) with the nearest right key.

    Who looks up many keys makes the scenario's `index` once.
    """
    if len(dotted) > MOST_IN_A_WORD:
        allowed = f"must have at most {MOST_IN_A_WORD:,}"
        raise ScenarioError([Problem(_shortened(said or dotted), f"a key of {len(dotted):,} characters", allowed)])
    index = index or Index(scenario)
    if dotted in index.places:
        return index.places[dotted]
    candidates = index.loose.get(dotted, [])
    fitting = [p for p in candidates if _belongs(scenario, p)]
    if len(fitting or candidates) == 1:
        return (fitting or candidates)[0]
    if candidates:
        names = " or ".join(p.key for p in fitting or candidates)
        raise ScenarioError([Problem(said or dotted, f"a key that {len(fitting or candidates)} steps share", f"must be {names}")])
    new = _in_a_set(scenario, dotted, said, index) or _new_entry(index.places, dotted)
    if new is not None:
        return new
    if dotted in index.before:
        renamed = f"must be called {index.before[dotted]}"
        raise ScenarioError([Problem(said or dotted, "a key that has another name now", renamed)])
    if foreign := _of_another_kind(scenario, dotted, said):
        raise ScenarioError([foreign])
    found = f"an unknown key {dotted!r}" if said and said != dotted else "an unknown key"
    raise ScenarioError([Problem(said or dotted, found, "must be the dotted key of a value", index.nearest(dotted))])


def _of_another_kind(scenario: Scenario, dotted: str, said: str) -> Problem | None:
    """The problem of a key that programmes of other kinds have."""
    owner, _, key = dotted.rpartition(".")
    shape = fields(Scenario)["programs"]
    lists = {"programs": scenario.programs} | {
        f"strategies.{name}.programs": s.programs for name, s in scenario.strategies.items()
    }
    for place, programs in lists.items():
        for name, program in zip(item_names("programs", programs), programs, strict=True):
            if owner == joined(place, name):
                return of_another_kind(said or dotted, None, key, program.kind, shape.kinds)
    return None


def _shortened(place: str) -> str:
    return place if len(place) <= 60 else place[:59] + "…"


def _in_a_set(scenario: Scenario, dotted: str, said: str, index: Index) -> _Place | None:
    """A place in a strategy's ``set``, which is itself a dotted key."""
    if not dotted.startswith("strategies."):
        return None
    for name, strategy in scenario.strategies.items():
        start = f"strategies.{name}.set."
        if dotted.startswith(start):
            inner = dotted.removeprefix(start)
            target = place_of(scenario, inner, said or dotted, index)
            return _Place(
                dotted,
                ("strategies", name, "set", inner),
                target.shape,
                strategy.set.get(inner),
                inner in strategy.set,
                "",
                dotted,
            )
    return None


def _other_names(scenario: Scenario, place: _Place) -> Iterator[str]:
    """What else a place under a step may be called: with its trigger, or without."""
    if place.path[0] != "steps" or len(place.path) < 3:
        return
    step = scenario.steps[place.path[1]]
    tail = place.path[2] + (f".{PAIR[place.path[3]]}" if len(place.path) > 3 else "")
    yield f"steps.{step.from_}.{step.to}.{step.trigger}.{tail}"
    yield f"steps.{step.from_}.{step.to}.{tail}"


def _belongs(scenario: Scenario, place: _Place) -> bool:
    key = place.path[2]
    own = {k for trigger in TRIGGERS.values() for k in trigger.keys}
    return key not in own or key in TRIGGERS[scenario.steps[place.path[1]].trigger].keys


def _new_entry(places: Mapping[str, _Place], dotted: str) -> _Place | None:
    """A place in a table of numbers by name where that name does not stand yet."""
    for end in range(len(dotted) - 1, 0, -1):
        if dotted[end] == "." and (table := places.get(dotted[:end])) is not None:
            if table.shape.form != "numbers":
                return None
            name = dotted[end + 1 :]
            return _Place(dotted, (*table.path, name), _entry(table.shape), None, False, table.source, joined(table.former, name))
    return None


def _places(record: type[Table], table: Table | None, key: str, path: Path, source: str, before: str) -> Iterator[_Place]:
    """Every place at and below a table, which is called `key`, and was called `before`."""
    own = getattr(table, "source", "") or source
    given = table.model_fields_set if table is not None else set()
    for name, shape in fields(record).items():
        value = getattr(table, shape.attribute) if table is not None else None
        dotted, way, old = f"{key}.{name}" if key else name, (*path, name), joined(before, former(record, name))
        if shape.form == "table" and shape.table is not None:
            yield from _places(shape.table, value, dotted, way, own, old)
        elif shape.form == "tables" and shape.table is not None:
            for position, (item, called) in enumerate(zip(value or (), item_names(name, value or ()), strict=True)):
                below = shape.record(item) or shape.table
                yield from _places(below, item, joined(dotted, called), (*way, position), own, joined(old, called))
        elif shape.form == "named_tables" and shape.table is not None:
            for called, item in (value or {}).items():
                yield from _places(shape.table, item, joined(dotted, called), (*way, called), own, joined(old, called))
        elif shape.form == "pair" and value is not None:
            for position, number in enumerate(value):
                end = PAIR[position]
                yield _Place(joined(dotted, end), (*way, position), _entry(shape), number, True, own, joined(old, end))
            yield _Place(dotted, way, _group(shape), value, True, own, old)
        elif shape.form == "numbers":
            for called, number in (value or {}).items():
                yield _Place(joined(dotted, called), (*way, called), _entry(shape), number, True, own, joined(old, called))
            yield _Place(dotted, way, _group(shape), value, shape.attribute in given, own, old)
        else:
            yield _Place(dotted, way, shape, value, shape.attribute in given, own, old)


def _entry(shape: Shape) -> Shape:
    return Shape(shape.attribute, "number", False, shape.kind, shape.limits, None, shape.description)


def _group(shape: Shape) -> Shape:
    return Shape(shape.attribute, shape.form, shape.required, "", None, None, shape.description)


def campaign_names(campaigns: Sequence[Campaign]) -> tuple[str, ...]:
    """The name of every campaign: its own, else that of its tactic or channel, numbered ``_2`` where that repeats."""
    return tuple(item_names("campaigns", campaigns))


def step_names(scenario: Scenario) -> tuple[str, ...]:
    """The name of every step, in the file's order: ``FROM.TO``, or ``FROM.TO.TRIGGER`` where several lead that way."""
    return tuple(item_names("steps", scenario.steps))


def steps_of(scenario: Scenario, name: str) -> list[Step]:
    """All steps that a name means: ``FROM.TO`` means every trigger."""
    exact = [s for n, s in zip(step_names(scenario), scenario.steps, strict=True) if n == name]
    return exact or [s for s in scenario.steps if name in (f"{s.from_}.{s.to}", f"{s.from_}.{s.to}.{get(s, 'trigger')}")]
