"""The host that needs no compiler: ``kernel.wasm``, played through wasmtime in a linear memory of its own.

A block is an instance of the module (``hosts.wasm_module``): its memory is zeros at first, and handed out from the end of what the module
itself needs. What an entry is handed lies in 8-byte slots at the begin of that memory. Arrays that lie elsewhere are copied in, and back
where they are written. How the module is called, and calls a user's own rules: ``hosts.wasm_calls``.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.hosts import plain, wasm_module
from ladsim.hosts.block import Block
from ladsim.hosts.entry import Entry
from ladsim.hosts.wasm_calls import OwnRules, ready

_MOST_SLOTS = 40  # numbers that an entry is handed: an array is one, and one for each axis
_PAGE = 1 << 16
_ARRAY = 48  # bytes in which an entry gives an array: number of items at 8, address at 24


def _ask_for_large_pages(base: int, size: int) -> None:
    """Let the system give a memory pages of megabytes where it can: finding where small ones lie takes an eighth of a large run.

    NumPy asks for them itself, for its arrays. What the system answers changes nothing but the time.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # not in every C library
            madvise = ctypes.CDLL(None).madvise
            madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
            madvise(base, size, mmap.MADV_HUGEPAGE)


@cache
def _room(size: int) -> Any:
    """The kind of array that has all bytes a memory may ever have; arrays in it keep the block alive."""
    return type("Room", (ctypes.Array,), {"_type_": ctypes.c_ubyte, "_length_": size})


class Wasm(Block):
    """An instance of the module, with its memory."""

    host = "wasm"
    has_threads = False  # what wasmtime calls its store is one thread's

    def __init__(self) -> None:
        super().__init__()
        wasmtime = wasm_module.library()
        self._own = OwnRules()
        self.store, self.memory, self.most = wasm_module.memory()
        given = {"memory": self.memory, "own": self._called_back(wasmtime)}
        module = wasm_module.module(self.most)
        try:
            imports = [given[str(one.name)] for one in module.imports]
            self.exports = cast(Any, wasmtime.Instance(self.store, module, imports).exports(self.store))
        except wasmtime.WasmtimeError as error:
            raise MemoryError(f"no room for a memory of WebAssembly: {wasm_module.first_line(error)}") from error
        self.base = ctypes.addressof(self.memory.data_ptr(self.store).contents)
        _ask_for_large_pages(self.base, self.most)
        self.room: Any = _room(self.most).from_address(self.base)
        self.room.owner = self.store, self.memory
        self.pages = wasm_module.FIRST_PAGES
        begin = -(-int(self.exports["__heap_base"].value(self.store)) // 64) * 64
        self.end = self._cell("heap_end")
        self.top = self._cell("heap_top")
        self.live = self._cell("heap_live")
        handed = begin + int(wasm_module.said()["given"])
        self.first = self.end.value = handed + 8 * _MOST_SLOTS
        self.slots = begin
        self.whole = (ctypes.c_int64 * _MOST_SLOTS).from_address(self.base + handed)
        self.real = (ctypes.c_double * _MOST_SLOTS).from_address(self.base + handed)
        self._run = ready(self.store, self.exports["call"], begin, self._own)
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
        wasmtime = wasm_module.library()
        self.pages = int(self.memory.size(self.store))  # the module may have asked for more itself
        if pages <= self.pages:
            return
        try:
            if pages * _PAGE > self.most:
                raise MemoryError(f"a memory of WebAssembly has at most {self.most / (1 << 30):,.2g} GB here")
            more = min(pages + pages // 4, self.most // _PAGE)
            try:
                self.memory.grow(self.store, more - self.pages)
            except wasmtime.WasmtimeError:
                self.memory.grow(self.store, pages - self.pages)
        except wasmtime.WasmtimeError as error:
            raise MemoryError(f"no more memory for WebAssembly: {wasm_module.first_line(error)}") from error
        self._check()

    def _check(self) -> None:
        """Note how large the memory is now. Raises RuntimeError where it was moved: then no array is where it was."""
        if ctypes.addressof(self.memory.data_ptr(self.store).contents) != self.base:
            raise RuntimeError("kernel.wasm: a memory of WebAssembly was moved")
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
        if not 0 <= place < self.most:
            raise ValueError("an array that is not in the block")
        return place

    def released(self, array: NDArray[Any]) -> NDArray[Any]:
        """A copy: the memory goes with the block."""
        return array.copy()

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""
        before = self.end.value
        try:
            back = self._handed(entry, arguments)
            self._function(entry)()
            if self.top.value > self.pages * _PAGE:  # the module has asked for more
                self._check()
            for array, inside in back:
                array[...] = inside
            return self._given(entry)
        finally:  # also where there was no more room: the next call begins with as much as this one
            if self.live.value or self.end.value != before:
                self.top.value = max(self.top.value, self.end.value)  # no zeros up to there
                self.live.value, self.end.value = 0, before

    def _handed(self, entry: Entry, arguments: tuple[Any, ...]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Put arguments into the slots. Gives the arrays that are written elsewhere than in the block, with their copies in it."""
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
        return back

    def _hand(self, slot: int, kind: str, value: Any) -> None:
        if kind == "f":
            self.real[slot] = value
        else:
            self.whole[slot] = int(value) - (1 << 64) if int(value) >= 1 << 63 else int(value)

    def _inside(self, array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        place = array.__array_interface__["data"][0] - self.base
        if 0 <= place < self.most and array.dtype == dtype and array.flags.c_contiguous:
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
            number = wasm_module.entries()[f"{entry.name}: {entry.signature}"]
            found = self._functions[entry] = partial(self._run, number)
        return found

    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry of numbers alone, ready to be called many times."""
        if not wasm_module.may_stay() or entry.has_arrays or any(kind.dtype.kind != "i" for kind in entry.takes + entry.gives):
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
        name, says = f"{function.__module__.rpartition('.')[2]}.{function.__name__}", wasm_module.said()
        if not plain.is_own(function) and name in says["hooks"]:
            table, place = "hooks", says["hooks"].index(name)
        else:
            table, place = "own_hooks", len(self._own.rules)
            if place == (most := int(says["own"])):
                raise StudyError(
                    f"programmes of one's own: found more than {most} rules in one market, which only machine code plays"
                )
            self._own.rules.append(function)
        at = int(self.exports[table].value(self.store)) + 4 * place
        number = int(ctypes.c_uint32.from_address(self.base + at).value)
        self._by_number[number] = function
        return number

    def _called_back(self, wasmtime: Any) -> Any:
        """The function by which the module calls a user's own rule: Python runs it in the module's memory."""
        whole, real = wasmtime.ValType.i64(), wasmtime.ValType.f64()
        kind = wasmtime.FuncType([wasmtime.ValType.i32(), whole, whole, whole, whole, real], [real])
        this, rules = weakref.ref(self), self._own  # the store holds what it calls: it must not hold the block that holds it

        def own(place: int, market: int, row: int, program: int, time: int, number: float) -> float:
            block = cast(Wasm, this())
            handed = market, row, program, time, np.float64(number)
            return rules.called_back(plain.run_own, rules.rules[place], handed, block._found, block._by_number)

        return wasmtime.Func(self.store, kind, own)

    def _found(self, address: int, size: int) -> int:
        """Where an address is in this process. Raises IndexError where nothing of the market lies."""
        if address < self.first or address + size > self.end.value:
            raise plain.outside()
        return self.base + address
