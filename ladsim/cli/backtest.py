"""``ladsim backtest``: how far to trust a forecast from one's own orders, on the command line.

In: files of transactions. Out: text, JSON, a folder with a page and tables.
"""

from __future__ import annotations

import json as as_text
import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import messages, options, screen
from ladsim.cli.request import SCREEN, refuse_unwritable
from ladsim.cli.waiting import waiting

PAGE = "backtest.html"


def backtest(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Orders: CSV, Excel or Parquet files, or the SQLAlchemy URL of a database."),
    ],
    weeks: Annotated[
        int | None,
        typer.Option(
            "--weeks", metavar="N", min=4, help="How many weeks are kept aside; a third of all without it.", show_default=False
        ),
    ] = None,
    origins: Annotated[
        int, typer.Option("--origins", metavar="N", min=1, max=20, help="Forecasts from so many days, each --weeks earlier.")
    ] = 1,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="The last day of all; without it, the last date.", show_default=False),
    ] = None,
    replications: Annotated[
        int, typer.Option("--replications", metavar="N", min=20, max=10_000, help="How many futures each ladder is played for.")
    ] = 200,
    seed: options.Seed = 1,
    json: options.Json = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the tables (CSV) into this folder.")
    ] = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Fit the first part of your orders, simulate the rest by the ladder, and say how far off it was.

    Beside it stand the mean of history, the same weeks of last year, and Pareto/NBD alone. The data stay on this machine.

    \b
    Examples:
      ladsim backtest sales.csv
      ladsim backtest sales.csv --weeks 13 --origins 3 --out backtest --language da
    """
    messages.be_quiet(quiet)
    for place in (out, json if json != SCREEN else None):
        if place is not None:
            refuse_unwritable(Path(place))
    from ladsim.data.read import read_data
    from ladsim.i18n import Locale
    from ladsim.planning.backtest import backtest as judged
    from ladsim.scenario.texts import known_language

    locale = Locale(known_language(language or "en", "--language"))
    messages.speak(locale.language)
    read = [read_data(file) for file in files]
    with waiting(locale.text("backtest.waiting"), locale=locale) as shown:
        found = judged(
            read, weeks=weeks, origins=origins, until=until, replications=replications, seed=seed, language=locale.language,
            progress=(lambda done, total: shown(done, total, None)) if shown is not None else None,
        )  # fmt: skip
    from ladsim.cli.answer import plain_value
    from ladsim.files import write_text
    from ladsim.reporting.backtest import Told, answer, page

    if json is not None:
        said = {key: plain_value(value) for key, value in answer(found).items()}
        said["tables"] = {name: [plain_value(row) for row in rows] for name, rows in said["tables"].items()}
        text = as_text.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
        if json == SCREEN:
            messages.out(text)
        else:
            write_text(json, text)
            messages.note(f"JSON: {json}")
    if json != SCREEN:
        from ladsim.i18n.catalogue import loose

        told = Told(found)
        grids = [screen.of_grid(told.totals(one)) for one in found.origins]
        messages.out("\n".join([*(loose(line) for line in told.sentences()), ""]) + "\n" + screen.printed(*grids))
    if out is not None:
        from ladsim.files import write_file
        from ladsim.planning.csv_files import csv_bytes
        from ladsim.reporting.page import rendered

        command = shlex.join(
            [
                "ladsim",
                "backtest",
                *files,
                *(["--weeks", str(weeks)] if weeks else []),
                "--origins",
                str(origins),
                "--seed",
                str(seed),
            ]
        )
        made = {
            PAGE: rendered(page(found, command)).encode("utf-8"),
            "weeks.csv": csv_bytes(found.weeks),
            "totals.csv": csv_bytes(found.totals),
        }
        Path(out).mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            write_file(Path(out) / name, partial(_filled, data))
        messages.note(messages.in_words(f"The page and the tables are in {out}"))


def _filled(data: bytes, place: Path) -> None:
    place.write_bytes(data)
