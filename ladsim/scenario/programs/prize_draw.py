"""Prize draw: every n-th order of a member takes part in a draw, and may win a prize.

Of N orders since joining ⌊N / `every`⌋ take part, and each wins `prize` with `chance`, which is a cost. What that does to people, `factors` say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook
from ladsim.errors import Problem
from ladsim.scenario.distributions import never
from ladsim.scenario.number_types import MOST_COUNT, Amount, Share
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np, streams
from ladsim.scenario.programs.within_reach import most_orders

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

NUMBERS = ("every", "chance", "prize")
EVERY, CHANCE, PRIZE = range(3)


class PrizeDraw(Program):
    """A prize, by luck, for every n-th order."""

    is_alone: ClassVar[bool] = True
    loses_levels: ClassVar[bool] = False
    kind: Literal["prize_draw"]
    every: Annotated[int, Field(ge=1, le=MOST_COUNT)] = Field(1, description="of so many orders of a member the last takes part")
    chance: Share = Field(description="chance that an order that takes part wins")
    prize: Amount = Field(description="what a prize costs the firm")

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        if never(self.chance):
            yield Problem(f"{place}.chance", "0", "must be above 0: nobody could ever win")

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        if self.every > most_orders(scenario, scenario.months):
            yield Problem(f"{place}.every", str(self.every), "hardly any order takes part: even a very active customer has fewer")


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Count the order; where it takes part, draw."""
    m = access.market(address)
    own, program = access.member(m, row, place), access.program(m, place)
    own.number += own.level > 0
    if own.level > 0 and np.int64(own.number) % np.int64(access.number(m, place, EVERY)) == 0:
        u = streams.uniform(access.key(m, row), program.stream_id, streams.PROGRAM, np.uint64(own.number), 0)
        if u < access.number(m, place, CHANCE):
            money.book(m, row, t, program.cause + layout.P_REWARDS, -money.whole(m.unit * access.number(m, place, PRIZE)), t)
            membership.count(m, place, t, layout.M_REWARDS, 1)
    return 0.0
