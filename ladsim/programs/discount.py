"""Discount: a share off each order, for members, or for everybody on certain rungs; between two dates.

Members get `share_of_order` off what an order costs after the discounts and credits of the programmes before this one in the file.
With `to` nobody joins: who stands on one of those rungs has it, and counts as a member, until leaving them. At `to_month` it is
over for all. What a discount does to orders is said by `factors` of its members: the price of those orders alone changes here.
"""

from __future__ import annotations

from ladsim.compiled import hook
from ladsim.model import access
from ladsim.model.layout import NEVER
from ladsim.model.membership import set_level

NUMBERS = ("share_of_order", "by_rung")
SHARE, BY_RUNG = range(2)


@hook
def joined(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Note when it will be over."""
    m = access.market(address)
    access.member(m, row, place).due = access.program(m, place).ends
    return 0.0


@hook
def entered(address, row, place, t, origin):  # type: ignore[no-untyped-def]
    """Where it goes by rung, who stands on another one no longer has it."""
    m = access.market(address)
    own = access.member(m, row, place)
    is_for = access.number(m, place, BY_RUNG) == 0.0 or access.joining(m, place, access.head(m, row).rung).probability > 0.0
    if own.level > 0 and not is_for:
        set_level(m, row, place, t, 0)
        own.due = NEVER
    return 0.0


@hook
def reduces(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What comes off."""
    m = access.market(address)
    if access.member(m, row, place).level == 0:
        return 0.0
    return access.number(m, place, SHARE) * paid


@hook
def dated(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """It is over."""
    set_level(access.market(address), row, place, t, 0)
    return 0.0
