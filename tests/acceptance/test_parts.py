"""The parts of the acceptance tests: a unit is fixed by its number, lines can fail, pages and fingerprints say what is."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance import table
from tests.acceptance.broken import CHANGES, broken
from tests.acceptance.part import Row, Unit
from tests.acceptance.parts import PARTS, closed_forms, coverage, hostile, large, ledger
from tests.acceptance.rules import ROOT, TABLES, commit, fingerprint
from tests.hostile.cases import CASES

QUICK = {
    "engines": 0, "laws": 0, "closed_forms": list(closed_forms.NAMES).index("race"), "coverage": 2, "promises": 0, "looking": 0,
    "hostile": 1, "large": 0,
    "same": 0, "mutants": 6, "hosts": 3, "ledger": ledger.SMALL - 1,
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_unit_is_fixed_by_its_number(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is plain values, and the same whatever was played before; what takes time and memory aside."""
    monkeypatch.setattr(large, "SMALL", 2_000)
    part, unit = PARTS[name], Unit(QUICK[name], 1, small=True)
    first = part.play(unit)
    assert json.loads(json.dumps(first)) == first
    assert part.material(unit) == part.material(unit)
    part.material(Unit(5, 1))
    again = part.play(unit)
    measured = {"seconds", "graph", "run", "megabytes"}
    assert {key: value for key, value in first.items() if key not in measured} == {
        key: value for key, value in again.items() if key not in measured
    }


@pytest.mark.parametrize("name", ["engines", "laws", "hostile"])
def test_units_differ(name: str) -> None:
    """Other numbers and other seeds give other scenarios."""
    assert len({PARTS[name].material(Unit(number, seed)) for number in range(5) for seed in (1, 2)}) == 10


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_whole(name: str) -> None:
    """It has a page that the index lists, its sources are there, and its small size is a thirtieth to a fiftieth (or the same units, smaller)."""
    part = PARTS[name]
    assert part.name == name
    assert (ROOT / TABLES / f"{name}.md").is_file()
    assert f"\n{name}\n" in (ROOT / TABLES / "index.md").read_text(encoding="utf-8")
    assert len(fingerprint(part.rests_on)) == 16
    assert f"tests/acceptance/parts/{name}.py" in part.rests_on
    assert part.full == part.small or 30 <= part.full / part.small <= 55


def form_rows(shift: float) -> list[Row]:
    """Rows of the race, whose futures lie around a point so many standard deviations off the formula."""
    values = closed_forms.ALL["race"].expected().size
    away = 0.01 * (np.array([1.0, -1.0] * 15) + shift)
    sums = {"sum": [float(away.sum())] * values, "squares": [float((away**2).sum())] * values}
    return [{"form": "race", "futures": 30, "customers": 150_000, **sums}] * 4


def test_closed_forms_can_fail() -> None:
    """Four standard errors of 120 futures are .37 standard deviations."""
    (right,), (wrong,) = closed_forms.summary(form_rows(0.33)), closed_forms.summary(form_rows(0.40))
    assert right.passed and "120 futures" in right.what
    assert not wrong.passed


def comparison_rows(width: float, said: float) -> list[Row]:
    """Studies of strategies equal in law with intervals so wide, that say so much of the one they call best."""
    luck = random.Random(1)
    rows = []
    for _ in range(400):
        mean = luck.gauss(0.0, 1.0)
        best = "north" if mean > 0 else "south"
        own = {"difference": [mean - width, mean, mean + width], "best": best, "said_of_best": said + luck.gauss(0.0, 0.01)}
        rows.append({"market": "certain", "pair": "equal in law", **own, "chance": [0.3, 0.5 + 0.01 * mean, 0.7], "wins": 0.5})
    return rows


def failed(rows: list[Row]) -> list[str]:
    """What of the lines fails."""
    return [line.what.split(": ", 1)[1] for line in coverage.summary(rows) if not line.passed]


def test_coverage_can_fail() -> None:
    """Intervals of 1.96 standard errors pass, those of 1.5 do not; nor does what says .6 of a coin that it has called best."""
    assert failed(comparison_rows(1.96, 0.5)) == []
    assert failed(comparison_rows(1.5, 0.5)) == ["95 % interval of the difference", "a winner is named"]
    assert failed(comparison_rows(1.96, 0.6)) == ["chance of being best, of the one called best, said − true"]


def target_rows(commit_at: float) -> list[Row]:
    """Studies of 40 futures, normal with mean 100 and sd 10, that promise one number."""
    luck = random.Random(2)
    numbers = {"commit": commit_at, "expect": 100.0, "stretch": 108.4, "at_least": True}
    return [
        {
            "market": "certain",
            "pair": "targets",
            "rungs": {"fan": numbers | {"came": [luck.gauss(100.0, 10.0) for _ in range(40)]}},
        }
        for _ in range(100)
    ]


def test_targets_can_fail() -> None:
    """A commit number at the 20 % quantile (91.6) passes; one at the 30 % quantile (94.8), met in 70 % of futures, does not."""
    assert failed(target_rows(91.6)) == []
    assert failed(target_rows(94.8)) == ["commit of fan is met"]


def test_sums_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody lost, an amount not booked, other books by two threads: each is a line that fails."""
    monkeypatch.setattr(large, "SMALL", 2_000)
    monkeypatch.setattr(large, "peak_megabytes", lambda: 300.0)  # this process has played other tests before
    rows = [large.play(Unit(number, 1, small=True)) for number in (0, 1)]
    assert all(line.passed for line in large.summary(rows))
    for change in ({"lost": 1}, {"unbooked": 2}, {"history": "other"}, {"megabytes": 1e6}, {"graph": 3600.0}):
        assert sum(not line.passed for line in large.summary([rows[0] | change, rows[1]])) == 1, change


def test_what_is_not_in_words_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the program's own, and silence, are found."""
    import ladsim.scenario.load as loader

    def broken_program(path: object, trust: bool = False) -> None:
        raise KeyError("rungs")

    monkeypatch.setattr(loader, "load", broken_program)
    with pytest.raises(KeyError):
        hostile.play(Unit(0, 1))


def test_hostile_cases_are_units_of_their_own() -> None:
    """Each is one unit of the small size, too; a command that says too much, or that is no command, fails."""
    names = [hostile.material(Unit(hostile.FIRST_CASE + place, 1)) for place in range(len(CASES))]
    assert names == sorted(CASES) and hostile.FIRST_CASE + len(CASES) <= hostile.PART.small
    place = names.index("a manifest that is a list")
    row = hostile.play(Unit(hostile.FIRST_CASE + place, 1))
    assert row["case"] == names[place] and row["refused"]
    assert not hostile.summary([row])[0].passed, "one case is not all of them"


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_changes(name: str) -> None:
    """Each way to break a file does so, most of the time, whatever is left of it; also of an empty one."""
    lines = ['name = "x"', "months = 12", "[[rungs]]", 'name = "lead"', "share = 1.0"]
    changed = [CHANGES[name](list(lines), random.Random(seed)) for seed in range(20)]
    assert sum(other != lines for other in changed) >= 14
    assert isinstance(CHANGES[name]([""], random.Random(1)), list)


def test_broken_names_what_it_did() -> None:
    """One to four changes of those in the table, and bytes now and then."""
    found = [broken("a = 1\nb = 2\n", random.Random(seed))[0] for seed in range(200)]
    names = {name for one in found for name in one}
    assert names == {*CHANGES, "bytes"}
    assert {len([name for name in one if name != "bytes"]) for one in found} == {1, 2, 3, 4}


def test_fingerprint(tmp_path: Path) -> None:
    """Comments, docstrings, empty lines and line ends do not count; code, texts and scenarios do."""
    (tmp_path / "rules").mkdir()
    code, text = tmp_path / "rules" / "a.py", tmp_path / "rules" / "b.toml"

    def of(python: str, toml: str = "a = 1\n") -> str:
        code.write_bytes(python.encode())
        text.write_text(toml, encoding="utf-8")
        return fingerprint(["rules"], tmp_path)

    plain = of('def f():\n    return "# 1"\n')
    assert of('"""What."""\n\n# why\ndef f():\n    """How."""\n\n    return "# 1"  # so\n') == plain
    assert of('def f():\r\n    return "# 1"\r\n') == plain
    assert of('def f():\n    return "# 2"\n') != plain
    assert of('def f():\n    return "# 1"\n', "a = 2\n") != plain
    assert of('def f():\n    return "# 1"\n') == plain
    code.rename(code.with_name("c.py"))
    assert fingerprint(["rules"], tmp_path) != plain
    with pytest.raises(FileNotFoundError, match="missing"):
        fingerprint(["missing"], tmp_path)


def test_commit(tmp_path: Path) -> None:
    """A change that is not committed is said, but for a table; without git nothing is known."""

    def git(*words: str) -> None:
        names = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *names, *words], cwd=tmp_path, check=True, capture_output=True)

    assert str(commit(tmp_path)) == "no commit known"
    git("init")
    (tmp_path / "a").write_text("1")
    git("add", "a")
    git("commit", "-m", "a")
    assert len(commit(tmp_path).name) == 12 and not commit(tmp_path).changed
    (tmp_path / TABLES).mkdir(parents=True)
    (tmp_path / TABLES / "engines.md").write_text("")
    assert not commit(tmp_path).changed
    (tmp_path / "a").write_text("2")
    assert str(commit(tmp_path)).endswith(", with changes not committed")


def test_cells_stay_in_their_row() -> None:
    """What an error says cannot break the table."""
    assert table._cell("a | b\n<script>") == "a \\| b &lt;script>"
    assert table._cell(table._code("`a` | b\n<script>")) == "`'a' \\| b <script>`"
