"""Where a CRM says that customers stand: the latest word on each, how old it is, and who moved between neighbouring months.

In: rows of (customer, day, stage), and a rule that knows what its rungs are called there. Out: a `Crm`. Snapshots and moves are told
apart by ``data.panels``. The last move holds until the next. Who is missing in
the last snapshot may have moved since the one in which they were seen last: then the moves of all others say where to, month by month
(a Markov chain; its shares are counted between neighbouring snapshots alone).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data import per_customer
from ladsim.data.panels import is_panel
from ladsim.data.per_customer import Kind
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.placing.rule import Rule

Floats = NDArray[np.float64]
NEIGHBOURS = 45  # days between two snapshots of neighbouring months, at most


@dataclass(frozen=True)
class Crm:
    """What a CRM says. R rungs."""

    customers: NDArray[Any]  # ids of those on a rung that the rule knows
    chances: Floats  # (customers, R) where they stand at the end
    stages: tuple[NDArray[Any], NDArray[Any]]  # ids, and the stage each has as it is called
    unknown: tuple[str, ...]  # stages that are no rung of the rule, the most frequent first
    old: int  # how many are missing in the last snapshot
    moves: pd.DataFrame  # month, from, to, people: places of rungs; between neighbouring snapshots, or every move
    is_snapshots: bool


def crm_of(kind: Kind, rule: Rule, end: datetime.date = datetime.date.max) -> Crm:
    """Where everybody of a CRM stands at the end of a day."""
    rows = per_customer.stage_rows(kind, end)
    who, names = pd.factorize(rows["customer"])
    called = rows["stage"].str.casefold()
    known = {word: rung for rung in range(len(rule.names) - 1, -1, -1) for word in rule.crm_names[rung]}
    rung = called.map(known).fillna(-1).to_numpy(np.int64)
    unknown = tuple(rows["stage"][rung < 0].value_counts().index[:5])
    is_last = np.append(who[1:] != who[:-1], True) if who.size else np.zeros(0, bool)
    stages = (names.to_numpy(object)[who[is_last]], called.to_numpy(object)[is_last])
    follows = np.append(False, who[1:] == who[:-1]) if who.size else np.zeros(0, bool)
    day = rows["day"].to_numpy("datetime64[D]") if rows["day"].notna().any() else None
    is_snapshots = is_panel(rows.rename(columns={"day": "date"}))
    size = len(rule.names)
    moves = _moves(rung, day, follows, NEIGHBOURS if is_snapshots else None)
    there = is_last & (rung >= 0)
    chances = np.zeros((int(there.sum()), size))
    chances[np.arange(chances.shape[0]), rung[there]] = 1.0
    old = np.zeros(chances.shape[0], np.int64)
    if is_snapshots and day is not None and np.unique(day).size > 1:
        old = np.rint((day.max() - day[there]).astype(np.int64) / DAYS_PER_MONTH).astype(np.int64)
        chances = _since(chances, old, moves, size)
    return Crm(names.to_numpy(object)[who[there]], chances, stages, unknown, int((old > 0).sum()), moves, is_snapshots)


def _moves(rung: NDArray[np.int64], day: Any, follows: NDArray[np.bool_], most: int | None) -> pd.DataFrame:
    """month, from, to, people: what neighbouring rows of a customer say, those who stay included.

    `most`: days that may lie between two snapshots; None for moves, each of which was made on its own day.
    """
    if day is None:
        return pd.DataFrame({"month": [], "from": [], "to": [], "people": []})
    at = np.flatnonzero(follows)
    gap = (day[at] - day[at - 1]).astype(np.int64)
    at = at[(gap > 0) & ((gap <= most) if most is not None else True) & (rung[at] >= 0) & (rung[at - 1] >= 0)]
    found = pd.DataFrame({"month": day[at].astype("datetime64[M]"), "from": rung[at - 1], "to": rung[at]})
    return found.groupby(["month", "from", "to"]).size().reset_index(name="people")


def _since(chances: Floats, old: NDArray[np.int64], moves: pd.DataFrame, size: int) -> Floats:
    """Where those may stand by now who were last seen so many months ago."""
    counts = np.zeros((size, size))
    np.add.at(counts, (moves["from"].to_numpy(int), moves["to"].to_numpy(int)), moves["people"].to_numpy(float))
    counts += np.eye(size)  # nobody seen there: who stands there stays
    month = counts / counts.sum(axis=1, keepdims=True)
    power = np.eye(size)
    for months in range(1, int(old.max(initial=0)) + 1):
        power = power @ month
        chances = np.where((old == months)[:, None], chances @ power, chances) if (old == months).any() else chances
    return chances
