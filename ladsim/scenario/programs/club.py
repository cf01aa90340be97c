"""Club: a fee at joining and at every fee date; at each date a member renews, pauses, cancels, or its payment fails.

At a fee date the member wants to go on with `renewal_probability`; or with a chance of its own, where `renewal_beta` = [a, b] gives
the beta distribution of the chance *not* to renew. The share S(t) still there after t renewals is then B(a, b + t) / B(a, b)
(shifted beta-geometric; Fader & Hardie 2007). A share of the payments fails whatever the member wants; of them `recovered_share`
are paid `retry_days` later by those who want to go on, the others end the membership (`failed`). Who does not want to go on
pauses with `pause_share`, or leaves (`cancelled`): every member that left is one or the other. With a fee every m months

    share renewed = p · (1 − failed · (1 − recovered)).

A fee is paid in advance: it is earned over the months that it is for, and what is not yet earned is owed to the member
(``ladsim.model.prepaid``). A failed payment that is made later earns the days that are over at once; months free earn nothing.

A pause is a level of its own, without fee, cost and benefits; after `pause_months` the member is back and pays. Who stands off the
ladder keeps what is paid for, and cancels at the next date; with `refund_on_leaving` it cancels at once, and what is not yet earned
is paid back. Months free from another programme move the next fee date; until there
is one they are kept. Members pay fees with VAT in, like baskets; `cost_per_order` (free delivery) is a cost. With
`discount_share` members pay so much less, at most `max_amount` of one order. Orders of less than `min_order`, before anything is taken
off, have neither; both are VAT in, as the customer sees them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.key_paths import shown
from ladsim.scenario.number_types import DAYS_PER_MONTH, Amount, Every, Positive, Real, Share
from ladsim.scenario.programs.record import Level, Program
from ladsim.scenario.programs.rulebook import (
    access,
    hazards,
    layout,
    membership,
    money,
    np,
    prepaid,
    satisfaction,
    streams,
)
from ladsim.scenario.programs.within_reach import too_dear

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = (
    "fee", "fee_every_months", "renewal_probability", "renewal_beta_1", "renewal_beta_2", "failed_payment_share", "recovered_share",
    "retry_days", "pause_share", "pause_months", "cost_per_order", "discount_share", "satisfaction_effect", "refund_on_leaving",
    "min_order", "max_amount",
)  # fmt: skip
FEE, EVERY, RENEWS, BETA_A, BETA_B, FAILS, RECOVERED, RETRY_DAYS, PAUSES, PAUSE_MONTHS, PER_ORDER, OFF, FEELING, REFUNDS = range(
    14
)
MIN_ORDER, MAX_AMOUNT = 14, 15

_MEMBER, _PAUSED = 1, 2  # levels
PAUSED = "paused"
IN_ADVANCE = True
_PAYS_LATER = 2  # state of whose payment has failed and is tried again
_MONTHS_FREE = 0  # memory: units of time without fee that wait for a fee date
_WISH, _PAYMENT, _RETRY, _PAUSE = 0, 1, 2, 3  # draws of one fee date


class Club(Program):
    """A fee at joining and at every fee date, at which a member renews, pauses or leaves."""

    is_alone: ClassVar[bool] = True
    has_ranks: ClassVar[bool] = False  # a pause is no lower level
    renews: ClassVar[bool] = True

    kind: Literal["club"]
    fee: Amount = Field(0.0, description="what a member pays at joining and at every fee date, VAT in as in baskets")
    fee_every_months: Every = Field(1.0, description="from one fee to the next (1 a month, 12 a year)")
    renewal_probability: Share | None = Field(None, description="chance that a member wants to go on at a fee date")
    renewal_beta: tuple[Positive, Positive] | None = Field(
        None, description="replaces `renewal_probability`: members differ in their chance *not* to renew, by a beta [a, b]"
    )
    failed_payment_share: Share = Field(0.0, description="share of payments that fail, whatever the member wants")
    recovered_share: Share = Field(0.0, description="of failed payments, those that are paid later")
    retry_days: Positive = Field(7.0, description="how much later")
    pause_share: Share = Field(0.0, description="of those who do not want to go on, who pauses instead of leaving")
    pause_months: Positive = Field(1.0, description="length of a pause, without fee and benefits")
    cost_per_order: Amount = Field(0.0, description="cost of each order of a member (free delivery)")
    satisfaction_effect: Real = Field(
        0.0, description="β of not renewing × exp(β·(satisfaction − 7)/3); below 0 the satisfied stay"
    )
    discount_share: Share = Field(0.0, description="share off an order of members")
    min_order: Amount = Field(
        0.0,
        description="orders of less, before anything is taken off, have neither the discount nor what `cost_per_order` pays; VAT in",
    )
    max_amount: Positive | None = Field(None, description="most that the discount takes off one order, VAT in")
    refund_on_leaving: bool = Field(
        False,
        description="who leaves the ladder cancels at once and gets back what is not yet used; default: stays to the fee date",
    )

    @property
    def levels_of_members(self) -> tuple[Level, ...]:
        return Level(name="member"), Level(name=PAUSED)

    def has_benefits(self, level: Level) -> bool:
        return level.name != PAUSED

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """How members renew; a payment that would be tried again after the next fee."""
        if self.renewal_probability is not None and self.renewal_beta is not None:
            yield Problem(place, "renewal_probability and renewal_beta", "must give only one of them")
        if self.renewal_probability is None and self.renewal_beta is None:
            yield Problem(place, "neither", "must give renewal_probability or renewal_beta")
        if ends(self.failed_payment_share)[1] > 0.0 and ends(self.recovered_share)[1] > 0.0:
            days, period = ends(self.retry_days)[1], ends(self.fee_every_months)[0] * DAYS_PER_MONTH
            if days >= period:
                yield Problem(f"{place}.retry_days", f"{days:g}", f"must be below the {period:.4g} days from one fee to the next")
        if self.satisfaction_effect != 0.0 and scenario.satisfaction is None:
            found = shown(self.satisfaction_effect)
            yield Problem(f"{place}.satisfaction_effect", found, "must have [satisfaction] in the scenario")

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Orders for nothing; a least order that is hardly ever reached; limits that limit nothing."""
        if ends(self.discount_share)[1] >= 1.0 and self.max_amount is None:
            yield Problem(f"{place}.discount_share", "1", "all of an order comes off: members' orders are free")
        yield from too_dear(scenario, f"{place}.min_order", self.min_order, "has benefits")
        if self.max_amount is not None and never(self.discount_share):
            yield Problem(f"{place}.max_amount", "a limit without discount_share", "it changes nothing")
        if not never(self.min_order) and never(self.discount_share) and never(self.cost_per_order):
            found = "a least order without discount_share and cost_per_order"
            yield Problem(f"{place}.min_order", found, "it changes nothing")


def memory(_: Mapping[str, float]) -> int:
    """Months free that wait."""
    return 1


@rule
def retry_time(m, place):  # type: ignore[no-untyped-def]
    """How long after a failed payment it is tried again."""
    return membership.span(access.number(m, place, RETRY_DAYS) / DAYS_PER_MONTH)


@rule
def draw(m, row, place, number, what):  # type: ignore[no-untyped-def]
    """The luck of one fee date."""
    return streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, np.uint64(number), what)


@rule
def wishes(m, row, place, number):  # type: ignore[no-untyped-def]
    """Whether a member wants to go on."""
    ends = 1.0 - access.number(m, place, RENEWS)
    if access.number(m, place, BETA_A) > 0.0:
        a, b = access.number(m, place, BETA_A), access.number(m, place, BETA_B)
        ends = streams.beta_draw(access.key(m, row), access.program(m, place).stream_id, streams.TRAIT, 0, a, b)
    if access.number(m, place, FEELING) != 0.0:
        ends = hazards.probability(ends, satisfaction.feeling(m, row, access.number(m, place, FEELING)))
    return draw(m, row, place, number, _WISH) >= ends


@rule
def pay_fee(m, row, place, t, since):  # type: ignore[no-untyped-def]
    """Take the fee for the time that begins at `since`, and set the next date; months free move it."""
    own = access.member(m, row, place)
    fee = money.whole(m.unit * access.number(m, place, FEE) / (1.0 + m.vat))
    until = since + membership.span(access.number(m, place, EVERY))
    refunds = access.number(m, place, REFUNDS) > 0.0
    prepaid.receive(m, row, t, access.program(m, place).payment, fee, since, until, refunds)
    own.state = 0
    own.due = max(until + access.memory(m, row, place, _MONTHS_FREE), t + 1)
    access.set_memory(m, row, place, _MONTHS_FREE, 0)


@rule
def leave(m, row, place, t, why):  # type: ignore[no-untyped-def]
    """End a membership, because it was cancelled or because a payment failed."""
    money.accrue(m, row, t)
    prepaid.end(m, row, t, access.program(m, place).payment)
    membership.count(m, place, t, why, 1)
    membership.set_level(m, row, place, t, 0)
    access.member(m, row, place).state = 0


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The first fee."""
    pay_fee(access.market(address), row, place, t, t)
    return 0.0


@hook
def on_enter(address, row, place, t, origin):  # type: ignore[no-untyped-def]
    """Who leaves the ladder leaves the club at once where the rest of the fee is paid back."""
    m = access.market(address)
    own = access.member(m, row, place)
    is_off = access.rung(m, access.head(m, row).rung).rank < 0
    if own.level > 0 and is_off and access.number(m, place, REFUNDS) > 0.0:
        leave(m, row, place, t, layout.M_CANCELLED)
        own.due = layout.NEVER
    return 0.0


@hook
def discount_of(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What members pay less."""
    m = access.market(address)
    if access.member(m, row, place).level != _MEMBER:
        return 0.0
    return membership.off_order(m, place, paid, OFF, MIN_ORDER, MAX_AMOUNT)


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What an order of a member costs, its delivery for example."""
    m = access.market(address)
    is_enough = membership.reaches(m, m.order_value, access.number(m, place, MIN_ORDER))
    if access.member(m, row, place).level == _MEMBER and is_enough:
        cost = money.whole(m.unit * access.number(m, place, PER_ORDER))
        money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -cost, t)
    return 0.0


@hook
def on_return(address, row, place, t, back):  # type: ignore[no-untyped-def]
    """An order that comes back as a whole was delivered all the same."""
    if access.market(address).kept == 0.0:
        on_order(address, row, place, t, 0.0)
    return 0.0


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """A fee date, a payment tried again, or the end of a pause."""
    m = access.market(address)
    own = access.member(m, row, place)
    if access.rung(m, access.head(m, row).rung).rank < 0:
        leave(m, row, place, t, layout.M_CANCELLED)
        return 0.0
    if own.level == _PAUSED:
        membership.set_level(m, row, place, t, _MEMBER)
        pay_fee(m, row, place, t, t)
        return 0.0
    if own.state == _PAYS_LATER:
        pay_fee(m, row, place, t, t - retry_time(m, place))
        return 0.0
    at = own.number
    own.number += 1
    fails = draw(m, row, place, at, _PAYMENT) < access.number(m, place, FAILS)
    if fails and draw(m, row, place, at, _RETRY) >= access.number(m, place, RECOVERED):
        leave(m, row, place, t, layout.M_FAILED)
    elif wishes(m, row, place, at):
        if fails:
            own.state = _PAYS_LATER
            own.due = t + retry_time(m, place)
        else:
            pay_fee(m, row, place, t, t)
    elif draw(m, row, place, at, _PAUSE) < access.number(m, place, PAUSES):
        membership.set_level(m, row, place, t, _PAUSED)
        own.due = t + membership.span(access.number(m, place, PAUSE_MONTHS))
    else:
        leave(m, row, place, t, layout.M_CANCELLED)
    return 0.0


@hook
def on_grant(address, row, place, t, months):  # type: ignore[no-untyped-def]
    """Months free: they move the next fee date, or wait for one."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == _MEMBER and own.state == 0:
        own.due += membership.span(months)
    elif own.level == 0 and t > access.program(m, place).closes:
        return 0.0  # there will be no fee to be free of
    else:
        access.set_memory(m, row, place, _MONTHS_FREE, access.memory(m, row, place, _MONTHS_FREE) + membership.span(months))
    return months
