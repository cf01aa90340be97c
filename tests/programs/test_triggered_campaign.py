"""Contacts after events: what they must remember of a customer."""

from __future__ import annotations

from ladsim.model.audience import EVENTS
from ladsim.scenario.load import validated
from ladsim.scenario.programs.triggered_campaign import NUMBERS, memory
from ladsim.scenario.tables import tables
from tests.programs.played import market


def test_only_a_silence_needs_memory() -> None:
    """A silence is counted from the last order, which takes a word of memory; no other event takes one."""
    assert [event for event in EVENTS if memory({"event": EVENTS.index(event)}) == 1] == ["no_order"]
    assert {memory({"event": number}) for number in range(len(EVENTS))} == {0, 1}


def test_each_number_that_it_reads_is_given() -> None:
    """By the same names in the programme and in what a campaign after an event is laid out as."""
    post = {"name": "post", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
    data = market([], tactics=[post], campaigns=[{"tactic": "post", "after": "order", "lasts_days": 30.0}])
    (campaign,) = tables(validated(data)).programs
    assert campaign.kind == "triggered_campaign"
    assert set(NUMBERS) == set(campaign.numbers)
