"""Club: a fee at joining and at every fee date; at each date a member renews, pauses, cancels, or its payment fails.

At a fee date the member wants to go on with `renewal_probability`; or with a chance of its own, where `renewal_beta` = [a, b] gives
the beta distribution of the chance *not* to renew. The share S(t) still there after t renewals is then B(a, b + t) / B(a, b)
(shifted beta-geometric; Fader & Hardie 2007). A share of the payments fails whatever the member wants; of them `recovered_share`
are paid `retry_days` later by those who want to go on, the others end the membership (`failed`). Who does not want to go on
pauses with `pause_share`, or leaves (`cancelled`): every member that left is one or the other. With a fee every m months

    share renewed = p · (1 − failed · (1 − recovered)).

A pause is a level of its own, without fee, cost and benefits; after `pause_months` the member is back and pays. Who stands off the
ladder keeps what is paid for, and cancels at the next date. Months free from another programme move the next fee date; until there
is one they are kept. Members pay fees with VAT in, like baskets; `cost_per_order` (free delivery) is a cost. With
`share_of_order` members pay so much less.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.hazards import probability
from ladsim.model.layout import M_CANCELLED, M_FAILED, P_FEES, P_REWARDS
from ladsim.model.membership import count, set_level, span
from ladsim.model.money import book, whole
from ladsim.model.satisfaction import feeling

NUMBERS = (
    "fee", "fee_every_months", "renewal_probability", "renewal_beta_1", "renewal_beta_2", "failed_payment_share", "recovered_share",
    "retry_days", "pause_share", "pause_months", "cost_per_order", "share_of_order", "satisfaction_effect",
)  # fmt: skip
FEE, EVERY, RENEWS, BETA_A, BETA_B, FAILS, RECOVERED, RETRY_DAYS, PAUSES, PAUSE_MONTHS, PER_ORDER, OFF, FEELING = range(13)
_MEMBER, _PAUSED = 1, 2  # levels
_PAYS_LATER = 2  # state of whose payment has failed and is tried again
_MONTHS_FREE = 0  # memory: units of time without fee that wait for a fee date
_DAYS_PER_MONTH = 30.4375
_WISH, _PAYMENT, _RETRY, _PAUSE = 0, 1, 2, 3  # draws of one fee date


def memory(_: Mapping[str, float]) -> int:
    """Months free that wait."""
    return 1


@rule
def retry_time(m, place):  # type: ignore[no-untyped-def]
    """How long after a failed payment it is tried again."""
    return span(access.number(m, place, RETRY_DAYS) / _DAYS_PER_MONTH)


@rule
def draw(m, row, place, number, what):  # type: ignore[no-untyped-def]
    """The luck of one fee date."""
    return streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, np.uint64(number), what)


@rule
def wishes(m, row, place, number):  # type: ignore[no-untyped-def]
    """Whether a member wants to go on."""
    ends = 1.0 - access.number(m, place, RENEWS)
    if access.number(m, place, BETA_A) > 0.0:
        a, b = access.number(m, place, BETA_A), access.number(m, place, BETA_B)
        ends = streams.beta_draw(access.key(m, row), access.program(m, place).stream_id, streams.TRAIT, 0, a, b)
    if access.number(m, place, FEELING) != 0.0:
        ends = probability(ends, feeling(m, row, access.number(m, place, FEELING)))
    return draw(m, row, place, number, _WISH) >= ends


@rule
def pay_fee(m, row, place, t, since):  # type: ignore[no-untyped-def]
    """Book the fee for the time that began at `since`, and set the next date; months free move it."""
    own = access.member(m, row, place)
    fee = whole(m.unit * access.number(m, place, FEE) / (1.0 + m.vat))
    book(m, row, t, access.program(m, place).cause + P_FEES, fee, t)
    own.state = 0
    own.due = max(since + span(access.number(m, place, EVERY)) + access.memory(m, row, place, _MONTHS_FREE), t + 1)
    access.set_memory(m, row, place, _MONTHS_FREE, 0)


@rule
def leave(m, row, place, t, why):  # type: ignore[no-untyped-def]
    """End a membership, because it was cancelled or because a payment failed."""
    count(m, place, t, why, 1)
    set_level(m, row, place, t, 0)
    access.member(m, row, place).state = 0


@hook
def joined(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The first fee."""
    pay_fee(access.market(address), row, place, t, t)
    return 0.0


@hook
def reduces(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What members pay less."""
    m = access.market(address)
    if access.member(m, row, place).level != _MEMBER:
        return 0.0
    return access.number(m, place, OFF) * paid


@hook
def ordered(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What an order of a member costs, its delivery for example."""
    m = access.market(address)
    if access.member(m, row, place).level == _MEMBER:
        cost = whole(m.unit * access.number(m, place, PER_ORDER))
        book(m, row, t, access.program(m, place).cause + P_REWARDS, -cost, t)
    return 0.0


@hook
def dated(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """A fee date, a payment tried again, or the end of a pause."""
    m = access.market(address)
    own = access.member(m, row, place)
    if access.rung(m, access.head(m, row).rung).rank < 0:
        leave(m, row, place, t, M_CANCELLED)
        return 0.0
    if own.level == _PAUSED:
        set_level(m, row, place, t, _MEMBER)
        pay_fee(m, row, place, t, t)
        return 0.0
    if own.state == _PAYS_LATER:
        pay_fee(m, row, place, t, t - retry_time(m, place))
        return 0.0
    at = own.number
    own.number += 1
    fails = draw(m, row, place, at, _PAYMENT) < access.number(m, place, FAILS)
    if fails and draw(m, row, place, at, _RETRY) >= access.number(m, place, RECOVERED):
        leave(m, row, place, t, M_FAILED)
    elif wishes(m, row, place, at):
        if fails:
            own.state = _PAYS_LATER
            own.due = t + retry_time(m, place)
        else:
            pay_fee(m, row, place, t, t)
    elif draw(m, row, place, at, _PAUSE) < access.number(m, place, PAUSES):
        set_level(m, row, place, t, _PAUSED)
        own.due = t + span(access.number(m, place, PAUSE_MONTHS))
    else:
        leave(m, row, place, t, M_CANCELLED)
    return 0.0


@hook
def given(address, row, place, t, months):  # type: ignore[no-untyped-def]
    """Months free: they move the next fee date, or wait for one."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == _MEMBER and own.state == 0:
        own.due += span(months)
    else:
        access.set_memory(m, row, place, _MONTHS_FREE, access.memory(m, row, place, _MONTHS_FREE) + span(months))
    return 0.0
