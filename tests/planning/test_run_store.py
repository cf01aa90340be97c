"""What was played once is read the next time: the same numbers to the last bit, whatever happens to the store.

Tests: ``planning/keeping.py``, ``planning/unit_bytes.py``, ``planning/unit_keys.py``.
"""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.summary import Summary
from ladsim.planning import keeping, run_store, unit_bytes, unit_keys
from ladsim.planning.acquisition_cost import Without
from ladsim.planning.compare import compare
from ladsim.planning.output import write_study
from ladsim.planning.potential import potential
from ladsim.planning.reproduce import again
from ladsim.planning.run import StrategyTask, together
from ladsim.planning.run_store import INDEX, RunStore
from ladsim.planning.tables import tables_of
from ladsim.planning.targets import set_targets
from ladsim.planning.until_sure import UntilSure
from ladsim.scenario.load import load, loads
from ladsim.scenario.spec import Scenario

OPTIONS: dict[str, Any] = {"replications": 6, "sample": 300, "processes": 1}
POLICY = """
import math

def nudge(env, market):
    yield market.months(1.0)
    market.multiply("orders", FACTOR * math.sqrt(1.0))
"""


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The futures that were really played, by number, from now on."""
    found: list[int] = []
    inner = StrategyTask.future

    def counted(self: StrategyTask, replication: int, worlds: Any) -> Any:
        found.append(replication)
        return inner(self, replication, worlds)

    monkeypatch.setattr(StrategyTask, "future", counted)
    return found


def fingerprint(study: Any) -> list[bytes]:
    """All of a study's futures and tables, to the last bit."""
    runs = [
        pickle.dumps((history, summary))
        for run in study.futures.values()
        for history, summary in zip(run.histories, run.summaries, strict=True)
    ]
    return [*runs, *(table.to_csv().encode() for table in tables_of(study).values())]


def same(one: Any, other: Any) -> bool:
    """Whether two studies are the same to the last bit."""
    pairs = zip(one.futures.values(), other.futures.values(), strict=True)
    for a, b in pairs:
        if len(a.histories) != len(b.histories):
            return False
        for first, second in zip(a.histories, b.histories, strict=True):
            if not first.equals(second):
                return False
        if [repr(summary) for summary in a.summaries] != [repr(summary) for summary in b.summaries]:
            return False
    mine, theirs = tables_of(one), tables_of(other)
    return mine.keys() == theirs.keys() and all(mine[name].equals(theirs[name]) for name in mine)


def test_a_unit_is_the_same_to_the_last_bit(shop: Scenario) -> None:
    """Kinds of number, order in memory, NaN and −0 stay as they are; arrays can be written to and share nothing with others."""
    runs = together(shop, ["dear"], **OPTIONS)["dear"]
    for unit in zip(runs.histories, runs.summaries, strict=True):
        history, summary = unit_bytes.decoded(unit_bytes.encoded(unit))
        assert isinstance(history, History) and history.equals(unit[0]) and isinstance(summary, Summary)
        assert pickle.dumps(summary.scalars) == pickle.dumps(unit[1].scalars) and history.strategy == unit[0].strategy
        assert all(type(a) is type(b) for a, b in zip(summary.scalars.values(), unit[1].scalars.values(), strict=True))
    odd = (
        np.array([0.0, -0.0, np.nan, 5e-324]),
        np.array([2**31, -(2**31) - 1, 2**63 - 1]),
        np.ones(3, bool),
        np.zeros((0, 4)),
        np.float64(0.5),
    )
    found = unit_bytes.decoded(unit_bytes.encoded(odd))
    assert [part.tobytes() for part in found] == [part.tobytes() for part in odd] and type(found[-1]) is np.float64
    assert [part.dtype for part in found] == [part.dtype for part in odd] and found[0].flags.writeable


def test_a_unit_makes_nothing_but_what_a_unit_is_made_of() -> None:
    """Bytes that would run something are refused."""
    harmful = pickle.dumps(os.getcwd, protocol=5)
    data = unit_bytes._SIZES.pack(len(harmful), 0, 0) + harmful
    with pytest.raises(unit_bytes.DamagedError, match="no part of a unit"):
        unit_bytes.decoded(data)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_was_played_is_read(shop: Scenario, tmp_path: Path, played: list[int], processes: int) -> None:
    """Cold and warm, a comparison is the one without a store; warm, nothing is played; one more future plays one more of each."""
    options = OPTIONS | {"processes": processes}
    without = compare(shop, store=False, **options)
    cold = compare(shop, store=tmp_path, **options)
    played.clear()
    warm = compare(shop, store=tmp_path, **options)
    assert not played and same(without, cold) and same(without, warm)
    compare(shop, store=tmp_path, **(options | {"replications": 8, "processes": 1}))
    assert sorted(set(played)) == [6, 7]


def test_studies_share_their_futures(shop: Scenario, tmp_path: Path, played: list[int]) -> None:
    """Targets and potential of a strategy find what a comparison has played; other words in the file change nothing."""
    compare(shop, store=tmp_path, **OPTIONS)
    played.clear()
    changed = shop.model_copy(update={"title": "Another title", "goals": (), "language": "da"})
    set_targets(changed, strategy="dear", store=tmp_path, **OPTIONS)
    potential(shop, strategy="dear", store=tmp_path, **OPTIONS)
    assert not played
    for other in ({"seed": 2}, {"sample": 301}, {"overrides": {"basket.mean": 61}}):
        played.clear()
        set_targets(shop, strategy="dear", store=tmp_path, **(OPTIONS | other))
        assert set(played) == {*range(6)}


def test_further_work_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``potential`` plays beside the futures is read the next time."""
    scenario = load("acquisition_vs_retention")
    options = OPTIONS | {"strategy": "acquisition_first"}
    first = potential(scenario, store=tmp_path, **options)
    monkeypatch.setattr(Without, "future", lambda *given: pytest.fail("played again"))
    second = potential(scenario, store=tmp_path, **options)
    assert first.segments.equals(second.segments)


def test_a_study_until_it_knows_is_the_same(shop: Scenario, tmp_path: Path, played: list[int]) -> None:
    """It ends after the same futures, cold, warm, and where a longer study has left more than it needs."""
    options = {key: value for key, value in OPTIONS.items() if key != "replications"}
    without = compare(shop, until=UntilSure(futures=60), store=False, **options)
    count = without.setting.replications
    compare(shop, store=tmp_path, **(OPTIONS | {"replications": count + 6}))
    played.clear()
    warm = compare(shop, until=UntilSure(futures=60), store=tmp_path, **options)
    assert not played and warm.setting.replications == count and same(without, warm)


def test_again_plays(shop: Scenario, tmp_path: Path, played: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that is repeated to see whether its numbers are the same is never read from the store."""
    monkeypatch.setenv("LADSIM_STORE", str(tmp_path / "store"))
    file = tmp_path / "shop.toml"
    study = compare(shop, **OPTIONS)
    write_study(tmp_path / "study", study)
    played.clear()
    assert again(tmp_path / "study", processes=1).identical and len(played) == 6 * len(study.runs)
    del file


def counts(folder: Path) -> tuple[int, int]:
    """How many units are kept, and how often the one played most often was."""
    if not (folder / INDEX).exists():
        return 0, 0
    index = sqlite3.connect(folder / INDEX)
    try:
        return tuple(index.execute("SELECT count(*), coalesce(max(runs), 0) FROM units").fetchone())  # type: ignore[return-value]
    finally:
        index.close()


def test_damaged_bytes_are_never_read(shop: Scenario, tmp_path: Path) -> None:
    """Whatever byte is damaged, of packs or of the index, and however much is cut off, the numbers are the same."""
    without, luck = compare(shop, store=False, **OPTIONS), Random(3)
    for _ in range(4):
        compare(shop, store=tmp_path, **OPTIONS)
        for path in tmp_path.iterdir():
            data = bytearray(path.read_bytes())
            if not data:
                continue
            for place in [luck.randrange(len(data)) for _ in range(1 + len(data) // 5_000)]:
                data[place] ^= 1 << luck.randrange(8)
            path.write_bytes(bytes(data[: luck.choice([len(data), len(data), luck.randrange(len(data))])]))
        assert same(without, compare(shop, store=tmp_path, **OPTIONS))


def test_an_entry_of_another_unit_is_none(tmp_path: Path) -> None:
    """An index that leads to a whole entry of another unit is not believed."""
    store = RunStore(tmp_path, 10**9)
    key = bytes(16)
    work = store.work(key, dict)
    assert work is not None and store.keep(work, key, 0, b"first") and store.keep(work, key, 1, b"other")
    index = sqlite3.connect(tmp_path / INDEX, isolation_level=None)
    index.execute("UPDATE units SET place = (SELECT place FROM units WHERE number = 1) WHERE number = 0")
    index.close()
    assert store.find(work, key, 0) is None and store.find(work, key, 1) == b"other"
    store.close()


def test_a_store_of_other_rules_is_not_read(
    shop: Scenario, tmp_path: Path, played: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other rules or versions of libraries make other keys; an index of another form is begun anew."""
    compare(shop, ["dear"], store=tmp_path, **OPTIONS)
    played.clear()
    with monkeypatch.context() as changed:
        changed.setattr(unit_keys, "rules", lambda: "others")
        compare(shop, ["dear"], store=tmp_path, **OPTIONS)
    assert len(played) == 12
    index = sqlite3.connect(tmp_path / INDEX)
    index.execute("PRAGMA user_version = 99")
    index.close()
    played.clear()
    compare(shop, ["dear"], store=tmp_path, **OPTIONS)
    assert len(played) == 12
    played.clear()
    compare(shop, ["dear"], store=tmp_path, **OPTIONS)
    assert not played


def with_policy(folder: Path, code: str) -> Scenario:
    """A small market with a policy of its own."""
    (folder / "nudge.py").write_text(code, encoding="utf-8")
    return loads(
        """
schema = 1
name = "shop"
months = 3
market_size = 300
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 1.0
[basket]
law = "constant"
mean = 10
[[policies]]
function = "nudge"
file = "nudge.py"
""",
        folder=folder,
    )


def test_another_file_of_ones_own_is_another_key(tmp_path: Path, played: list[int]) -> None:
    """A policy that is changed is played anew, and so is one whose module beside it is changed."""
    options: dict[str, Any] = {"replications": 2, "processes": 1, "store": tmp_path / "store"}
    own = "from beside import FACTOR\n" + POLICY
    (tmp_path / "beside.py").write_text("FACTOR = 1.0\n", encoding="utf-8")
    first = together(with_policy(tmp_path, own), [None], **options)["base"]
    together(with_policy(tmp_path, own), [None], **options)
    assert len(played) == 2
    (tmp_path / "beside.py").write_text("FACTOR = 3.0\n", encoding="utf-8")
    second = together(with_policy(tmp_path, own), [None], **options)["base"]
    assert len(played) == 4 and not first.histories[0].equals(second.histories[0])
    (tmp_path / "beside.py").write_text("FACTOR = 1.0\n", encoding="utf-8")
    third = together(with_policy(tmp_path, own), [None], **options)["base"]
    assert len(played) == 4 and third.histories[0].equals(first.histories[0])


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "import pandas",
        "from random import random",
        "numbers = open('x.txt').read()",
        "import numpy as np; np.loadtxt('x')",
    ],
)
def test_what_may_read_more_than_its_file_is_not_kept(tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python whose numbers may depend on what no hash sees is played every time, and that is said once."""
    own = POLICY.replace("FACTOR", "1.0").replace("    yield", f"    if market.size < 0:\n        {line}\n    yield", 1)
    said: list[str] = []
    with keeping.told_by(said.append):
        together(with_policy(tmp_path, own), [None], replications=2, processes=1, store=tmp_path / "store")
    assert len(said) == 1 and "nudge.py" in said[0]
    assert counts(tmp_path / "store")[0] == 0


def test_graph_files_count(tmp_path: Path, played: list[int]) -> None:
    """Another graph under the same name is another key."""
    text = (
        'schema = 1\nname = "g"\nmonths = 2\nmarket_size = 4\n[[rungs]]\nname = "a"\nshare = 1.0\nmessages_per_month = 1.0\n'
        '[[word_of_mouth]]\nlayer = "t"\ngraph = { kind = "file", path = "t.csv" }\n'
    )
    for ties in ("0,1\n1,2\n2,3\n", "0,1\n1,2\n0,3\n", "0,1\n1,2\n2,3\n"):
        (tmp_path / "t.csv").write_text(ties, encoding="utf-8")
        together(loads(text, folder=tmp_path), [None], replications=2, processes=1, store=tmp_path / "store")
    assert len(played) == 4


def test_the_limit_holds(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used longest ago goes first; a study that alone needs more than the limit goes on without keeping, and says so once."""
    monkeypatch.setenv("LADSIM_STORE_GB", "0.0002")
    said: list[str] = []
    with keeping.told_by(said.append):
        for seed in range(1, 9):
            together(shop, ["dear"], store=tmp_path, **(OPTIONS | {"seed": seed}))
    store = RunStore(tmp_path, 200_000)
    seeds = [work.said["seed"] for work in store.works()]
    assert sum(work.size for work in store.works()) <= 200_000 and not said
    assert seeds == sorted(seeds, reverse=True) and seeds[0] == 8 and len(seeds) < 8
    packs = {path.name for path in tmp_path.glob("*.pack")}
    assert len(packs) == len(seeds)
    with keeping.told_by(said.append):
        whole = together(shop, ["dear"], store=tmp_path, **(OPTIONS | {"replications": 60}))["dear"]
    assert whole.count == 60 and len(said) == 1 and "LADSIM_STORE_GB" in said[0]
    assert sum(work.size for work in store.works()) <= 200_000
    store.close()


def test_a_full_disk_loses_no_study(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing more can be written the study goes on without keeping, and says so once; what was kept before can be read."""
    without = compare(shop, store=False, **OPTIONS)
    script = tmp_path / "full.py"
    script.write_text(
        "import resource, sys\n"
        "from ladsim.planning import keeping, run_store\n"
        "import pickle\n"
        "scenario, options, folder, most = pickle.load(open(sys.argv[1], 'rb'))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))\n"
        "from ladsim.planning.compare import compare\n"
        "with keeping.told_by(print):\n"
        "    study = compare(scenario, store=folder, **options)\n"
        "print(study.outcomes.to_csv())\n",
        encoding="utf-8",
    )
    for number, most in enumerate((4_000, 30_000, 60_000)):
        given = tmp_path / "given"
        given.write_bytes(pickle.dumps((shop, OPTIONS, str(tmp_path / f"store{number}"), most)))
        done = subprocess.run(
            [sys.executable, str(script), str(given)], capture_output=True, text=True, env=environment(), check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("not kept") + done.stdout.count("not all futures are kept") == 1
        assert without.outcomes.to_csv() in done.stdout
        assert same(without, compare(shop, store=tmp_path / f"store{number}", **OPTIONS))
    monkeypatch.setattr(run_store, "LEAST_FREE", 10**18)
    said: list[str] = []
    with keeping.told_by(said.append):
        assert same(without, compare(shop, store=tmp_path / "nearly", **OPTIONS))
    assert len(said) == 1 and "nearly full" in said[0]


def environment() -> dict[str, str]:
    """That of another process which plays by these very files."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "LADSIM_STORE": "off"}


STUDY = (
    "import pickle, sys\n"
    "from ladsim.planning.compare import compare\n"
    "scenario, options, folder = pickle.load(open(sys.argv[1], 'rb'))\n"
    "print('ready', flush=True)\n"
    "study = compare(scenario, store=folder, **options)\n"
    "print(study.outcomes.to_csv())\n"
)


def in_another_process(scenario: Scenario, options: dict[str, Any], folder: Path, store: Path) -> subprocess.Popen[str]:
    """A comparison that is being played there."""
    given, script = folder / "given", folder / "study.py"
    given.write_bytes(pickle.dumps((scenario, options, str(store))))
    script.write_text(STUDY, encoding="utf-8")
    return subprocess.Popen([sys.executable, str(script), str(given)], stdout=subprocess.PIPE, text=True, env=environment())


def test_two_processes_on_one_store(shop: Scenario, tmp_path: Path) -> None:
    """Two studies at once, each of two processes, end with the numbers of one alone."""
    options = OPTIONS | {"processes": 2, "replications": 10}
    without = compare(shop, store=False, **options)
    both = [in_another_process(shop, options, tmp_path, tmp_path / "store") for _ in range(2)]
    assert all(without.outcomes.to_csv() in process.communicate(timeout=300)[0] for process in both)
    assert counts(tmp_path / "store")[0] == 2 * 10 * len(without.runs)  # each played on behind the horizon, too


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_a_killed_study_goes_on_where_it_was(shop: Scenario, tmp_path: Path) -> None:
    """Killed at twenty random moments and begun anew each time: the result of an undisturbed one, and no finished unit played twice."""
    options = OPTIONS | {"processes": 2, "replications": 400, "sample": 2_000}
    without, luck, store = compare(shop, store=False, **options), Random(9), tmp_path / "store"
    kept = []
    for _ in range(20):
        process = in_another_process(shop, options, tmp_path, store)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(luck.uniform(0.3, 1.5))
        process.kill()
        process.communicate()
        time.sleep(0.3)  # its workers notice
        kept.append(counts(store)[0])
    last = in_another_process(shop, options, tmp_path, store)
    assert without.outcomes.to_csv() in last.communicate(timeout=600)[0]
    units, most = counts(store)
    assert kept == sorted(kept) and most == 1 and units == 420 * len(without.runs), kept
    assert same(without, compare(shop, store=store, **options))


def test_lent_workers_keep_too(shop: Scenario, tmp_path: Path, played: list[int]) -> None:
    """What an executor of somebody else's plays is kept by this process."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as lent:
        first = compare(shop, store=tmp_path, executor=lent, **OPTIONS)
        played.clear()
        assert same(first, compare(shop, store=tmp_path, executor=lent, **OPTIONS)) and not played


def test_the_environment_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder, off, or the cache folder; a limit of 0 keeps nothing; what is neither is refused."""
    monkeypatch.setenv("LADSIM_STORE", "off")
    assert keeping.store_for(None) is None and keeping.store_for(False) is None
    found = keeping.store_for(tmp_path)
    assert found is not None and found.folder == tmp_path and found.limit == 2 * 10**9
    monkeypatch.setenv("LADSIM_STORE", str(tmp_path / "x"))
    named = keeping.store_for(None)
    assert named is not None and named.folder == tmp_path / "x"
    monkeypatch.delenv("LADSIM_STORE")
    usual = keeping.store_for(None)
    assert usual is not None and usual.folder.name == "runs"
    monkeypatch.setenv("LADSIM_STORE_GB", "0")
    assert keeping.store_for(None) is None
    monkeypatch.setenv("LADSIM_STORE_GB", "much")
    with pytest.raises(StudyError, match="LADSIM_STORE_GB: found 'much'"):
        keeping.store_for(None)
    with pytest.raises(StudyError, match="store: found 3"):
        keeping.store_for(3)  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_is_said_once(shop: Scenario, tmp_path: Path) -> None:
    """A store that lies in a file fails no study."""
    (tmp_path / "file").write_text("x")
    said: list[str] = []
    with keeping.told_by(said.append):
        study = together(shop, ["dear"], store=tmp_path / "file" / "store", **OPTIONS)["dear"]
    assert study.count == 6 and len(said) == 1 and "cannot be written" in said[0]


def test_what_is_said_of_a_work_holds_no_path(tmp_path: Path) -> None:
    """No path of the user's, and nobody of a file, stands in the index."""
    scenario = with_policy(tmp_path, POLICY.replace("FACTOR", "1.0"))
    scenario = replace_start(scenario)
    together(scenario, [None], replications=2, processes=1, store=tmp_path / "store")
    with sqlite3.connect(tmp_path / "store" / INDEX) as index:
        (said,) = index.execute("SELECT said FROM works").fetchone()
    assert str(tmp_path) not in said and "nudge.py" not in said and "Andersen" not in said


def replace_start(scenario: Scenario) -> Scenario:
    """The same, with a name in a text."""
    return scenario.model_copy(update={"description": "for Andersen"})
