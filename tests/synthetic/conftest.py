"""What these tests need."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
