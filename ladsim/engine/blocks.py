"""When the first event in each block of customers is due, so that a tick looks only at blocks in which something is."""

from __future__ import annotations

from ladsim.compiled import entry, rule
from ladsim.model import access, behaviour
from ladsim.model.layout import NEVER

BLOCK = 16


@rule
def block_minimum(m, block):  # type: ignore[no-untyped-def]
    """The earliest time in a block."""
    earliest = NEVER
    for row in range(block * BLOCK, min((block + 1) * BLOCK, m.customers)):
        earliest = min(earliest, access.due(m, row))
    return earliest


@entry("i8 ->")
def find_minima(address):  # type: ignore[no-untyped-def]
    """Find the earliest time in each block."""
    m = access.market(address)
    for block in range(m.blocks):
        access.set_block_due(m, block, block_minimum(m, block))


@rule
def retime(m, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on."""
    for block in range(m.blocks):
        earliest = NEVER
        for row in range(block * BLOCK, min((block + 1) * BLOCK, m.customers)):
            earliest = min(earliest, behaviour.retime(m, row, t))
        access.set_block_due(m, block, earliest)


@entry("i8 i8 ->")
def retime_blocks(address, t):  # type: ignore[no-untyped-def]
    """``retime``, for Python."""
    retime(access.market(address), t)
