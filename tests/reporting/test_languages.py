"""The report of a Danish and of a Norwegian scenario holds no English, and writes numbers and money as its readers do."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from ladsim.cli.compare import comparison_text, verdict_text
from ladsim.cli.run import run_text
from ladsim.cli.targets import _steps_taken, targets_text
from ladsim.i18n import Locale
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.targets import targets
from ladsim.reporting import charts
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.ladder import ladder_text
from ladsim.reporting.page import page_html
from ladsim.reporting.run import verdict
from ladsim.scenario.load import loads
from tests.i18n.test_catalogue import TELLTALE
from tests.reporting.conftest import COFFEE

LABELS = {
    "Coffee chain": "Kaffe",
    "A chain of coffee shops with a club, told for the tests of the report.": "Kaffe",
    "Customer": "Kunde",
    "Repeat buyer": "Stamkunde",
    "Ambassador": "Ambassadør",
    "Lapsed": "Inaktiv",
    "Lost": "Tabt",
    "Social media": "Sociale medier",
    "Personal offers": "Personlige tilbud",
    "A fifth of the prospects buy": "Hver femte køber",
    "New customers first": "Nye kunder først",
    "Keep customers first": "Gamle kunder først",
    "Balanced": "Ligeligt",
    "friends": "venner",
}
CURRENCY = {"da": "DKK", "nb": "NOK"}


@pytest.fixture(scope="module", params=["da", "nb"])
def study(request: pytest.FixtureRequest) -> Comparison:
    """The coffee chain with labels of its own language, and none of its sources."""
    text = COFFEE.read_text(encoding="utf-8").replace('currency = "DKK"', f'currency = "{CURRENCY[request.param]}"')
    for english, own in LABELS.items():
        text = text.replace(f'"{english}"', f'"{own}"')
    text = re.sub(r'source = "[^"]*"', 'source = "antagelse"', text)
    text = text.replace('name = "lead"', 'name = "lead"\nlabel = "Mulig"').replace(
        'name = "prospect"', 'name = "prospect"\nlabel = "Nær"'
    )
    return compare(loads(text, language=request.param), seed=1, replications=4, sample=120, processes=1)


def words_of(page: str) -> set[str]:
    """The words a reader sees or hears, without dotted keys and commands."""
    seen = re.sub(r"<(style|script)>.*?</\1>|<pre>.*?</pre>", " ", page, flags=re.DOTALL)
    seen = html.unescape(re.sub(r"<[^>]+>", " ", seen))
    return set(re.findall(r"[a-zæøå]+", re.sub(r"\w+(?:[._]\w+)+|--\w+|\[\[.*?\]\]", " ", seen).lower()))


def plain(text: str) -> str:
    return html.unescape(text).replace("\u00a0", " ").replace("\u2011", "-")


def test_no_page_mixes_languages(study: Comparison) -> None:
    """A comparison, a forecast and targets hold no telltale English word, and say in which language they are."""
    run = study.runs[study.best]
    for one in (study, run, targets(run, 12)):
        page = page_html(one)
        assert f'<html lang="{study.scenario.language}">' in page
        assert not TELLTALE & words_of(page)


def test_pages_use_the_words_of_the_trade(study: Comparison) -> None:
    """Targets are promises, steps and rungs have their names, an assumption is marked once."""
    danish = study.scenario.language == "da"
    page = plain(page_html(targets(study.runs[study.best], 12)))
    for said in ("Det lover vi (80 %)", "Det forventer vi (50 %)", "Ambitionen (20 %)", "Opfølgningspunkter") if danish else (
        "Dette lover vi (80 %)", "Dette forventer vi (50 %)", "Ambisjonen (20 %)", "Oppfølgingspunkter"):  # fmt: skip
        assert said in page
    assert ("Overgange til og med måned 12" if danish else "Overganger til og med måned 12") in page
    assert "<small>antagelse</small>" not in page


def test_numbers_and_money(study: Comparison) -> None:
    """Decimal commas, thousands as the language parts them, kr behind the amount; no code of a currency is left."""
    page = plain(page_html(study))
    assert "20.000 personer" in page if study.scenario.language == "da" else "20 000 personer" in page
    assert re.search(r"\d kr\b", page)
    assert not re.search(r"\b(DKK|NOK)\b", page)
    before = re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page.split('id="made"')[0], flags=re.DOTALL)
    assert not re.search(r"\d\.\d(?!\d\d)", before), "a decimal point"


def test_the_terminal_speaks_it_too(study: Comparison) -> None:
    """Tables of all three studies, the verdict and the ladder hold no English word."""
    run = study.runs[study.best]
    said = [
        comparison_text(study),
        verdict_text(study),
        run_text(run),
        targets_text(targets(run, 12)),
        ladder_text(study.scenario),
    ]
    for text in said:
        assert not TELLTALE & set(re.findall(r"[a-zæøå]+", text.lower())), text
        assert "\u00a0" not in text and "\u2011" not in text


def test_sentences_have_one_unit(study: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """The range of a run's profit is in kroner at both ends where one of them is no million."""
    run = study.runs[study.best]
    monkeypatch.setattr("ladsim.reporting.run._ninety", lambda values: (-43_700.0, 1_520_000.0))
    said = plain(verdict(run, Locale(study.scenario.language)))
    assert ("−43.700 kr og 1.520.000 kr" if study.scenario.language == "da" else "−43 700 kr og 1 520 000 kr") in said


def test_small_shares_beside_each_other(study: Comparison) -> None:
    """In a row of targets no share is <1 % where another below 1 % has its digits."""
    row = {
        f"{what}_{chance}": value
        for what in ("number", "rate")
        for chance, value in zip("abc", (0.002, 0.0061, 0.3), strict=True)
    }
    said = _steps_taken(row, "abc", Locale(study.scenario.language))
    assert [plain(one.split("  ")[1]) for one in said] == ["0,2 %", "0,61 %", "30 %"]


def test_long_numbers_have_room() -> None:
    """Danish writes thousands out: labels beside the panels stay on the paper."""
    months = np.arange(13.0)
    fan = charts.Fan("A", months, np.linspace(0.0, -1_234_567.0, 13)[None, :].repeat(3, 0))
    for language in ("en", "da", "nb"):
        chart = charts.profit_fans([fan, fan], "DKK", locale=Locale(language))
        texts = re.findall(r'<text style="([^"]*)" x="([-\d.]+)"[^>]*>([^<]*)</text>', chart.svg)
        beside = [
            (re.search(r"([\d.]+)px", style), float(x), said)
            for style, x, said in texts
            if "anchor: start" in style and "#9c4500" in style
        ]
        ends = [x + 0.55 * float(size[1]) * len(said) for size, x, said in beside if size]
        assert ends and max(ends) <= 72 * WIDTH + 1
