"""``ladsim forecast``: from an export to the one-page answer, on the command line.

In: files of customers' data. Out: a folder with the page, the scenario with its draws, the placed customers and the tables; the answer as
text or JSON. All of it is what ``data``, ``place``, ``calibrate``, ``targets`` and ``backtest`` say, in one go.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages, options, screen
from ladsim.cli.exits import INTERRUPTED
from ladsim.cli.finishing import finished
from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.cli.reading import Files, ReadingOptions, read_and_tell
from ladsim.cli.request import SCREEN
from ladsim.cli.signatures import with_options
from ladsim.cli.waiting import waiting

if TYPE_CHECKING:
    from ladsim.data.read import CustomerData
    from ladsim.i18n import Locale
    from ladsim.planning.forecast import Forecast

PAGE, SCENARIO, POSTERIOR, CUSTOMERS = "answer.html", "scenario.toml", "scenario.posterior.parquet", "customers.csv"
TABLES = (
    "rungs.csv", "months.csv", "targets_rungs.csv", "targets_steps.csv", "checkpoints.csv", "backtest_totals.csv", "backtest_weeks.csv",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ForecastOptions(ReadingOptions):
    """What may be typed, in the order of the help."""

    files: Files
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write the page and the files beside it into this folder.",
            show_default=False,
        ),
    ] = None
    months: Annotated[int, typer.Option("--months", metavar="N", min=1, max=60, help="How many months ahead.")] = 12
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help="The last day that counts; without it, the last date.", show_default=False),
    ] = None
    replications: Annotated[
        int, typer.Option("--replications", metavar="N", min=2, max=10_000, help="How many futures are simulated.")
    ] = 200
    no_backtest: Annotated[bool, typer.Option("--no-backtest", help="Leave out the backtest of the orders.")] = False
    with_ids: Annotated[
        bool, typer.Option("--with-ids", help="Write customers' ids themselves into customers.csv, for your CRM.")
    ] = False
    force: Annotated[bool, typer.Option("--force", help="Replace a scenario.toml in the folder that you have edited.")] = False
    seed: options.Seed = 1
    processes: options.Processes = None
    json: options.Json = None
    quiet: options.Quiet = False


@with_options(ForecastOptions, last=ReadingOptions)
def forecast(asked: ForecastOptions) -> None:
    """Go from an export to one page: who your customers are today, what moves, what you can promise, how far to trust it.

    Reads the files, places every customer on the ladder, fits how they order and leave, simulates the months to come from where
    everybody stands, and holds a forecast of the last third of your orders against what came. The page, a scenario to play your plans
    in, and the tables go into the folder of --out. The data stay on this machine. Ctrl-C during the simulation keeps what is done.

    \b
    Examples:
      ladsim forecast sales.csv --out answer
      ladsim forecast sales.csv referrals.csv --months 6 --out spring --language da
      ladsim forecast crm.xlsx --until 2026-12-31 --out answer
    """
    messages.be_quiet(asked.quiet)
    locale = asked.spoken()
    options.refuse_seed(asked.seed)
    destination = Destination(asked.json, asked.out, PAGE, (*TABLES, SCENARIO, POSTERIOR, CUSTOMERS))
    destination.refuse(asked.files)
    from ladsim.planning.forecast import forecast as forecast_of
    from ladsim.planning.forecast import refuse_edited

    if asked.out is not None and not asked.force:
        refuse_edited(Path(asked.out) / SCENARIO)
    read = _read(asked, locale)
    with waiting(locale.text("forecast.step_place"), locale=locale) as shown:

        def tell(step: str, done: int, total: int) -> None:
            if shown is not None:
                shown.say(locale.text(f"forecast.step_{step}"))
                shown(done, total or 1, None)

        found = forecast_of(
            read, months=asked.months, until=asked.until, replications=asked.replications, with_backtest=not asked.no_backtest,
            seed=asked.seed, processes=asked.processes, language=locale.language, progress=tell,
        )  # fmt: skip
    command = shlex.join(_again(asked))
    with finished(locale):
        destination.write(_answer(found, command, asked.with_ids), command)
        if asked.out is not None and asked.json != SCREEN:
            place = Path(asked.out)
            messages.out(locale.text("forecast.next", page=place / PAGE, scenario=place / SCENARIO))
    if found.interrupted:
        raise typer.Exit(INTERRUPTED)


def _read(asked: ForecastOptions, locale: Locale) -> list[CustomerData]:
    """The files; told what was read, unless JSON alone is wanted on the screen."""
    if asked.json != SCREEN:
        read = read_and_tell(asked.files, asked, locale, asked.until)
        messages.out("\n")
        return read
    from ladsim.data.read import read_data

    return [read_data(file, until=asked.until, **asked.reading()) for file in asked.files]


def _again(asked: ForecastOptions) -> list[str]:
    """The command that gives the same again."""
    words = ["ladsim", "forecast", *asked.files]
    given = {"months": asked.months, "until": asked.until, "kind": asked.kind, "dates": asked.dates, "decimal": asked.decimal}
    given |= {"sheet": asked.sheet, "query": asked.query, "currency": asked.currency, "duplicates": asked.duplicates}
    given |= {"replications": asked.replications, "seed": asked.seed, "language": asked.language, "out": asked.out}
    words += [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
    words += [word for one in asked.column or [] for word in ("--column", one)]
    words += ["--no-backtest"] if asked.no_backtest else []
    words += ["--with-ids"] if asked.with_ids else []
    return words + ([] if asked.header is None else ["--header" if asked.header else "--no-header"])


def _answer(found: Forecast, command: str, with_ids: bool) -> Answer:
    """What is shown and written."""
    from ladsim.i18n.catalogue import loose
    from ladsim.planning.forecast import files_of, tables_of
    from ladsim.reporting.forecast import ForecastWords, answer, page

    words = ForecastWords(found)
    grids = [words.base(), *([moves] if (moves := words.moves()) is not None else []), *words.targets()]
    parts = [loose(words.verdict()), "", screen.printed(*(screen.of_grid(replace(one, note="")) for one in grids))]
    for heading, lines in (("s_trust", words.trust()), ("s_cannot", words.cannot())):
        parts += [loose(words.text(heading)), *(f"  {loose(line)}" for line in lines), ""]
    return Answer(
        answer(found),
        "\n".join(parts),
        page(found, command),
        tables_of(found),
        "The page and the files are in",
        files_of(found, with_ids),
    )
