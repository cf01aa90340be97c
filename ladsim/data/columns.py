"""Which line of a table holds the names of its columns, what each column is, and what kind of data that makes.

In: the first rows of a table as text, and what the user says of it. Out: `Columns`: a kind, and the place of each role. Words above
columns stand in ``column_words.toml``. What may be read in two ways is a DataError that shows both.

>>> found = columns_of("sales.csv", [["Kunde nr.", "Dato", "Beløb (kr)"], ["007", "01.02.2024", "9,50"]], Asked())
>>> found.kind, found.places, found.nordic
('transactions', {'customer': 0, 'date': 1, 'amount': 2}, True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ladsim.data.amounts import like_amount
from ladsim.data.dates import day_text, like_date, readings
from ladsim.data.words import cell_words, months, words_in
from ladsim.errors import DataError, nearest
from ladsim.world import column_names
from ladsim.world.text_files import short

# What makes a kind: roles that it needs (one of each group), roles that tell it from others, roles that it may have.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "transactions": (
        ("customer", "date"),
        (),
        ("amount", "order", "quantity", "unit_price", "cancelled", "type", "currency", "clock"),
    ),
    "stages": (("customer", "stage"), ("stage", "from_stage"), ("date", "from_stage")),
    "deals": (
        ("lead", "created|won"),
        ("lead", "created", "won", "lost"),
        ("created", "won", "lost", "status", "amount", "source"),
    ),
    "referrals": (("customer", "referrer"), ("referrer", "referred"), ("date",)),
    "survey": (("score",), ("score",), ("customer", "date")),
    "contacts": (("campaign", "customer|outcome"), ("campaign", "outcome"), ("customer", "date", "outcome", "amount", "group")),
    "subscriptions": (("customer", "start"), ("start", "end", "plan"), ("end", "plan", "amount", "reason", "currency")),
}
# Other roles that a column may have where a kind needs one: a subscription's customer is a customer, a deal's lead one, too.
STAND_INS = {"lead": ("customer",), "customer": ("referred", "lead"), "created": ("date", "start"), "date": ("created", "won"), "start": ("created",),
             "stage": ("status",), "campaign": ("group",), "cancelled": ("status",), "lost": ("end",)}  # fmt: skip
_DATES = frozenset(["date", "created", "won", "lost", "start", "end"])
_AMOUNTS = frozenset(["amount", "quantity", "unit_price"])
FIRST_ROWS = 60  # by which a table is known
_TITLES = 20  # rows that may stand above the names of columns
_MARKS = re.compile(r"[\W_]+")
_UNITS = re.compile(r"(?i)[\s_]+(dkk|nok|sek|eur|usd|gbp|kr|euro|kroner|pounds?|dollars?)\.?$")
_SPOKEN = re.compile(r"(?i)dato\b|beløb|beløp|kunde|omsætning|omsetning|medlem|[æøå]")
_CAMEL = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")


@dataclass(frozen=True)
class Asked:
    """What the user says of a source, in place of finding it out."""

    kind: str | None = None
    columns: Mapping[str, str | int] = field(default_factory=dict)
    dates: str | None = None
    decimal: str | None = None
    header: bool | None = None
    sheet: str | None = None
    query: str | None = None
    until: Any = None
    currency: str | None = None
    duplicates: str | None = None


@dataclass(frozen=True)
class Columns:
    """What kind of data a table holds, and where."""

    kind: str
    places: dict[str, int]
    names: tuple[str, ...]
    """Above each column; its number where nothing stands there."""
    header: int
    """Which row holds the names, from 0; -1 where none does."""
    nordic: bool
    guessed: bool = False
    """Whether columns were told apart by what is in them."""
    beside: tuple[tuple[str, str, str], ...] = ()
    """(role, column taken, column that might have been)."""


@cache
def words() -> tuple[dict[str, list[tuple[str, int]]], frozenset[str]]:
    """Word → roles with its place among the words of each; and the words that only Danish and Norwegian have."""
    data = words_in("column_words.toml")
    data = {language: data[language] for language in ("en", "nordic")}
    found: dict[str, list[tuple[str, int]]] = {}
    for roles in data.values():
        for role, said in roles.items():
            for rank, word in enumerate(said.split()):
                for form in {_bare(word), _bare(_ascii(word))}:
                    if all(known != role for known, _ in found.setdefault(form, [])):
                        found[form].append((role, rank))
    english = {_bare(word) for said in data["en"].values() for word in said.split()}
    nordic = {form for said in data["nordic"].values() for word in said.split() for form in (_bare(word), _bare(_ascii(word)))}
    return found, frozenset(nordic - english)


def _ascii(word: str) -> str:
    """A word as it is written where there is no æ, ø or å."""
    return word.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


def _bare(name: str) -> str:
    """A column's name as it is compared: one Unicode form, small letters, no signs."""
    return _MARKS.sub("", unicodedata.normalize("NFC", name).casefold())


def bare_forms(name: str) -> list[str]:
    """Ways in which a column's name may be a known word: as it stands, without its unit or what is in brackets.

    >>> bare_forms("Beløb (DKK)"), bare_forms("amount_gbp"), bare_forms("InvoiceDate")
    (['beløbdkk', 'beløb'], ['amountgbp', 'amount'], ['invoicedate'])
    """
    plain = name.strip().strip("#*:'\"")
    short_name = _UNITS.sub("", re.sub(r"[(\[].*?[)\]]", "", _CAMEL.sub("_", plain)).strip())
    return list(dict.fromkeys(form for form in (_bare(plain), _bare(short_name)) if form))


def roles_of(name: str) -> list[tuple[str, int]]:
    """Roles that a column's name may stand for, each with how far down the list of its words it is."""
    known, _ = words()
    for form in bare_forms(name):
        if form in known:
            return known[form]
    return _roles_by_parts(name)


def _roles_by_parts(name: str) -> list[tuple[str, int]]:
    """Roles that words in a longer name tell, such as "Dato for køb" or "txn_date"; known names come before them.

    >>> _roles_by_parts("Dato for køb"), _roles_by_parts("samlet_beløb"), _roles_by_parts("Date of birth"), _roles_by_parts("customer type")
    ([('date', 500)], [('amount', 500)], [], [])
    """
    data = words_in("column_words.toml")
    parts = set(_MARKS.sub(" ", _CAMEL.sub(" ", unicodedata.normalize("NFC", name))).casefold().split())
    with_tax = bool(parts & {"inkl", "incl", "ekskl", "eksl", "excl", "ex", "eks", "net", "netto", "gross", "brutto"})
    found = []
    for role, said in data["parts"].items():
        known, against = set(said.split()), set(data["not"][role].split())
        ending = any(part.endswith(word) for part in parts for word in known if len(word) > 3)
        if (parts & known or ending) and (not parts & against or (role == "amount" and with_tax)):
            found.append((role, 500))
    return found if len(found) == 1 else []


def columns_of(file: str, rows: Sequence[Sequence[str]], asked: Asked, named: bool = False) -> Columns:
    """The columns of a table whose first rows these are. Raises DataError where they cannot be told.

    `named`: the first row has names for sure, as in a database. Elsewhere it may hold a customer, and what of it is no known name of a column
    is told by its number.
    """
    header, names = _header(file, rows, asked)
    told = names if named else _told(names, asked)
    below = [list(row) for row in rows[header + 1 :] if any(row)]
    roles = [_fitting(roles_of(name), _cells(below, at)) for at, name in enumerate(names)]
    _, nordic_words = words()
    nordic = any(form in nordic_words for name in names for form in bare_forms(name)) or any(map(_SPOKEN.search, names))
    forced = _forced(file, names, told, asked)
    if header < 0 and not forced:
        return _by_content(file, rows, asked, names)
    if "id" in {role for own in roles for role, _ in own}:
        roles = [_as_customer(own, _cells(below, at), asked) for at, own in enumerate(roles)]
    unlike = next(
        (at for at, name in enumerate(names) if _called_date(name) and not any(role in _DATES for role, _ in roles[at])), None
    )
    try:
        kind, places, beside = _kind(file, names, told, roles, forced, asked)
    except DataError:
        if unlike is not None and _cells(below, unlike) and not any(role in _DATES for own in roles for role, _ in own):
            example = _cells(below, unlike)[0]
            raise DataError(
                f"{file}: column {told[unlike]!r}: found {short(repr(example))}, must be dates such as 2024-01-31"
            ) from None
        raise
    _refuse_status(file, names, told, places, [_cells(below, at) for at in range(len(names))], asked)
    places |= _parts_of_date(places, [roles_of(name) for name in names], [_cells(below, at) for at in range(len(names))], asked)
    return Columns(kind, places, tuple(told), header, nordic, False, tuple(beside))


def _told(names: Sequence[str], asked: Asked) -> list[str]:
    """Names of columns as messages have them: all where enough of them are known, else the known ones, and the others' numbers.

    >>> _told(["Kundenr", "Dato", "Farve"], Asked()), _told(["Anna Berg", "Oslo", "Dato"], Asked()), _told(["Wer", "Wann"], Asked())
    (['Kundenr', 'Dato', 'Farve'], ['1', '2', 'Dato'], ['1', '2'])
    """
    typed = {str(name).casefold() for name in asked.columns.values()}
    known = [bool(roles_of(name)) or name.casefold() in typed for name in names]
    if sum(known) >= 2 or 2 * sum(known) >= len(names) > 0 or column_names.known(names) is not None:
        return list(names)
    return [name if is_known else str(place) for place, (name, is_known) in enumerate(zip(names, known, strict=True), start=1)]


def _called_date(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    return any(role in _DATES for role, _ in roles_of(name)) and re.search(r"(?i)dat[eo]|time|tidspunkt", name) is not None


def _cells(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    """What stands in a column, without empty cells."""
    return [row[at].strip() for row in rows if at < len(row) and row[at].strip()]


def _fitting(roles: Sequence[tuple[str, int]], cells: Sequence[str]) -> list[tuple[str, int]]:
    """The roles of a column that what is in it does not speak against: a column "month" of 1, 2, 3 is no date."""
    if not cells:
        return list(roles)
    dated = sum(bool(readings(text)) or text in cell_words("no_day") for text in map(day_text, cells))
    summed = sum(map(like_amount, cells))
    wrong = (_DATES if dated < 0.5 * len(cells) else frozenset()) | (_AMOUNTS if summed < 0.5 * len(cells) else frozenset())
    return [one for one in roles if one[0] not in wrong]


def _as_customer(roles: Sequence[tuple[str, int]], cells: Sequence[str], asked: Asked) -> list[tuple[str, int]]:
    """A column "id" is one of customers where ids come again; else it may number the rows, and is no customer of an order."""
    again = len(set(cells)) < len(cells)
    return [*roles, ("customer", 999)] if again and any(role == "id" for role, _ in roles) else list(roles)


def _refuse_status(
    file: str, names: Sequence[str], told: Sequence[str], places: Mapping[str, int], cells: Sequence[Sequence[str]], asked: Asked
) -> None:
    """Raise DataError where customers have a day and a status, and nothing that an order has: that may be a snapshot of rungs."""
    at = places.get("cancelled")
    if at is None or asked.kind or "date" not in places or {"amount", "order", "quantity"} & places.keys():
        return
    if "status" in {role for role, _ in roles_of(names[at])} and not {cell.casefold() for cell in cells[at]} & set(
        cell_words("cancelled")
    ):
        raise DataError(
            f"{file}: found columns {short(', '.join(told))}, may be transactions or stages: say which (--kind transactions)"
        )


def _parts_of_date(
    places: Mapping[str, int], roles: Sequence[Sequence[tuple[str, int]]], cells: Sequence[Sequence[str]], asked: Asked
) -> dict[str, int]:
    """The columns of month and day where the date's column has years only."""
    if "date" not in places or "date" in asked.columns or not all(re.fullmatch(r"\d{4}", cell) for cell in cells[places["date"]]):
        return {}
    found = {}
    for role, most in (("month", 12), ("day_of_month", 31)):
        at = next((at for at, own in enumerate(roles) if role in {name for name, _ in own} and at not in places.values()), None)
        if at is None or not all(
            (cell.isdigit() and 1 <= int(cell) <= most) or (role == "month" and cell.casefold() in months()) for cell in cells[at]
        ):
            break
        found[role] = at
    return found


def _header(file: str, rows: Sequence[Sequence[str]], asked: Asked) -> tuple[int, list[str]]:
    """The row with names, and the names; −1 and numbers where there is none."""
    width = max(map(len, rows), default=0)
    if not width or not any(any(row) for row in rows):
        raise DataError(f"{file}: found no rows, must have a line of column names and a line for each row of data")
    numbers = [str(place) for place in range(1, width + 1)]
    if asked.header is False:
        return -1, numbers
    best, found = (0, -1), (0, [cell.strip() for cell in rows[0]])
    for at, row in enumerate(rows[:_TITLES]):
        forms = [[cell.strip() for cell in row]]
        if at and any(map(roles_of, forms[0])) and not _are_names(rows[at - 1], row):
            forms.append(_with_above(rows[at - 1], row))
        for form, cells in enumerate(forms):
            merged = form if sum(map(bool, rows[at - 1])) > 1 else -form
            score = sum(bool(roles_of(cell)) for cell in cells), merged
            if score[0] and score > best and not any(like_date(cell) or like_amount(cell) for cell in row):
                best, found = score, (at, cells)
    first = rows[0]
    if best[0] == 0 and asked.header is None and any(like_date(cell) or like_amount(cell) for cell in first):
        return -1, numbers
    at, cells = found
    cells = [*cells, *[""] * (width - len(cells))]
    if best[0] == 1 and asked.header is None and not asked.columns and sum(map(bool, cells)) < 2 < width:
        return -1, numbers
    return at, [cell or number for cell, number in zip(cells, numbers, strict=True)]


def _are_names(above: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row above another one holds names of columns by itself: each cell is one, and the other row has what is none.

    A rung may be called as a column is, such as "Customer".
    """
    cells = [cell.strip() for cell in above]
    return len({*cells}) == len(cells) > 1 and all(map(roles_of, cells)) and not all(roles_of(cell.strip()) for cell in row)


def _with_above(above: Sequence[str], row: Sequence[str]) -> list[str]:
    """Names under a merged cell: those of the row above carried to the right, before the row's own."""
    carried, cells = "", []
    for place, cell in enumerate(row):
        carried = (above[place].strip() if place < len(above) else "") or carried
        cells.append(
            f"{carried} {cell.strip()}".strip() if cell.strip() or (place < len(above) and above[place].strip()) else cell
        )
    return cells


def _forced(file: str, names: Sequence[str], told: Sequence[str], asked: Asked) -> dict[str, int]:
    """Places of the columns that the user names, or numbers from 1."""
    known = {role for needs, tells, may in KINDS.values() for role in (*"|".join(needs).split("|"), *tells, *may)}
    found = {}
    for role, wanted in asked.columns.items():
        if role not in known:
            near = nearest(role, known)
            hint = f" (did you mean {near!r}?)" if near else ""
            raise DataError(f"column {role}: found no such role, must be one of {', '.join(sorted(known))}{hint}")
        at = column_names.exact(names, str(wanted)) or (
            [int(wanted) - 1] if str(wanted).isdecimal() and len(str(wanted)) < 6 else []
        )
        if len(at) != 1 or not 0 <= at[0] < len(names):
            near = nearest(str(wanted), told)
            hint = f" (did you mean {near!r}?)" if near else ""
            said = "no column" if len(at) != 1 or at[0] >= 0 else "no column number"
            raise DataError(
                f"{file}: column {role}: found {said} {str(wanted)!r}, the columns are {short(', '.join(told))}{hint}"
            )
        found[role] = at[0]
    return found


def _kind(
    file: str,
    names: Sequence[str],
    told: Sequence[str],
    roles: Sequence[Sequence[tuple[str, int]]],
    forced: dict[str, int],
    asked: Asked,
) -> tuple[str, dict[str, int], list[tuple[str, str, str]]]:
    """The kind that explains the columns best, with their places."""
    wanted = [asked.kind] if asked.kind else list(KINDS)
    fits = []
    for kind in wanted:
        needs, tells, may = KINDS[kind]
        places, beside = dict(forced), []
        for role in (*"|".join(needs).split("|"), *may):
            at, other = _place(roles, role, places, kind)
            if role not in places and at is not None:
                places[role] = at
                if other is not None:
                    beside.append((role, told[at], told[other]))
        if all(any(one in places for one in need.split("|")) for need in needs):
            tell = sum(any(own == role for own, _ in roles[places[role]]) or role in forced for role in tells if role in places)
            if tell or not tells or asked.kind:
                fits.append((tell, len(places), kind, places, beside))
    if not fits:
        raise _no_kind(file, names, told, asked)
    best = max(fit[:2] for fit in fits)
    first = [fit for fit in fits if fit[:2] == best]
    if len(first) > 1:
        kinds = " or ".join(fit[2] for fit in first)
        raise DataError(f"{file}: found columns {short(', '.join(told))}, may be {kinds}: say which (--kind {first[0][2]})")
    _, _, kind, places, beside = first[0]
    again = next((f"two columns {one!r}" for role, one, other in beside if bare_forms(one) == bare_forms(other)), "")
    if again:
        raise DataError(f"{file}: found {again}, must be plain which: name it by its number, such as --column {beside[0][0]}=1")
    mine = {role: at for role, at in places.items() if role in _roles_of_kind(kind)}
    return kind, mine, beside


def _roles_of_kind(kind: str) -> set[str]:
    needs, _, may = KINDS[kind]
    return {*"|".join(needs).split("|"), *may}


def _place(
    roles: Sequence[Sequence[tuple[str, int]]], role: str, taken: Mapping[str, int], kind: str
) -> tuple[int | None, int | None]:
    """The free column that fits a role best, and the next one."""
    one = ("id",) if role in ("customer", "lead") and kind not in ("transactions", "contacts") else ()
    for wanted in (role, *STAND_INS.get(role, ()), *one):
        found = sorted(
            (rank, at) for at, own in enumerate(roles) for name, rank in own if name == wanted and at not in taken.values()
        )
        if found:
            return found[0][1], found[1][1] if len(found) > 1 else None
    return None, None


def _no_kind(file: str, names: Sequence[str], told: Sequence[str], asked: Asked) -> DataError:
    """The error of a table without the columns that any kind needs."""
    found = f"{file}: found columns {short(', '.join(told))}"
    if asked.kind:
        needs = " and ".join(need.replace("|", " or ") for need in KINDS[asked.kind][0])
        return DataError(
            f"{found}, must have {needs} for {asked.kind}: name them (--column {KINDS[asked.kind][0][0].split('|')[0]}=…)"
        )
    if column_names.known(names) is not None:
        return DataError(f"{found}: ties between people, no data on customers (a scenario's layer takes them as its graph)")
    return DataError(
        f"{found}, must have a customer and a date at least (or a score, a campaign, a referrer): name them "
        "(--column customer=… --column date=…)"
    )


def _by_content(file: str, rows: Sequence[Sequence[str]], asked: Asked, names: Sequence[str]) -> Columns:
    """The columns of a table without names, where only one of them is a date, at most one an amount, and one is left."""
    full = [row for row in rows if any(row)]
    width = len(names)
    dates = [at for at in range(width) if all(like_date(row[at]) for row in full if at < len(row))]
    sums = [at for at in range(width) if at not in dates and _decimals(full, at)]
    left = [at for at in range(width) if at not in (*dates, *sums)]
    if len(dates) == 1 and len(sums) <= 1 and len(left) == 1 and asked.kind in (None, "transactions"):
        places = {"customer": left[0], "date": dates[0]} | ({"amount": sums[0]} if sums else {})
        return Columns("transactions", places, tuple(names), -1, False, True)
    raise DataError(
        f"{file}: found no line of column names, and {width} columns of which more than one may be the customer: name them by number, "
        "such as --column customer=1 --column date=2 --column amount=3"
    )


def _decimals(rows: Sequence[Sequence[str]], at: int) -> bool:
    cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
    return bool(cells) and all(map(like_amount, cells)) and any(re.search(r"[.,]\d{1,2}\D*$", cell) for cell in cells)
