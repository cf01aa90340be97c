"""Referral reward: something for who refers, and for who is referred, once the referred becomes a customer.

The newcomer has `referred_reward` at once; who won it hears of it a tick later (one message per newcomer) and has `referrer_reward`, where
it takes part: everybody does who has been a customer, unless `joins` says otherwise. Rewards are money (a cost, booked as it is), points
of the first points programme (who is no member becomes one; they cost what redeeming them does), or months free of the first club's fee.
At most `max_per_month`, `max_per_year` (months 1 to 12 are the first year) and `max_total` of them for one customer that refers. How much
more people talk, and how much better what they say is answered, is said by `factors` of members and by campaigns: this file knows only
what a new customer costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import never
from ladsim.scenario.number_types import MOST_COUNT, Amount
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

# `receiver`: place of the programme that points or months free go to, below 0: the reward is money.
NUMBERS = ("referrer_reward", "referred_reward", "receiver", "max_per_month", "max_total", "max_per_year")
REFERRER, REFERRED, RECEIVER, PER_MONTH, IN_ALL, PER_YEAR = range(6)
# What is remembered: rewards in all; month of the last one; rewards in that month; with a limit a year, rewards in that year.
_REWARDED, _MONTH, _IN_MONTH, _IN_YEAR = range(4)
_RECEIVERS = {"points": ("points", "takes the points"), "free_month": ("club", "gives the fee that is free")}


class ReferralReward(Program):
    """Something for who refers and for who is referred, once the referred becomes a customer."""

    loses_levels: ClassVar[bool] = False

    kind: Literal["referral_reward"]
    referrer_reward: Amount = Field(0.0, description="to who refers, for each that becomes a customer")
    referred_reward: Amount = Field(0.0, description="to who is referred, on becoming a customer")
    reward: Literal["money", "points", "free_month"] = Field(
        "money",
        description="what `referrer_reward` and `referred_reward` are: money, points of the points programme, months free of the club",
    )
    max_per_month: Annotated[int, Field(ge=1, le=MOST_COUNT)] | None = Field(None, description="to one customer that refers")
    max_per_year: Annotated[int, Field(ge=1, le=MOST_COUNT)] | None = Field(
        None, description="to one customer that refers, in months 1 to 12, 13 to 24 and so on"
    )
    max_total: Annotated[int, Field(ge=1, le=MOST_COUNT)] | None = Field(None, description="to one customer that refers, in all")

    @property
    def must_be_joined(self) -> bool:
        return False

    @property
    def everybody_joins(self) -> bool:
        return self.joins.probability is None and self.joins.monthly is None

    @property
    def receiver(self) -> str:
        return _RECEIVERS[self.reward][0] if self.reward in _RECEIVERS else ""

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """Which programme the reward goes to. Where it is not there (in a twin market without it), its points or months are worth nothing."""
        kinds = [other.kind for other in scenario.programs]
        if self.receiver and self.receiver not in kinds:
            return super().numbers(scenario) | {"receiver": -1.0, "referrer_reward": 0.0, "referred_reward": 0.0}
        return super().numbers(scenario) | {"receiver": float(kinds.index(self.receiver)) if self.receiver else -1.0}

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Nobody who could be referred, nothing given, no programme that could take it."""
        if not scenario.word_of_mouth:
            yield Problem(place, "no [[word_of_mouth]] in the scenario", "must have it: without messages nobody is ever referred")
        if not {"referrer_reward", "referred_reward"} & self.model_fields_set:
            yield Problem(
                place, "neither", "must give `referrer_reward` (to who refers), `referred_reward` (to who is referred), or both"
            )
        if self.receiver and all(other.kind != self.receiver for other in beside):
            words = f"must have a program of kind {self.receiver} in the scenario, which {_RECEIVERS[self.reward][1]}"
            yield Problem(f"{place}.reward", repr(self.reward), words)

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """A reward of nothing."""
        if never(self.referrer_reward) and never(self.referred_reward):
            yield Problem(f"{place}.referrer_reward", "0, and referred_reward too", "nobody is given anything")


def memory(numbers: Mapping[str, float]) -> int:
    """Rewards so far, where there is a limit to them."""
    if numbers.get("max_per_year"):
        return _IN_YEAR + 1
    return _IN_MONTH + 1 if numbers.get("max_per_month") or numbers.get("max_total") else 0


@rule
def reward(m, row, place, t, size):  # type: ignore[no-untyped-def]
    """Give a customer its reward; answers whether there was anything to be had, and only that counts."""
    receiver = np.int64(access.number(m, place, RECEIVER))
    given = False
    if receiver < 0:
        amount = money.whole(m.unit * size)
        given = amount > 0
        money.book(m, row, t, access.program(m, place).cause + layout.P_REWARDS, -amount, t)
    elif t >= access.program(m, receiver).starts:
        given = membership.ask(m, row, receiver, access.program(m, receiver).on_grant, t, size) > 0.0
    if given:
        membership.count(m, place, t, layout.M_REWARDS, 1)
    return given


@rule
def in_this_month(m, row, place, t):  # type: ignore[no-untyped-def]
    """Rewards of this customer in the month that holds `t`."""
    return access.memory(m, row, place, _IN_MONTH) if access.memory(m, row, place, _MONTH) == money.month_of(t) else np.int64(0)


@rule
def in_this_year(m, row, place, t):  # type: ignore[no-untyped-def]
    """Rewards of this customer in the year that holds `t`."""
    is_same = membership.year_of(access.memory(m, row, place, _MONTH)) == membership.year_of(money.month_of(t))
    return access.memory(m, row, place, _IN_YEAR) if is_same else np.int64(0)


@rule
def is_allowed(m, row, place, t):  # type: ignore[no-untyped-def]
    """Whether this customer may have one more reward."""
    in_all, in_month, in_year = (
        access.number(m, place, IN_ALL),
        access.number(m, place, PER_MONTH),
        access.number(m, place, PER_YEAR),
    )
    if in_all > 0.0 and access.memory(m, row, place, _REWARDED) >= in_all:
        return False
    if in_month > 0.0 and in_this_month(m, row, place, t) >= in_month:
        return False
    return in_year == 0.0 or in_this_year(m, row, place, t) < in_year


@rule
def count_reward(m, row, place, t):  # type: ignore[no-untyped-def]
    """Remember one more reward of this customer, where there is a limit to them."""
    in_all, in_month, in_year = (
        access.number(m, place, IN_ALL),
        access.number(m, place, PER_MONTH),
        access.number(m, place, PER_YEAR),
    )
    if in_month == 0.0 and in_year == 0.0 and in_all == 0.0:
        return
    this_month = in_this_month(m, row, place, t)
    if in_year > 0.0:
        access.set_memory(m, row, place, _IN_YEAR, in_this_year(m, row, place, t) + 1)
    access.set_memory(m, row, place, _REWARDED, access.memory(m, row, place, _REWARDED) + 1)
    access.set_memory(m, row, place, _MONTH, money.month_of(t))
    access.set_memory(m, row, place, _IN_MONTH, this_month + 1)


@hook
def on_convert(address, row, place, t, referrer):  # type: ignore[no-untyped-def]
    """What the newcomer gets."""
    m = access.market(address)
    size = access.number(m, place, REFERRED)
    if size > 0.0 and t >= access.program(m, place).starts:
        reward(m, row, place, t, size)
    return 0.0


@hook
def on_referral(address, row, place, t, newcomer):  # type: ignore[no-untyped-def]
    """What who referred is given."""
    m = access.market(address)
    size = access.number(m, place, REFERRER)
    is_due = size > 0.0 and access.member(m, row, place).level > 0 and is_allowed(m, row, place, t)
    if is_due and reward(m, row, place, t, size):
        count_reward(m, row, place, t)
    return 0.0
