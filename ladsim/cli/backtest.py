"""``ladsim backtest``: how far to trust a forecast from one's own orders, on the command line.

In: files of transactions. Out: what was read, the answer as text or JSON, a folder with a page and tables.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages, options, screen
from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.cli.reading import Files, ReadingOptions, read_and_tell
from ladsim.cli.request import SCREEN
from ladsim.cli.signatures import with_options
from ladsim.cli.waiting import waiting

if TYPE_CHECKING:
    from ladsim.data.read import CustomerData
    from ladsim.i18n import Locale
    from ladsim.planning.backtest import Backtest

PAGE = "backtest.html"
WEEKS, TOTALS = "weeks.csv", "totals.csv"


@dataclass(frozen=True, kw_only=True)
class BacktestOptions(ReadingOptions):
    """What may be typed, in the order of the help."""

    files: Files
    weeks: Annotated[
        int | None,
        typer.Option(
            "--weeks", metavar="N", min=4, help="How many weeks are kept aside; a third of all without it.", show_default=False
        ),
    ] = None
    origins: Annotated[
        int, typer.Option("--origins", metavar="N", min=1, max=20, help="Forecasts from so many days, each --weeks earlier.")
    ] = 1
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="The last day of all; without it, the last date.", show_default=False),
    ] = None
    replications: Annotated[
        int, typer.Option("--replications", metavar="N", min=20, max=10_000, help="How many futures each ladder is played for.")
    ] = 200
    seed: options.Seed = 1
    json: options.Json = None
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the tables (CSV) into this folder.")
    ] = None
    quiet: options.Quiet = False


@with_options(BacktestOptions, last=ReadingOptions)
def backtest(asked: BacktestOptions) -> None:
    """Fit the first part of your orders, simulate the rest by the ladder, and say how far off it was.

    Beside it stand the mean of history, the same weeks of last year, and Pareto/NBD alone. The data stay on this machine.

    \b
    Examples:
      ladsim backtest sales.csv
      ladsim backtest sales.csv --weeks 13 --origins 3 --out backtest --language da
    """
    messages.be_quiet(asked.quiet)
    locale = asked.spoken()
    options.refuse_seed(asked.seed)
    destination = Destination(asked.json, asked.out, PAGE, (WEEKS, TOTALS))
    destination.refuse(asked.files)
    from ladsim.planning.backtest import backtest as judged

    read = _read(asked, locale)
    with waiting(locale.text("backtest.waiting"), locale=locale) as shown:
        found = judged(
            read, weeks=asked.weeks, origins=asked.origins, until=asked.until, replications=asked.replications, seed=asked.seed,
            language=locale.language, progress=(lambda done, total: shown(done, total, None)) if shown is not None else None,
        )  # fmt: skip
    command = shlex.join(_again(asked))
    destination.write(_answer(found, command), command)


def _read(asked: BacktestOptions, locale: Locale) -> list[CustomerData]:
    """The files; told what was read, unless JSON alone is wanted on the screen."""
    if asked.json != SCREEN:
        read = read_and_tell(asked.files, asked, locale, asked.until)
        messages.out("\n")
        return read
    from ladsim.data.read import read_data

    return [read_data(file, until=asked.until, **asked.reading()) for file in asked.files]


def _again(asked: BacktestOptions) -> list[str]:
    """The command that gives the same again."""
    words = ["ladsim", "backtest", *asked.files]
    given = {"weeks": asked.weeks, "until": asked.until, "kind": asked.kind, "dates": asked.dates, "decimal": asked.decimal}
    given |= {"sheet": asked.sheet, "query": asked.query, "currency": asked.currency, "duplicates": asked.duplicates}
    given |= {"origins": asked.origins, "replications": asked.replications, "seed": asked.seed, "language": asked.language}
    words += [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    words += [word for one in asked.column or [] for word in ("--column", one)]
    return words + ([] if asked.header is None else ["--header" if asked.header else "--no-header"])


def _answer(found: Backtest, command: str) -> Answer:
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.backtest import BacktestWords, answer, page

    told = BacktestWords(found)
    grids = [screen.of_grid(told.totals(one)) for one in found.origins]
    text = "\n".join([*(loose(line) for line in told.sentences()), ""]) + "\n" + screen.printed(*grids)
    made = {WEEKS: found.weeks, TOTALS: found.totals}
    return Answer(answer(found), text, page(found, command), made, "The page and the tables are in")
