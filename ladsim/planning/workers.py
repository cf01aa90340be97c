"""The worker processes of a study: how they come by what all runs share, who may interrupt them, what is kept when they end early.

In: a work whose runs are numbered. Out: the result of each, as they are done.

On Linux a worker is a copy of this process (a fork), which has everything in memory and starts at once. That is safe as long as this
process has no other thread. Else a worker is a new Python that imports ladsim for itself, and reads the worlds from one file that
all workers map into memory. Whoever has workers of another kind, such as a cluster, lends an `Executor` of them.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property, lru_cache
from multiprocessing import connection
from typing import Any, Protocol, TypeVar

from ladsim.errors import StudyError, out_of_memory
from ladsim.files import temporary_folder

R = TypeVar("R", covariant=True)
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
# Seconds between looking whether Ctrl-C was pressed; so long a stopped study also waits for runs that are just finishing.
_LISTEN = 0.2
_PATIENCE = 2.0  # seconds that the pool has to notice that a worker is gone, and to end
_WAITING = 3  # runs per process that are handed out: short ones must last while this process does something else
_AHEAD = 8  # runs per process that may be handed out before the earliest unfinished one is done
_inherited: dict[str, Work[Any]] = {}  # what a copy of this process finds in its memory, as long as a study runs


class Work(Protocol[R]):
    """A study's part that runs away from this process: what all runs share, and how one of them is made."""

    def run(self, number: int) -> R:
        """The result of one run."""


class Executor(Protocol):
    """What runs calls elsewhere and gives their futures, as ``concurrent.futures.Executor`` does, and a Dask client's executor.

    What is lent is not shut down: whoever opened it closes it.
    """

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Call `function` in a worker."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the workers go."""


class _Pool(Protocol):
    """Workers at one study, their own or lent."""

    def submit(self, number: int) -> Future[Any]:
        """Hand out a run."""

    def look(self) -> None:
        """Raise BrokenExecutor where a worker is gone and nobody says so."""

    def let_go(self, waiting: Iterable[Future[Any]]) -> None:
        """The study is over; `waiting` is wanted no more."""


def cores() -> int:
    """How many processors this process may use."""
    import joblib  # with asyncio and more behind it: only where there are several processes

    return int(joblib.cpu_count())


def may_copy() -> bool:
    """Whether workers may be copies of this process: a lock that another thread held would stay locked in them for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


def in_processes(
    work: Work[Any],
    numbers: range,
    processes: int,
    done: dict[int, Any],
    tell: Callable[[], None],
    executor: Executor | None = None,
    wanted: Callable[[int], bool] = lambda number: True,
) -> None:
    """Fill `done` with the results of the runs of these numbers, handed out in order; `tell` is called after each.

    Those that are not `wanted` when their turn comes are passed over.

    An `executor` that is lent takes the place of local processes, `processes` runs at a time.

    On Ctrl-C, or when a worker is killed, what has just finished is still put into `done` before KeyboardInterrupt or BrokenExecutor
    goes on; also where Ctrl-C comes while the workers start, or while they are let go.
    """
    with _own(work, processes) if executor is None else nullcontext(_Lent(work, executor)) as pool, _ctrl_c_noted() as stopped:
        waiting: dict[Future[Any], int] = {}
        begun = numbers.start

        def hand_out() -> None:
            # Not too far ahead of the slowest, because a stopped study keeps no more than an unbroken row.
            nonlocal begun
            while len(waiting) < _WAITING * processes and begun < min(waiting.values(), default=math.inf) + _AHEAD * processes:
                if begun == numbers.stop:
                    return
                if wanted(begun):
                    waiting[pool.submit(begun)] = begun
                begun += 1

        try:
            with born_deaf():  # workers start here, and do not hear Ctrl-C from their first moment on
                hand_out()
            while waiting and not stopped.is_set():
                for future in sorted(wait(waiting, timeout=_LISTEN, return_when=FIRST_COMPLETED).done, key=waiting.__getitem__):
                    done[waiting[future]] = future.result()
                    del waiting[future]
                    tell()
                hand_out()
                pool.look()
        except (KeyboardInterrupt, BrokenExecutor):  # the former where `tell` asks for it
            _take_what_is_done(waiting, done)
            raise
        except CancelledError:
            _take_what_is_done(waiting, done)
            raise BrokenExecutor("a run was cancelled") from None
        finally:
            if waiting and stopped.is_set():
                _take_what_is_done(waiting, done)
            pool.let_go(waiting)
    if stopped.is_set():
        raise KeyboardInterrupt


def _take_what_is_done(waiting: dict[Future[Any], int], done: dict[int, Any]) -> None:
    """Put into `done` what has just finished, or finishes now."""
    finished = wait(waiting, timeout=_LISTEN).done
    done.update(
        {waiting[future]: future.result() for future in finished if not future.cancelled() and future.exception() is None}
    )


class _Own:
    """Local processes, started for one study.

    The pool's own thread reads what workers send, each result to its end. Of one that was killed in the midst of sending no more comes,
    and no end either as long as others, and this process, hold the pipe open: that a worker is gone is seen here.
    """

    def __init__(self, executor: Any, key: str) -> None:
        self._executor, self._key = executor, key
        self._since: float | None = None

    def submit(self, number: int) -> Future[Any]:
        """Hand out a run."""
        future: Future[Any] = self._executor.submit(_away, self._key, number)
        return future

    def look(self) -> None:
        """Raise BrokenExecutor where a worker has been gone for some time and the pool goes on as if it had not."""
        if not connection.wait([process.sentinel for process in [*self._executor._processes.values()]], timeout=0):
            self._since = None
            return
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since > _PATIENCE:
            raise BrokenExecutor("a worker was ended in the midst of sending a result")

    def let_go(self, waiting: Iterable[Future[Any]]) -> None:
        """End the workers and the pool, also one whose thread waits for the rest of a result that will never come."""
        from joblib.externals.loky.backend.utils import kill_process_tree

        pool = self._executor
        thread, results, processes = pool._executor_manager_thread, pool._result_queue, [*pool._processes.values()]
        with warnings.catch_warnings():
            # loky's, where it can open no file to look for the workers' children: it kills the workers.
            warnings.simplefilter("ignore", UserWarning)
            pool.shutdown(wait=False, kill_workers=True)
            if thread is not None:
                thread.join(_PATIENCE)
        if thread is None:  # no worker was ever asked for, or not all of them could be started
            for process in processes:
                process.kill()
                process.join(_PATIENCE)
            return
        if thread.is_alive():
            for process in processes:
                with suppress(ProcessLookupError):
                    kill_process_tree(process)
            results._writer.close()  # the last one that is open: the thread reads an end
            thread.join(_PATIENCE)


class _Lent:
    """Workers of somebody else, who also ends them."""

    def __init__(self, work: Work[Any], executor: Executor) -> None:
        self._parcel, self._executor = _Parcel(work), executor

    def submit(self, number: int) -> Future[Any]:
        """Hand out a run. Raises BrokenExecutor where nobody takes it any more."""
        try:
            return self._executor.submit(_run, self._parcel, number)
        except RuntimeError as error:  # of the standard library's, once it is shut down
            raise BrokenExecutor(str(error)) from error

    def look(self) -> None:
        """That a worker is gone, its owner says."""

    def let_go(self, waiting: Iterable[Future[Any]]) -> None:
        """Take back what has not begun."""
        for future in waiting:
            future.cancel()


class _Parcel:
    """A work on its way to a worker: as it is within this process; packed once, and read once per worker, where that is another."""

    def __init__(self, work: Work[Any]) -> None:
        self.work = work

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self.work, protocol=pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self._packed,)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> _Parcel:
    return _Parcel(pickle.loads(packed))


def _run(parcel: _Parcel, number: int) -> Any:
    """One run in a worker that is lent."""
    return parcel.work.run(number)


@contextmanager
def _own(work: Work[Any], processes: int) -> Iterator[_Pool]:
    """Local processes, which find the work by a key."""
    from joblib.externals import loky

    if may_copy():
        key = f"{id(work)}"
        _inherited[key] = work
        try:
            fork = multiprocessing.get_context("fork")
            yield _Own(loky.ProcessPoolExecutor(max_workers=processes, context=fork, initializer=_begin), key)
        finally:
            del _inherited[key]
        return
    with _in_a_file(work) as path:
        yield _Own(loky.ProcessPoolExecutor(max_workers=processes, initializer=_begin, env=_ONE_THREAD), path)


@contextmanager
def _in_a_file(work: Work[Any]) -> Iterator[str]:
    """A file that holds the work, for new processes."""
    import joblib

    with temporary_folder() as folder:
        path = str(folder / "work")
        try:
            joblib.dump(work, path)
        except OSError as error:
            if out_of_memory(error):
                raise
            raise StudyError(
                f"the graph could not be shared with other processes: {folder}: {error.strerror}; use 1 process"
            ) from error
        yield path


def _away(key: str, number: int) -> Any:
    """One run in a worker."""
    work = _inherited.get(key)
    return (work if work is not None else _mapped(key)).run(number)


@lru_cache(maxsize=1)
def _mapped(path: str) -> Any:
    """The work of a file, read once per worker; copy-on-write, so that all workers share one copy."""
    import joblib

    return joblib.load(path, mmap_mode="c")


def leave_ctrl_c() -> None:
    """A process that was ``born_deaf`` leaves Ctrl-C to the one that asked for it, and ends when told to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _begin() -> None:
    """A worker leaves Ctrl-C to the process that asked for it, ends when told to, and leaves what it was born with where it is."""
    leave_ctrl_c()
    gc.freeze()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that asked for it is gone: killed, it can tell nobody, and its workers would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def born_deaf() -> Iterator[None]:
    """Processes started inside hear no Ctrl-C; this one hears it afterwards, where the system can keep it for so long."""
    if hasattr(signal, "pthread_sigmask"):
        former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, former)
        return
    with _on_ctrl_c(signal.SIG_IGN):
        yield


@contextmanager
def _ctrl_c_noted() -> Iterator[threading.Event]:
    """Ctrl-C sets the event and does no more: an exception in the middle of the pool's locks could block it for ever.

    A study that somebody lets run in another thread hears none.
    """
    stopped = threading.Event()
    with _on_ctrl_c(lambda number, frame: stopped.set()):
        yield stopped


@contextmanager
def _on_ctrl_c(handler: Any) -> Iterator[None]:
    """Handle Ctrl-C so inside; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former if former is not None else signal.default_int_handler)
