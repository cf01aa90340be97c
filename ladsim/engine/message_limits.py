"""How many messages may wait for one tick, and what is said when there are more.

Messages wait in lists by the tick of their delivery (``model.message_queue``), 24 bytes each.
"""

from __future__ import annotations

from ladsim.errors import StudyError
from ladsim.model.layout import MONTH, TICK

MOST_MESSAGES = 1 << 24  # that may wait for one tick: with what it takes to sort them, 1.5 GB


def too_many_messages(tick: int, most: int) -> StudyError:
    """The error of a market in which messages multiply without end; both engines raise it for the same tick."""
    return StudyError(
        f"word_of_mouth: found more than {most:,} messages for one day at month {tick * TICK / MONTH:.2f}; where every answer leads "
        "to new announcements they multiply without end: lower the chances of the message steps, take `announces` from a rung, "
        "or simulate a smaller sample"
    )
