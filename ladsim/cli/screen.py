"""What the screens of all studies share: tables for the terminal, and numbers with their units.

In: texts and numbers. Out: text. Numbers are rounded to what they can bear; a 95 % interval is that of the mean, which more futures
would narrow. What a study shows stands in the file of its command.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH, SPACE

if TYPE_CHECKING:
    from rich.table import Table

    from ladsim.planning.replications import Replications
    from ladsim.reporting.page_model import Grid
    from ladsim.scenario.naming import Namer

UNITS = {
    "months": "unit.months",
    "orders a month": "unit.orders_a_month",
    "share a month": "unit.a_month",
    "per customer and month": "unit.per_customer_and_month",
}
WIDTH = 110  # where nobody says how wide the screen is


def judged(goals: Sequence[dict[Any, Any]], namer: Namer) -> list[Table]:
    """A table of goals and how probably each is met; nothing where the file has none."""
    locale = namer.locale
    rows = [
        [
            one["goal"] if locale.language == "en" and locale.start is None else namer.goal(one["goal"], one["by_month"]),
            locale.number(one["wanted"]),
            locale.month_number(one["by_month"]),
            locale.number(one["median"]),
            locale.percent(one["probability"]),
        ]
        for one in goals
    ]
    head = ["", *(locale.text(f"screen.{name}") for name in ("wanted", "by_month", "median", "met_in"))]
    return [table(locale.text("screen.goals"), head, rows)] if rows else []


def in_unit(value: float, unit: str, currency: str, locale: Locale = ENGLISH, row: Sequence[float] = ()) -> str:
    """A number with its unit; small shares as the others of its `row`.

    >>> in_unit(1234.5, "currency", "EUR"), in_unit(0.05, "share a month", "EUR"), in_unit(2.0, "months", "EUR")
    ('EUR 1,230', '5 % a month', '2 months')
    """
    said: str
    if unit == "currency":
        said = locale.money(value, currency)
    elif unit.startswith("share"):
        said = locale.percent_beside(row)(value) + _ending(unit, locale)
    elif unit == "people":
        said = locale.people(value)
    elif unit.startswith("currency"):
        said = locale.number(value)
    else:
        said = locale.number(value) + _ending(unit, locale)
    return DASH if value != value else said.replace(SPACE, " ")


def between(low: float, high: float, unit: str, currency: str, locale: Locale = ENGLISH, row: Sequence[float] = ()) -> str:
    """An interval with its unit once; a dash where there is none.

    >>> between(0.32, 0.394, "orders a month", "EUR"), between(-900.0, 1e6, "currency", "EUR")
    ('0.32 to 0.394 orders a month', 'EUR −900 to 1,000,000')
    >>> between(0.002, 0.006, "share", "EUR")
    '0.2 % to 0.6 %'
    """
    if low != low or high != high:
        return DASH
    if unit == "currency":
        return locale.money_between(low, high, currency).replace(SPACE, " ")
    row = (*row, low, high)
    first = in_unit(low, unit, currency, locale, row).removesuffix(_ending(unit, locale) or "\0")
    return locale.between(first, in_unit(high, unit, currency, locale, row))


def _ending(unit: str, locale: Locale) -> str:
    """What ``in_unit`` writes behind a number that is no amount."""
    if unit == "share" or unit.startswith("currency") or unit == "people":
        return ""
    words = UNITS.get(unit)
    return " " + (locale.text(words) if words else unit.removeprefix("share "))


def two_lines(value: str, interval: str) -> str:
    """A number, and below it its interval where it has one.

    >>> two_lines("12", "10 to 14"), two_lines("12", "")
    ('12\\n(10 to 14)', '12')
    """
    return value + (f"\n({interval})" if interval else "")


def size(futures: int, months: float, locale: Locale) -> dict[str, str]:
    """How many futures over how many months."""
    return {"futures": locale.text("count.futures", n=futures), "months": locale.number(months)}


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is words and whose others are numbers."""
    from rich import box
    from rich.table import Table

    made = Table(title=loose(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for place, name in enumerate(head):
        made.add_column(loose(name), justify="right" if place else "left", overflow="fold")
    for row in rows:
        made.add_row(*(loose(cell) for cell in row))
    return made


def of_grid(found: Grid) -> Table:
    """A table of the page, for the terminal."""
    rows = [[two_lines(cell.text, cell.small).replace(SPACE, " ") for cell in row] for row in found.rows]
    return table(found.caption, found.head, rows)


def literature(study: Replications) -> str:
    """What others have measured in the trade, a paragraph a range, and what it is not; nothing where the scenario names no trade."""
    from ladsim.reporting.literature import literature_lines, literature_note

    locale = Locale(study.source.language)
    lines = [loose(locale.text("literature.caption"))] if (found := literature_lines(study)) else []
    for told, of, source in found:
        lines += [" " + loose(told), *_folded(of), *_folded(source)]
    note = literature_note(study)
    return "\n".join(["", *lines, *(line.strip() for line in _folded(note)), ""]) if note else ""


def _folded(text: str) -> list[str]:
    return textwrap.wrap(loose(text), WIDTH, initial_indent="   ", subsequent_indent="   ", break_on_hyphens=False)


def printed(*tables: Table) -> str:
    """Tables as text, with colours where standard output is a terminal; in parts where words would be cut otherwise."""
    from rich.console import Console

    from ladsim.cli.columns import fitted

    watched = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if watched else WIDTH, highlight=False, markup=False)
    with console.capture() as captured:
        for one in tables:
            for part in fitted(one, console.width):
                console.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
