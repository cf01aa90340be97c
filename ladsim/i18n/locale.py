"""One object that speaks a language: texts, numbers, percents, money, dates.

In: keys and values. Out: text as a reader of that language expects it, which still knows its numbers (``written``).

>>> import datetime
>>> english, danish, norwegian = (Locale(language) for language in ("en", "da", "nb"))
>>> danish.money(1_243_000, "DKK"), norwegian.money(1_243_000, "NOK"), english.money(1_243_000, "DKK")
('1,24\\xa0mio.\\xa0kr', '1,24\\xa0mill.\\xa0kr', 'DKK\\xa01.24\\xa0million')
>>> danish.percent(0.125, 3), norwegian.number(12_345.6), danish.date(datetime.date(2026, 3, 1)), english.month(7)
('12,5\\xa0%', '12\\xa0300', '1. marts 2026', 'month\\xa07')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ladsim.i18n import catalogue, numerals
from ladsim.i18n.amounts import Amounts
from ladsim.i18n.dates import Dates


@dataclass(frozen=True)
class Locale(Amounts, Dates):
    """A language: "en", "da" or "nb". Its texts are here, its numbers in ``numbers``, money in ``amounts``, days and months in ``dates``."""

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

    def listed(self, items: list[str]) -> str:
        """Several things in one breath.

        >>> Locale("en").listed(["a", "b", "c"]), Locale("nb").listed(["a", "b", "c"]), Locale("da").listed(["a"])
        ('a, b, and c', 'a, b og c', 'a')
        """
        from babel.lists import format_list

        return str(format_list(items, locale=numerals.babel_locale(self.language)))


ENGLISH = Locale("en")
