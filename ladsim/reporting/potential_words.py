"""Target groups in words: whom to go for first, and what else a reader must know.

In: a `Potential`. Out: sentences of ``ladsim.i18n`` in the scenario's language, for the page, the screen and other programs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ladsim.planning.potential import Potential
from ladsim.scenario.naming import Namer

MOST_SAID = 4  # segments that a box or a sentence names; the tables have all


class PotentialWords:
    """A study's numbers in the words of its language."""

    def __init__(self, study: Potential) -> None:
        self.study = study
        self.namer = Namer(study.runs.source)
        self.locale = self.namer.locale
        self.currency = study.runs.source.currency
        self.segments: list[Any] = study.segments.to_dict("records")
        self.plan: list[Any] = study.plan.to_dict("records")
        self.by_name = {one["segment"]: one for one in self.segments}

    def text(self, key: str, **values: Any) -> str:
        """A text of this study."""
        return self.locale.text(key, **values)

    def segment(self, name: str) -> str:
        """A segment's label; "everybody" where there are none."""
        return self.namer.segments.get(name) or self.text("potential.everybody")

    def money(self, value: float, signed: bool = False) -> str:
        """An amount."""
        return self.locale.money(value, self.currency, signed)

    def unit(self) -> str:
        """One unit of money, as one says it: "1 kr"."""
        return self.locale.with_currency("1", self.currency)

    def interval(self, row: Any, column: str) -> str:
        """The 95 % interval of an amount; empty where there is none, or no width."""
        low, high = float(row[column + "_low"]), float(row[column + "_high"])
        return "" if low == high else self.locale.money_between(low, high, self.currency)

    def listed(self, names: list[str]) -> str:
        """Segments in one breath, the first few of them."""
        shown = [self.segment(name) for name in names[:MOST_SAID]]
        return self.locale.listed(shown if len(names) <= MOST_SAID else [*shown, "…"])

    @property
    def best_paid(self) -> list[Any]:
        """The segments in the order of what a customer may cost, best first; those where nobody can be won left out."""
        known = [one for one in self.segments if not math.isnan(one["max_acquisition_cost"])]
        return sorted(known, key=lambda one: -one["max_acquisition_cost"])


def verdict(study: Potential) -> str:
    """Whom to go for first, and then, in one breath."""
    told = PotentialWords(study)
    ranked = told.best_paid
    if not ranked:
        return told.text("potential.no_way")
    if told.plan:
        return _go(told)
    if all(math.isnan(one["cost"]) for one in ranked):
        worth = told.money(ranked[0]["max_acquisition_cost"])
        if len(ranked) == 1:
            return told.text("potential.cost_unknown_one", worth=worth)
        return told.text("potential.cost_unknown", first=told.segment(ranked[0]["segment"]), worth=worth)
    if not any(one["max_acquisition_cost"] > one["cost"] for one in ranked):
        return told.text("potential.none_pays")
    return told.text("potential.no_budget" if study.budget == 0.0 else "potential.none_left")


def _go(told: PotentialWords) -> str:
    first, *others = told.plan
    own = told.by_name[first["segment"]]
    if _is_cheap(own) and not own["max_acquisition_cost"] > own["campaign_cost"]:
        return _too_cheap(told, own)
    if own["cost_from"] == "campaigns" and own["gain_rate_low"] <= 0.0:
        said = {
            "worth": told.money(own["max_acquisition_cost"]),
            "cost": told.money(own["cost"]),
            "limits": told.interval(own, "cost"),
        }
        return told.text("potential.maybe_pays", segment=told.segment(first["segment"]), **said)
    said = {
        "worth": told.money(own["max_acquisition_cost"]),
        "cost": told.money(own["cost"]),
        "unit": told.unit(),
        "back": told.money(1.0 + first["gain_rate"]),
    }
    if len(told.segments) == 1:
        return told.text("potential.one_group", **said)
    then = [one["segment"] for one in others]
    text = told.text("potential.go_first", first=told.segment(first["segment"]), **said)
    text += " " + told.text("potential.go_next", others=told.listed(then)) if then else ""
    two = front_runners(told)
    unsure = len(two) == 2 and not two[1]["behind_low"] > 0.0
    return text + (" " + told.text("potential.go_unsure", second=told.segment(two[1]["segment"])) if unsure else "")


def front_runners(told: PotentialWords) -> list[Any]:
    """The two segments, or fewer, where a unit of money brings most, by what is known of their costs."""
    known = [one for one in told.segments if not math.isnan(one["gain_rate"])]
    return sorted(known, key=lambda one: -one["gain_rate"])[:2]


def notes(study: Potential) -> Iterator[str]:
    """What else a reader must know about the groups and their costs."""
    told = PotentialWords(study)
    if not study.runs.source.segments:
        yield told.text("potential.note_no_segments")
    unknown = [one["segment"] for one in told.best_paid if math.isnan(one["cost"])]
    if unknown and len(unknown) == len(told.best_paid):
        yield told.text("potential.note_no_cost")
    elif unknown:
        yield told.text("potential.note_some_cost", segments=told.listed(unknown))
    wide = [one["segment"] for one in told.segments if one["cost_from"] == "campaigns" and math.isnan(one["cost_high"])]
    if wide:
        yield told.text("potential.note_wide_cost", segments=told.listed(wide))
    for one in told.segments:
        if _is_cheap(one):
            yield _too_cheap(told, one)
    met = [one["segment"] for one in told.segments if one["customers_now"] > one["can_be"] * (1 + 1e-9) + 1]
    if met:
        yield told.text("potential.note_met", segments=told.listed(met))


def _is_cheap(one: Any) -> bool:
    """Whether the given price of a customer is below what the scenario's own campaigns show."""
    return bool(one["cost_from"] == "given" and one["cost"] < one["campaign_cost"])


def _too_cheap(told: PotentialWords, one: Any) -> str:
    """A given price below what the scenario's own campaigns show, most often all spend ÷ all new customers."""
    pays = one["max_acquisition_cost"] > one["campaign_cost"]
    return told.text(
        "potential.note_cheap" if pays else "potential.note_cheap_loses",
        segment=told.segment(one["segment"]), given=told.money(one["cost"]), seen=told.money(one["campaign_cost"]),
        limits=told.interval(one, "campaign_cost"), worth=told.money(one["max_acquisition_cost"]),
    )  # fmt: skip
