"""What was read of a source, and what was not: rows, period, how columns, dates and amounts were understood, what was dropped and why.

In: facts, each the name of a text of ``i18n/data.LANGUAGE.toml`` with its values. Out: the lines of the report, in a language. No cell
of a column of customers is ever in it. To tell something else: a text there, and ``told``, ``dropped`` or ``odd`` where it is found.

>>> from ladsim.i18n import ENGLISH
>>> report = DataReport("sales.csv", "transactions").told("rows", n=3).dropped("no_customer", n=1)
>>> print("\\n".join(report.lines(ENGLISH)))
sales.csv: transactions
  3 rows read
  Dropped: 1 row without a customer
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from ladsim.errors import without_control
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose

Fact = tuple[str, tuple[tuple[str, object], ...]]
MOST_SHOWN = 60  # characters of what comes from a file


@dataclass(frozen=True)
class DataReport:
    """What is to be told of a source."""

    file: str  # its name, or a database's URL without its password
    kind: str  # transactions, stages, deals, referrals, survey, contacts or subscriptions
    facts: tuple[Fact, ...] = ()  # how it was read: (name of a text, its values)
    left: tuple[Fact, ...] = ()  # rows that were dropped or put together, each kind of them with their number `n`
    oddities: tuple[Fact, ...] = ()  # what was kept and should be looked at

    def told(self, key: str, **values: object) -> DataReport:
        """The same, with one more fact about how the source was read; none where the number `n` is 0."""
        return self if values.get("n") == 0 else replace(self, facts=(*self.facts, (key, tuple(values.items()))))

    def dropped(self, key: str, **values: object) -> DataReport:
        """The same, with one more kind of rows that were dropped or put together; none where the number `n` is 0."""
        if values.get("n") == 0:
            return self
        before = next((dict(said) for other, said in self.left if other == key), None)
        if before is not None and before | {"n": 0} == values | {"n": 0}:  # more rows of that kind
            values = values | {"n": int(str(before["n"])) + int(str(values["n"]))}
            return replace(
                self, left=tuple((other, tuple(values.items()) if other == key else said) for other, said in self.left)
            )
        return replace(self, left=(*self.left, (key, tuple(values.items()))))

    def odd(self, key: str, **values: object) -> DataReport:
        """The same, with one more thing that was kept and should be looked at; none where the number `n` is 0."""
        return self if values.get("n") == 0 else replace(self, oddities=(*self.oddities, (key, tuple(values.items()))))

    def value(self, key: str, name: str = "n") -> object:
        """A value of the fact of this name; None where there is no such fact."""
        for fact, values in (*self.facts, *self.left, *self.oddities):
            if fact == key:
                return dict(values).get(name)
        return None

    def lines(self, locale: Locale) -> list[str]:
        """The report in words."""
        said = [locale.text("data.title", file=self.file, kind=locale.text(f"data.kind_{self.kind}"))]
        said += [f"  {_said(locale, fact)}" for fact in self.facts]
        for heading, facts in (("dropped", self.left), ("look_at", self.oddities)):
            words = locale.text(f"data.{heading}")
            said += [f"  {words} {_said(locale, fact)}" for fact in facts]
        return [without_control(loose(line)) for line in said]


def _said(locale: Locale, fact: Fact) -> str:
    """A fact in words: numbers and dates written out, what comes from a file cut short."""
    key, values = fact
    return locale.text(f"data.{key}", **{name: _written(locale, name, value) for name, value in values})


def _written(locale: Locale, name: str, value: object) -> object:
    if isinstance(value, int):
        return locale.whole(value)
    if isinstance(value, float):
        return locale.percent(value) if name == "share" else locale.number(value, 6)
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = " ".join(str(value).split())
    if name in ("role", "name", "why") and locale.has(f"data.{name}_{text}"):
        return locale.text(f"data.{name}_{text}")
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
