"""A unit of futures as bytes and back, to the last bit, and how one lies in a file so that damage is seen.

In: what a work gives: a history with its summary, or arrays. Out: bytes. What is no array is pickled (protocol 5, of which only the
classes in ``_KNOWN`` are ever made again: a file of somebody else's runs nothing); arrays stand behind it as one row of words of 8 bytes, of
which those that are 0 are left out and those that fit into 4 bytes take 4: counts and money by day are mostly that. That takes half the
room of plain arrays and a tenth of the time of packing them by zlib, which saves another half.

An entry is a mark, a checksum (blake2b, 16 bytes) of all behind it, the key of the unit, the length, the bytes. Who reads one by a wrong
place, a wrong length or after damage gets a `DamagedError`.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MARK = b"ladsimU1"
_HEAD = struct.Struct("<8s16s16sQ")
_SIZES = struct.Struct("<QQQ")  # bytes of the pickle, number of arrays, words in 4 bytes
_KNOWN = frozenset(
    {
        ("ladsim.engine.history", "History"),
        ("ladsim.measures.summary", "Summary"),
        *(("numpy", name) for name in ("dtype", "ndarray")),
        *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
        *((f"numpy.{core}.multiarray", name) for core in ("core", "_core") for name in ("scalar", "_reconstruct")),
    }
)


class DamagedError(Exception):
    """These bytes are not what was written."""


def encoded(value: Any) -> bytes:
    """A unit as bytes. Raises pickle.PicklingError, TypeError or AttributeError where it cannot be one."""
    arrays: list[pickle.PickleBuffer] = []
    said = pickle.dumps(value, protocol=5, buffer_callback=arrays.append)
    raw = [array.raw() for array in arrays]
    words = np.frombuffer(b"".join(part for one in raw for part in (one, bytes(-one.nbytes % 8))), "<i8")
    there = words != 0
    found = words[there]
    short = (found >= -(2**31)) & (found < 2**31)
    few = found[short].astype("<i4")
    return b"".join(
        (
            _SIZES.pack(len(said), len(raw), few.size),
            np.array([one.nbytes for one in raw], "<i8").tobytes(),
            said,
            np.packbits(there).tobytes(),
            np.packbits(short).tobytes(),
            few.tobytes(),
            found[~short].tobytes(),
        )
    )


def decoded(data: bytes) -> Any:
    """The unit that was ``encoded``, its arrays its own. Raises DamagedError."""
    try:
        return _decoded(data)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, pickle.UnpicklingError, struct.error) as error:
        raise DamagedError(str(error)) from error


def _decoded(data: bytes) -> Any:
    length, count, few = _SIZES.unpack_from(data)
    at = _SIZES.size
    sizes = np.frombuffer(data, "<i8", count, at).tolist()
    said = data[at + 8 * count : at + 8 * count + length]
    at += 8 * count + length
    total = sum(-(-size // 8) for size in sizes)
    there, at = _bits(data, at, total)
    short, at = _bits(data, at, int(there.sum()))
    found = np.empty(short.size, "<i8")
    found[short] = np.frombuffer(data, "<i4", few, at)
    found[~short] = np.frombuffer(data, "<i8", short.size - few, at + 4 * few)
    words = np.zeros(total, "<i8")
    words[there] = found
    whole, buffers, at = memoryview(words.view(np.uint8).data), [], 0
    for size in sizes:
        buffers.append(whole[at : at + size])
        at += size + -size % 8
    return _Reader(io.BytesIO(said), buffers=buffers).load()


def _bits(data: bytes, at: int, count: int) -> tuple[NDArray[np.bool_], int]:
    """So many truth values at a place, and the place behind them."""
    size = -(-count // 8)
    return np.unpackbits(np.frombuffer(data, np.uint8, size, at), count=count).astype(bool), at + size


class _Reader(pickle.Unpickler):
    """Makes only what a unit is made of."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a unit")
        return super().find_class(module, name)


def entry(key: bytes, data: bytes) -> bytes:
    """A unit's bytes as they stand in a file."""
    behind = key + len(data).to_bytes(8, "little") + data
    return _MARK + hashlib.blake2b(behind, digest_size=16).digest() + behind


def read_entry(file: BinaryIO, place: int, size: int, key: bytes) -> bytes:
    """The bytes of the unit `key` in an entry of `size` bytes at a place of a file. Raises DamagedError and OSError."""
    file.seek(place)
    found = file.read(size)
    if len(found) != size or size < _HEAD.size:
        raise DamagedError("cut off")
    mark, digest, whose, length = _HEAD.unpack_from(found)
    if mark != _MARK or whose != key or length != size - _HEAD.size:
        raise DamagedError("another entry")
    if hashlib.blake2b(memoryview(found)[24:], digest_size=16).digest() != digest:
        raise DamagedError("other bytes")
    return found[_HEAD.size :]
