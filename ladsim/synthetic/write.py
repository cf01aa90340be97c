"""``synthesize``: exports of a simulated market whose truth is known, in one folder.

In: a scenario, a folder. Out: ``transactions``, ``stages``, ``snapshots``, ``referrals``, ``survey`` and ``contacts`` as CSV files, as a program
in the language writes them, ``truth.csv`` (the rung of everybody at the end) and ``truth.json`` (the scenario with one value for every number).
Fitting, placing and other people's tools can be tried on them.
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ladsim.data.store import Store
from ladsim.errors import OutputError
from ladsim.files import folder_in_one_move
from ladsim.scenario.formulas import no_formula
from ladsim.scenario.spec import Scenario
from ladsim.synthetic.dirt import Dirt, dirt_of, spoiled
from ladsim.synthetic.exports import TABLES, TRUTH
from ladsim.synthetic.played import Played, play

MARK = "truth.json"
FORM = 1
_COLUMNS = {
    "transactions": ("customer", "order", "day", "amount"),
    "stages": ("customer", "day", "rung"),
    "snapshots": ("customer", "day", "rung"),
    "referrals": ("customer", "referrer", "day"),
    "survey": ("customer", "day", "score"),
    "contacts": ("customer", "campaign", "day", "outcome"),
}
_NAMES = ("rung", "campaign")  # columns whose texts come from the scenario
_REPEATED = 5_000  # rows after which a bad export repeats its column names


@dataclass(frozen=True)
class Synthetic:
    """What was written: a folder of exports, and how much is in each."""

    folder: Path
    rows: dict[str, int]  # rows by file, without what dirt has added; no file where it is 0
    customers: int  # that were simulated
    scale: float  # people of the market that one of them stands for
    first: str  # first day
    last: str  # last day
    missing: tuple[str, ...] = field(default=())  # files that this scenario has nothing for


def synthesize(
    scenario: Scenario,
    folder: str | os.PathLike[str],
    *,
    strategy: str | None = None,
    seed: int = 1,
    sample: int | None = None,
    language: str | None = None,
    dirt: str | None = None,
    engine: str | None = None,
) -> Synthetic:
    """Play one future of a market, and write what its shop, CRM and survey would export, with the truth beside it, into a folder.

    Orders are dated from the scenario's `start_date` on (1 January 2024 where it has none). Files are written as programs in the
    `language` do ("en", "da", "nb"; by default the scenario's): names of columns, semicolons, decimal commas, forms of dates. `dirt`
    is a seed and a level, such as "7-2": ids and rows that are missing, rows given twice, refunds, titles, totals (``synthetic.dirt``). An
    older folder of this kind is replaced; another one is not. Needs the extra `data` (DuckDB).

    Raises StudyError for a seed, a sample or dirt that cannot be, DataError where DuckDB is missing, OutputError where the folder cannot
    be written, and what ``simulate`` raises.

    >>> import ladsim, os, tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     made = ladsim.synthesize(ladsim.load("web_shop"), os.path.join(place, "shop"), sample=500, seed=1)
    ...     sales = ladsim.read_data(made.folder / "transactions.csv")
    >>> made.rows["transactions"] >= sales.rows > 100, made.missing
    (True, ('survey', 'contacts'))
    """
    dirty = dirt_of(dirt) if dirt is not None else None
    refuse_folder(folder)
    words = dialect(language or scenario.language)
    played = play(scenario, strategy, seed, sample, engine)
    made: dict[str, int] = {}
    target = Path(os.path.realpath(folder))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder_in_one_move(target, lambda place: _fill(place, played, words, dirty, made))
    except OSError as problem:
        raise OutputError(f"{folder}: cannot be written ({problem.strerror or problem}); nothing was left behind") from problem
    ends = _ends(played)
    none = tuple(name for name in TABLES if name not in made)
    return Synthetic(target, made, played.ids.size, played.scale, *ends, none)


@cache
def dialects() -> dict[str, dict[str, str]]:
    """How programs write, by language."""
    return tomllib.loads(Path(__file__).with_name("dialects.toml").read_text(encoding="utf-8"))


def dialect(language: str) -> dict[str, str]:
    """How programs in a language write."""
    from ladsim.scenario.texts import known_language

    return dialects()[known_language(language, "language")]


def refuse_folder(folder: str | os.PathLike[str]) -> None:
    """Raise OutputError if a folder is not ours to replace: call it before a long run, too."""
    path = Path(os.path.realpath(folder))
    try:
        if not path.exists():
            return
        if not path.is_dir():
            raise OutputError(f"{folder}: is a file; name a folder for the results")
        if path == Path.cwd() or path in Path.cwd().parents:
            raise OutputError(f"{folder}: is the folder you are in; name a folder inside it, such as {Path(folder) / 'exports'}")
        ours = {f"{name}.csv" for name in TABLES} | {MARK}
        there = {one.name for one in path.iterdir()}
        if there and not (MARK in there and there <= ours):
            raise OutputError(
                f"{folder}: holds files that are no exports of ladsim, so nothing in it is replaced; name another folder"
            )
    except OSError as problem:
        raise OutputError(f"{folder}: cannot be used ({problem.strerror or problem})") from problem


def _fill(place: Path, played: Played, words: dict[str, str], dirt: Dirt | None, made: dict[str, int]) -> None:
    """Write all files into an empty folder."""
    store = Store()
    try:
        for name, table_of in TABLES.items():
            table = table_of(played)
            if not len(table):
                continue
            made[name] = len(table)
            if dirt is not None and name != TRUTH:
                table = spoiled(name, table, dirt)
            _write(store, place / f"{name}.csv", name, table, words, dirt)
    finally:
        store.discard()
    (place / MARK).write_text(json.dumps(_truth(played, dirt, made), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write(store: Store, path: Path, name: str, table: pd.DataFrame, words: dict[str, str], dirt: Dirt | None) -> None:
    """Write a table; the truth is plain in every language. What a spreadsheet would run as a formula gets an apostrophe before it."""
    if name == "contacts":
        control_group = table["campaign"].map(lambda campaign: words["control_group"].format(campaign=campaign))
        table = table.assign(campaign=table["campaign"].where(table["is_contacted"].astype(bool), control_group))
    texts = {column: table[column].map(no_formula) for column in _NAMES if column in table}
    store.table("export", table.assign(**texts))
    if name == TRUTH:
        store.execute(f"COPY export TO {_quoted(path)} (FORMAT csv, HEADER true)")
        return
    is_grouped = dirt is not None and dirt.has_title and name == "transactions"
    chosen = ", ".join(f"{_cell(column, words, is_grouped)} AS {_name(words[column])}" for column in _COLUMNS[name])
    store.execute(
        f"COPY (SELECT {chosen} FROM export) TO {_quoted(path)} (FORMAT csv, HEADER true, DELIMITER '{words['separator']}')"
    )
    if dirt is not None and dirt.has_title:
        total = float(table["amount"].sum()) if name == "transactions" else None
        _spoil_text(path, name, total, words, dirt)


def _cell(column: str, words: dict[str, str], is_grouped: bool) -> str:
    """SQL: what stands in a cell."""
    if column == "day":
        return f"strftime(day, '{words['date']}')"
    if column == "outcome":
        return f"CASE WHEN outcome THEN '{words['yes']}' ELSE '{words['no']}' END"
    if column == "amount":
        form = "'{:,.2f}'" if is_grouped else "'{:.2f}'"
        unit = words["currency"] if is_grouped else ""
        return f"translate(format({form}, amount), ',.', '{words['thousands']}{words['decimal']}') || '{unit}'"
    return f'CAST("{column}" AS VARCHAR)'


def _spoil_text(path: Path, name: str, total: float | None, words: dict[str, str], dirt: Dirt) -> None:
    """A title above, a total below, and what else programs put among the rows."""
    lines = path.read_text(encoding="utf-8").split("\n")
    if dirt.is_old:
        header, rows = lines[0], lines[1:-1]
        lines = [header]
        for first in range(0, len(rows), _REPEATED):
            lines += ([header] if first else []) + rows[first : first + _REPEATED] + [""]
    if total is not None:
        marks: dict[str, str | int | None] = {",": words["thousands"], ".": words["decimal"]}
        said = f"{total:,.2f}".translate(str.maketrans(marks))
        mark = words["separator"]
        cell = f'"{said}"' if mark in said else said
        lines = [
            words["title"],
            "",
            *[line for line in lines if line or dirt.is_old],
            mark.join([words["total"], "", "", cell]),
            "",
        ]
    encoding = "cp1252" if dirt.is_old else "utf-8-sig"
    path.write_bytes("\r\n".join(lines).encode(encoding, errors="replace"))


def _truth(played: Played, dirt: Dirt | None, made: dict[str, int]) -> dict[str, Any]:
    """The scenario with one value for every number, and how it was played."""
    first, last = _ends(played)
    return {
        "ladsim_synthetic": FORM,
        "strategy": played.strategy,
        "seed": played.seed,
        "dirt": None if dirt is None else f"{dirt.seed}-{dirt.level}",
        "people_each_stands_for": played.scale,
        "first_day": first,
        "last_day": last,
        "rows": made,
        "scenario": played.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }


def _ends(played: Played) -> tuple[str, str]:
    return played.start.isoformat(), (pd.Timestamp(played.start) + pd.Timedelta(days=played.days)).date().isoformat()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
