"""Pydantic's errors in a strategist's words.

In: pydantic's errors, the raw tables. Out: `Problem` records that name the place as ``key_paths`` does, what was found, what is allowed and
the nearest right name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from ladsim.errors import MOST_SHOWN, Problem, nearest
from ladsim.scenario.input_hints import as_share, number_hint
from ladsim.scenario.key_paths import PAIR, get, item_names, joined, shown
from ladsim.scenario.number_types import Distribution, Range, Table
from ladsim.scenario.renamed_keys import now
from ladsim.scenario.schema_walk import fields, keys_of
from ladsim.scenario.spec import Scenario


def follow(location: Sequence[Any], data: Any, known: dict[int, list[str]] | None = None) -> tuple[list[Any], list[str], Any]:
    """How far pydantic's `location` leads into the raw data: the path, its dotted parts, and what stands there.

    The tags that pydantic adds for unions and keys lead nowhere and are left out; so is the kind of a table, behind its place in a list.
    `known` keeps the names of the items of a list, for who follows many locations of the same data.
    """
    known = {} if known is None else known
    path: list[Any] = []
    parts: list[str] = []
    here = data
    for place, step in enumerate(location):
        if place and isinstance(location[place - 1], int) and isinstance(here, Mapping) and step == here.get("kind"):
            continue
        if isinstance(here, Mapping) and step in here:
            here = here[step]
            parts.append(str(step))
        elif isinstance(here, tuple | list) and isinstance(step, int) and step < len(here):
            pair = parts and parts[-1] == "beta" and step < len(PAIR)
            if not pair and id(here) not in known:
                known[id(here)] = item_names(parts[-1] if parts else "", here)
            parts.append(PAIR[step] if pair else known[id(here)][step])
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
        return record_at(rest[1:], here[rest[0]], shape.record(here[rest[0]]) or shape.table) if rest else None
    if shape.table is not None:
        return record_at(rest, here, shape.table) if isinstance(here, Mapping) else None
    if shape.form in ("number", "numbers", "pair"):
        number = here if shape.form == "number" else here[rest[0]] if rest else None
        return (Distribution if "law" in number else Range) if isinstance(number, Mapping) else None
    return None


def from_pydantic(error: ValidationError, data: Any, start: Sequence[Any] = ()) -> list[tuple[list[Any], Problem]]:
    """Every error of pydantic as (path into the data, problem), found in the table at `start`; the arms of a union become one problem."""
    found: dict[str, tuple[list[Any], Problem]] = {}
    known: dict[int, list[str]] = {}
    for entry in error.errors(include_url=False):
        path, parts, here = follow((*start, *entry["loc"]), data, known)
        what, context = entry["type"], entry.get("ctx", {})
        if what == "too_short" and isinstance(here, tuple | list) and len(here) >= context["min_length"]:
            continue  # only because its items are wrong, which is said at the items
        if what in ("union_tag_invalid", "union_tag_not_found"):
            problem = _kind(parts, here, list(_kinds_at(path, data)))
            found |= {p.place: (way, p) for way, p in _as_of_kind(path, parts, problem.nearest, data)}
            path = [*path, "kind"]
        elif what == "missing":
            problem = _missing(path, parts, entry["loc"][-1], data)
            path = [*path, entry["loc"][-1]]
        elif what == "extra_forbidden":
            problem = _unknown(path, parts, data, known, hint=len(found) < MOST_SHOWN)
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


def _kind(parts: list[str], here: Mapping[str, Any], kinds: list[str]) -> Problem:
    """A table without its kind, or of one that there is not."""
    words = " or ".join(", ".join(map(repr, kinds)).rsplit(", ", 1))
    place = joined(*parts, "kind")
    if "kind" not in here:
        return Problem(place, "nothing", f"must be given: one of {words}")
    kind = here["kind"]
    return Problem(place, shown(kind), f"must be one of {words}", nearest(kind, kinds) if isinstance(kind, str) else "")


def _as_of_kind(path: list[Any], parts: list[str], kind: str, data: Any) -> list[tuple[list[Any], Problem]]:
    """What else is wrong with a table whose kind is misspelt: read as one of the nearest kind, if there is one."""
    if not kind:
        return []
    meant = {**follow(path, data)[2], "kind": kind}
    try:
        _kinds_at(path, data)[kind].model_validate(meant)
    except ValidationError as error:
        other = _exchanged(data, path, meant)
        called, named = joined(*follow(path, other)[1]), joined(*parts)
        return [(way, replace(p, place=named + p.place.removeprefix(called))) for way, p in from_pydantic(error, other, path)]
    return []


def _exchanged(data: Any, path: Sequence[Any], value: Any) -> Any:
    """Raw tables with another value at a path; the given ones stay as they are."""
    if not path:
        return value
    inner = _exchanged(data[path[0]], path[1:], value)
    return {**data, path[0]: inner} if isinstance(data, Mapping) else (*data[: path[0]], inner, *data[path[0] + 1 :])


def _kinds_at(path: Sequence[Any], data: Any) -> Mapping[str, type[Table]]:
    """The records by kind of the list in which the table at `path` stands."""
    if len(path) < 2 or not isinstance(path[-1], int):
        return {}
    *way, key, _ = path
    owner = record_at(way, data)
    shape = fields(owner).get(key) if owner else None
    return shape.kinds if shape else {}


def of_another_kind(place: str, value: Any, key: str, kind: str, kinds: Mapping[str, type[Table]]) -> Problem | None:
    """The problem of a key that tables of other kinds have; None where no kind has it."""
    having = [other for other, record in kinds.items() if key in fields(record)]
    found = "a key of another kind" if value is None else shown(value)
    return Problem(place, found, f"belongs to programs of kind {', '.join(having)}, not {kind}") if having else None


def _unknown(path: list[Any], parts: list[str], data: Any, known: dict[int, list[str]], hint: bool) -> Problem:
    """The problem of a key that no table has. `hint`: look for the nearest one, which takes long."""
    *way, key = path
    if renamed := renamed_at(path, data):
        return Problem(joined(*parts), "a key that has another name now", f"must be called {renamed}")
    if kinds := _kinds_at(way, data):
        _, _, table = follow(way, data, known)
        if problem := of_another_kind(joined(*parts), table[key], str(key), str(table["kind"]), kinds):
            return problem
    record = record_at(way, data)
    allowed = keys_of(record) if record else ()
    close = nearest(str(key), allowed) if hint else ""
    return Problem(joined(*parts), "an unknown key", f"must be one of {', '.join(allowed)}", close)


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
        "model_attributes_type": "must be a table",
        "date_type": "must be a date such as 2027-01-31",
        "too_short": f"must have at least {context.get('min_length')}",
        "too_long": f"must have at most {context.get('max_length')}",
    }
    return fixed.get(what) or "must be such that: " + message[:1].lower() + message[1:]
