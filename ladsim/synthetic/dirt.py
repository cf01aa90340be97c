"""What goes wrong in exports: ids and rows that are missing, rows given twice, refunds, titles and totals among the rows.

In: a clean table, a seed and a level. Out: the table as a hurried colleague would send it. Level 1 is a good export, 2 a usual one, 3 a
bad one (the shares are assumptions). Refunds take back a part of an order, never all of it: what dirt hides is what is missing.

>>> dirt_of("7-2")
Dirt(seed=7, level=2)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import StudyError

LEVELS = (1, 2, 3)
NO_ID = {1: 0.01, 2: 0.03, 3: 0.08}  # share of orders without a customer
NO_ROW = {1: 0.05, 2: 0.2, 3: 0.4}  # share of the rows of a CRM that are missing
TWICE = {1: 0.01, 2: 0.03, 3: 0.1}  # share of rows that are given twice
REFUNDS = {1: 0.01, 2: 0.04, 3: 0.1}  # share of orders of which a part is paid back
LATEST = 21  # days after an order on which it is paid back


@dataclass(frozen=True)
class Dirt:
    """How dirty, and whose luck."""

    seed: int
    level: int

    @property
    def has_title(self) -> bool:
        """Whether there is a title above the table of orders, a total below it, and marks among its thousands."""
        return self.level >= 2

    @property
    def is_old(self) -> bool:
        """Whether it is written in the encoding of old Windows programs, with empty lines and column names that come again."""
        return self.level >= 3

    def draws(self, what: str, count: int) -> NDArray[np.float64]:
        """(count,) uniform numbers of one kind of dirt."""
        word = streams.stream_id(f"dirt {what}")
        return streams.uniforms_numbered(streams.key_of_run(self.seed, self.level), word, streams.SURVEY, 0, count)


def dirt_of(said: str) -> Dirt:
    """What "SEED-LEVEL" asks for, such as "7-2". Raises StudyError."""
    found = re.fullmatch(r"\s*(\d{1,18})-([123])\s*", said)
    if found is None:
        raise StudyError(f"--dirt: found {said!r}, must be a seed and a level from 1 to 3, such as 7-2")
    return Dirt(int(found[1]), int(found[2]))


def spoiled(name: str, table: pd.DataFrame, dirt: Dirt) -> pd.DataFrame:
    """A table as it would be sent."""
    if name == "transactions":
        table = _with_refunds(table, dirt)
        customer = table["customer"].astype("string")
        customer[dirt.draws("ids", len(table)) < NO_ID[dirt.level]] = ""
        table = table.assign(customer=customer)
    if name in ("stages", "snapshots"):
        table = table[dirt.draws(f"rows of {name}", len(table)) >= NO_ROW[dirt.level]]
    if name == "survey" and not len(table):
        return table
    again = np.flatnonzero(dirt.draws(f"twice {name}", len(table)) < TWICE[dirt.level])
    order = np.sort(np.concatenate([np.arange(len(table)), again]), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _with_refunds(table: pd.DataFrame, dirt: Dirt) -> pd.DataFrame:
    """Parts of some orders paid back, some days later, in rows of their own."""
    n = len(table)
    chosen = (dirt.draws("refunds", n) < REFUNDS[dirt.level]) & (table["amount"].to_numpy() > 1.0)
    part, later = dirt.draws("refunded part", n)[chosen], dirt.draws("refund day", n)[chosen]
    rows = table[chosen].copy()
    rows["amount"] = -np.floor(rows["amount"].to_numpy() * (0.1 + 0.5 * part) * 100) / 100
    wanted = rows["day"].to_numpy().astype("datetime64[D]") + (1 + np.floor(LATEST * later)).astype(np.int64)
    rows["day"] = np.minimum(wanted, table["day"].max().to_datetime64().astype("datetime64[D]") if n else wanted)
    rows["order"] = rows["order"] + 10 ** len(str(int(table["order"].max()) if n else 1))
    both = pd.concat([table, rows], ignore_index=True)
    return both.sort_values("day", kind="stable", ignore_index=True)
