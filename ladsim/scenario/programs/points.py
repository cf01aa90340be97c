"""Points: so many per unit of currency or per order; a reward at a threshold.

An order gives `points_per_unit` for each unit paid (VAT taken out) and `points_per_order`, times what campaigns and the levels of other
programmes make of points. When the balance reaches `reward_at`, the member takes its rewards with `redemption_probability` at each
order from then on; each costs `reward_cost`. `endowed_points` are given on joining (endowed progress; Nunes & Drèze 2006). The balance
is in thousandths of a point, and issued = redeemed + expired + outstanding, always.

**Pressure.** Orders come faster towards a reward: their rate is multiplied by 1 + κ·v·progress^γ, κ `pressure`, γ `pressure_power`, progress
balance / `reward_at`, at most 1 (goal gradient; Kivetz, Urminsky & Zheng 2006). v is what a member takes the reward to be worth
over what it costs, `perceived_value` / `reward_cost`; 1 where no value is given. That pressure is proportional to it is an
assumption. A reward multiplies the rate by 1 + `lift_after_reward` for `lift_months` (rewarded behaviour; Taylor & Neslin 2005).

**Expiry.** Points are kept in a lot per month and redeemed oldest first. With `expires_after_months` = e, what was issued in month k,
(k − 1, k], and not redeemed expires at the start of month k + e + 1, before anything else at that instant: it is kept for e whole
months beside the rest of its own. Who has lapsed keeps its points until then. What expires no longer presses.

**Statements.** Every `statement_every_months` after joining a member that has points is told of them: a contact, which costs
`statement_cost`, and, where a reward waits, a new draw to take it. The lift of a reward, statements and expiry share the member's date.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.number_types import Amount, Distribution, Every, Positive, Rate, Share
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np, streams
from ladsim.scenario.programs.within_reach import most_orders, most_spend, unsent

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = (
    "points_per_unit", "points_per_order", "reward_at", "reward_cost", "redemption_probability", "pressure", "pressure_power",
    "endowed_points", "lift_after_reward", "lift_months", "perceived_value", "expires_after_months", "statement_every_months",
    "statement_cost",
)  # fmt: skip
PER_UNIT, PER_ORDER, REWARD_AT, REWARD_COST, REDEEMS, PRESSURE, POWER, ENDOWED, LIFT, LIFT_MONTHS = range(10)
VALUE, EXPIRES, STATEMENTS, STATEMENT_COST = range(10, 14)
# What is remembered: when the lift ends, when the next statement comes; with expiry the month of the oldest lot, and the lots.
LIFT_ENDS, NEXT_STATEMENT, OLDEST, LOTS = range(4)
_LIFTED = 1  # state of who has had a reward not long ago
MOST_MONTHS = 120  # for which points are kept


class Points(Program):
    """Points for what is paid, or for each order; a reward at a threshold."""

    is_alone: ClassVar[bool] = True
    loses_levels: ClassVar[bool] = False
    gives_points: ClassVar[bool] = True
    moving: ClassVar[frozenset[str]] = frozenset({"pressure", "lift_after_reward"})

    kind: Literal["points"]
    points_per_unit: Rate = Field(0.0, description="per unit of the currency paid")
    points_per_order: Rate = Field(0.0, description="per order (a stamp card)")
    reward_at: Positive | None = Field(None, description="threshold of a reward")
    reward_cost: Amount = Field(0.0, description="what a reward costs the firm")
    perceived_value: Positive | None = Field(
        None, description="what a reward is worth to members; κ is multiplied by it over `reward_cost`; default: the cost"
    )
    redemption_probability: Share = Field(1.0, description="chance to take the reward at each order once there are enough")
    pressure: Rate = Field(0.0, description="κ of the order rate × (1 + κ·progress^γ)")
    pressure_power: Positive = Field(1.0, description="γ")
    endowed_points: Rate = Field(0.0, description="given on joining")
    lift_after_reward: Rate = Field(0.0, description="after a reward the order rate × (1 + this)")
    lift_months: Rate = Field(0.0, description="for so many months")
    expires_after_months: Positive | None = Field(
        None, description="kept for so many whole months beside the rest of the month they were issued in"
    )
    statement_every_months: Every | None = Field(None, description="members are told what they have; a waiting reward may go")
    statement_cost: Amount = Field(0.0, description="of a statement")

    @property
    def cost_of_point(self) -> float:
        return float("nan") if self.reward_at is None else float(self.reward_cost) / float(self.reward_at)

    @property
    def highest_pull(self) -> float:
        worth, cost = ends(self.perceived_value or 0.0)[1], ends(self.reward_cost)[0]
        pressure = ends(self.pressure)[1] * (worth / cost if worth and cost else 1.0)
        return float((1.0 + pressure) * (1.0 + ends(self.lift_after_reward)[1]))

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Points that never can be redeemed; a value without a cost to compare it with."""
        if self.reward_at is None:
            yield Problem(f"{place}.reward_at", "nothing", "must be given: without it points can never be redeemed")
        earned = (self.points_per_unit, self.points_per_order, self.endowed_points)
        if all(map(never, earned)) and not any(other.receiver == "points" for other in beside):
            words = "must give points_per_unit, points_per_order or endowed_points above 0"
            yield Problem(place, "no way to earn points, so that none can ever be redeemed", words)
        if never(self.redemption_probability):
            yield Problem(f"{place}.redemption_probability", "0", "must be above 0: otherwise points can never be redeemed")
        kept = self.expires_after_months
        if kept is not None and not all(end.is_integer() and 1 <= end <= MOST_MONTHS for end in _values(kept)):
            words = f"must be a whole number of months from 1 to {MOST_MONTHS}: lots are kept by month"
            found = f"{kept:g}" if isinstance(kept, float) else "an uncertain number"
            yield Problem(f"{place}.expires_after_months", found, words)
        if self.perceived_value is not None and ends(self.reward_cost)[0] <= 0.0:
            words = "must be above 0 where perceived_value is given: the pressure follows their ratio"
            yield Problem(f"{place}.reward_cost", f"{ends(self.reward_cost)[0]:g}", words)

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Rewards that come at once, or never; keys that change nothing."""
        if self.reward_at is not None and ends(self.endowed_points)[0] >= ends(self.reward_at)[1]:
            found = f"{ends(self.endowed_points)[0]:g}, enough for a reward"
            yield Problem(f"{place}.endowed_points", found, "the first one needs no more than a chance to take it")
        if not never(self.lift_after_reward) and never(self.lift_months):
            yield Problem(f"{place}.lift_months", "0", "the lift after a reward is over at once")
        if self.perceived_value is not None and never(self.pressure):
            yield Problem(f"{place}.perceived_value", "a value without pressure", "it changes nothing")
        yield from unsent(place, self.statement_every_months, self.statement_cost)
        most = self._most(scenario)
        if self.reward_at is None or any(other.receiver == "points" for other in beside) or ends(self.reward_at)[0] <= most:
            return
        allowed = f"points can hardly ever be redeemed: even a busy customer has fewer than {most:,.4g} at a time"
        yield Problem(f"{place}.reward_at", f"{ends(self.reward_at)[0]:g}", allowed)

    def _most(self, scenario: Scenario) -> float:
        """More points than a busy customer has at a time."""
        kept = scenario.months
        if self.expires_after_months is not None:
            kept = min(kept, ends(self.expires_after_months)[1] + 1.0)
        an_order = ends(self.points_per_order)[1] + ends(self.points_per_unit)[1] * most_spend(scenario)
        campaigns = [*scenario.campaigns, *(c for strategy in scenario.strategies.values() for c in strategy.campaigns)]
        an_order *= max([1.0, *(ends(campaign.points_factor)[1] for campaign in campaigns)])
        return float(ends(self.endowed_points)[1] + an_order * most_orders(scenario, kept))


def _values(value: Any) -> tuple[float, ...]:
    """All that a number can be, where that is a list; else what is no whole number, since it can lie between any two."""
    if isinstance(value, float):
        return (value,)
    return value.values if isinstance(value, Distribution) and value.values else (math.nan,)


def memory(numbers: Mapping[str, float]) -> int:
    """Whole numbers remembered of each customer: two dates, and where points expire a lot for each month that they are kept."""
    kept = int(numbers["expires_after_months"])
    return LOTS + kept + 1 if kept else OLDEST


@rule
def months_kept(m, place):  # type: ignore[no-untyped-def]
    """For how many months points are kept; 0: for ever."""
    return np.int64(access.number(m, place, EXPIRES))


@rule
def lot_of(m, place, month):  # type: ignore[no-untyped-def]
    """Where the lot of a month is remembered: the months that are kept take turns."""
    return LOTS + month % (months_kept(m, place) + 1)


@rule
def price_of(m, place):  # type: ignore[no-untyped-def]
    """What a reward takes, in thousandths of a point."""
    return max(money.thousandths(access.number(m, place, REWARD_AT)), np.int64(1))


@rule
def oldest_lot(m, row, place):  # type: ignore[no-untyped-def]
    """The month of the oldest lot that holds something; there must be one."""
    month = access.memory(m, row, place, OLDEST)
    while access.memory(m, row, place, lot_of(m, place, month)) == 0:
        month += 1
    access.set_memory(m, row, place, OLDEST, month)
    return month


@rule
def give(m, row, place, t, points):  # type: ignore[no-untyped-def]
    """Put points into the lot of the month. More than can be counted ends the run, as with money."""
    if points <= 0:
        return
    if points >= layout.MOST_MONEY - m.moved:
        m.moved = layout.MOST_MONEY
        return
    m.moved += points
    if months_kept(m, place) > 0:
        month = money.month_of(t)
        if access.member(m, row, place).balance == 0:
            access.set_memory(m, row, place, OLDEST, month)
        lot = lot_of(m, place, month)
        access.set_memory(m, row, place, lot, access.memory(m, row, place, lot) + points)
    membership.add_points(m, row, place, t, layout.M_ISSUED, points)


@rule
def use(m, row, place, t, points):  # type: ignore[no-untyped-def]
    """Take points out of the balance, oldest first."""
    left = points if months_kept(m, place) > 0 else 0
    while left > 0:
        lot = lot_of(m, place, oldest_lot(m, row, place))
        held = access.memory(m, row, place, lot)
        taken = min(held, left)
        access.set_memory(m, row, place, lot, held - taken)
        left -= taken
    membership.add_points(m, row, place, t, layout.M_REDEEMED, points)


@rule
def pull(m, row, place):  # type: ignore[no-untyped-def]
    """What progress towards a reward, and a reward not long ago, make of the rate of orders."""
    own = access.member(m, row, place)
    factor = 1.0
    pressure = access.number(m, place, PRESSURE)
    if pressure > 0.0 and own.balance > 0:
        if access.number(m, place, VALUE) > 0.0:
            pressure *= access.number(m, place, VALUE) / access.number(m, place, REWARD_COST)
        progress = min(np.float64(own.balance) / np.float64(price_of(m, place)), 1.0)
        factor = 1.0 + pressure * streams.power(progress, access.number(m, place, POWER))
    if own.state == _LIFTED:
        factor *= 1.0 + access.number(m, place, LIFT)
    own.orders = factor


@rule
def set_date(m, row, place):  # type: ignore[no-untyped-def]
    """The member's next date: the end of a lift, a statement, or the month start at which its oldest lot expires."""
    own = access.member(m, row, place)
    date = min(access.memory(m, row, place, LIFT_ENDS), access.memory(m, row, place, NEXT_STATEMENT))
    kept = months_kept(m, place)
    if kept > 0 and own.balance > 0:
        date = min(date, (oldest_lot(m, row, place) + kept) * layout.MONTH)
    own.due = date


@rule
def redeem(m, row, place, t):  # type: ignore[no-untyped-def]
    """Take all rewards that there are points for, if there are, and if the member does."""
    own = access.member(m, row, place)
    price = price_of(m, place)
    if own.balance < price:
        return
    number = np.uint64(own.number)
    own.number += 1
    u = streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, number, 0)
    if u >= access.number(m, place, REDEEMS):
        return
    rewards = own.balance // price
    use(m, row, place, t, rewards * price)
    membership.count(m, place, t, layout.M_REWARDS, rewards)
    cost = m.unit * access.number(m, place, REWARD_COST)
    money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -money.whole(np.float64(rewards) * cost), t)
    if access.number(m, place, LIFT) > 0.0:
        own.state = _LIFTED
        access.set_memory(m, row, place, LIFT_ENDS, t + membership.span(access.number(m, place, LIFT_MONTHS)))


@rule
def expire(m, row, place, t):  # type: ignore[no-untyped-def]
    """Let the oldest lot expire, if this is its date."""
    own = access.member(m, row, place)
    kept = months_kept(m, place)
    if kept == 0 or own.balance == 0:
        return
    month = oldest_lot(m, row, place)
    if (month + kept) * layout.MONTH <= t:
        lot = lot_of(m, place, month)
        points = access.memory(m, row, place, lot)
        access.set_memory(m, row, place, lot, 0)
        membership.add_points(m, row, place, t, layout.M_EXPIRED, points)


@rule
def state(m, row, place, t):  # type: ignore[no-untyped-def]
    """Tell a member that has points of them, if this is the date; it may take a reward that waits."""
    if access.memory(m, row, place, NEXT_STATEMENT) > t:
        return
    access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(access.number(m, place, STATEMENTS)))
    if access.member(m, row, place).balance > 0:
        membership.contact(m, row, place, t, access.number(m, place, STATEMENT_COST))
        redeem(m, row, place, t)


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Points given on joining."""
    m = access.market(address)
    access.set_memory(m, row, place, LIFT_ENDS, layout.NEVER)
    every = access.number(m, place, STATEMENTS)
    access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(every) if every > 0.0 else layout.NEVER)
    give(m, row, place, t, money.thousandths(access.number(m, place, ENDOWED)))
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Points for an order, and the reward once there are enough."""
    m = access.market(address)
    if access.member(m, row, place).level == 0:
        return 0.0
    rung = access.head(m, row).rung
    factor = access.points(m, access.group(m, row), rung)
    for other in range(m.programs):
        factor *= access.level_factors(m, access.level_of(m, row, other), rung).points
    earned = paid / m.unit * access.number(m, place, PER_UNIT) + access.number(m, place, PER_ORDER)
    give(m, row, place, t, money.thousandths(factor * earned))
    redeem(m, row, place, t)
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """A lot expires, the lift after a reward is over, a statement comes: whatever this is the date of."""
    m = access.market(address)
    expire(m, row, place, t)
    if access.memory(m, row, place, LIFT_ENDS) <= t:
        access.member(m, row, place).state = 0
        access.set_memory(m, row, place, LIFT_ENDS, layout.NEVER)
    state(m, row, place, t)
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0


@hook
def on_grant(address, row, place, t, points):  # type: ignore[no-untyped-def]
    """Points from another programme; who is no member becomes one, as long as anybody does."""
    m = access.market(address)
    if access.member(m, row, place).level == 0:
        if t > access.program(m, place).closes:
            return 0.0
        membership.join(m, row, place, t)
    give(m, row, place, t, money.thousandths(points))
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0
