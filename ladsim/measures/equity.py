"""Customer equity: what all customers, present and future, are worth together.

    customer equity = Σ e^(−δt) · (what customers brought − spend on them)  until the horizon T
                      + e^(−δT) · Σ over rungs (people there at T × what one of them is still worth)

The first line is in the history; the second needs a lifetime value per rung from outside, such as ``theory.lifetime`` gives where
there is a closed form. Then the expected sum does not depend on T: the longer the run, the more of it is realised.
Sources: Blattberg & Deighton (1996), acquisition spend taken off; Rust, Lemon & Zeithaml (2004), future customers included.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.ladder import BySegment
from ladsim.measures.tidy import Floats, causes_of, currency, people
from ladsim.measures.value import discount_weights

MARKET = "market"  # the group of money that belongs to no segment, as in ``money_by_cause``


def customer_equity(history: History, to_come: pd.Series | None = None, *, by: BySegment = None) -> pd.DataFrame:
    """Present value of all customers of a market: [segment], earned, spend, until_horizon, still_to_come, customer_equity.

    `earned` is everything booked to customers (contribution less what serving costs), `spend` that of campaigns and policies
    (positive), `until_horizon` the difference: all at the worth at the start. Fixed costs are left out. `to_come` holds the
    expected value of one who stands on a rung, in currency, by (segment, rung) or by rung (``expected_customer_equity`` of
    ``theory.lifetime`` fills it in); without it, `still_to_come` is 0 and the equity is that until the horizon. By segment, spend
    stands in a row "market", and amounts are discounted at mid-month instead of mid-day. Unit: currency of the whole market.
    Raises StudyError where `by` is neither "segment" nor None, and where `to_come` lacks a rung (and segment).

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), strategy="balanced", sample=200, seed=1)
    >>> ladsim.measures.customer_equity(history).round()
          earned     spend  until_horizon  still_to_come  customer_equity
    0  9565942.0  333698.0      9232244.0            0.0        9232244.0
    """
    if by not in (None, "segment"):
        raise StudyError(f"by: found {by!r}, must be 'segment' or None")
    earned, spend = _by_day(history) if by is None else _by_segment(history)
    table = pd.DataFrame({"earned": earned, "spend": spend})
    table["until_horizon"] = table["earned"] - table["spend"]
    later = _still_to_come(history, to_come)
    table["still_to_come"] = [float(later.sum())] if by is None else [*later, 0.0]
    table["customer_equity"] = table["until_horizon"] + table["still_to_come"]
    if by is not None:
        table.insert(0, by, (*history.segment_names, MARKET))
    return table


def equity_until_horizon(history: History) -> float:
    """What was earned less spend, at its worth at the start, in currency."""
    (earned,), (spend,) = _by_day(history)
    return float(earned - spend)


def _by_day(history: History) -> tuple[Floats, Floats]:
    """Earned and spend, at their worth at the start, discounted by day; (1,) each."""
    present = currency(history, discount_weights(history) @ history.daily)
    lines = causes_of(history)
    return np.array([present[lines.earned].sum()]), np.array([0.0 - present[lines.spend].sum()])


def _by_segment(history: History) -> tuple[Floats, Floats]:
    """The same per segment and for the market, discounted in the middle of the period; (G + 1,) each."""
    middle = (history.months + np.concatenate([history.months[:1], history.months[:-1]])) / 2.0
    weights = np.exp(-history.discount_per_month * middle)
    lines = causes_of(history)
    own, paid = (currency(history, np.einsum("m,mcgr->g", weights, history.money[:, m])) for m in (lines.earned, lines.spend))
    market = currency(history, weights @ history.market_money)
    spend = 0.0 - np.append(paid, market[lines.spend].sum())
    return np.append(own, market[lines.earned].sum()), spend


def _still_to_come(history: History, to_come: pd.Series | None) -> Floats:
    """What those there at the horizon are still worth, per segment, at the worth at the start."""
    if to_come is None:
        return np.zeros(len(history.segment_names))
    worth = np.array([[_worth(to_come, s, r) for r in history.rung_names] for s in history.segment_names])
    weight = float(np.exp(-history.discount_per_month * history.months[-1]))
    return np.asarray(weight * (people(history, history.counts[-1]) * worth).sum(axis=1), np.float64)


def _worth(to_come: pd.Series, segment: str, rung: str) -> float:
    key = (segment, rung) if to_come.index.nlevels == 2 else rung
    if key not in to_come.index:
        raise StudyError(f"to_come: found no value for {key!r}, must have one for every rung (and segment)")
    return float(to_come.loc[key])
