"""Killers: tests and recorded scenarios that reach a function, those first that reach most of its lines in the least time.

In: a function by file and name. Out: ids. ``killers.json.xz`` holds what ``measure`` found: for each function its killers in order, and
the seconds of processor time each takes alone in plain mode. An id is that of a test (``tests/model/test_levers.py::test_…``) or a
recorded scenario's (``generated 17``).
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("killers.json.xz")
MODULE = "<module>"  # the name of what stands outside of functions
AT_MOST = 25.0  # seconds of processor time for all killers of a mutant, each alone
_TIMES = 6  # that each line should be reached, by different killers
_MOST = 40  # killers of a function
_START = 0.1  # seconds that any killer costs beside its own

Function = tuple[str, str]  # file, from the package's folder, and name: ("model/hazards.py", "wait")


@dataclass(frozen=True)
class Measured:
    """A killer that passes: its time, and the lines it reaches by function."""

    name: str
    seconds: float
    lines: Mapping[Function, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Killers:
    """All that is known of killers."""

    seconds: Mapping[str, float]
    of: Mapping[Function, Sequence[str]]

    def for_function(self, function: Function) -> list[str]:
        """The killers of a function, in the order in which they are to be tried; of what stands outside, those of the whole file."""
        if found := self.of.get(function):
            return list(found)
        file, name = function
        inside = [list(ids) for (other, inner), ids in self.of.items() if other == file and inner.startswith(f"{name}.")]
        every = inside or [list(ids) for (other, _), ids in self.of.items() if other == file]
        return self._within(_by_turns(every)) if name == MODULE or inside else []

    def _within(self, names: Iterable[str]) -> list[str]:
        """As many of them as there is time for."""
        chosen, left = [], AT_MOST
        for name in names:
            if self.seconds[name] <= left and len(chosen) < _MOST:
                chosen.append(name)
                left -= self.seconds[name]
        return chosen


def _by_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, each once."""
    longest = max(map(len, lists), default=0)
    return list(dict.fromkeys(names[place] for place in range(longest) for names in lists if place < len(names)))


@cache
def stored(path: Path = FILE) -> Killers:
    """What is kept as data."""
    said = json.loads(lzma.decompress(path.read_bytes()))
    names = list(said["seconds"])
    of = {(file, name): [names[n] for n in ids] for file, inner in said["of"].items() for name, ids in inner.items()}
    return Killers(said["seconds"], of)


def chosen(measured: Sequence[Measured]) -> Killers:
    """For each function the killers that together reach each of its lines several times, in the least time."""
    reached: dict[Function, list[Measured]] = {}
    for one in measured:
        for function in one.lines:
            reached.setdefault(function, []).append(one)
    of = {function: _of(function, those) for function, those in sorted(reached.items())}
    used = {name for names in of.values() for name in names}
    return Killers({one.name: one.seconds for one in measured if one.name in used}, of)


def _of(function: Function, those: Sequence[Measured]) -> list[str]:
    """Again and again the one that reaches most of what is still wanted for its time; tests of the function's own folder come sooner."""
    own = f"tests/{function[0].partition('/')[0]}/"
    cost = {one.name: (one.seconds + _START) / (3.0 if one.name.startswith((own, "ladsim/")) else 1.0) for one in those}
    wanted = dict.fromkeys(frozenset().union(*(one.lines[function] for one in those)), _TIMES)
    left, names, within = list(those), [], AT_MOST
    while left and len(names) < _MOST:
        gain = {one.name: sum(wanted[line] > 0 for line in one.lines[function]) for one in left}
        best = max(left, key=lambda one: (gain[one.name] / cost[one.name], one.name))
        if not gain[best.name]:
            break
        left.remove(best)
        if best.seconds > within:
            continue
        names.append(best.name)
        within -= best.seconds
        for line in best.lines[function]:
            wanted[line] -= 1
    return names


def write(killers: Killers, path: Path = FILE) -> None:
    """Keep them as data."""
    place = {name: number for number, name in enumerate(killers.seconds)}
    of: dict[str, dict[str, list[int]]] = {}
    for (file, name), names in killers.of.items():
        of.setdefault(file, {})[name] = [place[one] for one in names]
    text = json.dumps({"seconds": killers.seconds, "of": of}, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
