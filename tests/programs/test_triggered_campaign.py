"""Contacts after events: what they must remember of a customer.

Tests: ``scenario/programs/triggered_campaign.py``.
"""

from __future__ import annotations

import numpy as np

from ladsim.model.audience import EVENTS
from ladsim.model.layout import MONTH
from ladsim.scenario.load import validated
from ladsim.scenario.programs.triggered_campaign import NUMBERS, is_reached, memory
from ladsim.scenario.tables import tables
from tests.model.by_hand import at_start, ladder
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


def test_it_reaches_from_its_first_instant_to_just_before_its_end() -> None:
    """A contact that falls due at the very end of the campaign does not go out, one at its very start does."""
    post = {"name": "post", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"tactic": "post", "after": "order", "from_month": 1, "to_month": 2}
    rungs = [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}]
    _, m = at_start(ladder(rungs, tactics=[post], campaigns=[campaign]))
    with np.errstate(all="ignore"):
        found = {t: bool(is_reached(m, 0, 0, t)) for t in (MONTH - 1, MONTH, 2 * MONTH - 1, 2 * MONTH)}
    assert found == {MONTH - 1: False, MONTH: True, 2 * MONTH - 1: True, 2 * MONTH: False}
