"""Numbers as a reader wants them: rounded to what they can bear, with thousands separators, units and a real minus sign.

In: floats. Out: text. Three significant digits are enough for anything that comes out of a few hundred futures; what is not a
number is shown as a dash.

>>> people(12_345.6), money(-1_234_567, "DKK"), percent(0.1234), month(7.2)
('12,300', 'DKK\\xa0−1.23\\xa0million', '12\\xa0%', 'month\\xa07.2')
"""

from __future__ import annotations

import math

DASH = "–"
MINUS = "−"
SPACE = "\u00a0"


def number(value: float, digits: int = 3) -> str:
    """`value` rounded to significant digits.

    >>> number(1234.5), number(0.012345), number(-5), number(float("nan")), number(0)
    ('1,230', '0.0123', '−5', '–', '0')
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
    return (MINUS if rounded < 0 else "") + text


def people(value: float) -> str:
    """A count of people, orders or messages: whole numbers up to 1,000, three digits beyond."""
    value = float(value)
    if math.isfinite(value) and abs(value) < 1000:
        if 0 < abs(value) < 10:
            return number(round(value, 1))
        return (MINUS if round(value) < 0 else "") + f"{abs(round(value)):,}"
    return number(value)


def money(value: float, currency: str, signed: bool = False) -> str:
    """An amount with its currency; millions in words; with `signed`, a plus sign where it is positive."""
    value = float(value)
    if not math.isfinite(value):
        return number(value)
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    size = abs(value)
    for limit, word in ((1e9, "billion"), (1e6, "million")):
        if size >= limit * 0.9995:
            return f"{currency}{SPACE}{sign}{number(size / limit)}{SPACE}{word}"
    text = f"{size:,.2f}" if 0 < size < 100 else number(size)
    if text == "0.00":
        sign, text = "", "0"
    return f"{currency}{SPACE}{sign}{text}"


def money_between(low: float, high: float, currency: str) -> str:
    """Two amounts, the currency and "million" said once.

    >>> money_between(1_280_000, 1_620_000, "DKK"), money_between(-500, 20_000, "DKK"), money_between(float("nan"), 1, "DKK")
    ('DKK\xa01.28 to 1.62\xa0million', 'DKK\xa0−500 to 20,000', '')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first, last = money(low, currency), money(high, currency)
    if first == last:
        return first
    return f"{first.removesuffix(_word_of(last)) if _word_of(first) == _word_of(last) else first} to {last.removeprefix(currency + SPACE)}"


def _word_of(text: str) -> str:
    return next((SPACE + word for word in ("billion", "million") if text.endswith(word)), "")


def short_money(value: float, _: object = None) -> str:
    """An amount on an axis: 1.5M, 20k.

    >>> short_money(1_500_000), short_money(-20_000), short_money(0)
    ('1.5M', '−20k', '0')
    """
    for limit, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit * 0.9995:
            return number(value / limit) + letter
    return number(value)


def percent(share: float, digits: int = 2) -> str:
    """A share as a percentage; never a rounded 0 % or 100 % where it is not exactly that.

    >>> percent(0.9996), percent(0.0003), percent(1), percent(-0.034)
    ('>99\\xa0%', '<1\\xa0%', '100\\xa0%', '−3.4\\xa0%')
    """
    share = float(share)
    if not math.isfinite(share):
        return number(share)
    if 0.99 < share < 1:
        return f"{'99' if share <= 0.995 else '>99'}{SPACE}%"
    if 0 < share < 0.005 and digits <= 2:
        return f"<1{SPACE}%"
    return f"{number(100 * share, digits)}{SPACE}%"


def month(value: float) -> str:
    """A month of the study."""
    return f"month{SPACE}{number(value)}" if math.isfinite(float(value)) else DASH


def between(low: str, high: str) -> str:
    """An interval in words.

    >>> between("3", "5")
    '3 to 5'
    """
    return low if low == high else f"{low} to {high}"
