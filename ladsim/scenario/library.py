"""The library: tactics and channels that a campaign may name without the file defining them.

In: the raw tables of a scenario. Out: the same with the library's tactics and channels that its campaigns name and the file does
not define, made for its rungs, its language and its currency. The numbers stand in ``library.toml``, by role: potential, first_time,
returning, loyal, ambassador, and lapsed beside the ladder. A rung says its `role`; else its name does, where it is one; else its
place on the ladder (``roles_of``).

To add one: a table in ``library.toml``, with words in all languages and a source for each number.

>>> roles_of([{"name": "lead"}, {"name": "buyer", "orders_per_month": 1}, {"name": "fan", "orders_per_month": 2}])
{'lead': 'potential', 'buyer': 'first_time', 'fan': 'ambassador'}
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

from ladsim.scenario.currency import PER_EURO
from ladsim.scenario.lever_spec import Role
from ladsim.scenario.texts import ASSUMPTIONS, LANGUAGES

FILE = Path(__file__).with_name("library.toml")
ROLES: tuple[str, ...] = get_args(Role)
KINDS = {"tactics": "tactic", "channels": "channel"}  # list of a file → key of a campaign
# Customer rungs of a ladder, from below, by how many there are; more are returning customers.
_CLIMB = {0: (), 1: ("first_time",), 2: ("first_time", "ambassador"), 3: ("first_time", "returning", "ambassador")}


@cache
def library() -> dict[str, dict[str, dict[str, Any]]]:
    """All items as the file has them: list ("tactics", "channels") → name → item."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: {item["name"]: item for item in data[key]} for key in KINDS}


def roles_of(rungs: Sequence[Any]) -> dict[str, str]:
    """The role of each rung (raw tables), by name; rungs without one (`outside`, `lost`) are left out."""
    found: dict[str, str] = {}
    ladder = [rung for rung in rungs if not rung.get("off_ladder")]
    buying = [rung for rung in ladder if rung.get("customer", bool(rung.get("orders_per_month")))]
    first = ladder.index(buying[0]) if buying else len(ladder)
    above = ladder[first:]
    climb = _CLIMB.get(len(above)) or ("first_time", *["returning"] * (len(above) - 3), "loyal", "ambassador")
    by_place = {rung["name"]: "potential" for rung in ladder[:first]} | {
        rung["name"]: role for rung, role in zip(above, climb, strict=False)
    }
    for rung in rungs:
        name, off = rung["name"], rung.get("off_ladder")
        given = rung["role"] if isinstance(rung.get("role"), str) else ""  # what else stands there is told by the check
        role = given or (name if name in ROLES else by_place.get(name))
        if off == "lapsed" or (off is True and name not in ("outside", "lost")):
            role = given or "lapsed"
        if role is not None:
            found[name] = role
    return found


def laid_item(key: str, name: str, roles: Mapping[str, str], language: str, currency: str) -> dict[str, Any]:
    """A tactic or channel of the library as the raw table that a file would define it by."""
    item = library()[key][name]
    means = item["means"]
    effects = []
    for effect in means["effects"]:
        per_rung = {rung: effect["per_role"][role] for rung, role in roles.items() if effect["per_role"].get(role)}
        effects.append({"on": effect["on"], "per_rung": per_rung, "source": said(effect["source"], language)})
    half_at = half_at_in(means["response"]["half_at"], currency)
    response = means["response"] | {"half_at": half_at, "source": said(means["response"]["source"], language)}
    return {
        "name": name,
        "label": in_language(item["label"], language),
        "description": in_language(item["description"], language),
        "spoke": item["spoke"],
        "touchpoints": list(in_language(item["touchpoints"], language)),
        "response": response,
        "carry_over": means["carry_over"],
        "needs_consent": means["needs_consent"],
        "effects": effects,
        "source": said(means["source"], language),
    }


def half_at_in(euro: float, currency: str) -> float:
    """Spend per head and month in a currency; as it is in euro where there is no rate."""
    return round(euro * PER_EURO.get(currency.upper(), 1.0), 4)


def said(source: Any, language: str) -> str:
    """A source in a language: the one word for an assumption, or what the file says in each."""
    if source == ASSUMPTIONS[0]:
        return dict(zip(LANGUAGES, ASSUMPTIONS, strict=True))[language if language in LANGUAGES else "en"]
    return str(in_language(source, language)) if isinstance(source, Mapping) else str(source)


def in_language(words: Mapping[str, Any], language: str) -> Any:
    """What is said in a language, else in English."""
    return words.get(language, words["en"])


def with_library(data: Mapping[str, Any]) -> dict[str, Any]:
    """Raw tables of a scenario with what its campaigns name and only the library defines. What is malformed is left as it is."""
    out = dict(data)
    campaigns = [campaign for owner in _owners(data) for campaign in tables_of(owner, "campaigns")]
    if not campaigns or not is_sound(data):
        return out
    roles = roles_of(tables_of(data, "rungs"))
    for key, what in KINDS.items():
        own = tables_of(data, key)
        defined = {item["name"] for item in own if isinstance(item.get("name"), str)}
        named = dict.fromkeys(c[what] for c in campaigns if isinstance(c.get(what), str) and c[what] not in defined)
        wanted = [name for name in named if name in library()[key]]
        if wanted:
            language, currency = str(data.get("language", "en")), str(data.get("currency", "EUR"))
            out[key] = [*own, *(laid_item(key, name, roles, language, currency) for name in wanted)]
    return out


def _owners(data: Mapping[str, Any]) -> list[Any]:
    """The scenario and its strategies."""
    strategies = data.get("strategies")
    return [data, *(strategies.values() if isinstance(strategies, Mapping) else ())]


def tables_of(owner: Any, key: str) -> list[Any]:
    """The tables of a list; nothing where it is none."""
    items = owner.get(key) if isinstance(owner, Mapping) else None
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list | tuple) else []


def is_sound(data: Mapping[str, Any]) -> bool:
    """Whether the rungs can be read, and the lists hold tables only."""
    rungs = data.get("rungs")
    named = isinstance(rungs, list | tuple) and len(tables_of(data, "rungs")) == len(rungs)
    lists = all(
        len(tables_of(data, key)) == len(data.get(key) or ()) for key in KINDS if isinstance(data.get(key, ()), list | tuple)
    )
    return named and lists and all(isinstance(rung.get("name"), str) for rung in tables_of(data, "rungs"))
