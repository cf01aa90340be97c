"""What a scenario file may say of prices, seasons, contacts and engagement.

In: nothing. Out: one frozen record per table. What they mean is laid out by ``season_tables`` (prices and seasons, as dated
changes) and ``audiences`` (who can be reached); tiring and engagement are kept by the plan (``model.fatigue``, ``model.engagement``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ladsim.scenario.number_types import Month, Name, Rate, Real, Share, Table, number
from ladsim.scenario.texts import Label, Text

Factor = Annotated[float, Field(ge=0, le=1e9)]
Change = Annotated[float, *number(-0.99, 1e6, False), "real"]
# What a channel, a tactic or a shock can move, beside single steps; and what a season can.
EFFECTS = (
    "orders", "messages", "basket", "cost", "price", "satisfaction", "effort", "points", "engagement", "climbing", "leaving",
)  # fmt: skip
SEASONAL = tuple(name for name in EFFECTS if name not in ("satisfaction", "effort", "engagement"))

Role = Literal["potential", "first_time", "returning", "loyal", "ambassador", "lapsed"]
Spoke = Literal["attraction", "onboarding", "engagement", "reward", "feedback", "repurchase"]


class Means(Table):
    """What channels and tactics have in common: what they are, and where they stand in the loyalty wheel."""

    name: Name
    label: Label = ""
    description: Text = Field("", description="what it is, in a sentence")
    spoke: Spoke | None = Field(None, description="of the loyalty wheel")
    touchpoints: tuple[Label, ...] = Field((), description="where customers meet it")


class Price(Table):
    """A change of price between two months, and what it does: orders × (1 + change)^elasticity, and so on."""

    name: Name | None = None
    change: Change = Field(description="0.05 is 5 % dearer, −0.1 is 10 % cheaper; goods cost what they did")
    from_month: Month = 0.0
    to_month: Month | None = None
    elasticity: Real | None = Field(None, description="of the rate of orders; −1.2: a price 1 % higher gives 1.2 % fewer orders")
    per_rung: dict[Name, Real] | None = Field(None, description="elasticity per rung, in its place; a rung not named: 0")
    leaving_elasticity: Real = Field(
        0.0, description="of steps down or out, renewals included; above 0: who pays more leaves more"
    )
    climbing_elasticity: Real = Field(0.0, description="of steps upward; below 0: who would pay more comes less")
    quality_loss: Rate = Field(0.0, description="points of quality that a price twice as high takes off every experience")
    quality_loss_months: Rate = Field(3.0, description="so long the change is felt (assumption)")
    source: Text = ""


class Season(Table):
    """A factor for each month of the year, on orders or on anything else that a lever moves."""

    factors: Annotated[tuple[Factor, ...], Field(min_length=12, max_length=12)] = Field(
        description="twelve factors, from January on, by days of a month; without a `start_date`, from the first month of the run on"
    )
    on: str = Field("orders", description=f"{', '.join(SEASONAL)}, or steps.FROM.TO")
    source: Text = ""


class Contacts(Table):
    """Who may be contacted, and how contacts tire. Campaigns say how often they contact somebody (`contacts_per_month`)."""

    consent_share: Share | None = Field(None, description="share of people whom newsletters and letters may reach; default: all")
    tolerated_per_month: Rate = Field(0.0, description="contacts a month, of all campaigns together, that tire nobody")
    fatigue: Rate = Field(0.0, description="effects × exp(−tiring · contacts above the free ones)")
    leaving_per_contact: Rate = Field(0.0, description="leaving × (1 + this · contacts a month above `tolerated_per_month`)")
    source: Text = ""


class Engagement(Table):
    """A stock per rung, 1 at the start, that fades when nothing is done; effects on `engagement` add to it each month."""

    decay_per_month: Share = Field(description="share of it that is gone after a month in which nothing is done")
    orders_effect: Real = Field(0.0, description="β of orders × exp(β·(engagement − 1))")
    leaving_effect: Real = Field(0.0, description="β of leaving × exp(β·(engagement − 1)); below 0: who is engaged stays")
    source: Text = ""
