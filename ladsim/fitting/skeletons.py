"""A ladder where none is given: the rungs and steps that the data themselves have, as the text of a scenario file.

In: tables by kind. Out: TOML that is right as it is, with the rates of a first guess (`GUESS`, said to be an assumption); the fitted ranges are set
into it afterwards (``on_ladder``). Rungs of a table of rungs are the ladder; else leads, buyers and members have a part each. Everybody
starts at the beginning: the scenario plays the people of the data once more from the first day of each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ladsim.data.words import cell_words
from ladsim.errors import DataError
from ladsim.fitting.hazards import Pair
from ladsim.i18n import Locale

GUESS = 0.05  # a month: every step until its range is set
_MONTHS = 24
_FORBIDDEN = re.compile(r"\W+")


def rung_name(text: str) -> str:
    """What stands in a table as the name of a rung, as a scenario may call it.

    >>> rung_name("1. Ny kunde"), rung_name("Lead")
    ('r1_ny_kunde', 'lead')
    """
    name = _FORBIDDEN.sub("_", text.strip().casefold()).strip("_") or "rung"
    return name if not name[0].isdigit() else f"r{name}"


def of_stages(last: pd.Series, steps: list[Pair], name: str, locale: Locale) -> str:
    """The ladder of a table of rungs: `last`, the rung on which each customer was last seen, and the steps. Raises DataError.

    A rung from which no step leads, and whose name says that people are lost or lapsed, lies beside the ladder.
    """
    counts = last.value_counts()
    rungs = list(dict.fromkeys([*(rung for pair in steps for rung in pair), *counts.index]))
    names = {rung: rung_name(str(rung)) for rung in rungs}
    if len(set(names.values())) < len(rungs):
        raise DataError(
            f"rungs: found names that differ in signs only ({', '.join(map(str, rungs[:20]))}), must be told apart by letters"
        )
    left = {a for a, _ in steps}
    tables = []
    for rung in rungs:
        kind = _beside(str(rung)) if rung not in left or _beside(str(rung)) else ""
        tables.append(
            {"name": names[rung], "label": str(rung), "people": int(counts.get(rung, 0))} | ({"off_ladder": kind} if kind else {})
        )
    tables.sort(key=lambda one: "off_ladder" in one)
    return _text(name, int(counts.sum()), tables, [_step(names[a], names[b]) for a, b in steps], locale, "head_stages")


def of_parts(
    parts: Mapping[str, int],
    name: str,
    locale: Locale,
    *,
    has_lost: bool = False,
    renewal_months: int = 0,
    fails: bool = False,
    leaves_at_orders: bool = False,
) -> str:
    """The ladder of leads (`deals`), buyers (`transactions`) and members (`subscriptions`): kind → how many. Raises DataError without any."""
    rungs: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    buys, leads = "transactions" in parts, "deals" in parts
    if leads:
        rungs.append(_rung("lead", parts["deals"], locale))
        steps.append(_step("lead", "customer") | {"is_order": True})
    if leads or buys:
        people = parts.get("transactions", 0)
        rungs.append(_rung("customer", people, locale) | {"orders_per_month": GUESS if buys else 0.0, "customer": True})
    if buys:
        rungs.append(_rung("lapsed", 0, locale) | {"off_ladder": "lapsed"})
        at_orders = {"from": "customer", "to": "lapsed", "trigger": "order", "beta": [1.0, 3.0]}
        steps.append(at_orders if leaves_at_orders else _step("customer", "lapsed") | {"gamma_shape": 1.0})
    if leads and has_lost:
        rungs.append(_rung("lost", 0, locale) | {"off_ladder": "lost"})
        steps.append(_step("lead", "lost"))
    if "subscriptions" in parts:
        renewal = {"trigger": "renewal", "months": renewal_months}
        rungs += [
            _rung("member", parts["subscriptions"], locale) | {"customer": True},
            _rung("former", 0, locale) | {"off_ladder": "lost"},
        ]
        steps.append({"from": "member", "to": "former", **renewal, "beta": [1.0, 3.0]})
        if fails:
            rungs.append(_rung("payment_failed", 0, locale) | {"off_ladder": "lapsed"})
            steps.append({"from": "member", "to": "payment_failed", **renewal, "probability": 0.01})
    if not rungs:
        raise DataError(
            "found no rungs, orders, deals or subscriptions, must be some to make a scenario of, or a ladder (--ladder)"
        )
    more: dict[str, Any] = {"start": {"orders": {"customer": 1}}} if parts.get("transactions") else {}
    more |= (
        {
            "basket": {"law": "gamma", "mean": 1.0, "shape": 1.0},
            "heterogeneity": {"orders": {"gamma_shape": 1.0}, "basket": {"inverse_gamma_shape": 3.0}},
        }
        if buys
        else {}
    )
    return _text(name, sum(one["people"] for one in rungs), rungs, steps, locale, "head_parts", more)


def _rung(name: str, people: int, locale: Locale) -> dict[str, Any]:
    return {"name": name, "label": locale.text(f"fitting.rung_{name}"), "people": people}


def _step(origin: str, to: str) -> dict[str, Any]:
    return {"from": origin, "to": to, "rate": GUESS}


def _beside(rung: str) -> str:
    """Whether a rung's name says that who stands there is lost, or has lapsed."""
    words = set(re.findall(r"\w+", rung.casefold()))
    return "lost" if words & set(cell_words("lost_rung")) else "lapsed" if words & set(cell_words("lapsed_rung")) else ""


def _text(
    name: str, people: int, rungs: list[dict[str, Any]], steps: list[dict[str, Any]], locale: Locale, start: str,
    more: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """A scenario file: the head, then each rung and step as a table."""
    import tomlkit

    document = tomlkit.document()
    for line in (*locale.text("fitting.head").split("\n"), locale.text(f"fitting.{start}")):
        document.add(tomlkit.comment(line))
    guess = locale.text("fitting.guess")
    head = {"schema": 1, "name": name, "language": locale.language, "months": _MONTHS, "market_size": people}
    for key, value in head.items():
        document[key] = value
    for key, tables in (("rungs", rungs), ("steps", steps)):
        made = tomlkit.aot()
        for one in tables:
            made.append(tomlkit.item(one | {"source": guess if key == "steps" else locale.text("fitting.counted")}))
        document[key] = made
    for key, value in (more or {}).items():
        document[key] = value
    return tomlkit.dumps(document)
