"""What is stored: scenarios as data, and beside them the hashes of what came out.

Two kinds, each a list of entries and a list of records in the same order:

* generated: scenarios of the tests' generator (``tests/strategies.py``), written down whole, so that neither a new version of
  Hypothesis nor a new feature of the generator changes them. A key that is renamed is renamed here too, by a script; the records stay.
* shipped: the scenarios that come with ladsim and those of the experiments, by file, strategy and replication, and the
  studies of each. Strategies go by their place in the file. Experiments that read data from outside are left out.

Event logs and rows are the same on every machine. Tables hold sums and exponentials by NumPy and SciPy, whose last bits may differ
between processors and versions, now and then by more than what rounding hides: where these are others than when the records were
written (``numerics.json``), only logs and rows are compared.

A record is the hash of all that a run left (16 digits), then the first 6 digits of the hash of each part: the first notices, the
second says where. Entries are lines of JSON, records lines of digits; long lists are compressed (xz).
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

import ladsim
from ladsim.errors import StudyError
from ladsim.scenario.load import shipped, validated
from ladsim.scenario.strategies import with_strategy
from tests.acceptance.drawn import drawn
from tests.acceptance.part import Unit
from tests.acceptance.rules import ROOT
from tests.baselines.results import Hashes
from tests.strategies import bound, loud, scenario_data

Entry = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
GENERATED = 2_000
SAMPLE, SAMPLE_OF_STUDIES, REPLICATIONS, FUTURES = 300, 200, 2, 4
NEEDS_DATA = {"lastfm_olist"}  # experiments that read what is not in the repository
_SEED = 1
_LOUD_EACH = 10  # one scenario in so many is one in which everybody announces
_EXAMPLES = st.tuples(scenario_data(), st.integers(0, 2**40))
_HERE = "{repository}"  # stands for the folder of the repository, in paths
_WHOLE, _PART = 16, 6
NUMERICS = FOLDER / "numerics.json"
EXACT = ("event log, ", "rows per customer")  # parts that are whole numbers, or quotients of two: the same everywhere


@dataclass(frozen=True)
class Kind:
    """A list of entries and their records."""

    name: str
    packed: bool
    folder: Path = FOLDER

    @property
    def entries_file(self) -> Path:
        """Where the entries stand."""
        return self.folder / f"{self.name}.jsonl{'.xz' if self.packed else ''}"

    @property
    def records_file(self) -> Path:
        """Where the records stand."""
        return self.folder / f"{self.name}.hashes.xz"

    def entries(self) -> list[Entry]:
        """All entries, in order; paths are those of this repository."""
        return [json.loads(line.replace(_HERE, ROOT.as_posix())) for line in _lines(self.entries_file)]

    def records(self) -> list[str]:
        """All records, in order; none where none were written yet."""
        return _lines(self.records_file) if self.records_file.exists() else []

    def write_entries(self, entries: Sequence[Entry]) -> None:
        """Replace the entries."""
        lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries]
        _write(self.entries_file, [line.replace(ROOT.as_posix(), _HERE) for line in lines])

    def write_records(self, records: Sequence[str]) -> None:
        """Replace the records."""
        _write(self.records_file, records)


KINDS = {kind.name: kind for kind in (Kind("generated", packed=True), Kind("shipped", packed=False))}


def record(found: Hashes) -> str:
    """What is stored of the hashes of a run."""
    whole = hashlib.blake2b("".join(found.values()).encode(), digest_size=_WHOLE // 2).hexdigest()
    return whole + "".join(one[:_PART] for one in found.values())


def numerics() -> dict[str, Any]:
    """What the last bits of a table may hang on: versions of the libraries that add and multiply, and what the processor can do."""
    from numpy._core._multiarray_umath import __cpu_features__ as features  # NumPy says it nowhere else

    versions = {name: metadata.version(name) for name in ("numpy", "scipy", "pandas")}
    return {**versions, "processor": sorted(name for name, there in features.items() if there)}


@cache
def same_numerics() -> bool:
    """Whether tables can be compared to the last digit: the records were written with the same numerics as are here."""
    return NUMERICS.exists() and json.loads(NUMERICS.read_text(encoding="utf-8")) == numerics()


def write_numerics() -> None:
    """Note with what the records were written."""
    NUMERICS.write_text(json.dumps(numerics(), indent=1) + "\n", encoding="utf-8")


def difference(stored: str, found: Hashes, tables: bool | None = None) -> str:
    """In what a run differs from its record: the first part by place and today's name, and how many do; empty where it does not.

    `tables`: whether they are compared, too (default: where the numerics are those of the records).
    """
    now = record(found)
    if now == stored:
        return ""
    tables = same_numerics() if tables is None else tables
    before, after = _parts(stored), _parts(now)
    names = [*found, *["nothing"] * (len(before) - len(after))]
    other = [place for place in range(max(len(before), len(after))) if before[place : place + 1] != after[place : place + 1]]
    if not tables:
        other = [place for place in other if names[place].startswith(EXACT)]
        if not other:
            return ""
    if not other:
        return "a part whose first digits happen to be the same"
    count = f"{len(other)} of {len(before)} parts" + (f", now {len(after)}" if len(before) != len(after) else "")
    return f"part {other[0] + 1}, {names[other[0]]} ({count})"


def only_added(stored: str, found: Hashes) -> bool:
    """Whether a run has all parts of its record, and more behind them."""
    before, after = _parts(stored), _parts(record(found))
    return len(after) > len(before) and after[: len(before)] == before


def _parts(line: str) -> list[str]:
    return [line[place : place + _PART] for place in range(_WHOLE, len(line), _PART)]


def anew(kind: str) -> list[Entry]:
    """The entries of a kind as they would be chosen today."""
    chosen = list(_drawn_anew() if kind == "generated" else _shipped_anew())
    return json.loads(json.dumps(chosen))  # as they will be read again


def _drawn_anew() -> Iterator[Entry]:
    """Scenarios of the generator, those left out that end because messages multiply without end: nothing comes out of them."""
    number = count = 0
    while count < GENERATED:
        data, seed = drawn(_EXAMPLES, Unit(number, _SEED))
        data = loud(data) if number % _LOUD_EACH == _LOUD_EACH - 1 else data
        strategy = next(iter(data.get("strategies", {})), None) if number % 3 else None
        entry = {"seed": seed, "replication": number % 4, "strategy": strategy, "scenario": data}
        number += 1
        if _ends(entry):
            count += 1
            yield entry


def _ends(entry: Entry) -> bool:
    """Whether a scenario comes to its horizon within the bounds of small markets."""
    with pytest.MonkeyPatch.context() as patch:
        bound(patch)
        try:
            ladsim.simulate(
                validated(entry["scenario"]),
                strategy=entry["strategy"],
                seed=entry["seed"],
                replication=entry["replication"],
                log=True,
            )
        except StudyError:
            return False
    return True


def _shipped_anew() -> Iterator[Entry]:
    """Every shipped scenario and experiment under each of its strategies and none, twice, then its studies."""
    experiments = sorted(path for path in (ROOT / "experiments").glob("*.toml") if path.stem not in NEEDS_DATA)
    for path in [*(ROOT / "scenarios" / f"{name}.toml" for name in sorted(shipped())), *experiments]:
        scenario = ladsim.load(path)
        own = {"file": path.as_posix(), "seed": 1}
        for strategy in (None, *range(len(scenario.strategies))):
            for replication in range(REPLICATIONS):
                yield {**own, "strategy": strategy, "replication": replication, "sample": min(SAMPLE, scenario.market_size)}
        for study, strategy in _studies(scenario):
            sample = min(SAMPLE_OF_STUDIES, scenario.market_size)
            yield {**own, "study": study, "strategy": strategy, "futures": FUTURES, "sample": sample}


def _studies(scenario: ladsim.Scenario) -> Iterator[tuple[str, int | None]]:
    """The studies of a scenario: all of its strategies compared, all else of the last one, or of none where it has none."""
    count = len(scenario.strategies)
    last = count - 1 if count else None
    if count > 1:
        yield "compare", None
    yield from ((study, last) for study in ("replicate", "set_targets", "potential"))
    if with_strategy(scenario, list(scenario.strategies)[-1] if count else None).programs:
        yield "program_value", last


def _lines(path: Path) -> list[str]:
    content = path.read_bytes()
    return (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8").splitlines()


def _write(path: Path, lines: Sequence[str]) -> None:
    content = "".join(f"{line}\n" for line in lines).encode("utf-8")
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME) if path.suffix == ".xz" else content)
