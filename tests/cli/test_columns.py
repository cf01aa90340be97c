"""Tables on narrow terminals: words stay whole, nothing is lost, no line is too long."""

from __future__ import annotations

import re

import pytest

from ladsim.cli import screen
from ladsim.cli.columns import fitted
from ladsim.cli.compare import comparison_text
from ladsim.cli.run import run_text
from ladsim.cli.sweep import sweep_text
from ladsim.cli.targets import targets_text
from ladsim.cli.wheel import wheel_text
from ladsim.i18n import LANGUAGES
from ladsim.planning.compare import compare
from ladsim.planning.sweep import sweep
from ladsim.planning.targets import targets
from ladsim.planning.wheel import loyalty_wheel
from ladsim.scenario.load import load

WIDTHS = (80, 100)
HEAD = ["", "Recommendation factor R", "Tilbagevendende kunder", "Markedsføring pr. kunde", "Anbefalinger", "Kundekontakter"]
ROWS = [["Potentiel kunde → Tilbagevendende kunde", "0,12\n(0,1 til 0,2)", "12.345", "1,24 mio. kr", "9", "7"]]


def words(text: str) -> list[str]:
    return sorted(re.findall(r"[^\s─]+", text))


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_words_are_whole_at_every_width(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """All words of heads and cells are there, uncut; the first column is in every part."""
    monkeypatch.setattr(screen, "WIDTH", width)
    made = screen.table("Trin for trin", HEAD, ROWS)
    said, parts = screen.printed(made), fitted(made, width)
    assert all(len(line) <= width for line in said.splitlines())
    assert sum(len(part.columns) - 1 for part in parts) == len(HEAD) - 1
    expected = words(" ".join(["Trin for trin", *HEAD[1:], *ROWS[0][1:]])) + words(ROWS[0][0]) * len(parts)
    assert words(said) == sorted(expected)


def test_a_number_keeps_its_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an interval needs two lines, it is broken behind the word between its ends, never between a number and its unit."""
    monkeypatch.setattr(screen, "WIDTH", 42)
    rows = [["20,00 €", "−131.000 €\n(−156.000 til −106.000 €)", "12 %\n(1,5 % til 31 %)"]]
    said = screen.printed(screen.table("", ["Værdi", "Overskud", "95 %-interval"], rows))
    for whole in ("20,00 €", "−131.000 €", "(−156.000 til", "−106.000 €)", "12 %", "(1,5 % til", "31 %)", "%-interval"):
        assert re.search(rf"(^| ){re.escape(whole)}( |$)", said, re.MULTILINE), said


def test_a_table_that_fits_is_one() -> None:
    """Nothing is parted without need; columns without a heading beside the first go with it into each part."""
    made = screen.table("", ["", "", "Anbefalinger", "Kundekontakter"], [["Loyal", "mindst", "12", "13"]])
    assert [len(part.columns) for part in fitted(made, 60)] == [4]
    assert [[column.header for column in part.columns] for part in fitted(made, 35)] == [
        ["", "", "Anbefalinger"],
        ["", "", "Kundekontakter"],
    ]


def test_a_screen_too_narrow_for_a_word_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word longer than the terminal is folded; every letter is there."""
    monkeypatch.setattr(screen, "WIDTH", 12)
    said = screen.printed(screen.table("", ["", "n"], [["Tilbagevendende", "1"]]))
    assert "Tilbagevendende" in "".join(line.split("  ")[0].strip() for line in said.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_of_the_commands(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Every word that stands in a table where there is all the room in the world stands in it at 80 and 100 columns."""
    scenario = load("local_shop", language=language)
    quick = {"replications": 4, "sample": 300, "processes": 1}
    study = compare(scenario, [*scenario.strategies][:2], **quick)
    run = study.runs[study.best]
    swept = sweep(scenario, "basket.mean", ["10", "20"], **quick)
    promised, wheel = targets(run, 12), loyalty_wheel(run)
    shown = (
        lambda: comparison_text(study),
        lambda: run_text(run),
        lambda: targets_text(promised),
        lambda: sweep_text(swept),
        lambda: wheel_text(wheel),
    )
    for text in shown:
        monkeypatch.setattr(screen, "WIDTH", 1000)
        wide = set(words(text()))
        for width in WIDTHS:
            monkeypatch.setattr(screen, "WIDTH", width)
            narrow = text()
            assert set(words(narrow)) == wide
            assert all(len(line) <= width for line in narrow.splitlines() if "─" in line)
