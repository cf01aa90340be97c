"""Cashback: a share of what is paid comes back, as credit on the next order or paid out at a minimum balance.

An order gives `cashback_share` of what was paid for it (after discounts and credit, VAT taken out), at most `max_amount`. One of less
than `min_order` (what is left to pay after discounts) gives nothing, and no member is given more than `max_per_month` in a month and
`max_per_year` in months 1 to 12, 13 to 24 and so on; all of these are VAT in. What reaches a limit is given up to it. Without `minimum_balance` the
balance is taken off the next order after all discounts, up to what that costs; it is booked as a discount. With one, the whole balance is paid out
after the order that brings it there, and is a cost; the minimum is VAT in, as the customer sees it, and so is what is compared with
it. Either happens with `payout_probability`, else the balance stays for the next order. With `inactive_months` there is one
date for the whole balance: so long after the member's last order it expires. Who never returns costs nothing: what is never redeemed
is breakage, what still may be is the liability. In amount units

    issued = redeemed + expired + outstanding.

Orders come faster towards a payout: their rate is multiplied by 1 + κ·v·progress^γ (``gradient``), κ `goal_gradient`, γ
`goal_gradient_power`, progress the balance over `minimum_balance`, v what that is worth to members over what it is, `perceived_value` /
`minimum_balance`.

Every `statement_every_months` after joining a member with a balance is told of it: a contact, which costs `statement_cost`, and, where
the minimum is reached, one more chance to be paid out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.number_types import DAYS_PER_MONTH, Amount, Every, Positive, Rate, Share
from ladsim.scenario.programs import gradient
from ladsim.scenario.programs.record import Program, missing
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np, streams
from ladsim.scenario.programs.within_reach import YEAR, all_or_nothing, most_orders, most_spend, nested_limits, too_dear, unsent

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = (
    "cashback_share", "minimum_balance", "payout_probability", "inactive_months", "statement_every_months", "statement_cost",
    "goal_gradient", "goal_gradient_power", "perceived_value", "min_order", "max_amount", "max_per_month", "max_per_year",
)  # fmt: skip
SHARE, MINIMUM, PAYS_OUT, EXPIRES, STATEMENTS, STATEMENT_COST, GRADIENT, POWER, VALUE = range(9)
MIN_ORDER, MAX_AMOUNT, PER_MONTH, PER_YEAR = range(9, 13)
IN_MONEY = True
# What is remembered: the last order, as long as the balance is kept, and when the next statement comes; where there is a minimum the
# balance as the customer sees it; where there are limits in time the month in which something was given last, and how much in that month
# and in its year, as the customer sees it.
LAST_ORDER, NEXT_STATEMENT, VISIBLE = range(3)
MONTH, IN_MONTH, IN_YEAR, OF_LIMITS = range(4)
_NONE = -1  # no order yet, or none whose balance is kept


class Cashback(Program):
    """A share of what is paid comes back, as credit on the next order or paid out at a minimum balance."""

    is_alone: ClassVar[bool] = True
    loses_levels: ClassVar[bool] = False
    moving: ClassVar[frozenset[str]] = frozenset({"goal_gradient"})

    kind: Literal["cashback"]
    inactive_months: Positive | None = Field(None, description="the balance expires so long after the last order")
    statement_every_months: Every | None = Field(
        None, description="members are told of their balance; one that reaches the minimum may be paid out"
    )
    statement_cost: Amount = Field(0.0, description="of a statement")
    cashback_share: Share = Field(0.0, description="share of what is paid that comes back")
    min_order: Amount = Field(0.0, description="orders of less give nothing back; VAT in, after discounts")
    max_amount: Positive | None = Field(None, description="most that one order gives back, VAT in")
    max_per_month: Positive | None = Field(None, description="most that a member is given in a month, VAT in")
    max_per_year: Positive | None = Field(
        None, description="most that a member is given in months 1 to 12, 13 to 24 and so on, VAT in"
    )
    minimum_balance: Positive | None = Field(
        None, description="paid out from this balance on; without it the balance is credit on the next order"
    )
    payout_probability: Share = Field(1.0, description="chance, each time it could be, that the balance is paid out or taken off")

    goal_gradient: Rate = Field(0.0, description="κ of the order rate × (1 + κ·progress^γ), progress towards `minimum_balance`")
    goal_gradient_power: Positive = Field(1.0, description="γ")
    perceived_value: Positive | None = Field(
        None,
        description="what a payout of `minimum_balance` is worth to members; κ is multiplied by it over that; default: as much",
    )

    @property
    def limits(self) -> bool:
        """Whether anything limits what an order gives back."""
        return any(limit is not None for limit in (self.max_amount, self.max_per_month, self.max_per_year))

    @property
    def highest_pull(self) -> float:
        return gradient.highest(self.goal_gradient, self.perceived_value, self.minimum_balance or 0.0)

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """No share, or one that nobody ever gets."""
        yield from missing(place, self, "cashback_share", "0.05 is 5 % of an order")
        if ends(self.payout_probability)[1] == 0.0:
            yield Problem(f"{place}.payout_probability", "0", "must be above 0: nobody would ever get anything back")
        for key in ("goal_gradient", "goal_gradient_power", "perceived_value"):
            if key in self.model_fields_set and self.minimum_balance is None:
                yield Problem(f"{place}.{key}", "no minimum_balance", "must have it: it is what members save up for")

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Statements that are never sent; all or nothing given; a balance that nobody reaches, or keeps."""
        yield from unsent(place, self.statement_every_months, self.statement_cost)
        if never(self.cashback_share) or not self.limits:
            yield from all_or_nothing(
                f"{place}.cashback_share", self.cashback_share, "comes back: whoever returns has paid nothing"
            )
        yield from too_dear(scenario, f"{place}.min_order", self.min_order, "gives anything back")
        yield from nested_limits(place, {key: getattr(self, key) for key in ("max_amount", "max_per_month", "max_per_year")})
        if self.perceived_value is not None and never(self.goal_gradient):
            yield Problem(f"{place}.perceived_value", "a value without goal_gradient", "it changes nothing")
        most = min(
            ends(self.cashback_share)[1] * most_spend(scenario) * most_orders(scenario, scenario.months),
            ends(self.max_amount or math.inf)[1] * most_orders(scenario, scenario.months),
            ends(self.max_per_month or math.inf)[1] * math.ceil(scenario.months),
            ends(self.max_per_year or math.inf)[1] * math.ceil(scenario.months / YEAR),
        )
        if self.minimum_balance is not None and ends(self.minimum_balance)[0] > most > 0.0:
            allowed = f"hardly anything is ever paid out: even a very active customer has less than {most:,.4g}"
            yield Problem(f"{place}.minimum_balance", f"{ends(self.minimum_balance)[0]:g}", allowed)
        kept = self.inactive_months
        if kept is not None and ends(kept)[1] * DAYS_PER_MONTH < 1.0:
            yield Problem(f"{place}.inactive_months", f"{ends(kept)[1]:g}", "the balance expires within a day of the order")


def memory(numbers: Mapping[str, float]) -> int:
    """Two dates; the balance as the customer sees it, where it must reach a minimum; what was given, where that is limited in time."""
    has_limits = numbers.get("max_per_month") or numbers.get("max_per_year")
    return VISIBLE + (1 if numbers["minimum_balance"] else 0) + (OF_LIMITS if has_limits else 0)


@rule
def given_in(m, row, place, t, what):  # type: ignore[no-untyped-def]
    """What a member has been given in the month, or in the year, that holds `t`, as it sees it."""
    first = VISIBLE + 1 if access.number(m, place, MINIMUM) > 0.0 else VISIBLE
    last, now = access.memory(m, row, place, first + MONTH), money.month_of(t)
    is_same = last == now if what == IN_MONTH else membership.year_of(last) == membership.year_of(now)
    return access.memory(m, row, place, first + what) if is_same else np.int64(0)


@rule
def allowance(m, row, place, t):  # type: ignore[no-untyped-def]
    """The most that an order at `t` may give back, as the customer sees it."""
    most = np.int64(layout.MOST_MONEY)
    if access.number(m, place, MAX_AMOUNT) > 0.0:
        most = min(most, money.units(m, access.number(m, place, MAX_AMOUNT)))
    if access.number(m, place, PER_MONTH) > 0.0:
        most = min(most, money.units(m, access.number(m, place, PER_MONTH)) - given_in(m, row, place, t, IN_MONTH))
    if access.number(m, place, PER_YEAR) > 0.0:
        most = min(most, money.units(m, access.number(m, place, PER_YEAR)) - given_in(m, row, place, t, IN_YEAR))
    return max(most, np.int64(0))


@rule
def count_given(m, row, place, t, visible):  # type: ignore[no-untyped-def]
    """Remember what an order has given, where that is limited in time."""
    if access.number(m, place, PER_MONTH) > 0.0 or access.number(m, place, PER_YEAR) > 0.0:
        first = VISIBLE + 1 if access.number(m, place, MINIMUM) > 0.0 else VISIBLE
        in_month, in_year = given_in(m, row, place, t, IN_MONTH), given_in(m, row, place, t, IN_YEAR)
        access.set_memory(m, row, place, first + MONTH, money.month_of(t))
        access.set_memory(m, row, place, first + IN_MONTH, in_month + visible)
        access.set_memory(m, row, place, first + IN_YEAR, in_year + visible)


@rule
def give_back(m, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Put on the balance what an order gives of `paid`, up to the limits there are."""
    if not membership.reaches(m, m.order_paid, access.number(m, place, MIN_ORDER)):
        return
    share = access.number(m, place, SHARE) * paid
    back, visible, most = money.whole(share), money.seen(m, share), allowance(m, row, place, t)
    if visible > most:
        back, visible = money.whole(np.float64(most) / (1.0 + m.vat)), most
    if back > 0:
        membership.add_points(m, row, place, t, layout.M_ISSUED, back)
    if access.number(m, place, MINIMUM) > 0.0:
        access.set_memory(m, row, place, VISIBLE, access.memory(m, row, place, VISIBLE) + visible)
    count_given(m, row, place, t, visible)


@rule
def takes(m, row, place):  # type: ignore[no-untyped-def]
    """Whether the member takes its balance this time."""
    own = access.member(m, row, place)
    number = np.uint64(own.number)
    own.number += 1
    u = streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, number, 0)
    return u < access.number(m, place, PAYS_OUT)


@rule
def redeem(m, row, place, t, amount):  # type: ignore[no-untyped-def]
    """Take an amount from the balance."""
    membership.add_points(m, row, place, t, layout.M_REDEEMED, amount)
    membership.count(m, place, t, layout.M_REWARDS, 1)


@rule
def pay_out(m, row, place, t):  # type: ignore[no-untyped-def]
    """Pay the whole balance out, if it has reached the minimum and the member takes it."""
    own = access.member(m, row, place)
    minimum = access.number(m, place, MINIMUM)
    if minimum == 0.0 or own.balance == 0:
        return
    if access.memory(m, row, place, VISIBLE) >= money.units(m, minimum) and takes(m, row, place):
        money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -own.balance, t)
        redeem(m, row, place, t, own.balance)
        access.set_memory(m, row, place, VISIBLE, 0)


@rule
def pull(m, row, place):  # type: ignore[no-untyped-def]
    """What progress towards a payout makes of the rate of orders."""
    pressure, minimum = access.number(m, place, GRADIENT), access.number(m, place, MINIMUM)
    if pressure == 0.0:
        access.member(m, row, place).orders = 1.0  # it may have pulled before a change of course
        return
    if access.number(m, place, VALUE) > 0.0:
        pressure *= access.number(m, place, VALUE) / minimum
    held = access.memory(m, row, place, VISIBLE)
    goal = max(money.units(m, minimum), np.int64(1))
    access.member(m, row, place).orders = (
        gradient.pulled(pressure, access.number(m, place, POWER), held, goal) if held > 0 else 1.0
    )


@rule
def end_of_balance(m, row, place):  # type: ignore[no-untyped-def]
    """When the balance expires: so long after the last order."""
    last = access.memory(m, row, place, LAST_ORDER)
    if access.number(m, place, EXPIRES) == 0.0 or last == _NONE:
        return np.int64(layout.NEVER)
    return last + membership.span(access.number(m, place, EXPIRES))


@rule
def set_date(m, row, place):  # type: ignore[no-untyped-def]
    """The member's next date: the end of its balance, or a statement."""
    access.member(m, row, place).due = min(end_of_balance(m, row, place), access.memory(m, row, place, NEXT_STATEMENT))


@rule
def state(m, row, place, t):  # type: ignore[no-untyped-def]
    """Tell a member with a balance of it; it may be paid out."""
    if access.member(m, row, place).balance > 0:
        membership.contact(m, row, place, t, access.number(m, place, STATEMENT_COST))
        pay_out(m, row, place, t)


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The first statement is a period away."""
    m = access.market(address)
    every = access.number(m, place, STATEMENTS)
    access.set_memory(m, row, place, LAST_ORDER, _NONE)
    access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(every) if every > 0.0 else layout.NEVER)
    set_date(m, row, place)
    return 0.0


@hook
def credit_of(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Credit of former orders, up to what this one costs."""
    m = access.market(address)
    own = access.member(m, row, place)
    credit = min(own.balance, money.whole(paid))
    if access.number(m, place, MINIMUM) > 0.0 or own.level == 0 or credit <= 0 or not takes(m, row, place):
        return 0.0
    redeem(m, row, place, t, credit)
    return np.float64(credit)


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What this order gives back, and the payout once there is enough."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    give_back(m, row, place, t, paid)
    pay_out(m, row, place, t)
    pull(m, row, place)
    access.set_memory(m, row, place, LAST_ORDER, t)
    set_date(m, row, place)
    return 0.0


@hook
def on_return(address, row, place, t, back):  # type: ignore[no-untyped-def]
    """Credit goes back with the part of the order that comes back."""
    m = access.market(address)
    if back > 0.0:
        membership.add_points(m, row, place, t, layout.M_REDEEMED, -np.int64(back))
    return 0.0


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Too long without an order: the balance expires; then a statement, if this is its date."""
    m = access.market(address)
    own = access.member(m, row, place)
    if end_of_balance(m, row, place) <= t:
        if own.balance > 0:
            membership.add_points(m, row, place, t, layout.M_EXPIRED, own.balance)
        if access.number(m, place, MINIMUM) > 0.0:
            access.set_memory(m, row, place, VISIBLE, 0)
        access.set_memory(m, row, place, LAST_ORDER, _NONE)
    if access.memory(m, row, place, NEXT_STATEMENT) <= t:
        access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(access.number(m, place, STATEMENTS)))
        state(m, row, place, t)
    set_date(m, row, place)
    pull(m, row, place)
    return 0.0


@hook
def on_terms(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Other terms: dates to come, and the pull, go by them."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level > 0:
        every = access.number(m, place, STATEMENTS)
        following = membership.next_of_every(own.since, every, t) if every > 0.0 else np.int64(layout.NEVER)
        access.set_memory(m, row, place, NEXT_STATEMENT, following)
        set_date(m, row, place)
        own.due = max(np.int64(own.due), t)
        pull(m, row, place)
    return 0.0
