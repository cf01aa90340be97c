"""What the rules of points read and remember: a programme's numbers, and the words of a member.

Points that expire by lots are kept in a lot per month, and the months that are kept take turns; where the whole balance expires, one word
says on which day of the year, or since when there is silence.
"""

from __future__ import annotations

from collections.abc import Mapping

from ladsim.compiled import rule
from ladsim.scenario.programs.rulebook import access, membership, np

NUMBERS = (
    "points_per_unit", "points_per_order", "reward_at", "reward_cost", "redemption_probability", "goal_gradient", "goal_gradient_power",
    "endowed_points", "lift_after_reward", "lift_months", "perceived_value", "expires_after_months", "statement_every_months",
    "statement_cost", "per", "min_order", "whole_points", "point_value", "min_points", "max_share_of_order", "inactive_months",
    "first_year", "days_to_first", "before_march",
)  # fmt: skip
PER_UNIT, PER_ORDER, REWARD_AT, REWARD_COST, REDEEMS, PRESSURE, POWER, ENDOWED, LIFT, LIFT_MONTHS = range(10)
VALUE, EXPIRES, STATEMENTS, STATEMENT_COST, PER, MIN_ORDER, WHOLE, POINT_VALUE, MIN_POINTS, MAX_SHARE = range(10, 20)
INACTIVE, FIRST_YEAR = 20, 21
# What is remembered: when the lift ends, when the next statement comes; with lots the month of the oldest one, and the lots; where the
# whole balance expires, on which day of the year, or since when there is silence.
LIFT_ENDS, NEXT_STATEMENT, OLDEST, LOTS = range(4)
BALANCE_LASTS = OLDEST


def memory(numbers: Mapping[str, float]) -> int:
    """Whole numbers remembered of each customer: two dates; one more where all expires at once, or a lot for each month that is kept."""
    kept = int(numbers["expires_after_months"])
    if kept:
        return LOTS + kept + 1
    return BALANCE_LASTS + 1 if numbers["inactive_months"] or numbers["first_year"] else OLDEST


@rule
def pays_orders(m, place):  # type: ignore[no-untyped-def]
    """Whether points are money off an order, and not rewards."""
    return access.number(m, place, POINT_VALUE) > 0.0


@rule
def months_kept(m, place):  # type: ignore[no-untyped-def]
    """For how many months points are kept; 0: for ever."""
    return np.int64(access.number(m, place, EXPIRES))


@rule
def has_an_end(m, place):  # type: ignore[no-untyped-def]
    """Whether the whole balance expires at a time: after a silence, or on a day of every year."""
    return access.number(m, place, INACTIVE) > 0.0 or access.number(m, place, FIRST_YEAR) > 0.0


@rule
def end_of_balance(m, row, place):  # type: ignore[no-untyped-def]
    """When the whole balance expires, where it does."""
    lasts = access.memory(m, row, place, BALANCE_LASTS)
    if access.number(m, place, FIRST_YEAR) > 0.0:
        return lasts
    return lasts + membership.span(access.number(m, place, INACTIVE))


@rule
def lot_of(m, place, month):  # type: ignore[no-untyped-def]
    """Where the lot of a month is remembered: the months that are kept take turns."""
    return LOTS + month % (months_kept(m, place) + 1)


@rule
def oldest_lot(m, row, place):  # type: ignore[no-untyped-def]
    """The month of the oldest lot that holds something; there must be one."""
    month = access.memory(m, row, place, OLDEST)
    while access.memory(m, row, place, lot_of(m, place, month)) == 0:
        month += 1
    access.set_memory(m, row, place, OLDEST, month)
    return month
