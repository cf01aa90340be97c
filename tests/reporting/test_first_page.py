"""What is seen first, on paper and on a telephone: the picture beside the answer, two sheets for a board, type that can be read.

Tests: ``reporting/bars.py``, ``reporting/charts.py``, ``reporting/outlook_picture.py``, ``reporting/sheets.py``, ``reporting/short.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ladsim.i18n import ENGLISH, Locale
from ladsim.planning.compare import Comparison
from ladsim.planning.studies import Study
from ladsim.planning.targets import Targets
from ladsim.reporting import ladder_picture
from ladsim.reporting.bars import lines_named
from ladsim.reporting.figure_style import SLIM
from ladsim.reporting.ladder_picture import Arrow, crowded
from ladsim.reporting.page import being_drawn, page_of, report
from ladsim.reporting.page_model import Grid, Page, Points
from ladsim.reporting.sheets import SHEET, first_sheet, second_sheet
from ladsim.reporting.short import MOST_BELIEVED, in_short

SCREEN, PADDING = 390, 32  # pixels


@pytest.fixture(scope="module")
def studies(comparison: Comparison, promised: Targets) -> dict[str, Study]:
    """A study of each kind that the other fixtures made."""
    return {"compare": comparison, "run": comparison.runs["balanced"], "targets": promised}


@pytest.fixture(scope="module")
def drawn(studies: dict[str, Study]) -> dict[str, tuple[Page, str]]:
    """Their pages, drawn."""
    found = {}
    for name, study in studies.items():
        page = page_of(study)
        with being_drawn(page, processes=1) as html:
            found[name] = page, html()
    return found


@pytest.mark.parametrize("kind", ["compare", "run", "targets"])
def test_the_picture_stands_beside_the_answer_and_notes_below_the_reasons(drawn: dict[str, tuple[Page, str]], kind: str) -> None:
    """Verdict, picture, reasons, notes, table: in this order."""
    _, text = drawn[kind]
    places = [text.index(mark) for mark in ('class="verdict"', "<svg", 'class="answers"', 'class="notes"', "<table")]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["compare", "run", "targets"])
def test_type_can_be_read_on_a_telephone(drawn: dict[str, tuple[Page, str]], kind: str) -> None:
    """Every text of a picture drawn for a telephone is 11 pixels high there; the others are moved sideways."""
    page, text = drawn[kind]
    slim = [picture.chart.slim for picture in page.pictures if picture.reflows]
    assert slim and all(slim)
    for svg in slim:
        box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ', svg)
        assert box and float(box[1]) <= 72 * SLIM
        sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", svg)]
        assert sizes and min(sizes) * (SCREEN - PADDING) / float(box[1]) >= 11.0
    assert text.count('<div class="moves">\n<svg') == sum(not picture.reflows for picture in page.pictures)
    assert text.count('<div class="slim">') == len(slim)


def test_ranges_and_leads_stand_side_by_side(comparison: Comparison, drawn: dict[str, tuple[Page, str]]) -> None:
    """The first picture names every strategy with 90 % of its futures, and the lead of the best over each other one."""
    page, _ = drawn["compare"]
    assert page.picture is not None
    said = page.picture.chart.alt
    leads = comparison.differences.set_index("strategy")["mean"]
    for name, run in comparison.runs.items():
        low, high = comparison.outcomes.set_index("strategy").loc[name, ["profit_p05", "profit_p95"]]
        assert f"{run.label} {ENGLISH.money_between(low, high, 'DKK')}" in said
        if name != comparison.best:
            assert f"{run.label} {ENGLISH.money(leads[name], 'DKK', True)}" in said


@pytest.mark.parametrize("kind", ["compare", "run", "targets"])
def test_two_sheets_for_a_board(studies: dict[str, Study], kind: str, tmp_path: Path) -> None:
    """Answer, picture and reasons, then one table, a few assumptions, the notes, and where the rest is; the whole page is as ever."""
    whole = report(studies[kind], tmp_path / "page.html", manifest="manifest.json", short=True)
    text, short = (path.read_text(encoding="utf-8") for path in (whole, tmp_path / "page-short.html"))
    page = page_of(studies[kind], manifest="manifest.json")
    assert '<body class="short">' in short and '<body class="short">' not in text
    for part in (page.verdict.splitlines()[0][:20], page.answers[0].question, "page.html", "ladsim again manifest.json"):
        assert part in short
    assert short.count("<svg") == text.split('class="answers"')[0].count("<svg") > 0
    assert len(re.findall("<table", short)) == 2
    believed = short[short.index('id="believed"') : short.index('id="rest"')]
    assert 0 < believed.count('<th scope="row"') <= MOST_BELIEVED
    assert short.count('<section id="') <= 3
    assert "<nav" not in short and "<nav" in text


def test_a_board_reads_first_what_decides_and_two_sheets_hold_it(comparison: Comparison) -> None:
    """Of assumptions those come first on which the lead depends most; however much there is to say, it stays on two sheets."""
    page = page_of(comparison)
    table = next(item for item in page.first if isinstance(item, Grid))
    with being_drawn(page, processes=1) as html:
        html()
    keys = [str(key) for key in comparison.sensitivity.dropna(subset=["share"])["key"]]
    assert sorted(page.decisive) == sorted(keys)
    listed = next(item for item in page.sections if item.key == "assumptions").items[-1]
    assert isinstance(listed, Grid)
    believed = {row[0].small: row[0].text for row in listed.rows if row[-1].strong}
    assert len(believed) > 5
    turned = replace(page, decisive=(list(believed)[4], list(believed)[-1]))
    section = next(item for item in in_short(turned, table, "page.html").sections if item.key == "believed")
    shown = section.items[0]
    assert isinstance(shown, Grid)
    assert [row[0].text for row in shown.rows[:2]] == [believed[key] for key in turned.decisive]
    wordy = replace(page, notes=("A word. " * 60,) * 12, answers=tuple(replace(a, details=a.details * 6) for a in page.answers))
    for one, most in ((page, len(page.notes)), (wordy, 11)):
        made = in_short(one, table, "page.html")
        assert 0.0 < first_sheet(made) <= SHEET[1] and 0.0 < second_sheet(made) <= SHEET[1]
        notes = next(item for item in made.sections if item.key == "notes").items[0]
        assert isinstance(notes, Points) and 1 <= len(notes.items) <= most


def test_without_goals_there_is_no_section_on_them(comparison: Comparison) -> None:
    """A heading with nothing below it says nothing."""
    run = comparison.runs["balanced"]
    bare = run.source.model_copy(update={"goals": ()})
    from dataclasses import replace

    assert any(section.key == "goals" for section in page_of(run).sections)
    assert not any(section.key == "goals" for section in page_of(replace(run, source=bare)).sections)


@pytest.mark.parametrize(
    ("low", "centre", "high"), [(-5.0, 95.0, 100.0), (-100.0, -2.0, 100.0), (-1.0, 0.5, 99.0), (-90.0, -80.0, 5.0)]
)
def test_names_of_lines_stay_on_the_paper(low: float, centre: float, high: float) -> None:
    """The names of both lines of a tornado end within its scale and do not cover each other."""
    inches, ends = 4.7, []
    for one in lines_named(centre, low, high, inches, Locale("da")):
        at, long = (one.x - low) / (high - low) * inches, 0.066 * len(one.name)
        ends.append((at, at + long, one.lift) if one.side == "left" else (at - long, at, one.lift))
    for first, last, _ in ends:
        assert first >= -1e-9 and last <= inches + 1e-9
    (a, b, lift), (c, d, other) = ends
    assert lift != other or b <= c or d <= a


def test_words_between_two_rungs_do_not_run_into_each_other() -> None:
    """A long climb and a fall are told one above the other; short ones side by side."""
    fall = Arrow("b", "a", 0.1, ("15 % pr. måned",))
    assert crowded([Arrow("a", "b", 0.1, ("2 % til 5 % pr. måned", "3 % til 12 % pr. anbefaling")), fall])
    assert not crowded([Arrow("a", "b", 0.1, ("2 % pr. måned",)), fall])
    assert not crowded([Arrow("a", "b", 0.1, ("3 % til 12 % pr. anbefaling, hver gang en anden køber",))])
    assert ladder_picture.LADDER == 3.0


def test_one_of_many_is_said_so() -> None:
    """Words agree with their numbers in every language."""
    for language, one in (("en", "1 is an assumption"), ("da", "er 1 en antagelse"), ("nb", "er 1 en antakelse")):
        assert Locale(language).text("count.assumptions", n=1) == one
        assert Locale(language).text("count.assumptions", n=2) != one.replace("1", "2")


def test_nothing_spent_is_no_bargain(comparison: Comparison) -> None:
    """Where nothing is spent on customers, the cost of a new one is told in words."""
    base = comparison.runs["base"]
    rows = [row for item in page_of(base).first if isinstance(item, Grid) for row in item.rows]
    costs = [row[1].text for row in rows if "spend" in row[-1].small and "new customers" in row[-1].small]
    assert "nothing spent" in costs
