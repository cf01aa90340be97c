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

from ladsim.engine.clockwork import COURIER, At
from ladsim.engine.stage import MOST_LETTERS, Events, Stage, too_many_letters
from ladsim.model import behaviour
from ladsim.model.layout import TICK


class Reference(Stage):
    """A market of processes."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.one = self.market[0]  # the record itself, as the rules take it
        self.mail: dict[int, list[tuple[int, int, int, int, int]]] = {}
        self.due = self.state.customers["due"]  # a view: always the rules' latest word
        self.processes: list[simpy.Process] = []

    def start(self) -> None:
        """Begin every life, then give each customer its process."""
        for row in range(self.state.customers.size):
            behaviour.begin(self.one, row)
            self._collect(after_own_event=True)
        self._start_customers()

    def _start_customers(self) -> None:
        self.processes = [self.env.process(self.customer(row)) for row in range(self.state.customers.size)]

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
            self._collect(after_own_event=True)

    def courier(self, tick: int) -> Events:
        """Deliver the messages of one tick: by receiver, and to each in the order (time sent, sender, sender's number)."""
        yield At(self.env, tick * TICK, COURIER)
        now = tick * TICK
        for receiver, _, sender, number, layer in sorted(self.mail.pop(tick)):
            before = self.due[receiver]
            if behaviour.hear(self.one, receiver, sender, number, layer, now) != before:
                self.processes[receiver].interrupt()
            self._collect(after_own_event=False)

    def follow(self, rows: NDArray[np.intp]) -> None:
        """Wake those whose next event has moved."""
        for row in rows:
            self.processes[row].interrupt()

    def _collect(self, after_own_event: bool) -> None:
        """Take letters and log rows out of the buffers. What an own event of (T−1, T] sends is delivered at T."""
        letters = int(self.one["letters"])
        if letters:
            for receiver, sent, sender, number, layer in self.books.letters[:letters].tolist():
                tick = max(1, -(-sent // TICK)) if after_own_event else int(self.env.now) // TICK + 1
                if tick not in self.mail:
                    self.mail[tick] = []
                    if tick * TICK <= self.horizon:
                        self.env.process(self.courier(tick))
                self.mail[tick].append((receiver, sent, sender, number, layer))
                if len(self.mail[tick]) > MOST_LETTERS:
                    raise too_many_letters(int(self.env.now))
            self.one["letters"] = 0
        self.spare_log()
