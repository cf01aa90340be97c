"""Who a customer is to the firm: new, gone, back.

Somebody has *bought before* who started where people have (``RUNG.bought_before``); such a person is never new. *New* is whoever else
becomes a customer for the first time. *Lost* is who stood on a customer rung and has left those rungs, and who starts beside them
having bought; who comes from there is *won back*. Of a month's *leavers* each was a customer at its start and is none at its end:
leaving counts 1, returning in the same month takes it back, under the rung of the month's start. Who came and left inside one month
is no leaver of anybody who was there, and is counted apart, in the column behind the last rung.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.layout import COHORT_BITS, COHORT_MASK

# Marks of a customer, in the bits of `HEAD.cohort` above those of the cohort.
REFERRED, BOUGHT, RETURNED, LOST, PASSED = (1 << (COHORT_BITS + n) for n in range(5))
WON_BACK, FIRST_BACK, BUYERS = range(3)  # what is counted of those who return (``Accumulators.returns``)


@rule
def cohort_of(m, row):  # type: ignore[no-untyped-def]
    """Month of becoming a customer, −1 for nobody's: who is none yet, and who had bought before the start and stood beside the customers."""
    return (np.int64(access.head(m, row).cohort) & COHORT_MASK) - 1


@rule
def set_cohort(m, row, month):  # type: ignore[no-untyped-def]
    """Put a customer into the cohort of a month."""
    access.head(m, row).cohort += month + 1


@rule
def has(m, row, mark):  # type: ignore[no-untyped-def]
    """Whether a customer bears a mark."""
    return (np.int64(access.head(m, row).cohort) & mark) != 0


@rule
def put(m, row, mark, is_on):  # type: ignore[no-untyped-def]
    """Set a mark of a customer, or take it away."""
    c = access.head(m, row)
    others = np.int64(c.cohort) & ~np.int64(mark)
    c.cohort = others | mark if is_on else others


@rule
def is_to_be_won(m, row):  # type: ignore[no-untyped-def]
    """Whether this person has never been a customer, here or before the start."""
    return cohort_of(m, row) < 0 and not has(m, row, BOUGHT)


@rule
def begin_standing(m, row):  # type: ignore[no-untyped-def]
    """Who starts where people have bought has done so; beside the customers they are lost ones."""
    r = access.rung(m, access.head(m, row).rung)
    if r.bought_before:
        put(m, row, BOUGHT, True)
        if r.is_customer:
            set_cohort(m, row, 0)
            tallies.count_cohort(m, 0, 0, access.head(m, row).rung, 1)
        else:
            put(m, row, LOST, True)


@rule
def come_or_go(m, row, month, origin, to):  # type: ignore[no-untyped-def]
    """Count who leaves the customers, and who comes back to them."""
    c = access.head(m, row)
    if c.moved != month:
        c.moved = month
        c.began = origin
        put(m, row, PASSED, False)
    was = access.rung(m, origin).is_customer != 0
    if was == (access.rung(m, to).is_customer != 0):
        return
    if not was and has(m, row, LOST):
        tallies.count_return(m, month, c.segment, WON_BACK)
    put(m, row, LOST, was)
    change = 1 if was else -1
    if access.rung(m, c.began).is_customer:
        tallies.count_leaver(m, month, c.segment, c.began, change)
    elif was or has(m, row, PASSED):
        tallies.count_leaver(m, month, c.segment, m.rungs, change)
        put(m, row, PASSED, was)
