"""The SimPy engine: one process per customer.

The process waits for what is due next and lets the rules act; a message or a change of the levers that moves the date interrupts
it. Between customers there is the courier, who delivers the tick's messages receiver by receiver. What happens in a customer's
life stands in ``model.behaviour``; here is only who is next. Follow one customer with ``simulate(…, log=True).events()``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from ladsim.compiled import compiled
from ladsim.engine.clockwork import At, Phase
from ladsim.engine.mail import too_many_letters
from ladsim.engine.stage import Events, Stage
from ladsim.model import behaviour, letters
from ladsim.model.layout import TICK

_IN_HAND = 1024  # letters that the courier holds as Python's numbers at a time


@compiled
def _places(markets, tick):  # type: ignore[no-untyped-def]
    m = markets[0]
    places = np.empty(letters.letters_of(m, tick), np.int64)
    place = letters.first_letter(m, tick)
    for n in range(places.size):
        places[n] = place
        place = letters.letter(m, place).next
    return places


@compiled
def _empty_mail(markets, tick):  # type: ignore[no-untyped-def]
    letters.empty_mail(markets[0], tick)


@compiled
def _retime_rows(markets, t):  # type: ignore[no-untyped-def]
    m = markets[0]
    for row in range(m.customers):
        behaviour.retime(m, row, t)


class Reference(Stage):
    """A market of processes."""

    def __init__(self, *arguments: Any, threads: int | None = None) -> None:
        super().__init__(*arguments)  # SimPy's processes are one thread
        self.one = self.market[0]  # the record itself, as the rules take it
        self.due = self.state.due
        self.processes: list[simpy.Process] = []

    def start(self) -> None:
        """Begin every life, then give each customer its process."""
        for row in range(self.due.size):
            behaviour.begin(self.one, row)
            self._after_event()
            self.passed(0, row + 1)
        self.env.process(self.courier())
        self._start_customers()

    def _start_customers(self) -> None:
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
            behaviour.act(self.one, row)
            self._after_event()

    def courier(self) -> Events:
        """Deliver each tick's messages: by receiver, and to each in the order (time sent, sender, sender's number)."""
        for tick in range(1, self.horizon // TICK + 1):
            yield At(self.env, tick * TICK, Phase.COURIER)
            mail = self._mail(tick)
            moved: dict[int, None] = {}
            for first in range(0, mail.size, _IN_HAND):
                for _sent, receiver, sender, number, layer, negative, _ in mail[first : first + _IN_HAND].tolist():
                    before = self.due[receiver]
                    if behaviour.hear(self.one, receiver, sender, number, layer, negative, tick * TICK) != before:
                        moved[receiver] = None
                    self._after_event()
            for receiver in moved:
                self.processes[receiver].interrupt()
            _empty_mail(self.market, tick)

    def _mail(self, tick: int) -> NDArray[Any]:
        """The letters that are delivered at a tick, in the order in which they are answered."""
        mail = self.books.letters[_places(self.market, tick)]
        return mail[np.lexsort((mail["number"], mail["sender"], mail["sent"], mail["receiver"]))]

    def retime(self, t: int) -> None:
        """Let all clocks follow, and wake those whose next event has moved."""
        before = self.due.copy()
        _retime_rows(self.market, t)
        for row in np.flatnonzero(self.due != before):
            self.processes[row].interrupt()

    def _after_event(self) -> None:
        """See that the buffers have room for the next event."""
        if self.one["too_many"]:
            raise too_many_letters(int(self.one["too_many"]), self.most_letters)
        if self.one["letters_size"] - self.one["letters"] < self.reserve:
            self.make_room()
        self.spare_log()
