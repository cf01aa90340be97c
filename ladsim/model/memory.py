"""Plain memory for compiled rules: a record or a number at an address.

A running market is some thirty arrays. Handed to every rule one by one they would cost more than the rules themselves (each array
is seven values and a reference count). So the rules get one record, the market, that holds the arrays' addresses, and reach into
them here: no copies, no counts, the machine code of C. Only ``layout`` calls this module; it knows which address holds what.

The arrays must outlive the call. The bundles that own them see to that (``layout.bind``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype


def record_at(dtype: np.dtype[Any], sized: bool = True) -> Any:
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


def number_at(kind: Any, sized: bool = True) -> tuple[Any, Any]:
    """Two compiled functions for an array of numbers: (address, index) → value, and (address, index, value) to add to it."""

    def pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.cast(builder, arguments[1], signature.args[1], types.int64)
        if not sized:
            return builder.inttoptr(builder.add(arguments[0], place), context.get_data_type(kind).as_pointer())
        return builder.gep(builder.inttoptr(arguments[0], context.get_data_type(kind).as_pointer()), [place])

    @intrinsic  # type: ignore[untyped-decorator]
    def load(typing: Any, address: Any, index: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.load(pointer(context, builder, signature, arguments))

        return kind(address, index), code

    @intrinsic  # type: ignore[untyped-decorator]
    def add(typing: Any, address: Any, index: Any, value: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = pointer(context, builder, signature, arguments)
            builder.store(builder.add(builder.load(place), arguments[2]), place)
            return context.get_dummy_value()

        return types.void(address, index, kind), code

    return load, add


@intrinsic  # type: ignore[untyped-decorator]
def fetch(typing: Any, address: Any, offset: Any) -> Any:
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
