"""Heads in place of shares: ``people = 2_400`` on a rung or a segment, as a customer register counts them.

In: the raw tables of a scenario, or those with other values set. Out: the same with shares of the market in the place of people. All rungs
(or segments) are counted in people, or none: those without are empty. The people add up to the market; on rungs they count those named in
``start.nodes``, too, whose places are theirs. What does not add up stays as it is and is told by ``check_people``.

>>> shop = {"market_size": 40, "rungs": ({"name": "lead", "people": 30}, {"name": "customer", "people": 10}, {"name": "fan"})}
>>> [rung.get("share") for rung in with_people(shop)["rungs"]]
[0.75, 0.25, None]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ladsim.errors import Problem
from ladsim.scenario.distributions import ends
from ladsim.scenario.spec import Scenario

COUNTED = ("rungs", "segments")
_WHOLE = 1e-6  # how far a share of the market may be from a whole number of people by rounding


def with_people(data: Mapping[str, Any], is_foreign: Callable[[str], bool] = lambda source: False) -> dict[str, Any]:
    """Raw tables with shares in the place of people, where these make sense.

    `is_foreign` knows a source that came with a copied file: of other numbers, not of people that somebody counts in its place.
    """
    out = dict(data)
    size = data.get("market_size")
    for key in COUNTED:
        items = data.get(key)
        if not isinstance(items, list | tuple) or not _is_count(size) or not size:
            continue
        if any(isinstance(item, Mapping) and "people" in item for item in items) and all(map(_is_counted, items)):
            named = _named(data) if key == "rungs" else {}
            free = [item.get("people", 0) - named.get(item.get("name"), 0) for item in items]
            if sum(free) + sum(named.values()) == size and min(free) >= 0:
                out[key] = tuple(_shared(item, own, sum(free), size) for item, own in zip(items, free, strict=True))
                _credit(out, key, items, is_foreign)
    return out


def _credit(out: dict[str, Any], key: str, items: Sequence[Any], is_foreign: Callable[[str], bool]) -> None:
    """Call people whose table has a foreign source the user's own number, unless `sources` says whose they are."""
    given = out.get("sources", {})
    counted = [item for item in items if "people" in item and isinstance(item.get("source"), str) and is_foreign(item["source"])]
    own = {f"{key}.{item.get('name')}.share": own_number(out.get("language")) for item in counted}
    if own and isinstance(given, Mapping):
        out["sources"] = own | dict(given)


def own_number(language: Any) -> str:
    """Whose number it is that a file gives in place of another's, and says no source for."""
    from ladsim.i18n.catalogue import LANGUAGES, text

    return str(text(language if language in LANGUAGES else "en", "page.own_number"))


def counted_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Which lists of raw tables are counted in people.

    >>> counted_in({"rungs": [{"name": "lead", "people": 3}], "segments": [{"name": "town", "share": 1.0}]})
    ('rungs',)
    """
    lists = {key: items for key in COUNTED if isinstance(items := data.get(key), list | tuple)}
    return tuple(key for key, items in lists.items() if any(isinstance(item, Mapping) and "people" in item for item in items))


def is_people(path: tuple[Any, ...]) -> bool:
    """Whether the people of a rung or segment stand at a path of raw tables.

    >>> is_people(("rungs", 0, "people")), is_people(("arrivals", 0, "people"))
    (True, False)
    """
    return len(path) == 3 and path[0] in COUNTED and path[2] == "people"


def people_set(scenario: Scenario, data: dict[str, Any], paths: Mapping[tuple[Any, ...], str]) -> Iterator[Problem]:
    """Bring raw tables in which values were set at `paths` to shares again; problems stand at what was asked for (the values of `paths`).

    Where people are set on a rung or segment, the others of its list keep theirs, and the market is as many as they are together, unless
    ``market_size`` is set, too: then they must add up to it, as in a file. So must people that a file counts where ``market_size`` alone is
    set. Changes `data`.
    """
    before = {key: _heads(data, key, scenario.market_size) for key in COUNTED}
    sizes = [place for path, place in paths.items() if path == ("market_size",)]
    changed = {
        key: asked
        for key in COUNTED
        if (asked := {path[1]: place for path, place in paths.items() if path[0] == key and path[2:] == ("people",)})
    }
    for key, asked in changed.items():
        heads = before[key]
        if heads is None or not all(_is_count(data[key][at]["people"]) for at in asked):
            continue
        for at, item in enumerate(data[key]):
            if at in asked or heads[at] or "share" in item:
                item.setdefault("people", heads[at])
            if (key, at, "share") not in paths:
                item.pop("share", None)
        if not sizes:
            data["market_size"] = sum(item.get("people", 0) for item in data[key])
    size = data["market_size"]
    for key in COUNTED:
        heads = before[key]
        if key in scenario.counted and key not in changed and heads is not None and _is_count(size) and sum(heads) != size:
            place = next(iter(sizes or [place for asked in changed.values() for place in asked.values()]), key)
            yield _not_all(place, sum(heads), size)
    data.update(with_people(data))


def _heads(data: Mapping[str, Any], key: str, size: int) -> list[int] | None:
    """How many people stand on each rung or in each segment of a market of `size`; None where a share is no whole number of them."""
    named = _named(data) if key == "rungs" else {}
    found = []
    for item in data.get(key, ()):
        share = item.get("share", 0.0)
        if not isinstance(share, int | float):
            return None
        exact = share * (size - sum(named.values())) + named.get(item.get("name"), 0)
        if abs(exact - round(exact)) > _WHOLE * max(1.0, exact):
            return None
        found.append(round(exact))
    return found


def _not_all(place: str, total: int, size: int) -> Problem:
    rest = size - total
    more = f"{abs(rest):,} {'are missing' if rest > 0 else 'are too many'}"
    return Problem(place, f"people that add up to {total:,}", f"must add up to market_size ({size:,}): {more}")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_counted(item: Any) -> bool:
    """Whether a rung or segment is counted in people, or not at all."""
    return isinstance(item, Mapping) and _is_count(item.get("people", 0)) and not item.get("share")


def _shared(item: Mapping[str, Any], free: int, whole: int, size: int) -> dict[str, Any]:
    """A rung or segment with its share of those whose place no name fixes."""
    rest = {key: value for key, value in item.items() if key not in ("people", "share")}
    if "people" not in item:
        return rest
    return rest | {"share": free / whole if whole else item["people"] / size}


def _named(data: Mapping[str, Any]) -> dict[Any, int]:
    """How many people ``start.nodes`` names on each rung; a name means that node in every copy of a graph."""
    start, layers = data.get("start"), data.get("word_of_mouth")
    nodes = start.get("nodes") if isinstance(start, Mapping) else None
    graphs = [layer.get("graph") for layer in layers if isinstance(layer, Mapping)] if isinstance(layers, list | tuple) else []
    copies = [graph.get("copies", 1) for graph in graphs if isinstance(graph, Mapping)]
    each = max([1, *(number for number in copies if _is_count(number))])
    named = nodes.items() if isinstance(nodes, Mapping) else ()
    return {rung: each * len(set(map(str, names))) for rung, names in named if isinstance(names, list | tuple)}


def check_people(scenario: Scenario) -> Iterator[Problem]:
    """Why people could not stand for shares."""
    for key in COUNTED:
        items = getattr(scenario, key)
        for item in items if key == "segments" else ():
            if not item.model_fields_set & {"share", "people"}:
                yield Problem(f"segments.{item.name}.share", "nothing", "must be given (share of the market), or people")
        counted = [item for item in items if item.people is not None]
        if not counted:
            continue
        shares = [item.name for item in items if item.people is None and ends(item.share)[1] > 0.0]
        both = [item.name for item in counted if ends(item.share)[1] > 0.0]
        total = sum(item.people for item in counted)
        if both:
            yield Problem(f"{key}.{both[0]}", "people and a share", "must give one of them")
        elif shares:
            found = f"people on {counted[0].name} and a share on {shares[0]}"
            yield Problem(
                key, found, f"must be all in people, which add up to market_size ({scenario.market_size:,}), or all in shares"
            )
        elif total != scenario.market_size:
            yield _not_all(key, total, scenario.market_size)
        else:
            yield Problem(key, "fewer people than start.nodes names on a rung", "must count those named there, too")
