"""Points: so many per unit of currency or per order; a reward at a threshold, or money off an order.

An order gives `points_per_unit` for each `per` paid (VAT taken out) and `points_per_order`, times what campaigns and the levels of other
programmes make of points: in thousandths, rounded half to even once. With `whole_points` what is less than a point is then dropped, order
by order. An order of less than `min_order` (VAT in; what is left to pay after discounts) gives none. `endowed_points` are given on joining
(endowed progress; Nunes & Drèze 2006). The balance is in thousandths of a point, and issued = redeemed + expired + outstanding, always.

**Rewards.** When the balance reaches `reward_at`, the member takes its rewards with `redemption_probability` at each order from then on;
each costs `reward_cost`.

**Paying with points.** With `point_value` points are money off an order instead: after all discounts, from the balance before the order,

    n = ⌊min(balance, max_share_of_order · paid / point_value)⌋     if n ≥ min_points, with `redemption_probability`.

n · `point_value` comes off as a discount, and points are earned on the rest. `point_value` and what is paid are VAT in here. What is owed
is points × `point_value`.

**Goal gradient.** Orders come faster towards a reward: their rate is multiplied by 1 + κ·v·progress^γ, κ `goal_gradient`, γ
`goal_gradient_power`, progress balance / `reward_at`, at most 1 (points pressure; Kivetz, Urminsky & Zheng 2006). v is what a member takes
the reward to be worth over what it costs, `perceived_value` / `reward_cost`; 1 where no value is given. That the pull is proportional to
it is an assumption. Where points pay, progress is towards `min_points`, and v `perceived_value` / `point_value`. A reward multiplies the
rate by 1 + `lift_after_reward` for `lift_months` (rewarded behaviour; Taylor & Neslin 2005).

**Expiry** goes by one of three rules. By lots: points are kept in a lot per month and redeemed oldest first. With `expires_after_months`
= e, what was issued in month k, (k − 1, k], and not redeemed expires at the start of month k + e + 1, before anything else at that
instant: it is kept for e whole months beside the rest of its own. Who has lapsed keeps its points until then. By silence: with
`inactive_months` the whole balance expires so long after the last order or redemption (after joining, where there was none; what comes
after that time has passed has it anew). By the calendar: with `each_year_on` the whole balance expires on that day of every year
(``yearly``), before anything else at that instant. What expires no longer presses.

**Statements.** Every `statement_every_months` after joining a member that has points is told of them: a contact, which costs
`statement_cost`, and, where a reward waits, a new draw to take it. The lift of a reward, statements and expiry share the member's date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends
from ladsim.scenario.number_types import Amount, Every, Positive, Rate, Share
from ladsim.scenario.programs import gradient, points_checks
from ladsim.scenario.programs.points_memory import (
    BALANCE_LASTS,
    ENDOWED,
    FIRST_YEAR,
    INACTIVE,
    LIFT,
    LIFT_ENDS,
    LIFT_MONTHS,
    MAX_SHARE,
    MIN_ORDER,
    MIN_POINTS,
    NEXT_STATEMENT,
    OLDEST,
    PER,
    PER_ORDER,
    PER_UNIT,
    POINT_VALUE,
    POWER,
    PRESSURE,
    REDEEMS,
    REWARD_AT,
    REWARD_COST,
    STATEMENT_COST,
    STATEMENTS,
    VALUE,
    WHOLE,
    end_of_balance,
    has_an_end,
    lot_of,
    months_kept,
    oldest_lot,
    pays_orders,
)  # fmt: skip
from ladsim.scenario.programs.points_memory import NUMBERS as NUMBERS
from ladsim.scenario.programs.points_memory import memory as memory
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np, streams
from ladsim.scenario.programs.yearly import DayOfYear, next_date, numbers_of

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

_LIFTED = 1  # state of who has had a reward not long ago
_ALMOST = 1.0 + 1e-12  # a whole number that binary fractions have missed is one all the same


class Points(Program):
    """Points for what is paid, or for each order; a reward at a threshold."""

    is_alone: ClassVar[bool] = True
    loses_levels: ClassVar[bool] = False
    gives_points: ClassVar[bool] = True
    moving: ClassVar[frozenset[str]] = frozenset({"goal_gradient", "lift_after_reward"})

    kind: Literal["points"]
    points_per_unit: Rate = Field(0.0, description="per unit of the currency paid, or for each `per` of it")
    per: Positive | None = Field(None, description="amount paid for which `points_per_unit` are given; default: 1")
    points_per_order: Rate = Field(0.0, description="per order (a stamp card)")
    whole_points: bool = Field(False, description="of each order's points what is less than a whole one is dropped, as tills do")
    min_order: Amount = Field(0.0, description="orders of less give no points; VAT in, after discounts")
    reward_at: Positive | None = Field(None, description="threshold of a reward")
    reward_cost: Amount = Field(0.0, description="what a reward costs the firm")
    point_value: Positive | None = Field(
        None, description="paying with points, in place of rewards: what one takes off an order, VAT in"
    )
    min_points: Rate = Field(0.0, description="with `point_value`: as many are used at least, or none")
    max_share_of_order: Share = Field(1.0, description="with `point_value`: share of an order that points may pay")
    perceived_value: Positive | None = Field(
        None,
        description="what a reward (with `point_value`: a point) is worth to members; κ is multiplied by it over what it costs",
    )
    redemption_probability: Share = Field(
        1.0, description="chance to take the reward, or to pay with points, at each order once there are enough"
    )
    goal_gradient: Rate = Field(0.0, description="κ of the order rate × (1 + κ·progress^γ)")
    goal_gradient_power: Positive = Field(1.0, description="γ")
    endowed_points: Rate = Field(0.0, description="given on joining")
    lift_after_reward: Rate = Field(0.0, description="after a reward the order rate × (1 + this)")
    lift_months: Rate = Field(0.0, description="for so many months")
    expires_after_months: Positive | None = Field(
        None, description="kept for so many whole months beside the rest of the month they were issued in"
    )
    inactive_months: Positive | None = Field(
        None, description="the whole balance expires so long after the last order or redemption"
    )
    each_year_on: DayOfYear | None = Field(
        None, description="the whole balance expires on this day of every year, such as 03-31; needs a `start_date`"
    )
    statement_every_months: Every | None = Field(None, description="members are told what they have; a waiting reward may go")
    statement_cost: Amount = Field(0.0, description="of a statement")

    @property
    def cost_of_point(self) -> float:
        if self.point_value is not None:
            return float(self.point_value)
        return float("nan") if self.reward_at is None else float(self.reward_cost) / float(self.reward_at)

    @property
    def highest_pull(self) -> float:
        cost = self.reward_cost if self.point_value is None else self.point_value
        pulled = gradient.highest(self.goal_gradient, self.perceived_value, cost)
        return float(pulled * (1.0 + ends(self.lift_after_reward)[1]))

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """Beside its keys the day of every year; where points pay, what they press to is `min_points`, and a point costs its value."""
        found = super().numbers(scenario) | numbers_of(self.each_year_on, scenario.start_date)
        found["per"] = found["per"] or 1.0
        if self.point_value is not None:
            found |= {"reward_at": found["min_points"], "reward_cost": found["point_value"]}
        return found

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        return points_checks.problems(self, scenario, place, beside)

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        return points_checks.warnings(self, scenario, place, beside)


@rule
def set_end(m, row, place, t):  # type: ignore[no-untyped-def]
    """Note how long the whole balance lasts if nothing happens after `t`."""
    if access.number(m, place, FIRST_YEAR) > 0.0:
        access.set_memory(m, row, place, BALANCE_LASTS, next_date(m, place, FIRST_YEAR, t))
    elif access.number(m, place, INACTIVE) > 0.0:
        access.set_memory(m, row, place, BALANCE_LASTS, t)


@rule
def keep_alive(m, row, place, t):  # type: ignore[no-untyped-def]
    """An order, or a redemption: a silence begins anew."""
    if access.number(m, place, INACTIVE) > 0.0:
        set_end(m, row, place, t)


@rule
def price_of(m, place):  # type: ignore[no-untyped-def]
    """What a reward takes, or what is used at least, in thousandths of a point."""
    return max(money.thousandths(access.number(m, place, REWARD_AT)), np.int64(1))


@rule
def put_in(m, row, place, t, points):  # type: ignore[no-untyped-def]
    """Put points into the lot of the month."""
    # Where nothing was left, and the end has passed, what comes now has a time of its own.
    if has_an_end(m, place) and access.member(m, row, place).balance == 0 and end_of_balance(m, row, place) <= t:
        set_end(m, row, place, t)
    if months_kept(m, place) > 0:
        month = money.month_of(t)
        if access.member(m, row, place).balance == 0:
            access.set_memory(m, row, place, OLDEST, month)
        lot = lot_of(m, place, month)
        access.set_memory(m, row, place, lot, access.memory(m, row, place, lot) + points)


@rule
def give(m, row, place, t, points):  # type: ignore[no-untyped-def]
    """Give points. More than can be counted ends the run, as with money."""
    if points <= 0 or not money.can_move(m, points):
        return
    put_in(m, row, place, t, points)
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
        factor = gradient.pulled(pressure, access.number(m, place, POWER), own.balance, price_of(m, place))
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
    if has_an_end(m, place) and own.balance > 0:
        date = min(date, end_of_balance(m, row, place))
    own.due = date


@rule
def takes(m, row, place):  # type: ignore[no-untyped-def]
    """Whether the member uses its points this time."""
    own = access.member(m, row, place)
    number = np.uint64(own.number)
    own.number += 1
    u = streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, number, 0)
    return u < access.number(m, place, REDEEMS)


@rule
def lift(m, row, place, t):  # type: ignore[no-untyped-def]
    """Who has been rewarded orders more for a while, and is not silent."""
    if access.number(m, place, LIFT) > 0.0:
        access.member(m, row, place).state = _LIFTED
        access.set_memory(m, row, place, LIFT_ENDS, t + membership.span(access.number(m, place, LIFT_MONTHS)))
    keep_alive(m, row, place, t)


@rule
def redeem(m, row, place, t):  # type: ignore[no-untyped-def]
    """Take all rewards that there are points for, if there are, and if the member does."""
    price = price_of(m, place)
    balance = access.member(m, row, place).balance
    if pays_orders(m, place) or balance < price or not takes(m, row, place):
        return
    rewards = balance // price
    use(m, row, place, t, rewards * price)
    membership.count(m, place, t, layout.M_REWARDS, rewards)
    cost = m.unit * access.number(m, place, REWARD_COST)
    money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -money.whole(np.float64(rewards) * cost), t)
    lift(m, row, place, t)


@rule
def usable(m, row, place, paid):  # type: ignore[no-untyped-def]
    """How many whole points may pay for an order of `paid`: those that there are, up to the share of it that points may pay."""
    limit = access.number(m, place, MAX_SHARE) * np.float64(money.seen(m, paid)) / (m.unit * access.number(m, place, POINT_VALUE))
    have = access.member(m, row, place).balance // layout.POINT
    return have if np.float64(have) <= limit * _ALMOST else np.int64(limit * _ALMOST)


@rule
def expire(m, row, place, t):  # type: ignore[no-untyped-def]
    """Let the oldest lot, or the whole balance, expire, if this is its date."""
    own = access.member(m, row, place)
    kept = months_kept(m, place)
    if own.balance == 0:
        return
    if has_an_end(m, place) and end_of_balance(m, row, place) <= t:
        membership.add_points(m, row, place, t, layout.M_EXPIRED, own.balance)
        return
    if kept == 0:
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
    set_end(m, row, place, t)
    every = access.number(m, place, STATEMENTS)
    access.set_memory(m, row, place, NEXT_STATEMENT, t + membership.span(every) if every > 0.0 else layout.NEVER)
    give(m, row, place, t, money.thousandths(access.number(m, place, ENDOWED)))
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0


@hook
def credit_of(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What points take off an order, where they pay."""
    m = access.market(address)
    m.points_used = 0
    if not pays_orders(m, place) or access.member(m, row, place).level == 0:
        return 0.0
    points = usable(m, row, place, paid)
    if points < 1 or np.float64(points) < access.number(m, place, MIN_POINTS) or not takes(m, row, place):
        return 0.0
    use(m, row, place, t, points * layout.POINT)
    m.points_used = points * layout.POINT
    if m.kept > 0.0:
        membership.count(m, place, t, layout.M_REWARDS, 1)
        lift(m, row, place, t)
    return np.float64(money.whole(np.float64(points) * (m.unit * access.number(m, place, POINT_VALUE)) / (1.0 + m.vat)))


@rule
def earned(m, row, place, paid):  # type: ignore[no-untyped-def]
    """The points of an order, in thousandths."""
    if money.seen(m, m.order_paid) < money.units(m, access.number(m, place, MIN_ORDER)):
        return np.int64(0)
    rung = access.head(m, row).rung
    factor = access.points(m, access.group(m, row), rung)
    for other in range(m.programs):
        level = access.program(m, other).first + membership.earning_level(m, row, other)
        factor *= access.level_factors(m, level, rung).points
    by_money = paid / m.unit * access.number(m, place, PER_UNIT) / access.number(m, place, PER)
    points = money.thousandths(factor * (by_money + access.number(m, place, PER_ORDER)))
    return points // layout.POINT * layout.POINT if access.number(m, place, WHOLE) > 0.0 else points


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Points for an order, and the reward once there are enough."""
    m = access.market(address)
    if access.member(m, row, place).level == 0:
        return 0.0
    keep_alive(m, row, place, t)
    give(m, row, place, t, earned(m, row, place, paid))
    redeem(m, row, place, t)
    pull(m, row, place)
    set_date(m, row, place)
    return 0.0


@hook
def on_return(address, row, place, t, back):  # type: ignore[no-untyped-def]
    """Points that paid for what comes back are given back, as of this month: they were never redeemed."""
    m = access.market(address)
    if m.points_used > 0:
        points = m.points_used - money.whole(np.float64(m.points_used) * m.kept)
        put_in(m, row, place, t, points)
        membership.add_points(m, row, place, t, layout.M_REDEEMED, -points)
        m.points_used = 0
        pull(m, row, place)
        set_date(m, row, place)
    return 0.0


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Points expire, the lift after a reward is over, a statement comes: whatever this is the date of."""
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
    if money.thousandths(points) <= 0:
        return 0.0
    if access.member(m, row, place).level == 0:
        if t > access.program(m, place).closes:
            return 0.0
        membership.join(m, row, place, t)
    give(m, row, place, t, money.thousandths(points))
    pull(m, row, place)
    set_date(m, row, place)
    return points


@hook
def on_terms(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Other terms: dates to come, and the pull, go by them. A silence that was not counted until now begins."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    if access.number(m, place, FIRST_YEAR) > 0.0:
        set_end(m, row, place, t - 1)
    elif access.number(m, place, INACTIVE) > 0.0:
        access.set_memory(m, row, place, BALANCE_LASTS, min(access.memory(m, row, place, BALANCE_LASTS), t))
    every = access.number(m, place, STATEMENTS)
    access.set_memory(
        m, row, place, NEXT_STATEMENT, membership.next_of_every(own.since, every, t) if every > 0.0 else layout.NEVER
    )
    pull(m, row, place)
    set_date(m, row, place)
    own.due = max(np.int64(own.due), t)
    return 0.0
