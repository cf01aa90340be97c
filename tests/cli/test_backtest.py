"""``ladsim backtest``: sentences and a table on the screen, JSON, a folder with page and tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]


def test_a_backtest_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ladsim: Ladsim) -> None:
    """In Danish, with all that can be written; no customer's id is anywhere."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    days = np.datetime64("2024-01-01") + rng.integers(0, 300, 800)
    rows = [f"kunde{c:05};{day};10" for c, day in zip(rng.integers(0, 120, 800), days, strict=True)]
    Path("salg.csv").write_text("Kundenr;Dato;Beløb\n" + "\n".join(rows), encoding="utf-8")
    done = ladsim(
        "backtest", "salg.csv", "--weeks", "8", "--replications", "20", "--language", "da", "--out", "x", "--json", "x.json"
    )
    assert done.exit_code == 0, done.output
    assert "80 %-intervaller" in done.output
    assert "historikkens gennemsnit" in done.output
    said = json.loads(Path("x.json").read_text(encoding="utf-8"))
    assert [row["method"] for row in said["tables"]["totals"]][2:] == ["mean", "pareto_nbd_alone"]
    assert {path.name for path in Path("x").iterdir()} == {"backtest.html", "weeks.csv", "totals.csv"}
    assert not any("kunde0" in path.read_text(encoding="utf-8") for path in Path("x").iterdir())
    assert ladsim("backtest", "salg.csv", "--weeks", "60").exit_code == 2
