"""Months of a run that starts on a day of the calendar.

>>> first_day(datetime.date(2027, 1, 1), 7), first_day(datetime.date(2027, 2, 15), 2)
(datetime.date(2027, 7, 1), datetime.date(2027, 3, 17))
>>> [day_at(datetime.date(2027, 1, 1), months) for months in (0.0, 0.5, 1.0)]
[datetime.date(2027, 1, 1), datetime.date(2027, 1, 16), datetime.date(2027, 2, 1)]
"""

from __future__ import annotations

import datetime
from functools import cache

DAYS_PER_MONTH = 30.4375  # a twelfth of a year of 365.25 days


def first_day(start: datetime.date, month: int) -> datetime.date | None:
    """The day on which month `month` of the run (1: the first) begins: the first of a calendar month, if the run's start is one.

    None where no date is so late.
    """
    try:
        if start.day == 1:
            months = start.month - 1 + month - 1
            return datetime.date(start.year + months // 12, months % 12 + 1, 1)
        return start + datetime.timedelta(days=round((month - 1) * DAYS_PER_MONTH))
    except (ValueError, OverflowError):
        return None


def day_at(start: datetime.date, months: float) -> datetime.date | None:
    """The day on which something happens so many months after the start: within the month of the run that ``first_day`` begins."""
    whole = int(months + 1e-9)
    first, following = first_day(start, whole + 1), first_day(start, whole + 2)
    if first is None or following is None:
        return None
    return first + datetime.timedelta(days=int(max(0.0, months - whole) * (following - first).days + 1e-9))


@cache
def month_names(languages: tuple[str, ...]) -> dict[str, int]:
    """The months of the year by their names in some languages, whole and in short, without capitals and points.

    >>> names = month_names(("en", "da", "nb"))
    >>> names["march"], names["marts"], names["mars"], names["okt"], names["dec"]
    (3, 3, 3, 10, 12)
    """
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in languages:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, locale=language)
                found |= {str(name).casefold().rstrip("."): place for place, name in names.items()}
    return found
