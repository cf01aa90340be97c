"""A plan that is followed, on the command line: actuals against the lines of a targets study.

In: the study's folder, a file of actuals. Out: text in the plan's language, JSON, a folder with a page and tables.
"""

from __future__ import annotations

import json
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import keeping, messages, options, outcome, screen
from ladsim.cli.finishing import finished
from ladsim.cli.request import SCREEN, refuse_unwritable
from ladsim.cli.waiting import waiting
from ladsim.errors import OutputError

if TYPE_CHECKING:
    from ladsim.planning.track import Track

PAGE = "track.html"


def track(
    plan: Annotated[
        str, typer.Argument(metavar="PLAN_FOLDER", help="The folder that ladsim targets has written, or the manifest.json in it.")
    ],
    actuals: Annotated[
        str,
        typer.Argument(
            metavar="ACTUALS", help="What really happened, month by month: CSV or Excel, with a column for each rung or step."
        ),
    ],
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.", show_default=False)
    ] = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the tables (CSV) into this folder.")
    ] = None,
    trust: options.Trust = False,
    store: keeping.Store = None,
    no_store: keeping.NoStore = False,
    quiet: options.Quiet = False,
) -> None:
    """Hold what really happened against a plan: on track or not and since when, how probable each target is by now, what runs behind.

    A column of ACTUALS is called as a rung or step of the plan, by its name or label in English, Danish or Norwegian; months are numbers,
    2027-03 or names.

    \b
    Example:
      ladsim track reports/my_shop-targets actuals.xlsx
    """
    messages.be_quiet(quiet)
    for place in (out, json if json != SCREEN else None):
        if place is not None:
            refuse_unwritable(Path(place))
    from ladsim.i18n import Locale
    from ladsim.planning.track import track as hold_against

    def tell(files: list[str], scenario_file: str) -> None:
        outcome.name_code(files, scenario_file, Locale("en"))

    messages.speak(_language_of(Path(plan)))
    with finished(Locale("en")):
        with waiting("Simulating the plan again") as progress:
            found = hold_against(
                plan,
                actuals,
                sheet=sheet,
                processes=processes,
                progress=progress,
                trust=trust,
                code=tell,
                store=False if no_store else store,
            )
        messages.speak(found.plan.source.language)
        _shown(found, shlex.join(["ladsim", "track", plan, actuals, *(["--sheet", sheet] if sheet else [])]), json, out)


def _language_of(plan: Path) -> str:
    """The language in which the plan was made."""
    from ladsim.planning.manifest import MANIFEST, read_manifest

    manifest = read_manifest(plan / MANIFEST if plan.is_dir() else plan)
    return str(manifest["scenario"].get("language", "en"))


def _shown(found: Track, command: str, json_file: str | None, folder: str | None) -> None:
    """Print, and write what was asked for."""
    from ladsim.cli.answer import plain_value
    from ladsim.reporting.track import answer

    if json_file is not None:
        said = {key: plain_value(value) for key, value in answer(found).items()} | {"command": command}
        said["tables"] = {
            name: [{key: plain_value(value) for key, value in row.items()} for row in rows]
            for name, rows in said["tables"].items()
        }
        text = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
        if json_file == SCREEN:
            messages.out(text)
        else:
            from ladsim.files import write_text

            write_text(json_file, text)
            messages.note(f"JSON: {json_file}")
    if json_file != SCREEN:
        messages.out(track_text(found))
    if folder is not None:
        _written(found, command, Path(folder))
        messages.note(messages.in_words(f"The page and the tables are in {folder}"))


def _written(found: Track, command: str, folder: Path) -> None:
    """The page and the tables in a folder, each whole. Raises OutputError."""
    from ladsim.files import in_one_move
    from ladsim.planning.csv_files import csv_bytes
    from ladsim.reporting.page import rendered
    from ladsim.reporting.track import page, tables

    files = {PAGE: rendered(page(found, command)).encode("utf-8")}
    files |= {f"{name}.csv": csv_bytes(table) for name, table in tables(found).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            in_one_move(folder / name, partial(_filled, data))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error


def _filled(data: bytes, place: Path) -> None:
    place.write_bytes(data)


def track_text(found: Track) -> str:
    """On track or not, the probabilities, the actuals against their lines."""
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.track import Told

    told = Told(found)
    said = "\n".join(loose(line) for line in [told.heading, "", *told.sentences(), ""])
    return f"{said}\n{screen.printed(screen.of_grid(told.targets()), screen.of_grid(told.months()))}"
