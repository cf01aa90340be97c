"""Expected lifetime value and customer equity, where a ladder has a closed form.

In: a scenario (and, for equity, one of its histories). Out: tables. A customer's life as a Markov chain (``markov``) with

    V = (δI − Q)⁻¹ r

r being revenue, contribution or cost a month in each state; by revenue, by contribution and what is left of it after serving, all
from now on to the end of time. Campaigns, shocks, prices, seasons and policies are not in it. Sources: Howard (1971); Pfeifer & Carraway (2000).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.equity import customer_equity
from ladsim.measures.ladder import BySegment
from ladsim.scenario.draws import resolve, uncertain
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables, tables
from ladsim.theory.markov import chain, monthly_amounts, total_reward


def expected_lifetime_value(scenario: Scenario | Tables, *, discount_per_year: float | None = None) -> pd.DataFrame:
    """What somebody standing on a rung will bring from now on: segment, rung, orders, revenue, contribution, cost, value.

    Lifetime value by revenue is `revenue`, by contribution `contribution`; `cost` is serving and entering rungs (positive), `value`
    = contribution − cost. Each is (δI − Q)⁻¹ r with δ = ln(1 + d)/12, d the scenario's yearly rate unless given (0: undiscounted);
    orders are discounted, too. Unit: currency per person. Raises StudyError, with the reason, where there is no closed form
    (``markov.reason_not``), and where a number is a range. What customers have brought in a run: ``measures.customer_lifetime_value``.

    >>> import ladsim
    >>> found = ladsim.theory.expected_lifetime_value(ladsim.load("five_rungs"))
    >>> found[["rung", "orders", "revenue", "contribution", "value"]].round(1)
             rung  orders  revenue  contribution  value
    0        lead     5.2    212.6          93.4   93.4
    1    prospect     6.9    280.1         123.1  123.1
    2    customer    10.1    410.9         180.7  180.7
    3      repeat    12.7    518.2         228.0  228.0
    4  ambassador    16.4    694.4         308.0  308.0
    5      lapsed     7.2    294.5         129.4  129.4
    """
    if isinstance(scenario, Scenario) and (ranges := uncertain(scenario)):
        asked = "must be one value each: ladsim.theory has a closed form of one draw, ladsim.potential of all of them"
        raise StudyError(f"{', '.join(ranges)}: found ranges, {asked}")
    if not isinstance(scenario, Tables):
        scenario = tables(resolve(scenario, 0, None) if scenario.needs_curves else scenario)
    laid_out = scenario
    d = laid_out.scenario.money.discount_per_year if discount_per_year is None else discount_per_year
    discount = float(np.log1p(d)) / 12.0
    found = []
    for g, segment in enumerate(laid_out.segment_names):
        c = chain(laid_out, g)
        revenue, contribution, cost = (amounts / laid_out.unit for amounts in monthly_amounts(laid_out, c, g))
        orders = c.orders[1].sum(axis=1) + 2.0 * c.orders[2].sum(axis=1)
        rewards = {"orders": orders, "revenue": revenue, "contribution": contribution, "cost": cost}
        table = pd.DataFrame({"segment": segment, "rung": laid_out.rung_names})
        for name, reward in rewards.items():
            table[name] = total_reward(c.generator, reward, discount)[c.entry]
        found.append(table)
    whole = pd.concat(found, ignore_index=True)
    whole["value"] = whole["contribution"] - whole["cost"]
    return whole


def mean_lifetime(laid_out: Tables) -> float:
    """Mean time that a customer stays on the customer rungs, without levers, in months; inf where some never leave them.

    τ solves −Q τ = 1 on the customer rungs (time to absorption; Kemeny & Snell 1960); the mean is over those who start there or, where
    nobody does, over the customer rungs to which steps lead from outside them; segments by their share. Raises StudyError where there
    is no closed form, or no customer rung that anybody could be on.
    """
    is_customer = laid_out.rungs["is_customer"].astype(bool)
    weights = laid_out.start_shares * is_customer
    if not weights.any():
        steps = laid_out.steps
        won = is_customer[steps["to"]] & ~is_customer[steps["origin"]]
        weights = np.bincount(steps["to"][won], minlength=is_customer.size).astype(np.float64)
    if not weights.any():
        raise StudyError("no closed form of how long customers stay: nobody becomes one")
    found = 0.0
    for g, share in enumerate(laid_out.segment_shares.tolist()):
        if share > 0.0:
            c = chain(laid_out, g)
            stays = is_customer[c.rung].astype(np.float64)
            generator = c.generator * stays[:, None]  # who is no customer any more stays so
            lived = total_reward(generator, stays)[c.entry]
            found += share * float(np.average(lived[weights > 0.0], weights=weights[weights > 0.0]))
    return found


def expected_customer_equity(history: History, scenario: Scenario | Tables, *, by: BySegment = None) -> pd.DataFrame:
    """``measures.customer_equity`` with what those there at the horizon are expected to bring after it, by closed form.

    Everybody counts, on every rung: potential customers may become one. Same columns and units. Raises StudyError, with the reason,
    where there is no closed form, and where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> scenario = ladsim.load("five_rungs")
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> found = ladsim.theory.expected_customer_equity(history, scenario)
    >>> found[["until_horizon", "still_to_come", "customer_equity"]].round()
       until_horizon  still_to_come  customer_equity
    0       368817.0      1926351.0        2295168.0
    """
    values = expected_lifetime_value(scenario).set_index(["segment", "rung"])["value"]
    return customer_equity(history, values, by=by)
