"""How an array of a running market is declared: once, in the bundle that holds it (``model.layout``; the plan's: ``model.plan_layout``).

::

    order_rate: Any = table("f8", NOW_BEFORE, "groups", "rungs", what="orders a unit of time")

From the declaration follow the field of a record that says where the array lies (``pointers``), its shape (``empty``), what is checked
when the record is bound to it (``point``), the functions by which rules reach into it (``model.accessors``), which books
threads add up, and its line in the documentation. An axis is a name of ``AXES``, or the names of what stands along it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from ladsim.hosts.block import Block

B = TypeVar("B")


@dataclass(frozen=True)
class Axis:
    """What stands along an axis: how accessors call a place on it, and how long it is."""

    argument: str
    what: str
    length: str = ""  # field of a record that says how long it is; none where nothing but the first axis runs along it
    more: int = 0  # by how much it is longer than that
    said_by: str = "market"  # whose record that is


AXES = {
    "months": Axis("month", "months of the run, and the start"),
    "days": Axis("day", "days of the run, and the start"),
    "customers": Axis("row", "customers", "customers"),
    "customers and the end": Axis("row", "customers, and behind them one more", "customers", 1),
    "ties": Axis("place", "ties of a layer, customer by customer"),
    "rungs": Axis("r", "rungs", "rungs"),
    "rungs or none": Axis("r", "rungs, and behind them none of them", "rungs", 1),
    "steps": Axis("s", "steps, by rung left, trigger, place in the file", "steps"),
    "flows": Axis("flow", "steps, then arrivals", "flows"),
    "segments": Axis("segment", "segments", "segments"),
    "groups": Axis("group", "segments × as whom the firm sees a customer", "groups"),
    "layers": Axis("number", "layers of word of mouth", "layers"),
    "kinds": Axis("k", "kinds of order", "kinds"),
    "causes": Axis("cause", "causes of money", "causes"),
    "cohorts": Axis("cohort", "months of becoming a customer, 0 for from the start", "cohorts"),
    "programs": Axis("place", "programmes", "programs"),
    "payments": Axis("slot", "what is paid in advance: clubs' fees, then the parts of a contract", "payments"),
    "numbers": Axis("which", "numbers that the scenario gives a programme"),
    "levels": Axis("level", "levels of all programmes; a programme's first is that of who is no member", "all_levels"),
    "beliefs": Axis("place", "different shares of customers whose rung is not known, ascending"),
    "clocks": Axis("column", "clocks of a row"),
    "ticks": Axis("tick", "ticks, and what comes after the horizon", "ticks", 1),
    "bytes": Axis("byte", "bytes, row by row"),
    "blocks": Axis("block", "blocks of customers", "blocks"),
    "places": Axis("n", "messages to be delivered by a thread", "places"),
    "lines": Axis("place", "places for each thread and for all"),
    "log": Axis("place", "rows of the log that wait to be collected", "log_size"),
    "queued_messages": Axis("place", "messages that wait to be delivered, piece by piece"),
    "pieces": Axis("piece", "pieces of the room for messages", "pieces_size"),
    "dates": Axis("number", "when the plan acts by itself, ascending, 0 included", "dates", said_by="plan"),
    "accounts": Axis("number", "fixed costs, then campaigns, then programmes"),
    "campaigns": Axis("place", "campaigns with dates", "campaigns", said_by="plan"),
    "effects": Axis("number", "effects in the order in which they are multiplied, and room for those of policies"),
    "rungs or steps": Axis("place", "rungs or steps, whichever are more", "width", said_by="plan"),
    "reaches": Axis("reach", "campaigns, then policies' effects"),
    "bookings": Axis("place", "bookings that wait to be collected"),
}


@dataclass(frozen=True)
class Array:
    """A declared array."""

    kind: np.dtype[Any]
    axes: tuple[str | tuple[str, ...], ...]
    what: str
    by: str  # who writes it once the run has begun; "": nobody
    sort: str = "table"  # "count" in a month or day, "change" in a month of what stands at its end, "buffer", or "table"
    empty_where: str = ""  # where it has no room at all

    @property
    def is_summed(self) -> bool:
        """Whether threads add it up: each counts in books of its own."""
        return self.sort in ("count", "change")


def table(kind: Any, *axes: str | tuple[str, ...], what: str, by: str = "", empty_where: str = "") -> Any:
    """Declare an array of a kind."""
    return field(metadata={"array": Array(np.dtype(kind), axes, what, by, "table", empty_where)})


def count(*axes: str | tuple[str, ...], what: str) -> Any:
    """Declare a book of what happens in each month (or day)."""
    return field(metadata={"array": Array(np.dtype("i8"), axes, what, "rules", "count")})


def change(*axes: str | tuple[str, ...], what: str, empty_where: str = "") -> Any:
    """Declare a book of what stands at each month's end, as its change in the month."""
    return field(metadata={"array": Array(np.dtype("i8"), axes, what, "rules", "change", empty_where)})


def buffer(kind: Any, *axes: str, what: str) -> Any:
    """Declare room that every thread has of its own, and uses again."""
    return field(metadata={"array": Array(np.dtype(kind), axes, what, "rules", "buffer")})


def arrays_of(*bundles: type) -> dict[str, Array]:
    """The arrays that bundles declare, by name. What is no array is no part of it."""
    return {part.name: part.metadata["array"] for bundle in bundles for part in fields(bundle) if "array" in part.metadata}


def pointers(*bundles: type) -> list[tuple[str, str]]:
    """Fields of a record: where each array lies."""
    return [(f"at_{name}", "u8") for name in arrays_of(*bundles)]


def lengths_said_by(record: str) -> list[tuple[str, str]]:
    """Fields of a record: how long the axes are that rules reckon with."""
    return [(name, "i8") for name in dict.fromkeys(a.length for a in AXES.values() if a.length and a.said_by == record)]


def shape(array: Array, lengths: Mapping[str, int]) -> tuple[int, ...]:
    """The shape of an array, by the lengths of its axes."""
    return tuple(len(axis) if isinstance(axis, tuple) else lengths[axis] for axis in array.axes)


def empty(bundle: type[B], block: Block, lengths: Mapping[str, int], **given: Any) -> B:
    """A bundle of what is given, and zeros for every other array."""
    made = {name: block.zeros(shape(a, lengths), a.kind) for name, a in arrays_of(bundle).items() if name not in given}
    return bundle(**made, **given)


def point(
    record: Any, block: Block, declared: Mapping[str, Array], arrays: Mapping[str, Any], known: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Let a record say where arrays lie, and how long their axes are, as far as that is its to say.

    `known`: how long axes are by arrays of other records. Gives the lengths of all axes so far. Raises TypeError where an array is not
    what was declared.
    """
    lengths = dict(known or {})
    for name, array in arrays.items():
        _fit(name, declared[name], array, lengths)
        record[f"at_{name}"] = block.address(array)
    for axis, length in lengths.items():
        if AXES[axis].length in record.dtype.names:
            record[AXES[axis].length] = length - AXES[axis].more
    return lengths


def _fit(name: str, declared: Array, array: Any, lengths: dict[str, int]) -> None:
    """Check an array against its declaration, and against the axes that others have measured; note those that it is the first on."""
    if not array.flags.c_contiguous or array.dtype != declared.kind or array.ndim != len(declared.axes):
        wanted = f"a contiguous array of {declared.kind} with {len(declared.axes)} axes"
        raise TypeError(f"{name}: found {array.dtype} {array.shape} {array.flags}, must be {wanted}")
    if declared.empty_where and not array.size:
        return
    for axis, size in zip(declared.axes, array.shape, strict=True):
        length = len(axis) if isinstance(axis, tuple) else lengths.setdefault(axis, size)
        if size != length:
            raise TypeError(f"{name}: found {size} along {axis}, must be {length}")
