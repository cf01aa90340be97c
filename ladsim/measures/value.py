"""Money: what was earned, what it cost, when it paid back, and which customers it came from.

    contribution = revenue − goods − handling        profit = contribution − serving − entry costs − spend − fixed costs
    present value = Σ over days d of booked(d) · e^(−δ (d − ½)/30),  δ = ln(1 + yearly rate)/12,  day 0 undiscounted

Amounts are currency of the whole market (VAT taken out), income positive and costs negative as they were booked; totals called
*spend* are positive. What a customer is worth is *realised*: booked until the horizon, so who joined late has had little time.
Sources: Farris et al. (2010); lifetime value Gupta et al. (2006); ABC: Pareto (1896), Dickie (1951).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.tidy import (
    By,
    Floats,
    became_customer,
    causes_of,
    currency,
    group,
    group_names,
    monthly,
    people,
    ratio,
    rows,
)
from ladsim.model.layout import C_FIXED_COST, C_HANDLING, TICKS_PER_MONTH

CASH = "cash"  # what is received in advance, beside the causes of money
CLASSES = (("A", 0.80), ("B", 0.95), ("C", 1.0))


def booked_units(history: History) -> NDArray[np.int64]:
    """Amount units booked per month and cause, market-wide money included: (M+1, C). Sums of these are exact."""
    return np.asarray(history.money.sum(axis=(2, 3)) + history.market_money, np.int64)


def booked(history: History) -> Floats:
    """Currency booked per month and cause, market-wide money included: (M+1, C)."""
    return currency(history, booked_units(history))


def profit_per_month(history: History) -> Floats:
    """Currency booked per month under all causes: (M+1,)."""
    return currency(history, booked_units(history).sum(axis=1))


def profit_so_far(history: History) -> Floats:
    """Currency booked from the start until each month: (M+1,)."""
    return currency(history, booked_units(history).sum(axis=1).cumsum())


def spend_per_month(history: History) -> Floats:
    """Spend on campaigns and policies per month, positive, (M+1,)."""
    return currency(history, -booked_units(history)[:, causes_of(history).spend].sum(axis=1))


def income_statement(history: History) -> pd.DataFrame:
    """Revenue, each cause of cost, contribution, spend and profit: month × lines, month 0 holding what was booked at the start.

    Unit: currency; costs negative, but `spend` (all campaigns and policies) positive. Formula: contribution = revenue + goods +
    handling + programmes' fees and discounts; profit = everything booked; cumulative_profit sums it. Where anything is paid in
    advance (a club's fee, a contract), it is booked as it is earned; `cash` is what was received in advance, less what was paid back,
    and `prepaid` what of it is owed at the month's end: both are in no sum. Source: contribution accounting (Farris et al. 2010).
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), strategy="balanced", sample=200, seed=1)
    >>> ladsim.measures.income_statement(history)[["revenue", "contribution", "spend", "profit"]].round().tail(2)
    line     revenue  contribution    spend    profit
    month
    23.0   1131799.0      669588.0  15000.0  424588.0
    24.0    989318.0      587850.0  15000.0  342850.0
    """
    by_cause, lines = booked(history), causes_of(history)
    table = pd.DataFrame(by_cause, index=pd.Index(history.months, name="month"), columns=pd.Index(history.causes, name="line"))
    contribution = booked_units(history)[:, lines.contribution].sum(axis=1)
    table.insert(C_HANDLING + 1, "contribution", currency(history, contribution))
    table["spend"] = spend_per_month(history)
    table["profit"] = profit_per_month(history)
    table["cumulative_profit"] = profit_so_far(history)
    if history.payment_sources:
        table["cash"] = currency(history, history.cash.sum(axis=(1, 2, 3)))
        table["prepaid"] = currency(history, history.prepaid.sum(axis=1))
    return table


def money_by_cause(history: History, *, by: By = None) -> pd.DataFrame:
    """Every amount booked: month, cause, [segment or rung], amount.

    Unit: currency, costs negative. Money that belongs to no customer (spend, fixed costs) stands under the group "market". Where
    anything is paid in advance, a last cause `cash` says what was received; it is earned under the other causes, so add it to nothing.
    Raises StudyError where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.money_by_cause(history).round().tail(3)
         month       cause    amount
    147   24.0   rung_cost       0.0
    148   24.0  entry_cost       0.0
    149   24.0  fixed_cost -230000.0
    """
    names = (*group_names(history, by), "market") if by is not None else ("all",)
    frames = []
    parts = [(label, history.money[:, n], history.market_money[:, n, None]) for n, label in enumerate(history.causes)]
    if history.payment_sources:
        parts.append((CASH, history.cash.sum(axis=1), np.zeros((len(history.months), 1), np.int64)))
    for label, of_people, market in parts:
        own = group(of_people, by)
        amounts = currency(history, np.concatenate([own, market], axis=1) if by is not None else own + market)
        frames.append(monthly(history, by, names, amount=amounts))
        frames[-1].insert(1, "cause", label)
    return pd.concat(frames, ignore_index=True).sort_values("month", kind="stable", ignore_index=True)


def discount_weights(history: History) -> Floats:
    """What one unit of currency booked on each day is worth at the start, (D+1,): e^(−δ·mid-day), day 0 undiscounted."""
    days = np.arange(len(history.daily))
    middle = np.where(days == 0, 0.0, (days - 0.5) / TICKS_PER_MONTH)
    return np.asarray(np.exp(-history.discount_per_month * middle), np.float64)


def present_value(history: History) -> pd.DataFrame:
    """Amount and present value of every cause, and of profit: cause, amount, present_value.

    Unit: currency. Formula: Σ_d booked(d)·e^(−δ(d − ½)/30), at the scenario's yearly rate. Source: continuous discounting
    (Brealey & Myers).
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.present_value(history).set_index("cause").loc[["revenue", "profit"]].round()
                 amount  present_value
    cause
    revenue  14672344.0     13530883.0
    profit    3165047.0      2892610.0
    """
    weights = discount_weights(history)
    amounts = np.append(history.daily.sum(axis=0), history.daily.sum())
    present = weights @ history.daily
    values = np.append(present, present.sum())
    causes = [*history.causes, "profit"]
    return pd.DataFrame({"cause": causes, "amount": currency(history, amounts), "present_value": currency(history, values)})


def discounted_profit(history: History) -> pd.DataFrame:
    """Profit of each month and so far, at its worth at the start: month, profit, discounted_profit, cumulative_discounted_profit.

    Unit: currency; formula as in ``present_value``.
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.discounted_profit(history)[["month", "profit", "discounted_profit"]].round().tail(2)
        month    profit  discounted_profit
    23   23.0  273375.0           236625.0
    24   24.0  197195.0           169562.0
    """
    by_day = history.daily.sum(axis=1)
    month = np.minimum(-(-np.arange(len(by_day)) // TICKS_PER_MONTH), len(history.months) - 1)
    plain = currency(history, np.bincount(month, by_day, minlength=len(history.months)))
    discounted = currency(history, np.bincount(month, by_day * discount_weights(history), minlength=len(history.months)))
    columns = {"profit": plain, "discounted_profit": discounted, "cumulative_discounted_profit": discounted.cumsum()}
    return monthly(history, None, ("all",), 0, **columns)


def customer_acquisition_cost(history: History) -> pd.DataFrame:
    """Spend ÷ new customers, month by month and so far: month, spend, new_customers, acquisition_cost, acquisition_cost_so_far.

    All campaign and policy spend is in it, also what was meant to keep customers ("blended" cost). Unit: currency per new
    customer; NaN where none came. Source: Farris et al. (2010).
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), strategy="balanced", sample=200, seed=1)
    >>> ladsim.measures.customer_acquisition_cost(history)[["month", "spend", "new_customers", "acquisition_cost"]].round(2).tail(2)
        month    spend  new_customers  acquisition_cost
    23   23.0  15000.0          600.0              25.0
    24   24.0  15000.0          300.0              50.0
    """
    spend, new = spend_per_month(history), people(history, history.new_customers[:, :, 0].sum(axis=1))
    columns = {"spend": spend, "new_customers": new, "acquisition_cost": ratio(spend, new)}
    so_far = ratio(spend.cumsum(), new.cumsum())
    return monthly(history, None, ("all",), 0, **columns, acquisition_cost_so_far=so_far)


def customer_lifetime_value(history: History, *, by: Literal["cohort", "segment", "rung"] | None = None) -> pd.DataFrame:
    """What a customer has brought until the horizon, on average: [by], customers, orders, revenue, contribution, cost, value.

    Everybody who ever was a customer counts; by cohort those who belong to one, which lost ones of the start who came back do not.
    Lifetime value by revenue is `revenue`, by contribution `contribution`; `cost` is serving and entry costs (positive), before
    becoming a customer too, and `value` = contribution − cost. Unit: currency per customer, not discounted. By rung: where they
    stand at the end. Source: Gupta et al. (2006); expected values: ``theory.markov``.
    Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.customer_lifetime_value(history).round(1)
       customers  orders  revenue  contribution  cost  value
    0     9300.0    35.8   1577.7         933.9   0.0  933.9
    """
    c = rows(history)[became_customer(history)]
    if by == "cohort":
        c = c[c["cohort"] >= 0]
    names: tuple[Any, ...] = ("all",)
    place = np.zeros(len(c), np.int64)
    if by == "cohort":
        place, names = c["cohort"], tuple(range(len(history.months)))
    elif by is not None:
        names = group_names(history, by)
        place = c[by].astype(np.int64)
    heads = np.bincount(place, minlength=len(names))

    def mean(field: str, per: float) -> Floats:
        return ratio(np.bincount(place, c[field], minlength=len(names)) / per, heads)

    table = pd.DataFrame({"customers": people(history, heads), "orders": mean("booked", 1.0)})
    table["revenue"] = mean("revenue", history.unit)
    table["contribution"] = mean("contribution", history.unit)
    table["cost"] = 0.0 - mean("cost", history.unit)
    table["value"] = table["contribution"] - table["cost"]
    if by is not None:
        table.insert(0, by, names)
    return table


def payback_months(history: History, baseline: History | None = None) -> float:
    """Months until cumulative profit (over `baseline`, where given) is at least 0 and stays so; NaN when not by the horizon.

    With a baseline, the same market without the spend, it is the payback time of what was done; alone, that of the whole
    business. Resolution: month starts. Source: payback period (Brealey & Myers).
    Raises StudyError where `baseline` has other months.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, strategy="balanced", sample=200, seed=1)
    >>> without = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.payback_months(history, without)
    9.0
    """
    so_far = profit_so_far(history)
    if baseline is not None:
        _require_same_months(history, baseline)
        so_far = so_far - profit_so_far(baseline)
    return payback_of(so_far, history.months)


def payback_of(cumulative: Floats, months: Floats) -> float:
    """First month from which a cumulative sum never falls below 0 again; NaN where the last is below.

    >>> payback_of(np.array([-3.0, 1.0, -1.0, 2.0, 5.0]), np.arange(5.0))
    3.0
    """
    below = np.flatnonzero(np.asarray(cumulative) < 0.0)
    if len(below) == 0:
        return float(months[0])
    return float("nan") if below[-1] == len(months) - 1 else float(months[below[-1] + 1])


def return_on_spend(history: History, baseline: History | None = None) -> float:
    """(What it earned − spend) ÷ spend; NaN without spend.

    Earned is contribution less serving and entry costs; with a `baseline`, the same market without it, both are differences,
    which is what the spend caused. Alone it credits the spend with the whole business. Unit: currency per currency spent.
    Source: return on marketing investment (Farris et al. 2010). Raises StudyError where `baseline` has other months.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, strategy="balanced", sample=200, seed=1)
    >>> without = ladsim.simulate(scenario, sample=200, seed=1)
    >>> round(ladsim.measures.return_on_spend(history, without), 2)
    3.84
    """
    left, spent = return_parts(history)
    if baseline is not None:
        _require_same_months(history, baseline)
        without, less = return_parts(baseline)
        left, spent = left - without, spent - less
    return left / spent if spent != 0.0 else float("nan")


def return_parts(history: History) -> tuple[float, float]:
    """What is left of earnings after the spend, and the spend: ``return_on_spend`` is the one over the other. Unit: currency."""
    spent = float(spend_per_month(history).sum())
    return _earned(history) - spent, spent


def _earned(history: History) -> float:
    total = booked_units(history).sum(axis=0)
    return float(currency(history, total[causes_of(history).earned].sum()))


def fixed_cost(history: History) -> float:
    """Fixed costs of the whole run, positive, in currency."""
    return float(currency(history, -booked_units(history)[:, C_FIXED_COST].sum()))


def _require_same_months(history: History, baseline: History) -> None:
    if not np.array_equal(history.months, baseline.months):
        found = f"months up to {baseline.months[-1]:g}, must be those of the history, up to {history.months[-1]:g}"
        raise StudyError(f"baseline: found {found}")


def _sorted_contribution(history: History) -> NDArray[np.int64]:
    """Contribution of everybody who ever became a customer, amount units, best first."""
    return np.sort(rows(history)["contribution"][became_customer(history)])[::-1]


def _brought(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """What each customer brings: contribution, and nothing where it is a loss."""
    return np.maximum(units, 0)


def abc_shares(history: History) -> Floats:
    """Share of what profitable customers bring by the best 0, 1, … 100 % of customers, (101,); NaN where nobody brings anything.

    Who loses money brings nothing, so the shares lie between 0 and 1 and never fall. Where nobody does it is of all contribution.
    """
    units = _brought(_sorted_contribution(history))
    total = float(units.sum())
    if total <= 0.0:
        return np.full(101, np.nan)
    so_far = np.concatenate([[0.0], units.cumsum() / total])
    return np.asarray(np.interp(np.linspace(0.0, len(units), 101), np.arange(len(units) + 1), so_far), np.float64)


def abc_curve(history: History) -> pd.DataFrame:
    """Share of contribution that the best x % of customers brought, x = 0 … 100: share_of_customers, share_of_contribution,
    class.

    Customers are sorted by their contribution until the horizon, best first. Shares are of the sum of what profitable customers bring:
    who loses money brings nothing, so that no share is above 1. Class A makes the first 80 % of it, B the next 15 %, C the rest.
    Source: Pareto (1896), Dickie (1951). Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.abc_curve(history).iloc[[10, 20, 50]].round(2)
        share_of_customers  share_of_contribution class
    10                 0.1                   0.60     A
    20                 0.2                   0.81     B
    50                 0.5                   0.97     C
    """
    share = abc_shares(history)
    names = [next((name for name, until in CLASSES if y <= until + 1e-12), "C") for y in share]
    return pd.DataFrame({"share_of_customers": np.arange(101) / 100, "share_of_contribution": share, "class": names})


def abc_classes(history: History) -> pd.DataFrame:
    """How many customers make each class: class, customers, share_of_customers, contribution, share_of_contribution.

    A customer is in class A as long as those before it brought less than 80 % of what all profitable customers bring, then in B until
    95 %; who loses money is in C. `contribution` holds losses, `share_of_contribution` is of what profitable customers bring (class C: none
    below 0). Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.abc_classes(history).round(2)[["class", "customers", "share_of_customers", "share_of_contribution"]]
      class  customers  share_of_customers  share_of_contribution
    0     A     1800.0                0.19                   0.80
    1     B     1900.0                0.20                   0.15
    2     C     5600.0                0.60                   0.05
    """
    units = _sorted_contribution(history)
    brought = _brought(units).astype(np.float64)
    total = brought.sum()
    before = ratio(brought.cumsum() - brought, total) if len(units) else brought
    place = np.digitize(before, [until for _, until in CLASSES[:-1]])
    heads = np.bincount(place, minlength=3)
    amount, share = (np.bincount(place, part, minlength=3) for part in (units, brought))
    return pd.DataFrame(
        {
            "class": [name for name, _ in CLASSES],
            "customers": people(history, heads),
            "share_of_customers": ratio(heads, len(units)),
            "contribution": currency(history, amount),
            "share_of_contribution": ratio(share, total),
        }
    )
