"""Stored entries played again: by one process or several, always with the same hashes.

In: entries. Out: for each the hashes of what came out of it, by today's names.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import ladsim
from ladsim.errors import StudyError
from ladsim.planning.tables import tables_of
from ladsim.scenario.load import validated
from tests.acceptance.rules import ROOT
from tests.baselines.results import REFUSED, Hashes, results_of, results_of_tables
from tests.baselines.stored import Entry

_AT_ONCE = 5  # entries that a process takes at a time


def play(entry: Entry) -> Hashes:
    """The hashes of an entry: of one future, or of a study."""
    scenario = validated(entry["scenario"]) if "scenario" in entry else ladsim.load(entry["file"])
    place = entry["strategy"]
    strategy = list(scenario.strategies)[place] if isinstance(place, int) else place
    if "study" in entry:
        return _study(entry, scenario, strategy)
    history = ladsim.simulate(
        scenario,
        strategy=strategy,
        seed=entry["seed"],
        replication=entry["replication"],
        sample=entry.get("sample"),
        log=True,
    )
    return results_of(history, scenario)


def _study(entry: Entry, scenario: ladsim.Scenario, strategy: str | None) -> Hashes:
    """The hashes of a study's tables, or that it is refused."""
    of = {} if entry["study"] == "compare" else {"strategy": strategy}
    setting = {
        "seed": entry["seed"],
        "replications": entry["futures"],
        "sample": entry["sample"],
        "processes": 1,
        "months_after": 0,
    }
    try:
        return results_of_tables(tables_of(getattr(ladsim, entry["study"])(scenario, **of, **setting)))
    except StudyError:
        return {"study": REFUSED}


def each(entries: Sequence[Entry], processes: int = 1) -> Iterator[Hashes]:
    """The hashes of each entry, in order."""
    if processes == 1 or len(entries) < 2:
        yield from map(play, entries)
        return
    # Processes begin anew, as on every system: a copy of one that runs threads may hang.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(play, entries, chunksize=_AT_ONCE)


def told(entry: Entry) -> str:
    """An entry in a few words."""
    if "scenario" in entry:
        strategy = f", strategy {entry['strategy']}" if entry["strategy"] else ""
        return f"seed {entry['seed']}, replication {entry['replication']}{strategy}"
    name = Path(entry["file"]).relative_to(ROOT).as_posix()
    strategy = "base" if entry["strategy"] is None else f"strategy {entry['strategy'] + 1}"
    if "study" in entry:
        return f"{name}, {entry['study']}" + ("" if entry["study"] == "compare" else f", {strategy}")
    return f"{name}, {strategy}, replication {entry['replication']}"
