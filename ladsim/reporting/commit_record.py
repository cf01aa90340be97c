"""How often commits held, in words: of all plans of a record, and what came of the plan at hand.

In: a `CommitRecord`, or None where no record is kept. Out: sentences, a table, JSON values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ladsim.i18n import Locale
from ladsim.planning.commit_record import CommitRecord
from ladsim.planning.targets import COMMIT
from ladsim.reporting.page_model import Cell, Grid, grid, text_cell
from ladsim.scenario.naming import Namer


def sentences(record: CommitRecord | None, locale: Locale) -> list[str]:
    """How many of the plan at hand held, and how often all did; nothing where there are none."""
    if record is None or not record.commits:
        return []
    said = []
    if record.entered:
        held = sum(one.held for one in record.entered)
        said.append(locale.text("record.entered", held=held, n=len(record.entered), file=Path(record.place).name))
    share, low, high = record.share
    limits = locale.between(locale.percent(low), locale.percent(high))
    facts = {"held": record.held, "n": len(record.commits), "share": locale.percent(share), "limits": limits}
    said.append(locale.text("record.so_far", **facts, promised=locale.percent(COMMIT), outcomes=record.outcomes))
    return said


def entered(record: CommitRecord | None, namer: Namer) -> list[Grid]:
    """What the plan at hand committed to, and what came."""
    if record is None or not record.entered:
        return []
    locale = namer.locale
    rows: list[list[str | Cell]] = [
        [
            text_cell(namer.rung(one.rung)),
            text_cell(locale.text("page.at_least" if one.meets == "at least" else "page.at_most")),
            Cell(locale.people(one.committed)),
            Cell(locale.people(one.actual), strong=True),
            text_cell(locale.text("record.yes" if one.held else "record.no")),
        ]
        for one in record.entered
    ]
    head = ("", locale.text("page.h_meets"), *(locale.text(f"record.h_{key}") for key in ("committed", "actual", "held")))
    return [grid(locale.text("record.t_entered", month=locale.month(record.entered[0].month)), head, rows)]


def answer(record: CommitRecord | None) -> dict[str, Any] | None:
    """As JSON values; None where there is no record, or nothing in it."""
    if record is None or not record.commits:
        return None
    share, low, high = record.share
    told = {"file": record.place, "commits": len(record.commits), "held": record.held, "outcomes": record.outcomes}
    return {**told, "share": share, "share_low": low, "share_high": high, "entered": len(record.entered)}
