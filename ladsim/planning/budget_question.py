"""What is asked of a budget: how much, of what, within which limits, and what counts as good.

In: an amount, and options or a TOML file with ``value``, ``risk``, ``[[levers]]`` and ``[[constraints]]``. Out: a `Question`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import Problem, StudyError, nearest
from ladsim.files import read_at_most
from ladsim.measures.summary import Summary
from ladsim.planning.budget_levers import Levers, Named
from ladsim.planning.split_search import Row
from ladsim.scenario.nesting import in_text
from ladsim.scenario.spec import Scenario

Floats = NDArray[np.float64]
MAX_BYTES = 1_000_000
VALUES = {"profit": "profit", "discounted_profit": "discounted_profit", "equity": "customer_equity", "customers": "customers_end",
          "new_customers": "new_customers"}  # fmt: skip
RISKS = ("mean", "cvar", "quantile")


@dataclass(frozen=True)
class Constraint:
    """A limit on what some levers get together: over the whole time, a month, or as a share of the budget."""

    levers: tuple[str, ...]
    at_most: float | None = None
    at_least: float | None = None
    per: str = "total"  # "total", "month" or "share"
    name: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked."""

    budget: float
    levers: tuple[Named, ...] = ()  # none: what the scenario has by itself
    constraints: tuple[Constraint, ...] = ()
    value: tuple[tuple[str, float], ...] = (("profit", 1.0),)  # what counts, and how much of it
    risk: str = "mean"
    share: float = 0.2  # of the worst futures, where risk is a quantile or the mean of these (cvar)
    spend_all: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "budget": self.budget,
            "levers": [[one.key, one.low, one.high] for one in self.levers],
            "constraints": [[list(one.levers), one.at_most, one.at_least, one.per, one.name] for one in self.constraints],
            "value": [list(one) for one in self.value],
            "risk": self.risk,
            "share": self.share,
            "spend_all": self.spend_all,
        }

    def worth(self, summary: Summary) -> float:
        """What a future is worth."""
        return float(sum(weight * summary.scalars[measure] for measure, weight in self.value))

    def score(self, values: Floats) -> float:
        """What futures are worth together: their mean, a low quantile, or the mean of the worst (CVaR; Rockafellar & Uryasev 2000)."""
        if self.risk == "mean":
            return float(np.mean(values))
        ordered = np.sort(values)
        if self.risk == "quantile":
            return float(ordered[max(0, math.ceil(self.share * ordered.size) - 1)])
        many = self.share * ordered.size
        whole = int(many)
        part = ordered[:whole].sum() + (many - whole) * (ordered[whole] if whole < ordered.size else 0.0)
        return float(part / many)

    @property
    def is_money(self) -> bool:
        """Whether what counts is an amount."""
        return all(measure in ("profit", "discounted_profit", "customer_equity") for measure, _ in self.value)

    def rows(self, levers: Levers) -> tuple[Row, ...]:
        """The constraints as rows over the amounts. Raises StudyError for a lever that is none."""
        keys = [one.key for one in levers.all[: levers.amounts]]
        found = []
        for number, one in enumerate(self.constraints):
            name = one.name or f"constraints[{number}]"
            for key in one.levers:
                if key not in keys:
                    raise StudyError(
                        str(Problem(name, repr(key), f"must be the key of an amount: {', '.join(keys)}", nearest(key, keys)))
                    )
            per = [
                (1.0 / lever.months if one.per == "month" else 1.0 / self.budget if one.per == "share" else 1.0)
                if lever.key in one.levers
                else 0.0
                for lever in levers.all[: levers.amounts]
            ]
            if one.at_most is not None:
                found.append(Row(tuple(per), one.at_most, name))
            if one.at_least is not None:
                found.append(Row(tuple(-w for w in per), -one.at_least, name))
        return tuple(found)


def asked_of(plain: Mapping[str, Any]) -> Question:
    """The question of a manifest. Raises ValueError where it is damaged."""
    try:
        return Question(
            float(plain["budget"]),
            tuple(Named(str(key), low, high) for key, low, high in plain["levers"]),
            tuple(Constraint(tuple(map(str, keys)), most, least, str(per), str(name))
                  for keys, most, least, per, name in plain["constraints"]),
            tuple((str(measure), float(weight)) for measure, weight in plain["value"]),
            str(plain["risk"]),
            float(plain["share"]),
            plain["spend_all"] is True,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        raise ValueError("its 'allocate' is missing or damaged") from None


def refuse_nonsense(asked: Question) -> None:
    """Raise StudyError where something is asked that cannot be."""
    if not (math.isfinite(asked.budget) and asked.budget > 0.0):
        raise StudyError(f"budget: found {asked.budget:g}, must be an amount above 0, such as 900000")
    if asked.risk not in RISKS:
        raise StudyError(str(Problem("risk", repr(asked.risk), f"must be one of {', '.join(RISKS)}", nearest(asked.risk, RISKS))))
    if not 0.0 < asked.share < 1.0:
        raise StudyError(f"share: found {asked.share:g}, must be above 0 and below 1, such as 0.2")
    for number, one in enumerate(asked.constraints):
        place = one.name or f"constraints[{number}]"
        if one.per not in ("total", "month", "share"):
            raise StudyError(f"{place}: found per = {one.per!r}, must be one of total, month, share")
        if one.at_most is None and one.at_least is None:
            raise StudyError(f"{place}: found neither at_most nor at_least, must have one of them")


def value_of(texts: Sequence[str], scenario: Scenario) -> tuple[tuple[str, float], ...]:
    """What counts, from texts such as ``profit``, ``ambassador`` or ``ambassador=350`` (each worth 350).

    Raises StudyError for what nobody can count.

    >>> import ladsim
    >>> value_of(["profit", "ambassador=350"], ladsim.load("acquisition_vs_retention"))
    (('profit', 1.0), ('end_ambassador', 350.0))
    """
    known = VALUES | {rung.name: f"end_{rung.name}" for rung in scenario.rungs}
    known |= {rung.label: f"end_{rung.name}" for rung in scenario.rungs if rung.label}
    found = []
    for text in texts:
        name, equals, weight = (part.strip() for part in text.partition("="))
        allowed = f"must be one of {', '.join(known)}, alone or as NAME=WEIGHT"
        if name not in known:
            raise StudyError(str(Problem("value", repr(text), allowed, nearest(name, list(known)))))
        try:
            found.append((known[name], float(weight) if equals else 1.0))
        except ValueError:
            raise StudyError(str(Problem("value", repr(text), allowed))) from None
    return tuple(found)


def question_of(file: str | Path, scenario: Scenario, asked: Question) -> Question:
    """`asked` with what a TOML file says. Raises StudyError for a file that cannot be read, and for each thing in it that is not known."""
    text = read_text(file)
    try:
        if (problem := in_text(text)) is not None:
            raise StudyError(f"{file}: {problem}")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{file}: is no TOML ({error})") from None
    wrong: list[str] = []
    _unknown(given, ("budget", "value", "risk", "share", "spend_all", "levers", "constraints"), str(file), wrong)
    levers, constraints = [], []
    for number, one in enumerate(_tables(given, "levers", file, wrong)):
        place = f"{file}: levers[{number}]"
        _unknown(one, ("key", "low", "high"), place, wrong)
        if not isinstance(one.get("key"), str):
            wrong.append(f"{place}: found no key, must have the dotted key of a number, or strategies.NAME")
        else:
            levers.append(Named(one["key"], _amount(one, "low", place, wrong), _amount(one, "high", place, wrong)))
    for number, one in enumerate(_tables(given, "constraints", file, wrong)):
        place = f"{file}: constraints[{number}]"
        _unknown(one, ("levers", "at_most", "at_least", "per", "name"), place, wrong)
        keys = one.get("levers")
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
            wrong.append(f"{place}: found no levers, must have a list of the keys of amounts")
            continue
        most, least = (_amount(one, end, place, wrong) for end in ("at_most", "at_least"))
        name = str(one.get("name", f"constraints[{number}]"))
        constraints.append(Constraint(tuple(keys), most, least, str(one.get("per", "total")), name))
    if wrong:
        raise StudyError("\n".join(wrong))
    changes: dict[str, Any] = {}
    budget, share = _amount(given, "budget", str(file), wrong), _amount(given, "share", str(file), wrong)
    if wrong:
        raise StudyError("\n".join(wrong))
    if budget is not None and math.isnan(asked.budget):
        changes["budget"] = budget
    if share is not None:
        changes["share"] = share
    if "risk" in given:
        changes["risk"] = str(given["risk"])
    if "value" in given:
        value = given["value"]
        texts = [f"{name}={weight}" for name, weight in value.items()] if isinstance(value, dict) else [str(value)]
        changes["value"] = value_of(texts, scenario)
    if given.get("spend_all") is True:
        changes["spend_all"] = True
    return replace(asked, levers=(*levers, *asked.levers), constraints=tuple(constraints), **changes)


def read_text(file: str | Path) -> str:
    """The text of a small file. Raises StudyError where it cannot be read."""
    try:
        return read_at_most(Path(file), MAX_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{file}: cannot be read ({getattr(error, 'strerror', None) or 'it is no text'})") from None


def _unknown(given: Mapping[str, Any], known: Sequence[str], place: str, wrong: list[str]) -> None:
    for key in given:
        if key not in known:
            wrong.append(str(Problem(place, repr(key), f"must be one of {', '.join(known)}", nearest(key, known))))


def _tables(given: Mapping[str, Any], key: str, file: str | Path, wrong: list[str]) -> list[Mapping[str, Any]]:
    found = given.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        wrong.append(f"{file}: {key}: found no tables, must be written as [[{key}]]")
        return []
    return found


def _amount(given: Mapping[str, Any], key: str, place: str, wrong: list[str]) -> float | None:
    found = given.get(key)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        wrong.append(f"{place}: {key}: found {found!r}, must be a number")
        return None
    return float(found)
