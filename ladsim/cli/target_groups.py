"""Target groups for the terminal: whom to go for first, then the segments and the budget as tables.

In: a `Potential`. Out: text, in the scenario's language. Rung by rung it stands in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ladsim.cli import screen
from ladsim.i18n.catalogue import loose
from ladsim.reporting.potential import Told, notes, verdict

if TYPE_CHECKING:
    from ladsim.planning.results import Potential


def potential_text(study: Potential) -> str:
    """The answer, what a reader must know, the segments, and the parts of the budget."""
    told = Told(study)
    said = loose("\n".join([verdict(study), *(f"  {note}" for note in notes(study)), ""]))
    tables = [_segments(told), *([_plan(told)] if told.plan else [])]
    return f"{said}\n{screen.printed(*tables)}"


def _segments(told: Told) -> Any:
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


def _plan(told: Told) -> Any:
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


def _between(told: Told, row: Any, column: str) -> str:
    """An amount, and below it its interval where it has one."""
    return screen.two_lines(told.money(row[column]), told.interval(row, column))
