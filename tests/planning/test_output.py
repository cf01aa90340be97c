"""A study's folder: all of it or nothing, never somebody else's, and nothing that a killed process left.

Tests: ``leftovers.py``, ``planning/csv_files.py``, ``planning/output.py``.
"""

from __future__ import annotations

import csv
import errno
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from ladsim import files, leftovers
from ladsim.errors import OutputError
from ladsim.files import in_one_move
from ladsim.leftovers import beginning
from ladsim.planning import output
from ladsim.planning.columns import columns_of
from ladsim.planning.compare import Comparison
from ladsim.planning.csv_files import csv_bytes, excel_bytes
from ladsim.planning.manifest import MANIFEST, read_manifest
from ladsim.planning.output import PAGE, refuse_foreign, write_study
from ladsim.planning.tables import tables_of


def everything(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_in_the_folder(duel: Comparison, tmp_path: Path) -> None:
    """Page, manifest, a table a file, and a list of all columns; the manifest knows all of them, and nothing else is left behind."""
    folder = write_study(tmp_path / "new" / "study", duel, page="<p>hello</p>", extra=lambda: {"figures/a.svg": b"<svg/>"})
    assert folder == tmp_path / "new" / "study"
    files = everything(folder)
    assert files[PAGE] == b"<p>hello</p>"
    assert set(read_manifest(folder / MANIFEST)["files"]) == set(files) - {MANIFEST}
    assert {f"tables/{name}.csv" for name in tables_of(duel)} == set(read_manifest(folder / MANIFEST)["tables"])
    assert os.listdir(tmp_path / "new") == ["study"]


def test_tables_come_back_from_csv(duel: Comparison, tmp_path: Path) -> None:
    """Numbers in the files are those of the tables, to the last digit."""
    folder = write_study(tmp_path / "study", duel)
    with (folder / "tables" / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        assert [float(row["profit"]) for row in csv.DictReader(file)] == tables_of(duel)["outcomes"]["profit"].tolist()
        assert tables_of(duel)["outcomes"]["profit"].tolist() == duel.outcomes["profit"].round(5).tolist()
    rungs = pd.read_csv(folder / "tables" / "rungs.csv")
    assert set(rungs["strategy"]) == set(duel.runs)
    assert rungs.groupby(["strategy", "month"])["mean"].sum().round(6).unique().tolist() == [2000.0]


def test_every_column_has_a_meaning(duel: Comparison) -> None:
    """columns.csv explains every column of every table, and gives amounts their currency."""
    tables = tables_of(duel)
    columns = columns_of(tables, "DKK")
    assert len(columns) == sum(len(table.columns) for table in tables.values())
    assert (columns["meaning"] != "").all()
    units = columns.set_index(["table", "column"])["unit"]
    assert units["outcomes", "profit_low"] == units["differences", "mean"] == units["money", "p05"] == "DKK"
    assert units["rungs", "mean"] == units["difference_by_step_and_rung", "high"] == "people"
    assert not columns["unit"].str.contains("currency").any()


def test_a_study_takes_the_place_of_its_forerunner(duel: Comparison, tmp_path: Path) -> None:
    """A folder with a manifest is replaced; files that the user put there stay; files of the former study go."""
    folder = write_study(tmp_path / "study", duel, page="old", extra=lambda: {"old.txt": b"old"})
    (folder / "notes.md").write_text("mine", encoding="utf-8")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "one.png").write_bytes(b"mine")
    write_study(folder, duel, page="new")
    files = everything(folder)
    assert files[PAGE] == b"new"
    assert files["notes.md"] == files["pictures/one.png"] == b"mine"
    assert "old.txt" not in files
    assert os.listdir(tmp_path) == ["study"]


def test_an_empty_folder_may_be_used(duel: Comparison, tmp_path: Path) -> None:
    """An empty folder is nobody's."""
    (tmp_path / "study").mkdir()
    assert (write_study(tmp_path / "study", duel) / MANIFEST).is_file()


@pytest.mark.parametrize("manifest", [None, b"{}", b"not json"])
def test_a_foreign_folder_is_refused(duel: Comparison, tmp_path: Path, manifest: bytes | None) -> None:
    """A folder with files and without a manifest of ladsim is left as it is."""
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    if manifest is not None:
        (tmp_path / MANIFEST).write_bytes(manifest)
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=r"no manifest\.json of ladsim"):
        write_study(tmp_path, duel)
    assert everything(tmp_path) == before


def test_the_folder_one_is_in_is_refused(duel: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renaming the folder somebody stands in would take it away under their feet."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=r"name a folder inside it, such as results"):
        write_study(".", duel)
    with pytest.raises(OutputError, match="is the folder you are in"):
        refuse_foreign(tmp_path.parent)


def test_a_path_under_a_file(duel: Comparison, tmp_path: Path) -> None:
    """A file cannot hold a folder, nor be one."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OutputError, match="is a file"):
        write_study(tmp_path / "file", duel)
    with pytest.raises(OutputError, match=r"study: cannot be made, because .*file is a file"):
        write_study(tmp_path / "file" / "study", duel)
    assert everything(tmp_path) == {"file": b"x"}


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")])
@pytest.mark.parametrize("place", ["mkdir", "third file", "manifest", "rename"])
def test_nothing_half_written(
    duel: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str, place: str
) -> None:
    """Wherever the disk fails, the message names folder and reason, the former study stays whole, and no temporary file is left."""
    folder = write_study(tmp_path / "study", duel, page="old")
    before = everything(tmp_path)
    break_at(place, OSError(code, os.strerror(code)), monkeypatch)
    with pytest.raises(OutputError, match=words) as caught:
        write_study(folder, duel, page="new")
    assert str(folder) in str(caught.value)
    monkeypatch.undo()
    assert everything(tmp_path) == before
    assert os.listdir(tmp_path) == ["study"]


def break_at(place: str, error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk fail at a place."""
    written = []
    rename, write_bytes = os.rename, Path.write_bytes

    def fail(*_: object, **__: object) -> None:
        raise error

    def third(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 3:
            write_bytes(path, data[:10])
            raise error
        return write_bytes(path, data)

    def second_rename(source: Path, target: Path) -> None:
        written.append(source)
        if len(written) == 2:
            raise error
        rename(source, target)

    if place == "mkdir":
        monkeypatch.setattr(files.tempfile, "mkdtemp", fail)
    elif place == "third file":
        monkeypatch.setattr(Path, "write_bytes", third)
    elif place == "manifest":
        monkeypatch.setattr(output, "write_manifest", fail)
    else:
        monkeypatch.setattr(files.os, "rename", second_rename)


def test_csv_is_the_same_everywhere() -> None:
    """UTF-8, a line feed a row, numbers as short as brings them back, nothing for what is not known."""
    table = pd.DataFrame({"navn": ["Kaffekæde", "a,b"], "value": [0.1 + 0.2, float("nan")]})
    assert csv_bytes(table) == 'navn,value\nKaffekæde,0.30000000000000004\n"a,b",\n'.encode()


def test_no_formulas_in_csv() -> None:
    """What a spreadsheet would run is a text there; numbers, written out or not, stay as they are."""
    table = pd.DataFrame(
        {"source": ["=1+1", "@x", "-a", "+a", "-0.5", "a=b", None], "value": [-1.5, -2.0, 3.0, 4.0, 5.0, 6.0, 7.0]}
    )
    rows = csv_bytes(table).decode().splitlines()
    assert rows == ["source,value", "'=1+1,-1.5", "'@x,-2.0", "'-a,3.0", "'+a,4.0", "-0.5,5.0", "a=b,6.0", ",7.0"]


@pytest.mark.parametrize("before", [" ", "\t", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u00ad", "\u3164", "\r\n", " \u200d\t "])
@pytest.mark.parametrize("formula", ["=1+1", "\uff1d1+1", "@SUM(A1)", "\uff20x", "-a", "\uff0da", "+a", "\uff0ba"])
def test_no_formulas_behind_what_nobody_sees(before: str, formula: str) -> None:
    """Blanks and signs without a width before it, or signs of full width, make no difference to a spreadsheet."""
    for text in (formula, before + formula):
        table = pd.DataFrame({"name": [text]})
        assert csv_bytes(table).decode().split("name\n")[1].lstrip('"').startswith("'" + text[:1])


@pytest.mark.parametrize("text", ["", "  ", "a=1", "  a", "-1.5", " -1.5 ", "\u200b", "1 = 1", "æ", "(=1)"])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    """Numbers, and texts that begin otherwise."""
    assert "'" not in csv_bytes(pd.DataFrame({"name": [text, "x"]})).decode()


def killed(folder: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a process that is gone has left beside a study."""
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True, text=True)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: int(gone.stdout))
        place = folder / (beginning(name, kind) + "abcd1234")
    place.mkdir()
    return place


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked whether a process is alive")
def test_what_a_killed_process_left_goes(duel: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a new study, and an older one that was being replaced; a file of the user's that was only there is kept."""
    write_study(tmp_path / "study", duel)
    for kind in ("new", "old"):
        left = killed(tmp_path, "study", kind, monkeypatch)
        (left / MANIFEST).write_bytes((tmp_path / "study" / MANIFEST).read_bytes())
        (left / "notes.txt").write_text(kind, encoding="utf-8")
    others = [
        tmp_path / (beginning("study", "old") + "abcd1234"),
        killed(tmp_path, "study2", "old", monkeypatch),
        tmp_path / ".old-study.mine",
    ]
    for other in others:
        other.mkdir(exist_ok=True)
    write_study(tmp_path / "study", duel)
    assert set(tmp_path.iterdir()) == {tmp_path / "study", *others}, (
        "of a living process, of another study, and the user's own stay"
    )
    assert (tmp_path / "study" / "notes.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked whether a process is alive")
def test_a_study_that_is_only_in_what_is_left_comes_back(
    duel: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two renames: the older study stands under its temporary name alone."""
    left = killed(tmp_path, "study", "old", monkeypatch)
    (left / "notes.txt").write_text("mine", encoding="utf-8")
    write_study(tmp_path / "elsewhere", duel)
    (left / MANIFEST).write_bytes((tmp_path / "elsewhere" / MANIFEST).read_bytes())
    write_study(tmp_path / "study", duel)
    assert (tmp_path / "study" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not left.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can be asked whether a process is alive")
def test_a_file_that_a_killed_process_left_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one that writes the same file clears it away; an earlier process of this number is not this one."""
    left = killed(tmp_path, "answer", "new", monkeypatch).with_suffix(".json")
    left.with_suffix(".abcd1234").rmdir()
    left.write_text("half", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(leftovers, "_THIS", "000000")
        earlier = tmp_path / (beginning("answer") + "x.json")
    earlier.write_text("half", encoding="utf-8")
    in_one_move(tmp_path / "answer.json", lambda place: place.write_text("whole", encoding="utf-8"))
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_csv_for_excel() -> None:
    """Semicolons, decimal commas also in texts that are numbers, yes and no in Excel's words, no formulas, a mark of UTF-8."""
    rows = {
        "text": ["=1+1", "0.25", "a;b", None], "value": [0.5, float("nan"), 1e-7, 12000.0],
        "n": [1, 2, 3, 4], "acts": [True, False, True, True],
    }  # fmt: skip
    said = excel_bytes(pd.DataFrame(rows), "excel-nb")
    assert said.decode("utf-8-sig").split("\r\n") == [
        "text;value;n;acts", "'=1+1;0,5;1;SANN", "0,25;;2;USANN", '"a;b";1e-07;3;SANN', ";12000,0;4;SANN", "",
    ]  # fmt: skip
    assert said.startswith(b"\xef\xbb\xbf")
