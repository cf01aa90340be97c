"""Many futures: in order, the same by any number of processes, whole when stopped."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ladsim.engine.run import simulate
from ladsim.errors import Problem, ScenarioError, StoppedError, StudyError
from ladsim.planning import pool, workers
from ladsim.planning.csv_files import csv_bytes
from ladsim.planning.run import label_of, replicate, together
from ladsim.planning.tables import tables_of
from ladsim.scenario.load import load, loads
from ladsim.scenario.spec import Scenario

ROOT = Path(__file__).resolve().parents[2]


def stop_at(runs: int):
    """A progress callback that presses Ctrl-C when so many runs are done."""

    def progress(done: int, total: int, seconds_left: float | None) -> None:
        if done == runs:
            raise KeyboardInterrupt

    return progress


def test_each_future_is_the_one_that_simulate_gives(shop: Scenario) -> None:
    """Replication k of a study is `simulate(replication=k)`, without its rows per customer."""
    runs = replicate(shop, strategy="dear", seed=3, replications=3, sample=200, processes=1)
    assert [history.replication for history in runs.histories] == [0, 1, 2]
    for k, history in enumerate(runs.histories):
        assert history.equals(simulate(shop, strategy="dear", seed=3, replication=k, sample=200).slim())
    assert runs.count == 3
    assert not runs.interrupted
    assert runs.label == "Dear"


def test_without_a_number_all_cores_are_used(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """`processes` left out: as many as there are cores, here one; the futures are the same."""
    monkeypatch.setattr(pool, "cores", lambda: 1)
    monkeypatch.setattr(pool, "in_processes", None)  # no worker is asked for
    found = replicate(shop, replications=2, sample=50)
    told = replicate(shop, replications=2, sample=50, processes=1)
    assert [a.equals(b) for a, b in zip(found.histories, told.histories, strict=True)] == [True, True]


def test_two_futures_share_each_draw(shop: Scenario) -> None:
    """Replications 2j and 2j + 1 have the same parameters, other pairs have others, and all lie near the range."""
    table = replicate(shop, replications=6, sample=50, processes=1).parameters
    assert list(table.columns) == ["rungs.ambassador.orders_per_month", "steps.lead.customer.time.monthly"]
    monthly = table["steps.lead.customer.time.monthly"].tolist()
    assert monthly[0] == monthly[1]
    assert monthly[2] == monthly[3]
    assert len(set(monthly)) == 3
    assert all(0.005 < value < 0.3 for value in monthly)


@pytest.mark.parametrize("copies", [True, False], ids=["copies of this process", "new processes"])
def test_processes_change_nothing(shop: Scenario, copies: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes give every table of one process, byte for byte, whichever way they come into being."""
    if copies and not workers.may_copy():
        pytest.skip("processes are not copied here")
    monkeypatch.setattr(workers, "may_copy", lambda: copies)
    one, two = (
        together(shop, ["retention_first", "base"], seed=3, replications=3, sample=100, processes=processes)
        for processes in (1, 2)
    )
    for name in one:
        first, second = tables_of(one[name]), tables_of(two[name])
        assert all(csv_bytes(first[table]) == csv_bytes(second[table]) for table in first)
        assert all(a.equals(b) for a, b in zip(one[name].histories, two[name].histories, strict=True))


@pytest.mark.long
@pytest.mark.parametrize("engine", ["fast", "simpy"])
def test_up_to_four_processes_change_nothing(shop: Scenario, engine: str) -> None:
    """One, two, three and four processes give the same histories to the last bit, and every table byte for byte."""
    scenario = shop.model_copy(update={"engine": engine})
    names = ["retention_first", "dear", "base"]
    studies = [together(scenario, names, seed=3, replications=7, sample=300, processes=processes) for processes in (1, 2, 3, 4)]
    for name in names:
        first, *others = (study[name] for study in studies)
        tables = {table: csv_bytes(rows) for table, rows in tables_of(first).items()}
        assert len(tables) >= 5
        for other in others:
            assert {table: csv_bytes(rows) for table, rows in tables_of(other).items()} == tables
            assert all(a.equals(b) for a, b in zip(first.histories, other.histories, strict=True))
            assert first.parameters.equals(other.parameters)


def test_no_copy_while_another_thread_runs() -> None:
    """What that thread had locked would stay locked in the copy."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    assert not workers.may_copy()
    end.set()
    thread.join()


def test_progress_is_told(shop: Scenario) -> None:
    """The callback hears 0 of n first, every run once, and a time left of 0 at the end."""
    heard: list[tuple[int, int, float | None]] = []
    replicate(shop, replications=3, sample=20, processes=1, progress=lambda *said: heard.append(said))
    assert [(done, total) for done, total, _ in heard] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert heard[0][2] is None
    assert heard[-1][2] == 0.0


def test_stopped_study_keeps_whole_pairs_of_all_strategies(shop: Scenario) -> None:
    """Stopped after seven of twelve runs of two strategies, the first two replications are kept, equal to an ordinary study of two."""
    stopped = together(shop, ["dear", "base"], seed=3, replications=6, sample=50, processes=1, progress=stop_at(7))
    asked = together(shop, ["dear", "base"], seed=3, replications=2, sample=50, processes=1)
    for name, runs in stopped.items():
        assert runs.interrupted
        assert (runs.count, runs.setting.replications, runs.asked) == (2, 2, 6)
        assert len(runs.summaries) == len(runs.parameters) == 2
        assert all(a.equals(b) for a, b in zip(runs.histories, asked[name].histories, strict=True))


def test_stopped_before_anything_is_done(shop: Scenario) -> None:
    """With no whole replication there is nothing to keep, and Ctrl-C is what happened."""
    with pytest.raises(KeyboardInterrupt):
        together(shop, ["dear", "base"], replications=4, sample=20, processes=1, progress=stop_at(1))


def test_base_and_names(shop: Scenario) -> None:
    """The name "base" means the scenario as it stands; a strategy asked for twice has two names."""
    runs = together(shop, ["base", "dear", "dear"], replications=1, sample=20, processes=1)
    assert list(runs) == ["base", "dear", "dear (2)"]
    assert [run.strategy for run in runs.values()] == [None, "dear", "dear"]
    assert runs["base"].scenario.strategies == {}
    assert set(runs["base"].source.strategies) == set(shop.strategies)


def test_overrides_hold_for_every_strategy(shop: Scenario) -> None:
    """A number set for the study is set in all of it, and is no longer uncertain."""
    runs = replicate(
        shop, strategy="dear", replications=2, sample=20, processes=1, overrides={"rungs.ambassador.orders_per_month": 3.0}
    )
    assert runs.scenario.rungs[2].orders_per_month == 3.0
    assert list(runs.parameters.columns) == ["steps.lead.customer.time.monthly"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"replications": 0}, "replications: found 0"), ({"processes": 0}, "processes: found 0"), ({"seed": -1}, "seed")],
)
def test_odd_numbers_are_refused(shop: Scenario, wrong: dict[str, int], words: str) -> None:
    """Nothing is run for a study of no replications, no processes or a negative seed."""
    with pytest.raises(StudyError, match=words):
        replicate(shop, **wrong)


def test_uncertain_segments_and_redrawn_graphs_have_worlds_of_their_own(shop_file: Path) -> None:
    """Where the population or the graph changes from future to future, it is built in each of them, as `simulate` does."""
    text = shop_file.read_text(encoding="utf-8").replace("links = 2", "links = 2, redraw = true")
    text += '\n[[segments]]\nname = "a"\nshare = { low = 0.2, high = 0.4 }\n[[segments]]\nname = "b"\nshare = 0.7\n'
    scenario = loads(text)
    runs = replicate(scenario, replications=3, sample=100, processes=1)
    assert all(h.equals(simulate(scenario, replication=k, sample=100).slim()) for k, h in enumerate(runs.histories))
    assert len({tuple(h.counts[0].sum(axis=1)) for h in runs.histories}) == 2


def test_a_worker_that_dies_is_said_in_words(shop_file: Path, tmp_path: Path) -> None:
    """A worker killed from outside ends the study with what to do about it."""
    (tmp_path / "deadly.py").write_text(
        "import os\n\n\ndef die(env, market):\n    os._exit(9)\n    yield market.months(1)\n", encoding="utf-8"
    )
    path = tmp_path / "deadly.toml"
    text = shop_file.read_text(encoding="utf-8")
    path.write_text(text + '\n[[policies]]\nfile = "deadly.py"\nfunction = "die"\n', encoding="utf-8")
    with pytest.raises(StoppedError, match="use fewer processes"):
        replicate(load(path), replications=4, sample=20, processes=2)


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process by its number")
def test_a_worker_that_dies_loses_nothing_that_was_done(shop_file: Path, tmp_path: Path) -> None:
    """A worker killed after a dozen futures: those before are a study like any other, equal to one of so many; the next study runs."""
    (tmp_path / "deadly.py").write_text(
        "import os\nfrom collections import Counter\nfrom pathlib import Path\n\n\ndef die(env, market):\n    here = Path(__file__).parent\n"
        "    before = len(list(here.glob('run_*')))\n    (here / f'run_{os.getpid()}_{before}').touch()\n"
        "    each = Counter(file.name.split('_')[1] for file in here.glob('run_*'))\n"
        "    if len(each) == 2 and min(each.values()) >= 4 and not (here / 'died').exists():\n"
        "        (here / 'died').touch()\n        os._exit(9)\n"
        "    yield market.months(1)\n",
        encoding="utf-8",
    )
    path = tmp_path / "deadly.toml"
    text = shop_file.read_text(encoding="utf-8")
    path.write_text(text + '\n[[policies]]\nfile = "deadly.py"\nfunction = "die"\n', encoding="utf-8")
    stopped = replicate(load(path), replications=60, sample=20, processes=2)
    assert stopped.interrupted
    assert "ended from outside" in stopped.stopped_by
    assert 2 <= stopped.count < 60
    whole = replicate(load(path), replications=stopped.count, sample=20, processes=2)
    assert not whole.interrupted and not whole.stopped_by
    assert all(a.equals(b) for a, b in zip(stopped.histories, whole.histories, strict=True))


def test_errors_of_workers_keep_their_problems() -> None:
    """A ScenarioError survives the way between processes."""
    error = pickle.loads(pickle.dumps(ScenarioError([Problem("months", "0", "must be above 0")])))
    assert error.problems[0].place == "months"
    assert str(error) == "months: found 0, must be above 0"


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal to a process group")
def test_ctrl_c_in_a_terminal(shop_file: Path, tmp_path: Path) -> None:
    """Ctrl-C (a signal to all processes) ends a study of two processes at once: what is done is kept, and nobody prints a traceback."""
    script = f"""
from ladsim.planning.run import replicate
from ladsim.scenario.load import load
def progress(done, total, left):
    print(done, flush=True)
runs = replicate(load({str(shop_file)!r}), replications=100000, sample=200, processes=2, progress=progress)
print("kept", runs.count, runs.interrupted, runs.setting.replications == runs.count, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    while int(process.stdout.readline()) < 20:  # more than may be ahead of the first two
        pass
    os.killpg(process.pid, signal.SIGINT)
    began = time.perf_counter()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    kept = out.splitlines()[-1].split()
    assert kept[0] == "kept"
    assert int(kept[1]) >= 2
    assert kept[2:] == ["True", "True"]
    assert "Traceback" not in err
    assert time.perf_counter() - began < 30


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_workers_end_with_a_killed_study(shop_file: Path) -> None:
    """Who is killed at once tells nobody; its workers see that it is gone, and end: they hold its standard output no longer."""
    script = f"""
from ladsim.planning.run import replicate
from ladsim.scenario.load import load
replicate(load({str(shop_file)!r}), replications=100000, sample=200, processes=2, progress=lambda done, *_: print(done, flush=True))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    while int(process.stdout.readline()) < 20:
        pass
    process.kill()
    try:
        process.communicate(timeout=60)  # returns when the last of them has closed the pipe
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def test_strategies_have_a_name_in_words(shop: Scenario) -> None:
    """The label that the file gives, else the name with spaces; the scenario as it stands has one in its language."""
    plain = shop.strategies["dear"]
    scenario = shop.model_copy(update={"strategies": {**shop.strategies, "keep_them_all": plain}, "language": "da"})
    names = (None, "acquisition_first", "dear", "keep_them_all")
    assert [label_of(scenario, name) for name in names] == ["Som i dag", "New customers first", "Dear", "Keep them all"]


def test_another_thread_hears_no_ctrl_c() -> None:
    """A study that somebody lets run in a thread of his own leaves the handler of Ctrl-C as it is."""
    before, said = signal.getsignal(signal.SIGINT), []

    def play() -> None:
        try:
            with workers._ctrl_c_noted() as stopped:
                said.append(stopped.is_set())
        except ValueError as error:
            said.append(error)

    thread = threading.Thread(target=play)
    thread.start()
    thread.join()
    assert said == [False]
    assert signal.getsignal(signal.SIGINT) is before


def test_notes_on_the_market_are_in_the_language_of_the_file(shop: Scenario) -> None:
    """Two layers with one graph: said as the rest of the page is."""
    layer = shop.word_of_mouth[0]
    twins = shop.model_copy(update={"language": "da", "word_of_mouth": (layer, layer.model_copy(update={"layer": "colleagues"}))})
    (note,) = replicate(twins, replications=1, sample=100, processes=1).world_notes
    assert note.startswith(f"word_of_mouth.colleagues: samme graf som {layer.layer!r}: giv den et andet seed")
