"""A number in words that still knows its value: a page shows the text, a spreadsheet gets the number.

In: a text and what was rounded for it. Out: a string like any other. What is cut out of it, or put together with other text, is plain
text again; ``saying`` gives the same number another text.

>>> price = Number("1,24 mio. kr", 1_243_000.0, "money", "kr")
>>> price, price.value, (price + "!").__class__.__name__
('1,24 mio. kr', 1243000.0, 'str')
"""

from __future__ import annotations

from typing import Self


class Number(str):
    """One number: its `value`, its `kind` ("number", "people", "money", "share" or "month"), and of money the `currency` in words."""

    value: float
    kind: str
    currency: str

    def __new__(cls, text: str, value: float = float("nan"), kind: str = "number", currency: str = "") -> Self:
        made = super().__new__(cls, text)
        made.value, made.kind, made.currency = float(value), kind, currency
        return made

    def saying(self, text: str) -> Number:
        """The same number in other words."""
        return Number(text, self.value, self.kind, self.currency)


class Interval(str):
    """Two numbers, from `low` to `high`."""

    low: Number
    high: Number

    def __new__(cls, text: str, low: Number | None = None, high: Number | None = None) -> Self:
        made = super().__new__(cls, text)
        made.low, made.high = (Number("") if one is None else one for one in (low, high))
        return made

    def saying(self, text: str) -> Interval:
        """The same interval in other words."""
        return Interval(text, self.low, self.high)


class Several(str):
    """Several numbers or intervals in one text, in `parts`, each with what it is."""

    parts: tuple[tuple[str, str], ...]

    def __new__(cls, text: str, parts: tuple[tuple[str, str], ...] = ()) -> Self:
        made = super().__new__(cls, text)
        made.parts = parts
        return made


def saying(number: str, text: str) -> str:
    """`text`, which is what `number` is in other words, as far as it knows its value.

    >>> saying(Number("5", 5.0), "+5").value
    5.0
    """
    return number.saying(text) if isinstance(number, Number | Interval) else text
