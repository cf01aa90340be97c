"""What `ladsim run` keeps of single customers: the log of the first future, and lives followed whole.

In: the study asked for, a file for the log, who is followed. Out: the file; the table of lives as CSV; one life in words.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ladsim.cli import messages, options
from ladsim.cli.request import Request, refuse_read, refuse_unwritable
from ladsim.errors import OutputError, StudyError

if TYPE_CHECKING:
    from ladsim.engine.history import History

LIVES = "lives.csv"


LOOKED_AT, MOST = 5_000, 100  # customers among whom a wish is looked for, and those of them who are followed


def first_future(asked: Request, strategy: str | None, log: str | None, follow: int | list[int] | str | None) -> History:
    """The study's first future once more, with its events.

    Where `follow` is a wish, those who fit are followed. Raises OutputError, and StudyError where the log cannot be kept, or nobody
    fits.
    """
    if log is not None:
        if Path(log).suffix != ".parquet":
            raise OutputError(f"--log: found {log!r}, must be the name of a file that ends in .parquet")
        refuse_unwritable(Path(log))
        refuse_read("--log", log, asked.scenario)
    from ladsim.engine.run import simulate

    def played(whom: int | list[int] | None, log: str | bool) -> History:
        return simulate(asked.changed, strategy=strategy, seed=asked.seed, sample=asked.sample, log=log, follow=whom)

    whom = fitting(asked, played(LOOKED_AT, False), follow) if isinstance(follow, str) else follow
    history = played(whom, log if log is not None else False)
    if log is not None:
        messages.note(messages.translated(f"Events of the first future: {log}"))
    return history


def fitting(asked: Request, history: History, wish: str) -> list[int]:
    """Those of a log who fit a wish, the most eventful ones. Raises StudyError where nobody does."""
    from ladsim.measures.lives import by_eventfulness, who_fits

    events = history.events()
    fit = who_fits(events, None if wish == options.REFERRED and wish not in _rungs(asked) else wish)
    found = [customer for customer in by_eventfulness(events) if customer in fit][:MOST]
    if not found:
        looked = asked.locale.whole(events["customer"].nunique())
        raise StudyError(
            f"--follow: found nobody among {looked} customers of the first future for {wish!r}; try another --seed, or more --months"
        )
    return found


def _rungs(asked: Request) -> set[str]:
    return {rung.name for rung in asked.changed.rungs}


def life_of(asked: Request, history: History) -> str:
    """The most eventful of the lives that were followed, in words."""
    from ladsim.measures.lives import by_eventfulness
    from ladsim.reporting.customer_history import life_text

    events = history.events()
    return "\n" + life_text(events, by_eventfulness(events)[0], asked.changed)


def lives_file(history: History) -> dict[str, bytes]:
    """The lives that were followed, for the study's folder."""
    from ladsim.planning.csv_files import csv_bytes

    return {LIVES: csv_bytes(history.events())}
