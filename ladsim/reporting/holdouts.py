"""Control groups on a page: what each campaign's test would tell, and how likely it is to notice anything.

In: one or more `Replications` under the same luck. Out: a `Section`, or None where no campaign keeps a control group out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ladsim.i18n.numerals import DASH
from ladsim.planning.holdouts import has_holdouts, holdouts
from ladsim.planning.replications import Replications
from ladsim.reporting.page_model import Cell, Grid, Section, grid, text_cell
from ladsim.scenario.naming import Namer


def section(runs: Sequence[Replications]) -> Section | None:
    """What a page says of control groups."""
    having = [run for run in runs if has_holdouts(run)]
    if not having:
        return None
    namer = Namer(having[0].source)
    locale = namer.locale
    return Section(
        "holdouts", locale.text("programs.s_holdouts"), (locale.text("programs.l_holdouts"),), (_table(having, namer),)
    )


def _table(runs: Sequence[Replications], namer: Namer) -> Grid:
    """A row per campaign and strategy."""
    locale, currency, rows = namer.locale, runs[0].scenario.currency, []

    def money(value: float) -> str:
        return locale.money(value, currency)

    for run in runs:
        for one in holdouts(run).to_dict("records"):
            cells = [
                Cell(locale.people(one[f"people_{s}"]), _shown(one[f"contribution_{s}"], money)) for s in ("control", "rest")
            ]
            between = locale.money_between(one["uplift_low"], one["uplift_high"], currency)
            cells.append(Cell(_shown(one["uplift"], money), between))
            cells += [_cell(one["chance_noticed"], locale.percent), _cell(one["brought"], money), _cell(one["spend"], money)]
            name = namer.campaigns.get(str(one["campaign"]), str(one["campaign"]))
            rows.append([text_cell(name, run.label if len(runs) > 1 else ""), *cells])
    keys = ("campaign", "people_control", "people_rest", "uplift", "noticed", "brought", "spend")
    head = [locale.text(f"programs.h_{key}") for key in keys]
    return grid(locale.text("programs.t_holdouts"), head, rows, locale.text("programs.n_holdouts"))


def _cell(value: float, form: Callable[[float], str]) -> Cell:
    return Cell(_shown(value, form))


def _shown(value: float, form: Callable[[float], str]) -> str:
    return form(value) if math.isfinite(value) else DASH
