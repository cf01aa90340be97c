"""Mutants: what is changed and what is not, names that stay, killers in order, and how a mutant ends."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.mutants import judge, killers, measure, tried, verdicts
from tests.acceptance.mutants.hosts import FOLDERS, HOSTS, MODULE, PACKAGE, environment, host_of
from tests.acceptance.mutants.killers import Killers, Measured, chosen, renamed, stored
from tests.acceptance.mutants.mutate import NO_RESULT, SPEED, Mutant, drawn, mutants, mutated
from tests.acceptance.part import Row, Unit
from tests.acceptance.parts import mutants as part
from tests.acceptance.rules import ROOT
from tests.baselines.stored import KINDS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
SOURCE = '''
"""What it is."""
from typing import Any

__all__ = ["wait"]
Row = dict[str, Any]
Found = int | None
MOST = 3


@rule
def wait(m, row: "int", share=0.5) -> float:
    """How long."""
    share -= 1
    fetch(m.at, 7)
    if share < MOST and not m.still:
        share = -share
    look(m, row)
    return share * 2 + row


class Shop:
    """A shop."""

    def is_open(self, at: int) -> bool:
        """Whether."""
        if at in self.closed:
            raise ValueError(f"closed at {at:d}")
        return self.open(at) is not None
'''
CHANGES = {
    "<module> constant 1": "3 → 4",
    "wait constant 1": "0.5 → 1.5",
    "wait arithmetic 1": "share -= 1 → share += 1",
    "wait statement 1": "share -= 1 → nothing",
    "wait constant 2": "1 → 2",
    "wait boolean 1": "share < MOST and (not m.still) → not (share < MOST and (not m.still))",
    "wait boolean 2": "share < MOST and (not m.still) → share < MOST or not m.still",
    "wait comparison 1": "share < MOST → share <= MOST",
    "wait boolean 3": "not m.still → m.still",
    "wait statement 2": "share = -share → nothing",
    "wait arithmetic 2": "-share → share",
    "wait statement 3": "look(m, row) → nothing",
    "wait arguments 1": "look(m, row) → look(row, m)",
    "wait return 1": "return share * 2 + row → return 0",
    "wait arithmetic 3": "share * 2 + row → share * 2 - row",
    "wait arithmetic 4": "share * 2 → share / 2",
    "wait constant 3": "2 → 3",
    "Shop.is_open comparison 1": "at in self.closed → at not in self.closed",
    "Shop.is_open statement 1": "raise ValueError(f'closed at {at:d}') → nothing",
    "Shop.is_open constant 1": "'closed at ' → 'closed at XX'",
    "Shop.is_open return 1": "return self.open(at) is not None → return not self.open(at) is not None",
    "Shop.is_open comparison 2": "self.open(at) is not None → self.open(at) is None",
}


def test_every_operator() -> None:
    """All changes of a source, in its order; words, types, decorators, imports and what only fetches memory are left alone."""
    found = {one.name.removeprefix("model/shop.py "): one.change for one in mutants("model/shop.py", SOURCE)}
    assert list(found.items()) == list(CHANGES.items())


def test_one_change_at_a_time() -> None:
    """Each mutant is a source that differs from the original in its place alone, and from all others."""
    plain = mutated(SOURCE, mutants("a.py", SOURCE)[0]).replace("MOST = 4", "MOST = 3")
    sources = {mutated(SOURCE, one) for one in mutants("a.py", SOURCE)}
    assert len(sources) == len(CHANGES)
    assert plain not in sources
    for source in sources:
        pairs = zip(plain.splitlines(), source.splitlines(), strict=True)
        assert sum(one != other for one, other in pairs) == 1


def test_names_stay_when_lines_move() -> None:
    """Other functions, lines and comments change no name; another file's mutant is not found."""
    moved = SOURCE.replace("@rule", "def other(a):\n    # why\n    return a + 1\n\n\n@rule", 1)
    names = [one.name for one in mutants("a.py", SOURCE)]
    assert [one.name for one in mutants("a.py", moved) if one.function != "other"] == names
    with pytest.raises(KeyError):
        mutated("a = b\n", mutants("a.py", SOURCE)[0])


def test_what_only_takes_time_is_left_alone() -> None:
    """Each number and function of which no result depends is there, and is not drawn."""
    for folder, names in SPEED.items():
        lines = [line for path in (PACKAGE / folder).glob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]
        for name in names:
            own = [line for line in lines if re.match(rf"{name}\b[^=(]* = ", line)]
            assert own, f"{folder} has no {name}: take it out of SPEED"
            assert mutants("other/a.py", own[0]) and not mutants(f"{folder}/a.py", own[0])
    memory = (PACKAGE / "model" / "memory.py").read_text(encoding="utf-8")
    assert all(f"def {name}" in memory + (PACKAGE / "model" / "access.py").read_text(encoding="utf-8") for name in NO_RESULT)


def test_draws() -> None:
    """Each folder has enough, each once, no operator more than a few more than the others; another seed draws others."""
    units = [part.mutant_of(Unit(number, 1)) for number in range(part.FULL)]
    assert len({one.name for one in units}) == part.FULL
    for folder in FOLDERS:
        those = [one for one in units if one.file.startswith(f"{folder}/")]
        counts = Counter(one.operator for one in those)
        assert len(those) == part.FULL // len(FOLDERS) >= 80
        assert len(counts) == 7 and max(counts.values()) - min(counts.values()) <= 1
    others = {part.mutant_of(Unit(number, 2)).name for number in range(part.FULL)}
    assert len(others & {one.name for one in units}) < part.FULL / 4
    assert sum(map(len, drawn(1).values())) > 10_000


def test_every_drawn_mutant_can_be_read() -> None:
    """Its source is Python, and another than before."""
    for number in range(0, part.FULL, 7):
        one = part.mutant_of(Unit(number, 1))
        source = (PACKAGE / one.file).read_text(encoding="utf-8")
        changed = mutated(source, one)
        compile(changed, one.file, "exec")
        assert changed != source


HERE = ("model/hazards.py", "wait")


def test_the_cheapest_that_reach_most_come_first() -> None:
    """Each line is reached by several killers, where there are; a dear one that reaches nothing more comes last, or not at all."""
    cheap = [Measured(f"generated {n}", 0.2, {HERE: frozenset({1, 2})}) for n in range(50)]
    own = Measured("tests/model/test_a.py::test", 0.2, {HERE: frozenset({1, 2})})
    rare = Measured("tests/laws/test_b.py::test", 5.0, {HERE: frozenset({3})})
    dear = Measured("tests/laws/test_c.py::test", 90.0, {HERE: frozenset({1, 2, 3})})
    found = chosen([*cheap, rare, own, dear])
    assert found.of[HERE][0] == own.name
    assert rare.name in found.of[HERE] and dear.name not in found.of[HERE]
    assert len(found.of[HERE]) == 42  # forty recorded ones for each of two lines, and tests beside them
    assert chosen([own, dear], read=[("model/other.py", "made")]).of[("model/other.py", "made")] == [own.name]
    assert chosen([own], read=[("engine/other.py", "made")]).of[("engine/other.py", "made")] == []
    assert set(found.seconds) == set(found.of[HERE])


def test_killers_of_what_stands_outside() -> None:
    """Of a class or a file those of its functions and the folder's tests, by turns, within the time; of a function not known, none."""
    seconds = {"a": 1.0, "b": 50.0, "c": 10.0, "d": 2.0, "e": 1.0}
    of = {("x/m.py", "f"): ["a", "b"], ("x/m.py", "C.g"): ["d", "c"], ("x/n.py", "h"): ["c"], ("x", MODULE): ["e"]}
    known = Killers(seconds, of)
    assert known.for_function(("x/m.py", MODULE)) == ["a", "d", "e", "b"]
    assert known.for_function(("x/m.py", "C")) == ["d", "e", "c"]
    assert known.for_function(("x/o.py", MODULE)) == ["e"]
    assert known.for_function(("x/m.py", "f")) == ["a", "b"]
    assert known.for_function(("x/m.py", "unknown")) == []


def test_killers_are_kept(tmp_path: Path) -> None:
    """What is written is read again; what is stored names files and scenarios that are there."""
    known = Killers({"generated 1": 0.5}, {HERE: ["generated 1"]})
    killers.write({"plain": known}, tmp_path / "killers.json.xz")
    assert killers.stored.__wrapped__(tmp_path / "killers.json.xz") == {"plain": known}
    counts = {name: len(kind.records()) for name, kind in KINDS.items()}
    for host in HOSTS:
        seconds, of = stored()[host].seconds, stored()[host].of
        for name in seconds:
            if "::" in name:
                assert (ROOT / name.partition("::")[0]).is_file(), name
            else:
                assert int(name.split()[1]) < counts[name.split()[0]]
        assert all(sum(seconds[name] for name in names) <= killers.AT_MOST for names in of.values())
        assert len(of) > 100 and all(host_of(*function) == host for function in of if function[0] not in FOLDERS)


def test_who_plays() -> None:
    """Rules and what stands beside them are played by Python, all else by WebAssembly."""
    plain = [
        ("model/hazards.py", "wait"),
        ("scenario/programs/points.py", MODULE),
        ("engine/kernel.py", "advance"),
        ("engine/kernel.py", MODULE),
    ]
    assert [host_of(*function) for function in plain] == ["plain"] * 4
    others = [
        ("engine/run.py", "simulate"),
        ("engine/market.py", MODULE),
        ("engine/kernel.py", "Fast.run"),
        ("planning/pairs.py", "split"),
    ]
    assert [host_of(*function) for function in others] == ["wasm"] * 4


def test_a_mutant_is_killed_and_the_package_lives() -> None:
    """A rule that gives 0 is noticed; nothing is written into the tree; a function that no killer reaches is said to be such."""
    source = (PACKAGE / "model" / "levers.py").read_text(encoding="utf-8")
    one = next(one for one in mutants("model/levers.py", source) if one.operator == "arithmetic")
    found = tried.tried(one)
    assert found.end == "killed"
    assert found.by in stored()["plain"].for_function((one.file, one.function))
    assert tried.tried(Mutant("model/hazards.py", "nobody", "return", 1, "")).end == "not reached"
    assert tried._lives(("shipped 0",), "wasm")  # the scenarios that it comes with lie beside it


def test_examples_in_docstrings_meet_the_mutant() -> None:
    """Played first, they do not bring the folder's unchanged modules along."""
    source = (PACKAGE / "measures/tidy.py").read_text(encoding="utf-8")
    (one,) = (one for one in mutants("measures/tidy.py", source) if one.name.endswith(" ratio return 1"))
    example, test = (
        "ladsim/measures/price.py::ladsim.measures.price.relative_change",
        "tests/measures/test_summary.py::test_nothing_happened",
    )
    assert tried._played(one, [example, test], "wasm").by == example
    assert tried._played(one, [test], "wasm").by == test


def test_a_killer_that_is_gone_kills_nothing() -> None:
    """A test that is not there, or fails without any change, is an error and no score."""
    assert not tried._lives(("tests/model/test_levers.py::test_of_the_past",), "plain")
    assert tried._said_so("tests/a.py::b", ["tests/a.py::b", "tests/a.py::c"]) == ("tests/a.py::b",)
    assert tried._said_so("tests/a.py", ["generated 1", "tests/a.py::b", "tests/b.py::b"]) == ("tests/a.py::b",)
    assert tried._said_so("pytest (4)", ["generated 1", "tests/a.py::b"]) == ("generated 1", "tests/a.py::b")


def test_every_killer_is_there() -> None:
    """Each test among them stands in its file, each example in its module; one that was renamed is renamed among them, too."""
    tests = {name.partition("[")[0] for killers in stored().values() for name in killers.seconds if "::" in name}
    files: dict[str, set[str]] = {}
    for name in tests:
        file = name.partition("::")[0]
        if file not in files:
            files[file] = {
                found for found, _ in measure.functions(ast.parse((PACKAGE.parent / file).read_text(encoding="utf-8")))
            }
    assert len(files) > 50
    gone = [
        name
        for name in tests
        if not name.startswith("ladsim/") and name.partition("::")[2].replace("::", ".") not in files[name.partition("::")[0]]
    ]
    assert sorted(gone) == []


def test_a_renamed_test_kills_under_its_new_name() -> None:
    """By file or by test, the test's name first; parameters, times and order stay; recorded scenarios are no tests."""
    names = ["tests/a.py::one[x::y]", "tests/a.py::two", "tests/b.py::two", "tests/b.py::two[z]", "generated 7 both"]
    known = Killers({name: float(place) for place, name in enumerate(names)}, {("model/a.py", "f"): names[::-1]})
    new = {"tests/a.py": "tests/c/d.py", "tests/a.py::two": "tests/e.py::three", "tests/b.py::two[z]": "tests/e.py::three"}
    now = ["tests/c/d.py::one[x::y]", "tests/e.py::three", "tests/b.py::two", "generated 7 both"]
    found = renamed(known, new)
    assert found.of == {
        ("model/a.py", "f"): ["generated 7 both", "tests/e.py::three", "tests/b.py::two", "tests/c/d.py::one[x::y]"]
    }
    assert set(found.seconds) == set(now)
    assert found.seconds["tests/c/d.py::one[x::y]"] == 0.0


def test_what_is_gone_is_measured_no_more() -> None:
    """Of what was measured once, recorded scenarios stay, and the tests that there are; a test is a killer where its host looks for some."""
    those = {name: {"name": name} for name in ("generated 7", "tests/model/test_a.py::test", "tests/model/test_a.py::gone")}
    assert list(measure.still_there(those, ["tests/model/test_a.py::test"])) == ["generated 7", "tests/model/test_a.py::test"]
    assert [measure.is_for("tests/planning/test_a.py::test", host) for host in HOSTS] == [False, True]
    assert [measure.is_for("tests/model/test_a.py::test", host) for host in HOSTS] == [True, False]
    assert [measure.is_for("tests/engine/test_a.py::test", host) for host in HOSTS] == [True, True]
    assert [measure.is_for("tests/test_restaurant.py::test", host) for host in HOSTS] == [False, True]


def test_what_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It uses no processor time, and so meets no limit of that; the killer at work is named."""
    monkeypatch.setattr(tried, "_IDLE", 1.0)
    words = [sys.executable, "-c", "import time\nprint('killer: generated 3', flush=True)\ntime.sleep(600)"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
    found = tried._ended(process)
    assert (found.end, found.by) == ("too long", "generated 3")
    assert process.returncode == -signal.SIGKILL


def test_what_never_ends_is_ended() -> None:
    """By its processor time, and the killer at work is named."""
    words = "from tests.acceptance.mutants import judge; judge._limit('generated 3', 0.3)\nwhile True: pass"
    ran = subprocess.run(
        [sys.executable, "-c", words], env=environment([ROOT], "plain"), capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == judge.TOO_LONG
    assert ran.stdout == "killer: generated 3\n"


def rows(count: int, **other: object) -> list[Row]:
    """Rows of mutants that were killed, those of each folder alike."""
    plain = {"operator": "return", "change": "a → b", "end": "killed", "by": "generated 1", "seconds": 1.0}
    return [plain | {"folder": FOLDERS[n % 5], "mutant": f"{FOLDERS[n % 5]}/a.py f return {n}"} | other for n in range(count)]


def failed(those: list[Row]) -> list[str]:
    """What of the lines fails."""
    return [line.what for line in part.summary(those) if not line.passed]


def test_scores_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sixth survivor passes no more; a survivor without a verdict is a line that fails; so are many that took too long."""
    alive, late = rows(600, end="survived"), rows(600, end="too long")
    said = {(row["mutant"], row["change"]): verdicts.Verdict("hole", "nobody asks") for row in alive}
    monkeypatch.setattr(part, "verdicts", lambda: said)
    killed = rows(600)
    assert failed(killed) == []
    assert failed([*killed[:510], *alive[510:]]) == []
    assert failed([*killed[:509], *alive[509:]]) == ["mutants killed"]
    assert failed([row if row["folder"] != "model" or n > 160 else alive[n] for n, row in enumerate(killed)]) == ["of model"]
    assert len(failed([*killed[:530], *late[530:]])) == 1
    assert failed(killed[:390]) == ["mutants of the folder with fewest"]
    said.clear()
    assert failed([*killed[:599], alive[599]]) == ["planning/a.py f return 599: `a → b`"]


def test_survivors_are_played_again() -> None:
    """With --retry."""
    assert part.PART.again(rows(1, end="survived")[0]) and part.PART.again(rows(1, end="not reached")[0])
    assert not part.PART.again(rows(1)[0]) and not part.PART.again(rows(1, end="too long")[0])


def test_verdicts_have_kind_and_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are kept can be read; another kind is refused."""
    assert all(one.kind in verdicts.KINDS and one.why for one in verdicts.verdicts().values())
    file = tmp_path / "verdicts.toml"
    file.write_text('[[verdicts]]\nmutant = "a"\nchange = "b"\nkind = "fine"\nwhy = "so"\n', encoding="utf-8")
    monkeypatch.setattr(verdicts, "FILE", file)
    with pytest.raises(ValueError, match="found kind 'fine'"):
        verdicts.verdicts.__wrapped__()
