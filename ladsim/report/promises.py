"""The page of targets: what to promise, what to expect, what to call an ambition.

In: `Targets`. Out: a `Page` with the numbers per rung and per step, the way there month by month, and the goals of the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ladsim.measures.ladder import goal_name
from ladsim.planning.results import Targets
from ladsim.planning.run import BASE
from ladsim.report import forecast, grounds, numerals, sections, series
from ladsim.report.charts import target_lines
from ladsim.report.ladder import label_of, order_of
from ladsim.report.numerals import number, people, percent
from ladsim.report.parts import Answer, Cell, Grid, Page, Picture, Section, grid, words
from ladsim.report.places import Namer
from ladsim.report.sentences import SAYS

CHANCES = ("commit", "expect", "stretch")
MOST_ROWS = 13


def page(study: Targets, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of targets says."""
    namer, runs = Namer(study.runs.source), study.runs
    _, reason = series.closed_form(runs)
    name = study.strategy or BASE
    kinds = {goal_name(goal): "share" if goal.number is None else "number" for goal in runs.source.goals}
    return Page(
        title=SAYS["title_targets"].format(name=runs.source.heading),
        overline=SAYS["overline"].format(
            kind=SAYS["kind_targets"].format(label=study.label), months=number(study.month, 6), people=number(runs.source.market_size),
            futures=runs.count,
        ),
        verdict=_headline(study, namer),
        caveat="",
        notes=tuple(forecast.notes(runs)),
        answers=(*(_answer(study, chance, namer) for chance in CHANCES), forecast.believe(runs)),
        first=(_rungs(study, namer), _steps(study, namer)),
        sections=(
            _way(study, namer),
            sections.goals(study.goals, {name: study.label}, kinds, namer),
            sections.ladder([runs], runs),
            sections.profit([runs], SAYS["c_profit"]),
            grounds.assumptions(runs.source, namer),
            grounds.limits(runs.scenario, runs, reason),
            grounds.made(runs.source, runs, command, manifest),
        ),
    )  # fmt: skip


def _headline(study: Targets, namer: Namer) -> str:
    top = series.top_rung(study.runs)
    row = study.rungs.set_index("rung").loc[top]
    told = {chance: people(float(row[chance])) for chance in CHANCES}
    told["now"] = people(series.at_start(study.runs)[top])
    return SAYS["v_targets"].format(month=numerals.month(study.month), rung=namer.rung(top), label=study.label, **told)


def _answer(study: Targets, chance: str, namer: Namer) -> Answer:
    table = study.rungs.set_index("rung")
    ladder = [rung.name for rung in reversed(order_of(study.scenario).ladder)] or [series.top_rung(study.runs)]
    short = SAYS["a_rung"].format(n=people(float(table.loc[ladder[0], chance])), rung=namer.rung(ladder[0]))
    rest = [
        SAYS["d_rung"].format(
            rung=namer.rung(name), meets=SAYS[str(table.loc[name, "meets"])], n=people(float(table.loc[name, chance]))
        )
        for name in ladder[1:3]
    ]
    return Answer(SAYS[f"q_{chance}"], short, (SAYS[f"d_{chance}"], *rest))


def _rungs(study: Targets, namer: Namer) -> Grid:
    rows: list[list[str | Cell]] = []
    table, now = study.rungs.set_index("rung"), series.at_start(study.runs)
    for name, label in series.rung_order(study.runs):
        row = table.loc[name]
        numbers = (_number(row, chance, people) for chance in CHANCES)
        rows.append([words(label), Cell(people(now[name])), words(SAYS[str(row["meets"])]), *numbers])
    head = (SAYS["h_rung"], SAYS["h_now"], SAYS["h_meets"], *(SAYS[f"h_{chance}"] for chance in CHANCES))
    return grid(SAYS["t_rungs"].format(month=numerals.month(study.month)), head, rows, SAYS["n_targets"])


def _number(row: Any, column: str, form: Callable[[float], str]) -> Cell:
    low, high = float(row[f"{column}_low"]), float(row[f"{column}_high"])
    small = "" if math.isnan(low) or math.isnan(high) or low == high else numerals.between(form(low), form(high))
    return Cell(form(float(row[column])), small, strong=column == "commit")


def _steps(study: Targets, namer: Namer) -> Grid:
    rows: list[list[str | Cell]] = []
    for _, row in study.steps.iterrows():
        cells = [
            Cell(people(float(row[f"number_{chance}"])), percent(float(row[f"rate_{chance}"])), strong=chance == "commit")
            for chance in CHANCES
        ]
        rows.append([words(namer.step(str(row["step"]))), words(SAYS[str(row["meets"])]), *cells])
    head = (SAYS["step"], SAYS["h_meets"], *(SAYS[f"h_{chance}"] for chance in CHANCES))
    return grid(SAYS["t_steps"].format(month=numerals.month(study.month)), head, rows, SAYS["n_steps"])


def _way(study: Targets, namer: Namer) -> Section:
    table = study.checkpoints
    ladder = list(reversed(order_of(study.scenario).ladder))
    panels = []
    for rung in ladder:
        own = table[table["rung"] == rung.name]
        lines = {chance: own[chance].to_numpy(np.float64) for chance in CHANCES}
        panels.append((label_of(rung), own["month"].to_numpy(np.float64), lines, _goal(study, rung.name)))
    pictures = (Picture(target_lines(panels), SAYS["c_targets"]),) if panels else ()
    return Section("targets", SAYS["s_targets"], (), (*pictures, _checkpoints(study, namer)))


def _goal(study: Targets, rung: str) -> tuple[float, float] | None:
    for goal in study.runs.source.goals:
        if goal.rung == rung and goal.by_month <= study.month:
            wanted = goal.number if goal.number is not None else (goal.share or 0.0) * study.runs.source.market_size
            return goal.by_month, wanted
    return None


def _checkpoints(study: Targets, namer: Namer) -> Grid:
    table = study.checkpoints.set_index(["month", "rung"])
    months = sorted(set(study.checkpoints["month"]))
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / n <= MOST_ROWS), 120)
    shown = [month for month in months if month % every == 0 or month == months[-1]]
    ladder = [rung.name for rung in order_of(study.scenario).ladder]
    rows: list[list[str | Cell]] = []
    for month in shown:
        cells = []
        for name in ladder:
            row = table.loc[(month, name)]
            cells.append(
                Cell(
                    people(float(row["commit"])), f"{people(float(row['expect']))} · {people(float(row['stretch']))}", strong=True
                )
            )
        rows.append([words(number(month, 6)), *cells])
    return grid(SAYS["t_checkpoints"], (SAYS["h_month"], *(namer.rung(name) for name in ladder)), rows, SAYS["n_checkpoints"])
