"""Who gained: the table of a comparison's page that says by which segments and rungs the lead came about.

In: a `Duel`. Out: a `Grid`, the best strategy less the runner-up; none where nobody gained or lost anything.
"""

from __future__ import annotations

import math
from typing import Any

from ladsim.reporting.comparison_view import Duel
from ladsim.reporting.page_model import Cell, Grid, grid, text_cell


def who_gained(duel: Duel) -> Grid | None:
    """A row per segment, where there are several, and per rung: more people at the end, more money booked on them."""
    table = duel.study.who_gained
    table = table[(table["strategy"] == duel.study.runner_up) & ((table["segment"] == "") | (table["rung"] == ""))]
    table = table[(table["people_gained"] != 0.0) | (table["money_gained"] != 0.0)]
    if table.empty:
        return None
    rows = [[text_cell(_whom(duel, row)), _people(duel, row), _money(duel, row)] for row in table.itertuples()]
    head = ("", duel.text("who_gained.people"), duel.text("who_gained.money"))
    return grid(
        duel.text("who_gained.caption", best=duel.best.label, other=duel.other.label), head, rows, duel.text("who_gained.note")
    )


def _whom(duel: Duel, row: Any) -> str:
    return duel.namer.segments.get(row.segment, row.segment) if row.segment else duel.namer.rung(row.rung)


def _people(duel: Duel, row: Any) -> Cell:
    value, *ends = (float(end) for end in (row.people_gained, row.people_gained_low, row.people_gained_high))
    plus = "+" if value > 0.0 else ""
    small = "" if any(map(math.isnan, ends)) or ends[0] == ends[1] else duel.locale.between(*map(duel.locale.people, ends))
    return Cell(f"{plus}{duel.locale.people(value)}", small)


def _money(duel: Duel, row: Any) -> Cell:
    ends = float(row.money_gained_low), float(row.money_gained_high)
    small = "" if any(map(math.isnan, ends)) or ends[0] == ends[1] else duel.locale.money_between(*ends, duel.currency)
    return Cell(duel.locale.money(float(row.money_gained), duel.currency, True), small)
