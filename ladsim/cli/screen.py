"""A study as tables for the terminal: what a strategist reads first; the rest is in the report.

In: a study. Out: text. Numbers are rounded to what they can bear, with their units; a 95 % interval is that of the mean, which more
futures would narrow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH, SPACE

if TYPE_CHECKING:
    from rich.table import Table

    from ladsim.planning.results import Comparison, Replications, Targets
    from ladsim.scenario.naming import Namer

MAIN = (
    *("profit", "discounted_profit", "revenue", "contribution", "spend"),
    *("new_customers", "referred_share", "customers_end", "churn_share", "repurchase_rate", "purchase_frequency"),
    "lifetime_value_contribution",
)
UNITS = {
    "months": "unit.months",
    "orders a month": "unit.orders_a_month",
    "share a month": "unit.a_month",
    "per customer and month": "unit.per_customer_and_month",
}
WIDTH = 110  # where nobody says how wide the screen is


def run_text(study: Replications) -> str:
    """The main measures of one strategy with their intervals, and who stands where at the end."""
    from ladsim.measures.explanation import study_measures
    from ladsim.planning.measure_table import estimate

    currency, locale = study.scenario.currency, Locale(study.source.language, study.source.start_date)

    def row(name: str, title: str, unit: str) -> list[str]:
        found = estimate(study, name)
        return [title, in_unit(found.value, unit, currency, locale), between(found.low, found.high, unit, currency, locale)]

    meanings = study_measures(locale.language)
    measures = [row(name, meanings[name].title, meanings[name].unit) for name in MAIN]
    rungs = [row(f"end_{rung.name}", f"  {rung.label or rung.name}", "people") for rung in study.scenario.rungs]
    title = locale.text("screen.run", label=study.label, **_size(study.count, study.scenario.months, locale))
    head = ["", locale.text("screen.mean"), locale.text("screen.interval_of_mean")]
    measured = table(title, head, [*measures, [locale.text("screen.at_end"), "", ""], *rungs])
    return printed(measured, *_beyond_nothing(study), *_goals(study))


def _beyond_nothing(study: Replications) -> list[Table]:
    """What is done for customers, against the same market in which nothing is done; nothing where that was not played."""
    if study.nothing is None:
        return []
    from ladsim.planning.extra import extra
    from ladsim.reporting.extra import rows

    locale = Locale(study.source.language, study.source.start_date)
    found = rows([extra(study, study.nothing)], study.scenario.currency, locale)
    head = ["", locale.text("screen.mean"), locale.text("screen.interval")]
    told = [[str(name), cell.text, cell.small] for name, cell in found if not isinstance(cell, str)]
    return [table(locale.text("screen.beyond_nothing"), head, told)]


def comparison_text(study: Comparison) -> str:
    """The strategies side by side, best first, and how far the best is ahead of each."""
    currency = study.runs[study.best].scenario.currency
    locale = Locale(study.scenario.language, study.scenario.start_date)
    rows = []
    for one in study.outcomes.sort_values("profit", ascending=False, kind="stable").to_dict("records"):
        rows.append(
            [
                one["label"],
                two_lines(
                    in_unit(one["profit"], "currency", currency, locale),
                    between(one["profit_low"], one["profit_high"], "currency", currency, locale),
                ),
                *_extra(study, one["strategy"]),
                locale.percent(one["p_best"]),
            ]
        )
    columns = ("mean_profit", "extra_money", "extra_customers", "each", "brings_back", "best_in")
    title = locale.text("screen.compare", **_size(study.setting.replications, study.runs[study.best].scenario.months, locale))
    unit = locale.with_currency("1", currency)
    outcomes = table(title, ["", *(locale.text(f"screen.{name}", unit=unit) for name in columns)], rows)
    paid = study.runs[study.best].strategy is not None  # the market as it is has nothing to be paid back
    ahead = [
        [
            one["label"],
            in_unit(one["mean"], "currency", currency, locale),
            between(one["low"], one["high"], "currency", currency, locale),
            locale.percent(one["p_better"]),
            *([_from(one["break_even_month"], locale)] if paid else []),
        ]
        for one in study.differences.to_dict("records")
    ]
    best = study.runs[study.best].label
    head = [
        locale.text("screen.earns_more", best=best),
        *(locale.text(f"screen.{name}") for name in ("by", "interval", "in", *(("ahead",) if paid else ()))),
    ]
    return printed(outcomes, table(locale.text("screen.same_luck"), head, ahead))


def _extra(study: Comparison, strategy: str) -> list[str]:
    """Extra money, extra customers at the end, what one costs, and what a unit of extra money brings back; dashes for the market as it is."""
    from ladsim.planning.compare import base_of
    from ladsim.planning.extra import extra
    from ladsim.reporting.extra import Told

    run, base = study.runs[strategy], study.runs[base_of(study.runs)]
    if run.strategy is None:
        return [DASH] * 4
    told = Told(extra(run, base), study.scenario.currency, Locale(study.scenario.language, study.scenario.start_date))
    cells = (
        told.money("extra_money"),
        told.people("extra_customers"),
        told.money("cost_per_extra_customer"),
        told.money("return_on_extra_money"),
    )
    return [two_lines(cell.text, cell.small).replace(SPACE, " ") for cell in cells]


def verdict_text(study: Comparison) -> str:
    """The verdict, its caveat, and what else a reader must know."""
    locale = Locale(study.scenario.language, study.scenario.start_date)
    said = [study.verdict, study.caveat, *(locale.text("screen.note", note=note) for note in study.notes)]
    return "\n" + "\n".join(text for text in said if text)


def targets_text(study: Targets) -> str:
    """What can be promised for each rung and each step."""
    from ladsim.scenario.naming import Namer

    names = ("commit", "expect", "stretch")
    namer = Namer(study.scenario)
    locale = namer.locale
    rungs = [
        [namer.rung(one["rung"]), _meets(one["meets"], locale), *(locale.people(one[name]) for name in names)]
        for one in study.rungs.to_dict("records")
    ]
    steps = [
        [
            namer.step(one["step"]),
            _meets(one["meets"], locale),
            *(
                f"{locale.people(one[f'number_{n}'])}  {locale.percent(one[f'rate_{n}'])}" if one[f"rate_{n}"] >= 0.0 else DASH
                for n in names
            ),
        ]
        for one in study.steps.to_dict("records")
    ]
    head = ["", "", *(locale.text(f"screen.{name}") for name in names)]
    month = locale.month(study.month)
    tables = [table(locale.text("screen.rungs", label=study.label, month=month), head, rungs)]
    tables.append(table(locale.text("screen.steps", month=month), head, steps))
    from ladsim.planning.targets import few_to_promise

    few = few_to_promise(study)
    said = f"\n{loose(locale.text('screen.note', note=locale.text('note.few_to_promise', **few)))}" if few else ""
    return printed(*tables, *_judged(study.goals.to_dict("records"), namer)) + said


def _from(month: float, locale: Locale = ENGLISH) -> str:
    """From when on a strategy is ahead.

    >>> _from(0.0), _from(7.0), _from(float("nan"))
    ('the start', 'month\xa07', '–')
    """
    return locale.text("screen.the_start") if month <= 0 else locale.month(month)


def _goals(study: Replications) -> list[Table]:
    from ladsim.planning.tables import goals
    from ladsim.scenario.naming import Namer

    return _judged(goals(study).to_dict("records"), Namer(study.source))


def _judged(goals: Sequence[dict[Any, Any]], namer: Namer) -> list[Table]:
    """A table of goals and how probably each is met; nothing where the file has none."""
    locale = namer.locale
    rows = [
        [
            one["goal"] if locale.language == "en" else namer.goal(one["goal"], one["by_month"]),
            locale.number(one["wanted"]),
            locale.number(one["by_month"]),
            locale.number(one["median"]),
            locale.percent(one["probability"]),
        ]
        for one in goals
    ]
    head = ["", *(locale.text(f"screen.{name}") for name in ("wanted", "by_month", "median", "met_in"))]
    return [table(locale.text("screen.goals"), head, rows)] if rows else []


def in_unit(value: float, unit: str, currency: str, locale: Locale = ENGLISH) -> str:
    """A number with its unit.

    >>> in_unit(1234.5, "currency", "EUR"), in_unit(0.05, "share a month", "EUR"), in_unit(2.0, "months", "EUR")
    ('EUR 1,230', '5 % a month', '2 months')
    """
    if unit == "currency":
        said = locale.money(value, currency)
    elif unit.startswith("share"):
        said = locale.percent(value) + _ending(unit, locale)
    elif unit == "people":
        said = locale.people(value)
    elif unit.startswith("currency"):
        said = locale.number(value)
    else:
        said = locale.number(value) + _ending(unit, locale)
    return DASH if value != value else said.replace(SPACE, " ")


def between(low: float, high: float, unit: str, currency: str, locale: Locale = ENGLISH) -> str:
    """An interval with its unit once; a dash where there is none.

    >>> between(0.32, 0.394, "orders a month", "EUR"), between(-900.0, 1e6, "currency", "EUR")
    ('0.32 to 0.394 orders a month', 'EUR −900 to 1 million')
    >>> between(-0.03, 0.15, "share", "EUR")
    '0 % to 15 %'
    """
    if low != low or high != high:
        return DASH
    if unit == "currency":
        return locale.money_between(low, high, currency).replace(SPACE, " ")
    low = low if unit.startswith("currency") else max(0.0, low)  # what cannot be negative
    first = in_unit(low, unit, currency, locale).removesuffix(_ending(unit, locale) or "\0")
    return locale.between(first, in_unit(high, unit, currency, locale))


def _ending(unit: str, locale: Locale) -> str:
    """What ``in_unit`` writes behind a number that is no amount."""
    if unit == "share" or unit.startswith("currency") or unit == "people":
        return ""
    words = UNITS.get(unit)
    return " " + (locale.text(words) if words else unit.removeprefix("share "))


def two_lines(value: str, interval: str) -> str:
    """A number, and below it its interval where it has one.

    >>> two_lines("12", "10 to 14"), two_lines("12", "")
    ('12\\n(10 to 14)', '12')
    """
    return value + (f"\n({interval})" if interval else "")


def _size(futures: int, months: float, locale: Locale) -> dict[str, str]:
    """How many futures over how many months."""
    return {"futures": locale.text("count.futures", n=futures), "months": locale.number(months)}


def _meets(meets: str, locale: Locale) -> str:
    return locale.text("page.at_least" if meets == "at least" else "page.at_most")


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is words and whose others are numbers."""
    from rich import box
    from rich.table import Table

    made = Table(title=loose(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for place, name in enumerate(head):
        made.add_column(loose(name), justify="right" if place else "left", overflow="fold")
    for row in rows:
        made.add_row(*(loose(cell) for cell in row))
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
