"""Discount: a share off each order, for members, or for everybody on certain rungs; between two dates.

Members get `discount_share` off what an order costs after the discounts of the programmes before this one in the file. Orders of less
than `min_order`, before anything is taken off, have none of it, and no more than `max_amount` comes off one order; both are VAT in, as
the customer sees them. With `to` nobody joins: who stands on one of those rungs has it, and counts as a member, until leaving them. At
`to_month` it is over for all. What a discount does to orders is said by `factors` of its members: the price of those orders alone changes
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.number_types import Amount, Month, Name, Positive, Share
from ladsim.scenario.programs.record import Program, missing
from ladsim.scenario.programs.rulebook import access, layout, membership
from ladsim.scenario.programs.within_reach import all_or_nothing, too_dear
from ladsim.scenario.references import unknown

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = ("discount_share", "by_rung", "min_order", "max_amount")
SHARE, BY_RUNG, MIN_ORDER, MAX_AMOUNT = range(4)


class Discount(Program):
    """A share off each order, for members, or for everybody on certain rungs."""

    is_alone: ClassVar[bool] = True
    ends_by_date: ClassVar[bool] = True

    kind: Literal["discount"]
    discount_share: Share = Field(0.0, description="share off an order of members")
    to: tuple[Name, ...] | None = Field(None, description="rungs on which everybody has it, without joining")
    min_order: Amount = Field(0.0, description="orders of less, before anything is taken off, have none; VAT in")
    max_amount: Positive | None = Field(None, description="most that comes off one order, VAT in")
    to_month: Month | None = Field(None, description="month at which it ends; without one it lasts to the horizon")

    @property
    def must_be_joined(self) -> bool:
        return self.to is None

    @property
    def everybody_joins(self) -> bool:
        return self.to is not None

    @property
    def rungs(self) -> tuple[str, ...] | None:
        return self.to or super().rungs

    @property
    def end(self) -> float | None:
        return self.to_month

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """Whether it goes by rung."""
        return super().numbers(scenario) | {"by_rung": float(self.to is not None)}

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """No share, rungs that are none, an end before its beginning."""
        yield from missing(place, self, "discount_share", "0.05 is 5 % of an order")
        names = [rung.name for rung in scenario.rungs]
        for name in self.to or ():
            if name not in names:
                yield unknown(f"{place}.to", name, names, "rungs")
        if self.to == ():
            yield Problem(f"{place}.to", "an empty list", "must name at least one of the rungs, or be left out")
        if self.to is not None and self.joins.model_fields_set:
            yield Problem(place, "to and joins", "must give only one of them: with `to` everybody on those rungs has it")
        if self.to_month is not None and self.to_month <= self.from_month:
            yield Problem(f"{place}.to_month", f"{self.to_month:g}", f"must be after from_month ({self.from_month:g})")

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """All or nothing given; rungs where nobody orders."""
        if self.max_amount is None or never(self.discount_share):
            yield from all_or_nothing(f"{place}.discount_share", self.discount_share, "comes off: these orders are free")
        yield from too_dear(scenario, f"{place}.min_order", self.min_order, "is lowered")
        ordering = {rung.name for rung in scenario.rungs if ends(rung.orders_per_month)[1] > 0.0}
        ordering |= {step.to for step in scenario.steps if step.is_order}
        for name in self.to or ():
            if name not in ordering:
                yield Problem(f"{place}.to", f"{name!r}, where nobody orders", "there is nothing to take it off")


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Note when it will be over."""
    m = access.market(address)
    access.member(m, row, place).due = access.program(m, place).ends
    return 0.0


@hook
def on_enter(address, row, place, t, origin):  # type: ignore[no-untyped-def]
    """Where it goes by rung, who stands on another one no longer has it."""
    m = access.market(address)
    own = access.member(m, row, place)
    is_for = access.number(m, place, BY_RUNG) == 0.0 or access.joining(m, place, access.head(m, row).rung).probability > 0.0
    if own.level > 0 and not is_for:
        membership.set_level(m, row, place, t, 0)
        own.due = layout.NEVER
    return 0.0


@hook
def discount_of(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What comes off."""
    m = access.market(address)
    if access.member(m, row, place).level == 0:
        return 0.0
    return membership.off_order(m, place, paid, SHARE, MIN_ORDER, MAX_AMOUNT)


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """It is over."""
    membership.set_level(access.market(address), row, place, t, 0)
    return 0.0
