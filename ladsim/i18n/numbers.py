"""Numbers and shares in a language: rounded, with its marks, and a share never 0 % or 100 % where it is not exactly that.

In: values. Out: text that still knows its number (``written``). ``Locale`` has all of this.

>>> danish = Numbers("da")
>>> danish.number(12_345.6), danish.whole(1234567), danish.people(4.26), danish.percent(0.125, 3)
('12.300', '1.234.567', '4,3', '12,5\\xa0%')
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ladsim.i18n import catalogue, numerals
from ladsim.i18n.numerals import FORMS, MINUS, SPACE
from ladsim.i18n.written import Interval, Number


@dataclass(frozen=True)
class Numbers:
    """Numbers in a language: "en", "da" or "nb"."""

    language: str = "en"

    def __post_init__(self) -> None:
        if self.language not in catalogue.LANGUAGES:
            raise ValueError(f"language: found {self.language!r}, must be one of {', '.join(catalogue.LANGUAGES)}")

    def number(self, value: float, digits: int = 3) -> Number:
        """`value` rounded to significant digits.

        >>> [Numbers(language).number(-1234.5) for language in ("en", "da", "nb")]
        ['−1,230', '−1.230', '−1\\xa0230']
        """
        return Number(numerals.digits_of(self.language, value, digits), value)

    def whole(self, value: float) -> Number:
        """A whole number to its last digit.

        >>> Numbers("da").whole(1234567)
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

    def percent(self, share: float, digits: int = 2) -> Number:
        """A share as a percentage; never a rounded 0 % or 100 % where it is not exactly that."""
        return Number(self._percent(float(share), digits), share, "share")

    def percent_beside(self, shares: Iterable[float]) -> Callable[[float], Number]:
        """How shares that stand in one row are told: all that are below 1 % by their digits where one of them is, else none.

        >>> row = (0.003, 0.0061, 0.2)
        >>> [Numbers("da").percent_beside(row)(share) for share in row], Numbers("da").percent_beside((0.003, 0.2))(0.003)
        (['0,3\xa0%', '0,61\xa0%', '20\xa0%'], '<1\xa0%')
        >>> Numbers("en").percent_beside(row)(1e-6)
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

    def between(self, low: str, high: str) -> str:
        """An interval in words.

        >>> Numbers("en").between("3", "5"), Numbers("da").between("3", "5"), Numbers("da").between("3", "3")
        ('3 to 5', '3 til 5', '3')
        >>> Numbers("en").between(Numbers("en").percent(0.002), Numbers("en").percent(0.0061))
        '0.2\xa0% to 0.61\xa0%'
        """
        if isinstance(low, Number) and isinstance(high, Number) and low == f"<1{SPACE}%" and high.kind == "share":
            low = self.percent_beside((low.value, high.value))(low.value)
        said = low if low == high else f"{low} {FORMS[self.language].to} {high}"
        return Interval(said, low, high) if isinstance(low, Number) and isinstance(high, Number) else said
