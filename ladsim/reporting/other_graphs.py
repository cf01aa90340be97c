"""Whether a verdict stands under other graphs, as a table and a sentence.

In: a `Comparison` that was asked for `graphs`. Out: a `Grid`, which the page shows and the terminal prints.
"""

from __future__ import annotations

import math

from ladsim.i18n import Locale
from ladsim.planning.compare import Comparison
from ladsim.planning.other_graphs import KINDS, OF_FILE
from ladsim.reporting.page_model import Cell, Grid, Points, Section, grid, text_cell


def graph_grid(study: Comparison) -> Grid:
    """A row for each graph: what it is, how many ties, the best strategy, its lead, whether the verdict stands."""
    locale, currency = Locale(study.scenario.language), study.scenario.currency
    rows: list[list[str | Cell]] = []
    for row in study.other_graphs.to_dict("records"):
        known = math.isfinite(row["low"]) and row["low"] != row["high"]
        rows.append(
            [
                text_cell(_name(row["graph"], locale)),
                Cell(locale.number(row["mean_ties"])),
                text_cell(study.runs[row["best"]].label),
                Cell(
                    locale.money(row["mean"], currency), locale.money_between(row["low"], row["high"], currency) if known else ""
                ),
                text_cell("" if row["graph"] == OF_FILE else locale.text(f"graphs.stands_{row['stands']}")),
            ]
        )
    head = tuple(locale.text(f"graphs.h_{name}") for name in ("graph", "ties", "best", "lead", "stands"))
    return grid(locale.text("graphs.title"), head, rows, locale.text("graphs.note"))


def verdict(study: Comparison) -> str:
    """How many of the other graphs leave the verdict as it is."""
    others = study.other_graphs[study.other_graphs["graph"] != OF_FILE]
    kept = int((others["stands"] == "yes").sum())
    locale = Locale(study.scenario.language)
    return locale.text("graphs.all" if kept == len(others) else "graphs.some", kept=kept, n=len(others))


def section(study: Comparison) -> Section | None:
    """The part of the page; None where other graphs were not asked for."""
    if study.other_graphs.empty:
        return None
    locale = Locale(study.scenario.language)
    return Section("graphs", locale.text("graphs.heading"), (), (Points((verdict(study),)), graph_grid(study)))


def _name(graph: str, locale: Locale) -> str:
    """What a variant is called."""
    if graph in KINDS:
        return locale.text("graphs.kind", kind=locale.text(f"graph.{graph}"))
    if graph.startswith("seed_"):
        return locale.text("graphs.seed", n=graph.removeprefix("seed_"))
    return locale.text(f"graphs.{graph}")
