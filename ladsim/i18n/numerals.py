"""Numbers as a reader of a language wants them: rounded to what they can bear, with thousands apart, units and a real minus sign.

In: floats. Out: text. Three significant digits are enough for anything that comes out of a few hundred futures; what is not a
number is shown as a dash. Marks, names of currencies and of months are those of the Unicode CLDR, through Babel; English, which
writes "DKK 1.23 million", needs no Babel.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from babel import Locale

DASH = "–"
MINUS = "−"
SPACE = "\u00a0"


class Form(NamedTuple):
    """What a language does its own way."""

    million: str
    billion: str
    short: tuple[tuple[float, str], ...]  # on an axis: from how much on, and the letter behind it
    amount: str  # where the currency stands
    own_currency: str = ""  # its own krone, which is called kr
    to: str = "to"
    month: str = "month"
    from_: str = "from"


FORMS: dict[str, Form] = {
    "en": Form("million", "billion", ((1e9, "bn"), (1e6, "M"), (1e3, "k")), "{currency} {number}"),
    "da": Form(
        "mio.", "mia.", ((1e9, f"{SPACE}mia."), (1e6, f"{SPACE}mio.")), "{number} {currency}", "DKK", "til", "måned", "fra"
    ),
    "nb": Form(
        "mill.", "mrd.", ((1e9, f"{SPACE}mrd."), (1e6, f"{SPACE}mill.")), "{number} {currency}", "NOK", "til", "måned", "fra"
    ),
}


@cache
def babel_locale(language: str) -> Locale:
    """Babel's knowledge of a language."""
    from babel import Locale

    return Locale.parse(language)


@cache
def _marks(language: str) -> dict[int, str]:
    """From the marks of English to those of the language."""
    if language == "en":
        return {}
    symbols = babel_locale(language).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


def digits_of(language: str, value: float, digits: int = 3) -> str:
    """`value` rounded to significant digits.

    >>> digits_of("en", 1234.5), digits_of("da", 1234.5), digits_of("nb", 1234.5), digits_of("da", 0.012345)
    ('1,230', '1.230', '1\\xa0230', '0,0123')
    """
    value = float(value)
    if not math.isfinite(value):
        return DASH if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = f"{abs(rounded):,.{max(0, min(places, 9))}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if rounded < 0 else "") + marked(language, text)


def marked(language: str, english: str) -> str:
    """A number written with English marks, with those of the language.

    >>> marked("da", "12,345.60"), marked("nb", "12,345.60")
    ('12.345,60', '12\\xa0345,60')
    """
    return english.translate(_marks(language))


def currency_name(language: str, currency: str) -> str:
    """What a currency is called: its code in English, elsewhere kr for one's own, else the sign that the language has for it.

    >>> currency_name("en", "DKK"), currency_name("da", "DKK"), currency_name("nb", "DKK"), currency_name("nb", "EUR")
    ('DKK', 'kr', 'DKK', '€')
    """
    if language == "en":
        return currency
    if currency == FORMS[language].own_currency:
        return "kr"
    return str(babel_locale(language).currency_symbols.get(currency, currency))
