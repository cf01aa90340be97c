"""Two engines compared, and a row of their logs in names."""

from __future__ import annotations

from ladsim.engine.agreement import compare_engines
from ladsim.engine.run import simulate
from ladsim.model.layout import EVENTS
from ladsim.scenario.load import validated
from tests.model.by_hand import ladder

RUNGS = [
    {"name": "lead", "share": 0.5},
    {"name": "buyer", "share": 0.5, "orders_per_month": 2.0, "entry_cost": 2.5},
    {"name": "gone", "off_ladder": True},
]
STEPS = [{"from": "lead", "to": "buyer", "rate": 0.5}, {"from": "buyer", "to": "gone", "rate": 0.1}]


def test_a_row_of_the_log_in_names() -> None:
    """Event, rungs, cause, who else, amount; nobody else is not named."""
    history = simulate(validated(ladder(RUNGS, STEPS)), log=True)
    assert history.log is not None
    names = history.log.dtype.names or ()
    booked, moved = (
        dict(zip(names, history.log[history.log["event"] == EVENTS.index(name)][0], strict=True)) for name in ("book", "move")
    )
    assert history.said_of(booked) == "book buyer → buyer entry_cost -2.5"
    assert history.said_of(moved) == "move lead → buyer lead.buyer 0"
    assert history.said_of(moved | {"other": 3, "amount": 50_000}) == "move lead → buyer lead.buyer by 3 0.5"


def test_engines_are_compared_by_the_usual_seed() -> None:
    """As ``simulate`` plays it without a word about luck: as many rows of the log."""
    scenario = validated(ladder(RUNGS, STEPS, market_size=40))
    rows = [len(simulate(scenario, log=True, **luck).log) for luck in ({}, {"seed": 1}, {"seed": 2})]  # type: ignore[arg-type]
    assert compare_engines(scenario).events == rows[0] == rows[1] != rows[2]
