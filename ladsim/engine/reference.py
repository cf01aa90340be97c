"""The SimPy engine: one process per customer.

The process waits for what is due next and lets the rules act; a message or a change of the levers that moves the date interrupts
it. Between customers there is one process more, which delivers the tick's messages receiver by receiver. What happens in a customer's
life stands in ``model.behaviour``; here is only who is next. Follow one customer with ``simulate(…, log=True).events()``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from ladsim.compiled import entry
from ladsim.engine.message_limits import too_many_messages
from ladsim.engine.message_order import places_of
from ladsim.engine.phases import At, Phase
from ladsim.engine.simulation import Events, Simulation
from ladsim.model import access, behaviour, message_queue
from ladsim.model.layout import TICK

_IN_HAND = 1024  # messages that are held as Python's numbers at a time, while they are delivered


@entry("i8 i8 ->")
def empty_queue(address, tick):  # type: ignore[no-untyped-def]
    """Let a tick's messages be written over."""
    message_queue.empty_queue(access.market(address), tick)


@entry("i8 i8 ->")
def begin(address, row):  # type: ignore[no-untyped-def]
    """Begin a customer's life."""
    behaviour.begin(access.market(address), row)


@entry("i8 i8 ->")
def act(address, row):  # type: ignore[no-untyped-def]
    """Let happen what is due for a customer."""
    behaviour.act(access.market(address), row)


@entry("i8 i8 i8 i8 i8 i8 i8 -> i8")
def hear(address, row, sender, number, layer, negative, t):  # type: ignore[no-untyped-def]
    """Let a customer answer a message; gives when its next event is due."""
    return behaviour.hear(access.market(address), row, sender, number, layer, negative, t)


@entry("i8 i8 ->")
def retime_rows(address, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on."""
    m = access.market(address)
    for row in range(m.customers):
        behaviour.retime(m, row, t)


class Reference(Simulation):
    """A market of processes."""

    name = "simpy"

    def __init__(self, *arguments: Any, threads: int | None = None) -> None:
        super().__init__(*arguments)  # SimPy's processes are one thread
        self.one = self.market[0]
        self._begin, self._act, self._hear = (self.block.bound(entry) for entry in (begin, act, hear))
        self.due = self.state.due
        self.processes: list[simpy.Process] = []

    def begin(self) -> None:
        """Begin every life."""
        for row in range(self.due.size):
            self._begin(self.address, row)
            self._after_event()
            self.passed(0, row + 1)

    def set_going(self) -> None:
        """Give each customer its process, and messages the one that delivers them."""
        self.env.process(self.delivery())
        self.processes = [self.env.process(self.customer(row)) for row in range(self.due.size)]

    def customer(self, row: int) -> Events:
        """A customer's life: wait for what is due, let it happen, again."""
        env = self.env
        while True:
            due = int(self.due[row])
            try:
                yield At(env, due) if due <= self.horizon else env.event()
            except simpy.Interrupt:
                continue  # a message or the plan moved the date
            self._act(self.address, row)
            self._after_event()

    def delivery(self) -> Events:
        """Deliver each tick's messages: by receiver, and to each in the order (time sent, sender, sender's number)."""
        for tick in range(max(1, self.since // TICK), self.horizon // TICK + 1):
            yield At(self.env, tick * TICK, Phase.COURIER)
            queue = self._queue(tick)
            moved: dict[int, None] = {}
            for first in range(0, queue.size, _IN_HAND):
                for _sent, receiver, sender, number, layer, negative in queue[first : first + _IN_HAND].tolist():
                    before = self.due[receiver]
                    self._hear(self.address, receiver, sender, number, layer, negative, tick * TICK)
                    if self.due[receiver] != before:
                        moved[receiver] = None
                    self._after_event()
            for receiver in moved:
                self.processes[receiver].interrupt()
            self.block.call(empty_queue, self.address, tick)

    def _queue(self, tick: int) -> NDArray[Any]:
        """The messages that are delivered at a tick, in the order in which they are answered."""
        queue = self.books.queued_messages[self.block.call(places_of, self.address, tick)]
        return queue[np.lexsort((queue["number"], queue["sender"], queue["sent"], queue["receiver"]))]

    def retime(self, t: int) -> None:
        """Let all clocks follow, and wake those whose next event has moved."""
        before = self.due.copy()
        self.block.call(retime_rows, self.address, t)
        for row in np.flatnonzero(self.due != before):
            self.processes[row].interrupt()

    def _after_event(self) -> None:
        """See that the buffers have room for the next event."""
        if self.one["too_many"]:
            raise too_many_messages(int(self.one["too_many"]), self.most_messages)
        if message_queue.room(self.one["pieces_size"] - self.one["begun"] + self.one["spares"]) < self.one["reserve"]:
            self.make_room()
        self.spare_log()
