"""The experiments: each runs in its quick form; the real funnel is found again."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

import ladsim
from ladsim.measures.value import booked
from ladsim.model import layout
from ladsim.model.layout import MEMBER_COUNTS
from ladsim.scenario.address import numbers, set_number
from ladsim.scenario.check import warnings

FOLDER = Path(__file__).resolve().parent.parent / "experiments"


def experiment(name: str) -> ModuleType:
    """An experiment's file as a module."""
    spec = importlib.util.spec_from_file_location(f"experiment_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_up_waits(count: int) -> np.ndarray:
    """Quantiles of talks of 10 days after one of 1 day (60 %), and of 100 days more (40 %): evenly spread uniforms, no luck."""
    grid = np.linspace(0, 1500, 300_001)
    density = experiment("lastfm_olist").density
    cdf = np.cumsum(0.6 * density(grid, 1.0, 10.0) + 0.4 * density(grid, 1.0, 10.0, 100.0)) * (grid[1] - grid[0])
    return np.interp((np.arange(count) + 0.5) / count, cdf / cdf[-1], grid)


@pytest.fixture
def made_up_data(tmp_path: Path) -> Path:
    """A data folder of the real one's form: friends in a circle, 4,000 leads, 400 deals, one of them dated before its lead."""
    graph, funnel = tmp_path / "graph_lastfm_asia", tmp_path / "olist_funnel"
    graph.mkdir()
    funnel.mkdir()
    people = np.arange(7_624)
    ties = pd.DataFrame({"node_1": people, "node_2": np.roll(people, 1)})
    ties.to_csv(graph / "lastfm_asia_edges.csv", index=False)
    leads = pd.DataFrame({"mql_id": [f"m{i}" for i in range(4_000)], "first_contact_date": "2018-01-10"})
    leads.to_csv(funnel / "olist_marketing_qualified_leads_dataset.csv", index=False)
    days = np.append(made_up_waits(399), -2.0)
    won = (pd.Timestamp("2018-01-10") + pd.to_timedelta(days, unit="D")).floor("s")
    deals = pd.DataFrame({"mql_id": [f"m{i * 10}" for i in range(400)], "won_date": won})
    deals.to_csv(funnel / "olist_closed_deals_dataset.csv", index=False)
    return tmp_path


class TestFunnelOnMadeUpData:
    def test_density_is_one(self) -> None:
        """It integrates to 1 and has the sum of the means for a mean."""
        grid = np.linspace(0, 3000, 600_001)
        density = experiment("lastfm_olist").density(grid, 1.0, 10.0, 100.0)
        assert trapezoid(density, grid) == pytest.approx(1, abs=1e-6)
        assert trapezoid(grid * density, grid) == pytest.approx(111, rel=1e-6)

    def test_waits_are_recovered(self) -> None:
        assert experiment("lastfm_olist").fit_waits(pd.Series(made_up_waits(2_000))) == pytest.approx((1, 10, 100, 0.4), rel=0.03)

    def test_rates_give_the_share_and_the_waits(self) -> None:
        """Out of each rung they add up to one over the mean wait; the chances along both ways add up to the share of deals."""
        r = experiment("lastfm_olist").rates(0.1, 1.0, 10.0, 100.0, 0.4)
        talks = [r[f"steps.prospect.{to}.rate"] for to in ("customer", "undecided", "cold")]
        thinking = [r[f"steps.undecided.{to}.rate"] for to in ("customer", "cold")]
        assert sum(talks) == pytest.approx(3.04375)
        assert sum(thinking) == pytest.approx(0.304375)
        assert talks[0] / sum(talks) + talks[1] / sum(talks) * thinking[0] / sum(thinking) == pytest.approx(0.1)

    def test_the_deal_before_its_lead_counts_but_has_no_wait(self, made_up_data: Path) -> None:
        leads, deals, days = experiment("lastfm_olist").read_funnel(made_up_data)
        assert (leads, deals, len(days)) == (4_000, 400, 399)
        assert (days > 0).all()

    def test_runs(self, made_up_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The funnel put in is found again: share within 4 standard errors, median within 3 days over three runs."""
        table = experiment("lastfm_olist").main([str(made_up_data), "--quick"])
        assert abs(table.loc["share", "simulated"] - 0.1) < 4 * np.sqrt(0.1 * 0.9 / (3 * 7_624))
        assert table.loc["days until 50% of the deals", "simulated"] == pytest.approx(
            table.loc["days until 50% of the deals", "Olist"], abs=3
        )
        assert "Mean waits" in capsys.readouterr().out


class TestFunnelOnRealData:
    def test_what_the_funnel_says(self, shared_data: Path) -> None:
        leads, deals, days = experiment("lastfm_olist").read_funnel(shared_data)
        assert (leads, deals, len(days)) == (8_000, 842, 841)
        assert days.median() == pytest.approx(14.7, abs=0.05)

    def test_the_files_numbers_are_the_fitted_ones(self, shared_data: Path) -> None:
        """Who reads lastfm_olist.toml reads what the script found (to two digits or so), and each number has a source."""
        module = experiment("lastfm_olist")
        leads, deals, days = module.read_funnel(shared_data)
        scenario = ladsim.loads(
            (FOLDER / "lastfm_olist.toml").read_text(encoding="utf-8"), folder=shared_data / "graph_lastfm_asia"
        )
        assert [str(w) for w in warnings(scenario)] == []
        written = {n.key.replace(".time.", "."): n.value for n in numbers(scenario).values()}
        for key, rate in module.rates(deals / leads, *module.fit_waits(days)).items():
            assert written[key] == pytest.approx(rate, rel=0.01)

    def test_the_funnel_is_found_again(self, shared_data: Path) -> None:
        """Three runs on the LastFM graph: share within 4 standard errors, quartiles within 4 of theirs (bootstrapped: .33, .91, 6.1)."""
        table = experiment("lastfm_olist").main([str(shared_data), "--quick"])
        assert table.loc["leads", "simulated"] == 7_624
        gap = (table["simulated"] - table["Olist"]).abs()
        assert gap["share"] < 4 * np.sqrt(0.105 * 0.895 / (3 * 7_624))
        for wait, error in {
            "days until 25% of the deals": 0.33,
            "days until 50% of the deals": 0.91,
            "days until 75% of the deals": 6.1,
        }.items():
            assert gap[wait] < 4 * error * np.sqrt(1 / 3 + 1)

    @pytest.mark.long
    def test_the_median_is_found_within_a_day(self, shared_data: Path, tmp_path: Path) -> None:
        """Ten runs: share within half a point, median within a day; and the report is written."""
        table = experiment("lastfm_olist").main([str(shared_data), "--replications", "4", "--out", str(tmp_path / "report")])
        assert table.loc["share", "simulated"] == pytest.approx(842 / 8000, abs=0.005)
        assert table.loc["days until 50% of the deals", "simulated"] == pytest.approx(14.7, abs=1)
        assert any("</html>" in page.read_text(encoding="utf-8") for page in tmp_path.rglob("report.html"))


def test_acquisition_vs_retention(capsys: pytest.CaptureFixture[str]) -> None:
    duel = experiment("acquisition_vs_retention").main(["--quick"])
    assert duel.verdict in capsys.readouterr().out
    assert set(duel.runs) == {"acquisition_first", "retention_first", "referral_first", "balanced", "base"}


class TestWinBack:
    def test_runs(self, capsys: pytest.CaptureFixture[str]) -> None:
        duel = experiment("win_back").main(["--quick"])
        said = capsys.readouterr().out
        assert duel.verdict in said
        assert "lapsed customers" in said

    def test_the_letters_are_paid_for_and_bring_customers_back(self) -> None:
        """Each note's letters cost 0.50 apiece; more customers come back than without, under the same luck."""
        scenario = ladsim.load(FOLDER / "win_back.toml")
        with_letters = ladsim.simulate(scenario, strategy="letters", sample=2_000)
        without = ladsim.simulate(scenario, sample=2_000)
        letters = [int(note.split()[2].replace(",", "")) for _, note in with_letters.policy_notes]
        cause = with_letters.causes.index("policy:win_back")
        assert -booked(with_letters)[:, cause].sum() == pytest.approx(0.5 * sum(letters))
        back = with_letters.step_names.index("lapsed.customer")
        assert with_letters.flows[:, back].sum() > without.flows[:, back].sum()

    def test_a_policy_that_never_writes_changes_nothing(self) -> None:
        """Where there are never too many lapsed customers, the market with the policy is the market without, bit for bit."""
        scenario = ladsim.load(FOLDER / "win_back.toml")
        (policy,) = scenario.strategies["letters"].policies
        lazy = policy.model_copy(update={"options": policy.options | {"per_active": 1e9}})
        left_alone = ladsim.simulate(scenario, sample=500)
        strategy = scenario.strategies["letters"].model_copy(update={"policies": (lazy,)})
        changed = scenario.model_copy(update={"strategies": {"letters": strategy}})
        watched = ladsim.simulate(changed, strategy="letters", sample=500)
        assert watched.policy_notes == ()
        assert np.array_equal(watched.counts, left_alone.counts)
        assert watched.profit_units == left_alone.profit_units


class TestBirthday:
    def test_the_gift_is_paid_for_and_brings_orders(self) -> None:
        """Each gift costs 8 on a birthday, once a year per member; there are more orders than without, under the same luck."""
        scenario = ladsim.load(FOLDER / "birthday.toml")
        assert [str(w) for w in warnings(scenario)] == []
        gifts, without = (ladsim.simulate(scenario, strategy=name, sample=2_000, log=True) for name in ("gift", None))
        events = gifts.events()
        given = events[events["cause"] == "birthday:rewards"]
        assert len(given) > 100
        assert (given["amount"] == -8.0).all()
        between = given.groupby("customer")["month"].diff().dropna()
        assert between.to_numpy() == pytest.approx(12.0, abs=1e-6)
        assert gifts.members[:, 0, MEMBER_COUNTS.index("rewards")].sum() == len(given)
        assert gifts.orders.sum() > without.orders.sum()

    def test_both_engines_give_the_same(self) -> None:
        """A programme of one's own is compiled like the others."""
        scenario = ladsim.load(FOLDER / "birthday.toml")
        slow, fast = (ladsim.simulate(scenario, strategy="gift", sample=300, log=True, engine=e) for e in ("simpy", "fast"))
        assert slow.equals(fast)

    def test_options_take_the_place_of_its_own_numbers(self) -> None:
        scenario = ladsim.load(FOLDER / "birthday.toml")
        dear = set_number(scenario, "strategies.gift.programs.birthday.options.gift_cost", 16.0)
        costs = [
            ladsim.simulate(s, strategy="gift", sample=500).daily[:, -2].sum() for s in (scenario, dear)
        ]  # the cause of rewards is the last but one
        assert costs[1] == 2 * costs[0] < 0


def test_by_rung_beats_alike_where_tactics_fit_and_rungs_are_known() -> None:
    """Money by rung earns more than alike on everybody; not knowing the rungs, or tactics that fit all, leave little of that."""
    gains = {}
    for name, duel in experiment("by_rung").main(["--quick"]).items():
        profit = duel.outcomes.set_index("strategy")["profit"]
        gains[name] = profit["by_rung"] - profit["balanced"]
    assert gains["knowing"] > 0.0
    assert max(abs(gains["not knowing"]), abs(gains["all fit"])) < gains["knowing"] / 4


def test_a_life_in_the_debugger(tmp_path: Path) -> None:
    """Stopped before anything happens to one customer, the debugger shows the rule, the month, and goes on to what happens next."""
    words = [sys.executable, str(FOLDER / "one_life.py"), "--step"]
    done = subprocess.run(
        words, input="n\nn\np t / 31457280\nc\na\nq\n", cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.count("-> c = access.head(m, row)") == 2
    assert "2.405620" in done.stdout
    assert "row = 34" in done.stdout


def test_what_the_page_says_of_the_debugger(tmp_path: Path) -> None:
    """What is due is 2 of the page's table, whose other places are right, too; who steps into an accessor gets out as it says."""
    words = [sys.executable, str(FOLDER / "one_life.py"), "--step"]
    typed = "s\nr\nn\nn\np int(c.what), m.slots, 2 + m.order_column, 2 + m.talk_column, m.layers\nq\n"
    done = subprocess.run(words, input=typed, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert '-> head = _row.reads("head")' in done.stdout
    assert done.stdout.index("-> t = access.due(m, row)") > done.stdout.index("_row.reads")
    assert "(2, 1, 3, 4, 1)" in done.stdout
    page = (FOLDER.parent / "docs" / "one-life.md").read_text(encoding="utf-8").partition("What stands where")[0]
    rows = [row.split("|")[1:3] for row in page.splitlines() if row.startswith(("| `", "| from `"))]
    table = [(first.strip(" `"), second.strip()) for first, second in rows[1:]]
    assert [int(first) for first, _ in table[:2]] == [layout.ARRIVES, layout.RENEWS]
    assert [second for _, second in table if second] == [str(layout.FIRST_CLOCK), "3", "4"]
    assert table[5][0].startswith(f"from `{layout.FIRST_DATE}`")
    assert table[6][0] == str(layout.NOTHING)
