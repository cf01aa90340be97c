"""``extends``: one scenario as changes on top of another.

In: two raw tables. Out: the merged one. Tables merge key by key; lists of named tables merge by name (steps by from, to and
trigger, layers by layer); every other list, and a number given as a range, takes the place of the former. A `source` belongs to
its number: where a number changes and no new source is given, the old source goes. On rungs and segments it stays with the numbers that
do not change: who counts his own people still has the order rates of the file below, with their source; what is counted anew is called
the user's own number, where no source is given.

>>> merged({"rungs": [{"name": "a", "share": 1.0}]}, {"rungs": [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]})
{'rungs': [{'name': 'a', 'share': 0.5}, {'name': 'b', 'share': 0.5}], 'sources': {'rungs.a.share': 'your own number'}}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from ladsim.scenario.people import COUNTED, own_number
from ladsim.scenario.spec import STEP_ALTERNATIVES

IDENTITY: dict[str, tuple[str, ...]] = {
    "rungs": ("name",),
    "steps": ("from", "to", "trigger"),
    "order_kinds": ("name",),
    "segments": ("name",),
    "channels": ("name",),
    "tactics": ("name",),
    "shocks": ("name",),
    "word_of_mouth": ("layer",),
}
# Tables whose keys depend on one of them: another kind is another table.
_DECIDES = ("law", "kind", "curve")
# Ways to say the same number, by list: giving one takes the others' place.
_ALTERNATIVES: dict[str, dict[str, tuple[str, ...]]] = {
    "steps": STEP_ALTERNATIVES,
    **{key: {"today": ("response",), "response": ("today",)} for key in ("channels", "tactics")},
    **{key: {"people": ("share",), "share": ("people",)} for key in COUNTED},
}
_NOT_NUMBERS = frozenset({"label", "title", "description", "source", "name"})


def identities(key: str, items: Sequence[Any]) -> list[Hashable]:
    """What an item of the list `key` is known by; a repeated one is told apart by its count."""
    seen: Counter[Hashable] = Counter()
    found: list[Hashable] = []
    for item in items:
        own = tuple(
            str(item.get(part, "time" if part == "trigger" else "")) if isinstance(item, Mapping) else ""
            for part in IDENTITY[key]
        )
        seen[own] += 1
        found.append((own, seen[own]))
    return found


def merged(below: Mapping[str, Any], above: Mapping[str, Any], key: str = "") -> dict[str, Any]:
    """The table `below` with the changes of `above`; neither is changed."""
    if any(k in below and k in above and below[k] != above[k] for k in _DECIDES) or _is_number(key, below, above):
        return dict(above)
    gone = {other for k in above for other in _ALTERNATIVES.get(key, {}).get(k, ())}
    if "source" in below and "source" not in above and any(k not in _NOT_NUMBERS and below.get(k) != v for k, v in above.items()):
        gone.add("source")
    out = {k: v for k, v in below.items() if k not in gone or k in above}
    for k, value in above.items():
        former = out.get(k)
        if isinstance(former, Mapping) and isinstance(value, Mapping):
            out[k] = merged(former, value, k)
        elif k in IDENTITY and isinstance(former, list) and isinstance(value, list):
            out[k] = _merged_list(former, value, k)
        else:
            out[k] = value
    return out if key else _with_sources(below, above, out)


def _with_sources(below: Mapping[str, Any], above: Mapping[str, Any], out: dict[str, Any]) -> dict[str, Any]:
    """The merged scenario, in which every number of a rung or segment has the source of the file that gives it, and no other's."""
    given, former = above.get("sources", {}), out.get("sources", {})
    if not isinstance(given, Mapping) or not isinstance(former, Mapping):
        return out
    sources, own = dict(former), own_number(out.get("language"))
    for key in COUNTED:
        items, changes = (_by_name(table.get(key)) for table in (below, above))
        for name in items.keys() & changes.keys():
            item, change = items[name], changes[name]
            changed = {k for k, value in change.items() if item.get(k) != value}
            gone = changed | ({"share"} if "people" in changed else set())
            for k in gone - set(_NOT_NUMBERS):
                if f"{key}.{name}.{k}" not in given:
                    sources.pop(f"{key}.{name}.{k}", None)
                    typed = change.get("people" if k == "share" and "people" in change else k)
                    if "source" not in change and k != "people" and _says_number(typed):
                        sources[f"{key}.{name}.{k}"] = own
            if "source" in item and "source" not in change and gone - _NOT_NUMBERS:
                kept = (k for k, value in item.items() if k not in {*gone, "people", "share"} and _says_number(value))
                for k in kept:
                    sources.setdefault(f"{key}.{name}.{k}", item["source"])
    return out | {"sources": sources} if sources or former else out


def _by_name(items: Any) -> dict[str, Mapping[str, Any]]:
    """Named tables of a list."""
    found = items if isinstance(items, list | tuple) else ()
    return {item["name"]: item for item in found if isinstance(item, Mapping) and isinstance(item.get("name"), str)}


def _says_number(value: Any) -> bool:
    """A number, a range or a law."""
    if isinstance(value, Mapping):
        return "low" in value or "law" in value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_number(key: str, *tables: Mapping[str, Any]) -> bool:
    """Whether one of the tables is a range or a distribution."""
    return any("low" in table or "high" in table or ("law" in table and key != "basket") for table in tables)


def _merged_list(below: list[Any], above: list[Any], key: str) -> list[Any]:
    out = list(below)
    places = {identity: i for i, identity in enumerate(identities(key, below))}
    for identity, item in zip(identities(key, above), above, strict=True):
        place = places.get(identity)
        if place is None or not isinstance(item, Mapping) or not isinstance(out[place], Mapping):
            out.append(item)
        else:
            out[place] = merged(out[place], item, key)
    return out
