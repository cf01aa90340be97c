"""What became of those whom a campaign left alone on purpose, its control group, and of everybody else it may be for.

In: a market at its horizon. Out: for each campaign with a `control_group_share` the sums of ``HELD`` over the control group (0) and over
the rest (1) of its segments, on whatever rung they stand: who is in the group is drawn by address, before anything happens, so that
the two differ by what the campaign did and by luck alone (a randomised experiment; Gordon et al. 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.compiled import entry
from ladsim.hosts.block import Block
from ladsim.model import access
from ladsim.model.audience import SEGMENTS_A_NUMBER
from ladsim.scenario.tables import Tables

HELD = ("people", "buyers", "orders", "contribution", "contribution_squared")  # people, orders; currency and its square


@entry("i8 u8 f8 -> b1[]")
def is_kept_out(address, word, share):  # type: ignore[no-untyped-def]
    """Who is in a control group: (N,)."""
    m = access.market(address)
    found = np.empty(m.customers, np.bool_)
    for row in range(m.customers):
        found[row] = streams.uniform(access.key(m, row), word, streams.AUDIENCE, 0, 0) < share
    return found


def held_out(tables: Tables) -> dict[str, tuple[np.uint64, float, NDArray[np.bool_]]]:
    """The campaigns with a control group: name → word of its draw, its share, (G,) the segments it is for."""
    found = {}
    for campaign in tables.campaigns:
        if campaign.aim.test_bit >= 0:
            found[campaign.name] = (*tables.view_bits[campaign.aim.test_bit], campaign.segments)
    for program in tables.programs:
        share = program.numbers.get("control_group_share", 0.0) if program.kind == "triggered_campaign" else 0.0
        if share > 0.0:
            found[program.name] = (
                np.uint64(streams.stream_id("program " + program.name)),
                share,
                _segments(tables, program.numbers),
            )
    return found


def _segments(tables: Tables, numbers: Any) -> NDArray[np.bool_]:
    """Which segments a campaign after an event is for: (G,)."""
    places = range(len(tables.segment_names))
    bits = [int(numbers[f"segments_{n // SEGMENTS_A_NUMBER}"]) >> n % SEGMENTS_A_NUMBER & 1 for n in places]
    return np.array(bits, np.bool_)


def sums(tables: Tables, block: Block, address: int, customers: NDArray[Any]) -> NDArray[np.float64]:
    """(campaigns with a control group, 2, HELD), from the customers as a history shows them."""
    groups = held_out(tables)
    found = np.zeros((len(groups), 2, len(HELD)))
    for place, (word, share, segments) in enumerate(groups.values()):
        is_kept, is_meant = block.call(is_kept_out, address, word, share), segments[customers["segment"]]
        for side, chosen in enumerate((is_meant & is_kept, is_meant & ~is_kept)):
            own = customers[chosen]
            earned = own["contribution"] / tables.unit
            found[place, side] = own.size, (own["booked"] > 0).sum(), own["booked"].sum(), earned.sum(), (earned**2).sum()
    return found
