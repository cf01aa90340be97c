"""What a scenario file may say: one frozen record per table of the TOML file.

The records hold a file as its author meant it: months, currency, shares. Nothing is converted here; ``tables`` turns a resolved
scenario into the integers and arrays the engines read. Any number but a size, a count of months and a graph may also be a range
``{ low = 0.06, high = 0.14 }`` (its central 90 %) or a named distribution ``{ law = "beta", a = 2, b = 5 }`` (``number_types``). Any text
for people (label, title, description, source) may be a table by language, of which the loader picks one (``texts``).

Here stand the market and the whole file; what is done to the market stands in ``plan_spec`` (and can be had from here, too), prices,
seasons, contacts and engagement in ``lever_spec``, opinions in ``opinion_spec``, and loyalty programmes, a file for each
kind, in ``programs/``.

To add something a file may say: add a field with its limits and a description (the JSON Schema and the error messages come from
them), its cross-checks in ``check``, its meaning in ``tables``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from ladsim.model.triggers import TriggerName
from ladsim.notebook import shown
from ladsim.scenario.calendar import with_months
from ladsim.scenario.lever_spec import Contacts, Engagement, Price, Role, Season
from ladsim.scenario.number_types import LONGEST, Amount, Every, Month, Name, Positive, Rate, Real, Seed, Share, Table, number
from ladsim.scenario.number_types import Distribution as Distribution
from ladsim.scenario.number_types import Limits as Limits
from ladsim.scenario.number_types import Range as Range
from ladsim.scenario.opinion_spec import Recommendation, Satisfaction, Score, Survey
from ladsim.scenario.plan_spec import Campaign as Campaign
from ladsim.scenario.plan_spec import Channel as Channel
from ladsim.scenario.plan_spec import ContactResponse as ContactResponse
from ladsim.scenario.plan_spec import Effect as Effect
from ladsim.scenario.plan_spec import Goal as Goal
from ladsim.scenario.plan_spec import Policy as Policy
from ladsim.scenario.plan_spec import Response as Response
from ladsim.scenario.plan_spec import Shock as Shock
from ladsim.scenario.plan_spec import Strategy as Strategy
from ladsim.scenario.plan_spec import Tactic as Tactic
from ladsim.scenario.plan_spec import Today as Today
from ladsim.scenario.programs.kinds import AnyProgram
from ladsim.scenario.texts import ONE_LINE, Label, Language, Text

People = Annotated[int, Field(ge=0, le=4_000_000_000)]


class Rung(Table):
    """A rung of the ladder, or (with `off_ladder`) a state beside it."""

    name: Name
    label: Label = ""
    off_ladder: bool | Literal["outside", "lapsed", "lost"] = False
    share: Share = Field(0.0, description="share of the market that starts here")
    people: People | None = Field(None, description="so many people start here, in place of `share`")
    orders_per_month: Rate = 0.0
    basket_factor: Rate = 1.0
    messages_per_month: Rate = Field(0.0, description="in every layer that does not say otherwise")
    cost_per_month: Amount = Field(0.0, description="cost of serving one customer here for a month")
    entry_cost: Amount = Field(0.0, description="cost each time a customer enters, the start included")
    announces: bool = Field(False, description="one message to every neighbour on entering")
    customer: bool | None = Field(None, description="counts as a customer; default: on the ladder and ordering")
    bought_before: bool | None = Field(
        None, description="who starts here has bought before, so is never a new customer; default: customers, lapsed, lost"
    )
    quality: Score | None = Field(None, description="of an order or a renewal here; default: that of `satisfaction`")
    effort: Score | None = Field(
        None, description="points of quality that effort takes off here; default: that of `satisfaction`"
    )
    recommendation: Real = Field(0.0, description="added to the likelihood to recommend of those who stand here")
    role: Role | None = Field(
        None, description="what the library takes the rung for; default: by name, else by place on the ladder"
    )
    source: Text = ""


class Step(Table):
    """A way from a rung to another, and when it happens."""

    from_: Name = Field(alias="from")
    to: Name
    trigger: TriggerName = "time"
    monthly: Share | None = Field(None, description="time: share that would have gone after a month, this step alone")
    rate: Rate | None = Field(None, description="time: hazard a month")
    cumulative_share: Share | None = Field(None, description="time: share gone this way after `by_months`, other exits included")
    by_months: Annotated[float, Field(gt=0, le=LONGEST)] | None = None
    probability: Share | None = Field(None, description="order, message, renewal: chance each time")
    beta: tuple[Positive, Positive] | None = Field(None, description="replaces `probability`: it differs between customers")
    gamma_shape: Positive | None = Field(None, description="time: how much customers differ; small is much")
    from_order: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(1, description="order: from this order since entering on")
    within_months: Annotated[float, Field(gt=0, le=LONGEST)] | None = Field(
        None, description="order: until so long after entering"
    )
    months: Every | None = Field(None, description="renewal: every so many months")
    negative: bool = Field(False, description="message: answers to criticism, not to praise")
    is_order: bool = Field(False, description="the step is itself an order")
    covers_months: Every | None = Field(
        None, description="with is_order: a contract, paid in advance for so many months and earned over them"
    )
    refund_on_leaving: bool = Field(
        False, description="with covers_months: who leaves the rung gets back what is not yet used; default: it is kept"
    )
    satisfaction_effect: Real = Field(0.0, description="β of × exp(β·(satisfaction − 7)/3)")
    source: Text = ""

    model_config = ConfigDict(populate_by_name=True)


# Ways to say the same number: giving one takes the others' place.
STEP_ALTERNATIVES: dict[str, tuple[str, ...]] = {
    "monthly": ("rate", "cumulative_share", "by_months"),
    "rate": ("monthly", "cumulative_share", "by_months"),
    "cumulative_share": ("monthly", "rate"),
    "probability": ("beta",),
    "beta": ("probability",),
}


class Basket(Table):
    """What an order is worth, in the scenario's currency."""

    law: Literal["constant", "lognormal", "gamma"] = "constant"
    mean: Amount = 1.0
    spread: Positive | None = Field(None, description="lognormal: standard deviation of the logarithm")
    shape: Positive | None = Field(None, description="gamma: shape; the standard deviation is mean / √shape")
    source: Text = ""


class OrderKind(Table):
    """A kind of order (repeat, add-on, up-sell): its share of all orders and its basket."""

    name: Name
    share: Share
    basket_factor: Rate = 1.0
    source: Text = ""


class Spread(Table):
    """How much customers differ in one trait: a factor of mean 1."""

    gamma_shape: Positive | None = None
    inverse_gamma_shape: Annotated[Any, *number(1.0, None, True), "rate"] | None = None
    source: Text = ""


class Heterogeneity(Table):
    orders: Spread | None = None
    messages: Spread | None = None
    basket: Spread | None = None


class Segment(Table):
    """A part of the market and its factors: `orders`, `messages`, `basket`, `cost`, `steps.lead.prospect`, `rungs.repeat.orders_per_month`."""

    name: Name
    label: Label = ""
    share: Share = Field(0.0, description="share of the market")
    people: People | None = Field(None, description="so many people are in it, in place of `share`")
    factors: dict[str, Rate] = Field(default_factory=dict)
    addressable_share: Share = Field(1.0, description="share of the segment that can ever be customers; read by `potential` only")
    conversion_factor: Rate = Field(1.0, description="factor on every step by which people become customers for the first time")
    margin: Share | None = Field(None, description="own margin, in place of money.margin; read by `potential` only")
    source: Text = ""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["share"]}, {"required": ["people"]}]})


class Start(Table):
    """How the market stands at month 0."""

    nodes: dict[Name, tuple[str | int, ...]] = Field(default_factory=dict, description="rung → customers that start there")
    orders: Annotated[int, Field(ge=0, le=1000)] | dict[Name, Annotated[int, Field(ge=0, le=1000)]] = 0
    stagger: bool = Field(False, description="spread the renewal dates of those who start as members")


class Arrival(Table):
    """People who come into the market from `outside`."""

    to: Name
    per_month: Rate
    from_month: Month = 0.0
    to_month: Month | None = None
    source: Text = ""


class TieColumns(Table):
    """Which columns of an edge list hold what: their names in its first line, or their places, counted from 1."""

    from_: str | Annotated[int, Field(ge=1)] = Field(alias="from")
    to: str | Annotated[int, Field(ge=1)]
    weight: str | Annotated[int, Field(ge=1)] | None = None

    model_config = ConfigDict(populate_by_name=True)


class Graph(Table):
    """Who talks to whom. `kind` decides which of the other keys are needed."""

    kind: Literal[
        "barabasi_albert", "watts_strogatz", "erdos_renyi", "configuration", "stochastic_blocks",
        "grid", "cycle", "everyone", "none", "file", "referred_by",
    ]  # fmt: skip
    links: Annotated[int, Field(ge=1)] | None = Field(None, description="barabasi_albert: ties of each newcomer")
    neighbours: Annotated[int, Field(ge=2)] | None = Field(None, description="watts_strogatz: ties in the ring (even)")
    rewired_share: Annotated[float, Field(ge=0, le=1)] | None = None
    mean_degree: Annotated[float, Field(ge=0)] | None = Field(
        None, description="erdos_renyi, configuration (Poisson or power law)"
    )
    degrees: tuple[Annotated[int, Field(ge=0)], ...] | Literal["poisson", "power_law"] | None = Field(
        None, description="configuration: a list of degrees repeated over the customers, or a law"
    )
    exponent: Annotated[float, Field(gt=2)] | None = Field(None, description="configuration with power_law")
    within_degree: Annotated[float, Field(ge=0)] | None = Field(
        None, description="stochastic_blocks: mean ties inside the segment"
    )
    between_degree: Annotated[float, Field(ge=0)] | None = Field(
        None, description="stochastic_blocks: mean ties to other segments"
    )
    columns: Annotated[int, Field(ge=1)] | TieColumns | None = Field(
        None,
        description="grid: width, default the square root; file: { from, to, weight }, columns of an edge list by name or by place from 1",
    )
    wrap: bool = Field(False, description="grid: left joined to right, top to bottom")
    seed: Seed = 1
    redraw: bool = Field(False, description="a new graph in every replication")
    copies: Annotated[int, Field(ge=1)] = Field(1, description="so many disjoint copies")
    path: str | None = Field(None, description="file, referred_by: path, relative to the scenario file")
    format: Literal["edge_list", "graphml", "gml", "gexf", "pajek", "tgf"] | None = Field(
        None, description="file: default by the file's name, else by what it begins with"
    )
    directed: bool = False
    header: bool | None = Field(None, description="file: whether the first line of an edge list has column names")
    comments: Literal["#", "%", "none"] | None = Field(None, description="file: how a comment of an edge list begins")
    weights: Literal["use", "ignore"] | None = Field(
        None, description="file: default use a column called weight (vægt, vekt), none of other formats"
    )
    id_column: str | None = Field(None, description="referred_by: column of the customer")
    referrer_column: str | None = Field(None, description="referred_by: column of who referred them")


class Layer(Table):
    """One layer of word of mouth: a graph and a budget of messages."""

    layer: Name
    label: Label = ""
    graph: Graph
    budget: Literal["per_sender", "per_edge", "per_receiver"] = "per_sender"
    messages_per_month: dict[Name, Rate] | None = Field(None, description="rung → messages; default the rungs' own")
    detractor_factor: Rate = Field(1.0, description="how much more often detractors speak")
    source: Text = ""


class Returns(Table):
    """Orders that come back: at the order one draw says how much of it is kept."""

    share: Share = Field(description="share of orders of which something comes back")
    whole_share: Share = Field(1.0, description="of these, the share that comes back as a whole (assumption: all)")
    part: Share | None = Field(None, description="how much of an order comes back that does not come back as a whole")
    cost: Amount = Field(0.0, description="of a return: carriage, checking, packing")
    resale_share: Share = Field(
        0.0, description="share of the cost of returned goods that is saved, since they can be sold again (assumption: nothing)"
    )
    quality: Score | None = Field(
        None, description="of sending something back, as an experience after that of the order; default: it is none of its own"
    )
    factors_per_order_kind: dict[Name, Rate] = Field(
        default_factory=dict, description="kind of order → factor on `share`, 1 if not named"
    )
    factors_per_segment: dict[Name, Rate] = Field(default_factory=dict, description="segment → factor on `share`, 1 if not named")
    factors_per_rung: dict[Name, Rate] = Field(default_factory=dict, description="rung → factor on `share`, 1 if not named")
    source: Text = ""


class Money(Table):
    margin: Share = Field(1.0, description="contribution as a share of revenue (without VAT)")
    cost_per_order: Amount = 0.0
    fixed_cost_per_month: Amount = 0.0
    discount_per_year: Rate = 0.0
    returns: Returns | None = None
    source: Text = ""


# Kinds of business of which others have published figures (``measures.literature``).
Trade = Literal["web_shop", "shop", "cafe", "restaurant", "hotel", "services", "subscription", "telecom", "b2b"]


class Scenario(Table):
    """A whole scenario file."""

    schema_: Literal[1] = Field(1, alias="schema")
    name: Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
    title: Label = Field("", description="what reports show instead of the name")
    description: Text = ""
    trade: Trade | None = Field(None, description="kind of business: reports show what others have measured in it")
    language: Language = "en"
    months: Annotated[float, Field(gt=0, le=1200)]
    market_size: Annotated[int, Field(ge=1, le=4_000_000_000)]
    start_date: datetime.date | None = None
    currency: Annotated[str, Field(min_length=1, max_length=12), ONE_LINE] = "EUR"
    amounts_include_vat: Annotated[float, Field(ge=0, le=2)] = 0.0
    population_seed: Seed = Field(1, description="who belongs to which segment")
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1, max_length=60)]
    steps: tuple[Step, ...] = ()
    basket: Basket = Basket()
    order_kinds: tuple[OrderKind, ...] = ()
    heterogeneity: Heterogeneity = Heterogeneity()
    segments: Annotated[tuple[Segment, ...], Field(max_length=1000)] = ()
    start: Start = Start()
    arrivals: tuple[Arrival, ...] = ()
    word_of_mouth: Annotated[tuple[Layer, ...], Field(max_length=100)] = ()
    money: Money = Money()
    channels: tuple[Channel, ...] = ()
    tactics: tuple[Tactic, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    shocks: tuple[Shock, ...] = ()
    policies: tuple[Policy, ...] = ()
    goals: tuple[Goal, ...] = ()
    sources: dict[str, Text] = Field(default_factory=dict, description="dotted key → where the number comes from")
    strategies: dict[Name, Strategy] = Field(default_factory=dict)
    satisfaction: Satisfaction | None = None
    recommendation: Recommendation = Recommendation()
    survey: Survey = Survey()
    programs: Annotated[tuple[AnyProgram, ...], Field(max_length=50)] = ()
    prices: Annotated[tuple[Price, ...], Field(max_length=100)] = ()
    seasons: Annotated[tuple[Season, ...], Field(max_length=20)] = ()
    contacts: Contacts = Contacts()
    engagement: Engagement | None = None
    posterior: Annotated[str, Field(max_length=1000), ONE_LINE] = Field(
        "", description="Parquet file of joint draws, as `ladsim calibrate` writes it; ranges name a column of it by `posterior`"
    )
    engine: Literal["auto", "simpy", "fast"] = Field(
        "auto", description="simpy: a process per customer; fast: arrays; the same history"
    )

    _file: str = PrivateAttr("")
    # The market without the strategy: what is known of today holds there (``today``).
    _base: Scenario | None = PrivateAttr(None)
    # Which lists the file counts in people, not in shares of the market (``people``).
    _counted: tuple[str, ...] = PrivateAttr(())

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _dates_as_months(cls, data: Any) -> Any:
        start = data.get("start_date") if isinstance(data, Mapping) else None
        return with_months(data, start) if type(start) is datetime.date else data

    @property
    def needs_curves(self) -> bool:
        """Whether a channel or tactic says what it does today, for which a response curve is to be solved."""
        return any(one.today is not None for one in self.channels) or any(one.today is not None for one in self.tactics)

    @property
    def before_strategy(self) -> Scenario | None:
        """The market without the strategy, where curves are to be solved in that; else None."""
        return self._base

    def after(self, base: Scenario) -> Scenario:
        """The same scenario, which knows what it was without its strategy."""
        made = self.model_copy()
        object.__setattr__(made, "__pydantic_private__", {"_file": self._file, "_base": base, "_counted": self._counted})
        return made

    def __eq__(self, other: object) -> bool:
        """Scenarios that say the same are equal, whatever files they come from."""
        return isinstance(other, Scenario) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    @property
    def file(self) -> str:
        """The full path of the file that it was read from; empty where it was made otherwise."""
        return self._file

    def from_file(self, file: str) -> Scenario:
        """The same scenario, read from this file. Only for one that nobody else has yet: it changes that."""
        self._file = file
        return self

    @property
    def counted(self) -> tuple[str, ...]:
        """Which of ``rungs`` and ``segments`` its file counts in people."""
        return self._counted

    def counted_in_people(self, keys: tuple[str, ...]) -> Scenario:
        """The same scenario, whose file counts these lists in people. Only for one that nobody else has yet: it changes that."""
        self._counted = keys
        return self

    @property
    def heading(self) -> str:
        """What people call it: its title, else its name."""
        return self.title or self.name

    def _repr_html_(self) -> str:
        """What a notebook shows: the ladder."""
        return shown("ladsim.reporting.outline:scenario", self)
