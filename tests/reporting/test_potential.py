"""The page of target groups: the answer first, every number with its interval, in the scenario's language.

Tests: ``reporting/potential_words.py``, ``reporting/target_groups.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from ladsim.planning.potential import Potential, potential
from ladsim.reporting import page as pages
from ladsim.reporting.potential_words import PotentialWords, notes, verdict
from ladsim.scenario.load import loads
from tests.reporting.conftest import COFFEE, HARM

SEGMENTS = """
[[segments]]
name = "students"
label = "Studerende"
share = 0.4
addressable_share = 0.8
conversion_factor = 1.5
[[segments]]
name = "offices"
label = "Kontorer"
share = 0.6
margin = 0.5
factors = { basket = 2.0 }
"""


def told(language: str, label: str = "Studerende") -> Potential:
    """The coffee chain with two segments, three futures of 200 people, in a language."""
    text = COFFEE.read_text(encoding="utf-8").replace("schema = 1", f'schema = 1\nlanguage = "{language}"')
    text += SEGMENTS.replace('"Studerende"', f'"""{label}"""')
    return potential(loads(text), None, 50_000.0, cost_per_customer=20.0, replications=3, sample=200, processes=1)


@pytest.fixture(scope="module")
def danish() -> Potential:
    """In Danish."""
    return told("da")


def test_the_answer_is_the_first_thing(danish: Potential) -> None:
    """The verdict names the group that brings most for a krone, with its worth and cost, as the page's headline."""
    best = danish.plan["segment"].iloc[0]
    label = {"students": "Studerende", "offices": "Kontorer"}[best]
    said = verdict(danish)
    assert said.startswith(f"Gå først efter {label}: ")
    assert "20,00\u00a0kr" in said
    page = pages.page_of(danish)
    assert page.verdict == said and page.language == "da"
    html = unescape(pages.page_html(danish))
    assert html.index(said) < html.index("Hvad giver budgettet?")


def test_every_segment_and_rung_has_its_row(danish: Potential) -> None:
    """Each table has a row for each rung and a column for worth; each picture tells in words what it shows."""
    page = pages.page_of(danish)
    rungs = next(section for section in page.sections if section.key == "rungs")
    assert [len(item.rows) for item in rungs.items[:2]] == [7, 7]
    assert len(rungs.items[2].rows) == len(danish.conversion_goals)
    assert all(re.search(r"Studerende", picture.chart.alt) and "Kontorer" in picture.chart.alt for picture in page.pictures[:2])
    simulated = next(section for section in page.sections if section.key == "how")
    assert len(simulated.items[0].items) == 4  # simulated, arithmetic, likelihood, margin


def test_danish_numbers_have_commas(danish: Potential) -> None:
    """No amount of the study's own tables is written in English."""
    page = pages.page_of(danish)
    assert len(page.first) == 2
    for item in page.first:
        for row in item.rows:
            for cell in row:
                assert "DKK" not in cell.text and " to " not in cell.small


@pytest.mark.parametrize("language", ["en", "nb"])
def test_it_speaks_the_language_of_the_scenario(language: str) -> None:
    """The headline begins as that language does."""
    assert verdict(told(language)).startswith({"en": "Go for ", "nb": "Gå først etter "}[language])


def test_the_same_study_gives_the_same_page(danish: Potential) -> None:
    """Byte by byte."""
    assert pages.page_html(danish) == pages.page_html(danish)


def test_labels_are_never_markup() -> None:
    """A label with markup, braces and formulas stands on the page as it is."""
    html = pages.page_html(told("en", HARM))
    assert "<script>alert" not in html
    assert "alert('x')" in unescape(html)


def test_what_is_said_where_nobody_pays(danish: Potential) -> None:
    """A cost above every worth wins nobody; a cost nobody knows asks for one; a met need leaves nobody."""
    empty, segments = danish.plan.iloc[:0], danish.segments
    dear = replace(danish, plan=empty, segments=segments.assign(cost=1e9))
    assert verdict(dear).startswith("Det betaler sig ikke at vinde nye kunder til den pris")
    unknown = replace(danish, plan=empty, segments=segments.assign(cost=float("nan")))
    assert "Vi ved ikke, hvad en ny kunde koster" in verdict(unknown)
    assert any("--cost-per-customer" in note for note in notes(unknown))
    met = replace(danish, plan=empty, segments=segments.assign(cost=0.01, max_acquisition_cost=1.0, addressable=0.0, can_be=1.0))
    assert verdict(met).startswith("Der er ikke flere at vinde")
    assert any("flere kunder, end der ifølge filen kan være" in note for note in notes(met))
    for study in (dear, unknown, met):
        assert PotentialWords(study).text("potential.a_none") in pages.page_html(study)


def test_the_headline_says_where_the_order_is_not_sure(danish: Potential) -> None:
    """Whom to go for first is never said without the doubt that stands in the answer below it."""

    def doubted(study: Potential) -> tuple[bool, bool]:
        return "Det er ikke sikkert" in verdict(study), "ikke sikker" in {
            answer.answer for answer in pages.page_of(study).answers
        }

    def behind_by(low: float) -> Potential:
        return replace(danish, segments=danish.segments.assign(behind_low=low))

    assert doubted(behind_by(-0.5)) == (True, True)
    assert doubted(behind_by(0.5)) == (False, False)
