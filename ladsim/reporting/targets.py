"""The page of targets: what to promise, what to expect, what to call an ambition.

In: `Targets`. Out: a `Page` with the numbers per rung and per step, the way there month by month, and the goals of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ladsim.i18n import Locale
from ladsim.i18n.written import Several
from ladsim.measures.ladder import goal_name
from ladsim.planning.targets import Targets, few_to_promise
from ladsim.reporting import assumptions, backward, commit_record, run, sections, series, target_bands, year_wheel
from ladsim.reporting.charts import target_lines
from ladsim.reporting.conversion_goals import conversion_grid
from ladsim.reporting.ladder import order_of
from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Picture, Section, grid, text_cell
from ladsim.reporting.view import Gist, View
from ladsim.scenario.naming import Namer, label_of
from ladsim.scenario.spec import Rung
from ladsim.scenario.strategies import BASE

CHANCES = ("commit", "expect", "stretch")
MOST_PANELS = 4  # of the picture on the first page


def page(study: Targets, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of targets says."""
    namer, runs = Namer(study.runs.source), study.runs
    locale = namer.locale
    _, reason = series.closed_form(runs)
    name = study.strategy or BASE
    goals = conversion_grid(study.conversion_goals, study.runs, study.month)
    kinds = {goal_name(goal): "share" if goal.number is None else "number" for goal in runs.source.goals}
    return Page(
        title=locale.text("page.title_targets", name=runs.source.heading),
        overline=locale.text("page.overline",
            kind=locale.text("page.kind_targets", label=study.label), months=locale.number(study.month, 6),
            people=locale.number(runs.source.market_size),
            futures=runs.count,
        ),
        verdict=_headline(study, namer),
        caveat="",
        notes=(*run.notes(runs, as_market=True), *_few(study, locale), *commit_record.sentences(study.record, locale)),
        answers=(*(_answer(study, chance, namer) for chance in CHANCES), run.believe(runs)),
        picture=_first_picture(study, namer),
        first=(_rungs(study, namer), _steps(study, namer), *((goals,) if goals.rows else ())),
        sections=(
            *filter(None, [backward.section(study, namer)]),
            _way(study, namer),
            target_bands.worry(study, [rung.name for rung in reversed(_promised(study))], namer),
            *filter(None, [year_wheel.section(study, namer), target_bands.luck_section(study, namer), _goals(study, name, kinds, namer)]),
            sections.ladder([runs], runs),
            sections.profit([runs], locale.text("page.l_profit_one")),
            assumptions.assumptions([runs], namer),
            assumptions.limits(runs.scenario, runs, reason),
            assumptions.made(runs.source, runs, command, manifest),
        ),
    )  # fmt: skip


def _headline(study: Targets, namer: Namer) -> str:
    """How many on the top rung are promised, expected and hoped for."""
    top, locale = series.top_rung(study.runs), namer.locale
    row = study.rungs.set_index("rung").loc[top]
    told = {chance: locale.people(float(row[chance])) for chance in CHANCES}
    told["now"], month = locale.people(series.at_start(study.runs)[top]), locale.month(study.month)
    few = few_to_promise(study)
    if not few:
        promised = locale.text("page.v_targets", month=month, rung=namer.rung(top), label=study.label, **told)
        return " ".join(filter(None, [promised, at_once(study, "rung", "page.v_at_once", locale)]))
    said = [locale.text("page.v_targets_few", month=month, **few)]
    if math.isfinite(row["expect"]):
        said.append(locale.text("page.v_targets_hope", rung=namer.rung(top), **told))
    return " ".join(said)


def at_once(study: Targets, kind: str, key: str, locale: Locale) -> str:
    """How often all commits of rungs or steps hold at once, in the words of a key; nothing where that cannot be said, or of one alone."""
    row = study.together.set_index("kind").loc[kind]
    if row["promises"] < 2 or math.isnan(row["probability"]):
        return ""
    limits = locale.between(locale.percent(row["probability_low"]), locale.percent(row["probability_high"]))
    return locale.text(key, n=int(row["promises"]), share=locale.percent(row["probability"]), limits=limits)


def together_note(study: Targets, kind: str, locale: Locale) -> str:
    """What the column of promises that hold together says; where it is empty, why."""
    row = study.together.set_index("kind").loc[kind]
    said = at_once(study, kind, "page.n_at_once", locale)
    if not said:
        return ""
    if math.isnan(row["each"]):
        futures = locale.text("count.futures", n=study.runs.count)
        return f"{said} {locale.text('page.n_together_few', futures=futures)}"
    return f"{said} {locale.text('page.n_together', each=locale.percent(row['each']))}"


def _few(study: Targets, locale: Locale) -> list[str]:
    """That there are too few futures to promise, where that is so."""
    few = few_to_promise(study)
    return [locale.text("note.few_to_promise", **few)] if few else []


def _answer(study: Targets, chance: str, namer: Namer) -> Answer:
    """The box of one of the three promises: on each rung that more are wanted on."""
    table, locale = study.rungs.set_index("rung"), namer.locale
    ladder = [rung.name for rung in _promised(study)] or [series.top_rung(study.runs)]
    short = locale.text("page.a_rung", n=locale.people(float(table.loc[ladder[0], chance])), rung=namer.rung(ladder[0]))
    rest = [
        locale.text(
            "page.d_rung",
            rung=namer.rung(name),
            meets=_meets(table.loc[name, "meets"], locale),
            n=locale.people(float(table.loc[name, chance])),
        )
        for name in ladder[1:3]
    ]
    also = filter(None, [at_once(study, "rung", "page.d_at_once", locale) if chance == "commit" else ""])
    return Answer(locale.text(f"page.q_{chance}"), short, (locale.text(f"page.d_{chance}"), *rest, *also))


def _promised(study: Targets) -> list[Rung]:
    """The rungs of the ladder for which there is a target, from the top."""
    there = set(study.rungs["rung"])
    return [rung for rung in reversed(order_of(study.scenario).ladder) if rung.name in there]


def _meets(meets: object, locale: Locale) -> str:
    """Whether a number is one to reach or one not to exceed."""
    return locale.text("page.at_least" if meets == "at least" else "page.at_most")


def _rungs(study: Targets, namer: Namer) -> Grid:
    """The table of targets for each rung."""
    rows: list[list[str | Cell]] = []
    locale = namer.locale
    table, now = study.rungs.set_index("rung"), series.at_start(study.runs)
    for name, label in (one for one in series.rung_order(study.runs) if one[0] in table.index):
        row = table.loc[name]
        numbers = (_number(row, chance, locale) for chance in CHANCES)
        first = [text_cell(label), Cell(locale.people(now[name])), text_cell(_meets(row["meets"], locale))]
        rows.append([*first, *numbers, locale.people(row["together"])])
    head = (
        locale.text("page.h_rung"),
        locale.text("page.h_now"),
        locale.text("page.h_meets"),
        *(locale.text(f"page.h_{chance}") for chance in CHANCES),
        locale.text("page.h_together"),
    )
    note = " ".join(filter(None, [locale.text("page.n_targets"), together_note(study, "rung", locale)]))
    return grid(locale.text("page.t_rungs", month=locale.month(study.month)), head, rows, note)


def _number(row: Any, column: str, locale: Locale) -> Cell:
    low, high = float(row[f"{column}_low"]), float(row[f"{column}_high"])
    small = "" if math.isnan(low) or math.isnan(high) or low == high else locale.between(locale.people(low), locale.people(high))
    return Cell(locale.people(float(row[column])), small, strong=column == "commit")


def _steps(study: Targets, namer: Namer) -> Grid:
    """The table of targets for each step."""
    rows: list[list[str | Cell]] = []
    locale = namer.locale
    for _, row in study.steps.iterrows():
        percent = locale.percent_beside(row[[f"rate_{chance}" for chance in CHANCES]])
        cells = [
            Cell(
                locale.people(float(row[f"number_{chance}"])),
                percent(float(row[f"rate_{chance}"])) if math.isfinite(row[f"rate_{chance}"]) else "",
                strong=chance == "commit",
            )
            for chance in CHANCES
        ]
        rows.append(
            [
                text_cell(namer.step(str(row["step"]))),
                text_cell(_meets(row["meets"], locale)),
                *cells,
                locale.people(row["number_together"]),
            ]
        )
    columns = ("meets", *CHANCES, "together")
    head = (locale.text("page.step"), *(locale.text(f"page.h_{column}") for column in columns))
    note = " ".join(filter(None, [locale.text("page.n_steps"), together_note(study, "step", locale)]))
    return grid(locale.text("page.t_steps", month=locale.month(study.month)), head, rows, note)


def _first_picture(study: Targets, namer: Namer) -> Picture | None:
    """The way to the targets of the answer, from the top of the ladder; of more rungs than fit, the others follow in their section."""
    return _lines(study, namer, _promised(study)[:MOST_PANELS], "targets")


def _lines(study: Targets, namer: Namer, rungs: Sequence[Rung], name: str) -> Picture | None:
    """What can be promised for some rungs, month by month; None where there are none."""
    table, locale = study.checkpoints, namer.locale
    panels = []
    for rung in rungs:
        own = table[table["rung"] == rung.name]
        lines = {chance: own[chance].to_numpy(np.float64) for chance in CHANCES}
        panels.append((label_of(rung), own["month"].to_numpy(np.float64), lines, _goal(study, rung.name)))
    return Picture(partial(target_lines, panels, name, locale=locale), locale.text("page.c_targets")) if panels else None


def _way(study: Targets, namer: Namer) -> Section:
    rest = _lines(study, namer, _promised(study)[MOST_PANELS:], "targets_below")
    return Section("targets", namer.locale.text("page.s_targets"), (), (*filter(None, [rest]), _checkpoints(study, namer)))


def _goals(study: Targets, name: str, kinds: dict[str, str], namer: Namer) -> Section | None:
    """The goals of the file, one by one, and how often all are met at once."""
    found = sections.goals(study.goals, {name: study.label}, kinds, namer)
    said = target_bands.goals_at_once(study, namer.locale)
    return replace(found, lead=(said,)) if found is not None and said else found


def _goal(study: Targets, rung: str) -> tuple[float, float] | None:
    for goal in study.runs.source.goals:
        if goal.rung == rung and goal.by_month <= study.month:
            wanted = goal.number if goal.number is not None else (goal.share or 0.0) * study.runs.source.market_size
            return goal.by_month, wanted
    return None


def _checkpoints(study: Targets, namer: Namer) -> Grid:
    """The table of what should be reached on the way, at months that a table has room for."""
    table = study.checkpoints.set_index(["month", "rung"])
    ladder = [rung.name for rung in reversed(_promised(study))]
    rows: list[list[str | Cell]] = []
    locale = namer.locale
    for month in target_bands.shown_months(study):
        cells = []
        for name in ladder:
            row = table.loc[(month, name)]
            commit, *rest = (locale.people(float(row[chance])) for chance in CHANCES)
            called = (locale.text(f"page.h_{chance}") for chance in CHANCES[1:])
            cells.append(Cell(commit, Several(" · ".join(rest), tuple(zip(called, rest, strict=True))), strong=True))
        rows.append([text_cell(locale.month_number(month)), *cells])
    return grid(
        locale.text("page.t_checkpoints"),
        (locale.text("page.h_month"), *(namer.rung(name) for name in ladder)),
        rows,
        locale.text("page.n_checkpoints"),
    )


def gist(study: Targets) -> Gist:
    """What can be promised, rung by rung."""
    namer = Namer(study.source)
    return Gist(_headline(study, namer), (_rungs(study, namer),))


def _answered(study: Targets) -> dict[str, Any]:
    """What JSON says before the tables: the headline, the month, how often all promises hold at once."""
    at_once = study.together.astype(object).where(study.together.notna(), None).to_dict("records")
    namer = Namer(study.source)
    said: dict[str, Any] = (
        {} if study.backward is None else {"backward": backward.sentences(study, namer), **study.backward.asked.plain()}
    )
    said |= {} if study.record is None else {"record": commit_record.answer(study.record)}
    return {"verdict": _headline(study, namer), "month": study.month, "all_at_once": at_once, **said}


VIEW = View(page, gist, answer=_answered)
