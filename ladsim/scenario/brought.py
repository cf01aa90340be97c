"""What a channel or tactic is known to bring today, and what it moves where it names no effects.

In: a ``Today``, a scenario. Out: which kind of thing is counted (new customers, orders, lapsed customers who come back, customers who do
not leave), how many of them a month, and the effects that bring them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ladsim.scenario.distributions import ends
from ladsim.scenario.segments import counts_as_customer, has_bought_before, winning_steps
from ladsim.scenario.spec import Effect, Scenario, Today

COUNTS = ("extra_customers", "extra_orders", "won_back", "kept")  # what may be counted, by the key that gives the number
PRICES = ("cost_per_customer", "cost_per_contact")  # which say how many new customers that is


def what_it_brings(today: Today) -> str:
    """The kind of thing that is counted.

    >>> what_it_brings(Today(monthly_spend=1.0, kept=25.0)), what_it_brings(Today(monthly_spend=1.0, cost_per_customer=20.0))
    ('kept', 'extra_customers')
    """
    return next((key for key in COUNTS if getattr(today, key) is not None), COUNTS[0])


def brings(today: Today) -> float:
    """How many of them a month there are that would not be there without it, from what a resolved ``today`` gives.

    >>> brings(Today(monthly_spend=50_000.0, cost_per_customer=312.5)), brings(Today(monthly_spend=50_000.0, won_back=40.0))
    (160.0, 40.0)
    >>> brings(Today(monthly_spend=50_000.0, cost_per_contact=5.0, customers_per_contact=0.016))
    160.0
    """
    given = getattr(today, what_it_brings(today))
    if given is not None:
        return float(given)
    if today.cost_per_customer is not None:
        return float(today.monthly_spend / today.cost_per_customer)
    return float(today.monthly_spend / today.cost_per_contact * today.customers_per_contact)


def usual_effects(scenario: Scenario, today: Today) -> tuple[Effect, ...]:
    """What is moved where no effects are named: all that leads to what is counted; empty where nothing does."""
    what = what_it_brings(today)
    if what == "extra_customers":
        return tuple(Effect(on=f"steps.{name}", full=1.0) for name in winning_steps(scenario))
    if what == "extra_orders":
        ordering = {rung.name: 1.0 for rung in scenario.rungs if ends(rung.orders_per_month)[1] > 0.0}
        return (Effect(on="orders", per_rung=ordering),) if ordering else ()
    size = 1.0 if what == "won_back" else -1.0
    return tuple(Effect(on=f"steps.{name}", full=size) for name in dict.fromkeys(_steps(scenario, what)))


def _steps(scenario: Scenario, what: str) -> Iterator[str]:
    """The steps (FROM.TO) by which lapsed customers come back, or customers leave; messages move nobody in expectation."""
    customers = {rung.name for rung in scenario.rungs if counts_as_customer(rung)}
    lapsed = {rung.name for rung in scenario.rungs if has_bought_before(rung)} - customers
    for step in scenario.steps:
        back, leaves = step.from_ in lapsed and step.to in customers, step.from_ in customers and step.to not in customers
        if step.trigger != "message" and (back if what == "won_back" else leaves):
            yield f"{step.from_}.{step.to}"
