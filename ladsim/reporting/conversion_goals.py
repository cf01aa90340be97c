"""Conversion goals as a table: each step up the ladder, today, as committed, and what more of it costs.

In: `Targets`. Out: a `Grid`, which the page shows and the terminal prints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning.targets import Targets, plays_base
from ladsim.reporting.page_model import Cell, Grid, grid, text_cell
from ladsim.scenario.naming import Namer


def conversion_grid(study: Targets) -> Grid:
    """The goals for each step up the ladder, by segment where there are several; what is extra only where a strategy is."""
    namer = Namer(study.source)
    locale, currency = namer.locale, study.scenario.currency
    by_segment, extra = bool((study.conversion_goals["segment"] != "").any()), not plays_base(study.source, study.strategy)

    def people(value: float) -> str:
        return locale.people(value)

    def change(value: float) -> str:
        return ("+" if value > 0.0 else "") + locale.people(value)

    rows: list[list[str | Cell]] = []
    for row in study.conversion_goals.to_dict("records"):
        who = namer.segments.get(row["segment"], row["segment"]) if row["segment"] else locale.text("page.whole_market")
        rate = row["rate_commit"]
        cells = [
            text_cell(f"{namer.rung(row['from'])} → {namer.rung(row['to'])}", who if by_segment else ""),
            Cell(people(row["potential"])),
            _estimate(row, "monthly_today", locale.percent, locale),
            _estimate(row, "rate_today", locale.percent, locale),
            Cell(people(row["number_commit"]), locale.percent(rate) if math.isfinite(rate) else "", strong=True),
        ]
        if extra:
            price = _estimate(row, "cost_per_extra_conversion", lambda value: locale.money(value, currency), locale)
            why = locale.text(f"extra.why_{row['why']}") if row["why"] else ""
            cells += [_estimate(row, "extra_conversions", change, locale), price if not why else Cell(DASH, why)]
        rows.append(list(cells))
    columns = ("potential", "monthly", "until", "commit", *(("extra", "each_extra") if extra else ()))
    head = (locale.text("page.step"), *(locale.text(f"page.h_{column}") for column in columns))
    caption = locale.text("page.t_conversion_goals", month=locale.month(study.month))
    return grid(caption, head, rows, locale.text("page.n_conversion_goals"))


def _estimate(row: dict[Any, Any], name: str, shown: Callable[[float], str], locale: Locale) -> Cell:
    """A number, small its interval; a dash where it is not known."""
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    if math.isnan(value):
        return Cell(DASH)
    known = math.isfinite(low) and math.isfinite(high) and low != high
    return Cell(shown(value), locale.between(shown(low), shown(high)) if known else "")
