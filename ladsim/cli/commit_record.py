"""The record of commits, on the command line: the option that names it, and where it is where nobody says.

In: what was typed. Out: a file; the option that names it again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ladsim.errors import OutputError

Record = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="The record of how often commits held (track enters them when their month is over); several plans may share one.  "
        "[default: commits.json in the plan's folder]",
        show_default=False,
    ),
]


def earlier(typed: str | None, folder: str | None) -> str | None:
    """The record that a new plan tells of: the one that was named, or the one in the folder that it goes to; None where there is none."""
    if typed is not None or folder is None:
        return typed
    from ladsim.planning.track import beside

    place = beside(folder)
    return str(place) if place.is_file() else None


def refuse(record: str | Path, actuals: str) -> None:
    """Raise OutputError where the record would be the file of actuals, or has no folder to stand in."""
    from ladsim.cli.request import refuse_unwritable
    from ladsim.data.sources import refuse_place

    if Path(record).is_dir():
        raise OutputError(f"--record: found {str(record)!r}, which is a folder; name a file in it")
    if Path(record).exists():
        refuse_place(Path(record), actuals)
    refuse_unwritable(Path(record))


def again(typed: str | None) -> list[str]:
    """The options that name it again."""
    return [] if typed is None else ["--record", typed]
