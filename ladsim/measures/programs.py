"""Loyalty programmes: members, what they earn and redeem, what it costs, and how often members order.

    active share = members with an order in the month ÷ members          redemption rate = redeemed ÷ issued
    breakage = expired ÷ issued                                          liability = issued − redeemed − expired
    purchase frequency after joining = orders of members ÷ member-months (Liu 2007)

Counts are people of the whole market; points are points, amounts currency.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.tidy import TRIGGERED_CAMPAIGN, Floats, currency, people, program_causes, ratio, spans
from ladsim.model.layout import MEMBER_COUNTS, P_DISCOUNTS, P_FEES, P_REWARDS, P_RUNNING


def program_results(history: History) -> pd.DataFrame:
    """Every programme month by month: month, program, members, joined, left, cancelled, failed, active_share, orders, revenue, issued,
    redeemed, expired, outstanding, rewards, redemption_rate, breakage, contacts, fees, discounts, reward_cost, running_cost.

    Members stand at the month's end; of those who left a club, `cancelled` wanted to and `failed` could not be charged; the rest is of the
    month (k−1, k], rates and `outstanding` of all months so far. `contacts` are statements, or those of a campaign set off by an
    event, whose members are those under its effect. Points in points, cashback and amounts in currency; costs positive. Source:
    definitions above. Where a club is paid in advance, `prepaid` is what each programme owes its members for fees not yet earned, in
    currency, at the month's end. Raises StudyError where the scenario has no programme.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> ladsim.measures.program_results(history)[["month", "members", "issued", "redeemed", "redemption_rate"]].round(2).tail(2)
        month  members    issued  redeemed  redemption_rate
    23   23.0   2590.0  229530.0  105000.0             0.54
    24   24.0   2730.0  167440.0       0.0             0.51
    """
    frames = [results_of_program(history, place) for place in range(len(history.program_names))]
    if not frames:
        raise StudyError("programs: found none in this scenario, must be at least one to be measured")
    return pd.concat(frames, ignore_index=True)


def program_members(history: History) -> pd.DataFrame:
    """Members of every programme by level at every month start: month, program, level, members. Unit: people of the market.

    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> ladsim.measures.program_members(history).tail(2)
        month program   level  members
    23   23.0  points  member   2590.0
    24   24.0  points  member   2730.0
    """
    frames, first = [], 0
    for name, levels in zip(history.program_names, history.level_names, strict=True):
        counts = history.levels[:, first + 1 : first + len(levels)]
        table = pd.DataFrame({"month": np.repeat(history.months, len(levels) - 1)})
        table["program"], table["level"] = name, levels[1:] * len(history.months)
        table["members"] = people(history, counts).ravel()
        frames.append(table)
        first += len(levels)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["month", "program", "level", "members"])


def results_of_program(history: History, place: int) -> pd.DataFrame:
    """One programme month by month: its rows of ``program_results``."""
    counts = {name: history.members[:, place, n] for n, name in enumerate(MEMBER_COUNTS)}
    first = sum(len(levels) for levels in history.level_names[:place])
    heads = history.levels[:, first + 1 : first + len(history.level_names[place])].sum(axis=1)
    unit = history.program_units[place]
    flows = {name: counts[name] * history.scale / unit for name in ("issued", "redeemed", "expired")}
    so_far = {name: values.cumsum() for name, values in flows.items()}
    money = _money_of(history, place)
    at_start = np.concatenate([[0], heads[:-1]])
    table = pd.DataFrame(
        {
            "month": history.months,
            "program": history.program_names[place],
            "members": people(history, heads),
            "joined": people(history, counts["joined"]),
            "left": people(history, counts["left"]),
            "cancelled": people(history, counts["cancelled"]),
            "failed": people(history, counts["failed"]),
            "active_share": ratio(counts["active"], at_start + counts["joined"]),
            "orders": people(history, counts["orders"]),
            "revenue": currency(history, counts["revenue"]),
            **flows,
            "outstanding": so_far["issued"] - so_far["redeemed"] - so_far["expired"],
            "rewards": people(history, counts["rewards"]),
            "redemption_rate": ratio(so_far["redeemed"], so_far["issued"]),
            "breakage": ratio(so_far["expired"], so_far["issued"]),
            "contacts": people(history, counts["contacts"]),
            "fees": money[:, P_FEES],
            "discounts": 0.0 - money[:, P_DISCOUNTS],
            "reward_cost": 0.0 - money[:, P_REWARDS],
            "running_cost": 0.0 - money[:, P_RUNNING],
        }
    )
    if history.payment_sources:
        table["prepaid"] = currency(history, prepaid_to(history, history.program_names[place]))
    return table


def prepaid_to(history: History, source: str) -> NDArray[np.int64]:
    """What a club, or "contracts", has received in advance and not yet earned, in amount units: (M+1,)."""
    if source not in history.payment_sources:
        return np.zeros(len(history.months), np.int64)
    return np.asarray(history.prepaid[:, history.payment_sources.index(source)])


def _money_of(history: History, place: int) -> Floats:
    """What a programme earned (+) and cost (−) per month and cause: (M+1, 4), in currency."""
    own = program_causes(history, place)
    return currency(history, history.money[:, own].sum(axis=(2, 3)) + history.market_money[:, own])


def members_at_end(history: History) -> float:
    """Memberships at the horizon, all programmes together, campaigns after an event apart."""
    first, total = 0, 0
    for names, kind in zip(history.level_names, history.program_kinds, strict=True):
        total += 0 if kind == TRIGGERED_CAMPAIGN else int(history.levels[-1, first + 1 : first + len(names)].sum())
        first += len(names)
    return float(people(history, total))


def purchase_frequency_after_joining(history: History) -> pd.DataFrame:
    """How often members order, beside non-members and the time before the programme: a row per programme, campaigns apart.

        per_month = orders of members ÷ member-months             others_per_month = other orders ÷ (customer-months − member-months)
        before_per_month = orders ÷ customer-months of the months that began and ended without a member, up to the first member
        ratio = per_month ÷ others_per_month

    Columns: program, member_months, orders, per_month, others_months, others_orders, others_per_month, before_per_month, ratio. Months
    lived are the mean of a month's start and end. Who lapses stays a member, and its time counts as a member's; where members are
    more than customers the others' numbers are NaN, as are those of a time that there was not. A month's orders are a member's where
    it is one at the order, also in the month of joining. Unit: people of the market. Source: Liu (2007).

    Self-selection: those who order often have more occasions to join, and join because they mean to order. So a ratio above 1 is no
    effect of the programme; that is what ``program_value`` finds, against the same market without it.
    Raises StudyError where the scenario has no programme.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> found = ladsim.measures.purchase_frequency_after_joining(history)
    >>> found[["program", "per_month", "others_per_month", "ratio"]].round(2)
      program  per_month  others_per_month  ratio
    0  points       0.29              1.38   0.21
    """
    lived = _lived(history, history.counts[:, :, history.is_customer].sum(axis=(1, 2)))
    ordered = history.orders[:, :, history.is_customer].sum(axis=(1, 2))
    rows, first = [], 0
    for place, (name, kind) in enumerate(zip(history.program_names, history.program_kinds, strict=True)):
        heads = history.levels[:, first + 1 : first + len(history.level_names[place])].sum(axis=1)
        first += len(history.level_names[place])
        if kind != TRIGGERED_CAMPAIGN:
            own = history.members[:, place, MEMBER_COUNTS.index("orders")]
            rows.append([name, *_frequencies(history, heads, own, lived, ordered)])
    if not rows:
        raise StudyError("programs: found none in this scenario, must be at least one to be measured")
    names = (
        "member_months",
        "orders",
        "per_month",
        "others_months",
        "others_orders",
        "others_per_month",
        "before_per_month",
        "ratio",
    )
    return pd.DataFrame(rows, columns=["program", *names])


def _lived(history: History, heads: NDArray[np.int64]) -> Floats:
    """Person-months in each month, (M+1,): the mean of its start and end; row 0 is empty."""
    start = np.concatenate([[0], heads[:-1]])
    return np.asarray((start + heads) / 2.0 * spans(history), np.float64)


def _frequencies(
    history: History, heads: NDArray[np.int64], own: NDArray[np.int64], lived: Floats, ordered: NDArray[np.int64]
) -> list[float]:
    """The numbers of one programme; `heads` are its members at month starts, `own` their orders, `lived` and `ordered` all customers'."""
    months, orders = float(_lived(history, heads).sum()), float(own.sum())
    rest, others = float(lived.sum()) - months, float(ordered.sum()) - orders
    begun = int(np.flatnonzero(heads)[0]) if heads.any() else len(heads)
    before = slice(1, begun)
    members, non = float(ratio(orders, months)), float(ratio(others, rest)) if rest > 0.0 else math.nan
    return [
        float(people(history, months)), float(people(history, orders)), members,
        float(people(history, rest)) if rest > 0.0 else math.nan, float(people(history, others)), non,
        float(ratio(ordered[before].sum(), lived[before].sum())), float(ratio(members, non)),
    ]  # fmt: skip
