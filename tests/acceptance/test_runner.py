"""The runner of the acceptance tests: what is kept, gone on with, refused and said, also when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.toys import UNITS

ROOT = Path(__file__).resolve().parents[2]
Toys = Callable[..., "subprocess.Popen[str]"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def start(tmp_path: Path) -> Toys:
    """Start ``python -m tests.acceptance.toys WORDS``, its tables and units in the test's folder."""
    (tmp_path / "rules.py").write_text("RULE = 1\n", encoding="utf-8")
    environment = os.environ | {"LADSIM_TOY": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def begin(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.acceptance.toys", *words]
        places = ["--tables", str(tmp_path / "tables"), "--folder", str(tmp_path / "kept")]
        # Ctrl-C may be ignored by who started this.
        return subprocess.Popen(
            [*command, *places], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip

    return begin


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, what it said, what it said of errors."""
    said, wrong = process.communicate(timeout=120)
    return process.returncode, said, wrong


def kept(tmp_path: Path) -> Path:
    """The one file of finished units."""
    (found,) = (tmp_path / "kept").glob("*.jsonl")
    return found


def units(path: Path) -> list[int]:
    """The units of whole lines, as they stand in the file."""
    found = []
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        try:
            found.append(json.loads(line)["unit"])
        except ValueError:
            continue
    return found


def after(tmp_path: Path, number: int) -> Path:
    """Wait until so many units are kept."""
    until = time.perf_counter() + 60
    while time.perf_counter() < until:
        files = list((tmp_path / "kept").glob("*.jsonl"))
        if files and len(units(files[0])) >= number:
            return files[0]
        time.sleep(0.02)
    raise AssertionError("no unit was kept")


def page(tmp_path: Path, part: str) -> str:
    """The table of a part."""
    return (tmp_path / "tables" / f"{part}.md").read_text(encoding="utf-8")


def test_all_is_played_and_a_table_written(start: Toys, tmp_path: Path) -> None:
    """Exit 0; the table has commit, rules, seed, units and a line that passed; a second run plays nothing anew."""
    code, _, wrong = ended(start("even", "--seed", "7"))
    assert (code, wrong) == (0, "")
    text = page(tmp_path, "even")
    for words in (
        "# Toy even",
        "| verdict | **passed** |",
        f"| units | {UNITS} of {UNITS} |",
        "| seed | 7 |",
        "| commit |",
        "| rules | `",
    ):
        assert words in text, words
    assert f"| values | {UNITS} | at least {UNITS} | passed |" in text
    before = kept(tmp_path).read_bytes()
    assert ended(start("even", "--seed", "7"))[0] == 0
    assert kept(tmp_path).read_bytes() == before


def test_goes_on_after_kill(start: Toys, tmp_path: Path) -> None:
    """Killed with SIGKILL, the next run plays what was missing and nothing twice, and gives what an undisturbed one gives."""
    process = start("slow", "--processes", "2")
    path = after(tmp_path, 3)
    process.kill()
    process.communicate(timeout=60)
    before = units(path)
    assert 3 <= len(before) < UNITS
    code, said, _ = ended(start("slow", "--processes", "2"))
    assert code == 0
    assert "goes on" in said
    assert sorted(units(path)) == list(range(UNITS))
    rows = {line["unit"]: line["row"] for line in map(json.loads, path.read_text().splitlines()[1:])}
    assert rows == {number: {"value": 1000 + number} for number in range(UNITS)}


def test_a_torn_line_is_passed_over(start: Toys, tmp_path: Path) -> None:
    """Of a line that a killed process left half-written nothing is taken; its unit is played again."""
    assert ended(start("even"))[0] == 0
    path = kept(tmp_path)
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(whole[:-1]) + whole[-1][:9], encoding="utf-8")
    code, said, _ = ended(start("even"))
    assert code == 0
    assert "1 torn line passed over" in said
    assert sorted(units(path)) == list(range(UNITS))


def test_ctrl_c_ends_in_words(start: Toys, tmp_path: Path) -> None:
    """Exit 3; how many units are kept and where, no table, no traceback; the same command goes on from there."""
    process = start("slow", "even")
    path = after(tmp_path, 2)
    process.send_signal(signal.SIGINT)
    code, said, wrong = ended(process)
    assert code == 3
    assert "Traceback" not in said + wrong
    assert f"slow: stopped with Ctrl-C after {len(units(path))} of {UNITS} units; they are kept in {path}" in said
    assert "== even" not in said
    assert not (tmp_path / "tables").exists()
    assert ended(start("slow"))[0] == 0
    assert sorted(units(path)) == list(range(UNITS))


def test_the_time_limit(start: Toys, tmp_path: Path) -> None:
    """Exit 3, and a table that says it is incomplete, with how many units are done."""
    code, said, _ = ended(start("slow", "--processes", "1", "--minutes", "0.02"))
    assert code == 3
    done = len(units(kept(tmp_path)))
    assert 0 < done < UNITS
    assert f"slow: incomplete, {done} of {UNITS} units" in said
    assert "| verdict | **incomplete** |" in page(tmp_path, "slow")
    assert f"| units | {done} of {UNITS} |" in page(tmp_path, "slow")


def test_a_line_that_fails(start: Toys, tmp_path: Path) -> None:
    """Exit 1, and the table says which."""
    code, said, _ = ended(start("never"))
    assert code == 1
    assert "FAILED  values: 12 (at least 1,000)" in said
    assert "| verdict | **failed** |" in page(tmp_path, "never")
    assert "| values | 12 | at least 1,000 | **failed** |" in page(tmp_path, "never")


def test_a_unit_that_raises(start: Toys, tmp_path: Path) -> None:
    """Exit 1; the others go on; its scenario is a file, and the command in the table plays it again."""
    code, said, _ = ended(start("raising"))
    assert code == 1
    assert sorted(units(kept(tmp_path))) == list(range(UNITS))
    text = page(tmp_path, "raising")
    assert f"| units that raised an error | 1 of {UNITS} | none | **failed** |" in text
    assert (
        '| `unit 3: make acceptance PART=raising ARGS="--unit 3 --seed 1"` | `ValueError: the fourth \\| is wrong` | no error |'
        in text
    )
    (scenario,) = (tmp_path / "kept" / "failed").iterdir()
    assert scenario.read_text() == "name = 'unit 3'\n"
    assert str(scenario) in said
    code, said, wrong = ended(start("raising", "--unit", "3", "--seed", "1"))
    assert code == 1
    assert wrong.rstrip().endswith("ValueError: the fourth | is wrong")
    assert ended(start("raising", "--unit", "2"))[:2] == (
        0,
        f"raising, unit 2, seed 1: {scenario.with_name('raising-1-unit-2.toml')}\n{{'value': 1002}}\n",
    )


def test_a_unit_that_takes_its_process_down(start: Toys, tmp_path: Path) -> None:
    """It fails, and it alone; the others are played."""
    code, _, _ = ended(start("dying"))
    assert code == 1
    lines = [json.loads(line) for line in kept(tmp_path).read_text().splitlines()[1:]]
    assert sorted(line["unit"] for line in lines) == list(range(UNITS))
    assert [line["unit"] for line in lines if "error" in line] == [3]
    assert "ended without a word" in page(tmp_path, "dying")


def test_a_unit_without_an_end(start: Toys, tmp_path: Path) -> None:
    """It is ended at its limit, and fails."""
    code, _, _ = ended(start("endless"))
    assert code == 1
    assert "TookTooLong: more than 2 seconds" in page(tmp_path, "endless")


def test_other_rules(start: Toys, tmp_path: Path) -> None:
    """A comment makes no table stale; another rule does, is said with the commit, starts from the beginning, and is no failure."""
    assert ended(start("even"))[0] == 0
    table = tmp_path / "tables" / "even.md"
    table.write_text(page(tmp_path, "even").replace("| commit | ", "| commit | before "), encoding="utf-8")
    (tmp_path / "rules.py").write_text('"""What the rule is."""\n\nRULE = 1  # as before\n', encoding="utf-8")
    code, said, _ = ended(start("even", "--standing"))
    assert (code, said.splitlines()[-1]) == (0, "tables of acceptance: 1 of 1 stand")
    (tmp_path / "rules.py").write_text("RULE = 2\n", encoding="utf-8")
    code, said, _ = ended(start("even", "--small"))
    assert code == 0
    assert "!! STALE: even: its table was made at commit before " in said
    assert "tables of acceptance: 0 of 1 stand" in said
    code, said, _ = ended(start("even"))
    assert code == 0
    assert "goes on" not in said
    assert len(list((tmp_path / "kept").glob("*.jsonl"))) == 2


def test_nothing_is_mixed(start: Toys, tmp_path: Path) -> None:
    """A file of units of another seed under this one's name is refused, in words, and stays as it is."""
    assert ended(start("even"))[0] == 0
    path = kept(tmp_path)
    path.rename(other := path.with_name(path.name.replace("-1.jsonl", "-2.jsonl")))
    before = other.read_bytes()
    code, _, wrong = ended(start("even", "--seed", "2"))
    assert code == 2
    assert f"{other}: found units of" in wrong
    assert "Traceback" not in wrong
    assert other.read_bytes() == before


def test_rules_that_change_meanwhile(start: Toys, tmp_path: Path) -> None:
    """Units of which nobody knows by which rules they were played make no table."""
    code, _, wrong = ended(start("meddling"))
    assert code == 2
    assert "sources changed while units were played" in wrong
    assert not (tmp_path / "tables").exists()


def test_the_small_size(start: Toys, tmp_path: Path) -> None:
    """Writes no table, keeps no unit, and says that there is none."""
    code, said, _ = ended(start("even", "--small"))
    assert code == 0
    assert "even: passed, 3 of 3 units" in said
    assert "!! NOT RUN: even has no table: make acceptance PART=even" in said
    assert not (tmp_path / "tables").exists()
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["evn"], "found evn, must be among even"), (["even", "--minutes", "0"], "above 0"), (["--unit", "1"], "one PART")],
)
def test_what_cannot_be_asked(start: Toys, words: list[str], said: str) -> None:
    """Exit 2, in words."""
    code, _, wrong = ended(start(*words))
    assert code == 2
    assert said in wrong
