"""Orders that come back: what share of one is kept, and what is booked of the rest.

At the order one draw says it all, and nothing happens later: a share of the orders comes back, of these so many wholly, the others by a
part. Gross revenue and goods are booked as ever; under the cause `returns` stand the money that goes back, the goods that can be sold
again, and what a return costs. Handling stays. What programmes take off an order goes back with it. An order of which nothing is kept
stands in the books, and nothing follows from it: no step, no points, no reward.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access
from ladsim.model.layout import BACK, SAVED
from ladsim.model.money import book, whole
from ladsim.model.prepaid import sell
from ladsim.model.satisfaction import live_through


@rule
def kept_share(m, row, number, kind):  # type: ignore[no-untyped-def]
    """The share that is kept of a customer's order with this running number, of a kind or none (−1), on the rung where it stands."""
    if m.returns_cause < 0:
        return 1.0
    c = access.head(m, row)
    share = access.return_share(m, c.segment, c.rung)
    if kind >= 0:
        share = share * access.kind(m, kind).returns
    share = min(share, 1.0)
    u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.RETURN, number, 0)
    if u >= share:
        return 1.0
    return 0.0 if u < share * m.whole_share else 1.0 - m.return_part


@rule
def book_return(m, row, t, step, gross, goods, kept):  # type: ignore[no-untyped-def]
    """Book what goes back of an order worth `gross`, not yet rounded, whose `goods` were booked."""
    sell(m, row, t, step, m.returns_cause, m.contract + BACK, whole(gross * kept) - whole(gross))
    saved = whole(m.resale_share * (1.0 - kept) * np.float64(-goods))
    sell(m, row, t, step, m.returns_cause, m.contract + SAVED, saved)
    book(m, row, t, m.returns_cause, -m.return_cost, t)


@rule
def live_through_return(m, row, t, kept):  # type: ignore[no-untyped-def]
    """What sending something back is like, where the scenario says it; it follows what the order was like."""
    if kept < 1.0 and m.part_mood >= 0 and m.return_quality >= 0.0:
        live_through(m, row, t, m.return_quality)
