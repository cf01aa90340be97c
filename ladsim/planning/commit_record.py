"""A record of commits: what plans promised with 80 % for months that are over, what came, and how often it held.

In: a file, and the commits of a plan with their actuals. Out: a `CommitRecord`, and the file with them in it. The file is JSON with a
fingerprint over its entries; one that was changed by other hands, or is something else, is refused, never mended. A plan is known by
what determines its numbers (scenario, strategy, setting, month): entered again, from whatever folder, it takes the place of its entries.

*How often they held.* Commits for the same market and month share their luck, so together they count as one: with k of them, the share
held has the interval of Clopper & Pearson (1934) for k trials. A record has few of them, and this one never holds the truth less often
than it says, where Jeffreys' interval (``measures.uncertainty``) does.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ladsim.errors import StudyError
from ladsim.files import no_file, read_at_most, write_text
from ladsim.planning.pairs import LEVEL, Estimate
from ladsim.scenario.key_paths import shown
from ladsim.scenario.nesting import in_json

RECORD = "commits.json"  # beside a plan
FORM = 1
MAX_BYTES = 10_000_000
_PLAN = ("kind", "strategies", "month", "setting", "scenario", "inputs")


@dataclass(frozen=True)
class Commit:
    """A number that a plan committed to, and what came."""

    plan: str  # its fingerprint
    scenario: str
    strategy: str | None
    start: str  # the market's start date; empty where it has none
    month: float
    rung: str
    meets: str  # "at least" or "at most"
    committed: float
    actual: float

    @property
    def held(self) -> bool:
        """Whether it was kept."""
        return self.actual >= self.committed if self.meets == "at least" else self.actual <= self.committed

    @property
    def outcome(self) -> tuple[str, str, float]:
        """The market and the month that it was for."""
        return self.scenario, self.start, self.month


@dataclass(frozen=True)
class CommitRecord:
    """The commits of a file. `entered`: those of the plan that was held against its actuals just now."""

    place: str
    commits: tuple[Commit, ...]
    entered: tuple[Commit, ...] = ()

    @property
    def held(self) -> int:
        """How many were kept."""
        return sum(one.held for one in self.commits)

    @property
    def outcomes(self) -> int:
        """Of how many markets and months they are: as so many independent ones they count."""
        return len({one.outcome for one in self.commits})

    @property
    def share(self) -> Estimate:
        """The share that was kept, with its 95 % interval; NaN where there are none."""
        if not self.commits:
            return Estimate(math.nan, math.nan, math.nan)
        found = self.held / len(self.commits)
        return Estimate(found, *exact_interval(found * self.outcomes, self.outcomes))

    def table(self) -> pd.DataFrame:
        """A row for each: scenario, strategy, start, month, rung, meets, committed, actual, held, plan."""
        columns = ["scenario", "strategy", "start", "month", "rung", "meets", "committed", "actual", "held", "plan"]
        rows = [[{**asdict(one), "held": one.held}[name] for name in columns] for one in self.commits]
        return pd.DataFrame(rows, columns=columns)


def exact_interval(successes: float, trials: int) -> tuple[float, float]:
    """The 95 % interval of Clopper & Pearson (1934) for a probability: quantiles of beta(s, n − s + 1) and beta(s + 1, n − s).

    >>> [round(end, 4) for end in exact_interval(8, 10)], [round(end, 4) for end in exact_interval(1, 1)]
    ([0.4439, 0.9748], [0.025, 1.0])
    """
    from scipy import special

    tail, missed = (1.0 - LEVEL) / 2.0, trials - successes
    low = float(special.betaincinv(successes, missed + 1.0, tail)) if successes > 0.0 else 0.0
    return low, float(special.betaincinv(successes + 1.0, missed, 1.0 - tail)) if missed > 0.0 else 1.0


def plan_of(manifest: Mapping[str, Any]) -> str:
    """The fingerprint of a plan: two with the same one have the same numbers. Where its files lie does not count."""
    told = {key: manifest.get(key) for key in _PLAN}
    told["inputs"] = sorted(map(str, dict(manifest.get("inputs") or {}).values()))
    return _fingerprint(told)


def read_record(path: str | os.PathLike[str]) -> CommitRecord:
    """The record of a file; an empty one where there is no such file. Raises StudyError where it was changed, or is something else."""
    place = Path(path)
    if not os.path.lexists(place):
        return CommitRecord(str(path), ())
    foreign = StudyError(
        f"{path}: is no record of commits, so nothing is entered; name one that ladsim track has written, or a new file"
    )
    try:
        if no_file(place):
            raise foreign
        data = read_at_most(place, MAX_BYTES)
        if len(data) > MAX_BYTES or in_json(data) is not None:
            raise foreign
        found = json.loads(data)
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}); name a record of commits, or a new file") from error
    except (ValueError, RecursionError):
        raise foreign from None
    if not isinstance(found, dict) or "ladsim_commits" not in found:
        raise foreign
    if found["ladsim_commits"] != FORM:
        from ladsim.planning.manifest import ladsim_version

        raise StudyError(
            f"{path}: has the form {shown(found['ladsim_commits'])}, this version of ladsim ({ladsim_version()}) reads {FORM}"
        )
    changed = StudyError(
        f"{path}: was changed since ladsim track wrote it, so nothing is entered; put back what was there, or name a new file"
    )
    if not isinstance(found.get("commits"), list) or found.get("sha256") != _fingerprint(found["commits"]):
        raise changed
    try:
        return CommitRecord(str(path), tuple(Commit(**one) for one in found["commits"]))
    except TypeError:
        raise changed from None


def enter(path: str | os.PathLike[str], made: Iterable[Commit]) -> CommitRecord:
    """Enter the commits of a plan into the file, in place of what that plan had there; nothing is written where nothing is new.

    Raises StudyError as ``read_record`` does, OutputError where the file cannot be written.
    """
    own, known = tuple(made), read_record(path)
    plans = {(one.plan, one.rung) for one in own}
    kept = (*(one for one in known.commits if (one.plan, one.rung) not in plans), *own)
    if set(kept) != set(known.commits):
        rows = [asdict(one) for one in kept]
        told = {"ladsim_commits": FORM, "sha256": _fingerprint(rows), "commits": rows}
        write_text(path, json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return CommitRecord(str(path), kept, own)


def _fingerprint(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
