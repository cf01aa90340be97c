"""How long to test: against the closed form where nothing crosses, equal arms, what crosses, nonsense asked, and the command.

Tests: ``cli/trial_length.py``, ``planning/trial_market.py``, ``planning/trial_shares.py``, ``reporting/trial_length.py``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import program
from ladsim.errors import StudyError
from ladsim.planning.trial_length import CANNOT, REACHED
from ladsim.planning.trial_market import ARMS, EVERYBODY, NOBODY, Terms, TrialWork, entry_of, tried
from ladsim.planning.worlds import Worlds
from ladsim.reporting.page_model import Grid
from ladsim.reporting.trial_length import TrialWords, page
from ladsim.scenario.draws import Draws
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario

MARKET = """
schema = 1
name = "Trial"
months = 6
market_size = 2000
currency = "EUR"
basket = { law = "lognormal", mean = 20.0, spread = 0.5 }
money = { margin = 0.5 }
rungs = [
  { name = "lead", share = 0.9 },
  { name = "customer", share = 0.1, orders_per_month = 1.0 },
]
steps = [{ from = "lead", to = "customer", monthly = 0.03, is_order = true }]
campaigns = [{ name = "letters", channel = "letters", monthly_spend = 1000.0 }]
[[channels]]
name = "letters"
response = { half_at = 0.4, source = "assumption" }
effects = [{ on = "steps.lead.customer", full = 1.0, source = "assumption" }]
"""


@pytest.fixture(scope="module")
def market() -> Scenario:
    """Leads become customers; letters help; nobody talks."""
    return loads(MARKET)


def talking() -> Scenario:
    """The same, where customers tell leads, who buy: what the letters do to one reaches others."""
    text = MARKET.replace("orders_per_month = 1.0", "orders_per_month = 1.0, messages_per_month = 2.0")
    text = text.replace(
        "steps = [", 'steps = [{ from = "lead", to = "customer", trigger = "message", probability = 0.15, is_order = true }, '
    )
    return loads(
        text.replace("[[channels]]", 'word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }]\n[[channels]]')
    )


def work(market: Scenario, how: str, share: float, **terms: Any) -> tuple[TrialWork, Worlds]:
    """One way to try the letters."""
    reach = {NOBODY: 0.0, EVERYBODY: 1.0}.get(how, share)
    whole = Draws(market, 1)
    entry = entry_of(market, whole.tables(0), "letters", ("customer",), ())
    draws, worlds = Draws(tried(market, "letters", reach), 1), Worlds(None)
    return TrialWork(draws, worlds.settle(draws), 1, entry, Terms(1.5, 0.05, **terms), how, share), worlds


def test_what_is_kept_is_what_the_history_has(market: Scenario) -> None:
    """With the letters in everybody: the money of every month, and who converts, as ``simulate`` counts them."""
    one, worlds = work(market, EVERYBODY, 0.0)
    found = one.future(0, worlds)
    history = ladsim.simulate(market, seed=1)
    month = history.months.astype(int)[-1]
    start = int(history.daily[0].sum())
    assert found.earned[month] * history.unit == pytest.approx(history.profit_units - start)
    taken = history.flows[:, history.step_names.index("lead.customer")].sum(axis=1).cumsum()
    assert found.converted.tolist() == taken.tolist()
    assert found.customers == 1_800


def test_the_arms_are_as_large_as_asked_and_differ_by_the_letters(market: Scenario) -> None:
    """An eighth of the market each; without a difference in who is in them, with one in what they do; spend in proportion."""
    one, worlds = work(market, ARMS, 0.125)
    runs = [one.future(k, worlds) for k in range(12)]
    assert np.mean([run.arms for run in runs], axis=0) == pytest.approx([225, 225], abs=12)
    control, treated = np.sum([run.arm_converted[:, -1] for run in runs if run.arm_converted is not None], axis=0)
    everybody, nobody = (
        np.mean([w.future(k, worlds_).converted[-1] for k in range(6)])
        for w, worlds_ in (work(market, EVERYBODY, 0.0), work(market, NOBODY, 0.0))
    )
    assert treated / control == pytest.approx(everybody / nobody, rel=0.15)  # nothing crosses


def test_equal_arms_seldom_say_anything(market: Scenario) -> None:
    """4,000 tests of the market without the letters: false verdicts at 5 % at the most, looked at after every conversion."""
    one, worlds = work(market, NOBODY, 0.25, relabelled=200)
    false = sum(one.future(k, worlds).false_verdicts for k in range(20))
    assert 0 < false / 4_000 <= 0.05 + 3.0 * math.sqrt(0.05 * 0.95 / 400)  # arms of one future are not independent


@pytest.mark.long
def test_the_closed_form_where_nothing_crosses(market: Scenario) -> None:
    """The usual test, looked at once, finds it as often as the closed form says; the one that may be looked at always a little less."""
    found = ladsim.how_long_to_test(market, None, converts=["customer"], per_arm=150, replications=80, processes=1)
    last = found.last
    assert last["found_at_once"] == pytest.approx(last["closed_form"], abs=3.0 * math.sqrt(0.25 / 80))
    assert 0.1 < last["found"] <= last["found_at_once"]
    assert last["lift_seen"] == pytest.approx(last["lift"], abs=0.12)
    assert (np.diff(found.months["found"]) >= 0.0).all()
    assert found.sizes.empty and "no word of mouth" in TrialWords(found).sentences()[3]


@pytest.mark.long
def test_a_number_of_customers_is_found_and_holds_on_other_luck(market: Scenario) -> None:
    """For a lift that is asked for: the number reaches what was wanted on luck that was not used to find it, the lift is near the asked."""
    found = ladsim.how_long_to_test(market, None, lift=0.6, converts=["customer"], replications=20, processes=1)
    assert found.answer == REACHED and found.last["found"] >= 0.8
    assert found.last["lift"] == pytest.approx(0.6, abs=0.06)
    assert found.closed_form < found.size < 5 * found.closed_form
    assert found.month <= 6.0


def test_processes_change_nothing(market: Scenario) -> None:
    """One or two, the same numbers."""
    one, two = (
        ladsim.how_long_to_test(market, None, converts=["customer"], per_arm=100, replications=4, processes=n) for n in (1, 2)
    )
    assert one.months.equals(two.months)


def test_what_crosses_is_hidden() -> None:
    """Where customers talk, the arms differ by less than everybody with the letters from nobody."""
    found = ladsim.how_long_to_test(talking(), None, converts=["customer"], per_arm=900, replications=20, processes=1)
    assert found.last["lift_seen_high"] < found.last["lift"]
    assert found.last["waiting_cost_low"] <= found.last["waiting_cost"] <= found.last["waiting_cost_high"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lift": 0.0}, "lift: found 0, must be above −1 and not 0"),
        ({"lift": -1.5}, "lift: found -1.5"),
        ({"lift": 1e9}, "lift: found 1e+09, must be at most"),
        ({"lift": -0.2}, "lift: found -0.2, but in this scenario"),
        ({"sure": 1.5}, "sure: found 1.5, must be a probability above 0 and below 1"),
        ({"alpha": 0.7}, "alpha: found 0.7"),
        ({"per_arm": 30_000}, "per_arm: found 30,000, must be from 20 to 900, half of the 1,800 customers"),
        ({"per_arm": 3}, "per_arm: found 3"),
        ({"campaign": "leters"}, "did you mean 'letters'?"),
        ({"converts": ["custommer"]}, "did you mean 'customer'?"),
        ({"overrides": {"months": 0.5}}, "months: found 0.5"),
    ],
)
def test_nonsense(market: Scenario, asked: dict[str, Any], said: str) -> None:
    """A clear answer, in one sentence."""
    with pytest.raises(StudyError, match=None) as raised:
        ladsim.how_long_to_test(market, None, **{"converts": ["customer"], "replications": 2, "processes": 1, **asked})
    assert said in str(raised.value)


def test_no_campaign(market: Scenario) -> None:
    """Nothing to test."""
    bare = market.model_copy(update={"campaigns": ()})
    with pytest.raises(StudyError, match="campaign: found none"):
        ladsim.how_long_to_test(bare)


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Text, JSON and a folder with a page and two tables; what cannot be reached is said to be so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "market.toml").write_text(MARKET, encoding="utf-8")
    words = ["test-length", "market.toml", "--converts", "Customer", "--per-arm", "100", "--replications", "4", "--lift", "10%"]
    done = CliRunner().invoke(
        program(), [*words, "--language", language, "--json", "found.json", "--out", "page", "--processes", "1"]
    )
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert found["answer"] == CANNOT and found["customers_per_arm"] == 100 and found["asked_lift"] == 0.1
    assert len(found["tables"]["test_months"]) == 6 and found["command"].startswith("ladsim test-length market.toml")
    assert sorted(path.name for path in (tmp_path / "page").iterdir()) == [
        "test_length.html",
        "test_months.csv",
        "test_sizes.csv",
    ]
    assert found["verdict"][0].replace("\xa0", " ") in " ".join(done.output.split())
    assert "{" not in " ".join(found["verdict"])


def test_the_page(market: Scenario) -> None:
    """The answer first, the months, how to read them."""
    found = ladsim.how_long_to_test(market, None, converts=["customer"], per_arm=100, replications=2, processes=1)
    made = page(found, "ladsim test-length x")
    months = made.first[0]
    assert isinstance(months, Grid)
    assert "100 customers in each arm" in made.verdict and len(months.rows) == 6
