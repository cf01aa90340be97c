"""How files of customers are read on the command line: the options, and the reports that are shown.

In: what was typed. Out: data that were read, each told as ``ladsim data`` tells it. `data`, `calibrate` and `place` take their options
from here. To add one: a field of `ReadingOptions`, called as ``read_data`` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages
from ladsim.cli.options import Language
from ladsim.errors import DataError

if TYPE_CHECKING:
    from ladsim.data.read import CustomerData
    from ladsim.i18n import Locale

Files = Annotated[
    list[str], typer.Argument(metavar="FILE…", help="CSV, Excel or Parquet files, or the SQLAlchemy URL of a database.")
]


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What was typed of how files are read, in the order in which ``--help`` lists it; commands have more of their own before it."""

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
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Only rows in this currency.", show_default=False)
    ] = None
    duplicates: Annotated[
        str | None, typer.Option("--duplicates", metavar="drop|keep", help="What becomes of equal rows.", show_default=False)
    ] = None
    language: Language = None

    def reading(self) -> dict[str, Any]:
        """What ``read_data`` is asked, by its own names. Raises DataError for a --column that names none."""
        same = [one.name for one in fields(ReadingOptions) if one.name not in ("column", "language")]
        return {"columns": pairs(self.column or [])} | {name: getattr(self, name) for name in same}

    def spoken(self) -> Locale:
        """The language of the answer, which messages speak from now on. Raises ScenarioError for another."""
        from ladsim.i18n import Locale
        from ladsim.scenario.texts import known_language

        locale = Locale(known_language(self.language or "en", "--language"))
        messages.speak(locale.language)
        return locale


def read_and_tell(files: Sequence[str], asked: ReadingOptions, locale: Locale, until: str | None = None) -> list[CustomerData]:
    """Read each file, and print its report at once; nothing of what is dated after `until`."""
    from ladsim.data.read import read_data

    found: list[CustomerData] = []
    for file in files:
        one = read_data(file, until=until, **asked.reading())
        messages.out(("\n" if found else "") + "\n".join(one.report.lines(locale)))
        found.append(one)
    return found


def pairs(typed: list[str], option: str = "--column", form: str = "ROLE=NAME, such as customer=Kundenr") -> dict[str, str]:
    """What is typed as NAME=VALUE, by name: such as role → name of its column. Raises DataError."""
    found = {}
    for one in typed:
        role, mark, name = one.partition("=")
        if not mark or not role.strip() or not name.strip():
            raise DataError(f"{option}: found {one!r}, must be {form}")
        found[role.strip()] = name.strip()
    return found
