"""``ladsim data``: customers' data read, and a report of what was read and what was not.

In: files or a database's URL. Out: the report, in the language asked for; with --out the clean table as a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages
from ladsim.cli.options import Language
from ladsim.cli.signatures import with_options
from ladsim.errors import DataError

if TYPE_CHECKING:
    from ladsim.data.read import CustomerData
    from ladsim.i18n import Locale


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """What was typed, in the order in which ``--help`` lists it."""

    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="CSV, Excel or Parquet files, or the SQLAlchemy URL of a database.")
    ]
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="transactions, stages, deals, referrals, survey, contacts or subscriptions; without it, what the columns say.",
            show_default=False,
        ),
    ] = None
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="ROLE=NAME",
            help="Which column is what, such as customer=Kundenr or date=3; may be given several times.",
        ),
    ] = None
    dates: Annotated[
        str | None,
        typer.Option("--dates", metavar="day-first|month-first|year-first", help="How dates are written.", show_default=False),
    ] = None
    decimal: Annotated[
        str | None, typer.Option("--decimal", metavar="comma|point", help="The decimal separator.", show_default=False)
    ] = None
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether a line holds the names of columns.", show_default=False)
    ] = None
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.", show_default=False)] = (
        None
    )
    query: Annotated[
        str | None, typer.Option("--query", metavar="SQL", help="What to read from a database.", show_default=False)
    ] = None
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Leave out what is dated after this day.", show_default=False)
    ] = None
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Only rows in this currency.", show_default=False)
    ] = None
    duplicates: Annotated[
        str | None, typer.Option("--duplicates", metavar="drop|keep", help="What becomes of equal rows.", show_default=False)
    ] = None
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
    language: Language = None

    def reading(self) -> dict[str, Any]:
        """What ``read_data`` is asked, by its own names. Raises DataError for a --column that names none."""
        same = ("kind", "dates", "decimal", "header", "sheet", "query", "until", "currency", "duplicates")
        return {"columns": pairs(self.column or [])} | {name: getattr(self, name) for name in same}


@with_options(DataOptions)
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
    from ladsim.i18n import Locale
    from ladsim.scenario.texts import known_language

    locale = Locale(known_language(asked.language or "en", "--language"))
    messages.speak(locale.language)
    _refuse_out(asked)
    read = _read(asked, locale)
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


def _read(asked: DataOptions, locale: Locale) -> list[CustomerData]:
    """Read each file, and print its report."""
    from ladsim.data.read import read_data

    read: list[CustomerData] = []
    for file in asked.files:
        found = read_data(file, **asked.reading())
        messages.out(("\n" if read else "") + "\n".join(found.report.lines(locale)))
        read.append(found)
    return read


def _write(asked: DataOptions, read: CustomerData, locale: Locale) -> None:
    """Write the clean table where --out says, and say so."""
    if asked.out is None:
        return
    read.write(asked.out, asked.with_ids)
    messages.note(locale.text("data.written_with_ids" if asked.with_ids else "data.written", file=asked.out))


def pairs(typed: list[str], option: str = "--column", form: str = "ROLE=NAME, such as customer=Kundenr") -> dict[str, str]:
    """What is typed as NAME=VALUE, by name: such as role → name of its column. Raises DataError."""
    found = {}
    for one in typed:
        role, mark, name = one.partition("=")
        if not mark or not role.strip() or not name.strip():
            raise DataError(f"{option}: found {one!r}, must be {form}")
        found[role.strip()] = name.strip()
    return found


def _in_common(read: list[CustomerData], locale: Locale) -> None:
    """Say of each two files how many ids they share."""
    from ladsim.data.read import ids_in_common

    for place, one in enumerate(read):
        for other in read[place + 1 :]:
            n = ids_in_common(one, other)
            messages.out(locale.text("data.in_common", n=locale.whole(n), one=one.report.file, other=other.report.file))
