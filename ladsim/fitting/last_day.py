"""The last day watched, where nobody says it: the last date in the data that can have happened.

In: columns of dates, and the day on which the data were written. Out: a day. A date after that is a plan or a typing error (2099), unless the
data are of another time altogether. The clock is not asked: the same file gives the same numbers tomorrow.
"""

from __future__ import annotations

import datetime

import pandas as pd

_FEW = 0.05  # share of dates after the data were written up to which they are taken for typing errors (an assumption)


def last_day(*columns: pd.Series, until: datetime.date | None = None, written: datetime.date | None = None) -> pd.Timestamp:
    """`until` where it is given; else the last of all dates, those after `written` left out where they are few.

    Few is one, or up to 5 %; without `written` all are believed. NaT where there is no date.

    >>> days = pd.Series(pd.to_datetime(["2024-01-01", "2024-03-01", "2099-03-01"]))
    >>> last_day(days, written=datetime.date(2024, 6, 1)).date(), last_day(days, until=datetime.date(2024, 2, 1)).date()
    (datetime.date(2024, 3, 1), datetime.date(2024, 2, 1))
    """
    if until is not None:
        return pd.Timestamp(until)
    days = pd.concat([pd.to_datetime(column).astype("datetime64[s]") for column in columns], ignore_index=True).dropna()
    if written is None:
        return days.max()
    later = days > pd.Timestamp(written)
    return days[~later].max() if 0 < later.sum() <= max(1, _FEW * days.size) and not later.all() else days.max()


def last_day_of_spans(
    start: pd.Series, end: pd.Series, *, until: datetime.date | None = None, written: datetime.date | None = None
) -> pd.Timestamp:
    """The same of spans whose ends may be planned: however many of them lie after `written`, they have not happened.

    >>> start, end = (pd.Series(pd.to_datetime([f"{year}-01-01"] * 3)) for year in (2024, 2025))
    >>> last_day_of_spans(start, end, written=datetime.date(2024, 6, 1)).date()
    datetime.date(2024, 1, 1)
    """
    begun = last_day(start, until=until, written=written)
    if until is not None:
        return begun
    ends = pd.to_datetime(end).astype("datetime64[s]").dropna()
    if written is not None and begun <= pd.Timestamp(written):
        ends = ends[ends <= pd.Timestamp(written)]
    return max([begun, *([ends.max()] if len(ends) else [])])
