"""Which number of a scenario each fitted number is: by the names of rungs, and where a ladder has only one place for it.

In: fits, a scenario, and what the user says. Out: `Placed`, a range at a dotted key, and what found no place, with the reason. A number
that might be meant for two places is put into none. A further model: a function here, in `_PLACES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ladsim.errors import DataError, nearest
from ladsim.fitting.fitted import Fact, Fitted, Floats
from ladsim.fitting.orders import monthly_rates
from ladsim.fitting.skeletons import rung_name
from ladsim.measures.uncertainty import quantile
from ladsim.scenario.address import Index
from ladsim.scenario.spec import Rung, Scenario, Step

_DIGITS = 4
_TAIL = 0.01  # of the posterior of q, which may reach 1 without the mean's range being of no use


@dataclass(frozen=True)
class Placed:
    """A fitted number as a range of a scenario."""

    number: str  # model.number, such as pareto_nbd.orders_per_month
    key: str  # the dotted key
    low: float  # 5 % quantile of the posterior
    high: float  # 95 % quantile
    n: int  # to how many customers it was fitted
    file: str  # where these come from
    draws: Floats = field(repr=False, compare=False)  # of the posterior

    def values(self, count: int) -> list[float]:
        """So many values that stand for the posterior, each with the same chance: its quantiles at the middles of as many equal parts."""
        return [float(f"{x:.{_DIGITS}g}") for x in quantile(self.draws, [(k + 0.5) / count for k in range(count)])]


Wanted = tuple[str, str, Floats]  # number, dotted key, draws


def placed(
    fits: Sequence[tuple[Fitted, str]], scenario: Scenario, put: Mapping[str, str] | None = None
) -> tuple[list[Placed], list[Fact]]:
    """Every fitted number that has a place in the scenario, and which have none; `put` says number → dotted key.

    Raises DataError where `put` names a number or a key that there is not, or a number that the data cannot give as a range.
    """
    index, found, left = Index(scenario), [], []
    waiting = dict(put or {})
    for fitted, file in fits:
        columns = numbers_of(fitted)
        asked = {number: waiting.pop(number) for number in list(waiting) if number in columns}
        wanted, none = _PLACES.get(fitted.model, _nowhere)(fitted, scenario)
        mine: list[Wanted] = [(number, key, columns[number]) for number, key in asked.items()]
        mine += [one for one in wanted if one[0] not in asked]
        for number, key, draws in mine:
            one = _ranged(number, key, draws, fitted.n, file, index)
            if isinstance(one, Placed):
                found.append(one)
            else:
                left.append(one)
        left += [fact for fact in none if dict(fact[1]).get("number") not in asked]
    if waiting:
        number = next(iter(waiting))
        every = [name for fitted, _ in fits for name in numbers_of(fitted)]
        near = nearest(number, tuple(every))
        hint = f" (did you mean {near!r}?)" if near else ""
        raise DataError(f"put: found {number!r}, must be one of {', '.join(every)}{hint}")
    return _once(found), left


def numbers_of(fitted: Fitted) -> dict[str, Floats]:
    """The draws of all numbers of a fit that a scenario might take, those that follow from others among them, by "model.number"."""
    found = {name: fitted.column(name) for name in fitted.parameters}
    if fitted.model in _LEAVES:
        found = monthly_rates(fitted)
    if fitted.model == "gamma_gamma" and _has_mean(fitted):
        found["mean"] = np.where(found["q"] > 1.0, found["p"] * found["gamma"] / np.maximum(found["q"] - 1.0, 1e-9), np.inf)
    return {f"{fitted.model}.{name}": draws for name, draws in found.items()}


def _has_mean(fitted: Fitted) -> bool:
    """Whether the mean spend p·γ/(q − 1) of a gamma-gamma has a range: it is infinite from q = 1 down, which the posterior must not reach."""
    return bool(quantile(fitted.column("q"), _TAIL) > 1.0)


def _ranged(number: str, key: str, draws: Floats, n: int, file: str, index: Index) -> Placed | Fact:
    """The range of a number at a key, or why there is none."""
    if key not in index.places and key not in index.loose:
        near = index.nearest(key)
        hint = f" (did you mean {near!r}?)" if near else ""
        raise DataError(f"put: found no number {key!r} in the ladder{hint}")
    low, high = (float(f"{x:.{_DIGITS}g}") for x in quantile(draws, [0.05, 0.95]))
    place = index.places.get(key) or index.loose[key][0]
    limits = place.shape.limits
    if limits is not None and not (limits.holds(low) and limits.holds(high)):
        return ("left_limits", (("number", number), ("key", key), ("low", low), ("high", high)))
    if not (math.isfinite(low) and math.isfinite(high)) or not low < high:
        return ("left_limits", (("number", number), ("key", key), ("low", low), ("high", high)))
    return Placed(number, key, low, high, n, file, draws)


def _once(found: list[Placed]) -> list[Placed]:
    """The first that is put at each key: fits come with the better ones first."""
    return list({one.key: one for one in reversed(found)}.values())[::-1]


def rung_called(scenario: Scenario, text: str) -> str | None:
    """The rung that a table means: by its name or its label, however written."""
    wanted = rung_name(text)
    for rung in scenario.rungs:
        if wanted in (rung_name(rung.name), rung_name(str(rung.label or rung.name))):
            return rung.name
    return None


def pair_called(scenario: Scenario, name: str) -> tuple[str | None, str | None]:
    """The rungs of a step "a → b"."""
    origin, _, to = name.partition(" → ")
    return rung_called(scenario, origin), rung_called(scenario, to)


def _steps(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """Hazards of steps by the names of their rungs."""
    wanted: list[Wanted] = []
    left: list[Fact] = []
    for name, draws in numbers_of(fitted).items():
        origin, to = pair_called(scenario, name.partition(".")[2])
        step = next((one for one in scenario.steps if (one.from_, one.to, one.trigger) == (origin, to, "time")), None)
        if step is None:
            left.append(("left_no_step", (("number", name),)))
        else:
            wanted.append((name, f"steps.{origin}.{to}.{_trigger(scenario, step)}rate", draws))
    return wanted, left


def _trigger(scenario: Scenario, step: Step) -> str:
    """A step's trigger, where another step between the same rungs has another."""
    twins = [one for one in scenario.steps if (one.from_, one.to) == (step.from_, step.to)]
    return f"{step.trigger}." if len(twins) > 1 else ""


def _deals(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """Won: the only step over time by which somebody becomes a customer. Lost: the only one from there that leads off the ladder."""
    columns = numbers_of(fitted)
    rungs = {rung.name: rung for rung in scenario.rungs}
    won = [
        s
        for s in scenario.steps
        if s.trigger == "time"
        and not rungs[s.from_].off_ladder
        and _is_customer(rungs[s.to])
        and not _is_customer(rungs[s.from_])
    ]
    if len(won) != 1:
        return [], [("left_several", (("number", number), ("n", len(won)))) for number in columns]
    lost = [s for s in scenario.steps if s.trigger == "time" and s.from_ == won[0].from_ and rungs[s.to].off_ladder]
    left: list[Fact] = []
    wanted: list[Wanted] = [("deals.lead → won", f"steps.{won[0].from_}.{won[0].to}.rate", columns["deals.lead → won"])]
    if (number := "deals.lead → lost") in columns:
        if len(lost) == 1:
            wanted.append((number, f"steps.{lost[0].from_}.{lost[0].to}.rate", columns[number]))
        else:
            left.append(("left_several", (("number", number), ("n", len(lost)))))
    return wanted, left


def _is_customer(rung: Rung) -> bool:
    return rung.customer if rung.customer is not None else not rung.off_ladder and rung.orders_per_month != 0.0


def _orders(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """Orders of the only rung that orders, and how customers leave it: over time (Pareto/NBD) or after an order (BG/NBD).

    The ladder says which model is meant, by the only step off it that has such differences between customers; without one, Pareto/NBD
    gives its order rate.
    """
    columns = numbers_of(fitted)
    ordering = [rung.name for rung in scenario.rungs if rung.orders_per_month != 0.0]
    leaving = {model: _leaving(scenario, ordering, trigger, key) for model, (trigger, key) in _LEAVES.items()}
    if not leaving[fitted.model] and (fitted.model != "pareto_nbd" or any(leaving.values())):
        return [], []
    if len(ordering) != 1:
        return [], [("left_several", (("number", number), ("n", len(ordering)))) for number in columns]
    keys = {"orders_per_month": f"rungs.{ordering[0]}.orders_per_month"}
    if scenario.heterogeneity.orders is not None:
        keys["orders_shape"] = "heterogeneity.orders.gamma_shape"
    if step := leaving[fitted.model]:
        keys |= {"leaving_per_month": f"{step}.rate", "leaving_shape": f"{step}.gamma_shape"}
        keys |= {"leaving_a": f"{step}.beta.a", "leaving_b": f"{step}.beta.b"}
    wanted = [(number, keys[name], columns[number]) for number in columns if (name := number.partition(".")[2]) in keys]
    return wanted, [("left_no_place", (("number", number),)) for number in columns if number.partition(".")[2] not in keys]


_LEAVES = {"pareto_nbd": ("time", "gamma_shape"), "bg_nbd": ("order", "beta")}


def _leaving(scenario: Scenario, ordering: Sequence[str], trigger: str, key: str) -> str:
    """The only step off the ladder, from the rung that orders, at which customers differ; empty where there is none such, or several."""
    beside = {rung.name for rung in scenario.rungs if rung.off_ladder}
    steps = [
        s
        for s in scenario.steps
        if s.trigger == trigger and s.from_ in ordering and s.to in beside and getattr(s, key) is not None
    ]
    return f"steps.{steps[0].from_}.{steps[0].to}" if len(steps) == 1 else ""


def _spend(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """The basket: its mean everywhere; its shapes where the ladder's basket has a gamma law and differs between customers."""
    columns = numbers_of(fitted)
    keys = {"mean": "basket.mean"}
    if scenario.basket.law == "gamma" and scenario.basket.shape is not None:
        keys["p"] = "basket.shape"
    differs = scenario.heterogeneity.basket
    if differs is not None and differs.inverse_gamma_shape is not None:
        keys["q"] = "heterogeneity.basket.inverse_gamma_shape"
    wanted = {f"gamma_gamma.{name}": key for name, key in keys.items()}
    left: list[Fact] = [("left_no_mean", (("number", number),)) for number in wanted if number not in columns]
    return [(number, key, columns[number]) for number, key in wanted.items() if number in columns], left


def _renewals(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """α and β: the only renewal whose chance differs between members. The chance of failed payments: the only other one."""
    columns = numbers_of(fitted)
    steps = [s for s in scenario.steps if s.trigger == "renewal" and (s.beta is not None) == (fitted.model == "renewals")]
    if len(steps) != 1:
        return [], [("left_several", (("number", number), ("n", len(steps)))) for number in columns]
    step = f"steps.{steps[0].from_}.{steps[0].to}"
    keys = {"alpha": "beta.a", "beta": "beta.b", "failed_payment": "probability"}
    return [(number, f"{step}.{keys[number.partition('.')[2]]}", draws) for number, draws in columns.items()], []


def _rung_orders(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """Orders a month of each rung on the ladder, by its name; of a state beside it only where the ladder says that one orders there."""
    wanted: list[Wanted] = []
    left: list[Fact] = []
    orders = {rung.name: rung.orders_per_month != 0.0 or not rung.off_ladder for rung in scenario.rungs}
    for number, draws in numbers_of(fitted).items():
        rung = rung_called(scenario, number.partition(".orders ")[2])
        if rung is not None and orders[rung]:
            wanted.append((number, f"rungs.{rung}.orders_per_month", draws))
        else:
            left.append(("left_no_place", (("number", number),)))
    return wanted, left


def _none_of_them(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    """Told on the screen only: the scenario takes another model of the same orders."""
    return [], []


def _nowhere(fitted: Fitted, scenario: Scenario) -> tuple[list[Wanted], list[Fact]]:
    return [], [("left_no_place", (("number", number),)) for number in numbers_of(fitted)]


_Place = Callable[[Fitted, Scenario], tuple[list[Wanted], list[Fact]]]
_PLACES: dict[str, _Place] = {
    "stage_history": _steps,
    "panel": _steps,
    "rung_orders": _rung_orders,
    "deals": _deals,
    "pareto_nbd": _orders,
    "bg_nbd": _orders,
    "mbg_nbd": _none_of_them,
    "gamma_gamma": _spend,
    "renewals": _renewals,
    "failed_payments": _renewals,
}


def steps_of(scenario: Scenario, rungs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The ladder's steps over time between rungs that a table has, as the table calls them."""
    called = {name: text for text in dict.fromkeys(rungs) if (name := rung_called(scenario, text)) is not None}
    for step in scenario.steps:
        if step.trigger == "time" and step.from_ in called and step.to in called:
            yield called[step.from_], called[step.to]
