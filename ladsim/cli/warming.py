"""Compiling the rules: ``ladsim warm-up``, which does it beforehand, and what is said wherever it begins. And how slow Python alone is."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from ladsim.cli import messages
from ladsim.hosts.compiling import Listener

PLAIN_PACE = 25_000  # customers' months that Python alone plays in a second: 14,000 to 46,000 in the presets
PLAIN_TIMES = 450  # as long as by machine code or WebAssembly
_BEARABLE = 30.0  # seconds


def warm_up() -> None:
    """Prepare this computer for markets above some 300,000 people: compile the simulation to machine code.

    It takes a minute or two, once; the result is kept until ladsim changes. Smaller markets do not need it.

    \b
    Example:
      ladsim warm-up
    """
    from ladsim.hosts.choice import is_jit_off, reason_against_native

    if is_jit_off():
        found = os.environ["NUMBA_DISABLE_JIT"]
        messages.error(f"NUMBA_DISABLE_JIT: found {found!r}, with which nothing is compiled; take it out of the environment")
        raise typer.Exit(2)
    if against := reason_against_native():
        messages.error(against)
        raise typer.Exit(2)
    from ladsim.engine import run  # noqa: F401 - every rule of a run
    from ladsim.hosts import native
    from ladsim.scenario.programs.rules import shipped_hooks

    if native.is_warm():
        messages.out("compiled: the rules are ready")
        return
    native.warm_up(shipped_hooks())
    messages.out(
        "compiled: large markets start at once now"
        if native.is_warm()
        else "compiled, but nothing could be kept: the cache folder cannot be written (LADSIM_CACHE_DIR names another)"
    )


def warn_of_slowness(futures: int, people: int, months: float, own_rules: int = 0) -> None:
    """Say what hinders the host that would play, and how long Python alone takes, where that is long."""
    from ladsim.hosts import choice

    host = choice.asked_for()
    if host == "auto" and (against := choice.reason_against_wasm()):
        has_compiler = choice.has_compiler()
        messages.warning(f"{against}: {'machine code plays instead' if has_compiler else 'Python runs the simulation, slowly'}")
        host = "auto" if has_compiler else "plain"
    elif host == "auto" and (people > choice.WASM_MOST or own_rules) and choice.is_compiler_broken():
        messages.warning(f"{choice.reason_against_native()}: WebAssembly plays instead, slower and on one thread")
    seconds = futures * people * months / PLAIN_PACE
    if host == "plain" and seconds > _BEARABLE:
        messages.warning(
            f"Python alone runs the simulation (LADSIM_HOST=plain, NUMBA_DISABLE_JIT=1, or no other host), some {PLAIN_TIMES} times slower: "
            f"{futures:,} futures of {people:,} people take about {_time(seconds)} of processor time; --sample 100 takes a "
            f"{people / 100:,.0f}th of it, --replications 4 fewer futures"
        )


def _time(seconds: float) -> str:
    """Time roughly.

    >>> _time(45.0), _time(400.0), _time(9_000.0)
    ('1 min', '7 min', '2.5 h')
    """
    return f"{max(1.0, seconds / 60):.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


class Shown(Listener):
    """Compiling, told on standard error however quiet the command is, for it takes a while; with a bar where somebody watches."""

    def __init__(self) -> None:
        super().__init__(lambda text: print(text, file=sys.stderr, flush=True))
        self._bar: Any = None

    def begin(self) -> None:
        super().begin()
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        columns = ("Compiling functions", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        self._bar.add_task("Compiling", total=None)
        self._bar.start()

    def done(self, functions: int, of: int | None) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=functions, total=of, refresh=True)

    def end(self, seconds: float, is_whole: bool) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        super().end(seconds, is_whole)
