"""Names for the places of a file.

In: raw tables (or records). Out: names of the items of a list (``rungs.repeat``, not ``rungs[3]``). A list's items go by their own
name: rungs by name, steps by ``FROM.TO`` (``FROM.TO.TRIGGER`` where several lead from one to the other), campaigns by their tactic or
channel where they have no name, numbered ``_2`` when that repeats.

>>> item_names("steps", [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "b", "to": "c", "trigger": "order"}])
['a.b', 'b.c.time', 'b.c.order']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ladsim.scenario.number_types import Table

PAIR = ("a", "b")
_NAME_KEYS: dict[str, tuple[str, ...]] = {
    "campaigns": ("name", "tactic", "channel"),
    "word_of_mouth": ("layer",),
    "effects": ("on",),
    "policies": ("function",),
    "programs": ("name", "kind"),
    "goals": ("name",),
    "arrivals": (),
    "seasons": (),
}


def get(item: Any, key: str) -> Any:
    """What `item` (a raw table or a record) has under a key of the file, or None."""
    if isinstance(item, Table) or not isinstance(item, Mapping):
        return getattr(item, "from_" if key == "from" else key, None)
    return item.get(key)


def item_names(key: str, items: Sequence[Any]) -> list[str]:
    """The name of every item of the list `key`; ``[3]`` where it has none. Names are unique."""
    if key == "steps":
        wanted = _step_names(items)
    else:
        wanted = [next((str(n) for n in (get(i, k) for k in _NAME_KEYS.get(key, ("name",))) if n), "") for i in items]
    seen: Counter[str] = Counter()
    names = []
    for position, name in enumerate(wanted):
        seen[name] += 1
        names.append(f"[{position}]" if not name else name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def _step_names(items: Sequence[Any]) -> list[str]:
    ways = [(get(i, "from"), get(i, "to")) for i in items]
    ways = [(f, t) if isinstance(f, str) and isinstance(t, str) else ("", "") for f, t in ways]
    many = Counter(ways)
    return [
        "" if not f else f"{f}.{t}" if many[f, t] == 1 else f"{f}.{t}.{get(item, 'trigger') or 'time'}"
        for item, (f, t) in zip(items, ways, strict=True)
    ]


def joined(*parts: str) -> str:
    """Parts of a dotted place; a position in brackets joins without a dot."""
    out = ""
    for part in parts:
        out += part if not out or part.startswith("[") else f".{part}"
    return out


def shown(value: Any) -> str:
    """A value as a message shows it, at most 60 characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 256:
        return "a whole number of more than 77 digits"
    text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


NUMBERS = frozenset({bool, int, float})  # nothing is within one


def frozen(value: Any) -> Any:
    """Lists as tuples, all the way down (the records are strict about it)."""
    if isinstance(value, Mapping):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple([item if type(item) in NUMBERS else frozen(item) for item in value])  # there may be a million
    return value
