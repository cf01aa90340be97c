"""Which host plays: nobody needs to choose, and everybody may (``LADSIM_HOST``).

- With ``NUMBA_DISABLE_JIT=1`` it is Python.
- ``kernel.wasm`` plays markets of up to ``WASM_MOST`` people on one thread, and whatever is needed before: no compiler.
- Machine code plays larger ones, several threads, and all where ``kernel.wasm`` cannot be used. It needs Numba, which is an extra:
  without it ``kernel.wasm`` plays what has room in its 4 GB.
- A user's own programme, whose rules ``kernel.wasm`` calls back in Python, is played by machine code where that is compiled already, or
  where more than ``OWN_MOST`` people are worth the wait for the compiler.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from threading import local
from typing import Any

import numpy as np

from ladsim.errors import StudyError
from ladsim.hosts import ready
from ladsim.hosts.block import Block

HOSTS = ("auto", "native", "wasm", "plain")
WASM_MOST = 300_000  # people: above, a run takes half a second longer than by machine code, which has several threads as well
OWN_MOST = 20_000  # people with a programme of one's own: forty futures of so many take as long as compiling, half a second each
_CALLED_BACK = 64  # rules of one's own that ``kernel.wasm`` has room for
PLAIN_MOST = 2_000  # people whom Python alone plays in a few seconds
GET_COMPILER = 'pip install -e ".[native]"'  # as README has it
_MOST_COPIED = 64 << 20  # bytes of arrays that are copied into a memory of WebAssembly and back


def asked_for() -> str:
    """The host that the environment asks for: one of ``HOSTS``. Raises StudyError for another word."""
    if is_jit_off():
        return "plain"
    host = os.environ.get("LADSIM_HOST", "") or "auto"
    if host not in HOSTS:
        raise StudyError(f"LADSIM_HOST: found {host!r}, must be one of {', '.join(HOSTS)}")
    return host


def is_jit_off() -> bool:
    """Whether the environment asks for nothing to be compiled."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def host_for(people: int, threads: int | None, own_rules: int) -> str:
    """The host of a market: of so many people, on so many threads (None: as many as are usual), with so many rules of a user's own.

    Raises StudyError where a compiler is needed that is not installed, or where the host that is asked for cannot play.
    """
    host = asked_for()
    if host != "auto":
        if reason := _reason_against(host):
            raise StudyError(f"LADSIM_HOST: found {host!r}, but {reason}")
        return host
    against = reason_against_wasm()
    fits = people <= WASM_MOST and (threads or 1) == 1
    if not against and fits and not (own_rules and _is_worth_compiling(people, own_rules)):
        return "wasm"  # and Numba is not even imported
    if has_compiler():
        return "native"
    if not against:
        return "wasm"
    if people > PLAIN_MOST:
        raise StudyError(
            f"{against}; {reason_against_native()}; and {people:,} people are too many for Python alone: ask for a sample of "
            f"{PLAIN_MOST:,} (--sample {PLAIN_MOST})"
        )
    return "plain"


def _is_worth_compiling(people: int, own_rules: int) -> bool:
    """Whether machine code is better for people with a user's own rules: there already, or soon saving more time than it takes."""
    return people > OWN_MOST or own_rules > _CALLED_BACK or is_compiled()


def _reason_against(host: str) -> str:
    """Why a host that is asked for cannot play; empty where it can."""
    return reason_against_wasm() if host == "wasm" else reason_against_native() if host == "native" else ""


def host_without_limit(people: int) -> str:
    """The host for a market of so many people that has no room in another's memory."""
    host = asked_for()
    return host if host != "auto" else "native" if has_compiler() else "plain" if people <= PLAIN_MOST else "wasm"


def has_compiler() -> bool:
    """Whether there is a Numba that can be used. Asking imports it."""
    return not reason_against_native()


def is_compiler_broken() -> bool:
    """Whether Numba is installed, and cannot be used."""
    return find_spec("numba") is not None and not has_compiler()


@cache
def reason_against_native() -> str:
    """Why machine code cannot play; empty where it can."""
    if find_spec("numba") is None:
        return f"there is no compiler ({GET_COMPILER} in ladsim's folder adds one)"
    try:
        import numba  # noqa: F401
    except Exception as error:  # another NumPy than it knows, a library that finds no room
        reason = " ".join(str(error).split()) or "no reason was given"
        return f"there is no compiler: Numba is installed, but cannot be loaded ({reason})"
    return ""


def reason_against_wasm() -> str:
    """Why ``kernel.wasm`` cannot be used here; empty where it can."""
    from ladsim.hosts.wasm_module import reason_against

    return reason_against()


def block_for(host: str) -> Block:
    """A market's block on a host."""
    if host == "plain":
        from ladsim.hosts.plain import Plain

        return Plain()
    if host == "wasm":
        from ladsim.hosts.wasm import Wasm

        return Wasm()
    from ladsim.hosts.native import Native

    return Native()


_blocks = local()
atexit.register(vars(_blocks).clear)  # what wasmtime holds must go while Python is still whole


def for_arrays(arguments: Sequence[Any], host: str = "") -> Block:
    """Who plays an entry that needs no market, on a host or the usual one: one for each host and thread, used again and again."""
    size = sum(argument.nbytes for argument in arguments if isinstance(argument, np.ndarray))
    host = host or host_for(0 if size <= _MOST_COPIED else WASM_MOST + 1, None, 0)
    own = vars(_blocks)
    if host not in own:
        own[host] = block_for(host)
    return own[host]


def try_hook(function: Any) -> None:
    """Compile a user's own rule beforehand, where machine code will play it.

    Raises PolicyError with the place in the user's file where that fails.
    """
    host = asked_for()
    by_machine_code = host == "native" or (host == "auto" and (is_compiled() or bool(reason_against_wasm())))
    if by_machine_code and has_compiler():
        from ladsim.hosts.native import compile_hook

        compile_hook(function)


def is_compiled() -> bool:
    """Whether the rules were compiled to machine code before. Where none ever were, Numba is not loaded to find out."""
    if not ready.may_be() or not has_compiler():
        return False
    from ladsim.hosts.native import is_warm

    return is_warm()


def compile_all(shipped: Callable[[], Sequence[Any]], own: Iterable[Any] = ()) -> None:
    """Compile all rules, the hooks that are `shipped` and a user's `own`, or see that they are there.

    Raises PolicyError with the place in the user's file where one of the own cannot be compiled.
    """
    from ladsim.hosts import native

    for function in own:
        native.compile_hook(function)
    _compile_shipped(shipped)


@cache
def _compile_shipped(shipped: Callable[[], Sequence[Any]]) -> None:
    """Once per process."""
    from ladsim.hosts import native

    if not native.is_warm():
        native.warm_up(shipped())
