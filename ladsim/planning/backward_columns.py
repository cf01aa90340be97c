"""What stands in the columns of `backward.csv` and `backward_tried.csv`: unit and meaning of each.

In: nothing. Out: a table for ``studies.StudyKind``.
"""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, str]] = {
    "lever": ("", "dotted key of the number that is changed; all: every one of them at once"),
    "now": ("as the key says", "its value today"),
    "lowest": ("as the key says", "least value that was tried"),
    "highest": ("as the key says", "greatest value that was tried"),
    "answer": (
        "",
        "already: nothing need be changed; reached: by this alone, also on luck that was not used to find it; nearly: only on the luck "
        "used to find it; not_alone: by no value that was tried; cannot: by all at once neither",
    ),
    "needed": (
        "as the key says",
        "the value nearest to today's that reaches the target, or nearly; of all: the share of the way to their best",
    ),
    "reached_to": ("as the key says", "where more of it misses the target again: the last value that reaches it"),
    "best": ("as the key says", "the value with the highest probability; of equals the one that comes nearest in the mean"),
    "extra_spend": ("currency", "spend beyond today's, over the whole time, at this value"),
    "reached": ("", "enough of the futures met the target"),
    "backward.probability": (
        "share",
        "of meeting the target at the value needed, or at the best, on luck that was not used to find it; not below what was asked where "
        "the answer is reached",
    ),
    "backward_tried.probability": ("share", "share of the futures that met the target at this value"),
    "backward_tried.value": ("as the key says", "the value that was tried; of all: the share of the way to their best"),
}
