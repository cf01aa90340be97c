"""Strategies compared on the command line: the command, and what it shows.

In: options. Out: the strategies side by side, how far the best is ahead of each, the verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ladsim.cli import options, outcome, screen
from ladsim.cli import sweep as sweeping
from ladsim.cli import until_sure as known
from ladsim.cli.request import Request, study_command
from ladsim.errors import StudyError
from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.numerals import DASH, SPACE

if TYPE_CHECKING:
    import pandas as pd

    from ladsim.planning.compare import Comparison
    from ladsim.planning.replications import Replications


@study_command("compare strategies, say which one to choose, and write the report")
def compare(
    *,
    strategy: options.Strategies = None,
    same_budget: options.SameBudget = None,
    graphs: options.Graphs = False,
    until_sure: known.IsUntilSure = False,
    within: known.Within = None,
    at_most: known.AtMost = None,
    asked: Request,
    sweep: options.Sweep = None,
) -> None:
    """Compare strategies: which one to choose, how much more it earns, and how sure that is. Writes a report.

    The market as it is (base) is always simulated too, so that you see what would have come anyway. All strategies meet the same
    customers and the same luck.

    \b
    Examples:
      ladsim compare acquisition_vs_retention
      ladsim compare my_shop.toml --strategy retention_first --replications 200
      ladsim compare my_shop.toml --same-budget 900000
      ladsim compare my_shop.toml --until-sure --within 5000 --at-most "2 min"
    """
    names = options.several(asked.changed, strategy)
    terms = known.terms(until_sure, within, at_most)
    if terms is not None:
        for name, given in (("--sweep", sweep), ("--graphs", graphs)):
            if given:
                raise StudyError(
                    f"--until-sure: found {name} beside it, which plays a given number of futures; must come without it"
                )
    if sweep is not None:
        if same_budget is not None:
            raise StudyError(
                "--sweep: found --same-budget beside it, which finds its numbers for one study; must come without it"
            )
        return sweeping.play(asked, sweep, names)
    from ladsim.planning.compare import base_of
    from ladsim.planning.compare import compare as compare_strategies
    from ladsim.scenario.strategies import BASE

    played = BASE in names and BASE not in asked.changed.strategies

    most = asked if terms is None else replace(asked, replications=terms.futures)
    outcome.announce(most, len(names) + (not played), 1 + (_other_graphs(asked) if graphs else 0), at_most=terms is not None)

    with outcome.simulating(asked) as progress:
        study = compare_strategies(
            asked.scenario, names, same_budget=same_budget, graphs=graphs, until=terms, tell=known.closing(asked, progress),
            **asked.options(progress),
        )  # fmt: skip
    asked = replace(most, overrides=study.setting.overrides)
    outcome.show(asked, lambda: comparison_text(study))
    outcome.show(asked, lambda: after_text(study.after_horizon, study.runs[base_of(study.runs)]))
    outcome.show(asked, lambda: verdict_text(study))
    if graphs:
        outcome.show(asked, lambda: graphs_text(study))
    outcome.finish(asked, study, names, more=["--graphs"] if graphs else known.again(terms, study.setting.replications))


def _other_graphs(asked: Request) -> int:
    """How many other graphs there are to be played."""
    from ladsim.planning.other_graphs import other_graphs

    return len(other_graphs(asked.changed, [None]).scenarios)


def after_text(table: pd.DataFrame, without: Replications) -> str:
    """The extra profit at the horizon and some months later; nothing where nobody looked."""
    if table.empty:
        return ""
    from ladsim.reporting.after_horizon import after_grid

    return screen.printed(screen.of_grid(after_grid(table, without)))


def graphs_text(study: Comparison) -> str:
    """Whether the verdict stands under other graphs."""
    from ladsim.reporting.other_graphs import graph_grid, verdict

    return screen.printed(screen.of_grid(graph_grid(study))) + f"\n{verdict(study)}"


def comparison_text(study: Comparison) -> str:
    """The strategies side by side, best first, and how far the best is ahead of each."""
    from ladsim.planning.same_budget import cost_in_all

    currency = study.runs[study.best].scenario.currency
    locale = Locale(study.scenario.language, study.scenario.start_date)
    rows = []
    for one in study.outcomes.sort_values("profit", ascending=False, kind="stable").to_dict("records"):
        rows.append(
            [
                one["label"],
                screen.two_lines(
                    screen.in_unit(one["profit"], "currency", currency, locale),
                    screen.between(one["profit_low"], one["profit_high"], "currency", currency, locale),
                ),
                screen.in_unit(cost_in_all(study.runs[one["strategy"]]), "currency", currency, locale),
                *_extra(study, one["strategy"]),
                locale.percent(one["p_best"]),
            ]
        )
    columns = ("mean_profit", "costs_in_all", "extra_money", "extra_customers", "each", "brings_back", "best_in")
    title = locale.text(
        "screen.compare", **screen.size(study.setting.replications, study.runs[study.best].scenario.months, locale)
    )
    unit = locale.with_currency("1", currency)
    outcomes = screen.table(title, ["", *(locale.text(f"screen.{name}", unit=unit) for name in columns)], rows)
    paid = study.runs[study.best].strategy is not None  # the market as it is has nothing to be paid back
    ahead = [
        [
            one["label"],
            screen.in_unit(one["mean"], "currency", currency, locale),
            screen.between(one["low"], one["high"], "currency", currency, locale),
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
    return screen.printed(outcomes, screen.table(locale.text("screen.same_luck"), head, ahead))


def _extra(study: Comparison, strategy: str) -> list[str]:
    """Extra money, extra customers at the end, what one costs, and what a unit of extra money brings back; dashes for the market as it is."""
    from ladsim.planning.compare import base_of
    from ladsim.planning.extra import extra
    from ladsim.reporting.extra import ExtraWords

    run, base = study.runs[strategy], study.runs[base_of(study.runs)]
    if run.strategy is None:
        return [DASH] * 4
    told = ExtraWords(extra(run, base), study.scenario.currency, Locale(study.scenario.language, study.scenario.start_date))
    cells = (
        told.money("extra_money"),
        told.people("extra_customers"),
        told.money("cost_per_extra_customer"),
        told.money("return_on_extra_money"),
    )
    return [screen.two_lines(cell.text, cell.small).replace(SPACE, " ") for cell in cells]


def verdict_text(study: Comparison) -> str:
    """The verdict, its caveat, and what else a reader must know."""
    locale = Locale(study.scenario.language, study.scenario.start_date)
    said = [study.verdict, study.caveat, *(locale.text("screen.note", note=note) for note in study.notes)]
    return "\n" + "\n".join(text for text in said if text)


def _from(month: float, locale: Locale = ENGLISH) -> str:
    """From when on a strategy is ahead.

    >>> _from(0.0), _from(7.0), _from(float("nan"))
    ('the start', 'month\xa07', '–')
    """
    return locale.text("screen.the_start") if month <= 0 else locale.month(month)
