"""What a scenario file may say of satisfaction, of what people recommend, and of the survey that asks them.

In: nothing. Out: one frozen record per table. Their cross-checks stand in ``check_market``, their meaning in ``tables``.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ladsim.scenario.number_types import MOST_COUNT, Rate, Real, Share, Table, number
from ladsim.scenario.texts import Text

Score = Annotated[Any, *number(0.0, 10.0, False), "real"]


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
