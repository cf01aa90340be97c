"""``ladsim calibrate``: customers' data fitted, told, and written as a scenario whose numbers are ranges.

In: files or a database's URL, perhaps a ladder. Out: a table of each fit, what the data cannot tell; with --out the scenario.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.data import pairs
from ladsim.cli.options import Language


def calibrate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="CSV, Excel or Parquet files, or the SQLAlchemy URL of a database.")
    ],
    ladder: Annotated[
        str | None,
        typer.Option(
            "--ladder",
            metavar="SCENARIO",
            help="Put the numbers into a copy of this scenario; without it, the data make the ladder.",
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write the scenario as a .toml file.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    put: Annotated[
        list[str] | None,
        typer.Option(
            "--put",
            metavar="NUMBER=KEY",
            help="Where a fitted number goes, such as referrals.rate=rungs.ambassador.messages_per_month; may be given several times.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DAY", help="The last day watched; without it, the last date in the data.", show_default=False
        ),
    ] = None,
    control: Annotated[
        str | None,
        typer.Option("--control", metavar="ARM", help="The arm of a campaign that was held out.", show_default=False),
    ] = None,
    randomised: Annotated[
        bool, typer.Option("--randomised", help="The lot decided who was held out: only then is a difference an effect.")
    ] = False,
    period: Annotated[
        int | None,
        typer.Option("--period", metavar="MONTHS", min=1, help="Months between renewals of subscriptions.", show_default=False),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            "--draws",
            metavar="N",
            min=0,
            max=500,
            help="Write N values that each number may have, in place of its range.",
            show_default=False,
        ),
    ] = 0,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="What all files are; see `ladsim data`.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="ROLE=NAME", help="Which column is what; may be given several times."),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option("--dates", metavar="day-first|month-first|year-first", help="How dates are written.", show_default=False),
    ] = None,
    decimal: Annotated[
        str | None, typer.Option("--decimal", metavar="comma|point", help="The mark of decimals.", show_default=False)
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.", show_default=False)
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="SQL", help="What to read from a database.", show_default=False)
    ] = None,
    language: Language = None,
) -> None:
    """Fit customers' data: rungs, orders, deals, subscriptions, referrals, campaigns. Write a scenario in which each number is a range.

    Each number comes with its 90 % interval; a last part says what the data cannot tell, and what to collect. How each file was read, and
    what was left out of it, comes first, as `ladsim data` tells it. The data stay on this machine; without --out nothing is written.

    \b
    Examples:
      ladsim calibrate sales.csv --out mine.toml
      ladsim calibrate crm.xlsx --ladder five_rungs --out mine.toml
      ladsim calibrate leads.csv deals.csv --until 2026-12-31 --language da
      ladsim calibrate mails.csv --control "No E-Mail" --randomised
    """
    from ladsim.cli import screen
    from ladsim.data.read import read_data
    from ladsim.errors import without_control
    from ladsim.fitting.calibration import calibrate as fitted
    from ladsim.fitting.joint import joint_file
    from ladsim.fitting.words import told
    from ladsim.i18n import Locale
    from ladsim.i18n.catalogue import loose
    from ladsim.scenario.starter import place_for
    from ladsim.scenario.texts import known_language

    locale = Locale(known_language(language or "en", "--language"))
    messages.speak(locale.language)
    if out is not None:
        place_for(out, force)
    read = [
        read_data(file, kind=kind, columns=pairs(column or []), dates=dates, decimal=decimal, sheet=sheet, query=query)
        for file in files
    ]
    for one in read:
        messages.out("\n".join(one.report.lines(locale)) + "\n\n")
    found = fitted(
        read, ladder=ladder, put=pairs(put or [], "--put", "NUMBER=KEY"), until=until, control=control, randomised=randomised,
        period_months=period, draws=draws, language=locale.language,
    )  # fmt: skip
    for part in told(found, locale):
        messages.out(loose(part.title))
        if part.head:
            messages.out(screen.printed(screen.table("", part.head, part.rows)).rstrip("\n"))
        messages.out("".join(f"  {without_control(loose(line))}\n" for line in part.lines) + "\n")
    if out is None:
        messages.note(locale.text("fitting.not_written"))
    else:
        place = found.write(out, force)
        messages.note(locale.text("fitting.written", file=place))
        if not draws and joint_file(place).exists():
            messages.note(locale.text("fitting.written_joint", file=joint_file(place)))
