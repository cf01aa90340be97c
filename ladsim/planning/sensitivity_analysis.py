"""What would change our mind: which uncertain numbers the choice between strategies depends on, and which one to measure first.

In: a scenario and its strategies. Out: a `Sensitivity`. The strategies are compared as ``compare`` does it, with every number drawn from
its range; then one number after the other is held at the low end, in the middle and at the high end of its range, under the same luck
and the same draws of all others. Where another strategy is best at an end, the value at which it becomes so is closed in upon by halving.

From the draws of the comparison itself come, without a further simulation, what each number explains and what it would be worth to know
it before deciding (``given_data``), and in which worlds the favourite loses (``losing_worlds``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Unpack, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.planning.compare import Comparison, asked_for, compared, profit
from ladsim.planning.flip_points import ROUNDS, Flip, Tried, flips, halves, standing
from ladsim.planning.given_data import Indices, indices
from ladsim.planning.held_numbers import MOST_NUMBERS, Held, can_be_held, most_likely, numbers_held, two_of
from ladsim.planning.losing_worlds import Leaf, losing_worlds
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.pairs import pair_means
from ladsim.planning.replications import Replications, Setting, same_futures
from ladsim.planning.run import together, varied
from ladsim.planning.sensitivity import is_assumption
from ladsim.planning.studies import Shown, StudyKind
from ladsim.scenario.acting import acting
from ladsim.scenario.address import numbers
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy

Floats = NDArray[np.float64]
REPLICATIONS = 200  # two for each draw: with fewer than 100 draws hardly an index is told from nothing
MOST_FUTURES = 40  # of each value that a number is held at
ENOUGH_DRAWS = 50  # that a strategy which is best in none of them is played no further
SIDE = 5  # values of each of the two numbers of a map
ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class Sensitivity(Shown):
    """Which uncertain numbers the choice between strategies depends on.

    The favourite is the strategy with the highest mean profit (``comparison.best``); a lead is its profit less that of the best of the
    others, in currency, the mean over the futures, with its 95 % interval (_low, _high).

    ================= ======================================================================================================================
    table             columns
    ================= ======================================================================================================================
    ``numbers``       a row per number, those first at whose ends the leads lie farthest apart: key, value_low, value_middle, value_high (that it
                      was held at), best_low, best_middle, best_high (strategy), lead_at_low, lead_at_middle, lead_at_high (+ _low, _high), swing
                      (highest lead less lowest), flip (nearest to the middle; NaN: none found), flip_low, flip_high (between which it
                      cannot be told; NaN: up to the end), flip_above, flip_to, flips (how many), first_order (share; + _low, _high),
                      knowing (currency; + _low, _high), source, is_assumption
    ``tried``         every value that was simulated: key, value, best, lead (+ _low, _high), futures
    ``worlds``        where the favourite loses, a row per leaf of a small tree: where, lost, draws, share (+ _low, _high)
    ``plane``         with `map_over`, every pair of values: value_x, value_y, best, lead (of the best over the next; + _low, _high)
    ================= ======================================================================================================================
    """

    kind: ClassVar[str] = "sensitivity"

    comparison: Comparison
    change: tuple[tuple[str, float, float], ...]
    map_over: tuple[str, str] | None
    numbers: pd.DataFrame
    tried: pd.DataFrame
    worlds: tuple[Leaf, ...]
    plane: pd.DataFrame = field(default_factory=pd.DataFrame)
    left_out: tuple[tuple[str, str], ...] = ()  # keys that could not be held at values of their own, and why
    beyond: int = 0  # uncertain numbers that were not looked at, because there are too many

    @property
    def favourite(self) -> str:
        """The strategy with the highest mean profit."""
        return self.comparison.best

    @property
    def setting(self) -> Setting:
        """What fixes the numbers."""
        return self.comparison.setting

    @property
    def scenario(self) -> Scenario:
        """The scenario as the file has it, overrides applied."""
        return self.comparison.scenario

    @property
    def source(self) -> Scenario:
        """The same."""
        return self.comparison.scenario

    @property
    def futures(self) -> dict[str, Replications]:
        """The futures of every strategy with all numbers drawn."""
        return self.comparison.runs

    @property
    def interrupted(self) -> bool:
        """Whether the comparison was stopped before all of its futures were played."""
        return self.comparison.interrupted


@with_study_options(REPLICATIONS)
def sensitivity(
    scenario: Scenario,
    strategies: Sequence[str | None] | None = None,
    *,
    change: Sequence[tuple[str, float, float]] = (),
    map_over: tuple[str, str] | None = None,
    **options: Unpack[StudyOptions],
) -> Sensitivity:
    """Which uncertain numbers the choice between strategies depends on, where another becomes the best, and what to measure first.

    `strategies`: None means all of the file; base is always among them. `change`: (dotted key, low, high) of numbers to be looked at in place
    of those that the file gives as a range or a law; then only these are. `map_over`: two keys over which it is mapped who is best.
    Profit until the horizon decides; nothing behind it is looked at. Ctrl-C after the comparison ends the study; what was simulated is kept
    in the run store and read when it is asked for again. Raises StudyError where there is nothing to compare or no number to look at, and
    what ``replicate`` raises.

    >>> import ladsim
    >>> shop = ladsim.load("acquisition_vs_retention")
    >>> found = ladsim.sensitivity(shop, ["retention_first"], replications=8, sample=200, processes=1)
    >>> found.favourite, found.numbers["key"][0], len(found.numbers)
    ('retention_first', 'tactics.personal_offers.effects.leaving.per_rung.repeat', 12)
    """
    if options["months_after"]:
        raise StudyError(
            f"months_after: found {options['months_after']}, must be left out: sensitivity looks no further than the horizon"
        )
    asked = asked_for(scenario, strategies)
    changed = override(scenario, options["overrides"] or {})
    played = {name: with_strategy(changed, name) for name in asked}
    held = numbers_held(changed, played, change)
    left_out: list[tuple[str, str]] = []
    held = [one for one in held if can_be_held(changed, asked, one, options["seed"], left_out)]
    if not held:
        allowed = "must be at least one number that is uncertain, or KEY=LOW:HIGH for one that is not"
        if left_out:
            raise StudyError("\n".join(f"change: found {key}, which cannot be held at its ends ({why})" for key, why in left_out))
        raise StudyError(f"change: found none, {allowed}")
    plane = two_of(changed, held, map_over)
    study = _Played(scenario, asked, options)
    comparison = compared(study.together())
    if comparison.interrupted:
        return Sensitivity(
            comparison, tuple(change), map_over, _no_rows(), pd.DataFrame(columns=TRIED), (), left_out=tuple(left_out)
        )
    profits = _profits(comparison)
    lead = pair_means(np.round(profits[comparison.best] - profits[comparison.runner_up], 6))
    uncertain = [key for key, one in acting(changed, played).items() if one.uncertain]
    values = _drawn(comparison, uncertain, len(lead))
    all_held = len(held)
    mapped = study.plane(plane) if plane else pd.DataFrame(columns=PLANE)  # its corners lie beyond most draws: by all strategies
    if not change:
        held = most_likely(held, values, lead)
        if len(lead) >= ENOUGH_DRAWS:  # within their own ranges: what so many draws never say hardly any value will
            study.play_only(_may_be_best(comparison, profits))
    study.hold(held, comparison.best)
    known = {one.key: _indices(one.key, values, profits, comparison, options["seed"]) for one in held}
    rows = [_row(one, study.tried[one.key], known[one.key]) for one in held]
    table = pd.DataFrame(rows, columns=NUMBERS).sort_values("swing", ascending=False, kind="stable", ignore_index=True)
    worlds = losing_worlds(values, lead)
    return Sensitivity(
        comparison,
        tuple(change),
        map_over,
        table,
        study.table(),
        tuple(worlds),
        mapped,
        tuple(left_out),
        all_held - len(held),
    )


def plays(
    scenario: Scenario,
    strategies: Sequence[str | None],
    change: Sequence[tuple[str, float, float]],
    map_over: tuple[str, str] | None,
    replications: int,
) -> tuple[int, int]:
    """How many values of numbers are simulated at the least, and in how many futures each."""
    asked = asked_for(scenario, strategies)
    held = numbers_held(scenario, {name: with_strategy(scenario, name) for name in asked}, change)
    count = len(held) if change else min(len(held), MOST_NUMBERS)
    return 3 * count + (SIDE * SIDE if map_over else 0), min(replications, MOST_FUTURES)


def _profits(comparison: Comparison) -> dict[str, Floats]:
    """Every strategy's profit, of the futures that all have: whole pairs."""
    runs = dict(zip(comparison.runs, same_futures(*comparison.runs.values()), strict=True))
    count = next(iter(runs.values())).count // 2 * 2
    return {name: profit(run)[:count] for name, run in runs.items()}


def _drawn(comparison: Comparison, keys: Sequence[str], draws: int) -> pd.DataFrame:
    """What was drawn of numbers of the file, (draws, keys).

    Under a strategy its own numbers go by what they take the place of: ``strategies.NAME.campaigns.x.setup_cost`` is there
    ``campaigns.x.setup_cost``, ``strategies.NAME.set.KEY`` is KEY. A number that is drawn in no scenario played has no column.
    """
    found = {}
    for key in keys:
        for run in comparison.runs.values():
            own = f"strategies.{run.strategy}."
            there = key.removeprefix(own).removeprefix("set.") if key.startswith(own) else key
            mine = key.startswith(own) or not (key.startswith("strategies.") or _set_by(run, key))
            if mine and there in run.parameters.columns:
                found[key] = run.parameters[there].to_numpy(np.float64)[::2][:draws]
                break
    return pd.DataFrame(found)


def _set_by(run: Replications, key: str) -> bool:
    """Whether the strategy of a run puts a number of its own in the place of one of the file."""
    return run.strategy in run.source.strategies and f"strategies.{run.strategy}.set.{key}" in numbers(run.source)


def _may_be_best(comparison: Comparison, profits: Mapping[str, Floats]) -> list[str | None]:
    """The strategies of which at least one draw says that they are the best, and in any case the two that lead."""
    means = {name: pair_means(values) for name, values in profits.items()}
    highest = np.max(list(means.values()), axis=0)
    leading = (comparison.best, comparison.runner_up)
    return [run.strategy for name, run in comparison.runs.items() if name in leading or (means[name] >= highest).any()]


def _indices(key: str, values: pd.DataFrame, profits: Mapping[str, Floats], comparison: Comparison, seed: int) -> Indices:
    """What one number explains and what it would be worth to know it; NaN for one that is not drawn."""
    names = list(profits)
    earned = np.stack([profits[name].reshape(-1, 2) for name in names], axis=2)
    x = values[key].to_numpy(np.float64) if key in values.columns else np.zeros(len(earned))
    return indices(x, earned, names.index(comparison.best), names.index(comparison.runner_up), seed=seed)


class _Played:
    """Simulates values of numbers, and remembers how the favourite stood."""

    def __init__(self, scenario: Scenario, asked: list[str | None], options: StudyOptions) -> None:
        self._scenario, self._asked, self._options = scenario, asked, options
        self._wide = min(options["replications"], MOST_FUTURES)
        self._done = 0  # runs of the simulations before
        self.tried: dict[str, list[Tried]] = {}

    def play_only(self, strategies: list[str | None]) -> None:
        """Play these from now on."""
        self._asked = strategies

    def together(self) -> dict[str, Replications]:
        """The futures with all numbers drawn."""
        return together(self._scenario, self._asked, **self._next(self._options["replications"]))

    def _next(self, futures: int) -> StudyOptions:
        """The options of the next simulations, whose runs are counted behind those before."""
        before, tell = self._done, self._options["progress"]

        def progress(done: int, total: int, seconds_left: float | None) -> None:
            self._done = before + total
            if tell is not None:
                tell(before + done, before + total, seconds_left)

        return cast(StudyOptions, {**self._options, "replications": futures, "months_after": 0, "progress": progress})

    def _play(self, changes: Sequence[Mapping[str, float]]) -> list[dict[str, Replications]]:
        """Futures of every strategy with each of these changes. Raises KeyboardInterrupt where that was stopped."""
        if not changes:
            return []
        found = varied(self._scenario, self._asked, changes, **self._next(self._wide))
        if any(run.interrupted for runs in found for run in runs.values()):
            raise KeyboardInterrupt
        return found

    def hold(self, held: Sequence[Held], favourite: str) -> None:
        """Every number at its three values, then half-way where another becomes the best."""
        wanted = {one.key: list(dict.fromkeys(one.values)) for one in held}
        for round_number in range(ROUNDS + 1):
            work = [(key, value) for key, values in wanted.items() for value in values]
            for (key, value), runs in zip(work, self._play([{key: value} for key, value in work]), strict=True):
                self.tried.setdefault(key, []).append(standing(value, runs, favourite))
            for tried in self.tried.values():
                tried.sort(key=lambda one: one.value)
            wanted = {key: halves(tried, favourite) for key, tried in self.tried.items()} if round_number < ROUNDS else {}

    def table(self) -> pd.DataFrame:
        """Every value that was simulated."""
        rows = [[key, one.value, one.best, *one.lead, self._wide] for key, tried in self.tried.items() for one in tried]
        return pd.DataFrame(rows, columns=TRIED)

    def plane(self, axes: tuple[Held, Held]) -> pd.DataFrame:
        """Who is best at every pair of values of two numbers, and how far ahead of the next."""
        across, up = (np.linspace(one.values[0], one.values[2], SIDE).tolist() for one in axes)
        pairs_of = [(x, y) for y in up for x in across]
        found = self._play([{axes[0].key: x, axes[1].key: y} for x, y in pairs_of])
        rows = []
        for (x, y), runs in zip(pairs_of, found, strict=True):
            best = max(runs, key=lambda name: float(profit(runs[name]).mean()))
            rows.append([x, y, best, *standing(x, runs, best).lead])
        return pd.DataFrame(rows, columns=PLANE)


NUMBERS = [
    "key", "value_low", "value_middle", "value_high", "best_low", "best_middle", "best_high",
    *(f"lead_{at}{end}" for at in ("at_low", "at_middle", "at_high") for end in ENDS), "swing",
    "flip", "flip_low", "flip_high", "flip_above", "flip_to", "flips",
    *(f"first_order{end}" for end in ENDS), *(f"knowing{end}" for end in ENDS), "source", "is_assumption",
]  # fmt: skip
TRIED = ["key", "value", "best", *(f"lead{end}" for end in ENDS), "futures"]
PLANE = ["value_x", "value_y", "best", *(f"lead{end}" for end in ENDS)]
NO_FLIP = Flip(math.nan, math.nan, math.nan, False, "")


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=NUMBERS)


def _row(one: Held, tried: Sequence[Tried], known: Indices) -> list[Any]:
    """A number's row."""
    at = {found.value: found for found in tried}
    three = [at[value] for value in one.values]
    leads = [found.lead.value for found in three]
    found = flips(tried)
    flip = min(found, key=lambda each: abs(each.value - one.values[1]), default=NO_FLIP)
    return [
        one.key, *one.values, *(each.best for each in three), *(x for each in three for x in each.lead), max(leads) - min(leads),
        *flip, len(found), *known.share, *known.knowing, one.number.source, is_assumption(one.number.source),
    ]  # fmt: skip


def _arguments(study: Sensitivity) -> dict[str, Any]:
    found: dict[str, Any] = {"change": [list(one) for one in study.change]} if study.change else {}
    return found | ({} if study.map_over is None else {"map_over": list(study.map_over)})


def _again(
    scenario: Scenario,
    strategies: Sequence[str | None],
    change: Sequence[Sequence[Any]] = (),
    map_over: Sequence[str] | None = None,
    **options: Any,
) -> Sensitivity:
    """The study of a manifest, whose lists are tuples here."""
    over = None if map_over is None else (map_over[0], map_over[1])
    return sensitivity(scenario, strategies, change=[(one[0], one[1], one[2]) for one in change], map_over=over, **options)


def _arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Which numbers a manifest's study looked at."""
    found: dict[str, Any] = {}
    try:
        if "change" in manifest:
            found["change"] = [[str(key), float(low), float(high)] for key, low, high in manifest["change"]]
        if "map_over" in manifest:
            one, other = manifest["map_over"]
            found["map_over"] = [str(one), str(other)]
    except (TypeError, ValueError):
        raise ValueError("its change or map_over is damaged, must be KEY, LOW, HIGH and two keys") from None
    return found


def worlds_table(study: Sensitivity) -> pd.DataFrame:
    """A row per leaf: where (conditions, joined by "and"), lost, draws, share (+ _low, _high)."""
    rows = [
        [
            " and ".join(f"{c.key} {'>' if c.above else '<='} {c.value:.6g}" for c in leaf.where),
            leaf.lost,
            leaf.draws,
            *leaf.share,
        ]
        for leaf in study.worlds
    ]
    return pd.DataFrame(rows, columns=["where", "lost", "draws", *(f"share{end}" for end in ENDS)])


def _tables(study: Sensitivity) -> dict[str, pd.DataFrame]:
    found = {"sensitivity": study.numbers, "sensitivity_tried": study.tried, "losing_worlds": worlds_table(study)}
    return found | ({} if study.map_over is None else {"best_map": study.plane})


_WHERE = {"low": "at the low end", "middle": "in the middle", "high": "at the high end"}
_LEAD = "profit of the favourite less that of the best other strategy, mean over the futures"
COLUMNS = {
    "value_low": ("as the key says", "low end at which the number was held"),
    "value_middle": ("as the key says", "middle at which the number was held: the median of its range"),
    "value_high": ("as the key says", "high end at which the number was held"),
    **{f"best_{at}": ("", f"strategy with the highest mean profit {where}") for at, where in _WHERE.items()},
    **{f"lead_at_{at}": ("currency", f"{_LEAD}, {where}") for at, where in _WHERE.items()},
    "swing": ("currency", "highest of the three leads less the lowest"),
    "flip": ("as the key says", "value at which another strategy becomes the best, nearest to the middle; empty: none found"),
    "flip_low": ("as the key says", "between this and flip_high it cannot be told who is best; empty: from the low end on"),
    "flip_high": ("as the key says", "see flip_low; empty: up to the high end"),
    "flip_above": ("", "the other strategy is the best above the flip; else below it"),
    "flip_to": ("", "the strategy that becomes the best"),
    "flips": ("", "how many flips were found"),
    "first_order": ("share", "of the variance that is due to all uncertain numbers, what this one explains alone (Sobol index)"),
    "knowing": ("currency", "mean profit gained if one chooses after learning the number (EVPPI)"),
    "sensitivity.share": ("share", "see first_order"),
    "sensitivity_tried.best": ("", "strategy with the highest mean profit there"),
    "sensitivity_tried.lead": ("currency", _LEAD),
    "losing_worlds.where": ("", "conditions on the drawn numbers; empty: everywhere"),
    "lost": ("draws", "in which the favourite earns less than the next best"),
    "draws": ("draws", "with such numbers, of those in which the tree was not grown"),
    "losing_worlds.share": ("share", "lost ÷ draws"),
    "value_x": ("as the key says", "value of the first number of the map"),
    "value_y": ("as the key says", "value of the second"),
    "best_map.best": ("", "strategy with the highest mean profit there"),
    "best_map.lead": ("currency", "profit of the best less that of the next, mean over the futures"),
}
STUDY = StudyKind(again=_again, own_tables=_tables, arguments=_arguments, arguments_in=_arguments_in, columns=COLUMNS)
