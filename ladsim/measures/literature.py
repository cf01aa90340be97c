"""What others have measured, for the question "is 12 bad?": ranges from the literature by measure and trade, each with its source.

In: a `trade`, as a scenario says it. Out: a table, a row a range. The rows stand in ``literature.toml``; what a study shows beside its own
numbers is ``planning.literature``. A range is no target, and says nothing about anybody's own business: another market, other years,
often not quite the same measure.

To add a row: its source in full, and nothing that you cannot vouch for. Without a row a page says to compare with one's own last year.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from ladsim.errors import StudyError, nearest
from ladsim.scenario.spec import Trade
from ladsim.scenario.texts import LANGUAGES, pick

FILE = Path(__file__).with_name("literature.toml")
EVERY = "every"  # in a row's trades: whatever the trade
TRADES: tuple[str, ...] = get_args(Trade)
COLUMNS = ("measure", "low", "high", "of", "where", "years", "source")
# The measures about which people ask whether they are good, in the order in which they are shown.
ASKED = (
    *("repurchase_rate", "ordered_again", "churn_share", "purchase_frequency", "referred_share", "referral_factor"),
    *("nps_end", "redemption_rate"),
)


def literature_ranges(trade: str | None = None, language: str = "en") -> pd.DataFrame:
    """Published ranges of measures: measure, low, high, of, where, years, source.

    `trade` is one of those that a scenario may name (``trade = "web_shop"``): its rows and those of all trades; None gives every row.
    `low` and `high` are in the measure's unit (shares from 0 to 1, NPS from −100 to 100, churn per month), equal where the source has
    one figure. `of` says what exactly was measured, `where` and `years` where and when; both texts in `language`.
    Raises StudyError where there is no such trade or language.

    >>> import ladsim
    >>> found = ladsim.measures.literature_ranges("telecom")
    >>> found[["measure", "low", "high", "years"]]
               measure     low    high      years
    0      churn_share  0.0184  0.0417  2002–2003
    1  redemption_rate  0.6670  0.6670       2010
    """
    for name, given, allowed in (("trade", trade, TRADES), ("language", language, LANGUAGES)):
        if given is not None and given not in allowed:
            close = nearest(str(given), allowed)
            hint = f"did you mean {close!r}?" if close else f"must be one of {', '.join(allowed)}"
            raise StudyError(f"{name}: found {given!r}, {hint}")
    wanted = [row for row in _rows() if trade is None or {trade, EVERY} & set(row["trades"])]
    rows = [[pick(row[key], language) if key in ("of", "where") else row[key] for key in COLUMNS] for row in wanted]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    """The rows as the file has them, in the order of ``ASKED``."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["ranges"]
    return tuple(sorted(found, key=lambda row: ASKED.index(row["measure"])))
