"""Dates as people write them: which order day and month have, found out over a whole column; both readings shown where neither is sure.

In: the different texts of a column, each with how often it comes, without the time of day (`WITHOUT_TIME` takes it off in SQL). Out:
`Days`: a date for each text, what was found out, and what could not be read. A text has one or several readings; texts of one form
(what separates, how many digits) are read in one order: the one by which all of them are dates. Where two orders fit: points mean that
the day comes first, so do Danish and Norwegian words and decimal commas; so does whichever order keeps the rows in order of time.
Excel's numbers count days from 1899-12-30.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ladsim.data.words import cell_words, months

Day = datetime.date
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
_ZONE = r"(?:Z|UTC|GMT|CET|CEST)?\s*(?:[+-]\d{2}:?\d{2})?"
TIME = rf"(?i)(?:T|,?\s+(?:kl\.?\s*|at\s+)?){_CLOCK}\s*(?:[ap]\.?m\.?)?\s*{_ZONE}$"
"""What of a cell is the time of day."""
# Text of a day in SQL, {0} being the cell: seconds since 1970 and 20240131235959 are cut to the day, too.
WITHOUT_TIME = (
    "CASE WHEN regexp_full_match({0}, '1\\d{{9}}') THEN CAST(CAST(to_timestamp(CAST({0} AS BIGINT)) AT TIME ZONE 'UTC' AS DATE) AS VARCHAR) "
    "WHEN regexp_full_match({0}, '1\\d{{12}}') THEN CAST(CAST(to_timestamp(CAST({0} AS BIGINT) // 1000) AT TIME ZONE 'UTC' AS DATE) AS VARCHAR) "
    "WHEN regexp_full_match({0}, '(19|20)\\d{{12}}') THEN left({0}, 8) "
    "ELSE regexp_replace(regexp_replace({0}, '"
    + TIME.replace("{", "{{").replace("}", "}}")
    + "', ''), '^(\\d{{5}})[.,]\\d+$', '\\1') END"
)
MOST_UNREADABLE = 0.05  # share of a column that may be no date
_ORDERS = {"dmy": "day-first", "mdy": "month-first", "ymd": "year-first"}


@dataclass
class Days:
    """The dates of a column."""

    dates: dict[str, Day] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    """Texts that are no dates → rows."""
    orders: dict[str, str] = field(default_factory=dict)
    """An example → the order it was read in, and by what that was known: ``dmy/values``."""
    doubt: tuple[str, Day, Day] | None = None
    """A text with two dates that it may be."""
    mixed: tuple[str, str] | None = None
    """Two texts that no one order reads."""
    precision: str = "day"
    serial: bool = False
    """Whether there were Excel's numbers of days."""


def day_text(cell: str) -> str:
    """What of a cell says the day, as `WITHOUT_TIME` does in SQL.

    >>> day_text("31.1.24 8:26"), day_text("45304.35"), day_text("1705132800"), day_text("20240131235959")
    ('31.1.24', '45304', '2024-01-13', '20240131')
    """
    text = cell.strip()
    if re.fullmatch(r"1\d{9}|1\d{12}", text):
        return str((datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(text[:10]))).date())
    if re.fullmatch(r"(19|20)\d{12}", text):
        return text[:8]
    return re.sub(r"^(\d{5})[.,]\d+$", r"\1", re.sub(TIME, "", text)).strip()


def like_date(cell: str) -> bool:
    """Whether a cell could be a date, told by its form alone; a bare number is one only as 20240131.

    >>> [like_date(cell) for cell in ("2024-01-31", "31.1.24 8:26", "3 Jan 2024", "20240131", "45000", "Dato", "12,50")]
    [True, True, True, True, False, False, False]
    """
    text = re.sub(TIME, "", cell.strip())
    if text.isdigit():
        return len(text) == 8 and bool(readings(text))
    return bool(readings(text)) and not re.fullmatch(r"\d{1,3}[.,]\d+", text)


def readings(text: str) -> dict[str, tuple[Day | None, str]]:
    """What a text may be: order → date (None where there is no such day) and precision; nothing where it is no date at all.

    >>> {order: str(day) for order, (day, _) in readings("01/12/2010").items()}
    {'dmy': '2010-12-01', 'mdy': '2010-01-12'}
    >>> [str(*readings(text).values()) for text in ("2. marts 2024", "45000")]
    ["(datetime.date(2024, 3, 2), 'day')", "(datetime.date(2023, 3, 15), 'day')"]
    """
    text = text.strip().rstrip(".,")
    if text.isdigit() and text.isascii():
        return _of_digits(text)
    if found := re.fullmatch(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", text):
        return {"ymd": (_day(found[1], found[2], found[3]), "day")}
    if found := re.fullmatch(r"(\d{1,2})([-./ ]|\. )(\d{1,2})\2(\d{4})", text):
        return {"dmy": (_day(found[4], found[3], found[1]), "day"), "mdy": (_day(found[4], found[1], found[3]), "day")}
    if found := re.fullmatch(r"(\d{1,2})([-./])(\d{1,2})\2(\d{2})", text):
        said = {"dmy": (_day(found[4], found[3], found[1]), "day"), "mdy": (_day(found[4], found[1], found[3]), "day")}
        return said | ({"ymd": (_day(found[1], found[3], found[4]), "day")} if found[2] == "-" else {})
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})\s?[- ]\s?(\d{4}|\d{2})", text):  # 31/1-2024, the Danish way
        return {"dmy": (_day(found[3], found[2], found[1]), "day")}
    if found := re.fullmatch(r"(\d{4})[-./](\d{1,2})", text):
        return {"ymd": (_day(found[1], found[2], "1"), "month")}
    if found := re.fullmatch(r"(\d{1,2})[-./](\d{4})", text):
        return {"ymd": (_day(found[2], found[1], "1"), "month")}
    if found := re.fullmatch(r"(\d{4})-?[Ww](\d{2})(?:-?(\d))?", text):
        try:
            return {"ymd": (Day.fromisocalendar(int(found[1]), int(found[2]), int(found[3] or 1)), "week")}
        except ValueError:
            return {"ymd": (None, "week")}
    return _of_words(text)


def _of_digits(text: str) -> dict[str, tuple[Day | None, str]]:
    """A number: 20240131, 310124, 202401, 2024, or Excel's count of days."""
    if len(text) == 8:
        both = {"ymd": (_day(text[:4], text[4:6], text[6:]), "day"), "dmy": (_day(text[4:], text[2:4], text[:2]), "day")}
        return {"ymd": both["ymd"]} if text[:2] in ("19", "20") and both["ymd"][0] else both
    if len(text) == 6:
        if text[:2] in ("19", "20") and 1 <= int(text[4:]) <= 12:
            return {"ymd": (_day(text[:4], text[4:], "1"), "month")}
        return {"dmy": (_day(text[4:], text[2:4], text[:2]), "day"), "ymd": (_day(text[:2], text[2:4], text[4:]), "day")}
    if len(text) == 5 and 20_000 <= int(text) < 80_000:
        return {"serial": (Day(1899, 12, 30) + datetime.timedelta(days=int(text)), "day")}
    if len(text) == 4 and 1950 <= int(text) < 2100:
        return {"ymd": (Day(int(text), 1, 1), "year")}
    return {}


def _of_words(text: str) -> dict[str, tuple[Day | None, str]]:
    """A date with its month in letters: 2. januar 2024, Jan 2, 2024, 02-JAN-24, marts 2024."""
    parts = [part for part in re.findall(r"[^\W\d_]+|\d+", text.casefold()) if part not in cell_words("beside_days")]
    names = [part for part in parts if not part.isdigit()]
    numbers = [part for part in parts if part.isdigit()]
    if len(names) != 1 or names[0] not in months() or not 1 <= len(numbers) <= 2 or len(text) > 40:
        return {}
    month = str(months()[names[0]])
    if len(numbers) == 1:
        return {"ymd": (_day(numbers[0], month, "1"), "month")} if len(numbers[0]) == 4 else {}
    if len(numbers[0]) == 4:
        return {"ymd": (_day(numbers[0], month, numbers[1]), "day")}
    return {"dmy": (_day(numbers[1], month, numbers[0]), "day")}


def _day(year: str, month: str, day: str) -> Day | None:
    """The day of these numbers; a year of two digits lies from 1970 to 2069."""
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= 70 else 2000
    try:
        return Day(number, int(month), int(day))
    except ValueError:
        return None


def _form(text: str) -> str:
    """The form of a text: what separates, how many digits a year has."""
    text = text.strip()
    marks = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", lambda found: "9999" if len(found[0]) == 4 else "9", text))
    return f"{marks}{len(text) if text.isdigit() else ''}"


def days_of(
    texts: Iterable[tuple[str, int]],
    asked: str | None = None,
    day_first: bool = False,
    in_order: Callable[[Mapping[str, Day]], bool] | None = None,
) -> Days:
    """The dates of a column's texts. `day_first`: whether words or decimals say so; `in_order`: whether dates keep the rows in order."""
    forms: dict[str, list[tuple[str, int, dict[str, tuple[Day | None, str]]]]] = defaultdict(list)
    found = Days()
    for text, rows in texts:
        said = readings(text)
        if not said:
            found.unread[text] = found.unread.get(text, 0) + rows
        else:
            forms[_form(text)].append((text, rows, said))
    coarse = {"day": 0, "week": 1, "month": 2, "year": 3}
    for cells in forms.values():
        order, why = _order(cells, asked, day_first, in_order, found)
        for text, rows, said in cells:
            day, precision = said.get(order, next(iter(said.values())) if len(said) == 1 else (None, "day"))
            if day is None or not 1900 < day.year < 2200:
                found.unread[text] = found.unread.get(text, 0) + rows
                continue
            found.dates[text] = day
            found.serial = found.serial or "serial" in said
            if coarse[precision] > coarse[found.precision]:
                found.precision = precision
        example = cells[0][0]
        if why and len(cells[0][2]) > 1:
            found.orders[example] = f"{order}/{why}"
    return found


def _order(
    cells: list[tuple[str, int, dict[str, tuple[Day | None, str]]]],
    asked: str | None,
    day_first: bool,
    in_order: Callable[[Mapping[str, Day]], bool] | None,
    found: Days,
) -> tuple[str, str]:
    """The order in which the texts of one form are read, and by what it is known."""
    orders = list(dict.fromkeys(order for _, _, said in cells for order in said))
    if len(orders) == 1:
        return orders[0], ""
    if asked:
        return {"day-first": "dmy", "month-first": "mdy", "year-first": "ymd"}[asked], "asked"
    rows = sum(n for _, n, _ in cells)
    wrong = {order: sum(n for _, n, said in cells if said.get(order, (None,))[0] is None) for order in orders}
    fits = [order for order in orders if wrong[order] == 0]
    if not fits:  # a few that are no dates at all, or two ways of writing
        best = min(orders, key=lambda order: wrong[order])
        others = [wrong[order] for order in orders if order != best]
        if wrong[best] <= MOST_UNREADABLE * rows and min(others) > 5 * wrong[best]:
            return best, "values"
        found.mixed = found.mixed or _unlike(cells)
        return best, ""
    fits = _steadier(fits, cells)
    if len(fits) == 1:
        return fits[0], "values"
    if "dmy" in fits and (re.search(r"\d\.", cells[0][0]) or day_first):
        return "dmy", "points" if re.search(r"\d\.", cells[0][0]) else "nordic"
    if in_order is not None and len(cells) >= 8:
        kept = [
            order for order in fits if in_order({text: day for text, _, said in cells if (day := said[order][0]) is not None})
        ]
        if len(kept) == 1:
            return kept[0], "sorted"
    found.doubt = found.doubt or _two_days(fits, cells)
    return fits[0], ""


def _two_days(fits: list[str], cells: list[tuple[str, int, dict[str, tuple[Day | None, str]]]]) -> tuple[str, Day, Day] | None:
    """A text with two dates that it may be, by the first order and by another one; None where all orders give the same dates."""
    for text, _, said in cells:
        one = said[fits[0]][0]
        for other in (said[order][0] for order in fits[1:]):
            if one is not None and other is not None and one != other:
                return text, one, other
    return None


def _steadier(fits: list[str], cells: list[tuple[str, int, dict[str, tuple[Day | None, str]]]]) -> list[str]:
    """Orders without those that give more different years than days of the month, where another gives fewer (13-01-24 and 14-02-24)."""
    days = {order: [day for _, _, said in cells if (day := said[order][0]) is not None] for order in fits}
    steady = [order for order in fits if len({day.year for day in days[order]}) <= len({day.day for day in days[order]})]
    plain = [order for order in fits if len({day.year for day in days[order]}) < len({day.day for day in days[order]})]
    return steady if plain else fits


def _unlike(cells: list[tuple[str, int, dict[str, tuple[Day | None, str]]]]) -> tuple[str, str]:
    """A text that is a date only with the day first, and one only with the month first."""
    day = next((text for text, _, said in cells if said.get("dmy", (None,))[0] and not said.get("mdy", (None,))[0]), cells[0][0])
    month = next(
        (text for text, _, said in cells if said.get("mdy", (None,))[0] and not said.get("dmy", (None,))[0]), cells[-1][0]
    )
    return day, month


def order_name(order: str) -> str:
    """What an order is called by the option that asks for it."""
    return _ORDERS.get(order, order)
