"""The logs of generated programmes with points, folded once more: each order's points, each reward, each expiry, customer by customer.

In: a scenario with programmes and a seed, both engines' logs of it. The log says who joined when, what was paid, which level there was
and whether a reward was taken; the fold (``fold.py``) says what must have been earned, redeemed and expired, and when. What is paid stands in
the log rounded to amount units, and points are reckoned from what is not rounded: where that is between two numbers, either may be.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import (
    E_BOOK,
    E_EARN,
    E_EXPIRE,
    E_LEVEL,
    E_MOVE,
    E_ORDER,
    E_REDEEM,
    M_EXPIRED,
    M_ISSUED,
    M_REDEEMED,
    M_REWARDS,
    PROGRAM_CAUSES,
)
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.load import validated
from tests.ledger import fold
from tests.ledger.cases import exact, terms_of, yearly
from tests.program_strategies import points, tiers

ROOM = 400  # lots of one customer at a time
COLUMN_OF = {E_EARN: fold.ISSUED, E_REDEEM: fold.REDEEMED, E_EXPIRE: fold.EXPIRED}
COUNTED = {fold.ISSUED: M_ISSUED, fold.REDEEMED: M_REDEEMED, fold.EXPIRED: M_EXPIRED, fold.REWARDS: M_REWARDS}
RUNGS = [
    {"name": "lead", "share": 0.3},
    {"name": "customer", "share": 0.7, "orders_per_month": 2.0},
    {"name": "lapsed", "off_ladder": True},
]
STEPS = [
    {"from": "lead", "to": "customer", "monthly": 0.3, "is_order": True},
    {"from": "customer", "to": "lapsed", "trigger": "order", "probability": 0.1},
    {"from": "lapsed", "to": "customer", "monthly": 0.2},
]


# Forms beside those that every generated programme may have, whose thresholds the baskets below meet exactly.
TILLS = [{}, {}, {"whole_points": True}, {"per": 3.0, "whole_points": True}, {"min_order": 9.0}, {"min_order": 10.0, "per": 0.7}]
ENDS = [{}, {}, {"inactive_months": 1.0}, {"inactive_months": 2.5}, {"each_year_on": "02-01"}, {"expires_after_months": 2}]
OF_ENDS = ("expires_after_months", "inactive_months", "each_year_on")


@st.composite
def shops(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A programme with points as shops do them: whole points, least orders, one of the ways to expire, rewards or money off."""
    program: dict[str, Any] = draw(points(names)) | draw(st.sampled_from(TILLS))
    if end := draw(st.sampled_from(ENDS)):
        program = {key: value for key, value in program.items() if key not in OF_ENDS} | end
    return program


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A small market with programmes: one or two with points, perhaps levels and a discount beside them."""
    names = ["lead", "customer"]
    programs = draw(st.lists(shops(names), min_size=1, max_size=2))
    programs += [levels | {"at_new_level": draw(st.booleans())} for levels in draw(st.lists(tiers(names), max_size=1))]
    if draw(st.booleans()):
        programs.append({"kind": "discount", "discount_share": 0.15, "to": ["customer"]})
    programs = draw(st.permutations(programs))
    basket = draw(
        st.sampled_from([
            {"law": "constant", "mean": 10.0},
            {"law": "constant", "mean": 33.33},
            {"law": "lognormal", "mean": 12.0, "spread": 0.8},
            {"law": "gamma", "mean": 8.0, "shape": 0.7},
        ])
    )  # fmt: skip
    return {
        "schema": 1, "name": "logs", "months": draw(st.sampled_from([5.5, 14.0, 26.0])), "market_size": 12, "rungs": RUNGS,
        "steps": STEPS, "basket": basket, "amounts_include_vat": draw(st.sampled_from([0.0, 0.25])), "programs": list(programs),
        "start": {"orders": 1}, "start_date": datetime.date(2027, draw(st.sampled_from([1, 3])), 1),
    }  # fmt: skip


@dataclass
class Member:
    """A customer's ledger in one programme."""

    terms: NDArray[np.int64]
    told: NDArray[np.int64]
    years: NDArray[np.int64]
    always_takes: int
    state: NDArray[np.int64] = field(default_factory=lambda: np.zeros(fold.FIRST + 4 * ROOM, np.int64))
    has_joined: bool = False

    def columns(self) -> NDArray[np.int64]:
        """What the books have been told so far, all months together."""
        found: NDArray[np.int64] = self.told.sum(axis=0)
        return found


@dataclass(frozen=True)
class Step:
    """Rows of one customer's log that belong together: an order, or what happens without one at an instant."""

    time: int
    is_order: bool
    rows: list[Any]


def steps(life: NDArray[Any]) -> Iterator[Step]:
    """A customer's log in steps."""
    for time, rows in groupby(life, key=lambda row: int(row["time"])):
        step: list[Any] = []
        is_order = False
        for row in rows:
            if row["event"] in (E_ORDER, E_LEVEL, E_MOVE) and step and not (is_order and row["event"] == E_LEVEL):
                yield Step(time, is_order, step)
                step, is_order = [], False
            is_order = is_order or row["event"] == E_ORDER
            step.append(row)
        yield Step(time, is_order, step)


def between(paid: int, slack: int) -> tuple[int, int]:
    """What may have been paid, by so much rounding, at least and at most."""
    return max(paid - slack, 0), paid + slack


def where(time: int, rows: Any) -> str:
    """Of whom something is said, and when."""
    return f"customer {int(rows[0]['customer'])}, month {time / fold.MONTH:.6f}"


def said(step: Step, place: int) -> NDArray[np.int64]:
    """What the log says of points of a programme in a step, by the fold's columns."""
    found = np.zeros(fold.COLUMNS, np.int64)
    for row in step.rows:
        if row["event"] in COLUMN_OF and row["cause"] == place:
            found[COLUMN_OF[row["event"]]] += row["amount"]
    return found


class Fold:
    """A history's programmes, folded."""

    def __init__(self, data: dict[str, Any], history: History) -> None:
        self.data, self.programs, self.history = data, data["programs"], history
        self.point = history.unit // 1000  # what a thousandth of a point is in the log
        self.horizon = round(data["months"] * fold.MONTH)
        self.places = [place for place, program in enumerate(self.programs) if program["kind"] == "points"]
        self.months = history.members.shape[0]
        self.told = {place: np.zeros((self.months, fold.COLUMNS), np.int64) for place in self.places}
        vat = exact(data["amounts_include_vat"])
        self.terms = {place: terms_of(self.programs[place], vat=vat) for place in self.places}
        start = data.get("start_date")
        days = {place: self.programs[place].get("each_year_on") for place in self.places}
        self.years = {place: np.array(yearly(day, start, 4) if day else [], np.int64) for place, day in days.items()}
        names = list(item_names("programs", validated(data).programs))
        self.discounts = [history.causes.index(f"{name}:{PROGRAM_CAUSES[1]}") for name in names]
        self.events = 0

    def all(self) -> int:
        """Fold every customer; how many earnings, redemptions and expiries there were. Raises AssertionError where one differs."""
        log = self.history.log
        assert log is not None
        for customer in np.unique(log["customer"]):
            for place in self.places:
                self.life(log[log["customer"] == customer], place)
        for place in self.places:
            assert self.owed(place) == self.terms_owed(place)
            for column, what in COUNTED.items():
                assert (self.told[place][:, column] == self.history.members[:, place, what]).all(), (place, column)
        return self.events

    def owed(self, place: int) -> float:
        """What a point is worth that is still there, as reports reckon what is owed."""
        return validated(self.data).programs[place].cost_of_point

    def terms_owed(self, place: int) -> float:
        """The same by the fold's terms: what it pays, or its part of a reward."""
        terms, unit = self.terms[place], self.history.unit
        if terms[fold.VALUE_OF] > 0:
            return float(Fraction(int(terms[fold.VALUE_OF]), int(terms[fold.VALUE_IN]) * unit))
        return float(Fraction(int(terms[fold.COST]) * fold.POINT, int(terms[fold.PRICE]) * unit))

    def life(self, life: NDArray[Any], place: int) -> None:
        """One customer in one programme."""
        member = Member(self.terms[place], self.told[place], self.years[place], self.always_takes(place))
        member.state[fold.ROOM] = ROOM
        levels: dict[int, int] = defaultdict(int)
        for step in steps(life):
            found = said(step, place)
            self.events += int((found > 0).sum())
            if not step.is_order:
                self.between(member, step, place, found)
            else:
                self.quiet(member, step.time, life)
                self.order(member, place, step, found, self.factor(levels, step))
            for row in step.rows:
                if row["event"] == E_LEVEL:
                    levels[int(row["cause"])] = int(row["amount"]) // self.history.unit
        self.quiet(member, self.horizon, life)

    def quiet(self, member: Member, until: int, life: Any) -> None:
        """Nothing may happen up to a time, that time included, but what the log has had already."""
        before = member.columns()
        if member.has_joined:
            fold.pass_dates(member.state, member.terms, member.years, member.told, until, member.always_takes)
        changed = member.columns() - before
        assert not changed[[fold.EXPIRED, fold.REDEEMED, fold.ISSUED]].any(), f"{where(until, life)}: {changed} in the fold alone"

    def between(self, member: Member, step: Step, place: int, found: NDArray[np.int64]) -> None:
        """What dates bring at an instant, or joining."""
        self.quiet(member, step.time - 1, step.rows)
        before = member.columns()
        joins = any(row["event"] == E_LEVEL and row["cause"] == place and row["amount"] > 0 for row in step.rows)
        if joins and not member.has_joined:
            fold.join(member.state, member.terms, member.years, member.told, step.time)
            member.has_joined = True
        elif member.has_joined:
            takes = member.always_takes or int(found[fold.REDEEMED] > 0)
            fold.pass_dates(member.state, member.terms, member.years, member.told, step.time, takes)
        self.alike(member, before, found, step)

    def order(self, member: Member, place: int, step: Step, found: NDArray[np.int64], factor: Fraction) -> None:
        """An order: what points pay of it, and what it earns, lies between two numbers, mostly one and the same."""
        if not member.has_joined:
            assert not found.any(), f"{where(step.time, step.rows)}: {found} of nobody"
            return
        paid, own, later, slack = self.paid(step, place)
        before, terms, state = member.columns(), member.terms, member.state
        takes = member.always_takes or int(found[fold.REDEEMED] > 0)
        if terms[fold.VALUE_OF] > 0:
            used = int(found[fold.REDEEMED]) // self.point // fold.POINT
            low, high = (int(fold.usable(state, terms, p)) for p in between(paid, slack))
            assert not used or low <= used <= max(high, low), (
                f"{where(step.time, step.rows)}: {used} points used, the fold says {low} to {high}"
            )
            assert used or not (takes and low), f"{where(step.time, step.rows)}: no points used, the fold says {low}"
            off = int(fold.use(state, terms, member.told, step.time, used, paid, 2))
            assert abs(off - own) <= slack, f"{where(step.time, step.rows)}: points have paid {own}, the fold says {off}"
            paid -= own
        paid -= later
        above, below = factor.as_integer_ratio()
        low, high = (int(fold.earned(terms, p, 2, above, below)) for p in between(paid, slack + 1))
        earned = int(found[fold.ISSUED]) // self.point
        assert low <= earned <= high, f"{where(step.time, step.rows)}: {earned} earned, the fold says {low} to {high}"
        fold.award(state, terms, member.told, step.time, earned, takes)
        self.alike(member, before, found, step)

    def paid(self, step: Step, place: int) -> tuple[int, int, int, int]:
        """What is left to pay before own points pay, what these pay, what points of later programmes do, and what rounding may have moved."""
        paid, own, later, slack = 0, 0, 0, 1
        behind = {self.discounts[other] for other in self.places if other > place}
        for row in step.rows:
            if row["event"] == E_ORDER:
                paid += int(row["amount"])
            elif row["event"] == E_BOOK and int(row["cause"]) == self.discounts[place]:
                own -= int(row["amount"])
            elif row["event"] == E_BOOK and int(row["cause"]) in behind:
                later -= int(row["amount"])
                slack += 1
            elif row["event"] == E_BOOK and int(row["cause"]) in self.discounts:
                paid += int(row["amount"])
                slack += 1
        return paid, own, later, slack

    def always_takes(self, place: int) -> int:
        """Whether members take whatever they can."""
        return int(self.programs[place].get("redemption_probability", 1) == 1)

    def factor(self, levels: dict[int, int], step: Step) -> Fraction:
        """What the levels in all programmes make of points: as they were, or where a programme says so as the order leaves them."""
        factor = Fraction(1)
        new = {int(row["cause"]): int(row["amount"]) // self.history.unit for row in step.rows if row["event"] == E_LEVEL}
        for place, program in enumerate(self.programs):
            level = new.get(place, levels[place]) if program.get("at_new_level") else levels[place]
            if level > 0:
                factor *= exact(program.get("factors", {}).get("points", 1))
                if "levels" in program:
                    factor *= exact(program["levels"][level - 1].get("factors", {}).get("points", 1))
        return factor

    def alike(self, member: Member, before: NDArray[np.int64], found: NDArray[np.int64], step: Step) -> None:
        """What the fold has told in a step is what the log says."""
        told = (member.columns() - before) * self.point
        for column in (fold.ISSUED, fold.REDEEMED, fold.EXPIRED):
            assert told[column] == found[column], (
                f"{where(step.time, step.rows)}: column {column} is {found[column]}, by the fold {told[column]}"
            )


def fold_both(data: dict[str, Any], seed: int) -> int:
    """Play a scenario by both engines and fold both logs; how many changes of a balance were compared."""
    events = 0
    for engine in ("simpy", "fast"):
        events += Fold(data, simulate(validated(data), seed=seed, log=True, engine=engine)).all()
    return events
