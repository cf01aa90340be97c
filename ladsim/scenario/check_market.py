"""Does the market make sense? Size, time, baskets, segments, the start, arrivals and who talks to whom.

In: a scenario of the right shape. Out: problems. To add a check, write a function that yields problems and add it to `MARKET`;
the keys of a kind of graph stand in `GRAPH_KEYS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from ladsim.errors import Problem, nearest
from ladsim.files import no_file
from ladsim.scenario.address import steps_of
from ladsim.scenario.check_ladder import TOLERANCE, Check, state_of
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, shown
from ladsim.scenario.references import unknown
from ladsim.scenario.renamed_keys import parted
from ladsim.scenario.segments import winning_steps
from ladsim.scenario.spec import Basket, Goal, Graph, Scenario

TICKS_PER_MONTH = 30
FEW_NAMES = 5
ON_RUNG = ("orders", "messages", "basket", "cost")
FACTORS_OF_RUNGS = ("orders_per_month", "messages_per_month", "basket_factor", "cost_per_month")
# Kind of graph → (keys it needs, keys it may have). `seed`, `redraw` and `copies` may stand with every kind.
GRAPH_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "barabasi_albert": (("links",), ()),
    "watts_strogatz": (("neighbours", "rewired_share"), ()),
    "erdos_renyi": (("mean_degree",), ()),
    "configuration": (("degrees",), ("mean_degree", "exponent")),
    "stochastic_blocks": (("within_degree", "between_degree"), ()),
    "grid": ((), ("columns", "wrap")),
    "cycle": ((), ()),
    "everyone": ((), ()),
    "none": ((), ()),
    "file": (("path",), ("format", "directed", "header", "columns", "comments", "weights")),
    "referred_by": (("path", "id_column", "referrer_column"), ("directed",)),
}
_ANY_KIND = ("kind", "seed", "redraw", "copies")


def _months(scenario: Scenario) -> Iterator[Problem]:
    ticks = scenario.months * TICKS_PER_MONTH
    if abs(ticks - round(ticks)) > 1e-6 or round(ticks) < 1:
        yield Problem(
            "months", f"{scenario.months:g}", "must be whole months, or a fraction that is a whole number of thirtieths (days)"
        )


def _basket(scenario: Scenario) -> Iterator[Problem]:
    """The keys that the basket's distribution needs, and no others."""
    basket: Basket = scenario.basket
    own = {"constant": None, "lognormal": "spread", "gamma": "shape"}[basket.law]
    if own and getattr(basket, own) is None:
        yield Problem(f"basket.{own}", "nothing", f"must be given for the distribution {basket.law!r}")
    for key in ("spread", "shape"):
        if key != own and getattr(basket, key) is not None:
            yield Problem(f"basket.{key}", f"the key {key!r}", f"must not stand with the distribution {basket.law!r}")
    if basket.law != "constant" and ends(basket.mean)[1] <= 0.0:
        yield Problem("basket.mean", "0", f"must be above 0 for the distribution {basket.law!r}")


def _traits(scenario: Scenario) -> Iterator[Problem]:
    for name in ("orders", "messages", "basket"):
        spread = getattr(scenario.heterogeneity, name)
        if spread is not None and (spread.gamma_shape is None) == (spread.inverse_gamma_shape is None):
            found = "no shape" if spread.gamma_shape is None else "two shapes"
            yield Problem(f"heterogeneity.{name}", found, "must give exactly one of gamma_shape or inverse_gamma_shape")


def _factors(scenario: Scenario) -> Iterator[Problem]:
    """What segments multiply: things that there are."""
    rungs = [rung.name for rung in scenario.rungs]
    step_names = [f"steps.{name}" for name in item_names("steps", scenario.steps)]
    allowed = [*ON_RUNG, *step_names, *(f"rungs.{rung}.{key}" for rung in rungs for key in FACTORS_OF_RUNGS)]
    words = "must be orders, messages, basket, cost, steps.FROM.TO or rungs.NAME.(" + ", ".join(FACTORS_OF_RUNGS) + ")"
    for segment in scenario.segments:
        for key in segment.factors:
            if key not in allowed and not (key.startswith("steps.") and steps_of(scenario, key.removeprefix("steps."))):
                yield Problem(f"segments.{segment.name}.factors.{key}", "an unknown factor", words, nearest(key, allowed))
        if segment.conversion_factor != 1.0 and not winning_steps(scenario):
            found = "a conversion factor, but no step leads from a rung without customers to one with customers"
            yield Problem(f"segments.{segment.name}.conversion_factor", found, "must have such a step to act on")


def _start(scenario: Scenario) -> Iterator[Problem]:
    """Who starts where: known rungs, nobody twice."""
    rungs = [rung.name for rung in scenario.rungs]
    ladder = [rung.name for rung in scenario.rungs if not rung.off_ladder]
    seen: dict[str | int, str] = {}
    for rung, nodes in scenario.start.nodes.items():
        if rung not in rungs:
            yield unknown(f"start.nodes.{rung}", rung, rungs, "rungs")
        twice: dict[str | int, str] = {}
        for node in nodes:
            if node in seen:
                twice.setdefault(node, seen[node])
            seen[node] = rung
        if twice:
            also = next(iter(twice.values()))
            yield Problem(f"start.nodes.{rung}", f"{_customers([*twice])}, who also starts on {also}", "must start once")
    if isinstance(scenario.start.orders, dict):
        for rung in scenario.start.orders:
            if rung not in ladder:
                yield unknown(f"start.orders.{rung}", rung, ladder, "rungs of the ladder")
    yield from _start_nodes(scenario)


def _start_nodes(scenario: Scenario) -> Iterator[Problem]:
    """Without a file to name them customers are numbered within their copy."""
    if any(layer.graph.kind in ("file", "referred_by") for layer in scenario.word_of_mouth):
        return
    nodes = scenario.market_size // max((layer.graph.copies for layer in scenario.word_of_mouth), default=1)
    for rung, named in scenario.start.nodes.items():
        strange = [node for node in named if not isinstance(node, int) or not 0 <= node < nodes]
        if strange:
            yield Problem(f"start.nodes.{rung}", _customers(strange), f"must be a number from 0 to {nodes - 1}")


def _customers(ids: Sequence[str | int]) -> str:
    """Customers by their ids: one, or how many and the first of them."""
    if len(ids) == 1:
        return f"the customer {shown(ids[0])}"
    first = ", ".join(shown(one) for one in ids[:FEW_NAMES])
    return f"{len(ids):,} customers ({first}{', …' if len(ids) > FEW_NAMES else ''})"


def _arrivals(scenario: Scenario) -> Iterator[Problem]:
    """Arrivals: from outside into the market, in months that there are, not more than there are people outside."""
    rungs = [rung.name for rung in scenario.rungs]
    outside = [rung for rung in scenario.rungs if state_of(rung) == "outside"]
    if scenario.arrivals and not outside:
        yield Problem("arrivals", "nobody to arrive", 'must have a state they come from: off_ladder = "outside"')
    total = 0.0
    for place, arrival in zip(item_names("arrivals", scenario.arrivals), scenario.arrivals, strict=True):
        if arrival.to not in rungs:
            yield unknown(f"arrivals{place}.to", arrival.to, rungs, "rungs")
        elif outside and arrival.to == outside[0].name:
            yield Problem(f"arrivals{place}.to", repr(arrival.to), "must be a rung inside the market")
        end = scenario.months if arrival.to_month is None else arrival.to_month
        if arrival.to_month is not None and end <= arrival.from_month:
            yield Problem(f"arrivals{place}.to_month", f"{end:g}", f"must be after from_month ({arrival.from_month:g})")
        total += ends(arrival.per_month)[0] * max(0.0, min(end, scenario.months) - arrival.from_month)
    if scenario.arrivals and outside:
        people = ends(outside[0].share)[1] * scenario.market_size
        if total > people + 0.5:
            found = f"{total:,.10g} people in all, but {people:,.10g} stand outside at the start"
            yield Problem("arrivals", found, f"must not be more than the share of {outside[0].name} holds")


def _layers(scenario: Scenario) -> Iterator[Problem]:
    """Layers of word of mouth: known rungs, and their graphs."""
    rungs = [rung.name for rung in scenario.rungs]
    for layer in scenario.word_of_mouth:
        place = f"word_of_mouth.{layer.layer}"
        for rung in layer.messages_per_month or {}:
            if rung not in rungs:
                yield unknown(f"{place}.messages_per_month.{rung}", rung, rungs, "rungs")
        yield from _graph_keys(layer.graph, f"{place}.graph")
        yield from _graph_columns(layer.graph, f"{place}.graph")
        yield from _graph_sizes(layer.graph, f"{place}.graph", scenario)
        yield from _graph_file(layer.graph, f"{place}.graph")


def _graph_keys(graph: Graph, place: str) -> Iterator[Problem]:
    """The keys that a graph of its kind needs, and no others."""
    needed, possible = GRAPH_KEYS[graph.kind]
    law = graph.degrees if isinstance(graph.degrees, str) else None
    if graph.kind == "configuration" and law:
        needed = (*needed, "mean_degree") if law == "poisson" else (*needed, "mean_degree", "exponent")
    for key in needed:
        if getattr(graph, key) is None:
            yield Problem(f"{place}.{key}", "nothing", f"must be given for a graph of kind {graph.kind!r}")
    for key in sorted(graph.model_fields_set):
        wrong_law = graph.kind == "configuration" and key in ("mean_degree", "exponent") and key not in needed
        if (key not in (*needed, *possible, *_ANY_KIND) or wrong_law) and not (
            getattr(graph, key) is None or getattr(graph, key) is False
        ):
            other = f" with {'these degrees' if law is None else f'degrees = {law!r}'}" if wrong_law else ""
            allowed = f"must not stand with a graph of kind {graph.kind!r}{other}"
            yield Problem(f"{place}.{key}", f"the key {key!r}", allowed)


def _graph_columns(graph: Graph, place: str) -> Iterator[Problem]:
    """A grid's width is a number; columns of a file are named."""
    if graph.kind == "file" and isinstance(graph.columns, int):
        yield Problem(f"{place}.columns", str(graph.columns), 'must be which columns hold people: { from = "…", to = "…" }')
    if graph.kind == "grid" and graph.columns is not None and not isinstance(graph.columns, int):
        yield Problem(f"{place}.columns", "names of columns", "must be a whole number, how wide the grid is")


def _graph_sizes(graph: Graph, place: str, scenario: Scenario) -> Iterator[Problem]:
    """Numbers of a graph that fit the number of customers."""
    if scenario.market_size % graph.copies:
        yield Problem(f"{place}.copies", str(graph.copies), f"must divide market_size ({scenario.market_size})")
        return
    n = scenario.market_size // graph.copies
    people = f"the {n} customers" + (" of a copy" if graph.copies > 1 else "")
    for key in ("links", "neighbours"):
        value = getattr(graph, key)
        if value is not None and value >= n:
            yield Problem(f"{place}.{key}", str(value), f"must be below {people}")
    if graph.neighbours is not None and graph.neighbours % 2:
        yield Problem(f"{place}.neighbours", str(graph.neighbours), "must be even (half to each side of the ring)")
    if graph.kind == "erdos_renyi" and graph.mean_degree is not None and graph.mean_degree > n - 1:
        yield Problem(f"{place}.mean_degree", f"{graph.mean_degree:g}", f"must be below {people}")
    if graph.kind == "cycle" and n < 3:
        yield Problem(place, f"a cycle of {n}", "must have at least 3 customers")
    if graph.kind == "stochastic_blocks" and not scenario.segments:
        yield Problem(f"{place}.kind", "'stochastic_blocks'", "must have segments to be its blocks")
    if isinstance(graph.degrees, tuple):
        yield from _degrees(graph.degrees, place, n, people)


def _degrees(degrees: tuple[int, ...], place: str, n: int, people: str) -> Iterator[Problem]:
    """Degrees that some graph can have."""
    if not degrees:
        yield Problem(f"{place}.degrees", "an empty list", "must have at least one degree")
        return
    if max(degrees) >= n:
        yield Problem(f"{place}.degrees", str(max(degrees)), f"must be below {people}")
    total = sum(degrees) * (n // len(degrees)) + sum(degrees[: n % len(degrees)])
    if total % 2:
        yield Problem(f"{place}.degrees", f"degrees that add up to {total} over {people}", "must add up to an even number")


def _graph_file(graph: Graph, place: str) -> Iterator[Problem]:
    """The file of a graph: there is one."""
    if graph.path is None or os.path.isfile(graph.path):
        return
    found = no_file(graph.path)
    folder, name = os.path.split(graph.path)
    beside = os.listdir(folder) if not found and os.path.isdir(folder) else []
    close = nearest(name, beside)
    yield Problem(
        f"{place}.path",
        f"{shown(graph.path)}, {found}" if found else repr(graph.path),
        "must be a file" if found else "must be a file that exists",
        os.path.join(folder, close) if close else "",
    )


def _size(place: str, goal: Goal) -> Iterator[Problem]:
    """A number of people, or the share that fits what the goal is about."""
    called, _ = parted(Goal, "share")
    if goal.step is not None and goal.share is not None and goal.rung is None:
        words = f"must be called {called} where there is `step`: it is a share of those who could take it, not of the market"
        yield Problem(f"{place}.share", "a key that has another name here", words)
    elif goal.step is None and goal.converted_share is not None and goal.rung is not None:
        yield Problem(f"{place}.{called}", f"the key {called!r}", "must stand with `step`; of a rung it is `share`")
    elif (goal.number is None) == (goal.wanted_share is None) or (goal.share is not None and goal.converted_share is not None):
        own = "share" if goal.step is None else called
        found = "no size" if goal.number is None and goal.wanted_share is None else "several sizes"
        yield Problem(place, found, f"must give exactly one of number or {own}")


def _goals(scenario: Scenario) -> Iterator[Problem]:
    """Goals: of one rung or one step that there is, of one size, in a month that there is."""
    rungs = [rung.name for rung in scenario.rungs]
    steps = item_names("steps", scenario.steps)
    for name, goal in zip(item_names("goals", scenario.goals), scenario.goals, strict=True):
        place = f"goals{name}" if name.startswith("[") else f"goals.{name}"
        if (goal.rung is None) == (goal.step is None):
            yield Problem(
                place, "no rung or step named" if goal.rung is None else "rung and step", "must give exactly one of rung or step"
            )
        if goal.rung is not None and goal.rung not in rungs:
            yield unknown(f"{place}.rung", goal.rung, rungs, "rungs")
        if goal.step is not None and len(steps_of(scenario, goal.step)) != 1:
            yield unknown(f"{place}.step", goal.step, steps, "steps")
        yield from _size(place, goal)
        if goal.rung is not None and goal.number is not None and goal.number > scenario.market_size + TOLERANCE:
            yield Problem(f"{place}.number", f"{goal.number:g}", f"must be at most market_size ({scenario.market_size})")
        if goal.by_month > scenario.months + TOLERANCE:
            yield Problem(f"{place}.by_month", f"{goal.by_month:g}", f"must be at most months ({scenario.months:g})")
        elif abs(goal.by_month - round(goal.by_month)) > TOLERANCE and goal.by_month != scenario.months:
            yield Problem(f"{place}.by_month", f"{goal.by_month:g}", "must be a whole month, or the scenario's last")


def _returns(scenario: Scenario) -> Iterator[Problem]:
    """A part that is not given; kinds of order, segments and rungs that are none."""
    found = scenario.money.returns
    if found is None:
        return
    place = "money.returns"
    if found.part is None and ends(found.whole_share)[0] < 1.0:
        yield Problem(f"{place}.part", "nothing", "must be given with whole_share")
    named = (
        ("factors_per_order_kind", found.factors_per_order_kind, [kind.name for kind in scenario.order_kinds], "order_kinds"),
        ("factors_per_segment", found.factors_per_segment, [segment.name for segment in scenario.segments], "segments"),
        ("factors_per_rung", found.factors_per_rung, [rung.name for rung in scenario.rungs], "rungs"),
    )
    for key, given, names, what in named:
        for name in given:
            if name not in names:
                yield unknown(f"{place}.{key}", name, names, what)


MARKET: tuple[Check, ...] = (_months, _basket, _traits, _factors, _start, _arrivals, _layers, _goals, _returns)
