"""Test groups on a page: what each campaign's test would tell, and how likely it is to notice anything.

In: one or more `Replications` under the same luck. Out: a `Section`, or None where no campaign keeps a test group out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ladsim.planning.holdouts import has_holdouts, holdouts
from ladsim.planning.results import Replications
from ladsim.report.page_model import Cell, Grid, Section, grid, words
from ladsim.scenario.naming import Namer
from ladsim.words.numerals import DASH


def section(runs: Sequence[Replications]) -> Section | None:
    """What a page says of test groups."""
    having = [run for run in runs if has_holdouts(run)]
    if not having:
        return None
    namer = Namer(having[0].source)
    speech = namer.speech
    return Section("holdouts", speech.say("programs.s_holdouts"), (speech.say("programs.l_holdouts"),), (_table(having, namer),))


def _table(runs: Sequence[Replications], namer: Namer) -> Grid:
    """A row per campaign and strategy."""
    speech, currency, rows = namer.speech, runs[0].scenario.currency, []

    def money(value: float) -> str:
        return speech.money(value, currency)

    for run in runs:
        for one in holdouts(run).to_dict("records"):
            cells = [Cell(speech.people(one[f"people_{s}"]), _shown(one[f"contribution_{s}"], money)) for s in ("test", "rest")]
            between = speech.money_between(one["uplift_low"], one["uplift_high"], currency)
            cells.append(Cell(_shown(one["uplift"], money), between))
            cells += [_cell(one["chance_noticed"], speech.percent), _cell(one["brought"], money), _cell(one["spend"], money)]
            name = namer.campaigns.get(str(one["campaign"]), str(one["campaign"]))
            rows.append([words(name, run.label if len(runs) > 1 else ""), *cells])
    keys = ("campaign", "people_test", "people_rest", "uplift", "noticed", "brought", "spend")
    head = [speech.say(f"programs.h_{key}") for key in keys]
    return grid(speech.say("programs.t_holdouts"), head, rows, speech.say("programs.n_holdouts"))


def _cell(value: float, form: Callable[[float], str]) -> Cell:
    return Cell(_shown(value, form))


def _shown(value: float, form: Callable[[float], str]) -> str:
    return form(value) if math.isfinite(value) else DASH
