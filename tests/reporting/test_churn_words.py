"""Churn on pages and screens: a share is a percentage of customers, a rate is per customer and month, in three languages."""

from __future__ import annotations

import html
import re

import pytest

import ladsim
from ladsim.cli.run import run_text
from ladsim.measures.explanation import study_measures
from ladsim.reporting.page import page_html

FILE = """
schema = 1
name = "fifth"
months = 12
market_size = 4_000
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 1.0
[[rungs]]
name = "gone"
off_ladder = true
[[steps]]
from = "customer"
to = "gone"
monthly = 0.20
[basket]
mean = 10
"""
PER = {"en": "per customer and month", "da": "pr. kunde og måned", "nb": "per kunde og måned"}
SHARE = {
    "en": "20 % of the customers at the start of a month have left by its end",
    "da": "20 % af kunderne ved en måneds start er faldet fra ved dens slutning",
    "nb": "20 % av kundene ved starten av en måned har falt fra ved slutten",
}


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_twenty_per_cent_says_twenty_per_cent(language: str) -> None:
    """`monthly = 0.20`: the screen and the page say 20 % of customers; the rate, .22, has its own unit and no percent sign."""
    study = ladsim.replicate(ladsim.loads(f'language = "{language}"\n{FILE}'), replications=4, processes=1)
    names = study_measures(language)
    screen = run_text(study).replace("\u00a0", " ")
    line = next(line for line in screen.splitlines() if names["churn_share"].title in line)
    assert re.search(r"\b20 %", line)
    page = re.sub(r"<[^>]+>", " ", html.unescape(page_html(study)))
    page = re.sub(r"\s+", " ", page.replace("\u00a0", " ").replace("\u202f", " "))
    assert SHARE[language] in page
    title, says = names["churn_rate"].title, names["churn_rate"].definition
    cells = page[page.index(f"{title} 0") : page.index(says)]
    assert PER[language] in cells and "%" not in cells and re.search(r"0[.,]2[12]", cells)
    cells = page[page.index(f"{names['churn_share'].title} 20 %") : page.index(names["churn_share"].definition)]
    assert PER[language] not in cells
