"""A small study made again: what is refused before it is played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ladsim.errors import OutputError, StudyError
from ladsim.planning import reproduce
from ladsim.planning.manifest import MANIFEST, input_files
from ladsim.planning.output import write_folder, write_study
from ladsim.planning.potential import potential
from ladsim.planning.reproduce import again
from ladsim.planning.run import replicate
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario


@pytest.fixture
def folder(shop: Scenario, tmp_path: Path) -> Path:
    """A forecast of one future of twenty people, written."""
    return write_study(tmp_path / "study", replicate(shop, replications=1, sample=20, processes=1), page="<p>seen</p>")


def test_files_have_their_names(folder: Path) -> None:
    """Page, manifest, and what the columns mean."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "manifest.json", "tables/columns.csv", "tables/rungs.csv", "tables/assumptions.csv"} <= names
    assert (folder / "report.html").read_text(encoding="utf-8") == "<p>seen</p>"


def test_a_study_is_the_same_again(folder: Path, tmp_path: Path) -> None:
    """Byte for byte, and written where it is asked for."""
    found = again(folder, out=tmp_path / "other", processes=1)
    assert found.identical and found.differing == ()
    assert found.folder == tmp_path / "other"
    assert (tmp_path / "other" / "tables" / "rungs.csv").read_bytes() == (folder / "tables" / "rungs.csv").read_bytes()
    assert again(folder, processes=1).folder is None


def test_what_cannot_be_used_is_refused_before_anything_is_played(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's folder for the new study, and a manifest whose scenario no file could hold."""
    monkeypatch.setattr(reproduce, "_run", lambda *_: pytest.fail("it was played"))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(OutputError, match=r"thesis: holds files but no manifest\.json of ladsim"):
        again(folder, out=tmp_path / "thesis")
    data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    changed = json.dumps(data).replace('"share": 0.9', '"share": 0.3')
    (folder / MANIFEST).write_text(changed, encoding="utf-8")
    with pytest.raises(StudyError, match=r"(?s)is damaged: its scenario cannot be simulated:.*add up to 0.4"):
        again(folder)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("costs", {"customer": "cheap"}, "its costs must be amounts"),
        ("costs", None, "its budget or its costs are missing"),
        ("budget", "much", "its budget or its costs are missing"),
    ],
)
def test_damaged_costs_are_refused(key: str, value: object, words: str, shop: Scenario, tmp_path: Path) -> None:
    """A study of target groups whose manifest holds no amounts is not played."""
    study = potential(shop, budget=10.0, replications=2, sample=20, processes=1)
    folder = write_study(tmp_path / "study", study, page="<p>seen</p>")
    data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert key in data
    (folder / MANIFEST).write_text(json.dumps(data | {key: value}), encoding="utf-8")
    with pytest.raises(StudyError, match=f"is damaged: {words}"):
        again(folder)


def test_a_folder_of_others_is_never_filled(tmp_path: Path) -> None:
    """It is refused before anything is written; so is a file."""
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    for place in (tmp_path, tmp_path / "thesis.docx"):
        with pytest.raises(OutputError, match=r"no manifest\.json of ladsim|is a file"):
            write_folder(place, lambda fresh: pytest.fail(f"{fresh} was filled"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize(
    ("error", "reason"), [(OSError(28, "No space left on device"), "No space left on device"), (OSError("odd"), "odd")]
)
def test_why_it_cannot_be_written(error: OSError, reason: str, tmp_path: Path) -> None:
    """In the system's words, or in those of whoever raised it."""

    def fill(_: Path) -> None:
        raise error

    with pytest.raises(OutputError, match=rf"study: cannot be written \({reason}\); nothing was left behind$"):
        write_folder(tmp_path / "study", fill)
    assert not list(tmp_path.iterdir())


def test_what_a_study_is_made_of(tmp_path: Path) -> None:
    """Every file that a scenario names, and what its code imports; a graph is no code."""
    (tmp_path / "ties.csv").write_text("0,1\n", encoding="utf-8")
    (tmp_path / "amounts.py").write_text("MOST = 5.0\n", encoding="utf-8")
    (tmp_path / "plans.py").write_text(
        "from amounts import MOST\n\n\ndef cheer(env, market):\n    yield market.months(MOST)\n", encoding="utf-8"
    )
    layer = {"layer": "friends", "graph": {"kind": "file", "path": str(tmp_path / "ties.csv")}}
    data = {
        "schema": 1, "name": "small", "months": 2, "market_size": 2, "steps": [], "word_of_mouth": [layer],
        "rungs": [{"name": "customer", "share": 1.0, "messages_per_month": 1.0}],
        "policies": [{"file": str(tmp_path / "plans.py"), "function": "cheer"}],
    }  # fmt: skip
    assert input_files(validated(data)) == [str(tmp_path / name) for name in ("amounts.py", "plans.py", "ties.csv")]
