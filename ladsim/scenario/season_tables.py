"""Seasons and prices laid out as dated changes, like shocks.

In: the seasons and prices of a resolved scenario. Out: (start, end, effects) of each change, in months. A season has a factor for
each month of the calendar; a month of the run has the mean of those it lies in, by days (``calendar``): of one alone where the run starts
on the first of a month. A price p = 1 + change multiplies
what is paid by p, orders by p^elasticity and leaving by p^leaving_elasticity (constant elasticity; Tellis 1988); while it is new it
takes `quality_loss` · change points off the quality of what is experienced.

>>> from ladsim.scenario.lever_spec import Price
>>> ((start, end, effects),) = changes_of_price(Price(change=0.1, elasticity=-2.0), 24.0)
>>> start, end, [(effect.on, round(effect.full, 4)) for effect in effects]
(0.0, 24.0, [('price', 0.1), ('orders', -0.1736)])
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from ladsim import streams
from ladsim.scenario.calendar import LENGTH, shares
from ladsim.scenario.lever_spec import Price, Season
from ladsim.scenario.spec import Effect, Scenario

Change = tuple[float, float, tuple[Effect, ...]]


def changes(scenario: Scenario) -> Iterator[tuple[str, Change]]:
    """(name, change) of all seasons and prices, in the order of the file."""
    start = scenario.start_date if scenario.start_date is not None else datetime.date(2001, 1, 1)
    for place, season in enumerate(scenario.seasons):
        for change in changes_of_season(season, start, scenario.months):
            yield f"season {place + 1}", change
    for place, price in enumerate(scenario.prices):
        for change in changes_of_price(price, scenario.months):
            yield price.name or f"price {place + 1}", change


def changes_of_season(season: Season, start: datetime.date, months: float) -> Iterator[Change]:
    """A change for every month of the run whose factor is not 1; the run starts on this day of the calendar."""
    month = 0
    while month < months:
        factor = factor_of(season.factors, start, month)
        if factor != 1.0:
            yield float(month), min(month + 1.0, months), (Effect(on=season.on, full=factor - 1.0),)
        month += 1


def factor_of(factors: Sequence[float], start: datetime.date, month: int) -> float:
    """A season's factor in a month of the run: the mean of those of the calendar months it lies in, by days.

    >>> round(factor_of(range(1, 13), datetime.date(2025, 1, 31), 0), 4)
    2.0144
    """
    parts = shares(start, month)
    among = {factors[place] for place, _ in parts}
    return among.pop() if len(among) == 1 else sum(factors[place] * part for place, part in parts) / LENGTH


def changes_of_price(price: Price, months: float) -> Iterator[Change]:
    """What a new price does as long as it holds, and what is felt of it while it is new."""
    end = months if price.to_month is None else price.to_month
    effects = [Effect(on="price", full=price.change)]
    if price.per_rung is not None:
        effects.append(Effect(on="orders", per_rung={r: power(price.change, e) for r, e in price.per_rung.items()}))
    elif price.elasticity:
        effects.append(Effect(on="orders", full=power(price.change, price.elasticity)))
    for on, elasticity in (("leaving", price.leaving_elasticity), ("climbing", price.climbing_elasticity)):
        if elasticity:
            effects.append(Effect(on=on, full=power(price.change, elasticity)))
    yield price.from_month, end, tuple(effects)
    if price.quality_loss > 0.0 and price.quality_loss_months > 0.0:
        felt = -price.quality_loss * price.change
        yield (
            price.from_month,
            min(end, price.from_month + price.quality_loss_months),
            (Effect.model_construct(on="satisfaction", full=felt),),
        )


def power(change: float, elasticity: float) -> float:
    """(1 + change)^elasticity − 1: what a price does to something with an elasticity."""
    return min(1e9, float(streams.exp(elasticity * float(streams.log(1.0 + change)))) - 1.0)
