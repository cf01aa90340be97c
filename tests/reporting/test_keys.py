"""Every key of a scenario file has words in every language, and every number of the shipped scenarios is named in one language.

Tests: ``scenario/naming.py``, ``scenario/schema_walk.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ladsim.i18n import LANGUAGES, Locale, catalogue
from ladsim.planning.run import replicate
from ladsim.reporting.assumptions import assumptions, limits, number_words
from ladsim.reporting.page_model import Grid, Points
from ladsim.scenario.address import numbers
from ladsim.scenario.load import load, loads, shipped
from ladsim.scenario.naming import KINDS_OF_ITEM, Namer
from ladsim.scenario.number_types import Table
from ladsim.scenario.schema_walk import fields
from ladsim.scenario.spec import Scenario
from tests.i18n.test_catalogue import TELLTALE
from tests.test_docs import scenario_keys

MARKET = """
schema = 1
name = "Marked"
language = "{language}"
months = 12
market_size = 1000
rungs = [
  {{ name = "outside", label = "Udenfor", off_ladder = "outside", share = 0.2 }},
  {{ name = "lead", label = "Mulig", share = 0.7 }},
  {{ name = "customer", label = "Kunde", share = 0.1, orders_per_month = 1.0 }},
]
steps = [
  {{ from = "lead", to = "customer", monthly = 0.1 }},
  {{ from = "customer", to = "lead", trigger = "order", beta = [1.0, 9.0] }},
]
order_kinds = [{{ name = "mersalg", share = 1.0 }}]
segments = [{{ name = "a", label = "Unge", share = 1.0, addressable_share = 0.6, factors = {{ orders = 1.2, "steps.lead.customer" = 0.9 }} }}]
arrivals = [{{ to = "lead", per_month = 10.0 }}]
word_of_mouth = [{{ layer = "venner", graph = {{ kind = "none" }}, detractor_factor = 2.0, messages_per_month = {{ customer = 0.1 }} }}]
prices = [{{ name = "januar", change = 0.05, per_rung = {{ customer = -1.1 }}, leaving_elasticity = 0.5 }}, {{ change = -0.1, elasticity = -1.0 }}]
contacts = {{ consent_share = 0.5, fatigue = 0.1, leaving_per_contact = 0.02 }}
engagement = {{ decay_per_month = 0.1, leaving_effect = -0.3 }}
programs = [{{ kind = "tiers", joins = {{ probability = 0.5 }}, running_cost_per_month = 100, levels = [
  {{ name = "silver", label = "Sølv", orders = 0 }},
  {{ name = "gold", label = "Guld", orders = 4, cost_per_member = 3, factors = {{ orders = 1.1 }} }},
] }}]
[[channels]]
name = "mails"
label = "Mails"
response = {{ half_at = 1.0 }}
effects = [{{ on = "climbing", full = 0.1 }}, {{ on = "climbing", per_rung = {{ lead = 0.2 }} }}]
"""
SAID = {
    "da": {
        "prices.januar.change": "prisændring (januar): ændring",
        "prices.januar.per_rung.customer": "prisændring (januar): ordrer pr. procent af prisen, Kunde",
        "prices[1].elasticity": "prisændring (2): ordrer pr. procent af prisen",
        "contacts.leaving_per_contact": "henvendelser: mere frafald pr. henvendelse for meget",
        "engagement.decay_per_month": "engagement: andel, der falmer på en måned",
        "segments.a.addressable_share": "Unge: andel, der kan blive kunder",
        "segments.a.share": "Unge: andel af markedet",
        "segments.a.factors.steps.lead.customer": "Unge: faktor, Mulig → Kunde",
        "arrivals[0].per_month": "nytilkomne (Mulig): personer pr. måned",
        "order_kinds.mersalg.share": "ordretype (mersalg): andel af ordrerne",
        "word_of_mouth.venner.messages_per_month.customer": "mund-til-mund (venner): beskeder pr. måned, Kunde",
        "programs.tiers.joins.probability": "Niveauer: indmeldelse, sandsynlighed, når trinnet nås",
        "programs.tiers.running_cost_per_month": "Niveauer: drift pr. måned",
        "programs.tiers.levels.gold.orders": "Niveauer: niveau Guld, krævede ordrer",
        "programs.tiers.levels.gold.cost_per_member": "Niveauer: niveau Guld, omkostning pr. medlem dér pr. måned",
        "programs.tiers.levels.gold.factors.orders": "Niveauer: niveau Guld, faktor, ordrer",
        "channels.mails.effects.climbing_2.per_rung.lead": "Mails: fuld virkning på oprykning (2), Mulig",
    },
    "nb": {
        "prices.januar.change": "prisendring (januar): endring",
        "contacts.consent_share": "henvendelser: andel med samtykke til brev",
        "engagement.leaving_effect": "engasjement: virkning på frafall",
        "programs.tiers.levels.gold.orders": "Nivåer: nivå Guld, krav til ordrer",
        "word_of_mouth.venner.detractor_factor": "munn-til-munn (venner): hvor mye oftere kritikere uttaler seg",
    },
}


def tables(record: type[Table]) -> Iterator[type[Table]]:
    """A table of the format and all below it."""
    yield record
    for shape in fields(record).values():
        if shape.table is not None:
            yield from tables(shape.table)
        for kind in shape.kinds.values():
            yield from tables(kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_format_has_words(language: str) -> None:
    """Each key of each table that a file may hold is a word of the catalogue; no word is of a key that there is not."""
    walked = set(tables(Scenario))
    assert {record for _, record in scenario_keys.TABLES} <= walked
    keys = {key for record in walked for key in fields(record)}
    assert [key for key in sorted(keys) if not catalogue.has(language, f"key.{key}")] == []
    others = {"effect_on", "climbing", "leaving", "price", "points", "basket", "cost"}  # what effects act on, and a sentence
    said = {key.removeprefix("key.") for key in catalogue.texts(language) if key.startswith("key.") and ".of_" not in key}
    assert said - keys - others == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_have_a_word_for_an_item(language: str) -> None:
    """Lists whose items are called by what they are have that word."""
    assert all(catalogue.has(language, f"key.{table}") for table in KINDS_OF_ITEM)


@pytest.mark.parametrize("language", ["da", "nb"])
def test_numbers_are_named_in_one_language(language: str) -> None:
    """No name of a number holds an English word, a key or a dot: prices, contacts, engagement, levels, newcomers, factors."""
    namer = Namer(loads(MARKET.format(language=language)))
    found = {key: namer.key(key) for key in numbers(namer.scenario)}
    for key, said in found.items():
        assert not re.search(r"[_\[\]]|\.(?!\s)", said), (key, said)
        assert not TELLTALE & set(re.findall(r"[a-zæøå]+", said.lower())), (key, said)
    assert {key: found[key] for key in SAID[language]} == SAID[language]


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("language", ["da", "nb"])
def test_numbers_of_shipped_scenarios_are_named_in_one_language(name: str, language: str) -> None:
    """The table of assumptions of every shipped scenario, in Danish and in Norwegian, has no English word and no raw key."""
    namer = Namer(load(name, language))
    for key, number in numbers(namer.scenario).items():
        said = namer.key(key)
        assert not re.search(r"[_\[\]]|\.(?!\s)", said), (key, said)
        words = set(re.findall(r"[a-zæøå]+", f"{said} {number.source.replace('assumption', '')}".lower()))
        assert not TELLTALE & words, (key, said, number.source)


@pytest.mark.parametrize(("language", "praise", "criticism"), [
    ("en", "Potential guest → Guest (by recommendation)", "Guest → Lapsed guest (by criticism)"),
    ("da", "Potentiel gæst → Gæst (ved anbefaling)", "Gæst → Inaktiv gæst (ved kritik)"),
    ("nb", "Potensiell gjest → Gjest (ved anbefaling)", "Gjest → Inaktiv gjest (ved kritikk)"),
])  # fmt: skip
def test_who_leaves_for_criticism_leaves_by_no_recommendation(language: str, praise: str, criticism: str) -> None:
    """Both are steps by message; a negative one is called what it is, in flows and in the table of assumptions."""
    namer = Namer(load("restaurant", language))
    assert namer.step("potential.customer.message") == praise
    assert namer.step("customer.lapsed.message") == criticism
    assert namer.key("steps.customer.lapsed.message.probability").startswith(criticism)
    assert namer.trigger("message", "potential.customer.message") == namer.trigger("message") != namer.trigger("criticism")


def test_only_effects_and_changes_of_price_are_percentages() -> None:
    """An elasticity of −1.1 is shown as −1.1, a β of −0.3 as −0.3, a change of price and an effect as percentages, a range with kr."""
    text = MARKET.format(language="da").replace(
        "running_cost_per_month = 100", "running_cost_per_month = { low = 50.0, high = 150.0 }"
    )
    scenario = loads(text)
    found = {key: plain(number_words(number, "DKK", Locale("da"))) for key, number in numbers(scenario).items()}
    assert found["prices.januar.change"] == "+5 %"
    assert found["prices.januar.per_rung.customer"] == "−1,1"
    assert found["engagement.leaving_effect"] == "−0,3"
    assert found["channels.mails.effects.climbing.full"] == "+10 %"
    assert found["programs.tiers.running_cost_per_month"] == "50 til 150 kr"
    assert found["programs.tiers.levels.gold.cost_per_member"] == "3,00 kr"


def test_the_tag_of_an_assumption_is_said_once() -> None:
    """Beside the tag "antagelse" stands what else the source says, without the word again; two things are not said twice."""
    scenario = load("ladder_five", "da")
    section = assumptions([replicate(scenario, replications=1, sample=20, processes=1)], Namer(scenario))
    table = section.items[-1]
    assert isinstance(table, Grid)
    sources = [row[2] for row in table.rows]
    assert any(source.text == "antagelse" and source.small.startswith("tæt på data fra CDNOW") for source in sources)
    assert not [source for source in sources if source.small.lower().startswith("antagelse")]


def test_what_is_said_of_responses_and_differences() -> None:
    """A response is said by what is asked of it; how customers differ is not said twice over."""
    namer = Namer(load("coffee_chain", "da"))
    assert namer.key("heterogeneity.orders.gamma_shape") == "forskelle mellem kunder: ordrer, form (lav: store forskelle)"
    said = namer.key("channels.social_media.response.half_at")
    assert said == "Sociale medier: beløb pr. person og måned, der giver halvdelen af den fulde virkning"


def test_layers_are_called_by_their_labels() -> None:
    """A layer of word of mouth has a label, in the language of the reader; without one, its name."""
    scenario = load("coffee_chain", "nb")
    assert Namer(scenario).layer("friends") == "venner"
    run = replicate(scenario, seed=1, replications=2, sample=60, processes=1)
    said = limits(scenario, run, "").items[0]
    assert isinstance(said, Points)
    assert any("«venner» er et nettverk av typen «" in plain(line) for line in said.items)
    assert Namer(loads(MARKET.format(language="nb"))).layer("old_friends") == "old friends"


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


def test_events_that_set_a_campaign_off_are_told_by_labels() -> None:
    """The decisions of a page name the rung that is entered as the file labels it, not by its key."""
    runs = replicate(load("restaurant", "da"), strategy="welcome_back", replications=2, sample=100, processes=1)
    namer = Namer(runs.source)
    said = " ".join(
        cell.text for item in assumptions([runs], namer).items if isinstance(item, Grid) for row in item.rows for cell in row
    )
    assert namer.event("entered.lapsed") == f"skift til {namer.rung('lapsed')}" and namer.rung("lapsed") != "lapsed"
    assert namer.event("entered.lapsed") in said and "entered.lapsed" not in said
