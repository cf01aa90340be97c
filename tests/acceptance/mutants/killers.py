"""Killers: tests and recorded scenarios that reach a function, those first that reach most of its lines in the least time.

In: a function by file and name. Out: ids. ``killers.json.xz`` holds what ``measure`` found: for each function its killers in order, and
the seconds of processor time each takes alone in plain mode. An id is that of a test (``tests/model/test_levers.py::test_…``) or a
recorded scenario's (``generated 17``; ``generated 17 both``: by both engines). Each host (``hosts``) has its own.

Where tests were renamed or moved and do the same as before: ``python -m tests.acceptance.mutants.killers OLD NEW OLD NEW …``, each the
name of a file, or of a test in it, with or without its parameters.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.acceptance.mutants.hosts import FOLDERS, MODULE

FILE = Path(__file__).with_name("killers.json.xz")
AT_MOST = 60.0  # seconds of processor time for all killers of a mutant, each alone and watched; unwatched they take half of it
_TIMES = 40  # that each line should be reached by different tests, and by as many recorded scenarios
_MOST = 160  # killers of a function
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
        """The killers of a function, in the order in which they are to be tried.

        Of what stands in a class or outside, those of its functions, else of the file; and the tests of the folder, since no line says
        who asks for it: it is run when the file is read.
        """
        if found := self.of.get(function):
            return list(found)
        file, name = function
        if name != MODULE and not _is_class(name):
            return []
        inside = [ids for (other, inner), ids in self.of.items() if other == file and inner.startswith(f"{name}.")]
        of_file = inside or [ids for (other, _), ids in self.of.items() if other == file]
        return self.within([*of_file, self.of.get((_folder(file), MODULE), [])])

    def within(self, lists: Sequence[Sequence[str]]) -> list[str]:
        """The first of each list, then the second of each, as many as there is time for."""
        chosen, left = [], AT_MOST
        for name in _by_turns(lists):
            if self.seconds[name] <= left and len(chosen) < _MOST:
                chosen.append(name)
                left -= self.seconds[name]
        return chosen


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2].lstrip("_")[:1].isupper()


def _by_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, each once."""
    longest = max(map(len, lists), default=0)
    return list(dict.fromkeys(names[place] for place in range(longest) for names in lists if place < len(names)))


@cache
def stored(path: Path = FILE) -> dict[str, Killers]:
    """What is kept as data, by host."""
    found = {}
    for host, said in json.loads(lzma.decompress(path.read_bytes())).items():
        names = list(said["seconds"])
        of = {(file, name): [names[n] for n in ids] for file, inner in said["of"].items() for name, ids in inner.items()}
        found[host] = Killers(said["seconds"], of)
    return found


def chosen(measured: Sequence[Measured], read: Iterable[Function] = ()) -> Killers:
    """For each function the killers that together reach each of its lines several times, in the least time.

    What is run while files are `read`, any killer meets: those of its folder, by turns. So has each folder, as (folder, MODULE).
    """
    reached: dict[Function, list[Measured]] = {}
    for one in measured:
        for function in one.lines:
            reached.setdefault(function, []).append(one)
    of = {function: _of(function, those) for function, those in sorted(reached.items())}
    seconds = {one.name: one.seconds for one in measured}
    known = Killers(seconds, dict(of))
    for folder in FOLDERS:
        files: dict[str, list[str]] = {}
        for one in sorted(measured, key=lambda one: (one.seconds, one.name)):
            if one.name.startswith(f"tests/{_tests(folder)}/"):
                files.setdefault(_file(one), []).append(one.name)
        of[folder, MODULE] = known.within(
            [*files.values(), *(names for (file, _), names in known.of.items() if _folder(file) == folder)]
        )
    for function in sorted(set(read) - set(of)):
        of[function] = of[_folder(function[0]), MODULE]
    used = {name for names in of.values() for name in names}
    return Killers({name: took for name, took in seconds.items() if name in used}, of)


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _tests(folder: str) -> str:
    """Where the tests of a folder lie."""
    return folder.rpartition("/")[2]


def _of(function: Function, those: Sequence[Measured]) -> list[str]:
    """Tests and recorded scenarios by turns: a test asks for little and knows why, a recorded scenario looks at all that is told."""
    recorded, tests = ([one for one in those if ("::" in one.name) == is_test] for is_test in (False, True))
    chosen_first = _best(function, recorded, AT_MOST / 2)
    left = AT_MOST - sum(one.seconds for one in chosen_first)
    sorts = (_best(function, tests, left), chosen_first)
    return _by_turns([[one.name for one in sort] for sort in sorts])[:_MOST]


def _best(function: Function, those: Sequence[Measured], within: float) -> list[Measured]:
    """Again and again the one that reaches most of what is still wanted for its time, as many as there is time for.

    Tests of the function's own folder come sooner, first of all those of its file, of which some see little of it on purpose (what is
    refused); and the more of a file are chosen, the later its others: they ask for the same.
    """
    folder, _, file = function[0].rpartition("/")
    near = {f"tests/{_tests(folder)}/test_{file}::": 1000.0, f"tests/{_tests(folder)}/": 3.0, "ladsim/": 3.0}
    cost = {
        one.name: (one.seconds + _START) / next((times for place, times in near.items() if one.name.startswith(place)), 1.0)
        for one in those
    }
    wanted = dict.fromkeys(frozenset().union(*(one.lines[function] for one in those)), _TIMES)
    left, found = list(those), []
    files: Counter[str] = Counter()
    while left:
        gain = {one.name: sum(wanted[line] > 0 for line in one.lines[function]) for one in left}
        worth = {one.name: gain[one.name] / cost[one.name] / (1.0 + files[_kind(one)] / 4.0) for one in left}
        best = max(left, key=lambda one: (worth[one.name], one.name))
        if not gain[best.name]:
            break
        left.remove(best)
        if best.seconds > within:
            continue
        found.append(best)
        files[_kind(best)] += 1
        within -= best.seconds
        for line in best.lines[function]:
            wanted[line] -= 1
    return found


def _kind(one: Measured) -> str:
    """What others ask for alike: the tests of its file, and recorded scenarios none."""
    return _file(one) if "::" in one.name else one.name


def _file(one: Measured) -> str:
    return one.name.partition("::")[0].partition(" ")[0]


def renamed(killers: Killers, names: Mapping[str, str]) -> Killers:
    """The same where tests have other names now: `names` holds those of files, of tests (``tests/a.py::test_b``), or of tests with their
    parameters in brackets, old → new. Several may become one.
    """

    def new(name: str) -> str:
        if name in names:
            return names[name]
        test, bracket, rest = name.partition("[")
        file = test.partition("::")[0]
        return (names.get(test) or test.replace(file, names.get(file, file), 1)) + bracket + rest

    of = {function: list(dict.fromkeys(new(name) for name in ids)) for function, ids in killers.of.items()}
    return Killers({new(name): took for name, took in killers.seconds.items()}, of)


def write(by_host: Mapping[str, Killers], path: Path = FILE) -> None:
    """Keep them as data."""
    said = {}
    for host, killers in by_host.items():
        place = {name: number for number, name in enumerate(killers.seconds)}
        of: dict[str, dict[str, list[int]]] = {}
        for (file, name), names in killers.of.items():
            of.setdefault(file, {})[name] = [place[one] for one in names]
        said[host] = {"seconds": killers.seconds, "of": of}
    path.write_bytes(lzma.compress(json.dumps(said, separators=(",", ":")).encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    write({host: renamed(killers, dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))) for host, killers in stored().items()})
