"""The calendar of a scenario with a `start_date`: dates as months of the run, and calendar months under months of the run.

A month of the run is 30.4375 days. A date is the nearest tick (a thirtieth of a month) of (date − start) / 30.4375 days; a calendar month,
written 2027-03, is the nearest beginning of a month of the run: that of its first day where something begins, that of its last day where
something ends or is due.

>>> start = datetime.date(2027, 1, 1)
>>> month_of("2027-03", start), month_of("2027-03", start, ends=True), month_of("2027-03-15", start), month_of("mars", start)
(2.0, 3.0, 2.4, None)
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ladsim.i18n.months import DAYS_PER_MONTH, first_day

TICKS = 30
SIXTEENTHS = 16  # of a day, in which a month of the run is whole
LENGTH = round(DAYS_PER_MONTH * SIXTEENTHS)
BEGIN_KEYS, END_KEYS = frozenset({"from_month"}), frozenset({"to_month", "by_month"})
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def month_of(said: object, start: datetime.date, ends: bool = False) -> float | None:
    """The month of the run that a date or a calendar month is; None where `said` is neither."""
    day = said if isinstance(said, datetime.date) and not isinstance(said, datetime.datetime) else None
    if isinstance(said, str) and (found := _MONTH.fullmatch(said.strip())):
        first = _date(f"{found[1]}-{found[2]}-01")
        if first is None:
            return None
        day = _next_month(first) - datetime.timedelta(days=1) if ends else first
        return float(round((day - start).days / DAYS_PER_MONTH))
    if isinstance(said, str):
        day = _date(said.strip())
    return None if day is None else round((day - start).days / DAYS_PER_MONTH * TICKS) / TICKS


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _next_month(day: datetime.date) -> datetime.date:
    """The first of the next calendar month."""
    return datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1) if day.year < datetime.MAXYEAR else datetime.date.max


def last_month(start: datetime.date | None, months: float) -> str:
    """The number of the last month of so many, and which one it is in the calendar, as files write it.

    >>> last_month(datetime.date(2027, 1, 1), 12), last_month(None, 12.0)
    ('12 (2027-12)', '12')
    """
    day = None if start is None else first_day(start, math.ceil(months))
    return f"{months:g}" if day is None else f"{months:g} ({day:%Y-%m})"


def with_months(data: Any, start: datetime.date) -> Any:
    """The tables of a file with dates turned into months of the run, where a key is a month; what is before the start stays as it is."""
    if isinstance(data, Mapping):
        return {key: _value(str(key).rpartition(".")[2], value, start) for key, value in data.items()}
    return type(data)(with_months(item, start) for item in data) if isinstance(data, list | tuple) else data


def _value(key: str, value: Any, start: datetime.date) -> Any:
    if key in BEGIN_KEYS | END_KEYS:
        month = month_of(value, start, key in END_KEYS)
        return value if month is None or month < 0.0 else month
    return with_months(value, start) if isinstance(value, Mapping | list | tuple) else value


def shares(start: datetime.date, month: int) -> list[tuple[int, int]]:
    """Which calendar months (0: January) a month of the run lies in, and how many of its 487 sixteenths of a day in each.

    A run that starts on the first of a month has calendar months: month k of the run is the k-th.

    >>> shares(datetime.date(2025, 1, 31), 0), shares(datetime.date(2025, 2, 1), 3)
    ([(0, 16), (1, 448), (2, 23)], [(4, 487)])
    """
    if start.day == 1:
        return [((start.month - 1 + month) % 12, LENGTH)]
    return list(_overlaps(start, month * LENGTH, (month + 1) * LENGTH))


def _overlaps(start: datetime.date, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of (begin, end), in sixteenths of days from the start, by calendar month."""
    day = start + datetime.timedelta(days=begin // SIXTEENTHS)
    while begin < end:
        following = _next_month(day)
        until = min(end, (following - start).days * SIXTEENTHS)
        if until <= begin:  # beyond the last year that a date can have
            until = end
        yield day.month - 1, until - begin
        begin, day = until, following
