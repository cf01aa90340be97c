"""Whether a table of rungs says where everybody stood on certain days (a panel of snapshots), or when somebody came to a rung (moves).

In: rows of customers, days and stages. Out: a truth, the same for whoever asks: ``calibrate`` and ``place``. A history of moves hardly ever
repeats a customer's stage, a panel often does; where no customer has two rows, one day for all is a snapshot.
"""

from __future__ import annotations

import pandas as pd

REPEATED = 0.3  # share of rows that say the same as the customer's row before, above which they are snapshots (an assumption)


def is_panel(table: pd.DataFrame) -> bool:
    """Whether rows (customer, date, stage) are snapshots. Of two rows of a customer on a day the later one counts.

    Stages are compared as they are called, letters large or small: two that a rule does not know are not the same for that.

    >>> moved = {"customer": ["a", "a", "b"], "date": ["2027-01-01", "2027-02-01", "2027-01-05"], "stage": ["Lead", "Won", "Lead"]}
    >>> is_panel(pd.DataFrame(moved)), is_panel(pd.DataFrame(moved | {"stage": ["Lead", "lead", "Lead"]}))
    (False, True)
    """
    day = pd.to_datetime(table["date"])
    if day.isna().all():
        return True
    rows = pd.DataFrame({"customer": table["customer"], "day": day, "stage": table["stage"].astype(str).str.casefold()})
    rows = rows.sort_values(["customer", "day"], kind="stable").drop_duplicates(["customer", "day"], keep="last")
    later = rows["customer"] == rows["customer"].shift()
    if not later.any():
        return bool(rows["day"].nunique() == 1)
    again = later & (rows["stage"] == rows["stage"].shift())
    return bool(again.sum() > REPEATED * later.sum())
