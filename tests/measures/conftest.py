"""The small history that most tests here count by hand."""

from __future__ import annotations

import pytest

from ladsim.engine.history import History
from tests.measures.small_history import by_hand


@pytest.fixture(scope="module")
def history() -> History:
    """Four people, two months, each standing for ten; see ``small_history``."""
    return by_hand()
