"""How people write numbers who come from a spreadsheet, or from Danish: slips of the pen, told in words.

In: a line of a scenario file, or a value of ``--set``. Out: a hint for a message where TOML cannot read it (`toml_hint`, `number_hint`),
in an inline table as on a line of its own (`slip_inside`), and in a list (`slip_in_list`). What it reads otherwise than was meant:
``thousands``; what the parser says: ``toml_words``.
"""

from __future__ import annotations

import re
import tomllib

POINT = " (a decimal has a point, 9.5; thousands may have an underscore, 20_000)"
_BLANKS = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f\u2009'\u2019]\d{3})+(?![\d])")
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}(?![\d])")
# Thousands and decimals, each with a mark of its own.
_BOTH = re.compile(r"([+-]?\d{1,3}(?:([. \u00a0\u202f\u2009'\u2019])\d{3})(?:\2\d{3})*)(?!\2)[.,](\d{1,2})(?!\d)")
_DATE = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?!\d)")
# A key in an inline table, and all up to the next one or the table's end.
_INSIDE = re.compile(r"""[{,]\s*((?:"[^"]*"|'[^']*'|[\w.-])+)\s*=\s*""")
_TEXT = re.compile(r""""[^"]*"|'[^'\d][^']*'""")
# A list, from its bracket to the next bracket; the key before it; the items in it.
_LIST = re.compile(r"\[([^\[\]{}]*)")
_KEY = re.compile(r"""((?:"[^"]*"|'[^']*'|[\w.-])+)\s*=""")
_ITEM = re.compile(r"(?:(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+,\d{1,2}(?!\d)|[^,])+")
_LONGEST = 10_000  # characters of a line that somebody wrote: longer ones get no hint
_PER_CENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?) ?%")


def slip_inside(line: str) -> str:
    """The first ``key = value`` of the inline tables in a line that no TOML reader can read by itself; empty where all can be read.

    >>> slip_inside("c = [{ channel = 'search', monthly_spend = 1 000, from_month = 3 }]"), slip_inside("mean = { low = 1, high = 2 }")
    ('monthly_spend = 1 000', '')
    """
    if len(line) > _LONGEST:
        return ""
    masked = re.sub(r""""[^"]*"|'[^']*'""", lambda text: text[0][0] + "_" * (len(text[0]) - 2) + text[0][0], line).partition("#")[
        0
    ]
    keys = list(_INSIDE.finditer(masked))
    for at, key in enumerate(keys):
        end = keys[at + 1].start() if at + 1 < len(keys) else len(masked)
        value = re.match(r"[^}]*", masked[key.end() : end])
        length = len(value[0].rstrip().removesuffix(",").rstrip()) if value else 0
        piece = f"{line[key.start(1) : key.end(1)]} = {line[key.end() : key.end() + length]}"
        if not length or "=" in masked[key.end() : key.end() + length] or masked[key.end()] in "{[":
            continue  # a table or list of its own, or a comma misses
        try:
            tomllib.loads(piece)
        except ValueError:
            return piece
    return ""


def slip_in_list(line: str) -> str:
    """The first item of the lists in a line that no TOML reader can read by itself, as ``key = item``; empty where all can be read.

    Items are what stands between commas, but for a comma inside a number whose thousands are apart, ``1 000,50``. A line of a list
    that goes over several has no key.

    >>> slip_in_list("values = [1 000, 2]"), slip_in_list("values = [2, 1 000,50]"), slip_in_list("to = ['lead', customer]")
    ('values = 1 000', 'values = 1 000,50', 'to = customer')
    >>> slip_in_list("  1 000,"), slip_in_list("values = [1, 2]")
    ('item = 1 000', '')
    """
    if len(line) > _LONGEST:
        return ""
    masked = _TEXT.sub(lambda text: text[0][0] + "_" * (len(text[0]) - 2) + text[0][0], line).partition("#")[0]
    lists = [
        (keys[-1], found.start(1), found[1])
        for found in _LIST.finditer(masked)
        if (keys := _KEY.findall(masked[: found.start()]))
    ]
    if not lists and "=" not in masked and re.match(r"\s*[+-]?[\d'\"]", masked):
        lists = [("item", 0, masked)]
    for key, start, inside in lists:
        for item in _ITEM.finditer(inside):
            said = line[start + item.start() : start + item.end()].strip()
            if not said or said[0] in "{[":
                continue
            try:
                tomllib.loads(f"item = {said}")
            except ValueError:
                return f"{key} = {said}"
    return ""


def toml_hint(line: str) -> str:
    """What somebody who wrote `line` may not know of TOML; nothing where no usual slip is seen.

    >>> toml_hint("monthly = 15 %"), toml_hint("mean = 9,5"), toml_hint("to = lead")
    (' (15 % is written 0.15)', ' (a decimal has a point, 9.5; thousands may have an underscore, 20_000)', ' (a text stands in quotation marks)')
    >>> toml_hint("fee = 230.000 kr."), toml_hint("monthly = 0.1-0.2")
    (' (an amount has no unit behind it; thousands may have an underscore, 20_000)', ' (a range is written { low = 0.1, high = 0.2 })')
    >>> toml_hint("mean = 1.000,50"), toml_hint("mean = 12 000,5")
    (' (written 1000.50)', ' (written 12000.5)')
    >>> toml_hint("values = [1 000, 2]"), toml_hint("to = ['lead', customer]")
    (' (thousands may have an underscore between them: 1_000)', ' (a text stands in quotation marks)')
    >>> toml_hint("start_date = 31-12-2026"), toml_hint("is_order = True")
    (' (a date is written year-month-day: 2026-12-31)', ' (true and false are written in small letters)')
    >>> toml_hint("dækning = 0.6")
    ' (keys are English words, and only letters from a to z, digits and _)'
    """
    key, _, value = (part.strip() for part in (slip_inside(line) or slip_in_list(line) or line).partition("="))
    hint = ""
    if re.match(r'[^"]*"[^"\n]*\\', value):
        hint = r" (with a backslash a text stands in single quotation marks, 'C:\new'; a path may have / in its place)"
    elif any(mark in line for mark in "“”„‟«»"):
        hint = ' (a text stands in straight quotation marks, "so")'
    elif re.search(r"[^\W\d_a-zA-Z]", re.sub(r'"[^"]*"', "", key)):
        hint = " (keys are English words, and only letters from a to z, digits and _)"
    elif share := _PER_CENT.match(value):
        hint = _written(share)
    elif date := _DATE.match(value):
        hint = f" (a date is written year-month-day: {_iso(date)})"
    elif re.match(r"(?i:true|false)\b", value) and not re.match(r"true|false", value):
        hint = " (true and false are written in small letters)"
    elif month := re.match(r"(\d{4}-\d{1,2})(?![\d-])", value):
        hint = f' (a month of the calendar stands in quotation marks: "{month[1]}")'
    elif re.match(r"[^;\"']+;|(\"[^\"]*\"|'[^']*')\s*[\"']", value):
        hint = " (items of a list have a comma between them)"
    elif both := _BOTH.match(value):
        hint = f" (written {digits_of(both[1])}.{both[3]})"
    elif large := _BLANKS.match(value) or _POINTS.match(value):
        hint = f" (thousands may have an underscore between them: {grouped(digits_of(large[0]))})"
    elif re.match(r"[+-]?\d+,\d|\{.*= *[+-]?\d+,\d", value):
        hint = POINT
    elif ends := re.match(r"(\d+(?:\.\d+)?) ?[-–] ?(\d+(?:\.\d+)?)$", value):
        hint = f" (a range is written {{ low = {ends[1]}, high = {ends[2]} }})"
    elif re.match(r"[+-]?[\d._]+ *[^\W\d]", value):
        hint = " (an amount has no unit behind it; thousands may have an underscore, 20_000)"
    elif re.match(r"(?!true\b|false\b|inf\b|nan\b)[^\W\d]", value):
        hint = " (a text stands in quotation marks)"
    return hint


def number_hint(text: str) -> str:
    """What is to be written in place of a text where a number is wanted; nothing where it is no number at all.

    >>> number_hint("66%"), number_hint("5000"), number_hint("0,66")
    (' (66 % is written 0.66)', ' (a number has no quotation marks)', ' (a decimal has a point, 0.66)')
    >>> number_hint("5.000")
    ' (if thousands are meant: 5_000, without quotation marks)'
    >>> number_hint("1 000"), number_hint("1.355,90")
    (' (thousands may have an underscore: 1_000, without quotation marks)', ' (written 1355.90)')
    """
    said = text.strip()
    if _BLANKS.fullmatch(said):
        return f" (thousands may have an underscore: {grouped(digits_of(said))}, without quotation marks)"
    if decimal := re.fullmatch(r"(\d{1,3}(?:[.\s]\d{3})+),(\d+)", said):
        return f" (written {digits_of(decimal[1])}.{decimal[2]})"
    if share := _PER_CENT.fullmatch(said):
        return _written(share)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", said):
        bare = said.replace(".", "")
        return f" (if thousands are meant: {grouped(bare)}, without quotation marks)"
    if re.fullmatch(r"[+-]?\d+,\d+", said):
        return f" (a decimal has a point, {said.replace(',', '.')})"
    return " (a number has no quotation marks)" if re.fullmatch(r"[+-]?[\d_]+(\.\d+)?", said) else ""


def as_share(value: float) -> str:
    """What a number of per cent is as a share; nothing for 1 and less, or more than 100.

    >>> as_share(12), as_share(0.12)
    (' (12 % is 0.12)', '')
    """
    return f" ({value:g} % is {value / 100:g})" if 1 < value <= 100 else ""


def _written(found: re.Match[str]) -> str:
    return f" ({found[1]} % is written {float(found[1].replace(',', '.')) / 100:g})"


def _iso(found: re.Match[str]) -> str:
    """A date as TOML writes it; day before month, unless only the other order is a date."""
    day, month = int(found[1]), int(found[3])
    if month > 12 >= day:
        day, month = month, day
    return f"{found[4]}-{month:02}-{day:02}"


def digits_of(number: str) -> str:
    """The digits of a number, whatever stands between them."""
    return re.sub(r"[^0-9]", "", number)


def grouped(digits: str) -> str:
    """Digits with an underscore between thousands."""
    return f"{int(digits):_}"
