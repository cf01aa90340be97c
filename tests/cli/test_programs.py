"""`ladsim programs`: what it prints and writes, in the file's language, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from ladsim.planning.programs import program_value
from ladsim.scenario.load import load
from tests.i18n.test_catalogue import TELLTALE

Ladsim = Callable[..., Result]
QUICK = ("--replications", "4", "--processes", "1")
STAMPS = """
[[programs]]
kind = "points"
name = "stamps"
label = "Stamp card"
joins = { probability = 0.5 }
points_per_order = 1
reward_at = 5
reward_cost = 6
goal_gradient = 0.5
source = "assumption"
"""
CLUB = """
[[strategies.keep.programs]]
kind = "club"
joins = { probability = 0.5 }
fee = 4
renewal_probability = 0.9
factors = { orders = 1.5 }
source = "assumption"
"""


@pytest.fixture
def stamped(shop: Path) -> Path:
    """The tiny shop with a stamp card, and a club in one strategy."""
    shop.write_text(shop.read_text(encoding="utf-8") + CLUB + STAMPS, encoding="utf-8")
    return shop


def test_the_answer_comes_first(ladsim: Ladsim, stamped: Path) -> None:
    """One sentence says what the programme earns; two tables follow; the folder is complete and is made again."""
    result = ladsim("programs", "shop.toml", *QUICK)
    assert result.exit_code == 0, result.stderr
    assert re.match(r"The programme “Stamp card” (earns|loses) EUR [\d,.]+ ", result.stdout)
    assert "What each programme is worth" in result.stdout and "The programmes at the end" in result.stdout
    folder = Path("reports/shop-programs")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "tables/programs.csv", "tables/program_results.csv", "tables/program_members.csv"} <= found
    assert "identical" in ladsim("again", folder, "--processes", "1").stdout


def test_what_is_assumed_and_what_is_owed_stands_in_the_answer(ladsim: Ladsim, stamped: Path) -> None:
    """The answer says that the pull is the file's, not found, and names what members have coming, as the table of the end does."""
    said = ladsim("programs", "shop.toml", *QUICK).stdout
    assert "is taken from the file, not found here: Stamp card (pressure towards the next reward or level 0.5)." in said
    owed = re.search(r"members are owed EUR ([\d,.]+), which is not taken off", said)
    assert owed is not None and said.count(f"EUR {owed[1]}") == 2
    stamped.write_text(
        stamped.read_text(encoding="utf-8").replace("goal_gradient = 0.5", "goal_gradient = 0.0"), encoding="utf-8"
    )
    assert "here: Stamp card (moves nobody)." in ladsim("programs", "shop.toml", *QUICK).stdout


def test_a_comparison_counts_what_programmes_cost(ladsim: Ladsim, stamped: Path) -> None:
    """Where strategies differ in programmes, their cost stands beside the spend, on the screen and in the note of unequal budgets."""
    said = ladsim("compare", "shop.toml", *QUICK).stdout
    assert {*["mean", "profit", "costs", "in", "all", "extra", "money"]} <= {
        *said.partition("─")[0].split()
    }  # the heads may take two lines
    assert re.search(r"The budgets differ: .*EUR [\d,]+ and EUR −?[\d,.]+ for programmes", said)
    assert "Stamp card (pressure towards the next reward or level 0.5); Club (factor, orders 1.5)" in said
    page = Path("reports/shop-compare/report.html").read_text(encoding="utf-8")
    assert "Programmes, net" in page


def test_json_is_the_study(ladsim: Ladsim, stamped: Path) -> None:
    """With --json - the numbers are those from Python; two programmes have an answer each and one together."""
    said = json.loads(ladsim("programs", "shop.toml", "--strategy", "keep", *QUICK, "--json", "-").stdout)
    study = program_value(load(stamped), strategy="keep", replications=4, processes=1)
    assert said["kind"] == "programs" and said["programs"] == ["stamps", "club"] and len(said["answers"]) == 3
    assert [row["incremental_profit"] for row in said["tables"]["programs"]] == study.table["incremental_profit"].tolist()
    assert said["tables"]["programs"][-1]["members"] is None
    once_more = said["command"].split()[1:]
    assert json.loads(ladsim(*once_more, "--processes", "1", "--json", "-").stdout)["tables"] == said["tables"]


@pytest.mark.parametrize("language", ["da", "nb"])
def test_it_speaks_the_language(ladsim: Ladsim, stamped: Path, language: str) -> None:
    """No English word but the file's own labels."""
    result = ladsim("programs", "shop.toml", "--strategy", "keep", *QUICK, "--language", language)
    said = result.stdout.replace("Stamp card", "").replace("Tiny shop", "").split("Rapport:")[0]
    assert not TELLTALE & set(re.findall(r"[a-zæøå]+", said.lower())), said


def test_no_programme_is_told_in_words(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 2, and which strategy has one."""
    shop.write_text(shop.read_text(encoding="utf-8") + CLUB, encoding="utf-8")
    result = ladsim("programs", "shop.toml", *QUICK)
    assert result.exit_code == 2 and "--strategy keep has" in result.stderr
