"""A day of every year, such as 31 March, as the nearest ticks of a run.

In: a day ("03-31") and a scenario's `start_date`. Out: three numbers for the rules, by which they find the first such day after a time.
A date is the tick nearest to (date − start) / 30.4375 days (``scenario.calendar``). 29 February is not a day of every year.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator

from ladsim.compiled import rule
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.programs.rulebook import access, layout, np

_DAY = re.compile(r"(\d\d)-(\d\d)")
_ANY_YEAR = 2001  # without a 29 February
_FEBRUARY = 2


def _of_every_year(said: str) -> str:
    """A day of every year; what is none is refused in words."""
    if _day(said) is None:
        raise ValueError("must be a day of every year, month first, such as 03-31")
    return said


DayOfYear = Annotated[str, AfterValidator(_of_every_year)]


def _day(said: str) -> datetime.date | None:
    found = _DAY.fullmatch(said)
    try:
        return datetime.date(_ANY_YEAR, int(found[1]), int(found[2])) if found is not None else None
    except ValueError:
        return None


def numbers_of(said: str | None, start: datetime.date | None) -> dict[str, float]:
    """What rules ask for: the year of the first day counted (0: there is none), days from the start to it, whether it is before March."""
    day = _day(said) if said is not None else None
    if day is None or start is None:
        return {"first_year": 0.0, "days_to_first": 0.0, "before_march": 0.0}
    first = day.replace(year=start.year)
    before_march = float(day.month <= _FEBRUARY)
    return {"first_year": float(start.year), "days_to_first": float((first - start).days), "before_march": before_march}


@rule
def leap_days(year):  # type: ignore[no-untyped-def]
    """How many leap days the calendar has had by the end of a year."""
    return year // 4 - year // 100 + year // 400


@rule
def next_date(m, place, first, t):  # type: ignore[no-untyped-def]
    """The first of a programme's yearly dates after `t`; `first`: where its three numbers begin."""
    year = np.int64(access.number(m, place, first))
    known = year - np.int64(access.number(m, place, first + 2))  # the last year whose leap day is before the first date
    years = max(t // (12 * layout.MONTH) - 1, np.int64(0))
    date = t
    while date <= t:
        days = access.number(m, place, first + 1) + np.float64(365 * years + leap_days(known + years) - leap_days(known))
        date = np.int64(np.rint(days / DAYS_PER_MONTH * np.float64(layout.TICKS_PER_MONTH))) * layout.TICK
        years += 1
    return date
