"""What all kinds of loyalty programme have in common: the keys of every one, and what a kind may say otherwise.

In: nothing. Out: the frozen record `Program`, of which each kind's is made. A kind overrides what does not hold for it: who becomes a
member, which levels there are, the numbers that its rules read, what is wrong with a programme, and what is merely odd.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from ladsim.errors import Problem
from ladsim.scenario.number_types import Amount, Month, Name, Positive, Rate, Share, Table
from ladsim.scenario.texts import Label, Text

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario


class Joining(Table):
    """Who becomes a member: by a probability on entering a rung, or by a monthly chance there."""

    on_rungs: Name | tuple[Name, ...] | None = Field(None, description="rung or rungs; default: all that count as customers")
    probability: Share | None = Field(None, description="chance on entering the rung")
    monthly: Share | None = Field(None, description="share that would have joined after a month on the rung")
    to_month: Month | None = Field(None, description="nobody joins after it; who is a member stays one")
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
    cost_per_member: Amount = Field(0.0, description="a month, at this level; beside what each member costs")
    perceived_value: Positive | None = Field(
        None,
        description="what a month at this level is worth to members; κ towards it is multiplied by it over its `cost_per_member`",
    )
    source: Text = ""


class Program(Table):
    """A loyalty programme. `kind` decides which keys stand beside those that every programme has."""

    # What holds of a kind; where nothing is said, what is safe.
    is_alone: ClassVar[bool] = False  # nobody's life touches another's by it: lives may be lived ahead
    has_ranks: ClassVar[bool] = True  # a higher level stands above a lower one
    loses_levels: ClassVar[bool] = True  # a member can come to a lower level, or lose the membership
    gives_points: ClassVar[bool] = False  # what multiplies points may act on it
    ends_by_date: ClassVar[bool] = False  # it has `to_month`, and its members have it until then
    moving: ClassVar[frozenset[str]] = frozenset()  # its own keys that say what it makes people do, beside `factors`
    renews: ClassVar[bool] = False  # members go on, pause or leave at dates: pages say how many did

    kind: str
    name: Name | None = None
    label: Label = ""
    joins: Joining = Field(Joining(), description="who becomes a member, and where")
    from_month: Month = Field(0.0, description="nobody joins before")
    setup_cost: Amount = Field(0.0, description="paid once, when it starts, in the currency")
    running_cost_per_month: Amount = Field(
        0.0, description="of running the whole programme for a month, however many its members"
    )
    cost_per_member: Amount = Field(0.0, description="of each member for a month")
    factors: dict[str, Rate] = Field(default_factory=dict, description="benefits of members as factors")
    source: Text = ""

    @property
    def rules(self) -> str:
        """Whose rules it is played by: a kind's, or those of a user's own file."""
        return self.kind

    @property
    def must_be_joined(self) -> bool:
        """Whether nobody has it without `joins`."""
        return True

    @property
    def everybody_joins(self) -> bool:
        """Whether all on the rungs that it is for have it, whatever `joins` says."""
        return False

    @property
    def rungs(self) -> tuple[str, ...] | None:
        """The rungs that it is for; None: all that count as customers."""
        return (self.joins.on_rungs,) if isinstance(self.joins.on_rungs, str) else self.joins.on_rungs

    @property
    def end(self) -> float | None:
        """The month at which it is over, if it ends."""
        return None

    @property
    def levels_of_members(self) -> tuple[Level, ...]:
        """The levels that a member can have, the first one first."""
        return (Level(name="member"),)

    def has_benefits(self, level: Level) -> bool:
        """Whether members of a level have the programme's `factors`, and cost `cost_per_member`."""
        return True

    @property
    def earns_at_new_level(self) -> bool:
        """Whether an order that changes the level earns points at the new one."""
        return False

    @property
    def receiver(self) -> str:
        """The kind of programme that its rewards go to, "" where they are its own."""
        return ""

    @property
    def cost_of_point(self) -> float:
        """What one of its points costs when it is redeemed, in the currency; NaN where nothing says so."""
        return float("nan")

    @property
    def highest_pull(self) -> float:
        """The highest factor by which its rules themselves make members order more often."""
        return 1.0

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """The plain numbers that its rules may ask for, by name, 0 for those that are not given."""
        found: dict[str, float] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, bool) or value is None:
                found[name] = float(bool(value))
            elif isinstance(value, int | float):
                found[name] = float(value)
            elif isinstance(value, tuple) and value and all(isinstance(part, int | float) for part in value):
                found |= {f"{name}_{place}": float(part) for place, part in enumerate(value, 1)}
        return found

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """What forbids to simulate it, in words, beside what ``check_programs`` says of every kind; `place`: where it stands."""
        yield from ()

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """What is odd about it, though it can be simulated, beside what ``warn_programs`` says of every kind."""
        yield from ()


def missing(place: str, program: Program, key: str, why: str) -> Iterator[Problem]:
    """The problem of a key that a file must give though it could stand at its default."""
    if key not in program.model_fields_set:
        yield Problem(f"{place}.{key}", "nothing", f"must be given: {why}")
