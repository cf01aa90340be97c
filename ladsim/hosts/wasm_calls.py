"""Calls into the module, and back: what goes wrong on either side comes out as it is.

No exception of Python's goes through the module: what a user's own rule raises is noted, and the module stopped; whoever called it then
raises what was noted. Ctrl-C waits meanwhile, but for the time that a user's own rule runs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

from ladsim import interrupts
from ladsim.hosts.wasm_module import first_line, library

# Major versions of wasmtime whose C library was called straight by the tests of tests/hosts: that is no public part of the package.
_TRIED = ("30", "35", "40", "45", "50")


class _Stopped(Exception):
    """A user's own rule has failed: what it raised is noted elsewhere."""


class OwnRules:
    """A user's own rules by their places in the module's table, and what one of them has raised on its way out."""

    def __init__(self) -> None:
        self.rules: list[Callable[..., float]] = []
        self._failed: list[BaseException] = []
        self._ctrl_c = interrupts.calling_back()

    def called_back(self, play: Callable[..., float], *arguments: Any) -> float:
        """What a rule gives, or the module is stopped."""
        ctrl_c = self._ctrl_c
        try:
            ctrl_c.hear()
            value = play(*arguments)
            ctrl_c.is_heard = False
            return value
        except BaseException as error:
            ctrl_c.is_heard = False
            self._failed.append(error)
        raise _Stopped

    def around(self, run: Callable[[int], None], number: int) -> None:
        """Call an entry of the module, which may call these rules."""
        with self._ctrl_c:
            run(number)

    def raised(self) -> BaseException | None:
        """What a rule has raised, or else what wasmtime's way from and to Python has; it is forgotten here and there."""
        import wasmtime._func

        last = getattr(wasmtime._func, "LAST_EXCEPTION", None)
        if last is not None:
            wasmtime._func.LAST_EXCEPTION = None  # it would be raised by whatever fails next, and holds a market's memory
        found = self._failed[-1] if self._failed else None if isinstance(last, _Stopped) else last
        self._failed.clear()
        return found


@cache
def was_tried() -> bool:
    """Whether this version of wasmtime was tried with the short way; asked once, as reading it off the disk takes milliseconds."""
    return version("wasmtime").partition(".")[0] in _TRIED


def ready(store: Any, function: Any, slots: int, own: OwnRules) -> Callable[[int], None]:
    """The module's `call`, ready to be called with the number of an entry.

    wasmtime's own way from Python looks up and converts each argument, which costs more than most rules do. Its C library takes them as
    they are; where that cannot be reached, or was never tried, the usual way is taken.

    Called, it raises MemoryError where the module had no more room, RuntimeError where a rule went wrong, and what a user's own rule has
    raised.
    """
    try:
        if not was_tried():
            raise ImportError("never tried")
        run = _unchecked(store, function, slots, own)
    except (ImportError, AttributeError):

        def run(number: int) -> None:
            _checked(store, function, number, slots, own)

    def go(number: int) -> None:
        if own.rules:
            own.around(run, number)
        else:
            run(number)

    return go


def _checked(store: Any, function: Any, number: int, slots: int, own: OwnRules) -> None:
    trap = library().Trap
    try:
        status, failed = function(store, number, slots), None
    except BaseException as error:
        status, failed = 0, own.raised() or (_in_words(error) if isinstance(error, trap) else error)
    if failed is not None:
        raise failed
    if status:
        raise RuntimeError("a rule raised an error")


def _unchecked(store: Any, function: Any, slots: int, own: OwnRules) -> Callable[[int], None]:
    from wasmtime import _bindings

    bindings: Any = _bindings

    kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
    call = kind(("wasmtime_func_call_unchecked", bindings.dll))
    context = ctypes.cast(store._context(), ctypes.c_void_p).value
    trap = ctypes.POINTER(bindings.wasm_trap_t)()
    values = (ctypes.c_int64 * 4)()  # two values of 16 bytes
    where, into, trapped = ctypes.addressof(function._func), ctypes.addressof(values), ctypes.addressof(trap)
    first, second = (ctypes.c_int32.from_address(into + at) for at in (0, 16))
    second.value = slots
    alive = function, values, trap  # what the addresses point to

    def go(number: int) -> None:
        first.value = number
        error = call(context, where, into, 2, trapped)
        if error:  # what a user's own rule has raised comes back as this
            reason = library().WasmtimeError._from_ptr(ctypes.cast(error, ctypes.POINTER(bindings.wasmtime_error_t)))
            raise own.raised() or RuntimeError(f"kernel.wasm: {first_line(reason)}")
        if trap and alive:
            taken = ctypes.cast(trap, type(trap))
            ctypes.memset(trapped, 0, ctypes.sizeof(ctypes.c_void_p))  # the next call has failed only if it says so itself
            reason = library().Trap._from_ptr(taken)
            raise own.raised() or _in_words(reason)
        if first.value:
            raise RuntimeError("a rule raised an error")

    return go


def _in_words(trap: Any) -> BaseException:
    if trap.trap_code == library().TrapCode.UNREACHABLE:
        return MemoryError("no more memory for WebAssembly")
    return RuntimeError(f"kernel.wasm: {first_line(trap)}")
