"""The options of all studies: declared once, named in every signature, refused where they are none; and workers that are lent."""

from __future__ import annotations

import inspect
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import pytest

import ladsim
from ladsim.errors import StoppedError
from ladsim.planning import workers
from ladsim.planning.csv_files import csv_bytes
from ladsim.planning.options import StudyOptions
from ladsim.planning.run import replicate, run_with_extra, together
from ladsim.planning.studies import Study
from ladsim.planning.tables import tables_of
from ladsim.scenario.spec import Scenario

STUDIES = [ladsim.replicate, ladsim.compare, ladsim.set_targets, ladsim.potential, ladsim.program_value, together, run_with_extra]
SMALL: dict[str, Any] = {"seed": 5, "replications": 6, "sample": 200}


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.__name__)
def test_help_names_every_option(study: Callable[..., Any]) -> None:
    """Each option stands in the signature, by keyword, with its type and its default; nothing hides behind ``**options``."""
    found = inspect.signature(study).parameters
    assert not any(one.kind is one.VAR_KEYWORD for one in found.values())
    options = {name: found[name] for name in StudyOptions.__annotations__}
    assert all(one.kind is one.KEYWORD_ONLY for one in options.values())
    usual = 100 if study is ladsim.set_targets else 40
    looks_on = None if study is ladsim.compare else 0
    assert [one.default for one in options.values()] == [1, usual, None, None, None, None, None, looks_on, None]
    assert [one.annotation for one in options.values()][:3] == ["int", "int", "int | None"]


@pytest.mark.parametrize("study", [ladsim.replicate, ladsim.compare], ids=lambda study: study.__name__)
def test_what_is_no_option_is_refused(study: Callable[..., Any], shop: Scenario) -> None:
    """As Python refuses it: with the name of the study and of the option; so is an option that is not given by its name."""
    with pytest.raises(TypeError, match=rf"{study.__name__}\(\) got an unexpected keyword argument 'seeds'"):
        study(shop, seeds=3)
    with pytest.raises(TypeError, match=rf"{study.__name__}\(\) missing a required argument: 'scenario'"):
        study()
    with pytest.raises(TypeError, match=rf"{study.__name__}\(\) too many positional arguments"):
        study(shop, None, 3)


class Counting:
    """An executor that does everything at once, in this thread, and notes what is asked of it."""

    def __init__(self) -> None:
        self.calls, self.shut = 0, False

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Call it now."""
        self.calls += 1
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Note it."""
        self.shut = True


@contextmanager
def counting() -> Iterator[Counting]:
    """That one."""
    yield Counting()


LENT: dict[str, Callable[[], Any]] = {
    "at once": counting,
    "a thread": lambda: ThreadPoolExecutor(1),
    "threads": lambda: ThreadPoolExecutor(4),
    "a process": lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
}


def same(a: Study, b: Study) -> bool:
    """Whether two studies have the same tables, byte for byte."""
    mine, other = ({name: csv_bytes(table) for name, table in tables_of(study).items()} for study in (a, b))
    return mine == other


@pytest.mark.parametrize("lent", LENT)
def test_workers_that_are_lent_change_nothing(shop: Scenario, lent: str) -> None:
    """The same bytes as in this process, whoever runs; the progress is told; the executor is left open."""
    told: list[int] = []
    with LENT[lent]() as executor:
        study = ladsim.compare(
            shop, ["dear"], executor=executor, processes=2, progress=lambda done, total, left: told.append(done), **SMALL
        )
        if isinstance(executor, Counting):
            assert executor.calls == 24, "six futures of two strategies, and as many played on"
            assert not executor.shut
        else:
            assert executor.submit(int, "7").result() == 7
    assert told == list(range(25))
    assert same(study, ladsim.compare(shop, ["dear"], processes=1, **SMALL))


def test_a_study_is_made_again_by_workers_that_are_lent(shop: Scenario, tmp_path: Any) -> None:
    """``again`` takes them, too."""
    from ladsim.planning.output import write_study

    folder = write_study(tmp_path / "study", replicate(shop, processes=1, **SMALL))
    executor = Counting()
    assert ladsim.again(folder, processes=1, executor=executor).identical
    assert executor.calls == 6


def test_ctrl_c_keeps_what_was_done_and_takes_back_the_rest(shop: Scenario) -> None:
    """What has not begun is cancelled, and the executor still works."""
    begun = threading.Event()

    def press(done: int, total: int, left: float | None) -> None:
        if done == 4:
            begun.set()
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor:
        study = replicate(shop, executor=executor, processes=2, progress=press, **SMALL | {"replications": 40})
        assert executor.submit(int, "7").result(timeout=10) == 7
    assert begun.is_set()
    assert study.interrupted
    assert 4 <= study.count < 14
    assert same(study, replicate(shop, processes=1, **SMALL | {"replications": study.count}))


class Breaking(Counting):
    """An executor whose worker is killed at the third run."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Fail as a pool does."""
        future = super().submit(function, *arguments)
        if self.calls < 3:
            return future
        broken: Future[Any] = Future()
        broken.set_exception(BrokenProcessPool("gone"))
        return broken


def test_a_worker_that_is_killed(shop: Scenario) -> None:
    """What was done is a study of fewer futures; the reason is said."""
    study = replicate(shop, executor=Breaking(), processes=1, **SMALL)
    assert study.count == 2
    assert study.stopped_by == "the executor ended after 2 of 6 runs: gone"
    broken = Breaking()
    broken.calls = 2
    with pytest.raises(StoppedError):
        replicate(shop, executor=broken, processes=1, **SMALL)


def test_an_executor_that_is_closed_meanwhile(shop: Scenario) -> None:
    """Whoever lent it may shut it down: what was done until then is kept, and the reason is said.

    How many runs had ended by then depends on the machine: those handed out before may still be among them.
    """
    executor = ThreadPoolExecutor(1)

    def shut(done: int, total: int, left: float | None) -> None:
        if done == 2:
            executor.shutdown(wait=False)

    study = replicate(shop, executor=executor, processes=1, progress=shut, **SMALL | {"replications": 40})
    assert study.interrupted
    assert 2 <= study.count < 40
    said = re.match(r"the executor ended after (\d+) of 40 runs: cannot schedule new futures", study.stopped_by)
    assert said is not None
    assert 2 <= int(said[1]) <= study.count + 1, "an odd number of futures is kept as whole pairs"
    assert same(study, replicate(shop, processes=1, **SMALL | {"replications": study.count}))


class Cancelling(Counting):
    """An executor that takes back what it was given, from the third run on."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Take it back at once."""
        if self.calls == 2:
            future: Future[Any] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future
        return super().submit(function, *arguments)


def test_runs_that_are_cancelled(shop: Scenario) -> None:
    """The same where runs are taken back."""
    study = replicate(shop, executor=Cancelling(), processes=1, **SMALL)
    assert study.count == 2
    assert study.stopped_by == "the executor ended after 2 of 6 runs: a run was cancelled"


def test_a_work_is_packed_once_and_read_once() -> None:
    """To another process it goes as bytes that are made once; a worker opens the same bytes once."""

    parcel = workers._Parcel(Counted())
    sent = [pickle.dumps((parcel, number)) for number in range(3)]
    opened = [pickle.loads(one)[0] for one in sent]
    assert opened[0] is opened[1] is opened[2]
    assert [workers._run(opened[0], number) for number in range(3)] == [0, 2, 4]
    assert Counted.packed == 1


class Counted:
    """A work that notes how often it is packed."""

    packed = 0

    def __reduce__(self) -> tuple[Any, ...]:
        Counted.packed += 1
        return Counted, ()

    def run(self, number: int) -> int:
        """Twice the number."""
        return 2 * number


def test_pools_of_the_standard_library_are_executors() -> None:
    """They have what is asked of one."""
    asked = [name for name in vars(workers.Executor) if not name.startswith("_")]
    assert asked == ["submit", "shutdown"]
    assert all(hasattr(Executor, name) for name in asked)
