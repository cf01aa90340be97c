"""Programmes on a page: who belongs over time, what is owed, how each stands at the end; only where the scenario has any.

In: one or more `Replications` under the same luck. Out: a `Section`, none where there is no programme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ladsim.planning import program_months
from ladsim.planning.replications import Replications
from ladsim.reporting.charts import Fan
from ladsim.reporting.fan_rows import Row, rows_picture
from ladsim.reporting.future_cells import interval, mean_cell
from ladsim.reporting.page_model import Grid, Section, grid, text_cell
from ladsim.scenario.naming import Namer
from ladsim.scenario.programs.club import PAUSED
from ladsim.scenario.programs.kinds import RECORDS

Floats = NDArray[np.float64]
Fans = dict[str, dict[str, Floats]]  # of one strategy: programme → column → (futures, months)


def sections(every: Sequence[Replications]) -> list[Section]:
    """What a page says of programmes: one section, or none."""
    having = [run for run in every if program_months.programs_of(run)]
    return [_programs(having, every)] if having else []


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
    pictures = [rows_picture(there, columns, "members", locale, hands, locale.text("programs.c_members"))]
    currency = runs[0].scenario.currency
    owed = [_row(namer, name, runs, fans, "liability", lambda v: locale.money(v, currency)) for name in names]
    owed = [row for row in owed if any(f is not None and f.values.any() and np.isfinite(f.values).all() for f in row.fans)]
    if owed:
        caption = locale.text("programs.c_owed", currency=locale.currency(currency))
        pictures.append(rows_picture(owed, columns, "owed", locale, hands, caption))
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
            row += [mean_cell(found["members"][:, -1], locale.people, interval(locale, locale.people))]
            row += [mean_cell(found[key][:, -1], locale.percent, interval(locale, locale.percent)) for key in shares]
            rows.append([*row, *(mean_cell(amounts, money, between) for amounts in (found["liability"][:, -1], net))])
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
                    *(mean_cell(values, locale.people, interval(locale, locale.people)) for values in counts),
                    mean_cell(fees, lambda v: locale.money(v, currency), lambda a, b: locale.money_between(a, b, currency)),
                ]
            )
    keys = ("program", "joined", "cancelled", "failed", "paused", "fees")
    head = [locale.text(f"programs.h_{key}") for key in keys]
    return [grid(locale.text("programs.t_club"), head, rows, locale.text("programs.n_club"))] if rows else []
