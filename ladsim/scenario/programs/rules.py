"""The contract of a programme's rules, which are called by address.

The rules of a kind, and of a user's own programme, stand in a Python file with

- ``NUMBERS``: the names of the numbers that the scenario gives it, in the order in which its rules read them
  (``access.number(m, place, which)``); a user's own file says ``{"name": default}``;
- ``memory(numbers) -> int`` (optional): how many whole numbers it must remember of each customer beside what every programme does;
- ``MANUAL = True`` (optional): nobody joins by the scenario's ``joins``; the rules decide alone;
- ``IN_ADVANCE = True`` (optional): members pay in advance, by ``prepaid.receive`` (``ladsim.model.prepaid``; ``club.py`` is an example):
  fees are booked as they are earned;
- ``IN_MONEY = True`` (optional): the balance is money in amount units, and not thousandths of a point;
- its hooks, functions named and decorated as ``ladsim.model.membership`` says::

      @hook
      def on_order(address, row, place, t, paid):
          m = access.market(address)
          …
          return 0.0

A hook is compiled, and so both engines run the same machine code; what cannot be compiled is refused in words. Compiled hooks are
kept until the file changes. ``kind_of`` finds a programme by its name, or by the path of a user's own file; in a scenario that is
``kind = "own"`` with ``file`` and ``options``. ``experiments/programs/birthday.py`` is an example.
"""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral
from pathlib import Path
from typing import Any

from ladsim.errors import PolicyError
from ladsim.hosts.choice import try_hook
from ladsim.model.layout import HOOKS
from ladsim.python_files import defined, stamp
from ladsim.scenario.programs.kinds import KINDS
from ladsim.scenario.programs.own_file import no_hook

MOST_MEMORY = 10_000  # that a programme may remember of each customer: 80 kB


def _nothing(_: Mapping[str, float]) -> int:
    return 0


@dataclass(frozen=True)
class Kind:
    """What a file of a programme says of itself."""

    name: str
    numbers: tuple[str, ...]
    defaults: Mapping[str, float]
    memory: Callable[[Mapping[str, float]], int]
    is_manual: bool
    is_in_money: bool
    is_in_advance: bool
    hooks: Mapping[str, Callable[..., float]]  # name → rule

    def memory_size(self, numbers: Mapping[str, float]) -> int:
        """How many whole numbers it remembers of each customer. Raises PolicyError where its file says nonsense."""
        try:
            found = self.memory(numbers)
        except Exception as error:
            raise PolicyError(f"{Path(self.name).name}: memory cannot be run: {type(error).__name__}: {error}") from error
        if not isinstance(found, Integral) or not 0 <= found <= MOST_MEMORY:
            raise PolicyError(
                f"{Path(self.name).name}: memory: found {found!r}, must be a whole number from 0 to {MOST_MEMORY:,}"
            )
        return int(found)


def kind_of(name: str) -> Kind:
    """The programme of this name, or in this file (read again when it, or what it imports from its folder, has changed)."""
    return kind_as_of(name, stamp(name) if name.endswith(".py") and os.path.isfile(name) else ())


@lru_cache(maxsize=64)
def kind_as_of(name: str, changed: tuple[tuple[str, int], ...]) -> Kind:
    """The programme of this name; a file's as it was last `changed`."""
    del changed  # part of the cache's key only
    found = _own(Path(name)) if name.endswith(".py") else vars(importlib.import_module(f"{__package__}.{name}"))
    numbers = found.get("NUMBERS", ())
    hooks = {called: found[called] for called in HOOKS if called in found}
    for called, function in found.items():
        if getattr(function, "compiled_as", "") == "hook" and called not in HOOKS:
            raise PolicyError(f"{Path(name).name}: found the hook {called!r}, {no_hook(called)}")
    for called, function in hooks.items():
        if getattr(function, "compiled_as", "") != "hook":
            raise PolicyError(f"{Path(name).name}: {called} is no rule of a programme: write @hook above it")
        if name.endswith(".py"):
            try_hook(function)  # what cannot be compiled is told at once, and not in the middle of a run
    return Kind(
        name=name,
        numbers=tuple(numbers),
        defaults=dict(numbers) if isinstance(numbers, Mapping) else {},
        memory=found.get("memory", _nothing),
        is_manual=bool(found.get("MANUAL", False)),
        is_in_money=bool(found.get("IN_MONEY", False)),
        is_in_advance=bool(found.get("IN_ADVANCE", False)),
        hooks=hooks,
    )


def _own(file: Path) -> Mapping[str, Any]:
    """What a user's own file defines. Raises PolicyError with the place in that file."""
    try:
        return defined(file)
    except (Exception, SystemExit) as error:
        lines = [str(frame.lineno) for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
        where = f"line {lines[-1]}: " if lines else ""
        raise PolicyError(f"{file.name}: {where}cannot be run: {type(error).__name__}: {error}") from error


def shipped_hooks() -> list[Callable[..., float]]:
    """The rules of all kinds that come with ladsim."""
    return [rule for kind in (*KINDS, "triggered_campaign") for rule in kind_of(kind).hooks.values()]
