"""Compiling the rules: where a market is too large for the module that comes with ladsim, and ``ladsim warm-up``, which does it beforehand."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from ladsim.cli import messages


def warm_up() -> None:
    """Compile the rules to machine code of this computer, for markets above some 300,000 people, several threads, programmes of your own.

    Smaller markets need none of it. What was compiled is kept until ladsim changes.

    \b
    Example:
      ladsim warm-up
    """
    from ladsim.hosts.choice import is_compiled, is_jit_off, reason_against_native

    if is_jit_off():
        found = os.environ["NUMBA_DISABLE_JIT"]
        messages.error(f"NUMBA_DISABLE_JIT: found {found!r}, with which nothing is compiled; take it out of the environment")
        raise typer.Exit(2)
    if against := reason_against_native():
        messages.error(against)
        raise typer.Exit(2)
    if is_compiled():
        messages.out("compiled: the rules are ready")
        return
    compile_all()
    messages.out("compiled: large markets start at once now")


def compile_first(people: int, has_own_rules: bool = False) -> None:
    """Compile the rules, where a market of this size needs them compiled and they are not: with a bar, so that nobody takes it for a hang.

    Markets up to some size need no compiler. What hinders the host that would play them is said once.
    """
    from ladsim.hosts.choice import (
        WASM_MOST,
        asked_for,
        host_for,
        is_compiled,
        is_compiler_broken,
        reason_against_native,
        reason_against_wasm,
    )

    host = host_for(people, None, has_own_rules)
    if asked_for() == "auto":
        is_missed = host == "wasm" and (people > WASM_MOST or has_own_rules) and is_compiler_broken()
        if is_missed:
            messages.warning(f"{reason_against_native()}: WebAssembly plays instead, slower and on one thread")
        elif host != "wasm" and (against := reason_against_wasm()):
            messages.warning(
                f"{against}: {'Python plays the rules, slowly' if host == 'plain' else 'machine code plays instead'}"
            )
    if host == "native" and not is_compiled():
        compile_all()


def compile_all() -> None:
    """Compile all rules to machine code. Said on standard error however quiet the command is, for it takes a while."""
    from ladsim.engine import run  # noqa: F401 - every rule of a run
    from ladsim.hosts import native
    from ladsim.programs.program import shipped_hooks

    began = time.perf_counter()
    say("Compiling the rules for this machine, once (a minute or so; small markets need none of it) …")
    with _compiling() as tell:
        native.warm_up(tell, shipped_hooks())
    say(f"Compiled in {time.perf_counter() - began:.0f} s.")


def say(text: str) -> None:
    """A line on standard error, quiet or not."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _compiling() -> Iterator[Callable[[int, int], None] | None]:
    """A bar where somebody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("functions"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("Compiling", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total, refresh=True)
