"""Claims of the trade, by sign and order: each experiment runs in its quick form, and its figures say what its words say."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from ladsim.scenario.check import warnings
from ladsim.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "experiments"


@pytest.fixture(scope="module")
def experiments() -> Any:
    """Imports an experiment by name, with the files beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        yield importlib.import_module


@pytest.fixture
def ran(experiments: Any, tmp_path: Path) -> Any:
    """Runs an experiment in its quick form; its table by what is asked for."""

    def run(name: str, *index: str) -> pd.DataFrame:
        answer = experiments(name).main(["--quick", "--out", str(tmp_path)])
        assert answer.picture.stat().st_size > 5_000
        for words in (answer.question, answer.answer, answer.depends_on, answer.limits, answer.alt):
            assert words, f"{name} leaves something unsaid"
            assert "nan" not in words.lower().split()
        assert answer.answer in str(answer)
        return answer.table.set_index(list(index)) if index else answer.table

    return run


@pytest.fixture(scope="module")
def claims(experiments: Any) -> ModuleType:
    """The list of claims, and their page."""
    return experiments("all_claims")


class TestPage:
    def test_every_claim_has_its_part_and_its_picture(self, claims: ModuleType, experiments: Any) -> None:
        """docs/claims.md is that of the claims there are: run experiments/all_claims.py after a change."""
        page = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
        assert claims.INTRODUCTION in page
        for name in claims.CLAIMS:
            assert f"## {experiments(name).QUESTION}\n" in page
            assert f"(img/{name}.png)" in page
            assert (ROOT / "docs" / "img" / f"{name}.png").is_file()

    def test_the_page_is_written(self, claims: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One claim: its question, picture, answer, the number it depends on and its limits, on the screen and on the page."""
        page = claims.main(["--quick", "--only", "five_points_more", "--out", str(tmp_path)])
        assert (tmp_path / "claims.md").read_text(encoding="utf-8") == page
        assert (tmp_path / "img" / "five_points_more.png").is_file()
        assert "It depends on: the retention of today" in capsys.readouterr().out

    def test_scenarios_are_sound(self, claims: ModuleType) -> None:
        """Nothing is odd about a claim's scenario but what it is about: each number has a source or the word assumption."""
        for name in claims.CLAIMS:
            odd = [str(w) for w in warnings(load(FOLDER / f"{name}.toml")) if "nobody ever orders" not in str(w)]
            if name == "four_pitfalls":  # of which one is to say the right thing to the wrong people
                wrong = [line for line in odd if line.startswith("strategies.wrong_messages.") and "buys nothing" in line]
                assert len(wrong) == 4
                odd = [line for line in odd if line not in wrong]
            assert odd == []


class TestFacts:
    """Signs and orders, with their 95 % intervals. Fixed seeds."""

    def test_break_even_ratio(self, ran: Any) -> None:
        """Simulated earnings lie by their closed forms; at 5 times the price winning earns more, at 12 less than keeping."""
        table = ran("break_even_ratio", "ratio")
        assert (table["winning"] / table["formula"]).between(0.93, 1.07).all()
        assert (table["keeping"] / table["keeping_formula"]).between(0.93, 1.07).all()
        assert table.loc[5.0, "low"] > table.loc[5.0, "keeping"]
        assert table.loc[12.0, "high"] < table.loc[12.0, "keeping"]

    def test_five_points_of_retention(self, ran: Any) -> None:
        """+33 % at 90 %, +11 % at 60 %, at 10 % interest; the formula's values are exact, the simulated hold them."""
        table = ran("five_points_more", "retention")
        assert table.loc[0.9, "formula"] == pytest.approx(1 / 3)
        assert table.loc[0.6, "formula"] == pytest.approx(1 / 9)
        assert ((table["low"] < table["formula"]) & (table["formula"] < table["high"])).all()
        assert table.loc[0.9, "low"] > 2 * table.loc[0.6, "high"]

    def test_where_members_differ_the_gain_is_flatter(self, experiments: Any) -> None:
        """A beta that hardly spreads is the formula; one that spreads gives less at 90 % and more at 60 %."""
        five = experiments("five_points_more")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(five, "SAMENESS", 1e6)
            assert five.value_where_members_differ(0.9) == pytest.approx(five.value(0.9), rel=1e-4)
        gain = {r: five.value_where_members_differ(r + 0.05) / five.value_where_members_differ(r) - 1 for r in (0.6, 0.9)}
        assert 1 / 9 < gain[0.6] < gain[0.9] < 1 / 3

    def test_recommended_customers_know_each_other(self, ran: Any) -> None:
        """At the same number a recommended customer is worth less where friends form circles; each brings others."""
        table = ran("recommended_or_bought", "market")
        assert table.loc["circles of friends", "high"] < 0
        assert (table["bought_over_own_orders"] > 1).all()

    def test_referred_customers_stay_longer(self, ran: Any) -> None:
        """Schmitt et al. 2011: fewer leave and they stay longer, where friends are of a kind; nothing of it where all are alike."""
        table = ran("referred_stay_longer", "market")
        kind, alike = table.loc["different, friends of a kind"], table.loc["all alike"]
        assert kind["low"] > 0
        assert kind["stay_low"] > 0
        assert alike["low"] < 0 < alike["high"]
        assert kind["low"] > alike["high"]

    def test_hubs_first(self, ran: Any) -> None:
        """Hubs win where they talk to every friend; where everybody talks as much, they do not."""
        table = ran("hubs_or_random", "graph", "budget", "first")
        many = "a few know very many"
        assert table.loc[(many, "per_edge", "hubs"), "low"] > 1.5
        assert table.loc[(many, "per_edge", "hubs"), "low"] > table.loc[(many, "per_edge", "friend of anybody"), "times_anybody"]
        assert table.loc[(many, "per_sender", "hubs"), "high"] < 1.3

    def test_score_and_growth(self, ran: Any) -> None:
        """NPS goes with growth where the satisfied stay and talk, less where advertising differs, not where it alone counts."""
        table = ran("does_nps_predict", "market")
        first, second, third = table["correlation"]
        assert table["low"].iloc[0] > 0.8
        assert first > second > third
        assert table["low"].iloc[2] < 0 < table["high"].iloc[2]

    def test_light_and_heavy_buyers(self, ran: Any) -> None:
        """Liu 2007: light and moderate respond, heavy hardly, where the programme builds habits; a goal's pull is the other way."""
        table = ran("light_and_heavy", "programme", "buyers")
        habit, pull, nothing = table.loc["habit"], table.loc["pull"], table.loc["nothing"]
        assert habit.loc["light", "low"] > habit.loc["moderate", "high"]
        assert habit.loc["moderate", "low"] > 3 * habit.loc["heavy", "high"]
        assert pull.loc["light", "low"] > 0
        assert pull.loc["light", "high"] < pull.loc["heavy", "low"]
        assert nothing.loc["light", "low"] > 0 > nothing.loc["heavy", "high"]

    def test_head_start(self, ran: Any) -> None:
        """Nunes & Drèze 2006 and Kivetz 2006: more fill the card with a head start, and orders speed up; shares as in the formula."""
        table = ran("head_start", "kappa")
        assert table.loc[8.0, "with_head_start"] > 1.3 * table.loc[8.0, "filled"]
        assert (table["last_wait_over_first"] < 1).all()
        assert (table["with_head_start"] - table["formula"]).abs().max() < 0.015
        assert (table["filled"] - 0.19).abs().max() < 0.015

    def test_four_programmes_at_equal_cost(self, ran: Any) -> None:
        """All cost 3 % of revenue; points and cashback pay at 3 % ÷ (50 % − 3 %), tiers ask more, the club most."""
        table = ran("four_programmes", "programme")
        assert table["cost_share"].to_numpy() == pytest.approx(0.03, rel=0.02)
        for name in ("points", "cashback"):
            assert table.loc[name, "lift_to_pay"] == pytest.approx(0.03 / 0.47, rel=0.08)
            assert table.loc[name, "high"] < table.loc["tiers", "low"]
        assert table.loc["tiers", "high"] < table.loc["club", "low"]

    def test_four_pitfalls(self, ran: Any) -> None:
        """Wrong messages lose more than no money does; too little data loses; taking loyalty for granted does, where it fades."""
        table = ran("four_pitfalls", "strategy")
        assert table.loc["wrong_messages", "low"] > table.loc["base", "lost_per_1_spent"]
        assert table.loc["base", "low"] > 0
        assert table.loc["wrong_messages", "low"] > table.loc["blind", "high"]
        assert table.loc["blind", "low"] > 0
        assert table.loc["fading", "low"] > table.loc["for_granted", "high"]
        assert table.loc["for_granted", "low"] < 0 < table.loc["for_granted", "high"]


def test_marks_of_an_axis_are_the_numbers_they_stand_at(experiments: Any) -> None:
    """A mark at 2.5 % is not called 2 %."""
    change = experiments("claim").change
    assert [change(share) for share in (-0.4, 0.0, 0.025, 0.175, 0.2)] == ["−40 %", "0 %", "+2.5 %", "+17.5 %", "+20 %"]
