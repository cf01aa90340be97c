"""Every history of a member, event by event: the rules that the engines call on one side, the fold on the other.

``play`` goes through all histories of up to so many events of a table of kinds, depth first. A history's last row of the market is what the
former was, copied byte by byte, with one event more, so that histories share what they have in common. After each event
balance, lots, level and the books of all months in between must be what the fold says; then the books are emptied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import entry, rule
from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared
from ladsim.hosts.block import Block
from ladsim.model import access, membership, orders
from ladsim.model.accessors import Arrays
from ladsim.model.layout import (
    M_CONTACTS,
    M_EXPIRED,
    M_ISSUED,
    M_REDEEMED,
    M_REWARDS,
    NOBODY,
    P_DISCOUNTS,
    P_REWARDS,
    P_RUNNING,
    Accumulators,
    OfProgram,
)
from ladsim.model.memory import number_at
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.programs import points
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.tables import tables
from ladsim.world.build import build
from tests.ledger import fold
from tests.ledger.cases import HALVES, OF_KIND, PAID, TAKES, WAIT, Case, terms_of

LEVEL_ROOM = 16  # lots, and purchases, of one history
_books = Arrays(Accumulators)
_count, _set_count = _books.reads("_count", "members"), _books.writes("_set_count", "members")
_booked, _set_booked = _books.reads("_booked", "money"), _books.writes("_set_booked", "money")
_set_number = Arrays(OfProgram, through=access.program).writes("_set_number", "numbers")
_word, _set_word, _ = number_at("i8")

# What may differ; of the books, which column.
ALIKE, BALANCE, LOTS, LEVEL, BOOKS = range(5)
WORDS = ("", "balance", "lots", "level", "points issued", "redeemed", "expired", "rewards", "contacts", "paid for rewards",
         "paid for contacts", "discounts")  # fmt: skip
HISTORIES, DIFFERS, FOUND, TOLD, MONTH, DEPTH, PATH = range(7)


@rule
def copy_row(m, origin, to):  # type: ignore[no-untyped-def]
    """Let a row be what another is."""
    words = m.stride // 8
    for word in range(words):
        _set_word(m.at_rows, to * words + word, _word(m.at_rows, origin * words + word))


@rule
def next_place(m, row):  # type: ignore[no-untyped-def]
    """The programme whose date comes first, at one instant the first in the file."""
    place = 0
    for other in range(1, m.programs):
        if access.member(m, row, other).due < access.member(m, row, place).due:
            place = other
    return place


@rule
def fire(m, row, own, state, terms, years, told, until, takes, found):  # type: ignore[no-untyped-def]
    """Everything that the programmes' dates bring up to a time; the fold must agree one step before each date, and behind it."""
    date = np.int64(access.member(m, row, next_place(m, row)).due)
    while date <= until:
        fold.pass_dates(state, terms, years, told, date - 1, takes)
        if differs(m, row, own, state, found):
            return
        place = next_place(m, row)
        while access.member(m, row, place).due == date:
            membership.on_program_date(m, row, place, date)
            place = next_place(m, row)
        fold.pass_dates(state, terms, years, told, date, takes)
        if differs(m, row, own, state, found):
            return
        date = np.int64(access.member(m, row, place).due)
    fold.pass_dates(state, terms, years, told, until, takes)


@rule
def differs(m, row, own, state, found):  # type: ignore[no-untyped-def]
    """Whether balance, lots or level are others than the fold's."""
    balance = np.int64(access.member(m, row, own).balance)
    if balance != fold.held(state):
        found[DIFFERS], found[FOUND], found[TOLD] = BALANCE, balance, fold.held(state)
        return True
    kept = points.months_kept(m, own)
    for turn in range(kept + 1 if kept > 0 else 0):
        told = np.int64(0)
        for lot in range(state[fold.LOTS]):
            if fold.month_of(state[fold.FIRST + 2 * lot]) % (kept + 1) == turn:
                told += state[fold.FIRST + 2 * lot + 1]
        held = access.memory(m, row, own, points.lot_of(m, own, turn))
        if held != told:
            found[DIFFERS], found[FOUND], found[TOLD] = LOTS, held, told
            return True
    if m.programs > 1 and access.member(m, row, 1 - own).level != state[fold.LEVEL]:
        found[DIFFERS], found[FOUND], found[TOLD] = LEVEL, access.member(m, row, 1 - own).level, state[fold.LEVEL]
        return True
    return False


@rule
def said_by_books(m, own, month, column):  # type: ignore[no-untyped-def]
    """What the market's books say in a month, in the fold's columns; it is struck out of them."""
    if column >= fold.PAID_REWARDS:
        cause = access.program(m, own).cause
        if column == fold.PAID_REWARDS:
            cause += P_REWARDS
        else:
            cause += P_RUNNING if column == fold.PAID_RUNNING else P_DISCOUNTS
        value = _booked(m, month, cause, 0, 0)
        _set_booked(m, month, cause, 0, 0, 0)
        return value
    what = M_ISSUED
    if column == fold.REDEEMED:
        what = M_REDEEMED
    elif column == fold.EXPIRED:
        what = M_EXPIRED
    elif column == fold.REWARDS:
        what = M_REWARDS
    elif column == fold.CONTACTS:
        what = M_CONTACTS
    value = _count(m, month, own, what)
    _set_count(m, month, own, what, 0)
    return value


@rule
def books_differ(m, own, told, first, last, found):  # type: ignore[no-untyped-def]
    """Whether the books of some months say something else than the fold; both are emptied."""
    for month in range(first, last + 1):
        for column in range(fold.COLUMNS):
            value = said_by_books(m, own, month, column)
            if value != told[month, column] and found[DIFFERS] == ALIKE:
                found[DIFFERS], found[FOUND], found[TOLD], found[MONTH] = BOOKS + column, value, told[month, column], month
            told[month, column] = 0
    m.moved = 0  # the sum of all that was ever booked is no member's own
    return found[DIFFERS] != ALIKE


@rule
def happen(m, row, own, state, terms, years, told, kind, found):  # type: ignore[no-untyped-def]
    """One event of a kind: the wait, then the order, on both sides."""
    before = state[fold.TIME]
    t = before + kind[WAIT]
    _set_number(m, own, points.REDEEMS, np.float64(kind[TAKES]))
    fire(m, row, own, state, terms, years, told, t, kind[TAKES], found)
    if found[DIFFERS] != ALIKE:
        return
    orders.reward(m, row, t, np.int64(NOBODY), np.float64(kind[PAID]), False, 0.5 * np.float64(kind[HALVES]))
    fold.order(state, terms, told, t, kind[PAID], kind[HALVES], kind[TAKES])
    if not differs(m, row, own, state, found):
        books_differ(m, own, told, fold.month_of(before), fold.month_of(t), found)


@entry("i8 i8 i8[] i8[] i8[,] i8[,]* i8[,]* i8 i8 i8 i8[]* ->")
def play(address, own, terms, years, kinds, states, told, begin, first, most, found):  # type: ignore[no-untyped-def]
    """All histories of up to `most` events, of those that begin with kind `first` (all: −1), until one differs; `own`: the points' place."""
    m = access.market(address)
    for row in range(most + 1):
        for place in range(m.programs):
            access.member(m, row, place).orders = 1.0
    for place in range(m.programs):
        membership.join(m, 0, place, begin)
    fold.join(states[0], terms, years, told, begin)
    if differs(m, 0, own, states[0], found) or books_differ(m, own, told, 0, fold.month_of(begin), found):
        return
    path = found[PATH:]
    path[0] = max(first, 0)
    depth = 1
    while depth > 0:
        kind = path[depth - 1]
        if kind == kinds.shape[0] or (depth == 1 and 0 <= first < kind):
            depth -= 1
            path[max(depth - 1, 0)] += 1
            continue
        copy_row(m, depth - 1, depth)
        states[depth, :] = states[depth - 1, :]
        happen(m, depth, own, states[depth], terms, years, told, kinds[kind], found)
        found[HISTORIES] += 1
        if found[DIFFERS] != ALIKE:
            found[DEPTH] = depth
            return
        if depth < most:
            depth += 1
            path[depth - 1] = 0
        else:
            path[depth - 1] += 1


@dataclass(frozen=True)
class Found:
    """What going through histories has found."""

    histories: int
    difference: str = ""  # the first one, in words; none where all are alike


def market_of(case: Case, host: str) -> tuple[Any, int]:
    """A market with the case's programmes, its record's address; the hooks are machine code where the host is `native`."""
    plain = resolve(validated(case.scenario), 1, 0)
    laid_out = tables(plain)
    simulation = prepared(laid_out, build(plain), Fast, host="plain", rows=False)
    if host == "native":  # the rest of the rules is not needed, and takes a minute to compile
        block = player(host)
        for place, program in enumerate(laid_out.programs):
            for name, function in kind_of(program.kind).hooks.items():
                simulation.rules.programs[place][name] = block.hook(function)
        return (simulation, block), simulation.address
    return (simulation, simulation.block), simulation.address


def player(host: str) -> Block:
    """Who plays entries."""
    from ladsim.hosts.choice import block_for

    return block_for(host)


def compare(case: Case, most: int, host: str, first: int = -1, kinds: NDArray[np.int64] | None = None) -> Found:
    """Go through all histories of up to `most` events; those beginning with kind `first` where one is given."""
    (simulation, block), address = market_of(case, host)
    kinds = case.kinds if kinds is None else kinds
    months = simulation.books.members.shape[0]
    states = np.zeros((most + 1, fold.FIRST + 4 * LEVEL_ROOM), np.int64)
    states[:, fold.ROOM] = LEVEL_ROOM
    told = np.zeros((months, fold.COLUMNS), np.int64)
    found = np.zeros(PATH + most, np.int64)
    terms, years, own = terms_of(case.points, case.tiers, case.vat), case.years, int(case.tiers_first)
    block.call(play, address, own, terms, years, kinds, states, told, case.begin, first, most, found)
    return Found(int(found[HISTORIES]), in_words(case, kinds, found) if found[DIFFERS] else "")


def in_words(case: Case, kinds: NDArray[np.int64], found: NDArray[np.int64]) -> str:
    """A difference, and the history that shows it."""
    events = []
    for kind in found[PATH : PATH + found[DEPTH]]:
        row = kinds[kind]
        assert row.size == OF_KIND
        takes = "" if row[TAKES] else ", no reward taken"
        events.append(
            f"after {row[WAIT] / fold.MONTH:g} months an order of {row[2] / 100_000:g}, {row[HALVES]} halves kept{takes}"
        )
    month = f" of month {found[MONTH]}" if found[DIFFERS] >= BOOKS else ""
    what = f"{WORDS[found[DIFFERS]]}{month}: the rules say {found[FOUND]}, the fold {found[TOLD]}"
    return f"{what}; joined at month {case.begin / fold.MONTH:g}; " + "; ".join(events)
