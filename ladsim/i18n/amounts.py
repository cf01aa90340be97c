"""Money in a language: the currency at its place, millions in words, two amounts in one unit.

In: values and the code of a currency. Out: text that still knows its amount (``written``). ``Locale`` has all of this.

>>> danish, norwegian, english = (Amounts(language) for language in ("da", "nb", "en"))
>>> danish.money(1_243_000, "DKK"), norwegian.money(1_243_000, "NOK"), english.money(1_243_000, "DKK")
('1,24\\xa0mio.\\xa0kr', '1,24\\xa0mill.\\xa0kr', 'DKK\\xa01.24\\xa0million')
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ladsim.i18n import numerals
from ladsim.i18n.numbers import Numbers
from ladsim.i18n.numerals import FORMS, MINUS, SPACE
from ladsim.i18n.written import Interval, Number


@dataclass(frozen=True)
class Amounts(Numbers):
    """Numbers, and money, in a language."""

    def money(self, value: float, currency: str, signed: bool = False) -> Number:
        """An amount with its currency; millions in words; with `signed`, a plus sign where it is positive."""
        value = float(value)
        if not math.isfinite(value):
            return self.number(value)
        number, word = self._amount(value, signed)
        return self._as_money(self.with_currency(number + word, currency), value, currency)

    def money_between(self, low: float, high: float, currency: str) -> str:
        """Two amounts in one unit, the currency and "million" said once; empty where one is missing.

        >>> Amounts("da").money_between(1_280_000, 1_620_000, "DKK"), Amounts("en").money_between(-500, 20_000, "DKK")
        ('1,28 til 1,62\\xa0mio.\\xa0kr', 'DKK\\xa0−500 to 20,000')
        >>> Amounts("da").money_between(1_510_000, 2_000_000, "DKK"), Amounts("nb").money_between(8_260_000, 10_000_000, "NOK")
        ('1,51 til 2,00\\xa0mio.\\xa0kr', '8,26 til 10,00\\xa0mill.\\xa0kr')
        >>> Amounts("da").money_between(98.11, 136, "DKK"), Amounts("da").money_between(9.5, 12.25, "DKK")
        ('98 til 136\\xa0kr', '9,50 til 12,25\\xa0kr')
        >>> Amounts("nb").money_between(50, 150, "NOK"), Amounts("nb").money_between(5, 50, "NOK")
        ('50 til 150\\xa0kr', '5,00 til 50,00\\xa0kr')
        >>> Amounts("da").money_between(983_000, 1_500_000, "DKK"), Amounts("da").money_between(0, 1_250_000, "DKK")
        ('983.000 til 1.500.000\\xa0kr', '0 til 1,25\\xa0mio.\\xa0kr')
        """
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        ends = (self._as_money("", value, currency) for value in (low, high))
        return Interval(self._two_amounts(low, high, currency), *ends)

    def money_ends(self, low: float, high: float, currency: str, signed: bool = False) -> tuple[Number, Number]:
        """Two amounts for a sentence that names each, in one unit.

        >>> Amounts("da").money_ends(-43_700, 1_520_000, "DKK"), Amounts("nb").money_ends(8_260_000, 10_000_000, "NOK", signed=True)
        (('−43.700\xa0kr', '1.520.000\xa0kr'), ('+8,26\xa0mill.\xa0kr', '+10,00\xa0mill.\xa0kr'))
        """
        if not (math.isfinite(low) and math.isfinite(high)):
            return self.money(low, currency, signed), self.money(high, currency, signed)
        first, last = ("".join(one) for one in self._amounts(low, high, signed))
        return (
            self._as_money(self.with_currency(first, currency), low, currency),
            self._as_money(self.with_currency(last, currency), high, currency),
        )

    def one_of(self, currency: str) -> str:
        """One unit of a currency in a sentence: outside English a krone and a euro by their names, else "1" with the currency.

        >>> Amounts("da").one_of("DKK"), Amounts("nb").one_of("NOK"), Amounts("da").one_of("EUR"), Amounts("en").one_of("DKK")
        ('krone', 'krone', 'euro', 'DKK\\xa01')
        """
        return {"kr": "krone", "€": "euro"}.get(str(self.currency(currency))) or self.with_currency("1", currency)

    def _as_money(self, text: str, value: float, currency: str) -> Number:
        return Number(text, value, "money", self.currency(currency))

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

        >>> Amounts("en").short_money(1_500_000), Amounts("da").short_money(1_500_000), Amounts("da").short_money(-20_000)
        ('1.5M', '1,5\\xa0mio.', '−20.000')
        """
        for limit, letter in FORMS[self.language].short:
            if abs(value) >= limit * 0.9995:
                return self.number(value / limit) + letter
        return self.number(value)

    def between(self, low: str, high: str) -> str:
        """An interval in words; of two amounts in one unit.

        >>> danish = Amounts("da")
        >>> danish.between(danish.money(-43_700, "DKK"), danish.money(1_520_000, "DKK"))
        '−43.700 til 1.520.000\xa0kr'
        """
        ends = [one for one in (low, high) if isinstance(one, Number) and one.kind == "money"]
        if low != high and len(ends) == 2 and all(one == self.money(one.value, one.currency) for one in ends):
            return self.money_between(ends[0].value, ends[1].value, ends[0].currency)
        return super().between(low, high)
