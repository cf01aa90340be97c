"""``ladsim calibrate``: customers' data fitted, told, and written as a scenario whose numbers are ranges.

In: files or a database's URL, perhaps a ladder. Out: a table of each fit, what the data cannot tell; with --out the scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.reading import Files, ReadingOptions, pairs, read_and_tell
from ladsim.cli.signatures import with_options
from ladsim.errors import StudyError


@dataclass(frozen=True, kw_only=True)
class CalibrateOptions(ReadingOptions):
    """What may be typed, in the order of the help."""

    files: Files
    ladder: Annotated[
        str | None,
        typer.Option(
            "--ladder",
            metavar="SCENARIO",
            help="Put the numbers into a copy of this scenario; without it, the data make the ladder.",
        ),
    ] = None
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write the scenario as a .toml file.", show_default=False)
    ] = None
    page: Annotated[
        str | None,
        typer.Option(
            "--page",
            metavar="FILE.html",
            help="Write a page with pictures of the fits, and what the data cannot tell.",
            show_default=False,
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out if it exists.")] = False
    put: Annotated[
        list[str] | None,
        typer.Option(
            "--put",
            metavar="NUMBER=KEY",
            help="Where a fitted number goes, such as referrals.rate=rungs.ambassador.messages_per_month; may be given several times.",
        ),
    ] = None
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DAY", help="The last day watched; without it, the last date in the data.", show_default=False
        ),
    ] = None
    control: Annotated[
        str | None,
        typer.Option("--control", metavar="ARM", help="The arm of a campaign that was held out.", show_default=False),
    ] = None
    randomised: Annotated[
        bool, typer.Option("--randomised", help="The lot decided who was held out: only then is a difference an effect.")
    ] = False
    period: Annotated[
        int | None,
        typer.Option("--period", metavar="MONTHS", min=1, help="Months between renewals of subscriptions.", show_default=False),
    ] = None
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
    ] = 0


@with_options(CalibrateOptions, last=ReadingOptions)
def calibrate(asked: CalibrateOptions) -> None:
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
    from ladsim.errors import without_control
    from ladsim.fitting.calibration import calibrate as fitted
    from ladsim.fitting.joint import joint_file
    from ladsim.fitting.words import told
    from ladsim.i18n.catalogue import loose
    from ladsim.scenario.starter import place_for

    locale = asked.spoken()
    put = pairs(asked.put or [], "--put", "NUMBER=KEY")
    if asked.out is not None:
        place_for(asked.out, asked.force)
    if asked.page is not None:
        _refuse_page(asked.page, asked.files)
    read = read_and_tell(asked.files, asked, locale)
    messages.out("\n")
    found = fitted(
        read, ladder=asked.ladder, put=put, until=asked.until, control=asked.control, randomised=asked.randomised,
        period_months=asked.period, draws=asked.draws, language=locale.language,
    )  # fmt: skip
    for part in told(found, locale):
        messages.out(loose(part.title))
        if part.head:
            messages.out(screen.printed(screen.table("", part.head, part.rows)).rstrip("\n"))
        messages.out("".join(f"  {without_control(loose(line))}\n" for line in part.lines) + "\n")
    if asked.page is not None:
        from ladsim.files import write_text
        from ladsim.reporting.fits import page
        from ladsim.reporting.page import rendered

        write_text(asked.page, rendered(page(found, locale)))
        messages.note(locale.text("fits.written", file=asked.page))
    if asked.out is None:
        messages.note(locale.text("fitting.not_written"))
    else:
        place = found.write(asked.out, asked.force)
        messages.note(locale.text("fitting.written", file=place))
        if not asked.draws and joint_file(place).exists():
            messages.note(locale.text("fitting.written_joint", file=joint_file(place)))


def _refuse_page(page: str, sources: list[str]) -> None:
    """Raise StudyError or DataError where the page would be no page, or would replace what is read."""
    from ladsim.cli.page_and_tables import refuse_sources

    if not page.lower().endswith(".html"):
        raise StudyError(f"--page: found {page!r}, must end in .html")
    refuse_sources([page], sources)
