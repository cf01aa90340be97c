"""From a history's integer arrays to people, currency and tidy columns: the one place where scale and unit are applied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.model.layout import C_ENTRY_COST, C_FIXED_COST, C_RUNG_COST, CAUSES, PROGRAM_CAUSES

Floats = NDArray[np.float64]
By = Literal["segment", "rung"] | None
FIRST_CAMPAIGN = len(CAUSES)
TRIGGERED_CAMPAIGN = "triggered_campaign"  # the kind of programme that a campaign after an event is


@dataclass(frozen=True)
class Causes:
    """Which causes of money make a line of the accounts: (C,) each; together they are all causes, once."""

    contribution: NDArray[np.bool_]  # revenue, fees and discounts, goods, handling, what comes back
    serving: NDArray[np.bool_]  # rungs' costs by month and by entry
    fixed: NDArray[np.bool_]
    programs: NDArray[np.bool_]  # rewards, set-up and running of programmes
    spend: NDArray[np.bool_]  # campaigns and policies
    revenue: NDArray[np.bool_]  # the part of contribution that customers pay: revenue, fees, less discounts

    @property
    def earned(self) -> NDArray[np.bool_]:
        """All but spend and fixed costs."""
        return self.contribution | self.serving | self.programs


def program_causes(history: History, place: int) -> slice:
    """Where the causes of a programme stand among those of a history: ``layout.PROGRAM_CAUSES``, programmes last."""
    first = len(history.causes) - (len(history.program_names) - place) * len(PROGRAM_CAUSES)
    return slice(first, first + len(PROGRAM_CAUSES))


def causes_of(history: History) -> Causes:
    """The lines of the accounts of a history."""
    first_program = program_causes(history, 0).start
    return _lines(len(history.causes), first_program, tuple(history.cause_kinds), tuple(history.program_kinds))


@lru_cache(maxsize=64)
def _lines(count: int, first_program: int, cause_kinds: tuple[str, ...], program_kinds: tuple[str, ...]) -> Causes:
    """The lines of so many causes, those of programmes last: the same for all futures of a strategy."""
    place = np.arange(count)
    kinds = cause_kinds or ("revenue", "contribution", "contribution")
    known = np.array([*kinds, *[""] * (count - len(kinds))])
    of_programs = place >= first_program
    of_contacts = np.zeros(count, bool)
    for number, kind in enumerate(program_kinds):
        first = first_program + number * len(PROGRAM_CAUSES)
        of_contacts[first : first + len(PROGRAM_CAUSES)] = kind == TRIGGERED_CAMPAIGN
    revenue = (known == "revenue") & ~of_contacts
    contribution = revenue | (known == "contribution")
    return Causes(
        contribution=contribution,
        serving=(place == C_RUNG_COST) | (place == C_ENTRY_COST),
        fixed=place == C_FIXED_COST,
        programs=of_programs & ~of_contacts & ~contribution,
        spend=((place >= FIRST_CAMPAIGN) & ~of_programs & ~contribution) | of_contacts,
        revenue=revenue,
    )


def people(history: History, counts: ArrayLike) -> Floats:
    """People of the whole market from counts of simulated customers."""
    return np.asarray(counts, np.float64) * history.scale


def currency(history: History, units: ArrayLike) -> Floats:
    """Currency of the whole market from amount units of the simulated customers."""
    return np.asarray(units, np.float64) * history.scale / history.unit


def spans(history: History) -> Floats:
    """Length of each period in months, (M+1,): 0 for the start, below 1 where the last month is cut short."""
    return np.diff(history.months, prepend=history.months[0])


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """above / below, NaN where nothing is below."""
    a, b = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    return np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0.0)


def group(values: ArrayLike, by: By) -> NDArray[Any]:
    """(M+1, G, R) summed to (M+1, groups): one group, the segments or the rungs."""
    v = np.asarray(values)
    if by not in (None, "segment", "rung"):
        raise StudyError(f"by: found {by!r}, must be 'segment', 'rung' or None")
    return v.sum(axis=(1, 2))[:, None] if by is None else v.sum(axis=2 if by == "segment" else 1)


def group_names(history: History, by: By) -> tuple[str, ...]:
    """Names of the groups that ``group`` makes. Raises StudyError for another word."""
    if by not in (None, "segment", "rung"):
        raise StudyError(f"by: found {by!r}, must be 'segment', 'rung' or None")
    return history.segment_names if by == "segment" else history.rung_names if by == "rung" else ("all",)


def monthly(history: History, by: str | None, names: tuple[str, ...], first: int = 0, **columns: Floats) -> pd.DataFrame:
    """A tidy table from (M+1, groups) arrays: month, the group's name where `by` is given, and the columns, from period `first`
    on.
    """
    table = pd.DataFrame({"month": np.repeat(history.months[first:], len(names))})
    if by is not None:
        table[by] = names * (len(history.months) - first)
    for name, values in columns.items():
        table[name] = np.asarray(values)[first:].ravel()
    return table


def wide(history: History, values: Floats, names: tuple[str, ...], what: str, first: int = 0) -> pd.DataFrame:
    """A table month × names from an (M+1, names) array."""
    return pd.DataFrame(values[first:], index=pd.Index(history.months[first:], name="month"), columns=pd.Index(names, name=what))


def rows(history: History) -> NDArray[Any]:
    """The rows per customer. Raises StudyError where a study has thrown them away."""
    if history.customers is None:
        raise StudyError(
            "this history holds no rows per customer (slimmed by a study, or made with customers=False): ask `simulate` for one, or read the "
            "study's summaries"
        )
    return history.customers


def became_customer(history: History) -> NDArray[np.bool_]:
    """Which simulated people were a customer at some time of the run, (N,): of a cohort, or back after having bought before it."""
    return np.asarray((rows(history)["cohort"] >= 0) | (rows(history)["returned"] == 1))
