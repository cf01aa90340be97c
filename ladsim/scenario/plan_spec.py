"""What a scenario file may say of what is done: channels, tactics, campaigns, shocks, policies; goals, and strategies made of them.

In: nothing. Out: one frozen record per table. Cross-checks stand in ``check_plan`` and ``check_levers``, the meaning in
``plan_tables``, ``triggered_tables`` and ``audiences``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from ladsim.model.curves import CurveName
from ladsim.scenario.lever_spec import EFFECTS, Means, Price
from ladsim.scenario.number_types import (
    LONGEST,
    Amount,
    AtLeastMinusOne,
    Month,
    Name,
    Positive,
    Range,
    Rate,
    Share,
    Table,
    no_date,
    number,
)
from ladsim.scenario.programs.kinds import AnyProgram
from ladsim.scenario.texts import ONE_LINE, Label, Text


class Response(Table):
    """From spend per head of the audience and month to a share of the full effect."""

    curve: CurveName = "exponential"
    half_at: Positive = Field(description="spend per head and month that gives half the full effect")
    slope: Positive = Field(1.0, description="hill: steepness")
    source: Text = ""


class ContactResponse(Table):
    """From the cost of a contact to a share of the full effect, for campaigns that events set off."""

    curve: Literal["linear", "exponential", "hill"] = "exponential"
    half_at: Positive = Field(description="cost of a contact that gives half the full effect")
    slope: Positive = Field(1.0, description="hill: steepness")
    source: Text = ""


class Today(Table):
    """What one knows of a channel or tactic as it is used today, in place of a response curve: a curve is solved that does it."""

    monthly_spend: Annotated[Any, *number(0.0, 1e12, True), "amount"] = Field(
        description="what is spent on it a month, for the whole market"
    )
    extra_customers: Positive | None = Field(
        None, description="new customers a month who would not have come without it, in the mean of the first year"
    )
    cost_per_customer: Annotated[Any, *number(0.0, 1e12, True), "amount"] | None = Field(
        None, description="in place of `extra_customers`: what one of them costs"
    )
    cost_per_contact: Annotated[Any, *number(0.0, 1e12, True), "amount"] | None = Field(
        None, description="in place of `extra_customers`: what a click, a letter or a call costs; with `customers_per_contact`"
    )
    customers_per_contact: Annotated[Any, *number(0.0, 1.0, True), "share"] | None = Field(
        None, description="share of clicks, letters or calls that win a customer who would not have come without"
    )
    extra_orders: Positive | None = Field(
        None,
        description="orders a month that would not have been placed without it, in place of customers; in the mean of the first year",
    )
    won_back: Positive | None = Field(
        None, description="lapsed customers a month who come back and would not have without it, in place of new customers"
    )
    kept: Positive | None = Field(
        None, description="how many customers fewer leave a month than would without it, in place of new customers"
    )
    of_most: Annotated[Any, *number(0.0, 1.0, True), "share"] = Field(
        Range(low=0.3, high=0.8), description="which share that is of what any money could bring (assumption)"
    )
    attributed: bool = Field(False, description="the number is an ad platform's own count, with those who would have come anyway")
    source: Text = ""


class Effect(Table):
    """What a channel, tactic or shock changes at full effect: 0.3 is 30 % more, −0.2 is 20 % less, 0 is nothing."""

    on: str = Field(description=f"{', '.join(EFFECTS)}, or steps.FROM.TO")
    full: AtLeastMinusOne | None = None
    per_rung: dict[Name, AtLeastMinusOne] | None = Field(None, description="full effect per rung; a rung not named: 0")
    source: Text = ""


class Channel(Means):
    """A way to reach people (search, social media, newsletter …)."""

    response: Response | None = Field(None, description="from money to effect; or `today`")
    today: Today | None = Field(None, description="what it does today, in place of `response`")
    carry_over: Annotated[Any, *number(0.0, 0.99, False), "share"] = Field(
        0.0, description="share of the pressure that stays a month later"
    )
    effects: tuple[Effect, ...] = ()
    needs_consent: bool | None = Field(
        None, description="reaches only those who consent; default: newsletter and personal_email do, others do not"
    )
    source: Text = ""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["response"]}, {"required": ["today"]}]})


class Tactic(Means):
    """Something one does for people on a rung (welcome series, personal offers …)."""

    response: Response | None = Field(None, description="needed where a campaign names no channel; or `today`")
    today: Today | None = Field(None, description="what it does today, in place of `response`")
    carry_over: Annotated[Any, *number(0.0, 0.99, False), "share"] = 0.0
    effects: tuple[Effect, ...] = ()
    needs_consent: bool = Field(False, description="reaches only those who consent, where the campaign names no channel")
    source: Text = ""


class Campaign(Table):
    """Money on a channel, a tactic or both, for an audience, between two months."""

    name: Name | None = None
    label: Label = ""
    channel: Name | None = None
    tactic: Name | None = None
    to: tuple[Name, ...] | None = Field(None, description="rungs; default: those its effects can touch")
    segments: tuple[Name, ...] | None = None
    from_month: Month = 0.0
    to_month: Month | None = None
    monthly_spend: Amount = Field(0.0, description="money that buys effect by the response curve, for the whole market")
    running_cost_per_month: Amount = Field(
        0.0, description="after: what it costs a month to run it, whatever it does; it buys no effect"
    )
    setup_cost: Amount = 0.0
    source: Text = ""
    wrong_rung_share: Share = Field(0.0, description="share of customers whom the firm takes for somebody on another rung")
    control_group_share: Share = Field(0.0, description="share of the market that is never reached, to compare with")
    contacts_per_month: Rate = Field(
        0.0, description="how often it contacts each of its audience, or (`after`) each under its effect; see `contacts`"
    )
    after: str | None = Field(
        None,
        description="the event that sets it off, customer by customer: first_order, order, no_order, entered.RUNG, joined.PROGRAM, "
        "level_lost.PROGRAM",
    )
    delay_days: Annotated[Any, *number(0.0, LONGEST, False), "rate"] = Field(
        0.0, description="after: days from the event to the contact"
    )
    lasts_days: Annotated[Any, *number(0.0, LONGEST, True), "rate"] = Field(
        30.0, description="after: days that the effect lasts from the contact on (assumption)"
    )
    cost_per_contact: Amount = Field(0.0, description="after: what one contact costs")
    contact_response: ContactResponse | None = Field(
        None, description="after: from `cost_per_contact` to a share of the full effect; without it a contact has the full effect"
    )
    points_factor: Rate = Field(1.0, description="what the points of the audience's orders are multiplied by")

    @property
    def each_month(self) -> Any:
        """What it costs a month beside its contacts: money that buys effect, or what running a campaign set off by events costs."""
        return self.monthly_spend if self.after is None else self.running_cost_per_month


class Shock(Table):
    """A dated change that costs nothing: a competitor, a crisis, a season."""

    name: Name
    label: Label = ""
    from_month: Month = 0.0
    to_month: Month | None = None
    effects: tuple[Effect, ...]
    source: Text = ""


class Policy(Table):
    """A function in a user's Python file: ``def win_back(env, market, **options): … yield market.months(3)``."""

    file: str
    function: Name
    options: dict[str, Any] = Field(default_factory=dict)


class Goal(Table):
    """Something to reach by a month: a rung's people or share of the market, or how many, or which share, have taken a step."""

    name: Annotated[str, ONE_LINE] = ""
    label: Label = ""
    rung: Name | None = None
    step: str | None = Field(None, description="FROM.TO, or FROM.TO.TRIGGER")
    number: Annotated[float, Field(ge=0)] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = Field(None, description="rung: share of the market that stands there")
    converted_share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="step: of all who have ever stood on the rung left, the share that has taken it"
    )
    by_month: Annotated[float, Field(gt=0), BeforeValidator(no_date)]
    source: Text = ""

    @property
    def wanted_share(self) -> float | None:
        """The share to reach, of the market or of those who could take the step; None where it is a number of people."""
        return self.share if self.converted_share is None else self.converted_share

    @property
    def wanted(self) -> float:
        """What is to be reached: people, or a share."""
        return float((self.wanted_share if self.number is None else self.number) or 0.0)


def _flat(value: Any) -> Any:
    """``set.steps.lead.prospect.monthly = 0.1`` (tables within tables) as one dotted key; ranges stay tables."""
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and not {"low", "high", "law"} & set(inner):
            below = _flat(inner)
            out |= {f"{key}.{k}": v for k, v in below.items()}
        else:
            out[key] = inner
    return out


class Strategy(Table):
    """Changes on top of the scenario: more campaigns, shocks and policies, and numbers set by their dotted keys."""

    label: Label = ""
    description: Text = ""
    campaigns: tuple[Campaign, ...] = ()
    shocks: tuple[Shock, ...] = ()
    policies: tuple[Policy, ...] = ()
    set: Annotated[dict[str, Any], BeforeValidator(_flat)] = Field(
        default_factory=dict, description='"steps.prospect.customer.monthly" = 0.12'
    )
    programs: tuple[AnyProgram, ...] = ()
    prices: tuple[Price, ...] = Field((), description="changes of price, in addition to those of the scenario")
    ready: Literal["acquisition_first", "retention_first", "referral_first", "by_rung", "balanced"] | None = Field(
        None, description="made of the library's tactics for the rungs there are"
    )
    monthly_budget: Annotated[float, Field(ge=0, le=1e12)] | None = Field(None, description="ready: what it spends a month")
    budget_goes_to: Annotated[str, ONE_LINE] | None = Field(
        None,
        description="dotted key of the number that the rest of `--same-budget` goes to, such as campaigns.search.monthly_spend; "
        "default: the spend of its only campaign",
    )
