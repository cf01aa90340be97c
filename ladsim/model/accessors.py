"""Accessors: how rules reach into arrays and rows, a function of one line each, written from what is declared.

::

    _market = Arrays(Rules, State, Accumulators)
    order_rate, set_order_rate = _market.reads("order_rate"), _market.writes("set_order_rate", "order_rate")

gives what one would write by hand:

    def order_rate(m, what, group, r):
        return load(m.at_order_rate, (what * m.groups + group) * m.rungs + r)

What another record points to is reached through the accessor of that record, whose arguments come first:

    _plan = Arrays(PlanArrays, through=plan)
    size = _plan.reads("size", "sizes")

    def size(m, number, place):
        return load(plan(m).at_sizes, number * plan(m).width + place)

The axes' order is that of the declaration; an axis with one place needs no argument. A function stands, to a debugger, a profiler and a
compiler's cache, in the line that asks for it. ``load`` and its like come from ``model.memory``.
"""

from __future__ import annotations

import sys
from functools import cache
from inspect import signature
from typing import Any

import numpy as np

from ladsim.compiled import inline
from ladsim.model.arrays import AXES, arrays_of
from ladsim.model.memory import number_at, record_at
from ladsim.model.row import FIRST, PARTS

_CAST = {"f8": "np.float64({})", "u1": "np.uint8({})", "u2": "np.uint16({})"}
_number_at, _record_at = cache(number_at), cache(record_at)


class Arrays:
    """Accessors of the arrays that the market's record points to, or the one that `through` reaches."""

    sized = True  # a place counts records or numbers, not bytes

    def __init__(self, *bundles: type, through: Any = None) -> None:
        self.arrays, self.through = arrays_of(*bundles), through
        self.given = list(signature(through).parameters) if through else ["m"]
        self.holder = f"_through({', '.join(self.given)})" if through else "m"

    def reads(self, name: str, of: str = "", each: str = "") -> Any:
        """The accessor `name` of what is called `of` (the same, if that is empty): the record, or the number, there.

        `each`: what accessors call a place in a record whose fields are of one kind, to be read number by number.
        """
        kind, arguments, place, what = self._where(of or name, each)
        reach = _record_at(kind, self.sized) if kind.names else self._numbers(kind)[0]
        return self._written(name, f"({arguments}): return _reach({place})", reach, what, of or name, "reads")

    def writes(self, name: str, of: str, each: str = "") -> Any:
        """The accessor that sets a number."""
        kind, arguments, place, what = self._where(of, each)
        value = _CAST.get(kind.str[1:], "{}").format("value")
        rest = f"({arguments}, value): _reach({place}, {value})"
        return self._written(name, rest, self._numbers(kind)[1], f"set {what}", of, "writes")

    def adds(self, name: str, of: str, amount: int | None = None) -> Any:
        """The accessor that adds to a number: always this amount, or what it is called with."""
        kind, arguments, place, what = self._where(of)
        last, added = (", amount", "amount") if amount is None else ("", str(amount))
        rest = f"({arguments}{last}): _reach({place}, {added})"
        return self._written(name, rest, self._numbers(kind)[2], f"add to {what}", of, "adds")

    def _numbers(self, kind: np.dtype[Any]) -> Any:
        return _number_at(kind.str[1:], self.sized)

    def _where(self, name: str, each: str = "") -> tuple[np.dtype[Any], str, str, str]:
        """Its kind, the arguments that say which one, address and place in the rules' words, and what it is."""
        array = self.arrays[name]
        kind, arguments, place = array.kind, list(self.given), ""
        along = [self._along(axis) for axis in array.axes if isinstance(axis, str) or len(axis) > 1]
        if each:
            (kind,) = {array.kind[field] for field in array.kind.names or ()}
            along.append((each, str(len(array.kind.names or ()))))
        for argument, length in along:
            arguments.append(argument)
            place = f"{_bracketed(place)} * {length} + {argument}" if place else argument
        return kind, ", ".join(arguments), f"{self.holder}.at_{name}, {place or 0}", array.what

    def _along(self, axis: str | tuple[str, ...]) -> tuple[str, str]:
        """What a place on an axis is called, and how long it is in the rules' words."""
        if isinstance(axis, tuple):
            return "what", str(len(axis))
        known = AXES[axis]
        length = f"{'m' if known.said_by == 'market' else self.holder}.{known.length}"
        return known.argument, f"({length} + {known.more})" if known.more else length

    def _written(self, name: str, rest: str, reach: Any, what: str, of: str, does: str) -> Any:
        """The function ``def name…``, marked as one to be written into whoever calls it, in the line of the module that asks for it."""
        line = sys._getframe(2)
        names = {"__name__": line.f_globals["__name__"], "np": np, "_reach": reach, "_through": self.through}
        exec(compile("\n" * (line.f_lineno - 1) + f"def {name}{rest}", line.f_code.co_filename, "exec"), names)
        names[name].__doc__ = f"{what[0].upper()}{what[1:]}."
        names[name].accessor_of = (self, of, does)  # for who wants to know which functions reach an array
        return inline(names[name])


class Row(Arrays):
    """Accessors of the parts of a customer's row."""

    sized = False

    def __init__(self) -> None:
        super().__init__()

    def _where(self, name: str, each: str = "") -> tuple[np.dtype[Any], str, str, str]:
        del each
        part = PARTS[name]
        place = "row * m.stride" + ("" if name == FIRST else f" + m.part_{name}")
        if not part.each:
            return part.kind, "m, row", f"m.at_rows, {place}", part.what
        return part.kind, f"m, row, {part.each}", f"m.at_rows, {place} + {part.kind.itemsize} * {part.each}", part.what


def _bracketed(place: str) -> str:
    return f"({place})" if " " in place else place
