"""A market at time 0: room, moods; and the table of customers at its end."""

from __future__ import annotations

from ladsim.engine.state import customers_of
from ladsim.model import access
from ladsim.model.layout import NEVER, NOBODY
from ladsim.model.standing import BOUGHT, REFERRED, RETURNED, put, set_cohort
from tests.model.by_hand import at_start, ladder

RUNGS = [
    {"name": "lead", "share": 0.5},
    {"name": "buyer", "share": 0.5, "orders_per_month": 2.0, "entry_cost": 2.5},
    {"name": "gone", "off_ladder": True},
]
STEPS = [{"from": "lead", "to": "buyer", "rate": 0.5}, {"from": "buyer", "to": "gone", "rate": 0.1}]


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
