"""What one more person on each rung is worth, and the highest cost of winning a customer that still pays.

In: a scenario under its strategy, its futures and, where there is no closed form, what ``marginal_value`` found in them. Out: amounts in
the currency by replication. A *customer value* is discounted contribution less the cost of serving, of somebody who stands on a rung now.
With customer value V, a winning step s from rung i to rung j, and the contribution b of the order that the step may itself be,

    highest cost of s = V_j + b − entry cost of j − V_i

is what the firm may pay for moving one person by s today instead of leaving him where he is. A segment's own is the mean over its
winning steps, weighted by how many took them. In closed form V = (δI − Q)⁻¹ r, for life (``theory.markov.lifetime_value``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.i18n import Locale
from ladsim.model.layout import C_REVENUE
from ladsim.planning.marginal_value import extra_margins
from ladsim.scenario.segments import winning_steps
from ladsim.scenario.tables import Tables
from ladsim.theory.markov import lifetime_value, order_contribution, reason_not

Floats = NDArray[np.float64]


def no_closed_form(laid_out: Tables) -> str:
    """Why customer values must be simulated, in the scenario's language; empty where they need not be."""
    scenario = laid_out.scenario
    locale = Locale(scenario.language)
    if scenario.campaigns or laid_out.shocks:  # seasons and prices are laid out as shocks
        return locale.text("potential.why_campaigns")
    if scenario.arrivals:
        return locale.text("potential.why_arrivals")
    reason = reason_not(laid_out, locale)
    if reason is None and not all(np.isfinite(for_life(laid_out, g)).all() for g in range(len(laid_out.segment_names))):
        return locale.text("potential.why_endless")
    return reason or ""


def for_life(laid_out: Tables, segment: int) -> Floats:
    """Customer value on each rung in closed form: (R,)."""
    return lifetime_value(_own_margin(laid_out, segment), segment=segment).to_numpy(np.float64)


def _own_margin(laid_out: Tables, segment: int) -> Tables:
    """The tables with a segment's own margin as the market's."""
    market = laid_out.market.copy()
    market["margin"] += extra_margins(laid_out.scenario)[segment]
    return replace(laid_out, market=market)


def won_by(laid_out: Tables) -> list[int]:
    """Places of the winning steps among the steps."""
    return [laid_out.step_names.index(name) for name in winning_steps(laid_out.scenario)]


def max_acquisition_costs(laid_out: Tables, customer_values: Floats, segment: int) -> Floats:
    """Highest cost that pays of each winning step, from a segment's customer values on each rung (R,): (W,)."""
    steps = laid_out.steps[won_by(laid_out)]
    origin, to = steps["origin"], steps["to"]
    order = order_contribution(_own_margin(laid_out, segment), segment)[to] * steps["is_order"]
    once = (order - laid_out.rungs["entry_cost"][to]) / laid_out.unit
    return np.asarray(customer_values[to] + once - customer_values[origin], np.float64)


def weights(histories: Sequence[History], steps: Sequence[int], segment: int) -> Floats:
    """Share of each winning step among all who were won in a segment; alike where nobody was: (W,)."""
    taken = np.array([h.flows[:, list(steps), segment].sum(axis=0) for h in histories], np.float64).sum(axis=0)
    return np.asarray(taken / taken.sum() if taken.sum() > 0.0 else np.full(len(steps), 1.0 / max(1, len(steps))), np.float64)


def earned(history: History, laid_out: Tables) -> Floats:
    """Everything booked to people, at own margins: whole market and time, in the currency, (G, R).

    That is contribution less the cost of serving and entering, and what programmes bring and cost; not spend and fixed costs.
    """
    money = history.money.sum(axis=0)
    extra = money[C_REVENUE] * extra_margins(laid_out.scenario)[:, None]
    return np.asarray((money.sum(axis=0) + extra) * (history.scale / history.unit), np.float64)
