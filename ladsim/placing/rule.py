"""The rule from behaviour to rung: read from a TOML file, or made for a ladder.

In: a file, or a scenario whose ladder it is for. Out: a `Rule`: rungs in the order in which they are tried; the first whose conditions all
hold is the customer's. A rung may stand more than once: then any of its tables will do. The last one has no conditions. Rungs stand from
the top of the ladder down; those with `off_ladder` lie beside it.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.errors import DataError, Problem, few, nearest
from ladsim.files import read_at_most
from ladsim.placing.conditions import FACTS, Condition, condition_of, shown
from ladsim.scenario.library import ROLES, in_language, roles_of
from ladsim.scenario.naming import label_of
from ladsim.scenario.nesting import in_text
from ladsim.scenario.spec import Scenario
from ladsim.scenario.texts import LANGUAGES

MOST_BYTES = 1_000_000
MOST_RUNGS = 60
CRM = ("without_orders", "first", "never")
BY_PROBABILITY, BY_SILENCE = "probability", "silence"
_FILE_KEYS = ("schema", "scenario", "crm", "gone", "rungs")
_RUNG_KEYS = ("name", "label", "role", "off_ladder", "crm_names")
_COMMENT = re.compile(rf"# ({'|'.join(LANGUAGES)}): (.*)")
_DEFAULT = Path(__file__).with_name("default_rule.toml")


@dataclass(frozen=True)
class Line:
    """A rung with one set of conditions."""

    rung: int  # place in `Rule.names`
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Rule:
    """Who stands on which rung. R rungs, from the bottom of the ladder up; those beside it at the end."""

    names: tuple[str, ...]
    labels: tuple[str, ...]
    roles: tuple[str, ...]  # what the library of tactics takes each for; "" for none
    on_ladder: tuple[bool, ...]
    crm_names: tuple[frozenset[str], ...]  # what a CRM calls each, in small letters
    lines: tuple[Line, ...]  # in the order in which they are tried
    crm: str = CRM[0]  # whose CRM rung counts: of those without an order, of all who have one, or of nobody
    gone: str | int = (
        BY_PROBABILITY  # how a customer is gone: by probability, by the silence found in the data, or after so many days
    )
    scenario: str = ""  # the scenario whose ladder it is for
    text: str = ""  # as it stands in its file

    def facts(self) -> frozenset[str]:
        """The facts that it asks for."""
        return frozenset(condition.fact for line in self.lines for condition in line.conditions)

    def beyond(self, kinds: Sequence[str]) -> dict[int, set[str]]:
        """Rungs that nobody can be found on by conditions in data of these kinds: rung → facts that are missing."""
        found: dict[int, set[str]] = {}
        open_rungs = set()
        for line in self.lines:
            missing = {c.fact for c in line.conditions if not set(FACTS[c.fact].needs) & set(kinds)}
            if missing:
                found.setdefault(line.rung, set()).update(missing)
            else:
                open_rungs.add(line.rung)
        return {rung: facts for rung, facts in found.items() if rung not in open_rungs}


def read_rule(path: str | os.PathLike[str], language: str = "en") -> Rule:
    """The rule of a file. Raises DataError with all that is wrong in it."""
    name = os.fspath(path)
    try:
        raw = read_at_most(path, MOST_BYTES)
    except (OSError, ValueError) as problem:
        raise DataError(f"{name}: cannot be read ({getattr(problem, 'strerror', None) or problem})") from None
    if len(raw) > MOST_BYTES:
        raise DataError(f"{name}: found more than {MOST_BYTES:,} bytes, must be a rule of fewer")
    try:
        text = raw.decode("utf-8-sig")
        if (strange := in_text(text)) is not None:
            raise DataError(_in_file(strange, name))
        data = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise DataError(f"{name}: is no TOML file ({problem})") from None
    return rule_of(data, text, language, name)


def rule_of(data: Mapping[str, Any], text: str = "", language: str = "en", file: str = "") -> Rule:
    """A rule from the tables of its file. Raises DataError with all that is wrong in it."""
    problems = list(_wrong(data))
    rungs = data.get("rungs")
    tables = [one for one in rungs if isinstance(one, Mapping)] if isinstance(rungs, list) else []
    lines: list[tuple[str, tuple[Condition, ...]]] = []
    for number, table in enumerate(tables, 1):
        place = f"rungs.{table.get('name') if isinstance(table.get('name'), str) else number}"
        made = [condition_of(place, fact, table[fact]) for fact in table if fact in FACTS]
        problems += [one for one in made if isinstance(one, Problem)]
        lines.append((str(table.get("name")), tuple(one for one in made if isinstance(one, Condition))))
    if lines and not problems and lines[-1][1]:
        problems.append(
            Problem("rungs", f"conditions in the last one, {lines[-1][0]!r}", "must have none there: it is for all who are left")
        )
    if problems:
        raise DataError("\n".join(few([_in_file(one, file) for one in problems])))
    first: dict[str, Mapping[str, Any]] = {}
    for table in tables:
        first.setdefault(table["name"], table)
    climb = [name for name in first if not first[name].get("off_ladder", False)][::-1]
    names = [*climb, *(name for name in first if name not in climb)]
    labels = tuple(_label(first[name], language) for name in names)
    given = {name: first[name].get("role") or (name if name in ROLES else "") for name in names}
    called = tuple(
        frozenset(word.casefold() for word in (name, *_all_labels(first[name]), *first[name].get("crm_names", ())))
        for name in names
    )
    return Rule(
        tuple(names), labels, tuple(given[name] for name in names), tuple(name in climb for name in names), called,
        tuple(Line(names.index(name), conditions) for name, conditions in lines),
        data.get("crm", CRM[0]), data.get("gone", BY_PROBABILITY), data.get("scenario", ""), text,
    )  # fmt: skip


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(problem.place, problem.found, problem.allowed, problem.nearest, file)


def _wrong(data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong beside the conditions."""
    found = [
        Problem(key, shown(data[key]), f"must be one of {', '.join(_FILE_KEYS)}", nearest(key, _FILE_KEYS))
        for key in data
        if key not in _FILE_KEYS
    ]
    if data.get("schema", 1) != 1:
        found.append(Problem("schema", shown(data["schema"]), "must be 1"))
    if not isinstance(data.get("scenario", ""), str):
        found.append(Problem("scenario", shown(data["scenario"]), "must be a text"))
    if data.get("crm", CRM[0]) not in CRM:
        found.append(Problem("crm", shown(data["crm"]), f"must be one of {', '.join(CRM)}", nearest(str(data["crm"]), CRM)))
    gone = data.get("gone", BY_PROBABILITY)
    is_days = isinstance(gone, int) and not isinstance(gone, bool) and 1 <= gone <= 36_500
    if gone not in (BY_PROBABILITY, BY_SILENCE) and not is_days:
        found.append(Problem("gone", shown(gone), 'must be "probability", "silence" or a whole number of days from 1'))
    rungs = data.get("rungs")
    if not isinstance(rungs, list) or not rungs or not all(isinstance(one, Mapping) for one in rungs):
        return [*found, Problem("rungs", shown(rungs), "must be tables: [[rungs]] with a name and conditions")]
    if len(rungs) > MOST_RUNGS:
        found.append(Problem("rungs", f"{len(rungs):,} tables", f"must be at most {MOST_RUNGS}"))
    for number, one in enumerate(rungs, 1):
        found += _wrong_rung(one, number)
    return found


def _wrong_rung(table: Mapping[str, Any], number: int) -> list[Problem]:
    """What is wrong in one table of a rung, but for its conditions."""
    name = table.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 200 or not name.isprintable():
        return [Problem(f"rungs.{number}.name", shown(name), "must be a text")]
    place, found = f"rungs.{name}", []
    allowed = [*_RUNG_KEYS, *FACTS]
    for key in table:
        if key not in allowed:
            found.append(
                Problem(f"{place}.{key}", shown(table[key]), f"must be one of {', '.join(allowed)}", nearest(key, allowed))
            )
    if "role" in table and table["role"] not in ROLES:
        found.append(
            Problem(
                f"{place}.role", shown(table["role"]), f"must be one of {', '.join(ROLES)}", nearest(str(table["role"]), ROLES)
            )
        )
    if not isinstance(table.get("off_ladder", False), bool):
        found.append(Problem(f"{place}.off_ladder", shown(table["off_ladder"]), "must be true or false"))
    label = table.get("label", "")
    if not isinstance(label, str) and not (
        isinstance(label, Mapping) and "en" in label and all(isinstance(label[key], str) and key in LANGUAGES for key in label)
    ):
        found.append(Problem(f"{place}.label", shown(label), "must be a text, or a table of texts by language (en, da, nb)"))
    words = table.get("crm_names", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        found.append(Problem(f"{place}.crm_names", shown(words), "must be a list of texts"))
    return found


def _label(table: Mapping[str, Any], language: str) -> str:
    label = table.get("label", "")
    said = in_language(label, language) if isinstance(label, Mapping) else label
    return str(said) or str(table["name"]).replace("_", " ")


def _all_labels(table: Mapping[str, Any]) -> list[str]:
    label = table.get("label", "")
    return list(label.values()) if isinstance(label, Mapping) else [label] if label else []


def default_rule(language: str = "en") -> Rule:
    """The rule for lead, prospect, customer, repeat buyer, ambassador and lapsed."""
    text = _in_language(_DEFAULT.read_text(encoding="utf-8"), language)
    return rule_of(tomllib.loads(text), text, language)


def _in_language(text: str, language: str) -> str:
    """A file whose comments are those of one language."""
    found = []
    for line in text.split("\n"):
        comment = _COMMENT.match(line)
        if comment is None:
            found.append(line)
        elif comment[1] == language:
            found.append(f"# {comment[2]}")
    return "\n".join(found)


_BY_ROLE = {
    "lapsed": "gone = true\norders = { at_least = 1 }\n",
    "ambassador": "referrals_made = { at_least = 1 }\norders = { at_least = 2 }\n",
    "loyal": "orders_12_months = { at_least = 4 }\norders = { at_least = 4 }\n",
    "returning": "orders = { at_least = 2 }\n",
    "first_time": "orders = { at_least = 1 }\n",
}
_DEEPER = "orders = {{ at_least = {n} }}\n"  # of the n-th rung of customers, where several are returning ones


def rule_for(scenario: Scenario, name: str = "", language: str = "en", translations: Sequence[Scenario] = ()) -> Rule:
    """The default rule for the ladder of a scenario: by the role of each rung. Raises DataError where nobody there is a customer.

    `translations` are the same scenario in other languages: a CRM may have the labels of any.
    """
    raw = [rung.model_dump(by_alias=True, exclude_defaults=True) for rung in scenario.rungs]
    roles = roles_of(raw)
    inside = [rung for rung in scenario.rungs if roles.get(rung.name)]
    climb = [rung for rung in inside if not rung.off_ladder]
    if not any(roles[rung.name] != "potential" for rung in climb):
        raise DataError(f"{name or scenario.name}: found no rung of customers, must have one: write a rule of your own (--rule)")
    parts = []
    lapsed = [rung for rung in inside if rung.off_ladder]
    returning = [rung.name for rung in climb if roles[rung.name] == "returning"]
    leads = [rung.name for rung in climb if roles[rung.name] == "potential"]
    counted = _by_steps(scenario, [rung.name for rung in climb if roles[rung.name] != "potential"])
    for rung in [*lapsed[:1], *climb[::-1]]:
        role = roles[rung.name]
        conditions = _BY_ROLE.get(role, "")
        if rung.name in returning[1:]:
            conditions = _DEEPER.format(n=2 + returning.index(rung.name))
        if rung.name in counted:
            conditions = _DEEPER.format(n=counted[rung.name])
        if rung.name in leads[1:]:
            conditions = (
                'deal = ["open"]\n' if rung.name == leads[-1] else f"stage = [{_quoted(label_of(rung))}, {_quoted(rung.name)}]\n"
            )
        if rung is climb[0]:
            conditions = ""
        off = "off_ladder = true\n" if rung.off_ladder else ""
        called = {label_of(other) for one in translations for other in one.rungs if other.name == rung.name} - {label_of(rung)}
        words = f"crm_names = [{', '.join(map(_quoted, sorted(called)))}]\n" if called else ""
        parts.append(
            f'[[rungs]]\nname = {_quoted(rung.name)}\nlabel = {_quoted(label_of(rung))}\nrole = "{role}"\n{off}{words}{conditions}'
        )
    whole = _in_language(_DEFAULT.read_text(encoding="utf-8"), language)
    head = whole.partition("[[rungs]]")[0].rstrip("\n").rpartition("\n\n")[0]
    text = f"{head}\nscenario = {_quoted(name)}\n\n" + "\n".join(parts) if name else head + "\n\n" + "\n".join(parts)
    return rule_of(tomllib.loads(text), text, language)


def _by_steps(scenario: Scenario, customers: Sequence[str]) -> dict[str, int]:
    """The orders that make somebody stand on a rung, where the scenario's own steps say so: each k-th order leads on for certain."""
    found = {customers[0]: 1}
    for name in customers[1:]:
        for step in scenario.steps:
            if step.to == name and step.from_ in found and step.trigger == "order" and step.probability == 1.0:
                found[name] = found[step.from_] + step.from_order
    return found


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
