"""What the store of runs holds: listed, shown, compared, deleted.

In: the folder of a store (None: that of the environment, ``keeping``). Out: tables. A run is all kept futures of one strategy of one scenario
under one seed and number of people; its name is the beginning of its key, as ``runs`` shows it. Nothing is simulated here, and nothing
is read but what the store holds: no scenario file, no customers' data.
"""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError, nearest
from ladsim.measures.summary import Summary
from ladsim.planning import pairs
from ladsim.planning.keeping import PLACE, place_of
from ladsim.planning.measure_table import unit_of
from ladsim.planning.run_store import INDEX, KeptWork, RunStore
from ladsim.planning.unit_bytes import DamagedError, decoded

Floats = NDArray[np.float64]
Place = str | os.PathLike[str] | None
FUTURES = ("future", "longer future")  # kinds of units that are futures
_FEWEST = 4  # characters of a run's name
_NAME = 10  # characters that are shown
_COLUMNS = ("run", "scenario", "strategy", "what", "seed", "people", "months", "futures", "bytes", "last_used")


@dataclass(frozen=True)
class KeptRun:
    """A run that is kept."""

    run: str
    scenario: str
    strategy: str | None  # None: the market as it is
    what: str  # "future"; "longer future" (behind the horizon), or another kind of unit, of which no measures are kept
    seed: int
    people: int  # simulated
    market: int  # people of the market
    months: float
    currency: str
    futures: int
    bytes: int
    last_used: datetime.date | None
    ladsim: str  # version that made it
    numbers: Mapping[str, Any]  # every number of the scenario by dotted key, or what is known of it, in words
    measures: pd.DataFrame  # measure, mean, low, high, sd, futures: those that one future has; 95 % intervals


@dataclass(frozen=True)
class RunDifference:
    """Two kept runs side by side."""

    one: KeptRun
    other: KeptRun
    is_paired: bool  # the same luck: future by future
    numbers: pd.DataFrame  # key, one, other: what differs between the two scenarios, and of the settings
    measures: pd.DataFrame  # measure, one, other, difference, low, high, futures: one − other with its 95 % interval


def listed(store: Place = None) -> pd.DataFrame:
    """Every run that is kept, used last first: run, scenario, strategy, what, seed, people, months, futures, bytes, last_used (a date).

    `strategy` is None for the market as it is; `what` is "future", "longer future" (played on behind the horizon), or another kind of
    number that a study needs. `store` is the folder of a store; without it, that of the environment. Raises StudyError where the
    store is switched off.
    """
    with _opened(store) as found:
        rows = [[_name(work), *_facts(work)] for work in found.works()]
    made = pd.DataFrame(rows, columns=list(_COLUMNS))
    return made.assign(
        strategy=pd.Series([row[2] for row in rows], dtype=object), last_used=pd.Series([row[-1] for row in rows], dtype=object)
    )


def kept_run(run: str, store: Place = None) -> KeptRun:
    """One run, by the beginning of its name: its settings, every number of its scenario, and the measures of its futures.

    Raises StudyError where no run, or more than one, begins so.
    """
    with _opened(store) as found:
        work = _named(found, run)
        return _kept(found, work, _summaries(found, work))


def compare_runs(one: str, other: str, store: Place = None) -> RunDifference:
    """Two runs side by side: in which numbers and settings they differ, and how far their measures are apart.

    Where both have the same seed, the futures that both have are compared one by one, since their luck is the same; else the two means are.
    Ratios are compared as quotients of single futures, and futures in which one does not exist are left out.
    """
    with _opened(store) as found:
        works = [_named(found, name) for name in (one, other)]
        summaries = [_summaries(found, work) for work in works]
        first, second = (_kept(found, work, own) for work, own in zip(works, summaries, strict=True))
    is_paired = first.seed == second.seed and bool(summaries[0].keys() & summaries[1].keys())
    two_to_a_draw = any(bool(work.said.get("paired")) for work in works)
    table = _differences(summaries[0], summaries[1], is_paired, two_to_a_draw)
    return RunDifference(first, second, is_paired, _other_numbers(first, second), table)


def delete_runs(*named: str, everything: bool = False, store: Place = None) -> int:
    """Delete runs by the beginnings of their names, or everything that the store holds; the bytes that this has freed.

    Raises StudyError where a name is of no run, or of several, and OSError where the folder cannot be changed.
    """
    if bool(named) == everything:
        raise StudyError("runs: found nothing to delete, must be names of runs, or everything (--all)")
    with _opened(store) as found:
        if everything:
            return found.delete_all()
        return found.delete([_named(found, name).id for name in named])


def store_size(store: Place = None) -> tuple[str, int]:
    """The folder of the store, and the bytes that it takes on disk, its index included."""
    with _opened(store) as found:
        return str(found.folder), found.size


@dataclass(frozen=True)
class Runs:
    """The futures that a store keeps, by run: all of one strategy of one scenario with one seed and number of people."""

    folder: str

    @property
    def table(self) -> pd.DataFrame:
        """Every run, used last first: run, scenario, strategy (None: the market as it is), what, seed, people, months, futures, bytes, last_used."""
        return listed(self.folder)

    @property
    def bytes(self) -> int:
        """What the store takes on disk, its index included."""
        return store_size(self.folder)[1]

    def show(self, run: str) -> KeptRun:
        """One run, by the beginning of its name: its settings, the numbers of its scenario, its measures. Raises StudyError."""
        return kept_run(run, self.folder)

    def compare(self, one: str, other: str) -> RunDifference:
        """Two runs side by side: future by future, where both have the same seed. Raises StudyError."""
        return compare_runs(one, other, self.folder)

    def delete(self, *named: str, everything: bool = False) -> int:
        """Delete runs by the beginnings of their names, or everything; the bytes that this has freed. Raises StudyError and OSError."""
        return delete_runs(*named, everything=everything, store=self.folder)

    def _repr_html_(self) -> str:
        """What a notebook shows: the table."""
        html: str = self.table.to_html(index=False, escape=True)
        return html


def runs(store: Place = None) -> Runs:
    """What a store keeps of futures that were simulated: a table, and how to look at one run, compare two, delete.

    `store` is the folder of a store; without it, that of the environment (`$LADSIM_STORE`, else one in the cache folder). Raises
    StudyError where the store is switched off.

    >>> import ladsim
    >>> ladsim.runs("nowhere").table.empty
    True
    """
    return Runs(store_size(store)[0])


class _Opened:
    """A store for as long as something is asked of it."""

    def __init__(self, store: RunStore) -> None:
        self._store = store

    def __enter__(self) -> RunStore:
        return self._store

    def __exit__(self, *error: object) -> None:
        self._store.close()


class _Empty(RunStore):
    """A store that nobody has made yet; to look at it makes none."""

    def works(self) -> list[KeptWork]:
        """None."""
        return []

    def delete(self, works: list[int]) -> int:
        """Nothing."""
        return 0


def _opened(place: Place) -> _Opened:
    """A store. Raises StudyError where it is switched off."""
    folder = place_of(place)
    if folder is None:
        raise StudyError(f"{PLACE}: found off, so no runs are kept; name a folder (--store)")
    kind = RunStore if (folder / INDEX).is_file() else _Empty
    return _Opened(kind(folder, 0))


def _name(work: KeptWork) -> str:
    return work.key.hex()[:_NAME]


def _named(store: RunStore, name: str) -> KeptWork:
    """The one run whose name begins so. Raises StudyError."""
    works = store.works()
    wanted = name.strip().lower()
    found = [work for work in works if len(wanted) >= _FEWEST and work.key.hex().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise StudyError(f"runs: found {name!r}, with which {len(found)} runs begin; give more of the name")
    close = nearest(wanted, [_name(work) for work in works])
    hint = f" (did you mean {close!r}?)" if close else ""
    raise StudyError(f"runs: found {name!r}, must be a run that is kept (ladsim runs lists them){hint}")


def _facts(work: KeptWork) -> list[Any]:
    said = work.said
    return [
        *(said.get(key) for key in ("scenario", "strategy", "what", "seed", "people", "months")),
        *(work.units, work.size, _day(work)),
    ]


def _day(work: KeptWork) -> datetime.date | None:
    return None if work.day is None else datetime.datetime.fromtimestamp(work.day, datetime.UTC).date()


def _summaries(store: RunStore, work: KeptWork) -> dict[int, Summary]:
    """The measures of every future of a run, by number; none of what is no future."""
    found = {}
    for number in store.numbers(work.id) if work.said.get("what") == FUTURES[0] else ():
        data = store.find(work.id, work.key, number)
        try:
            unit = decoded(data) if data is not None else None
        except DamagedError:
            continue
        if isinstance(unit, tuple) and len(unit) == 2 and isinstance(unit[1], Summary):
            found[number] = unit[1]
    return found


def _kept(store: RunStore, work: KeptWork, summaries: Mapping[int, Summary]) -> KeptRun:
    said = work.said
    rows = []
    for measure in next(iter(summaries.values())).scalars if summaries else ():
        values = _values(summaries, measure, [*summaries])
        known = values[np.isfinite(values)]
        finite = np.where(np.isfinite(values), values, np.nan)
        mean = pairs.of_unit(finite, unit_of(measure, ""), bool(said.get("paired")))
        rows.append([measure, *mean, float(known.std(ddof=1)) if known.size > 1 else np.nan, known.size])
    table = pd.DataFrame(rows, columns=["measure", "mean", "low", "high", "sd", "futures"])
    of_the_work: dict[str, Any] = {key: said.get(key) for key in _SAID}
    return KeptRun(
        run=_name(work),
        futures=work.units,
        bytes=work.size,
        last_used=_day(work),
        ladsim=str(said.get("ladsim", "")),
        numbers=dict(said.get("numbers") or {}),
        measures=table,
        **of_the_work,
    )


_SAID = ("scenario", "strategy", "what", "seed", "people", "market", "months", "currency")


def _values(summaries: Mapping[int, Summary], measure: str, numbers: list[int]) -> Floats:
    """One measure of these futures; NaN where it does not exist."""
    return np.array([summaries[number].scalars.get(measure, np.nan) for number in numbers], np.float64)


_SETTINGS = (*_SAID, "ladsim")


def _other_numbers(one: KeptRun, other: KeptRun) -> pd.DataFrame:
    """What differs between two runs, settings first."""
    rows = [[key, getattr(one, key), getattr(other, key)] for key in _SETTINGS if getattr(one, key) != getattr(other, key)]
    keys = dict.fromkeys((*one.numbers, *other.numbers))
    rows += [[k, one.numbers.get(k), other.numbers.get(k)] for k in keys if one.numbers.get(k) != other.numbers.get(k)]
    return pd.DataFrame(rows, columns=["key", "one", "other"], dtype=object)


def _differences(one: Mapping[int, Summary], other: Mapping[int, Summary], is_paired: bool, two_to_a_draw: bool) -> pd.DataFrame:
    """One − other of every measure that both have."""
    rows: list[list[Any]] = []
    columns = ["measure", "one", "other", "difference", "low", "high", "futures"]
    if not one or not other:
        return pd.DataFrame(rows, columns=columns)
    both = sorted(one.keys() & other.keys()) if is_paired else []
    theirs = next(iter(other.values())).scalars
    for measure in (name for name in next(iter(one.values())).scalars if name in theirs):
        first, second = (_values(own, measure, both if is_paired else sorted(own)) for own in (one, other))
        if is_paired:
            known = np.isfinite(first) & np.isfinite(second)
            apart = np.where(known, first - second, np.nan)
            found, count = pairs.mean(apart, two_to_a_draw), int(known.sum())
            means = [float(own[known].mean()) if count else np.nan for own in (first, second)]
        else:
            ends = [pairs.mean(np.where(np.isfinite(own), own, np.nan), two_to_a_draw) for own in (first, second)]
            half = math.hypot(*(end.high - end.value for end in ends))
            means, count = [end.value for end in ends], min(first.size, second.size)
            gap = means[0] - means[1]
            found = pairs.Estimate(gap, gap - half, gap + half)
        rows.append([measure, *means, *pairs.apart(found, unit_of(measure, "")), count])
    return pd.DataFrame(rows, columns=columns)
