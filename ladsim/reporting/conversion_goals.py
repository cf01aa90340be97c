"""Conversion goals as a table: each step, today, as committed, and what more of it (or less) costs.

In: the goals of a study. Out: a `Grid`, which the page shows and the terminal prints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning.conversion_goals import AT_LEAST
from ladsim.planning.replications import Replications
from ladsim.reporting.page_model import Cell, Grid, grid, text_cell
from ladsim.scenario.naming import Namer


def conversion_grid(goals: pd.DataFrame, runs: Replications, month: float) -> Grid:
    """The goals for each step until a month, by segment where there are several; what is extra only where it is known."""
    namer = Namer(runs.source)
    locale, currency = namer.locale, runs.scenario.currency
    by_segment, extra = (
        bool((goals["segment"] != "").any()),
        bool((goals["extra_conversions"].notna() | (goals["why"] != "")).any()),
    )
    today = bool(goals["converted_today"].notna().any())

    def change(value: float) -> str:
        return ("+" if value > 0.0 else "") + locale.people(value)

    rows: list[list[str | Cell]] = []
    for row in goals.to_dict("records"):
        who = namer.segments.get(row["segment"], row["segment"]) if row["segment"] else locale.text("page.whole_market")
        cells = [
            text_cell(f"{namer.rung(row['from'])} → {namer.rung(row['to'])}", who if by_segment else ""),
            Cell(locale.people(row["potential"])),
        ]
        if today:
            cells += [_estimate(row, name, locale.percent, locale) for name in ("monthly_today", "rate_today")]
        meets = locale.text("page.at_least" if row["meets"] == AT_LEAST else "page.at_most")
        cells += [text_cell(meets), _committed(row, locale)]
        if extra:
            price = _estimate(row, "cost_per_extra_conversion", lambda value: locale.money(value, currency), locale)
            turned = "" if row["meets"] == AT_LEAST or row["why"] not in ("unsure", "fewer") else "less_"
            why = locale.text(f"extra.why_{turned}{row['why']}") if row["why"] else ""
            cells += [_estimate(row, "extra_conversions", change, locale), price if not why else Cell(DASH, why)]
        rows.append(list(cells))
    columns = (
        "potential",
        *(("monthly", "until") if today else ()),
        "meets",
        "commit",
        *(("extra", "each_extra") if extra else ()),
    )
    head = (locale.text("page.step"), *(locale.text(f"page.h_{column}") for column in columns))
    caption = locale.text("page.t_conversion_goals", month=locale.month(month))
    return grid(caption, head, rows, locale.text("page.n_conversion_goals"))


def _committed(row: dict[Any, Any], locale: Locale) -> Cell:
    """What is met with 80 %, as a number and as a share."""
    number, rate = float(row["number_commit"]), float(row["rate_commit"])
    if math.isnan(number):
        return Cell(DASH)
    return Cell(locale.people(number), locale.percent(rate) if math.isfinite(rate) else "", strong=True)


def _estimate(row: dict[Any, Any], name: str, shown: Callable[[float], str], locale: Locale) -> Cell:
    """A number, small its interval; a dash where it is not known."""
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    if math.isnan(value):
        return Cell(DASH)
    known = math.isfinite(low) and math.isfinite(high) and low != high
    return Cell(shown(value), locale.between(shown(low), shown(high)) if known else "")
