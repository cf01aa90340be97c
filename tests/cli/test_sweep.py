"""run --sweep and compare --sweep: the values, the table, the folder.

Tests: ``cli/sweep.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from ladsim.cli.sweep import values_of
from ladsim.errors import ScenarioError
from ladsim.planning.run import replicate
from ladsim.scenario.load import load

Ladsim = Callable[..., Result]
QUICK = ("--replications", "2", "--processes", "1")
MONTHLY = "steps.lead.customer.monthly"


def test_a_sweep_of_a_run(ladsim: Ladsim, shop: Path) -> None:
    """A row a value on the screen and in sweep.csv, its own folder, a picture; ``again`` makes it again."""
    result = ladsim("run", "shop.toml", *QUICK, "--sweep", f"{MONTHLY}=0.05:0.2:4", "--charts", "--set", "basket.mean=40")
    assert result.exit_code == 0
    folder = Path("reports/shop-run-sweep")
    table = pd.read_csv(folder / "tables" / "sweep.csv", dtype={"value": str})
    assert table["value"].tolist() == ["0.05", "0.1", "0.15", "0.2"]
    for value, profit in zip(table["value"], table["profit"], strict=True):
        alone = replicate(load(shop), replications=2, processes=1, overrides={"basket.mean": "40", MONTHLY: value})
        assert profit == pytest.approx(sum(one.scalars["profit"] for one in alone.summaries) / 2)
        assert f"\n {100 * float(value):g} % " in result.stdout
    assert "of 4 values" in " ".join(result.stdout.split())
    assert [path.name for path in (folder / "charts").iterdir()] == ["01-what-comes-of-each-value.png"]
    assert ladsim("again", folder, "--processes", "1").exit_code == 0
    assert ladsim("run", "shop.toml", *QUICK).exit_code == 0
    assert folder.is_dir() and Path("reports/shop-run").is_dir()


def test_a_sweep_of_a_comparison(ladsim: Ladsim, shop: Path) -> None:
    """Who wins at every value, in JSON, too; the command in it makes the same."""
    words = ("compare", "shop.toml", *QUICK, "--strategy", "keep", "--sweep", f"{MONTHLY}=0.05,0.5", "--json", "-")
    first = json.loads(ladsim(*words).stdout)
    assert (first["kind"], first["key"]) == ("sweep", MONTHLY)
    assert [row["value"] for row in first["tables"]["sweep"]] == ["0.05", "0.5"]
    assert {row["best"] for row in first["tables"]["sweep"]} <= {"keep", "base"}
    command = first["command"].split()
    assert json.loads(ladsim(*command[1:], "--json", "-").stdout) == first
    assert ladsim("compare", "shop.toml", *QUICK, "--sweep", f"{MONTHLY}=0.05,0.5", "--out", "x").exit_code == 0
    assert ladsim("again", "x", "--processes", "1").exit_code == 0


@pytest.mark.parametrize(
    "text", ["", "basket.mean", "basket.mean=", "=1:2:3", "k=1:2", "k=1:2:1", "k=1:1:3", "k=a:2:3", "k=1,,2", "k=1:2:999"]
)
def test_what_is_no_sweep(text: str) -> None:
    """The form is told."""
    with pytest.raises(ScenarioError, match="must be KEY=LOW:HIGH:COUNT"):
        values_of(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sweep", "basket.meen=1,2"), "did you mean 'basket.mean'"),
        (("--sweep", f"{MONTHLY}=0.5,1.5"), "1.5"),
        (("--sweep", "basket.mean=1,2", "--follow", "3"), "must come without them"),
        (("--sweep", "basket.mean=1,1.0,1"), "1 twice"),
    ],
)
def test_mistakes_are_named_before_anything_is_played(ladsim: Ladsim, shop: Path, words: tuple[str, ...], said: str) -> None:
    """As those of --set: exit code 2; nothing is written."""
    result = ladsim("run", "shop.toml", *QUICK, *words, "--out", "x")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not Path("x").exists()


def test_values_that_may_be_thousands_are_warned_of(ladsim: Ladsim, shop: Path) -> None:
    """As those of the file and of --set are."""
    result = ladsim("run", "shop.toml", *QUICK, "--sweep", "basket.mean=30.499,40.499", "--json", "-")
    assert result.exit_code == 0
    assert "--sweep basket.mean=30.499,40.499" in result.stderr and "if thousands are meant, write 30_499" in result.stderr
