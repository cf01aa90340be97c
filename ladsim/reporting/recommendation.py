"""Satisfaction and recommendation on a page: the score over time with a survey, promoters, how it stands at the end.

In: one or more `Replications` under the same luck. Out: a `Section`, none where the scenario has no satisfaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.planning import program_months
from ladsim.planning.replications import Replications
from ladsim.reporting import series
from ladsim.reporting.charts import Fan
from ladsim.reporting.fan_rows import Asked, Row, rows_picture
from ladsim.reporting.future_cells import interval, mean_cell
from ladsim.reporting.page_model import Grid, Section, grid, text_cell
from ladsim.scenario.naming import Namer

Floats = NDArray[np.float64]


def sections(every: Sequence[Replications]) -> list[Section]:
    """What a page says of recommendation: one section, or none."""
    having = [run for run in every if program_months.has_satisfaction(run)]
    return [_recommendation(having, every)] if having else []


def _recommendation(runs: Sequence[Replications], every: Sequence[Replications]) -> Section:
    """The score over time with a survey of one future, satisfaction, promoters beside the top rung."""
    locale, columns = series.locale(runs[0]), [run.label for run in runs]
    hands = [place for place, run in enumerate(every) if any(run is one for one in runs)]
    top = Namer(runs[0].source).rung(series.top_rung(runs[0]))
    found = [program_months.opinion_fans(run) for run in runs]

    def row(key: str, column: str, form: Any, axis: Any, **more: Any) -> Row:
        fans = [Fan(run.label, run.histories[0].months, own[column]) for run, own in zip(runs, found, strict=True)]
        return Row(locale.text(f"programs.{key}", rung=top), fans, form, axis, **more)

    def number(value: float, _: object = None) -> str:
        return locale.number(value, 2)

    opinion = [
        row("nps", "nps", number, number, asked=[_asked(run) for run in runs]),
        row("satisfaction", "satisfaction", number, number),
    ]
    people = [
        row("promoters", "promoters", locale.people, locale.short_money),
        row("on_top", "top_rung", locale.people, locale.short_money),
        row("both", "both", locale.people, locale.short_money),
    ]
    survey = runs[0].scenario.survey
    caption = locale.text("programs.c_nps", people=locale.whole(survey.invited), share=locale.percent(survey.response_share))
    charts = [
        rows_picture(opinion, columns, "nps", locale, hands, f"{caption} {locale.text('programs.known_nps')}"),
        rows_picture(people, columns, "promoters", locale, hands, locale.text("programs.c_promoters", rung=top)),
    ]
    return Section(
        "recommendation",
        locale.text("programs.s_recommend"),
        (locale.text("programs.l_recommend"),),
        (*charts, _opinions(runs, found, top)),
    )


def _asked(run: Replications) -> Asked:
    """A survey at every month start of a future in the middle of all."""
    table = program_months.survey_by_month(run)
    return Asked(*(table[column].to_numpy(np.float64) for column in ("month", "nps", "low", "high")))


def _opinions(runs: Sequence[Replications], fans: Sequence[dict[str, Floats]], top: str) -> Grid:
    """How it stands at the end, a row per strategy."""
    locale = series.locale(runs[0])
    columns = ("nps", "satisfaction", "promoters", "detractors", "promoters_on_top", "top_among_promoters")

    def number(value: float) -> str:
        return locale.number(value, 2)

    people_between = interval(locale, locale.people)
    forms: dict[str, Callable[[float], str]] = dict.fromkeys(("nps", "satisfaction"), number)
    forms |= dict.fromkeys(("promoters", "detractors"), locale.people) | dict.fromkeys(columns[4:], locale.percent)
    rows = [
        [
            text_cell(run.label),
            *(mean_cell(own[name][:, -1], forms[name], interval(locale, forms[name])) for name in columns),
            *(mean_cell(own[name].sum(axis=1), locale.people, people_between) for name in program_months.FAILED),
        ]
        for run, own in zip(runs, fans, strict=True)
    ]
    names = (*columns, *program_months.FAILED)
    head = [locale.text("page.strategy"), *(locale.text(f"programs.h_{name}", rung=top) for name in names)]
    return grid(locale.text("programs.t_opinion"), head, rows, locale.text("programs.n_opinion"))
