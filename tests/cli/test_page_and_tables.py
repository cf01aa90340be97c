"""An answer that is no study: nothing of others is replaced by its page, its tables, or its JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.errors import DataError, OutputError
from ladsim.reporting.page_model import Page

PAGE = Page(
    title="A title", overline="", verdict="", caveat="", notes=(), answers=(), first=(), sections=(), language="en"
)  # fmt: skip


def answer(value: float) -> Answer:
    """An answer with a list in its values."""
    said = {"deep": [{"a": np.float64(value)}, [float("nan")]]}
    return Answer(said, "text", PAGE, {"t.csv": pd.DataFrame({"a": [value]})}, "The page and the tables are in")


def destination(folder: str | None, file: str | None = None) -> Destination:
    """Where it goes."""
    return Destination(file, folder, "p.html", ("t.csv",))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_folder_is_written_again_and_what_others_put_there_stays() -> None:
    """The page by which it is known makes it ladsim's; a note that somebody has put beside it is still there."""
    destination("x").refuse([])
    destination("x").write(answer(1.0), "one")
    Path("x/notes.txt").write_text("mine", encoding="utf-8")
    destination("x").refuse([])
    destination("x").write(answer(2.0), "two")
    assert pd.read_csv("x/t.csv")["a"].tolist() == [2.0] and Path("x/notes.txt").read_text(encoding="utf-8") == "mine"
    assert {place.name for place in Path("x").iterdir()} == {"p.html", "t.csv", "notes.txt"}


@pytest.mark.parametrize("text", ["", "<html>my own page</html>"])
def test_a_folder_of_others_is_refused(text: str) -> None:
    """Before anything is simulated, and though a page of the same name is there that ladsim has not made."""
    Path("x").mkdir()
    Path("x/t.csv").write_text("mine", encoding="utf-8")
    if text:
        Path("x/p.html").write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match=r"x: holds files but no p.html of ladsim, so nothing in it is replaced"):
        destination("x").refuse([])
    with pytest.raises(OutputError, match="holds files"):
        destination("x").write(answer(1.0), "one")
    assert Path("x/t.csv").read_text(encoding="utf-8") == "mine"


def test_what_is_read_is_never_replaced() -> None:
    """Neither by JSON, nor by a table, through a link either; of folders in place of a file the words say so."""
    destination("x").write(answer(1.0), "one")
    Path("there.csv").symlink_to("x/t.csv")
    for place, source in ((destination("x"), "there.csv"), (destination(None, "there.csv"), "x/t.csv")):
        with pytest.raises(DataError, match="found the source itself"):
            place.refuse([source])
    with pytest.raises(OutputError, match="--json: found 'x', which is a folder"):
        destination(None, "x").refuse([])


def test_json_is_of_plain_values_however_deep() -> None:
    """Numbers of NumPy's in lists, and what does not exist."""
    destination(None, "a.json").write(answer(3.0), "three")
    assert json.loads(Path("a.json").read_text(encoding="utf-8")) == {"deep": [{"a": 3.0}, [None]], "command": "three"}
