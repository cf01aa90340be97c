"""How compiled code reaches into memory: the machine code of each function that ``ladsim.model.memory`` marks.

In: a mark. Out: Numba's intrinsic for it, which writes its LLVM code into whoever calls it.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype


def intrinsic_of(what: str, *of: Any) -> Any:
    """Numba's intrinsic for a mark."""
    if what == "record":
        return _record_at(*of)
    if what in ("load", "store", "add"):
        kind, sized = of
        return _number_at(from_dtype(np.dtype(kind)), sized)[("load", "store", "add").index(what)]
    return _ALONE[what]


def _record_at(dtype: np.dtype[Any], sized: bool = True) -> Any:
    """A compiled function (address, index) → the record there, to be read and written in place.

    Not `sized`: the index counts bytes.
    """
    record, size = from_dtype(dtype), dtype.itemsize if sized else 1

    @intrinsic  # type: ignore[untyped-decorator]
    def at(typing: Any, address: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = context.cast(builder, arguments[1], signature.args[1], types.int64)
            offset = builder.mul(place, context.get_constant(types.int64, size))
            return builder.inttoptr(builder.add(arguments[0], offset), context.get_value_type(record))

        return record(address, index), code

    return at


def _number_at(kind: Any, sized: bool = True) -> tuple[Any, Any, Any]:
    """Compiled functions for an array of numbers: (address, index) → value; (address, index, value) to set it, and to add to it.

    Not `sized`: the index counts bytes, and the number may stand at any of them.
    """
    align = None if sized else 1

    def pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.cast(builder, arguments[1], signature.args[1], types.int64)
        if not sized:
            place = builder.add(arguments[0], place)
            return builder.inttoptr(place, context.get_data_type(kind).as_pointer())
        return builder.gep(builder.inttoptr(arguments[0], context.get_data_type(kind).as_pointer()), [place])

    @intrinsic  # type: ignore[untyped-decorator]
    def load(typing: Any, address: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.load(pointer(context, builder, signature, arguments), align=align)

        return kind(address, index), code

    @intrinsic  # type: ignore[untyped-decorator]
    def store(typing: Any, address: Any, index: Any, value: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            builder.store(arguments[2], pointer(context, builder, signature, arguments), align=align)
            return context.get_dummy_value()

        return types.void(address, index, kind), code

    @intrinsic  # type: ignore[untyped-decorator]
    def add(typing: Any, address: Any, index: Any, value: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = pointer(context, builder, signature, arguments)
            builder.store(builder.add(builder.load(place, align=align), arguments[2]), place, align=align)
            return context.get_dummy_value()

        return types.void(address, index, kind), code

    return load, store, add


@intrinsic  # type: ignore[untyped-decorator]
def _address_of(typing: Any, record: Any) -> Any:
    """Where a record stands."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(arguments[0], ir.IntType(64))

    return types.int64(record), code


@intrinsic  # type: ignore[untyped-decorator]
def _call(typing: Any, function: Any, market: Any, row: Any, place: Any, time: Any, number: Any) -> Any:
    """Call the rule at an address: (market's address, row, place, time, number) → number."""
    whole = ir.IntType(64)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.DoubleType(), [whole, whole, whole, whole, ir.DoubleType()])
        cast = [
            context.cast(builder, argument, given, types.int64)
            for argument, given in zip(arguments[:5], signature.args, strict=False)
        ]
        number = context.cast(builder, arguments[5], signature.args[5], types.float64)
        return builder.call(builder.inttoptr(cast[0], kind.as_pointer()), [*cast[1:], number])

    return types.float64(function, market, row, place, time, number), code


@intrinsic  # type: ignore[untyped-decorator]
def _read_shared(typing: Any, address: Any, index: Any) -> Any:
    """The int64 at a place that other threads write, and everything they had written before it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.cast(builder, arguments[1], signature.args[1], types.int64)
        where = builder.gep(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()), [place])
        return builder.load_atomic(where, "acquire", 8)

    return types.int64(address, index), code


@intrinsic  # type: ignore[untyped-decorator]
def _write_shared(typing: Any, address: Any, index: Any, value: Any) -> Any:
    """Write an int64 that other threads read, after everything written before it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.cast(builder, arguments[1], signature.args[1], types.int64)
        where = builder.gep(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()), [place])
        builder.store_atomic(arguments[2], where, "release", 8)
        return context.get_dummy_value()

    return types.void(address, index, types.int64), code


@intrinsic  # type: ignore[untyped-decorator]
def _fetch(typing: Any, address: Any, offset: Any) -> Any:
    """Ask for the 64 bytes at an address + offset before they are needed; changes nothing but the time."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        offset = context.cast(builder, arguments[1], signature.args[1], types.int64)
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        where = builder.inttoptr(builder.add(arguments[0], offset), byte)
        builder.call(function, [where, word(1), word(3), word(1)])  # for writing, to stay, data
        return context.get_dummy_value()

    return types.void(address, offset), code


@intrinsic  # type: ignore[untyped-decorator]
def _pause(typing: Any) -> Any:
    """Let another thread go first, where the system can be asked to."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if os.name == "posix":
            function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.IntType(32), []), "sched_yield")
            builder.call(function, [])
        return context.get_dummy_value()

    return types.void(), code


_ALONE = {
    "address_of": _address_of, "call": _call, "read_shared": _read_shared, "write_shared": _write_shared, "fetch": _fetch, "pause": _pause,
}  # fmt: skip
