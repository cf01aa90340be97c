"""Messages on their way: a list of pieces for each tick at which they are delivered, in one buffer of which each piece is used again.

A piece has room for ``PIECE`` messages, one behind the other, so that a tick's messages are read in order and memory need not be waited
for at each. ``m`` is the market's record, as everywhere in the rules. A list begins at ``Accumulators.queue`` with the piece that is being
filled; those behind it (``Accumulators.pieces``) are full.
"""

from __future__ import annotations

from ladsim.compiled import inline, rule
from ladsim.model.accessors import Arrays
from ladsim.model.layout import NOBODY, PIECE, Accumulators

TICKS_OF_AN_EVENT = 4  # for which one event may send messages, at most: each may begin a piece
_books = Arrays(Accumulators)

message = _books.reads("message", "queued_messages")
piece_behind, _set_piece_behind = _books.reads("piece_behind", "pieces"), _books.writes("_set_piece_behind", "pieces")
first_piece, _set_first = _books.reads("first_piece", "queue"), _books.writes("_set_first", "queue")
messages_of, _set_messages_of = _books.reads("messages_of", "queue_count"), _books.writes("_set_messages_of", "queue_count")
_count_message = _books.adds("_count_message", "queue_count", 1)


@inline
def room(pieces):  # type: ignore[no-untyped-def]
    """For how many messages of one event so many free pieces are surely enough."""
    return (pieces - TICKS_OF_AN_EVENT) * PIECE


@rule
def begin_piece(m, tick):  # type: ignore[no-untyped-def]
    """Put an empty piece before the others of a tick."""
    piece = m.spare
    if piece >= 0:
        m.spare = piece_behind(m, piece)
        m.spares -= 1
    else:
        piece = m.begun
        m.begun += 1
    _set_piece_behind(m, piece, first_piece(m, tick))
    _set_first(m, tick, piece)


@inline
def post(m, tick):  # type: ignore[no-untyped-def]
    """An empty message in the list of a tick."""
    late = min(tick, m.ticks)  # after the horizon nobody asks
    place = messages_of(m, late) & (PIECE - 1)
    if place == 0:
        begin_piece(m, late)
    _count_message(m, late)
    if messages_of(m, late) > m.most_messages and m.too_many == 0 and late < m.ticks - 1:
        m.too_many = late
    return message(m, first_piece(m, late) * PIECE + place)


@rule
def write_places(m, tick, mark, places, count):  # type: ignore[no-untyped-def]
    """Write down where a tick's messages lie, with a mark, behind the first `count` of the places; returns how many there are then."""
    piece = first_piece(m, tick)
    filled = ((messages_of(m, tick) - 1) & (PIECE - 1)) + 1
    while piece >= 0:
        for place in range(piece * PIECE, piece * PIECE + filled):
            places[count] = mark | place
            count += 1
        piece = piece_behind(m, piece)
        filled = PIECE
    return count


@rule
def empty_queue(m, tick):  # type: ignore[no-untyped-def]
    """Let the messages of a tick be written over."""
    piece = first_piece(m, tick)
    while piece >= 0:
        behind_it = piece_behind(m, piece)
        _set_piece_behind(m, piece, m.spare)
        m.spare = piece
        m.spares += 1
        piece = behind_it
    _set_first(m, tick, NOBODY)
    _set_messages_of(m, tick, 0)
