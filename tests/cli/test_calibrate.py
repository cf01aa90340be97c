"""``ladsim calibrate``: what is fitted on the screen, a scenario in a file that ``ladsim check`` takes, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "fitting.md"


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


@pytest.fixture
def rungs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the documentation, in the folder in which the command runs."""
    rows = [f"{c};2026-01-{1 + c % 28:02};Lead\n{c};2026-{2 + c % 9:02}-{1 + c % 28:02};Kunde" for c in range(1, 61)]
    rows += [f"{c};2026-01-{1 + c % 28:02};Lead" for c in range(61, 101)]
    (tmp_path / "trin.csv").write_text("Kundenr;Dato;Trin\n" + "\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "trin.csv"


def test_the_page_shows_what_is_printed(rungs: Path, ladsim: Ladsim) -> None:
    """The example of the documentation, to the letter."""
    wanted = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    said = ladsim("calibrate", "trin.csv", "--until", "2026-12-31", "--out", "mine.toml").stdout
    assert [line.rstrip() for line in said.strip().splitlines()] == [line.rstrip() for line in wanted.strip().splitlines()]


def test_what_is_written_is_a_scenario(rungs: Path, ladsim: Ladsim) -> None:
    """Checked without a mistake; ids are nowhere; a second time only by --force."""
    assert ladsim("calibrate", "trin.csv", "--out", "mine.toml", "--language", "da").exit_code == 0
    assert ladsim("check", "mine.toml").exit_code == 0
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert Path("mine.posterior.parquet").is_file()
    assert 'steps.lead.kunde.rate" = "tilpasset ud fra trin.csv, n = 100"' in text
    assert ladsim("calibrate", "trin.csv", "--out", "mine.toml").exit_code == 4
    assert Path("mine.toml").read_text(encoding="utf-8") == text
    assert ladsim("calibrate", "trin.csv", "--out", "mine.toml", "--force").exit_code == 0


def test_without_out_nothing_is_written(rungs: Path, ladsim: Ladsim) -> None:
    """And that is said."""
    said = ladsim("calibrate", "trin.csv")
    assert said.exit_code == 0 and "Nothing was written" in said.output
    assert [path.name for path in rungs.parent.iterdir()] == ["trin.csv"]


def test_how_the_files_were_read_comes_first(rungs: Path, ladsim: Ladsim) -> None:
    """What `ladsim data` says of each, dropped rows among it, also where nothing can be fitted; in the language asked for."""
    rungs.write_text(rungs.read_text(encoding="utf-8") + ";2026-03-01;Lead\n", encoding="utf-8")
    read = ladsim("data", "trin.csv").stdout.strip()
    said = ladsim("calibrate", "trin.csv").stdout
    assert "Dropped: 1 row without a customer" in read and said.startswith(read)
    assert "Udeladt" in ladsim("calibrate", "trin.csv", "--language", "da").stdout.split("\n\n")[0]
    rungs.write_text("Kundenr;Dato;Trin\n1;2026-01-01;Lead\n;2026-03-01;Lead\n", encoding="utf-8")
    failed = ladsim("calibrate", "trin.csv")
    assert failed.exit_code == 2 and failed.stdout.startswith("trin.csv: ")


def test_campaigns(rungs: Path, ladsim: Ladsim) -> None:
    """Without --randomised no effect, with it one; --control names the arm."""
    rows = [f"{c},{'mail' if c % 2 else 'rest'},{int(c % 10 < (3 if c % 2 else 1))}" for c in range(400)]
    Path("mails.csv").write_text("customer,campaign,outcome\n" + "\n".join(rows), encoding="utf-8")
    assert "nobody was held out" in ladsim("calibrate", "mails.csv").output
    assert "a difference, not an effect" in ladsim("calibrate", "mails.csv", "--control", "rest").output
    said = ladsim("calibrate", "mails.csv", "--control", "rest", "--randomised").output
    assert "than in the group held out" in said and "not an effect" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv",), "no such file"),
        (("trin.csv", "--ladder", "no_ladder"), "no_ladder"),
        (("trin.csv", "--put", "x"), "must be NUMBER=KEY"),
        (("trin.csv", "--put", "x=months"), "must be one of"),
        (("trin.csv", "--until", "soon"), "must be a day"),
        (("trin.csv", "--language", "sv"), "--language"),
        (("trin.csv", "--ladder", "invitation_cascade"), "must be rungs of the ladder"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, rungs: Path, ladsim: Ladsim) -> None:
    """Exit code 2 and a sentence; nothing is written."""
    done = ladsim("calibrate", *words, "--out", "mine.toml")
    assert done.exit_code == 2
    assert said in re.sub(r"\s+", " ", done.output)
    assert not Path("mine.toml").exists()


def test_a_page_of_the_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ladsim: Ladsim) -> None:
    """It is written as HTML, and never in the place of what is read."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    monkeypatch.chdir(tmp_path)
    rows = [f"{c};{1 + c % 28:02}.0{1 + k}.2024;10" for c in range(60) for k in range(1 + c % 4)]
    Path("salg.csv").write_text("Kundenr;Dato;Beløb\n" + "\n".join(rows), encoding="utf-8")
    assert ladsim("calibrate", "salg.csv", "--page", "fits.txt").exit_code == 2
    done = ladsim("calibrate", "salg.csv", "--page", "fits.html", "--language", "da")
    assert done.exit_code == 0, done.output
    assert "Ordrer igen uge for uge" in Path("fits.html").read_text(encoding="utf-8")
