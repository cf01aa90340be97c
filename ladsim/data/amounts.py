"""Amounts as people write them: whether the decimals have a point or a comma, found out over a whole column, in SQL.

In: a column of text in DuckDB. Out: the mark of its decimals, by what it is known, and an expression that gives numbers. Currency
signs, spaces between thousands, a minus behind or brackets around, ``100,-`` are understood. 1.234 alone may be one thousand or one and
a bit: told by the rest of the column, else by the language of the table, else it is a DataError that shows both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ladsim.data.words import cell_words, sql_list
from ladsim.errors import DataError
from ladsim.world.nobody import NOTHING

# Longer words first: the first one that fits is taken.
SIGNS = r"(?i)dkk|nok|sek|euros?|eur|usd|gbp|chf|isk|kroner|kr\.?|[€$£¥]"
MOST_UNREADABLE = 0.05
LARGEST = 10**12
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+)?"
_ENOUGH = 5  # amounts such as 1,234 by which thousands are known
_COMMA = r"^-?(?:\d*,(?:\d{1,2}|\d{4,})|0*,\d+|\d{4,},\d+)$"
_POINT = r"^-?(?:\d*\.(?:\d{1,2}|\d{4,})|0*\.\d+|\d{4,}\.\d+)(?:[eE].*)?$"
_TESTS = {
    "comma": f"x LIKE '%.%,%' OR x LIKE '%.%.%' AND x NOT LIKE '%,%' OR regexp_matches(x, '{_COMMA}')",
    "point": f"x LIKE '%,%.%' OR x LIKE '%,%,%' AND x NOT LIKE '%.%' OR regexp_matches(x, '{_POINT}')",
    "three_comma": r"regexp_matches(x, '^-?[1-9]\d{0,2},\d{3}$')",
    "three_point": r"regexp_matches(x, '^-?[1-9]\d{0,2}\.\d{3}$')",
    "large": r"regexp_matches(x, '^-?\d{4,}$')",
}


@dataclass(frozen=True)
class Amounts:
    """How the amounts of a column are read."""

    mark: str
    """"," or "." or "" (whole numbers), or "each." where every amount says it by itself ("each,": 1.234 are thousands)."""
    why: str
    example: str
    unreadable: int


def like_amount(cell: str) -> bool:
    """Whether a cell is a number, told by its form.

    >>> [like_amount(cell) for cell in ("1.234,50 kr.", "5 euro", "(12.50)", "100,-", "1 234", "007", "K12", "")]
    [True, True, True, True, True, True, False, False]
    """
    text = re.sub(r"[.,][-–—]$", "", re.sub(rf"{SIGNS}|[\s\u00a0\u202f'’()−–-]", "", cell.strip()))
    return bool(text) and bool(re.fullmatch(_NUMBER, re.sub(r"[.,]$", "", text)))


def missing(cell: str) -> str:
    """SQL: whether a cell has nothing in it, or a mark of nothing."""
    return f"list_contains({sql_list(['', *sorted(NOTHING), *cell_words('missing')])}, lower({cell}))"


def cleaned(cell: str) -> str:
    """SQL: a cell without signs of currencies and spaces, its minus in front; null where it is no number."""
    bare = f"regexp_replace(replace(replace({cell}, '−', '-'), '–', '-'), '{SIGNS}', '', 'g')"
    bare = f"trim({bare}, ' \u00a0\u202f\u2009')"
    bare = f"regexp_replace({bare}, '[.,][-—]$|[.,]$', '')"
    bare = f"regexp_replace(regexp_replace({bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')"
    blank = "[ \u00a0\u202f\u2009''’]"
    grouped = f"^[+-]?{blank}*\\d{{1,3}}(?:{blank}\\d{{3}})+(?:[.,]\\d*)?$"
    torn = f"regexp_matches({bare}, '\\d{blank}') AND NOT regexp_matches({bare}, '{grouped}')"  # 12 5 are two numbers
    bare = f"CASE WHEN {torn} THEN NULL ELSE regexp_replace({bare}, '{blank}', '', 'g') END"
    return f"CASE WHEN regexp_full_match({bare}, '{_NUMBER}') THEN ltrim({bare}, '+') END"


def amounts_of(store: Any, file: str, column: str, name: str, *, nordic: bool, separator: str, asked: str | None) -> Amounts:
    """How a column of the table `work` is read; the table `seen` then has its different cells with their numbers.

    Raises DataError where two readings are likely, or where more than a few are no numbers.
    """
    different = f"SELECT {column} AS cell, count(*) AS n FROM work WHERE NOT {missing(column)} GROUP BY 1"
    store.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT cell, n, {cleaned('cell')} AS x FROM ({different})")
    sums = ", ".join(f"coalesce(sum(n) FILTER ({test}), 0), min(cell) FILTER ({test})" for test in _TESTS.values())
    row = store.first(
        f"SELECT {sums}, coalesce(sum(n), 0), coalesce(sum(n) FILTER (x IS NULL), 0), min(cell) FILTER (x IS NULL), min(cell) FROM seen"
    )
    counts = {test: (row[2 * at], row[2 * at + 1]) for at, test in enumerate(_TESTS)}
    rows, unreadable, odd, example = row[-4:]
    if rows and unreadable > max(MOST_UNREADABLE * rows, 1):
        raise DataError(
            f"{file}: column {name!r}: found {odd!r} and {unreadable - 1:,} more that are no amounts, must be numbers"
        )
    mark, why = _mark(file, name, counts, nordic, separator, asked)
    example = counts["comma"][1] or counts["point"][1] or counts["three_comma"][1] or counts["three_point"][1] or example or ""
    store.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT cell, {number('x', mark)} AS number FROM seen")
    return Amounts(mark, why, str(example), int(unreadable))


def _mark(file: str, name: str, counts: Any, nordic: bool, separator: str, asked: str | None) -> tuple[str, str]:
    """The mark of decimals, and by what it is known."""
    n = {test: value for test, (value, _) in counts.items()}
    if asked:
        return {"comma": ",", "point": "."}[asked], "asked"
    threes = n["three_comma"] + n["three_point"]
    if n["comma"] and n["point"]:
        if not threes:
            return "each.", "values"
        clear = max(n["comma"], n["point"])
        if clear < 20 * min(n["comma"], n["point"]):
            raise _either(file, name, counts)
        return ("each," if n["comma"] > n["point"] else "each."), "values"
    if n["comma"] or n["point"]:
        return ("," if n["comma"] else "."), "values"
    if not threes:
        return "", ""
    if n["three_comma"] and n["three_point"]:
        raise _either(file, name, counts)
    mark = "," if n["three_comma"] else "."
    if n["large"]:  # thousands are written without a mark
        return mark, "large"
    european = nordic or separator == ";"
    if european:
        return ",", "nordic"
    if mark == "," and threes >= _ENOUGH:
        return ".", "english"
    raise _either(file, name, counts)


def _either(file: str, name: str, counts: Any) -> DataError:
    """The error of amounts with two readings, both shown."""
    text = counts["three_point"][1] or counts["three_comma"][1] or counts["comma"][1] or counts["point"][1]
    digits = re.sub(r"\D", "", text)
    small = re.sub(r"(\d{3})\D*$", r".\1", digits)
    return DataError(
        f"{file}: column {name!r}: found {text!r}, may be {int(digits):,} (then say --decimal {'comma' if '.' in text else 'point'}) "
        f"or {small} (then say --decimal {'point' if '.' in text else 'comma'})"
    )


def number(x: str, mark: str) -> str:
    """SQL: the number of a cleaned text, in ten-thousandths exactly."""
    comma, point = f"replace(replace({x}, '.', ''), ',', '.')", f"replace({x}, ',', '')"
    if mark == ",":
        text = comma
    elif mark.startswith("each"):
        last = f"instr(reverse({x}), ',')"
        alone = f"{x} LIKE '%,%,%' AND {x} NOT LIKE '%.%'"
        many = f"{x} LIKE '%.%.%' AND {x} NOT LIKE '%,%'"
        after = f"({last} > 0 AND (instr(reverse({x}), '.') = 0 OR {last} < instr(reverse({x}), '.')))"
        three = f"regexp_matches({x}, '^-?[1-9]\\d{{0,2}}[.,]\\d{{3}}$')"
        most = comma if mark[-1] == "," else point
        text = f"CASE WHEN {three} THEN {most} WHEN {alone} THEN {point} WHEN {many} OR {after} THEN {comma} ELSE {point} END"
    else:
        text = point
    return f"coalesce(TRY_CAST({text} AS DECIMAL(18, 4)), TRY_CAST(TRY_CAST({text} AS DOUBLE) AS DECIMAL(18, 4)))"
