"""Programmes for the terminal: what each earns and costs in words, then as tables.

In: a `ProgramValue`. Out: text, in the scenario's language. Month by month it stands in the report and its tables.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ladsim.cli import screen
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH
from ladsim.reporting.programs import Told, notes, sentences

if TYPE_CHECKING:
    from ladsim.planning.results import ProgramValue


def programs_text(study: ProgramValue) -> str:
    """The answer for each programme, what a reader must know, and every number."""
    told = Told(study)
    said = loose("\n".join([*sentences(study), *(f"  {note}" for note in notes(study)), ""]))
    return f"{said}\n{screen.printed(_money(told), _members(told))}"


def _money(told: Told) -> Any:
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


def _members(told: Told) -> Any:
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
