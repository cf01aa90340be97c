"""The points ledger a second time: written from the model's text alone, in whole numbers, as a list of lots.

In: what a programme says (``terms.py``), and events one by one. Out: the lots that are left, and what the books of each month must say. It knows
nothing of ``ladsim.scenario.programs``: neither its memory, nor its functions, nor its numbers. Where the two differ, one is wrong.

A ledger is a line of whole numbers: a few of its own, then the lots, each (time of birth, thousandths of a point), the oldest first, then
what was bought, each (time, how much counts for levels). Fractions are pairs of whole numbers, so nothing is rounded but what the model
rounds: half to even, once. The functions are marked as rules only so that a compiler takes them; Python plays them as they stand.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import rule

MONTH = 30 << 20
POINT = 1000
NEVER = 1 << 62
YEAR = 12

# A ledger's own numbers.
TIME, JOINED, KEPT_ON, NEXT_STATEMENT, YEARS_PAST, LEVEL, LOTS, BOUGHT, ROOM, FIRST = range(10)
# Terms: what the programme says. A pair …_OF, …_IN is a fraction.
RATE_OF, RATE_IN = 0, 1  # thousandths of a point for an amount unit paid
AN_ORDER, ENDOWED, PRICE, COST, EXPIRES, INACTIVE = range(2, 8)
WHOLE, MIN_ORDER, STATEMENT_EVERY, STATEMENT_COST = range(8, 12)
# Money off: amount units with VAT that a point is worth, share of an order that points may pay; what one with VAT is without.
VALUE_OF, VALUE_IN, MOST_OF, MOST_IN, MIN_POINTS, VAT_OF, VAT_IN = range(12, 19)
# Levels, how they act, then of each: threshold, factor on points (a fraction).
BY_ORDERS, NEW_LEVEL, LEVELS, LEVEL_TERMS = range(19, 23)
OF_LEVEL = 3
# What the books say in a month.
ISSUED, REDEEMED, EXPIRED, REWARDS, CONTACTS, PAID_REWARDS, PAID_RUNNING, PAID_DISCOUNTS, COLUMNS = range(9)


@rule
def month_of(t):  # type: ignore[no-untyped-def]
    """The month (k − 1, k] that holds a time."""
    return (t + MONTH - 1) // MONTH


@rule
def half_even(above, below):  # type: ignore[no-untyped-def]
    """A fraction as a whole number, half to even."""
    floor = above // below
    twice = 2 * (above - floor * below)
    if twice > below or (twice == below and floor % 2 == 1):
        floor += 1
    return floor


@rule
def held(state):  # type: ignore[no-untyped-def]
    """All thousandths of points there are."""
    total = np.int64(0)
    for lot in range(state[LOTS]):
        total += state[FIRST + 2 * lot + 1]
    return total


@rule
def lay(state, terms, t, amount):  # type: ignore[no-untyped-def]
    """A lot more. Where a silence is over already, and nothing was left, what comes now has its own."""
    if amount > 0:
        if state[LOTS] == 0 and terms[INACTIVE] > 0 and state[KEPT_ON] + terms[INACTIVE] <= t:
            state[KEPT_ON] = t
        place = FIRST + 2 * state[LOTS]
        state[place], state[place + 1] = t, amount
        state[LOTS] += 1


@rule
def put(state, terms, told, t, amount):  # type: ignore[no-untyped-def]
    """Points that are given."""
    lay(state, terms, t, amount)
    told[month_of(t), ISSUED] += amount


@rule
def take(state, told, t, amount, why):  # type: ignore[no-untyped-def]
    """Take points out of the oldest lots; lots that are empty are gone."""
    told[month_of(t), why] += amount
    left = amount
    kept = np.int64(0)
    for lot in range(state[LOTS]):
        born, points = state[FIRST + 2 * lot], state[FIRST + 2 * lot + 1]
        taken = min(points, left)
        left -= taken
        if points > taken:
            state[FIRST + 2 * kept], state[FIRST + 2 * kept + 1] = born, points - taken
            kept += 1
    state[LOTS] = kept


@rule
def redeem(state, terms, told, t, takes):  # type: ignore[no-untyped-def]
    """All rewards that there are points for, if the member takes them."""
    if terms[PRICE] == 0 or not takes:
        return
    rewards = held(state) // terms[PRICE]
    if rewards > 0:
        take(state, told, t, rewards * terms[PRICE], REDEEMED)
        told[month_of(t), REWARDS] += rewards
        told[month_of(t), PAID_REWARDS] -= rewards * terms[COST]
        state[KEPT_ON] = t


@rule
def join(state, terms, years, told, t):  # type: ignore[no-untyped-def]
    """A member more, at the lowest level, with what joining gives."""
    while state[YEARS_PAST] < years.size and years[state[YEARS_PAST]] <= t:
        state[YEARS_PAST] += 1
    state[TIME] = state[JOINED] = state[KEPT_ON] = t
    state[NEXT_STATEMENT] = t + terms[STATEMENT_EVERY] if terms[STATEMENT_EVERY] > 0 else NEVER
    state[LEVEL] = 1 if terms[LEVELS] > 0 else 0
    put(state, terms, told, t, terms[ENDOWED])


@rule
def end_of(state, terms, lot):  # type: ignore[no-untyped-def]
    """When a lot expires: so many whole months after the end of the month that it was born in."""
    return (month_of(state[FIRST + 2 * lot]) + terms[EXPIRES]) * MONTH


@rule
def next_date(state, terms, years):  # type: ignore[no-untyped-def]
    """When something happens without the member."""
    date = np.int64(NEVER)
    if state[LOTS] > 0 and terms[EXPIRES] > 0:
        date = end_of(state, terms, 0)
    if state[LOTS] > 0 and terms[INACTIVE] > 0:
        date = min(date, state[KEPT_ON] + terms[INACTIVE])
    if state[YEARS_PAST] < years.size:
        date = min(date, years[state[YEARS_PAST]])
    date = min(date, state[NEXT_STATEMENT])
    if terms[LEVELS] > 0:
        date = min(date, next_review(state))
    return date


@rule
def next_review(state):  # type: ignore[no-untyped-def]
    """The first yearly review of the level that is still to come."""
    return state[JOINED] + ((state[TIME] - state[JOINED]) // (YEAR * MONTH) + 1) * YEAR * MONTH


@rule
def pass_dates(state, terms, years, told, until, takes):  # type: ignore[no-untyped-def]
    """Everything that happens without the member up to a time, that time included."""
    date = next_date(state, terms, years)
    while date <= until:
        gone = np.int64(0)
        while terms[EXPIRES] > 0 and gone < state[LOTS] and end_of(state, terms, gone) <= date:
            gone += 1
        if terms[INACTIVE] > 0 and state[KEPT_ON] + terms[INACTIVE] <= date:
            gone = state[LOTS]
        if state[YEARS_PAST] < years.size and years[state[YEARS_PAST]] <= date:
            gone = state[LOTS]
            state[YEARS_PAST] += 1
        points = np.int64(0)
        for lot in range(gone):
            points += state[FIRST + 2 * lot + 1]
        if points > 0:
            take(state, told, date, points, EXPIRED)
        if state[NEXT_STATEMENT] <= date:
            state[NEXT_STATEMENT] = date + terms[STATEMENT_EVERY]
            if state[LOTS] > 0:
                told[month_of(date), CONTACTS] += 1
                told[month_of(date), PAID_RUNNING] -= terms[STATEMENT_COST]
                redeem(state, terms, told, date, takes)
        if terms[LEVELS] > 0 and next_review(state) <= date:
            state[LEVEL] = reached(state, terms, date)
        state[TIME] = date
        date = next_date(state, terms, years)
    state[TIME] = until


@rule
def membership_month(state, t):  # type: ignore[no-untyped-def]
    """The month of membership that holds a time; the instant of joining belongs to the first."""
    return max(month_of(t - state[JOINED]), np.int64(1))


@rule
def reached(state, terms, t):  # type: ignore[no-untyped-def]
    """The highest level that the month of membership and the eleven before it reach, at least the lowest."""
    total = np.int64(0)
    bought = FIRST + 2 * state[ROOM]
    for one in range(state[BOUGHT]):
        if membership_month(state, state[bought + 2 * one]) > membership_month(state, t) - YEAR:
            total += state[bought + 2 * one + 1]
    level = np.int64(1)
    for above in range(1, terms[LEVELS]):
        if total >= terms[LEVEL_TERMS + OF_LEVEL * above]:
            level = np.int64(above + 1)
    return level


@rule
def buy(state, terms, t, counted):  # type: ignore[no-untyped-def]
    """What an order counts for levels; a higher one comes at once."""
    place = FIRST + 2 * state[ROOM] + 2 * state[BOUGHT]
    state[place], state[place + 1] = t, counted
    state[BOUGHT] += 1
    state[LEVEL] = max(state[LEVEL], reached(state, terms, t))


@rule
def factor_of(state, terms):  # type: ignore[no-untyped-def]
    """What the level makes of points, as a fraction."""
    if terms[LEVELS] == 0:
        return np.int64(1), np.int64(1)
    first = LEVEL_TERMS + OF_LEVEL * (state[LEVEL] - 1)
    return terms[first + 1], terms[first + 2]


@rule
def with_vat(terms, paid):  # type: ignore[no-untyped-def]
    """What the customer sees of an amount that is without VAT."""
    return half_even(paid * terms[VAT_IN], terms[VAT_OF])


@rule
def earned(terms, paid, halves, above, below):  # type: ignore[no-untyped-def]
    """Thousandths of points for what was paid (amount units, VAT taken out) and is kept by so many halves, times a fraction."""
    if with_vat(terms, paid) < terms[MIN_ORDER]:
        return np.int64(0)
    points = half_even(
        above * (halves * paid * terms[RATE_OF] + 2 * terms[AN_ORDER] * terms[RATE_IN]), 2 * below * terms[RATE_IN]
    )
    if terms[WHOLE]:
        points -= points % POINT
    return points


@rule
def usable(state, terms, paid):  # type: ignore[no-untyped-def]
    """How many whole points may pay for an order, from the balance before it: those that there are, up to their share of the order."""
    if terms[VALUE_OF] == 0:
        return np.int64(0)
    most = with_vat(terms, paid) * terms[MOST_OF] * terms[VALUE_IN] // (terms[MOST_IN] * terms[VALUE_OF])
    points = min(held(state) // POINT, most)
    return points if points >= max(terms[MIN_POINTS], 1) else np.int64(0)


@rule
def use(state, terms, told, t, points, paid, halves):  # type: ignore[no-untyped-def]
    """What so many points take off an order; of an order that comes back in part the discount does, too, and so do the points."""
    if points == 0:
        return np.int64(0)
    take(state, told, t, POINT * points, REDEEMED)
    if halves > 0:
        told[month_of(t), REWARDS] += 1
        state[KEPT_ON] = t
    off = min(half_even(points * terms[VALUE_OF] * terms[VAT_OF], terms[VALUE_IN] * terms[VAT_IN]), paid)
    told[month_of(t), PAID_DISCOUNTS] -= half_even(off * halves, 2)
    back = POINT * points - half_even(POINT * points * halves, 2)
    lay(state, terms, t, back)
    told[month_of(t), REDEEMED] -= back
    return off


@rule
def award(state, terms, told, t, amount, takes):  # type: ignore[no-untyped-def]
    """What an order has earned of which something is kept, then the rewards from the new balance."""
    state[KEPT_ON] = t
    put(state, terms, told, t, amount)
    redeem(state, terms, told, t, takes)


@rule
def order(state, terms, told, t, paid, halves, takes):  # type: ignore[no-untyped-def]
    """An order of so much (amount units, VAT taken out), of which so many halves are kept; what happened before is over.

    Nothing follows from one that comes back as a whole.
    Points are multiplied by the level as it was when the order began, unless the programme says otherwise.
    """
    left = paid - use(state, terms, told, t, usable(state, terms, paid) if takes else np.int64(0), paid, halves)
    if halves == 0:
        return
    above, below = factor_of(state, terms)
    if terms[LEVELS] > 0:
        spent = half_even(halves * left * terms[VAT_IN], 2 * terms[VAT_OF])
        buy(state, terms, t, 1 if terms[BY_ORDERS] else spent)
    if terms[NEW_LEVEL]:
        above, below = factor_of(state, terms)
    award(state, terms, told, t, earned(terms, left, halves, above, below), takes)
