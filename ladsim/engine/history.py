"""What a run leaves behind: one value that every measure, study and report reads.

A ``History`` holds snapshots (customers per rung and segment at every month start), flows per step, orders, money by cause,
messages, cohorts, one row per customer, and on request the event log. Counts are of *simulated* customers and amounts of their
money; ``scale`` says how many people of the market one of them stands for, and ``unit`` how many amount units make one unit of the
currency. ``measures`` applies both; nobody else should.

Axes: M months (0 is the start, the last may be a part of a month), R rungs, S steps (arrivals last), G segments, C causes,
L layers, K kinds of order, D days (ticks), H cohorts (month of becoming a customer, 0 = from the start).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.event_table import EventNames, table
from ladsim.engine.parquet import read_events
from ladsim.errors import StudyError
from ladsim.model.layout import EVENTS, NOBODY_ID
from ladsim.notebook import shown
from ladsim.scenario.spec import Scenario

Ints = NDArray[np.int64]


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class History:
    """One simulated future of one strategy."""

    strategy: str | None = field(compare=False)
    seed: int
    replication: int
    scale: float
    unit: int
    months: NDArray[np.float64]  # (M+1,) time of each snapshot in months
    rung_names: tuple[str, ...]
    step_names: tuple[str, ...]
    step_ends: tuple[tuple[str, str, str], ...]  # (S,) from, to, trigger ("arrival" for arrivals)
    segment_names: tuple[str, ...]
    layer_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    causes: tuple[str, ...]
    on_ladder: NDArray[np.bool_]  # (R,)
    is_customer: NDArray[np.bool_]  # (R,) rungs that count as customers
    talks: NDArray[np.bool_]  # (R,) rungs from which messages are sent
    discount_per_month: float  # δ
    counts: Ints  # (M+1, G, R) at the snapshots
    flows: Ints  # (M+1, S, G) in (k−1, k]; row 0 is empty
    orders: Ints  # (M+1, G, R); row 0 holds the orders booked at the start
    order_kinds: Ints  # (M+1, K)
    new_customers: Ints  # (M+1, G, 2) new; of them referred
    money: Ints  # (M+1, C, G, R): income positive, costs negative; market-wide money is in market_money
    market_money: Ints  # (M+1, C): spend and fixed costs, which belong to no customer
    daily: Ints  # (D+1, C): everything, by day, for discounting; day 0 is the start
    messages: Ints  # (M+1, L, 3) sent, heard, sent by detractors
    cohorts: Ints  # (M+1, H, R): customers of a cohort per rung at the snapshots
    cohort_buyers: Ints  # (M+1, H): customers of a cohort with at least one order in (k−1, k]
    returns: (
        Ints  # (M+1, G, 3) won back; bought before the start and customers again for the first time; of these, buyers in (k−1, k]
    )
    leavers: Ints  # (M+1, G, R+1) customers at k−1 who are none at k, by the rung at k−1; who came and left in between
    customers: NDArray[Any] | None  # (N,) CUSTOMER at the horizon; None once slimmed
    cause_kinds: tuple[str, ...] = ()  # (C,) "revenue", "contribution" or "cost"
    program_names: tuple[str, ...] = ()
    program_kinds: tuple[str, ...] = ()  # "points", "triggered_campaign" (a campaign after an event) …, or a user's file
    program_units: tuple[int, ...] = ()  # what makes one point, or one unit of the currency, of each programme's balance
    level_names: tuple[tuple[str, ...], ...] = ()  # of each programme; the first of each is who is no member
    members: Ints = field(default_factory=_none)  # (M+1, P, MEMBER_COUNTS) in (k−1, k]: people, orders, amounts, points / 1000
    levels: Ints = field(default_factory=_none)  # (M+1, levels of all programmes): members at the snapshots
    # (M+1, G, R, MOODS) at the snapshots, failures until then; empty without satisfaction
    moods: Ints = field(default_factory=_none)
    payment_sources: tuple[str, ...] = ()  # who is paid in advance: clubs, and "contracts"; A of them
    cash: Ints = field(default_factory=_none)  # (M+1, A, G, R) received in advance in (k−1, k], paid back negative; in no sum
    prepaid: Ints = field(default_factory=_none)  # (M+1, A) received and not yet earned, at the snapshots
    holdout_names: tuple[str, ...] = ()  # campaigns with a control group; none where no rows per customer were kept
    # (campaigns, control group and rest, ``holdout.HELD``)
    holdouts: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    policy_notes: tuple[tuple[float, str], ...] = ()  # what policies wrote down: month, text
    log: NDArray[Any] | None = None  # LOG rows by (time, customer, sequence)
    log_file: Path | None = field(default=None, compare=False)  # where the log was written instead
    followed: NDArray[np.uint64] | None = None  # ids of those whose log it is; None: everybody's, and the market's own
    saved: Any = field(default=None, compare=False, repr=False)  # ``engine.fork.SavedRun``: the run as it stood at `save_at`

    @property
    def size(self) -> int:
        """Number of simulated customers."""
        return int(self.counts[0].sum())

    @property
    def profit_units(self) -> int:
        """Everything booked, in amount units of the simulated customers."""
        return int(self.daily.sum())

    def _repr_html_(self) -> str:
        """What a notebook shows: people on each rung at both ends, orders, the profit."""
        return shown("ladsim.reporting.outline:history", self)

    def slim(self) -> History:
        """The same without the rows per customer, the log and what was saved: what a study keeps of each replication."""
        return replace(self, customers=None, log=None, saved=None)

    def fork(self, plan: str | Scenario | None, *, save_at: int | None = None) -> History:
        """The whole time again, as it was until the month that was saved, and by another plan from there on.

        `plan` is the name of a strategy of the same scenario, None for the scenario under none of them, or another scenario of the same
        market; the levers of what was, and of what comes, are joined by ``scenario.change_of_course``: what is new begins at the
        month, what is no more ends there, what both have goes on. Everything else stays as it was: customers, messages on their way,
        luck, the money booked. With the strategy that was played it is the same history to the last bit. `save_at` keeps a later month
        of the fork, for a fork of its own. ::

            history = ladsim.simulate(scenario, strategy="acquisition_first", save_at=9)
            changed = history.fork("retention_first")
            ladsim.measures.rung_counts(changed) - ladsim.measures.rung_counts(history)   # 0 until month 9

        Raises StudyError where nothing was saved, and where the new plan is one for another market, with every reason.
        """
        from ladsim.engine.fork import forked

        return forked(self.saved, plan, save_at)

    def equals(self, other: History) -> bool:
        """Whether both hold the same to the last bit. What the strategy is called, and where a log was written, is no matter."""
        return all(_are_equal(getattr(self, part.name), getattr(other, part.name)) for part in fields(self) if part.compare)

    def events(self) -> Any:
        """The event log as a pandas table with names: month, time, customer, sequence, event, from, to, cause, other, amount.

        A log that was written to a file is read from there. Raises StudyError where the run kept none.
        """
        if self.log is not None:
            return table(self.log, self.names)
        if self.log_file is not None:
            return read_events(self.log_file)
        raise StudyError("events: found no event log, must be made with simulate(…, log=True)")

    @property
    def names(self) -> EventNames:
        """What the codes of the event log stand for."""
        return EventNames(
            self.rung_names, self.step_names, self.causes, self.kind_names, self.layer_names, self.unit, self.program_names
        )

    def said_of(self, row: Mapping[str, int]) -> str:
        """What one row of the log says, in names: event, from, to, cause, other, amount."""
        event = int(row["event"])
        ends = f"{self.rung_names[row['origin']]} → {self.rung_names[row['to']]}"
        other = "" if row["other"] == NOBODY_ID else f" by {row['other']}"
        return f"{EVENTS[event]} {ends} {self.names.cause(event, int(row['cause']))}{other} {row['amount'] / self.unit:g}"


def _are_equal(one: Any, other: Any) -> bool:
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return type(one) is type(other) and bool(one == other)
    if one.dtype.names:  # between the columns may be anything
        return one.dtype == other.dtype and all(np.array_equal(one[column], other[column]) for column in one.dtype.names)
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
