"""A scenario file in another currency: every amount turned at the library's rate, comments and layout kept.

In: the text of a file, a currency. Out: the same text with that currency, each amount times the rate, rounded plainly: four digits where
the product has no more, else three. What is an amount, the schema says (`Amount`), and `MONEY` for numbers that are amounts by what they
are compared with; points for each unit paid go the other way. Between currencies of about the same rate nothing but the code changes.

To add a currency: a line in `PER_EURO`.

>>> print(in_currency('currency = "EUR"\\nbasket = { mean = 35.5 }  # an order', "DKK"))
currency = "DKK"
basket = { mean = 266 }  # an order
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ladsim.errors import Problem, ScenarioError, nearest
from ladsim.scenario.number_types import Table
from ladsim.scenario.schema_walk import Shape, fields
from ladsim.scenario.spec import Scenario

# Units of a currency for a euro, about (assumption; Denmark holds the krone at 7.46).
PER_EURO = {
    "EUR": 1.0, "DKK": 7.5, "NOK": 11.5, "SEK": 11.5, "ISK": 150.0, "GBP": 0.85, "USD": 1.1, "CHF": 0.95, "PLN": 4.3, "JPY": 160.0,
}  # fmt: skip
OF_LANGUAGE = {"en": "EUR", "da": "DKK", "nb": "NOK"}
# Numbers that are amounts though not of that kind (1), or so many for an amount (−1).
MONEY: dict[tuple[str, str], int] = {
    ("Response", "half_at"): 1,
    ("ContactResponse", "half_at"): 1,
    ("Cashback", "minimum_balance"): 1,
    ("Cashback", "max_amount"): 1,
    ("Cashback", "max_per_month"): 1,
    ("Cashback", "max_per_year"): 1,
    ("Club", "max_amount"): 1,
    ("Discount", "max_amount"): 1,
    ("Cashback", "perceived_value"): 1,
    ("Level", "perceived_value"): 1,
    ("Points", "perceived_value"): 1,
    ("Points", "per"): 1,
    ("Points", "point_value"): 1,
    ("Points", "points_per_unit"): -1,
    ("Strategy", "monthly_budget"): 1,
}
# Of a named law, what is counted in the number's own unit.
_SCALED = frozenset({"low", "high", "mean", "sd", "median", "scale", "values"})
# What may hold digits, the longest first: texts, comments, dates, names, and numbers.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|\d{4}-\d\d-\d\d|[A-Za-z_][\w-]*|(?P<number>-?\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)',
    re.DOTALL,
)
_CURRENCY = re.compile(r'^currency = "[^"]*"', re.MULTILINE)
_FIRST = 10**12  # each number of a file is marked by one of its own from here on, to find where an amount stands in the text


def known_currency(code: str, asked_by: str = "--currency") -> str:
    """The code of a currency that has a rate here, in capitals. Raises ScenarioError with all of them."""
    found = code.upper()
    if found not in PER_EURO:
        allowed = f"must be one of {', '.join(PER_EURO)}"
        raise ScenarioError([Problem(asked_by, repr(code), allowed, nearest(found, PER_EURO))])
    return found


def in_currency(text: str, code: str) -> str:
    """The text of a scenario file with all amounts in another currency. Raises ScenarioError for a currency without a rate."""
    wanted = known_currency(code)
    former = known_currency(str(tomllib.loads(text).get("currency", "EUR")), "currency")
    if wanted == former:
        return text
    rate = PER_EURO[wanted] / PER_EURO[former]
    places = [match for match in _TOKEN.finditer(text) if match["number"]]
    marked = _replaced(text, [(match.span("number"), str(_FIRST + n)) for n, match in enumerate(places)])
    changes = []
    for mark, by in _amounts(tomllib.loads(marked), Scenario):
        match = places[int(mark) - _FIRST]
        changes.append((match.span("number"), _written(plainly(float(match["number"].replace("_", "")) * rate**by))))
    turned = _replaced(text, sorted(changes))
    line = f'currency = "{wanted}"'
    return _CURRENCY.sub(line, turned, count=1) if _CURRENCY.search(turned) else f"{line}\n{turned}"


def _replaced(text: str, changes: Sequence[tuple[tuple[int, int], str]]) -> str:
    """A text with parts of it replaced, which come in their order."""
    out, done = [], 0
    for (start, end), word in changes:
        out += [text[done:start], word]
        done = end
    return "".join([*out, text[done:]])


def power(record: type[Table], key: str, shape: Shape, table: Mapping[str, Any]) -> int:
    """By which power of the rate a number is turned: 1 for an amount, −1 for what is counted for each unit of one, 0 for others."""
    if (
        record.__name__ == "ReferralReward"
        and key in ("referrer_reward", "referred_reward")
        and table.get("reward", "money") != "money"
    ):
        return 0  # points, or months
    if record.__name__ == "Points" and key == "points_per_unit" and "per" in table:
        return 0  # for each `per`, which is turned
    return MONEY.get((record.__name__, key), int(shape.kind == "amount"))


def plainly(value: float) -> float | int:
    """An amount as somebody would write it: four digits where that is all of it, else three.

    >>> plainly(5520.0), plainly(266.25), plainly(0.1333333), plainly(16560.0)
    (5520, 266, 0.133, 16560)
    """
    short = float(f"{value:.4g}")
    found = (
        short
        if abs(short - value) <= 1e-9 * abs(value) and (short >= 1000 or short == float(f"{value:.3g}"))
        else float(f"{value:.3g}")
    )
    return int(found) if found == int(found) else found


def _amounts(table: Mapping[str, Any], record: type[Table]) -> Iterator[tuple[float, int]]:
    """The amounts of a table and of all tables in it, each with the power of the rate that turns it."""
    for key, shape in fields(record).items():
        here = table.get(key)
        by = power(record, key, shape, table) if here is not None else 0
        if by:
            yield from ((one, by) for one in _parts(here))
        elif here is not None and shape.table is not None:
            below = here.values() if shape.form == "named_tables" else here if shape.form == "tables" else [here]
            for inner in below:
                yield from _amounts(inner, shape.record(inner) or shape.table)


def _parts(value: Any) -> list[float]:
    """A number as itself; of a range or a law what is counted in the number's own unit."""
    if isinstance(value, Mapping):
        return [one for key in value if key in _SCALED for one in _parts(value[key])]
    return list(value) if isinstance(value, list) else [value]


def _written(number: float | int) -> str:
    """A number as these files write it: thousands with an underscore."""
    return f"{number:_}" if number >= 1_000 else f"{number:g}"
