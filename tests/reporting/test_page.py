"""The page: one file, nothing from outside, no label becomes markup, and everything a decision needs is on it.

Tests: ``reporting/assumptions.py``, ``reporting/comparison.py``, ``reporting/comparison_tables.py``,
``reporting/comparison_view.py``, ``reporting/extra.py``, ``reporting/page_model.py``, ``reporting/run.py``,
``reporting/sections.py``, ``reporting/targets.py``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import OutputError
from ladsim.i18n import ENGLISH
from ladsim.i18n.numerals import DASH
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.notes import certain
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications
from ladsim.planning.run import replicate
from ladsim.planning.tables import tables_of
from ladsim.planning.targets import Targets, targets
from ladsim.reporting import series
from ladsim.reporting.assumptions import acting_numbers, assumptions, counts, given_numbers
from ladsim.reporting.comparison import page as comparison_page
from ladsim.reporting.page import page_html, page_of, report
from ladsim.reporting.page_model import Grid
from ladsim.scenario.load import load, loads, validated
from ladsim.scenario.naming import Namer
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from tests.reporting.conftest import COFFEE

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page: tags that do not match, ids, links, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"closed, but never opened: {tag}"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def pages(comparison: Comparison, promised: Targets) -> dict[str, str]:
    """A page of each kind."""
    return {
        "comparison": page_html(comparison, command="ladsim compare coffee.toml --seed 1", manifest="manifest.json"),
        "run": page_html(comparison.runs["balanced"]),
        "targets": page_html(promised),
    }


@pytest.mark.parametrize("kind", ["comparison", "run", "targets"])
def test_nothing_comes_from_outside(pages: dict[str, str], kind: str) -> None:
    """No address, no style sheet, font or picture from elsewhere, and no script but the page's own, which the browser knows by its hash."""
    text = pages[kind]
    assert "http:" not in text
    assert "https:" not in text
    read = Reader(text)
    assert not {tag for tag, _ in read.tags} & {"link", "img", "iframe", "object", "embed", "image", "foreignobject"}
    assert [attributes for tag, attributes in read.tags if tag == "script"] == [{}]
    own = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = next(a["content"] for tag, a in read.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    assert own and policy
    digest = base64.b64encode(hashlib.sha256(own[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'") and f"script-src 'sha256-{digest}'" in policy
    for _, attributes in read.tags:
        for name, value in attributes.items():
            assert name not in ("src", "srcset", "action", "data") and not name.startswith("on"), (name, value)
            assert name not in ("href", "xlink:href") or (value or "").startswith("#"), value
    assert "@import" not in text
    assert set(re.findall(r"url\((.)", text)) <= {"#"}


@pytest.mark.parametrize("kind", ["comparison", "run", "targets"])
def test_ids_are_unique_and_links_lead_somewhere(pages: dict[str, str], kind: str) -> None:
    """No two elements share an id, though many pictures stand in one page; every reference has its target."""
    read = Reader(pages[kind])
    assert len(read.ids) == len(set(read.ids))
    referred = re.findall(r"url\(#([^)]+)\)", pages[kind]) + [str(a["href"])[1:] for _, a in read.tags if "href" in a]
    assert referred
    assert set(referred) <= set(read.ids)


@pytest.mark.parametrize("kind", ["comparison", "run", "targets"])
def test_pictures_and_tables_can_be_read_aloud(pages: dict[str, str], kind: str) -> None:
    """Every picture has the role, a title and a description; every table a caption and headers with a scope."""
    read = Reader(pages[kind])
    drawn = [attributes for tag, attributes in read.tags if tag == "svg"]
    assert drawn
    for attributes in drawn:
        assert attributes["role"] == "img"
        assert set(str(attributes["aria-labelledby"]).split()) <= set(read.ids)
    for tag in ("title", "desc"):
        inside = re.findall(rf"<{tag} id=[^>]*>([^<]+)</{tag}>", pages[kind])
        assert len(inside) == len(drawn)
        assert all(text.strip() for text in inside)
    tables = [tag for tag, _ in read.tags if tag == "table"]
    assert len([tag for tag, _ in read.tags if tag == "caption"]) == len(tables) > 0
    assert all("scope" in attributes for tag, attributes in read.tags if tag == "th")


def test_the_same_study_gives_the_same_bytes(comparison: Comparison, pages: dict[str, str]) -> None:
    """Neither the clock nor the order of sets nor how long it took is on the page."""
    slower = replace(comparison, runs={name: replace(run, seconds=run.seconds + 100) for name, run in comparison.runs.items()})
    assert page_html(slower, command="ladsim compare coffee.toml --seed 1", manifest="manifest.json") == pages["comparison"]
    assert not re.search(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b", pages["comparison"])


def test_a_comparison_says_what_a_decision_needs(comparison: Comparison, pages: dict[str, str]) -> None:
    """Verdict, the five questions, every strategy, goal and number with its source, limits, seed, version, commands."""
    said = Reader(pages["comparison"]).words
    assert " ".join(comparison.verdict.replace("\u00a0", " ").split()) in said
    for question in (
        "How sure",
        "What if an assumption is wrong",
        "When does it pay",
        "Where does the difference come from",
        "What must we",
    ):
        assert question in said
    for run in comparison.runs.values():
        assert run.label in said
    for number in given_numbers(comparison.scenario):
        assert number.decided or number.key in said, number.key
        assert not number.source or number.source in said, number.source
    assert "A fifth of the prospects buy" in said
    assert "Competitors do not react" in said
    assert "150 of 20,000" in said
    assert "ladsim again manifest.json" in said
    assert "ladsim compare coffee.toml --seed 1" in said
    assert "messages between customers move them" in said, "why there is no closed form"
    assert "with start number 1." in said


def test_the_strongest_rival_is_named(comparison: Comparison) -> None:
    """Where another than the next best by profit is oftener the best, the page says which, and how often."""
    rival = next(name for name in comparison.runs if name not in (comparison.best, comparison.runner_up))
    outcomes = comparison.outcomes.set_index("strategy", drop=False)
    for names, chance in (((comparison.best,), 0.6), ((comparison.runner_up,), 0.1), ((rival,), 0.3)):
        outcomes.loc[list(names), "p_best"] = chance
    said = Reader(page_html(replace(comparison, outcomes=outcomes.reset_index(drop=True), rival=rival))).words
    assert f"Most of the other futures belong to {comparison.runs[rival].label}: best in 30 %." in said
    outcomes.loc[[comparison.runner_up, rival], "p_best"] = [0.3, 0.1]
    plain = replace(comparison, outcomes=outcomes.reset_index(drop=True), rival=comparison.runner_up)
    assert "Most of the other futures" not in Reader(page_html(plain)).words


def test_a_lead_is_not_explained_by_what_it_was_won_in_spite_of(comparison: Comparison) -> None:
    """In favour is a climb that more took or a fall that fewer took, else it is against; leads alone bring no money."""
    flows = comparison.by_flow.copy()
    mine = (flows["strategy"] == comparison.runner_up) & (flows["kind"] == "step")
    flows.loc[mine, "mean"] = 0.0
    for step, change in (("lead.prospect", -5000.0), ("prospect.customer", -900.0), ("repeat_buyer.lapsed", -20.0)):
        flows.loc[mine & flows["step"].str.startswith(step), "mean"] = change
    said = Reader(page_html(replace(comparison, by_flow=flows))).words
    assert re.search(r"most in its favour is “Repeat buyer → Lapsed[^”]*”: −20 people", said)
    assert re.search(r"most against it is “prospect → Customer[^”]*”: −900 people", said)


def test_the_caveat_stands_below_the_verdict_in_words(comparison: Comparison) -> None:
    """What decides is said before the details, and by its label, not by its dotted key."""
    key = str(comparison.sensitivity.loc[0, "key"])
    study = replace(
        comparison, caveat=f"An assumption decides this: {key}, so measure it.", notes=("The budgets differ: by 3 %.",)
    )
    text = page_html(study)
    caveat = re.search(r'<p class="caveat">(.*?)</p>', text, re.S)
    assert caveat
    assert key not in caveat[1]
    assert "An assumption decides this: “" in html.unescape(caveat[1])
    assert text.index('class="verdict"') < text.index('class="caveat"') < text.index('class="answers"')
    assert "The budgets differ: by 3 %." in Reader(text).words
    assert 'class="caveat"' not in page_html(replace(comparison, caveat=""))


def test_a_number_of_a_programme_that_only_the_runner_up_has_is_told_with_its_value() -> None:
    """It is drawn under the programme's own key, which neither the file nor the best strategy knows."""
    terms = {"reward_cost": 10.0, "setup_cost": 4.8e5}  # a little worse than advertising, better than nothing
    dear = override(load("program_points"), {f"strategies.points.programs.points.{key}": value for key, value in terms.items()})
    study = compare(dear, ["points", "advertising"], seed=1, replications=8, sample=150, processes=1)
    of_program = study.sensitivity["key"].str.startswith("programs.")
    assert study.best == "advertising" and of_program.any()
    leaning = study.sensitivity[of_program].assign(share=0.5, is_assumption=True)
    told = [line for line in comparison_page(replace(study, sensitivity=leaning)).answers[-1].details if line.startswith("•")]
    assert told and all(re.search(r": .*\d", line) for line in told), told


def test_labels_never_become_markup(hostile: Comparison) -> None:
    """Markup, braces, formulas and foreign letters in a file's texts are shown as they are, in tables and in pictures."""
    for study in (hostile, hostile.runs[hostile.best], targets(hostile.runs[hostile.best], 6)):
        text = page_html(study)
        read = Reader(text)
        assert not {tag for tag, _ in read.tags} & {"img", "b"}
        assert [tag for tag, _ in read.tags].count("script") == 1
        assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
        assert "<script>alert('x')</script>" in read.words
        assert "{0} {label}" in read.words
        assert "顧客 🙂" in read.words


def test_a_forecast_lists_measures_with_their_meaning(pages: dict[str, str]) -> None:
    """Headline, each measure with its definition, and where the money comes from."""
    said = Reader(pages["run"]).words
    assert "Expect a profit of DKK" in said
    assert "Everything earned minus everything it cost." in said
    assert "Cost of goods" in said
    assert "Spend: Social media" in said


def test_targets_are_said_in_words(promised: Targets, pages: dict[str, str]) -> None:
    """Commit, expect and stretch with their probabilities, and checkpoints on the way."""
    said = Reader(pages["targets"]).words
    assert "By month 12, promise" in said
    top = promised.runs.histories[0]
    start = ENGLISH.people(float(top.counts[0].sum(axis=0)[top.rung_names.index("ambassador")]) * top.scale)
    assert f"people on “Ambassador” ({start} at the start)" in said, "a promise is judged against today"
    for words in ("met with 80 % probability", "met with 50 % probability", "met with 20 % probability", "Checkpoints"):
        assert words in said
    assert "at most" in said


@pytest.mark.parametrize("replications", [1, 2])
def test_one_future_is_enough_for_a_page(scenario: Scenario, replications: int) -> None:
    """With too few futures for any interval the page still stands, and says so."""
    study = compare(scenario, ["balanced", "retention_first"], seed=3, replications=replications, sample=60, processes=1)
    said = Reader(page_html(study)).words
    assert "too few" in said or "Only" in said
    assert "nan" not in said.lower().split()


def test_the_barest_scenario_has_a_page() -> None:
    """One rung, no steps, no money, no goals: nothing is drawn that is not there, and nothing breaks."""
    bare = loads('name = "Bare"\nmonths = 2\nmarket_size = 10\n[[rungs]]\nname = "all"\nshare = 1.0')
    run: Replications = replicate(bare, seed=1, replications=2, processes=1)
    assert "Bare" in Reader(page_html(run)).words
    assert "Bare" in Reader(page_html(targets(run))).words


def test_a_campaign_after_an_event_is_said_to_cost_by_contact() -> None:
    """It spends nothing a month, so its row says the event and what a contact costs, not 0."""
    text = COFFEE.read_text(encoding="utf-8")
    tactic = '\n[[tactics]]\nname = "hello"\neffects = []\n'
    campaign = '[[campaigns]]\nname = "hello"\ntactic = "hello"\nafter = "first_order"\ncost_per_contact = 4\n'
    scenario = loads(text + tactic + campaign)
    tables = [
        item
        for item in assumptions([replicate(scenario, replications=1, sample=50, processes=1)], Namer(scenario)).items
        if isinstance(item, Grid)
    ]
    (row,) = [row for row in tables[0].rows if row[0].text == "hello"]
    assert row[1].text.replace("\xa0", " ") == "after the first order, DKK 4.00 a contact"


def test_the_file_is_written_whole_or_not_at_all(comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder on the way is made; where the place cannot be written, an error says so and nothing stays behind."""
    run = comparison.runs["balanced"]
    target = report(run, tmp_path / "new" / "page.html")
    assert target.read_text(encoding="utf-8") == page_html(run)
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        report(run, tmp_path / "file" / "page.html")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        report(run, tmp_path / "new" / "other.html")
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]


@pytest.mark.parametrize("first", ["ladsim.reporting", "ladsim.reporting.page", "ladsim.planning.compare"])
def test_the_verb_works_whatever_was_imported_before(first: str) -> None:
    """`ladsim.report(…)` can be called in a fresh process, whichever module was loaded first."""
    code = f"import {first}, ladsim, importlib; importlib.import_module('ladsim.reporting.page'); print(callable(ladsim.report))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("True")


def test_strategies_that_share_a_tactic_share_its_row() -> None:
    """Ready-made strategies name their campaigns apart; in the table of differences each tactic stands once."""
    study = compare(load("ladder_guide", "en"), ["by_rung", "balanced", "retention_first"], replications=2, sample=200)
    rows = re.findall(r"<t[hd][^>]*>\s*(Spend: [^<]*?)\s*</t[hd]>", page_html(study))
    assert "Spend: Visibility" in rows
    assert len(rows) == len(set(rows)) == 6


def test_what_is_taken_as_certain_is_told() -> None:
    """Assumed effects given as one number are named where candidates differ in them, the market as it is among them; others are not."""

    def told(full: Any, source: str, both: bool) -> list[str]:
        data = {
            "schema": 1, "name": "certain", "months": 2, "market_size": 50,
            "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}], "steps": [],
            "tactics": [{"name": "mail", "label": "Letters", "response": {"half_at": 1.0},
                         "effects": [{"on": "orders", "full": full, "source": source}]}],
            "strategies": {
                "a": {"campaigns": [{"tactic": "mail", "monthly_spend": 10.0}]},
                "b": {"campaigns": [{"tactic": "mail", "monthly_spend": 10.0}] if both else []},
            },
        }  # fmt: skip
        study = compare(validated(data), replications=4, processes=1)
        notes = certain(list(study.runs.values()))
        assert all(note in page_html(study) for note in notes)
        return notes

    (note,) = told(0.2, "assumption", both=False)
    assert "Letters (1)" in note
    assert told({"low": 0.1, "high": 0.3}, "assumption", both=False) == []
    assert told(0.2, "own test of 2025", both=False) == []
    (note,) = told(0.2, "assumption", both=True)
    assert "Letters (1)" in note, "whether either earns back its money hangs on it"


def test_only_what_acts_is_shown_and_counted(comparison: Comparison) -> None:
    """The page's assumptions are those of levers that one of the strategies compared uses; the table of all says which act."""
    (section,) = [one for one in comparison_page(comparison).sections if one.key == "assumptions"]
    shown = [row[0].small for item in section.items if isinstance(item, Grid) and item.dense for row in item.rows]
    table = tables_of(comparison)["assumptions"]
    assert shown == table.loc[table["acts"] & ~table["decided"], "key"].tolist()
    used = {name for run in comparison.runs.values() for one in run.scenario.campaigns for name in (one.channel, one.tactic)}
    levers = {key.split(".")[1] for key in shown if key.startswith(("channels.", "tactics."))}
    assert levers and levers <= used
    assert not [key for key in shown if key.startswith("strategies.") and key.split(".")[1] not in comparison.runs]
    n, assumed, ranges = counts(list(comparison.runs.values()))
    assert n == len(shown) > 10
    assert assumed == int((table["acts"] & table["is_assumption"]).sum())
    assert ranges == int((table["acts"] & (table["law"] != "")).sum())


@pytest.mark.parametrize("strategy", [None, "balanced"])
def test_a_single_strategy_counts_its_own(comparison: Comparison, strategy: str | None) -> None:
    """A page of the market as it stands counts no number of a strategy's levers; one of a strategy those it uses; targets the same."""
    run = replicate(comparison.scenario, strategy=strategy, replications=2, sample=50, processes=1)
    keys = {number.key for number in acting_numbers([run])}
    used = {name for one in run.scenario.campaigns for name in (one.channel, one.tactic) if name}
    assert {key.split(".")[1] for key in keys if key.startswith(("channels.", "tactics."))} <= used
    whole = len([number for number in given_numbers(run.source) if not number.decided])
    assert counts([run])[0] < whole if strategy is None else counts([run])[0] <= whole
    for made in (run, targets(run)):
        assert str(counts([run])[1]) in Reader(page_html(made)).words


@pytest.mark.parametrize(
    ("luck", "draws", "told"),
    [
        (Estimate(0.4, 0.1, 0.9), 4, True),
        (Estimate(0.4, 0.1, 0.9), 3, False),
        (Estimate(1.0, 1.0, 1.0), 20, False),
        (Estimate(0.0, 0.0, 0.0), 20, True),
        (Estimate(0.4, float("nan"), float("nan")), 20, False),
    ],
)
def test_a_spread_is_parted_only_where_futures_tell(luck: Estimate, draws: int, told: bool) -> None:
    """Four draws at least, and an interval with a width; that no two futures of a draw differ is sure."""
    assert series.split_is_told(luck, draws) == told


@pytest.mark.parametrize("kind", ["compare", "run"])
def test_two_draws_do_not_say_what_is_luck(scenario: Scenario, comparison: Comparison, kind: str) -> None:
    """The page of four futures says so in words and has a dash for the shares; that of eight gives the shares."""
    few = compare(scenario, ["acquisition_first", "retention_first"], seed=1, replications=4, sample=100, processes=1)
    for study, draws in ((few, 2), (comparison, 4)):
        page = page_of(study if kind == "compare" else next(iter(study.runs.values())))
        said = [line for answer in page.answers for line in answer.details]
        words = "From 2 draws of the uncertain numbers it cannot be told how much of the spread from future to future is luck"
        assert any(line.startswith(words) for line in said) == (draws == 2)
        assert any("of that spread is luck" in line for line in said) == (draws == 4)
        assert any("luck is that of the whole market" in line for line in said) == (draws == 4)
        if kind == "compare":
            items = [item for section in page.sections for item in section.items if isinstance(item, Grid)]
            table = next(grid for grid in items if ENGLISH.text("page.h_luck") in grid.head)
            places = [table.head.index(ENGLISH.text(f"page.h_{name}")) for name in ("luck", "unknown")]
            assert {row[place].text == DASH for row in table.rows for place in places} == {draws == 2}
