"""A plan that is followed, on the command line: actuals against the lines of a targets study.

In: the study's folder, a file of actuals. Out: text in the plan's language, JSON, a folder with a page and tables.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import commit_record as recording
from ladsim.cli import keeping, messages, options, outcome, screen
from ladsim.cli.finishing import finished
from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.cli.waiting import waiting

if TYPE_CHECKING:
    from ladsim.planning.track import Track

PAGE = "track.html"
TABLES = tuple(f"track_{name}.csv" for name in ("months", "now", "targets", "steps", "record"))


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
    record: recording.Record = None,
    quiet: options.Quiet = False,
) -> None:
    """Hold what really happened against a plan: on track or not and since when, how probable each target is by now, what runs behind.

    Where the month of the plan is over, what it committed to is entered into a record (--record), and how often earlier commits held is
    said.

    A column of ACTUALS is called as a rung or step of the plan, by its name or label in English, Danish or Norwegian; months are numbers,
    2027-03 or names.

    \b
    Example:
      ladsim track reports/my_shop-targets actuals.xlsx
    """
    messages.be_quiet(quiet)
    from ladsim.planning.manifest import MANIFEST

    messages.speak(_language_of(Path(plan)))
    destination = Destination(json, out, PAGE, TABLES)
    from ladsim.planning.track import beside

    book = record or beside(plan)
    recording.refuse(book, actuals)
    destination.refuse([actuals, Path(plan) / MANIFEST if Path(plan).is_dir() else plan, book])
    from ladsim.i18n import Locale
    from ladsim.planning.track import track as hold_against

    def tell(files: list[str], scenario_file: str) -> None:
        outcome.name_code(files, scenario_file, Locale("en"))

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
                record=record,
            )
        messages.speak(found.plan.source.language)
        command = shlex.join(["ladsim", "track", plan, actuals, *(["--sheet", sheet] if sheet else []), *recording.again(record)])
        destination.write(_answer(found, command), command)


def _language_of(plan: Path) -> str:
    """The language in which the plan was made."""
    from ladsim.planning.manifest import MANIFEST, read_manifest

    manifest = read_manifest(plan / MANIFEST if plan.is_dir() else plan)
    return str(manifest["scenario"].get("language", "en"))


def _answer(found: Track, command: str) -> Answer:
    from ladsim.reporting.track import answer, page, tables

    made = {f"{name}.csv": table for name, table in tables(found).items()}
    return Answer(answer(found), track_text(found), page(found, command), made, "The page and the tables are in")


def track_text(found: Track) -> str:
    """On track or not, the probabilities, the actuals against their lines."""
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.commit_record import entered
    from ladsim.reporting.track import TrackWords

    told = TrackWords(found)
    shown = (told.targets(), told.months(), *entered(found.record, told.namer))
    said = "\n".join(loose(line) for line in [told.heading, "", *told.sentences(), ""])
    return f"{said}\n{screen.printed(*map(screen.of_grid, shown))}"
