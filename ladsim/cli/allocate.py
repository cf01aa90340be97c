"""The split of a budget on the command line: what is asked for, and what is shown.

In: options, perhaps a TOML file. Out: the split, what it is ahead of, what more or less money would bring.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import backward, options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.allocate import Allocation
    from ladsim.planning.budget_question import Question

ToSplit = Annotated[
    float | None,
    typer.Option(
        "--budget",
        metavar="AMOUNT",
        parser=options.money,
        help="Money to split, over the whole time, programmes included. "
        "Without it, what the campaigns of the costliest strategy spend.",
    ),
]
Experiment = Annotated[
    str | None,
    typer.Option(
        "--experiment",
        metavar="FILE",
        help="A TOML file with [[levers]] (key, low, high), [[constraints]] (levers, at_most, at_least, per), value and risk.",
    ),
]
Change = Annotated[
    list[str] | None,
    typer.Option(
        "--change",
        metavar="KEY=LOW:HIGH",
        help="A number that may be set, and its limits; may be given several times. Without it, what each campaign spends, and "
        "whether the rest of each strategy (programmes, campaigns set off by events) runs.",
    ),
]
Value = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="NAME|NAME=WEIGHT",
        help="What counts: profit, discounted_profit, equity, customers, new_customers or a rung; several with weights make a mix. "
        "[default: profit]",
        show_default=False,
    ),
]
Risk = Annotated[
    str | None,
    typer.Option(
        "--risk",
        metavar="mean|quantile:P|cvar:P",
        help="What of the futures counts: their mean, the value that a share P of them falls below, or the mean of the worst share P. "
        "[default: mean]",
        show_default=False,
    ),
]
SpendAll = Annotated[bool, typer.Option("--spend-all", help="Spend all of the budget, whatever it brings.")]


@study_command("split a budget between campaigns and programmes")
def allocate(
    *,
    budget: ToSplit = None,
    experiment: Experiment = None,
    change: Change = None,
    value: Value = None,
    risk: Risk = None,
    spend_all: SpendAll = False,
    strategies: options.Strategies = None,
    asked: Request,
) -> None:
    """Split a budget between campaigns and programmes: who gets what, how surely that is better, and what more money would bring.

    \b
    Examples:
      ladsim allocate my_shop.toml --budget 900000
      ladsim allocate acquisition_vs_retention --budget 36000 --strategy balanced --sample 1000
      ladsim allocate my_shop.toml --budget 900000 --value ambassador --risk cvar:0.2
    """
    mixed = [name for name in strategies or () if options.known(asked.changed, name) is not None] if strategies else None
    question = _question(asked, mixed, budget, experiment, change, value, risk, spend_all)
    from ladsim.planning.allocate import REPLICATIONS
    from ladsim.planning.allocate import allocate as split_budget
    from ladsim.planning.options import REPLICATIONS as STANDARD

    if asked.replications == STANDARD:
        asked = replace(asked, replications=REPLICATIONS)
    outcome.announce(asked, 1, at_most=True)
    with outcome.simulating(asked) as progress:
        study = split_budget(asked.scenario, question, mixed, **asked.options(progress))
    outcome.show(asked, lambda: allocation_text(study))
    more = _again(question, experiment)
    outcome.finish(asked, study, [*study.strategies], more=more)


def _question(
    asked: Request,
    mixed: list[str] | None,
    budget: float | None,
    experiment: str | None,
    change: list[str] | None,
    value: list[str] | None,
    risk: str | None,
    spend_all: bool,
) -> Question:
    """The question out of options and file; options come first. Raises StudyError before anything is simulated."""
    from ladsim.planning.budget_levers import Named, file_budget
    from ladsim.planning.budget_question import Question, question_of, refuse_nonsense, value_of

    named = tuple(Named(*backward.limits(text)) for text in change or ())
    found = Question(float("nan") if budget is None else budget, named, spend_all=spend_all)
    if experiment is not None:
        found = question_of(experiment, asked.changed, found)
    if value:
        found = replace(found, value=value_of(value, asked.changed))
    if risk is not None:
        kind, _, share = risk.partition(":")
        found = replace(found, risk=kind.strip(), share=backward.share(share) if share else found.share)
    if found.budget != found.budget:
        strategies = [name for name in mixed or asked.changed.strategies if name in asked.changed.strategies]
        found = replace(found, budget=file_budget(asked.changed, strategies))
    refuse_nonsense(found)
    return found


def _again(question: Question, experiment: str | None) -> list[str]:
    """The options that ask the same."""
    words = ["--budget", options.typed(question.budget)]
    if experiment is not None:
        words += ["--experiment", experiment]
    else:
        words += [
            word for one in question.levers for word in ("--change", f"{one.key}={one.low:g}:{one.high:g}")
        ]  # from the command line both ends are given
    for measure, weight in question.value if question.value != (("profit", 1.0),) else ():
        words += ["--value", f"{_NAMES.get(measure, measure.removeprefix('end_'))}={weight:g}"]
    if question.risk != "mean":
        words += ["--risk", f"{question.risk}:{question.share:g}"]
    return [*words, *(["--spend-all"] if question.spend_all else [])]


_NAMES = {"customer_equity": "equity", "customers_end": "customers"}


def allocation_text(study: Allocation) -> str:
    """The answer, then the tables."""
    from ladsim.reporting.allocate import AllocationWords, against_table, frontier_table, levers_table

    told = AllocationWords(study)
    said = loose("\n".join(told.verdict()))
    took = loose(told.locale.text("targets.took", seconds=told.locale.number(study.seconds)))
    tables = [screen.of_grid(one(told)) for one in (levers_table, against_table, frontier_table)]
    return f"{said}\n\n{screen.printed(*tables)}\n{took}\n"
