"""The fast engine: arrays instead of processes, the same rules, the same event log.

Inside a tick customers are independent, so the kernel runs them one after the other: phase 1, everybody whose next event is due;
phase 2, the tick's messages, receiver by receiver. Between two dates of the plan it needs nothing from SimPy's clock and goes from
tick to tick by itself. What is due next stands in one array of times with the minimum of each block of 16, so a tick looks only at
blocks in which something is due.

The buffers for letters and log rows have a fixed size. When one runs short the kernel stops, says where, and goes on from there
once it has been emptied. It also stops after a million events, so that Ctrl-C is heard however busy a month is.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import compiled, rule
from ladsim.engine.clockwork import OWN, SNAPSHOT, At, next_tick
from ladsim.engine.stage import MOST_LETTERS, Events, Stage, too_many_letters
from ladsim.model import access, behaviour
from ladsim.model.layout import LETTER, NEVER, TICK, place

BLOCK = 16
BATCH = 512
AHEAD = 6
MANY = 32  # letters of one receiver from which a sort that grows slowly pays
# Where the kernel stands: tick finished, phase, place within the phase, letters being delivered, events left before it pauses.
_TICK, _PHASE, _PLACE, _LETTERS, _LEFT = 0, 1, 2, 3, 4
DONE, SHORT_OF_LOG, SHORT_OF_LETTERS, PAUSED = 0, 1, 2, 3
_AT_ONCE = 1 << 20  # events
_LAST_PHASE = SNAPSHOT + 1


@rule
def block_minimum(due, block):  # type: ignore[no-untyped-def]
    """The earliest time in a block."""
    earliest = NEVER
    for row in range(block * BLOCK, min((block + 1) * BLOCK, due.size)):
        if due[row] < earliest:
            earliest = due[row]
    return earliest


@compiled
def renew_blocks(markets, due, blocks):  # type: ignore[no-untyped-def]
    """Read what is due next from the customers' rows."""
    for row in range(due.size):
        due[row] = access.customer(markets[0], row).due
    for block in range(blocks.size):
        blocks[block] = block_minimum(due, block)


@rule
def short_of(m, reserve):  # type: ignore[no-untyped-def]
    """Which buffer has less room than one more event may need."""
    if m.letters_size - m.letters < reserve:
        return SHORT_OF_LETTERS
    if m.log and m.log_size - m.log_rows < reserve:
        return SHORT_OF_LOG
    return DONE


@rule
def stopped(m, where, reserve):  # type: ignore[no-untyped-def]
    """Why the kernel must stop before one more event; DONE where it need not."""
    if where[_LEFT] < 1:
        return PAUSED
    where[_LEFT] -= 1
    return short_of(m, reserve)


@compiled
def begin_rows(markets, where, reserve):  # type: ignore[no-untyped-def]
    """Begin the lives from where it stopped; returns DONE, or which buffer ran short."""
    m = markets[0]
    for row in range(where[_PLACE], m.customers):
        short = short_of(m, reserve)
        if short != DONE:
            where[_PLACE] = row
            return short
        behaviour.begin(m, row)
    where[_PLACE] = 0
    return DONE


@rule
def copy_letter(source, target):  # type: ignore[no-untyped-def]
    """Write one letter over another."""
    target.receiver = source.receiver
    target.sent = source.sent
    target.sender = source.sender
    target.number = source.number
    target.layer = source.layer


@rule
def sort_letters(m, mail):  # type: ignore[no-untyped-def]
    """Move the letters into `mail`, by (receiver, time sent, sender, number). Returns how many there are."""
    count = m.letters
    receivers = np.empty(count, np.int64)
    for n in range(count):
        receivers[n] = access.letter(m, n).receiver
    order = np.argsort(receivers, kind="mergesort")
    first = 0
    for n in range(count):
        copy_letter(access.letter(m, order[n]), mail[n])
        if mail[n].receiver != mail[first].receiver:
            sort_one_receiver(m, mail, order, first, n)
            first = n
    sort_one_receiver(m, mail, order, first, count)
    m.letters = 0
    return count


@rule
def sort_one_receiver(m, mail, order, first, last):  # type: ignore[no-untyped-def]
    """Put the letters of one receiver, mail[first:last], into the order in which they are answered."""
    if last - first > MANY:
        # Stable sorts by the last key first. `order` says where in the buffer each of these letters lies.
        keys = np.empty(last - first, np.int64)
        for key in range(3):
            for n in range(first, last):
                letter = access.letter(m, order[n])
                keys[n - first] = letter.number if key == 0 else letter.sender if key == 1 else letter.sent
            order[first:last] = order[first:last][np.argsort(keys, kind="mergesort")]
        for n in range(first, last):
            copy_letter(access.letter(m, order[n]), mail[n])
        return
    for n in range(first + 1, last):
        spot = n
        while spot > first and goes_before(mail[spot], mail[spot - 1]):
            swap(mail, spot)
            spot -= 1


@rule
def goes_before(a, b):  # type: ignore[no-untyped-def]
    """Whether letter `a` is answered before letter `b` of the same receiver."""
    if a.sent != b.sent:
        return a.sent < b.sent
    if a.sender != b.sender:
        return a.sender < b.sender
    return a.number < b.number


@rule
def swap(mail, place):  # type: ignore[no-untyped-def]
    """Exchange a letter with the one before it."""
    a, b = mail[place], mail[place - 1]
    a.receiver, b.receiver = b.receiver, a.receiver
    a.sent, b.sent = b.sent, a.sent
    a.sender, b.sender = b.sender, a.sender
    a.number, b.number = b.number, a.number
    a.layer, b.layer = b.layer, a.layer


@rule
def own_events(m, due, blocks, where, until, reserve):  # type: ignore[no-untyped-def]
    """Phase 1 of a tick: everybody whose next event is due, as often as it is.

    Customers are looked up in batches, and each one's row is asked for a few customers ahead: most of the time of a large market
    is waiting for memory.
    """
    batch = np.empty(BATCH, np.int64)
    block = where[_PLACE]
    while block < blocks.size:
        first = block
        found = 0
        while block < blocks.size and found <= BATCH - BLOCK:
            if blocks[block] <= until:
                for row in range(block * BLOCK, min((block + 1) * BLOCK, due.size)):
                    if due[row] <= until:
                        batch[found] = row
                        found += 1
            block += 1
        for n in range(found):
            if n + AHEAD < found:
                access.fetch_customer(m, batch[n + AHEAD])
            row = batch[n]
            while due[row] <= until:
                short = stopped(m, where, reserve)
                if short != DONE:
                    where[_PLACE] = first
                    return short
                due[row] = behaviour.act(m, row)
        seen = -1
        for n in range(found):
            if batch[n] // BLOCK != seen:
                seen = batch[n] // BLOCK
                blocks[seen] = block_minimum(due, seen)
    return DONE


@rule
def deliver(m, due, blocks, mail, where, until, reserve):  # type: ignore[no-untyped-def]
    """Phase 2 of a tick: the letters sent in it, receiver by receiver."""
    for n in range(where[_PLACE], where[_LETTERS]):
        short = stopped(m, where, reserve)
        if short != DONE:
            where[_PLACE] = n
            return short
        if n + AHEAD < where[_LETTERS]:
            access.fetch_customer(m, mail[n + AHEAD].receiver)
        letter = mail[n]
        row = letter.receiver
        due[row] = behaviour.hear(m, row, letter.sender, letter.number, letter.layer, until)
        block = row // BLOCK
        blocks[block] = min(blocks[block], due[row])
    return DONE


@compiled
def advance(markets, due, blocks, mail, where, last_tick, reserve):  # type: ignore[no-untyped-def]
    """Go on to the end of phase 2 of `last_tick`; returns DONE, or why it stopped before."""
    m = markets[0]
    while where[_TICK] < last_tick:
        until = (where[_TICK] + 1) * TICK
        if where[_PHASE] == 0:
            short = own_events(m, due, blocks, where, until, reserve)
            if short != DONE:
                return short
            where[_PHASE], where[_PLACE] = 1, 0
            where[_LETTERS] = sort_letters(m, mail)
        short = deliver(m, due, blocks, mail, where, until, reserve)
        if short != DONE:
            return short
        where[_TICK] += 1
        where[_PHASE], where[_PLACE] = 0, 0
    return DONE


class Fast(Stage):
    """A market as arrays."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        size = self.state.customers.size
        self.due = np.full(size, NEVER, np.int64)
        self.blocks = np.full(-(-size // BLOCK), NEVER, np.int64)
        self.reserve = self.books.letters.size // 2  # room for the busiest single event
        self.mail = np.zeros(self.books.letters.size, LETTER)
        self.where = np.zeros(5, np.int64)

    def start(self) -> None:
        """Begin every life; the kernel is the one process of all customers."""
        while (short := begin_rows(self.market, self.where, self.reserve)) != DONE:
            self._make_room(short)
        renew_blocks(self.market, self.due, self.blocks)
        self.env.process(self._days())

    def _days(self) -> Events:
        """Advance to the next tick at which anything else may happen, again and again."""
        env = self.env
        while True:
            yield At(env, int(env.now), _LAST_PHASE)
            upcoming = env.peek()
            target = min(next_tick(math.ceil(upcoming)), self.horizon) if upcoming != float("inf") else self.horizon
            if target <= env.now:
                return
            yield At(env, target, OWN)
            while (short := self._advance(target // TICK)) != DONE:
                self._make_room(short)

    def _advance(self, tick: int) -> int:
        self.where[_LEFT] = _AT_ONCE
        return int(advance(self.market, self.due, self.blocks, self.mail, self.where, tick, self.reserve))

    def _make_room(self, short: int) -> None:
        """Empty the log's buffer, or double the room for letters."""
        if short == PAUSED:
            return
        if short == SHORT_OF_LOG:
            self.flush_log()
            return
        if 2 * self.books.letters.size > MOST_LETTERS:
            raise too_many_letters(int(self.env.now))
        letters = np.zeros(2 * self.books.letters.size, LETTER)
        letters[: self.books.letters.size] = self.books.letters
        self.books = self.books._replace(letters=letters)
        place(self.market, "letters", letters)
        if self.mail.size < letters.size:
            mail = np.zeros(letters.size, LETTER)
            mail[: self.mail.size] = self.mail
            self.mail = mail

    def follow(self, rows: NDArray[np.intp]) -> None:
        """Read the times that have moved."""
        if rows.size:
            renew_blocks(self.market, self.due, self.blocks)
