"""The programmes whose ledgers are compared, a line each: as a scenario file says them, and what can happen to a member.

A kind of event is a wait (0, a month, one expiry), then an order: of three amounts (just below, at and above a threshold), of which
nothing, half or all is kept (or of nine amounts, all kept); at one more order no reward is taken. So there are 3 · (9 + 1) = 30. What comes by itself
(expiry, statements, reviews) comes in the waits. To add a programme: a line in ``CASES``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.ledger import fold

UNIT = 100_000  # amount units in one of the currency
KINDS = 30
AMOUNTS = 3
# Columns of a kind of event.
WAIT, PAID, SEEN, HALVES, TAKES, OF_KIND = range(6)

Terms = Mapping[str, Any]


def whole(number: Fraction) -> int:
    """A number that is whole already."""
    assert Fraction(number).denominator == 1, number
    return int(number)


def exact(number: Any) -> Fraction:
    """A number as the file writes it, and not as binary fractions have it."""
    return Fraction(str(number))


def yearly(day: str, start: datetime.date, years: int) -> list[int]:
    """A day of so many years after a start, each at the tick nearest to it."""
    month, date = map(int, day.split("-"))
    ticks = [
        round(Fraction((datetime.date(start.year + year, month, date) - start).days * 30) / Fraction("30.4375"))
        for year in range(years + 1)
    ]
    return [tick * (fold.MONTH // 30) for tick in ticks if tick > 0][:years]


@dataclass(frozen=True)
class Case:
    """A programme with points, perhaps beside one with levels, and what happens to its member."""

    points: Terms
    amounts: tuple[int, ...]  # VAT included, as the customer sees them: three, or nine of which all is kept
    longest: int = 1  # months of the longest wait
    begin: int = 2 * fold.MONTH  # when the member joins: at a month start, or just behind one
    tiers: Terms | None = None
    tiers_first: bool = False  # in the file
    start: datetime.date | None = None
    vat: Fraction = Fraction(0)

    @property
    def kinds(self) -> NDArray[np.int64]:
        """(30, 5) kinds of event."""
        found = []
        for wait in (0, 1, self.longest):
            shares = (2, 1, 0) if len(self.amounts) == AMOUNTS else (2,)
            orders = [(amount, halves, 1) for amount in self.amounts for halves in shares]
            for amount, halves, takes in [*orders, (self.amounts[len(self.amounts) // 2], 2, 0)]:
                seen = amount * UNIT
                found.append((wait * fold.MONTH, whole(seen / (1 + self.vat)), seen, halves, takes))
        return np.array(found, np.int64)

    @property
    def years(self) -> NDArray[np.int64]:
        """When everything expires each year."""
        day = self.points.get("each_year_on")
        dates = yearly(day, self.start, 8) if day is not None and self.start is not None else []
        return np.array(dates, np.int64)

    @property
    def scenario(self) -> dict[str, Any]:
        """A scenario with these programmes, which nobody joins by itself, and some rows for a member's state event by event."""
        nobody = {"joins": {"on_rungs": "gone", "probability": 1.0}}
        programs = [{"kind": "points", **self.points, **nobody}]
        if self.tiers is not None:
            programs.insert(0 if self.tiers_first else 1, {"kind": "tiers", **self.tiers, **nobody})
        return {
            "schema": 1, "name": "ledger", "months": 10 + 5 * self.longest, "market_size": 8, "programs": programs,
            "rungs": [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}, {"name": "gone", "off_ladder": True}],
            "amounts_include_vat": float(self.vat), **({"start_date": self.start} if self.start else {}),
        }  # fmt: skip


CARD = {"reward_at": 100.0, "reward_cost": 7.0, "points_per_unit": 0.5}
STAMPS = {"reward_at": 2.0, "reward_cost": 7.0, "points_per_order": 1.0}
PAYING = {"points_per_unit": 1.0, "point_value": 0.1, "min_points": 200.0}
SILVER = {"levels": [{"name": "basic", "orders": 0}, {"name": "silver", "orders": 2, "factors": {"points": 1.5}}]}
GOLD = {"levels": [{"name": "basic", "spend": 0}, {"name": "gold", "spend": 400, "factors": {"points": 3}}]}
HUNDREDS = (1, 99, 100, 101, 199, 200, 201, 399, 400)
JUST_BEHIND = 2 * fold.MONTH + 1
MARCH = datetime.date(2027, 3, 31)
NEW_YEAR = datetime.date(2027, 1, 1)

CASES: dict[str, Case] = {
    "kept for ever": Case(CARD, (199, 200, 201)),
    "kept three months": Case(CARD | {"expires_after_months": 3}, (199, 200, 201), 3),
    "kept three months, just behind a month start": Case(CARD | {"expires_after_months": 3}, (99, 100, 201), 3, JUST_BEHIND),
    "kept a month, points given on joining": Case(CARD | {"expires_after_months": 1, "endowed_points": 50}, (99, 100, 101), 2),
    "told of them every two months": Case(
        CARD | {"expires_after_months": 2, "statement_every_months": 2, "statement_cost": 0.3}, (199, 200, 201), 2
    ),
    "thirds of a point": Case(CARD | {"points_per_unit": 0.333, "reward_at": 33.3}, (99, 100, 101), 3),
    "VAT": Case(CARD | {"expires_after_months": 2}, (249, 250, 251), 2, vat=Fraction("0.25")),
    "levels by spend": Case(CARD, (199, 200, 201), 12, JUST_BEHIND, GOLD),
    "whole points": Case(CARD | {"points_per_unit": 0.335, "whole_points": True, "reward_at": 67.0}, (99, 200, 201), 3),
    "a point per 900": Case({"reward_at": 3.0, "reward_cost": 7.0, "points_per_unit": 1, "per": 900}, (1799, 1800, 1801), 3),
    "each year on 31 March": Case(
        CARD | {"each_year_on": "03-31"}, (99, 100, 201), 12, yearly("03-31", NEW_YEAR, 1)[0] - fold.MONTH, start=NEW_YEAR
    ),
    "each year on the day of the start": Case(
        CARD | {"each_year_on": "03-31", "endowed_points": 50}, (99, 100, 201), 12, yearly("03-31", MARCH, 1)[0] - 12 * fold.MONTH,
        start=MARCH,
    ),
    "stamps": Case(STAMPS | {"expires_after_months": 3}, (10, 20, 30, 40, 50, 60, 70, 80, 90), 3),
    "levels by orders": Case(CARD | {"expires_after_months": 12}, HUNDREDS, 12, tiers=SILVER),
    "levels first in the file": Case(CARD, HUNDREDS, 12, tiers=GOLD, tiers_first=True),
    "the new level counts": Case(CARD, HUNDREDS, 12, tiers=GOLD | {"at_new_level": True}),
    "whole points of levels": Case(
        CARD | {"points_per_unit": 1, "per": 40, "whole_points": True, "reward_at": 9},
        (1, 39, 40, 41, 79, 119, 120, 121, 401), 12, tiers=SILVER,
    ),
    "orders of at least 100": Case(CARD | {"min_order": 100, "expires_after_months": 2}, HUNDREDS, 2),
    "orders of at least 125, VAT": Case(
        CARD | {"min_order": 125}, (1, 99, 100, 101, 124, 125, 126, 249, 250), 2, vat=Fraction("0.25")
    ),
    "silence of three months": Case(CARD | {"inactive_months": 3}, HUNDREDS, 3),
    "silence and statements": Case(CARD | {"inactive_months": 2, "statement_every_months": 1}, HUNDREDS, 2, JUST_BEHIND),
    "money off": Case(PAYING, HUNDREDS, 3),
    "money off, at most half": Case(
        PAYING | {"points_per_unit": 0.5, "point_value": 1, "min_points": 50, "max_share_of_order": 0.5, "expires_after_months": 3},
        HUNDREDS, 3,
    ),
    "money off, VAT": Case(
        PAYING | {"max_share_of_order": 0.3, "min_points": 0, "inactive_months": 3},
        (1, 2, 3, 33, 99, 249, 250, 251, 2500), 3, vat=Fraction("0.25"),
    ),
    "money off, whole points of levels": Case(
        PAYING | {"whole_points": True, "points_per_unit": 0.335, "min_points": 67}, HUNDREDS, 12, tiers=GOLD
    ),
    "stamps, sent back": Case(STAMPS | {"expires_after_months": 3}, (10, 20, 30), 3),
    "levels by orders, sent back": Case(CARD | {"expires_after_months": 12}, (199, 200, 201), 12, tiers=SILVER),
    "levels first in the file, sent back": Case(CARD, (199, 200, 400), 12, tiers=GOLD, tiers_first=True),
    "the new level counts, sent back": Case(CARD, (199, 200, 400), 12, tiers=GOLD | {"at_new_level": True}),
    "orders of at least 125, VAT, sent back": Case(CARD | {"min_order": 125}, (124, 125, 126), 2, vat=Fraction("0.25")),
    "silence of three months, sent back": Case(CARD | {"inactive_months": 3}, (99, 100, 201), 3),
    "money off, sent back": Case(PAYING, (199, 200, 201), 3),
    "money off, at most half, sent back": Case(
        PAYING | {"points_per_unit": 0.5, "point_value": 1, "min_points": 50, "max_share_of_order": 0.5, "expires_after_months": 3},
        (99, 100, 101), 3,
    ),
    "money off, VAT, sent back": Case(
        PAYING | {"max_share_of_order": 0.3, "min_points": 0, "inactive_months": 3}, (249, 250, 251), 3, vat=Fraction("0.25")
    ),
    "money off a whole order, orders of at least 100": Case(
        PAYING | {"point_value": 3, "min_points": 1, "min_order": 100, "statement_every_months": 2}, HUNDREDS, 2
    ),
}  # fmt: skip


def terms_of(points: Terms, tiers: Terms | None = None, vat: Fraction = Fraction(0), unit: int = UNIT) -> NDArray[np.int64]:
    """What a programme says as the fold reads it."""

    def said(key: str) -> Fraction:
        return exact(points.get(key) or 0)

    levels = tiers["levels"] if tiers is not None else ()
    terms = np.zeros(fold.LEVEL_TERMS + fold.OF_LEVEL * len(levels), np.int64)
    terms[fold.AN_ORDER], terms[fold.ENDOWED] = whole(1000 * said("points_per_order")), whole(1000 * said("endowed_points"))
    terms[fold.PRICE], terms[fold.COST] = whole(1000 * said("reward_at")), whole(unit * said("reward_cost"))
    terms[fold.EXPIRES] = whole(said("expires_after_months"))
    terms[fold.STATEMENT_EVERY] = round(fold.MONTH * said("statement_every_months"))
    terms[fold.STATEMENT_COST] = whole(unit * said("statement_cost"))
    terms[fold.RATE_OF : fold.RATE_IN + 1] = (1000 * said("points_per_unit") / unit / (said("per") or 1)).as_integer_ratio()
    terms[fold.INACTIVE], terms[fold.WHOLE] = round(fold.MONTH * said("inactive_months")), bool(points.get("whole_points"))
    terms[fold.MIN_ORDER] = whole(unit * said("min_order"))
    terms[fold.VALUE_OF : fold.VALUE_IN + 1] = (unit * said("point_value")).as_integer_ratio()
    terms[fold.MOST_OF : fold.MOST_IN + 1] = exact(points.get("max_share_of_order", 1)).as_integer_ratio()
    terms[fold.MIN_POINTS] = whole(said("min_points"))
    terms[fold.VAT_OF : fold.VAT_IN + 1] = (1 / (1 + vat)).as_integer_ratio()
    terms[fold.LEVELS], terms[fold.BY_ORDERS] = len(levels), any("orders" in level for level in levels)
    terms[fold.NEW_LEVEL] = tiers is not None and bool(tiers.get("at_new_level"))
    for place, level in enumerate(levels):
        threshold = level["orders"] if "orders" in level else unit * exact(level["spend"])
        factor = exact(level.get("factors", {}).get("points", 1))
        first = fold.LEVEL_TERMS + fold.OF_LEVEL * place
        terms[first : first + fold.OF_LEVEL] = (whole(threshold), *factor.as_integer_ratio())
    return terms
