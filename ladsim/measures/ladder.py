"""The ladder itself: who stands where, who climbs and falls, and whether the goals were met.

Flow k covers the month (k−1, k]; a rate of month k is that flow over all who stood on the rung left in that month,

    conversion rate = flow in (k−1, k] ÷ (customers on the rung at k−1 + those who came to it in (k−1, k])

(the rate of a marketing funnel; Farris et al. 2010, *Marketing Metrics*). Who comes and leaves within one month is in both, so neither
it nor ``cumulative_conversion``, the same from the start on, is ever above 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError, nearest
from ladsim.measures.tidy import Floats, monthly, people, ratio, wide
from ladsim.scenario.spec import Goal

BySegment = Literal["segment"] | None


def rung_counts(history: History, *, tidy: bool = False) -> pd.DataFrame:
    """People on each rung at every month start: a table month × rung, or with `tidy` month, segment, rung, customers.

    Unit: people of the whole market. The states off the ladder are columns like the rungs; every row sums to the market's size.
    Raises nothing.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.rung_counts(history)[["potential", "customer", "returning", "regular"]].head(2)
    rung   potential  customer  returning  regular
    month
    0.0      13400.0    1000.0     1300.0   1000.0
    1.0      13200.0     800.0     1700.0    900.0
    """
    counts = people(history, history.counts)
    if not tidy:
        return wide(history, counts.sum(axis=1), history.rung_names, "rung")
    pairs = [(segment, rung) for segment in history.segment_names for rung in history.rung_names]
    table = pd.DataFrame(pairs * len(history.months), columns=["segment", "rung"])
    table.insert(0, "month", np.repeat(history.months, len(pairs)))
    table["customers"] = counts.ravel()
    return table


def number_of_ambassadors(history: History, *, rung: str | None = None, by: BySegment = None) -> pd.DataFrame:
    """People on the ambassador rung at every month start: month, [segment], rung, ambassadors, share_of_customers.

    The rung is the highest whose name begins with "ambassad", else the highest of the ladder, unless `rung` names it. The share is
    of everybody on a customer rung or on that one; NaN where nobody is. Unit: people of the whole market, share. Source: Raphel &
    Raphel (1995), the top of their loyalty ladder.
    Raises StudyError where the ladder has no such `rung`, and where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.number_of_ambassadors(history).round(2).tail(2)
        month        rung  ambassadors  share_of_customers
    23   23.0  ambassador        400.0                 0.1
    24   24.0  ambassador        400.0                 0.1
    """
    place = ambassador_rung(history) if rung is None else _known(rung, history.rung_names, "rung")
    counted = history.is_customer | (np.arange(len(history.rung_names)) == place)
    there, customers = grouped(history.counts[:, :, place], by), grouped(history.counts[:, :, counted].sum(axis=2), by)
    names = history.segment_names if by == "segment" else ("all",)
    table = monthly(history, by, names, 0, ambassadors=people(history, there), share_of_customers=ratio(there, customers))
    table.insert(1 if by is None else 2, "rung", history.rung_names[place])
    return table


def ambassador_rung(history: History) -> int:
    """The highest rung whose name begins with "ambassad" (in any case), else the highest rung of the ladder."""
    ladder = [int(r) for r in np.flatnonzero(history.on_ladder)]
    named = [r for r in ladder if history.rung_names[r].casefold().startswith("ambassad")]
    return (named or ladder)[-1]


def flows(history: History, *, by: BySegment = None, tidy: bool = False) -> pd.DataFrame:
    """People who took each step in each month: month × step, or tidy month, step, from, to, trigger, [segment], customers.

    Unit: people of the whole market in (k−1, k]. Arrivals from outside are steps too. `by` needs `tidy`.
    Raises StudyError where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.flows(history, tidy=True)[["from", "to", "trigger", "customers"]].head(3)
            from        to  trigger  customers
    0  potential  customer     time      400.0
    1  potential  customer  message        0.0
    2   customer    lapsed     time      200.0
    """
    if tidy or by is not None:
        return _per_step(history, by, customers=people(history, _flows(history, by)))
    return wide(history, people(history, history.flows.sum(axis=2)), history.step_names, "step", first=1)


def conversion_rate(history: History, *, by: BySegment = None, tidy: bool = False) -> pd.DataFrame:
    """Flow of a step in a month ÷ all who stood on the rung left in it, at its start or coming later: month × step, or tidy.

    Unit: share a month, 0 to 1; NaN where nobody stood there. Source: Farris et al. (2010), with all entrants in the base, as in
    ``cumulative_conversion``. Tidy columns beside the names: customers (who took it), stood, rate.
    Raises StudyError where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.conversion_rate(history, tidy=True)[["to", "trigger", "customers", "stood", "rate"]].head(2).round(3)
             to  trigger  customers    stood   rate
    0  customer     time      400.0  13600.0  0.029
    1  customer  message        0.0  13600.0  0.000
    """
    flow, stood = taken_and_stood(history, by)
    rate = ratio(flow, stood)
    if tidy or by is not None:
        return _per_step(history, by, customers=people(history, flow), stood=people(history, stood), rate=rate)
    return wide(history, rate[:, :, 0], history.step_names, "step", first=1)


def taken_and_stood(history: History, by: BySegment = None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Simulated people who took each step in a month, and all who stood on the rung left in it: (M+1, S, groups) each."""
    flow, base = _flows(history, by), _origin_counts(history, by)
    return flow, np.concatenate([np.zeros_like(base[:1]), base[:-1]]) + _entered(history, flow)


def cumulative_conversion(history: History, *, by: BySegment = None, tidy: bool = False) -> pd.DataFrame:
    """Share of all who have stood on a rung so far who left it by the step so far: month × step, or tidy.

    Formula: Σ flow up to month k ÷ (people there at the start + Σ entries up to month k). Unit: share. Those still on the rung
    may yet convert, so it is a lower bound of the final share. Source: funnel analysis with all entrants as base (Farris et al.
    2010). Raises StudyError where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> ladsim.measures.cumulative_conversion(history, tidy=True)[["month", "from", "to", "rate"]].tail(2).round(3)
         month    from         to   rate
    310   24.0  lapsed   customer  0.162
    311   24.0  lapsed  potential  0.596
    """
    share = cumulative_shares(history, by)
    if tidy or by is not None:
        return _per_step(history, by, rate=share)
    return wide(history, share[:, :, 0], history.step_names, "step", first=1)


def cumulative_shares(history: History, by: BySegment = None) -> Floats:
    """The numbers of ``cumulative_conversion``, (M+1, S, groups)."""
    flow = _flows(history, by).cumsum(axis=0)
    return ratio(flow, _origin_counts(history, by)[:1] + _entered(history, flow))


def _entered(history: History, flow: NDArray[Any]) -> NDArray[Any]:
    """How many came to the rung that each step leaves, from flows (M+1, S, groups)."""
    entered = np.zeros_like(flow)
    for step, (origin, _, _) in enumerate(history.step_ends):
        into = [s for s, (_, to, _) in enumerate(history.step_ends) if to == origin]
        entered[:, step] = flow[:, into].sum(axis=1)
    return entered


def goal_results(history: History, goals: Iterable[Goal]) -> pd.DataFrame:
    """Each goal met or missed: goal, of (rung or step), kind (number or share), by_month, wanted, reached, met.

    A rung's number or share is that at the last month start not after `by_month` (share: of the whole market). A step's number is
    all who took it until then, its share the cumulative conversion. Where fewer is better (states beside the ladder, steps down or
    off it) a goal is a limit. Beyond the horizon `reached` is NaN and `met` missing.
    Raises StudyError where a goal within the horizon names a rung or step that the ladder has not.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.goal_results(history, scenario.goals)[["of", "by_month", "wanted", "reached", "met"]]
               of  by_month  wanted  reached   met
    0     regular      24.0  1400.0   1500.0  True
    1  ambassador      24.0   330.0    400.0  True
    """
    goals = list(goals)
    found = [goal_value(history, goal) for goal in goals]
    wanted = [g.wanted for g in goals]
    met = [pd.NA if np.isnan(v) else is_met(history, goal, v, w) for goal, v, w in zip(goals, found, wanted, strict=True)]
    return pd.DataFrame(
        {
            "goal": [goal_name(g) for g in goals],
            "of": [g.rung or g.step for g in goals],
            "kind": ["share" if g.number is None else "number" for g in goals],
            "by_month": [g.by_month for g in goals],
            "wanted": wanted,
            "reached": found,
            "met": pd.array(met, dtype="boolean"),
        }
    )


def goal_value(history: History, goal: Goal) -> float:
    """What a goal asks for, as this history has it; NaN beyond the horizon, or where nobody could take the step."""
    if goal.by_month > history.months[-1] + 1e-9:
        return float("nan")
    place = int(np.searchsorted(history.months, goal.by_month + 1e-9, side="right")) - 1
    if goal.rung is not None:
        count = int(history.counts[place, :, _known(goal.rung, history.rung_names, "rung")].sum())
        return float(people(history, count)) if goal.number is not None else count / max(1, history.size)
    steps = steps_named(history, goal.step or "")
    if goal.number is not None:
        return float(people(history, history.flows[: place + 1, steps].sum()))
    return float(cumulative_shares(history)[place, steps, 0].sum())


def goal_name(goal: Goal) -> str:
    """What a goal is called: its own name, else what it asks for."""
    return goal.label or goal.name or f"{goal.rung or goal.step} by month {goal.by_month:g}"


def is_met(history: History, goal: Goal, value: float, wanted: float) -> bool:
    """Whether a value meets a goal; what misses by a rounding error is met."""
    slack = 1e-12 * wanted
    return value >= wanted - slack if wants_more(goal, history) else value <= wanted + slack


def wants_more(goal: Goal, history: History) -> bool:
    """Whether a goal is a number to reach (else one not to exceed)."""
    if goal.rung is not None:
        return rung_wants_more(history, history.rung_names.index(goal.rung))
    return step_wants_more(history, steps_named(history, goal.step or "")[0])


def rung_wants_more(history: History, rung: int) -> bool:
    """Whether more people on a rung are better: on the ladder, not beside it."""
    return bool(history.on_ladder[rung])


def step_wants_more(history: History, step: int) -> bool:
    """Whether it is better when more people take a step: up, back onto the ladder, or to stay.

    From where lost customers stand, only back among the customers: who becomes a stranger again has forgotten us.
    """
    origin, to, _ = history.step_ends[step]
    names, ladder = history.rung_names, history.on_ladder
    if not ladder[names.index(to)]:
        return False
    if origin not in names:
        return True
    if ladder[names.index(origin)]:
        return names.index(to) >= names.index(origin)
    customers = {name for name, is_customer in zip(names, history.is_customer, strict=True) if is_customer}
    holds_lost = any(start in customers and end == origin for start, end, _ in history.step_ends)
    return to in customers or not holds_lost


def steps_named(history: History, name: str) -> list[int]:
    """Places of the steps that FROM.TO (every trigger) or FROM.TO.TRIGGER names."""
    ends = [(f"{origin}.{to}", f"{origin}.{to}.{trigger}") for origin, to, trigger in history.step_ends]
    found = [s for s, (short, full) in enumerate(ends) if name in (short, full, history.step_names[s])]
    if not found:
        _known(name, tuple(dict.fromkeys(short for short, _ in ends)), "step")
    return found


def _known(name: str, names: tuple[str, ...], what: str) -> int:
    if name not in names:
        hint = f" (did you mean {nearest(name, names)!r}?)" if nearest(name, names) else ""
        raise StudyError(f"{what}: found {name!r}, must be one of {', '.join(names)}{hint}")
    return names.index(name)


def grouped(values: NDArray[Any], by: BySegment) -> NDArray[Any]:
    """(…, G) as it is or summed to (…, 1)."""
    if by not in (None, "segment"):
        raise StudyError(f"by: found {by!r}, must be 'segment' or None")
    return values if by == "segment" else values.sum(axis=-1, keepdims=True)


def _flows(history: History, by: BySegment) -> NDArray[Any]:
    return grouped(history.flows, by)


def _origin_counts(history: History, by: BySegment) -> NDArray[Any]:
    """Customers on the rung that each step leaves, at the snapshots: (M+1, S, groups)."""
    places = [history.rung_names.index(origin) if origin in history.rung_names else 0 for origin, _, _ in history.step_ends]
    return grouped(history.counts[:, :, places].transpose(0, 2, 1), by)


def _per_step(history: History, by: BySegment, **columns: Floats) -> pd.DataFrame:
    """Tidy table of (M+1, S, groups) arrays."""
    groups = len(history.segment_names) if by == "segment" else 1
    table = monthly(history, "step", tuple(np.repeat(np.array(history.step_names, object), groups)), 1, **columns)
    periods = len(history.months) - 1
    for place, end in enumerate(("from", "to", "trigger"), start=2):
        table.insert(place, end, [ends[place - 2] for ends in history.step_ends for _ in range(groups)] * periods)
    if by == "segment":
        table.insert(5, "segment", list(history.segment_names) * (len(history.step_names) * periods))
    return table
