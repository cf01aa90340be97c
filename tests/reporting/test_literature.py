"""What others have measured, as page and screen tell it: with its source, as no target, and without a judgement."""

from __future__ import annotations

import re

import pytest

from ladsim.cli.run import run_text
from ladsim.cli.wheel import wheel_text
from ladsim.i18n import LANGUAGES, Locale
from ladsim.planning.literature import SIDES, literature
from ladsim.planning.wheel import loyalty_wheel
from ladsim.reporting.literature import literature_grid, literature_items, literature_note
from ladsim.reporting.run import page
from tests.planning.test_literature import study

JUDGING = {
    "en": r"\b(good|bad|better|worse|poor|should|weak|strong|normal)\b",
    "da": r"\b(god|godt|dårlig|dårligt|bedre|dårligere|bør|svag|stærk|normal)\b",
    "nb": r"\b(god|godt|dårlig|bedre|dårligere|bør|svak|sterk|normal)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_outside_is_told_neutrally(language: str) -> None:
    """Whatever the side, no word judges; the note says that it is no target, and what to compare with."""
    locale = Locale(language)
    for side in SIDES:
        assert not re.search(JUDGING[language], locale.text(f"literature.side_{side}"))
    note = locale.text("literature.note")
    assert {"en": "no targets", "da": "ikke mål", "nb": "ikke mål"}[language] in note
    assert {"en": "last year", "da": "sidste år", "nb": "fjorår"}[language] in note


def test_page_screen_and_wheel_show_it() -> None:
    """Every range with its source, in the report of run, and on the screens of run and wheel."""
    runs = study("web_shop")
    found = literature_grid(runs)
    assert found is not None and found in page(runs).first
    assert len(found.rows) == len(literature(runs))
    for screen in (run_text(runs), wheel_text(loyalty_wheel(runs))):
        said = " ".join(screen.split())
        for row in literature(runs).to_dict("records"):
            assert row["source"] in said
        assert "no targets" in said and "Compare with your own last year" in said


def test_a_trade_without_figures_says_what_to_compare_with() -> None:
    """No table, but the sentence; without a trade neither."""
    runs = study("cafe")
    assert literature_grid(runs) is None and len(literature_items(runs)) == 1
    assert literature_note(runs).endswith("Compare with your own last year.")
    assert "targets" not in literature_note(runs)
    bare = study("")
    assert literature_items(bare) == () and "last year" not in run_text(bare)
