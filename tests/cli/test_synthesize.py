"""``ladsim synthesize``: exports in a folder, told in the language, nothing replaced that is somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]


@pytest.fixture(autouse=True)
def extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skips where the extra `data` is not installed; the command runs in an empty folder."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    monkeypatch.chdir(tmp_path)


def test_a_folder_of_exports(ladsim: Ladsim) -> None:
    """Each file with its rows; what the scenario has nothing for is said; without --out the folder has the scenario's name."""
    said = ladsim("synthesize", "web_shop", "--sample", "200")
    files = sorted(path.name for path in Path("synthetic/web_shop").iterdir())
    assert said.exit_code == 0
    assert files == ["referrals.csv", "snapshots.csv", "stages.csv", "transactions.csv", "truth.csv", "truth.json"]
    assert "exports of 200 simulated customers, 2024-01-01 to 2025-12-31" in said.stdout
    rows = len(Path("synthetic/web_shop/transactions.csv").read_text(encoding="utf-8").splitlines()) - 1
    assert f"transactions.csv: orders, {rows} rows" in said.stdout
    assert "no survey.csv: the scenario has no satisfaction" in said.stderr


def test_in_danish_and_dirty(ladsim: Ladsim) -> None:
    """Danish columns and words; --dirt is repeated on the screen; another start day dates the orders."""
    said = ladsim(
        "synthesize",
        "web_shop",
        "--sample",
        "200",
        "--language",
        "da",
        "--dirt",
        "3-2",
        "--out",
        "ud",
        "--set",
        "start_date=2026-03-01",
    )
    text = Path("ud/transactions.csv").read_text(encoding="utf-8-sig")
    assert "Kundenr;Ordrenr;Dato;Beløb" in text and ".03.2026" in text and text.rstrip().splitlines()[-1].startswith("I alt;;;")
    assert "simulerede kunder" in said.stdout and "--dirt 3-2" in said.stderr
    assert "Besøgende" in Path("ud/stages.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dirt", "9"], "must be a seed and a level from 1 to 3"),
        (["--sample", "30000"], "must be at most the market's 20,000 people"),
        (["--seed", "-1"], "must be a whole number from 0"),
        (["--strategy", "growth"], "--strategy: found 'growth'"),
        (["--out", "."], "is the folder you are in"),
        (["--out", "full"], "no exports of ladsim"),
    ],
)
def test_what_cannot_be(ladsim: Ladsim, words: list[str], said: str) -> None:
    """Refused before anything is simulated, with nothing written."""
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine")
    found = ladsim("synthesize", "web_shop", *words)
    assert found.exit_code in (2, 4) and said in found.stderr.replace("\n", " ")
    assert sorted(path.name for path in Path().iterdir()) == ["full"]
