"""What every kind of study keeps to: manifest, ``again``, tables, JSON, page, notebook, command. A new one is a line here, too.

Tests: ``planning/one_strategy.py``, ``planning/studies.py``, ``reporting/view.py``,
``reporting/wheel_page.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.answer import as_json
from ladsim.cli.program import program
from ladsim.errors import StudyError
from ladsim.i18n.written import Number
from ladsim.planning.budget_levers import Named
from ladsim.planning.budget_question import Question
from ladsim.planning.columns import columns_of, meanings_of
from ladsim.planning.manifest import MANIFEST, manifest_of
from ladsim.planning.output import PAGE, write_study
from ladsim.planning.studies import STUDIES, Study, kind_of, view_of
from ladsim.planning.tables import tables_of
from ladsim.reporting.page import page_html, page_of
from ladsim.reporting.workbook import columns_of as columns_of_sheet
from ladsim.reporting.workbook import sheets_of, workbook
from ladsim.scenario.spec import Scenario, Segment
from tests.contract import busiest

FEW: dict[str, Any] = {"seed": 3, "replications": 4, "sample": 150, "processes": 1}
HOSTILE = "<script>alert('&')</script>"
ONE_LEVER = Question(36_000, (Named("strategies.balanced.campaigns.search.monthly_spend"),))
DUEL, POINTS = "acquisition_vs_retention", "program_points"
STEP = "steps.prospect.customer.monthly"


def hostile(name: str) -> Scenario:
    """A shipped scenario whose labels are markup, as far as a file can say so."""
    found = ladsim.load(name)

    def named(records: Any, **more: Any) -> Any:
        return tuple(one.model_copy(update={"label": HOSTILE, **more}) for one in records)

    strategies = {key: named([one], programs=named(one.programs))[0] for key, one in found.strategies.items()}
    parts = {key: named(getattr(found, key)) for key in ("rungs", "segments", "programs")}
    return found.model_copy(update={"name": HOSTILE, "strategies": strategies, **parts})


def in_two(scenario: Scenario) -> Scenario:
    """The market in two segments that are called as it is."""
    segments = tuple(Segment(name=name, share=0.5, label=scenario.name) for name in ("near", "far"))
    return scenario.model_copy(update={"segments": segments})


MADE: dict[str, Callable[[Callable[[str], Scenario]], Study]] = {
    "run": lambda of: ladsim.replicate(of(DUEL), strategy="retention_first", with_nothing=True, **FEW),
    "compare": lambda of: ladsim.compare(of(DUEL), **FEW),
    "targets": lambda of: ladsim.set_targets(of(DUEL), "retention_first", 6, **FEW | {"replications": 40}),
    "wheel": lambda of: ladsim.loyalty_wheel(ladsim.replicate(of(DUEL), strategy="retention_first", with_nothing=True, **FEW)),
    "potential": lambda of: ladsim.potential(in_two(of(DUEL)), "acquisition_first", 20_000, cost_per_customer=30, **FEW),
    "sweep": lambda of: ladsim.sweep(of(DUEL), STEP, ["0.05", "0.1"], ["retention_first"], **FEW),
    "sensitivity": lambda of: ladsim.sensitivity(of(DUEL), ["retention_first"], change=[(STEP, 0.05, 0.1)], **FEW),
    "allocate": lambda of: ladsim.allocate(of(DUEL), ONE_LEVER, ["balanced"], **FEW),
    "programs": lambda of: ladsim.program_value(of(POINTS), strategy="points", **FEW),
    "busiest": lambda of: busiest.busiest_month(of(DUEL), 2, strategy="retention_first", **FEW),
}
each = pytest.mark.parametrize("kind", MADE)


@pytest.fixture(autouse=True)
def one_study_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of studies with a line for a study that ladsim does not have."""
    monkeypatch.setitem(STUDIES, "busiest", busiest.LINE)


@pytest.fixture(scope="module")
def made() -> Callable[[str], Study]:
    """A study of each kind, made once."""
    found: dict[str, Study] = {}

    def of(kind: str) -> Study:
        if kind not in found:
            found[kind] = MADE[kind](ladsim.load)
        return found[kind]

    return of


def test_all_kinds_are_tried() -> None:
    """Every line of the table is one of those tried here; its parts lie where they belong, and are there."""
    assert list(MADE) == list(STUDIES)
    for kind, places in STUDIES.items():
        if kind != "busiest":
            parts = (places.study, places.view, places.command)
            folders = (
                ["ladsim.planning", "ladsim.reporting", "ladsim.cli"]
                if places.command
                else ["ladsim.planning", "ladsim.reporting", ""]
            )
            assert [part.rpartition(".")[0] for part in parts] == folders


@each
def test_it_is_made_again_from_its_folder(kind: str, made: Callable[[str], Study], tmp_path: Path) -> None:
    """What its folder holds is enough to make it again to the last byte, as a study of the same kind."""
    study = made(kind)
    folder = write_study(tmp_path / "study", study, page=page_html(study))
    found = ladsim.again(folder, processes=1)
    assert found.identical, found.differing
    assert type(found.study) is type(study)
    assert found.study.kind == study.kind == kind
    assert kind_of(found.study).arguments(found.study) == kind_of(study).arguments(study)
    assert (folder / PAGE).read_text(encoding="utf-8") == page_html(found.study)


@each
def test_its_arguments_stand_beside_what_all_manifests_hold(kind: str, made: Callable[[str], Study]) -> None:
    """They are JSON, have names of their own, and come back as `again` takes them; where one is missing that is said."""
    study = made(kind)
    arguments, manifest = kind_of(study).arguments(study), manifest_of(study, {})
    bare = {"ladsim_manifest", "setting", "scenario", "kind", "strategies", "inputs", "tables", "files", "command", "libraries"}
    assert not bare & set(arguments)
    assert json.loads(json.dumps(manifest))["kind"] == kind
    assert set(manifest) >= bare | set(arguments)
    again = kind_of(study).arguments_in(json.loads(json.dumps(manifest)))
    assert list(again.values()) == list(arguments.values())


@pytest.mark.parametrize("kind", ["targets", "potential", "busiest"])
def test_a_manifest_without_its_arguments_is_damaged(kind: str, made: Callable[[str], Study], tmp_path: Path) -> None:
    """The file is named, and what is missing."""
    folder = write_study(tmp_path / "study", made(kind))
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name in kind_of(made(kind)).arguments(made(kind)):
        del manifest[name]
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StudyError, match=r"manifest\.json: is damaged: its .* missing"):
        ladsim.again(folder, processes=1)


@each
def test_its_tables(kind: str, made: Callable[[str], Study]) -> None:
    """Those of every study, and at least one more; every column has a meaning, and JSON holds them all."""
    study = made(kind)
    tables = tables_of(study)
    assert {"rungs", "money", "measures", "assumptions"} < set(tables)
    assert list(tables)[-1] == "assumptions"
    meanings = columns_of(tables, study.scenario.currency, meanings_of(study))
    assert meanings["meaning"].ne("").all(), meanings[meanings["meaning"] == ""]
    said = json.loads(json.dumps(as_json(study, "ladsim …"), allow_nan=False))
    assert said["kind"] == kind
    assert said["verdict"]
    assert {name: len(rows) for name, rows in said["tables"].items()} == {name: len(table) for name, table in tables.items()}


class Seen(HTMLParser):
    """Tags, attributes and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)


@each
def test_a_notebook_shows_it(kind: str, made: Callable[[str], Study]) -> None:
    """The verdict and the main table with an interval, in few words; nothing of it is fetched or run."""
    study = made(kind)
    shown: str = study._repr_html_()  # type: ignore[attr-defined]
    gist, seen = view_of(study).gist(study), Seen(shown)
    first = gist.tables[0]
    assert seen.tags.count("table") == len(gist.tables) == 1
    assert seen.tags.count("tr") == 1 + len(first.rows)
    assert set(seen.tags) <= {"div", "p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"}
    assert seen.names <= {"lang", "style", "scope"}
    assert seen.texts[1] == gist.verdict.splitlines()[0]
    assert any(cell.small and cell.small in seen.texts for row in first.rows for cell in row)
    assert len(shown) < 20_000


@each
def test_its_workbook_has_numbers_for_numbers(kind: str, made: Callable[[str], Study]) -> None:
    """A sheet per table of its page; in a column with numbers no text looks like one. The same study gives the same bytes."""
    pytest.importorskip("xlsxwriter")
    page = page_of(made(kind))
    assert workbook(page) == workbook(page)
    for sheet in sheets_of(page):
        columns, rows = columns_of_sheet(sheet.table)
        assert len(rows) == len(sheet.table.rows)
        for column in columns:
            cells = [row[column] for row in rows if column in row]
            texts = [cell for cell in cells if not isinstance(cell, Number)]
            assert len(texts) == len(cells) or not [text for text in texts if text[:1].isdecimal() or text[:1] in "−+"], (
                sheet.name
            )


@each
def test_labels_are_no_markup(kind: str) -> None:
    """A label that is a script is shown as text."""
    shown: str = MADE[kind](hostile)._repr_html_()  # type: ignore[attr-defined]
    assert "<script" not in shown
    assert "script" not in Seen(shown).tags
    assert HOSTILE in "".join(Seen(shown).texts)


@pytest.mark.parametrize("kind", [kind for kind in MADE if kind != "sweep"])  # which other commands have as an option
def test_its_command(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ladsim KIND` is listed with its line, prints, and writes a folder that ``ladsim again`` makes again."""
    monkeypatch.chdir(tmp_path)
    app = program()
    command = getattr(import_module(STUDIES[kind].command), kind)
    words = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    assert f" {kind} {command.line} " in words
    name, strategy = (POINTS, "points") if kind == "programs" else (DUEL, "retention_first")
    words = [kind, name, "--strategy", strategy, "--replications", "4", "--sample", "150", "--processes", "1", "--out", "study"]
    words += ["--change", "strategies.retention_first.campaigns.search.monthly_spend=0:1500"] if kind == "allocate" else []
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout) > 200
    assert json.loads(Path("study", MANIFEST).read_text(encoding="utf-8"))["kind"] == kind
    again = CliRunner().invoke(app, ["again", "study", "--processes", "1"])
    assert again.exit_code == 0, again.stdout
