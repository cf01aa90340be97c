"""What `ladsim run` keeps of single customers: the log of the first future, and lives followed whole.

In: the study asked for, a file for the log, who is followed. Out: the file; the table of lives as CSV; one life in words.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ladsim.cli import messages
from ladsim.cli.request import Request, refuse_unwritable
from ladsim.errors import OutputError

if TYPE_CHECKING:
    from ladsim.engine.history import History

LIVES = "lives.csv"


def first_future(asked: Request, strategy: str | None, log: str | None, follow: int | list[int] | None) -> History:
    """The study's first future once more, with its events. Raises OutputError, and StudyError where the log cannot be kept."""
    if log is not None:
        if Path(log).suffix != ".parquet":
            raise OutputError(f"--log: found {log!r}, must be the name of a file that ends in .parquet")
        refuse_unwritable(Path(log))
    from ladsim.engine.run import simulate

    history = simulate(
        asked.changed,
        strategy=strategy,
        seed=asked.seed,
        sample=asked.sample,
        log=log if log is not None else False,
        follow=follow,
    )
    if log is not None:
        messages.note(f"Events of the first future: {log}")
    return history


def life_of(asked: Request, history: History) -> str:
    """The liveliest of the lives that were followed, in words."""
    from ladsim.reporting.customer_history import life_text, liveliest

    events = history.events()
    return "\n" + life_text(events, liveliest(events), asked.changed)


def lives_file(history: History) -> dict[str, bytes]:
    """The lives that were followed, for the study's folder."""
    from ladsim.planning.csv_files import csv_bytes

    return {LIVES: csv_bytes(history.events())}
