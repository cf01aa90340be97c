"""Letters on their way: a list for each tick at which they are delivered, in one buffer of which each place is used again.

``m`` is the market's record, as everywhere in the rules. A list begins at ``Books.mail``; each letter says which is next.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import inline
from ladsim.model.accessors import Arrays
from ladsim.model.layout import Books

_books = Arrays(Books)

letter = _books.reads("letter", "letters")
first_letter, _set_first = _books.reads("first_letter", "mail"), _books.writes("_set_first", "mail")
letters_of, _set_letters_of = _books.reads("letters_of", "mail_count"), _books.writes("_set_letters_of", "mail_count")
_count_letter = _books.adds("_count_letter", "mail_count", 1)


@inline
def post(m, tick):  # type: ignore[no-untyped-def]
    """An empty letter in the list of a tick."""
    place = m.spare
    if place >= 0:
        m.spare = letter(m, place).next
        m.spares -= 1
    else:
        place = m.letters
        m.letters += 1
    fresh = letter(m, place)
    late = min(tick, m.ticks)  # after the horizon nobody asks
    fresh.next = first_letter(m, late)
    _set_first(m, late, place)
    _count_letter(m, late)
    if letters_of(m, late) > m.most_letters and m.too_many == 0 and late < m.ticks - 1:
        m.too_many = late
    return fresh


@inline
def empty_mail(m, tick):  # type: ignore[no-untyped-def]
    """Let the letters of a tick be written over."""
    place = first_letter(m, tick)
    while place >= 0:
        done = letter(m, place)
        after_it = done.next
        done.next = m.spare
        m.spare = place
        m.spares += 1
        place = after_it
    _set_first(m, tick, np.int64(-1))
    _set_letters_of(m, tick, np.int64(0))
