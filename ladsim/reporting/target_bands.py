"""When to worry on the way to a target, luck apart from lack of knowledge, and all goals at once: their sections of the page, and words.

In: `Targets`. Out: sections, and sentences that the screen says, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning.pairs import Estimate
from ladsim.planning.targets import Targets
from ladsim.reporting import series
from ladsim.reporting.page_model import Cell, Grid, Section, grid, text_cell
from ladsim.scenario.naming import Namer

MOST_MONTHS = 13


def shown_months(study: Targets) -> list[float]:
    """The months of which a table shows a row: all, or every second, third … so that it stays short; always the last."""
    months = sorted(set(study.checkpoints["month"]))
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / n <= MOST_MONTHS), 120)
    return [month for month in months if month % every == 0 or month == months[-1]]


def worry(study: Targets, rungs: Sequence[str], namer: Namer) -> Section:
    """The warning and the alarm line of each rung, month by month, and how much a warning means."""
    locale = namer.locale
    lead = [locale.text("targets.l_worry")]
    lead += [said for said in (ever(study, namer), meaning(study, namer)) if said]
    return Section("worry", locale.text("targets.s_worry"), tuple(lead), (_lines(study, rungs, namer),))


def _lines(study: Targets, rungs: Sequence[str], namer: Namer) -> Grid:
    locale, table = namer.locale, study.watched.set_index(["month", "rung"])
    rows: list[list[str | Cell]] = []
    for month in shown_months(study):
        cells = []
        for name in rungs:
            row = table.loc[(month, name)]
            alarm = locale.people(float(row["alarm"])) if math.isfinite(row["alarm"]) else ""
            cells.append(Cell(locale.people(float(row["warning"])), alarm))
        rows.append([text_cell(locale.month_number(month)), *cells])
    head = (locale.text("page.h_month"), *(namer.rung(name) for name in rungs))
    return grid(locale.text("targets.t_worry"), head, rows, locale.text("targets.n_worry"))


def ever(study: Targets, namer: Namer) -> str:
    """How often a future crosses the lines of the top rung though nothing is wrong."""
    top = series.top_rung(study.runs)
    row = study.ever.set_index("rung").loc[top]
    if math.isnan(row["ever_warned"]):
        return ""
    locale = namer.locale
    alarmed = row["ever_alarmed"]
    key = "targets.ever" if math.isfinite(alarmed) else "targets.ever_warned"
    return locale.text(
        key,
        rung=namer.rung(top),
        warned=locale.percent(row["ever_warned"]),
        alarmed=locale.percent(alarmed) if alarmed == alarmed else "",
    )


def meaning(study: Targets, namer: Namer) -> str:
    """What a warning half-way means for the target of the top rung."""
    top, table = series.top_rung(study.runs), study.watched
    months = sorted(set(table["month"]))
    if len(months) < 2:
        return ""
    middle = months[(len(months) - 1) // 2]
    row = table[(table["rung"] == top) & (table["month"] == middle)].iloc[0]
    if math.isnan(row["kept_if_warned"]) or math.isnan(row["kept_if_fine"]):
        return ""
    locale = namer.locale
    return locale.text(
        "targets.meaning",
        rung=namer.rung(top),
        month=locale.month(middle),
        warned=locale.percent(row["kept_if_warned"]),
        fine=locale.percent(row["kept_if_fine"]),
    )


def luck(study: Targets, namer: Namer) -> str:
    """How much of the spread of the top rung is luck, and what could be promised if the numbers were known; nothing without ranges."""
    row = study.luck.set_index("rung").loc[series.top_rung(study.runs)].to_dict()
    if not len(study.runs.parameters.columns) or math.isnan(row["share_luck"]) or math.isnan(row["commit"]):
        return ""
    locale = namer.locale
    if not _told(row, study):
        rung, month = namer.rung(series.top_rung(study.runs)), locale.month(study.month)
        return locale.text("targets.luck_open", rung=rung, month=month, n=locale.number(study.runs.count // 2))
    return locale.text(
        "targets.luck",
        rung=namer.rung(series.top_rung(study.runs)),
        month=locale.month(study.month),
        share=locale.percent(row["share_not_knowing"]),
        limits=locale.between(locale.percent(row["share_not_knowing_low"]), locale.percent(row["share_not_knowing_high"])),
        commit=locale.people(row["commit"]),
        known=locale.people(row["commit_if_known"]),
    )


def _told(row: Mapping[Any, Any], study: Targets) -> bool:
    """Whether the futures can part luck from lack of knowledge."""
    return series.split_is_told(Estimate(*(row[f"share_luck{end}"] for end in ("", "_low", "_high"))), study.runs.count // 2)


def luck_section(study: Targets, namer: Namer) -> Section | None:
    """Luck and lack of knowledge, rung by rung; None where nothing is uncertain."""
    said = luck(study, namer)
    if not said:
        return None
    locale = namer.locale
    rows: list[list[str | Cell]] = []
    for row in study.luck.to_dict("records"):
        limits, told = [locale.percent(row[f"share_not_knowing_{end}"]) for end in ("low", "high")], _told(row, study)
        rows.append(
            [
                text_cell(namer.rung(row["rung"])),
                Cell(locale.people(row["commit"]), strong=True),
                Cell(locale.people(row["commit_if_known"])),
                Cell(locale.percent(row["share_luck"]) if told else DASH),
                Cell(locale.percent(row["share_not_knowing"]), locale.between(*limits)) if told else Cell(DASH),
            ]
        )
    head = (
        locale.text("page.h_rung"),
        *(locale.text(f"targets.h_{key}") for key in ("commit", "if_known", "luck", "not_knowing")),
    )
    return Section("luck", locale.text("targets.s_luck"), (said,), (grid(locale.text("targets.t_luck"), head, rows),))


def goals_at_once(study: Targets, locale: Locale) -> str:
    """How often all goals of the file are met at once; nothing where there are fewer than two."""
    if study.goals_at_once.empty or study.goals_at_once["goals"].iloc[0] < 2:
        return ""
    row = study.goals_at_once.iloc[0]
    limits = locale.between(locale.percent(row["probability_low"]), locale.percent(row["probability_high"]))
    return locale.text("targets.goals_at_once", n=int(row["goals"]), share=locale.percent(row["probability"]), limits=limits)
