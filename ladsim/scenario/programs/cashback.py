"""Cashback: a share of what is paid comes back, as credit on the next order or paid out at a minimum balance.

An order gives `cashback_share` of what was paid for it (after discounts and credit, VAT taken out). Without `minimum_balance` the
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
from ladsim.scenario.programs.within_reach import all_or_nothing, most_orders, most_spend, unsent

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = (
    "cashback_share", "minimum_balance", "payout_probability", "inactive_months", "statement_every_months", "statement_cost",
    "goal_gradient", "goal_gradient_power", "perceived_value",
)  # fmt: skip
SHARE, MINIMUM, PAYS_OUT, EXPIRES, STATEMENTS, STATEMENT_COST, GRADIENT, POWER, VALUE = range(9)
IN_MONEY = True
# Remembered where there are statements, since the member's one date serves both: when the balance expires, when the next one comes.
BALANCE_ENDS, NEXT_STATEMENT = range(2)


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
        yield from all_or_nothing(f"{place}.cashback_share", self.cashback_share, "comes back: whoever returns has paid nothing")
        if self.perceived_value is not None and never(self.goal_gradient):
            yield Problem(f"{place}.perceived_value", "a value without goal_gradient", "it changes nothing")
        most = ends(self.cashback_share)[1] * most_spend(scenario) * most_orders(scenario, scenario.months)
        if self.minimum_balance is not None and ends(self.minimum_balance)[0] > most > 0.0:
            allowed = f"hardly anything is ever paid out: even a busy customer has less than {most:,.4g}"
            yield Problem(f"{place}.minimum_balance", f"{ends(self.minimum_balance)[0]:g}", allowed)
        kept = self.inactive_months
        if kept is not None and ends(kept)[1] * DAYS_PER_MONTH < 1.0:
            yield Problem(f"{place}.inactive_months", f"{ends(kept)[1]:g}", "the balance expires within a day of the order")


def memory(numbers: Mapping[str, float]) -> int:
    """Two dates where there are statements; the balance as the customer sees it, where it must reach a minimum."""
    return (2 if numbers["statement_every_months"] else 0) + (1 if numbers["minimum_balance"] else 0)


@rule
def visible_balance(m, place):  # type: ignore[no-untyped-def]
    """Where the balance as the customer sees it, VAT in, is remembered."""
    return NEXT_STATEMENT + 1 if access.number(m, place, STATEMENTS) > 0.0 else 0


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
    visible = visible_balance(m, place)
    if access.memory(m, row, place, visible) >= money.units(m, minimum) and takes(m, row, place):
        money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -own.balance, t)
        redeem(m, row, place, t, own.balance)
        access.set_memory(m, row, place, visible, 0)


@rule
def pull(m, row, place):  # type: ignore[no-untyped-def]
    """What progress towards a payout makes of the rate of orders."""
    pressure, minimum = access.number(m, place, GRADIENT), access.number(m, place, MINIMUM)
    if pressure == 0.0:
        return
    if access.number(m, place, VALUE) > 0.0:
        pressure *= access.number(m, place, VALUE) / minimum
    held = access.memory(m, row, place, visible_balance(m, place))
    goal = max(money.units(m, minimum), np.int64(1))
    access.member(m, row, place).orders = (
        gradient.pulled(pressure, access.number(m, place, POWER), held, goal) if held > 0 else 1.0
    )


@rule
def has_statements(m, place):  # type: ignore[no-untyped-def]
    """Whether members are told of their balance now and then."""
    return access.number(m, place, STATEMENTS) > 0.0


@rule
def set_expiry(m, row, place, t):  # type: ignore[no-untyped-def]
    """From when on the balance is gone: so long after the order at `t`."""
    date = t + membership.span(access.number(m, place, EXPIRES))
    if has_statements(m, place):
        access.set_memory(m, row, place, BALANCE_ENDS, date)
        date = min(date, access.memory(m, row, place, NEXT_STATEMENT))
    access.member(m, row, place).due = date


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
    if has_statements(m, place):
        access.set_memory(m, row, place, BALANCE_ENDS, layout.NEVER)
        first = t + membership.span(access.number(m, place, STATEMENTS))
        access.set_memory(m, row, place, NEXT_STATEMENT, first)
        access.member(m, row, place).due = first
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
    back = money.whole(access.number(m, place, SHARE) * paid)
    if back > 0:
        membership.add_points(m, row, place, t, layout.M_ISSUED, back)
    if access.number(m, place, MINIMUM) > 0.0:
        visible = visible_balance(m, place)
        added = money.seen(m, access.number(m, place, SHARE) * paid)
        access.set_memory(m, row, place, visible, access.memory(m, row, place, visible) + added)
    pay_out(m, row, place, t)
    pull(m, row, place)
    if access.number(m, place, EXPIRES) > 0.0:
        set_expiry(m, row, place, t)
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
    own.due = layout.NEVER
    if not has_statements(m, place) or access.memory(m, row, place, BALANCE_ENDS) <= t:
        if own.balance > 0:
            membership.add_points(m, row, place, t, layout.M_EXPIRED, own.balance)
        if access.number(m, place, MINIMUM) > 0.0:
            access.set_memory(m, row, place, visible_balance(m, place), 0)
        if has_statements(m, place):
            access.set_memory(m, row, place, BALANCE_ENDS, layout.NEVER)
    if has_statements(m, place):
        if access.memory(m, row, place, NEXT_STATEMENT) <= t:
            access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(access.number(m, place, STATEMENTS)))
            state(m, row, place, t)
        own.due = min(access.memory(m, row, place, BALANCE_ENDS), access.memory(m, row, place, NEXT_STATEMENT))
    pull(m, row, place)
    return 0.0
