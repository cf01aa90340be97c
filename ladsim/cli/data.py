"""``ladsim data``: customers' data read, and a report of what was read and what was not.

In: files or a database's URL. Out: the report, in the language asked for; with --out the clean table as a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.reading import Files, ReadingOptions, read_and_tell
from ladsim.cli.signatures import with_options
from ladsim.errors import DataError

if TYPE_CHECKING:
    from ladsim.data.read import CustomerData
    from ladsim.i18n import Locale


@dataclass(frozen=True, kw_only=True)
class DataOptions(ReadingOptions):
    """What was typed."""

    files: Files
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write the clean table as .csv or .parquet, with numbers in place of ids.",
            show_default=False,
        ),
    ] = None
    with_ids: Annotated[bool, typer.Option("--with-ids", help="Write customers' ids themselves.")] = False
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Leave out what is dated after this day.", show_default=False)
    ] = None


@with_options(DataOptions, last=ReadingOptions)
def data(asked: DataOptions) -> None:
    """Read customers' data, and say what was read, how, and what was left out and why.

    Separators, decimals, the order of day and month, encodings and columns (English, Danish, Norwegian) are found out. Where two readings
    are likely, nothing is read, and both are shown. The data stay on this machine; without --out nothing is written.

    \b
    Examples:
      ladsim data sales.csv
      ladsim data orders.xlsx --sheet 2026 --language da
      ladsim data log.csv --column customer=Debitor --dates day-first --out clean.parquet
      ladsim data sqlite:///shop.db --query "SELECT customer, day, amount FROM orders"
    """
    locale = asked.spoken()
    _refuse_out(asked)
    read = read_and_tell(asked.files, asked, locale, asked.until)
    _in_common(read, locale)
    _write(asked, read[0], locale)


def _refuse_out(asked: DataOptions) -> None:
    """Raise DataError where --out cannot be: for several files, or in place of what is read."""
    from ladsim.data.sources import refuse_place

    if asked.out is None:
        return
    if len(asked.files) > 1:
        raise DataError(f"--out: found {len(asked.files)} files to read, must be one")
    refuse_place(asked.out, asked.files[0])


def _write(asked: DataOptions, read: CustomerData, locale: Locale) -> None:
    """Write the clean table where --out says, and say so."""
    if asked.out is None:
        return
    read.write(asked.out, asked.with_ids)
    messages.note(locale.text("data.written_with_ids" if asked.with_ids else "data.written", file=asked.out))


def _in_common(read: list[CustomerData], locale: Locale) -> None:
    """Say of each two files how many ids they share."""
    from ladsim.data.read import ids_in_common

    for place, one in enumerate(read):
        for other in read[place + 1 :]:
            n = ids_in_common(one, other)
            messages.out(locale.text("data.in_common", n=locale.whole(n), one=one.report.file, other=other.report.file))
