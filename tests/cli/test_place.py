"""``ladsim place``: the base on the ladder, in three languages, with no customer on the screen; its files, and what is refused.

Tests: ``reporting/placing_picture.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import ladsim as package
from tests.synthetic.markets import TALKING, shop

Ladsim = Callable[..., Result]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the exports of a small shop; skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    package.synthesize(shop(people=600, more=TALKING), tmp_path / "shop", seed=2)
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path


def ids(folder: Path) -> set[str]:
    """All customers of the shop."""
    return {line.split(",")[0] for line in (folder / "shop/truth.csv").read_text(encoding="utf-8").splitlines()[1:]}


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_the_screen(ladsim: Ladsim, folder: Path, language: str) -> None:
    """First what was read of each file, then the ladder from the top down, months by name, tactics; nobody's id."""
    said = ladsim("place", "transactions.csv", "snapshots.csv", "referrals.csv", "--language", language)
    assert said.exit_code == 0, said.output
    words = {"en": ("Ambassador", "December 2025"), "da": ("Ambassadør", "december 2025"), "nb": ("Ambassadør", "desember 2025")}[
        language
    ]
    assert all(word in said.stdout for word in words)
    assert said.stdout.index("transactions.csv:") < said.stdout.index("snapshots.csv:") < said.stdout.index(words[0])
    assert "{" not in said.stdout
    assert not ids(folder) & set(re.findall(r"\d+", said.output))


def test_the_files(ladsim: Ladsim, folder: Path) -> None:
    """Numbers in place of ids unless asked, and then that is said; a picture, a start that can be checked, the rule."""
    words = ["--out", "../out.csv", "--picture", "../base.svg", "--scenario", "../start.toml", "--write-rule", "../rule.toml"]
    said = ladsim("place", "transactions.csv", *words)
    assert said.exit_code == 0, said.output
    lines = (folder / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("customer,rung,probability,p_lead,") and lines[1].startswith("1,")
    named = ladsim("place", "transactions.csv", "--out", "../ids.csv", "--with-ids", "--rule", "../rule.toml")
    assert "It holds customers' ids" in named.stderr
    with_ids = (folder / "ids.csv").read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[2] for line in with_ids] == [line.partition(",")[2] for line in lines]
    assert {line.split(",")[0] for line in with_ids[1:]} <= ids(folder)
    svg = (folder / "base.svg").read_text(encoding="utf-8")
    assert svg.count("<svg") == 1 and "Repeat buyer" in svg and "<desc" in svg
    assert ladsim("check", "../start.toml").exit_code == 0
    (folder / "base.png").unlink(missing_ok=True)
    assert ladsim("place", "transactions.csv", "--picture", "../base.png").exit_code == 0
    assert (folder / "base.png").read_bytes().startswith(b"\x89PNG")


def test_a_file_without_names(ladsim: Ladsim) -> None:
    """What `ladsim data` is told of a file's columns, this command can be told, too."""
    Path("bare.txt").write_text("\n".join(f"{n} {n + 100} 2024-01-{n + 1:02} 1{n}" for n in range(1, 9)) + "\n", encoding="utf-8")
    said = ladsim("place", "bare.txt", "--column", "customer=2", "--column", "date=3", "--column", "amount=4")
    assert said.exit_code == 0 and "8 customers placed" in said.stdout


def test_the_rule_without_data(ladsim: Ladsim) -> None:
    """The rule of a ladder can be had to be changed, before there is any file; without either, words."""
    assert ladsim("place", "--write-rule", "mine.toml", "--ladder", "web_shop").exit_code == 0
    assert 'name = "visitor"' in Path("mine.toml").read_text(encoding="utf-8")
    assert "must be one file at least" in ladsim("place").stderr


def test_as_of_a_day(ladsim: Ladsim) -> None:
    """They stand as of the day that is asked for, not on that of the last order before it."""
    Path("few.csv").write_text("customer,date\na,2024-01-05\nb,2024-02-05\nb,2024-08-01\n", encoding="utf-8")
    said = ladsim("place", "few.csv", "--until", "2024-06-30")
    assert said.exit_code == 0 and "2 customers placed, as of 30 June 2024" in said.stdout.replace("\xa0", " "), said.output


def test_nothing_is_replaced_unasked(ladsim: Ladsim) -> None:
    """A file that exists stays without --force; the ladder, the rule and the data stay with it, too."""
    sales = ["place", "transactions.csv"]
    Path("mine.toml").write_text('schema = 1\nextends = "web_shop"\n', encoding="utf-8")
    assert ladsim("place", "--write-rule", "rule.toml", "--ladder", "mine.toml").exit_code == 0
    Path("other.toml").write_text("# mine\n", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    for words, said in (
        (["--ladder", "mine.toml", "--scenario", "other.toml"], "exists already"),
        (["--ladder", "mine.toml", "--write-rule", "other.toml"], "exists already"),
        (["--ladder", "mine.toml", "--scenario", "mine.toml", "--force"], "source itself"),
        (["--rule", "rule.toml", "--scenario", "mine.toml", "--force"], "source itself"),
        (["--rule", "rule.toml", "--write-rule", "rule.toml", "--force"], "source itself"),
        (["--scenario", "new.toml", "--write-rule", "./new.toml"], "twice among the files"),
    ):
        found = ladsim(*sales, *words)
        assert found.exit_code in (2, 4) and said in found.stderr, words
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
    found = ladsim(*sales, "--ladder", "mine.toml", "--scenario", "other.toml", "--force")
    assert found.exit_code == 2 and "other.toml" in found.stderr and Path("other.toml").read_bytes() == before["other.toml"]
    Path("other.toml").unlink()
    for more in ([], ["--force"]):
        assert ladsim(*sales, "--ladder", "mine.toml", "--scenario", "other.toml", *more).exit_code == 0
    assert "mine.toml" in Path("other.toml").read_text(encoding="utf-8")
    assert ladsim("check", "other.toml").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.csv"], "none.csv"),
        (["transactions.csv", "--out", "out.txt"], "must end in .csv or .parquet"),
        (["transactions.csv", "--out", "transactions.csv"], "transactions.csv"),
        (["transactions.csv", "--picture", "x.pdf"], "must end in .svg or .png"),
        (["transactions.csv", "--scenario", "x.csv"], "must end in .toml"),
        (["transactions.csv", "--rule", "none.toml"], "cannot be read"),
        (["transactions.csv", "--ladder", "none"], "none"),
        (["transactions.csv", "--rule", "a.toml", "--ladder", "web_shop"], "must be one of them"),
        (["transactions.csv", "--until", "tomorrow"], "until"),
        (["transactions.csv", "survey.csv", "--column", "customer=1"], "found several files beside them"),
        (["transactions.csv", "--column", "customer=Nobody"], "Nobody"),
    ],
)
def test_what_cannot_be(ladsim: Ladsim, words: list[str], said: str) -> None:
    """Exit code 2 and a sentence; nothing is written."""
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    found = ladsim("place", *words)
    assert found.exit_code == 2 and said in found.stderr and "Traceback" not in found.output
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before
