"""run, compare, targets, again: what they print, write and return.

Tests: ``cli/again.py``, ``cli/answer.py``, ``cli/compare.py``, ``cli/compare_engines.py``, ``cli/messages.py``, ``cli/options.py``,
``cli/outcome.py``, ``cli/request.py``, ``cli/run.py``, ``cli/screen.py``, ``cli/targets.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ladsim.cli import outcome
from ladsim.planning.run import replicate
from ladsim.scenario.load import load
from tests.cli.commands import STUDIES

Ladsim = Callable[..., Result]
QUICK = ("--replications", "4", "--processes", "1")


def names_in(folder: Path) -> set[str]:
    """Names of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def stopped_after_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody presses Ctrl-C when three runs are done."""

    @contextmanager
    def waiting(what: str, meanwhile: object, locale: object) -> Iterator[Any]:
        def tell(done: int, total: int, seconds_left: float | None) -> None:
            if done == 3:
                raise KeyboardInterrupt

        yield tell

    monkeypatch.setattr(outcome, "waiting", waiting)


@pytest.mark.parametrize("command", ["run", "compare", "targets"])
def test_a_goal_reached_at_the_start_is_noted(ladsim: Ladsim, shop: Path, command: str) -> None:
    """On the screen and on the page of every command that judges goals; a goal that asks for more is not."""
    text = shop.read_text(encoding="utf-8")
    shop.write_text(
        text.replace('rung = "customer"\nnumber = 60', 'rung = "lead"\nname = "leads"\nnumber = 60'), encoding="utf-8"
    )
    result = ladsim(command, "shop.toml", *QUICK, "--out", "reached")
    words = "“leads” is a goal that is reached at the start (160 ≥ 60)"
    assert words in " ".join(result.stdout.split())
    assert words in Path("reached/report.html").read_text(encoding="utf-8")
    shop.write_text(text, encoding="utf-8")
    assert "reached at the start" not in ladsim(command, "shop.toml", *QUICK, "--out", "open").stdout


def test_run_prints_the_measures_that_the_study_has(ladsim: Ladsim, shop: Path) -> None:
    """The mean of new customers on the screen is that of the same study from Python; the folder is complete."""
    result = ladsim("run", "shop.toml", *QUICK)
    assert result.exit_code == 0
    study = replicate(load(shop), replications=4, processes=1)
    new = sum(summary.scalars["new_customers"] for summary in study.summaries) / 4
    line = next(line for line in result.stdout.splitlines() if "New customers" in line)
    assert str(round(new)) in line
    folder = Path("reports/shop-run")
    assert str(folder / "report.html") in result.stdout
    assert {"report.html", "manifest.json", "tables/measures.csv"} <= names_in(folder)


def test_run_tells_how_many_are_simulated(ladsim: Ladsim, shop: Path) -> None:
    """A sample is announced with the way to simulate everybody; a small market is simulated whole."""
    result = ladsim("run", shop, *QUICK, "--sample", "100", "--json", "-")
    assert "a sample of 100 of 200 people" in result.stderr
    assert "--sample all" in result.stderr
    assert json.loads(result.stdout)["sample"] == 100
    assert "all 200 people" in ladsim("run", shop, *QUICK, "--json", "-").stderr


@pytest.mark.parametrize("command", STUDIES)
def test_every_study_has_the_same_options(ladsim: Ladsim, command: str) -> None:
    """What is an option of one study is an option of all, in one order, with its own ones between."""
    said = ladsim(command, "--help").stdout
    names = [line.split()[0].rstrip(",") for line in said.splitlines() if line.startswith("  -")]
    common = ["--seed", "--replications", "--sample", "--months", "--set", "--processes", "--json", "--out", "--language", "-q"]
    assert [name for name in names if name in common] == common
    assert "SCENARIO" in said.splitlines()[0]


def test_engines_are_compared_where_nothing_can_be_written(ladsim: Ladsim, shop: Path) -> None:
    """It writes nothing, so a file in the place of the reports is no hindrance."""
    Path("reports").write_text("mine")
    assert ladsim("compare-engines", shop, "--sample", "50").exit_code == 0


def test_a_big_market_is_sampled_unless_all_is_asked_for(shop: Path) -> None:
    """Without --sample 5,000 people are simulated where the market has more."""
    from ladsim.cli.options import people

    big = load(shop).model_copy(update={"market_size": 20_000})
    assert people(big, None) == 5_000
    assert people(big, 0) is None
    assert people(big, 700) == 700
    assert people(load(shop), None) is None


def test_compare_ends_with_the_verdict_and_the_report(ladsim: Ladsim, shop: Path) -> None:
    """The last lines are the verdict, its notes, and the path of a report that is there."""
    result = ladsim("compare", "shop.toml", *QUICK, "--out", "duel")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == f"Report: {Path('duel').resolve() / 'report.html'}"
    assert Path("duel/report.html").is_file()
    assert any("Keep them" in line and "Win more" in line for line in lines[-5:-1])
    assert names_in(Path.cwd()) >= {"duel/manifest.json", "duel/tables/outcomes.csv", "shop.toml"}


def test_compare_at_the_same_budget(ladsim: Ladsim, shop: Path) -> None:
    """All strategies cost as much in all; what was found stands in the command that makes the study again."""
    assert ladsim("compare", shop, *QUICK, "--strategy", "keep", "--same-budget", "nothing").exit_code == 2
    result = ladsim("compare", shop, *QUICK, "--strategy", "keep", "--same-budget", "900", "--json", "-")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert "--set strategies.keep.campaigns.welcome.monthly_spend=150" in json.dumps(told)
    shown = ladsim("compare", shop, *QUICK, "--strategy", "keep", "--same-budget", "900").stdout
    assert "costs" in shown.split()
    assert "Same budget: for “Keep them” " in shown and "is EUR 150; all of it costs EUR 900." in " ".join(shown.split())


def test_compare_a_strategy_with_the_market_as_it_is(ladsim: Ladsim, shop: Path) -> None:
    """--strategy names which ones, "base" among them, in the order given."""
    result = ladsim("compare", shop, *QUICK, "--strategy", "win", "--strategy", "base", "--json", "-")
    assert json.loads(result.stdout)["strategies"] == ["win", None]


def test_targets_promise_less_than_they_hope_for(ladsim: Ladsim, shop: Path) -> None:
    """On a rung where more is better commit ≤ expect ≤ stretch; the screen shows the month."""
    result = ladsim("targets", shop, *QUICK, "--strategy", "win", "--month", "3", "--json", "targets.json")
    assert result.exit_code == 0
    assert "month 3" in result.stdout
    rungs = json.loads(Path("targets.json").read_text(encoding="utf-8"))["tables"]["targets_rungs"]
    customer = next(row for row in rungs if row["rung"] == "customer")
    assert customer["commit"] <= customer["expect"] <= customer["stretch"]


def test_json_on_standard_output_is_json_and_nothing_else(ladsim: Ladsim, shop: Path) -> None:
    """With --json - no table and no path is printed, and no folder is written unless it is asked for."""
    result = ladsim("run", shop, *QUICK, "--json", "-")
    said = json.loads(result.stdout, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    assert said["kind"] == "run"
    assert len([row for row in said["tables"]["measures_by_future"] if row["measure"] == "profit"]) == 4
    assert names_in(Path.cwd()) == {"shop.toml"}
    ladsim("run", shop, *QUICK, "--json", "-", "--out", "kept")
    assert Path("kept/manifest.json").is_file()


def test_json_numbers_are_those_of_python_to_the_last_digit(ladsim: Ladsim, shop: Path) -> None:
    """Nothing is rounded on the way into JSON; what does not exist is null."""
    said = json.loads(ladsim("run", shop, *QUICK, "--seed", "5", "--json", "-").stdout)
    study = replicate(load(shop), replications=4, processes=1, seed=5)
    found = [(row["measure"], row["value"]) for row in said["tables"]["measures_by_future"]]
    wanted = [(name, value) for summary in study.summaries for name, value in summary.scalars.items()]
    assert found == [(name, None if math.isnan(value) else value) for name, value in wanted]


def test_quiet_says_nothing_besides(ladsim: Ladsim, shop: Path) -> None:
    """With --quiet standard error stays empty, and the result is the same."""
    loud, quiet = ladsim("run", shop, *QUICK), ladsim("run", shop, *QUICK, "--quiet")
    assert quiet.stderr == ""
    assert quiet.stdout == loud.stdout


def test_set_and_months_change_the_numbers(ladsim: Ladsim, shop: Path) -> None:
    """--set and --months reach the study and its command; a goal after the new end is left out, and that is said."""
    words = ("--set", "steps.customer.lapsed.monthly=0.0", "--months", "3")
    result = ladsim("run", shop, *QUICK, *words, "--json", "-")
    said = json.loads(result.stdout)
    assert said["overrides"] == {"steps.customer.lapsed.monthly": "0.0", "months": 3.0}
    assert {row["value"] for row in said["tables"]["measures_by_future"] if row["measure"] == "end_lapsed"} == {0.0}
    assert max(row["month"] for row in said["tables"]["rungs"]) == 3.0
    assert "Goals after month 3 are left out" in result.stderr
    assert said["command"].endswith("--set steps.customer.lapsed.monthly=0.0 --months 3")


def test_the_command_in_the_json_makes_the_same_study(ladsim: Ladsim, shop: Path) -> None:
    """The printed command, typed again, gives the same JSON."""
    words = ("compare", "shop.toml", *QUICK, "--seed", "3", "--sample", "150", "--set", "basket.mean=40", "--json", "-")
    first = json.loads(ladsim(*words).stdout)
    command = first["command"].split()
    assert command[0] == "ladsim"
    assert json.loads(ladsim(*command[1:], "--json", "-").stdout) == first


def test_again_tells_the_same_from_the_different(ladsim: Ladsim, shop: Path) -> None:
    """0 and "identical" for an untouched study; 1 and the table's name where the manifest holds other numbers."""
    ladsim("compare", shop, *QUICK, "--out", "duel", "--quiet")
    same = ladsim("again", "duel/manifest.json", "--processes", "1")
    assert (same.exit_code, same.stdout.split(":")[0]) == (0, "identical")
    manifest = json.loads(Path("duel/manifest.json").read_text(encoding="utf-8"))
    manifest["tables"]["tables/outcomes.csv"] = "0" * 64
    Path("duel/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    other = ladsim("again", "duel", "--processes", "1")
    assert other.exit_code == 1
    assert "different" in other.stdout
    assert "tables/outcomes.csv" in other.stdout


@pytest.mark.usefixtures("stopped_after_three")
def test_what_was_finished_before_ctrl_c_is_kept(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 3; the study of two replications (a whole pair) is written, and screen and report say that it was stopped."""
    result = ladsim("run", shop, *QUICK, "--out", "half")
    assert result.exit_code == 3
    assert "2 of 4 futures" in result.stderr
    assert json.loads(Path("half/manifest.json").read_text(encoding="utf-8"))["setting"]["replications"] == 2
    assert "stopped" in Path("half/report.html").read_text(encoding="utf-8").lower()


@pytest.mark.usefixtures("stopped_after_three")
def test_stopped_before_every_strategy_had_a_run(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 3 and one sentence when nothing can be kept."""
    names = [word for _ in range(2) for name in ("keep", "win") for word in ("--strategy", name)]
    result = ladsim("compare", shop, *QUICK, *names)
    assert result.exit_code == 3
    assert "nothing half-written is left" in result.stderr
    assert names_in(Path.cwd()) == {"shop.toml"}


def test_compare_engines_says_that_they_agree(ladsim: Ladsim, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 0 and the number of events where both engines agree, 1 and the event where they part."""
    from ladsim.engine import agreement
    from ladsim.engine.history import History

    result = ladsim("compare-engines", shop, "--sample", "50")
    assert result.exit_code == 0
    assert "equal: both engines give the same" in result.stdout
    monkeypatch.setattr(History, "equals", lambda one, other: False)
    monkeypatch.setattr(agreement, "parting", lambda one, other: "event 7: simpy this, fast that")
    result = ladsim("compare-engines", shop, "--sample", "50")
    assert result.exit_code == 1
    assert "different: event 7: simpy this, fast that" in result.stdout


def test_the_months_after_the_horizon_are_looked_at(ladsim: Ladsim, shop: Path) -> None:
    """compare shows the extra profit then and later, and its manifest, JSON and tables say for how long; 0 turns it off; again makes it anew."""
    result = ladsim("compare", "shop.toml", *QUICK, "--months-after", "3", "--out", "there", "--json", "there.json")
    assert result.exit_code == 0 and "Extra profit at the horizon and later" in result.stdout
    said = json.loads(Path("there.json").read_text(encoding="utf-8"))
    assert said["months_after"] == 3 and "--months-after 3" in said["command"]
    assert {row["months_after"] for row in said["tables"]["after_horizon"]} == {3}
    assert json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))["setting"]["months_after"] == 3
    assert {"tables/after_horizon.csv", "tables/profit_after_horizon.csv"} <= names_in(Path("there"))
    assert ladsim("again", "there", "--processes", "1").exit_code == 0
    off = ladsim("compare", "shop.toml", *QUICK, "--months-after", "0", "--out", "off")
    assert off.exit_code == 0 and "Extra profit at the horizon" not in off.stdout
    assert "tables/after_horizon.csv" not in names_in(Path("off"))


def test_who_looks_by_itself(ladsim: Ladsim, shop: Path) -> None:
    """compare does, unasked, and a sweep of it does not, nor may it be asked to; targets do where they are asked."""
    compared, swept = ("compare", "shop.toml", *QUICK, "--json", "-"), ("--sweep", "money.margin=0.4,0.5")
    assert json.loads(ladsim(*compared).stdout)["months_after"] >= 12
    assert ladsim(*compared, *swept).exit_code == 0
    refused = ladsim(*compared, *swept, "--months-after", "3")
    assert refused.exit_code == 2 and "--sweep: found --months-after 3 beside it" in refused.stderr
    asked = [
        json.loads(ladsim("targets", "shop.toml", *QUICK, "--json", "-", *more).stdout)["tables"]
        for more in ((), ("--months-after", "2"))
    ]
    assert set(asked[1]) - set(asked[0]) == {"profit_after_horizon"}


def test_stopped_in_the_second_look(ladsim: Ladsim, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C there leaves the look out, says so, writes the study whole, and gives the exit code of what was stopped."""

    @contextmanager
    def waiting(what: str, meanwhile: object, locale: object) -> Iterator[Any]:
        def tell(done: int, total: int, seconds_left: float | None) -> None:
            if done == total - 1:
                raise KeyboardInterrupt

        yield tell

    monkeypatch.setattr(outcome, "waiting", waiting)
    result = ladsim("compare", "shop.toml", *QUICK, "--out", "there")
    assert result.exit_code == 3 and "what comes after the horizon is left out" in result.stderr
    manifest = json.loads(Path("there/manifest.json").read_text(encoding="utf-8"))
    assert manifest["setting"]["replications"] == 4 and manifest["setting"]["months_after"] == 0
