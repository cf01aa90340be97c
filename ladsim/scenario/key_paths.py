"""Names for the places of a file, and pydantic's errors in a strategist's words.

In: raw tables (or records), pydantic's errors. Out: names of the items of a list (``rungs.repeat``, not ``rungs[3]``) and
`Problem` records. A list's items go by their own name: rungs by name, steps by ``FROM.TO`` (``FROM.TO.TRIGGER`` where several
lead from one to the other), campaigns by their tactic or channel where they have no name, numbered ``_2`` when that repeats.

>>> item_names("steps", [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}, {"from": "b", "to": "c", "trigger": "order"}])
['a.b', 'b.c.time', 'b.c.order']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ladsim.errors import Problem, nearest
from ladsim.scenario.input_hints import as_share, number_hint
from ladsim.scenario.number_types import Distribution, Range, Table
from ladsim.scenario.renamed_keys import now
from ladsim.scenario.schema_walk import fields
from ladsim.scenario.spec import Scenario

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


def frozen(value: Any) -> Any:
    """Lists as tuples, all the way down (the records are strict about it)."""
    if isinstance(value, Mapping):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


def follow(location: Sequence[Any], data: Any) -> tuple[list[Any], list[str], Any]:
    """How far pydantic's `location` leads into the raw data: the path, its dotted parts, and what stands there.

    The tags that pydantic adds for unions and keys lead nowhere and are left out.
    """
    path: list[Any] = []
    parts: list[str] = []
    here = data
    for step in location:
        if isinstance(here, Mapping) and step in here:
            here = here[step]
            parts.append(str(step))
        elif isinstance(here, tuple | list) and isinstance(step, int) and step < len(here):
            pair = parts and parts[-1] == "beta" and step < len(PAIR)
            parts.append(PAIR[step] if pair else item_names(parts[-1] if parts else "", here)[step])
            here = here[step]
        else:
            continue
        path.append(step)
    return path, parts, here


def record_at(path: Sequence[Any], data: Any, record: type[Table] = Scenario) -> type[Table] | None:
    """The record that describes the table at `path`, or None where there is none (lists, free tables)."""
    if not path:
        return record
    here, rest = data[path[0]], path[1:]
    shape = fields(record).get(str(path[0]))
    if shape is None:
        return None
    if shape.table is not None and shape.form in ("tables", "named_tables"):
        return record_at(rest[1:], here[rest[0]], shape.table) if rest else None
    if shape.table is not None:
        return record_at(rest, here, shape.table) if isinstance(here, Mapping) else None
    if shape.form in ("number", "numbers", "pair"):
        number = here if shape.form == "number" else here[rest[0]] if rest else None
        return (Distribution if "law" in number else Range) if isinstance(number, Mapping) else None
    return None


def from_pydantic(error: ValidationError, data: Any) -> list[tuple[list[Any], Problem]]:
    """Every error of pydantic as (path into the data, problem); the arms of a union become one problem."""
    found: dict[str, tuple[list[Any], Problem]] = {}
    for entry in error.errors(include_url=False):
        path, parts, here = follow(entry["loc"], data)
        what, context = entry["type"], entry.get("ctx", {})
        if what == "too_short" and isinstance(here, tuple | list) and len(here) >= context["min_length"]:
            continue  # only because its items are wrong, which is said at the items
        if what == "missing":
            problem = _missing(path, parts, entry["loc"][-1], data)
            path = [*path, entry["loc"][-1]]
        elif what == "extra_forbidden":
            problem = _unknown(path, parts, data)
        else:
            choices = _choices(context.get("expected", "")) if what == "literal_error" else []
            close = nearest(here, choices) if isinstance(here, str) else ""
            if what == "string_pattern_mismatch":
                close = _name_behind(here, data)
            words = _words(what, context, entry["msg"]) + _hint(what, context, here)
            problem = Problem(joined(*parts), shown(here), words, close)
        before = found.get(problem.place)
        if before is not None and before[1].found == problem.found:
            words = before[1].allowed + " or " + problem.allowed.removeprefix("must be ")
            problem = Problem(problem.place, problem.found, words, before[1].nearest or problem.nearest)
        found[problem.place] = (path, problem)
    return list(found.values())


def _missing(path: list[Any], parts: list[str], key: Any, data: Any) -> Problem:
    record = record_at(path, data)
    shape = fields(record).get(str(key)) if record else None
    what = f" ({shape.description.splitlines()[0]})" if shape and shape.description else ""
    return Problem(joined(*parts, str(key)), "nothing", f"must be given{what}")


def _unknown(path: list[Any], parts: list[str], data: Any) -> Problem:
    record = record_at(path[:-1], data)
    if renamed := renamed_at(path, data):
        return Problem(joined(*parts), "a key that has another name now", f"must be called {renamed}")
    allowed = sorted(fields(record)) if record else []
    return Problem(joined(*parts), "an unknown key", f"must be one of {', '.join(allowed)}", nearest(str(path[-1]), allowed))


def renamed_at(path: Sequence[Any], data: Any) -> str:
    """What the key at the end of a path is called now, where it is a key of before; else empty."""
    record = record_at(path[:-1], data)
    return now(record, str(path[-1])) if record is not None else ""


def _name_behind(label: Any, data: Any) -> str:
    """The name of the rung, segment, channel or tactic that has this label in any language, or an empty string."""
    for key in ("rungs", "segments", "channels", "tactics"):
        items = get(data, key)
        for item in items if isinstance(items, tuple | list) else ():
            said = get(item, "label") if isinstance(item, Mapping) else None
            if label in (said.values() if isinstance(said, Mapping) else (said,)):
                return str(get(item, "name") or "")
    return ""


def _hint(what: str, context: Mapping[str, Any], here: Any) -> str:
    """What a usual slip of the pen calls for: quotation marks, per cent, a point between thousands."""
    if what in ("int_type", "float_type") and isinstance(here, str):
        return number_hint(here)
    if what.startswith("date_") and isinstance(here, str):
        return ", without quotation marks"
    if what == "int_type" and isinstance(here, float):
        return " (thousands are written 20_000 or 20000)"
    return as_share(here) if what == "less_than_equal" and context.get("le", 3) <= 2 else ""


def _choices(expected: str) -> list[str]:
    return [part.strip(" '") for part in expected.replace(" or ", ",").split(",")]


def _words(what: str, context: Mapping[str, Any], message: str) -> str:
    """What is allowed, in words, for one type of pydantic error."""
    if what == "value_error":
        return message.removeprefix("Value error, ")
    if what == "literal_error":
        return f"must be {'one of ' if ',' in context['expected'] or ' or ' in context['expected'] else ''}{context['expected']}"
    limit = next((context[key] for key in ("ge", "gt", "le", "lt") if key in context), None)
    bounds = {"greater_than_equal": "at least", "greater_than": "above", "less_than_equal": "at most", "less_than": "below"}
    if what in bounds:
        return f"must be {bounds[what]} {limit:g}" if isinstance(limit, float) else f"must be {bounds[what]} {limit}"
    fixed = {
        "string_type": "must be text in quotes",
        "string_too_short": "must not be empty",
        "string_too_long": f"must be at most {context.get('max_length')} characters",
        "string_pattern_mismatch": "must be a name: a letter or _, then letters, digits or _",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number",
        "float_type": "must be a number",
        "finite_number": "must be a finite number",
        "tuple_type": "must be a list",
        "dict_type": "must be a table",
        "model_type": "must be a table",
        "date_type": "must be a date such as 2027-01-31",
        "too_short": f"must have at least {context.get('min_length')}",
        "too_long": f"must have at most {context.get('max_length')}",
    }
    return fixed.get(what) or "must be such that: " + message[:1].lower() + message[1:]
