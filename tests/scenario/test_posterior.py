"""Numbers that a calibration knows together are drawn together, a range by itself as ever, and a file that does not fit is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import ScenarioError
from ladsim.i18n.problems import told
from ladsim.planning.manifest import input_files
from ladsim.planning.output import write_study
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.posterior import read
from ladsim.scenario.spec import Scenario
from tests.i18n.test_problems import ENGLISH_WORDS

pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install -c constraints.txt -e '.[data]'")

MARKET = """
name = "x"
months = 3
market_size = 40
{top}
rungs = [
  {{ name = "a", share = 1.0, orders_per_month = {{ low = {a0:.5g}, high = {a1:.5g}{a} }} }},
  {{ name = "b", orders_per_month = {{ low = 1.0, high = 2.0 }} }},
]
steps = [{{ from = "a", to = "b", rate = {{ low = {b0:.5g}, high = {b1:.5g}{b} }} }}]
"""
TOP = 'posterior = "fit.parquet"'
JOINED = {"a": ', posterior = "m.a"', "b": ', posterior = "m.b"'}


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """A thousand draws of two rates whose logarithms have a correlation of about −0.95."""
    rng = np.random.default_rng(3)
    shared = rng.normal(size=1000)
    made = pd.DataFrame({"m.a": np.exp(0.2 * shared), "m.b": 0.1 * np.exp(-0.2 * shared + 0.06 * rng.normal(size=1000))})
    made.to_parquet(tmp_path / "fit.parquet")
    return made


def market(table: pd.DataFrame, folder: Path, top: str = TOP, **changed: object) -> Scenario:
    """The market, its ranges the central 90 % of the columns."""
    (a0, b0), (a1, b1) = table.quantile(0.05), table.quantile(0.95)
    values = {"a0": a0, "a1": a1, "b0": b0, "b1": b1, **JOINED} | changed
    file = folder / "s.toml"
    file.write_text(MARKET.format(top=top, **values), encoding="utf-8")
    return ladsim.load(file)


def test_a_draw_is_a_row(table: pd.DataFrame, tmp_path: Path) -> None:
    """Both numbers come from one row of the file, the same for every strategy and study; their medians where nothing is drawn."""
    draws = Draws(market(table, tmp_path), seed=5)
    joint = np.array([draws.values(draw) for draw in range(80)])
    rows = {tuple(row) for row in table.to_numpy()}
    assert draws.keys == ("rungs.a.orders_per_month", "rungs.b.orders_per_month", "steps.a.b.rate")
    assert all((a, b) in rows for a, _, b in joint)
    assert np.corrcoef(np.log(joint[:, [0, 2]]).T)[0, 1] < -0.85
    assert abs(np.corrcoef(joint[:, :2].T)[0, 1]) < 0.3
    assert draws.values(None)[::2] == pytest.approx(table.median().tolist())
    assert Draws(draws.scenario, seed=5).values(7) == draws.values(7)
    assert draws.scenario_of(3).steps[0].rate == draws.values(3)[2]


def test_other_numbers_keep_their_luck(table: pd.DataFrame, tmp_path: Path) -> None:
    """A range that names no column, and all ranges of a file without a posterior, are drawn as if there were none."""
    joined, alone = Draws(market(table, tmp_path), 5), Draws(market(table, tmp_path, "", a="", b=""), 5)
    half = Draws(market(table, tmp_path, b=""), 5)
    for draw in (None, 0, 11):
        assert joined.values(draw)[1] == alone.values(draw)[1]
        assert half.values(draw)[1:] == alone.values(draw)[1:]
        assert half.values(draw)[0] == joined.values(draw)[0]


def test_a_number_that_is_set_is_drawn_no_more(table: pd.DataFrame, tmp_path: Path) -> None:
    """Whoever sets a number, or gives it another range, means that one."""
    found = override(market(table, tmp_path), {"steps.a.b.rate": 0.3, "rungs.a.orders_per_month": {"low": 2.0, "high": 3.0}})
    draws = Draws(found, 5)
    assert draws.keys == ("rungs.a.orders_per_month", "rungs.b.orders_per_month")
    assert min(draws.values(draw)[0] for draw in range(20)) > 1.5


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"top": ""}, "rungs.a.orders_per_month.posterior", "must stand with posterior"),
        ({"top": 'posterior = "other.parquet"'}, "posterior", "no such file"),
        ({"top": 'posterior = "s.toml"'}, "posterior", "no Parquet file"),
        ({"a": ', posterior = "m.c"'}, "rungs.a.orders_per_month.posterior", "must be a column"),
        ({"a1": 5.0}, "rungs.a.orders_per_month", "the central 90 % of the posterior"),
    ],
)
def test_a_file_that_does_not_fit(
    table: pd.DataFrame, tmp_path: Path, changed: dict[str, object], place: str, words: str
) -> None:
    """Each slip is told at its place, in three languages."""
    with pytest.raises(ScenarioError, match=words) as caught:
        market(table, tmp_path, **changed)  # type: ignore[arg-type]
    assert [problem.place for problem in caught.value.problems][:1] == [place]
    for language in ("da", "nb"):
        said = told(replace(caught.value.problems[0], place="x", file=""), language)
        assert not ENGLISH_WORDS.search(re.sub(r"'[^']*'|\S+\.toml", "", said)), said


def test_values_that_no_number_may_have(table: pd.DataFrame, tmp_path: Path) -> None:
    """A column with values beyond the limits of its number, and a file without numbers."""
    odd = table.assign(**{"m.b": table["m.b"] - table["m.b"].quantile(0.01)})
    odd.to_parquet(tmp_path / "fit.parquet")
    with pytest.raises(ScenarioError, match=r"values from .* everywhere"):
        market(odd, tmp_path)
    pd.DataFrame({"m.a": ["x"]}).to_parquet(tmp_path / "words.parquet")
    with pytest.raises(ScenarioError, match="no column of numbers"):
        read(str(tmp_path / "words.parquet"))


def test_a_study_names_the_file(table: pd.DataFrame, tmp_path: Path) -> None:
    """The manifest has its fingerprint, and the study is not made again once it has changed."""
    scenario = market(table, tmp_path)
    assert input_files(scenario) == [str(tmp_path / "fit.parquet")]
    study = ladsim.replicate(scenario, replications=4)
    write_study(tmp_path / "study", study)
    assert ladsim.again(tmp_path / "study").identical
    assert list(json.loads((tmp_path / "study" / "manifest.json").read_text(encoding="utf-8"))["inputs"]) == [
        str(tmp_path / "fit.parquet")
    ]
    table.iloc[::-1].to_parquet(tmp_path / "fit.parquet")
    with pytest.raises(ladsim.LadsimError, match="has changed"):
        ladsim.again(tmp_path / "study")
