"""Letters on their way: a list for each tick at which they are delivered, in one buffer of which each place is used again.

``m`` is the market's record, as everywhere in the rules. A list begins at ``Books.mail``; each letter says which is next.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import inline
from ladsim.model import layout
from ladsim.model.memory import number_at, record_at

_letter = record_at(layout.LETTER)
_whole, _set, _add = number_at("i8")


@inline
def letter(m, place):  # type: ignore[no-untyped-def]
    """A letter in the buffer."""
    return _letter(m.at_letters, place)


@inline
def post(m, tick):  # type: ignore[no-untyped-def]
    """An empty letter in the list of a tick."""
    place = m.spare
    if place >= 0:
        m.spare = _letter(m.at_letters, place).next
        m.spares -= 1
    else:
        place = m.letters
        m.letters += 1
    fresh = _letter(m.at_letters, place)
    late = min(tick, m.ticks)  # after the horizon nobody asks
    fresh.next = _whole(m.at_mail, late)
    _set(m.at_mail, late, place)
    _add(m.at_mail_count, late, 1)
    if _whole(m.at_mail_count, late) > m.most_letters and m.too_many == 0 and late < m.ticks - 1:
        m.too_many = late
    return fresh


@inline
def first_letter(m, tick):  # type: ignore[no-untyped-def]
    """Place of the first letter of a tick's list; −1: none. Each letter says which is next."""
    return _whole(m.at_mail, tick)


@inline
def letters_of(m, tick):  # type: ignore[no-untyped-def]
    """How many letters wait for a tick."""
    return _whole(m.at_mail_count, tick)


@inline
def empty_mail(m, tick):  # type: ignore[no-untyped-def]
    """Let the letters of a tick be written over."""
    place = _whole(m.at_mail, tick)
    while place >= 0:
        done = _letter(m.at_letters, place)
        after_it = done.next
        done.next = m.spare
        m.spare = place
        m.spares += 1
        place = after_it
    _set(m.at_mail, tick, np.int64(-1))
    _set(m.at_mail_count, tick, np.int64(0))
