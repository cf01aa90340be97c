"""Programmes on the command line: the command, what each earns and costs in words, then as tables.

In: options. Out: text, in the scenario's language. Month by month it stands in the report and its tables.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ladsim.cli import options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH

if TYPE_CHECKING:
    from ladsim.planning.programs import ProgramValue
    from ladsim.reporting.programs import ProgramWords


@study_command("say what each loyalty programme earns and costs")
def programs(*, strategy: options.OneStrategy = None, asked: Request) -> None:
    """Say what each loyalty programme earns and costs, compared with the same market without it.

    \b
    Examples:
      ladsim programs my_shop.toml
      ladsim programs my_shop.toml --strategy points --language da
    """
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    from ladsim.planning.programs import program_value

    with outcome.simulating(asked) as progress:
        study = program_value(asked.scenario, strategy=name, **asked.options(progress))
    outcome.show(asked, lambda: programs_text(study))
    outcome.finish(asked, study, [name])


def programs_text(study: ProgramValue) -> str:
    """The answer for each programme, what a reader must know, and every number."""
    from ladsim.reporting.programs import ProgramWords, notes, sentences

    told = ProgramWords(study)
    said = loose("\n".join([*sentences(study), *(f"  {note}" for note in notes(study)), ""]))
    return f"{said}\n{screen.printed(_money(told), _members(told))}"


def _money(told: ProgramWords) -> Any:
    """The table of what each programme earns and costs."""
    rows = [
        [
            told.program(row["program"]),
            screen.two_lines(told.money(row["incremental_profit"]), told.interval(row["low"], row["high"])),
            told.locale.percent(row["p_pays"]),
            told.money(row["cost"]),
            told.locale.people(row["extra_orders"]),
            screen.two_lines(*told.per_order(row)),
        ]
        for row in told.rows
    ]
    keys = ("incremental_profit", "p_pays", "cost", "extra_orders", "cost_per_extra_order")
    return screen.table(told.text("programs.t_value"), ["", *(told.text(f"programs.h_{key}") for key in keys)], rows)


def _members(told: ProgramWords) -> Any:
    """The table of members at the end, and what they have coming."""
    shares = ("active_share", "redemption_rate", "breakage")
    rows = [
        [
            told.program(row["program"]),
            told.locale.people(row["members"]),
            *(told.locale.percent(row[key]) if math.isfinite(row[key]) else DASH for key in shares),
            told.money(row["liability"]),
        ]
        for row in told.rows
        if row["program"] in told.study.programs
    ]
    keys = ("members", *shares, "liability")
    return screen.table(told.text("programs.t_last"), ["", *(told.text(f"programs.h_{key}") for key in keys)], rows)
