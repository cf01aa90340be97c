"""What comes after the horizon, as a table and in words: the extra profit of each strategy at the horizon and k months later.

In: a study whose first futures were played on (``planning.after_horizon``). Out: a `Grid`, which the page shows and the terminal
prints, and a section of the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import marked
from ladsim.planning import verdict
from ladsim.planning.after_horizon import extra_after
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications
from ladsim.reporting.page_model import Cell, Grid, Section, grid, text_cell


def section(runs: Mapping[str, Replications], without: Replications | None) -> Section | None:
    """The part of the page; None where nobody looked."""
    table = extra_after(runs, without) if without is not None else pd.DataFrame()
    if without is None or without.after is None or table.empty:
        return None
    locale = _locale(without)
    lead = locale.text(
        "looks.lead",
        futures=locale.text("count.futures", n=without.after.futures),
        month=locale.month(float(without.histories[0].months[-1])),
        end=locale.month(float(without.after.times[-1])),
    )
    return Section("after_horizon", locale.text("looks.heading"), (lead,), (after_grid(table, without),))


def after_grid(table: pd.DataFrame, without: Replications) -> Grid:
    """A row for each strategy of ``planning.after_horizon.extra_after``."""
    locale, currency = _locale(without), without.scenario.currency
    assert without.after is not None

    def cell(row: Mapping[str, float], column: str) -> Cell:
        low, high = row[f"{column}_low"], row[f"{column}_high"]
        known = math.isfinite(low) and low != high
        return Cell(locale.money(row[column], currency, True), locale.money_between(low, high, currency) if known else "")

    rows: list[list[str | Cell]] = [
        [text_cell(str(row["label"])), cell(row, "extra_profit"), cell(row, "extra_profit_then")]
        for row in table.to_dict("records")
    ]
    ends = float(without.histories[0].months[-1]), float(without.after.times[-1])
    head = (
        locale.text("page.strategy"),
        *(
            loose(locale.text(f"looks.h_{name}", month=locale.month(end)))
            for name, end in zip(("now", "then"), ends, strict=True)
        ),
    )
    return grid(locale.text("looks.table"), head, rows, locale.text("looks.note", n=without.count))


def beyond_nothing(study: Replications) -> str:
    """What a strategy brings beyond the market in which nothing is done, at the horizon and later, where the two say different things."""
    if study.nothing is None or study.after is None:
        return ""
    table = extra_after(study.futures, study.nothing)
    if table.empty:
        return ""
    row, locale, currency = table.iloc[0], _locale(study), study.scenario.currency
    found = [
        Estimate(*(float(row[f"{column}{end}"]) for end in ("", "_low", "_high")))
        for column in ("extra_profit", "extra_profit_then")
    ]
    signs = [_sign(one) for one in found]
    if signs[0] == signs[1]:
        return ""
    said = []
    for sign, one in zip(signs, found, strict=True):
        turned = Estimate(-one.value, -one.high, -one.low) if sign == "less" else one
        amount = verdict.amount(turned.value, currency, signed=sign == "unsure", locale=locale)
        limits = locale.text(
            "verdict.limits", interval=verdict.interval(turned.low, turned.high, turned.value, currency, locale=locale)
        )
        words = locale.text("looks.amount", amount=amount, limits=limits) if sign == "unsure" else amount
        said.append(locale.text(f"looks.run_{sign}", label=study.label, amount=words))
    ends = (float(study.histories[0].months[-1]), float(study.after.times[-1]))
    short, long = (locale.text("count.months", n=_number(end, locale)) for end in ends)
    return loose(locale.text("looks.both", short=short, long=long, now=said[0], then=said[1]))


def _sign(found: Estimate) -> str:
    return "more" if found.low > 0.0 else "less" if found.high < 0.0 else "unsure"


def _locale(run: Replications) -> Locale:
    return Locale(run.source.language, run.source.start_date)


def _number(months: float, locale: Locale) -> str:
    return marked(locale.language, f"{months:g}")
