"""Plain memory for the rules: a record or a number at an address.

A running market is some fifty arrays. Handed to every rule one by one they would cost more than the rules themselves (each array
is seven values and a reference count). So the rules get one record, the market, that holds the arrays' addresses, and reach into
them here: no copies, no counts, the machine code of C. ``access`` calls this module; it knows which address holds what.

What stands here is how Python reaches there. A compiler has its own code for each of these functions, found by its mark
(``hosts.native_reach``). The arrays must outlive the call: the market's block sees to that (``hosts.block``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ladsim.hosts.plain import found, hook_of

_NUMBERS: dict[str, Any] = {
    "f8": ctypes.c_double, "f4": ctypes.c_float, "i8": ctypes.c_int64, "u8": ctypes.c_uint64, "i4": ctypes.c_int32, "u4": ctypes.c_uint32,
    "i2": ctypes.c_int16, "u2": ctypes.c_uint16, "u1": ctypes.c_uint8,
}  # fmt: skip


def marked(function: Any, what: str, *of: Any) -> Any:
    """The function, marked as what a compiler writes its own code for."""
    function.reach = (what, *of)
    return function


def record_at(dtype: np.dtype[Any], sized: bool = True) -> Any:
    """A rule (address, index) → the record there, to be read and written in place.

    Not `sized`: the index counts bytes.
    """
    record, size = _record(dtype), dtype.itemsize if sized else 1

    def at(address, index):  # type: ignore[no-untyped-def]
        return record(int(address) + int(index) * size)

    return marked(at, "record", dtype, sized)


def number_at(kind: str, sized: bool = True) -> tuple[Any, Any, Any]:
    """Rules for an array of numbers: (address, index) → value; (address, index, value) to set it, and to add to it.

    Not `sized`: the index counts bytes, and the number may stand at any of them.
    """
    place = _NUMBERS[kind]
    width = ctypes.sizeof(place)
    size = width if sized else 1
    given, taken = _given(kind), _taken(kind)

    def load(address, index):  # type: ignore[no-untyped-def]
        return given(place.from_address(found(int(address) + int(index) * size, width)).value)

    def store(address, index, value):  # type: ignore[no-untyped-def]
        place.from_address(found(int(address) + int(index) * size, width)).value = taken(value)

    def add(address, index, value):  # type: ignore[no-untyped-def]
        here = place.from_address(found(int(address) + int(index) * size, width))
        here.value = taken(given(here.value) + value)

    return marked(load, "load", kind, sized), marked(store, "store", kind, sized), marked(add, "add", kind, sized)


def _given(kind: str) -> Callable[[Any], Any]:
    """A number of memory as Python has it: whole ones as they are, floats such that they divide as IEEE 754 says."""
    return np.float64 if kind[0] == "f" else lambda value: value


def _taken(kind: str) -> Callable[[Any], Any]:
    return float if kind[0] == "f" else int


@cache
def _record(dtype: np.dtype[Any]) -> type:
    """A class whose objects are records in memory: an attribute a field."""
    fields: dict[str, Any] = {"__slots__": ("_at",), "__init__": lambda self, at: setattr(self, "_at", at)}
    for name, (kind, offset, *_) in (dtype.fields or {}).items():
        fields[name] = _field(_NUMBERS[kind.str.lstrip("<|=")], offset, kind.str.lstrip("<|="))
    return type("Record", (), fields)


def _field(place: Any, offset: int, kind: str) -> property:
    given, taken, width = _given(kind), _taken(kind), ctypes.sizeof(place)

    def read(record: Any) -> Any:
        return given(place.from_address(found(record._at + offset, width)).value)

    def write(record: Any, value: Any) -> None:
        place.from_address(found(record._at + offset, width)).value = taken(value)

    return property(read, write)


def address_of(record):  # type: ignore[no-untyped-def]
    """Where a record stands."""
    return record._at


def call(function, market, row, place, time, number):  # type: ignore[no-untyped-def]
    """Call the rule at an address: (market's address, row, place, time, number) → number."""
    return np.float64(hook_of(int(function))(int(market), int(row), int(place), int(time), np.float64(number)))


def read_shared(address, index):  # type: ignore[no-untyped-def]
    """The int64 at a place that other threads write, and everything they had written before it."""
    return _NUMBERS["i8"].from_address(found(int(address) + 8 * int(index), 8)).value


def write_shared(address, index, value):  # type: ignore[no-untyped-def]
    """Write an int64 that other threads read, after everything written before it."""
    _NUMBERS["i8"].from_address(found(int(address) + 8 * int(index), 8)).value = int(value)


def fetch(address, offset):  # type: ignore[no-untyped-def]
    """Ask for a line of memory ahead of its use. It must be there: a host that cannot ask reads it."""


def pause():  # type: ignore[no-untyped-def]
    """Let another thread go first, where the system can be asked to."""


for _function in (address_of, call, read_shared, write_shared, fetch, pause):
    marked(_function, _function.__name__)
