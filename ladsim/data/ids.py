"""Columns of customers' ids: text whose leading zeros stay, whole numbers without decimals, marks of nobody empty.

In: the rows of a source. Out: a column of ids in its table ``work``, and what is to be known of them in the report.
"""

from __future__ import annotations

from ladsim.data.rows import Rows
from ladsim.data.words import sql_list
from ladsim.errors import DataError
from ladsim.scenario.look_alikes import UNUSUAL, seen, twins_to_the_eye
from ladsim.world.nobody import NOBODY, ZEROS
from ladsim.world.text_files import MOST_IN_A_NAME

# A whole number with marks of thousands, in DuckDB's words.
_GROUPED = r"[1-9]\d{0,2}([., ''\x{00A0}\x{2009}\x{202F}\x{2019}]\d{3})+"
_ZERO_ROWS = 10  # times as many rows as other customers have: then "0" is nobody


def customers(rows: Rows, role: str, name: str) -> str:
    """A column of ids as text: leading zeros kept, decimals of whole numbers left out, marks of nobody empty."""
    cell = rows.cell(role)
    _refuse_odd_ids(rows, cell, role)
    filled = f"{cell} <> '' AND NOT list_contains({sql_list(sorted(NOBODY))}, lower({cell}))"
    counts = f"""SELECT count(*), count(*) FILTER (regexp_matches({cell}, '[0-9]')),
                 count(*) FILTER (regexp_full_match({cell}, '[0-9]+(?:[.,]0+)?')),
                 count(*) FILTER (regexp_full_match({cell}, '[0-9]+[.,]0+')), count(DISTINCT {cell}) FROM work WHERE {filled}"""
    filled_rows, with_digits, whole, decimal, different = rows.store.first(counts)
    marks = sorted(NOBODY - ZEROS)
    zeros = rows.one(f"SELECT count(*) FROM work WHERE list_contains({sql_list(sorted(ZEROS))}, {cell})")
    if zeros > _ZERO_ROWS * max(1, filled_rows) / max(1, different):
        marks += sorted(ZEROS)
    elif zeros:
        rows.report = rows.report.odd("zero_id", n=int(zeros), column=rows.named(role))
    if filled_rows and with_digits < 0.5 * filled_rows:  # initials may be NA
        named = [mark for mark in marks if mark.isalpha()]
        n = rows.one(f"SELECT count(*) FROM work WHERE list_contains(?, lower({cell}))", named)
        rows.report = rows.report.odd("mark_as_id", n=n, column=rows.named(role))
        marks = [mark for mark in marks if not mark.isalpha()]
    value = f"regexp_replace({cell}, '[.,]0+$', '')" if decimal and whole == filled_rows else cell
    rows.add(name, "VARCHAR", f"CASE WHEN list_contains({sql_list(marks)}, lower({cell})) THEN '' ELSE {value} END")
    if decimal and whole == filled_rows:
        rows.report = rows.report.told("decimal_ids", n=int(decimal), column=rows.named(role))
    return name


def _refuse_odd_ids(rows: Rows, cell: str, role: str) -> None:
    where = f"{rows.file}: column {rows.named(role)!r}"
    if rows.one(f"SELECT count(*) FROM work WHERE regexp_full_match({cell}, '[0-9][.,][0-9]+[eE]\\+[0-9]+')"):
        raise DataError(
            f"{where}: found ids such as 4.57E+12, which a spreadsheet has rounded, must be whole: format the column as text"
        )
    if (rows.one(f"SELECT max(length({cell})) FROM work") or 0) > MOST_IN_A_NAME:
        raise DataError(f"{where}: found an id of more than {MOST_IN_A_NAME:,} characters: is this the right column?")


def tell_ids(rows: Rows, name: str) -> None:
    """Tell what is to be known of the ids that stay."""
    zeros = rows.one(f"SELECT count(DISTINCT {name}) FROM work WHERE regexp_full_match({name}, '0[0-9]+')")
    rows.report = rows.report.told("leading_zeros", n=int(zeros))
    twins = f"""SELECT count(*) FROM (SELECT ltrim({name}, '0') FROM work WHERE regexp_full_match({name}, '[0-9]+')
                GROUP BY 1 HAVING count(DISTINCT {name}) > 1)"""
    rows.report = rows.report.odd("twins", n=int(rows.one(twins)))
    cases = f"SELECT count(*) FROM (SELECT lower({name}) FROM work GROUP BY 1 HAVING count(DISTINCT {name}) > 1)"
    rows.report = rows.report.odd("cases", n=int(rows.one(cases)))
    bare = f"CASE WHEN regexp_full_match({name}, '{_GROUPED}') THEN regexp_replace({name}, '[^0-9]', '', 'g') ELSE {name} END"
    marks = f"SELECT count(*) FROM (SELECT {bare} FROM work GROUP BY 1 HAVING count(DISTINCT {name}) > 1)"
    rows.report = rows.report.odd("marked_ids", n=int(rows.one(marks)))
    rows.report = rows.report.odd("look_alikes", n=_look_alikes(rows, name))


def _look_alikes(rows: Rows, name: str) -> int:
    """How many names look the same as another one. Of the usual names only those are fetched that an unusual one looks like."""
    import pandas

    found = rows.store.execute(f"SELECT DISTINCT {name} FROM work WHERE regexp_matches({name}, '{UNUSUAL}')").fetchall()
    unusual = [row[0] for row in found]
    if not unusual:
        return 0
    rows.store.table("looks", pandas.DataFrame({"look": sorted({seen(one) for one in unusual})}, dtype=object))
    usual = rows.store.execute(f"SELECT DISTINCT {name} FROM work WHERE {name} IN (SELECT look FROM looks)").fetchall()
    pairs = twins_to_the_eye(list(dict.fromkeys([*unusual, *(row[0] for row in usual)])))
    return len({one for pair in pairs for one in pair})
