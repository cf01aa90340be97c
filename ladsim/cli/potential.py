"""Target groups on the command line: the command, whom to go for first, then the segments and the budget as tables.

In: options. Out: text, in the scenario's language. Rung by rung it stands in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ladsim.cli import options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.potential import Potential
    from ladsim.reporting.potential_words import PotentialWords


@study_command("say which segments to go for first, and what a new customer may cost")
def potential(
    *,
    budget: options.Budget = None,
    cost_per_customer: options.CostPerCustomer = None,
    strategy: options.OneStrategy = None,
    asked: Request,
) -> None:
    """Say which segments to go for first: how many customers there are and could be, what one more is worth and may cost.

    \b
    Examples:
      ladsim potential my_shop.toml --budget 100000 --cost-per-customer 25
      ladsim potential my_shop.toml --cost-per-customer student=18 --cost-per-customer office=40
      ladsim potential acquisition_vs_retention --strategy acquisition_first --budget 20000
      ladsim potential local_shop --cost-per-customer 100 --language da
    """
    name = options.known(asked.changed, strategy)
    money, costs = options.budget(budget), options.costs(asked.changed, cost_per_customer)
    outcome.announce(asked, 1)
    from ladsim.planning.potential import potential as find_potential

    with outcome.simulating(asked) as progress:
        study = find_potential(asked.scenario, name, money, cost_per_customer=costs, **asked.options(progress))
    outcome.show(asked, lambda: potential_text(study))
    more = ["--budget", options.typed(money)] if money is not None else []
    for segment, cost in costs.items():
        more += ["--cost-per-customer", f"{segment}={options.typed(cost)}"]
    outcome.finish(asked, study, [study.strategy], more=more)


def potential_text(study: Potential) -> str:
    """The answer, what a reader must know, the segments, and the parts of the budget."""
    from ladsim.reporting.potential_words import PotentialWords, notes, verdict

    told = PotentialWords(study)
    said = loose("\n".join([verdict(study), *(f"  {note}" for note in notes(study)), ""]))
    tables = [_segments(told), *([_plan(told)] if told.plan else [])]
    return f"{said}\n{screen.printed(*tables)}"


def _segments(told: PotentialWords) -> Any:
    """The table of segments: how many there are, can be won, and what one may cost."""
    locale = told.locale
    rows = [
        [
            told.segment(one["segment"]),
            locale.people(one["size"]),
            locale.people(one["customers_now"]),
            locale.people(one["addressable"]),
            _between(told, one, "max_acquisition_cost"),
            _between(told, one, "cost"),
            locale.percent(one["profit_share"]),
            locale.percent(one["customer_share"]),
        ]
        for one in told.segments
    ]
    keys = ("size", "now", "addressable", "may_cost", "costs", "profit_share", "customer_share")
    return screen.table(told.text("potential.t_segments"), ["", *(told.text(f"potential.h_{key}") for key in keys)], rows)


def _plan(told: PotentialWords) -> Any:
    """The table of the budget, best first."""
    rows = [
        [
            f"{one['place']}. {told.segment(one['segment'])}",
            told.locale.people(one["people"]),
            told.money(one["spend"]),
            told.money(1.0 + one["gain_rate"]),
            _between(told, one, "gain"),
        ]
        for one in told.plan
    ]
    keys = ("people", "spend", "back", "gain")
    return screen.table(told.text("potential.t_plan"), ["", *(told.text(f"potential.h_{key}") for key in keys)], rows)


def _between(told: PotentialWords, row: Any, column: str) -> str:
    """An amount, and below it its interval where it has one."""
    return screen.two_lines(told.money(row[column]), told.interval(row, column))
