"""``ladsim replay``: one's own customers' real orders under other programme rules.

In: a file of orders, a file of programmes. Out: month by month what is given and owed, by tenths of the customers, beside today's programme
where the file has one; JSON, tables (CSV), the customers without their ids unless asked.
"""

from __future__ import annotations

import json as json_module
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages
from ladsim.cli.options import Json, Language
from ladsim.cli.page_and_tables import refuse_sources
from ladsim.cli.reading import pairs
from ladsim.errors import DataError, StudyError

if TYPE_CHECKING:
    import pandas as pd

    from ladsim.i18n import Locale
    from ladsim.replaying.replay import Beside, Replayed

SCREEN = "-"
TABLES = ("months", "deciles", "customers", "months_today", "deciles_beside", "levels")
_MONTHS = 12


def replay(
    log: Annotated[str, typer.Argument(metavar="LOG", help="Orders with amounts: CSV, Excel or Parquet, as for `ladsim data`.")],
    program: Annotated[
        str,
        typer.Option(
            "--program", metavar="FILE.toml", help="The rules: [[programs]] as in a scenario; [[today]] for those of now."
        ),
    ],
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="ROLE=NAME", help="Which column is what: as for `ladsim data`.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Leave out what is dated after this day.", show_default=False)
    ] = None,
    vat: Annotated[float, typer.Option("--vat", metavar="SHARE", help="The VAT that amounts include, such as 0.25.")] = 0.0,
    json: Json = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Write the tables (CSV) into this folder.", show_default=False)
    ] = None,
    with_ids: Annotated[bool, typer.Option("--with-ids", help="Write customers' ids themselves.")] = False,
    language: Language = None,
) -> None:
    """Play a loyalty programme on your own customers' real orders: what it gives, what is owed, who has which level.

    The rules are those of a simulation. Behaviour is as it was: nobody buys more or less. Everybody is a member from the first order
    in the data on, unless `joins` gives a probability. No customer is shown; the data stay on this machine.

    \b
    Examples:
      ladsim replay sales.csv --program new.toml
      ladsim replay sales.csv --program new.toml --vat 0.25 --out replay --language da
    """
    from ladsim.i18n import Locale
    from ladsim.replaying.replay import beside, programs_of
    from ladsim.replaying.replay import replay as played
    from ladsim.scenario.texts import known_language

    locale = Locale(known_language(language or "en", "--language"))
    messages.speak(locale.language)
    if not 0.0 <= vat <= 2.0:
        raise StudyError(f"--vat: found {vat:g}, must be from 0 to 2")
    written = [json] if json is not None and json != SCREEN else []
    written += [os.path.join(out, f"{name}.csv") for name in TABLES] if out is not None else []
    refuse_sources(written, [log, program])
    new, today = programs_of(program)
    orders = _orders(log, column, until, locale, json == SCREEN)
    both = beside(orders, new, today, vat=vat) if today else None
    found = both.new if both is not None else played(orders, new, vat=vat)
    tables = _tables(found, both, with_ids)
    if json is not None:
        text = json_module.dumps({name: _plain(table) for name, table in tables.items() if name != "customers"}, indent=1)
        if json == SCREEN:
            messages.out(text)
        else:
            _write(Path(json), text + "\n")
            messages.note(f"JSON: {json}")
    if json != SCREEN:
        _show(found, both, locale)
    if out is not None:
        from ladsim.planning.csv_files import csv_bytes

        for name, table in tables.items():
            _write(Path(out) / f"{name}.csv", csv_bytes(table).decode("utf-8"))
        messages.note(locale.text("replay.written", folder=out))


def _orders(log: str, column: list[str] | None, until: str | None, locale: Locale, quiet: bool) -> pd.DataFrame:
    """The clean orders of a file, its report told. Raises DataError where it holds something else, or no amounts."""
    from ladsim.data.read import read_data

    read = read_data(log, columns=pairs(column or []), until=until)
    if not quiet:
        messages.out("\n".join(read.report.lines(locale)))
    if read.kind != "transactions":
        raise DataError(f"{log}: found {read.kind}, must be transactions: orders with customer, day and amount")
    return read.table()


def _tables(found: Replayed, both: Beside | None, with_ids: bool) -> dict[str, pd.DataFrame]:
    """All tables by name; customers have numbers in place of ids unless asked."""
    people = found.customers if both is None else found.customers.merge(both.customers()[["customer", "today", "new", "change"]])
    if not with_ids:
        people = people.assign(customer=range(1, len(people) + 1))
    tables = {"months": found.months, "deciles": found.deciles(), "customers": people}
    if both is not None:
        tables |= {"months_today": both.today.months, "deciles_beside": both.deciles(), "levels": both.levels()}
    return tables


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON knows them; numbers that are none are null."""
    rows = table.to_dict("records")
    return [
        {str(key): None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}
        for row in rows
    ]


def _show(found: Replayed, both: Beside | None, locale: Locale) -> None:
    """The last months, the tenths, and who gains."""
    from ladsim.cli.screen import printed, table
    from ladsim.i18n.catalogue import loose

    def number(value: float) -> str:
        return "–" if math.isnan(value) else str(locale.number(value, 3))

    messages.out("")
    for name in found.programs:
        own = found.months[found.months["program"] == name]
        title = "months" if len(own) <= _MONTHS else "last_months"
        own = own.tail(_MONTHS)
        levels = [f"level_{level}" for level in found.levels[name]]
        columns = ["members", *(levels if len(levels) > 1 else ["issued", "redeemed", "expired"]), "cost", "owed"]
        heads = [key.removeprefix("level_") if key in levels else locale.text(f"replay.h_{key}") for key in ("month", *columns)]
        rows = [[row["month"], *(number(float(row[key])) for key in columns)] for row in own.to_dict("records")]
        messages.out(printed(table(locale.text(f"replay.{title}", program=name, n=len(own)), heads, rows)))
    columns = ["customers", "spend", "given", "owed"] if both is None else ["customers", "spend", "today", "new", "gain", "lose"]
    tenths = found.deciles() if both is None else both.deciles()
    heads = [locale.text(f"replay.h_{key}") for key in ("decile", *columns)]
    rows = [[str(row["decile"]), *(number(float(row[key])) for key in columns)] for row in tenths.to_dict("records")]
    messages.out(printed(table(locale.text("replay.deciles"), heads, rows)))
    people = len(found.customers)
    if found.left_out:
        messages.out(loose(locale.text("replay.left_out", n=locale.whole(found.left_out))))
    messages.out(
        loose(
            locale.text(
                "replay.given", given=number(found.total("cost")), owed=number(found.total("owed")), people=locale.whole(people)
            )
        )
    )
    if both is not None:
        every = both.deciles()
        gain, lose = int(every["gain"].sum()), int(every["lose"].sum())
        messages.out(
            loose(
                locale.text(
                    "replay.who", gain=locale.whole(gain), lose=locale.whole(lose), change=number(float(every["change"].sum()))
                )
            )
        )
        for name in (name for name in found.programs if name in both.today.programs):
            up, down = both.moved(name)
            messages.out(loose(locale.text("replay.moved", program=name, up=locale.whole(up), down=locale.whole(down))))
    messages.out(loose(locale.text("replay.as_it_was")))


def _write(place: Path, text: str) -> None:
    from ladsim.files import write_text

    place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, text)
