"""A comparison as the parts of its page see it: the best strategy beside its runner-up, in the scenario's language.

In: a `Comparison`. Out: a `Duel`, of which ``comparison`` and ``comparison_tables`` ask words, numbers and bars.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ladsim.planning.compare import Comparison, base_of
from ladsim.planning.extra import extra
from ladsim.reporting import assumptions
from ladsim.reporting.bars import Bar
from ladsim.scenario.naming import CAUSES, Namer, value_words


class Duel:
    """What all parts of the page need of a comparison."""

    def __init__(self, study: Comparison) -> None:
        self.study = study
        self.runs = list(study.runs.values())
        self.best, self.other = study.runs[study.best], study.runs[study.runner_up]
        self.namer = Namer(study.scenario)
        self.locale = self.namer.locale
        self.currency = study.scenario.currency
        self.outcomes = study.outcomes.set_index("strategy", drop=False)
        self.differences = study.differences.set_index("strategy", drop=False)
        self.kinds = {
            n.key: assumptions.kind_of(n) for run in (self.other, self.best) for n in assumptions.given_numbers(run.scenario)
        }
        self.paired = any(len(run.parameters.columns) for run in self.runs)
        base = base_of(study.runs)
        self.extra = {name: extra(run, study.runs[base]) for name, run in study.runs.items() if run.strategy is not None}
        # The strategy that most is said of: the best, or where none is better than the market as it is, the one that loses least.
        named = [name for name in (study.best, study.runner_up) if name in self.extra]
        self.told = named[0] if named else study.best
        self.pays = study.best in self.extra
        self.sensitivity = study.sensitivity.dropna(subset=["share"])
        self.months = self.locale.number(float(self.best.histories[0].months[-1]), 6)

    def own(self, column: str, strategy: str = "") -> float:
        """A column of ``outcomes``, of the best unless another strategy is named."""
        return float(self.outcomes.loc[strategy or self.study.best, column])

    def lead(self, column: str, strategy: str = "") -> float:
        """A column of ``differences``: best less the runner-up, unless another strategy is named."""
        return float(self.differences.loc[strategy or self.study.runner_up, column])

    def value(self, key: str, value: float) -> str:
        """A value of an uncertain number, shares as percentages, amounts with their currency."""
        kind = self.kinds.get(key, "rate")
        return self.locale.money(value, self.currency) if kind == "amount" else value_words(value, kind, self.locale)

    def pair(self, text: str, **more: Any) -> str:
        """A text of the page that may name the two strategies and the currency."""
        fits = {"best": self.best.label, "other": self.other.label, "currency": self.locale.currency(self.currency)}
        return self.locale.text(f"page.{text}", **fits, **more)

    def text(self, text: str, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(text, **values)

    def since(self, month: float) -> str:
        """From which month on something holds, in words; NaN: not before the end."""
        if math.isnan(month):
            return self.text("page.not_by_end")
        return self.text("page.from_start") if month <= 0 else self.locale.month(month)

    def causes(self) -> list[Bar]:
        """Best less runner-up by cause, each programme's apart, campaigns and policies together; the largest gain first."""
        table = self.study.by_cause
        own = table[table["strategy"] == self.study.runner_up]
        named = np.array([cause in CAUSES or self.namer.is_program(cause) for cause in own["cause"]], bool)
        kept = own[named & (own["mean"] != 0.0)]
        bars = [Bar(self.namer.cause(r.cause), r.mean, r.low, r.high) for r in kept.itertuples()]
        spend = own[~named]
        total = float(spend["mean"].sum())
        if abs(total) > 1e-9 * (1.0 + float(spend["mean"].abs().sum())):
            fixed = bool(((spend["high"] - spend["low"]).abs() <= 1e-9 * spend["mean"].abs()).all())
            bars.append(Bar(self.text("page.all_spend"), total, total if fixed else math.nan, total if fixed else math.nan))
        return sorted(bars, key=lambda bar: -bar.value)
