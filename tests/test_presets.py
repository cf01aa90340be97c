"""The presets: every ladder in use, in three languages, ready to run, with numbers that stay plausible.

Tests: ``scenario/presets.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.engine.agreement import compare_engines
from ladsim.engine.history import History
from ladsim.measures.ladder import goal_results
from ladsim.measures.programs import program_members, program_results
from ladsim.measures.value import booked
from ladsim.model.layout import CAUSES
from ladsim.scenario.address import numbers
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import SHIPPED, classics, loads, shipped
from ladsim.scenario.presets import CLASSICS, EXAMPLES, GROUPS, HEADINGS, in_language, listed
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.texts import LANGUAGES

PRESETS = [name for names in GROUPS.values() for name in names]
PROGRAMMES = {
    "program_points": ("points", "earlier"),
    "program_tiers": ("three_levels", "two_levels"),
    "program_club": ("monthly_fee", "annual_fee"),
    "program_cashback": ("credit", "payout"),
}
OWN_STRATEGIES = {"restaurant": ["advertise", "fix_service", "welcome_back", "reviews_first"]}
MAIN = {name: PROGRAMMES[name][0] if name in PROGRAMMES else "balanced" for name in PRESETS} | {"restaurant": "fix_service"}
REVIEWS = {"restaurant"}  # where everybody may read a review, beside friends who talk
LADDERS = {
    "ladder_five": ["Potential customer", "Customer", "Returning customer", "Loyal customer", "Ambassador"],
    "ladder_six": ["Awareness", "Consideration", "Purchase", "Repeat purchase", "Loyalty", "Ambassador"],
    "ladder_partner": ["Potential customer", "Customer", "Repeat customer", "Ambassador", "Partner"],
    "ladder_guide": ["Potential customer", "First-time customer", "Returning customer", "Loyal customer", "Ambassador"],
    "ladder_sales": ["Lead", "Prospect", "Customer", "Repeat buyer", "Ambassador"],
}
SPOKEN = {"label", "title", "description"}


def text_of(name: str) -> str:
    """The file of a shipped scenario."""
    return (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")


def texts(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every text for people in raw tables, with its place."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        here = f"{place}.{key}"
        if key in SPOKEN or key == "source":
            yield here, item
        else:
            yield from texts(item, here)


@pytest.mark.parametrize("name", shipped())
def test_every_text_is_there_in_every_language(name: str) -> None:
    """Nothing falls back to another language: a text has all three, and the rungs, levers, goals and strategies have labels."""
    raw = tomllib.loads(text_of(name))
    found = dict(texts(raw))
    for place, text in found.items():
        if not place.endswith("source"):
            assert isinstance(text, dict), place
        if isinstance(text, dict):
            assert set(text) == set(LANGUAGES), place
            assert all(said.strip() for said in text.values()), place
    assert {".title", ".description"} <= set(found)
    extends = "extends" in raw  # labels stand in the file below
    strategies = raw.get("strategies", {}).values()
    programs = [*raw.get("programs", ()), *(program for strategy in strategies for program in strategy.get("programs", ()))]
    named = [
        *programs,
        *(level for program in programs for level in program.get("levels", ())),
        *raw["rungs"],
        *raw.get("channels", ()),
        *raw.get("tactics", ()),
        *raw.get("goals", ()),
        *raw.get("word_of_mouth", ()),
        *strategies,
    ]
    assert extends or all("label" in item for item in named)


@pytest.mark.parametrize("name", shipped())
def test_sources_are_in_every_language_or_in_none(name: str) -> None:
    """A plain source is the word "assumption", or nothing but an author and a year; what says more says it in all three languages."""
    for place, text in texts(tomllib.loads(text_of(name))):
        assert isinstance(text, dict) or text == "assumption" or re.fullmatch(r"\w+ \(\d{4}\)", text), place


@pytest.mark.parametrize("name", shipped())
def test_loads_in_each_language_to_the_same_numbers(name: str) -> None:
    """Another language changes words only."""
    english, danish, norwegian = (ladsim.load(name, language) for language in LANGUAGES)
    assert [s.language for s in (english, danish, norwegian)] == list(LANGUAGES)
    values = [{key: number.value for key, number in numbers(s).items()} for s in (english, danish, norwegian)]
    assert values[0] == values[1] == values[2]
    assert len({s.description for s in (english, danish, norwegian)}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", shipped())
def test_a_copy_in_one_language_is_the_same_scenario(name: str, language: str) -> None:
    """What `ladsim new --preset` writes is what `load` reads from the preset in that language, and nothing else is spoken in it."""
    copy = in_language(text_of(name), language)
    assert loads(copy, SHIPPED) == ladsim.load(name, language)
    assert not [place for place, text in texts(tomllib.loads(copy)) if isinstance(text, dict)]
    assert not [line for line in copy.splitlines() if line.lstrip().startswith(("# en: ", "# da: ", "# nb: "))]


@pytest.mark.parametrize("name", PRESETS)
def test_comments_are_in_three_languages(name: str) -> None:
    """Wherever a comment stands in one language, the two others stand below it."""
    spoken = [line[2:4] for line in text_of(name).splitlines() if line.startswith("#") and line != "#"]
    blocks: list[str] = []
    for language in spoken:
        if not blocks or blocks[-1] != language:
            blocks.append(language)
    assert blocks == list(LANGUAGES) * (len(blocks) // 3)
    assert spoken.count("en") == spoken.count("da") == spoken.count("nb") > 10


@pytest.mark.parametrize("name", PRESETS)
def test_has_what_a_planner_starts_from(name: str) -> None:
    """Strategies to compare, word of mouth on a graph, ranges for what nobody knows, goals, a market that runs in seconds."""
    scenario = ladsim.load(name)
    if name in PROGRAMMES:
        assert list(scenario.strategies) == ["without", *PROGRAMMES[name], "advertising"]
    else:
        expected = OWN_STRATEGIES.get(name, ["acquisition_first", "retention_first", "referral_first", "balanced"])
        assert set(expected) <= set(scenario.strategies)
        spends = [sum(c.each_month for c in s.campaigns) for s in scenario.strategies.values()]
        assert spends == pytest.approx([spends[0]] * len(spends))
    friends, *others = [layer.graph.kind for layer in scenario.word_of_mouth]
    assert friends in ("barabasi_albert", "watts_strogatz")
    assert others == (["everyone"] if name in REVIEWS else [])
    assert sum(number.uncertain for number in numbers(scenario).values()) >= 15
    assert scenario.goals
    assert scenario.market_size <= 20_000


@pytest.mark.parametrize("name", PRESETS)
def test_both_engines_play_the_same_future(name: str) -> None:
    """Three months of 300 people under a strategy: every event the same."""
    scenario = ladsim.load(name).model_copy(update={"months": 3.0, "goals": ()})
    found = compare_engines(scenario, strategy=MAIN[name], sample=300)
    assert found.equal, found.parting
    assert found.events > 50


@pytest.mark.parametrize("name", PRESETS)
def test_two_years_stay_plausible(name: str) -> None:
    """With every range at its median no rung above the bottom explodes or empties, word of mouth does not feed itself, and the firm
    earns money."""
    for strategy in (None, MAIN[name]):
        history = ladsim.simulate(resolve(with_strategy(ladsim.load(name), strategy), 3, None), seed=3)
        shares = history.counts.sum(axis=1) / history.size
        upper = np.array([rung.name not in ("potential", "lead", "target", "unaware") for rung in ladsim.load(name).rungs])
        growth = shares[24, upper] / shares[0, upper]
        assert (growth > 0.4).all()
        assert (growth < 2.2).all()
        assert shares[24, upper].max() < 0.4
        new, referred = history.new_customers.sum(axis=(0, 1))
        assert 0.005 < referred / new < 0.25
        assert history.daily.sum() > 0


@pytest.mark.parametrize(("name", "labels"), LADDERS.items())
def test_the_ladders_have_the_rungs_of_their_books(name: str, labels: list[str]) -> None:
    """The names of the rungs, from the bottom up."""
    assert [rung.label for rung in ladsim.load(name, "en").rungs if not rung.off_ladder] == labels


def test_the_sales_ladder_has_a_goal_for_each_step_up() -> None:
    """Lead to prospect, to customer, to repeat buyer, to ambassador: a conversion rate by a month, within reach."""
    scenario = ladsim.load("ladder_sales")
    assert [goal.step for goal in scenario.goals] == [
        "lead.prospect.time", "prospect.customer.time", "customer.repeat", "repeat.ambassador",
    ]  # fmt: skip
    results = goal_results(ladsim.simulate(scenario, strategy="balanced", seed=3), scenario.goals)
    within = results["reached"] / results["wanted"]
    assert (within > 0.6).all()
    assert (within < 1.6).all()


@pytest.fixture(scope="module")
def played() -> dict[tuple[str, str], list[History]]:
    """Six futures of each strategy of the programmes' presets."""
    return {
        (name, strategy): [ladsim.simulate(scenario, strategy=strategy, replication=k, sample=4000) for k in range(6)]
        for name, scenario in ((name, ladsim.load(name)) for name in PROGRAMMES)
        for strategy in scenario.strategies
    }


@pytest.mark.parametrize("name", PROGRAMMES)
def test_what_is_compared_costs_about_the_same(name: str, played: dict[tuple[str, str], list[History]]) -> None:
    """Rewards, discounts, what runs and advertising, over two years: within a sixth of their mean for all but `without`, which costs 0."""
    costs = {strategy: np.mean([cost(h) for h in played[name, strategy]]) for strategy in ladsim.load(name).strategies}
    assert costs.pop("without") == 0
    middle = np.mean(list(costs.values()))
    assert middle > 0
    assert all(abs(found / middle - 1) < 1 / 6 for found in costs.values()), costs


def cost(history: History) -> float:
    """What programmes and campaigns cost in all; fees are income, and stay out."""
    spent = float(-booked(history)[:, len(CAUSES) :].sum())
    fees = program_results(history)["fees"].sum() if history.program_names else 0.0
    return spent + float(fees)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_has_members_and_neither_ruins_nor_enriches(name: str, played: dict[tuple[str, str], list[History]]) -> None:
    """Two years on people have joined, and profit is within 25 % of that without the programme, under the same luck."""
    profit = {s: np.mean([booked(h).sum() for h in played[name, s]]) for s in ladsim.load(name).strategies}
    for strategy in PROGRAMMES[name]:
        for history in played[name, strategy]:
            assert program_results(history)["members"].iloc[-1] > 0.01 * ladsim.load(name).market_size
        assert abs(profit[strategy] / profit["without"] - 1) < 0.25


def test_points_never_redeemed_are_as_many_as_in_the_trade(played: dict[tuple[str, str], list[History]]) -> None:
    """15 to 35 % of what was issued is not redeemed after two years; with earlier rewards it is less."""
    never = {
        strategy: 1 - np.mean([program_results(h)["redemption_rate"].iloc[-1] for h in played["program_points", strategy]])
        for strategy in PROGRAMMES["program_points"]
    }
    assert 0.15 < never["earlier"] < never["points"] < 0.35


def test_the_levels_hold_fewer_the_higher_they_are(played: dict[tuple[str, str], list[History]]) -> None:
    """Member, silver, gold."""
    history = played["program_tiers", "three_levels"][0]
    last = program_members(history).groupby("level", sort=False)["members"].last()
    assert list(last.index) == ["member", "silver", "gold"]
    assert last["member"] > last["silver"] > last["gold"] > 0


def test_the_guide_has_its_tactics_and_its_wheel() -> None:
    """The eight tactics of the guide, the six spokes of the wheel, and what fits each rung."""
    scenario = ladsim.load("ladder_guide")
    eight = {campaign.tactic for campaign in scenario.strategies["eight_tactics"].campaigns}
    assert eight == {
        "understand_needs", "personal_experience", "surprise", "ease", "feedback", "reward", "transparency", "community",
    }  # fmt: skip
    spokes = [campaign.tactic for campaign in scenario.strategies["wheel"].campaigns]
    assert spokes == ["attraction", "onboarding", "engagement", "reward", "feedback", "repurchase"]
    aims = {campaign.tactic: campaign.to for campaign in scenario.strategies["by_rung"].campaigns}
    assert aims == {
        "attraction": ("potential",),
        "onboarding": ("first_time",),
        "personal_offers": ("returning",),
        "recognition": ("loyal",),
        "referral_thanks": ("ambassador",),
    }


def test_what_fits_each_rung_beats_alike_for_everybody_in_the_guide() -> None:
    """The same money on the same tactics earns more where each meets the rung it fits (ten futures under the same luck)."""
    scenario = ladsim.load("ladder_guide")
    ahead = [
        booked(ladsim.simulate(scenario, strategy="by_rung", replication=k, sample=4000)).sum()
        - booked(ladsim.simulate(scenario, strategy="balanced", replication=k, sample=4000)).sum()
        for k in range(10)
    ]
    assert np.mean(ahead) > 2 * np.std(ahead, ddof=1) / np.sqrt(10)


def test_each_language_has_its_presets() -> None:
    """Kroner and euros: the coffee chain is Danish, the mobile operator Norwegian, the web shop English."""
    own = {name: (ladsim.load(name).language, ladsim.load(name).currency) for name in PRESETS}
    assert own["coffee_chain"] == ("da", "DKK")
    assert own["telecom"] == ("nb", "NOK")
    assert own["web_shop"] == ("en", "EUR")
    assert {own[name][0] for name in PROGRAMMES} == set(LANGUAGES)
    assert set(own.values()) == {("da", "DKK"), ("nb", "NOK"), ("en", "EUR")}


def test_the_list_has_every_shipped_scenario_once() -> None:
    """Groups in their order, what no group names under examples, published models last, headings in all languages."""
    entries = list(listed("nb"))
    assert sorted(entry.name for entry in entries) == sorted([*shipped(), *classics()])
    assert (
        [entry.name for entry in entries if entry.group == CLASSICS]
        == classics()
        == [e.name for e in entries[-len(classics()) :]]
    )
    assert all(entry.line and entry.rungs for entry in entries)
    assert [entry.name for entry in entries[: len(PRESETS)]] == PRESETS
    assert {entry.group for entry in entries} == {*GROUPS, EXAMPLES, CLASSICS}
    assert all(set(heading) == set(LANGUAGES) for heading in HEADINGS.values())
    six = next(entry for entry in entries if entry.name == "ladder_six")
    assert six.rungs == ("Kjennskap", "Overveielse", "Kjøp", "Gjenkjøp", "Lojalitet", "Ambassadør")


@pytest.mark.parametrize("name", [*PRESETS, *(name for name in shipped() if name not in PRESETS)])
def test_every_scenario_says_in_each_language_whether_prices_are_with_vat(name: str) -> None:
    """Whoever puts a price of his own in its place must know, in the file or the one that it extends; also where all that is 1."""
    text = text_of(name)
    base = re.search(r'^extends = "(\w+)(?:\.toml)?"', text, re.MULTILINE)
    said = text + (text_of(base[1]) if base else "")
    assert re.search(r"^amounts_include_vat = ", said, re.MULTILINE)
    for word in (r"# en: .*\bVAT", r"# da: .*\bmoms", r"# nb: .*\bmva\."):
        assert re.search(word, said), word
