"""``ladsim forecast``: from an export to a folder with the one-page answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]


def test_a_forecast_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ladsim: Ladsim) -> None:
    """What was read comes first, then who there is and what can be promised; an edited scenario stays."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(5)
    rows = [f"{rng.integers(0, 90)};{1 + rng.integers(0, 28):02}.{1 + rng.integers(0, 12):02}.2024;10,00" for _ in range(700)]
    Path("salg.csv").write_text("Kundenr;Dato;Beløb\n" + "\n".join(rows), encoding="utf-8")
    asked = (
        "forecast",
        "salg.csv",
        "--out",
        "forecast",
        "--months",
        "3",
        "--replications",
        "40",
        "--processes",
        "1",
        "--language",
        "da",
        "--json",
        "x.json",
    )
    done = ladsim(*asked)
    assert done.exit_code == 0, done.output
    assert done.output.index("rækker læst") < done.output.index("af dine") < done.output.index("Hvad dine data ikke kan sige")
    written = {path.name for path in Path("forecast").iterdir()}
    assert {"answer.html", "scenario.toml", "customers.csv", "targets_rungs.csv", "backtest_weeks.csv"} <= written
    said = json.loads(Path("x.json").read_text(encoding="utf-8"))
    assert said["kind"] == "forecast" and said["customers"] == 90 and said["tables"]["targets_rungs"]
    assert "Hvor langt du kan stole på det" in Path("forecast/answer.html").read_text(encoding="utf-8")
    place = Path("forecast/scenario.toml")
    place.write_text(place.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert ladsim(*asked).exit_code == 4
    assert place.read_text(encoding="utf-8").endswith("# mine\n")
    assert ladsim("forecast", "salg.csv", "--out", "forecast", "--months", "0").exit_code == 2
