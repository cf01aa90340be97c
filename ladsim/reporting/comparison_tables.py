"""The tables and pictures of a comparison's page: strategies side by side, where the difference comes from, how sure it is.

In: a `Duel`. Out: a `Grid` for the first screen, and two sections.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ladsim.engine.history import History
from ladsim.i18n.numerals import DASH
from ladsim.measures.programs import prepaid_to
from ladsim.measures.tidy import currency
from ladsim.measures.uncertainty import quantile
from ladsim.planning import pairs
from ladsim.planning.program_months import costs, programs_of, result_fans
from ladsim.planning.replications import Replications
from ladsim.planning.same_budget import cost_in_all
from ladsim.reporting import extra, series
from ladsim.reporting.bars import Bar, chances, difference_bars, tornado, waterfall
from ladsim.reporting.charts import BANDS
from ladsim.reporting.comparison_view import Duel
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.outlook_picture import Outlook
from ladsim.reporting.outlook_picture import outlook as outlook_picture
from ladsim.reporting.page_model import Cell, Grid, Picture, Section, grid, text_cell
from ladsim.reporting.who_gained import who_gained
from ladsim.scenario.payments import CONTRACTS

MOST_BARS = 9


def side_by_side(duel: Duel) -> Grid:
    """Measures down, strategies across."""
    runs, top = duel.runs, series.top_rung(duel.best)
    rows: list[list[str | Cell]] = [
        [duel.text("page.row_profit"), *(_amount(duel, name, "profit") for name in duel.study.runs)],
        [duel.text("page.row_best"), *(_chance(duel, name) for name in duel.study.runs)],
        [duel.text("page.row_range"), *(Cell(_range(duel, name)) for name in duel.study.runs)],
        [
            duel.text("page.row_spend"),
            *(Cell(duel.locale.money(duel.own("spend", name), duel.currency)) for name in duel.study.runs),
        ],
        *_programs(duel),
        [duel.text("page.row_all"), *(Cell(duel.locale.money(cost_in_all(run), duel.currency)) for run in runs)],
        *extra.rows([duel.extra.get(name) for name in duel.study.runs], duel.currency, duel.locale),
        [duel.text("page.row_new"), *(_mean(duel, run, "new_customers") for run in runs)],
        [
            duel.text("page.row_referred"),
            *(Cell(duel.locale.percent(series.middle(run, "referred_share"))) for run in runs),
        ],
        [duel.text("page.row_customers", start=_at_start(duel)), *(_mean(duel, run, "customers_end") for run in runs)],
        [duel.text("page.row_churn"), *(Cell(duel.locale.percent(series.middle(run, "churn_share"))) for run in runs)],
        [duel.text("page.row_top", rung=duel.namer.rung(top)), *(_mean(duel, run, f"end_{top}") for run in runs)],
        [duel.text("page.row_payback"), *(_payback(duel, name) for name in duel.study.runs)],
        [duel.text("page.row_even"), *(Cell(duel.since(series.black_from(run))) for run in runs)],
    ]
    head = (duel.text("page.measure"), *(run.label for run in runs))
    return grid(duel.text("page.strategies"), head, rows, duel.text("page.strategies_note", futures=duel.best.count))


def outlook(duel: Duel) -> Picture:
    """What each strategy may earn, and the lead of the best over each other one, for the first page."""
    rows = []
    for name, run in duel.study.runs.items():
        lead = [math.nan] * 3 if name == duel.study.best else [duel.lead(column, name) for column in ("mean", "low", "high")]
        rows.append(Outlook(run.label, tuple(quantile(series.scalars(run, "profit"), BANDS).tolist()), *lead))
    draw = partial(outlook_picture, rows, duel.best.label, duel.currency, locale=duel.locale)
    return Picture(draw, duel.pair("c_outlook"))


def _programs(duel: Duel) -> list[list[str | Cell]]:
    """What programmes cost beside the spend, and what they owe at the end, where there are any."""
    bills = {
        "page.row_programs": [float(costs(run).mean()) for run in duel.runs],
        "page.row_owed": [sum(_owed(run, name) for _, name in programs_of(run)) for run in duel.runs],
        "page.row_contracts": [float(np.mean([_contracts(h) for h in run.histories])) for run in duel.runs],
    }
    return [
        [duel.text(key), *(Cell(duel.locale.money(mean, duel.currency)) for mean in means)]
        for key, means in bills.items()
        if any(means)
    ]


def _owed(run: Replications, name: str) -> float:
    """What a programme owes its members at the end, the mean; 0 where it gives nothing to redeem."""
    mean = float(result_fans(run, name)["liability"][:, -1].mean())
    return mean if math.isfinite(mean) else 0.0


def _contracts(history: History) -> float:
    """What contracts have paid in advance that is not yet earned at the end, in currency."""
    return float(currency(history, prepaid_to(history, CONTRACTS)[-1]))


def _at_start(duel: Duel) -> str:
    """How many customers there are before anything is done; the same for every strategy."""
    first, now = duel.best.histories[0], series.at_start(duel.best)
    return duel.locale.people(sum(now[name] for name, yes in zip(first.rung_names, first.is_customer, strict=True) if yes))


def _payback(duel: Duel, name: str) -> Cell:
    """When a strategy has earned back its money, and how sure that is; the market as it is has nothing to earn back."""
    if name not in duel.extra:
        return Cell(DASH)
    month, low, high = (duel.own(f"payback_{end}", name) for end in ("month", "low", "high"))
    if math.isnan(month) or month <= 0.0:
        return Cell(duel.since(month))
    if math.isnan(high):
        return Cell(duel.since(month), duel.text("page.payback_open", low=duel.locale.month(low)))
    return Cell(duel.since(month), duel.locale.between(duel.locale.month(low), duel.locale.month(high)))


def _amount(duel: Duel, name: str, column: str) -> Cell:
    low, high = (duel.own(f"{column}_{end}", name) for end in ("low", "high"))
    return Cell(
        duel.locale.money(duel.own(column, name), duel.currency),
        duel.locale.money_between(low, high, duel.currency),
        strong=name == duel.study.best,
    )


def _chance(duel: Duel, name: str) -> Cell:
    low, high = (duel.locale.percent(duel.own(f"p_best_{end}", name)) for end in ("low", "high"))
    return Cell(duel.locale.percent(duel.own("p_best", name)), duel.locale.between(low, high), strong=name == duel.study.best)


def _range(duel: Duel, name: str) -> str:
    return duel.locale.money_between(duel.own("profit_p05", name), duel.own("profit_p95", name), duel.currency)


def _mean(duel: Duel, run: Replications, key: str) -> Cell:
    """A cell with a mean of a strategy, small its interval."""
    values = series.scalars(run, key)
    if not np.isfinite(values).all():
        return Cell(duel.locale.people(series.middle(run, key)))
    found = pairs.of_unit(values, "people", duel.paired)
    small = "" if math.isnan(found.low) else duel.locale.between(duel.locale.people(found.low), duel.locale.people(found.high))
    return Cell(duel.locale.people(found.value), small)


def cause(duel: Duel) -> Section:
    """Where the difference comes from: money by cause, people by step."""
    bars = duel.causes()
    items: list[Any] = []
    gain = duel.lead("mean")
    if bars:
        total = Bar(duel.text("page.difference"), gain, duel.lead("low"), duel.lead("high"))
        items.append(
            Picture(
                partial(waterfall, bars, duel.pair("x_cause"), total, duel.currency, locale=duel.locale), duel.pair("c_cause")
            )
        )
    flows = duel.study.by_flow
    flows = flows[(flows["strategy"] == duel.study.runner_up) & (flows["kind"] == "step") & (flows["mean"] != 0.0)]
    flows = flows.reindex(flows["mean"].abs().sort_values(ascending=False, kind="stable").index).head(MOST_BARS)
    if len(flows):
        steps = [Bar(duel.namer.step(r.step), r.mean, r.low, r.high) for r in flows.itertuples()]
        items.append(Picture(partial(difference_bars, steps, duel.pair("x_flow"), locale=duel.locale), duel.pair("c_flow")))
    items += filter(None, [who_gained(duel)])
    if len(duel.runs) > 2:
        items.append(_cause_table(duel))
    lead = duel.pair(
        "l_cause",
        gain=duel.locale.money(abs(gain), duel.currency),
        more=duel.text("page.more") if gain >= 0 else duel.text("page.fewer"),
    )
    return Section("cause", duel.text("page.s_cause"), (lead,), tuple(items))


def _cause_table(duel: Duel) -> Grid:
    """The table of what the lead is made of, by cause of money."""
    others = [name for name in duel.study.runs if name != duel.study.best]
    table = duel.study.by_cause.set_index(["strategy", "cause"])
    rows: list[list[str | Cell]] = []
    called: dict[str, list[str]] = {}  # strategies may have campaigns of the same tactic: one row
    for cause in dict.fromkeys(duel.study.by_cause["cause"]):
        called.setdefault(duel.namer.cause(cause), []).append(cause)
    for label, causes in called.items():
        values = [sum(float(table.loc[(name, c), "mean"]) for c in causes if (name, c) in table.index) for name in others]
        if any(values):
            rows.append([text_cell(label), *(Cell(duel.locale.money(value, duel.currency, True)) for value in values)])
    totals = [Cell(duel.locale.money(duel.lead("mean", name), duel.currency, True), strong=True) for name in others]
    rows.append([Cell(duel.text("page.difference"), strong=True, numeric=False), *totals])
    return grid(duel.pair("t_cause"), (duel.text("page.cause"), *(duel.study.runs[name].label for name in others)), rows)


def sure(duel: Duel) -> Section:
    """How often each is best, the differences, and which uncertain numbers they lean on."""
    bars = [
        Bar(run.label, duel.own("p_best", name), duel.own("p_best_low", name), duel.own("p_best_high", name))
        for name, run in duel.study.runs.items()
    ]
    items: list[Any] = [Picture(partial(chances, bars, locale=duel.locale), duel.text("page.c_chance")), _difference_table(duel)]
    if len(duel.sensitivity):
        items.append(Picture(partial(_tornado, duel, duel.study.runner_up), duel.pair("c_sensitivity")))
    if duel.study.rival != duel.study.runner_up and len(duel.study.rival_sensitivity.dropna(subset=["share"])):
        caption = duel.text("page.c_sensitivity_rival", best=duel.best.label, rival=duel.study.runs[duel.study.rival].label)
        items.append(Picture(partial(_tornado, duel, duel.study.rival), caption))
    return Section("sure", duel.text("page.s_sure"), (duel.text("page.l_sure"),), tuple(items))


def _tornado(duel: Duel, other: str, width: float = WIDTH) -> Any:
    """The picture of what the lead over another strategy depends on."""
    is_next = other == duel.study.runner_up
    leans = duel.sensitivity if is_next else duel.study.rival_sensitivity.dropna(subset=["share"])
    lead = duel.lead("mean", other)
    bars = [
        Bar(
            duel.namer.key(row.key), lead, row.difference_low, row.difference_high,
            duel.value(row.key, row.low_value), duel.value(row.key, row.high_value), bool(row.is_assumption),
        )
        for row in leans.head(MOST_BARS).itertuples()
    ]  # fmt: skip
    return tornado(
        bars,
        lead,
        duel.pair("x_sensitivity"),
        duel.currency,
        "sensitivity" if is_next else "sensitivity_rival",
        locale=duel.locale,
        width=width,
    )


def _difference_table(duel: Duel) -> Grid:
    """The table of how far the best is ahead of each of the others."""
    rows: list[Sequence[str | Cell]] = []
    for row in duel.study.differences.itertuples():
        luck = pairs.Estimate(row.share_luck, row.share_luck_low, row.share_luck_high)
        draws = min(duel.best.count, duel.study.runs[row.strategy].count) // 2
        told = not duel.paired or series.split_is_told(luck, draws)
        rows.append(
            (
                text_cell(str(row.label)),
                Cell(
                    duel.locale.money(row.mean, duel.currency, True), duel.locale.money_between(row.low, row.high, duel.currency)
                ),
                Cell(duel.locale.percent(row.p_better), _limits(row.p_better_low, row.p_better_high, duel)),
                Cell(duel.locale.percent(luck.value), _limits(luck.low, luck.high, duel)) if told else Cell(DASH),
                Cell(
                    duel.locale.percent(row.share_not_knowing),
                    _limits(row.share_not_knowing_low, row.share_not_knowing_high, duel),
                )
                if told
                else Cell(DASH),
                Cell(duel.since(row.break_even_month)),
            )
        )
    head = (
        duel.text("page.strategy"),
        *(duel.text(f"page.h_{key}") for key in ("difference", "better", "luck", "unknown", "even")),
    )
    return grid(duel.pair("t_difference"), head, rows, duel.text("page.n_difference"))


def _limits(low: float, high: float, duel: Duel) -> str:
    return (
        ""
        if math.isnan(low) or math.isnan(high) or low == high
        else duel.locale.between(duel.locale.percent(low), duel.locale.percent(high))
    )
