"""A market at time 0: dates, threads, room, whom the firm may tell apart; and the table of customers at its end."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ladsim.engine.agreement import compare_engines
from ladsim.engine.kernel import THREADS_FROM, usual_threads
from ladsim.engine.phases import month_starts, next_tick
from ladsim.engine.run import simulate
from ladsim.engine.state import customers_of
from ladsim.model import access
from ladsim.model.layout import EVENTS, MONTH, NEVER, NOBODY, TICK
from ladsim.model.standing import BOUGHT, REFERRED, RETURNED, put, set_cohort
from ladsim.scenario.load import validated
from tests.model.by_hand import at_start, ladder

RUNGS = [
    {"name": "lead", "share": 0.5},
    {"name": "buyer", "share": 0.5, "orders_per_month": 2.0, "entry_cost": 2.5},
    {"name": "gone", "off_ladder": True},
]
STEPS = [{"from": "lead", "to": "buyer", "rate": 0.5}, {"from": "buyer", "to": "gone", "rate": 0.1}]


def test_month_starts_up_to_the_end() -> None:
    """Whole months, and the end, once, wherever it lies."""
    assert month_starts(3 * MONTH) == [MONTH, 2 * MONTH, 3 * MONTH]
    assert month_starts(5 * MONTH // 2) == [MONTH, 2 * MONTH, 5 * MONTH // 2]
    assert month_starts(2 * MONTH + 1) == [MONTH, 2 * MONTH, 2 * MONTH + 1]
    assert month_starts(MONTH // 2) == [MONTH // 2]
    assert [next_tick(t) for t in (0, 1, TICK, TICK + 1)] == [0, TICK, TICK, 2 * TICK]


def test_threads_where_the_system_does_not_say_which_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are processors, one for few people, and one where nobody knows."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert [usual_threads(size) for size in (THREADS_FROM - 1, THREADS_FROM)] == [1, 7]
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usual_threads(THREADS_FROM) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 3}, raising=False)
    assert usual_threads(THREADS_FROM) == 3


def test_room_for_the_busiest_event() -> None:
    """One who announces may tell everybody, or all its neighbours, and the buffer is emptied when half of it is full."""
    for graph, told in (({"kind": "everyone"}, 6_000), ({"kind": "cycle"}, 2)):
        layer = {"layer": "talk", "graph": graph, "messages_per_month": {"buyer": 1.0}}
        stage, _ = at_start(ladder(RUNGS, STEPS, word_of_mouth=[layer], market_size=6_001))
        assert 2 * told <= stage.books.queued_messages.size <= 2 * told + 4_000
        assert stage.market["reserve"][0] >= told


def test_moods_are_kept_where_there_are_any() -> None:
    """A book of moods takes room only where people feel."""
    for more, has_moods in (({}, False), ({"satisfaction": {}}, True)):
        stage, _ = at_start(ladder(RUNGS, STEPS, **more))
        assert (stage.books.moods.size > 0) == has_moods


def test_how_many_the_firm_may_take_a_customer_for() -> None:
    """Consent or none, for those it knows, and for each of three rungs that it may take one for: eight."""
    channel = {"name": "post", "response": {"half_at": 1.0}, "needs_consent": True, "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"channel": "post", "monthly_spend": 5.0, "to": ["buyer"], "wrong_rung_share": 0.2}
    data = ladder(RUNGS, STEPS, channels=[channel], campaigns=[campaign], contacts={"consent_share": 0.6})
    stage, m = at_start(data)
    assert (m.views, m.seen, m.groups) == (8, 4, 8)
    assert stage.rules.lever_rung.shape == (8, 3)


def test_the_table_of_customers() -> None:
    """Everything that a history says of each, from where it stands."""
    layer = {"layer": "talk", "graph": {"kind": "everyone"}, "messages_per_month": {"buyer": 1.0}}
    stage, m = at_start(ladder(RUNGS, STEPS, word_of_mouth=[layer]))
    access.head(m, 1).rung = 2
    access.set_due(m, 1, 77)
    set_cohort(m, 1, 3)
    for mark in (REFERRED, RETURNED):
        put(m, 1, mark, True)
    put(m, 2, BOUGHT, True)
    talking, orders, outcome = access.talking(m, 1), access.orders(m, 1), access.outcome(m, 1)
    talking.referrer, talking.messages, orders.booked = 3, 5, 6
    outcome.revenue, outcome.contribution, outcome.cost = 700, 300, -20
    table = customers_of(stage.market, stage.state, stage.block)
    said = {
        "id": 1, "due": 77, "rung": 2, "segment": 0, "cohort": 3, "referred": 1, "bought_before": 0, "returned": 1, "referrer": 3,
        "messages": 5, "booked": 6, "revenue": 700, "contribution": 300, "cost": -20,
    }  # fmt: skip
    assert {name: int(table[name][1]) for name in table.dtype.names} == said
    assert [int(table[name][2]) for name in ("due", "cohort", "bought_before", "returned", "referrer")] == [
        NEVER,
        -1,
        1,
        0,
        NOBODY,
    ]


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


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_policy_begins_at_time_0(engine: str, tmp_path: Path) -> None:
    """Before anything has happened."""
    file = tmp_path / "look.py"
    file.write_text(
        "def look(env, market):\n    market.note(f'it is {env.now}')\n    yield market.months(1)\n    market.note(f'{env.now}')\n",
        encoding="utf-8",
    )
    history = simulate(validated(ladder(RUNGS, STEPS, policies=[{"file": str(file), "function": "look"}])), engine=engine)
    assert history.policy_notes == ((0.0, "it is 0"), (1.0, str(MONTH)))
    assert np.array_equal(history.counts[0].sum(axis=0), [2, 2, 0])
