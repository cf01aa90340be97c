"""A study as tables for the terminal: what a strategist reads first; the rest is in the report.

In: a study. Out: text. Numbers are rounded to what they can bear, with their units; a 95 % interval is that of the mean, which more
futures would narrow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ladsim.report import numerals

if TYPE_CHECKING:
    from rich.table import Table

    from ladsim.planning.results import Comparison, Replications, Targets

MAIN = (
    *("profit", "discounted_profit", "revenue", "contribution", "spend", "return_on_spend"),
    *("new_customers", "referred_share", "customers_end", "churn", "repurchase_rate", "purchase_frequency"),
    *("acquisition_cost", "lifetime_value_contribution"),
)
WIDTH = 110  # where nobody says how wide the screen is


def run_text(study: Replications) -> str:
    """The main measures of one strategy with their intervals, and who stands where at the end."""
    from ladsim.measures.dictionary import MEASURES
    from ladsim.planning.pairs import mean

    paired, currency = bool(len(study.parameters.columns)), study.scenario.currency

    def row(name: str, title: str, unit: str) -> list[str]:
        estimate = mean([summary.scalars[name] for summary in study.summaries], paired)
        return [title, in_unit(estimate.value, unit, currency), between(estimate.low, estimate.high, unit, currency)]

    measures = [row(name, MEASURES[name].title, MEASURES[name].unit) for name in MAIN]
    rungs = [row(f"end_{rung.name}", f"  {rung.label or rung.name}", "people") for rung in study.scenario.rungs]
    title = f"{study.label}: mean of {_futures(study.count)} over {numerals.number(study.scenario.months)} months"
    head = ["", "mean", "95 % interval of the mean"]
    return printed(table(title, head, [*measures, ["At the end on", "", ""], *rungs]), *_goals(study))


def comparison_text(study: Comparison) -> str:
    """The strategies side by side, best first, and how far the best is ahead of each."""
    currency = study.runs[study.best].scenario.currency
    months = numerals.number(study.runs[study.best].scenario.months)
    rows = []
    for one in study.outcomes.sort_values("profit", ascending=False, kind="stable").to_dict("records"):
        rows.append(
            [
                one["label"],
                in_unit(one["spend"], "currency", currency),
                in_unit(one["profit"], "currency", currency),
                between(one["profit_low"], one["profit_high"], "currency", currency),
                numerals.people(one["new_customers"]),
                numerals.percent(one["p_best"]),
            ]
        )
    head = ["", "spend", "mean profit", "95 % interval of the mean", "new customers", "best in"]
    outcomes = table(f"{_futures(study.setting.replications)} of each strategy over {months} months", head, rows)
    ahead = [
        [
            one["label"],
            in_unit(one["mean"], "currency", currency),
            between(one["low"], one["high"], "currency", currency),
            numerals.percent(one["p_better"]),
            _from(one["break_even_month"]),
        ]
        for one in study.differences.to_dict("records")
    ]
    best = study.runs[study.best].label
    head = [f"{best} earns more than", "by (mean)", "95 % interval", "in", "ahead from"]
    return printed(outcomes, table("With the same luck", head, ahead))


def verdict_text(study: Comparison) -> str:
    """The verdict, its caveat, and what else a reader must know."""
    said = [study.verdict, study.caveat, *(f"Note: {note}" for note in study.notes)]
    return "\n" + "\n".join(text for text in said if text)


def targets_text(study: Targets) -> str:
    """What can be promised for each rung and each step."""
    names = ("commit", "expect", "stretch")
    from ladsim.report.places import Namer

    namer = Namer(study.scenario)
    rungs = [
        [namer.rung(one["rung"]), one["meets"], *(numerals.people(one[name]) for name in names)]
        for one in study.rungs.to_dict("records")
    ]
    steps = [
        [
            namer.step(one["step"]),
            one["meets"],
            *(f"{numerals.people(one[f'number_{n}'])}  {numerals.percent(one[f'rate_{n}'])}" for n in names),
        ]
        for one in study.steps.to_dict("records")
    ]
    head = ["", "", "commit (80 %)", "expect (50 %)", "stretch (20 %)"]
    month = numerals.month(study.month)
    tables = [table(f"{study.label}: people on each rung, {month}", head, rungs)]
    tables.append(table(f"Steps taken until {month}, and their conversion rate", head, steps))
    return printed(*tables, *_judged(study.goals.to_dict("records")))


def _from(month: float) -> str:
    """From when on a strategy is ahead.

    >>> _from(0.0), _from(7.0), _from(float("nan"))
    ('the start', 'month\xa07', '–')
    """
    return "the start" if month <= 0 else numerals.month(month)


def _goals(study: Replications) -> list[Table]:
    from ladsim.planning.tables import tables_of

    return _judged(tables_of(study)["goals"].to_dict("records"))


def _judged(goals: Sequence[dict[Any, Any]]) -> list[Table]:
    """A table of goals and how probably each is met; nothing where the file has none."""
    rows = [
        [
            one["goal"],
            _small(one["wanted"]),
            numerals.number(one["by_month"]),
            _small(one["median"]),
            numerals.percent(one["probability"]),
        ]
        for one in goals
    ]
    return [table("Goals", ["", "wanted", "by month", "median", "met in"], rows)] if rows else []


def _small(value: float) -> str:
    return numerals.number(value)


def in_unit(value: float, unit: str, currency: str) -> str:
    """A number with its unit.

    >>> in_unit(1234.5, "currency", "EUR"), in_unit(0.05, "share a month", "EUR"), in_unit(2.0, "months", "EUR")
    ('EUR 1,230', '5 % a month', '2 months')
    """
    if unit == "currency":
        said = numerals.money(value, currency)
    elif unit.startswith("share"):
        said = numerals.percent(value) + unit.removeprefix("share")
    elif unit == "people":
        said = numerals.people(value)
    elif unit.startswith("currency"):
        said = numerals.number(value)
    else:
        said = f"{numerals.number(value)} {unit}"
    return numerals.DASH if value != value else said.replace(numerals.SPACE, " ")


def between(low: float, high: float, unit: str, currency: str) -> str:
    """An interval with its unit once; a dash where there is none.

    >>> between(0.32, 0.394, "orders a month", "EUR"), between(-900.0, 1e6, "currency", "EUR")
    ('0.32 to 0.394 orders a month', 'EUR −900 to 1 million')
    """
    if low != low or high != high:
        return numerals.DASH
    if unit == "currency":
        return numerals.money_between(low, high, currency).replace(numerals.SPACE, " ")
    return numerals.between(in_unit(low, unit, currency).removesuffix(_ending(unit)), in_unit(high, unit, currency))


def _ending(unit: str) -> str:
    """What ``in_unit`` writes behind a number that is no amount."""
    return unit.removeprefix("share") if unit.startswith("share") else f" {unit}"


def _futures(number: int) -> str:
    return "1 future" if number == 1 else f"{number} futures"


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is words and whose others are numbers."""
    from rich import box
    from rich.table import Table

    made = Table(
        title=title.replace(numerals.SPACE, " "), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
    )
    for place, name in enumerate(head):
        made.add_column(name, justify="right" if place else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell.replace(numerals.SPACE, " ") for cell in row))
    return made


def printed(*tables: Table) -> str:
    """Tables as text, with colours where standard output is a terminal."""
    from rich.console import Console

    watched = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if watched else WIDTH, highlight=False, markup=False)
    with console.capture() as captured:
        for one in tables:
            console.print(one)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
