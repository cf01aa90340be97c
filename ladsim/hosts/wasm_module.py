"""The module that ships: whether it may play, and what wasmtime makes of it.

``kernel.wasm`` is made from the rules by ``make kernel`` and lies beside this file, with ``kernel.json``, which says from which rules.
Where the rules have changed since, or one of the files is not whole, ``reason_against`` says so, and another host plays. wasmtime turns
the module into machine code in some .2 s; that is kept in the cache folder, under a checksum, and then opened in a millisecond.

A memory of WebAssembly grows without being moved: the addresses it may ever have are asked for at its begin, 4 GB of them. Where the
system allows a process no more so many, memories are smaller.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ladsim.errors import address_space
from ladsim.files import in_one_move, is_begun, remove_abandoned
from ladsim.hosts import sources
from ladsim.hosts.cache import cache_dir

HERE = Path(__file__).parent
MOST_BYTES = 4 << 30  # that a 32-bit memory can have
_ROOMS = (MOST_BYTES, 1 << 30, 256 << 20, 64 << 20)  # bytes of addresses that are asked for, until the system gives them
FIRST_PAGES = 64
EXPORTS = ("call", "hooks", "own_hooks", "heap_end", "heap_live", "heap_top", "__heap_base")
IMPORTS = ("memory", "own")
_KEYS = {"rules": str, "bytes": str, "module": str, "entries": dict, "hooks": list, "given": int, "own": int}
_KEPT = 4  # files of machine code: of this module, and of the others that were used last
_HALF_AN_HOUR = 1800.0  # seconds: by then nobody is still writing a file
_AGAIN = "install ladsim again"


class UnusableError(Exception):
    """Why the module cannot play, in words."""


@cache
def reason_against() -> str:
    """Why this host cannot play; empty where it can."""
    try:
        says = said()
        if says["bytes"] != sources.hash_of_bytes() and says["rules"] != sources.hash_of_rules():
            return "the rules have changed since kernel.wasm was made (make kernel)"
        *_, room = memory()
        module(room)
    except (UnusableError, MemoryError) as error:
        return str(error)
    return ""


def seal_of(says: dict[str, Any]) -> str:
    """Checksum of all that ``kernel.json`` says, in its order, but for this checksum itself."""
    return sources.hash_of(json.dumps([[key, value] for key, value in says.items() if key != "seal"]))


@cache
def said() -> dict[str, Any]:
    """What ``kernel.json`` says. Raises UnusableError."""
    text = _read("kernel.json")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    is_whole = isinstance(found, dict) and found.get("seal") == seal_of(found)
    if is_whole and all(isinstance(found.get(key), kind) for key, kind in _KEYS.items()):
        return found  # type: ignore[no-any-return]
    raise UnusableError(f"kernel.json is damaged, or of another version ({_AGAIN})")


def _read(name: str) -> bytes:
    try:
        return (HERE / name).read_bytes()
    except FileNotFoundError:
        raise UnusableError(f"{name} is missing ({_AGAIN})") from None
    except OSError as error:
        raise UnusableError(f"{name} cannot be read: {error.strerror} ({_AGAIN})") from None


@cache
def entries() -> dict[str, int]:
    """Number of each entry, by name and signature."""
    return {f"{name}: {signature}": number for number, (name, signature) in enumerate(said()["entries"].items())}


@cache
def library() -> Any:
    """wasmtime. Raises UnusableError where there is none for this system."""
    try:
        import wasmtime
    except ModuleNotFoundError:
        raise UnusableError(f"wasmtime, which comes with ladsim, is not installed (pip install wasmtime, or {_AGAIN})") from None
    except Exception as error:  # whatever a system that wasmtime does not know leads to
        raise UnusableError(f"wasmtime cannot be used here: {first_line(error)}") from None
    return wasmtime


def first_line(error: BaseException) -> str:
    """The first line of what an error says."""
    return next(iter(str(error).strip().splitlines()), "no reason was given").rstrip(".:")


@cache
def _engine(room: int) -> Any:
    wasmtime = library()
    config = wasmtime.Config()
    config.cranelift_opt_level = "speed"
    config.parallel_compilation = False  # a process that has threads cannot be copied for its workers
    if may_stay():
        config.memory_may_move = False
        config.memory_reservation = room
    return wasmtime.Engine(config)


@cache
def may_stay() -> bool:
    """Whether this wasmtime can be told to leave a memory where it is; older ones do so as long as they have the addresses."""
    return hasattr(library().Config, "memory_may_move") and hasattr(library().Config, "memory_reservation")


def memory() -> tuple[Any, Any, int]:
    """A store with an empty memory for the module, and how many bytes that may ever have. Raises MemoryError."""
    wasmtime = library()
    reason = ""
    for room in _ROOMS if may_stay() else _ROOMS[:1]:
        store = wasmtime.Store(_engine(room))
        try:
            return store, wasmtime.Memory(store, wasmtime.MemoryType(wasmtime.Limits(FIRST_PAGES, None))), room
        except wasmtime.WasmtimeError as error:
            reason = first_line(error)
    limit = address_space()
    raise MemoryError(f"there is no room for a memory of WebAssembly ({limit or reason})")


@cache
def module(room: int = MOST_BYTES) -> Any:
    """The module for memories of so many bytes, from the cache or compiled. Raises UnusableError where it is not the one that was made."""
    wasmtime = library()
    binary, name = _read("kernel.wasm"), said()["module"]
    if sources.hash_of(binary) != name:
        raise UnusableError(f"kernel.wasm is damaged, or not the one that kernel.json tells of ({_AGAIN})")
    kept = cache_dir() / "wasm" / (f"{name}.bin" if room == MOST_BYTES else f"{name}-{room >> 20}.bin")
    if (found := _kept(kept, room)) is not None:
        return found
    try:
        made = wasmtime.Module(_engine(room), binary)
    except wasmtime.WasmtimeError as error:
        raise UnusableError(f"wasmtime cannot use kernel.wasm: {first_line(error)} ({_AGAIN})") from None
    needs, has = {str(one.name) for one in made.imports}, {str(one.name) for one in made.exports}
    if needs != set(IMPORTS) or not has.issuperset(EXPORTS):
        raise UnusableError(f"kernel.wasm has not what ladsim calls ({_AGAIN})")
    with suppress(OSError):
        _keep(kept, bytes(made.serialize()))
    return made


def _kept(path: Path, room: int) -> Any:
    """The module as it was kept; None where there is none, or a damaged one."""
    with suppress(OSError, library().WasmtimeError):
        text = path.read_bytes()
        seal, code = text[:20], text[20:]
        if seal == sources.hash_of(code).encode():  # of another version or processor: wasmtime refuses it
            found = library().Module.deserialize(_engine(room), code)
            os.utime(path)  # in use
            return found
    return None


def _keep(path: Path, code: bytes) -> None:
    """Write a file in one move. Those that nobody has used for longest go, and what was never finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    in_one_move(path, lambda place: place.write_bytes(sources.hash_of(code).encode() + code))
    now = path.stat().st_mtime
    remove_abandoned(path.parent, _HALF_AN_HOUR, now)
    age = {old: now - old.stat().st_mtime for old in path.parent.glob("*.bin") if old.is_file() and old != path}
    others = sorted((old for old in age if not is_begun(old.name)), key=age.__getitem__)
    for old in others[_KEPT - 1 :]:
        old.unlink(missing_ok=True)


@atexit.register
def _let_go() -> None:
    """What wasmtime holds must go while Python is still whole."""
    module.cache_clear()
    _engine.cache_clear()
