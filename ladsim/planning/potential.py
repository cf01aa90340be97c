"""What there is to win in each segment, what it is worth, and whom to go for first at a given budget.

In: a scenario with segments (one without is one group), perhaps a budget and what a new customer costs. Out: `Potential`. What is
simulated: how many people stand where, who becomes a customer, what they bring, the cost of a customer by the scenario's campaigns
(``acquisition_cost``), and where there is no closed form the value of one more person (``marginal_value``). What is arithmetic: how many there can be
(size × addressable share), the highest cost that pays (``customer_value``), and the division of the budget (``allocation``), which takes the mean
worth and cost as they are and a customer to cost the same however many are won.

To add a column: in ``_segments`` or ``_rungs``, its meaning in `Potential` and in ``COLUMNS``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError, nearest
from ladsim.measures.tidy import people
from ladsim.measures.value import CLASSES
from ladsim.planning import acquisition_cost, customer_value, pairs
from ladsim.planning.allocation import split
from ladsim.planning.conversion_goals import COLUMNS as CONVERSION_COLUMNS
from ladsim.planning.conversion_goals import conversion_goals
from ladsim.planning.marginal_value import MarginalValue, with_nowhere
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.pool import Work
from ladsim.planning.replications import OfOneStrategy, Replications
from ladsim.planning.run import StudyContext, run_with_extra, unique_names
from ladsim.planning.segment_numbers import ENDS, SegmentNumbers, groups_of
from ladsim.planning.studies import StudyKind
from ladsim.scenario.address import campaign_names
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy

Floats = NDArray[np.float64]
Costs = float | Mapping[str, float] | None


@dataclass(frozen=True)
class Potential(OfOneStrategy):
    """What there is to win in each segment, what one more person is worth, and whom to go for first.

    Each `low` and `high` is a 95 % interval of the mean before it. Amounts are in the scenario's currency; a *customer value* is discounted to
    the start and is that of one person, all other money that of the whole market and the whole time.

    ====================  ======================================================================================================
    table                 columns
    ====================  ======================================================================================================
    ``rungs``             segment, rung, now, end (+ _low, _high), can_be (size × addressable share; empty beside the ladder), room (can_be less
                          now), customer_value (of one more person there; + _low, _high), earned (contribution less cost to serve; + _low, _high),
                          profit_share (of all earned; + _low, _high), customer_share (of all customers at the end)
    ``segments``          segment, size, addressable_share, can_be, customers_now, customers_end (+ …), addressable (still to be won: people who are
                          no customers and have not bought before, at most can_be less customers_now), new_customers (+ …), max_acquisition_cost
                          (of winning one more that still pays; + …), cost (of winning one; + …), cost_from ("given", "campaigns" or
                          empty), campaign_cost (what the scenario's own campaigns show, whatever is given; + …), gain_rate (what a unit
                          of currency spent brings beyond itself; + …), behind (the best's gain_rate less this one; + …),
                          earned (+ …), profit_share (+ …), customer_share (+ …), abc (A: the first 80 % of what is earned, B: until
                          95 %, C)
    ``conversion_goals``  what is to become of each step until the horizon, see ``planning.conversion_goals``
    ``winning``           segment, step by which people are won, taken (mean number), max_acquisition_cost (+ …)
    ``plan``              place, segment, people, spend, limit ("people" or "budget"), gain_rate (+ …), gain (value won less spend; + …)
    ====================  ======================================================================================================
    """

    kind: ClassVar[str] = "potential"

    strategy: str | None
    label: str
    budget: float | None
    costs: dict[str, float]  # per segment, as given
    runs: Replications
    basis: Literal["closed form", "simulated"]  # of every customer value: for life, or until the horizon
    reason: str  # why there is no closed form, "" where there is
    rungs: pd.DataFrame
    segments: pd.DataFrame
    winning: pd.DataFrame
    conversion_goals: pd.DataFrame
    plan: pd.DataFrame
    gain: tuple[float, float, float]  # of the whole plan, and its 95 % interval


@with_study_options()
def potential(
    scenario: Scenario,
    strategy: str | None = None,
    budget: float | None = None,
    *,
    cost_per_customer: Costs = None,
    **options: Unpack[StudyOptions],
) -> Potential:
    """What there is to win in each segment, and whom to go for first with a budget (None: with as much as pays).

    `cost_per_customer` is what winning one costs, for all segments or by name; where it is not given, the scenario's own campaigns
    say. Raises StudyError for a negative budget, a cost that is not above 0 or of no segment, and what ``replicate`` raises.

    >>> import ladsim
    >>> found = ladsim.potential(ladsim.load("acquisition_vs_retention"), replications=4, sample=200, processes=1)
    >>> found.segments[["segment", "addressable"]]
         segment  addressable
    0  everybody      17200.0
    """
    seed = options["seed"]
    changed = override(scenario, options["overrides"] or {})
    (strategy,) = unique_names(changed, [strategy]).values()
    costs = _costs(changed, cost_per_customer)
    if budget is not None and not (math.isfinite(budget) and budget >= 0.0):
        raise StudyError(f"budget: found {budget:g}, must be an amount of at least 0")
    applied = with_strategy(changed, strategy)
    first = Draws(applied, seed).tables(0)
    reason = customer_value.no_closed_form(first)
    campaigns = acquisition_cost.winning_campaigns(first)
    inside = tuple(range(len(first.rung_names)))

    def more(together: StudyContext) -> Sequence[Work]:
        works: list[Work] = []
        if reason:
            apart = Draws(with_nowhere(applied), seed)
            works += [MarginalValue(together, apart, segment, inside) for segment in range(len(first.segment_names))]
        if campaigns:
            names = {campaign.name for campaign in campaigns}
            named = zip(campaign_names(applied.campaigns), applied.campaigns, strict=True)
            left = tuple(campaign for name, campaign in named if name not in names)
            without = Draws(applied.model_copy(update={"campaigns": left}), seed)
            works.append(acquisition_cost.Without(replace(together, draws=without)))
        return works

    runs, found = run_with_extra(scenario, [strategy], more, **options)
    return _study(next(iter(runs.values())), found, reason, bool(campaigns), budget, costs)


def _costs(scenario: Scenario, given: Costs) -> dict[str, float]:
    """The cost of winning a customer by segment, as far as it is given."""
    names = [segment.name for segment in scenario.segments] or ["everybody"]
    costs = {} if given is None else dict(given) if isinstance(given, Mapping) else dict.fromkeys(names, given)
    for name, cost in costs.items():
        if name not in names:
            close = nearest(name, names)
            hint = f" (did you mean {close!r}?)" if close else ""
            raise StudyError(f"cost_per_customer: found {name!r}, must be one of {', '.join(names)}{hint}")
        if not (math.isfinite(cost) and cost > 0.0):
            raise StudyError(f"cost_per_customer: found {cost:g}, must be an amount above 0")
    return {name: float(cost) for name, cost in costs.items()}


def _study(
    runs: Replications, found: Sequence[Sequence[Any]], reason: str, observed: bool, budget: float | None, costs: dict[str, float]
) -> Potential:
    """The tables out of the futures and of what was found beside them."""
    numbers = SegmentNumbers(runs, None if not reason else np.stack([np.array(one) for one in found[: groups_of(runs)]], axis=1))
    seen = _customers_by_campaigns(numbers, np.array(found[-1]) if observed else None)
    rate, cost_from = _customers_per_unit(numbers, seen, costs)
    segments = _segments(numbers, rate, cost_from, seen)
    plan, gain = _plan(numbers, rate, segments, budget)
    return Potential(
        strategy=runs.strategy,
        label=runs.label,
        budget=budget,
        costs=costs,
        runs=runs,
        basis="simulated" if reason else "closed form",
        reason=reason,
        rungs=_rungs(numbers),
        segments=segments,
        winning=_winning(numbers),
        conversion_goals=conversion_goals(runs, runs if runs.strategy is None else None, len(runs.histories[0].months) - 1),
        plan=plan,
        gain=(gain.value, gain.low, gain.high),
    )


def _shares(values: Floats) -> Floats:
    """Each row's share of all that rows with a gain make, none where it loses, linear around the ratio of totals: (N, rows).

    NaN where no row gains in any future.
    """
    gains = np.maximum(values, 0.0)
    total = gains.sum(axis=1)
    return np.stack([pairs.linearised(gains[:, row], total) for row in range(values.shape[1])], axis=1)


def _rungs(numbers: SegmentNumbers) -> pd.DataFrame:
    """Every segment on every rung."""
    first, n = numbers.runs.histories[0], numbers.runs.count
    groups, rungs = len(first.segment_names), len(first.rung_names)
    now = numbers.people[:, 0].mean(axis=0)
    can_be = np.where(first.on_ladder, numbers.can_be[:, None], np.nan)
    at_end = np.where(numbers.is_customer, numbers.people[:, 1], 0.0).reshape(n, -1)
    counted = np.broadcast_to(numbers.is_customer, (groups, rungs)).ravel()
    table = pd.DataFrame(
        {
            "segment": np.repeat(np.array(first.segment_names, object), rungs),
            "rung": list(first.rung_names) * groups,
            "now": now.ravel(),
            **numbers.columns("end", numbers.people[:, 1].reshape(n, -1)),
            "can_be": can_be.ravel(),
            "room": np.maximum(0.0, can_be - now).ravel(),
            **numbers.columns("customer_value", numbers.customer_values.reshape(n, -1)),
            **numbers.columns("earned", numbers.earned.reshape(n, -1)),
            **numbers.columns("profit_share", _shares(numbers.earned.reshape(n, -1))),
            **numbers.columns("customer_share", _shares(at_end)),
        }
    )
    table.loc[~counted, ["customer_share" + end for end in ENDS]] = np.nan
    return table


def _winning(numbers: SegmentNumbers) -> pd.DataFrame:
    """Every winning step in every segment."""
    first, steps = numbers.runs.histories[0], customer_value.won_by(numbers.laid_out[0])
    taken = np.stack([people(h, h.flows[:, steps].sum(axis=0).T) for h in numbers.runs.histories])
    n = numbers.runs.count
    return pd.DataFrame(
        {
            "segment": np.repeat(np.array(first.segment_names, object), len(steps)),
            "step": [first.step_names[s] for s in steps] * len(first.segment_names),
            **numbers.columns("taken", taken.reshape(n, -1)),
            **numbers.columns("max_acquisition_cost", numbers.by_step.reshape(n, -1)),
        }
    )


def _customers_by_campaigns(numbers: SegmentNumbers, without: Floats | None) -> Floats:
    """Extra new customers that a unit of currency wins by the scenario's own campaigns, (N, G); NaN where they win none.

    Linear around the ratio of totals (``pairs.linearised``), so that its mean is all extra new customers ÷ all spend.
    """
    runs = numbers.runs
    found = np.full((runs.count, groups_of(runs)), np.nan)
    if without is None:
        return found
    laid_out = zip(runs.histories, numbers.laid_out, strict=True)
    spends = np.stack([acquisition_cost.spent(h, acquisition_cost.winning_campaigns(one)) for h, one in laid_out])
    gained = np.stack([acquisition_cost.acquired(h) for h in runs.histories]) - without
    for g in range(found.shape[1]):
        seen = pairs.linearised(gained[:, g], spends[:, g])
        if seen.mean() > 0.0:
            found[:, g] = seen
    return found


def _customers_per_unit(numbers: SegmentNumbers, seen: Floats, costs: Mapping[str, float]) -> tuple[Floats, list[str]]:
    """Customers won by a unit of currency, (N, G), NaN where nobody knows; and where that comes from."""
    names = numbers.runs.histories[0].segment_names
    rate = seen.copy()
    origin = ["" if np.isnan(rate[0, g]) else "campaigns" for g in range(len(names))]
    for g, name in enumerate(names):
        if name in costs:
            rate[:, g], origin[g] = 1.0 / costs[name], "given"
    return rate, origin


def _segments(numbers: SegmentNumbers, rate: Floats, cost_from: list[str], seen: Floats) -> pd.DataFrame:
    """Every segment as a whole."""
    first = numbers.runs.histories[0]
    earned, customers = numbers.earned.sum(axis=2), numbers.people[:, :, :, numbers.is_customer].sum(axis=3)
    shares = _shares(earned)
    cost, by_campaigns = _costs_of(numbers, rate), _costs_of(numbers, seen)
    returned = _returned(numbers.highest, rate)
    return pd.DataFrame(
        {
            "segment": list(first.segment_names),
            "size": numbers.sizes.mean(axis=0),
            "addressable_share": numbers.needs.mean(axis=0),
            "can_be": numbers.can_be,
            "customers_now": customers[:, 0].mean(axis=0),
            **numbers.columns("customers_end", customers[:, 1]),
            "addressable": numbers.addressable,
            **numbers.columns("new_customers", np.stack([acquisition_cost.acquired(h) for h in numbers.runs.histories])),
            **numbers.columns("max_acquisition_cost", numbers.highest),
            **{f"cost{end}": [one[place] for one in cost] for place, end in enumerate(ENDS)},
            "cost_from": cost_from,
            **{f"campaign_cost{end}": [one[place] for one in by_campaigns] for place, end in enumerate(ENDS)},
            **numbers.columns("gain_rate", returned),
            **numbers.columns("behind", returned[:, [_best(returned)]] - returned),
            **numbers.columns("earned", earned),
            **numbers.columns("profit_share", shares),
            **numbers.columns("customer_share", _shares(customers[:, 1])),
            "abc": _classes(earned.mean(axis=0)),
        }
    )


def _costs_of(numbers: SegmentNumbers, rate: Floats) -> list[list[float]]:
    """Cost of a customer in each segment with its limits, from customers per unit of currency (N, G).

    A cost is the inverse of a mean: its limits change places, and where even the best case wins nobody there is none.
    """
    found = [numbers.mean(rate[:, g]) for g in range(rate.shape[1])]
    return [[_inverse(one.value), _inverse(one.high), _inverse(one.low)] for one in found]


def _best(returned: Floats) -> int:
    """The segment where a unit of currency brings most; the first where nobody knows."""
    means = returned.mean(axis=0)
    return 0 if np.isnan(means).all() else int(np.nanargmax(means))


def _inverse(value: float) -> float:
    return 1.0 / value if value > 0.0 else math.nan


def _classes(earned: Floats) -> list[str]:
    """Class of each segment, best first: A as long as those before it earned less than 80 %, then B until 95 %, then C."""
    total, before, found = float(earned.sum()), 0.0, [""] * len(earned)
    for g in np.argsort(-earned, kind="stable") if total > 0.0 else ():
        found[g] = next((name for name, until in CLASSES if before < until * total - 1e-9 * total), "C")
        before += float(earned[g])
    return found


def _plan(
    numbers: SegmentNumbers, rate: Floats, segments: pd.DataFrame, budget: float | None
) -> tuple[pd.DataFrame, pairs.Estimate]:
    """The budget's parts, best first, and what all of them gain."""
    cost = segments["cost"].to_numpy(np.float64)
    shares = split(segments["max_acquisition_cost"].tolist(), cost.tolist(), numbers.addressable.tolist(), budget)
    returned = _returned(numbers.highest, rate)
    rows = []
    for place, share in enumerate(shares, start=1):
        own = returned[:, share.group]
        name = segments["segment"].iloc[share.group]
        rows.append([place, name, share.people, share.spend, share.limit, *numbers.mean(own), *numbers.mean(own * share.spend)])
    columns = ["place", "segment", "people", "spend", "limit", *(name + end for name in ("gain_rate", "gain") for end in ENDS)]
    total = sum((returned[:, share.group] * share.spend for share in shares), np.zeros(numbers.runs.count))
    return pd.DataFrame(rows, columns=columns), numbers.mean(total)


def _returned(highest: Floats, rate: Floats) -> Floats:
    """What a unit of currency brings beyond itself, (N, G): worth × customers per unit − 1, linear around the two means.

    Its mean is that of the product of means, on which the budget is divided, and its spread holds that of both (delta method).
    """
    h, c = highest.mean(axis=0), rate.mean(axis=0)
    return np.asarray(highest * c + h * rate - h * c - 1.0, np.float64)


COLUMNS = {
    "now": ("people", "who stands there at the start"),
    "end": ("people", "mean number of those who stand there at the end"),
    "addressable_share": ("share", "of the segment that can ever be customers"),
    "can_be": ("people", "how many customers there can be in the segment: size × addressable share"),
    "room": ("people", "can_be less those on the rung now"),
    "customer_value": ("currency", "discounted contribution less the cost of serving of one more person on the rung"),
    "earned": ("currency", "contribution at own margins less the cost of serving, mean over the whole time"),
    "profit_share": ("share", "of all that is earned where anything is; a loss has no share"),
    "customer_share": ("share", "of all customers at the end"),
    "customers_now": ("people", "customers at the start"),
    "addressable": ("people", "can_be less customers_now, at most those who are no customers and have not bought before"),
    "max_acquisition_cost": ("currency", "of winning one more customer that still pays"),
    "cost": ("currency", "of winning one more customer; a limit is empty where even that is not sure to win any"),
    "campaign_cost": (
        "currency",
        "of winning one more customer, as the scenario's own campaigns show it; empty where they win none",
    ),
    "cost_from": ("", "given; or campaigns: seen in the scenario's own"),
    "abc": ("", "A: the first 80 % of what is earned, B: until 95 %, C: the rest"),
    "place": ("", "1: to go for first"),
    "limit": ("", "what ends the segment's part: people (all are won), or budget"),
    "gain_rate": ("currency per currency", "what a unit spent brings beyond itself, in value"),
    "gain": ("currency", "value won less spend"),
    "behind": ("currency per currency", "gain_rate of the first less this one"),
    "potential_segments.size": ("people", "people in the segment"),
    "potential_plan.people": ("people", "customers won with the spend, on average"),
    "potential_plan.spend": ("currency", "the segment's part of the budget"),
    **CONVERSION_COLUMNS,
}


def own_tables(study: Potential) -> dict[str, pd.DataFrame]:
    """Segments, rungs and steps, and how the budget is divided."""
    return {
        "potential_segments": study.segments,
        "potential_rungs": study.rungs,
        "potential_steps": study.winning,
        "potential_plan": study.plan,
        "conversion_goals": study.conversion_goals,
    }


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Budget and costs of a manifest; ``potential`` looks at the amounts."""
    budget, costs = manifest.get("budget"), manifest.get("costs")
    if not (budget is None or isinstance(budget, int | float)) or not isinstance(costs, dict):
        raise ValueError("its budget or its costs are missing")
    if not all(isinstance(cost, int | float) for cost in costs.values()):
        raise ValueError("its costs must be amounts")
    return {"budget": budget, "cost_per_customer": costs}


STUDY = StudyKind(
    again=lambda scenario, strategies, **given: potential(scenario, strategies[0], **given),
    own_tables=own_tables,
    arguments=lambda study: {"budget": study.budget, "costs": study.costs},
    arguments_in=arguments_in,
    columns=COLUMNS,
    by_segment=True,
)
