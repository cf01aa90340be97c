"""How the rules are compiled: two decorators around Numba, with a cache that is never stale.

Numba's own cache looks at the file of a function alone: a change in another file that the function calls goes unseen.
Here the cache folder is named by a hash of every source that holds compiled code, so any change starts a fresh cache.
The folder is ``$LADSIM_CACHE_DIR``, else the user's cache folder, else a temporary one where that cannot be written.
A damaged file of the cache is compiled anew; where there is no room for it, the rules are compiled at every start.

A rule from the cache is opened without Numba's compiler, which takes longer to wake than all the rules do to load.

Ctrl-C comes between two functions, never within one: Numba calls Python from C on the way, where an exception is dropped and a function
would stay without code. What was compiled by then is kept, and the next call goes on from there.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, RLock, Thread, current_thread, main_thread
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.ccallback import CFunc
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.runtime import rtsys
from numba.core.sigutils import normalize_signature

from ladsim.interrupts import between_steps
from ladsim.python_files import stamp

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

_HOOK = "float64(int64, int64, int64, int64, float64)"
_SOURCES = ("compiled.py", "streams.py", "model/*.py", "world/*.py", "engine/*.py")


@cache
def source_hash() -> str:
    """Hash of all sources that hold compiled code, and of Numba's version."""
    here = Path(__file__).parent
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=10)
    for pattern in _SOURCES:
        for path in sorted(here.glob(pattern)):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _folder(function: Callable[..., Any]) -> Path:
    """Where a compiled function is kept. The rules of programmes are called by address: the others are right whatever those do.

    A user's own file may import others from its folder and below: those that a manifest has fingerprints of count here, too.
    """
    base, file = cache_dir() / "rules" / source_hash(), Path(function.__code__.co_filename)
    if file.parent == Path(__file__).parent / "programs":
        files = sorted(str(path) for path in file.parent.glob("*.py"))
        return base / f"programs-{_hash_of(tuple((name, 0) for name in files))}"
    return base if Path(__file__).parent in file.parents else base / f"own-{_hash_of(stamp(str(file)))}"


@cache
def _hash_of(files: tuple[tuple[str, int], ...]) -> str:
    """Hash of what files hold; the times with them make a changed one be read again."""
    return hashlib.blake2b(b"\0".join(Path(name).read_bytes() for name, _ in files), digest_size=6).hexdigest()


@cache
def cache_dir() -> Path:
    """The folder ladsim may keep things in that can be made again."""
    wanted = os.environ.get("LADSIM_CACHE_DIR")
    try:
        base = Path(wanted) if wanted else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ladsim"
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            pass
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where home is
        return _temporary_dir()
    return base


def _temporary_dir() -> Path:
    """A temporary folder that is the user's own: what lies in it will be run."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    place = Path(tempfile.gettempdir()) / f"ladsim-{'user' if owner is None else owner}"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        if place.is_symlink() or (owner is not None and place.stat().st_uid != owner):
            raise PermissionError(place)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="ladsim-"))
    return place


class _Forgiving(IndexDataCacheFile):  # type: ignore[misc]
    """Numba's cache files, where a damaged one counts as missing, and what cannot be written is left."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except Exception:  # pickle raises whatever the damaged bytes lead to
            return {}

    def _load_data(self, name: str) -> Any:
        try:
            return super()._load_data(name)
        except Exception as error:
            raise OSError(f"{name}: damaged") from error  # which the caller takes for a missing file

    def save(self, key: Any, data: Any) -> None:
        with suppress(OSError):
            super().save(key, data)


class _Ready(FunctionCache):  # type: ignore[misc]
    """Numba's cache of a function, which wakes the compiler only for what is not there.

    Compiled rules call Python, the C library and Numba's runtime, and of these only the last must be set up first.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
        return found if found is not None else super().load_overload(sig, target_context)


class _Function(CPUDispatcher):  # type: ignore[misc]
    """Numba's compiled function, which Ctrl-C leaves whole or not begun."""

    def compile(self, sig: Any) -> Any:
        with between_steps():  # those that it calls are made inside
            go_on()
            made = super().compile(sig)
            go_on()
        return made


_given_up = Event()
# Held by a thread that writes what it must take away again if it stops; it looks in between whether it should ``go_on``.
unbroken = RLock()


def go_on() -> None:
    """Raise KeyboardInterrupt in a thread whose work is wanted no more."""
    if _given_up.is_set() and current_thread() is not main_thread():
        raise KeyboardInterrupt


@contextmanager
def given_up() -> Iterator[None]:
    """As long as this lasts, other threads stop compiling after the function they are at, and keep no graph: Ctrl-C was pressed."""
    _given_up.set()
    try:
        yield
    finally:
        _given_up.clear()


def is_warm() -> bool:
    """Whether the rules were compiled before, so that a run starts at once."""
    return any((cache_dir() / "rules" / source_hash()).glob("*/kernel.advance*.nbi"))


def apart(work: Callable[..., R], *arguments: Any) -> R:
    """What `work` returns, done by another thread, so that Ctrl-C is heard at once.

    Compiled code that hands arrays back does not expect a KeyboardInterrupt in its midst; it comes to the main thread alone.
    """
    done: Future[R] = Future()

    def run() -> None:
        try:
            done.set_result(work(*arguments))
        except BaseException as error:
            done.set_exception(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        found = done.result()
    except KeyboardInterrupt:
        with given_up(), global_compiler_lock, unbroken:  # a process must not end while another thread is in the midst of these
            raise
    thread.join()
    return found


def compiled(function: F) -> F:
    """Compile a function that Python calls: exact IEEE arithmetic (no fastmath), cached, free of the interpreter's lock."""
    return _compile(function, from_python=True)


def rule(function: F) -> F:
    """Compile a function that only compiled functions call: the same, without the entrance from Python (half the compile time)."""
    return _compile(function, from_python=False)


def hook(function: Callable[..., float]) -> Any:
    """Compile a rule of a programme, to be called by its `address`: (market's address, row, place, time, number) → number."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_folder(function))
    try:
        callback = CFunc(function, normalize_signature(_HOOK), locals={}, options={"error_model": "numpy"})
        callback.enable_caching()
        callback._cache.__class__ = _Ready
        callback._cache._cache_file.__class__ = _Forgiving
        with between_steps():
            go_on()
            callback.compile()
        return callback
    finally:
        numba.config.CACHE_DIR = before


def _compile(function: F, from_python: bool) -> F:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_folder(function))
    options: dict[str, Any] = {"no_cfunc_wrapper": True, "no_cpython_wrapper": not from_python}
    try:
        rule = numba.njit(function, cache=True, nogil=True, error_model="numpy", **options)
    finally:
        numba.config.CACHE_DIR = before
    kept = getattr(rule, "_cache", None)
    if isinstance(kept, FunctionCache):  # not where numba is told to leave everything to the interpreter
        kept.__class__ = _Ready
        kept._cache_file.__class__ = _Forgiving
        rule.__class__ = _Function
    return rule  # type: ignore[no-any-return]
