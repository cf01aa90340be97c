"""The host that needs no compiler: ``kernel.wasm``, played through wasmtime in a linear memory of its own.

``kernel.wasm`` is made from the rules by ``make kernel`` and lies beside this file, with ``kernel.json``, which says from which rules.
Where the rules have changed since, ``reason_against`` says so, and another host plays. wasmtime turns the module into machine code in
some .2 s; that is kept in the cache folder, under a checksum, and then opened in a millisecond.

A block is an instance of the module: its memory is zeros at first, and handed out from the end of what the module itself needs. What an
entry is handed lies in 8-byte slots at the begin of that memory. Arrays that lie elsewhere are copied in, and back where they are written.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import mmap
import os
import sys
import tempfile
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import PolicyError, StudyError
from ladsim.hosts import sources
from ladsim.hosts.block import Block
from ladsim.hosts.cache import cache_dir
from ladsim.hosts.entry import Entry
from ladsim.hosts.plain import memory_at

HERE = Path(__file__).parent
MOST_BYTES = 4 << 30  # that a 32-bit memory can have
_MOST_SLOTS = 40  # numbers that an entry is handed: an array is one, and one for each axis
_PAGE = 1 << 16
_FIRST_PAGES = 64
_ARRAY = 48  # bytes in which an entry gives an array: number of items at 8, address at 24


@cache
def reason_against() -> str:
    """Why this host cannot play; empty where it can."""
    try:
        said = _said()
        if said["bytes"] != sources.hash_of_bytes() and said["rules"] != sources.hash_of_rules():
            return "the rules have changed since kernel.wasm was made (make kernel)"
        _module()
    except ImportError:
        return "wasmtime is not installed"
    except FileNotFoundError as error:
        return f"{error.filename} is missing"
    except Exception as error:  # whatever a damaged file, or a system that wasmtime does not know, leads to
        return f"kernel.wasm cannot be used: {type(error).__name__}: {error}"
    return ""


@cache
def _said() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "kernel.json").read_text(encoding="utf-8"))
    return found


@cache
def _entries() -> dict[str, int]:
    """Number of each entry, by name and signature."""
    return {f"{name}: {signature}": number for number, (name, signature) in enumerate(_said()["entries"].items())}


@cache
def _engine() -> Any:
    import wasmtime

    config = wasmtime.Config()
    config.cranelift_opt_level = "speed"
    config.parallel_compilation = False  # a process that has threads cannot be copied for its workers
    return wasmtime.Engine(config)


@cache
def _module() -> Any:
    """The module, from the cache or compiled. Raises ValueError where the file is not the one that was made."""
    import wasmtime

    binary = (HERE / "kernel.wasm").read_bytes()
    if sources.hash_of(binary) != _said()["module"]:
        raise ValueError("it is damaged, or not the file that kernel.json tells of")
    kept = cache_dir() / "wasm" / f"{_said()['module']}.bin"
    with suppress(OSError, wasmtime.WasmtimeError):
        text = kept.read_bytes()
        seal, code = text[:20], text[20:]
        if seal == sources.hash_of(code).encode():  # of another version or processor: wasmtime refuses it
            return wasmtime.Module.deserialize(_engine(), code)
    module = wasmtime.Module(_engine(), binary)
    with suppress(OSError):
        _keep(kept, bytes(module.serialize()))
    return module


def _keep(path: Path, code: bytes) -> None:
    """Write a file under another name, and rename it; older ones go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, new = tempfile.mkstemp(prefix="new-", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(sources.hash_of(code).encode() + code)
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise
    for old in path.parent.glob("*.bin"):
        if old != path:
            old.unlink(missing_ok=True)


@atexit.register
def _let_go() -> None:
    """What wasmtime holds must go while Python is still whole."""
    _module.cache_clear()
    _engine.cache_clear()


def _ask_for_large_pages(base: int) -> None:
    """Let the system give a memory pages of megabytes where it can: finding where small ones lie takes an eighth of a large run.

    NumPy asks for them itself, for its arrays. What the system answers changes nothing but the time.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # not in every C library
            madvise = ctypes.CDLL(None).madvise
            madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
            madvise(base, MOST_BYTES, mmap.MADV_HUGEPAGE)


class _Room(ctypes.Array):  # type: ignore[type-arg]
    """All bytes a memory may ever have; arrays in it keep the block alive."""

    _type_ = ctypes.c_ubyte
    _length_ = MOST_BYTES
    owner: Any = None


class Wasm(Block):
    """An instance of the module, with its memory."""

    host = "wasm"
    has_threads = False  # what wasmtime calls its store is one thread's

    def __init__(self) -> None:
        super().__init__()
        import wasmtime

        self._own: list[Callable[..., float]] = []  # a user's own rules, by their places in the module's table
        self._failed: list[BaseException] = []  # what such a rule has raised, on its way through the module
        try:
            self.store = wasmtime.Store(_engine())
            self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(_FIRST_PAGES, None)))
            given = {"memory": self.memory, "own": self._called_back(wasmtime)}
            imports = [given[str(one.name)] for one in _module().imports]
            self.exports = cast(Any, wasmtime.Instance(self.store, _module(), imports).exports(self.store))
        except wasmtime.WasmtimeError as error:
            raise MemoryError(f"no room for a memory of WebAssembly: {error}") from error
        self.base = ctypes.addressof(self.memory.data_ptr(self.store).contents)
        _ask_for_large_pages(self.base)
        self.room: Any = _Room.from_address(self.base)
        self.room.owner = self.store, self.memory
        self.pages = _FIRST_PAGES
        begin = -(-int(self.exports["__heap_base"].value(self.store)) // 64) * 64
        self.end = self._cell("heap_end")
        self.top = self._cell("heap_top")
        self.live = self._cell("heap_live")
        handed = begin + int(_said()["given"])
        self.end.value = handed + 8 * _MOST_SLOTS
        self.slots = begin
        self.whole = (ctypes.c_int64 * _MOST_SLOTS).from_address(self.base + handed)
        self.real = (ctypes.c_double * _MOST_SLOTS).from_address(self.base + handed)
        self._run = _ready(self.store, self.exports["call"], begin, self._failed)
        self._functions: dict[Entry, Callable[[], None]] = {}
        self._by_number: dict[int, Callable[..., float]] = {}  # the rules of programmes, as Python calls them

    def _cell(self, name: str) -> Any:
        return ctypes.c_int64.from_address(self.base + int(self.exports[name].value(self.store)))

    def _take(self, size: int, line: int) -> int:
        """Where so many bytes begin. Raises MemoryError."""
        begin = -(-self.end.value // line) * line
        end = begin + size
        if end > self.pages * _PAGE:
            self._grow(-(-end // _PAGE))
        self.end.value = end
        return begin

    def _grow(self, pages: int) -> None:
        import wasmtime

        self.pages = int(self.memory.size(self.store))  # the module may have asked for more itself
        if pages <= self.pages:
            return
        try:
            if pages * _PAGE > MOST_BYTES:
                raise MemoryError(f"a memory of WebAssembly has at most {MOST_BYTES >> 30} GB")
            more = min(pages + pages // 4, MOST_BYTES // _PAGE)
            try:
                self.memory.grow(self.store, more - self.pages)
            except wasmtime.WasmtimeError:
                self.memory.grow(self.store, pages - self.pages)
        except wasmtime.WasmtimeError as error:
            raise MemoryError(f"no more memory for WebAssembly: {error}") from error
        if ctypes.addressof(self.memory.data_ptr(self.store).contents) != self.base:
            raise MemoryError("a memory of WebAssembly had to move")
        self.pages = int(self.memory.size(self.store))

    def zeros(self, shape: Any, dtype: Any, line: int = 8) -> NDArray[Any]:
        """Zeros that begin at a multiple of `line` bytes."""
        kind = np.dtype(dtype)
        size = int(np.prod(shape)) * kind.itemsize
        begin = self._take(size, max(line, 16))
        if begin < self.top.value:  # used before, for a while
            ctypes.memset(self.base + begin, 0, min(size, self.top.value - begin))
        return np.ndarray(shape, kind, self.room, begin)

    def put(self, array: NDArray[Any], dtype: Any = None) -> NDArray[Any]:
        """A copy of the array in the block."""
        kind = np.dtype(array.dtype if dtype is None else dtype)
        made = np.ndarray(array.shape, kind, self.room, self._take(array.size * kind.itemsize, 16))
        made[...] = array
        return made

    def address(self, array: NDArray[Any]) -> int:
        """Where an array of the block lies, as the rules see it: bytes from the memory's begin."""
        place = int(array.ctypes.data) - self.base
        if not 0 <= place < MOST_BYTES:
            raise ValueError("an array that is not in the block")
        return place

    def released(self, array: NDArray[Any]) -> NDArray[Any]:
        """A copy: the memory goes with the block."""
        return array.copy()

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""
        before = self.end.value
        slot = 0
        back: list[tuple[NDArray[Any], NDArray[Any]]] = []
        for kind, value in zip(entry.takes, arguments, strict=True):
            if not kind.axes:
                self._hand(slot, kind.dtype.kind, value)
                slot += 1
                continue
            inside = self._inside(value, kind.dtype)
            if inside is not value and kind.written:
                back.append((value, inside))
            for number in (self.address(inside), *inside.shape):
                self.whole[slot] = number
                slot += 1
        try:
            self._function(entry)()
            for array, inside in back:
                array[...] = inside
            return self._given(entry)
        finally:  # also where there was no more room: the next call begins with as much as this one
            if self.live.value or self.end.value != before:
                self.live.value, self.end.value = 0, before

    def _hand(self, slot: int, kind: str, value: Any) -> None:
        if kind == "f":
            self.real[slot] = value
        else:
            self.whole[slot] = int(value) - (1 << 64) if int(value) >= 1 << 63 else int(value)

    def _inside(self, array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        place = array.__array_interface__["data"][0] - self.base
        if 0 <= place < MOST_BYTES and array.dtype == dtype and array.flags.c_contiguous:
            return array
        return self.put(array, dtype)

    def _given(self, entry: Entry) -> Any:
        """What the entry has written to its slots' begin."""
        if not entry.gives:
            return None
        found = tuple(self._result(kind, self.slots + (_ARRAY * n if kind.axes else 0)) for n, kind in enumerate(entry.gives))
        return found[0] if len(found) == 1 else found

    def _result(self, kind: Any, at: int) -> Any:
        if not kind.axes:
            return np.ndarray((), kind.dtype, self.room, at)[()]
        size = ctypes.c_int64.from_address(self.base + at + 8).value
        place = ctypes.c_uint32.from_address(self.base + at + 24).value
        return np.ndarray((size,), kind.dtype, self.room, place).copy() if size else np.zeros(0, kind.dtype)

    def _function(self, entry: Entry) -> Callable[[], None]:
        found = self._functions.get(entry)
        if found is None:
            number = _entries()[f"{entry.name}: {entry.signature}"]
            found = self._functions[entry] = partial(self._run, number)
        return found

    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry of numbers alone, ready to be called many times."""
        if entry.has_arrays or any(kind.dtype.kind != "i" for kind in entry.takes + entry.gives):
            return lambda *arguments: self.call(entry, *arguments)
        run, whole = self._function(entry), self.whole
        given = ctypes.c_int64.from_address(self.base + self.slots)
        if not entry.gives:
            given = None  # type: ignore[assignment]
        places = range(len(entry.takes))

        def go(*arguments: int) -> Any:
            for place in places:
                whole[place] = arguments[place]
            run()
            return None if given is None else given.value

        return go

    def hook(self, function: Callable[..., float]) -> int:
        """The place of a programme's rule in the module's table. A user's own is called back as Python."""
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        if function.__module__.startswith("ladsim.programs.") and name in _said()["hooks"]:
            table, place = "hooks", _said()["hooks"].index(name)
        else:
            table, place = "own_hooks", len(self._own)
            if place == (most := int(_said()["own"])):
                raise StudyError(
                    f"programmes of one's own: found more than {most} rules in one market, which only machine code plays"
                )
            self._own.append(function)
        at = int(self.exports[table].value(self.store)) + 4 * place
        number = int(ctypes.c_uint32.from_address(self.base + at).value)
        self._by_number[number] = function
        return number

    def _called_back(self, wasmtime: Any) -> Any:
        """The function by which the module calls a user's own rule: Python runs it in the module's memory."""
        whole, real = wasmtime.ValType.i64(), wasmtime.ValType.f64()
        kind = wasmtime.FuncType([wasmtime.ValType.i32(), whole, whole, whole, whole, real], [real])
        this = weakref.ref(self)  # the store holds what it calls: it must not hold the block that holds it

        def own(place: int, market: int, row: int, program: int, time: int, number: float) -> float:
            block = cast(Wasm, this())
            try:
                with memory_at(block.base, block._by_number), np.errstate(all="ignore"):
                    return float(block._own[place](market, row, program, time, np.float64(number)))
            except Exception as error:
                block._failed.append(_in_its_file(block._own[place], error))
                raise
            except BaseException as error:  # Ctrl-C
                block._failed.append(error)
                raise

        return wasmtime.Func(self.store, kind, own)


def _in_its_file(function: Callable[..., float], error: Exception) -> PolicyError:
    """What a user's own rule has raised, with its place in the user's file."""
    file = function.__code__.co_filename
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f"line {lines[-1]}: " if lines else ""
    made = PolicyError(f"{Path(file).name}: {function.__name__}: {where}{type(error).__name__}: {error}")
    made.__cause__ = error
    return made


def _ready(store: Any, function: Any, slots: int, failed: list[BaseException]) -> Callable[[int], None]:
    """The module's `call`, ready to be called with the number of an entry.

    wasmtime's own way from Python looks up and converts each argument, which costs more than most rules do. Its C library takes them as
    they are; where that cannot be reached (it is no public part of the package), the usual way is taken.

    Called, it raises MemoryError where the module had no more room, RuntimeError where a rule went wrong, and what a user's own rule has
    left in `failed`.
    """
    try:
        return _unchecked(store, function, slots, failed)
    except (ImportError, AttributeError):
        return lambda number: _checked(store, function, number, slots, failed)


def _checked(store: Any, function: Any, number: int, slots: int, failed: list[BaseException]) -> None:
    import wasmtime

    try:
        status = function(store, number, slots)
    except BaseException as error:
        if failed:
            raise failed.pop() from None
        raise _in_words(error) if isinstance(error, wasmtime.Trap) else error from None
    if status:
        raise RuntimeError("a rule raised an error")


def _unchecked(store: Any, function: Any, slots: int, failed: list[BaseException]) -> Callable[[int], None]:
    import wasmtime
    from wasmtime import _bindings

    library: Any = _bindings

    kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    call = kind(("wasmtime_func_call_unchecked", library.dll))
    context = ctypes.cast(store._context(), ctypes.c_void_p).value
    trap = ctypes.POINTER(library.wasm_trap_t)()
    values = (ctypes.c_int64 * 4)()  # two values of 16 bytes
    where, into, trapped = ctypes.addressof(function._func), ctypes.addressof(values), ctypes.addressof(trap)
    first, second = (ctypes.c_int32.from_address(into + at) for at in (0, 16))
    second.value = slots
    alive = function, values, trap  # what the addresses point to

    def go(number: int) -> None:
        first.value = number
        error = call(context, where, into, 2, trapped)
        if error:  # what a user's own rule has raised comes back as this
            reason = wasmtime.WasmtimeError._from_ptr(ctypes.cast(error, ctypes.POINTER(library.wasmtime_error_t)))
            raise failed.pop() if failed else RuntimeError(f"kernel.wasm: {reason}")
        if trap and alive:
            own = ctypes.cast(trap, type(trap))
            ctypes.memset(trapped, 0, ctypes.sizeof(ctypes.c_void_p))  # the next call has failed only if it says so itself
            raise _in_words(wasmtime.Trap._from_ptr(own))
        if first.value:
            raise RuntimeError("a rule raised an error")

    return go


def _in_words(trap: Any) -> BaseException:
    import wasmtime

    if trap.trap_code == wasmtime.TrapCode.UNREACHABLE:
        return MemoryError("no more memory for WebAssembly")
    return RuntimeError(f"kernel.wasm: {trap}")
