"""The contract of a programme: a file whose rules are called by address.

A kind of programme is a Python file with

- ``NUMBERS``: the names of the numbers that the scenario gives it, in the order in which its rules read them
  (``access.number(m, place, which)``); a user's own file says ``{"name": default}``;
- ``memory(numbers) -> int`` (optional): how many whole numbers it must remember of each customer beside what every programme does;
- ``MANUAL = True`` (optional): nobody joins by the scenario's ``joins``; the rules decide alone;
- ``IN_MONEY = True`` (optional): the balance is money in amount units, and not thousandths of a point;
- its hooks, functions named and decorated as ``ladsim.model.membership`` says::

      @hook
      def ordered(address, row, place, t, paid):
          m = access.market(address)
          …
          return 0.0

``kind_of`` finds it by its name, or by the path of a user's own file.
"""

from __future__ import annotations

import importlib
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ladsim.compiled import hook as hook
from ladsim.errors import PolicyError
from ladsim.model.layout import HOOKS


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
    hooks: Mapping[str, int]  # name → address
    kept: tuple[Any, ...]  # what must live as long as the addresses


@lru_cache(maxsize=64)
def kind_of(name: str) -> Kind:
    """The programme of this name, or in this file."""
    if name.endswith(".py"):
        try:
            found = runpy.run_path(name)
        except Exception as error:
            raise PolicyError(f"{Path(name).name}: cannot be run: {type(error).__name__}: {error}") from error
    else:
        found = vars(importlib.import_module(f"ladsim.programs.{name}"))
    numbers = found.get("NUMBERS", ())
    hooks = {hook: found[hook] for hook in HOOKS if hook in found}
    return Kind(
        name=name,
        numbers=tuple(numbers),
        defaults=dict(numbers) if isinstance(numbers, Mapping) else {},
        memory=found.get("memory", _nothing),
        is_manual=bool(found.get("MANUAL", False)),
        is_in_money=bool(found.get("IN_MONEY", False)),
        hooks={name: int(function.address) for name, function in hooks.items()},
        kept=tuple(hooks.values()),
    )
