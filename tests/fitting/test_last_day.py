"""The last day watched: typing errors and plans are not it, data of another time are left as they are."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from ladsim.fitting.last_day import last_day, last_day_of_spans

TODAY = datetime.date(2024, 6, 1)


def days(*texts: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (["2024-01-01", "2024-05-31"], "2024-05-31"),
        (["2024-01-01", "2024-06-01", "2099-01-01"], "2024-06-01"),
        (["2024-01-01", "2025-01-01", "2025-02-01"], "2025-02-01"),
        (["2025-01-01"], "2025-01-01"),
    ],
)
def test_a_few_dates_after_today_are_typing_errors(texts: list[str], last: str) -> None:
    """One or a twentieth; where many lie there, the data are of another time."""
    assert last_day(days(*texts), days(), written=TODAY) == pd.Timestamp(last)


def test_ends_after_today_are_plans() -> None:
    """However many; of those before it the last counts, also after the last start. What starts after today is of another time."""
    start = days("2024-01-01", "2024-02-01", "2024-03-01")
    assert last_day_of_spans(start, days("2025-01-01", "2025-02-01", "2024-04-01"), written=TODAY) == pd.Timestamp("2024-04-01")
    assert last_day_of_spans(start, days("2025-01-01", "2025-02-01"), written=TODAY) == pd.Timestamp("2024-03-01")
    assert last_day_of_spans(days("2030-01-01"), days("2030-03-01"), written=TODAY) == pd.Timestamp("2030-03-01")
    assert last_day_of_spans(start, days("2025-01-01"), until=datetime.date(2024, 5, 1), written=TODAY) == pd.Timestamp(
        "2024-05-01"
    )
