"""The fast engine: arrays instead of processes, the same rules, the same event log.

Inside a tick customers are independent, so the kernel runs them one after the other: phase 1, everybody whose next event is due;
phase 2, the tick's messages, receiver by receiver. Between two dates of the plan it needs nothing from SimPy's clock and goes from
tick to tick by itself. What is due next stands in one array of times with the minimum of each block of 16, so a tick looks only at
blocks in which something is due.

**Ahead.** From some rungs no way leads to one on which a message can move anybody (``RUNG.free``). Who stands there is
independent of all others until the plan acts next, or to the horizon where there is no plan (in the largest markets for a month,
so that fewer letters wait): its life is lived at once, while its row is at hand. What it sends meanwhile waits in the list of the
tick in which it was sent. With an event log everybody keeps step.

**Threads.** Each has its own market record and books and the rows of every n-th chunk. A message crosses from one to another at the
end of a tick, so they wait for each other once a tick. Books are sums of whole numbers: any number of threads gives the same.

A buffer for letters or log rows that runs short stops the kernel, which says so, and goes on from there once there is room again.
It also stops after a million events, so that Ctrl-C is heard however busy a month is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any

import numpy as np

from ladsim.compiled import compiled, given_up, rule
from ladsim.engine.clockwork import At, Phase, next_tick
from ladsim.engine.mail import too_many_letters
from ladsim.engine.stage import Events, Stage
from ladsim.model import access, behaviour, letters
from ladsim.model.layout import MONTH, NEVER, TICK, Books, bind

BLOCK = 16
CHUNK = 256  # blocks that one thread takes together
BATCH = 512
AHEAD = 6
MANY = 32  # letters of one receiver from which a sort that grows slowly pays
THREADS_FROM = 300_000  # customers
MONTHLY_FROM = 30_000_000  # customers from which lives are lived a month ahead and not to the end, to have fewer letters waiting
# Where a thread stands: tick finished, phase, place within the phase, letters being delivered, events left before it pauses.
_TICK, _PHASE, _PLACE, _LETTERS, _LEFT = 0, 1, 2, 3, 4
_OWN, _MAIL, _DELIVERY = 0, 1, 2  # phases: own events, waiting for the others and sorting, delivering
DONE, SHORT_OF_LOG, SHORT_OF_LETTERS, SHORT_OF_PLACES, PAUSED, WAITING, TOO_MANY = 0, 1, 2, 3, 4, 5, 6
_AT_ONCE = 1 << 20  # events
_PLACE_BITS = (1 << 48) - 1
_APART = 8  # places between what two threads write, so that they do not share a line of memory
_STOP = 0  # place of the threads' common sign to stop; thread n's tick stands at (n + 1) · _APART


@rule
def block_minimum(m, block):  # type: ignore[no-untyped-def]
    """The earliest time in a block."""
    earliest = NEVER
    for row in range(block * BLOCK, min((block + 1) * BLOCK, m.customers)):
        earliest = min(earliest, access.due(m, row))
    return earliest


@compiled
def retime_blocks(markets, blocks, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on."""
    m = markets[0]
    for block in range(blocks.size):
        earliest = NEVER
        for row in range(block * BLOCK, min((block + 1) * BLOCK, m.customers)):
            earliest = min(earliest, behaviour.retime(m, row, t))
        blocks[block] = earliest


@rule
def stopped(m, where, reserve):  # type: ignore[no-untyped-def]
    """Why the kernel must stop before one more event; DONE where it need not."""
    where[_LEFT] -= 1
    if where[_LEFT] < 0:
        return PAUSED
    if m.letters_size - m.letters + m.spares < reserve:
        return SHORT_OF_LETTERS
    if m.log and m.log_size - m.log_rows < reserve:
        return SHORT_OF_LOG
    if m.too_many:
        return TOO_MANY
    return DONE


@compiled
def begin_rows(markets, me, blocks, where, reserve):  # type: ignore[no-untyped-def]
    """Begin the lives of a thread's customers from where it stopped; returns DONE, or why it stopped."""
    m = markets[me]
    block = max(where[_PLACE] // BLOCK, me * m.chunk)
    last = (block // m.chunk + 1) * m.chunk
    first = where[_PLACE]
    while block < blocks.size:
        for row in range(max(block * BLOCK, first), min((block + 1) * BLOCK, m.customers)):
            short = stopped(m, where, reserve)
            if short != DONE:
                where[_PLACE] = row
                return short
            behaviour.begin(m, row)
        blocks[block] = block_minimum(m, block)
        block += 1
        if block == last:  # the next chunk of this thread
            block += (markets.size - 1) * m.chunk
            last = block + m.chunk
    where[_PLACE] = blocks.size * BLOCK  # asked again while another thread goes on, there is nothing left to do
    return DONE


@rule
def own_events(m, threads, blocks, where, until, ahead, reserve):  # type: ignore[no-untyped-def]
    """Phase 1 of a tick: everybody whose next event is due, as often as it is; who is free lives on to `ahead`.

    Customers are looked up in batches, and each one's row is asked for a few customers before it is needed: most of the time of a
    large market is waiting for memory.
    """
    batch = np.empty(BATCH, np.int64)
    block = where[_PLACE]
    last = (block // m.chunk + 1) * m.chunk
    while block < blocks.size:
        first = block
        found = 0
        while block < blocks.size and found <= BATCH - BLOCK:
            if blocks[block] <= until:
                for row in range(block * BLOCK, min((block + 1) * BLOCK, m.customers)):
                    if access.due(m, row) <= until:
                        batch[found] = row
                        found += 1
                        if found <= AHEAD:
                            access.fetch_customer(m, row)
            block += 1
            if block == last:
                block += (threads - 1) * m.chunk
                last = block + m.chunk
        for n in range(found):
            if n + AHEAD < found:
                access.fetch_customer(m, batch[n + AHEAD])
            row = batch[n]
            due = access.due(m, row)
            while due <= until or (due <= ahead and access.rung(m, access.head(m, row).rung).free):
                short = stopped(m, where, reserve)
                if short != DONE:
                    where[_PLACE] = first
                    return short
                due = behaviour.act(m, row)
        seen = -1
        for n in range(found):
            if batch[n] // BLOCK != seen:
                seen = batch[n] // BLOCK
                blocks[seen] = block_minimum(m, seen)
    return DONE


@rule
def goes_before(a, b):  # type: ignore[no-untyped-def]
    """Whether letter `a` is answered before letter `b` of the same receiver."""
    if a.sent != b.sent:
        return a.sent < b.sent
    if a.sender != b.sender:
        return a.sender < b.sender
    return a.number < b.number


@rule
def letter_at(markets, places, n):  # type: ignore[no-untyped-def]
    """The n-th of some letters: `places` says which thread's, and where in its buffer."""
    return letters.letter(markets[places[n, 0]], places[n, 1])


@rule
def letters_waiting(markets, tick):  # type: ignore[no-untyped-def]
    """Letters to be delivered at a tick, of all threads."""
    count = 0
    for thread in range(markets.size):
        count += letters.letters_of(markets[thread], tick)
    return count


@rule
def sort_letters(markets, me, tick, places):  # type: ignore[no-untyped-def]
    """Write into `places` the letters to a thread's customers, by (receiver, time sent, sender, number); returns how many."""
    found = np.empty((len(places), 2), np.int64)
    receivers = np.empty(len(places), np.int64)
    count = 0
    for thread in range(markets.size):
        place = letters.first_letter(markets[thread], tick)
        while place >= 0:
            letter = letters.letter(markets[thread], place)
            if letter.receiver // (BLOCK * markets[me].chunk) % markets.size == me:
                found[count, 0], found[count, 1] = thread, place
                receivers[count] = letter.receiver
                count += 1
            place = letter.next
    order = np.argsort(receivers[:count], kind="mergesort")
    first = 0
    for n in range(count + 1):
        if n == count or receivers[order[n]] != receivers[order[first]]:
            if n - first > 1:
                sort_one_receiver(markets, places, first, n)
            first = n
        if n < count:
            places[n, 0], places[n, 1] = found[order[n], 0], found[order[n], 1]
    return count


@rule
def sort_one_receiver(markets, places, first, last):  # type: ignore[no-untyped-def]
    """Put the letters of one receiver, places[first:last], into the order in which they are answered."""
    if last - first > MANY:
        # Stable sorts by the last key first.
        size = last - first
        keys, before = np.empty(size, np.int64), np.empty(size, np.int64)
        for key in range(4):
            order = np.argsort(keys, kind="mergesort") if key > 0 else np.arange(size)
            for n in range(size):
                before[n] = places[first + n, 0] << 48 | places[first + n, 1]
            for n in range(size):
                places[first + n, 0], places[first + n, 1] = before[order[n]] >> 48, before[order[n]] & _PLACE_BITS
                letter = letter_at(markets, places, first + n)
                keys[n] = letter.number if key == 0 else letter.sender if key == 1 else letter.sent
        return
    for n in range(first + 1, last):
        spot = n
        while spot > first and goes_before(letter_at(markets, places, spot), letter_at(markets, places, spot - 1)):
            for part in range(2):
                places[spot, part], places[spot - 1, part] = places[spot - 1, part], places[spot, part]
            spot -= 1


@rule
def deliver(markets, me, blocks, places, where, tick, reserve):  # type: ignore[no-untyped-def]
    """Phase 2 of a tick: the letters sent in it to a thread's customers, receiver by receiver."""
    m = markets[me]
    for n in range(where[_PLACE], where[_LETTERS]):
        short = stopped(m, where, reserve)
        if short != DONE:
            where[_PLACE] = n
            return short
        if n + AHEAD < where[_LETTERS]:
            access.fetch_customer(m, letter_at(markets, places, n + AHEAD).receiver)
        letter = letter_at(markets, places, n)
        row = np.int64(letter.receiver)
        sender, layer = np.int64(letter.sender), np.int64(letter.layer)
        due = behaviour.hear(m, row, sender, letter.number, layer, np.int64(letter.negative), tick * TICK)
        blocks[row // BLOCK] = min(blocks[row // BLOCK], due)
    return DONE


@rule
def together(shared, me, threads, tick):  # type: ignore[no-untyped-def]
    """Wait until all threads have finished phase 1 of a tick; returns whether they have, False where one had to stop."""
    access.tell(shared, (me + 1) * _APART, tick)
    for other in range(threads):
        while access.told(shared, (other + 1) * _APART) < tick:
            if access.told(shared, _STOP) != 0:
                return False
            access.give_way()
    return True


@compiled
def advance(markets, me, shared, blocks, places, where, last_tick, ahead, reserve):  # type: ignore[no-untyped-def]
    """Go on to the end of phase 2 of `last_tick`; returns DONE, or why it stopped before.

    Who is free may live ahead to the end of the tick `ahead`. `shared` is the address at which the threads wait for each other.
    """
    m = markets[me]
    while where[_TICK] < last_tick:
        tick = where[_TICK] + 1
        short = DONE
        if where[_PHASE] == _OWN:
            short = own_events(m, markets.size, blocks, where, tick * TICK, ahead * TICK, reserve)
            if short == DONE:
                where[_PHASE] = _MAIL
        if where[_PHASE] == _MAIL:
            if not together(shared, me, markets.size, tick):
                return WAITING
            letters.empty_mail(m, tick - 1)  # now that all have read it
            count = letters_waiting(markets, tick)
            if count > m.most_letters:
                m.too_many = tick
                short = TOO_MANY
            elif count > len(places):
                short = SHORT_OF_PLACES
            else:
                where[_LETTERS] = sort_letters(markets, me, tick, places[:count])
                where[_PHASE], where[_PLACE] = _DELIVERY, 0
        if where[_PHASE] == _DELIVERY:
            short = deliver(markets, me, blocks, places, where, tick, reserve)
            if short == DONE:
                where[_TICK], where[_PHASE], where[_PLACE] = tick, _OWN, me * m.chunk
        if short != DONE:
            access.tell(shared, _STOP, 1)
            return short
    return DONE


def usual_threads(size: int) -> int:
    """Threads for so many customers: as many as there are processors, one where too little is to be done to be worth it."""
    if size < THREADS_FROM:
        return 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class Fast(Stage):
    """A market as arrays."""

    ahead = True  # whether lives may be lived ahead
    chunk = CHUNK

    def __init__(self, *arguments: Any, threads: int | None = None) -> None:
        super().__init__(*arguments)
        size = self.state.due.size
        self.market["chunk"] = self.chunk
        chunks = -(-size // (BLOCK * self.chunk))
        usual = 1 if self.is_logged else usual_threads(size)  # one thread writes the log in order, and needs less memory for it
        self.crew = max(1, min(chunks, usual if threads is None else threads))
        self.blocks = np.full(-(-size // BLOCK), NEVER, np.int64)
        self.shared = np.zeros((self.crew + 1) * _APART, np.int64)
        self.where = [np.zeros(_APART, np.int64) for _ in range(self.crew)]
        self.places = [np.zeros((0, 2), np.int64) for _ in range(self.crew)]
        records = np.repeat(self.market, self.crew)
        self.all_books += [fresh(self.books) for _ in range(self.crew - 1)]
        for thread, books in enumerate(self.all_books):
            bind(self.rules, self.state, books, records[thread : thread + 1])
        self.records = records
        self.market = records[:1]
        self.markets = [records[thread : thread + 1] for thread in range(self.crew)]
        self.pool = ThreadPoolExecutor(self.crew) if self.crew > 1 else None

    def start(self) -> None:
        """Begin every life; the kernel is the one process of all customers."""
        self._work(self._begin)
        for me, where in enumerate(self.where):
            where[_PLACE] = me * self.chunk
        self._gather(1)
        self.env.process(self._days())

    def _days(self) -> Events:
        """Advance to the next tick at which anything else may happen, again and again."""
        env = self.env
        while True:
            yield At(env, int(env.now), Phase.LAST)
            upcoming = env.peek()
            target = min(next_tick(math.ceil(upcoming)), self.horizon) if upcoming != float("inf") else self.horizon
            if self.state.due.size >= MONTHLY_FROM:
                target = min(target, (int(env.now) // MONTH + 1) * MONTH)
            if target <= env.now:
                return
            yield At(env, target, Phase.OWN)
            tick = target // TICK
            ahead = tick if self.ahead and not self.is_logged else 0
            self._work(partial(self._advance, tick, ahead))
            self._gather(tick + 1)

    def _begin(self, me: int) -> int:
        return int(begin_rows(self.records, me, self.blocks, self.where[me], self.reserve))

    def _advance(self, tick: int, ahead: int, me: int) -> int:
        shared = self.shared.ctypes.data
        return int(advance(self.records, me, shared, self.blocks, self.places[me], self.where[me], tick, ahead, self.reserve))

    def _work(self, part: Callable[[int], int]) -> None:
        """Let every thread do its part, again until all of it is done, making room in between."""
        while True:
            self.shared[_STOP] = 0
            for where in self.where:
                where[_LEFT] = _AT_ONCE
            reasons = [part(0)] if self.pool is None else self._together(part, self.pool)
            if all(reason == DONE for reason in reasons):
                return
            for thread, reason in enumerate(reasons):
                self._make_room(thread, reason)

    def _together(self, part: Callable[[int], int], pool: ThreadPoolExecutor) -> list[int]:
        """What the threads answer. Where one fails, or Ctrl-C comes, all of them have stopped before that goes on."""

        def do(me: int) -> int:
            try:
                return part(me)
            except BaseException:
                self.shared[_STOP] = 1  # whoever waits for this one stops too
                raise

        futures = [pool.submit(do, me) for me in range(self.crew)]
        try:
            wait(futures)
        except BaseException:
            self.shared[_STOP] = 1
            with given_up():
                while wait(futures, timeout=0.01).not_done:
                    for where in self.where:
                        where[_LEFT] = 0  # they pause before their next event
            raise
        return [future.result() for future in futures]

    def _make_room(self, thread: int, reason: int) -> None:
        """Empty a thread's buffer for the log, or double its room for letters."""
        if reason == TOO_MANY:
            found = self.records["too_many"]
            raise too_many_letters(int(found[found > 0].min()), self.most_letters)
        if reason == SHORT_OF_LOG:
            self.flush_log()
            if self.env.now == 0 and self.crew == 1:
                self.passed(0, int(self.where[0][_PLACE]))
        elif reason == SHORT_OF_LETTERS:
            self.make_room(thread)
        elif reason == SHORT_OF_PLACES:
            waiting = max(int(books.mail_count.max()) for books in self.all_books) * self.crew
            self.places[thread] = np.zeros((max(1024, 2 * waiting), 2), np.int64)

    def _gather(self, tick: int) -> None:
        """Add what the other threads have written down to the first one's books, and see how many letters wait for a tick."""
        if sum(int(books.mail_count[tick]) for books in self.all_books) > self.most_letters and tick * TICK <= self.horizon:
            raise too_many_letters(tick, self.most_letters)
        for books in self.all_books[1:]:
            for name in SUMS:
                total, part = getattr(self.books, name), getattr(books, name)
                total += part
                part[:] = 0

    def close(self) -> None:
        """Let the threads go."""
        super().close()
        if self.pool is not None:
            self.pool.shutdown(wait=False)

    def retime(self, t: int) -> None:
        """Let all clocks follow the levers."""
        retime_blocks(self.market, self.blocks, t)


SUMS = ("people", "flows", "orders", "order_kinds", "newcomers", "money", "daily", "messages", "cohorts", "buyers", "returns",
        "leavers", "members", "levels", "moods")  # fmt: skip


def fresh(books: Books) -> Books:
    """Empty books of the same shapes."""
    empty = Books(*(np.zeros_like(array) for array in books))
    empty.mail[:] = books.mail
    return empty
