"""Programmes and recommendation on a page: who belongs, what is owed, who would recommend; only where the scenario has them.

In: one or more `Replications` under the same luck. Out: `Section` records, none where there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning import program_months
from ladsim.planning.replications import Replications
from ladsim.reporting import series
from ladsim.reporting.charts import Fan
from ladsim.reporting.fan_rows import Asked, Row, fan_rows
from ladsim.reporting.figure_style import Chart
from ladsim.reporting.page_model import Cell, Grid, Picture, Section, grid, text_cell
from ladsim.scenario.naming import Namer
from ladsim.scenario.programs.club import PAUSED
from ladsim.scenario.programs.kinds import RECORDS

Floats = NDArray[np.float64]
Fans = dict[str, dict[str, Floats]]  # of one strategy: programme → column → (futures, months)


def sections(runs: Sequence[Replications]) -> list[Section]:
    """What a page says of programmes and of recommendation: none, one or two sections."""
    found = []
    if having := [run for run in runs if program_months.programs_of(run)]:
        found.append(_programs(having, runs))
    if having := [run for run in runs if program_months.has_satisfaction(run)]:
        found.append(_recommendation(having, runs))
    return found


def _programs(runs: Sequence[Replications], every: Sequence[Replications]) -> Section:
    """Members and liability over time, and how each programme stands at the end."""
    namer = Namer(runs[0].source)
    locale = namer.locale
    names = dict.fromkeys(name for run in runs for _, name in program_months.programs_of(run))
    columns, hands = [run.label for run in runs], [place for place, run in enumerate(every) if any(run is one for one in runs)]
    lead = locale.text("programs.l_programs")
    if len(runs) < len(every):
        lead += " " + locale.text(
            "programs.l_others", others=locale.listed([r.label for r in every if not program_months.programs_of(r)])
        )
    fans = [{name: program_months.result_fans(run, name) for _, name in program_months.programs_of(run)} for run in runs]
    there = [_row(namer, name, runs, fans, "members", locale.people) for name in names]
    pictures = [_picture(there, columns, "members", locale, hands, locale.text("programs.c_members"))]
    currency = runs[0].scenario.currency
    owed = [_row(namer, name, runs, fans, "liability", lambda v: locale.money(v, currency)) for name in names]
    owed = [row for row in owed if any(f is not None and f.values.any() and np.isfinite(f.values).all() for f in row.fans)]
    if owed:
        caption = locale.text("programs.c_owed", currency=locale.currency(currency))
        pictures.append(_picture(owed, columns, "owed", locale, hands, caption))
    tables = (_last_month(runs, fans, namer), *_clubs(runs, fans, namer))
    return Section("programs", locale.text("programs.s_programs"), (lead,), (*pictures, *tables))


def _row(
    namer: Namer, name: str, runs: Sequence[Replications], fans: Sequence[Fans], column: str, form: Callable[..., str]
) -> Row:
    """One programme under the strategies that have it."""
    found = [
        Fan(run.label, run.histories[0].months, own[name][column]) if name in own else None
        for run, own in zip(runs, fans, strict=True)
    ]
    return Row(namer.program(name), found, form, namer.locale.short_money)


def _picture(
    rows: Sequence[Row], columns: Sequence[str], name: str, locale: Locale, hands: Sequence[int], caption: str
) -> Picture:
    """What draws fans in rows."""
    return Picture(partial(_chart, rows, columns, name, locale, hands), caption, panels=len(rows) * len(columns))


def _chart(rows: Sequence[Row], columns: Sequence[str], name: str, locale: Locale, hands: Sequence[int]) -> Chart:
    """Fans in rows, with the title and the words of a picture of that name."""
    alt = locale.text(f"programs.{name}_alt", said=_ends(rows, columns))
    return fan_rows(rows, columns, name, locale.text(f"programs.{name}_chart"), alt, locale=locale, hands=hands)


def _ends(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The last medians in words."""
    said = []
    for row in rows:
        for fan, column in zip(row.fans, columns, strict=True):
            if fan is not None:
                said.append(f"{row.label}, {column}: {row.form(float(fan.quantiles()[2][-1]))}")
    return "; ".join(said)


def _last_month(runs: Sequence[Replications], fans: Sequence[Fans], namer: Namer) -> Grid:
    """How each programme stands at the end, and what it has cost: a row per programme and strategy."""
    locale, rows = namer.locale, []
    currency = runs[0].scenario.currency

    def money(value: float) -> str:
        return locale.money(value, currency)

    def between(low: float, high: float) -> str:
        return locale.money_between(low, high, currency)

    shares = ("active_share", "redemption_rate", "breakage")
    for run, own in zip(runs, fans, strict=True):
        for name, found in own.items():
            net = sum(found[key].sum(axis=1) for key in ("discounts", "reward_cost", "running_cost")) - found["fees"].sum(axis=1)
            row = [text_cell(namer.program(name), run.label if len(runs) > 1 else "")]
            row += [_cell(found["members"][:, -1], locale.people, _between(locale, locale.people))]
            row += [_cell(found[key][:, -1], locale.percent, _between(locale, locale.percent)) for key in shares]
            rows.append([*row, *(_cell(amounts, money, between) for amounts in (found["liability"][:, -1], net))])
    keys = ("program", "members", *shares, "liability", "cost")
    head = [locale.text(f"programs.h_{key}") for key in keys]
    return grid(locale.text("programs.t_last"), head, rows, locale.text("programs.n_last"))


def _clubs(runs: Sequence[Replications], fans: Sequence[Fans], namer: Namer) -> list[Grid]:
    """How memberships of clubs began and ended over the whole time: none where there is no club."""
    locale, rows = namer.locale, []
    currency = runs[0].scenario.currency
    for run, own in zip(runs, fans, strict=True):
        first = run.histories[0]
        for place, name in program_months.programs_of(run):
            record = RECORDS.get(first.program_kinds[place])
            if record is None or not record.renews:
                continue
            counts = [own[name][key].sum(axis=1) for key in ("joined", "cancelled", "failed")]
            counts.append(program_months.level_fan(run, name, PAUSED)[:, -1])
            fees = own[name]["fees"].sum(axis=1)
            rows.append(
                [
                    text_cell(namer.program(name), run.label if len(runs) > 1 else ""),
                    *(_cell(values, locale.people, _between(locale, locale.people)) for values in counts),
                    _cell(fees, lambda v: locale.money(v, currency), lambda a, b: locale.money_between(a, b, currency)),
                ]
            )
    keys = ("program", "joined", "cancelled", "failed", "paused", "fees")
    head = [locale.text(f"programs.h_{key}") for key in keys]
    return [grid(locale.text("programs.t_club"), head, rows, locale.text("programs.n_club"))] if rows else []


def _cell(values: Floats, form: Callable[[float], str], between: Callable[[float, float], str]) -> Cell:
    """The mean over the futures in which the number exists; below it where 90 % of them lie."""
    known = np.asarray(values)[np.isfinite(values)]
    if not known.size:
        return Cell(DASH)
    low, high = (float(np.quantile(known, q)) for q in (0.05, 0.95))
    return Cell(form(float(known.mean())), between(low, high) if low != high else "")


def _between(locale: Locale, form: Callable[[float], str]) -> Callable[[float, float], str]:
    """How two numbers of one form are written as an interval."""
    return lambda low, high: locale.between(form(low), form(high))


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
        _picture(opinion, columns, "nps", locale, hands, caption),
        _picture(people, columns, "promoters", locale, hands, locale.text("programs.c_promoters", rung=top)),
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

    people_between = _between(locale, locale.people)
    forms: dict[str, Callable[[float], str]] = dict.fromkeys(("nps", "satisfaction"), number)
    forms |= dict.fromkeys(("promoters", "detractors"), locale.people) | dict.fromkeys(columns[4:], locale.percent)
    rows = [
        [
            text_cell(run.label),
            *(_cell(own[name][:, -1], forms[name], _between(locale, forms[name])) for name in columns),
            *(_cell(own[name].sum(axis=1), locale.people, people_between) for name in program_months.FAILED),
        ]
        for run, own in zip(runs, fans, strict=True)
    ]
    names = (*columns, *program_months.FAILED)
    head = [locale.text("page.strategy"), *(locale.text(f"programs.h_{name}", rung=top) for name in names)]
    return grid(locale.text("programs.t_opinion"), head, rows, locale.text("programs.n_opinion"))
