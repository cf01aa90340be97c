"""The file: sliders with Python's own bytes, what it refuses, TOML that is read back, and how it behaves in Chromium.

Tests: ``cli/page.py``, ``pages/export.py``, ``pages/sliders.py``, ``pages/toml_parts.py``, ``pages/words.py``.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import program
from ladsim.errors import OutputError, ScenarioError, StudyError
from ladsim.measures.uncertainty import mean_interval, quantile
from ladsim.pages import data, export
from ladsim.pages.sliders import check, composed, sliders_of
from tests.pages.browser import CHROMIUM, Browser

needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="node, which plays the page's modules here, is not installed"
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium, which opens the page here, is not installed")
KEYS = ["basket.mean", "rungs.customer.orders_per_month", "strategies.acquisition_first.campaigns.search.monthly_spend"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a scenario whose labels hold markup."""
    scenario = ladsim.load("acquisition_vs_retention")
    strategies = dict(scenario.strategies)
    first = strategies["acquisition_first"]
    strategies["acquisition_first"] = first.model_copy(update={"label": '<img src=x onerror="document.title=1">'})
    marked = scenario.model_copy(update={"strategies": strategies})
    path = tmp_path_factory.mktemp("page") / "market.html"
    ladsim.page(marked, path, strategies=["acquisition_first", "retention_first"], sliders=KEYS, sample=1000, futures=8)
    return path


def said_in(file: Path) -> dict[str, Any]:
    found = re.search(r'id="said">([^<]*)<', file.read_text(encoding="utf-8"))
    assert found is not None
    return dict(json.loads(gzip.decompress(base64.b64decode(found[1]))))


def in_node(given: dict[str, Any]) -> dict[str, Any]:
    words = ["node", str(Path(__file__).parent / "sums.mjs"), str(export.WEB)]
    ran = subprocess.run(words, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@needs_node
def test_intervals_and_quantiles_are_python_s() -> None:
    values = [3.5, -1.25, 8.0, 2.5, 100.0, 7.75, 4.5, -30.0]
    found = in_node({"values": values, "student": export._student(8), "q": [0.1, 0.5, 0.9]})
    for own, paired in zip(found["intervals"], (True, False), strict=True):
        wanted = mean_interval(values, pairs=paired)
        assert [own["mean"], own["low"], own["high"]] == pytest.approx([wanted.estimate, wanted.low, wanted.high], rel=1e-12)
    assert found["quantiles"] == pytest.approx(quantile(values, [0.1, 0.5, 0.9]).tolist(), rel=1e-12)


@needs_node
def test_a_verdict_is_only_as_sure_as_its_interval() -> None:
    ahead, behind, wild = [10.0, 11.0, 12.0, 11.0], [1.0, 2.0, 1.0, 2.0], [0.0, 40.0, -20.0, 30.0]
    cases = [[ahead, behind], [behind, ahead], [wild, behind], [behind, wild], [ahead, ahead], [ahead, behind, wild]]
    found = in_node({"profits": cases, "student": export._student(4), "base": 1, "values": None})
    assert [one["kind"] for one in found["judged"]] == ["choose", "none", "tie", "tie_base", "same", "tie"]


@needs_node
def test_a_verdict_is_against_whoever_may_be_the_best() -> None:
    """As ``compare`` has it: one further behind on average may not be behind at all; a strategy that does nothing is no rival."""
    ahead, behind, wild = [10.0, 11.0, 12.0, 11.0], [1.0, 2.0, 1.0, 2.0], [-30.0, 40.0, -25.0, 20.0]
    cases = [[ahead, behind, wild], [ahead, behind, behind], [[-1.0, -2.0, -1.0, -2.0], [-10.0, -11.0, -12.0, -11.0]]]
    judged = in_node({"profits": cases, "student": export._student(4), "base": 1, "values": None})["judged"]
    assert [(one["kind"], one["best"], one["next"]) for one in judged] == [("tie", 0, 2), ("choose", 0, 1), ("choose", 0, 1)]
    assert [one["loses"] for one in judged] == [False, False, True]


@needs_node
def test_nonsense_in_a_link_is_no_setting(file: Path) -> None:
    said = said_in(file)
    nonsense = [
        "rung=99",
        "basket.mean=400",
        "basket.mean=-1",
        "x=1",
        "%E0%A4%A=1",
        "language=fr",
        "language=__proto__",
        "a" * 5000,
    ]
    setting = {"moved": {"basket.mean": 3}, "rung": 2, "language": "da"}
    found = in_node({"links": [*nonsense, ""], "said": said, "setting": setting})
    assert found["settings"][:-1] == [None] * len(nonsense)
    assert found["settings"][-1]["moved"] == {} and found["link"] == setting


@needs_node
def test_the_toml_of_a_setting_is_read_back_as_the_same_scenario(file: Path) -> None:
    said = said_in(file)
    toml = in_node({"said": said, "setting": {"moved": {"basket.mean": 0}, "rung": 0, "language": "en"}})["toml"]
    read = ladsim.loads(toml)
    assert read.basket.mean == float(said["sliders"][0]["values"][0])
    untouched = in_node({"said": said, "setting": {"moved": {}, "rung": 0, "language": "en"}})["toml"]
    scenario, back = ladsim.load("acquisition_vs_retention"), ladsim.loads(untouched)
    assert (back.rungs, back.basket, back.money, back.steps) == (scenario.rungs, scenario.basket, scenario.money, scenario.steps)


def test_a_setting_is_made_of_the_bytes_that_python_lays_out() -> None:
    scenario = ladsim.load("acquisition_vs_retention")
    markets = data.markets_of(scenario, ["acquisition_first", None], data.world_of(scenario, 500), 1, 4)
    sliders = sliders_of(scenario, markets, KEYS)
    assert check(markets, sliders, settings=40, seed=7) == 40
    assert composed(markets[0], {}, 0, 0) == markets[0].differences[0]
    for stop in sliders[0].words[0]:
        stop[next(iter(stop))] += 1  # a byte that is not Python's
    with pytest.raises(StudyError, match="found other bytes than those of Python"):
        check(markets, sliders, settings=40, seed=7)


def test_what_cannot_be_on_a_slider_is_refused_in_words() -> None:
    scenario = ladsim.load("acquisition_vs_retention")
    markets = data.markets_of(scenario, ["acquisition_first", None], data.world_of(scenario, 500), 1, 4)
    with pytest.raises(ScenarioError) as found:
        sliders_of(scenario, markets, ["baskt.mean", "rungs.lead.cost_per_month", "heterogeneity.orders.gamma_shape", "months"])
    said = str(found.value)
    assert "--sliders baskt.mean" in said and "basket.mean" in said
    assert "--sliders rungs.lead.cost_per_month: found 0.0, must be a number that may be smaller and larger" in said
    assert "gamma_shape: found a number that changes who stands where at the start" in said


def test_a_page_holds_all_it_needs_and_nothing_of_a_label_as_markup(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert "<img" not in text and "http:" not in text.replace("http://www.w3.org/2000/svg", "") and "https:" not in text
    assert "default-src 'none'" in text and "unsafe-inline" not in text


def test_odd_futures_and_too_many_strategies_are_refused(tmp_path: Path) -> None:
    scenario = ladsim.load("acquisition_vs_retention")
    with pytest.raises(StudyError, match="--replications: found 3, must be an even number from 2 to 100"):
        ladsim.page(scenario, tmp_path / "a.html", futures=3)
    with pytest.raises(OutputError):
        ladsim.page(scenario, tmp_path / "none" / "a.html", sliders=["basket.mean"], sample=100, futures=2)


def test_the_command_writes_a_page_and_says_what_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "shop.html"
    words = [
        "page",
        "local_shop",
        "--sliders",
        "basket.mean",
        "--sample",
        "200",
        "--replications",
        "2",
        "--language",
        "en",
        "--out",
        str(out),
    ]
    ran = CliRunner().invoke(program(), words)
    assert ran.exit_code == 0, ran.output
    assert out.is_file() and "settings at random have the same bytes as in Python" in ran.output


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()


@needs_chromium
def test_the_page_plays_in_chromium_and_says_what_python_says(file: Path, browser: Browser) -> None:
    """A slider is moved; then the last future's profit is that of Python with the number set."""
    browser.open(file)
    assert browser.run("document.title") == "Acquisition or retention? – what if"
    browser.run("(() => { const s = document.getElementById('slider_0'); s.value = 20; s.dispatchEvent(new Event('input')); })()")
    browser.wait("page.found[0].length === 8 && page.setting.moved['basket.mean'] === 20 && page.turn === 2")
    found = browser.run("page.found.map((runs) => runs.map((run) => run.profit[run.profit.length - 1]))")
    scenario = ladsim.load("acquisition_vs_retention")
    changed = ladsim.loads(
        browser.run("""(() => { let text; const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { text = blob.text(); return make(blob); }; page.save('toml'); return text; })()""")
    )
    assert changed.basket.mean == 1.5 * scenario.basket.mean
    for place, strategy in enumerate(("acquisition_first", "retention_first", None)):
        for replication in (0, 7):
            history = ladsim.simulate(changed, strategy=strategy, seed=1, replication=replication, sample=1000)
            assert found[place][replication] == ladsim.measures.value.profit_so_far(history)[-1]
    assert browser.errors == [] and browser.requests == []


@needs_chromium
def test_undo_language_and_a_link_with_nonsense(file: Path, browser: Browser) -> None:
    browser.open(file, "#basket.mean=4&rung=1&language=da")
    assert browser.run("document.documentElement.lang") == "da"
    assert "Fortryd" in browser.run("document.getElementById('undo').textContent")
    browser.run("document.getElementById('reset').click()")
    assert browser.run("location.hash") == "#language=da&rung=1"
    browser.run("document.getElementById('undo').click()")
    assert browser.run("page.setting.moved['basket.mean']") == 4
    assert browser.run("document.querySelectorAll('main img').length") == 0
    browser.open(file, "#basket.mean=4000")
    assert "does not belong to this page" in browser.run("document.getElementById('warning').textContent")
    assert browser.errors == []


@needs_chromium
def test_a_market_without_strategies_says_what_it_earns(tmp_path: Path, browser: Browser) -> None:
    """bass_small sells nothing: its profit is nought in every future."""
    ladsim.page(ladsim.load("bass_small"), tmp_path / "bass.html", futures=4)
    browser.open(tmp_path / "bass.html")
    assert browser.run("document.getElementById('verdict').textContent").startswith("Over ")
    assert browser.errors == []


@needs_chromium
@pytest.mark.parametrize("wide", [390, 1440])
def test_nothing_is_wider_than_the_screen(file: Path, wide: int) -> None:
    browser = Browser(wide, 844)
    try:
        browser.open(file)
        assert browser.run("document.documentElement.scrollWidth") <= wide
    finally:
        browser.close()


def test_numbers_of_student_are_those_of_intervals() -> None:
    assert np.isclose(export._student(20)[19], 2.0930240544)
