"""What a strategy brings that would not have come anyway, and what that costs: the extra customer and the extra money.

In: futures of a market, and of the same market without what is judged, under the same luck. Out: one `Extra`. Every number is a
difference of the two, future by future, so whoever comes anyway drops out:

    extra money = Δ(spend + what programmes cost: set-up, rewards, running, discounts, less fees)
    cost per extra customer = extra money ÷ Δ customers at the end
    return on the extra money = (Δ profit + extra money) ÷ extra money

Intervals of differences are those of paired futures, those of ratios Fieller's (1954). A ratio is left out where it would say
nothing: no extra money, or a Δ customers whose 95 % interval holds 0. All spend ÷ all new customers is another number (``explain
customer_acquisition_cost``): it shares the money among those who come anyway, too, and is always lower.

To add a number: a line in `extra`, its meaning in ``columns.COLUMNS`` and in ``i18n/measures.LANGUAGE.toml``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.planning import pairs
from ladsim.planning.measure_table import by_future
from ladsim.planning.pairs import Estimate
from ladsim.planning.program_months import costs
from ladsim.planning.replications import Replications, same_futures

Floats = NDArray[np.float64]
Why = Literal["", "few", "no_money", "money_unsure", "saves", "unsure", "fewer"]


@dataclass(frozen=True)
class Extra:
    """A market less the same market without what is judged. Money in the currency, people of the whole market, over the whole time."""

    extra_money: Estimate
    extra_profit: Estimate
    extra_customers: Estimate  # at the end
    extra_new_customers: Estimate  # won until then, whether they stay or not
    cost_per_extra_customer: Estimate  # NaN: see `why`
    cost_per_extra_new_customer: Estimate
    return_on_extra_money: Estimate  # NaN where there is no extra money
    why: Why  # there is no cost per extra customer: too few futures, no extra money, perhaps none, money saved, perhaps no extra
    # customers, surely fewer

    def columns(self) -> dict[str, float]:
        """Every number with its limits: name, name_low, name_high."""
        found: dict[str, float] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Estimate):
                found |= {one.name: value.value, f"{one.name}_low": value.low, f"{one.name}_high": value.high}
        return found


def extra(runs: Replications, without: Replications) -> Extra:
    """What `runs` bring beyond `without`: the same futures of the same market, less what is judged."""
    paired = bool(len(runs.parameters.columns) or len(without.parameters.columns))
    runs, without = same_futures(runs, without)
    money = money_spent(runs) - money_spent(without)
    profit, customers, new = (
        by_future(runs, measure) - by_future(without, measure) for measure in ("profit", "customers_end", "new_customers")
    )
    cost, costs_money = pairs.mean(money, paired), surely_positive(money, paired)
    more, more_new = (pairs.mean(change, paired) for change in (customers, new))
    nothing = pairs.NOTHING
    back = pairs.ratio_of_differences(profit + money, money, paired) if costs_money else nothing
    price = _price(money, customers, paired) if costs_money else nothing
    return Extra(
        extra_money=cost,
        extra_profit=pairs.mean(profit, paired),
        extra_customers=more,
        extra_new_customers=more_new,
        cost_per_extra_customer=price,
        cost_per_extra_new_customer=_price(money, new, paired) if costs_money else nothing,
        return_on_extra_money=back,
        why=_why(cost, more, price, back),
    )


def extra_table(runs: Mapping[str, Replications], without: Replications) -> pd.DataFrame:
    """What each strategy brings beyond `without`, a row each: strategy, label, every number of `Extra` (+ _low, _high), why."""
    found = {name: extra(run, without) for name, run in runs.items()}
    rows = [{"strategy": name, "label": runs[name].label, **one.columns(), "why": one.why} for name, one in found.items()]
    return pd.DataFrame(rows)


def beyond_nothing(runs: Replications) -> dict[str, pd.DataFrame]:
    """What a strategy brings beyond the same market without campaigns, programmes and policies, one row; none where that was not played."""
    return {} if runs.nothing is None else {"extra": extra_table(runs.futures, runs.nothing)}


def money_spent(runs: Replications) -> Floats:
    """Spend on campaigns and policies, and what programmes cost less their fees, in the currency: (futures,)."""
    return by_future(runs, "spend") + costs(runs)


def surely_positive(values: Floats, paired: bool) -> bool:
    """Whether the whole 95 % interval of a mean lies above 0."""
    return pairs.mean(values, paired).low > 0.0


def price_of_more(money: Floats, people: Floats, paired: bool) -> tuple[Estimate, Estimate, Why]:
    """How many people more, what one of them costs, and why there is no price: from differences of a market and its twin, (futures,)."""
    more, cost = pairs.mean(people, paired), pairs.mean(money, paired)
    price = _price(money, people, paired) if cost.low > 0.0 else pairs.NOTHING
    return more, price, _why(cost, more, price, pairs.Estimate(0.0, 0.0, 0.0))


def _price(money: Floats, people: Floats, paired: bool) -> Estimate:
    """Money ÷ people; NaN where it is not sure that there are any."""
    return pairs.ratio_of_differences(money, people, paired) if surely_positive(people, paired) else pairs.NOTHING


def _why(cost: Estimate, more: Estimate, price: Estimate, back: Estimate) -> Why:
    """Why there is no price; few futures first, for they explain the others."""
    if math.isnan(more.low) or math.isnan(cost.low):
        return "few"
    if not cost.low > 0.0:
        return "no_money" if cost.low == cost.high == 0.0 else "saves" if cost.high < 0.0 else "money_unsure"
    if math.isnan(back.value) or (more.low > 0.0 and math.isnan(price.value)):
        return "few"
    if more.low > 0.0:
        return ""
    return "fewer" if more.high < 0.0 else "unsure"
