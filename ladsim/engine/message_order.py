"""In which order a tick's messages are answered: receiver by receiver, and by (time sent, sender, sender's number) at each.

Messages wait in lists, one for each tick in each thread's buffer (``model.message_queue``). In: a tick. Out: where its messages lie, in order,
written into the market's list of places. A place says which thread's buffer above, and where in it below. A key says who receives a
message above, and its number below: sorted by receiver, the messages themselves need not be looked at again.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import entry, rule
from ladsim.model import access, message_queue

MANY = 32  # messages of one receiver from which a sort that grows slowly pays
_THREAD = 48  # bits of a message's place in its thread's buffer, below the number of the thread
_PLACE_BITS = (1 << _THREAD) - 1
_RECEIVER = 32  # bits of a message's number in its key, below the receiver
_NUMBER_BITS = (1 << _RECEIVER) - 1
_FEW = 48  # keys below which insertion is the fastest way to sort them
_DIGIT = 10  # bits by which more of them are sorted at a time
_VALUES = 1 << _DIGIT


@entry("i8 i8 -> i8[]")
def places_of(address, tick):  # type: ignore[no-untyped-def]
    """The places of a tick's messages, as they come: (messages,)."""
    m = access.market(address)
    places = np.empty(message_queue.messages_of(m, tick), np.int64)
    message_queue.write_places(m, tick, 0, places, 0)
    return places


@rule
def goes_before(a, b):  # type: ignore[no-untyped-def]
    """Whether message `a` is answered before message `b` of the same receiver."""
    if a.sent != b.sent:
        return a.sent < b.sent
    if a.sender != b.sender:
        return a.sender < b.sender
    return a.number < b.number


@rule
def message_at(m, place):  # type: ignore[no-untyped-def]
    """The message at a place: which thread's above, where in its buffer below."""
    return message_queue.message(access.of_thread(m, place >> _THREAD), place & _PLACE_BITS)


@rule
def messages_waiting(m, tick):  # type: ignore[no-untyped-def]
    """Messages to be delivered at a tick, of all threads."""
    count = 0
    for thread in range(m.threads):
        count += message_queue.messages_of(access.of_thread(m, thread), tick)
    return count


@rule
def sort_messages(m, tick, most, neighbours):  # type: ignore[no-untyped-def]
    """Write down the places of the messages to a thread's customers, by (receiver, time sent, sender, number); returns how many.

    So many `neighbours` among the customers belong to one thread, the next ones to the next thread.
    """
    found, keys = np.empty(most, np.int64), np.empty(most, np.int64)
    waiting = 0
    for thread in range(m.threads):
        waiting = message_queue.write_places(access.of_thread(m, thread), tick, thread << _THREAD, found, waiting)
    count = 0
    for n in range(waiting):
        receiver = np.int64(message_at(m, found[n]).receiver)
        if m.threads == 1 or receiver // neighbours % m.threads == m.me:
            keys[count] = receiver << _RECEIVER | n
            count += 1
    sort_keys(keys[:count], m.customers)
    for n in range(count):
        access.set_place_of_message(m, n, found[keys[n] & _NUMBER_BITS])
    first = 0
    for n in range(1, count + 1):
        if n == count or keys[n] >> _RECEIVER != keys[first] >> _RECEIVER:
            if n - first > 1:
                sort_one_receiver(m, first, n)
            first = n
    return count


@rule
def sort_keys(keys, customers):  # type: ignore[no-untyped-def]
    """Sort keys by receiver: few by insertion, more by the receivers' digits, the lowest first."""
    if keys.size <= _FEW:
        for n in range(1, keys.size):
            key = keys[n]
            spot = n
            while spot > 0 and keys[spot - 1] > key:
                keys[spot] = keys[spot - 1]
                spot -= 1
            keys[spot] = key
        return
    others = np.empty(keys.size, np.int64)
    first = np.empty(_VALUES, np.int64)
    shift = _RECEIVER
    while (customers - 1) >> (shift - _RECEIVER) > 0:
        sort_by_digit(keys, others, first, shift)
        sort_by_digit(others, keys, first, shift + _DIGIT)
        shift += 2 * _DIGIT


@rule
def sort_by_digit(keys, sorted_keys, first, shift):  # type: ignore[no-untyped-def]
    """Write keys in the order of one digit, those with the same one as they come; `first` is room for where each digit's begin."""
    first[:] = 0
    for key in keys:
        first[key >> shift & (_VALUES - 1)] += 1
    begin = 0
    for digit in range(_VALUES):
        size = first[digit]
        first[digit] = begin
        begin += size
    for key in keys:
        digit = key >> shift & (_VALUES - 1)
        sorted_keys[first[digit]] = key
        first[digit] += 1


@rule
def sort_one_receiver(m, first, last):  # type: ignore[no-untyped-def]
    """Put the messages of one receiver, the first-th to the one before the last-th, into the order in which they are answered."""
    if last - first > MANY:
        # Stable sorts by the last key first.
        size = last - first
        keys, before = np.empty(size, np.int64), np.empty(size, np.int64)
        for key in range(4):
            order = np.argsort(keys, kind="mergesort") if key > 0 else np.arange(size)
            for n in range(size):
                before[n] = access.place_of_message(m, first + n)
            for n in range(size):
                place = before[order[n]]
                access.set_place_of_message(m, first + n, place)
                message = message_at(m, place)
                keys[n] = message.number if key == 0 else message.sender if key == 1 else message.sent
        return
    for n in range(first + 1, last):
        spot = n
        while spot > first:
            place, before_it = access.place_of_message(m, spot), access.place_of_message(m, spot - 1)
            if not goes_before(message_at(m, place), message_at(m, before_it)):
                break
            access.set_place_of_message(m, spot, before_it)
            access.set_place_of_message(m, spot - 1, place)
            spot -= 1
