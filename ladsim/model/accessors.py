"""Accessors: how rules reach into arrays and rows, a function of one line each, written from what is declared.

::

    _market = Arrays(Rules, State, Books)
    order_rate, set_order_rate = _market.reads("order_rate"), _market.writes("set_order_rate", "order_rate")

gives what one would write by hand:

    def order_rate(m, what, group, r):
        return load(m.at_order_rate, (what * m.groups + group) * m.rungs + r)

The axes' order is that of the declaration. A function stands, to a debugger, a profiler and a compiler's cache, in the line that asks for
it. ``load`` and its like come from ``model.memory``.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np

from ladsim.compiled import inline
from ladsim.model.arrays import AXES, Axis, arrays_of
from ladsim.model.memory import number_at, record_at
from ladsim.model.row import FIRST, PARTS

_CAST = {"f8": "np.float64({})", "u1": "np.uint8({})", "u2": "np.uint16({})"}
_number_at, _record_at = cache(number_at), cache(record_at)


class Arrays:
    """Accessors of the arrays that the market's record points to."""

    sized = True  # a place counts records or numbers, not bytes

    def __init__(self, *bundles: type) -> None:
        self.arrays = arrays_of(*bundles)

    def reads(self, name: str, of: str = "") -> Any:
        """The accessor `name` of what is called `of` (the same, if that is empty): the record, or the number, there."""
        kind, arguments, place, what = self._where(of or name)
        reach = _record_at(kind, self.sized) if kind.names else self._numbers(kind)[0]
        return _written(name, f"(m{arguments}): return reach({place})", reach, what, (self, of or name, "reads"))

    def writes(self, name: str, of: str) -> Any:
        """The accessor that sets a number."""
        kind, arguments, place, what = self._where(of)
        value = _CAST.get(kind.str[1:], "{}").format("value")
        return _written(
            name, f"(m{arguments}, value): reach({place}, {value})", self._numbers(kind)[1], f"set {what}", (self, of, "writes")
        )

    def adds(self, name: str, of: str, amount: int | None = None) -> Any:
        """The accessor that adds to a number: always this amount, or what it is called with."""
        kind, arguments, place, what = self._where(of)
        last, added = (", amount", "amount") if amount is None else ("", str(amount))
        return _written(
            name, f"(m{arguments}{last}): reach({place}, {added})", self._numbers(kind)[2], f"add to {what}", (self, of, "adds")
        )

    def _numbers(self, kind: np.dtype[Any]) -> Any:
        return _number_at(kind.str[1:], self.sized)

    def _where(self, name: str) -> tuple[np.dtype[Any], str, str, str]:
        """Its kind, the arguments that say which one, address and place in the rules' words, and what it is."""
        array = self.arrays[name]
        arguments = place = ""
        for axis in array.axes:
            argument, length = ("what", str(len(axis))) if isinstance(axis, tuple) else (AXES[axis].argument, _length(AXES[axis]))
            arguments += f", {argument}"
            place = f"{_bracketed(place)} * {length} + {argument}" if place else argument
        return array.kind, arguments, f"m.at_{name}, {place}", array.what


class Row(Arrays):
    """Accessors of the parts of a customer's row."""

    sized = False

    def __init__(self) -> None:
        super().__init__()

    def _where(self, name: str) -> tuple[np.dtype[Any], str, str, str]:
        part = PARTS[name]
        place = "row * m.stride" + ("" if name == FIRST else f" + m.part_{name}")
        if not part.each:
            return part.kind, ", row", f"m.at_rows, {place}", part.what
        return part.kind, f", row, {part.each}", f"m.at_rows, {place} + {part.kind.itemsize} * {part.each}", part.what


def _length(axis: Axis) -> str:
    return f"(m.{axis.length} + {axis.more})" if axis.more else f"m.{axis.length}"


def _bracketed(place: str) -> str:
    return f"({place})" if " " in place else place


def _written(name: str, rest: str, reach: Any, what: str, of: tuple[Arrays, str, str]) -> Any:
    """The function ``def name…``, marked as one to be written into whoever calls it, in the line of the module that asks for it."""
    line = sys._getframe(2)
    names = {"__name__": line.f_globals["__name__"], "np": np, "reach": reach}
    exec(compile("\n" * (line.f_lineno - 1) + f"def {name}{rest}", line.f_code.co_filename, "exec"), names)
    names[name].__doc__ = f"{what[0].upper()}{what[1:]}."
    names[name].accessor_of = of  # for who wants to know which functions reach an array
    return inline(names[name])
