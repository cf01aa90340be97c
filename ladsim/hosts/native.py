"""The native host: rules compiled by Numba to the machine code of this processor, with a cache that is never stale.

Numba's own cache looks at the file of a function alone: a change in another file that the function calls goes unseen.
Here the cache folder is named by a hash of every source that holds rules, so any change starts a fresh cache.
A damaged file of the cache is compiled anew; where there is no room for it, the rules are compiled at every start.

A rule from the cache is opened without Numba's compiler, which takes longer to wake than all the rules do to load.

Ctrl-C comes between two functions, never within one: Numba calls Python from C on the way, where an exception is dropped and a function
would stay without code. What was compiled by then is kept, and the next call goes on from there.

Rules are plain functions: that one calls another, Numba learns from ``_type_of_function``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, cast

import llvmlite.binding  # type: ignore[import-untyped]
import numba
import numpy as np
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.ccallback import CFunc
from numba.core.errors import NumbaError
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.runtime import rtsys  # type: ignore[attr-defined]
from numba.core.sigutils import normalize_signature
from numba.core.typing.typeof import typeof_impl

from ladsim.errors import PolicyError
from ladsim.hosts import compiling, ready
from ladsim.hosts.block import Block
from ladsim.hosts.cache import cache_dir, go_on
from ladsim.hosts.entry import ENTRIES, RULES, Entry, Kind
from ladsim.hosts.native_reach import intrinsic_of
from ladsim.hosts.sources import SOURCES, hash_of_sources
from ladsim.interrupts import between_steps
from ladsim.python_files import stamp

_PACKAGE = Path(__file__).parents[1]
_HOOK = "float64(int64, int64, int64, int64, float64)"


@cache
def source_hash() -> str:
    """Hash of all sources that hold rules, and of Numba's version."""
    return hash_of_sources(SOURCES, numba.__version__)


def _folder(function: Callable[..., Any]) -> Path:
    """Where a compiled function is kept. The rules of programmes are called by address: the others are right whatever those do.

    A user's own file may import others from its folder and below: those that a manifest has fingerprints of count here, too.
    """
    base, file = cache_dir() / "rules" / source_hash(), Path(function.__code__.co_filename)
    if file.parent == _PACKAGE / "scenario" / "programs":
        files = sorted(str(path) for path in file.parent.glob("*.py"))
        return base / f"programs-{_hash_of(tuple((name, 0) for name in files))}"
    return base if _PACKAGE in file.parents else base / f"own-{_hash_of(stamp(str(file)))}"


@cache
def _hash_of(files: tuple[tuple[str, int], ...]) -> str:
    """Hash of what files hold; the times with them make a changed one be read again."""
    return hashlib.blake2b(b"\0".join(Path(name).read_bytes() for name, _ in files), digest_size=6).hexdigest()


_KEPT = 5  # folders of compiled rules that stay: of these sources, and of the others that were used last
_UNUSED = 90 * 24 * 3600.0  # seconds after which a folder that nobody used goes in any case
_OWN_KEPT = 20  # of programmes of one's own: each change of such a file makes another


def clean_cache() -> None:
    """Remove what rules of other sources, and former programmes of one's own, have left in the cache, but for the latest."""
    root = cache_dir() / "rules"
    now = 0.0  # nobody knows: then nothing is too old
    with suppress(OSError):
        (root / source_hash()).mkdir(parents=True, exist_ok=True)
        os.utime(root / source_hash())  # in use now
        now = (root / source_hash()).stat().st_mtime
    others = [folder for folder in _folders(root) if folder[1].name != source_hash()]
    own = [folder for folder in _folders(root / source_hash()) if folder[1].name.startswith("own-")]
    for most, folders in ((_KEPT - 1, others), (_OWN_KEPT, own)):
        for place, (used, folder) in enumerate(folders):
            if place >= most or used < now - _UNUSED:
                shutil.rmtree(folder, ignore_errors=True)


def _folders(root: Path) -> list[tuple[float, Path]]:
    """The folders below with when they were used, the latest first."""
    try:
        return sorted(((path.stat().st_mtime, path) for path in root.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []


def is_warm() -> bool:
    """Whether all rules were compiled before, so that a run starts at once."""
    return ready.is_left(cache_dir() / "rules" / source_hash(), _processor())


def _processor() -> str:
    return str(llvmlite.binding.get_host_cpu_name())


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
        found = found if found is not None else super().load_overload(sig, target_context)
        if found is None:
            _room_for_more()
            compiling.missing()
        return found


class _Function(CPUDispatcher):  # type: ignore[misc]
    """Numba's compiled function, which Ctrl-C leaves whole or not begun."""

    def compile(self, sig: Any) -> Any:
        with between_steps():  # those that it calls are made inside
            go_on()
            made = super().compile(sig)
            go_on()
        compiling.there(self.py_func)
        return made


@cache
def _room_for_more() -> None:
    """Once, before this process adds to the cache."""
    clean_cache()


def warm_up(hooks: Sequence[Callable[..., float]] = ()) -> None:
    """Compile all rules and these hooks, or open what the cache has of them; then the cache says that all are there."""
    entries = sorted(
        (entry for entry in ENTRIES.values() if entry.function.__module__.startswith("ladsim.")), key=lambda one: one.name
    )
    with compiling.stretch(len(RULES) + len(entries)):
        made = [entry_of(entry) for entry in entries] + [hook_of(function) for function in hooks]
    names = [_files_of(one) for one in made]
    if all(names):  # where there was no room for one, nothing is ready
        ready.leave(cache_dir() / "rules" / source_hash(), _processor(), len(made), [path for few in names for path in few])


def _files_of(made: Any) -> list[Path]:
    """The files of the cache that hold a compiled function; none where they could not be written."""
    kept = made._cache._cache_file
    paths = [Path(kept._index_path), *(Path(kept._cache_path) / name for name in kept._load_index().values())]
    return paths if len(paths) > 1 and all(path.is_file() for path in paths) else []


@typeof_impl.register(FunctionType)
def _type_of_function(function: Any, context: Any) -> Any:
    """What a rule that another one calls is to Numba: compiled when it is first asked for."""
    del context
    if hasattr(function, "reach"):
        return _type_of_reach(function)
    return rule_of(function)._numba_type_ if hasattr(function, "compiled_as") else None


@cache
def _type_of_reach(function: Any) -> Any:
    made = intrinsic_of(*function.reach)
    cpu_target.typing_context.refresh()
    return cpu_target.typing_context.resolve_value_type(made)


@cache
def rule_of(function: Any, from_python: bool = False) -> Any:
    """Numba's function of a rule: exact IEEE arithmetic (no fastmath), cached, free of the interpreter's lock.

    Not `from_python`: without the entrance from Python, which halves the time to compile.
    """
    options: dict[str, Any] = {"no_cfunc_wrapper": True, "no_cpython_wrapper": not from_python}
    with _kept_in(_folder(function)):
        made = numba.njit(
            function, cache=True, nogil=True, error_model="numpy", **options, **getattr(function, "targetoptions", {})
        )
    kept = getattr(made, "_cache", None)
    if isinstance(kept, FunctionCache):
        kept.__class__ = _Ready
        kept._cache_file.__class__ = _Forgiving
    made.__class__ = _Function
    return made


@cache
def called_from_python(function: Any) -> Any:
    """A compiled rule that Python may call: by a function of its own that is kept nowhere.

    What is kept on disk of a rule says nothing of an entrance from Python: one that was compiled without it would be called all the same.
    """
    made = rule_of(function)

    def called(*arguments: Any) -> Any:
        return made(*arguments)

    return numba.njit(called, nogil=True, error_model="numpy")


@cache
def entry_of(entry: Entry) -> Any:
    """The compiled function of an entry, for what its signature says."""
    made = rule_of(entry.function, True)
    with compiling.stretch():
        made.compile(tuple(numba_type(kind) for kind in entry.takes))
    made.disable_compile()
    return made


def numba_type(kind: Kind) -> Any:
    """What Numba calls a kind of argument."""
    number = numba.types.boolean if kind.dtype == np.bool_ else numba.from_dtype(kind.dtype)
    return numba.types.Array(number, kind.axes, "C") if kind.axes else number


@cache
def hook_of(function: Any) -> Any:
    """The compiled rule of a programme, with its `address`. Raises PolicyError where it cannot be compiled."""
    with _kept_in(_folder(function)):
        callback = cast(Any, CFunc(function, normalize_signature(_HOOK), locals={}, options={"error_model": "numpy"}))
        callback.enable_caching()
    callback._cache.__class__ = _Ready
    callback._cache._cache_file.__class__ = _Forgiving
    try:
        with between_steps():
            go_on()
            callback.compile()
    except NumbaError as error:
        raise _in_words(error, function.__code__) from error
    return callback


def compile_hook(function: Callable[..., float]) -> Any:
    """``hook_of``, told to whoever waits."""
    with compiling.stretch():
        return hook_of(function)


def _in_words(error: NumbaError, code: CodeType) -> PolicyError:
    """What Numba says of a user's own rule, to who does not know Numba; the line where the rule begins where it says none."""
    said, file = str(error), Path(code.co_filename).name
    lines = re.findall(rf'File "[^"]*{re.escape(file)}", line (\d+)', said)
    reason = next((line.strip() for line in said.splitlines() if _is_reason(line)), said.strip())
    line = lines[-1] if lines else code.co_firstlineno
    return PolicyError(
        f"{file}: line {line}: cannot be compiled: {reason}. A hook is a function of numbers: it may calculate, compare, loop, and call "
        "functions marked @rule"
    )


def _is_reason(line: str) -> bool:
    """Whether a line of Numba's message says something."""
    return bool(line.strip()) and not re.match(r"\s*(Failed in|During:|- |\(\d+\))", line)


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


class Native(Block):
    """Memory of this process, and machine code."""

    host = "native"

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""
        handed = [_handed(kind, value) for kind, value in zip(entry.takes, arguments, strict=True)]
        found = entry_of(entry)(*handed)
        for kind, value, given in zip(entry.takes, arguments, handed, strict=True):
            if kind.written and given is not value:
                value[...] = given
        return found

    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry of numbers alone, ready to be called many times."""
        return entry_of(entry)  # type: ignore[no-any-return]

    def hook(self, function: Callable[..., float]) -> int:
        """The address of a programme's rule."""
        made = compile_hook(function)
        self.keep(made)
        return int(made.address)


def _handed(kind: Kind, value: Any) -> Any:
    """An argument as its signature says: Numba takes an array for what it is, and a whole number for an int64."""
    if not kind.axes:
        return kind.dtype.type(value)
    return (
        value
        if value.flags.writeable and value.flags.c_contiguous and value.dtype == kind.dtype
        else np.array(value, kind.dtype, order="C")
    )


native = Native()  # for entries that need no market
