"""In which order a tick's letters are answered: receiver by receiver, and by (time sent, sender, sender's number) at each.

Letters wait in lists, one for each tick in each thread's buffer (``model.letters``). In: a tick. Out: where its letters lie, in order,
written into the market's list of places. A place says which thread's buffer above, and where in it below.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import entry, rule
from ladsim.model import access, letters

MANY = 32  # letters of one receiver from which a sort that grows slowly pays
_THREAD = 48  # bits of a letter's place in its thread's buffer, below the number of the thread
_PLACE_BITS = (1 << _THREAD) - 1


@entry("i8 i8 -> i8[]")
def places_of(address, tick):  # type: ignore[no-untyped-def]
    """The places of a tick's letters, as they come: (letters,)."""
    m = access.market(address)
    places = np.empty(letters.letters_of(m, tick), np.int64)
    place = letters.first_letter(m, tick)
    for n in range(places.size):
        places[n] = place
        place = letters.letter(m, place).next
    return places


@rule
def goes_before(a, b):  # type: ignore[no-untyped-def]
    """Whether letter `a` is answered before letter `b` of the same receiver."""
    if a.sent != b.sent:
        return a.sent < b.sent
    if a.sender != b.sender:
        return a.sender < b.sender
    return a.number < b.number


@rule
def letter_at(m, place):  # type: ignore[no-untyped-def]
    """The letter at a place: which thread's above, where in its buffer below."""
    return letters.letter(access.of_thread(m, place >> _THREAD), place & _PLACE_BITS)


@rule
def letters_waiting(m, tick):  # type: ignore[no-untyped-def]
    """Letters to be delivered at a tick, of all threads."""
    count = 0
    for thread in range(m.threads):
        count += letters.letters_of(access.of_thread(m, thread), tick)
    return count


@rule
def sort_letters(m, tick, most, neighbours):  # type: ignore[no-untyped-def]
    """Write down the places of the letters to a thread's customers, by (receiver, time sent, sender, number); returns how many.

    So many `neighbours` among the customers belong to one thread, the next ones to the next thread.
    """
    found = np.empty(most, np.int64)
    receivers = np.empty(most, np.int64)
    count = 0
    for thread in range(m.threads):
        other = access.of_thread(m, thread)
        place = letters.first_letter(other, tick)
        while place >= 0:
            letter = letters.letter(other, place)
            if letter.receiver // neighbours % m.threads == m.me:
                found[count] = thread << _THREAD | place
                receivers[count] = letter.receiver
                count += 1
            place = letter.next
    order = np.argsort(receivers[:count], kind="mergesort")
    first = 0
    for n in range(count + 1):
        if n == count or receivers[order[n]] != receivers[order[first]]:
            if n - first > 1:
                sort_one_receiver(m, first, n)
            first = n
        if n < count:
            access.set_place_of_letter(m, n, found[order[n]])
    return count


@rule
def sort_one_receiver(m, first, last):  # type: ignore[no-untyped-def]
    """Put the letters of one receiver, the first-th to the one before the last-th, into the order in which they are answered."""
    if last - first > MANY:
        # Stable sorts by the last key first.
        size = last - first
        keys, before = np.empty(size, np.int64), np.empty(size, np.int64)
        for key in range(4):
            order = np.argsort(keys, kind="mergesort") if key > 0 else np.arange(size)
            for n in range(size):
                before[n] = access.place_of_letter(m, first + n)
            for n in range(size):
                place = before[order[n]]
                access.set_place_of_letter(m, first + n, place)
                letter = letter_at(m, place)
                keys[n] = letter.number if key == 0 else letter.sender if key == 1 else letter.sent
        return
    for n in range(first + 1, last):
        spot = n
        while spot > first:
            place, before_it = access.place_of_letter(m, spot), access.place_of_letter(m, spot - 1)
            if not goes_before(letter_at(m, place), letter_at(m, before_it)):
                break
            access.set_place_of_letter(m, spot, before_it)
            access.set_place_of_letter(m, spot - 1, place)
            spot -= 1
