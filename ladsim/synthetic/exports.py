"""The tables of an export: what a firm's programs would have written of a market that was played.

In: a `Played`. Out: tables by the name of their file. Days are dates; a customer's id is a number of as many digits as all others have.
People who never came into the market are in no table but that of the truth. To export something else: a function here, and a line in
``TABLES``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.model.layout import NOBODY_ID
from ladsim.scenario.naming import label_of
from ladsim.synthetic.played import Played, answers

TRUTH = "truth"


def number_of(played: Played, ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The numbers of customers: those of the model behind a 1, so that none begins with 0."""
    most = int(played.ids.max()) if played.ids.size else 0
    return ids.astype(np.int64) + 10 ** len(str(most))


def transactions(played: Played) -> pd.DataFrame:
    """customer, order, day, amount: one row an order."""
    orders = played.orders
    numbers = np.arange(1, orders.size + 1) + 10 ** len(str(orders.size))
    customer = number_of(played, orders["customer"])
    return pd.DataFrame(
        {"customer": customer, "order": numbers, "day": _dates(played, orders["day"]), "amount": orders["amount"] / played.unit}
    )


def stages(played: Played) -> pd.DataFrame:
    """customer, day, rung: where everybody stood at the start, and each move since."""
    moves = played.moves[~_is_outside(played)[played.moves["to"]]]
    return pd.DataFrame(
        {
            "customer": number_of(played, moves["customer"]),
            "day": _dates(played, moves["day"]),
            "rung": pd.Categorical.from_codes(moves["to"], _labels(played)),
        }
    )


def snapshots(played: Played) -> pd.DataFrame:
    """customer, day, rung: where everybody stood at the end of each calendar month."""
    ends = _month_ends(played)
    moves, by_id = played.moves, np.argsort(played.ids)
    row = by_id[np.searchsorted(played.ids, moves["customer"], sorter=by_id)]
    column = np.searchsorted(ends, moves["day"])
    stood = np.full((played.ids.size, ends.size + 1), -1, np.int16)
    stood[row, column] = moves["to"]  # in order of time: the last move of a month stays
    last = np.where(stood >= 0, np.arange(ends.size + 1), 0)
    np.maximum.accumulate(last, axis=1, out=last)
    stood = np.take_along_axis(stood, last, axis=1)[:, : ends.size].T
    is_there = (stood >= 0) & ~_is_outside(played)[stood]
    month, who = np.nonzero(is_there)
    return pd.DataFrame(
        {
            "customer": number_of(played, played.ids)[who],
            "day": _dates(played, ends[month]),
            "rung": pd.Categorical.from_codes(stood[is_there], _labels(played)),
        }
    )


def referrals(played: Played) -> pd.DataFrame:
    """customer, referrer, day: whose word moved a customer first."""
    moves = played.moves[played.moves["other"] != NOBODY_ID]
    _, first = np.unique(moves["customer"], return_index=True)
    moves = moves[np.sort(first)]
    return pd.DataFrame(
        {
            "customer": number_of(played, moves["customer"]),
            "referrer": number_of(played, moves["other"]),
            "day": _dates(played, moves["day"]),
        }
    )


def survey(played: Played) -> pd.DataFrame:
    """customer, day, score: the answers of customers on the last day."""
    ids, scores = answers(played)
    return pd.DataFrame(
        {
            "customer": number_of(played, ids),
            "day": _dates(played, np.full(ids.size, max(played.days - 1, 0))),
            "score": scores,
        }
    )


def contacts(played: Played) -> pd.DataFrame:
    """customer, campaign, is_contacted, day, outcome: whom campaigns with a control group contacted or left alone, and whether they bought."""
    parts = []
    for arm in played.arms:
        later = played.orders["customer"][played.orders["day"] >= arm.day]
        parts.append(
            pd.DataFrame(
                {
                    "customer": number_of(played, arm.customers),
                    "campaign": arm.campaign,
                    "is_contacted": arm.contacted,
                    "day": _dates(played, np.full(arm.customers.size, arm.day)),
                    "outcome": np.isin(arm.customers, later),
                }
            )
        )
    names = ["customer", "campaign", "is_contacted", "day", "outcome"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in names})


def truth(played: Played) -> pd.DataFrame:
    """customer, rung, label: where everybody stands at the end, those who never came in included."""
    names = [rung.name for rung in played.scenario.rungs]
    return pd.DataFrame(
        {
            "customer": number_of(played, played.ids),
            "rung": pd.Categorical.from_codes(played.rung, names),
            "label": np.array(_labels(played), object)[played.rung],
        }
    )


TABLES: dict[str, Callable[[Played], pd.DataFrame]] = {
    "transactions": transactions,
    "stages": stages,
    "snapshots": snapshots,
    "referrals": referrals,
    "survey": survey,
    "contacts": contacts,
    TRUTH: truth,
}


def _dates(played: Played, days: NDArray[np.integer]) -> NDArray[np.datetime64]:
    return np.datetime64(played.start, "D") + days.astype(np.int64)


def _month_ends(played: Played) -> NDArray[np.int64]:
    """The last day of each calendar month of the run, in days since the start; the last day where a month is not yet over."""
    found, day = [], played.start
    last = played.start + datetime.timedelta(days=played.days)
    while day <= last:
        following = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        found.append(min(following - datetime.timedelta(days=1), last))
        day = following
    ends = np.array([(day - played.start).days for day in found], np.int64)
    return ends[:-1] if ends.size > 1 and ends[-1] - ends[-2] < 2 else ends


def _is_outside(played: Played) -> NDArray[np.bool_]:
    """(R,) rungs of people who are not in the market."""
    return np.array(
        [rung.off_ladder == "outside" or (rung.off_ladder is True and rung.name == "outside") for rung in played.scenario.rungs]
    )


def _labels(played: Played) -> list[str]:
    """What each rung is called in an export: its label, or its name where labels are not different."""
    labels = [label_of(rung) for rung in played.scenario.rungs]
    return labels if len(set(labels)) == len(labels) else [rung.name for rung in played.scenario.rungs]
