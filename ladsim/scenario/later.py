"""What a scenario file may name already, though this version cannot simulate it: programmes, satisfaction, price, contacts.

In: nothing. Out: records for those tables, and `Later`, the mark of every key that `check` refuses by name. They have their place
here so that editors complete them and nobody is told that they are unknown; a refused key is never ignored. What a later version
will ask of them is not settled: these tables take other keys too.

To bring one to life: give its keys their meaning in ``tables``, and take the mark away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from ladsim.scenario.kinds import Amount, Positive, Rate, Real, Share, Table

NOT_YET = "cannot be simulated yet (coming with {})"


@dataclass(frozen=True)
class Later:
    """Marks a key of the schema that cannot be simulated yet; `what` it will come with."""

    what: str


class Open(Table):
    """A table whose keys are not settled: it takes any."""

    model_config = ConfigDict(extra="allow")


class Joining(Open):
    """Who becomes a member: by a probability on entering a rung, or by a monthly chance there."""

    on: str | None = None
    probability: Share | None = None
    monthly: Share | None = None


class Level(Open):
    """A level of a tiers programme, from so much spend or so many orders in the trailing 12 months."""

    name: str = ""
    spend: Amount | None = None
    orders: Rate | None = None
    factors: dict[str, Rate] = Field(default_factory=dict)
    cost_per_month: Amount = 0.0


class Program(Open):
    """A loyalty programme. `kind` decides which of the other keys are needed."""

    kind: Literal["points", "tiers", "club", "cashback", "discount", "referral_reward"]
    name: str = ""
    label: str = ""
    joins: Joining | None = None
    setup_cost: Amount = 0.0
    cost_per_month: Amount = 0.0
    perceived_value: Amount | None = Field(None, description="what a reward is worth to members, apart from its cost")
    statement_every_months: Positive | None = Field(None, description="statements that remind")
    points_per_unit: Rate | None = Field(None, description="points: per currency unit")
    reward_at: Positive | None = Field(None, description="points: threshold of a reward")
    reward_cost: Amount | None = None
    expires_after_months: Positive | None = None
    redemption_probability: Share | None = None
    pressure: Rate | None = Field(None, description="points: κ of the order rate × (1 + κ·progress^γ)")
    pressure_power: Positive | None = Field(None, description="points: γ")
    endowed_points: Rate | None = None
    lift_after_reward: Rate | None = None
    lift_months: Rate | None = None
    levels: tuple[Level, ...] = Field((), description="tiers: the levels, lowest first")
    fee: Amount | None = Field(None, description="club: fee per month or year")
    fee_every_months: Positive | None = None
    renewal_probability: Share | None = None
    renewal_beta: tuple[Positive, Positive] | None = None
    failed_payment_share: Share | None = None
    pause_share: Share | None = None
    factors: dict[str, Rate] = Field(default_factory=dict, description="benefits as factors")
    cost_per_order: Amount | None = None
    share_of_order: Share | None = Field(None, description="cashback, discount: share of each order")
    minimum_balance: Amount | None = Field(None, description="cashback: paid out from this balance; else credit")
    to: tuple[str, ...] | None = Field(None, description="discount: rungs")
    give: Amount | None = Field(None, description="referral_reward: to who refers")
    get: Amount | None = Field(None, description="referral_reward: to who is referred")
    reward: Literal["money", "points", "free_month"] | None = None
    source: str = ""


class Satisfaction(Open):
    """How experiences move satisfaction (0–10), and how expectations follow."""

    start: Rate | None = None
    learning: Rate | None = None
    expectation: Rate | None = None
    adaptation: Rate | None = None
    service_failure_probability: Share | None = None
    service_failure_quality: Rate | None = None
    source: str = ""


class Recommendation(Open):
    """Likelihood to recommend: `base` + `per_satisfaction` · satisfaction, beside the rung's and the customer's own part."""

    base: Real | None = None
    per_satisfaction: Real | None = None
    spread: Rate | None = None
    source: str = ""


class Survey(Open):
    """A simulated survey of the likelihood to recommend."""

    people: Annotated[int, Field(ge=1)] | None = None
    response_share: Share | None = None
    source: str = ""


class Price(Open):
    """Changes of price, and what they do to orders, renewals and leaving."""

    change: Real | None = None
    from_month: Rate | None = None
    elasticity: Real | None = None
    per_rung: dict[str, Real] | None = Field(None, description="elasticity per rung")
    source: str = ""


class Contacts(Open):
    """Who may be contacted, and how contacts tire."""

    consent_share: Share | None = None
    tiring: Rate | None = None
    source: str = ""


# What one may name elsewhere: the marks stand here so that a section reads alike wherever it occurs.
PROGRAMS, SATISFACTION = Later("programmes"), Later("satisfaction and recommendation")
PRICE, CONTACTS = Later("price and elasticity"), Later("consent and contacts")
TRIGGERED, BELIEVED, TEST_GROUPS = Later("triggered campaigns"), Later("believed rungs"), Later("test groups")
# Targets of an effect, beside those that can be simulated.
TARGETS: dict[str, Later] = {"satisfaction": SATISFACTION, "recommendation": SATISFACTION, "price": PRICE, "points": PROGRAMS}
# What people will call such things: as an unknown key, each is answered by when it comes rather than by "unknown".
WORDS: dict[str, Later] = {
    **dict.fromkeys(("points", "tiers", "club", "cashback", "discount", "referral_reward", "program", "programmes"), PROGRAMS),
    **dict.fromkeys(("nps", "net_promoter_score", "likelihood_to_recommend", "learning", "adaptation"), SATISFACTION),
    **dict.fromkeys(("elasticity", "prices"), PRICE),
    **dict.fromkeys(("consent", "consent_share", "tiring", "fatigue"), CONTACTS),
    **dict.fromkeys(("season", "seasons", "seasonality"), Later("recurring seasons; until then, give each season as a shock")),
    "test_group": TEST_GROUPS,
}
Programs = Annotated[tuple[Program, ...] | None, PROGRAMS]


def mark_of(metadata: list[Any]) -> Later | None:
    """The mark among a field's metadata, if there is one."""
    return next((note for note in metadata if isinstance(note, Later)), None)
