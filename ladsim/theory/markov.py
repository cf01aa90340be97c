"""The ladder as a continuous-time Markov chain: what can be known without simulating.

In goes a scenario's ``Tables``, out come expectations. Where every wait is exponential, a customer's life is a Markov chain
(``scenario.chain`` lays it out). With its generator Q

    P(t) = exp(Qt),   V = (δI − Q)⁻¹ r,   P(ever) from  Q_TT x = −q_goal

(matrix exponential; discounted reward, Howard 1971; absorption, Kemeny & Snell 1960). ``reason_not`` says in words why a scenario
has no such closed form. To nest another one, give it its own file here and a row in docs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError, nearest
from ladsim.i18n import ENGLISH, Locale
from ladsim.model.layout import NEVER
from ladsim.model.triggers import MESSAGE, ORDER, TIME, TRIGGERS
from ladsim.scenario.chain import Chain, time_moves
from ladsim.scenario.chain import chain as laid_chain
from ladsim.scenario.tables import Tables
from ladsim.theory.known import unknown_keys

Floats = NDArray[np.float64]


def reason_not(tables: Tables, locale: Locale = ENGLISH) -> str | None:
    """Why rung counts of this scenario have no closed form here, in words; None when they have one."""
    if unknown := unknown_keys(tables.scenario):
        return locale.text("closed.unknown", keys=", ".join(unknown))
    reason = _reason(tables)
    return None if reason is None else locale.text(f"closed.{reason}")


def _reason(tables: Tables) -> str | None:
    steps = tables.steps
    if len(tables.scenario.policies):
        return "policy"
    if reason := _reason_not_levers(tables):
        return reason
    if tables.programs:
        return "programs"
    if tables.scenario.money.returns is not None:
        return "returns"
    if tables.payments.size:
        return "contracts"
    if tables.scenario.satisfaction is not None:
        return "satisfaction"
    if _is_heard(tables):
        return "heard"
    for number, trigger in enumerate(TRIGGERS.values()):
        if trigger.refused and _is_taken(steps, number):
            return trigger.refused
    if any((steps["trigger"] == TIME) & (steps["trait"] >= 0) & (steps["number"] > 0)):
        return "differ"
    at_orders = steps["trigger"] == ORDER
    if any(at_orders & (steps["beta"] > 0)):
        return "beta"
    if any(at_orders & (steps["within"] < NEVER)):
        return "within"
    if any(at_orders) and int(tables.market[0]["orders_trait"]) >= 0:
        return "orders"
    return _reason_not_arrivals(tables)


def _reason_not_levers(tables: Tables) -> str | None:
    """What campaigns do that the expected audience does not tell."""
    if not all(campaign.aim.is_plain for campaign in tables.campaigns):
        return "audience"
    if tables.scenario.engagement is not None:
        return "engagement"
    habits = tables.scenario.contacts
    if (habits.fatigue or habits.leaving_per_contact) and any(campaign.aim.contacts for campaign in tables.campaigns):
        return "contacts"
    return None


def _is_heard(tables: Tables) -> bool:
    """Whether anybody may send a message that may move anybody."""
    steps = tables.steps
    sent = bool((tables.talk > 0).any()) or bool(tables.rungs["announces"].any())
    return len(tables.layer_names) > 0 and _is_taken(steps, MESSAGE) and sent


def _is_taken(steps: NDArray[Any], trigger: int) -> bool:
    """Whether any step by a trigger may be taken at all."""
    return bool(((steps["trigger"] == trigger) & ((steps["number"] > 0) | (steps["beta"] > 0))).any())


def _reason_not_arrivals(tables: Tables) -> str | None:
    if not tables.arrivals:
        return None
    outside = np.flatnonzero(tables.rungs["outside"])
    touched = np.isin(tables.steps["origin"], outside) | np.isin(tables.steps["to"], outside)
    return "arrivals" if touched.any() else None


def require(tables: Tables) -> None:
    """Raise StudyError with the reason where there is no closed form."""
    reason = reason_not(tables)
    if reason is not None:
        raise StudyError(f"no closed form for {tables.scenario.name!r}: {reason}")


def chain(tables: Tables, segment: int = 0, lever_rung: Any = None, lever_step: Any = None) -> Chain:
    """As ``scenario.chain.chain``, of a scenario that is all told by it. Raises StudyError with the reason where one is not."""
    require(tables)
    return laid_chain(tables, segment, lever_rung, lever_step)


def _rung(tables: Tables, name: str) -> int:
    names = tables.rung_names
    if name not in names:
        close = nearest(name, names)
        raise StudyError(
            f"rung: found {name!r}, must be one of {', '.join(names)}" + (f" (did you mean {close!r}?)" if close else "")
        )
    return names.index(name)


def occupancy(tables: Tables, start: str, months: float, segment: int = 0) -> pd.Series[float]:
    """Probability of standing on each rung `months` after entering the rung `start`, without levers: exp(Qt)."""
    c = chain(tables, segment)
    from scipy.linalg import expm  # SciPy takes longer to load than most ladders take to play

    states = expm(c.generator * months)[c.entry[_rung(tables, start)]]
    return pd.Series(c.by_rung(states), index=pd.Index(tables.rung_names, name="rung"), name="probability")


def ever_reached(tables: Tables, start: str, segment: int = 0) -> pd.Series[float]:
    """Probability that a customer who enters the rung `start` ever stands on each rung (`start` itself: 1)."""
    c = chain(tables, segment)
    first = int(c.entry[_rung(tables, start)])
    found = [1.0 if c.rung[first] == goal else float(_hits(c, goal)[first]) for goal in range(len(tables.rung_names))]
    return pd.Series(found, index=pd.Index(tables.rung_names, name="rung"), name="ever_reached")


def _hits(c: Chain, goal: int) -> Floats:
    """Per state the probability of ever hitting a rung: the minimal solution, so states that cannot reach it hold 0."""
    at_goal = c.rung == goal
    moves = (c.generator > 0.0) & ~np.eye(len(c.rung), dtype=bool)
    can = _reaches(moves, at_goal)
    inside = np.flatnonzero(can & ~at_goal)
    x = at_goal.astype(np.float64)
    straight = c.generator[inside][:, at_goal].sum(axis=1)
    x[inside] = np.linalg.solve(-c.generator[np.ix_(inside, inside)], straight)
    return x


def _reaches(moves: NDArray[np.bool_], goal: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """States from which a state of `goal` can be reached."""
    can = goal.copy()
    while True:
        more = can | (moves & can).any(axis=1)
        if (more == can).all():
            return can
        can = more


def total_reward(generator: Floats, reward: Floats, discount: float = 0.0) -> Floats:
    """Expected reward until the end of time per state, (δI − Q)⁻¹ r; ±inf where, undiscounted, it never ends."""
    n = len(generator)
    if discount > 0.0:
        return np.asarray(np.linalg.solve(discount * np.eye(n) - generator, reward), np.float64)
    moves = (generator > 0.0) & ~np.eye(n, dtype=bool)
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(moves, connection="strong")
    leaves = np.array([bool((moves[label == label[i]][:, label != label[i]]).any()) for i in range(n)])
    endless = ~leaves & np.array([bool((reward[label == label[i]] != 0.0).any()) for i in range(n)])
    doomed = _reaches(moves, endless)
    inside = np.flatnonzero(leaves & ~doomed)
    value = np.where(doomed, np.inf, 0.0)
    value[inside] = np.linalg.solve(-generator[np.ix_(inside, inside)], reward[inside])
    return value


def lifetime_value(tables: Tables, discount_per_year: float | None = None, segment: int = 0) -> pd.Series[float]:
    """Expected contribution less cost of serving of a customer standing on each rung, from now on, in the currency.

    V = (δI − Q)⁻¹ r with δ = ln(1 + d)/12, d the scenario's yearly rate unless given; d = 0 takes the undiscounted sum. r adds
    orders a month × (basket × margin − cost per order), less the rung's cost, plus what entering other rungs books. The entry
    into the rung itself lies in the past. Source: Howard (1971); Pfeifer & Carraway (2000) for customers.
    """
    c = chain(tables, segment)
    d = tables.scenario.money.discount_per_year if discount_per_year is None else discount_per_year
    value = total_reward(c.generator, _reward(tables, c, segment), float(np.log1p(d)) / 12.0)[c.entry] / tables.unit
    return pd.Series(value, index=pd.Index(tables.rung_names, name="rung"), name="lifetime_value")


def _reward(tables: Tables, c: Chain, segment: int) -> Floats:
    """Amount units a month in each state: contribution less what people cost."""
    _, contribution, cost = monthly_amounts(tables, c, segment)
    return contribution - cost


def monthly_amounts(tables: Tables, c: Chain, segment: int) -> tuple[Floats, Floats, Floats]:
    """Revenue, contribution and cost (positive) a month in each state, in amount units.

    An order is booked on the rung left; that of an `is_order` step on the rung entered.
    """
    basket, order = order_basket(tables, segment)[c.rung], order_contribution(tables, segment)[c.rung]
    serving = (tables.rungs["cost"] * tables.segment_rung["cost"][segment])[c.rung]
    entering = c.entered @ tables.rungs["entry_cost"][c.rung].astype(np.float64)
    return c.order_rate * basket + c.bought @ basket, c.order_rate * order + c.bought @ order, serving + entering


def order_basket(tables: Tables, segment: int = 0) -> Floats:
    """What an order is worth on average on each rung, VAT taken out, without levers, in amount units: (R,)."""
    m = tables.market[0]
    kinds = np.diff(tables.kinds["until"], prepend=0.0) @ tables.kinds["basket"] if int(m["kinds"]) else 1.0
    factors = tables.rungs["basket"] * tables.segment_rung["basket"][segment]
    return np.asarray(float(m["basket_mean"]) * kinds * factors / (1.0 + float(m["vat"])), np.float64)


def order_contribution(tables: Tables, segment: int = 0) -> Floats:
    """What an order leaves on average on each rung after goods and handling, without levers, in amount units: (R,)."""
    m = tables.market[0]
    return np.asarray(order_basket(tables, segment) * float(m["margin"]) - float(m["handling"]), np.float64)


def value_within(tables: Tables, months: float, segment: int = 0) -> pd.Series[float]:
    """As ``lifetime_value``, but of the next `months` only: ∫ e^(−δt) e^(Qt) r dt from 0 to `months`, in the currency.

    One exponential of the matrix [[Q − δI, r], [0, 0]] holds it in its last column (Van Loan 1978). It is what a simulation that
    ends after `months` shows.
    """
    c = chain(tables, segment)
    n = len(c.rung)
    whole = np.zeros((n + 1, n + 1))
    whole[:n, :n] = c.generator - tables.discount_per_month * np.eye(n)
    whole[:n, n] = _reward(tables, c, segment)
    from scipy.linalg import expm

    value = expm(whole * months)[:n, n][c.entry] / tables.unit
    return pd.Series(value, index=pd.Index(tables.rung_names, name="rung"), name="value")


def lifetime_orders(tables: Tables, segment: int = 0) -> pd.DataFrame:
    """Mean and standard deviation of all orders still to come, per rung on which a customer stands.

    With D_c the rates of changes that book c orders, the factorial moments solve −Q m₁ = Σ c D_c 1 and
    −Q m₂ = 2 Σ c D_c m₁ + 2 D₂ 1; the variance is m₂ + m₁ − m₁². Infinite where ordering never ends. Source: Neuts (1979).
    """
    c = chain(tables, segment)
    per = c.orders[1] + 2.0 * c.orders[2]
    mean = total_reward(c.generator, per.sum(axis=1))
    finite = np.isfinite(mean)
    second = np.full(len(mean), np.inf)
    inner = np.where(finite, mean, 0.0)
    reward = np.where(finite, 2.0 * per @ inner + 2.0 * c.orders[2].sum(axis=1), 0.0)
    second[finite] = total_reward(c.generator, reward)[finite]
    sd = np.full(len(mean), np.inf)
    sd[finite] = np.sqrt(np.maximum(0.0, second[finite] + mean[finite] - mean[finite] ** 2))
    return pd.DataFrame({"mean": mean[c.entry], "sd": sd[c.entry]}, index=pd.Index(tables.rung_names, name="rung"))


def race(hazards: Sequence[float], months: float = np.inf) -> Floats:
    """Shares gone each way after `months` when exponential waits compete: h_j/H·(1 − e^(−H·months)), H = Σh.

    Source: competing risks (Prentice et al. 1978); ``cumulative_share = …, by_months = …`` of a scenario is its inverse.

    >>> race([0.10, 0.05]).round(6)
    array([0.666667, 0.333333])
    """
    h = np.asarray(hazards, np.float64)
    total = float(h.sum())
    return h / total * -np.expm1(-total * months) if total > 0.0 else h


def step_race(tables: Tables, rung: str, months: float = np.inf) -> pd.Series[float]:
    """Share gone by each `time` step of a rung after `months`, no levers, no other exits: what `cumulative_share` promised."""
    moves = time_moves(tables.steps, _rung(tables, rung), np.ones(len(tables.steps)))
    shares = race([hazard for _, hazard in moves], months)
    return pd.Series(shares, index=pd.Index([tables.step_names[s] for s, _ in moves], name="step"), name="share")
