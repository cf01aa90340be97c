"""A plan that is followed: monthly actuals against the lines of a targets study, and how probable each target is by now.

In: the folder of a `targets` study, what really happened month by month. Out: a `Track`: each number against its warning and alarm line,
since when it is beyond one, the probability of each target from here on, and which step runs behind, as far as the tables tell.

*How probable it is by now.* The futures of the study that are near the actuals of the latest month count, the nearer the more: with
distances in standard deviations over the futures, weights are Epanechnikov's within the distance of the nearest half, and each future is
moved by a straight line, fitted with these weights, to where it would be had it stood exactly at the actuals (approximate Bayesian
computation with local-linear adjustment; Beaumont, Zhang & Balding 2002). They count as n = (Σw)²/Σw² futures. F figures that the line is
fitted to leave too little spread around it, so that is multiplied by √(n/(n − F − 1)). Where n is smaller than
`FEWEST`, or an actual lies outside all futures, nothing can be told: the plan's assumptions do not know such a year.

*Which step.* Of steps that are in the actuals, the one that is furthest beyond what the futures had by then, in their standard
deviations. Where there are none, the step that ran most behind in the futures that look like the actuals.

*The record.* Where the month of the plan is over, its commits are entered into a record (``commit_record``), which says how often they held.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data.actuals import Actuals, read_actuals
from ladsim.errors import LadsimError, StudyError
from ladsim.i18n import LANGUAGES
from ladsim.measures.ladder import goal_name, is_met
from ladsim.measures.uncertainty import share_interval
from ladsim.planning.attainment import Attainment, goal_values
from ladsim.planning.backward import ways_of
from ladsim.planning.commit_record import RECORD, Commit, CommitRecord, enter, plan_of, read_record
from ladsim.planning.manifest import MANIFEST, read_manifest
from ladsim.planning.options import Progress
from ladsim.planning.pairs import LEVEL
from ladsim.planning.reproduce import again
from ladsim.planning.targets import CHANCES, Targets
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario

Floats = NDArray[np.float64]
FEWEST = 12.0  # futures must carry a probability
NEAREST = 0.5  # of the futures count, the nearer the more
OUTSIDE = 0.5  # standard deviations beyond the outermost future
LINE, NO_SPREAD, NO_LINE = (
    "line",
    "no_spread",
    "no_line",
)  # fitted; fitted, but its spread not given back; too many figures to fit
BEHIND = 1.0  # standard deviations from which a step is said to run behind


@dataclass(frozen=True)
class Track:
    """Actuals against a plan.

    ===========  =================================================================================================================
    table        columns
    ===========  =================================================================================================================
    ``months``   month, month_name, name (rung or step), actual, expect, warning, alarm, status ("fine", "warning", "alarm")
    ``now``      name, meets, month (the latest), actual, status, since (the month from which on it is beyond its warning line; NaN)
    ``targets``  name, target ("commit", "expect", "stretch" or a goal's name), wanted, by_month, before, probability (+ _low, _high)
                 by now; NaN where it cannot be told
    ``steps``    step, measured (it is in the actuals), behind (standard deviations that it runs behind), the worst first
    ===========  =================================================================================================================
    """

    plan: Targets
    actuals: Actuals
    months: pd.DataFrame
    now: pd.DataFrame
    targets: pd.DataFrame
    steps: pd.DataFrame
    carried_by: float  # futures, as independent ones, that carry the probabilities
    outside: tuple[str, ...]  # names whose actual lies outside all futures
    figures: int = 0  # of the actuals, at which the futures were held
    fit: str = LINE  # how they were moved to the actuals
    record: CommitRecord | None = None  # how often commits held, of this plan and earlier ones; None where no record is kept

    @property
    def can_tell(self) -> bool:
        """Whether enough futures are near the actuals."""
        return self.carried_by >= FEWEST and not self.outside


def track(
    plan: str | Path,
    actuals: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    trust: bool = False,
    code: Callable[[list[str], str], object] | None = None,
    store: str | os.PathLike[str] | bool | None = None,
    record: str | os.PathLike[str] | bool | None = None,
) -> Track:
    """Actuals of a file against the plan of a `targets` study's folder, whose futures are played again, or read from the store of runs
    (`store`, see ``replicate``).

    `record` is the file into which commits are entered whose month is over (default: ``commits.json`` beside the plan; False: none).
    Raises StudyError where the folder is none of targets, or the record was changed or is something else, DataError where the actuals
    cannot be read or are none of this plan, OutputError where the record cannot be written, and what ``again`` raises.

    >>> import ladsim
    >>> ladsim.track("nowhere", "actuals.csv")
    Traceback (most recent call last):
    ladsim.errors.StudyError: nowhere: cannot be read (No such file or directory); name the manifest.json of a study, or its folder
    """
    place = Path(plan)
    manifest = read_manifest(place / MANIFEST if place.is_dir() else place)
    if manifest["kind"] != "targets":
        raise StudyError(f"{plan}: found a study of {manifest['kind']!r}, must be one of targets (ladsim targets)")
    book = None if record is False else beside(place) if record is None or record is True else Path(record)
    if book is not None:
        read_record(book)  # before a long study, not after it
    study = again(plan, processes=processes, progress=progress, trust=trust, code=code, store=store).study
    assert isinstance(study, Targets)
    if study.interrupted:
        raise KeyboardInterrupt
    scenario = study.source
    found = read_actuals(
        actuals, names_of(study), start=scenario.start_date, until=float(study.runs.histories[0].months[-1]), sheet=sheet
    )
    held_against = tracked(study, found)
    if book is None:
        return held_against
    return replace(held_against, record=enter(book, _commits(study, found, plan_of(manifest))))


def beside(plan: str | os.PathLike[str]) -> Path:
    """The record that is kept beside a plan: its folder, or the manifest in it.

    >>> beside("plan_2027/manifest.json").as_posix()
    'plan_2027/commits.json'
    """
    place = Path(plan)
    return (place.parent if place.name == MANIFEST else place) / RECORD


def _commits(study: Targets, actuals: Actuals, plan: str) -> Iterator[Commit]:
    """The commits of the plan whose month is over, each with its actual; rungs that are not in the actuals are none."""
    start = study.source.start_date.isoformat() if study.source.start_date is not None else ""
    for row in study.rungs.to_dict("records"):
        actual = actuals.values.get((row["rung"], study.month))
        if actual is not None and math.isfinite(row["commit"]):
            about = (plan, study.source.name, study.strategy, start, study.month, str(row["rung"]), str(row["meets"]))
            yield Commit(*about, float(row["commit"]), float(actual))


def names_of(study: Targets) -> dict[str, str]:
    """What rungs and steps may be called in a file of actuals: their names, and their labels in every language that the file has."""
    first = study.runs.histories[0]
    known = {name: name for name in (*first.rung_names, *first.step_names)}
    for scenario in _in_languages(study.source):
        labels = {rung.name: rung.label for rung in scenario.rungs if rung.label}
        known |= {label: name for name, label in labels.items()}
        for short in dict.fromkeys(".".join(step.split(".")[:2]) for step in first.step_names if "." in step):
            ends = [labels.get(part, part) for part in short.split(".")]
            known |= dict.fromkeys((f"{ends[0]} → {ends[1]}", f"{ends[0]} -> {ends[1]}", ".".join(ends), short), short)
    return known


def _in_languages(source: Scenario) -> Iterator[Scenario]:
    """The scenario, and its file in each language, where that can still be read."""
    for language in LANGUAGES:
        try:
            yield load(source.file or source.name, language)
        except (LadsimError, OSError, ValueError):
            continue
    yield source


def tracked(study: Targets, actuals: Actuals) -> Track:
    """Actuals against the futures of a plan."""
    paired = bool(len(study.runs.parameters.columns))
    reached = Attainment(study.runs.histories, paired, as_market=True)
    months = pd.DataFrame(_months(study, reached, actuals), columns=list(_MONTH_COLUMNS))
    near = _near(reached, actuals)
    steps = pd.DataFrame(_steps(reached, actuals, near), columns=["step", "measured", "behind"])
    steps = steps.sort_values("behind", ascending=False, kind="stable", na_position="last").reset_index(drop=True)
    told = near.carried_by >= FEWEST and not near.outside
    rows = [*_promises(study, reached, near, told), *_goals(study, near, told)]
    columns = ["name", "target", "wanted", "by_month", "before", "probability", "probability_low", "probability_high"]
    return Track(
        study,
        actuals,
        months,
        _now(months),
        pd.DataFrame(rows, columns=columns),
        steps,
        near.carried_by,
        near.outside,
        near.apart.shape[1],
        near.fit,
    )


_MONTH_COLUMNS = ("month", "month_name", "name", "meets", "actual", "expect", "warning", "alarm", "status")


def _months(study: Targets, reached: Attainment, actuals: Actuals) -> Iterator[list[Any]]:
    """A row for each actual of a rung that has lines, month by month; rungs below the first customer rung have none."""
    lines = study.watched.set_index(["month", "rung"])
    for month in actuals.months:
        for rung in reached.promised:
            name = reached.first.rung_names[rung]
            if (name, month) not in actuals.values or (month, name) not in lines.index:
                continue
            row, actual = lines.loc[(month, name)], actuals.values[name, month]
            status = status_of(actual, float(row["warning"]), float(row["alarm"]), row["meets"] == "at least")
            numbers = [row[column] for column in ("expect", "warning", "alarm")]
            yield [month, row["month_name"], name, row["meets"], actual, *numbers, status]


def status_of(actual: float, warning: float, alarm: float, more: bool) -> str:
    """Where a number stands against its lines; a line that is not known is not crossed.

    >>> status_of(90.0, 100.0, 80.0, True), status_of(70.0, 100.0, 80.0, True), status_of(90.0, 100.0, math.nan, False)
    ('warning', 'alarm', 'fine')
    """
    if actual < alarm if more else actual > alarm:
        return "alarm"
    return "warning" if (actual < warning if more else actual > warning) else "fine"


def _now(months: pd.DataFrame) -> pd.DataFrame:
    """The latest of each name, and since when it is beyond its line."""
    rows = []
    for name, own in months.groupby("name", sort=False):
        own = own.sort_values("month")
        fine = own["status"].eq("fine").to_numpy()
        since = math.nan if fine[-1] else float(own["month"].iloc[np.flatnonzero(fine)[-1] + 1 if fine.any() else 0])
        last = own.iloc[-1]
        rows.append([name, last["meets"], last["month"], last["actual"], last["status"], since])
    return pd.DataFrame(rows, columns=["name", "meets", "month", "actual", "status", "since"])


@dataclass(frozen=True)
class _Near:
    """Which futures are near the actuals, and how far each is from them."""

    weights: Floats  # (N,)
    apart: Floats  # (N, F) each future less the actuals, in standard deviations
    carried_by: float
    outside: tuple[str, ...]
    month: float

    @property
    def fit(self) -> str:
        """Whether there are enough futures to fit a line to the figures, and to give back the spread that it takes."""
        fitted = self.apart.shape[1] + 1
        if np.count_nonzero(self.weights) <= fitted:
            return NO_LINE
        return LINE if self.carried_by > fitted else NO_SPREAD

    def adjusted(self, values: Floats) -> Floats:
        """Numbers of the futures, (N,), as they would be had each stood at the actuals: a weighted straight line is taken out."""
        used = self.weights > 0.0
        if self.apart.shape[1] == 0 or self.fit == NO_LINE:
            return values
        root = np.sqrt(self.weights[used])
        design = np.column_stack([np.ones(used.sum()), self.apart[used]])
        fitted, *_ = np.linalg.lstsq(design * root[:, None], values[used] * root, rcond=None)
        moved = np.asarray(values - self.apart @ fitted[1:], np.float64)
        # What is left around a fitted line is too little by what the fit has taken: √(n/(n − F − 1)) gives it back.
        if self.fit == NO_SPREAD:
            return moved
        freedom = self.carried_by - self.apart.shape[1] - 1.0
        middle = float((self.weights * moved).sum() / self.weights.sum())
        return np.asarray(middle + math.sqrt(self.carried_by / freedom) * (moved - middle), np.float64)

    def share(self, hits: NDArray[np.bool_]) -> tuple[float, float, float]:
        """The weighted share of hits, with its interval for so many futures as carry it."""
        found = float((self.weights * hits).sum() / self.weights.sum())
        ends = share_interval(min(found, 1.0) * self.carried_by, self.carried_by, level=LEVEL)  # type: ignore[arg-type]
        return found, ends.low, ends.high


def _near(reached: Attainment, actuals: Actuals) -> _Near:
    """The futures weighed by how near they are to the latest actuals."""
    first, parts, outside = reached.first, [], []
    month = max(actuals.months)
    for name in dict.fromkeys(name for name, _ in actuals.values):
        last = actuals.last(name)
        assert last is not None
        place = _place(reached, last[0])
        if place is None:
            continue
        if name in first.rung_names:
            values, actual = reached.people[:, place, first.rung_names.index(name)], last[1]
        else:
            values, actual = _taken(reached, actuals, name)
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        if spread == 0.0:
            if not math.isclose(float(values.mean()), actual, abs_tol=0.5):
                outside.append(name)
            continue
        if actual < values.min() - OUTSIDE * spread or actual > values.max() + OUTSIDE * spread:
            outside.append(name)
        parts.append((values - actual) / spread)
    count = len(reached.histories)
    apart = np.column_stack(parts) if parts else np.zeros((count, 0))
    distance = np.sqrt((apart**2).mean(axis=1)) if parts else np.zeros(count)
    width = float(np.sort(distance)[min(count - 1, math.ceil(NEAREST * count))])
    weights = np.maximum(0.0, 1.0 - (distance / width) ** 2) if width > 0.0 else np.ones(count)
    if not weights.any():
        weights = np.ones(count)
    carried = float(weights.sum() ** 2 / (weights**2).sum())
    if reached.paired:  # two futures of a draw count as one, on the safe side
        whole = count - count % 2
        both = weights[:whole].reshape(-1, 2).sum(axis=1)
        carried = float(both.sum() ** 2 / (both**2).sum()) if both.any() else carried
    return _Near(np.asarray(weights, np.float64), apart, carried, tuple(outside), month)


def _place(reached: Attainment, month: float) -> int | None:
    places = np.flatnonzero(np.isclose(reached.first.months, month, rtol=0.0, atol=1e-9))
    return int(places[0]) if places.size else None


def _taken(reached: Attainment, actuals: Actuals, step: str) -> tuple[Floats, float]:
    """How many took a step in all the months of which there are actuals: in the futures, and really."""
    ways, own = ways_of(reached.first.step_names, step), [month for name, month in actuals.values if name == step]
    in_month = np.diff(reached.taken[:, :, ways].sum(axis=2), axis=1, prepend=0.0)
    places = [place for month in own if (place := _place(reached, month)) is not None]
    return in_month[:, places].sum(axis=1), sum(actuals.values[step, month] for month in own)


def _promises(study: Targets, reached: Attainment, near: _Near, told: bool) -> Iterator[list[Any]]:
    """Commit, expect and stretch of every rung, before and now."""
    place = reached.month(study.month)
    table = study.rungs.set_index("rung")
    for rung in reached.promised:
        name, more = reached.first.rung_names[rung], reached.rung_wants_more(rung)
        values = reached.people[:, place, rung]
        later = near.adjusted(values)
        for target, chance in CHANCES.items():
            wanted = float(table.loc[name, target])
            if math.isnan(wanted):
                continue
            share = near.share(later >= wanted if more else later <= wanted) if told else (math.nan,) * 3
            yield [name, target, wanted, study.month, chance, *share]


def _goals(study: Targets, near: _Near, told: bool) -> Iterator[list[Any]]:
    """The goals of the file that are still to come, before and now."""
    chances = study.goals.set_index("goal")["probability"]
    paired = bool(len(study.runs.parameters.columns))
    for goal in study.runs.source.goals:
        values = goal_values(goal, study.runs, paired, as_market=True)
        if goal.by_month <= near.month or not np.isfinite(values).all():
            continue
        later = near.adjusted(values)
        first = study.runs.histories[0]
        hits = np.array([is_met(first, goal, value, goal.wanted) for value in later], bool)
        share = near.share(hits) if told else (math.nan,) * 3
        name = goal.rung or goal.step or ""
        yield [name, goal_name(goal), goal.wanted, goal.by_month, float(chances[goal_name(goal)]), *share]


def _steps(reached: Attainment, actuals: Actuals, near: _Near) -> Iterator[list[Any]]:
    """How far each step runs behind, in standard deviations over the futures: as measured, else in the futures near the actuals."""
    place = _place(reached, near.month)
    measured = dict.fromkeys(name for name, _ in actuals.values)
    names = reached.first.step_names
    for step in dict.fromkeys((*(name for name in measured if name not in reached.first.rung_names), *names)):
        at = ways_of(names, step)[0]
        sign = 1.0 if reached.step_wants_more(at) else -1.0
        if step in measured:
            values, actual = _taken(reached, actuals, step)
        elif place is not None:
            values = reached.rates[:, place, at]
            actual = float((near.weights * near.adjusted(values)).sum() / near.weights.sum())
        else:
            continue
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        behind = sign * (float(values.mean()) - actual) / spread if spread > 0.0 else math.nan
        yield [step, step in measured, behind]


def blamed(found: Track) -> Mapping[str, Any] | None:
    """The step that runs behind most, measured ones first; None where none does so by `BEHIND` standard deviations."""
    for measured in (True, False):
        rows = found.steps[found.steps["measured"] == measured]
        if not measured and not found.can_tell:
            return None
        if len(rows) and float(rows["behind"].iloc[0]) >= BEHIND:
            return rows.iloc[0].to_dict()
        if measured and len(rows):
            return None  # what was measured tells
    return None
