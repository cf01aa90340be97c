"""What Python calls of the rules where a saved market goes on by another scenario, customer by customer.

In: the market's address, and what held until the month. Each entry lets one thing follow from there on: as whom the firm sees everybody,
programmes that begin or have other terms, clocks, costs, moods. Who calls them, in which order: ``gone_on``.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import entry
from ladsim.model import access
from ladsim.model.accounts import advance
from ladsim.model.audience import see
from ladsim.model.behaviour import schedule
from ladsim.model.clocks import messages_go_on, order_goes_on
from ladsim.model.hazards import NOW, message_hazard, order_hazard, rewound, step_hazard
from ladsim.model.layout import C_RUNG_COST, MONTH, NEVER, NOBODY, P_RUNNING
from ladsim.model.membership import ask
from ladsim.model.money import earn, pay_for
from ladsim.model.satisfaction import count_mood


@entry("i8 ->")
def see_anew(address):  # type: ignore[no-untyped-def]
    """Draw what the firm takes everybody for where they stand."""
    m = access.market(address)
    for row in range(m.customers):
        rung = np.int64(access.head(m, row).rung)
        see(m, row, rung, np.uint64(access.visits(m, row, rung)))


@entry("i8 i8 i8 i8 ->")
def begin_program(address, place, t, looks):  # type: ignore[no-untyped-def]
    """Nobody is a member of a programme that begins; those who may join are offered it when it starts. `looks`: at where they stand."""
    m = access.market(address)
    program = access.program(m, place)
    for row in range(m.customers):
        own = access.member(m, row, place)
        own.due = NEVER if program.manual else max(program.starts, t)
        own.orders = 1.0
        if looks:
            ask(m, row, place, program.on_enter, t, np.float64(NOBODY))


@entry("i8 i8 i8 ->")
def change_terms(address, place, t):  # type: ignore[no-untyped-def]
    """Let a programme set anew what it has set by other terms."""
    m = access.market(address)
    program = access.program(m, place)
    for row in range(m.customers):
        if program.manual or access.member(m, row, place).level > 0:
            ask(m, row, place, program.on_terms, t, 0.0)


@entry("i8 i8 f8[] i8 ->")
def go_on_otherwise(address, slots, hazards, t):  # type: ignore[no-untyped-def]
    """Let clocks that have run with these hazards go on from `t` with what they are now; what is due at `t` is due."""
    m = access.market(address)
    width = slots + 1 + m.layers
    for row in range(m.customers):
        c, group, first = access.head(m, row), access.group(m, row), row * width
        r = access.rung(m, c.rung)
        for slot in range(r.time_count):
            clock = access.clock(m, row, slot)
            if clock < 0 or clock > t:
                rate = step_hazard(m, row, group, r.time_first + slot, NOW)
                access.set_clock(m, row, slot, rewound(clock, hazards[first + slot], rate, t))
        if m.order_column >= 0:
            clock = access.clock(m, row, m.order_column)
            if clock < 0 or clock > t:
                order_goes_on(m, row, hazards[first + slots], order_hazard(m, row, group, c.rung, NOW), t)
        for layer in range(m.layers):
            clock = access.clock(m, row, m.talk_column + layer)
            if clock < 0 or clock > t:
                rate = message_hazard(m, row, group, c.rung, layer, NOW)
                messages_go_on(m, row, layer, hazards[first + slots + 1 + layer], rate, t)
        schedule(m, row)


@entry("i8 i8 i8 f8[] i8 ->")
def pay_old_costs(address, first, last, costs, t):  # type: ignore[no-untyped-def]
    """Book what these customers have cost until `t`, where serving them costs otherwise from now on."""
    m = access.market(address)
    width = 1 + m.programs
    for row in range(first, last):
        at = row * width
        is_other = costs[at] != access.cost_rate(m, access.group(m, row), access.head(m, row).rung)
        for place in range(m.programs):
            is_other = is_other or costs[at + 1 + place] != access.level_cost(m, access.level_of(m, row, place))
        if is_other:
            own = access.costs(m, row)
            since = own.paid_until
            while since < t:
                until = min((since // MONTH + 1) * MONTH, t)
                pay_for(m, row, since, until, C_RUNG_COST, costs[at])
                for place in range(m.programs):
                    pay_for(m, row, since, until, access.program(m, place).cause + P_RUNNING, costs[at + 1 + place])
                for slot in range(m.payments):
                    earn(m, row, slot, since, until)
                since = until
            own.paid_until = t


@entry("i8 i8 ->")
def count_moods(address, t):  # type: ignore[no-untyped-def]
    """Count everybody in its mood."""
    m = access.market(address)
    for row in range(m.customers):
        count_mood(m, row, t, 1)


@entry("i8 i8 -> i8")
def pay_fixed_cost(address, t):  # type: ignore[no-untyped-def]
    """Book fixed costs up to `t`; gives 1 where they could be counted."""
    return 1 if advance(access.market(address), 0, t) else 0
