"""Sections that every page has: the fans of the rungs, the ladder with its flows, customers kept, goals.

In: one or more `Replications` under the same luck. Out: `Section` records.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ladsim.i18n.numerals import DASH
from ladsim.i18n.written import Several
from ladsim.planning.replications import Replications
from ladsim.reporting import series
from ladsim.reporting.charts import Fan, curves, profit_fans, rung_fans
from ladsim.reporting.figure_style import Chart
from ladsim.reporting.ladder import order_of
from ladsim.reporting.ladder_picture import Arrow, Place, is_lead, ladder_picture
from ladsim.reporting.page_model import Cell, Grid, Picture, Section, grid, text_cell
from ladsim.scenario.naming import Namer


def profit(runs: Sequence[Replications], lead: str) -> Section:
    """Fan charts of cumulative profit."""
    return Section("profit", series.locale(runs[0]).text("page.s_profit"), (lead,), (profit_picture(runs),))


def profit_picture(runs: Sequence[Replications]) -> Picture:
    """Cumulative profit by month: the median, where half of the futures lie, and 90 %."""
    locale = series.locale(runs[0])
    draw = partial(profit_fans, [series.profit_fan(run) for run in runs], runs[0].scenario.currency, locale=locale)
    return Picture(draw, locale.text("page.c_profit" if len(runs) > 1 else "page.c_profit_one"), panels=len(runs))


def rungs(runs: Sequence[Replications]) -> tuple[Section, str]:
    """Fan charts of every rung, and why there is no closed form beside them (empty where there is)."""
    locale = series.locale(runs[0])
    fans = [series.rung_fans(run) for run in runs]
    reasons = [series.closed_form(run)[1] for run in runs]
    order = [(name, label) for name, label in series.rung_order(runs[0]) if any(f[name].values.any() for f in fans)]
    draw = partial(
        rung_fans,
        [label for _, label in order],
        [run.label for run in runs],
        [[f[name] for f in fans] for name, _ in order],
        locale=locale,
    )
    picture = Picture(draw, locale.text("page.c_rungs"), panels=len(order) * len(runs))
    missing = [(run.label, reason) for run, reason in zip(runs, reasons, strict=True) if reason]
    said = []
    if len(missing) < len(runs):
        said.append(locale.text("page.exact"))
    reason = ""
    if missing:
        alike: dict[str, list[str]] = {}
        for label, why in missing:
            alike.setdefault(why, []).append(label)
        reason = "; ".join(f"{', '.join(labels)}: {why}" for why, labels in alike.items()) if len(alike) > 1 else missing[0][1]
        said.append(locale.text("page.no_exact", reason=reason))
    return Section("rungs", locale.text("page.s_rungs"), (locale.text("page.l_rungs"), *said), (picture,)), reason


def ladder(runs: Sequence[Replications], drawn: Replications) -> Section:
    """The ladder of one strategy with its flows, and the flows of all of them as a table."""
    locale = series.locale(drawn)
    months = locale.number(float(drawn.histories[0].months[-1]))
    picture = Picture(
        partial(flows_picture, drawn), locale.text("page.c_ladder", label=drawn.label, months=months), reflows=False
    )
    return Section("ladder", locale.text("page.s_ladder"), (), (picture, _flow_table(runs)))


def flows_picture(run: Replications, name: str = "flows") -> Chart:
    """The ladder drawn with the mean flows of one strategy."""
    order, ends, start = order_of(run.scenario), series.mean_at_end(run), series.at_start(run)
    flows = [flow for flow in series.mean_flows(run) if flow.number > 0]
    most = max((flow.number for flow in flows), default=1.0)
    namer = Namer(run.scenario)
    locale = namer.locale
    places = []
    for where, found in (("ladder", order.ladder), ("before", order.before), ("beside", order.beside)):
        for rung in found:
            note = "page.rung_line" if where != "ladder" else "page.rung_line_start"
            again = [f for f in flows if f.origin == f.to == rung.name]
            loops = "".join(f" · ↻ {locale.people(f.number)}" for f in again)
            text = locale.text(note, number=locale.people(ends[rung.name]), start=locale.people(start[rung.name])) + loops
            places.append(Place(rung.name, namer.rung(rung.name), text, where, is_lead(rung, run.scenario)))
    pairs: dict[tuple[str, str], list[series.Flow]] = {}
    for flow in flows:
        if flow.origin != flow.to:
            pairs.setdefault((flow.origin, flow.to), []).append(flow)
    arrows = [Arrow(a, b, sum(f.number for f in found) / most, _flow_lines(found, namer)) for (a, b), found in pairs.items()]
    said = "; ".join(f"{namer.step(flow.name)}: {locale.people(flow.number)}" for flow in flows)
    return ladder_picture(
        places, arrows, locale.text("chart.flows_chart", label=run.label), locale.text("chart.flows_alt", said=said), name
    )


def _flow_lines(found: Sequence[series.Flow], namer: Namer) -> tuple[str, ...]:
    """Number and conversion of all steps between two rungs; where there are several, the share of each trigger."""
    locale = namer.locale
    number, share = sum(f.number for f in found), sum(f.share for f in found)
    head: str = locale.people(number)
    if np.isfinite(share) and found[0].trigger != "arrival":
        head = locale.text("page.flow_line", number=head, share=locale.percent(share))
    if len(found) < 2:
        return (head,)
    return (head, *(f"{namer.trigger(f.trigger, f.name)}: {locale.people(f.number)}" for f in found))


def _flow_table(runs: Sequence[Replications]) -> Grid:
    """The table of steps taken, with their conversion rates, a column per strategy."""
    namer = Namer(runs[0].scenario)
    locale = namer.locale
    found = [{flow.name: flow for flow in series.mean_flows(run)} for run in runs]
    rows: list[list[str | Cell]] = []
    for name in dict.fromkeys(name for flows in found for name in flows):
        row: list[str | Cell] = [text_cell(namer.step(name))]
        for flows in found:
            flow = flows.get(name)
            row.append(Cell(locale.people(flow.number), locale.percent(flow.share)) if flow else Cell(DASH))
        rows.append(row)
    return grid(
        locale.text("page.t_flows"), (locale.text("page.step"), *(run.label for run in runs)), rows, locale.text("page.n_flows")
    )


def customers(runs: Sequence[Replications], drawn: Replications) -> Section:
    """Retention, overlaid and by cohort, and the ABC curve."""
    items: list[Any] = []
    locale = series.locale(drawn)
    kept = [fan for fan in map(series.retention_fan, runs) if fan is not None]
    if len(kept) == len(runs):
        draw = partial(
            curves, kept, locale.text("chart.retention_axis"), locale.text("chart.retention_below"),
            locale.text("chart.retention_chart"), locale.text("chart.retention_alt"), "retention",
            runs.index(drawn), locale=locale,
        )  # fmt: skip
        items.append(Picture(draw, locale.text("page.c_retention", label=drawn.label), half=True))
    shares = [np.array([s.abc for s in run.summaries if not np.isnan(s.abc).any()]) for run in runs]
    if all(len(values) for values in shares):
        lines = [Fan(run.label, np.linspace(0, 1, 101), values) for run, values in zip(runs, shares, strict=True)]
        draw = partial(
            curves,
            lines,
            locale.text("chart.abc_axis"),
            locale.text("chart.abc_below"),
            locale.text("chart.abc_chart"),
            locale.text("chart.abc_alt"),
            "abc",
            runs.index(drawn),
            True,
            locale=locale,
        )
        best = [f"{locale.percent(float(v[:, 20].mean()))} ({run.label})" for run, v in zip(runs, shares, strict=True)]
        items.append(Picture(draw, locale.text("page.c_abc", shares=", ".join(best)), half=True))
    cohorts = _cohort_table(drawn)
    return Section("customers", locale.text("page.s_customers"), (), (*items, *([cohorts] if cohorts else [])))


def _cohort_table(run: Replications) -> Grid | None:
    """The table of who is still a customer, by when they became one; None where nobody did."""
    found, locale = series.cohort_fans(run), series.locale(run)
    if not found:
        return None
    oldest = max(len(fan.months) for _, _, fan in found) - 1
    ages = [age for age in (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60) if age <= oldest]
    rows: list[list[str | Cell]] = []
    for first, last, fan in found:
        q = fan.quantiles()
        name = locale.text("page.cohort_one" if first == last else "page.cohort", first=first, last=last)
        if locale.start is not None:
            name = locale.period(float(first) - 1.0, float(last))
        cells = [Cell(locale.percent(float(q[2][age]))) if age < len(fan.months) else Cell("") for age in ages]
        rows.append([text_cell(name), *cells])
    head = (
        locale.text("page.h_cohort"),
        *(locale.text("page.h_age" if age > 1 else "page.h_age_one", months=age) for age in ages),
    )
    return grid(locale.text("page.t_cohorts", label=run.label), head, rows)


def goals(table: pd.DataFrame, labels: dict[str, str], wanted_as: dict[str, str], namer: Namer) -> Section | None:
    """The goals of the file, a row each, a column per strategy; None where it has none. `wanted_as` says by goal "share" or "number"."""
    locale = namer.locale
    if table.empty:
        return None
    rows: list[list[str | Cell]] = []
    for goal in dict.fromkeys(table["goal"]):
        part = table[table["goal"] == goal].drop_duplicates("strategy").set_index("strategy")
        first = part.iloc[0]

        def shown(value: float, kind: str = wanted_as.get(goal, "number")) -> str:
            return locale.percent(value) if kind == "share" else locale.people(value)

        row: list[str | Cell] = [
            text_cell(namer.goal(str(goal), float(first["by_month"])), locale.month(float(first["by_month"]))),
            Cell(shown(float(first["wanted"]))),
        ]
        for name in labels:
            if name in part.index:
                found = part.loc[name]
                low, high = (locale.percent(float(found[f"probability_{end}"])) for end in ("low", "high"))
                between, median, called = locale.between(low, high), shown(float(found["median"])), locale.text("page.h_median")
                small = Several(f"{between}; {called} {median}", (("", between), (called, median)))
                row.append(Cell(locale.percent(float(found["probability"])), small, strong=float(found["probability"]) >= 0.8))
            else:
                row.append(Cell(DASH))
        rows.append(row)
    head = (locale.text("page.goal"), locale.text("page.h_wanted"), *labels.values())
    return Section(
        "goals", locale.text("page.s_goals"), (), (grid(locale.text("page.t_goals"), head, rows, locale.text("page.n_goals")),)
    )
