"""Dates in a language, and months of a study: by number, and by their names where the day of the start is known.

In: days, or months since the start. Out: text as a reader of that language expects it. ``Locale`` has all of this.

>>> Dates("da").date(datetime.date(2026, 3, 1)), Dates("en").month(7)
('1. marts 2026', 'month\\xa07')
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from ladsim.i18n import catalogue, numerals
from ladsim.i18n.months import day_at, first_day
from ladsim.i18n.numbers import Numbers
from ladsim.i18n.numerals import DASH, FORMS, SPACE
from ladsim.i18n.written import Number


@dataclass(frozen=True)
class Dates(Numbers):
    """Numbers, and dates, in a language."""

    start: datetime.date | None = None
    """The day on which the run begins, where months are to be called by their names, too."""

    def month(self, value: float) -> Number:
        """A month of the study: "month 7", with its name in the calendar where the day of the start is known.

        >>> Dates("da", datetime.date(2027, 1, 1)).month(7), Dates("en", datetime.date(2027, 2, 15)).month(1), Dates("nb").month(7)
        ('måned\\xa07 (juli\\xa02027)', 'month\\xa01 (from 15 February 2027)', 'måned\\xa07')
        """
        return Number(self._month(float(value)), value, "month")

    def _month(self, value: float) -> str:
        if not math.isfinite(value):
            return DASH
        said = f"{FORMS[self.language].month}{SPACE}{self.number(value)}"
        day = first_day(self.start, round(value)) if self.start is not None and value >= 1 and value == round(value) else None
        return said if day is None else f"{said} ({self._month_from(day)})"

    def month_number(self, value: float) -> Number:
        """A month where "month" stands above or before it: "7", with its name in the calendar where the day of the start is known.

        >>> Dates("en", datetime.date(2027, 1, 1)).month_number(7), Dates("en").month_number(7)
        ('7 (July\xa02027)', '7')
        """
        said, form = self._month(float(value)), f"{FORMS[self.language].month}{SPACE}"
        return Number(said.removeprefix(form), value, "month")

    def month_short(self, value: int) -> str:
        """A month where there is little room: its name in the calendar, in short, where the study starts on the first of one; else "7".

        >>> Dates("da", datetime.date(2027, 3, 1)).month_short(8), Dates("en", datetime.date(2027, 3, 2)).month_short(8)
        ('okt.', '8')
        """
        day = first_day(self.start, value) if self.start is not None and self.start.day == 1 else None
        if day is None:
            return str(value)
        from babel.dates import format_date

        return str(format_date(day, "LLL", locale=numerals.babel_locale(self.language)))

    def _month_from(self, day: datetime.date) -> str:
        """The calendar's name of a month that begins on a day."""
        if day.day != 1 or (self.start is not None and self.start.day != 1):
            return f"{FORMS[self.language].from_} {self.date(day)}"
        return self._name_of_month(day).replace(" ", SPACE)

    def _name_of_month(self, day: datetime.date) -> str:
        """The month of a day in the calendar."""
        from babel.dates import format_date

        return str(format_date(day, "MMMM y", locale=numerals.babel_locale(self.language)))

    def period(self, first: float, last: float) -> str:
        """From one time of the study to another, both in months since the start; by dates where the day of the start is known.

        >>> Dates("en", datetime.date(2027, 1, 1)).period(3, 6), Dates("da", datetime.date(2027, 2, 15)).period(0, 1.5)
        ('April 2027 to June 2027', '15. februar 2027 til 1. april 2027')
        >>> Dates("nb").period(3, 6), Dates("en", datetime.date(2027, 1, 1)).period(3, 4)
        ('3 til 6', 'April 2027')
        """
        whole = self.start is not None and self.start.day == 1 and first == round(first) and last == round(last) and last > first
        if self.start is None:
            return self.between(self.number(first), self.number(last))
        if not whole:
            return self.between(self.moment(first), self.moment(last))
        days = (first_day(self.start, round(first) + 1), first_day(self.start, round(last)))
        ends = [self._name_of_month(day) for day in days if day is not None]
        return self.between(*ends) if len(ends) == 2 else self.between(self.number(first), self.number(last))

    def tick(self, month: float, year: bool) -> str:
        """A month on an axis: its end is there. The month's name where months are those of the calendar, else the day; with `year` below.

        >>> Dates("en", datetime.date(2027, 1, 1)).tick(3, True).split(), Dates("da", datetime.date(2027, 2, 15)).tick(1, False)
        (['Mar', '2027'], '17. mar.')
        """
        from babel.dates import format_date

        assert self.start is not None
        calendar = self.start.day == 1
        day = first_day(self.start, round(month) + (0 if calendar else 1))
        if day is None or (calendar and month == 0):
            return str(catalogue.text(self.language, "chart.start"))
        pattern = "MMM" if calendar else "d MMM" if self.language == "en" else "d. MMM"
        said = str(format_date(day, pattern, locale=numerals.babel_locale(self.language)))
        return f"{said}\n{day.year}" if year else said

    def moment(self, months: float) -> str:
        """When something happens, so many months after the start: the day where the day of the start is known, else "month 4.37".

        >>> Dates("en", datetime.date(2027, 1, 1)).moment(4.37), Dates("da").moment(4.37)
        ('12 May 2027', 'måned\xa04,37')
        """
        day = None if self.start is None else day_at(self.start, months)
        if day is not None:
            return self.date(day)
        return f"{FORMS[self.language].month}{SPACE}{numerals.marked(self.language, f'{months:.2f}')}"

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month.

        >>> [Dates(language).date(datetime.date(2026, 5, 17)) for language in ("en", "da", "nb")]
        ['17 May 2026', '17. maj 2026', '17. mai 2026']
        """
        from babel.dates import format_date

        pattern = "d MMMM y" if self.language == "en" else "d. MMMM y"
        return str(format_date(day, pattern, locale=numerals.babel_locale(self.language)))

    def calendar_month(self, day: datetime.date) -> str:
        """The calendar month of a day by its name, with the year.

        >>> [Dates(language).calendar_month(datetime.date(2026, 5, 17)) for language in ("en", "da", "nb")]
        ['May\\xa02026', 'maj\\xa02026', 'mai\\xa02026']
        """
        from babel.dates import format_date

        return str(format_date(day, "LLLL y", locale=numerals.babel_locale(self.language))).replace(" ", SPACE)
