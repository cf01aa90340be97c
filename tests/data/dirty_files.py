"""A hundred files as people export them, each with its truth: the orders that a careful reader finds in it, or the words of a refusal.

In: nothing. Out: `DIRTY`: a name, the bytes of the file, its truth. Truth is worked out here from the orders that a file is made of, by
plain Python; the reader under test has no part in it. ``python -m tests.data.dirty_files FOLDER`` writes them all.
"""

from __future__ import annotations

import datetime
import gzip
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.data.exports import (
    DA,
    EN,
    NB,
    ORDERS,
    Truth,
    book,
    comma,
    danish,
    form,
    lines,
    point,
    serial,
    spaced,
    table,
    truth,
)


@dataclass(frozen=True)
class Dirty:
    """A file with its truth."""

    name: str
    content: bytes
    truth: Truth | str
    """Orders by customer and day; or words that a refusal has."""
    options: dict[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    """Facts that the report must have: what is dropped is told."""


def seconds(day: datetime.date) -> int:
    """Noon of a day as seconds since 1970."""
    return int(datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC).timestamp())


def _dates() -> list[Dirty]:
    """Ways to write a date."""
    months = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
    nordic = [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ]
    early = [one for one in ORDERS if one[1].day <= 12]
    few = [early[place] for place in (5, 1, 3, 0, 4, 2)]
    ways = {
        "dots.csv": lines(head=DA, day=form("%d.%m.%Y"), amount=danish, sep=";"),
        "dots_short_years.csv": lines(head=NB, day=form("%d.%m.%y"), amount=comma, sep=";"),
        "slashes_day_first.csv": lines(day=form("%d/%m/%Y")),
        "slashes_month_first.csv": lines(day=form("%m/%d/%Y")),
        "dashes_day_first.csv": lines(head=DA, day=form("%d-%m-%Y"), amount=comma, sep=";"),
        "no_zeros.csv": lines(day=lambda day: f"{day.month}/{day.day}/{day.year}"),
        "digits.csv": lines(day=form("%Y%m%d")),
        "iso_midnight.csv": lines(day=form("%Y-%m-%d 00:00:00")),
        "iso_zone.csv": lines(day=form("%Y-%m-%dT14:05:33.123+01:00")),
        "clock_with_points.csv": lines(head=DA, day=form("%d.%m.%Y 8.26"), amount=comma, sep=";"),
        "am_pm.csv": lines(day=form("%m/%d/%Y 2:05 PM")),
        "english_months.csv": lines(day=form("%d %b %Y")),
        "american_months.csv": lines(day=form("%B %d, %Y")),
        "oracle.csv": lines(day=lambda day: day.strftime("%d-%b-%y").upper()),
        "danish_months.csv": lines(
            head=DA, day=lambda day: f"{day.day}. {months[day.month - 1]} {day.year}", amount=danish, sep=";"
        ),
        "norwegian_months.csv": lines(
            head=NB, day=lambda day: f"{day.day}. {nordic[day.month - 1]} {day.year}", amount=spaced, sep=";"
        ),
        "unix.csv": lines(day=lambda day: str(seconds(day))),
        "excel_numbers.csv": lines(head=DA, day=lambda day: str(serial(day)), amount=comma, sep=";"),
        "excel_numbers_with_clock.csv": lines(head=DA, day=lambda day: f"{serial(day)},35", amount=comma, sep=";"),
        "danish_slashes.csv": lines(head=DA, day=lambda day: f"{day.day}/{day.month}-{day.year}", amount=comma, sep=";"),
        "javascript.csv": lines(day=form("%a %b %d %Y 08:00:00 GMT+0100")),
        "mail.csv": lines(day=form("%a, %d %b %Y 08:00:00 GMT")),
        "milliseconds.csv": lines(day=lambda day: str(1000 * seconds(day))),
        "weekdays.csv": lines(day=form("%a %d %b %Y")),
    }
    found = [Dirty(name, content, truth(ORDERS)) for name, content in ways.items()]
    sorted_early = [
        (str(7000 + place), datetime.date(2024, 1 + place % 12, 1 + place // 12), 10.0 + place) for place in range(60)
    ]
    sorted_early.sort(key=lambda one: one[1])
    return [
        *found,
        Dirty("either_order.csv", lines(few, day=form("%d/%m/%Y")), "day-first"),
        Dirty("either_order_asked.csv", lines(few, day=form("%d/%m/%Y")), truth(few), {"dates": "day-first"}),
        Dirty("either_order_danish.csv", lines(few, head=DA, day=form("%d/%m/%Y"), amount=comma, sep=";"), truth(few)),
        Dirty("either_order_sorted.csv", lines(sorted_early, day=form("%d/%m/%Y")), truth(sorted_early)),
        Dirty(
            "two_orders.csv",
            lines(ORDERS[:20], day=form("%d/%m/%Y"), after=lines(ORDERS[20:], head=(), day=form("%m/%d/%Y")).decode()),
            "different orders",
        ),
        Dirty(
            "two_forms.csv",
            lines(
                ORDERS[:20],
                head=DA,
                sep=";",
                day=form("%d.%m.%Y 8:26"),
                amount=comma,
                after=lines(ORDERS[20:], head=(), sep=";", day=form("%Y-%m-%d"), amount=comma).decode(),
            ),
            truth(ORDERS),
        ),
        Dirty("numbered_days.csv", lines(day=lambda day: str(day.day)), "must be dates"),
        Dirty("half_no_dates.csv", lines(ORDERS[:12], after="1042,soon,5.00\n1042,later,6.00\n2077,soon,7.00\n"), "no dates"),
    ]


def _amounts() -> list[Dirty]:
    """Ways to write an amount."""
    thousands = [(customer, day, float(1000 + 37 * place)) for place, (customer, day, _) in enumerate(ORDERS)]
    two = thousands[:2]
    ways = {
        "thousands_points.csv": lines(head=DA, amount=danish, sep=";"),
        "thousands_commas.csv": lines(amount=lambda value: f"{value:,.2f}"),
        "thousands_blanks.csv": lines(head=NB, amount=spaced, sep=";"),
        "thousands_hard_blanks.csv": lines(head=NB, amount=lambda value: spaced(value, "\u00a0"), sep=";"),
        "thousands_apostrophes.csv": lines(amount=lambda value: f"{value:,.2f}".replace(",", "'")),
        "currency_before.csv": lines(amount=lambda value: f"${value:,.2f}"),
        "currency_behind.csv": lines(head=DA, amount=lambda value: f"{danish(value)} kr.", sep=";"),
        "currency_code.csv": lines(head=("Kundenr.", "Dato", "Beløb (DKK)"), amount=lambda value: f"DKK {comma(value)}", sep=";"),
        "euro.csv": lines(amount=lambda value: f"€ {value:.2f}"),
        "quoted.csv": lines(amount=comma),
        "each_its_own.csv": lines(head=DA, sep=";", amount=lambda value: danish(value) if value > 1000 else point(value)),
        "float_dust.csv": lines(amount=lambda value: repr(value + 1e-13)),
    }
    return [
        *(Dirty(name, content, truth(ORDERS)) for name, content in ways.items()),
        Dirty(
            "whole_thousands_danish.csv",
            lines(thousands, head=DA, sep=";", amount=lambda value: f"{value:,.0f}".replace(",", ".")),
            truth(thousands),
        ),
        Dirty("whole_thousands_english.csv", lines(thousands, amount=lambda value: f"{value:,.0f}"), truth(thousands)),
        Dirty("thousand_or_one.csv", lines(two, amount=lambda value: f"{value:,.0f}".replace(",", ".")), "may be 1,000"),
        Dirty(
            "thousand_or_one_asked.csv",
            lines(two, amount=lambda value: f"{value:,.0f}".replace(",", ".")),
            truth(two),
            {"decimal": "comma"},
        ),
        Dirty("ore_dash.csv", lines(thousands, head=DA, sep=";", amount=lambda value: f"{value:.0f},-"), truth(thousands)),
        Dirty(
            "two_currencies.csv",
            table(
                [
                    ["Customer", "Date", "Amount", "Currency"],
                    ["a1", "2024-01-13", "5.50", "EUR"],
                    ["a2", "2024-01-14", "7", "USD"],
                ]
            ),
            "one currency",
        ),
        Dirty(
            "two_signs.csv",
            table([["Customer", "Date", "Amount"], ["a1", "2024-01-13", "€5.50"], ["a2", "2024-01-14", "$7.00"]]),
            "one currency",
        ),
        Dirty("no_amounts.csv", lines(head=EN[:2], amount=None), truth(ORDERS, amounts=False), said=("no_amounts",)),
    ]


def _text() -> list[Dirty]:
    """Encodings, ends of lines, separators, quotes."""
    named = [
        (("Sørensen, Åse", "Müller", "Blåbær & Co")[place % 3], day, amount) for place, (_, day, amount) in enumerate(ORDERS)
    ]
    quotes = [(f'Hansen "{customer}"', day, amount) for customer, day, amount in ORDERS]
    ways = {
        "bom.csv": lines(encoding="utf-8-sig"),
        "cr_ends.csv": lines(end="\r"),
        "crlf_ends.csv": lines(end="\r\n"),
        "tabs.tsv": lines(sep="\t"),
        "bars.txt": lines(sep="|"),
        "utf16.csv": lines(head=DA, sep="\t", amount=comma, encoding="utf-16"),
        "sep_line.csv": lines(sep=";", before="sep=;\n", amount=comma, head=DA),
        "trailing_blank_lines.csv": lines(after="\n\n,,\n"),
        "ascii_danish.csv": lines(head=("Kundenr", "Koebsdato", "Beloeb"), sep=";", amount=comma),
        "titles_above.csv": lines(head=DA, sep=";", amount=comma, before="Salgsrapport 2024\nUdskrevet af økonomi\n\n"),
    }
    return [
        *(Dirty(name, content, truth(ORDERS)) for name, content in ways.items()),
        Dirty("packed.csv.gz", gzip.compress(lines(), mtime=0), truth(ORDERS)),
        Dirty(
            "latin1.csv",
            lines(named, head=("Kunde", "Dato", "Beløb"), sep=";", amount=comma, encoding="latin-1"),
            truth(named),
            said=("encoding",),
        ),
        Dirty("quotes_with_commas.csv", lines(named, head=("Customer", "Date", "Amount")), truth(named)),
        Dirty("quotes_in_quotes.csv", lines(quotes), truth(quotes)),
        Dirty("unquoted_decimals.csv", b"Customer,Date,Amount\n1,2024-01-13,5,50\n2,2024-01-14,7,25\n", "column names"),
        Dirty("no_header.csv", lines(head=()), truth(ORDERS), said=("guessed",)),
        Dirty(
            "no_header_wide.csv",
            table([[1, 900 + place, day, amount, 7] for place, (_, day, amount) in enumerate(ORDERS)]),
            "--column customer=1",
        ),
        Dirty("empty.csv", b"", "empty"),
        Dirty("blank.csv", b"\n \n\n", "empty"),
        Dirty("only_header.csv", b"Customer,Date,Amount\n", "no rows"),
        Dirty("one_row.csv", lines(ORDERS[:1]), truth(ORDERS[:1])),
        Dirty(
            "list_of_customers.csv",
            table(
                [
                    ("customer_id", "email", "created_at"),
                    *((place, f"a{place}@b.dk", day) for place, (_, day, _) in enumerate(ORDERS, start=1)),
                ]
            ),
            {(str(place), day.isoformat()): None for place, (_, day, _) in enumerate(ORDERS, start=1)},
            said=("one_each",),
        ),
        Dirty(
            "one_customer.csv",
            lines([("77", day, amount) for _, day, amount in ORDERS]),
            truth([("77", day, amount) for _, day, amount in ORDERS]),
            said=("one_customer",),
        ),
    ]


def _ids() -> list[Dirty]:
    """Ways to write who it was."""
    zeros = [(f"00{customer}", day, amount) for customer, day, amount in ORDERS]
    initials = [(("NA", "OLE", "PER", "Null")[place % 4], day, amount) for place, (_, day, amount) in enumerate(ORDERS)]
    gone = [one for place, one in enumerate(ORDERS) if place % 5]
    marks = ("", "NaN", "NULL", "#N/A", "-")

    def some(mark: Callable[[int], str]) -> bytes:
        return table(
            [
                EN,
                *(
                    [mark(place) if place % 5 == 0 else customer, day, point(amount)]
                    for place, (customer, day, amount) in enumerate(ORDERS)
                ),
            ]
        )

    return [
        Dirty(
            "euro_signs_windows.csv",
            lines(head=DA, sep=";", amount=lambda value: f"{danish(value)} €", encoding="cp1252"),
            truth(ORDERS),
        ),
        Dirty("leading_zeros.csv", lines(zeros), truth(zeros), said=("leading_zeros",)),
        Dirty("float_ids.csv", lines(customer=lambda one: f"{one}.0"), truth(ORDERS), said=("decimal_ids",)),
        Dirty("text_marks.csv", lines(zeros, customer=lambda one: f"'{one}"), truth(zeros)),
        Dirty("formula_ids.csv", lines(zeros, customer=lambda one: f'="{one}"', sep=";", amount=comma, head=DA), truth(zeros)),
        Dirty("rounded_ids.csv", lines(customer=lambda one: "4.57E+12"), "rounded"),
        Dirty("blanks_around.csv", lines(customer=lambda one: f"  {one} "), truth(ORDERS)),
        Dirty("missing_ids.csv", some(lambda place: ""), truth(gone), said=("no_customer_share",)),
        Dirty("marked_ids.csv", some(lambda place: marks[place // 5 % len(marks)]), truth(gone), said=("no_customer_share",)),
        Dirty("initials.csv", lines(initials), truth(initials), said=("mark_as_id",)),
        Dirty(
            "id_beside_phone.csv",
            table(
                [
                    ("Navn", "Telefon", "Kundenr", "Dato", "Beløb"),
                    *(("Åse B", 40112233, customer, day, comma(amount)) for customer, day, amount in ORDERS),
                ],
                ";",
            ),
            truth(ORDERS),
        ),
        Dirty("longer_names.csv", lines(head=("Køber", "Dato for køb", "Samlet beløb"), sep=";", amount=comma), truth(ORDERS)),
        Dirty("words_in_names.csv", lines(head=("Customer key", "Txn date", "Sale amount")), truth(ORDERS)),
        Dirty(
            "birthdays.csv",
            table(
                [
                    ("Medlem", "Fødselsdato", "Købsdato", "Beløb inkl. moms", "Moms"),
                    *((c, "1980-02-03", d, point(a), "1.5") for c, d, a in ORDERS),
                ]
            ),
            truth(ORDERS),
        ),
        Dirty(
            "units_below.csv",
            lines(head=DA, sep=";", amount=comma).replace(b"\n", b"\n;dd-mm-yyyy;DKK\n", 1) + b"Eksporteret 2024-12-31;;\n",
            truth(ORDERS),
        ),
        Dirty("headers_again.csv", lines(ORDERS[:20], after=lines(ORDERS[20:]).decode()), truth(ORDERS), said=("headers",)),
    ]


def _rows() -> list[Dirty]:
    """Rows that are none, come twice, or take back others."""
    twice = [one for place, one in enumerate(ORDERS) for _ in range(2 if place % 10 == 0 else 1)]
    total = sum(amount for _, _, amount in ORDERS)
    numbered: list[Sequence[object]] = [("Invoice", "Customer", "InvoiceDate", "Quantity", "Price")]
    numbered += [
        (536000 + place, customer, f"{day} 08:2{place % 6}", 2, f"{amount / 2:.4f}")
        for place, (customer, day, amount) in enumerate(ORDERS)
    ]
    back = [("C536900", ORDERS[3][0], f"{ORDERS[-1][1]} 09:00", -2, f"{ORDERS[3][2] / 2:.4f}")]
    without = [one for place, one in enumerate(ORDERS) if place != 3]
    future = [*ORDERS, ("1042", datetime.date(2098, 5, 4), 10.0)]
    negative = [*ORDERS, (ORDERS[-1][0], ORDERS[-1][1] + datetime.timedelta(days=1), -5.0)]
    less = [*ORDERS[:-1], (ORDERS[-1][0], ORDERS[-1][1], ORDERS[-1][2] - 5.0)]
    marked = table(
        [(*EN, "Status"), *((c, d, point(a), "cancelled" if place == 3 else "paid") for place, (c, d, a) in enumerate(ORDERS))]
    )
    return [
        Dirty("tenth_twice.csv", lines(twice), truth(ORDERS), said=("duplicates_by_chance",)),
        Dirty("tenth_twice_timed.csv", lines(twice, day=form("%Y-%m-%d 13:37")), truth(ORDERS), said=("duplicates",)),
        Dirty("tenth_twice_kept.csv", lines(twice), truth(twice), {"duplicates": "keep"}),
        Dirty(
            "total_row.csv",
            lines(head=DA, sep=";", amount=danish, after=f"I alt;;{danish(total)}\n"),
            truth(ORDERS),
            said=("totals",),
        ),
        Dirty("total_behind.csv", lines(after=f",Total,{total:.2f}\n"), truth(ORDERS), said=("totals",)),
        Dirty("bare_total.csv", lines(after=f",,{total:.2f}\n"), truth(ORDERS), said=("totals",)),
        Dirty("credit_notes.csv", table([*numbered, *back]), truth(without), said=("credit_notes", "refunds", "taken_back")),
        Dirty("negative_amount.csv", lines(negative), truth(less), said=("refunds",)),
        Dirty(
            "brackets.csv",
            lines(negative, amount=lambda value: f"({-value:.2f})" if value < 0 else point(value)),
            truth(less),
            said=("refunds",),
        ),
        Dirty(
            "minus_behind.csv",
            lines(negative, head=DA, sep=";", amount=lambda value: f"{comma(-value)}-" if value < 0 else comma(value)),
            truth(less),
        ),
        Dirty("all_negative.csv", lines(amount=lambda value: point(-value)), truth(ORDERS), said=("turned_signs",)),
        Dirty("future.csv", lines(future), truth(ORDERS), said=("future",)),
        Dirty("placeholder_dates.csv", lines(after="1042,1900-01-01,5.00\n"), truth(ORDERS), said=("no_date",)),
        Dirty("cancelled.csv", marked, truth([one for place, one in enumerate(ORDERS) if place != 3]), said=("cancelled",)),
        Dirty("refund_alone.csv", lines(after="999,2024-12-30,-20.00\n"), truth(ORDERS), said=("refunds_alone",)),
    ]


def _books() -> list[Dirty]:
    """Workbooks."""
    rows = [[customer, day, amount] for customer, day, amount in ORDERS]
    zeros = [(f"00{customer}", day, amount) for customer, day, amount in ORDERS]
    under: list[Sequence[object]] = [
        ["Kunde", "", "Ordre", ""],
        ["Nr", "Navn", "Dato", "Beløb"],
        *([int(c), "Åse", d, a] for c, d, a in ORDERS),
    ]
    titled: list[Sequence[object]] = [["Salgsrapport"], [], list(DA), *rows, ["I alt", None, sum(a for _, _, a in ORDERS)]]
    return [
        Dirty("dates.xlsx", book([list(DA), *rows]), truth(ORDERS)),
        Dirty(
            "days_as_numbers.xlsx",
            book([list(DA), *([int(c), serial(d), a] for c, d, a in ORDERS)]),
            truth(ORDERS),
            said=("serial",),
        ),
        Dirty("ids_as_text.xlsx", book([list(DA), *([c, d, a] for c, d, a in zeros)]), truth(zeros), said=("leading_zeros",)),
        Dirty("amounts_as_text.xlsx", book([list(DA), *([c, d, danish(a)] for c, d, a in ORDERS)]), truth(ORDERS)),
        Dirty(
            "titles.xlsx",
            book(titled, more=("Noter",)),
            truth(ORDERS),
            said=("totals",),
        ),
        Dirty("merged_header.xlsx", book(under, merged=((0, 0, 0, 1, "Kunde"), (0, 2, 0, 3, "Ordre"))), truth(ORDERS)),
        Dirty(
            "notes_beside.xlsx", book([list(DA), *rows], more=("Noter",), notes=[["Hvem", "Hvad"], ["os", "alt"]]), truth(ORDERS)
        ),
        Dirty("further_in.xlsx", book([[], [None, None, *DA], *([None, None, *row] for row in rows)]), truth(ORDERS)),
        Dirty(
            "three_decimals.xlsx",
            book([list(EN), *([c, d, 1.234] for c, d, _ in ORDERS)]),
            truth([(c, d, 1.234) for c, d, _ in ORDERS]),
        ),
    ]


def dirty() -> list[Dirty]:
    """All of them."""
    return [*_dates(), *_amounts(), *_text(), *_ids(), *_rows(), *_books()]


DIRTY = dirty()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for one in DIRTY:
        (folder / one.name).write_bytes(one.content)
    print(f"{len(DIRTY)} files in {folder}")
