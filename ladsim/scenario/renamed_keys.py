"""Keys of scenario files that have another name now, in one table.

In: a table's record and a key of it. Out: the name of before, or of now. Two things read the table: messages, which say the new
name to whoever writes the old one, and the luck of uncertain numbers, whose address stays that of the old name: a range that is
called something else is drawn as before.

To rename a key: rename the field in ``spec``, add a line here, and run ``python -m tests.baselines rename``, which renames it in
the stored scenarios.

>>> from ladsim.scenario.spec import Segment
>>> now(Segment, "need"), former(Segment, "addressable_share"), former(Segment, "share")
('addressable_share', 'need', 'share')
"""

from __future__ import annotations

from ladsim.scenario.number_types import Table

# Name of the record → key of before → key of now. Keys are unique in a record, before and now.
RENAMED: dict[str, dict[str, str]] = {
    "Contacts": {"tiring": "fatigue", "free_per_month": "tolerated_per_month"},
    "Engagement": {"fades_per_month": "decay_per_month"},
    "Price": {"felt": "quality_loss", "noticed_months": "quality_loss_months"},
    "Segment": {"need": "addressable_share", "likelihood": "conversion_factor"},
    "Step": {"reached": "cumulative_share", "after": "from_order"},
    "Survey": {"people": "invited"},
}


def now(record: type[Table], key: str) -> str:
    """What a key of before is called now; empty where none of that name was renamed."""
    return RENAMED.get(record.__name__, {}).get(key, "")


def former(record: type[Table], key: str) -> str:
    """What a key was called first: itself, where it was never renamed."""
    return next((old for old, new in RENAMED.get(record.__name__, {}).items() if new == key), key)
