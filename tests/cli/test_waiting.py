"""What is done while a study runs: told how far it is, and ready for the page when it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ladsim.cli import waiting as room
from ladsim.cli.waiting import PAGE, waiting

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is loaded, in the order in which it is asked for."""
    found: list[str] = []
    monkeypatch.setattr(room, "import_module", found.append)
    return found


def test_a_piece_is_loaded_after_each_run(loaded: list[str]) -> None:
    """Nothing before the first run is done, then one piece a time, each once."""
    with waiting("Simulating", ("one", "two")) as progress:
        assert progress is not None
        progress(0, 5, None)
        assert loaded == []
        progress(1, 5, 4.0)
        assert loaded == ["one"]
        for done in (2, 3, 4):
            progress(done, 5, 1.0)
    assert loaded == ["one", "two"]


def test_nothing_to_load_and_nobody_watching(loaded: list[str]) -> None:
    """Then nobody need be told."""
    with waiting("Simulating") as progress:
        assert progress is None
    assert loaded == []


def test_the_pieces_are_there_and_are_all_that_a_page_needs() -> None:
    """Every piece can be loaded; when all are, making a page loads nothing more of what takes long."""
    code = (
        "import sys\nfrom importlib import import_module\nimport ladsim\nfrom ladsim.cli.waiting import PAGE\n"
        "study = ladsim.compare(ladsim.load('acquisition_vs_retention'), sample=50, replications=4, processes=1)\n"
        "for piece in PAGE:\n    import_module(piece)\nbefore = set(sys.modules)\n"
        "from ladsim.reporting.page import page_html\npage_html(study)\n"
        "late = set(sys.modules) - before\n"
        "print(sum(name.split('.')[0] in ('ladsim', 'scipy', 'jinja2', 'matplotlib') for name in late))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    assert said.returncode == 0, said.stderr
    assert int(said.stdout) <= 5, "the dictionary of measures, and what some pictures have of their own"
    assert len(set(PAGE)) == len(PAGE)
