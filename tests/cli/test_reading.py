"""Options of reading stand once: each command that reads customers' files has all of them, and hands on what was typed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ladsim.cli.calibrate import calibrate
from ladsim.cli.data import data
from ladsim.cli.place import place
from ladsim.cli.reading import ReadingOptions, pairs
from ladsim.errors import DataError

COMMANDS: list[Callable[..., Any]] = [data, calibrate, place]
SHARED = [one.name for one in fields(ReadingOptions)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_has_them_behind_its_own(command: Callable[..., Any]) -> None:
    """In one order, with the same words."""
    there = inspect.signature(command).parameters
    assert list(there)[-len(SHARED) :] == SHARED
    mine = inspect.signature(data).parameters
    assert all(there[name].annotation.__metadata__[0].help == mine[name].annotation.__metadata__[0].help for name in SHARED)


def test_what_read_data_is_asked_is_what_was_typed() -> None:
    """By the names of ``read_data``; of --column roles and names."""
    from ladsim.data.read import read_data

    asked = ReadingOptions(column=["customer=Kundenr", "date = 3"], decimal="comma").reading()
    assert set(asked) <= set(inspect.signature(read_data).parameters)
    assert asked["columns"] == {"customer": "Kundenr", "date": "3"} and asked["decimal"] == "comma" and asked["header"] is None
    with pytest.raises(DataError, match="--column: found 'customer', must be ROLE=NAME"):
        pairs(["customer"])


@pytest.mark.parametrize("command", ["calibrate", "place"])
def test_an_option_of_reading_works_in_every_command(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ladsim: Callable[..., Result]
) -> None:
    """Rows in another currency are left out, and that is told; `calibrate` did not know the option."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    monkeypatch.chdir(tmp_path)
    rows = [f"{c},2026-0{1 + k}-{1 + c % 20:02},{9 + k},{'DKK' if c % 5 else 'SEK'}" for c in range(60) for k in range(1 + c % 3)]
    Path("sales.csv").write_text("customer,date,amount,currency\n" + "\n".join(rows) + "\n", encoding="utf-8")
    said = ladsim(command, "sales.csv", "--currency", "DKK")
    assert said.exit_code == 0 and "Dropped: 24 rows in other currencies than DKK" in said.stdout
