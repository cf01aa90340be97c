"""One object that speaks a language: texts, numbers, percents, money, dates.

In: keys and values. Out: text as a reader of that language expects it, which still knows its numbers (``written``).

>>> english, danish, norwegian = (Locale(language) for language in ("en", "da", "nb"))
>>> danish.money(1_243_000, "DKK"), norwegian.money(1_243_000, "NOK"), english.money(1_243_000, "DKK")
('1,24\\xa0mio.\\xa0kr', '1,24\\xa0mill.\\xa0kr', 'DKK\\xa01.24\\xa0million')
>>> danish.percent(0.125, 3), norwegian.number(12_345.6), danish.date(datetime.date(2026, 3, 1)), english.month(7)
('12,5\\xa0%', '12\\xa0300', '1. marts 2026', 'month\\xa07')
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ladsim.i18n import catalogue, numerals
from ladsim.i18n.months import day_at, first_day
from ladsim.i18n.numerals import DASH, FORMS, MINUS, SPACE
from ladsim.i18n.written import Interval, Number


@dataclass(frozen=True)
class Locale:
    """A language: "en", "da" or "nb"."""

    language: str = "en"
    start: datetime.date | None = None
    """The day on which the run begins, where months are to be called by their names, too."""

    def __post_init__(self) -> None:
        if self.language not in catalogue.LANGUAGES:
            raise ValueError(f"language: found {self.language!r}, must be one of {', '.join(catalogue.LANGUAGES)}")

    def text(self, key: str, /, **values: Any) -> str:
        """The text of a key with its {placeholders} filled in; where it has plurals, the number ``n`` chooses.

        Numbers are written out by ``number`` and its kin first. Raises KeyError where there is no such text.

        >>> Locale("da").text("count.futures", n=1), Locale("da").text("count.futures", n=40)
        ('1 forløb', '40 forløb')
        """
        said = catalogue.text(self.language, key)
        if not isinstance(said, str):
            said = said[self._plural(values["n"])]
        return said.format(**values) if values else said

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return catalogue.has(self.language, key)

    def _plural(self, n: float | str) -> str:
        if isinstance(n, str):  # a number in words or written out: only "1" is one
            return "one" if n == "1" else "other"
        return str(numerals.babel_locale(self.language).plural_form(n))

    def number(self, value: float, digits: int = 3) -> Number:
        """`value` rounded to significant digits.

        >>> [Locale(language).number(-1234.5) for language in ("en", "da", "nb")]
        ['−1,230', '−1.230', '−1\\xa0230']
        """
        return Number(numerals.digits_of(self.language, value, digits), value)

    def whole(self, value: float) -> Number:
        """A whole number to its last digit.

        >>> Locale("da").whole(1234567)
        '1.234.567'
        """
        return Number(
            (MINUS if round(value) < 0 else "") + numerals.marked(self.language, f"{abs(round(value)):,}"), value, "people"
        )

    def people(self, value: float) -> Number:
        """A count of people, orders or messages: whole numbers up to 1,000, three digits beyond."""
        value = float(value)
        if math.isfinite(value) and abs(value) < 1000:
            return Number(self.number(round(value, 1)) if 0 < abs(value) < 10 else self.whole(value), value, "people")
        return Number(self.number(value), value, "people")

    def money(self, value: float, currency: str, signed: bool = False) -> Number:
        """An amount with its currency; millions in words; with `signed`, a plus sign where it is positive."""
        value = float(value)
        if not math.isfinite(value):
            return self.number(value)
        number, word = self._amount(value, signed)
        return self._as_money(self.with_currency(number + word, currency), value, currency)

    def one_of(self, currency: str) -> str:
        """One unit of a currency in a sentence: outside English a krone and a euro by their names, else "1" with the currency.

        >>> Locale("da").one_of("DKK"), Locale("nb").one_of("NOK"), Locale("da").one_of("EUR"), Locale("en").one_of("DKK")
        ('krone', 'krone', 'euro', 'DKK\\xa01')
        """
        return {"kr": "krone", "€": "euro"}.get(str(self.currency(currency))) or self.with_currency("1", currency)

    def _as_money(self, text: str, value: float, currency: str) -> Number:
        return Number(text, value, "money", self.currency(currency))

    def money_between(self, low: float, high: float, currency: str) -> str:
        """Two amounts in one unit, the currency and "million" said once; empty where one is missing.

        >>> Locale("da").money_between(1_280_000, 1_620_000, "DKK"), Locale("en").money_between(-500, 20_000, "DKK")
        ('1,28 til 1,62\\xa0mio.\\xa0kr', 'DKK\\xa0−500 to 20,000')
        >>> Locale("da").money_between(1_510_000, 2_000_000, "DKK"), Locale("nb").money_between(8_260_000, 10_000_000, "NOK")
        ('1,51 til 2,00\\xa0mio.\\xa0kr', '8,26 til 10,00\\xa0mill.\\xa0kr')
        >>> Locale("da").money_between(98.11, 136, "DKK"), Locale("da").money_between(9.5, 12.25, "DKK")
        ('98 til 136\\xa0kr', '9,50 til 12,25\\xa0kr')
        >>> Locale("nb").money_between(50, 150, "NOK"), Locale("nb").money_between(5, 50, "NOK")
        ('50 til 150\\xa0kr', '5,00 til 50,00\\xa0kr')
        >>> Locale("da").money_between(983_000, 1_500_000, "DKK"), Locale("da").money_between(0, 1_250_000, "DKK")
        ('983.000 til 1.500.000\\xa0kr', '0 til 1,25\\xa0mio.\\xa0kr')
        """
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        ends = (self._as_money("", value, currency) for value in (low, high))
        return Interval(self._two_amounts(low, high, currency), *ends)

    def money_ends(self, low: float, high: float, currency: str, signed: bool = False) -> tuple[Number, Number]:
        """Two amounts for a sentence that names each, in one unit.

        >>> Locale("da").money_ends(-43_700, 1_520_000, "DKK"), Locale("nb").money_ends(8_260_000, 10_000_000, "NOK", signed=True)
        (('−43.700\xa0kr', '1.520.000\xa0kr'), ('+8,26\xa0mill.\xa0kr', '+10,00\xa0mill.\xa0kr'))
        """
        if not (math.isfinite(low) and math.isfinite(high)):
            return self.money(low, currency, signed), self.money(high, currency, signed)
        first, last = ("".join(one) for one in self._amounts(low, high, signed))
        return (
            self._as_money(self.with_currency(first, currency), low, currency),
            self._as_money(self.with_currency(last, currency), high, currency),
        )

    def _two_amounts(self, low: float, high: float, currency: str) -> str:
        (first, first_word), (last, last_word) = self._amounts(low, high)
        if (first, first_word) == (last, last_word):
            return self.with_currency(first + first_word, currency)
        return self.with_currency(f"{first} {FORMS[self.language].to} {last}{last_word or first_word}", currency)

    def _amounts(self, low: float, high: float, signed: bool = False) -> tuple[tuple[str, str], tuple[str, str]]:
        """Digits and "million" of two amounts in one unit, neither finer than the other."""
        cents = max(abs(low), abs(high)) < 100
        unit = min((abs(value) for value in (low, high) if value), default=0.0)  # which both are told in
        (first, first_word), (last, last_word) = (self._amount(value, signed, cents, unit) for value in (low, high))
        if first_word == last_word and first_word:
            first, last = self._as_fine(first, last), self._as_fine(last, first)
        return (first, first_word), (last, last_word)

    def _as_fine(self, number: str, other: str) -> str:
        """A number written out, with as many decimals as another one has."""
        point = numerals.marked(self.language, ".")
        (head, _, decimals), wanted = number.partition(point), len(other.partition(point)[2])
        return f"{head}{point}{decimals.ljust(wanted, '0')}" if wanted > len(decimals) else number

    def _amount(self, value: float, signed: bool, cents: bool = True, unit: float = math.inf) -> tuple[str, str]:
        """Sign and digits of an amount, and "million" or "billion" behind them; no larger than goes for an amount `unit`."""
        form = FORMS[self.language]
        sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
        size = abs(value)
        for limit, word in ((1e9, form.billion), (1e6, form.million)):
            if min(size, unit) >= limit * 0.9995:
                return sign + self.number(size / limit), SPACE + word
        if 10 <= size < 100 and not cents:
            return sign + self.whole(size), ""
        if not 0 < size < 100 or not cents:
            return sign + self.number(size), ""
        text = f"{size:,.2f}"
        return ("0" if text == "0.00" else sign + numerals.marked(self.language, text)), ""

    def with_currency(self, number: str, currency: str) -> str:
        """A number that is written out already, with its currency before or behind it."""
        form = FORMS[self.language].amount.replace(" ", SPACE)
        return form.replace("{number}", number).replace("{currency}", self.currency(currency))

    def currency(self, currency: str) -> str:
        """What a currency is called: "kr" for one's own in Danish and Norwegian."""
        return numerals.currency_name(self.language, currency)

    def short_money(self, value: float, _: object = None) -> str:
        """An amount on an axis (the second value is matplotlib's).

        >>> Locale("en").short_money(1_500_000), Locale("da").short_money(1_500_000), Locale("da").short_money(-20_000)
        ('1.5M', '1,5\\xa0mio.', '−20.000')
        """
        for limit, letter in FORMS[self.language].short:
            if abs(value) >= limit * 0.9995:
                return self.number(value / limit) + letter
        return self.number(value)

    def percent(self, share: float, digits: int = 2) -> Number:
        """A share as a percentage; never a rounded 0 % or 100 % where it is not exactly that."""
        return Number(self._percent(float(share), digits), share, "share")

    def percent_beside(self, shares: Iterable[float]) -> Callable[[float], Number]:
        """How shares that stand in one row are told: all that are below 1 % by their digits where one of them is, else none.

        >>> row = (0.003, 0.0061, 0.2)
        >>> [Locale("da").percent_beside(row)(share) for share in row], Locale("da").percent_beside((0.003, 0.2))(0.003)
        (['0,3\xa0%', '0,61\xa0%', '20\xa0%'], '<1\xa0%')
        >>> Locale("en").percent_beside(row)(1e-6)
        '<0.01\xa0%'
        """
        if not any(0.005 <= share < 0.01 for share in shares):
            return self.percent
        return self._fine_percent

    def _fine_percent(self, share: float) -> Number:
        """A share below 1 % by its digits, too, as far as a reader can tell them apart."""
        if not 0 < share < 0.005:
            return self.percent(share)
        said = f"{self.number(100 * share, 2)}" if share >= 0.0001 else f"<{self.number(0.01)}"
        return Number(f"{said}{SPACE}%", share, "share")

    def _percent(self, share: float, digits: int) -> str:
        if not math.isfinite(share):
            return self.number(share)
        if 0.99 < share < 1:
            return f"{'99' if share <= 0.995 else '>99'}{SPACE}%"
        if 0 < share < 0.005 and digits <= 2:
            return f"<1{SPACE}%"
        return f"{self.number(100 * share, digits)}{SPACE}%"

    def month(self, value: float) -> Number:
        """A month of the study: "month 7", with its name in the calendar where the day of the start is known.

        >>> Locale("da", datetime.date(2027, 1, 1)).month(7), Locale("en", datetime.date(2027, 2, 15)).month(1), Locale("nb").month(7)
        ('måned\\xa07 (juli\\xa02027)', 'month\\xa01 (from 15 February 2027)', 'måned\\xa07')
        """
        return Number(self._month(float(value)), value, "month")

    def _month(self, value: float) -> str:
        if not math.isfinite(value):
            return DASH
        said = f"{FORMS[self.language].month}{SPACE}{self.number(value)}"
        day = first_day(self.start, round(value)) if self.start is not None and value >= 1 and value == round(value) else None
        return said if day is None else f"{said} ({self._month_from(day)})"

    def _month_from(self, day: datetime.date) -> str:
        """The calendar's name of a month that begins on a day."""
        if day.day != 1 or (self.start is not None and self.start.day != 1):
            return f"{FORMS[self.language].from_} {self.date(day)}"
        return self._name_of_month(day).replace(" ", SPACE)

    def _name_of_month(self, day: datetime.date) -> str:
        """The month of a day in the calendar."""
        from babel.dates import format_date

        return str(format_date(day, "MMMM y", locale=numerals.babel_locale(self.language)))

    def month_number(self, value: float) -> Number:
        """A month where "month" stands above or before it: "7", with its name in the calendar where the day of the start is known.

        >>> Locale("en", datetime.date(2027, 1, 1)).month_number(7), Locale("en").month_number(7)
        ('7 (July\xa02027)', '7')
        """
        said, form = self._month(float(value)), f"{FORMS[self.language].month}{SPACE}"
        return Number(said.removeprefix(form), value, "month")

    def period(self, first: float, last: float) -> str:
        """From one time of the study to another, both in months since the start; by dates where the day of the start is known.

        >>> Locale("en", datetime.date(2027, 1, 1)).period(3, 6), Locale("da", datetime.date(2027, 2, 15)).period(0, 1.5)
        ('April 2027 to June 2027', '15. februar 2027 til 1. april 2027')
        >>> Locale("nb").period(3, 6), Locale("en", datetime.date(2027, 1, 1)).period(3, 4)
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

        >>> Locale("en", datetime.date(2027, 1, 1)).tick(3, True).split(), Locale("da", datetime.date(2027, 2, 15)).tick(1, False)
        (['Mar', '2027'], '17. mar.')
        """
        from babel.dates import format_date

        assert self.start is not None
        calendar = self.start.day == 1
        day = first_day(self.start, round(month) + (0 if calendar else 1))
        if day is None or (calendar and month == 0):
            return self.text("chart.start")
        pattern = "MMM" if calendar else "d MMM" if self.language == "en" else "d. MMM"
        said = str(format_date(day, pattern, locale=numerals.babel_locale(self.language)))
        return f"{said}\n{day.year}" if year else said

    def moment(self, months: float) -> str:
        """When something happens, so many months after the start: the day where the day of the start is known, else "month 4.37".

        >>> Locale("en", datetime.date(2027, 1, 1)).moment(4.37), Locale("da").moment(4.37)
        ('12 May 2027', 'måned\xa04,37')
        """
        day = None if self.start is None else day_at(self.start, months)
        if day is not None:
            return self.date(day)
        return f"{FORMS[self.language].month}{SPACE}{numerals.marked(self.language, f'{months:.2f}')}"

    def date(self, day: datetime.date) -> str:
        """A date with the name of its month.

        >>> [Locale(language).date(datetime.date(2026, 5, 17)) for language in ("en", "da", "nb")]
        ['17 May 2026', '17. maj 2026', '17. mai 2026']
        """
        from babel.dates import format_date

        pattern = "d MMMM y" if self.language == "en" else "d. MMMM y"
        return str(format_date(day, pattern, locale=numerals.babel_locale(self.language)))

    def calendar_month(self, day: datetime.date) -> str:
        """The calendar month of a day by its name, with the year.

        >>> [Locale(language).calendar_month(datetime.date(2026, 5, 17)) for language in ("en", "da", "nb")]
        ['May\\xa02026', 'maj\\xa02026', 'mai\\xa02026']
        """
        from babel.dates import format_date

        return str(format_date(day, "LLLL y", locale=numerals.babel_locale(self.language))).replace(" ", SPACE)

    def between(self, low: str, high: str) -> str:
        """An interval in words.

        >>> Locale("en").between("3", "5"), Locale("da").between("3", "5"), Locale("da").between("3", "3")
        ('3 to 5', '3 til 5', '3')
        >>> Locale("en").between(Locale("en").percent(0.002), Locale("en").percent(0.0061))
        '0.2\xa0% to 0.61\xa0%'
        >>> Locale("da").between(Locale("da").money(-43_700, "DKK"), Locale("da").money(1_520_000, "DKK"))
        '−43.700 til 1.520.000\xa0kr'
        """
        plain = low if low == high else f"{low} {FORMS[self.language].to} {high}"
        if not (isinstance(low, Number) and isinstance(high, Number)):
            return plain
        if low == f"<1{SPACE}%" and high.kind == "share":
            low = self.percent_beside((low.value, high.value))(low.value)
        elif low != high and all(one.kind == "money" and one == self.money(one.value, one.currency) for one in (low, high)):
            return self.money_between(low.value, high.value, low.currency)
        return Interval(low if low == high else f"{low} {FORMS[self.language].to} {high}", low, high)

    def listed(self, items: list[str]) -> str:
        """Several things in one breath.

        >>> Locale("en").listed(["a", "b", "c"]), Locale("nb").listed(["a", "b", "c"]), Locale("da").listed(["a"])
        ('a, b, and c', 'a, b og c', 'a')
        """
        from babel.lists import format_list

        return str(format_list(items, locale=numerals.babel_locale(self.language)))


ENGLISH = Locale("en")
