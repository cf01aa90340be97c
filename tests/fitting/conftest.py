"""Real data that fits are held against, read as a user would read them. Skips where they, or the extra `data`, are not there."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ladsim.data.read import read_data
from ladsim.fitting.orders import summary

END = datetime.date(1997, 9, 30)  # of the 39 weeks that books fit


def real(folder: Path, name: str, **options: Any) -> pd.DataFrame:
    """The clean table of a file of real data."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no real data: {path} is not a file")
    return read_data(path, **options).table()


@pytest.fixture(scope="session")
def cdnow(shared_data: Path) -> pd.DataFrame:
    """The sample of 2,357 customers of CDNOW as of 30 September 1997, in weeks."""
    columns = {"customer": 2, "date": 3, "amount": 5}
    return summary(real(shared_data, "cdnow/CDNOW_sample.txt", columns=columns), until=END, unit="week")
