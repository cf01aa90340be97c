"""What a notebook shows of a scenario and of a history: the ladder in a table, in its language, with nothing of it as markup.

Tests: ``notebook.py``.
"""

from __future__ import annotations

import subprocess
import sys
from html import unescape

import pytest

import ladsim
from ladsim import notebook
from ladsim.scenario.spec import Scenario

HOSTILE = "<img src=x onerror='alert(1)'>"


@pytest.fixture(scope="module")
def ladder() -> Scenario:
    """A shipped scenario."""
    return ladsim.load("acquisition_vs_retention")


def test_a_scenario(ladder: Scenario) -> None:
    """Its name and size, its strategies, a row per rung from the top with who starts there and where it leads."""
    shown = ladder._repr_html_()
    assert shown.startswith('<div lang="en">')
    assert "20,000 people" in shown
    assert all(strategy.label in unescape(shown) for strategy in ladder.strategies.values())
    assert shown.count("<tr>") == 1 + len(ladder.rungs)
    places = [shown.index(f"{rung.label or rung.name}</th>") for rung in ladder.rungs if not rung.off_ladder]
    assert places == sorted(places, reverse=True)
    assert "▲" in shown


@pytest.mark.parametrize(("language", "said"), [("en", "Ways on"), ("da", "Veje videre"), ("nb", "Veier videre")])
def test_in_its_language(language: str, said: str) -> None:
    """Heads and sentences are those of the scenario's language."""
    found = ladsim.load("coffee_chain", language=language)
    shown = found._repr_html_()
    assert f'lang="{language}"' in shown
    assert f">{said}</th>" in shown


def test_labels_are_no_markup(ladder: Scenario) -> None:
    """A label, a title and a description are texts."""
    rungs = tuple(rung.model_copy(update={"label": HOSTILE}) for rung in ladder.rungs)
    strategies = {name: one.model_copy(update={"label": HOSTILE}) for name, one in ladder.strategies.items()}
    bad = ladder.model_copy(update={"name": HOSTILE, "title": HOSTILE, "rungs": rungs, "strategies": strategies})
    shown = bad._repr_html_()
    assert "<img" not in shown
    assert HOSTILE in unescape(shown)


def test_a_history(ladder: Scenario) -> None:
    """People of the market on each rung at both ends, what was earned, and that it is a sample."""
    run = ladsim.simulate(ladder, seed=3, sample=400)
    shown = run._repr_html_()
    assert "20,000 people over 24 months" in shown
    assert "400 of them are simulated" in shown
    assert shown.count("<tr>") == 1 + len(run.rung_names)
    counts = ladsim.measures.rung_counts(run)
    assert f">{counts.iloc[0]['lead']:,.0f}</td>" in shown
    assert "are simulated" not in ladsim.simulate(ladder.model_copy(update={"market_size": 300}), seed=3)._repr_html_()


def test_a_history_of_a_hostile_file(ladder: Scenario) -> None:
    """Names of rungs are words by the format; what is not is shown as text all the same."""
    table = notebook.Table(HOSTILE, (HOSTILE, HOSTILE), [[(HOSTILE, HOSTILE), (HOSTILE, HOSTILE)]])
    shown = notebook.html([HOSTILE], [table], HOSTILE)
    assert "<img" not in shown
    assert unescape(shown).count(HOSTILE) == 9


def test_nothing_heavy_is_loaded() -> None:
    """A scenario shows itself without pandas, NumPy or a plotting library."""
    code = (
        "import sys, ladsim; ladsim.load('acquisition_vs_retention')._repr_html_();"
        "print(sorted({'numpy', 'pandas', 'matplotlib', 'jinja2', 'numba', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_study_draws_no_picture() -> None:
    """What a notebook shows of a study loads neither matplotlib nor the templates of the page."""
    code = (
        "import sys, ladsim\n"
        "study = ladsim.replicate(ladsim.load('acquisition_vs_retention'), replications=2, sample=50, processes=1)\n"
        "assert '<table>' in study._repr_html_() and '<table>' in ladsim.loyalty_wheel(study)._repr_html_()\n"
        "print(sorted({'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
