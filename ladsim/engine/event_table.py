"""The event log in names: what its numbers mean, and the log as a table.

In: LOG rows, sorted. Out: the columns that every reader of a log sees, in memory and in a file alike:

========  ==========================================================================================================
time      1/2^20 tick since the start (30 ticks are a month; `month` in the table)
customer  the customer's permanent id; empty where the market as a whole pays
sequence  the customer's running number of events, from 0
event     start, move, order, book, send, hear
from, to  rung before and after; empty where the market as a whole pays
cause     the step of a move, the cause of a booking, the kind of an order, the layer of a message; else empty
other     the sender of a message or the referrer of a move, the receiver of what is sent; else empty
amount    what is booked or ordered: whole thousandths of the smallest unit of the currency (currency in the table)
========  ==========================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.model.layout import EVENTS, MONTH, NOBODY_ID

WORDS = ("event", "from", "to", "cause")  # the columns of names


@dataclass(frozen=True)
class EventNames:
    """What the codes of a log's rows stand for."""

    rungs: tuple[str, ...]
    steps: tuple[str, ...]
    causes: tuple[str, ...]
    kinds: tuple[str, ...]
    layers: tuple[str, ...]
    unit: int  # amount units that make one unit of the currency
    programs: tuple[str, ...] = ()

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """All names that a column may hold, each once."""
        rungs = ("", *self.rungs)
        causes = tuple(dict.fromkeys(("", *self.steps, *self.causes, *self.kinds, *self.layers, *self.programs)))
        return {"event": EVENTS, "from": rungs, "to": rungs, "cause": causes}

    def cause(self, event: int, cause: int) -> str:
        """The words behind a row's cause, by the kind of event."""
        return self._of_event[EVENTS[event]][cause] if cause >= 0 else ""

    def codes(self, rows: NDArray[Any]) -> dict[str, NDArray[np.int16]]:
        """Place in `words` of every row's names."""
        of_customers = rows["customer"] != NOBODY_ID
        return {
            "event": rows["event"].astype(np.int16),
            "from": np.where(of_customers, rows["origin"] + 1, 0).astype(np.int16),
            "to": np.where(of_customers, rows["to"] + 1, 0).astype(np.int16),
            "cause": self._cause_codes[rows["event"], rows["cause"] + 1],
        }

    @cached_property
    def _of_event(self) -> dict[str, tuple[str, ...]]:
        talk = dict.fromkeys(("send", "hear"), self.layers)
        of_programs = dict.fromkeys(("level", "earn", "redeem", "expire"), self.programs)
        money = dict.fromkeys(("book", "cash"), self.causes)
        return {"start": (), "move": self.steps, "order": self.kinds, "feel": ()} | money | talk | of_programs

    @cached_property
    def _cause_codes(self) -> NDArray[np.int16]:
        """[event, cause + 1] → place in `words`."""
        longest = max(len(names) for names in self._of_event.values())
        codes = np.zeros((len(EVENTS), longest + 1), np.int16)
        for event, names in self._of_event.items():
            for cause, name in enumerate(names):
                codes[EVENTS.index(event), cause + 1] = self.words["cause"].index(name)
        return codes


def table(rows: NDArray[Any], names: EventNames) -> Any:
    """The log as a pandas table: month, time, customer, sequence, event, from, to, cause, other, amount (in currency)."""
    import pandas as pd

    codes = names.codes(rows)
    word = {name: pd.Categorical.from_codes(codes[name], categories=names.words[name]) for name in WORDS}
    who = {name: pd.arrays.IntegerArray(rows[name].copy(), rows[name] == NOBODY_ID) for name in ("customer", "other")}
    return pd.DataFrame(
        {
            "month": rows["time"] / MONTH,
            "time": rows["time"],
            "customer": who["customer"],
            "sequence": rows["sequence"],
            **word,
            "other": who["other"],
            "amount": rows["amount"] / names.unit,
        }
    )
