"""`ladsim potential`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from ladsim.planning.potential import potential
from ladsim.scenario.load import load

Ladsim = Callable[..., Result]
QUICK = ("--replications", "4", "--processes", "1")
SEGMENTS = """
[[segments]]
name = "students"
label = "Students"
share = 0.5
addressable_share = 0.6
[[segments]]
name = "offices"
label = "Offices"
share = 0.5
factors = { basket = 3.0 }
"""


@pytest.fixture
def grouped(shop: Path) -> Path:
    """The tiny shop with two segments."""
    text = discounted(shop).read_text(encoding="utf-8")
    shop.write_text(text + SEGMENTS, encoding="utf-8")
    return shop


def discounted(shop: Path) -> Path:
    """All its leads buy sooner or later: only where later money counts less is it worth something to win one now."""
    text = shop.read_text(encoding="utf-8").replace("margin = 0.5", "margin = 0.5\ndiscount_per_year = 0.2")
    shop.write_text(text, encoding="utf-8")
    return shop


def test_the_answer_comes_first(ladsim: Ladsim, grouped: Path) -> None:
    """Offices order for three times as much at the same cost, so they come first, then students; the folder is complete."""
    result = ladsim("potential", "shop.toml", *QUICK, "--budget", "100000", "--cost-per-customer", "10")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Go for Offices first: ")
    assert "Then Students." in result.stdout.splitlines()[0]
    folder = Path("reports/shop-potential")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "manifest.json", "tables/potential_plan.csv", "tables/potential_rungs.csv"} <= found
    again = ladsim("again", folder, "--processes", "1")
    assert again.exit_code == 0 and "identical" in again.stdout


def test_it_speaks_a_language(ladsim: Ladsim, grouped: Path) -> None:
    """--language gives the answer, the notes and the page in Norwegian; `again` makes the same page."""
    words = (*QUICK, "--months", "2", "--cost-per-customer", "10", "--budget", "100", "--language", "nb")
    result = ladsim("potential", "shop.toml", *words)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Gå først etter Offices: Én kunde til der er verdt ")
    assert "så 1 € gir " in result.stdout.splitlines()[0]
    assert "Mål etter måned 2 er ikke med: " in result.stderr
    assert '<html lang="nb">' in Path("reports/shop-potential/report.html").read_text(encoding="utf-8")
    assert "identisk" in ladsim("again", "reports/shop-potential", "--processes", "1").stdout


def test_json_has_the_tables_and_the_command(ladsim: Ladsim, grouped: Path) -> None:
    """With --json - the study is values, the same as from Python; the command names budget and costs and makes it again."""
    words = ("--budget", "500", "--cost-per-customer", "30", "--cost-per-customer", "students=10")
    said = json.loads(ladsim("potential", "shop.toml", *QUICK, *words, "--json", "-").stdout)
    study = potential(
        load(grouped), None, 500.0, cost_per_customer={"students": 10.0, "offices": 30.0}, replications=4, processes=1
    )
    assert said["cost_per_customer"] == {"students": 10.0, "offices": 30.0}
    assert said["budget"] == 500.0 and said["value_by"] == "closed form"
    plan = said["tables"]["potential_plan"]
    assert [one["segment"] for one in plan] == study.plan["segment"].tolist()
    assert plan[0]["gain"] == study.plan["gain"].round(5).iloc[0]  # money to the amount unit
    once_more = said["command"].split()[1:]
    assert json.loads(ladsim(*once_more, "--processes", "1", "--json", "-").stdout)["tables"] == said["tables"]


def test_the_command_keeps_every_digit(ladsim: Ladsim, grouped: Path) -> None:
    """A budget of seven digits and a cost with many decimals stand in the command as they were typed, not rounded; so do days of a month."""
    words = ("--budget", "1234567", "--cost-per-customer", "students=10.123456789", "--months", "5.033333333333333")
    said = json.loads(ladsim("potential", "shop.toml", *QUICK, *words, "--json", "-").stdout)
    assert "--budget 1234567 --cost-per-customer students=10.123456789" in said["command"]
    assert said["command"].endswith("--months 5.033333333333333")


def test_the_answer_in_danish(ladsim: Ladsim, grouped: Path) -> None:
    """--language is an option of this study as of the others: the answer and the command have it."""
    result = ladsim("potential", "shop.toml", *QUICK, "--budget", "500", "--cost-per-customer", "10", "--language", "da")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("Gå først efter Offices")
    assert "--language da" in json.loads(Path("reports/shop-potential/manifest.json").read_text(encoding="utf-8"))["command"]


def test_a_file_without_segments_is_one_group(ladsim: Ladsim, shop: Path) -> None:
    """It works, and says that the whole market is one group."""
    result = ladsim("potential", discounted(shop).name, *QUICK, "--cost-per-customer", "5")
    assert result.exit_code == 0
    assert result.stdout.startswith("Winning customers pays")
    assert "has no segments" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--budget", "2.000 kr"), "must be an amount such as 20000"),
        (("--budget", "0,5"), "a decimal has a point, 0.5"),
        (("--budget", "-5"), "--budget: found -5, must be an amount of at least 0"),
        (("--cost-per-customer", "studnts=4"), "did you mean 'students'?"),
        (("--cost-per-customer", "much"), "must be an amount above 0"),
        (("--cost-per-customer", "=3"), "must be of one of"),
        (("--cost-per-customer", "1e-300"), "must be an amount above 0"),
        (("--strategy", "kep"), "did you mean 'keep'?"),
    ],
)
def test_mistakes_are_told_in_words(ladsim: Ladsim, grouped: Path, words: tuple[str, ...], said: str) -> None:
    """The place, what was found, what is allowed; exit code 2."""
    result = ladsim("potential", "shop.toml", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_point_between_thousands_is_warned_of(ladsim: Ladsim, grouped: Path) -> None:
    """2.000 is two: the budget and a customer's cost are taken as they stand, and said to be."""
    words = ("--budget", "2.000", "--cost-per-customer", "students=1.500", "--strategy", "kep")
    said = ladsim("potential", "shop.toml", *words).stderr
    assert "--budget: found '2.000', which is 2 (if thousands are meant, write 2_000; else 2)" in said
    assert "--strategy: found 'kep'" in said


def test_check_warns_of_a_margin_that_one_study_reads(ladsim: Ladsim, grouped: Path) -> None:
    """A segment's own margin and a need that is met already are odd, not wrong."""
    text = grouped.read_text(encoding="utf-8").replace("addressable_share = 0.6", "addressable_share = 0.1\nmargin = 0.4")
    grouped.write_text(text, encoding="utf-8")
    result = ladsim("check", "shop.toml")
    assert result.exit_code == 0
    assert "own margin of students" in result.stderr
    assert "segments.students.addressable_share" in result.stderr
