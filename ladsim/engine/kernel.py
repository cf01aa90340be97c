"""The fast engine: arrays instead of processes, the same rules, the same event log.

Inside a tick customers are independent, so the kernel runs them one after the other: phase 1, everybody whose next event is due;
phase 2, the tick's messages, receiver by receiver. Between two dates of the plan it needs nothing from SimPy's clock and goes from
tick to tick by itself. What is due next stands in one array of times with the minimum of each block of 16, so a tick looks only at
blocks in which something is due.

**Ahead.** From some rungs no way leads to one on which a message can move anybody (``RUNG.free``). Who stands there is
independent of all others until the plan acts next, or to the horizon where there is no plan (in the largest markets for a month,
so that fewer messages wait): its life is lived at once, while its row is at hand. What it sends meanwhile waits in the list of the
tick in which it was sent. With an event log everybody keeps step.

**Threads.** Each has its own market record and books and the rows of every n-th chunk. A message crosses from one to another at the
end of a tick, so they wait for each other once a tick. Accumulators are sums of whole numbers: any number of threads gives the same.

A buffer for messages or log rows that runs short stops the kernel, which says so, and goes on from there once there is room again.
It also stops after a million events, so that Ctrl-C is heard however busy a month is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from ladsim.compiled import entry, inline, rule
from ladsim.engine.blocks import BLOCK, block_minimum, find_minima, retime, retime_blocks
from ladsim.engine.message_limits import too_many_messages
from ladsim.engine.message_order import message_at, messages_waiting, sort_messages
from ladsim.engine.phases import At, Phase, next_tick
from ladsim.engine.plan import too_much_money
from ladsim.engine.simulation import Events, Simulation
from ladsim.hosts.block import Block
from ladsim.hosts.cache import given_up
from ladsim.model import access, behaviour, message_queue, plan, plan_access
from ladsim.model.arrays import arrays_of
from ladsim.model.layout import LINE, MARKET, MONTH, MOST_MONEY, NEVER, TICK, Accumulators, bind, place
from ladsim.model.money import accrue

CHUNK = 256  # blocks that one thread takes together
BATCH = 512
AHEAD = 8  # customers whose rows are asked for at once
LOOK = 8  # blocks that are looked at together
THREADS_FROM = 300_000  # customers
MONTHLY_FROM = 30_000_000  # customers from which lives are lived a month ahead and not to the end, to have fewer messages waiting
_OWN, _MAIL, _DELIVERY = 0, 1, 2  # phases: own events, waiting for the others and sorting, delivering
DONE, SHORT_OF_LOG, SHORT_OF_MESSAGES, SHORT_OF_PLACES, PAUSED, WAITING, TOO_MANY, TOO_MUCH_MONEY = range(8)
_AT_ONCE = 1 << 20  # events
_APART = 8  # places between what two threads write, so that they do not share a line of memory
_SUMS = tuple(name for name, declared in arrays_of(Accumulators).items() if declared.is_summed)
_STOP = 0  # place of the threads' common sign to stop; thread n's tick stands at (n + 1) · _APART


@rule
def stopped(m):  # type: ignore[no-untyped-def]
    """Why the kernel must stop before one more event; DONE where it need not."""
    m.left -= 1
    if m.left < 0:
        return PAUSED
    if message_queue.room(m.pieces_size - m.begun + m.spares) < m.reserve:
        return SHORT_OF_MESSAGES
    if m.log and m.log_size - m.log_rows < m.reserve:
        return SHORT_OF_LOG
    if m.too_many:
        return TOO_MANY
    return DONE


@entry("i8 -> i8")
def begin_rows(address):  # type: ignore[no-untyped-def]
    """Begin the lives of a thread's customers from where it stopped; gives DONE, or why it stopped."""
    m = access.market(address)
    block = max(m.place // BLOCK, m.me * m.chunk)
    last = (block // m.chunk + 1) * m.chunk
    first = m.place
    while block < m.blocks:
        for row in range(max(block * BLOCK, first), min((block + 1) * BLOCK, m.customers)):
            short = stopped(m)
            if short != DONE:
                m.place = row
                return short
            behaviour.begin(m, row)
        access.set_block_due(m, block, block_minimum(m, block))
        block += 1
        if block == last:  # the next chunk of this thread
            block += (m.threads - 1) * m.chunk
            last = block + m.chunk
    m.place = m.blocks * BLOCK  # asked again while another thread goes on, there is nothing left to do
    return DONE


@rule
def nobody_is_due(m, block, until):  # type: ignore[no-untyped-def]
    """Whether nothing is due in some blocks, looked at together: one question for all of them."""
    is_late = True
    for n in range(LOOK):
        is_late &= access.block_due(m, block + n) > until
    return is_late


@inline
def own_events(m, until, ahead):  # type: ignore[no-untyped-def]
    """Phase 1 of a tick: everybody whose next event is due, as often as it is; who is free lives on to `ahead`.

    Customers are looked up in batches, and their rows are asked for before they are needed, some at once: a large market waits for
    memory as long as it is let.
    """
    batch, looked_at = np.empty(BATCH, np.int64), np.empty(BATCH // BLOCK, np.int64)
    block = m.place
    last = (block // m.chunk + 1) * m.chunk
    while block < m.blocks:
        first = block
        blocks = 0
        while block < m.blocks and blocks < BATCH // BLOCK:
            while block % LOOK == 0 and block + LOOK < min(last, m.blocks) and nobody_is_due(m, block, until):
                block += LOOK
            if access.block_due(m, block) <= until:
                access.fetch_due(m, block * BLOCK)
                looked_at[blocks] = block
                blocks += 1
            block += 1
            if block == last:
                block += (m.threads - 1) * m.chunk
                last = block + m.chunk
        found = 0
        for n in range(blocks):
            for row in range(looked_at[n] * BLOCK, min((looked_at[n] + 1) * BLOCK, m.customers)):
                if access.due(m, row) <= until:
                    batch[found] = row
                    found += 1
                    if found <= AHEAD:
                        access.fetch_customer(m, row)
        for n in range(found):
            if n % AHEAD == 0:
                for other in range(n + AHEAD, min(n + 2 * AHEAD, found)):
                    access.fetch_customer(m, batch[other])
            row = batch[n]
            due = access.due(m, row)
            while due <= until or (due <= ahead and access.rung(m, access.head(m, row).rung).free):
                short = stopped(m)
                if short != DONE:
                    m.place = first
                    return short
                due = behaviour.act(m, row)
        for n in range(blocks):
            access.set_block_due(m, looked_at[n], block_minimum(m, looked_at[n]))
    return DONE


@rule
def deliver(m, tick):  # type: ignore[no-untyped-def]
    """Phase 2 of a tick: the messages sent in it to a thread's customers, receiver by receiver."""
    for n in range(m.place, m.delivering):
        short = stopped(m)
        if short != DONE:
            m.place = n
            return short
        if n % AHEAD == 0:
            for other in range(n + AHEAD, min(n + 2 * AHEAD, m.delivering)):
                access.fetch_customer(m, message_at(m, access.place_of_message(m, other)).receiver)
        message = message_at(m, access.place_of_message(m, n))
        row = np.int64(message.receiver)
        sender, layer = np.int64(message.sender), np.int64(message.layer)
        due = behaviour.hear(m, row, sender, message.number, layer, np.int64(message.negative), tick * TICK)
        if due != NEVER:
            access.set_block_due(m, row // BLOCK, min(access.block_due(m, row // BLOCK), due))
    return DONE


@rule
def together(m, tick):  # type: ignore[no-untyped-def]
    """Wait until all threads have finished phase 1 of a tick; returns whether they have, False where one had to stop."""
    access.tell(m.at_shared, (m.me + 1) * _APART, tick)
    for other in range(m.threads):
        while access.told(m.at_shared, (other + 1) * _APART) < tick:
            if access.told(m.at_shared, _STOP) != 0:
                return False
            access.give_way()
    return True


@inline
def go_on(m, until, ahead):  # type: ignore[no-untyped-def]
    """Go on to `until`: to the end of phase 2 of a tick, or, between two ticks, to what is due by then; gives DONE, or why it stopped before.

    Who is free may live ahead to the time `ahead`.
    """
    while m.tick * TICK < until:
        tick = m.tick + 1
        short = DONE
        if m.phase == _OWN:
            short = own_events(m, min(tick * TICK, until), ahead)
            if short == DONE and until < tick * TICK:
                m.place = m.me * m.chunk
                return DONE
            if short == DONE:
                m.phase = _MAIL
        if m.phase == _MAIL:
            if not together(m, tick):
                return WAITING
            message_queue.empty_queue(m, tick - 1)  # now that all have read it
            count = messages_waiting(m, tick)
            if count > m.most_messages:
                m.too_many = tick
                short = TOO_MANY
            elif count > m.places:
                short = SHORT_OF_PLACES
            else:
                m.delivering = sort_messages(m, tick, count, BLOCK * m.chunk)
                m.phase, m.place = _DELIVERY, 0
        if m.phase == _DELIVERY:
            short = deliver(m, tick)
            if short == DONE:
                m.tick, m.phase, m.place = tick, _OWN, m.me * m.chunk
        if short != DONE:
            access.tell(m.at_shared, _STOP, 1)
            return short
    return DONE


@entry("i8 i8 i8 -> i8")
def advance(address, until, ahead):  # type: ignore[no-untyped-def]
    """``go_on``, for Python."""
    return go_on(access.market(address), until, ahead)


@entry("i8 i8 i8 -> i8")
def play(address, until, horizon):  # type: ignore[no-untyped-def]
    """Play a market in which nothing acts but its plan, from date to date before `until`; gives DONE, or why it stopped before.

    The phases of a tick as on SimPy's clock: own events, messages, at the horizon what customers have cost, the plan, clocks that follow.
    """
    m = access.market(address)
    while m.date < plan_access.plan(m).dates:
        t = plan_access.date(m, m.date)
        if t >= until:
            return DONE
        tick = t // TICK
        short = go_on(m, tick * TICK, tick * TICK)
        if short != DONE:
            return short
        if (tick + 1) * TICK <= horizon and message_queue.messages_of(m, tick + 1) > m.most_messages:
            m.too_many = tick + 1
            return TOO_MANY
        if t == horizon:
            accrue_rows(m, t)
        answer = plan.act_at(m, t)
        plan_access.plan(m).bookings = 0  # they are in the books, and nobody keeps a log
        if answer == plan.TOO_MUCH:
            return TOO_MUCH_MONEY
        if answer == plan.COSTS_CHANGE:
            accrue_rows(m, t)  # what was served until now is paid at the old cost
        if answer != plan.NOTHING_CHANGES and plan.put_in_force(m, t):
            retime(m, t)
        m.date += 1
    return DONE


@rule
def accrue_rows(m, t):  # type: ignore[no-untyped-def]
    """Book what customers have cost until `t`."""
    if m.part_costs >= 0:
        for row in range(m.customers):
            accrue(m, row, t)


def usual_threads(size: int) -> int:
    """Threads for so many customers: as many as there are processors, one where too little is to be done to be worth it."""
    if size < THREADS_FROM:
        return 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class Fast(Simulation):
    """A market as arrays."""

    name = "fast"
    ahead = True  # whether lives may be lived ahead
    chunk = CHUNK

    def __init__(self, *arguments: Any, threads: int | None = None) -> None:
        super().__init__(*arguments)
        size, block = self.state.due.size, self.block
        chunks = -(-size // (BLOCK * self.chunk))
        usual = 1 if self.is_logged or block.host != "native" else usual_threads(size)  # one thread writes the log in order
        self.crew = max(1, min(chunks, usual if threads is None else threads)) if block.has_threads else 1
        self.shared = block.zeros((self.crew + 1) * _APART, np.int64, LINE)
        blocks = block.zeros(-(-size // BLOCK), np.int64)
        blocks[:] = NEVER
        records = block.zeros(self.crew, MARKET)
        records[:] = self.market
        self.all_books += [books_like(self.books, block) for _ in range(self.crew - 1)]
        for thread, books in enumerate(self.all_books[1:], 1):
            bind(self.rules, self.state, books, block, records[thread : thread + 1])
        records["chunk"], records["threads"], records["me"] = self.chunk, self.crew, range(self.crew)
        records["first"] = block.address(records)
        place(records, "shared", self.shared, block)
        place(records, "blocks", blocks, block)
        self.records = records
        self.use([records[thread : thread + 1] for thread in range(self.crew)])
        self.pool = ThreadPoolExecutor(self.crew) if self.crew > 1 else None
        self._advance, self._begin, self._play_all = block.bound(advance), block.bound(begin_rows), block.bound(play)

    def set_going(self) -> None:
        """The kernel is the one process of all customers."""
        self.env.process(self._days())

    def begin(self) -> None:
        """Begin every life."""
        self._work(self._begin)
        self.records["place"] = self.records["me"] * self.chunk
        self._gather(1)

    def _play(self) -> None:
        """Where nothing acts from Python, and one thread is enough, one call plays all of it: SimPy's clock would find nothing to do."""
        if self.plan_is_quiet or self.is_logged or self.crew > 1 or self.tables.scenario.policies or not self.ahead:
            super()._play()
            return
        if self.since == 0:
            self.begin()
        if self.save_at is not None:
            self._work(self._play_all, self.save_at * MONTH, self.horizon)
            self.save(self.save_at)
        self._work(self._play_all, self.horizon + 1, self.horizon)
        if self.moved >= MOST_MONEY:
            raise too_much_money()

    def go_on_since(self, t: int) -> None:
        """Begin at a tick, with everybody's next event where it is."""
        super().go_on_since(t)
        records = self.records
        records["tick"], records["place"] = t // TICK - 1, records["me"] * self.chunk
        records["date"] = np.searchsorted(self.plan.dates, t)
        self.block.call(find_minima, self.address)

    def approach(self, t: int) -> None:
        """Play what is left before a tick, and add the threads' books up: what is due at that very instant is still to come."""
        self._work(self._advance, t - 1, t - 1)
        self._add_up()

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
            self._work(self._advance, target, target if self.ahead and not self.is_logged else 0)
            self._gather(tick + 1)

    def _work(self, part: Callable[..., int], *arguments: int) -> None:
        """Let every thread do its part, again until all of it is done, making room in between."""
        while True:
            self.shared[_STOP] = 0
            self.records["left"] = _AT_ONCE
            if self.pool is None:
                reasons = [int(part(self.address, *arguments))]
            else:
                reasons = self._together(part, arguments, self.pool)
            if all(reason == DONE for reason in reasons):
                return
            for thread, reason in enumerate(reasons):
                self._make_room(thread, reason)

    def _together(self, part: Callable[..., int], arguments: tuple[int, ...], pool: ThreadPoolExecutor) -> list[int]:
        """What the threads answer. Where one fails, or Ctrl-C comes, all of them have stopped before that goes on."""

        def do(me: int) -> int:
            try:
                return int(part(self.addresses[me], *arguments))
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
                    self.records["left"] = 0  # they pause before their next event
            raise
        return [future.result() for future in futures]

    def _make_room(self, thread: int, reason: int) -> None:
        """Empty a thread's buffer for the log, or double its room for messages."""
        if reason == TOO_MUCH_MONEY:
            raise too_much_money()
        if reason == TOO_MANY:
            found = self.records["too_many"]
            raise too_many_messages(int(found[found > 0].min()), self.most_messages)
        if reason == SHORT_OF_LOG:
            self.flush_log()
            if self.env.now == 0 and self.crew == 1:
                self.passed(0, int(self.records["place"][0]))
        elif reason == SHORT_OF_MESSAGES:
            self.make_room(thread)
        elif reason == SHORT_OF_PLACES:
            waiting = max(int(books.queue_count.max()) for books in self.all_books) * self.crew
            places = self.block.zeros(max(1024, 2 * waiting), np.int64)
            place(self.markets[thread], "places", places, self.block)

    def _gather(self, tick: int) -> None:
        """Add the threads' books up, and see how many messages wait for a tick."""
        if sum(int(books.queue_count[tick]) for books in self.all_books) > self.most_messages and tick * TICK <= self.horizon:
            raise too_many_messages(tick, self.most_messages)
        self._add_up()

    def _add_up(self) -> None:
        """Add what the other threads have written down to the first one's books."""
        for books in self.all_books[1:]:
            for name in _SUMS:
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
        self.block.call(retime_blocks, self.address, t)


def books_like(books: Accumulators, block: Block) -> Accumulators:
    """Empty books of the same shapes."""
    own = Accumulators(
        **{name: block.zeros(getattr(books, name).shape, declared.kind) for name, declared in arrays_of(Accumulators).items()}
    )
    own.queue[:] = books.queue
    return own
