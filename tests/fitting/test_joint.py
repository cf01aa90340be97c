"""The draws of all fits in one file: correlations kept inside each, and every range of the scenario drawn from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import OutputError
from ladsim.fitting.calibration import calibrate
from ladsim.fitting.joint import evenly, joint_draws, joint_file, with_joint
from ladsim.scenario.draws import Draws
from tests.fitting.test_calibration import extra, orders, stages  # noqa: F401 fixtures

pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install -c constraints.txt -e '.[data]'")


def test_what_a_fit_knows_together_is_drawn_together(orders: Path, tmp_path: Path) -> None:  # noqa: F811
    """Each draw of a study is a row of the fits' draws; correlations of the scenario's draws are those of the posterior."""
    found = calibrate([orders], until="2026-12-31")
    table = found.draws()
    path = found.write(tmp_path / "mine.toml")
    assert pd.read_parquet(joint_file(path)).equals(table)
    assert {name.partition(".")[0] for name in table} == {"pareto_nbd", "bg_nbd", "mbg_nbd", "gamma_gamma"}
    draws = Draws(ladsim.load(path), seed=1)
    drawn = pd.DataFrame([draws.values(draw) for draw in range(200)], columns=list(draws.keys))
    names = [next(one.number for one in found.placed if one.key == key) for key in draws.keys]
    rows = {tuple(row) for row in table[names].to_numpy()}
    assert all(tuple(row) in rows for row in drawn.to_numpy())
    both, known = np.corrcoef(drawn.rank().T), np.corrcoef(table[names].rank().T)
    assert np.abs(both - known).max() < 0.25
    assert np.abs(known - np.eye(len(names))).max() > 0.5  # there is something to keep


def test_fits_of_different_data_are_independent(orders: Path, stages: Path) -> None:  # noqa: F811
    """No number of a fit goes with one of another: |r| within what 1,000 independent draws have."""
    table = calibrate([orders, stages], until="2026-12-31").draws()
    models = np.array([name.partition(".")[0] for name in table])
    apart = models[:, None] != models[None, :]
    assert np.abs(np.corrcoef(table.rank().T))[apart].max() < 0.15


def test_files_are_replaced_together(stages: Path, tmp_path: Path) -> None:  # noqa: F811
    """Neither is replaced unless asked; a second calibration on top of the first takes along what it does not fit anew."""
    found = calibrate([stages], until="2026-12-31")
    path = found.write(tmp_path / "mine.toml")
    path.unlink()
    with pytest.raises(OutputError, match=r"mine\.posterior\.parquet: exists already"):
        found.write(path)
    found.write(path, force=True)
    first = ladsim.load(path)
    rows = tmp_path / "again.csv"
    rows.write_text(
        "Kundenr;Dato;Trin\n" + "\n".join(f"{c};2026-01-01;Lead\n{c};2026-{2 + c % 9:02}-01;Kunde" for c in range(50)), "utf-8"
    )
    second = ladsim.load(calibrate([rows], ladder=path, until="2026-12-31").write(tmp_path / "second.toml"))
    old, new = Draws(first, 1), Draws(second, 1)
    assert old.keys == new.keys
    same = [old.values(0)[place] == new.values(0)[place] for place in range(len(old.keys))]
    assert same == [key != "steps.lead.kunde.rate" for key in old.keys]


def test_values_in_place_of_ranges_are_drawn_apart(stages: Path, tmp_path: Path) -> None:  # noqa: F811
    """Who asks for values in the file itself gets one file."""
    path = calibrate([stages], until="2026-12-31", draws=20).write(tmp_path / "mine.toml")
    assert not joint_file(path).exists()
    assert not ladsim.load(path).posterior


def test_evenly() -> None:
    """Two draws for five rows stand there three and two times; as many as rows are the same."""
    assert evenly(np.array([1.0, 2.0]), 5).tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]
    assert joint_draws([]).empty
    with_none = with_joint("x", ladsim.load("web_shop"), [], pd.DataFrame(), "f")
    assert with_none[0] == "x"
