"""Contacts after events: what they must remember of a customer."""

from __future__ import annotations

import pytest

from ladsim.model.audience import EVENTS
from ladsim.programs.triggered_campaign import memory


@pytest.mark.parametrize("event", EVENTS)
def test_only_a_silence_needs_memory(event: str) -> None:
    """A silence is counted from the last order, which takes a word of memory; no other event takes one."""
    assert memory({"event": EVENTS.index(event)}) == (1 if event == "no_order" else 0)
