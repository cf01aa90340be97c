"""What a scenario file may say of loyalty programmes and of satisfaction.

In: nothing. Out: one frozen record per table. `kind` decides which keys a programme needs; ``check_programs`` says so in words. A
programme's file under ``ladsim/programs`` names the numbers that its rules read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ladsim.scenario.number_types import Amount, Every, Month, Name, Positive, Rate, Real, Share, Table, number
from ladsim.scenario.texts import Label, Text

Score = Annotated[Any, *number(0.0, 10.0, False), "real"]
MOST_COUNT = 2**31 - 1  # of rewards or people: more than anybody counts
MOST_LEVELS = 20  # as in ``ladsim.programs.tiers``


class Joining(Table):
    """Who becomes a member: by a probability on entering a rung, or by a monthly chance there."""

    on: Name | tuple[Name, ...] | None = Field(None, description="rung or rungs; default: all that count as customers")
    probability: Share | None = Field(None, description="chance on entering the rung")
    monthly: Share | None = Field(None, description="share that would have joined after a month on the rung")
    source: Text = ""


class Level(Table):
    """A level of a tiers programme, from so much spend or so many orders in the trailing 12 months."""

    name: Name
    label: Label = ""
    spend: Amount | None = Field(
        None, description="paid in the trailing 12 months, VAT in as in baskets; the lowest level may ask 0"
    )
    orders: Rate | None = Field(None, description="orders in the trailing 12 months; the lowest level may ask 0")
    factors: dict[str, Rate] = Field(default_factory=dict, description="benefits of this level, beside those of all members")
    cost_per_month: Amount = Field(0.0, description="of a member at this level")
    source: Text = ""


class Program(Table):
    """A loyalty programme. `kind` decides which of the other keys are needed."""

    kind: Literal["points", "tiers", "club", "cashback", "discount", "referral_reward", "own"]
    name: Name | None = None
    label: Label = ""
    joins: Joining = Joining()
    from_month: Month = Field(0.0, description="nobody joins before")
    setup_cost: Amount = Field(0.0, description="paid once, when it starts, in the currency")
    cost_per_month: Amount = Field(0.0, description="of running the programme")
    cost_per_member: Amount = Field(0.0, description="a month")
    factors: dict[str, Rate] = Field(default_factory=dict, description="benefits of members as factors")
    # points
    points_per_unit: Rate = Field(0.0, description="points: per unit of the currency paid")
    points_per_order: Rate = Field(0.0, description="points: per order (a stamp card)")
    reward_at: Positive | None = Field(None, description="points: threshold of a reward")
    reward_cost: Amount = Field(0.0, description="points: what a reward costs the firm")
    perceived_value: Positive | None = Field(
        None, description="points: what a reward is worth to members; κ is multiplied by it over `reward_cost`; default: the cost"
    )
    redemption_probability: Share = Field(
        1.0, description="points: chance to take the reward at each order once there are enough"
    )
    pressure: Rate = Field(0.0, description="points: κ of the order rate × (1 + κ·progress^γ)")
    pressure_power: Positive = Field(1.0, description="points: γ")
    endowed_points: Rate = Field(0.0, description="points: given on joining")
    lift_after_reward: Rate = Field(0.0, description="points: after a reward the order rate × (1 + this)")
    lift_months: Rate = Field(0.0, description="points: for so many months")
    expires_after_months: Positive | None = Field(
        None,
        description="points: kept for so many whole months beside the rest of the month they were issued in; "
        "cashback: the balance expires so long after the last order",
    )
    statement_every_months: Every | None = Field(
        None, description="points, cashback: members are told what they have; a waiting reward may go"
    )
    statement_cost: Amount = Field(0.0, description="points, cashback: of a statement")
    levels: Annotated[tuple[Level, ...], Field(max_length=MOST_LEVELS)] = Field((), description="tiers: the levels, lowest first")
    # club
    fee: Amount = Field(0.0, description="club: what a member pays at joining and at every fee date, VAT in as in baskets")
    fee_every_months: Every = Field(1.0, description="club: from one fee to the next (1 a month, 12 a year)")
    renewal_probability: Share | None = Field(None, description="club: chance that a member wants to go on at a fee date")
    renewal_beta: tuple[Positive, Positive] | None = Field(
        None, description="club: replaces `renewal_probability`: members differ in their chance *not* to renew, by a beta [a, b]"
    )
    failed_payment_share: Share = Field(0.0, description="club: share of payments that fail, whatever the member wants")
    recovered_share: Share = Field(0.0, description="club: of failed payments, those that are paid later")
    retry_days: Positive = Field(7.0, description="club: how much later")
    pause_share: Share = Field(0.0, description="club: of those who do not want to go on, who pauses instead of leaving")
    pause_months: Positive = Field(1.0, description="club: length of a pause, without fee and benefits")
    cost_per_order: Amount = Field(0.0, description="club: cost of each order of a member (free delivery)")
    satisfaction_effect: Real = Field(
        0.0, description="club: β of not renewing × exp(β·(satisfaction − 7)/3); below 0 the satisfied stay"
    )
    # club, cashback, discount
    share_of_order: Share = Field(
        0.0, description="cashback: share of what is paid that comes back; discount, club: share off an order of members"
    )
    # cashback
    minimum_balance: Positive | None = Field(
        None, description="cashback: paid out from this balance on; without it the balance is credit on the next order"
    )
    payout_probability: Share = Field(
        1.0, description="cashback: chance, each time it could be, that the balance is paid out or taken off"
    )
    # discount
    to: tuple[Name, ...] | None = Field(None, description="discount: rungs on which everybody has it, without joining")
    to_month: Month | None = Field(None, description="discount: month at which it ends; without one it lasts to the horizon")
    # referral reward
    give: Amount = Field(0.0, description="referral_reward: to who refers, for each that becomes a customer")
    get: Amount = Field(0.0, description="referral_reward: to who is referred, on becoming a customer")
    reward: Literal["money", "points", "free_month"] = Field(
        "money",
        description="referral_reward: what `give` and `get` are: money, points of the points programme, months free of the club",
    )
    most_per_month: Annotated[int, Field(ge=1, le=MOST_COUNT)] | None = Field(
        None, description="referral_reward: to one customer that refers"
    )
    most: Annotated[int, Field(ge=1, le=MOST_COUNT)] | None = Field(
        None, description="referral_reward: to one customer that refers, in all"
    )
    file: str | None = Field(None, description="own: a Python file with the programme's rules, relative to the scenario file")
    options: dict[str, Real] = Field(
        default_factory=dict, description="own: the numbers that its rules read, by their names in NUMBERS"
    )
    source: Text = ""


class Satisfaction(Table):
    """How experiences move satisfaction (0–10), and how expectations follow."""

    start: Score = 7.0
    expectation: Score = 7.0
    quality: Score = Field(7.0, description="of an order or a renewal, on rungs that say nothing else")
    effort: Score = Field(
        0.0, description="points of quality that the effort of buying and getting help takes off each experience"
    )
    quality_spread: Rate = 0.0
    learning: Share = 0.2
    adaptation: Share = 0.1
    service_failure_probability: Share = 0.0
    service_failure_quality: Score = 2.0
    recovery_probability: Share = 0.0
    recovery_quality: Score = 8.0
    orders_effect: Real = Field(0.0, description="β of orders × exp(β·(satisfaction − 7)/3)")
    basket_effect: Real = Field(0.0, description="β of the basket")
    source: Text = ""


class Recommendation(Table):
    """Likelihood to recommend: `base` + `per_satisfaction` · satisfaction, beside the rung's and the customer's own part."""

    base: Real = 0.0
    per_satisfaction: Real = 1.0
    spread: Rate = Field(0.0, description="standard deviation of the customers' own part")
    source: Text = ""


class Survey(Table):
    """A simulated survey of the likelihood to recommend."""

    invited: Annotated[int, Field(ge=1, le=MOST_COUNT)] = 400
    response_share: Share = 0.2
    source: Text = ""


def numbers_of(program: Program) -> dict[str, float]:
    """A programme's plain numbers by name, 0 for those that are not given: what its rules may ask for."""
    numbers: dict[str, float] = {}
    if program.kind == "own":
        return dict(program.options)
    for name in type(program).model_fields:
        value: Any = getattr(program, name)
        if isinstance(value, bool) or value is None:
            numbers[name] = float(bool(value))
        elif isinstance(value, int | float):
            numbers[name] = float(value)
        elif isinstance(value, tuple) and value and all(isinstance(v, int | float) for v in value):
            numbers |= {f"{name}_{n}": float(v) for n, v in enumerate(value, 1)}
    return numbers | _thresholds(program.levels)


def asked_of(level: Level) -> Any:
    """The spend or the orders that a level asks for; 0 where it names neither."""
    return level.spend if level.spend is not None else level.orders if level.orders is not None else 0.0


def _thresholds(levels: tuple[Level, ...]) -> dict[str, float]:
    """What the levels of a tiers programme ask, and of what."""
    asked = [asked_of(level) for level in levels]
    asked += [0.0] * (MOST_LEVELS - len(asked))
    by_orders = any(level.orders is not None for level in levels)
    numbers = {f"threshold_{n}": float(value) for n, value in enumerate(asked, 1)}
    return {"level_count": float(len(levels)), "by_orders": float(by_orders), **numbers}
