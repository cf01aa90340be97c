"""The extra customer in words: what a strategy brings that would not have come anyway, and what that costs.

In: what ``planning.extra`` found. Out: cells of a table, and the box that answers "What does an extra customer cost?".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning.extra import Extra
from ladsim.planning.pairs import Estimate
from ladsim.reporting.page_model import Answer, Cell

MOST_OTHERS = 4  # other strategies in the box; all of them stand in the table


class ExtraWords:
    """One strategy's extra figures in the words of a language."""

    def __init__(self, extra: Extra, currency: str, locale: Locale) -> None:
        self.extra, self.currency, self.locale = extra, currency, locale

    def money(self, name: str) -> Cell:
        """An amount with its interval; where there is none, why."""
        return self._cell(name, lambda value: self.locale.money(value, self.currency), self._between_money)

    def people(self, name: str) -> Cell:
        """How many people more, with the interval."""
        return self._cell(name, self._people, lambda low, high: self.locale.between(self._people(low), self._people(high)))

    def why(self) -> str:
        """Why there is no cost per extra customer; empty where there is one."""
        return self.locale.text(f"extra.why_{self.extra.why}") if self.extra.why else ""

    def answer(self, label: str) -> Answer:
        """The box: what an extra customer costs, how many there are, what the extra money brings back."""
        found, locale = self.extra, self.locale
        price = found.cost_per_extra_customer
        short = locale.money(price.value, self.currency) if math.isfinite(price.value) else self.why()
        people = {name: _with_limits(self.people(name)) for name in ("extra_customers", "extra_new_customers")}
        details = [locale.text("extra.d_people", label=label, **people)]
        if math.isfinite(price.value):
            details.append(locale.text("extra.d_price", price=short, limits=self._between_money(price.low, price.high)))
        if math.isfinite(found.return_on_extra_money.value):
            details.append(
                locale.text(
                    "extra.d_back", unit=locale.one_of(self.currency), back=self.money("return_on_extra_money").text,
                    limits=self.money("return_on_extra_money").small, money=locale.money(found.extra_money.value, self.currency),
                )
            )  # fmt: skip
        return Answer(locale.text("extra.q_price"), short, tuple(details))

    def price(self, label: str) -> str:
        """What one more customer costs with a strategy, in few words, as one of a list."""
        cell = self.money("cost_per_extra_customer")
        return (
            f"{label} {_with_limits(cell)}"
            if math.isfinite(self.extra.cost_per_extra_customer.value)
            else f"{label}: {self.why()}"
        )

    def _people(self, value: float) -> str:
        """A change of a number of people, with its sign."""
        number = self.locale.people(value)
        return number.saying(("+" if value > 0.0 else "") + number)

    def _between_money(self, low: float, high: float) -> str:
        return self.locale.money_between(low, high, self.currency)

    def _cell(self, name: str, shown: Callable[[float], str], between: Callable[[float, float], str]) -> Cell:
        estimate: Estimate = getattr(self.extra, name)
        if not math.isfinite(estimate.value):
            return Cell(DASH, self.why())
        known = math.isfinite(estimate.low) and estimate.low != estimate.high
        return Cell(shown(estimate.value), between(estimate.low, estimate.high) if known else "")


def _with_limits(cell: Cell) -> str:
    """A number with its interval in brackets, where it has one."""
    return cell.text + (f" ({cell.small})" if cell.small else "")


def rows(found: Sequence[Extra | None], currency: str, locale: Locale) -> list[list[str | Cell]]:
    """Rows of a table of strategies side by side; a column without figures (the market as it is) has dashes."""
    told = [ExtraWords(one, currency, locale) if one is not None else None for one in found]

    def row(key: str, cell: Callable[[ExtraWords], Cell]) -> list[str | Cell]:
        unit = locale.one_of(currency)
        return [locale.text(f"extra.{key}", unit=unit), *(cell(one) if one is not None else Cell(DASH) for one in told)]

    return [
        row("row_money", lambda one: one.money("extra_money")),
        row("row_profit", lambda one: one.money("extra_profit")),
        row("row_customers", lambda one: one.people("extra_customers")),
        row("row_new", lambda one: one.people("extra_new_customers")),
        row("row_price", lambda one: one.money("cost_per_extra_customer")),
        row("row_price_new", lambda one: one.money("cost_per_extra_new_customer")),
        row("row_back", lambda one: one.money("return_on_extra_money")),
    ]


def prices(others: Mapping[str, ExtraWords], locale: Locale) -> str:
    """What one more customer costs with the other strategies, by label: the cheapest first, then those without a price; a few of them."""
    known = {label: one.extra.cost_per_extra_customer.value for label, one in others.items()}
    ranked = sorted(known, key=lambda label: math.inf if math.isnan(known[label]) else known[label])
    said = "; ".join(others[label].price(label) for label in ranked[:MOST_OTHERS])
    return locale.text("extra.d_others", others=said + ("; …" if len(ranked) > MOST_OTHERS else ""))


def payback_answer(found: Estimate, label: str, months: str, locale: Locale, more: Sequence[str] = ()) -> Answer:
    """The box that answers "When does it pay?": from when on a strategy has earned back its money, against the market without it."""
    month, low, high = found
    if math.isnan(month):
        short, key = locale.text("page.a_even_never", months=months), "never"
    elif month <= 0:
        short, key = locale.text("page.a_even_start"), "start"
    else:
        key = "open" if math.isnan(high) else "month"  # who may never earn it back does so perhaps
        short = locale.text("page.a_even_open" if key == "open" else "page.a_even", month=locale.month(month))
    ends = {"month": locale.month(month), "low": locale.month(low), "high": locale.month(high)}
    told = locale.text(f"page.d_payback_{key}", best=label, **ends)
    return Answer(locale.text("page.q_even"), short, (told, *more))
