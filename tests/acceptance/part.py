"""A part of the acceptance tests: numbered units, and what they must show together.

In: the number of a unit and a seed. Out: a row of plain values (what JSON can hold). A unit knows nothing of the others, so units can
be played in any order, in any process, today or tomorrow. ``summary`` turns all rows into lines, each with a figure, the bound that
it must keep and whether it does.

A unit that finds something wrong raises; that is a failed line of the table, and its scenario is written to a file.

To add a part: a file under ``parts/`` with a ``Part``, and a line in ``parts/__init__.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """Which unit, of which luck, and whether it is one of the small size."""

    number: int
    seed: int
    small: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a table: what is asked, what was found, what it must keep to."""

    what: str
    figure: str
    bound: str
    passed: bool


@dataclass(frozen=True)
class Part:
    """One part: what it shows, how much of it there is, how a unit is played, what all of them show."""

    name: str
    title: str
    shows: str  # a sentence for the table
    rests_on: tuple[str, ...]  # files and folders, from the repository's, whose content decides the results
    full: int  # units
    small: int
    play: Callable[[Unit], Row]
    summary: Callable[[Sequence[Row]], list[Line]]
    material: Callable[[Unit], str] = field(
        default=lambda unit: ""
    )  # the scenario of a unit as a file, where it has one of its own
    error_means: str = "units that raised an error"
    again: Callable[[Row], bool] = field(default=lambda row: False)  # whether --retry plays a unit with this row again, too
    processes: int | None = None  # None: as many as asked for; else what its units leave room for
    most_seconds: float = 1200.0  # of a unit, compiling included: one that takes longer is ended, and fails

    def units(self, small: bool) -> int:
        """How many units there are at a size."""
        return self.small if small else self.full


def at_least(what: str, number: int, bound: int) -> Line:
    """A line that asks for at least so many: that a load was one."""
    return Line(what, f"{number:,}", f"at least {bound:,}", number >= bound)
